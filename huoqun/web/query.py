"""The query: what an address asks for, read so that nonsense is as if it was not asked."""

from dataclasses import fields
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID


def day(text: str) -> date | None:
    """A day of a time people live in."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1970 < found.year < 9999 else None


def key(text: str) -> UUID | None:
    """The key of a row."""
    try:
        return UUID(text)
    except ValueError:
        return None


def row(text: str) -> UUID:
    """The same, for a look-up: where the text is no key, one that no row has."""
    return key(text) or UUID(int=0)


def number(text: str, *, most: int = 100_000) -> int:
    """A page's number: from 1 to before `most`, else 1."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 and 0 < int(text) < most else 1


def asking(asked: Any) -> str:
    """The query that asks for what a dataclass says, without what is as always."""
    told = {f.name: value for f in fields(asked) if (value := getattr(asked, f.name)) != f.default}
    return urlencode(told)


def quoted(value: str) -> str:
    """A value as it stands in an address."""
    return quote(value, safe="")
