"""The chain: pasted copies of one sign-up list, oldest first, become the one true list.

Everybody copies the newest list they see, adds themselves and pastes it, and two who do so at once make two lists. A
copy is therefore read as a change of the earlier copy it is most like: who is new in it has signed up, who is gone has
withdrawn, whose note differs has changed it. So nobody is lost because somebody else copied a list without them.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from huoqun.activities import chain_copy, chain_line
from huoqun.activities.chain_copy import Copy, Dropped, key
from huoqun.activities.chain_line import CANCELLED, Entry

_DASHES = re.compile(r"^\s*[-—–=_─━－＿]{3,}\s*$", re.MULTILINE)
SEEN = 100
"""How many copies back a copy may have been made from."""
Mark = tuple[str, int]
"""A name, and the how manyth of that name in its list."""


@dataclass
class Chain:
    """The one true list. `waiting`: who came after the cap, or asked to wait; `dropped`: lines that do not count."""

    title: str = ""
    cap: int | None = None
    entries: list[Entry] = field(default_factory=list)
    waiting: list[Entry] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)


@dataclass
class Changes:
    """What a copy did to the list: who is new in it; who withdrew; what it says anew of somebody, as (who, before,
    after)."""

    new: list[Mark] = field(default_factory=list)
    gone: list[tuple[Mark, Entry]] = field(default_factory=list)
    changed: list[tuple[Mark, Entry, Entry]] = field(default_factory=list)


def read(text: str) -> Chain:
    """The list that pasted copies, parted by lines of dashes, amount to."""
    chain, order, seen = Chain(), dict[Mark, Entry](), list[dict[Mark, Entry]]()
    for copy in copies(text):
        chain.title = chain.title or copy.title
        chain.cap = copy.cap if copy.cap is not None else chain.cap
        found = fold(order, seen, copy)
        chain.dropped += [Dropped(entry.name, CANCELLED) for _mark, entry in found.gone]
        chain.dropped += [each for each in copy.dropped if each not in chain.dropped]
        seen = [*seen, marked(copy.entries)][-SEEN:]
    chain.entries, chain.waiting = seats(order.values(), chain.cap)
    return chain


def copies(text: str) -> list[Copy]:
    """The copies of a text, oldest first."""
    return [chain_copy.read(part) for part in _DASHES.split(text.replace("\r\n", "\n")) if part.strip()]


def marked(entries: Iterable[Entry]) -> dict[Mark, Entry]:
    """Each entry under its mark, in the order of the list."""
    count: Counter[str] = Counter()
    found = {}
    for entry in entries:
        count[key(entry.name)] += 1
        found[key(entry.name), count[key(entry.name)]] = entry
    return found


def _parent(seen: list[dict[Mark, Entry]], mine: dict[Mark, Entry], cancelled: set[str]) -> dict[Mark, Entry]:
    """The earlier list that this one was made from: that which differs least, first in who is on it; of equal ones the
    newest.

    Two who append at once have copied a list that perhaps nobody pasted: where somebody is new at the end, only as much
    of an earlier copy counts as reaches to the last they share. Nobody pastes a list to say nothing: one that only
    lacks a single person of the newest was made from that, to take them off.
    """
    fresh = bool(mine) and all(next(reversed(mine)) not in there for there in seen)
    known = [_shared(there, mine, cancelled) if fresh else there for there in seen]

    def differ(there: dict[Mark, Entry]) -> tuple[int, int]:
        return len(there.keys() ^ mine.keys()), sum(there[m] != mine[m] for m in there.keys() & mine.keys())

    best = min(reversed(known), key=differ, default={})
    if best == mine and seen and mine.keys() < seen[-1].keys() and len(seen[-1]) == len(mine) + 1:
        return seen[-1]
    return best


def _shared(there: dict[Mark, Entry], mine: dict[Mark, Entry], cancelled: set[str]) -> dict[Mark, Entry]:
    """An earlier copy up to the last entry that this one has too, or crosses out."""
    marks = list(there)
    last = max((n for n, m in enumerate(marks) if m in mine or m[0] in cancelled), default=-1)
    return {m: there[m] for m in marks[: last + 1]} if last >= 0 else there


Judge = Callable[[Mark, Entry | None, Entry | None], bool]
"""Whether a copy may do something to somebody on the list: of whom, what its parent said, what it says (None: they are
off)."""


def always(_of: Mark, _parent: Entry | None, _says: Entry | None) -> bool:
    """Every copy is believed."""
    return True


def fold(order: dict[Mark, Entry], seen: list[dict[Mark, Entry]], copy: Copy, may: Judge = always) -> Changes:
    """Do to the list what the copy did to the one of the earlier copies (`seen`) that it was made from."""
    mine = marked(copy.entries)
    parent = _parent(seen, mine, copy.cancelled)
    lost = [mark for mark in parent if mark not in mine] if copy.whole else []
    new = [mark for mark in mine if mark not in parent and mark not in order]
    places, done = list(mine), Changes(new=list(new))
    for mark in lost:
        if mark in order and not may(mark, parent[mark], None):
            continue
        heir = _renamed(list(parent).index(mark), new, places) if len(parent) <= len(mine) else None
        if heir is not None:
            _put(order, heir, mine[heir], before=mark)
            new.remove(heir)
        if mark in order:
            done.gone.append((mark, order.pop(mark)))
    for mark, entry in mine.items():
        other = mark in order and mark in parent and entry not in (parent[mark], order[mark])
        if other and may(mark, parent[mark], entry):
            done.changed.append((mark, order[mark], entry))
            order[mark] = entry
    for mark in new:
        follows = places[places.index(mark) + 1 :]
        _put(order, mark, mine[mark], before=next((m for m in follows if m in order), None))
    return done


def _renamed(place: int, new: list[Mark], places: list[Mark]) -> Mark | None:
    """Who stands where somebody stood before."""
    return places[place] if place < len(places) - 1 and places[place] in new else None


def _put(order: dict[Mark, Entry], mark: Mark, entry: Entry, *, before: Mark | None) -> None:
    """Into the list before somebody; at its end where there is nobody."""
    if before not in order:
        order[mark] = entry
        return
    there = list(order.items())
    place = [m for m, _ in there].index(before)
    order.clear()
    order.update([*there[:place], (mark, entry), *there[place:]])


def seats(everybody: Iterable[Entry], cap: int | None) -> tuple[list[Entry], list[Entry]]:
    """Who fits under the cap, in the order of the list, and who waits."""
    inside, outside, taken = list[Entry](), list[Entry](), 0
    for entry in everybody:
        if entry.waiting or (cap is not None and taken + entry.count > cap):
            outside.append(replace(entry, waiting=True))
        else:
            taken += entry.count
            inside.append(entry)
    return inside, outside


def text_of(chain: Chain) -> str:
    """The list to paste back into the chat."""
    lines = [f"#接龙 {chain.title}".rstrip(), ""]
    lines += [f"{n}. {_told(entry)}" for n, entry in enumerate(chain.entries, 1)]
    if chain.waiting:
        lines += ["", "候补", *(f"{n}. {_told(entry)}" for n, entry in enumerate(chain.waiting, 1))]
    return "\n".join(lines)


def readable(entry: Entry) -> Entry:
    """The entry as it is read again from the list it is written into: a name loses the signs that would end it, a note
    what would be read as a number of people."""
    name = " ".join(entry.name.split())
    bare = re.sub(r"[\s(（【\[\])）】,，、;；:：|｜=+＋*×✖~～]+", "", name)
    names = (name, bare, f"@{bare}", f"@{re.sub('[^a-zA-Z一-鿿]+', '', bare)}")
    for named in (n for n in names if chain_line.entry(n) == Entry(n)):
        for note in (entry.note, re.sub(r"[\d+＋x×*一二两俩三仨四五六七八九十]+", "", entry.note).strip(), ""):
            again = chain_line.entry(_told(Entry(named, note, entry.count)))
            if isinstance(again, Entry) and (again.name, again.count) == (named, entry.count):
                return replace(again, waiting=entry.waiting)
    return Entry(name, "", entry.count, entry.waiting)


def _told(entry: Entry) -> str:
    note = f"（{entry.note}）" if entry.note else ""
    alone = chain_line.entry(entry.name + note)
    plain = isinstance(alone, Entry) and (alone.name, alone.note, alone.count) == (entry.name, entry.note, entry.count)
    return entry.name + note if plain else f"{entry.name} ×{entry.count}{note}"
