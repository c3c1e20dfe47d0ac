"""Reading: how fast each format is read, against other people's parsers and against what the machine can do at all.

`python -m bench.parse [COUNT [ROUNDS]]` (a million, five). Seconds are processor seconds of the whole process, all
threads together, so that other work on the machine counts on neither side; ours include opening and recognising.
Rounds alternate between the readers; the table shows medians.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench import peers
from bench.generate import export
from bench.row import HEAD, Row
from huoqun.chat.recognise import read_file

COUNT = 1_000_000
ROUNDS = 5
SLOW_PEER = 200_000
"""Rows that the slowest peers are given: they take a minute for a million, and are linear."""

Reader = Callable[[Path], tuple[float, int]]


def ours(path: Path) -> tuple[float, int]:
    """Processor seconds and rows of our reading."""
    start = time.process_time()
    rows = sum(chat.rows.height for chat in read_file(path))
    return time.process_time() - start, rows


def floor(path: Path) -> tuple[float, int]:
    """Read, decode, split into lines: the least that any reader of text does."""
    start = time.process_time()
    lines = path.read_bytes().decode("utf-8-sig").split("\n")
    return time.process_time() - start, len(lines)


class _Author(msgspec.Struct):
    id: str
    name: str
    nickname: str | None = None
    isBot: bool = False


class _Message(msgspec.Struct):
    id: str
    type: str
    timestamp: str
    content: str
    author: _Author


class _Export(msgspec.Struct):
    messages: list[_Message]


def structs(path: Path) -> tuple[float, int]:
    """msgspec decoding a Discord export into structs of five fields."""
    start = time.process_time()
    found = msgspec.json.decode(path.read_bytes(), type=_Export)
    return time.process_time() - start, len(found.messages)


def _peer(code: str, *, node: bool = False) -> Reader:
    return lambda path: peers.seconds(code, path, node=node)


@dataclass(frozen=True)
class Race:
    """One format against one reference."""

    layout: str
    reference: str
    reader: Reader
    aim: float
    slow: bool = False


RACES = (
    Race(
        "whatsapp",
        "chat-miner",
        _peer(peers.CHAT_MINER.format(parser="WhatsAppParser", clock="process_time")),
        50,
        slow=True,
    ),
    Race("whatsapp", "whatstk", _peer(peers.WHATSTK), 20, slow=True),
    Race("whatsapp", "whatsapp-chat-parser", _peer(peers.WHATSAPP_CHAT_PARSER, node=True), 3),
    Race("whatsapp_ios", "whatsapp-chat-parser", _peer(peers.WHATSAPP_CHAT_PARSER, node=True), 3),
    Race(
        "telegram",
        "chat-miner",
        _peer(peers.CHAT_MINER.format(parser="TelegramJsonParser", clock="process_time")),
        8,
        slow=True,
    ),
    Race("wechat_csv_a", "plain read", floor, 1 / 4),
    Race("wechat_csv_b", "plain read", floor, 1 / 4),
    Race("wechat_csv_c", "plain read", floor, 1 / 4),
    Race("wechat_csv_d", "plain read", floor, 1 / 4),
    Race("qq_txt", "plain read", floor, 1 / 8),
    Race("discord", "msgspec structs", structs, 1 / 2),
)


def run(*, quick: bool = False) -> list[Row]:
    """The table's rows."""
    return list(rows(20_000 if quick else COUNT, 1 if quick else ROUNDS))


def rows(count: int, rounds: int) -> Iterable[Row]:
    """One row a race."""
    peers.ready()
    for race in RACES:
        path = export(race.layout, count)
        theirs_path = export(race.layout, min(count, SLOW_PEER)) if race.slow else path
        mine, theirs = [], []
        for _ in range(rounds):
            mine.append(_a_second(ours(path), count))
            theirs.append(_a_second(race.reader(theirs_path), min(count, SLOW_PEER) if race.slow else count))
        own, other = statistics.median(mine), statistics.median(theirs)
        yield Row(
            work=f"read {race.layout}, {count:,} messages",
            ours=f"{own:,.0f}/s",
            reference=f"{race.reference} {other:,.0f}/s",
            ratio=own / other,
            aim=f"{race.aim:g} x",
            met=own / other >= race.aim,
        )


def _a_second(result: tuple[float, int], count: int) -> float:
    took, found = result
    assert found > count * 0.5, f"only {found} of {count} rows were read"
    return count / max(took, 1e-9)


if __name__ == "__main__":
    print(HEAD)
    for line in rows(
        int(sys.argv[1]) if len(sys.argv) > 1 else COUNT, ROUNDS if len(sys.argv) < 3 else int(sys.argv[2])
    ):
        print(line, flush=True)
