"""The encoding: any text file's bytes become UTF-8 without BOM, and what could not be decoded is known by line.

Exports come in UTF-8 (with and without BOM), UTF-16 (QQ, Excel) and GB18030 (Chinese Windows). Valid UTF-8 is passed
on untouched, so that a file of gigabytes is checked at memory speed and never copied.
"""

import codecs
import struct
from collections.abc import Iterator
from mmap import mmap

import polars as pl
import pyarrow as pa

from huoqun.chat.handed import column
from huoqun.chat.refusal import NotAChat

Bytes = bytes | mmap

_SAMPLE = 1 << 16
_CHUNK = 1 << 22
_REACH = 1 << 30
"""Bytes that are one value of a Polars column; it holds four times as many."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    (b"SQLite format 3\0", "database"),
    (b"%PDF-", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"PAR1", "parquet"),
    (b"\x7fELF", "program"),
    (b"Rar!\x1a", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "seven_zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1", "old_office"),
)


def binary(head: bytes) -> str | None:
    """What a file is that is not text, by its first bytes, as a reason to refuse it; None where it can be text.

    Text never holds more than a stray control character or NUL, except UTF-16 and UTF-32, which are full of NULs.
    """
    for magic, what in _MAGIC:
        if head.startswith(magic):
            return what
    if any(head.startswith(bom) for bom, _ in _BOMS) or _wide(head):
        return None
    controls = len(head) - len(head.translate(None, bytes(range(9)) + bytes(range(14, 32))))
    return "binary" if controls * 50 > len(head) else None


def to_utf8(data: Bytes, name: str) -> tuple[Bytes, tuple[int, ...]]:
    """The text in UTF-8 without BOM, and the 0-based lines in which undecodable bytes were replaced by U+FFFD.

    Raises NotAChat where it is no text at all.
    """
    head = bytes(data[:_SAMPLE])
    what = binary(head)
    if what:
        raise NotAChat(name, what)
    skip, encoding = next(((len(bom), enc) for bom, enc in _BOMS if head.startswith(bom)), (0, _wide(head)))
    if encoding in (None, "utf-8"):
        if valid_utf8(data):
            return (data[skip:] if skip else data), ()
        encoding = "utf-8" if skip else _eight_bit(data)
    return _transcode(data, skip, encoding or "utf-8")


def valid_utf8(data: Bytes) -> bool:
    """Whether the bytes are valid UTF-8, without copying them."""
    at = 0
    while at < len(data):
        end = min(at + _REACH, len(data))
        while end < len(data) and end > at + _REACH - 4 and data[end] & 0xC0 == 0x80:
            end -= 1
        ends, window = pa.py_buffer(struct.pack("=qq", 0, end - at)), pa.py_buffer(memoryview(data)[at:end])
        try:
            column(pa.LargeBinaryArray.from_buffers(pa.large_binary(), 1, [None, ends, window])).cast(pl.String)
        except pl.exceptions.PolarsError:
            return False
        at = end
    return True


def _wide(head: bytes) -> str | None:
    """UTF-16 without BOM shows in where its NULs stand: digits, blanks and line ends have one each, on one side."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 50 < len(head) // 2 or not max(even, odd):
        return None
    if even * 10 < odd:
        return "utf-16-le"
    return "utf-16-be" if odd * 10 < even else None


def _eight_bit(data: Bytes) -> str:
    """GB18030, or UTF-8 with damage: whichever explains the bytes after the first wrong one."""
    start = max(0, _first_wrong(data) - 256)
    start = data.rfind(b"\n", 0, start) + 1
    sample = bytes(data[start : start + (1 << 20)])
    high = len(sample) - len(sample.translate(None, bytes(range(128, 256))))
    wrong = sample.decode("utf-8", "replace").count("\ufffd") - sample.count("\ufffd".encode())
    if wrong * 5 < high:
        return "utf-8"
    chars = [c for c in sample.decode("gb18030", "replace") if c > "\x7f"]
    chinese = sum("\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\u303f" or "\uff00" <= c <= "\uffef" for c in chars)
    both_bytes_high = high >= 1.7 * len(chars)
    return "gb18030" if both_bytes_high and chinese * 10 >= 8 * len(chars) else "utf-8"


def _first_wrong(data: Bytes) -> int:
    decoder = codecs.getincrementaldecoder("utf-8")()
    at = 0
    while at < len(data):
        waiting = len(decoder.getstate()[0])
        chunk = data[at : at + _CHUNK]
        try:
            decoder.decode(chunk, final=at + _CHUNK >= len(data))
        except UnicodeDecodeError as error:
            return at - waiting + error.start
        at += _CHUNK
    return 0


def _transcode(data: Bytes, skip: int, encoding: str) -> tuple[bytes, tuple[int, ...]]:
    out: list[bytes] = []
    damaged: list[int] = []
    line = 0
    for chunk in _chunks(data, skip, encoding):
        try:
            text = chunk.decode(encoding).encode()
        except UnicodeDecodeError:
            text, wrong = _repair(chunk, encoding)
            damaged += [line + place for place in wrong]
        out.append(text)
        line += text.count(b"\n")
    return b"".join(out), tuple(damaged)


def _chunks(data: Bytes, skip: int, encoding: str) -> Iterator[bytes]:
    """Pieces that end after a line break, so that each decodes by itself."""
    end = "\n".encode(encoding)
    at = skip
    while at < len(data):
        stop = _line_end(data, at + _CHUNK, end, skip)
        yield bytes(data[at:stop])
        at = stop


def _line_end(data: Bytes, at: int, end: bytes, skip: int) -> int:
    """The place after the next line break, at a multiple of the character width."""
    while 0 <= at < len(data):
        at = data.find(end, at)
        if at < 0:
            break
        if (at - skip) % len(end) == 0:
            return at + len(end)
        at += 1
    return len(data)


def _repair(chunk: bytes, encoding: str) -> tuple[bytes, list[int]]:
    """The chunk with what cannot be decoded replaced, and the lines of it where that was needed."""
    if encoding not in ("utf-8", "gb18030"):
        lines = chunk.decode(encoding, "replace").split("\n")
        return _encode("\n".join(lines)), [number for number, text in enumerate(lines) if "\ufffd" in text]
    wrong: list[int] = []
    whole: list[bytes] = []
    for number, raw in enumerate(chunk.split(b"\n")):
        try:
            whole.append(raw.decode(encoding).encode())
        except UnicodeDecodeError:
            whole.append(raw.decode(encoding, "replace").encode())
            wrong.append(number)
    return b"\n".join(whole), wrong


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "replace")
