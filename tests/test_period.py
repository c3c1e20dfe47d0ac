"""Any period of a group, and two compared: the same numbers as the diagnosis where both look at the same days."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from at_work import owner
from letters import chatlab, lines
from lived_group import NOW, rows, said

from huoqun import worker
from huoqun.base import clock, job
from huoqun.chat.message import MEMBERS, Chat
from huoqun.insight.card import Card, Mark
from huoqun.insight.diagnosis import diagnose
from huoqun.insight.period import IDS, Period, Worth, differences, period
from huoqun.people import mark, stretch, upload
from huoqun.people.group import Group
from huoqun.people.upload import Given
from huoqun.people.workspace import local

TODAY = date(2025, 6, 30)
CARD = Card(zone="Asia/Shanghai")


def life(days=200, people=20, a_day=15, seed=3):
    random = np.random.default_rng(seed)
    ago = np.repeat(np.arange(days), a_day)
    return rows(said(ago, random.integers(0, people, len(ago)), seed=seed))


def of(found: Period) -> dict[str, Worth]:
    return {worth.id: worth for worth in found.measures}


def days_ago(first, last=0):
    return TODAY - timedelta(days=first), TODAY - timedelta(days=last)


def test_counts_are_those_of_the_rows():
    every = life()
    begin, end = days_ago(40, 11)
    mine = every.filter(every["local"].dt.date().is_between(begin, end))
    found = period(every, CARD, begin, end, now=NOW)
    assert (found.days, found.messages, sum(found.daily)) == (30, mine.height, mine.height)
    assert of(found)["pulse"].value == pytest.approx(mine.height / 30)
    assert of(found)["speakers"].value == mine["sender"].n_unique()
    assert [worth.id for worth in found.measures] == list(IDS)


def test_what_came_later_changes_nothing():
    every = life()
    begin, end = days_ago(60, 31)
    before = every.filter(every["local"].dt.date() <= end)
    assert period(every, CARD, begin, end, now=NOW) == period(before, CARD, begin, end, now=NOW)


def test_the_last_quarter_says_what_the_diagnosis_says(ground_chat):
    chat = ground_chat
    card = Card(zone=chat.zone, marks=(Mark(NOW - timedelta(days=20), NOW - timedelta(days=19), "嘉宾"),))
    signs = {sign.id: sign for sign in diagnose(chat, card, now=NOW).vital_signs}
    found = of(period(chat.rows, card, *days_ago(89), now=NOW))
    for id in ("concentration", "event_dependence", "answer_rate", "newcomer_welcome", "strong_tie_share"):
        assert found[id].value == pytest.approx(signs[id].value), id
    week = of(period(chat.rows, card, *days_ago(6), now=NOW))
    assert week["pulse"].value == pytest.approx(signs["pulse"].value)
    assert week["speakers"].value == signs["speakers"].value


@pytest.fixture
def ground_chat():
    return Chat(
        format="test", network="qq", group="群", group_id=None, zone="Asia/Shanghai", zone_source="named",
        exported_at=None, has_ids=True, rows=life(), members=pl.DataFrame(schema=MEMBERS), owner=None,
    )  # fmt: skip


def test_a_clear_fall_is_clear_and_chance_is_not():
    half = np.concatenate([np.repeat(np.arange(30), 6), np.repeat(np.arange(30, 60), 20)])
    every = rows(said(half, np.random.default_rng(1).integers(0, 15, len(half))))
    now, was = (period(every, CARD, *days_ago(*span), now=NOW) for span in ((29, 0), (59, 30)))
    assert {d.id: d.clear for d in differences(was, now)}["pulse"] == "less"
    random = np.random.default_rng(5)
    called = 0
    for _ in range(40):
        ago = np.repeat(np.arange(28), random.poisson(9, 28))
        every = rows(said(ago, random.integers(0, 12, len(ago))))
        now, was = (period(every, CARD, *days_ago(*span), now=NOW) for span in ((13, 0), (27, 14)))
        called += bool({d.id: d.clear for d in differences(was, now)}["pulse"])
    assert called <= 16, "of equal halves about one in five looks different at 80 %"


def test_periods_that_overlap_have_no_range():
    every = life(days=60)
    now, was = (period(every, CARD, *days_ago(*span), now=NOW) for span in ((29, 0), (40, 20)))
    assert all(d.interval is None for d in differences(was, now))


def test_nothing_before_the_history_is_made_up():
    found = period(life(days=30), CARD, date(2001, 1, 1), date(2001, 1, 31), now=NOW)
    assert (found.days, found.messages, found.measures) == (0, 0, [])


@pytest.fixture
def group(db, tmp_path):
    path = tmp_path / "given"
    path.write_bytes(chatlab(lines()))
    now = clock.now()
    upload.receive(local(now=now), [Given("a.jsonl", path)], now=now)
    work()
    return Group.objects.get()


def work():
    hand = job.Hand("test", clock.now)
    while worker.tick(hand):
        pass


@pytest.mark.django_db(transaction=True)
def test_two_periods_stand_side_by_side_and_the_address_keeps_them(group):
    client = owner()
    last = group.last.date()
    mark.add(
        group,
        title="发布会",
        start=group.last - timedelta(days=10),
        end=group.last - timedelta(days=9),
        by_owner=True,
        now=clock.now(),
    )
    page = client.get(f"/groups/{group.pk}/period").content.decode()
    assert "每天发言人数" in page
    assert "<bdi>发布会</bdi></a>" in page
    begin, first = last - timedelta(days=13), last - timedelta(days=60)
    query = f"from={begin}&to={last}&beside=own&from2={first}&to2={first + timedelta(days=13)}"
    page = client.get(f"/groups/{group.pk}/period?{query}").content.decode()
    assert f'name="from2" value="{first}"' in page
    sheet = client.get(f"/groups/{group.pk}/period.csv?{query}").content.decode()
    assert len(sheet.splitlines()) == len(IDS) + 1
    for odd in ("from=x&to=y", f"from={last}&to=1999-01-01", "from=1980-01-01&to=2090-01-01", "beside=z"):
        assert client.get(f"/groups/{group.pk}/period?{odd}").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_long_history_is_measured_by_the_worker(group, monkeypatch):
    monkeypatch.setattr(stretch, "AT_ONCE", 0)
    client = owner()
    page = client.get(f"/groups/{group.pk}/period").content.decode()
    assert "页面会自动更新" in page
    assert job.Job.objects.filter(kind=stretch.KIND, state=job.WAITING).count() == 2
    job.work(stretch.KIND, stretch._run, job.Hand("test", clock.now))
    half = client.get(f"/groups/{group.pk}/period", headers={"HX-Request": "true"})
    assert half.status_code == 200
    assert "页面会自动更新" in half.content.decode()
    work()
    page = client.get(f"/groups/{group.pk}/period", headers={"HX-Request": "true"}).content.decode()
    assert "页面会自动更新" not in page
    assert "每天发言人数" in page
