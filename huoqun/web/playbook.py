"""The playbooks of a workspace: the list, the page of each with its timeline, copies, files, versions."""

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.insight.card import TYPES
from huoqun.people.workspace import Workspace
from huoqun.playbooks import book_draft, bookcase, library, playbook, yaml_lines, yaml_splice
from huoqun.playbooks.book_draft import Draft
from huoqun.playbooks.bookcase import Shelved
from huoqun.playbooks.playbook import STAGES
from huoqun.playbooks.run import Edition
from huoqun.web import playbook_view as view
from huoqun.web import word
from huoqun.web.gate import Asked

LARGEST_FILE = 4 * book_draft.LONGEST
"""Bytes of a file at most: every letter may take four."""
_NO_NAME = re.compile(r"[^a-z0-9]+")


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """All playbooks, the workspace's own first; by type and stage they fit, by words, by whose they are."""
    asked = {name: request.GET.get(name, "")[:60] for name in ("type", "stage", "q", "whose")}
    every = bookcase.shelved(request.staff)
    context = {
        "rows": [_row(one) for one in every if _fits(one, asked)],
        "all": len(every),
        "asked": asked,
        "types": [(id, word.of("type", id)) for id in TYPES],
        "stages": [(id, word.of("stage", id)) for id in STAGES],
        "gone": Draft.objects.filter(workspace=workspace, removed__isnull=False).order_by("-removed")[:5],
    }
    return render(request, "playbook/list.html", context)


def _fits(one: Shelved, asked: dict[str, str]) -> bool:
    book, words = one.book, asked["q"].strip().lower()
    if asked["whose"] in {"own", "library"} and (one.draft is not None) != (asked["whose"] == "own"):
        return False
    if book is None:
        return not (asked["type"] or asked["stage"] or words) or words in one.id
    if (asked["type"] and asked["type"] not in book.fits) or (asked["stage"] and asked["stage"] not in book.stages):
        return False
    said = " ".join([book.id, book.title.zh, book.title.en, book.about.zh, book.about.en]).lower()
    return words in said


def _row(one: Shelved) -> dict[str, Any]:
    return {"one": one, "book": one.book, **(view.about(one.book) if one.book else {"title": one.id})}


def one(request: Asked, workspace: Workspace, book: str) -> HttpResponse:
    """The page of a playbook: what it is for, and its days."""
    own = own_of(workspace, book)
    kept = bookcase.editions(workspace, book)
    text, version = _text(workspace, book, own, kept, request.GET.get("version", ""))
    seen = playbook.see(text)
    if seen.book is None:
        assert own is not None
        return redirect("playbook_edit", own.pk)
    behind = bookcase.behind(request.staff, book)
    context = {
        **_frame(workspace, book, own),
        "book": seen.book,
        "about": view.about(seen.book),
        "line": view.page(seen.book, seen.numbers),
        "version": version,
        "unkept": own is not None and not kept,
        "newer": own is not None and bool(kept) and own.text != kept[0].text,
        "older": version is not None and bool(kept) and own is not None and version < kept[0].version,
        "mistakes": len(seen.mistakes),
        "behind": len(behind),
        "can_start": own is None or (bool(kept) and own.removed is None),
        "counts": next((s for s in bookcase.shelved(request.staff) if s.id == book), None),
    }
    return render(request, "playbook/one.html", context)


def _frame(workspace: Workspace, book: str, own: Draft | None) -> dict[str, Any]:
    """What every page of a playbook knows."""
    return {"id": book, "own": own, "shipped": book in library.playbooks()}


def own_of(workspace: Workspace, book: str) -> Draft | None:
    """The workspace's own playbook of an id. Raises Http404 where there is none, nor one that comes with Huoqun."""
    if book in library.playbooks():
        return None
    found = Draft.objects.filter(workspace=workspace, book=book).first()
    if found is None:
        raise Http404
    return found


def _text(
    workspace: Workspace, book: str, own: Draft | None, kept: list[Edition], version: str
) -> tuple[str, int | None]:
    """The text asked for, and which version it is; None: a draft that nobody kept."""
    if version:
        found = next((e for e in kept if str(e.version) == version), None)
        if found is None:
            raise Http404
        return found.text, found.version
    if own is None:
        return dict(library.texts())[book], library.playbooks()[book].version
    return (kept[0].text, kept[0].version) if kept else (own.text, None)


def file(request: Asked, workspace: Workspace, book: str) -> HttpResponse:
    """The same as the file it is."""
    own = own_of(workspace, book)
    text, _version = _text(workspace, book, own, bookcase.editions(workspace, book), request.GET.get("version", ""))
    return yaml_file(text, book)


def yaml_file(text: str, name: str) -> HttpResponse:
    """A download of a playbook."""
    answer = HttpResponse(text.encode(), content_type="application/yaml; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.yaml"'
    return answer


# -- writes


def copy(request: Asked, workspace: Workspace, book: str) -> HttpResponse:
    """A playbook of one's own that begins with the words of another."""
    text, _version = _text(
        workspace,
        book,
        (own := own_of(workspace, book)),
        bookcase.editions(workspace, book),
        request.POST.get("version", ""),
    )
    seen = playbook.see(text)
    if seen.book is None or own is not None and own.removed:
        raise Http404
    title = seen.book.title
    for language, mark in (("zh", "（副本）"), ("en", " (copy)")):
        text = _put(text, ("title", language), getattr(title, language)[: 120 - len(mark)] + mark)
    made = _begin(request, text, book, book_draft.COPIED, book)
    return redirect("playbook_edit", made.pk)


def upload(request: Asked, workspace: Workspace) -> HttpResponse:
    """A file becomes a playbook of one's own; that of one which is here already becomes its newest text."""
    sent = request.FILES.get("file")
    if sent is None:
        messages.error(request, _("Choose a file first."))
        return redirect("playbooks", workspace.slug)
    if (sent.size or 0) > LARGEST_FILE:
        messages.error(request, _("This file is too large for a playbook. Nothing was taken."))
        return redirect("playbooks", workspace.slug)
    try:
        text = sent.read().decode("utf-8-sig").replace("\0", "")
    except UnicodeDecodeError:
        messages.error(request, _("This file is no text in UTF-8. Nothing was taken."))
        return redirect("playbooks", workspace.slug)
    if len(text) > book_draft.LONGEST:
        messages.error(request, _("This file is too large for a playbook. Nothing was taken."))
        return redirect("playbooks", workspace.slug)
    seen = playbook.see(text)
    name = seen.book.id if seen.book and seen.book.id != "untitled" else _named(sent.name or "")
    there = Draft.objects.filter(workspace=workspace, book=name, removed=None).first()
    if there is not None:
        book_draft.write(
            there, text, there.revision, how=book_draft.BROUGHT, what=name, by=request.user, now=clock.now()
        )
        messages.success(
            request, _("The file is the newest text of this playbook; what stood before is in its history.")
        )
        return redirect("playbook_edit", there.pk)
    made = _begin(request, text, name, book_draft.BROUGHT, "")
    return redirect("playbook_edit", made.pk)


def _named(file: str) -> str:
    """An id from the name of a file."""
    name = _NO_NAME.sub("-", file.rsplit("/")[-1].lower().removesuffix(".yaml").removesuffix(".yml")).strip("-")
    return (name if name[:1].isalpha() else f"playbook-{name}".strip("-"))[:30].strip("-")


def _begin(request: Asked, text: str, name: str, how: str, source: str) -> Draft:
    """A draft under the first free name, which its text says too, as its first version."""
    used = set(Draft.objects.filter(workspace=request.workspace).values_list("book", flat=True))
    used |= set(library.playbooks()) | {
        e.book for e in Edition.objects.filter(workspace=request.workspace).only("book")
    }
    number, free = 2, name
    while free in used:
        free, number = f"{name[:34].strip('-')}-{number}", number + 1
    text = _put(_put(text, ("id",), free), ("version",), 1)
    return book_draft.begin(request.workspace, free, text, how=how, source=source, by=request.user, now=clock.now())


def _put(text: str, place: yaml_lines.Place, value: str | int) -> str:
    """The text with this in its place, or as it is where that cannot be done."""
    try:
        return yaml_splice.put(text, place, value)
    except (yaml_splice.Cannot, yaml_lines.Unread):
        return text


def addresses(workspace: Workspace) -> dict[str, str]:
    """By id, where each playbook of the library stands: what a diagnosis recommends leads there."""
    return {name: reverse("playbook", args=[workspace.slug, name]) for name in library.playbooks()}
