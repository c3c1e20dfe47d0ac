"""The sheet: tables for a spreadsheet program, as text (`.csv`) or as its own file (`.xlsx`)."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse

from huoqun.base.workbook import workbook

CSV, XLSX = "csv", "xlsx"
_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_AT_ONCE = 500

Rows = Iterable[Sequence[object]]


def cell(text: str) -> str:
    """The text so that no program takes it for a formula."""
    return "'" + text if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def file_of(rows: Rows, name: str, kind: str) -> HttpResponse:
    """A download of rows, named `name.kind`; no text in it is a formula. Sent while it is made, or made on the disk:
    never in memory as a whole."""
    answer: HttpResponseBase
    if kind == XLSX:
        answer = FileResponse(workbook(rows), content_type=_TYPES[XLSX])
    else:
        answer = StreamingHttpResponse(_lines(rows), content_type=_TYPES[CSV])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return cast("HttpResponse", answer)  # Django's stubs know no word for what views may return


def _lines(rows: Rows) -> Iterator[str]:
    """Lines of text with the mark by which programs know that it is UTF-8."""
    out = io.StringIO()
    out.write("\ufeff")
    write = csv.writer(out)
    for number, row in enumerate(rows, 1):
        write.writerow([cell(value) if isinstance(value, str) else value for value in row])
        if number % _AT_ONCE == 0:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()
