"""Watchwords: where words one wants to be told of fell, by whom; found once however often a file comes; ticked off."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from at_work import group, hire
from group_rows import row as said
from group_rows import rows
from letters import chatlab, lines
from stage import member

from huoqun.base.job import Hand
from huoqun.content import gleaning, topic_bank, watchword
from huoqun.content.find import WATCH, Find
from huoqun.content.watchword import ANSWERED, NEW, BadWatchword, Scan, Sighting, Watchword
from huoqun.insight.keyword import LONGEST, mentions
from huoqun.people import reception, upload
from huoqun.people.group import Group
from huoqun.people.upload import Given
from huoqun.people.workspace import add, local

pytestmark = pytest.mark.django_db(transaction=True)
START = datetime(2026, 3, 2, 4, tzinfo=UTC)
NOW = START + timedelta(days=1)
TALK = lines(days=60, start=START - timedelta(days=58))


def found(texts, **wanted):
    table = rows([said(n, f"u{n}", text) for n, text in enumerate(texts)])
    return [(one["id"], one["key"]) for one in mentions(table, wanted).iter_rows(named=True)]


@pytest.mark.parametrize(
    ("word", "text", "there"),
    [
        ("art", "a new ART show", True),
        ("art", "let us start", False),
        ("小米", "买了小米手机", True),
        ("ＡＢＣ", "abc牌的书", True),
        ("c++", "会 C++ 的人", True),
        ("a.b", "axb", False),
        ("(", "没有（括号", False),
        ("3.14元", "3.14元一本", True),
        ("晨 读", "晨  读 打卡", True),
    ],
)
def test_a_word_is_found_as_people_write_it(word, text, there):
    assert bool(found([text], w=[word, "zzz"])) == there or len(word) < 2


def test_machines_and_what_is_no_message_are_left_out_and_long_messages_are_cut_around_the_word():
    long = "好" * 400 + "活群" + "啊" * 400
    table = rows([said(0, "a", "活群", bot=True), said(1, "b", "活群", kind="join"), said(2, "c", long)])
    (one,) = mentions(table, {"w": ["活群"]}).iter_rows(named=True)
    assert one["sender"] == "c" and "活群" in one["text"] and len(one["text"]) <= LONGEST + 2
    assert mentions(table, {}).is_empty() and mentions(table, {"w": ["。*"]}).is_empty()


@pytest.fixture
def here():
    return local(now=NOW)


@pytest.fixture
def boss(here):
    return hire(here)


@pytest.fixture
def bring(tmp_path):
    count = iter(range(100))

    def bring(*more):
        told = [{"id": f"x{n}", "time": at, "who": who, "text": text} for n, (at, who, text) in enumerate(more)]
        path = tmp_path / str(next(count))
        path.write_bytes(chatlab(sorted([*TALK, *told], key=lambda line: line["time"])))
        upload.receive(local(now=NOW), [Given("a.jsonl", path)], now=NOW)
        reception.tick(Hand("test", lambda: NOW))
        while watchword.tick(Hand("test", lambda: NOW)):
            pass
        return Group.objects.get()

    return bring


FELL = [
    (START, "u001", "晨光书店的咖啡真不错"),
    (START + timedelta(hours=2), "u002", "是哪家？ChenGuang Books 吗"),
    (START + timedelta(hours=3), "u003", "今天下雨"),
]


def test_an_import_says_where_a_word_fell_once_and_what_was_ticked_off_stays(here, boss, bring):
    by = {"by": boss.account, "now": NOW}
    word = watchword.add(here, name="晨光书店", others="chenguang books，晨光书店、x", note="我们的店", **by)
    assert word.words == ["晨光书店", "chenguang books"]
    there = bring(*FELL)
    first, second = Sighting.objects.order_by("at")
    assert (first.group, first.text, first.at, first.identity.account) == (there, FELL[0][2], START, "u001")
    watchword.settle([first], ANSWERED, **by)
    assert not watchword.stale()
    bring(*FELL, (START + timedelta(hours=4), "u003", "晨光书店见"))
    states = list(Sighting.objects.order_by("at").values_list("pk", "state"))
    assert states[:2] == [(first.pk, ANSWERED), (second.pk, NEW)] and len(states) == 3
    assert watchword.counted(Sighting.objects.all())[word.pk] == {"count": 3, "fresh": 2, "people": 3}
    seen = watchword.by_day(Sighting.objects.all(), "Asia/Shanghai", since=START - timedelta(days=1))
    assert seen == {"2026-03-02": 3}
    near = watchword.around(second)
    assert [one["here"] for one in near].count(True) == 1 and any("真不错" in one["text"] for one in near)


def test_other_words_look_anew_and_no_word_looks_at_nothing(here, boss, bring):
    by = {"by": boss.account, "now": NOW}
    there = bring(*FELL)
    assert not Scan.objects.exists()
    word = watchword.add(here, name="下雨", **by)
    assert [one for one, _model in watchword.stale()] == [there]
    watchword.look(there, now=NOW)
    assert Sighting.objects.count() == 1 and not watchword.stale()
    watchword.change(word, others="咖啡", note="", **by)
    watchword.look(there, now=NOW)
    assert Sighting.objects.count() == 2
    watchword.switch(word, False, **by)
    assert not watchword.stale() and Sighting.objects.count() == 2
    watchword.remove(word, **by)
    assert not Sighting.objects.exists()


@pytest.mark.parametrize("name", ["", " ", "a", "\u202e"])
def test_a_word_needs_two_signs(here, boss, name):
    with pytest.raises(BadWatchword):
        watchword.add(here, name=name, by=boss.account, now=NOW)


def test_a_word_stands_once_and_there_are_not_endlessly_many(here, boss, monkeypatch):
    by = {"by": boss.account, "now": NOW}
    watchword.add(here, name="书店", **by)
    with pytest.raises(BadWatchword, match="there"):
        watchword.add(here, name="书店", **by)
    monkeypatch.setattr(watchword, "MOST", 1)
    with pytest.raises(BadWatchword, match="many"):
        watchword.add(here, name="咖啡", **by)
    assert watchword.add(add(name="他们", zone="Asia/Shanghai", now=NOW), name="书店", **by)


def test_who_is_limited_to_groups_sees_what_fell_there(here, boss):
    mine, theirs = group(here, "一群"), group(here, "二群")
    word = Watchword.objects.create(workspace=here, name="书店", words=["书店"], created=NOW)
    for there in (mine, theirs):
        who = member(there, "阿明")
        Sighting.objects.create(watchword=word, group=there, identity=who, key="k", at=NOW, text="书店", created=NOW)
    limited = hire(here, "group_admin", groups=[mine])
    assert [s.group for s in watchword.sightings_for(limited)] == [mine]
    assert watchword.sightings_for(boss).count() == 2
    assert watchword.sightings_for(boss, text="阿明", group=mine.pk, word=word.pk, state=NEW).count() == 1


def test_what_fell_last_night_stands_on_the_desk_and_in_the_topics_of_its_group(here, boss):
    there = group(here, "一群")
    word = Watchword.objects.create(workspace=here, name="早教", words=["早教"], created=NOW)
    for n, at in enumerate((NOW, NOW - timedelta(days=5), NOW - timedelta(hours=1))):
        who, told = member(there, f"人{n}"), {"key": f"k{n}", "at": at, "text": f"早教{n}"}
        Sighting.objects.create(watchword=word, group=there, identity=who, created=NOW, **told)
    gleaning.glean(here, now=NOW)
    gleaning.glean(here, now=NOW)
    assert set(Find.objects.values_list("origin", "text")) == {(WATCH, "早教0"), (WATCH, "早教2")}
    (topic,) = topic_bank.proposals(there)
    assert (topic.text, topic.why) == ("早教", {"origin": "watch", "people": 3, "count": 3})


def test_the_pattern_of_any_word_is_one_that_can_be_read():
    for sign in "\\^$.|?*+()[]{}<>#&-~'\"%/_":
        table = pl.DataFrame({"t": [f"x {sign}{sign} y"]})
        assert mentions(rows([said(0, "a", table["t"][0])]), {"w": [sign * 2]}).height == 1, sign
