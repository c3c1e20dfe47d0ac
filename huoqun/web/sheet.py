"""The sheet: tables for a spreadsheet program, as CSV and as a workbook."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from huoqun.chat.formats import sheet

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def cell(text: str) -> str:
    """The text so that no program takes it for a formula."""
    return "'" + text if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def as_csv(rows: Iterable[Sequence[str]], name: str) -> HttpResponse:
    """Rows, the head first, as a file to be kept."""
    out = io.StringIO()
    csv.writer(out).writerows([cell(text) for text in row] for row in rows)
    return _file("\ufeff" + out.getvalue(), "text/csv; charset=utf-8", name)


def as_xlsx(rows: Iterable[Sequence[str | float | int | None]], name: str) -> HttpResponse:
    """The same as a workbook; texts stay texts, numbers numbers."""
    return _file(sheet.written(rows), WORKBOOK, name)


def _file(content: str | bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
