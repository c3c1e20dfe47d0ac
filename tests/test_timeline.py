"""The timeline: every step of a playbook stands on it, once in full, on the day on which it would happen."""

from datetime import time

import pytest
from documents import hostile
from test_playbook import SMALL

from huoqun.playbooks import book_diff, library, playbook, timeline
from huoqun.web import verdict

BOOKS = library.playbooks()
books = pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS.keys())


def spots(told):
    return [s for day in told.days for row in day.rows for _path, some in row.ways for s in some]


@books
def test_every_step_stands_once_and_no_day_is_left_out(book):
    told = timeline.of(book)
    numbers = [s.number for s in (*spots(told), *told.whenever)]
    assert sorted(numbers) == list(range(len(book.steps)))
    days = [n for day in told.days for n in range(day.number, day.last + 1)]
    assert days == list(range(1, len(told.said) + 1))
    assert len(told.said) >= book.days


@books
def test_what_is_said_stays_under_the_ceiling_as_the_library_promises(book):
    assert max(timeline.of(book).said) <= book.load.ceiling


@books
def test_a_step_of_a_path_stands_beside_those_of_the_others(book):
    for day in timeline.of(book).days:
        for row in day.rows:
            for path, some in row.ways:
                assert {spot.step.path for spot in some} == {path}


def test_a_small_playbook_as_days():
    told = timeline.of(playbook.read(SMALL))
    assert [(s.step.id, s.day, s.clock) for s in spots(told)] == [("survey", 1, time(20)), ("word", 1, None)]
    assert told.said == (2, 0, 0)


def test_steps_that_cannot_be_read_are_left_out_and_the_others_keep_their_numbers():
    seen = playbook.see(SMALL.replace("at: day 1 20:00", "at: never"))
    assert seen.numbers == [1]
    assert [s.number for s in timeline.of(seen.book, seen.numbers).whenever] == [1]
    assert [m.field for m in seen.mistakes] == ["steps.0.at"]
    assert playbook.see("steps: 5").book is None
    assert playbook.see("- x").book is None
    assert playbook.see(SMALL.replace("days: 3", "days: three")).book.steps


def test_what_differs_is_told_step_by_step():
    old = playbook.read(SMALL)
    moved = SMALL.replace("day 1 20:00", "day 2 09:00").replace("的朋友", "的各位").replace(">= 20%", ">= 30%")
    found = [(d.what, d.step.id, d.field) for d in book_diff.differences(old, playbook.read(moved))]
    assert found == [("moved", "survey", "at"), ("hinge", "word", "only_if"), ("words", "word", "text")]
    longer = playbook.read(SMALL.replace("days: 3", "days: 4"))
    assert [(d.what, d.field, d.before, d.after) for d in book_diff.differences(old, longer)] == [
        ("whole", "days", 3, 4)
    ]
    assert not book_diff.differences(old, old)
    lines = book_diff.lines(SMALL, moved)
    assert [line.text.strip() for line in lines if line.how == "add"][0] == "at: day 2 09:00"
    assert not book_diff.lines(SMALL, SMALL)


def test_a_finding_leads_to_its_playbook_in_the_console_and_nowhere_from_a_file():
    document = hostile()
    wanted = {f.playbook: f"/w/x/playbook/{f.playbook}" for f in document.findings if f.playbook in BOOKS}
    assert wanted
    told = verdict.body(document, "zh", None, wanted)
    assert all(f'href="{address}"' in told for address in wanted.values())
    assert "/playbook/" not in verdict.page(document, "zh")
