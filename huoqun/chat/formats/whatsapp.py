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

from huoqun.chat import zone as clock
from huoqun.chat.cursor import Cursor
from huoqun.chat.dates import read as read_dates
from huoqun.chat.daytime import AFTERNOON, MORNING, NIGHT, halves
from huoqun.chat.encoding import Bytes
from huoqun.chat.formats.whatsapp_names import name_ends
from huoqun.chat.formats.whatsapp_said import classify
from huoqun.chat.formats.whatsapp_system import System, read_system
from huoqun.chat.formats.whatsapp_words import GROUP_FILE, MARKS
from huoqun.chat.heads import Heads, before, pasted, sane
from huoqun.chat.lines import Ints, Lines, Mask, split, texts
from huoqun.chat.message import Chat, Skipped
from huoqun.chat.rows import build
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
    named, zone_source = clock.choose(zone)
    lines = split(source.data)
    heads, ambiguous = _heads(lines)
    notes = ["date_order_ambiguous"] if ambiguous else []
    foreign = pasted(heads)
    if foreign.any():
        notes.append("pasted_headers")
        heads = heads.only(~foreign)
    skipped = [Skipped(int(line), "no_header") for line in before(lines, heads)]
    skipped += [Skipped(int(line), "bad_time") for line in heads.line[~heads.good]]
    frame = _frame(lines, heads)
    system = read_system(frame)
    title = system.title
    return [
        Chat(
            format=NAME,
            network="whatsapp",
            group=_group(source.name, title),
            group_id=None,
            zone=named,
            zone_source=zone_source,
            exported_at=None,
            has_ids=False,
            rows=build(_together(frame, system), named),
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
    cursor = Cursor(lines, which)
    while cursor.maybe(_MARK).any() or cursor.maybe(b"\xe2\x80\x8f").any():
        pass
    bracket = cursor.maybe(b"[")
    one, digits = cursor.number(1, 4)
    between = cursor.one_of(b"/.-")
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
    cursor.ok &= bracket == ((bracket & cursor.ok).sum() * 2 > cursor.ok.sum())
    tail = cursor.until(b"] " if (bracket & cursor.ok).any() else b" - ", _LONGEST_WORD)
    cursor.ok &= _habit(between.astype(np.int64) * 4 + exact * 2 + (digits == 4), cursor.ok)
    keep = cursor.ok
    seconds = _hour(lines.data, hour[keep], (word, tail), keep) * 3600 + minute[keep] * 60 + second[keep]
    possible = (hour[keep] < 25) & (minute[keep] < 60) & (second[keep] < 61)
    dates = read_dates(
        one[keep], two[keep], three[keep], digits[keep], seconds, _hint(texts(lines.data, tail[0][keep], tail[1][keep]))
    )
    moment = dates.days * 86400 + seconds
    good = possible & dates.ok & sane(moment)
    return Heads(which[keep], cursor.at[keep], moment, good), dates.ambiguous


def _habit(style: Ints, ok: Mask) -> Mask:
    """Which lines are written as most headers of the file are."""
    if not ok.any():
        return ok
    counts = np.bincount(style[ok])
    return np.asarray(style == counts.argmax())


def _hour(data: Bytes, hour: Ints, pieces: tuple[tuple[Ints, Ints], ...], keep: Mask) -> Ints:
    """The hour of the day from the hour as written and the words around it."""
    half = np.zeros(len(hour), np.int64)
    for begin, end in pieces:
        if len(hour) and (end[keep] - begin[keep]).max() > 1:
            half = np.maximum(half, halves(texts(data, begin[keep], end[keep])).to_numpy())
    noon = hour == 12
    hour = np.where(noon & ((half == MORNING) | (half == NIGHT)), 0, hour)
    return np.where((hour < 12) & ~noon & (half >= AFTERNOON), hour + 12, hour)


def _hint(tail: pl.Series) -> str:
    """Month first where `AM` or `PM` follows the time in just this spelling: American phones; else day first."""
    return "mdy" if tail.str.contains(r"\b[AP]M$").sum() * 2 > len(tail) else "dmy"


def _frame(lines: Lines, heads: Heads) -> pl.DataFrame:
    """One row per header: line, wall time, name (null for a system line), text."""
    stop = lines.stops[heads.ends(len(lines.starts)) - 1][heads.good]
    heads = heads.only(heads.good)
    line, begin = heads.line, heads.rest
    ends = name_ends(lines.data, begin, lines.stops[line])
    said = ends >= 0
    from_ = np.where(said, np.minimum(ends + 2, lines.stops[line]), begin)
    text = texts(lines.data, from_, stop)
    if lines.windows:
        text = text.str.replace_all("\r\n", "\n", literal=True)
    names = texts(lines.data, begin, np.where(said, ends, begin))
    frame = pl.DataFrame(
        {
            "line": line,
            "local": heads.wall(),
            "name": _clean(names),
            "text": text,
            "said": said,
        }
    )
    if frame.height and str(frame["text"][-1]).endswith("\n"):
        last = pl.int_range(pl.len()) == pl.len() - 1
        frame = frame.with_columns(text=pl.when(last).then(pl.col("text").str.strip_chars_end("\n")).otherwise("text"))
    return classify(frame)


def _clean(names: pl.Series) -> pl.Series:
    """Names without direction marks and without the `~` that stands before people not in the address book."""
    different = names.unique()
    cleaned = [re.sub("^~[ \u202f\u00a0]*", "", MARKS.sub("", name)).strip() for name in different.to_list()]
    if cleaned == different.to_list():
        return names
    return names.replace_strict(different, pl.Series(cleaned, dtype=pl.String), return_dtype=pl.String)


def _together(frame: pl.DataFrame, system: System) -> pl.DataFrame:
    """Messages and events in the order of the file."""
    said = frame.filter(pl.col("said") & ~pl.col("line").is_in(system.events["line"].implode())).with_columns(
        sender="name", subject=pl.lit(None, pl.String)
    )
    columns = ["line", "local", "sender", "name", "kind", "text", "mentions", "subject"]
    rows = pl.concat([said.select(columns), system.events.select(columns)])
    return rows.sort("line", maintain_order=True) if system.events.height else rows


def _group(name: str, title: str | None) -> str:
    """The group's name: what the file's name says around it, else the last title set, else the file's name."""
    for part in reversed(name.split("/")):
        found = GROUP_FILE.match(Source(part, b"").stem)
        if found:
            return found["name"]
    own = Source(name, b"").stem
    return title or (own if own != "_chat" else Source(name.split("/")[0], b"").stem)
