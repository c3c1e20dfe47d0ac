"""Awaited: newcomers and questions, and which of them nobody has answered."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from huoqun.insight.document import Diagnosis, Newcomer
from huoqun.web import amount
from huoqun.web.phrase import Lang, book
from huoqun.web.plain import words
from huoqun.web.section import Names, quoted
from huoqun.web.when import day_text, zone_of

RECENT = timedelta(days=90)
"""How far back a newcomer is new: as far as the findings and vital signs about newcomers look."""
LISTED = 200
"""As many newcomers and questions the document carries at most; beyond, a count reads `200+`."""


def _newcomer(newcomer: Newcomer, names: Names, document: Diagnosis, lang: Lang) -> dict[str, Any]:
    label, zone = book(lang).label, zone_of(document.zone)
    if newcomer.first is None:
        state, said = "silent", label["newcomer_silent"]
    elif newcomer.answered is None:
        state, said = "waiting", label["newcomer_waiting"]
    else:
        state = "answered"
        wait = (newcomer.answered - newcomer.first).total_seconds() / 60
        said = label["newcomer_answered"].format(wait=amount.duration(max(wait, 0), lang))
    arrived = newcomer.joined or newcomer.first
    return {
        "who": names.who(newcomer.person, newcomer.name),
        "day": day_text(arrived, zone) if arrived else "",
        "state": state,
        "said": said,
        "by": names.who(newcomer.answered_by) if state == "answered" else None,
        "text": words(newcomer.quote.text, 160) if newcomer.quote else "",
    }


def _at_least(count: int, listed: Sequence[object]) -> str:
    """A count, with a plus where the list it was counted in had to end."""
    return f"{count}+" if len(listed) >= LISTED else str(count)


def newcomers(document: Diagnosis, lang: Lang) -> dict[str, Any]:
    """Who arrived in the last 90 days, those who wait for an answer first."""
    names, since = Names(document, lang), document.as_of - RECENT
    made = [
        _newcomer(n, names, document, lang)
        for n in document.newcomers
        if (arrived := n.joined or n.first) is not None and arrived > since
    ]
    order = {"waiting": 0, "silent": 1, "answered": 2}
    made.sort(key=lambda n: order[n["state"]])
    waiting = sum(n["state"] == "waiting" for n in made)
    return {
        "shown": made[:6],
        "more": made[6:60],
        "waiting": book(lang).label["n_waiting"].format(n=_at_least(waiting, made)) if waiting else "",
    }


def questions(document: Diagnosis, lang: Lang) -> dict[str, Any]:
    """Questions nobody answered."""
    names = Names(document, lang)
    made = [quoted(q.quote, names, document) for q in document.questions if q.answered is None]
    return {
        "shown": made[:5],
        "more": made[5:60],
        "count": book(lang).label["n_open"].format(n=_at_least(len(made), document.questions)) if made else "",
        "any": bool(document.questions),
    }
