"""Completeness: how far a history can be trusted, with the holes that were seen.

Exporters say "done" while hundreds of messages are missing, or keep only the last week. What is graded here is what the
rows prove:

* `sequence`: the network's running numbers jump by more than deleting single messages explains.
* `days`: an abrupt hole in a steadily busy group (`chat/hole.py`).
* `types`: pictures or system lines never occur in a long history of a network that always has them.
* `names`: messages without a sender.
* `clock`: times that go backwards, or rows years away from all others.
* `skipped`: damaged places of the file. `short`: the beginning is missing, or too little to know habits.

A is proven whole: numbers run on without a hole. A format without running numbers can reach B at best, and only what
was observed lowers it further. Conclusions are refused below B.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from huoqun.chat.hole import holes
from huoqun.chat.message import EVENT_KINDS, MESSAGE_KINDS, Chat

GRADES = "ABCDEF"

SEQUENCE_STEPS = (0.0, 0.01, 0.10, 0.30, 0.60)
"""Shares of missing messages up to which the grade is A, B, C, D, E."""
DAY_STEPS = (0.0, 0.0, 0.15, 0.40, 0.70)
"""The same for missing days: a hole that was seen is never better than C."""
SKIP_STEPS = (0.001, 0.02, 0.10, 0.30, 0.60)
NAME_STEPS = (0.01, 0.20, 0.50, 0.80, 0.95)
DENSE = 0.8
"""From this share of steps by one on, numbers are the group's own; else they are shared with other chats."""
TYPES_FROM = 500
"""Messages from which on a kind that never occurs means something."""
SHORT_MESSAGES, SHORT_DAYS = 50, 14
_CHANCE = 1e-6
_DELETED = 0.3
"""Chance that the neighbour of a deleted message is deleted too: whoever deletes spam deletes several."""
_MEDIA = ("image", "voice", "video", "file", "sticker")
_WITH_MEDIA = frozenset({"wechat", "qq", "telegram", "whatsapp", "discord", "wecom"})


@dataclass(frozen=True)
class Gap:
    """A hole in the history, or a doubt about it. The fields are those of the document's gaps."""

    kind: str
    start: datetime | None = None
    """The last row before the hole, naive UTC."""
    end: datetime | None = None
    missing: int | None = None
    """Messages or days, where they can be counted."""
    detail: str = ""


@dataclass(frozen=True)
class Completeness:
    """The grade and what it rests on."""

    grade: str
    gaps: tuple[Gap, ...]


def completeness(chat: Chat) -> Completeness:
    """Grade one history."""
    rows = chat.rows.sort("time", "order")
    if not rows.height:
        return Completeness("F", (Gap("short", missing=0),))
    found = [_sequence(rows), _days(rows), _types(chat), _names(rows), _clock(chat, rows), _skipped(chat), _short(rows)]
    numbered = _numbers(rows) is not None
    if not numbered:
        found.append((1, [Gap("no_ids", detail="" if not chat.has_ids else "ids_without_order")]))
    if "chunks_missing" in chat.notes:
        found.append((2, [Gap("sequence", detail="chunks_missing")]))
    worst = max(grade for grade, _ in found)
    return Completeness(GRADES[worst], tuple(gap for _, gaps in found for gap in gaps))


def _step(share: float, steps: Iterable[float]) -> int:
    """The grade (0 is A) of a share of what is missing."""
    return sum(share > step for step in steps)


def _numbers(rows: pl.DataFrame) -> pl.DataFrame | None:
    """The running numbers in order, each once, if they are the group's own; else None."""
    numbered = rows.filter(pl.col("sequence").is_not_null()).unique("sequence", keep="first", maintain_order=True)
    if numbered.height < 20 or numbered.height < 0.8 * rows["key"].drop_nulls().n_unique():
        return None
    ahead = numbered["sequence"].diff().drop_nulls()
    if (ahead > 0).mean() < 0.95:  # type: ignore[operator]
        return None
    ordered = numbered.sort("sequence")
    return ordered if (ordered["sequence"].diff().drop_nulls() == 1).mean() >= DENSE else None  # type: ignore[operator]


def _sequence(rows: pl.DataFrame) -> tuple[int, list[Gap]]:
    """Jumps of the running numbers; a few deleted messages between two others are life, not a hole."""
    numbered = _numbers(rows)
    if numbered is None:
        return 0, []
    steps = numbered["sequence"].diff().to_numpy()[1:] - 1
    few = steps[steps < 5]
    rate = max(float(few.sum()) / max(len(few), 1), _DELETED)
    large = max(np.log(_CHANCE) / np.log(min(rate, 0.9)), 5)
    places = np.flatnonzero(steps >= large)
    times = numbered["time"]
    gaps = [Gap("sequence", times[int(p)], times[int(p) + 1], int(steps[p])) for p in places.tolist()]
    missing = sum(gap.missing or 0 for gap in gaps)
    first = int(numbered["sequence"][0])
    if first > max(100, numbered.height // 100):
        return max(1, _step(missing / (missing + numbered.height), SEQUENCE_STEPS)), [
            Gap("short", None, times[0], first - 1, "beginning_missing"),
            *gaps,
        ]
    return _step(missing / (missing + numbered.height), SEQUENCE_STEPS), gaps


def _days(rows: pl.DataFrame) -> tuple[int, list[Gap]]:
    """Holes of whole days, except where the running numbers prove that nothing was said."""
    days = rows["local"].dt.date().to_physical().to_numpy()
    found = holes(days)
    if not found:
        return 0, []
    numbered = _numbers(rows)
    gaps = []
    for last, count in found:
        place = int(np.searchsorted(days, last, side="right"))
        start, end = rows["time"][place - 1], rows["time"][place]
        if numbered is not None:
            over = numbered.filter(pl.col("time").is_between(start, end))["sequence"].diff().drop_nulls()
            if over.len() and int(over.max()) <= 5:  # type: ignore[arg-type]
                continue
        gaps.append(Gap("days", start, end, count))
    missing = sum(gap.missing or 0 for gap in gaps)
    return _step(missing / (int(days[-1] - days[0]) + 1), DAY_STEPS) if gaps else 0, gaps


def _types(chat: Chat) -> tuple[int, list[Gap]]:
    """Kinds that a network always has and this export never."""
    kinds = chat.rows["kind"].cast(pl.String)
    said = kinds.filter(kinds.is_in(MESSAGE_KINDS))
    if said.len() < TYPES_FROM or chat.network not in _WITH_MEDIA:
        return 0, []
    lost = [] if said.is_in(_MEDIA).any() else ["media"]
    lost += [] if kinds.is_in(EVENT_KINDS).any() else ["events"]
    return (1, [Gap("types", detail=",".join(lost))]) if lost else (0, [])


def _names(rows: pl.DataFrame) -> tuple[int, list[Gap]]:
    """Messages that nobody sent."""
    said = rows.filter(pl.col("kind").to_physical() < len(MESSAGE_KINDS))
    nobody = said.filter(pl.col("sender").is_null() | pl.col("sender").is_in(["?", "未知", "unknown"]))
    if not nobody.height:
        return 0, []
    gap = Gap("names", nobody["time"][0], nobody["time"][-1], nobody.height)
    return _step(nobody.height / said.height, NAME_STEPS), [gap]


def _clock(chat: Chat, rows: pl.DataFrame) -> tuple[int, list[Gap]]:
    """Rows far away from all others, rows after the export, and times that run backwards in the file."""
    gaps = []
    times = rows["time"]
    if chat.exported_at is not None:
        late = rows.filter(pl.col("time") > chat.exported_at + timedelta(days=2))
        if late.height:
            gaps.append(Gap("clock", late["time"][0], late["time"][-1], late.height, "after_export"))
    steps = times.diff().dt.total_days().to_numpy()[1:]
    for place in np.flatnonzero(steps > 3 * 365).tolist():
        few = min(place + 1, rows.height - place - 1)
        if few <= 3 and few < 0.01 * rows.height:
            gaps.append(Gap("clock", times[place], times[place + 1], few, "far_away"))
    if rows["line"].is_not_null().all() and rows["line"].n_unique() == rows.height:
        filed = rows.sort("line")["time"].diff().dt.total_hours()
        back = filed < -24
        share = float(back.sum()) / rows.height
        if 0 < back.sum() <= 20 and share < 0.01:
            gaps.append(
                Gap("clock", rows.sort("line")["time"][int(back.arg_true()[0])], None, int(back.sum()), "backwards")
            )
    return (1 if gaps else 0), gaps


def _skipped(chat: Chat) -> tuple[int, list[Gap]]:
    """Damaged places of the file."""
    count = len(chat.skipped)
    if not count:
        return 0, []
    return _step(count / (count + chat.rows.height), SKIP_STEPS), [Gap("skipped", missing=count)]


def _short(rows: pl.DataFrame) -> tuple[int, list[Gap]]:
    """Too little to know habits: a note, no fault."""
    span = (rows["time"][-1] - rows["time"][0]).days
    if rows.height >= SHORT_MESSAGES and span >= SHORT_DAYS:
        return 0, []
    return 1, [Gap("short", rows["time"][0], rows["time"][-1])]
