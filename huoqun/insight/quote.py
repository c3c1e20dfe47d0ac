"""Quotes: messages shown as evidence."""

from collections.abc import Sequence

from huoqun.insight.document import Quote
from huoqun.insight.reading import Reading

LONGEST = 280
"""Characters of a message that a quote shows; what is cut is marked with an ellipsis."""


def quotes(reading: Reading, rows: Sequence[int]) -> list[Quote]:
    """The messages at these indexes of `reading.rows`, in the order asked for."""
    columns = ("time", "sender", "name", "text", "line", "key")
    return [
        Quote(
            time=row["time"],
            person=row["sender"] or "",
            name=row["name"] or row["sender"] or "",
            text=shortened(row["text"]),
            line=row["line"],
            key=row["key"],
        )
        for row in reading.rows.select(columns)[list(rows)].iter_rows(named=True)
    ]


def shortened(text: str | None, longest: int = LONGEST) -> str:
    """`text` without surrounding space, cut to `longest` characters."""
    text = (text or "").strip()
    return text if len(text) <= longest else text[: longest - 1] + "…"
