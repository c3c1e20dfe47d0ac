"""The chain sign-up on its pages: the one true list to copy, its lines to mend, conflicts to decide."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huoqun.activities import chain, chain_book, questionnaire
from huoqun.activities.activity import CLOSED, Activity, Participation
from huoqun.activities.chain_line import Entry
from huoqun.people.person import Identity

SHOWN = 30
"""Lines that do not count and people who withdrew, the newest."""


@dataclass(frozen=True)
class Row:
    """A line of the list. `choice`: the members who bear its name, where staff have to say who it is."""

    id: int
    place: int
    entry: Entry
    waits: bool
    missed: bool
    who: Identity | None
    choice: list[Identity]


def staff(activity: Activity, now: datetime) -> dict[str, Any]:
    """Everything about the list."""
    book = chain.book_of(activity)
    cap = chain.cap_of(activity, book)
    inside, outside = chain_book.seats(book, cap)
    known = chain.named(activity)
    people = {who.pk.hex: who for those in known.values() for who in those}
    rows = []
    for place, mark in enumerate([*inside, *outside], 1):
        line, entry = book.lines[mark], book.order[mark]
        same = [] if line.who else known.get(questionnaire.fold(entry.name), [])
        rows.append(Row(line.id, place, entry, place > len(inside), line.missed, people.get(line.who), same))
    return {
        "rows": rows,
        "text": chain.text_of(activity) if book.order else "",
        "cap": cap,
        "taken": sum(book.order[m].count for m in inside),
        "heads": sum(e.count for e in book.order.values()),
        "dissents": book.dissents,
        "gone": list(reversed(book.gone))[:SHOWN],
        "dropped": list(reversed(book.dropped))[:SHOWN],
        "unclear": sum(1 for row in rows if row.choice),
        "after": activity.standing(now) == CLOSED,
        "mends": activity.takes(now) or activity.standing(now) == CLOSED,
    }


def member(activity: Activity, who: Identity, mine: Participation | None, now: datetime) -> dict[str, Any]:
    """Their own line, and the list as it stands in the chat."""
    book = chain.book_of(activity)
    cap = chain.cap_of(activity, book)
    mark = book.of(who.pk.hex)
    taken = sum(book.order[m].count for m in chain_book.seats(book, cap)[0])
    return {
        "signs_up": False,
        "entry": book.order[mark] if mark else None,
        "waits": mark is not None and mark not in chain_book.seats(book, cap)[0],
        "text": chain.text_of(activity) if book.order else "",
        "free": None if cap is None else max(0, cap - taken),
    }
