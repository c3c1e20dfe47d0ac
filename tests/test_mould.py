"""Heads that come out of a mould are read exactly as step by step, and clocks by the day exactly as by the row."""

import random
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from huoqun.chat import mould
from huoqun.chat.formats import qq_txt, whatsapp
from huoqun.chat.formats.wechat_cell import unpacked
from huoqun.chat.lines import split
from huoqun.chat.recognise import read_file
from huoqun.chat.rows import with_events
from huoqun.chat.zone import to_local, to_utc

STYLES = (
    "{d}/{m}/{y}, {h}:{n:02d} - ",
    "[{m}/{d}/{y}, {h12}:{n:02d}:{s:02d}\u202f{half}] ",
    "\u200e[{y}/{m}/{d} {word}{h12}:{n:02d}:{s:02d}] ",
    "{d:02d}.{m:02d}.{y}, {h:02d}:{n:02d} - ",
    "{y}-{m:02d}-{d:02d} {h}:{n:02d}:{s:02d} ",
)


def _head(style, moment):
    return style.format(
        d=moment.day,
        m=moment.month,
        y=moment.year,
        h=moment.hour,
        h12=moment.hour % 12 or 12,
        n=moment.minute,
        s=moment.second,
        half="AM" if moment.hour < 12 else "PM",
        word="上午" if moment.hour < 12 else "下午",
    )


def _file(style, count, chance):
    """A chat with messages of several lines, some of which look a little like heads."""
    moment, lines = datetime(2023, 1, 1, 0, 5), []
    for number in range(count):
        moment += timedelta(minutes=chance.randrange(1, 300), seconds=chance.randrange(60))
        lines.append(f"{_head(style, moment)}Alice: message {number}")
        if chance.random() < 0.2:
            lines.append(
                chance.choice(("12/", "1234567890 - 12:30 - x", "和第二行", "99/99/9999, 99:99 - Eve: no", ""))
            )
    return "\n".join(lines).encode()


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("reader", [whatsapp._stamped, qq_txt._stamped])
def test_a_mould_reads_what_the_cursor_reads(style, reader):
    lines = split(_file(style, 9_000, random.Random(style)))
    which = np.arange(len(lines.starts))
    fast = mould.read(lines, which, reader)
    slow = reader(lines, which)
    slow = slow.only(slow.ok)
    for one, other in zip(
        (fast.line, fast.rest, fast.numbers, fast.marks), (slow.line, slow.rest, slow.numbers, slow.marks), strict=True
    ):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("style", STYLES[:4])
def test_a_long_file_keeps_every_message_and_its_minute(style, tmp_path):
    path = tmp_path / "chat.txt"
    path.write_bytes(_file(style, 5_000, random.Random(7)))
    (chat,) = read_file(path, zone="UTC")
    chance, moment = random.Random(7), datetime(2023, 1, 1, 0, 5)
    said = chat.rows.filter(pl.col("text").str.starts_with("message"))
    assert said.height >= 4_999
    for number, time in enumerate(said["time"].head(3_000)):
        moment += timedelta(minutes=chance.randrange(1, 300), seconds=chance.randrange(60))
        assert time.replace(second=0) == moment.replace(second=0), number
        if chance.random() < 0.2:
            chance.choice(range(5))


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "America/St_Johns", "UTC"])
@pytest.mark.parametrize("begin", [datetime(2023, 1, 20), datetime(2023, 3, 1), datetime(1990, 8, 20)])
def test_many_times_are_converted_as_few_are(zone, begin):
    local = pl.Series([begin + timedelta(minutes=3 * number) for number in range(12_000)]).cast(pl.Datetime("us"))
    few = 5_000
    for convert in (to_utc, to_local):
        pieces = [convert(local[at : at + few], zone) for at in range(0, local.len(), few)]
        assert convert(local, zone).to_list() == pl.concat(pieces).to_list()


def test_events_stand_where_their_lines_stood():
    said = pl.DataFrame({"line": [0, 2, 5, 9], "text": ["a", "b", "c", "d"]})
    events = pl.DataFrame({"line": [2, 2, 9], "text": ["joined", "joined too", "left"]})
    assert with_events(said, events).rows() == [(0, "a"), (2, "joined"), (2, "joined too"), (5, "c"), (9, "left")]
    assert with_events(said, events.clear()).equals(said)


def test_json_cells_give_their_words_however_they_are_written():
    cells = [
        '{"src": "", "msg": "早"}',
        '{"msg": "早", "src": ""}',
        '{"src": "", "msg": ""}',
        '{"src": "x.jpg", "msg": "y"}',
        '{"src": "", "msg": "a\\nb \\"c\\""}',
        '{"src": "", "msg": "raw\nbreak"}',
        '{"src": "", "msg": "cut',
        "no json",
        None,
    ]
    words = [
        "早",
        "早",
        "",
        "y",
        'a\nb "c"',
        '{"src": "", "msg": "raw\nbreak"}',
        '{"src": "", "msg": "cut',
        "no json",
        "",
    ]
    assert unpacked(pl.Series(cells, dtype=pl.String)).to_list() == words
