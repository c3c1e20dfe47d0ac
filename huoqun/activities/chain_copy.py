"""One pasted copy of a chain sign-up: its head, its list in order, and the lines that count for nothing.

The head may hold numbered rules and an example; the list is the last run of numbers that begins at 1 (or, where a copy
is only the tail of one, the last run at all). Several entries may stand in one line.
"""

import re
from dataclasses import dataclass, field

from huoqun.activities import chain_line
from huoqun.activities.chain_line import CANCELLED, EXAMPLE, Entry
from huoqun.activities.chain_number import MARK, numbered, plain

DUPLICATE = "duplicate"
LONGEST_LINE = 2000
"""Signs of a line that are looked at; what is longer is no line of a list."""
_HASH = re.compile(r"^\s*[#＃【\[]?\s*(?:群?接龙|chain)\s*[】\]#＃]?\s*[:：]?\s*", re.IGNORECASE)
_WAITING = re.compile(r"^\W*(?:候补|替补|等位|排队|wait(?:ing|list))[\w名单区位人list ]*\W*$", re.IGNORECASE)
_CAP = re.compile(
    r"(?:限额?|上限|名额|限报|只限|仅限|最多|不超过|满|max(?:imum)?|limit(?:ed to)?|cap)\D{0,6}?"
    r"(\d{1,4})(?!\d|[:：点月日号元块天])"
    r"|(\d{1,4})\s*(?:人|位|名|个)?\s*(?:名额|封顶|满员|截止|为止|上限|spots|places|seats)",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"(?<=\S)[\s,，;；、]+(?=[(（\[【]?\d{1,3}\s*[.．。、)）\]】:：]\s*\D)|(?<=[^\s\d.．])(?=\d{1,3}[.．]\s*[^\s\d])"
)
_STILL = 2
"""How many numbers a run may skip where no sign parts the number from the name: lines that were deleted by hand."""
_FAR = 30
"""The same where a sign does."""


@dataclass(frozen=True)
class Dropped:
    """A line that counts for nothing: `empty`, `cancelled`, `example` or `duplicate`."""

    text: str
    reason: str


@dataclass
class Copy:
    """What one copy says. `whole`: it begins at 1; else it is the tail of a list."""

    title: str = ""
    cap: int | None = None
    entries: list[Entry] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    cancelled: set[str] = field(default_factory=set)
    """Keys of the names that stand in it as cancelled."""
    whole: bool = True


@dataclass(frozen=True)
class _Line:
    number: int | None
    sign: bool
    rest: str
    text: str


def read(text: str) -> Copy:
    """A copy as it was pasted."""
    lines = [each for raw in plain(text).splitlines() for each in _split(raw[:LONGEST_LINE])]
    lines = _joined(lines)
    begin = _begin(lines)
    copy = Copy()
    if begin is None:
        begin = len(lines)
    else:
        copy.whole = lines[begin].number in {0, 1}
    _head(copy, lines[:begin])
    _list(copy, lines[begin:])
    return copy


def _joined(lines: list[_Line]) -> list[_Line]:
    """Where every number stands alone on its line, each with the line below it."""
    filled = [line for line in lines if line.text]
    alone = [n for n, line in enumerate(filled[:-1]) if line.number is not None and filled[n + 1].number is None]
    if len(alone) < 2 or any(line.rest for line in filled if line.number is not None):
        return lines
    found, below = list[_Line](), {n + 1 for n in alone}
    for n, line in enumerate(filled):
        if n in below:
            last = found.pop()
            line = _Line(last.number, True, line.text, f"{last.text} {line.text}")
        found.append(line)
    return found


def _split(raw: str) -> list[_Line]:
    """The line, or its parts where several entries stand in it one after the other."""
    first = numbered(raw.replace(MARK, ""))
    if first is None:
        told = raw.replace(MARK, "").strip()
        return [_Line(None, False, told, told)]
    parts: list[str] = []
    expected = first[0]
    for piece in _NEXT.split(_signs(raw, expected)):
        found = numbered(piece)
        if parts and (found is None or found[0] != expected):
            parts[-1] += " " + piece
            continue
        parts.append(piece)
        expected += 1
    return [_line(part) for part in parts]


def _signs(raw: str, expected: int) -> str:
    """The line with the numbers that were one sign as others are written: those that go on from the first as the
    beginning of an entry, any other as digits."""
    parts = raw.split(MARK)
    for place in range(1, len(parts), 2):
        if parts[place] == str(expected + 1):
            expected += 1
            parts[place] = f" {parts[place]}. "
    return "".join(parts)


def _line(text: str) -> _Line:
    found = numbered(text)
    if found is None:
        return _Line(None, False, text.strip(), text.strip())
    return _Line(found[0], found[1], found[2], text.strip())


def _begin(lines: list[_Line]) -> int | None:
    """Where the list begins: the run of numbers that goes on to the end, begun at 1 if it can be."""
    runs: list[list[int]] = []
    for place, line in enumerate(lines):
        if runs and line.number is None and _WAITING.match(line.text):
            break
        if line.number is None or chain_line.is_sample(line.text):
            continue
        last = lines[runs[-1][-1]].number if runs else None
        if last is not None and line.number > 0 and last <= line.number <= last + (_FAR if line.sign else _STILL):
            runs[-1].append(place)
        elif line.sign or line.number <= 1:
            runs.append([place])
    if not runs:
        return None
    chosen = runs[-1]
    for run in reversed(runs[:-1]):  # a list pasted twice into one text goes on where the first begins
        if _same_people(lines, run, chosen):
            chosen = run
    return chosen[0]


def _same_people(lines: list[_Line], one: list[int], other: list[int]) -> bool:
    names = [{e.name for p in run if isinstance(e := chain_line.entry(lines[p].rest), Entry)} for run in (one, other)]
    return len(names[0] & names[1]) * 2 >= max(min(map(len, names)), 1)


def _head(copy: Copy, lines: list[_Line]) -> None:
    for line in lines:
        if chain_line.is_sample(line.text) or (line.number is not None and chain_line.is_sample(line.rest)):
            copy.dropped.append(Dropped(line.text, EXAMPLE))
            continue
        told = _HASH.sub("", line.text).strip()
        told = inner[1] if (inner := re.fullmatch(r"[【\[「]\s*(.*?)\s*[】\]」]", told)) else told
        if told and not copy.title:
            copy.title = told
    found = _CAP.search(" ".join(line.text for line in lines))
    copy.cap = int(next(filter(None, found.groups()))) if found else None


def _list(copy: Copy, lines: list[_Line]) -> None:
    waiting, seen = False, set[tuple[str, str, int]]()
    for line in lines:
        if line.number is None:
            if _WAITING.match(line.text):
                waiting = True
            continue
        if _WAITING.match(line.rest) and line.rest:
            waiting = True
            continue
        found = chain_line.entry(line.rest)
        if isinstance(found, str):
            copy.dropped.append(Dropped(line.text, found))
            if found == CANCELLED:
                copy.cancelled.add(key(chain_line.called(line.rest)))
            continue
        mark = (key(found.name), found.note, found.count)
        if mark in seen:
            copy.dropped.append(Dropped(line.text, DUPLICATE))
            continue
        seen.add(mark)
        copy.entries.append(Entry(found.name, found.note, found.count, found.waiting or waiting))


def key(name: str) -> str:
    """Names that differ only in blanks, case and emoji variants are one."""
    return re.sub(r"[\s\ufe0f\u200d\u200b]+", "", name).casefold()
