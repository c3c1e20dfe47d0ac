"""The versions of a playbook: what was kept, what differs between two, and which runs go on with an older one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from pydantic import BaseModel

from huoqun.people.workspace import Workspace
from huoqun.playbooks import book_diff, bookcase, library, playbook
from huoqun.playbooks.book_diff import Difference
from huoqun.playbooks.playbook import Playbook
from huoqun.playbooks.step_form import Step, Title, Words
from huoqun.web import playbook_said as said
from huoqun.web import word
from huoqun.web.gate import Asked
from huoqun.web.playbook import own_of

NOW = "now"
"""In an address: the draft, or what the library says today."""


@dataclass(frozen=True)
class Text:
    """A text that can be compared: `key` in the address."""

    key: str
    name: str
    text: str


def page(request: Asked, workspace: Workspace, book: str) -> HttpResponse:
    """All versions, two of them compared, and the runs of older ones."""
    own = own_of(workspace, book)
    kept = bookcase.editions(workspace, book)
    texts = [Text(str(e.pk), _("version %(n)s") % {"n": e.version}, e.text) for e in kept]
    now = own.text if own else dict(library.texts())[book]
    if not texts or texts[0].text != now:
        name = _("the draft") if own else _("the library, version %(n)s") % {"n": library.playbooks()[book].version}
        texts.insert(0, Text(NOW, name, now))
    by_key = {text.key: text for text in texts}
    new = by_key.get(request.GET.get("new", ""), texts[0])
    other = next((t for t in texts[texts.index(new) + 1 :]), None)
    old = by_key.get(request.GET.get("old", ""), other)
    seen = playbook.see(now)
    context: dict[str, Any] = {
        "id": book,
        "own": own,
        "tab": "versions",
        "title": said.in_language(seen.book.title) if seen.book else book,
        "kept": kept,
        "texts": texts,
        "old": old,
        "new": new,
        "behind": bookcase.behind(request.staff, book),
        "version_now": next((e.version for e in kept), None) if own else library.playbooks()[book].version,
    }
    if old is not None and old is not new:
        context["lines"] = book_diff.lines(old.text, new.text)
        context["changes"] = _changes(old.text, new.text)
    return render(request, "playbook/versions.html", context)


def _changes(old: str, new: str) -> list[tuple[str, str, str, str]] | None:
    """In words: of what, what happened, from, to. None where one of them cannot be read."""
    before, after = playbook.see(old), playbook.see(new)
    if before.book is None or after.book is None or before.mistakes or after.mistakes:
        return None
    return list(in_words(before.book, after.book))


def in_words(old: Playbook, new: Playbook) -> Iterator[tuple[str, str, str, str]]:
    """Each difference: of which step, what happened, what it was, what it is."""
    for each in book_diff.differences(old, new):
        if each.step is None:
            yield "", word.of("book_field", each.field), _shown(each.before, old), _shown(each.after, new)
        elif each.what in {"added", "removed"}:
            words = _("new step") if each.what == "added" else _("left out")
            yield (
                said.in_language(each.step.title),
                words,
                "",
                said.when(each.step, new if each.what == "added" else old),
            )
        elif each.what == "order":
            place = _("place %(n)s")
            told = (place % {"n": each.before}, place % {"n": each.after})
            yield said.in_language(each.step.title), _("put elsewhere"), *told
        else:
            yield said.in_language(each.step.title), *_of_step(each, each.step, old, new)


def _of_step(each: Difference, step: Step, old: Playbook, new: Playbook) -> tuple[str, str, str]:
    if each.what == "moved":
        was = next(s for s in old.steps if s.id == step.id)
        return _("moved"), _moment(was, old), _moment(step, new)
    condition = each.field in {"gate", "only_if", "until"}
    show = _condition if condition else _shown
    return word.of("book_field", each.field), show(each.before, old), show(each.after, new)


def _moment(step: Step, book: Playbook) -> str:
    """Day and time of a step."""
    words = step.at.split()
    if words[:1] == ["day"] and len(words) == 3:
        return _("day %(n)s, %(clock)s") % {"n": words[1], "clock": words[2]}
    return said.when(step, book)


def _condition(told: Any, book: Playbook) -> str:
    return said.condition(str(told), book) if told else "–"


def _shown(told: Any, book: Playbook) -> str:
    """A value of a file, in words."""
    if told is None or told == "" or told == [] or told == {}:
        return "–"
    if isinstance(told, Title | Words):
        return said.in_language(told)
    if isinstance(told, BaseModel):
        return ", ".join(f"{name} {_shown(value, book)}" for name, value in told)
    if isinstance(told, dict):
        return ", ".join(f"{name}: {_shown(value, book)}" for name, value in told.items())
    return ", ".join(_shown(each, book) for each in told) if isinstance(told, list) else str(told)
