"""The editor of a playbook: text and timeline side by side, both true. Each answer brings both up to date; what cannot
be kept as it was meant is said, and what was typed is never lost."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.playbooks import book_change, book_draft, bookcase, timing
from huoqun.playbooks.book_draft import Draft, Revision
from huoqun.playbooks.playbook import Seen
from huoqun.playbooks.yaml_lines import Unread
from huoqun.playbooks.yaml_splice import Cannot
from huoqun.web import mistaken, playbook_view, query, word
from huoqun.web import playbook_said as said
from huoqun.web.gate import Asked
from huoqun.web.playbook import yaml_file

MOST_MISTAKES = 100


def page(request: Asked, row: Draft) -> HttpResponse:
    """Text and timeline."""
    return render(request, "playbook/edit.html", _context(row))


def _context(row: Draft, **known: Any) -> dict[str, Any]:
    """Both sides as they stand."""
    seen = row.seen()
    return {
        "id": row.book,
        "own": row,
        "tab": "edit",
        "title": said.in_language(seen.book.title) if seen.book else row.book,
        "text": row.text,
        "lines": range(1, row.text.count("\n") + 2),
        "editable": True,
        "kept": bookcase.editions(row.workspace, row.book),
        "new": [(do, word.of("step_do", do)) for do in book_change.NEW],
        **_beside(seen),
        **known,
    }


def _beside(seen: Seen) -> dict[str, Any]:
    found = [(m.line, m.field, mistaken.why(m.why)) for m in seen.mistakes[:MOST_MISTAKES]]
    context: dict[str, Any] = {"book": seen.book, "mistakes": found, "mistakes_count": len(seen.mistakes)}
    if seen.book is not None:
        context["line"] = playbook_view.page(seen.book, seen.numbers)
        context["step_lines"] = {n: seen.lines.get(("steps", n), 1) for n in seen.numbers}
    return context


def _answer(request: Asked, row: Draft, **known: Any) -> HttpResponse:
    """Both sides, for htmx; the page anew for a browser without it."""
    if request.headers.get("HX-Request") != "true":
        if known.get("wrong"):
            messages.error(request, known["wrong"])
        return redirect("playbook_edit", row.pk)
    return render(request, "playbook/_beside.html", _context(row, answer=True, **known))


def _save(request: Asked, row: Draft) -> None:
    """Keep what was typed, if there is something. Raises what book_draft.write does."""
    if "text" in request.POST:
        text = book_draft.as_typed(request.POST["text"], row.text)
        book_draft.write(row, text, _revision(request), by=request.user, now=clock.now())


def _revision(request: Asked) -> int:
    return query.number(request.POST.get("revision", ""), most=10**9)


def _crossed(request: Asked, row: Draft, error: book_draft.Crossed) -> HttpResponse:
    """Somebody else was first: what stands now, and where the other text is kept."""
    known = {"crossed": error.newest, "aside": error.aside, "revision": _revision(request)}
    if request.headers.get("HX-Request") != "true":
        return render(request, "playbook/edit.html", _context(row, **known), status=409)
    answer = render(request, "playbook/_crossed.html", {"own": row, **known})
    answer.headers["HX-Reswap"] = "none"
    return answer


def _too_long(request: Asked, row: Draft) -> HttpResponse:
    wrong = _("Longer than %(n)s characters; nothing was saved, the last saved text is kept.") % {
        "n": f"{book_draft.LONGEST:,}"
    }
    return _answer(request, row, wrong=wrong)


def text(request: Asked, row: Draft) -> HttpResponse:
    """What was typed so far."""
    try:
        _save(request, row)
    except book_draft.Crossed as error:
        return _crossed(request, row, error)
    except book_draft.TooLong:
        return _too_long(request, row)
    return _answer(request, row)


def change(request: Asked, row: Draft) -> HttpResponse:
    """A change on the timeline, of the text as it was typed until then."""
    form = request.POST
    number = _whole(form.get("n", ""), -1)
    try:
        _save(request, row)
        what = _title(row.text, number)
        new, touched = _change(row.text, form.get("do", ""), number, form)
        book_draft.write(row, new, row.revision, how=book_draft.CHANGED, what=what, by=request.user, now=clock.now())
    except book_draft.Crossed as error:
        return _crossed(request, row, error)
    except book_draft.TooLong:
        return _too_long(request, row)
    except Cannot as error:
        return _answer(request, row, wrong=word.of("no_change", str(error)), with_text=True)
    except Unread as error:
        return _answer(request, row, wrong=mistaken.why(error.mistake.why), with_text=True)
    return _answer(request, row, touched=touched, with_text=True)


def _change(text: str, do: str, number: int, form: Any) -> tuple[str, int]:
    """The text after a change, and which step it was about. Raises Cannot, Unread."""
    values = {name: str(value).replace("\0", "").replace("\r\n", "\n") for name, value in form.items()}
    day, to = _whole(values.get("day", ""), 1), _whole(values.get("to", ""), number)
    deeds: dict[str, Callable[[], tuple[str, int]]] = {
        "move": lambda: (book_change.move(text, number, _day(day), values.get("clock", "")), number),
        "reword": lambda: (book_change.reword(text, number, values), number),
        "remove": lambda: (book_change.remove(text, number), -1),
        "up": lambda: (book_change.reorder(text, number, number - 1), max(0, number - 1)),
        "down": lambda: (book_change.reorder(text, number, number + 1), number + 1),
        "before": lambda: (book_change.reorder(text, number, to), to),
        "add": lambda: (
            book_change.add(text, number, values.get("kind", ""), values.get("at", ""), values.get("title", "")),
            number,
        ),
    }
    if do not in deeds:
        raise Cannot("unknown")
    return deeds[do]()


def _day(day: int) -> int:
    return max(1, min(day, timing.LONGEST))


def _whole(text: str, other: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else other


def _title(text: str, number: int) -> str:
    """What a step is called, for the history."""
    try:
        told = book_change.step_of(text, number).get("title")
    except (Cannot, Unread):
        return ""
    return str(told.get(word.language(), ""))[:120] if isinstance(told, dict) else ""


def step(request: Asked, row: Draft) -> HttpResponse:
    """The form of one step, as the file says it."""
    number = _whole(request.GET.get("n", ""), -1)
    try:
        told = book_change.step_of(row.text, number)
    except (Cannot, Unread):
        return render(request, "playbook/_step_form.html", {"own": row, "gone": True})
    seen = row.seen()
    spoken = [
        (field, [(lang, said_of(told.get(field), lang)) for lang in book_change.LANGUAGES], field == "title")
        for field in book_change.SPOKEN
        if field in told or (field == "ready" and told.get("do") == "task")
    ]
    context = {
        "own": row,
        "n": number,
        "told": told,
        "only_if": told.get("if", ""),
        "spoken": [(field, word.of("book_field", field), langs, short) for field, langs, short in spoken],
        "roles": [(r, said.in_language(v.name)) for r, v in seen.book.roles.items()] if seen.book else [],
        "paths": [(p, said.in_language(v)) for p, v in seen.book.paths.items()] if seen.book else [],
        "line": seen.lines.get(("steps", number), 1),
    }
    return render(request, "playbook/_step_form.html", context)


def said_of(told: Any, language: str) -> str:
    """Words of a file in a language."""
    return str(told.get(language) or "").strip() if isinstance(told, dict) else ""


def undo(request: Asked, row: Draft) -> HttpResponse:
    """Back before the last change."""
    return _step(request, row, book_draft.undo, _("There is nothing before this."))


def redo(request: Asked, row: Draft) -> HttpResponse:
    """What the last undo took away stands again."""
    return _step(request, row, book_draft.redo, _("Nothing was undone, or something was changed since."))


def _step(request: Asked, row: Draft, go: Callable[..., Revision], nothing: str) -> HttpResponse:
    try:
        _save(request, row)
        go(row, row.revision, by=request.user, now=clock.now())
    except book_draft.Crossed as error:
        return _crossed(request, row, error)
    except book_draft.TooLong:
        return _too_long(request, row)
    except book_draft.Nothing:
        return _answer(request, row, wrong=nothing, with_text=True)
    return _answer(request, row, with_text=True)


def history(request: Asked, row: Draft) -> HttpResponse:
    """Every text it had."""
    rows = [(r, word.of("revision", r.how), _what(r)) for r in book_draft.history(row)[: book_draft.KEPT].defer("text")]
    return render(request, "playbook/history.html", {"id": row.book, "own": row, "tab": "history", "rows": rows})


def _what(row: Revision) -> str:
    return (
        _("to %(n)s") % {"n": row.what}
        if row.how in {book_draft.RESTORED, book_draft.REDONE, book_draft.VERSION}
        else row.what
    )


def restore(request: Asked, row: Draft) -> HttpResponse:
    """A text of the history stands again."""
    try:
        book_draft.restore(row, _whole_long(request.POST.get("number", "")), by=request.user, now=clock.now())
    except book_draft.Nothing:
        messages.error(request, _("This text stands already, or is no longer kept."))
    else:
        messages.success(request, _("This text stands again; undo takes it back."))
    return redirect("playbook_edit", row.pk)


def _whole_long(text: str) -> int:
    return query.number(text, most=10**9)


def keep(request: Asked, row: Draft) -> HttpResponse:
    """What stands becomes a version."""
    try:
        _save(request, row)
        kept = book_draft.keep(row, row.revision, by=request.user, now=clock.now())
    except book_draft.Crossed as error:
        return _crossed(request, row, error)
    except book_draft.TooLong:
        return _too_long(request, row)
    except book_draft.Unfinished as error:
        wrong = _("Not kept as a version: %(n)s mistakes are still in it. The draft is saved.")
        messages.error(request, wrong % {"n": len(error.mistakes)})
        return redirect("playbook_edit", row.pk)
    except book_draft.Nothing:
        messages.error(request, _("Nothing differs from the last version."))
        return redirect("playbook_edit", row.pk)
    messages.success(request, _("Version %(n)s is kept. Runs that go on keep theirs.") % {"n": kept.version})
    return redirect("playbook_versions", row.workspace.slug, row.book)


def remove(request: Asked, row: Draft) -> HttpResponse:
    """Off the list."""
    book_draft.remove(row, by=request.user, now=clock.now())
    return redirect("playbooks", row.workspace.slug)


def back(request: Asked, row: Draft) -> HttpResponse:
    """On the list again."""
    book_draft.bring_back(row, by=request.user, now=clock.now())
    return redirect("playbook_edit", row.pk)


def file(request: Asked, row: Draft) -> HttpResponse:
    """The draft as a file, as it stands; `?number=`: a text of its history."""
    wanted = _whole_long(request.GET.get("number", ""))
    old = row.revisions.filter(number=wanted).first() if "number" in request.GET else None
    return yaml_file(old.text if old else row.text, row.book)
