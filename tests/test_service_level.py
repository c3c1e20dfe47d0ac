"""Service level: which questions wait, since when, whose turn it is, who is late; no archive is looked through."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from at_work import browser, hire
from at_work import group as group_of
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from group_rows import row, rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage import member

from huoqun.base import clock
from huoqun.base.job import Hand
from huoqun.chat.message import Chat
from huoqun.crew import inquiry, planning, right, service_level, target
from huoqun.crew.inquiry import Inquiry, Ledger
from huoqun.crew.rota import Shift, span
from huoqun.insight.wait import level, minutes_between, quantile
from huoqun.people import checkup, group, history
from huoqun.people.outbox import Outgoing
from huoqun.people.workspace import add

NOW = datetime(2026, 3, 4, 4, tzinfo=UTC)
"""A Wednesday noon in Shanghai."""


CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=40)
"""Other work on the machine is no fault of these rules."""

# -- the rule


def waits(*those):
    """Rows (minutes, answered) against a target of an hour."""
    return pl.DataFrame(
        [(float(m), done, 60.0) for m, done in those],
        schema={"minutes": pl.Float64, "answered": pl.Boolean, "target": pl.Float64},
        orient="row",
    )


def test_what_has_no_answer_counts_as_far_as_it_has_waited():
    told = level(waits((10, True), (20, True), (30, True), (500, False), (500, False)))
    assert (told.asked, told.answered, told.late) == (5, 3, 2)
    assert told.median == 30, "of the answered alone it would be 20"
    assert told.ninth is None, "two of five have no answer: nobody can say"
    assert told.within == pytest.approx(3 / 5)
    fresh = level(waits((10, True), (5, False)))
    assert fresh.within == 1, "of a question just asked it cannot be told yet"
    assert level(waits()).median is None


@CALM
@given(st.lists(st.tuples(st.integers(0, 300), st.booleans()), min_size=1, max_size=40))
def test_quantiles_are_those_of_kaplan_and_meier(those):
    minutes, done = (np.array(x) for x in zip(*those, strict=True))
    for share in (0.5, 0.9):
        still, found = 1.0, None
        for at in sorted(set(minutes)):
            still *= 1 - ((minutes == at) & done).sum() / (minutes >= at).sum()
            if still <= 1 - share + 1e-9:
                found = at
                break
        assert quantile(minutes.astype(float), done, share) == found


@CALM
@given(
    st.integers(0, 23), st.integers(1, 24), st.datetimes(datetime(2026, 1, 1), datetime(2026, 2, 1)), st.integers(0, 90)
)
def test_minutes_of_service_are_counted_minute_by_minute(opens, closes, begin, hours):
    if opens >= closes:
        return
    begin = begin.replace(second=0, microsecond=0)
    end = begin + timedelta(hours=hours)
    frame = pl.DataFrame({"a": [begin], "b": [end]}).select(
        minutes_between("a", "b", pl.lit(opens * 60.0), pl.lit(closes * 60.0))
    )
    slow = sum(opens <= (begin + timedelta(minutes=n)).hour < closes for n in range(hours * 60))
    assert frame.item() == pytest.approx(slow)


# -- rows


@pytest.fixture
def place(db):
    return add(name="我们", zone="Asia/Shanghai", now=NOW)


@pytest.fixture
def there(place):
    return group_of(place)


@pytest.fixture
def ming(there):
    return member(there, "阿明")


def asked(who, at, text="哪里能买到？", key=None, **more):
    found = Inquiry(group=who.group, key=key or f"{at} {text}", asker=who, at=at, text=text, created=NOW, **more)
    found.save(force_insert=True)
    return found


def test_who_waits_longest_against_the_target_comes_first_in_hours_of_service(there, ming):
    target.aim(there.workspace, None, minutes=60, opens=9, closes=22, by=hire(there.workspace).account, now=NOW)
    night = asked(ming, NOW - timedelta(hours=10))
    early = asked(ming, NOW - timedelta(hours=2))
    asked(ming, NOW - timedelta(hours=1), answered=NOW)
    asked(ming, NOW - timedelta(days=8), "很久以前？")
    found = service_level.waiting_questions([there], NOW)
    assert [w.row for w in found] == [night, early]
    assert [w.minutes for w in found] == [180, 120], "from two at night until nine nobody is there"
    assert all(w.late for w in found)


def test_on_the_day_clocks_change_an_hour_is_not_lost(place):
    berlin = group_of(place, "柏林")
    berlin.zone = "Europe/Berlin"
    berlin.save()
    who = member(berlin, "Anna")
    asked(who, datetime(2026, 3, 28, 20, 30, tzinfo=UTC), "Wo?")
    now = datetime(2026, 3, 29, 8, tzinfo=UTC)
    assert service_level.waiting_questions([berlin], now)[0].minutes == 30 + 60


def test_ticked_off_waits_no_more_and_can_be_undone(there, ming):
    row = asked(ming, NOW - timedelta(hours=1))
    inquiry.tick_off(row, inquiry.ELSEWHERE, member=ming.person, now=NOW)
    assert service_level.waiting_questions([there], NOW) == []
    inquiry.undo(row, now=NOW)
    assert len(service_level.waiting_questions([there], NOW)) == 1
    inquiry.tick_off(row, inquiry.NO_QUESTION, by=hire(there.workspace).account, now=NOW)
    assert service_level.asked_in([there], days=28, now=NOW).is_empty()
    with pytest.raises(ValueError):
        inquiry.tick_off(row, "later", now=NOW)


def test_whose_turn_it_is(there, ming, place):
    boss, host = hire(place).account, hire(place, "host", [there]).account
    turn = lambda: target.turns(place, [there], NOW)[there.pk]  # noqa: E731
    assert turn().kind == target.NOBODY
    target.aim(place, None, minutes=60, opens=9, closes=22, hosts=[boss, host], by=boss, now=NOW)
    days = [target.host_of_day([boss, host], NOW + timedelta(days=n), there.zone) for n in range(4)]
    assert days[0] != days[1] and days[:2] == days[2:]
    assert turn().account == days[0].pk
    group.entrust(there, host, by=boss, now=NOW)
    there.refresh_from_db()
    assert (turn().kind, turn().account) == (target.CARER, host.pk)
    rule = {"ahead": 1, "rest": 0, "among": "anybody"}
    rota = planning.set_up(there, **rule, rights=[right.QUESTIONS], by=boss, now=NOW)
    starts, ends = span(date(2026, 3, 2), there.zone)
    shift = Shift(rota=rota, group=there, begins=date(2026, 3, 2), starts=starts, ends=ends, created=NOW)
    shift.save(force_insert=True)
    planning.name_one(shift, ming, agreed=True, by=boss, now=NOW)
    assert (turn().kind, turn().name) == (target.MEMBER, "阿明")


def test_a_group_may_have_its_own_target(there, place):
    boss, other = hire(place).account, group_of(place, "另一个")
    target.aim(place, None, minutes=60, opens=9, closes=22, by=boss, now=NOW)
    target.aim(place, there, minutes=10, opens=0, closes=24, by=boss, now=NOW)
    found = target.targets(place, [there, other])
    assert (found[there.pk].minutes, found[other.pk].minutes) == (10, 60)
    for wrong in ({"minutes": 0}, {"opens": 22}, {"closes": 25}):
        with pytest.raises(target.BadTarget):
            target.aim(place, there, **{"minutes": 60, "opens": 9, "closes": 22, **wrong}, by=boss, now=NOW)
    target.as_all(there, by=boss, now=NOW)
    assert target.targets(place, [there])[there.pk].minutes == 60


def test_many_groups_are_asked_for_at_once(place):
    groups = [group_of(place, f"群{n}") for n in range(12)]
    for one in groups:
        asked(member(one, f"{one.name} 的人"), NOW - timedelta(hours=2))
    with CaptureQueriesContext(
        connection,
    ) as told:
        assert len(service_level.waiting_questions(groups, NOW)) == 12
    assert len(told) <= 12, [q["sql"] for q in told]


# -- read from the archive


def talk():
    """A question answered, one that nobody answered, one by the owner."""
    return rows([
        row(0, "boss", "大家好，今天开始报名"),
        row(60, "ming", "请问在哪里报名？"),
        row(75, "bear", "在群公告里有链接，点进去就可以", reply_to="k1"),
        row(3000, "ming", "有没有人知道停车场在哪里？"),
        row(9000, "boss", "谁有空来帮忙？"),
    ])  # fmt: skip


def chat():
    more = {"group_id": None, "zone": "Asia/Shanghai", "zone_source": "default", "exported_at": None, "has_ids": True}
    return Chat(format="test", network="wechat", group="练习群", rows=talk(), **more)


def test_questions_of_members_are_found_with_their_answers(there, monkeypatch):
    there.owner = "boss"
    there.save()
    for name in ("ming", "bear", "boss"):
        member(there, name)
    as_of, found = inquiry.found_in(there, chat())
    assert as_of == talk()["time"].max()
    assert [(q["account"], q["text"], q["by"]) for q in found] == [
        ("ming", "请问在哪里报名？", "bear"),
        ("ming", "有没有人知道停车场在哪里？", None),
    ]


def test_read_anew_keeps_what_was_ticked_off(there, monkeypatch):
    for name in ("ming", "bear", "boss"):
        member(there, name)
    there.owner, there.rows, there.state_hash = "boss", 5, "a"
    there.save()
    monkeypatch.setattr(history, "chat_of", lambda group: chat())
    assert list(inquiry.stale()) == [there]
    inquiry.tick(Hand("t", lambda: NOW))
    assert not inquiry.stale().exists()
    assert Ledger.objects.get(group=there).model == checkup.model()
    first = Inquiry.objects.get(text="有没有人知道停车场在哪里？")
    inquiry.tick_off(first, inquiry.NO_QUESTION, now=NOW)
    there.state_hash = "b"
    there.save()
    inquiry.tick(Hand("t", lambda: NOW))
    assert Inquiry.objects.get(pk=first.pk).how == inquiry.NO_QUESTION
    assert Inquiry.objects.count() == 2


# -- pages


@pytest.fixture
def shown(there, ming):
    asked(ming, clock.now() - timedelta(days=1), "=HYPERLINK(1)? <script>")
    return reverse("service_level", args=[there.workspace.slug])


def test_the_page_shows_ticks_off_undoes_and_exports(there, ming, shown):
    client, question = browser(hire(there.workspace)), Inquiry.objects.get()
    page = client.get(shown)
    assert "&lt;script&gt;" in page.text and "<script>" not in page.text.split("<body")[1]
    assert "没有人负责" in page.text
    client.post(f"{shown}?days=7", {"do": "elsewhere", "which": question.pk})
    assert "勾掉了" in client.get(shown).text
    client.post(shown, {"do": "undo", "which": question.pk})
    csv = client.get(reverse("service_csv", args=[there.workspace.slug])).getvalue().decode()
    assert "'=HYPERLINK" in csv
    assert "阿明" in csv
    assert (
        "练习群" in client.get(reverse("service_csv", args=[there.workspace.slug]) + "?what=groups").getvalue().decode()
    )
    for nonsense in ({"do": "elsewhere", "which": "x"}, {"do": "burn", "which": question.pk}, {}):
        assert client.post(shown, nonsense).status_code == 302
    for query in ("group=x&days=999&late=1", "mine=1", f"group={there.pk}&days=7"):
        assert client.get(f"{shown}?{query}").status_code == 200
    assert "等着回答" in client.get(reverse("group", args=[there.pk])).text


def test_a_target_typed_wrongly_stays_and_the_note_is_said_once_a_week(there, shown):
    client, place = browser(hire(there.workspace)), there.workspace
    aim = reverse("service_target", args=[place.slug])
    answer = client.post(aim, {"minutes": "很快", "opens": "9", "closes": "22"})
    assert answer.status_code == 422 and "很快" in answer.text
    client.post(aim, {"minutes": "30", "opens": "8", "closes": "20", "hosts": [str(hire(place).account_id), "x"]})
    assert target.target(place).minutes == 30
    client.post(aim, {"minutes": "5", "opens": "8", "closes": "20", "group": str(there.pk)})
    assert "这个群有自己的目标" in client.get(f"{shown}?group={there.pk}").text
    client.post(aim, {"do": "as_all", "group": str(there.pk)})
    assert "30 分钟" in client.get(f"{shown}?group={there.pk}").text
    for _ in range(2):
        client.post(shown, {"do": "note", "group": str(there.pk), "text": "每天八点到二十点"})
    assert Outgoing.objects.get().text == "每天八点到二十点"


def test_who_is_limited_sees_and_ticks_off_only_in_their_groups(there, shown):
    other = group_of(there.workspace, "别的群")
    far = asked(member(other, "远方"), clock.now() - timedelta(hours=30), "别处的问题？")
    client = browser(hire(there.workspace, "group_admin", [there]))
    assert "别处的问题" not in client.get(shown).text
    client.post(shown, {"do": "elsewhere", "which": far.pk})
    far.refresh_from_db()
    assert far.how == ""
    aim = reverse("service_target", args=[there.workspace.slug])
    client.post(aim, {"minutes": "30", "opens": "8", "closes": "20"})
    assert not target.target(there.workspace).said, "who is limited does not set it for all"
    reader = browser(hire(there.workspace, "analyst"))
    assert reader.get(shown).status_code == 200
    assert reader.post(shown, {"do": "elsewhere", "which": far.pk}).status_code == 403
