"""The chain sign-up as an activity: pasted copies, buttons and edits by hand make one list, and nobody is lost."""

from datetime import timedelta

import pytest
from at_work import browser, group, hire
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_activity import PHONE, member

from huoqun.activities import attendance, chain, life
from huoqun.activities.activity import Activity, Closed, Participation
from huoqun.activities.kind import Refused, said
from huoqun.base import clock
from huoqun.people import code, deed, points
from huoqun.people.outbox import Outgoing
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)


class Listed:
    """A chain that is open, with four members."""

    def __init__(self, capacity=None, **plan):
        self.group = group(local(now=clock.now()))
        self.now = clock.now()
        self.boss = hire(self.group.workspace)
        self.ming, self.hua, self.li, self.zhao = (
            member(self.group, name) for name in ("阿明", "小华", "老李", "赵六")
        )
        self.row = life.begin(
            self.group.workspace,
            "chain",
            title="周六爬山",
            groups=[self.group],
            plan=chain.ChainPlan(**plan),
            capacity=capacity,
            by=None,
            now=self.now,
        )
        life.open_up(self.row, now=self.now)
        self.n = 0

    def fresh(self):
        return Activity.objects.get(pk=self.row.pk)

    def paste(self, text):
        return self.staff("paste", text=text)

    def staff(self, what, key="", **texts):
        self.n += 1
        return chain.CHAIN.staff[what](
            self.row,
            said(**texts),
            key=key or f"k{self.n}",
            by=self.boss.account,
            now=self.now + timedelta(seconds=self.n),
        )

    def does(self, what, who, **texts):
        self.n += 1
        moment = self.now + timedelta(seconds=self.n)
        return chain.CHAIN.member[what](
            self.row, who, said(**texts), via="personal", key=f"m{self.n}", at=None, now=moment
        )

    def text(self):
        return chain.text_of(self.fresh())

    def names(self):
        return [e.name for e in chain.book_of(self.fresh()).order.values()]

    def states(self):
        rows = Participation.objects.filter(activity=self.row).select_related("identity")
        return {row.identity.name: (row.state, row.count) for row in rows}

    def line(self, name):
        book = chain.book_of(self.fresh())
        return str(next(line.id for mark, line in book.lines.items() if book.order[mark].name == name))


def test_pastes_and_buttons_make_one_list_and_everybody_takes_part_in_it():
    it = Listed()
    it.paste("#接龙 周六爬山\n1. 阿明 2人\n2. 外面的人")
    assert it.does("join", it.hua, count="3", note="带孩子") == "joined"
    assert it.text() == "#接龙 周六爬山\n\n1. 阿明 ×2\n2. 外面的人\n3. 小华 ×3（带孩子）"
    assert it.states() == {"阿明": ("joined", 2), "小华": ("joined", 3)}
    before = it.text()
    assert it.paste(before) == "chain_same", "what it gives out says nothing new when it comes back"
    it.paste(before + "\n4. 老李")
    assert it.names() == ["阿明", "外面的人", "小华", "老李"]
    it.paste("#接龙 周六爬山\n1. 阿明 2人\n2. 外面的人\n3. 赵六")
    assert it.names()[-1] == "赵六", "an old copy with one more only adds them"
    assert set(it.names()) == {"阿明", "外面的人", "小华", "老李", "赵六"}
    assert {d.kind for d in deed.deeds(it.hua.person)} == {"chain.join"}


def test_who_signed_up_by_themselves_is_not_taken_off_by_a_copy_until_staff_say_so():
    it = Listed()
    it.does("join", it.ming)
    it.does("join", it.hua)
    seen = it.text()
    it.paste(seen.replace("2. 小华", "").strip())
    assert it.names() == ["阿明", "小华"]
    (conflict,) = chain.book_of(it.fresh()).dissents
    assert (conflict.why, conflict.name) == ("taken_off", "小华")
    it.staff("decide", conflict=str(conflict.id), choice="copy")
    assert it.names() == ["阿明"]
    assert it.states()["小华"][0] == "left"
    with pytest.raises(Refused):
        it.staff("decide", conflict=str(conflict.id), choice="copy")


def test_two_copies_that_disagree_are_shown_and_a_line_by_hand_stands():
    it = Listed()
    it.paste("1. 阿明\n2. 外人")
    it.paste("1. 阿明 2份\n2. 外人")
    it.paste("1. 阿明 3份\n2. 外人\n3. 老李")
    book = chain.book_of(it.fresh())
    assert next(iter(book.order.values())).count in {2, 3}
    it.staff("change", line=it.line("外人"), name="外人", count="5", note="")
    it.paste("1. 阿明 2份\n2. 外人 7份")
    book = chain.book_of(it.fresh())
    assert {e.name: e.count for e in book.order.values()}["外人"] == 5
    hand = next(d for d in book.dissents if d.why == "hand")
    assert (hand.stands.count, hand.said.count) == (5, 7)
    it.staff("decide", conflict=str(hand.id), choice="copy")
    assert {e.name: e.count for e in chain.book_of(it.fresh()).order.values()}["外人"] == 7


def test_who_comes_after_the_places_waits_and_moves_up():
    it = Listed(capacity=3)
    it.paste("1. 阿明 2人\n2. 小华\n3. 老李")
    assert it.states()["老李"] == ("waiting", 1)
    assert "候补\n1. 老李" in it.text()
    it.paste(it.text())
    assert it.states()["老李"] == ("waiting", 1), "the list it gave out changes nothing"
    it.does("leave", it.hua)
    assert it.states()["老李"] == ("joined", 1)
    assert it.does("join", it.zhao) == "waiting"
    more = {"title": it.row.title, "about": "", "starts": None, "closes": None, "by": None, "now": it.now}
    life.describe(it.row, plan=chain.ChainPlan(), capacity=4, **more)
    assert it.states()["赵六"] == ("joined", 1)


def test_the_places_a_list_speaks_of_count_where_staff_set_none():
    it = Listed()
    it.paste("周六爬山，限2人\n1. 阿明\n2. 小华\n3. 老李")
    assert it.states()["老李"][0] == "waiting"


def test_several_members_of_one_name_are_chosen_by_staff():
    it = Listed()
    other = member(it.group, "阿明2")
    other.name = "阿明"
    other.save()
    it.paste("1. 阿明\n2. 小华")
    assert it.states() == {"小华": ("joined", 1)}
    page = browser(it.boss).get(reverse("activity", args=[it.row.pk])).content.decode()
    assert "同名" in page
    with pytest.raises(Refused):
        it.staff("choose", line=it.line("阿明"), who=it.hua.pk.hex)
    it.staff("choose", line=it.line("阿明"), who=other.pk.hex)
    assert Participation.objects.get(activity=it.row, identity=other).state == "joined"
    it.staff("choose", line=it.line("阿明"), who="")
    assert Participation.objects.get(activity=it.row, identity=other).state == "left"


def test_edits_by_hand_each_once():
    it = Listed()
    it.paste("1. 阿明\n2. 外人\n3. 小华")
    for _ in range(2):
        it.staff("put", key="same", name="路过的", count="2", note="素食")
    assert it.names() == ["阿明", "外人", "小华", "路过的"]
    it.staff("change", line=it.line("路过的"), name="赵六", count="1", note="", place="1")
    assert it.names() == ["赵六", "阿明", "外人", "小华"]
    assert it.states()["赵六"] == ("joined", 1)
    it.staff("drop", line=it.line("外人"))
    assert it.names() == ["赵六", "阿明", "小华"]
    for wrong in ({"line": "999"}, {"line": "x"}, {}):
        with pytest.raises(Refused):
            it.staff("drop", **wrong)
    for count in ("0", "1000", "-1", "三"):
        with pytest.raises(Refused):
            it.staff("put", name="某人", count=count)
    with pytest.raises(Refused):
        it.paste("今天天气很好")


def test_it_is_said_closed_settled_and_who_did_not_come_gets_nothing():
    it = Listed(points=5)
    it.does("join", it.ming)
    it.does("join", it.hua)
    it.staff("say", key="a")
    it.staff("say", key="a")
    assert [o.text for o in Outgoing.objects.filter(what="chain.list")] == [it.text()]
    later = it.now + timedelta(hours=1)
    life.close(it.row, now=later)
    with pytest.raises(Closed):
        it.does("join", it.li)
    it.staff("missed", line=it.line("小华"))
    assert {k: v[0] for k, v in it.states().items()} == {"阿明": "done", "小华": "absent"}
    life.settle(it.row, now=later)
    assert (points.balance(it.ming.person), points.balance(it.hua.person)) == (5, 0)


def test_a_name_that_a_list_would_break_is_written_so_that_it_is_read_again():
    it = Listed()
    strange = [member(it.group, name) for name in ("小 明", "王(北京)", "a+1", "007", "Mary Ann Lee", "——", "x 2")]
    for who in strange:
        it.does("join", who, count="2", note="靠窗 3排")
    assert it.paste(it.text()) == "chain_same"
    assert {who.name: it.states()[who.name] for who in strange} == {who.name: ("joined", 2) for who in strange}


def test_members_and_staff_do_it_on_their_pages():
    it = Listed(capacity=2)
    phone = Client(headers=PHONE)
    place = reverse("member_activity", args=[code.personal(it.ming, now=it.now), it.row.pk])
    assert "加入接龙" in phone.get(place).content.decode()
    done = phone.post(
        place, {"do": "join", "count": "2", "note": "<b>粗</b>", "key": "1"}, follow=True
    ).content.decode()
    assert "你在名单上" in done
    assert "<b>粗" not in done
    phone.post(place, {"do": "paste", "text": it.text() + "\n2. 小华", "key": "2"})
    assert it.states()["小华"][0] == "waiting"
    desk = browser(it.boss)
    page = reverse("activity", args=[it.row.pk])
    assert desk.post(page + "do/paste", {"text": "没有编号", "key": "x"}).status_code == 409
    assert desk.post(page + "do/say", {"key": "x"}).status_code == 302
    assert desk.post(page + "people", {"who": str(it.zhao.pk), "do": "join"}).status_code == 302
    assert it.names() == ["阿明", "小华", "赵六"]
    assert desk.post(page + "people", {"who": str(it.zhao.pk), "do": "leave"}).status_code == 302
    assert it.names() == ["阿明", "小华"]
    assert "候补" in desk.get(page).content.decode()


words = st.text(st.characters(blacklist_categories=["Cs"]), max_size=60)


def test_whatever_is_typed_list_and_participations_agree():
    it = Listed(capacity=4)
    client, page = browser(it.boss), reverse("activity", args=[it.row.pk])
    deeds = st.sampled_from(["paste", "put", "change", "drop", "decide", "choose", "missed", "say"])
    names = st.sampled_from(["text", "name", "count", "note", "line", "who", "conflict", "choice", "place"])

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(deeds, st.dictionaries(names, words), st.lists(words, max_size=6))
    def run(deed_, fields, lines):
        fields["text"] = fields.get("text", "") + "".join(f"\n{n}. {line}" for n, line in enumerate(lines, 1))
        assert client.post(f"{page}do/{deed_}", fields).status_code in {302, 409}
        book = chain.book_of(it.fresh())
        assert set(book.order) == set(book.lines)
        there = {row.identity_id.hex for row in attendance.participants(it.row)}
        assert {line.who for line in book.lines.values()} - {"", chain.NOBODY} == there

    run()
    assert client.get(page).status_code == 200
