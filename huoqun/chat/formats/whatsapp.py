"""WhatsApp: the text file of "Export chat", Android and iOS, in any language of the phone.

    12/31/23, 11:59 PM - Alice: happy new year              Android; also 31.12.23 and 2023/12/31 下午11:59
    and a second line of the same message
    12/31/23, 11:59 PM - Alice added Bob                    no `: `: a system line
    [31/12/2023, 23:59:59] Bob: ‎image omitted               iOS; the mark U+200E stands before the app's own words

Names are all there is of identity. The order of day and month is decided over the whole file (`chat/dates.py`). A
line in the middle of a message that looks like a header counts as one only if it is written as the file writes its
headers and time does not jump back and forth around it (`pasted_headers` in the notes). The date orders that fit
equally well are told as `date_order_ambiguous`. The group's name comes from the file's name or the last title set.
"""

import re

import numpy as np
import polars as pl

from huoqun.chat import mould
from huoqun.chat import zone as clock
from huoqun.chat.cursor import Cursor
from huoqun.chat.dates import read as read_dates
from huoqun.chat.daytime import AFTERNOON, MORNING, NIGHT, halves
from huoqun.chat.formats.whatsapp_names import Named, named
from huoqun.chat.formats.whatsapp_said import classify, mentions
from huoqun.chat.formats.whatsapp_system import System, read_system
from huoqun.chat.formats.whatsapp_words import GROUP_FILE
from huoqun.chat.heads import Heads, before, pasted, sane
from huoqun.chat.lines import Ints, Lines, Mask, split, texts
from huoqun.chat.message import Chat, Skipped
from huoqun.chat.mould import Stamped
from huoqun.chat.rows import build, with_events
from huoqun.chat.source import Source

NAME = "whatsapp"

_HEAD = re.compile(
    r"^[\u200e\u200f\ufeff]*(?:\[\d{1,4}[./-] ?\d{1,2}[./-] ?\d{1,4}\.?[^\d\n]{1,12}\d{1,2}[:.]\d{2}[^\]\n]{0,14}\] "
    r"|\d{1,4}[./-] ?\d{1,2}[./-] ?\d{1,4}\.?[^\d\n]{1,12}\d{1,2}[:.]\d{2}[^\n]{0,14}? - )\S",
    re.MULTILINE,
)
_MARK = b"\xe2\x80\x8e"
_LONGEST_WORD = 16
"""Bytes between date and time, and after the time: `, `, ` 下午`, ` a. m.`."""


def recognises(source: Source) -> bool:
    """The first line is a header, or two are, of which one stands near the beginning."""
    heads = list(_HEAD.finditer(source.head))
    return bool(heads) and (heads[0].start() == 0 or (len(heads) > 1 and heads[0].start() < 500))


def read(source: Source, *, zone: str | None) -> list[Chat]:
    """The one group of the file."""
    home, zone_source = clock.choose(zone)
    lines = split(source.data)
    heads, ambiguous = _heads(lines)
    notes = ["date_order_ambiguous"] if ambiguous else []
    foreign = pasted(heads)
    if foreign.any():
        notes.append("pasted_headers")
        heads = heads.only(~foreign)
    skipped = [Skipped(int(line), "no_header") for line in before(lines, heads)]
    skipped += [Skipped(int(line), "bad_time") for line in heads.line[~heads.good]]
    rows, system = _rows(lines, heads, home)
    return [
        Chat(
            format=NAME,
            network="whatsapp",
            group=_group(source.name, system.title),
            group_id=None,
            zone=home,
            zone_source=zone_source,
            exported_at=None,
            has_ids=False,
            rows=rows,
            owner=system.founder,
            skipped=tuple(sorted(skipped, key=lambda place: place.line)),
            notes=tuple(notes),
        )
    ]


def _heads(lines: Lines) -> tuple[Heads, bool]:
    """The heads, and whether day and month could be the other way round."""
    first = lines.raw.take(lines.starts, mode="clip")
    long_enough = lines.stops - lines.starts > 14
    which = np.flatnonzero(long_enough & ((first - np.uint8(48) < 10) | (first == 91) | (first > 0xE0)))
    found = mould.read(lines, which, _stamped)
    style = found.marks[0]
    found = found.only(style == np.bincount(style).argmax()) if len(style) else found
    one, two, three, hour, minute, second = found.numbers
    style, half, american = found.marks
    possible = (hour < 25) & (minute < 60) & (second < 61)
    seconds = _hour(hour, half).astype(np.int64) * 3600 + minute.astype(np.int64) * 60 + np.maximum(second, 0)
    dates = read_dates(one, two, three, style % 8, seconds, "mdy" if len(style) and american.mean() > 0.5 else "dmy")
    moment = dates.days * 86400 + seconds
    return Heads(found.line, found.rest, moment, possible & dates.ok & sane(moment)), dates.ambiguous


def _stamped(lines: Lines, which: Ints) -> Stamped:
    """What stands in lines that are heads of any style. Numbers: the date's three, hour, minute, second; marks: style,
    half of the day, whether AM or PM stands as Americans write it.
    """
    cursor = Cursor(lines, which)
    while cursor.maybe(_MARK).any() or cursor.maybe(b"\xe2\x80\x8f").any():
        pass
    bracket = cursor.maybe(b"[")
    one, digits = cursor.number(1, 4)
    between = cursor.one_of(b"/.-").astype(np.int64)
    cursor.maybe(b" ")
    two, _ = cursor.number(1, 2)
    cursor.one_of(b"/.-")
    cursor.maybe(b" ")
    three, _ = cursor.number(1, 4)
    cursor.maybe(b".")
    word = cursor.until_digit(_LONGEST_WORD), cursor.at
    hour, _ = cursor.number(1, 2)
    cursor.one_of(b":.")
    minute, _ = cursor.number(2, 2)
    exact = cursor.ok & ((cursor.peek() == 58) | (cursor.peek() == 46)) & (cursor.peek(1) - np.uint8(48) < 10)
    cursor.at = cursor.at + exact
    second, _ = cursor.number(2, 2, where=exact)
    behind = cursor.at
    after = np.where(bracket, cursor.until(b"] ", _LONGEST_WORD, bracket), 0)
    after = np.where(bracket, after, cursor.until(b" - ", _LONGEST_WORD, ~bracket))
    keep = cursor.ok
    half, american = np.zeros((2, len(which)), np.int64)
    half[keep], american[keep] = _halves(lines, (word, (behind, after)), keep)
    style = ((between * 2 + bracket) * 2 + exact) * 8 + np.where(digits == 4, 4, 1)
    numbers = np.stack((one, two, three, hour, minute, np.where(exact, second, -1)))
    marks = np.stack((style, half, american))
    return Stamped(which, keep, cursor.at, numbers.astype(np.int16), marks.astype(np.int16))


def _halves(lines: Lines, pieces: tuple[tuple[Ints, Ints], ...], keep: Mask) -> tuple[Ints, Ints]:
    """The half of the day that the words before or after the time name, and whether it is `AM` or `PM` behind it."""
    half = np.zeros(int(keep.sum()), np.int64)
    american = np.zeros(len(half), np.int64)
    for begin, end in pieces:
        if len(half) and (end[keep] - begin[keep]).max() > 1:
            words = texts(lines.data, begin[keep], end[keep])
            half = np.maximum(half, halves(words).to_numpy())
            american = words.str.contains(r"\b[AP]M$").to_numpy().astype(np.int64)
    return half, american


def _hour(hour: Ints, half: Ints) -> Ints:
    """The hour of the day from the hour as written and the half of the day."""
    noon = hour == 12
    hour = np.where(noon & ((half == MORNING) | (half == NIGHT)), 0, hour)
    return np.where((hour < 12) & ~noon & (half >= AFTERNOON), hour + 12, hour)


def _frame(lines: Lines, heads: Heads) -> tuple[pl.DataFrame, Named]:
    """One row per header: line, wall time, name ("" for a system line), text, and what `classify` tells; and who said
    them.
    """
    stop = lines.stops[heads.ends(len(lines.starts)) - 1][heads.good]
    heads = heads.only(heads.good)
    line, begin = heads.line, heads.rest
    who = named(lines, begin, lines.stops[line]).clean()
    said = who.ends >= 0
    text = texts(lines.data, np.where(said, np.minimum(who.ends + 2, lines.stops[line]), begin), stop)
    if lines.windows:
        text = text.str.replace_all("\r\n", "\n", literal=True)
    if text.len() and str(text[-1]).endswith("\n"):
        text = text.scatter(text.len() - 1, str(text[-1]).rstrip("\n"))
    frame = pl.DataFrame({"line": line, "local": heads.wall(), "name": who.names, "text": text, "said": said})
    return classify(frame), who


def _rows(lines: Lines, heads: Heads, zone: str) -> tuple[pl.DataFrame, System]:
    """Messages and events in the order of the file. Frames are let go as soon as the next stands: they are large."""
    frame, who = _frame(lines, heads)
    system = read_system(frame, frozenset(who.different))
    columns = ["line", "local", "sender", "name", "kind", "text", "subject"]
    frame = frame.with_columns(sender="name", subject=pl.lit(None, pl.String)).select(columns)
    frame = with_events(frame, system.events.select(columns))
    if who.mentions:
        frame = frame.with_columns(mentions=mentions(frame["text"]))
    return build(frame, zone), system


def _group(name: str, title: str | None) -> str:
    """The group's name: what the file's name says around it, else the last title set, else the file's name."""
    for part in reversed(name.split("/")):
        found = GROUP_FILE.match(Source(part, b"").stem)
        if found:
            return found["name"]
    own = Source(name, b"").stem
    return title or (own if own != "_chat" else Source(name.split("/")[0], b"").stem)
