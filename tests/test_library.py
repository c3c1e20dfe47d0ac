"""What every playbook that comes with Huoqun keeps: its activities really open, it says the same in both languages, is
silent in quiet hours and stays within its own ceiling."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from at_work import group

from huoqun.activities import life
from huoqun.base import clock
from huoqun.people.outbox import not_quiet
from huoqun.people.workspace import local
from huoqun.playbooks import library, opening, timing
from huoqun.playbooks.playbook import samples
from huoqun.playbooks.step_form import Deed, Open, Title, Words

BOOKS = library.playbooks()
ZONE, BEGINS = "Asia/Shanghai", date(2026, 12, 7)
books = pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS.keys())


def said(step):
    """The texts of a step by their field."""
    found = {name: getattr(step, name) for name in type(step).model_fields}
    return {name: text for name, text in found.items() if isinstance(text, Title | Words)}


def speaks(step):
    """Whether it puts words into the group."""
    return step.do in {"say", "open", "digest", "remind"} or isinstance(step, Deed) and step.text is not None


def calendar(book):
    """Every moment that needs nothing but the calendar, and of what hangs on such a step; on the group's clock."""
    there = {step.id: step for step in book.steps}

    def moments(step):
        when = timing.read(step.at)
        if isinstance(when, timing.Beside) and not when.step:
            return [datetime.combine(BEGINS, time(10), ZoneInfo(ZONE)) + when.span]
        if isinstance(when, timing.Beside):
            return [moment + when.span for moment in moments(there[when.step])]
        if isinstance(when, timing.When):
            return []
        return [m.astimezone(ZoneInfo(ZONE)) for m in timing.moments(when, BEGINS, book.days, ZONE)]

    return [(moment, step) for step in book.steps for moment in moments(step)]


@books
@pytest.mark.django_db
def test_what_it_opens_can_be_opened(book):
    now = clock.now()
    there = group(local(now=now))
    for language in ("zh", "en"):
        values = samples(book, language) | timing.dates(now.date(), book.days)
        for step in (s for s in book.steps if isinstance(s, Open) and s.activity):
            kind = opening.kind_of(step.activity)
            plan = kind.plan.model_validate(opening.filled(opening.spoken(step.plan, language), values))
            times = {
                "starts": step.starts and now + timing.span(step.starts),
                "closes": step.closes and now + timing.span(step.closes),
            }
            title = opening.filled(getattr(step.name, language), values)
            capacity = opening.filled(step.capacity, values)
            row = life.begin(
                there.workspace,
                kind.id,
                title=title,
                groups=[there],
                plan=plan,
                capacity=capacity,
                **times,
                by=None,
                now=now,
            )
            life.open_up(row, now=now)
            assert row.groups.count() == 1


@books
def test_both_languages_ask_for_the_same(book):
    for step in book.steps:
        for name, text in said(step).items():
            zh, en = (set(opening.SLOT.findall(words)) for words in (text.zh, text.en))
            assert zh == en, (step.id, name)
            assert not any("一" <= sign <= "鿿" for sign in text.en), (step.id, name)


@books
def test_a_link_leads_to_something_and_a_name_is_somebodys(book):
    for step in book.steps:
        slots = {slot for text in said(step).values() for slot in opening.SLOT.findall(text.zh)}
        assert "link" not in slots or getattr(step, "of", None) or step.do == "open", step.id
        assert "name" not in slots or step.do == "invite" or step.at.startswith("when "), step.id


@books
def test_nobody_is_woken_and_no_day_holds_too_much(book):
    loads, sells = Counter(), Counter()
    for moment, step in calendar(book):
        day = (moment.date() - BEGINS).days + 1
        assert 1 <= day <= book.days, (step.id, day)
        if speaks(step) or step.do in {"invite", "task", "number", "pick"}:
            assert not_quiet(moment, ZONE) == moment, (step.id, f"{moment:%H:%M}")
        loads[day] += speaks(step)
        sells[day] += getattr(step, "piece", "") == "selling"
    assert max(loads.values(), default=0) <= book.load.ceiling, loads.most_common(1)
    assert max(sells.values(), default=0) <= book.load.selling
    quiet = [day for day in range(1, book.days + 1) if loads[day] < book.load.floor]
    assert not quiet


@books
def test_nobody_is_asked_for_more_minutes_than_their_role_says(book):
    """On the mean of its days; an evening with two hours is none of every day."""
    minutes = Counter()
    for _moment, step in calendar(book):
        if step.do == "task":
            minutes[step.role] += step.minutes
    for name, role in book.roles.items():
        assert minutes[name] <= role.minutes * book.days, name


def test_a_day_is_a_day():
    assert timing.dates(BEGINS, 2) == {"day_1": "2026-12-07", "day_2": str(BEGINS + timedelta(days=1))}
