"""The sheet: rows of a spreadsheet (`.xlsx`), read as a stream. The one home of openpyxl.

A spreadsheet is a zip that may lie about its size: what it unpacks to is bounded before anything is opened, the
claimed width and height are not believed, and formulas are read as their stored values.
"""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from huoqun.base.later import later
from huoqun.chat.refusal import NotAChat
from huoqun.chat.source import Source

if TYPE_CHECKING:
    import openpyxl
else:
    openpyxl = later("openpyxl")

MAX_COLUMNS = 40
"""Chat tables have about ten columns; more are not read."""
_FREE_BYTES = 256 << 20
_MAX_RATIO = 200
"""A sheet of text packs about tenfold; what claims more than this beyond _FREE_BYTES is a zip bomb."""

Row = tuple[Any, ...]


def is_sheet(source: Source) -> bool:
    """Whether the source is a spreadsheet, still packed."""
    return bytes(source.data[:4]) == b"PK\x03\x04"


@contextmanager
def workbook(source: Source) -> Iterator[Any]:
    """The opened workbook. Whatever a damaged file makes the library raise becomes NotAChat."""
    data = source.data[:]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > max(_FREE_BYTES, _MAX_RATIO * len(data)):
            raise NotAChat(source.name, "bomb")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except NotAChat:
        raise
    except Exception as error:
        raise NotAChat(source.name, "damaged_sheet", detail=type(error).__name__) from None
    try:
        yield book
    except NotAChat:
        raise
    except Exception as error:
        raise NotAChat(source.name, "damaged_sheet", detail=type(error).__name__) from None
    finally:
        book.close()


def names(book: Any) -> list[str]:
    """The sheets' names, those with cells only."""
    return [sheet.title for sheet in book.worksheets if hasattr(sheet, "iter_rows")]


def rows(book: Any, name: str) -> Iterator[Row]:
    """The rows of a sheet: tuples of values as stored. Rows that stand nowhere in the file are empty tuples."""
    sheet = book[name]
    sheet.reset_dimensions()
    yield from sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)


def words(value: Any) -> str | None:
    """A cell as text: whole numbers without a point, times in ISO; None for an empty one."""
    if value is None or value == "":
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e17:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
