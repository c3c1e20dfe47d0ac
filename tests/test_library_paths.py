"""The paths of the playbooks that come with Huoqun: nothing waits for what another path does; no gate is the end."""

import pytest

from huoqun.playbooks import library, timing
from huoqun.playbooks.playbook import chosen

BOOKS = library.playbooks()


def under(book, path):
    """A path, and those it begins on."""
    found = [path]
    for each in found:
        found += [s.path for s in book.steps if each and each in chosen(s).values() and s.path not in found]
    return {None, *found}


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_what_hangs_on_a_path_stays_on_it_and_a_shut_gate_has_another_way(book):
    there = {step.id: step for step in book.steps}
    for step in book.steps:
        when = timing.read(step.at)
        before = there[when.step] if isinstance(when, timing.Beside) and when.step else None
        opened = there.get(getattr(step, "of", None) or "")
        for needed in (before, opened):
            assert needed is None or needed.path in under(book, step.path), (step.id, needed.id)
        if step.gate:
            assert chosen(step), f"{step.id}: a gate that stays shut needs another way"


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_it_is_measured_at_its_beginning_and_its_end(book):
    assert len([step for step in book.steps if step.do == "measure"]) >= 2
