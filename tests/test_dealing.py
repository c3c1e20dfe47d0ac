"""With people: introductions, the silent, raising, touches, founders, cards, the board; as the team uses them."""

import csv
import io
from datetime import UTC, datetime, timedelta

import documents
import pytest
from at_work import browser, group, hire
from test_history import chat, row

from huoqun.base import clock
from huoqun.chat import archive
from huoqun.insight import document as d
from huoqun.people import (
    birthday,
    board,
    checkup,
    dealing,
    deed,
    founder,
    history,
    introduction,
    membership,
    merge,
    pasted,
    profile,
    raising,
    rapport,
    silent,
    touch,
)
from huoqun.people.audit import entries
from huoqun.people.dealing import Dealing, Settled
from huoqun.people.person import Identity, Person
from huoqun.people.staff import groups_for
from huoqun.people.workspace import add, archive_of

pytestmark = pytest.mark.django_db(transaction=True)
END = datetime(2026, 3, 1, tzinfo=UTC)
DAY = datetime(2026, 1, 1)


class Place:
    """A group of seven: 阿明 and 小鱼 know each other, 大熊 fell silent, 老周 never spoke, 管家 is a machine."""

    def __init__(self, more=()):
        self.workspace = add(name="我们", zone="Asia/Shanghai", now=END)
        self.member = hire(self.workspace)
        self.by = self.member.account
        self.client = browser(self.member)
        self.group = group(self.workspace, "读书群")
        self.rows = [
            row(0, "join", subject="老周"),
            row(1, sender="bear", name="大熊", text="大家好"),
            row(2, sender="bear", name="大熊", text="有人做过海报吗？"),
            *(row(1000 + 24 * i, sender="ming", name="阿明", text="早") for i in range(10)),
            *(row(1001 + 24 * i, sender="fish", name="小鱼", text="早") for i in range(9)),
            row(1300, sender="ning", name="阿宁", text="来了"),
            row(1301, sender="jenny", name="Jenny", text="我也来了"),
            row(1302, sender="bot", name="管家", text="签到") | {"bot": True},
            *more,
        ]
        self.bring()

    def bring(self, *more):
        self.rows += more
        told = chat(self.rows)
        archive.append(archive_of(self.workspace), self.group.pk.hex, told.rows)
        self.group = history.take_in(self.group, told, now=END)
        pasted.propose(self.group, told.rows, now=END)

    def judge(self, ties=(("ming", "fish"),), at=DAY + timedelta(hours=1302), **values):
        """A checkup of the group with these ties."""
        those = [
            d.Person(id=i.account, name=i.name, messages=max(i.messages, 1), first=DAY, last=at, days=10,
                     messages_90d=i.messages, days_90d=i.messages, stratum="regular", answers=i.messages // 2)
            for i in Identity.objects.filter(group=self.group)
        ]  # fmt: skip
        bound = [
            d.Tie(a=a, b=b, strength=2.0, strong=True, returned=True, kinds={"reply": 3}, last=at) for a, b in ties
        ]
        base = documents._bare().model_copy(update={"people_table": those, "ties": bound, "as_of": at, **values})
        checkup.store(self.group, base, now=clock.now())
        return self

    def proposals(self):
        known = rapport.acquaintance(self.group)
        return introduction.proposals(self.group, known, introduction.members_of(self.group, known))

    def identity(self, account):
        return Identity.objects.select_related("person__root").get(group=self.group, account=account)

    def person(self, account):
        return self.identity(account).person

    def knows(self, account, **facts):
        for field, text in facts.items():
            profile.say(self.person(account), "fact", text, field=field, by=self.by, now=END)

    def page(self, part, **asked):
        answer = self.client.get(f"/groups/{self.group.pk}/{part}", asked)
        assert answer.status_code == 200
        return answer.content.decode()

    def post(self, part, **form):
        answer = self.client.post(f"/groups/{self.group.pk}/{part}", form, follow=True)
        assert answer.status_code == 200
        return answer.content.decode()


@pytest.fixture
def place():
    return Place().judge()


def serve(place):
    place.knows("ning", offers="平面设计，可以接海报和logo")
    place.knows("jenny", needs="想找人做公司logo")


def kinds_of(person):
    """What staff did with somebody, without what was written into the profile on the way."""
    return [d.kind for d in deed.deeds(person) if not d.kind.startswith(("fact.", "title."))]


def test_who_offers_meets_who_needs_until_the_archive_shows_a_tie(place):
    serve(place)
    page = place.page("introductions")
    assert "一供一需" in page
    assert "@阿宁 @Jenny 给两位牵个线" in page
    (found,) = place.proposals()
    place.post("introductions", do="accept", pair=found.key, words="你们聊聊")
    row = Dealing.objects.get()
    assert (row.state, row.words) == ("accepted", "你们聊聊")
    assert place.proposals() == []
    place.post("introductions", do="done", which=row.pk)
    assert "聊天记录还没有到那时" in place.page("introductions")
    later = clock.now() + timedelta(days=9)
    place.judge(at=later.replace(tzinfo=None))
    assert "记录里还没有看到往来" in place.page("introductions")
    place.judge(ties=[("ming", "fish"), ("ning", "jenny")], at=later.replace(tzinfo=None))
    assert "记录显示已有往来：3 次" in place.page("introductions")
    place.post("introductions", do="outcome", which=row.pk, outcome="met")
    place.post("introductions", do="outcome", which=row.pk, outcome="met")
    for account in ("ning", "jenny"):
        kinds = kinds_of(place.person(account))
        assert sorted(kinds) == ["introduction.accepted", "introduction.done", "introduction.met"]
    told = [e.what for e in entries(place.workspace) if e.what.startswith("introduction")]
    assert sorted(told) == ["introduction.accepted", "introduction.done", "introduction.met"]


def test_who_was_declined_is_never_proposed_again_even_after_a_merge(place):
    serve(place)
    (found,) = place.proposals()
    place.post("introductions", do="refuse", pair=found.key)
    assert place.proposals() == []
    assert "它已经不在了" in place.post("introductions", do="accept", pair=found.key)
    merge.merge(place.person("bear"), place.person("jenny"), by=place.by, now=END)
    assert place.proposals() == []


def test_one_city_counts_and_who_knows_each_other_is_left_alone(place):
    for account, city in {"ming": "佛山", "fish": "佛山市", "ning": "广东佛山", "jenny": "Foshan"}.items():
        place.knows(account, city=city)
    pairs = {frozenset((p.one.name, p.other.name)) for p in place.proposals()}
    assert pairs == {frozenset(("阿明", "阿宁")), frozenset(("小鱼", "阿宁"))}


@pytest.mark.parametrize(
    ("text", "city"),
    [("佛山市", "佛山"), ("广东省佛山市南海区", "佛山"), ("广东佛山", "佛山"), ("Berlin, Germany", "berlin"),
     ("北京/天津", "北京"), ("", "")],
)  # fmt: skip
def test_a_city_is_one_however_it_is_written(text, city):
    assert introduction.city_of(text) == city


def test_two_circles_are_bridged_by_those_who_know_most():
    place = Place([row(1400 + i, sender=f"r{i}", name=f"跑{i}", text="跑") for i in range(3)])
    place.judge(ties=[])
    told = checkup.document(checkup.latest(place.group))
    circle = dict.fromkeys(("ming", "fish", "ning"), 0) | {f"r{i}": 1 for i in range(3)}
    people = [p.model_copy(update={"circle": circle.get(p.id), "ties": 4}) for p in told.people_table]
    checkup.store(place.group, told.model_copy(update={"people_table": people}), now=END + timedelta(days=1))
    found = place.proposals()
    assert len(found) == 3
    assert {kind for p in found for kind, _ in p.reasons} == {"bridge"}
    assert all((p.one.name.startswith("跑")) != (p.other.name.startswith("跑")) for p in found)


def test_the_silent_climb_one_rung_at_a_time_and_are_nudged_once():
    place = Place().judge()
    page = place.page("silent")
    assert page.index("大熊") < page.index("老周")
    assert "阿明" not in page.split("dealings")[1]
    assert "管家" not in page
    bear = place.identity("bear")
    place.post("silent", do="reason", who=bear.pk, why="busy")
    assert "知道你忙" in place.page("silent")
    place.post("silent", do="nudge", who=bear.pk, why="busy", words="你好")
    assert "大熊" not in [s.name for s in silent.silent(place.group, now=clock.now())]
    assert "已经有人处理过了" in place.post("silent", do="nudge", who=bear.pk, why="gift", words="再来")
    place.post("silent", do="skip", who=place.identity("老周").pk)
    assert not silent.silent(place.group, now=clock.now() + timedelta(days=400)).exists()
    assert "之后还没有说话" in place.page("silent")
    hours = (clock.now().replace(tzinfo=None) - DAY) / timedelta(hours=1)
    place.bring(row(int(hours) + 30, sender="bear", name="大熊", text="我回来了"))
    place.judge()
    assert "有 1 位后来又说话了" in place.page("silent")
    place.bring(row(int(hours) + 30 + 24 * 60, sender="ming", name="阿明", text="早"))
    assert "大熊" not in [s.name for s in silent.silent(place.group, now=clock.now() + timedelta(days=62))]
    assert "大熊" in [s.name for s in silent.silent(place.group, now=clock.now() + timedelta(days=200))]


def test_a_question_nobody_answered_is_the_reason_offered():
    place = Place()
    quote = d.Quote(time=DAY, person="bear", name="大熊", text="有人做过海报吗？")
    place.judge(questions=[d.Question(quote=quote, answered=None)])
    assert "问过问题，没有人答" in place.page("silent")
    place.post("silent", do="reason", who=place.identity("bear").pk, why="unanswered")
    assert "「有人做过海报吗？」" in place.page("silent")


def test_the_active_are_raised_stage_by_stage(place):
    names = [c.identity.name for c in raising.candidates(place.group)]
    assert names[:2] == ["阿明", "小鱼"]
    ming, fish = place.identity("ming"), place.identity("fish")
    place.post("raising", do="refuse", who=fish.pk)
    place.post("raising", do="word", who=ming.pk, words="谢谢你")
    assert {c.identity.name for c in raising.candidates(place.group)}.isdisjoint({"阿明", "小鱼"})
    place.post("raising", do="title", who=ming.pk, title=" ")
    assert not profile.sayings(ming.person, "title")
    place.post("raising", do="title", who=ming.pk, title="早起王", words="封你")
    assert [t.text for t in profile.sayings(ming.person, "title")] == ["早起王"]
    assert "早起王" in place.page("raising")
    place.post("raising", do="crown", who=ming.pk)
    today = END.date().replace(day=26)
    (found,) = raising.raised(place.group, today=today)
    assert (found.next, found.thanks_due) == ("duty", True)
    values = {"words": "谢谢", "by": place.by, "now": END}
    raising.raise_to(place.group, ming.person, "thanks", today=today, **values)
    raising.raise_to(place.group, ming.person, "thanks", today=today, **values)
    (found,) = raising.raised(place.group, today=today)
    assert not found.thanks_due
    (found,) = raising.raised(place.group, today=today.replace(month=4))
    assert found.thanks_due
    kinds = kinds_of(ming.person)
    assert sorted(kinds) == ["raising.thanks", "raising.title", "raising.word"]


@pytest.mark.parametrize(
    ("text", "day"),
    [("3月5日", (3, 5)), ("1990-03-05", (3, 5)), ("1990年3月5日", (3, 5)), ("19900305", (3, 5)), ("0305", (3, 5)),
     ("3.5", (3, 5)), ("5 March", (3, 5)), ("Mar 5th, 1990", (3, 5)), ("2月30日", None), ("春天", None), ("", None),
     ("29 Feb", (2, 29))],
)  # fmt: skip
def test_a_birthday_is_read_as_people_write_it(text, day):
    assert birthday.month_and_day(text) == day


def test_birthdays_come_up_and_the_forgotten_are_seen(place):
    today = clock.now().date()
    soon = today + timedelta(days=5)
    place.knows("ning", birthday=f"{soon.month}月{soon.day}日")
    far = today + timedelta(days=40)
    place.knows("jenny", birthday=f"{far.month}月{far.day}日")
    page = place.page("touches")
    assert "阿宁，生日快乐" in page
    assert "Jenny，生日快乐" not in page
    ning = place.identity("ning")
    for _ in range(2):
        place.post("touches", do="birthday", who=ning.pk, words="生日快乐")
    assert "阿宁，生日快乐" not in place.page("touches")
    place.post("touches", do="gift", who=place.identity("ming").pk, on="2999-01-01")
    place.post("touches", do="poison", who=place.identity("ming").pk)
    assert kinds_of(ning.person) == ["touch.birthday"]
    assert Dealing.objects.count() == 1
    names = [i.name for i in touch.forgotten(place.group, now=clock.now())]
    assert names[:2] == ["阿明", "小鱼"]
    assert "阿宁" not in names
    assert "阿宁" in [i.name for i in touch.forgotten(place.group, now=clock.now() + timedelta(days=91))]


def test_founders_stand_by_name_and_who_was_forgotten_comes_first(place):
    page = place.page("founders")
    assert page.index("老周") < page.index("大熊") < page.index("阿明")
    bear = place.identity("bear")
    place.post("founders", do="given", who=bear.pk, role="选书人", stake="年终分红")
    place.post("founders", do="contacted", who=bear.pk)
    place.post("founders", do="contacted", who=bear.pk)
    rows = founder.founders(place.group, today=clock.now().date())
    assert rows[-1].identity.name == "大熊"
    assert [r.forgotten for r in rows] == [True] * (len(rows) - 1) + [False]
    assert (rows[-1].founder.role, rows[-1].founder.stake) == ("选书人", "年终分红")
    assert sorted(x.kind for x in deed.deeds(bear.person)) == ["founder.contact", "founder.given"]
    place.post("founders", do="contacted", who=bear.pk, on="2026-01-05")
    later = founder.founders(place.group, today=clock.now().date())
    assert next(r for r in later if r.identity.name == "大熊").forgotten
    assert "不是观众" in place.page("founders")


CARD = "姓名：阿宁\n城市：佛山\n我能提供：logo 设计\n微信：ning_1"


def test_a_pasted_card_becomes_a_draft_and_then_a_profile():
    place = Place([row(1310, sender="ning", name="阿宁", text=CARD)]).judge()
    page = place.page("cards")
    assert 'value="logo 设计"' in page
    draft = Dealing.objects.get(kind="card")
    form = {"which": draft.pk, "value-city": "佛山", "value-offers": "logo 设计", "value-contact": "x"}
    place.post("cards", do="accept", take=["city", "offers", "evil"], **form)
    facts = {f.field: f for f in profile.sayings(place.person("ning"), "fact")}
    assert {k: f.text for k, f in facts.items()} == {"city": "佛山", "offers": "logo 设计"}
    assert "读书群" in facts["city"].source
    assert facts["city"].on.isoformat() == "2026-02-24"
    assert "已经有人处理过了" in place.post("cards", do="accept", take=["city"], **form)
    place.bring()
    assert [x.state for x in Dealing.objects.filter(kind="card")] == ["done"]


def test_a_declined_card_does_not_come_back_and_a_newer_one_takes_the_place_of_an_open_one():
    place = Place([row(1310, sender="ning", name="阿宁", text=CARD)])
    place.bring(row(1320, sender="ning", name="阿宁", text=CARD.replace("佛山", "广州")))
    (draft,) = Dealing.objects.filter(kind="card")
    assert draft.reason["fields"]["city"] == "广州"
    place.post("cards", do="refuse", which=draft.pk)
    place.bring()
    assert [x.state for x in Dealing.objects.filter(kind="card")] == ["declined"]
    assert "没有待确认" in place.judge().page("cards")


def test_the_board_shows_matches_takes_lines_and_exports(place):
    at = f"/w/{place.workspace.slug}/board"
    assert "供需板还是空的" in place.client.get(at).content.decode()
    place.knows("ning", offers="=logo 设计")
    form = {"do": "add", "group": place.group.pk, "name": "Jenny", "about": "needs", "text": "想找人做公司logo"}
    place.client.post(at, form)
    assert "不止一个" in place.client.post(at, form | {"name": "谁"}, follow=True).content.decode()
    page = place.client.get(at, {"about": "needs"}).content.decode()
    assert "给两位牵个线" in page
    assert place.client.get(at, {"q": "没有这样的"}).context["people"] == []
    need, offer = (profile.Fact.objects.get(field=f) for f in ("needs", "offers"))
    place.client.post(at, {"do": "accept", "needs": need.pk, "offers": offer.pk, "words": "聊聊"})
    (row,) = Dealing.objects.all()
    assert (row.kind, row.state, row.person, row.other) == ("introduction", "accepted", offer.person, need.person)
    assert "进行中" in place.client.get(at).content.decode()
    assert place.proposals() == []
    sheet = list(csv.reader(io.StringIO(place.client.get(at + ".csv").content.decode("utf-8-sig"))))
    assert {r[4] for r in sheet[1:]} == {"想找人做公司logo"}
    sheet = list(csv.reader(io.StringIO(place.client.get(at + ".csv?about=offers").content.decode("utf-8-sig"))))
    assert {r[4] for r in sheet[1:]} == {"'=logo 设计"}
    for strange in ("?page=x", "?page=99999", "?group=zz", "?about=zz", "?q=%00", "?q=%25_'%22"):
        assert place.client.get(at + strange).status_code == 200


def test_a_limited_role_sees_the_board_of_its_groups_only(place):
    serve(place)
    other = group(place.workspace, "别的群")
    client = browser(hire(place.workspace, "group_admin", groups=[other]))
    at = f"/w/{place.workspace.slug}/board"
    assert client.get(at).context["people"] == []
    need, offer = (profile.Fact.objects.get(field=f) for f in ("needs", "offers"))
    client.post(at, {"do": "accept", "needs": need.pk, "offers": offer.pk})
    client.post(at, {"do": "add", "group": place.group.pk, "name": "Jenny", "about": "needs", "text": "x"})
    assert not Dealing.objects.exists()
    assert profile.Fact.objects.count() == 2


def test_what_is_decided_stays_decided(place):
    values = {"person": place.person("ming"), "by": place.by, "now": END}
    one = dealing.settle(place.group, "touch", "k", what="gift", state="done", words="a\u202eb", **values)
    assert dealing.settle(place.group, "touch", "k", what="gift", state="done", **values).pk == one.pk
    assert one.words == "ab"
    with pytest.raises(Settled):
        dealing.settle(place.group, "touch", "k", state="declined", **values)


def test_forms_that_name_nobody_change_nothing(place):
    before = entries(place.workspace).count()
    for part in ("introductions", "silent", "raising", "touches", "founders", "cards"):
        for form in ({}, {"do": "done", "which": "x", "who": "x"}, {"do": "outcome", "which": place.group.pk}):
            assert "没有任何改动" in place.post(part, **form)
        for page in ("0", "x", "99999999"):
            place.page(part, page=page)
    assert entries(place.workspace).count() == before


def test_who_left_is_not_here(place):
    place.bring(row(1400, "leave", subject="jenny"))
    assert {i.name for i in membership.here(place.group)} == {"阿明", "小鱼", "大熊", "老周", "阿宁"}


def test_the_board_asks_the_database_as_often_for_many_as_for_few(place, django_assert_max_num_queries):
    serve(place)
    for n in range(30):
        place.knows("ming", needs=f"找第{n}位设计师")
    groups = groups_for(place.member)
    with django_assert_max_num_queries(8):
        lines = board.filled(board.lines(place.workspace, groups)[:50], place.workspace, groups)
    assert len(lines) == 31


def test_a_question_goes_to_the_member_known_for_it():
    place = Place()
    quote = d.Quote(time=DAY, person="bear", name="大熊", text="有人做过海报设计吗？", key="k2")
    place.judge(questions=[d.Question(quote=quote, answered=None)])
    assert "给懂的人的问题" not in place.page("introductions")
    place.knows("ning", work="平面设计师")
    page = place.page("introductions")
    assert "@阿宁 这个问题得请你：大熊 问「有人做过海报设计吗？」" in page
    key = f"{place.group.pk.hex} k2"
    place.post("introductions", do="passed", pair=key, words="请你看看")
    (row,) = Dealing.objects.all()
    assert (row.kind, row.state, row.other) == ("question", "done", place.person("ning"))
    assert "给懂的人的问题" not in place.page("introductions")
    assert kinds_of(place.person("ning")) == ["question.done"]
    assert "没有任何改动" in place.post("introductions", do="kept", pair=key)


def test_whoever_was_declined_stays_declined_when_they_are_merged_and_comes_back_when_not():
    place = Place()
    other = group(place.workspace, "另一个群")
    root = Person.objects.create(workspace=place.workspace, created=END)
    Identity.objects.create(group=other, person=root, account="ning-too", name="阿宁", created=END)
    boss, bear = place.by, place.person("bear")
    dealing.settle(
        other, "introduction", introduction.pair_key(root.pk, bear.pk), person=root, other=bear,
        state=dealing.DECLINED, by=boss, now=END,
    )  # fmt: skip
    pair = introduction.pair_key(root.pk, bear.pk)
    assert pair not in introduction.decided_pairs(place.group), "they are strangers to this group"
    decision = merge.merge(root, place.person("ning"), by=boss, now=END)
    assert pair in introduction.decided_pairs(place.group)
    merge.unmerge(decision, by=boss, now=END)
    assert pair not in introduction.decided_pairs(place.group)
