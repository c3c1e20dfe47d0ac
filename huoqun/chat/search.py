"""The search: what was said in the groups of one archive, newest first.

A word is found wherever it stands in a message, whatever the case of its letters; it is never read as a query or a
pattern, so that Chinese words of two characters need no dictionary and no sign has a meaning of its own. The record is
read month by month from the newest one on, as far back as it takes to fill a page.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import polars as pl

from huoqun.chat import lake
from huoqun.chat.archive import Archive
from huoqun.chat.message import MESSAGE_KINDS

ORDER = ("time", "group", "order", "key")
"""How hits are sorted, newest first; unique over an archive."""
SHOWN = (*ORDER, "local", "sender", "name", "kind", "text")
"""The columns of a hit. `local` is on the wall clock of its group."""
WORDS = 8
"""How many words one search looks for at most."""
AGAIN = 20
"""How often a search begins anew when the files it reads are being rewritten."""
Place = tuple[datetime, str, int, str]
"""Where a hit stands in the order: the values of `ORDER`."""


@dataclass(frozen=True)
class Sought:
    """What is looked for. Every word must stand in the message; what is empty is not asked."""

    words: tuple[str, ...] = ()
    name: str = ""
    """Part of the name shown at that time."""
    senders: Mapping[str, Collection[str]] | None = None
    """By group: who said it, as `sender` of the message; beside `name`, either is enough. None: anybody."""
    kind: str = ""
    since: date | None = None
    until: date | None = None
    """The last day, itself included; days are those of the group's wall clock."""
    moved: Mapping[str, Collection[str]] = field(default_factory=dict)
    """By zone: groups whose wall clock is to be computed from the moment, because their zone was named later."""

    @property
    def empty(self) -> bool:
        """Nothing at all is asked."""
        return not (self.words or self.name or self.senders is not None or self.kind or self.since or self.until)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a search as typed: what white space divides, each once."""
    return tuple(dict.fromkeys(text.split()))[:WORDS]


def find(
    archive: Archive, groups: Collection[str], sought: Sought, *, limit: int, below: Place | None = None
) -> pl.DataFrame:
    """The newest `limit` hits (columns `SHOWN`) in these groups, of those that stand below a place where one is
    given. Raises FileNotFoundError where the files keep being rewritten."""
    if not groups or limit < 1:
        return _none()
    asked = _asked(groups, sought)
    if below is not None:
        asked &= _below(below)
    until = min([t for t in [_end(sought), below[0] + timedelta(microseconds=1) if below else None] if t], default=None)

    def read() -> pl.DataFrame:
        snap = lake.snapshot(archive.messages)
        one = next(iter(groups)) if len(groups) == 1 else None
        paths = snap.paths(one, _begin(sought), until)
        found = _none()
        for batch in _months(paths, newest_first=True):
            rows = snap.scan(batch).with_columns(local=clock_of(sought)).filter(asked).select(SHOWN)
            found = pl.concat([found, rows.top_k(limit - found.height, by=ORDER).collect()])
            if found.height >= limit:
                break
        return found.sort(ORDER, descending=True)

    return _steady(read)


def near(archive: Archive, group: str, key: str, at: datetime, *, count: int = 2) -> pl.DataFrame:
    """The message of that key and time with `count` messages before and after it, oldest first; empty where there
    is none. Raises FileNotFoundError where the files keep being rewritten."""
    mine = (pl.col("group") == group) & pl.col("kind").is_in(MESSAGE_KINDS)
    moment = timedelta(microseconds=1)

    def read() -> pl.DataFrame:
        snap = lake.snapshot(archive.messages)
        there = snap.scan(snap.paths(group, at, at + moment))
        hit = there.filter(mine, pl.col("time") == at, pl.col("key") == key).select(SHOWN).head(1).collect()
        if hit.is_empty():
            return hit
        place = (at, group, int(hit["order"][0]), key)
        older = _nearest(snap, snap.paths(group, None, at + moment), mine & _below(place), count, newest=True)
        this = pl.col("key") == key
        newer = _nearest(snap, snap.paths(group, at), mine & ~_below(place) & ~this, count, newest=False)
        return pl.concat([older.reverse(), hit, newer])

    return _steady(read)


def _nearest(snap: lake.Snapshot, paths: list[str], wanted: pl.Expr, count: int, *, newest: bool) -> pl.DataFrame:
    found = _none()
    for batch in _months(paths, newest_first=newest):
        rows = snap.scan(batch).filter(wanted).select(SHOWN).sort(ORDER, descending=newest)
        found = pl.concat([found, rows.head(count - found.height).collect()])
        if found.height >= count:
            break
    return found


def marked(text: str, words: Collection[str]) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is one of the words."""
    if not words:
        return [(text, False)] if text else []
    longest = sorted(words, key=len, reverse=True)
    pieces = re.split("(" + "|".join(map(re.escape, longest)) + ")", text, flags=re.IGNORECASE)
    return [(piece, number % 2 == 1) for number, piece in enumerate(pieces) if piece]


def _none() -> pl.DataFrame:
    return pl.DataFrame(schema={name: lake.STORED[name] for name in SHOWN})


def _steady(read: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    for _ in range(AGAIN - 1):
        try:
            return read()
        except FileNotFoundError:  # compacted between looking and reading: a newer version has the rows
            continue
    return read()


def _months(paths: list[str], *, newest_first: bool) -> Iterator[list[str]]:
    """The files month by month, ever more months at once: common words are found soon, rare ones in few scans."""
    months: dict[str, list[str]] = {}
    for path in paths:
        months.setdefault(path.split("/")[0], []).append(path)
    waiting = sorted(months, reverse=newest_first)
    size = 1
    while waiting:
        yield [path for month in waiting[:size] for path in months[month]]
        waiting, size = waiting[size:], size * 2


def _asked(groups: Collection[str], sought: Sought) -> pl.Expr:
    asked = pl.col("group") == next(iter(groups)) if len(groups) == 1 else pl.col("group").is_in(list(groups))
    asked &= pl.col("kind") == sought.kind if sought.kind in MESSAGE_KINDS else pl.col("kind").is_in(MESSAGE_KINDS)
    for word in sought.words:
        asked &= _holds("text", word)
    who = [_holds("name", sought.name)] if sought.name else []
    if sought.senders is not None:
        theirs = [(pl.col("group") == g) & pl.col("sender").is_in(list(s)) for g, s in sought.senders.items() if s]
        who.append(pl.any_horizontal(theirs) if theirs else pl.lit(False))
    if who:
        asked &= pl.any_horizontal(who)
    if sought.since:
        asked &= pl.col("local").dt.date() >= sought.since
    if sought.until:
        asked &= pl.col("local").dt.date() <= sought.until
    return asked


def _holds(column: str, word: str) -> pl.Expr:
    """Whether a text holds the word. Letters beyond ASCII that have a case take the slower way."""
    if all(sign.isascii() or sign.lower() == sign.upper() for sign in word):
        return pl.col(column).str.contains_any([word], ascii_case_insensitive=True)
    return pl.col(column).str.to_lowercase().str.contains(word.lower(), literal=True)


def clock_of(sought: Sought) -> pl.Expr:
    """The wall clock of each row, as the operator named its zone."""
    clock = pl.col("local")
    for zone, groups in sought.moved.items():
        there = pl.col("time").dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.replace_time_zone(None)
        clock = pl.when(pl.col("group").is_in(list(groups))).then(there).otherwise(clock)
    return clock


def _begin(sought: Sought) -> datetime | None:
    """A moment before every hit: no wall clock is a whole day off."""
    return datetime.combine(sought.since, datetime.min.time()) - timedelta(days=1) if sought.since else None


def _end(sought: Sought) -> datetime | None:
    return datetime.combine(sought.until, datetime.min.time()) + timedelta(days=2) if sought.until else None


def _below(place: Place) -> pl.Expr:
    """Rows that come after a place when sorted newest first."""
    below = pl.lit(False)
    for name, value in reversed(list(zip(ORDER, place, strict=True))):
        same = pl.lit(value)
        below = (pl.col(name) < same) | ((pl.col(name) == same) & below)
    return below
