"""The library that comes with Huoqun: what an operator may rely on in each of its playbooks."""

from datetime import date, time

import pytest

from huoqun.playbooks import library, timing
from huoqun.playbooks.opening import SLOT
from huoqun.playbooks.playbook import Playbook, Title, Words, chosen
from huoqun.playbooks.step_form import Invite, Say, Step

BOOKS = library.playbooks()
QUIET = (time(8), time(23))
"""Nothing is said before the first or after the second (handbook 12)."""


def both(part):
    """Every text that stands in both languages, as (zh, en)."""
    if isinstance(part, Title | Words):
        yield part.zh, part.en
    elif isinstance(part, dict):
        if part.keys() == {"zh", "en"}:
            yield str(part["zh"]), str(part["en"])
        else:
            for each in part.values():
                yield from both(each)
    elif isinstance(part, list):
        for each in part:
            yield from both(each)
    elif isinstance(part, Playbook | Step):
        for name in type(part).model_fields:
            yield from both(getattr(part, name))


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_both_languages_say_the_same_of_the_run(book):
    for zh, en in both(book):
        assert set(SLOT.findall(zh)) == set(SLOT.findall(en)), (zh, en)
        assert any("一" <= sign <= "鿿" for sign in zh) or not any(sign.isalpha() for sign in SLOT.sub("", zh)), zh


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_nothing_has_its_hour_at_night(book):
    for step in book.steps:
        when = timing.read(step.at)
        if isinstance(when, timing.On | timing.Every):
            assert QUIET[0] <= when.at < QUIET[1], step.id
            assert list(timing.moments(when, date(2026, 3, 2), book.days, "UTC")), step.id


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_every_path_leads_somewhere_and_what_hangs_on_a_path_stays_on_it(book):
    there = {step.id: step for step in book.steps}
    for path in book.paths:
        assert any(step.path == path for step in book.steps), path
    for step in book.steps:
        when = timing.read(step.at)
        before = there[when.step] if isinstance(when, timing.Beside) and when.step else None
        opened = there.get(getattr(step, "of", None) or "")
        for needed in (before, opened):
            assert needed is None or needed.path in {None, step.path}, (step.id, needed.id)
        if step.gate:
            assert chosen(step), f"{step.id}: a gate that stays shut needs another way"


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_who_is_asked_to_follow_a_link_is_given_one(book):
    for step in book.steps:
        if isinstance(step, Say | Invite):
            assert ("{link}" in step.text.zh) <= bool(step.of), step.id


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_it_is_measured_at_its_beginning_and_its_end(book):
    assert len([step for step in book.steps if step.do == "measure"]) >= 2
