"""The chain: pasted copies of one sign-up list, oldest first, become the one true list.

Everybody copies the newest list they see, adds themselves and pastes it, and two who do so at once make two lists. A
copy is therefore read as a change of the earlier copy it is most like: who is new in it has signed up, who is gone has
withdrawn, whose note differs has changed it. So nobody is lost because somebody else copied a list without them.
"""

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from huoqun.commands import chain_copy
from huoqun.commands.chain_copy import Copy, Dropped, key
from huoqun.commands.chain_line import CANCELLED, Entry

_DASHES = re.compile(r"^\s*[-—–=_─━－＿]{3,}\s*$", re.MULTILINE)
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


def read(text: str) -> Chain:
    """The list that pasted copies, parted by lines of dashes, amount to."""
    copies = [chain_copy.read(part) for part in _DASHES.split(text.replace("\r\n", "\n")) if part.strip()]
    chain, order, seen = Chain(), dict[Mark, Entry](), list[dict[Mark, Entry]]()
    for copy in copies:
        chain.title = chain.title or copy.title
        chain.cap = copy.cap if copy.cap is not None else chain.cap
        mine = _marked(copy)
        gone = _change(order, mine, _parent(seen, mine), copy)
        chain.dropped += [Dropped(entry.name, CANCELLED) for entry in gone]
        chain.dropped += [each for each in copy.dropped if each not in chain.dropped]
        seen.append(mine)
    _seat(chain, list(order.values()))
    return chain


def _marked(copy: Copy) -> dict[Mark, Entry]:
    count: Counter[str] = Counter()
    marked = {}
    for entry in copy.entries:
        count[key(entry.name)] += 1
        marked[key(entry.name), count[key(entry.name)]] = entry
    return marked


def _parent(seen: list[dict[Mark, Entry]], mine: dict[Mark, Entry]) -> dict[Mark, Entry]:
    """The earlier copy that this one was made from: that which differs least; of equal ones the newest."""
    return min(reversed(seen), key=lambda there: len(there.keys() ^ mine.keys()), default={})


def _change(order: dict[Mark, Entry], mine: dict[Mark, Entry], parent: dict[Mark, Entry], copy: Copy) -> list[Entry]:
    """Do to the list what the copy did to its parent; gives who withdrew."""
    lost = [mark for mark in parent if mark not in mine] if copy.whole else []
    new = [mark for mark in mine if mark not in parent and mark not in order]
    places = list(mine)
    gone = []
    for mark in lost:
        heir = _renamed(list(parent).index(mark), new, places) if len(parent) <= len(mine) else None
        if heir is not None:
            _put(order, heir, mine[heir], before=mark)
            new.remove(heir)
        if mark in order:
            gone.append(order.pop(mark))
    for mark, entry in mine.items():
        if mark in order and mark in parent and parent[mark] != entry:
            order[mark] = entry
    for mark in new:
        follows = places[places.index(mark) + 1 :]
        _put(order, mark, mine[mark], before=next((m for m in follows if m in order), None))
    return gone


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


def _seat(chain: Chain, everybody: list[Entry]) -> None:
    """Who fits under the cap, in the order of the list; the others wait."""
    taken = 0
    for entry in everybody:
        if entry.waiting or (chain.cap is not None and taken + entry.count > chain.cap):
            chain.waiting.append(replace(entry, waiting=True))
        else:
            taken += entry.count
            chain.entries.append(entry)


def text_of(chain: Chain) -> str:
    """The list to paste back into the chat."""
    lines = [f"#接龙 {chain.title}".rstrip(), ""]
    lines += [f"{n}. {_told(entry)}" for n, entry in enumerate(chain.entries, 1)]
    if chain.waiting:
        lines += ["", "候补", *(f"{n}. {_told(entry)}" for n, entry in enumerate(chain.waiting, 1))]
    return "\n".join(lines)


def _told(entry: Entry) -> str:
    count = f" ×{entry.count}" if entry.count != 1 else ""
    return f"{entry.name}{count}{f'（{entry.note}）' if entry.note else ''}"
