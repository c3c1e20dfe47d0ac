"""The morning desk: what the night brought is picked in one sitting, flows out in time, and can be taken back."""

from datetime import UTC, datetime, timedelta

import pytest
from at_work import group, hire
from group_rows import rows
from stage import member

from huoqun.base import job
from huoqun.base.job import Hand
from huoqun.content import digest_draft, find, gleaning, sitting, slot, topic_bank
from huoqun.content.find import Find
from huoqun.content.slot import Slot
from huoqun.content.topic_bank import Topic
from huoqun.insight import sumup
from huoqun.insight.sumup_words import in_words
from huoqun.people import consent, history, outbox, profile, voice
from huoqun.people.outbox import Outgoing
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)
SEVEN = datetime(2026, 3, 1, 23, 10, tzinfo=UTC)
"""Ten past seven in Shanghai."""
EIGHT = SEVEN + timedelta(minutes=50)
HALF = timedelta(minutes=30)


@pytest.fixture
def here():
    return group(local(now=SEVEN))


@pytest.fixture
def boss(here):
    return hire(here.workspace)


def suggested(here, boss, n):
    return [
        find.suggest(
            here.workspace, title=f"第{i}条", text=f"说说{i}", link="", kind="useful", by=boss.account, now=SEVEN
        )
        for i in range(n)
    ]


def test_picks_flow_out_every_half_hour_and_hourly_where_they_are_few(here, boss):
    other = group(here.workspace, "第二个群")
    voice.choose(here.workspace, {"a_day": 20}, by=boss.account, now=SEVEN)
    found = suggested(here, boss, 6)
    assert [f.pk for f in find.waiting(boss, now=EIGHT)] != []
    id, planned = sitting.pick(found, [here, other], approves=True, by=boss.account, now=EIGHT)
    assert planned == 12
    for one in (here, other):
        times = list(Slot.objects.filter(group=one).order_by("at").values_list("at", flat=True))
        assert times == [EIGHT + n * HALF for n in range(6)]
    assert not find.waiting(boss, now=EIGHT).exists()
    slot.tick(Hand("one", lambda: EIGHT))
    first = Outgoing.objects.get(group=here)
    outbox.done(first, by=boss.account, now=EIGHT)
    assert sitting.last_sitting(here.workspace, by=boss.account, now=EIGHT) == id
    assert sitting.undo(here.workspace, id, by=boss.account, now=EIGHT) == 11
    assert Outgoing.objects.get(group=other).state == "skipped"
    back = set(find.waiting(boss, now=EIGHT).values_list("title", flat=True))
    assert back == {f"第{i}条" for i in range(1, 6)}, "what was said is not offered again"
    few = sitting.flow(2, "Asia/Shanghai", now=EIGHT)
    assert (few.sitting, few.thin, few.step) == ("morning", True, timedelta(hours=1))


@pytest.mark.parametrize(("hour", "which"), [(8, "morning"), (12, "noon"), (19, "evening")])
def test_there_are_three_sittings_a_day(hour, which):
    now = datetime(2026, 3, 2, hour, tzinfo=UTC) - timedelta(hours=8)
    assert sitting.sitting_at(now, "Asia/Shanghai") == which


def test_more_than_a_day_bears_waits_for_the_next(here, boss):
    sitting.pick(suggested(here, boss, 8), [here], approves=False, by=boss.account, now=EIGHT)
    days = [at.astimezone(UTC).date().isoformat() for at in Slot.objects.order_by("at").values_list("at", flat=True)]
    assert days == ["2026-03-02"] * 6 + ["2026-03-03"] * 2


def chat(monkeypatch, *said):
    told = rows(said)
    monkeypatch.setattr(history, "rows_of", lambda _group, _since: told)


def line(minute, who, text, kind="text", **more):
    time = datetime(2026, 3, 1, 12) + timedelta(minutes=minute)
    return {"time": time, "local": time, "sender": who, "name": who, "kind": kind, "text": text, "mentions": []} | more


POST = [
    line(0, "阿明", "我把读完的三本书做成了一页清单"),
    line(1, "小美", "太好了", reply_to="k0"),
    line(2, "老王", "收藏了", reply_to="k0"),
    line(3, "小美", "那就这么定了，周六下午三点见"),
    line(4, "老王", "有人知道停车在哪里吗？"),
    line(5, None, "小李加入群聊", kind="join", subject="小李"),
]


def test_the_groups_own_best_posts_are_gathered_with_their_author(here, boss, monkeypatch):
    chat(monkeypatch, *POST)
    here.last = SEVEN
    here.save()
    ming = member(here, "阿明")
    gleaning.begin(here.workspace, now=SEVEN)
    hand = Hand("one", lambda: SEVEN)
    assert gleaning.under_way(here.workspace, now=SEVEN)
    while gleaning.tick(hand):
        pass
    (row,) = Find.objects.all()
    assert (row.identity, row.weight, row.group) == (ming, 2.0, here)
    assert job.Job.objects.filter(kind="glean", state="waiting").count() == 1, "the next night"
    assert gleaning.glean(here.workspace, now=SEVEN) == 0


def test_a_members_words_stay_at_home_until_they_agree(here, boss, monkeypatch):
    other = group(here.workspace, "第二个群")
    chat(monkeypatch, *POST)
    here.last = SEVEN
    here.save()
    ming = member(here, "阿明")
    gleaning.glean(here.workspace, now=SEVEN)
    row = Find.objects.get()
    assert "阿明" not in sitting.words_of(row)
    sitting.pick([row], [here, other], approves=True, by=boss.account, now=EIGHT)
    assert [s.group for s in Slot.objects.all()] == [here]
    assert find.asked(row, by=boss.account, now=EIGHT)
    assert not find.asked(row, by=boss.account, now=EIGHT)
    find.answer(row, find.NAMED, source="link", now=EIGHT)
    row.refresh_from_db()
    assert sitting.words_of(row).endswith("—— 阿明")
    assert sitting.pick([row], [other], approves=True, by=boss.account, now=EIGHT)[1] == 1
    consent.record(ming.person, "name", given=False, source="电话", on=EIGHT.date(), by=None, now=EIGHT)
    assert find.allowed(row) == find.NAMELESS
    consent.record(ming.person, "quote", given=False, source="电话", on=EIGHT.date(), by=None, now=EIGHT)
    with pytest.raises(find.NotAgreed):
        sitting.words_of(row)
    find.reword(row, title="", text="有人整理了一份书单", kind="useful", own=True, by=boss.account, now=EIGHT)
    row.refresh_from_db()
    assert sitting.words_of(row) == "有人整理了一份书单"


def test_a_digest_says_what_was_taken_up_decided_shared_asked_and_who_is_new(here, monkeypatch):
    found = sumup.sumup(rows(POST), since=datetime(2026, 3, 1), now=datetime(2026, 3, 2))
    text = in_words(found, "zh")
    for part in (
        "3 个人说了 5 句",
        "三本书做成了一页清单 (+2)",
        "定下来的事\n· 小美: 那就这么定了",
        "停车在哪里",
        "新来的朋友\n· 小李",
    ):
        assert part in text


def test_digests_are_drafted_on_their_hour_once_and_go_straight_out_where_wanted(here, boss, monkeypatch):
    chat(monkeypatch, *POST)
    voice.choose(here, {"digest": "day", "digest_hour": 9}, by=boss.account, now=SEVEN)
    due = voice.Voice.objects.get().next
    assert due == datetime(2026, 3, 2, 1, tzinfo=UTC)

    def go(now):
        while digest_draft.tick(Hand("one", lambda: now)):
            pass

    go(due - timedelta(seconds=1))
    assert not Slot.objects.exists()
    for _twice in range(2):
        go(due)
    (row,) = Slot.objects.all()
    assert (row.state, row.source, row.at) == ("proposed", "digest:day", due)
    assert voice.Voice.objects.get().next == due + timedelta(days=1)
    voice.choose(here, {"digest_straight": True}, by=boss.account, now=due)
    chat(monkeypatch, *({**said, "time": said["time"] + timedelta(days=1)} for said in POST))
    go(due + timedelta(days=1))
    assert Slot.objects.filter(state="approved").count() == 1
    voice.choose(here, {"digest": ""}, by=boss.account, now=due)
    assert voice.Voice.objects.get().next is None


def test_a_workspaces_digest_reaches_every_group_that_did_not_settle_its_own(here, boss, monkeypatch):
    chat(monkeypatch, *POST)
    other = group(here.workspace, "第二个群")
    voice.choose(here.workspace, {"digest": "week", "digest_weekday": 0, "digest_hour": 9}, by=boss.account, now=SEVEN)
    voice.choose(here, {"digest": ""}, by=boss.account, now=SEVEN)
    due = voice.Voice.objects.get(group=None).next
    while digest_draft.tick(Hand("one", lambda: due)):
        pass
    assert [s.group for s in Slot.objects.all()] == [other]


def test_the_topic_bank_is_fed_by_profiles_and_kept_by_staff(here, boss):
    for name, city in (("阿明", "跑步、读书"), ("小美", "读书"), ("老王", "钓鱼")):
        who = member(here, name).person
        profile.say(who, "fact", city, field="interests", source="", on=SEVEN.date(), by=boss.account, now=SEVEN)
    profile.say(
        who, "fact", "海钓入门", field="can_speak_about", source="", on=SEVEN.date(), by=boss.account, now=SEVEN
    )
    found = {p.text: p for p in topic_bank.proposals(here)}
    assert found.keys() == {"读书", "海钓入门"}
    assert (found["读书"].sort, found["读书"].why) == ("personal", {"origin": "interests", "people": 2})
    row = topic_bank.add(
        here.workspace, group=here, sort="personal", text="读书", why=found["读书"].why, by=boss.account, now=SEVEN
    )
    assert {p.text for p in topic_bank.proposals(here)} == {"海钓入门"}
    topic_bank.use(row, row.pk, by=boss.account, now=SEVEN)
    topic_bank.rate(row, 5, by=boss.account, now=SEVEN)
    with pytest.raises(topic_bank.BadTopic):
        topic_bank.rate(row, 6, by=boss.account, now=SEVEN)
    topic_bank.remove(row, by=boss.account, now=SEVEN)
    topic_bank.add(here.workspace, group=here, sort="personal", text="读书", by=boss.account, now=SEVEN)
    assert Topic.objects.get().rating == 5
