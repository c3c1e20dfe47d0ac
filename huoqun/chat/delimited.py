"""The delimited: rows of CSV and its kin, with the line each begins on, surviving damage.

Fields may hold newlines between quotes. A quote that is never closed would swallow the rest of the file: such a line
is read by itself, its quote as a letter, or reported and passed over, and reading goes on with the next one.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from huoqun.chat.columns import roles
from huoqun.chat.message import Skipped

DELIMITERS = ",\t;|"
_LONGEST = 500
"""Lines a single field may span; a longer one is an open quote."""
_PATIENCE = 1000
"""So many quotes out of place, and the file is read line by line: its quotes mean nothing."""


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


def _cells(line: str, mark: str, quoting: Literal[0, 3] = csv.QUOTE_MINIMAL) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=mark, quoting=quoting), [])
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
    """Read from a line on, until the end or a quote that is out of place; gives where to go on."""
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    reader = csv.reader(_fed(lines, start), delimiter=mark, quoting=quoting, strict=True)
    width, begin = len(found.headings), start
    try:
        for row in reader:
            end = start + reader.line_num
            if end - begin > _LONGEST:
                break
            _take(row, begin, width, found)
            begin = end
        else:
            return len(lines)
    except csv.Error:
        pass
    alone = _cells(lines[begin].rstrip("\r"), mark, csv.QUOTE_NONE)
    if len(alone) == width:
        found.rows.append(alone)
        found.lines.append(begin)
    else:
        found.skipped.append(Skipped(begin, "bad_quotes"))
    return begin + 1


def _take(row: list[str], begin: int, width: int, found: Table) -> None:
    """Keep a row that has its columns (a last one may be left out), report one that has not."""
    if len(row) >= width or (len(row) > 1 and row[-1] != "" and len(row) >= width - 1):
        found.rows.append(row)
        found.lines.append(begin)
    elif any(cell.strip() for cell in row):
        found.skipped.append(Skipped(begin, "too_few_columns"))


def _fed(lines: Sequence[str], start: int) -> Iterator[str]:
    for number in range(start, len(lines)):
        yield lines[number] + "\n"
