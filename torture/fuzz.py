"""Fuzzing: mutated exports of every layout, plain, packed and re-encoded, read and now and then diagnosed.

The promises: nothing but NotAChat is ever raised, no file takes longer than `SECONDS`, none takes more memory than
four times its size and 300 MB above what an idle process has, and what is reported as skipped are lines of the file.
"""

import gzip
import io
import multiprocessing
import random
import resource
import tempfile
import time
import zipfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

from huoqun.chat.message import SCHEMA, Chat
from huoqun.chat.recognise import read_file
from huoqun.chat.refusal import NotAChat
from huoqun.insight.card import Card
from huoqun.insight.diagnosis import diagnose
from huoqun.web.verdict import page
from torture.seeds import seeds

SECONDS = 60
IDLE_BYTES = 300 << 20
DIAGNOSED = 200
"""One file in so many is diagnosed to the end, page and all."""
BATCH = 250

NASTY = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n\n", b'"', b"'", b"{", b"[", b"}]", b"\\u0000", b"\\ud800", b": ",
    "\u202e".encode(), "\u200e".encode(), "下午".encode(), b"99999999999999999999", b"-1", b"1e400", b"NaN", b"null",
    b"0000-00-00 00:00:00", b"2024-02-30 25:61:61", b"</script><script>alert(1)</script>", b"<!DOCTYPE x>", b"\x1b[2J",
    b'{"a":' * 300, b"[" * 2000, b"," * 500, b"=HYPERLINK(1)", b"\xf0\x9f\x91\xbb",
)  # fmt: skip


def mutate(data: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    """A damaged version: a few random wounds of random kinds."""
    raw = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 12))):
        at = chance.randrange(len(raw) + 1)
        span = chance.choice((1, 3, 20, 200))
        kind = chance.randrange(9)
        if kind == 0:
            raw[at : at + span] = b""
        elif kind == 1:
            raw[at:at] = chance.choice(NASTY)
        elif kind == 2:
            raw[at : at + span] = bytes(chance.randrange(256) for _ in range(span))
        elif kind == 3:
            raw[at:at] = raw[at : at + span] * chance.choice((1, 2, 50))
        elif kind == 4:
            del raw[at:]
        elif kind == 5:
            other = chance.choice(others)
            raw[at:at] = other[chance.randrange(len(other)) :][:2000]
        elif kind == 6 and raw:
            raw[at % len(raw)] ^= 1 << chance.randrange(8)
        elif kind == 7:
            lines = bytes(raw).split(b"\n")
            chance.shuffle(lines)
            raw = bytearray(b"\n".join(lines))
        else:
            raw[at : at + 8] = str(chance.randrange(10**12)).encode()
    return bytes(raw)


def wrap(name: str, data: bytes, chance: random.Random) -> tuple[str, bytes]:
    """The file as it is, in another encoding, or packed."""
    kind = chance.randrange(10)
    if kind == 0:
        return name, data.decode("utf-8", "replace").encode(chance.choice(("utf-16", "utf-16-le", "utf-16-be")))
    if kind == 1:
        return name, data.decode("utf-8", "replace").encode("gb18030")
    if kind == 2:
        packed = gzip.compress(data, 1)
        return name + ".gz", packed if chance.random() < 0.7 else mutate(packed, chance, [packed])
    if kind == 3:
        box = io.BytesIO()
        with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as bundle:
            bundle.writestr(chance.choice((name, "../../evil.txt", "a/" * 40 + name)), data)
        packed = box.getvalue()
        return name + ".zip", packed if chance.random() < 0.7 else mutate(packed, chance, [packed])
    if kind == 4:
        return name, data.replace(b"\n", b"\r\n")
    return name, data


def check(chats: list[Chat], lines: int) -> None:
    """What a reader gave is what a chat must be."""
    assert chats
    for chat in chats:
        assert chat.rows.schema == SCHEMA
        assert chat.rows.select("time", "order").rows() == sorted(chat.rows.select("time", "order").rows())
        assert chat.rows["kind"].null_count() == chat.rows["text"].null_count() == chat.rows["local"].null_count() == 0
        assert all(0 <= skip.line <= lines for skip in chat.skipped), chat.skipped


def batch(seed: int) -> tuple[Counter[str], list[str]]:
    """Read `BATCH` damaged files; outcomes counted, and broken promises in words (with what is needed to repeat)."""
    chance = random.Random(seed)
    known = seeds()
    done: Counter[str] = Counter()
    broken: list[str] = []
    with tempfile.TemporaryDirectory() as place:
        for number in range(BATCH):
            name = chance.choice(sorted(known))
            wounded = mutate(known[name], chance, list(known.values()))
            wrapped, data = wrap(name, wounded, chance)
            path = Path(place) / wrapped.replace("/", "_")
            path.write_bytes(data)
            before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10, time.monotonic()
            try:
                chats = read_file(path)
                check(chats, max(len(data), 100_000))
                done["read"] += 1
                if number % DIAGNOSED == 0:
                    for chat in chats:
                        last = chat.rows["time"].max()
                        page(diagnose(chat, Card(zone=chat.zone), now=last + timedelta(days=1)), "zh")  # type: ignore[operator]
                    done["diagnosed"] += 1
            except NotAChat as error:
                assert str(error).strip() and "\n" not in str(error)
                done["refused"] += 1
            except BaseException as error:  # Polars panics with one
                broken.append(f"seed {seed}, file {number} ({wrapped}): {type(error).__name__}: {str(error)[:200]}")
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10) - before
            if time.monotonic() - began > SECONDS:
                broken.append(f"seed {seed}, file {number} ({wrapped}): longer than {SECONDS} s")
            if grown > IDLE_BYTES + 4 * max(len(data), len(wounded)):
                broken.append(f"seed {seed}, file {number} ({wrapped}): {grown >> 20} MB for {len(data)} bytes")
            path.unlink()
    return done, broken


def run(times: int) -> str:
    """`times` damaged files; raises AssertionError with all broken promises."""
    done: Counter[str] = Counter()
    broken: list[str] = []
    batches = max(1, times // BATCH)
    with multiprocessing.get_context("spawn").Pool(2, maxtasksperchild=8) as pool:
        waiting = [pool.apply_async(batch, (seed,)) for seed in range(batches)]
        for seed, result in enumerate(waiting):
            try:
                counted, wrong = result.get(timeout=SECONDS * BATCH)
            except multiprocessing.TimeoutError:
                wrong, counted = [f"seed {seed}: hangs"], Counter()
            done.update(counted)
            broken += wrong
    assert not broken, "\n".join(broken[:50])
    total = batches * BATCH
    return (
        f"{total:,} damaged files: {done['read']:,} read, {done['refused']:,} refused with a reason, no promise broken"
    )
