"""The workbook: a table as a file of a spreadsheet program (`.xlsx`), written row by row."""

import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from typing import IO, TYPE_CHECKING

from huoqun.base.later import later

if TYPE_CHECKING:
    import openpyxl
else:
    openpyxl = later("openpyxl")

MOST_ROWS = 1_048_576
"""Rows that a spreadsheet program opens; what comes after is left out."""
LONGEST_CELL = 32_000


def workbook(rows: Iterable[Sequence[object]]) -> IO[bytes]:
    """An open file at its beginning, without a name: it is gone when it is closed. Texts must be no formulas."""
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet()
    for number, row in enumerate(rows):
        if number == MOST_ROWS:
            break
        page.append([_plain(value) for value in row])
    out = tempfile.TemporaryFile()  # noqa: SIM115  closed by whoever reads it
    book.save(out)
    out.seek(0)
    return out


def _plain(value: object) -> object:
    """A cell that the file can hold: no control characters, no endless text."""
    if not isinstance(value, str):
        return value
    return "".join(c for c in value[:LONGEST_CELL] if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"})
