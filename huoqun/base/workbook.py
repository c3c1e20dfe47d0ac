"""The workbook: a table as a file of a spreadsheet program (`.xlsx`), written row by row."""

import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from typing import IO, TYPE_CHECKING, Any

from huoqun.base.later import later

if TYPE_CHECKING:
    import openpyxl
else:
    openpyxl = later("openpyxl")

MOST_ROWS = 1_048_576
"""Rows that a spreadsheet program opens; what comes after is left out."""
LONGEST_CELL = 32_000


def workbook(rows: Iterable[Sequence[object]]) -> IO[bytes]:
    """An open file at its beginning, without a name: it is gone when it is closed. The first row stays in sight; no
    text becomes a formula."""
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet()
    page.freeze_panes = "A2"
    for number, row in enumerate(rows):
        if number == MOST_ROWS:
            break
        page.append([_cell(page, value) if isinstance(value, str) else value for value in row])
    out = tempfile.TemporaryFile()  # noqa: SIM115  closed by whoever reads it
    book.save(out)
    out.seek(0)
    return out


def _cell(page: Any, text: str) -> Any:
    """A cell that holds a text and nothing else: no formula, no control characters, not endless."""
    kept = "".join(c for c in text[:LONGEST_CELL] if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"})
    found = openpyxl.cell.WriteOnlyCell(page, kept)
    found.data_type = "s"
    return found
