"""Duty weeks: planned, answered, swapped, begun, handed over and paid, each once; powers only during the shift."""

from datetime import UTC, date, datetime, timedelta

import pytest
from at_work import group as group_of
from at_work import hire
from stage import member

from huoqun.base.job import Hand
from huoqun.crew import duty, handover, planning, right, swapping
from huoqun.crew.handover import Around
from huoqun.crew.planning import NotTheirs
from huoqun.crew.rota import BLOCKED, LAPSED, OUT, SET, VOLUNTEER, Exchange, Handover, Offer, Rota, Shift, span
from huoqun.people import deed, merge, points
from huoqun.people.membership import Membership
from huoqun.people.outbox import Outgoing
from huoqun.people.task import Task
from huoqun.people.workspace import add

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 4, tzinfo=UTC)
"""A Wednesday noon in Shanghai."""
FIRST = date(2026, 3, 9)
MIDDLE = datetime(2026, 3, 11, 4, tzinfo=UTC)
AFTER = datetime(2026, 3, 16, 4, tzinfo=UTC)
RULE = {"ahead": 4, "rest": 1, "among": "anybody", "points": 200, "reward": "当过家", "rights": list(right.RIGHTS)}


def knows(group, now):
    return Around(("读书打卡",), 2)


@pytest.fixture
def place():
    return add(name="我们", zone="Asia/Shanghai", now=NOW)


@pytest.fixture
def boss(place):
    return hire(place).account


@pytest.fixture
def there(place):
    return group_of(place)


@pytest.fixture
def people(there):
    found = [member(there, name) for name in ("阿明", "小熊", "老周", "阿芳")]
    type(found[0]).objects.filter(group=there).update(messages=5)
    return found


@pytest.fixture
def rota(there, people, boss):
    return planning.set_up(there, **RULE, chores=["早上问好", " 早上问好 ", "周五总结"], by=boss, now=NOW)


def tick(now, knows=knows):
    duty.tick(Hand("t", lambda: now), knows)


def first(there):
    return Shift.objects.select_related("person", "group", "rota").get(group=there, begins=FIRST)


def holder_of(shift, people):
    return next(p for p in people if p.person_id == shift.person_id)


def agreed(there, people, now=NOW):
    """The first week ahead, with a yes; and who has it."""
    shift = first(there)
    who = holder_of(shift, people)
    planning.accept(shift, who.person, now=now)
    return first(there), who


def test_weeks_are_planned_ahead_each_for_another_with_the_reason(rota, there):
    tick(NOW)
    planned = list(Shift.objects.filter(group=there).order_by("begins"))
    assert [s.begins for s in planned] == [FIRST + timedelta(weeks=n) for n in range(-1, 4)]
    assert planned[0].person is None, "the week that runs is nobody's until staff say so"
    assert len({s.person_id for s in planned[1:]}) == 4
    assert all(s.basis["why"] for s in planned[1:])
    tick(NOW + timedelta(days=1))
    assert Shift.objects.filter(group=there).count() == 5


def test_no_means_the_next_one_is_asked_and_never_the_same_again(rota, there, people):
    tick(NOW)
    asked = []
    for _ in people:
        shift = first(there)
        if shift.person is None:
            break
        asked.append(shift.person_id)
        planning.decline(shift, shift.person, now=NOW)
    assert len(set(asked)) == len(asked)
    with pytest.raises(NotTheirs):
        planning.accept(first(there), people[0].person, now=NOW)


def test_wishes_hold(rota, there, people, boss):
    planning.wish(there, people[0].person, OUT, holds=True, by=None, now=NOW)
    planning.wish(there, people[1].person, BLOCKED, FIRST, holds=True, by=None, now=NOW)
    planning.wish(there, people[2].person, VOLUNTEER, FIRST, holds=True, by=None, now=NOW)
    tick(NOW)
    planned = {s.begins: s.person_id for s in Shift.objects.filter(group=there)}
    assert planned[FIRST] == people[2].person_id
    assert people[0].person_id not in planned.values()
    planning.wish(there, people[2].person, VOLUNTEER, FIRST, holds=False, by=None, now=NOW)
    assert planning.wishes(there).get(people[2].person_id, []) == []


def test_powers_begin_and_end_with_the_shift_and_go_to_who_covers(rota, there, people, boss):
    tick(NOW)
    shift, who = agreed(there, people)
    other = next(p for p in people if p != who)
    assert right.on_duty(who, NOW) is None
    assert right.on_duty(who, MIDDLE).rights == set(right.RIGHTS)
    assert right.on_duty(other, MIDDLE) is None
    assert right.on_duty(who, shift.ends) is None
    assert right.on_duty(who, shift.ends - timedelta(microseconds=1)) is not None
    swapping.cover(shift, other, date(2026, 3, 11), date(2026, 3, 12), by=boss, now=NOW)
    assert right.on_duty(who, MIDDLE) is None
    assert right.on_duty(other, MIDDLE).covering
    assert right.on_duty(who, MIDDLE + timedelta(days=2)) is not None
    Membership.objects.filter(identity=other).update(left=NOW)
    assert right.on_duty(other, MIDDLE) is None, "who has left has no powers"


def test_a_proposal_without_a_yes_gives_no_powers_and_alerts_once(rota, there, people):
    tick(NOW)
    shift = first(there)
    assert right.on_duty(holder_of(shift, people), MIDDLE) is None
    tick(NOW + timedelta(days=2))
    tick(NOW + timedelta(days=3))
    alert = Task.objects.get(group=there)
    assert holder_of(shift, people).name in alert.ready
    planning.accept(first(there), shift.person, now=NOW + timedelta(days=3))
    tick(datetime(2026, 3, 9, 1, tzinfo=UTC))
    assert Task.objects.get(group=there).state == "skipped"


def test_a_whole_shift_from_yes_to_thanks_is_told_and_paid_once(rota, there, people):
    tick(NOW)
    _shift, who = agreed(there, people)
    for moment in (MIDDLE, MIDDLE, AFTER, AFTER + timedelta(days=1)):
        tick(moment)
    said = list(Outgoing.objects.filter(group=there).order_by("due").values_list("what", flat=True))
    assert said == ["duty.begin", "duty.end"]
    assert all(who.name in o.text for o in Outgoing.objects.filter(group=there))
    assert points.balance(who.person) == 200
    assert [d.kind for d in deed.deeds(who.person)].count("duty.week") == 1
    assert who.person.titles.get().text == "当过家"
    sheet = Handover.objects.get(shift=first(there))
    assert (sheet.numbers["activities"], sheet.numbers["questions"]) == (["读书打卡"], 2)
    assert "messages" not in sheet.numbers, "what the record does not reach is not put as nought"


def test_who_did_not_do_it_is_not_paid_and_can_be_paid_after_all(rota, there, people, boss):
    tick(NOW)
    shift, who = agreed(there, people)
    duty.judge(first(there), done=False, by=boss, now=MIDDLE)
    tick(AFTER)
    assert points.balance(who.person) == 0
    for done, left in ((True, 200), (True, 200), (False, 0), (True, 200)):
        duty.judge(first(there), done=done, by=boss, now=AFTER + timedelta(hours=left))
        assert points.balance(who.person) == left


def test_two_swap_when_both_agree(rota, there, people):
    tick(NOW)
    shift, who = agreed(there, people)
    later = Shift.objects.select_related("person", "group").get(group=there, begins=FIRST + timedelta(weeks=2))
    second = holder_of(later, people)
    with pytest.raises(NotTheirs):
        swapping.ask_swap(shift, later, who.person, now=NOW)
    planning.accept(later, second.person, now=NOW)
    asked = swapping.ask_swap(shift, later, who.person, now=NOW)
    assert swapping.ask_swap(shift, later, who.person, now=NOW) == asked
    stranger = next(p for p in people if p not in {who, second})
    for wrong in (who, stranger):
        with pytest.raises(NotTheirs):
            swapping.answer(asked, wrong.person, yes=True, now=NOW)
    assert list(swapping.asked_of(second)) == [asked]
    swapping.answer(asked, second.person, yes=True, now=NOW)
    assert first(there).person_id == second.person_id
    assert right.on_duty(second, MIDDLE) is not None
    with pytest.raises(NotTheirs):
        swapping.answer(asked, second.person, yes=True, now=NOW)


def test_what_was_asked_is_off_when_the_week_is_somebody_elses(rota, there, people, boss):
    tick(NOW)
    shift, who = agreed(there, people)
    other, third = [p for p in people if p != who][:2]
    asked = swapping.ask_cover(shift, other, who.person, FIRST, FIRST, now=NOW)
    planning.name_one(first(there), third, agreed=True, by=boss, now=NOW)
    assert Exchange.objects.get(pk=asked.pk).state == LAPSED
    with pytest.raises(NotTheirs):
        swapping.answer(asked, other.person, yes=True, now=NOW)
    assert first(there).state == SET
    assert Offer.objects.get(shift=shift, person=who.person).state == LAPSED


def test_days_that_cannot_be_covered_are_refused(rota, there, people):
    tick(NOW)
    shift, who = agreed(there, people)
    other = next(p for p in people if p != who)
    for begin, end in (
        (FIRST - timedelta(days=1), FIRST),
        (FIRST, FIRST + timedelta(days=7)),
        (FIRST, FIRST - timedelta(days=1)),
    ):
        with pytest.raises(swapping.BadDays):
            swapping.ask_cover(shift, other, who.person, begin, end, now=NOW)
    with pytest.raises(NotTheirs):
        swapping.ask_cover(shift, who, who.person, FIRST, FIRST, now=NOW)
    with pytest.raises(NotTheirs):
        swapping.ask_cover(shift, who, other.person, FIRST, FIRST, now=NOW)


def test_who_leaves_leaves_the_rota_and_somebody_else_is_asked(rota, there, people):
    tick(NOW)
    shift, who = agreed(there, people)
    Membership.objects.filter(identity=who).update(left=NOW)
    tick(NOW + timedelta(days=1))
    assert first(there).person_id not in {None, who.person_id}
    assert first(there).state != SET


def test_two_accounts_of_one_human_are_one_turn(rota, there, people, boss):
    merge.merge(people[0].person, people[1].person, reason="name", by=boss, now=NOW)
    for account in people[:2]:
        account.person.refresh_from_db()
    tick(NOW)
    assert len(planning.candidates(Rota.objects.get(group=there))) == 3
    shift = first(there)
    planning.name_one(shift, people[1], agreed=True, by=boss, now=NOW)
    assert all(right.on_duty(account, MIDDLE) for account in people[:2])


def test_a_week_is_a_week_on_the_groups_clock_also_when_clocks_change():
    starts, ends = span(date(2026, 3, 23), "Europe/Berlin")
    assert (ends - starts.astimezone(UTC)).total_seconds() == 167 * 3600
    assert ends.astimezone(UTC) == datetime(2026, 3, 29, 22, tzinfo=UTC)
    starts, ends = span(date(2026, 10, 19), "Europe/Berlin")
    assert (ends.astimezone(UTC) - starts.astimezone(UTC)).total_seconds() == 169 * 3600


def test_a_group_that_moves_to_another_zone_has_its_weeks_there(rota, there, people):
    tick(NOW)
    there.zone = "America/New_York"
    there.save()
    tick(NOW + timedelta(days=1))
    assert first(there).starts == datetime(2026, 3, 9, 4, tzinfo=UTC)


def test_words_are_of_who_had_the_week_and_reading_is_marked_once(rota, there, people):
    tick(NOW)
    shift, who = agreed(there, people)
    other = next(p for p in people if p != who)
    with pytest.raises(NotTheirs):
        handover.write(shift, "太早", person=who.person, now=NOW)
    with pytest.raises(NotTheirs):
        handover.write(shift, "不是我的", person=other.person, now=MIDDLE)
    sheet = handover.write(shift, "新来的阿红还没人理\0", person=who.person, now=MIDDLE)
    tick(AFTER)
    sheet.refresh_from_db()
    assert sheet.text == "新来的阿红还没人理"
    assert sheet.numbers, "the words do not keep the numbers away"
    with pytest.raises(NotTheirs):
        handover.write(shift, "太晚", person=who.person, now=AFTER + timedelta(days=8))
    handover.mark_read(sheet, other.person, now=AFTER)
    assert handover.mark_read(sheet, who.person, now=AFTER).reader == other.person
