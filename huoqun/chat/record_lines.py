"""Record lines: on which line of a JSON file each of its records begins.

Formats count the records of a JSON file, which is cheap and always possible. A person looking for a damaged record in
an editor needs its line, and so does whoever asks which line answers which. Both are found here, after reading and
only when asked for: most JSON exports put a record on lines of its own.
"""

from dataclasses import replace

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from huoqun.chat.encoding import Bytes
from huoqun.chat.message import Chat, Skipped

_Lines = npt.NDArray[np.int64]


class _File(msgspec.Struct):
    messages: list[msgspec.Raw] = msgspec.field(default_factory=list)
    chunk: list[msgspec.Raw] = msgspec.field(default_factory=list)


def counted(data: Bytes) -> bool:
    """Whether the places of the file are numbers of records: JSON, but not JSON lines."""
    head = bytes(data[: 1 << 16]).lstrip()
    if head[:1] not in (b"{", b"["):
        return False
    first, _, rest = head.partition(b"\n")
    try:
        msgspec.json.decode(first, type=msgspec.Raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return True
    return not rest.strip()


def record_lines(data: Bytes) -> _Lines | None:
    """The 0-based line on which each record begins; None where the file is not one sound list of records, or where
    several stand on one line.
    """
    whole = bytes(data)
    try:
        if whole.lstrip()[:1] == b"[":
            pieces = msgspec.json.decode(whole, type=list[msgspec.Raw])
        else:
            file = msgspec.json.decode(whole, type=_File)
            pieces = file.messages or file.chunk
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    begin = pa.py_buffer(whole).address
    starts = np.fromiter((pa.py_buffer(piece).address for piece in pieces), np.int64, len(pieces)) - begin
    if not len(starts) or starts.min() < 0 or starts.max() >= len(whole):  # copies, not pieces of the file
        return None
    lines = np.searchsorted(np.flatnonzero(np.frombuffer(whole, np.uint8) == 10), starts)
    return lines if (np.diff(lines) > 0).all() and lines[-1] > 0 else None


def on_lines(chats: list[Chat], data: Bytes) -> list[Chat]:
    """The chats of one file with every row on its line, where the file puts each record on lines of its own."""
    lines = record_lines(data) if len(chats) == 1 and counted(data) else None
    if lines is None:
        return chats
    (chat,) = chats
    number = chat.rows["line"].fill_null(-1)
    if not number.is_between(-1, len(lines) - 1).all():
        return chats
    found = pl.Series(np.append(lines, -1)[number.to_numpy()])
    return [replace(chat, rows=chat.rows.with_columns(line=pl.when(number >= 0).then(found)))]


def with_lines(chats: list[Chat], data: Bytes) -> list[Chat]:
    """The chats with each skipped record told by its line, or marked as a record where that is not known."""
    if not any(chat.skipped for chat in chats) or not counted(data):
        return chats
    lines = record_lines(data) if len(chats) == 1 else None

    def told(skip: Skipped) -> Skipped:
        if skip.file is not None:
            return skip
        if lines is not None and skip.line < len(lines):
            return replace(skip, line=int(lines[skip.line]))
        return replace(skip, record=True)

    return [replace(chat, skipped=tuple(map(told, chat.skipped))) for chat in chats]
