"""The calendar: what is planned is proposed, approved, goes out once at its time, floods nobody, and is proven."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from at_work import group, hire
from hypothesis import given
from hypothesis import strategies as st

from huoqun.base.job import Hand
from huoqun.content import golden, key_date, material, mix, slot, spacing
from huoqun.content.material import Piece
from huoqun.content.slot import Slot
from huoqun.people import outbox, voice
from huoqun.people.audit import Entry
from huoqun.people.outbox import Outgoing
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
"""Twelve o'clock in Shanghai, on a Monday."""
HOUR = timedelta(hours=1)


@pytest.fixture
def here():
    return group(local(now=NOON))


@pytest.fixture
def boss(here):
    return hire(here.workspace).account


def planned(here, boss, at=NOON + HOUR, text="早", **more):
    values = {"kind": "useful", "approves": True, "now": NOON} | more
    return slot.plan(here, text=text, at=at, by=boss, **values)


def tick(now):
    return slot.tick(Hand("one", lambda: now))


def test_an_approved_piece_goes_out_once_at_its_time_and_its_proof_is_the_outbox(here, boss):
    row = planned(here, boss)
    for _twice in range(2):
        tick(NOON + HOUR - timedelta(minutes=1))
    assert not Outgoing.objects.exists()
    for _twice in range(2):
        tick(NOON + HOUR)
    out = Outgoing.objects.get()
    row.refresh_from_db()
    assert (out.text, out.what, out.due, row.proof) == ("早", "content.useful", NOON + HOUR, "waiting")
    outbox.done(out, by=boss, now=NOON + HOUR)
    row.refresh_from_db()
    assert Slot.objects.get().proof == "sent"
    assert not slot.drop(row, by=boss, now=NOON + HOUR)


def test_a_proposal_waits_for_a_yes_and_who_may_not_approve_makes_it_one_again(here, boss):
    row = planned(here, boss, approves=False)
    tick(NOON + 2 * HOUR)
    assert not Outgoing.objects.exists()
    assert slot.approve(row, by=boss, now=NOON)
    assert not slot.approve(row, by=boss, now=NOON)
    row = slot.change(row, text="更早", approves=False, by=boss, now=NOON)
    assert (row.state, row.approver) == ("proposed", None)
    slot.approve(row, by=boss, now=NOON)
    row = slot.change(row, at=NOON + 2 * HOUR, approves=True, by=boss, now=NOON)
    assert row.state == "approved"
    tick(NOON + HOUR)
    assert not Outgoing.objects.exists()
    assert {e.what for e in Entry.objects.filter(what__startswith="slot.")} == {
        "slot.plan",
        "slot.approve",
        "slot.change",
    }


def test_one_approved_too_late_goes_at_the_next_free_moment(here, boss):
    row = planned(here, boss, approves=False)
    slot.approve(row, by=boss, now=NOON + 5 * HOUR)
    row.refresh_from_db()
    assert row.at == NOON + 5 * HOUR


def test_words_can_be_changed_until_they_are_sent(here, boss):
    row = planned(here, boss)
    tick(NOON + HOUR)
    slot.change(row, text="改过的", approves=True, by=boss, now=NOON + HOUR)
    assert Outgoing.objects.get().text == "改过的"
    with pytest.raises(slot.Sent):
        slot.change(row, at=NOON + 5 * HOUR, approves=True, by=boss, now=NOON + HOUR)
    outbox.done(Outgoing.objects.get(), by=boss, now=NOON + HOUR)
    with pytest.raises(slot.Sent):
        slot.change(row, text="太晚了", approves=True, by=boss, now=NOON + HOUR)
    assert Outgoing.objects.get().text == "改过的"


def test_nothing_floods_a_group_but_what_is_urgent(here, boss):
    planned(here, boss)
    with pytest.raises(slot.Crowded) as told:
        planned(here, boss, at=NOON + HOUR + timedelta(minutes=10))
    assert (told.value.why, told.value.free) == ("apart", NOON + HOUR + timedelta(minutes=30))
    with pytest.raises(slot.Crowded) as told:
        planned(here, boss, at=NOON + 12 * HOUR)
    assert (told.value.why, told.value.free) == ("quiet", datetime(2026, 3, 3, 8, tzinfo=ZoneInfo("Asia/Shanghai")))
    voice.choose(here, {"a_day": 2}, by=boss, now=NOON)
    planned(here, boss, at=NOON + 3 * HOUR)
    with pytest.raises(slot.Crowded) as told:
        planned(here, boss, at=NOON + 5 * HOUR)
    assert told.value.why == "a_day"
    row = planned(here, boss, urgent=True, text="快")
    assert row.at == NOON
    tick(NOON)
    assert Outgoing.objects.get().text == "快"


def test_a_worker_that_was_down_does_not_say_everything_at_once(here, boss):
    for n in range(4):
        planned(here, boss, at=NOON + n * timedelta(minutes=30), text=f"第{n}条")
    tick(NOON + 4 * HOUR)
    assert [o.text for o in Outgoing.objects.all()] == ["第0条"]
    ahead = list(Slot.objects.filter(state="approved").order_by("at").values_list("at", flat=True))
    assert ahead == [NOON + 4 * HOUR + n * timedelta(minutes=30) for n in (1, 2, 3)]
    for n in (1, 2, 3):
        tick(ahead[n - 1])
    assert Outgoing.objects.count() == 4


def test_what_is_dropped_is_not_said_and_can_come_back(here, boss):
    row = planned(here, boss)
    assert slot.drop(row, by=boss, now=NOON)
    assert not slot.drop(row, by=boss, now=NOON)
    tick(NOON + 2 * HOUR)
    assert not Outgoing.objects.exists()
    assert slot.bring_back(row, by=boss, now=NOON + 3 * HOUR)
    row.refresh_from_db()
    assert (row.state, row.at) == ("proposed", NOON + 3 * HOUR)
    slot.approve(row, by=boss, now=NOON + 3 * HOUR)
    tick(NOON + 3 * HOUR)
    slot.drop(row, by=boss, now=NOON + 3 * HOUR)
    assert Outgoing.objects.get().state == "skipped"


@pytest.mark.parametrize("night", [date(2026, 3, 29), date(2026, 10, 25)])
def test_hours_are_the_groups_own_when_clocks_change(here, boss, night):
    here.zone = "Europe/Berlin"
    here.save()
    bound = slot.limits(here)
    evening = datetime(night.year, night.month, night.day, 23, 30, tzinfo=ZoneInfo(here.zone)) - timedelta(days=1)
    free = spacing.next_free(evening, [], bound)
    assert (free.hour, free.date()) == (8, night)
    begin, end = mix.bounds(mix.week_of(night), here.zone)
    hours = (end.astimezone(UTC) - begin.astimezone(UTC)) / HOUR
    assert hours == (167 if night.month == 3 else 169)
    assert end.time() == begin.time()


@given(
    minutes=st.lists(st.integers(0, 5 * 24 * 60), max_size=20),
    at=st.integers(0, 3 * 24 * 60),
    day=st.integers(1, 4),
    apart=st.integers(0, 240),
    zone=st.sampled_from(["Asia/Shanghai", "America/New_York", "Asia/Kathmandu"]),
)
def test_the_next_free_moment_is_free(minutes, at, day, apart, zone):
    start = datetime(2026, 3, 7, tzinfo=UTC)
    taken = [start + timedelta(minutes=m) for m in minutes]
    bound = spacing.Limits(day, timedelta(minutes=apart), zone)
    free = spacing.next_free(start + timedelta(minutes=at), taken, bound)
    assert free >= start + timedelta(minutes=at)
    assert spacing.crowded(free, taken, bound) == ""


def test_golden_hours_are_the_handbooks_until_the_record_says_better():
    quiet = [[0] * 24 for _ in range(7)]
    assert golden.golden(quiet) == golden.Golden()
    busy = [[30 if hour in {12, 13, 19, 20, 3} else 1 for hour in range(24)] for _ in range(7)]
    found = golden.golden(busy)
    assert {(12, 14), (19, 21)} <= set(found.windows)
    assert len(found.windows) == 3
    assert 0.5 < found.share < 1
    assert all(8 <= a < b <= 23 for a, b in found.windows)


def test_the_mix_says_what_to_add(here, boss):
    for n, kind in enumerate(["useful"] * 4 + ["emotional"]):
        planned(here, boss, at=NOON + n * HOUR, kind=kind)
    found = mix.mixes([here], date(2026, 3, 2))[here.pk]
    assert found.counts == {"useful": 4, "emotional": 1, "interactive": 0, "selling": 0}
    assert found.missing["interactive"] >= 1
    assert "useful" not in found.missing
    assert mix.missing({}, voice.MIX) == {}
    assert mix.mixes([here], date(2026, 3, 9))[here.pk].total == 0


@given(counts=st.fixed_dictionaries({kind: st.integers(0, 15) for kind in voice.KINDS}))
def test_what_is_added_brings_the_mix_there(counts):
    added = mix.missing(counts, voice.MIX)
    have = {kind: counts[kind] + added.get(kind, 0) for kind in voice.KINDS}
    total = sum(have.values())
    assert all(abs(have[kind] - total * share) < 1 for kind, share in voice.MIX.items())


def test_a_voice_is_the_workspaces_until_a_group_has_its_own(here, boss):
    other = group(here.workspace, "第二个群")
    voice.choose(here.workspace, {"a_day": 9}, by=boss, now=NOON)
    voice.choose(here, {"apart": 60}, by=boss, now=NOON)
    assert (voice.voice_of(here).a_day, voice.voice_of(here).apart) == (9, 60)
    assert (voice.voice_of(other).a_day, voice.voice_of(other).apart) == (9, 30)
    for bad in ({"mix": {"useful": 1.0}}, {"a_day": 0}, {"mix": dict.fromkeys(voice.KINDS, 0.5)}):
        with pytest.raises(voice.BadVoice):
            voice.choose(here, bad, by=boss, now=NOON)
    voice.forget_own(here, by=boss, now=NOON)
    assert voice.voice_of(here).apart == 30


def test_key_dates_come_every_year_and_say_when_a_plan_is_due(here, boss):
    there = {"by": boss, "now": NOON}
    assert key_date.take_usual(here.workspace, "zh", **there) > 20
    assert key_date.take_usual(here.workspace, "zh", **there) == 0
    key_date.keep(here.workspace, name="店庆", day=date(2024, 2, 29), yearly=True, lead=7, **there)
    coming = {c.row.name: c for c in key_date.coming(here.workspace, date(2027, 2, 20))}
    assert (coming["店庆"].on, coming["店庆"].due) == (date(2027, 2, 28), False)
    assert coming["三八妇女节"].due is False
    assert coming["春季开学"].due is True
    assert [r.name for on, r in key_date.between(here.workspace, date(2026, 11, 1), date(2026, 12, 1))] == ["双十一"]
    with pytest.raises(key_date.BadDate):
        key_date.keep(here.workspace, name=" ", day=date(2026, 1, 1), yearly=False, **there)


def test_a_piece_keeps_what_it_was(here, boss):
    there = {"by": boss, "now": NOON}
    row = material.add(here.workspace, Piece(text="三步选书\n第一步", tags=("读书", "#读书", "")), **there)
    assert (row.title, row.form, row.tags) == ("三步选书", "text", ["读书"])
    material.change(row, Piece(text="四步选书", kind="interactive"), **there)
    edit = row.edits.get()
    assert edit.before["text"] == "三步选书\n第一步"
    assert material.back_to(edit, **there).text == "三步选书\n第一步"
    assert row.edits.count() == 2
    material.archive(row, **there)
    assert not material.library(here.workspace).exists()
    material.restore(row, **there)
    planned(here, boss, material=row, text=row.words)
    assert [m.uses for m in material.library(here.workspace, words="选书", tag="读书")] == [1]
    for bad in (Piece(), Piece(text="x", kind="?"), Piece(link="javascript:alert(1)"), Piece(form="link", text="x")):
        with pytest.raises(material.BadMaterial):
            material.add(here.workspace, bad, **there)
