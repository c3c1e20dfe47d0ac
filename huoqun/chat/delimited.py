"""The delimited: rows of CSV and its kin, with the line each begins on, surviving damage.

Fields may hold newlines between quotes. A quote that is never closed would swallow the rest of the file: such a line
is reported and passed over, and reading goes on with the next one.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from huoqun.chat.columns import roles
from huoqun.chat.message import Skipped

DELIMITERS = ",\t;|"
_LONGEST = 500
"""Lines a single field may span; a longer one is an unclosed quote."""
_PATIENCE = 50
"""So many unclosed quotes, and the file is read line by line: its quotes mean nothing."""


@dataclass
class Table:
    """Headings and rows; `lines` is the 0-based line each row begins on."""

    headings: list[str]
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def delimiter(head: str) -> str | None:
    """The delimiter under which the first line is the heading of a chat; None where it is none."""
    first = head.lstrip("\n\r").partition("\n")[0].rstrip("\r")
    for mark in DELIMITERS:
        if mark in first and roles(_cells(first, mark)):
            return mark
    return None


def _cells(line: str, mark: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=mark), [])
    except csv.Error:
        return []


def table(text: str, mark: str) -> Table:
    """The rows below the headings."""
    lines = text.split("\n")
    start = next((n for n, line in enumerate(lines) if line.strip()), 0)
    found = Table([cell.strip() for cell in _cells(lines[start].rstrip("\r"), mark)])
    at, tries = start + 1, 0
    while at < len(lines):
        at = _run(lines, at, mark, found, quoted=tries < _PATIENCE)
        tries += 1
    return found


def _run(lines: Sequence[str], start: int, mark: str, found: Table, *, quoted: bool) -> int:
    """Read from a line on, until the end or a quote that is not closed; gives where to go on."""
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    reader = csv.reader(_fed(lines, start), delimiter=mark, quoting=quoting)
    width, begin = len(found.headings), start
    try:
        for row in reader:
            end = start + reader.line_num
            if end - begin > _LONGEST or (end >= len(lines) and end - begin > 1 and _open(lines[begin:end])):
                break
            if len(row) >= width or (len(row) > 1 and row[-1] != "" and len(row) >= width - 1):
                found.rows.append(row)
                found.lines.append(begin)
            elif any(cell.strip() for cell in row):
                found.skipped.append(Skipped(begin, "too_few_columns"))
            begin = end
        else:
            return len(lines)
    except csv.Error:
        pass
    found.skipped.append(Skipped(begin, "bad_quotes"))
    return begin + 1


def _fed(lines: Sequence[str], start: int) -> Iterator[str]:
    for number in range(start, len(lines)):
        yield lines[number] + "\n"


def _open(piece: Sequence[str]) -> bool:
    """Whether the quotes of some lines do not pair up."""
    return sum(line.count('"') for line in piece) % 2 == 1
