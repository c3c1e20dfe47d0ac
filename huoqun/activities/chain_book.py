"""The book of a chain sign-up: the one true list as an activity keeps it, with what copies said before, so that the
next copy is read as a change of the one it was made from; and what copies did not agree about.

A copy never takes off whoever signed up by themselves, and never undoes what staff wrote by hand without having seen
it: both are kept as a conflict that staff decide.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from huoqun.activities import chain_copy, chain_merge
from huoqun.activities.chain_copy import Copy
from huoqun.activities.chain_line import Entry
from huoqun.activities.chain_merge import Mark

SEEN = 60
"""How many former lists are remembered; a copy of an older one only adds people."""
DISSENTS = 60
BY_COPY, BY_MEMBER, BY_STAFF = "copy", "member", "staff"
TAKEN_OFF, CHANGED, BOTH = "taken_off", "hand", "both"
"""Why there is a conflict: a copy took off somebody who signed up by themselves or whose line somebody changed since;
a copy changed what staff wrote, without having seen it; two copies of one list say different things of somebody."""
PAGE = 300
"""Lines of a list at most: a chat cannot show more."""


@dataclass
class Line:
    """What is known of an entry beside its words. `who`: the id of the member's account; `by`: who wrote it last."""

    id: int
    who: str = ""
    by: str = BY_COPY
    missed: bool = False


@dataclass(frozen=True)
class Dissent:
    """A conflict: what stands on the list, and what a copy said (None: nothing of them)."""

    id: int
    why: str
    name: str
    nth: int
    stands: Entry | None
    said: Entry | None
    at: str


@dataclass
class Book:
    """The one true list (接龙). `gone`: who withdrew, the latest last; `dropped`: lines of copies that do not count."""

    title: str = ""
    cap: int | None = None
    order: dict[Mark, Entry] = field(default_factory=dict)
    lines: dict[Mark, Line] = field(default_factory=dict)
    seen: list[dict[Mark, Entry]] = field(default_factory=list)
    gone: list[Entry] = field(default_factory=list)
    dropped: list[tuple[str, str]] = field(default_factory=list)
    dissents: list[Dissent] = field(default_factory=list)
    last: int = 0

    def number(self) -> int:
        """A fresh id."""
        self.last += 1
        return self.last

    def at(self, id: int) -> Mark | None:
        """The mark of a line."""
        return next((mark for mark, line in self.lines.items() if line.id == id), None)

    def of(self, who: str) -> Mark | None:
        """The mark of a member's line."""
        return next((mark for mark, line in self.lines.items() if line.who and line.who == who), None)


# -- writes


def paste(book: Book, text: str, *, cap: int | None = None, now: datetime) -> tuple[int, int, int]:
    """Take copies in, oldest first; how many people are new, gone and changed. `cap`: places, where staff set them.
    Raises ValueError: no list in it."""
    found = chain_merge.copies(text)
    if not any(copy.entries or copy.dropped for copy in found):
        raise ValueError("no list")
    before = dict(book.order)
    for copy in found:
        if cap is not None or copy.cap is not None or book.cap is not None:  # who waits is then a matter of places
            copy.entries = [replace(entry, waiting=False) for entry in copy.entries]
        _take(book, copy, now)
    new, gone = book.order.keys() - before.keys(), before.keys() - book.order.keys()
    changed = [mark for mark in book.order if mark in before and before[mark] != book.order[mark]]
    return len(new), len(gone), len(changed)


def _take(book: Book, copy: Copy, now: datetime) -> None:
    again = chain_merge.marked(copy.entries) in book.seen[:-1]

    def may(mark: Mark, parent: Entry | None, says: Entry | None) -> bool:
        stands, line = book.order[mark], book.lines[mark]
        unseen = stands != parent
        if says is None and (line.by == BY_MEMBER or unseen or again):
            return dissent(TAKEN_OFF, mark, stands, None)
        if says is not None and unseen:
            return (
                dissent(CHANGED, mark, stands, says) if line.by == BY_STAFF else not dissent(BOTH, mark, says, stands)
            )
        return True

    def dissent(why: str, mark: Mark, stands: Entry, said: Entry | None) -> bool:
        row = Dissent(book.number(), why, stands.name, mark[1], stands, said, now.isoformat())
        same = [d for d in book.dissents if (d.why, d.name, d.nth, d.said) == (row.why, row.name, row.nth, row.said)]
        if not same:
            book.dissents = [*book.dissents, row][-DISSENTS:]
        return False

    book.title = book.title or copy.title
    book.cap = copy.cap if copy.cap is not None else book.cap
    done = chain_merge.fold(book.order, book.seen, copy, may)
    book.gone += [entry for _mark, entry in done.gone]
    known = set(book.dropped)
    book.dropped += [(d.text, d.reason) for d in copy.dropped if (d.text, d.reason) not in known]
    for mark, _before, _after in done.changed:
        book.lines[mark].by = BY_COPY
    _remember(book, chain_merge.marked(copy.entries))
    settle(book)


def put(book: Book, entry: Entry, *, by: str, who: str = "") -> Mark:
    """A new line at the end."""
    count = 1
    while (mark := (chain_copy.key(entry.name), count)) in book.order:
        count += 1
    book.order[mark] = entry
    book.lines[mark] = Line(book.number(), who, by)
    settle(book)
    return mark


def change(book: Book, mark: Mark, entry: Entry, *, by: str, place: int | None = None) -> Mark:
    """Say a line anew, also its name, or put it at another place (from 1)."""
    line = replace(book.lines[mark], by=by)
    fresh = mark
    if chain_copy.key(entry.name) != mark[0]:
        count = 1
        while (fresh := (chain_copy.key(entry.name), count)) in book.order:
            count += 1
    there = [(m, e) for m, e in book.order.items() if m != mark]
    spot = list(book.order).index(mark) if place is None else min(max(place - 1, 0), len(there))
    del book.lines[mark]
    book.order = dict([*there[:spot], (fresh, entry), *there[spot:]])
    book.lines[fresh] = line
    settle(book)
    return fresh


def drop(book: Book, mark: Mark) -> None:
    """Take a line off."""
    book.gone.append(book.order.pop(mark))
    settle(book)


def decide(book: Book, id: int, *, theirs: bool) -> bool:
    """Close a conflict; `theirs`: do what the copy said. False where it is not there any more."""
    found = next((d for d in book.dissents if d.id == id), None)
    if found is None:
        return False
    book.dissents.remove(found)
    mark = (chain_copy.key(found.name), found.nth)
    if theirs and mark in book.order:
        if found.said is None:
            drop(book, mark)
        else:
            change(book, mark, found.said, by=BY_STAFF)
    return True


def settle(book: Book) -> None:
    """Every entry has a line and no line is without; the list as it stands is what the next copy may be made from."""
    book.lines = {mark: book.lines.get(mark) or Line(book.number()) for mark in book.order}
    book.gone, book.dropped = book.gone[-PAGE:], book.dropped[-PAGE:]
    _remember(book, dict(book.order))


def _remember(book: Book, there: dict[Mark, Entry]) -> None:
    if not book.seen or book.seen[-1] != there:
        book.seen = [*book.seen, there][-SEEN:]


# -- reads


def seats(book: Book, cap: int | None) -> tuple[list[Mark], list[Mark]]:
    """Who is in and who waits, in the order of the list. Who asked to wait moves up behind the others where a number of
    places is set; without one they wait."""
    asks = [m for m, e in book.order.items() if e.waiting]
    rest = [m for m, e in book.order.items() if not e.waiting]
    inside, outside, taken = list[Mark](), list[Mark](), 0
    for mark in [*rest, *(asks if cap is not None else ())]:
        count = book.order[mark].count
        fits = cap is None or taken + count <= cap
        taken += count if fits else 0
        (inside if fits else outside).append(mark)
    return inside, outside if cap is not None else asks


def text(book: Book, cap: int | None) -> str:
    """The one true list, to paste back into the chat."""
    inside, outside = seats(book, cap)
    entries = [[replace(book.order[m], waiting=False) for m in marks] for marks in (inside, outside)]
    return chain_merge.text_of(chain_merge.Chain(book.title, cap, entries[0], entries[1]))


# -- as an activity keeps it


def kept(book: Book) -> dict[str, Any]:
    """The book as JSON: each entry once, lists as places in it."""
    said: dict[tuple[int, Entry], int] = {}

    def place(mark: Mark, entry: Entry) -> int:
        return said.setdefault((mark[1], entry), len(said))

    order = [place(m, e) for m, e in book.order.items()]
    seen = [[place(m, e) for m, e in there.items()] for there in book.seen]
    return {
        "title": book.title,
        "cap": book.cap,
        "said": [[nth, *_row(entry)] for nth, entry in said],
        "order": order,
        "lines": [asdict(book.lines[m]) for m in book.order],
        "seen": seen,
        "gone": [_row(e) for e in book.gone],
        "dropped": [list(d) for d in book.dropped],
        "dissents": [
            {**asdict(d), "stands": d.stands and _row(d.stands), "said": d.said and _row(d.said)} for d in book.dissents
        ],
        "last": book.last,
    }


def read(state: Mapping[str, Any]) -> Book:
    """The book of an activity."""
    if "order" not in state:
        return Book()
    said = [(nth, _entry(row)) for nth, *row in state["said"]]
    marks = [((chain_copy.key(entry.name), nth), entry) for nth, entry in said]
    order = dict(marks[n] for n in state["order"])
    lines = [Line(**line) for line in state["lines"]]
    return Book(
        title=state["title"],
        cap=state["cap"],
        order=order,
        lines=dict(zip((marks[n][0] for n in state["order"]), lines, strict=True)),
        seen=[dict(marks[n] for n in there) for there in state["seen"]],
        gone=[_entry(row) for row in state["gone"]],
        dropped=[(text, reason) for text, reason in state["dropped"]],
        dissents=[_dissent(row) for row in state["dissents"]],
        last=state["last"],
    )


def _row(entry: Entry) -> list[Any]:
    return [entry.name, entry.note, entry.count, entry.waiting]


def _entry(row: Iterable[Any]) -> Entry:
    return Entry(*row)


def _dissent(row: Mapping[str, Any]) -> Dissent:
    stands, said = row["stands"], row["said"]
    return Dissent(**{**row, "stands": stands and _entry(stands), "said": said and _entry(said)})
