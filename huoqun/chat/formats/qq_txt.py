"""QQ: the text file of the message manager (消息管理器), one conversation or all of them.

    消息记录（此消息记录为文本格式，不支持重新导入）

    ================================================================
    消息分组:我的群聊
    ================================================================
    消息对象:测试群
    ================================================================

    2024-01-02 03:04:05 【管理员】Alice(10001)
    first line
    second line

    2024-01-02 8:06:07 PM Bob<bob@example.com>               the clock of an English Windows; a mail instead of a number
    [图片]

    2024-01-02 20:07:00 系统消息(10000)
    Carol(10003) 加入本群。

A message begins after an empty line. Honours `【…】` do not belong to the name. Who has a number or a mail keeps it
through renames; a name alone stands for the number it is seen with elsewhere in the file. Groups in a file that
appear twice are one.
"""

import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from huoqun.chat import mould
from huoqun.chat import zone as clock
from huoqun.chat.cursor import Cursor
from huoqun.chat.dates import days_of, in_a_row
from huoqun.chat.daytime import AFTERNOON, MORNING, NIGHT, halves
from huoqun.chat.formats.qq_people import SYSTEM, honours_off, people, resolve
from huoqun.chat.heads import Heads, pasted, sane
from huoqun.chat.lines import Ints, Lines, Mask, split, texts
from huoqun.chat.message import Chat, Kind, Skipped
from huoqun.chat.mould import Stamped
from huoqun.chat.placeholder import told_apart
from huoqun.chat.reported import told
from huoqun.chat.rows import build, with_events
from huoqun.chat.source import Source

NAME = "qq_txt"

_BANNER = re.compile("消息记录（此消息记录为文本格式|^消息对象[:：]|^訊息對象[:：]", re.MULTILINE)
_HEAD = re.compile(
    r"^\d{4}-\d{1,2}-\d{1,2} [^\d\n]{0,8}\d{1,2}:\d{2}:\d{2} .*(?:\(\d{5,12}\)|<[^<>\s]+@[^<>\s]+>)\r?$", re.MULTILINE
)
_ANY_HEAD = re.compile(r"^\d{4}-\d{1,2}-\d{1,2} [^\d\n]{0,8}\d{1,2}:\d{2}:\d{2} .*\S", re.MULTILINE)
_RULE = b"================"


def recognises(source: Source) -> bool:
    """The message manager's banner, or heads of which most end in a QQ number or a mail."""
    if _BANNER.search(source.head):
        return bool(_ANY_HEAD.search(source.head)) or "消息记录（此消息记录" in source.head
    heads = len(_ANY_HEAD.findall(source.head))
    return heads > 0 and len(_HEAD.findall(source.head)) * 2 >= heads


def read(source: Source, *, zone: str | None) -> list[Chat]:
    """The conversations of the file, in the order in which they first appear."""
    frame, blocks, bad, stray = _read(source)
    chats = []
    for name in dict.fromkeys(blocks.names) if blocks.names else [source.stem]:
        mine = np.array([number for number, other in enumerate(blocks.names) if other == name] or [0])
        parts = [frame.filter(pl.col("block").is_in(mine.tolist())) if len(blocks.names) > 1 else frame]
        if len(blocks.names) < 2:
            del frame  # the one part is it
        skipped = [Skipped(int(line), "bad_time") for line in bad[np.isin(blocks.of(bad), mine)]]
        skipped += [Skipped(int(line), "no_header") for line in stray[np.isin(blocks.of(stray), mine)]]
        if parts[0].height or skipped or len(blocks.names) < 2:
            chats.append(_chat(name, parts.pop(), skipped, zone))
    return chats


def _read(source: Source) -> tuple[pl.DataFrame, "_Blocks", Ints, Ints]:
    """The messages of all conversations, where these begin, and the lines of bad times and in no message."""
    lines = split(source.data)
    blocks = _blocks(lines)
    heads = _heads(lines, blocks)
    return _frame(lines, heads, blocks), blocks, heads.line[~heads.good], _stray(lines, heads, blocks)


@dataclass(frozen=True)
class _Blocks:
    """The conversations of a file: where each begins, and its name."""

    begins: Ints
    """Line of the first rule above the name."""
    bodies: Ints
    """Line after the last rule below the name."""
    names: list[str]

    def of(self, line: Ints) -> Ints:
        """The number of the conversation each line stands in; lines above the first belong to it."""
        return np.asarray(np.maximum(np.searchsorted(self.begins, line, side="right") - 1, 0), np.int64)


def _blocks(lines: Lines) -> _Blocks:
    raw, starts = lines.raw, lines.starts
    ruled = np.flatnonzero((raw.take(starts, mode="clip") == 61) & (lines.stops - starts >= 16))
    ruled = ruled[[lines.data[starts[n] : starts[n] + 16] == _RULE for n in ruled.tolist()]]
    begins, bodies, names = [], [], []
    rules = set(ruled.tolist())
    for rule in ruled.tolist():
        named = rule + 1
        text = bytes(lines.data[starts[named] : lines.stops[named]]).decode() if named < len(starts) else ""
        found = re.match(r"(?:消息对象|訊息對象|消息對象|Message (?:Object|Target))[:：](.*)", text)
        if found:
            above = rule - 2 if rule - 2 in rules else rule
            begins.append(above)
            bodies.append(named + 2 if named + 1 in rules else named + 1)
            names.append(found[1].strip())
    return _Blocks(np.array(begins, np.int64), np.array(bodies, np.int64), names)


def _heads(lines: Lines, blocks: _Blocks) -> Heads:
    first = lines.raw.take(lines.starts, mode="clip") - np.uint8(48)
    which = np.flatnonzero((first < 10) & (lines.stops - lines.starts > 16))
    found = mould.read(lines, which[_after_a_gap(lines, which, blocks)], _stamped)
    cursor = Cursor(lines, found.line)
    cursor.at = found.rest
    morning, afternoon = cursor.maybe(b"AM "), cursor.maybe(b"PM ")
    named = cursor.at < cursor.stop
    found, rest, morning, afternoon = found.only(named), cursor.at[named], morning[named], afternoon[named]
    year, month, day, hour, minute, second = found.numbers
    half = found.marks[0]
    if (morning | afternoon).sum() * 2 >= len(rest):  # an English clock: AM and PM are no part of names
        half = np.where(morning, MORNING, np.where(afternoon, AFTERNOON, half))
    else:
        rest = found.rest
    noon = hour == 12
    hour = np.where(noon & ((half == MORNING) | (half == NIGHT)), 0, hour)
    hour = np.where((half >= AFTERNOON) & (hour < 12) & ~noon, hour + 12, hour)
    dates, times = in_a_row(year, month, day)
    days, exist = days_of(*dates)
    exist = np.repeat(exist, times)
    moment = np.repeat(days, times) * 86400 + (hour.astype(np.int32) * 3600 + minute.astype(np.int32) * 60 + second)
    good = exist & (hour < 24) & (minute < 60) & (second < 61) & sane(moment)
    heads = Heads(found.line, rest, moment, good)
    return heads.only(~pasted(heads)) if len(blocks.names) < 2 else heads


def _stamped(lines: Lines, which: Ints) -> Stamped:
    """What stands in lines that are heads. Numbers: year, month, day, hour as written, minute, second; mark: the half
    of the day by a word before the time.
    """
    cursor = Cursor(lines, which)
    year, _ = cursor.number(4, 4)
    cursor.one_of(b"-/")
    month, _ = cursor.number(1, 2)
    cursor.one_of(b"-/")
    day, _ = cursor.number(1, 2)
    begin = cursor.until_digit(12)
    end = cursor.at
    hour, _ = cursor.number(1, 2)
    cursor.must(b":")
    minute, _ = cursor.number(2, 2)
    cursor.must(b":")
    second, _ = cursor.number(2, 2)
    cursor.must(b" ")
    keep = cursor.ok
    half = np.zeros(len(which), np.int64)
    if keep.any() and (end[keep] - begin[keep]).max() > 1:
        half[keep] = halves(texts(lines.data, begin[keep], end[keep])).to_numpy()
    numbers = np.stack((year, month, day, hour, minute, second))
    return Stamped(which, keep, cursor.at, numbers.astype(np.int16), half[None].astype(np.int16))


def _after_a_gap(lines: Lines, which: Ints, blocks: _Blocks) -> Mask:
    """Which lines follow an empty one or a block's name; all of them where the file has no empty lines."""
    empty = lines.stops == lines.starts
    above = np.maximum(which - 1, 0)
    after = empty[above] | (which == 0) | np.isin(which, blocks.bodies)
    return after if empty.sum() * 3 > len(which) else np.ones(len(which), np.bool_)


def _stray(lines: Lines, heads: Heads, blocks: _Blocks) -> Ints:
    """Lines with words that stand in no message: above the first head of a block, but not its title."""
    firsts = np.searchsorted(heads.line, blocks.bodies) if len(blocks.bodies) else np.array([0])
    begins = blocks.bodies if len(blocks.bodies) else np.array([0])
    ends = np.append(blocks.begins[1:], len(lines.starts)) if len(blocks.begins) else np.array([len(lines.starts)])
    found = []
    for begin, end, first in zip(begins.tolist(), ends.tolist(), firsts.tolist(), strict=True):
        stop = min(end, int(heads.line[first]) if first < len(heads.line) else end)
        found.append(begin + np.flatnonzero(lines.stops[begin:stop] > lines.starts[begin:stop]))
    stray = np.concatenate(found)
    banner = [
        b"\xe6\xb6\x88\xe6\x81\xaf\xe8\xae\xb0\xe5\xbd\x95" in lines.data[lines.starts[n] : lines.stops[n]]
        for n in stray
    ]
    return stray[~np.array(banner, np.bool_)]


def _frame(lines: Lines, heads: Heads, blocks: _Blocks) -> pl.DataFrame:
    """One row per message of all conversations: block, line, wall time, who as written, text."""
    ends = heads.ends(len(lines.starts))
    if len(blocks.begins):
        following = np.append(blocks.begins, len(lines.starts))
        ends = np.minimum(ends, following[np.searchsorted(blocks.begins, heads.line, side="right")])
    empty = lines.stops == lines.starts
    ends = ends - ((ends - 1 > heads.line) & empty[ends - 1])
    last = ends == len(lines.starts) - 1
    while last.any() and (ends[last] - 1 > heads.line[last]).all() and empty[ends[last] - 1].all():
        ends = ends - last
        last = last & (ends - 1 > heads.line)
    good, ends = heads.good, ends[heads.good]
    heads = heads.only(good)
    head_end = lines.stops[heads.line]
    below = np.minimum(heads.line + 1, len(lines.starts) - 1)
    bodied = ends > heads.line + 1
    text = texts(
        lines.data, np.where(bodied, lines.starts[below], head_end), np.where(bodied, lines.stops[ends - 1], head_end)
    )
    if lines.windows:
        text = text.str.replace_all("\r\n", "\n", literal=True)
    who = texts(lines.data, heads.rest, head_end)
    return pl.DataFrame(
        {"block": blocks.of(heads.line), "line": heads.line, "local": heads.wall(), "who": who, "text": text}
    )


def _chat(name: str, frame: pl.DataFrame, skipped: list[Skipped], zone: str | None) -> Chat:
    """One conversation. Frames are let go as soon as the next stands, by the caller too: they are large."""
    named, zone_source = clock.choose(zone)
    frame = resolve(honours_off(frame.drop("block")))
    known = people(frame)
    events = told(frame.filter(pl.col("sender").is_in(SYSTEM)), known.by_name)
    columns = ["line", "local", "sender", "name", "kind", "text", "subject"]
    frame = frame.with_columns(kind=pl.lit("text", Kind), subject=pl.lit(None, pl.String)).select(columns)
    frame = with_events(told_apart(frame), events.select(columns))
    return Chat(
        format=NAME,
        network="qq",
        group=name,
        group_id=None,
        zone=named,
        zone_source=zone_source,
        exported_at=None,
        has_ids=False,
        rows=build(frame, named),
        members=known.members,
        skipped=tuple(sorted(skipped, key=lambda place: place.line)),
    )
