"""The text of a feed: RSS, Atom or JSON Feed, as the items in it. Whoever writes it is a stranger.

XML is read by expat as a stream of starts, texts and ends: a document type, and with it every entity, is refused at its
first sign; depth, items and lengths are bounded; markup inside texts becomes plain words.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin
from xml.parsers import expat

from huoqun.people.display import visible

MOST = 100
"""Items taken of one feed at a time, the first ones."""
DEEPEST = 40
LONGEST_TITLE, LONGEST_TEXT, LONGEST_PLACE = 200, 500, 1000
_ITEMS = {"item", "entry"}
_TEXTS = {"title", "link", "guid", "id", "pubdate", "published", "updated", "date", "description", "summary", "content",
          "encoded"}  # fmt: skip


class NoFeed(ValueError):
    """It is no feed that can be read: `why` is `unknown`, `damaged`, `entities`, `deep`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Item:
    """One item: plain words; `link` is http(s) or empty; `at` None where it says no time that can be."""

    id: str
    title: str
    text: str
    link: str
    at: datetime | None


def items(body: bytes, *, base: str = "") -> list[Item]:
    """The items of a feed, as it has them. Raises NoFeed."""
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"{":
        return list(_of_json(body, base))
    if start == b"<" or body[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return list(_of_xml(body, base))
    raise NoFeed("unknown")


def _of_json(body: bytes, base: str) -> Iterator[Item]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoFeed("damaged") from error
    rows = told.get("items") if isinstance(told, dict) else None
    if not isinstance(rows, list):
        raise NoFeed("unknown")
    for row in rows[:MOST]:
        if isinstance(row, dict):
            known = {name: str(value) for name, value in row.items() if isinstance(value, str | int)}
            text = known.get("content_text") or known.get("summary") or known.get("content_html") or ""
            link = known.get("url") or known.get("external_url") or ""
            yield from _item(known.get("id", ""), known.get("title", ""), text, link, known.get("date_published"), base)


def _of_xml(body: bytes, base: str) -> Iterator[Item]:
    for row in _Reading().read(body):
        text = row.get("description") or row.get("summary") or row.get("encoded") or row.get("content") or ""
        when = row.get("pubdate") or row.get("published") or row.get("date") or row.get("updated")
        yield from _item(
            row.get("guid") or row.get("id", ""), row.get("title", ""), text, row.get("link", ""), when, base
        )


def _item(id: str, title: str, text: str, link: str, when: str | None, base: str) -> Iterator[Item]:
    """The item, where it says anything."""
    place = urljoin(base, link.strip()) if link.strip() else ""
    place = place if place.lower().startswith(("http://", "https://")) and len(place) <= LONGEST_PLACE else ""
    place = "" if any(ord(c) < 33 for c in place) else place
    name, words = plain(title)[:LONGEST_TITLE], plain(text)[:LONGEST_TEXT]
    if name or words:
        yield Item((id.strip() or place or name)[:LONGEST_PLACE], name or words[:60], words, place, _moment(when))


class _Reading:
    """A feed being read: the items so far, and where in it we are."""

    def __init__(self) -> None:
        self.rows: list[dict[str, str]] = []
        self._row: dict[str, str] | None = None
        self._field, self._depth, self._deep_in, self._feed = "", 0, 0, False
        self._parts: list[str] = []

    def read(self, body: bytes) -> list[dict[str, str]]:
        """The items. Raises NoFeed."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.ExternalEntityRefHandler = self._refuse
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._said
        try:
            parser.Parse(body, True)
        except (expat.ExpatError, LookupError, ValueError) as error:
            if isinstance(error, NoFeed):
                raise
            if not self.rows:
                raise NoFeed("damaged") from error
        if not self._feed:
            raise NoFeed("unknown")
        return self.rows

    def _refuse(self, *_what: Any) -> int:
        raise NoFeed("entities")

    def _start(self, name: str, told: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise NoFeed("deep")
        plain_name = name.rpartition(" ")[2].lower()
        self._feed = self._feed or plain_name in {"rss", "feed", "rdf"}
        if self._row is None:
            self._row = {} if plain_name in _ITEMS and len(self.rows) < MOST else None
            return
        if plain_name == "link" and told.get("href") and told.get("rel", "alternate") == "alternate":
            self._row.setdefault("link", told["href"])
        if not self._field and plain_name in _TEXTS:
            self._field, self._deep_in, self._parts = plain_name, self._depth, []

    def _said(self, text: str) -> None:
        if self._field and sum(map(len, self._parts)) < 20_000:
            self._parts.append(text)

    def _end(self, name: str) -> None:
        plain_name = name.rpartition(" ")[2].lower()
        if self._row is not None and self._field and self._depth == self._deep_in:
            self._row.setdefault(self._field, "".join(self._parts)) if "".join(self._parts).strip() else None
            self._field = ""
        if self._row is not None and not self._field and plain_name in _ITEMS:
            self.rows.append(self._row)
            self._row = None
        self._depth -= 1


class _Words(HTMLParser):
    """The words of a piece of markup; scripts and styles are none."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, _told: Any) -> None:
        """A script or style begins, or a line."""
        self._silent += tag in {"script", "style"}
        self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """It ends."""
        self._silent = max(0, self._silent - (tag in {"script", "style"}))
        self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        """Words."""
        if not self._silent:
            self.parts.append(data)


def plain(markup: str) -> str:
    """Markup as words on one line."""
    text = markup[:20_000]
    if "<" in text or "&" in text:
        words = _Words()
        words.feed(text)
        words.close()
        text = "".join(words.parts)
    return re.sub(r"\s+", " ", visible(re.sub(r"\s", " ", text))).strip()


def _moment(text: str | None) -> datetime | None:
    """A moment as feeds write it; None where it cannot be."""
    if not text:
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text.strip()[:60])
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found.astimezone(UTC) if 1990 < found.year < 2200 else None
    return None
