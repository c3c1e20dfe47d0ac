"""The tabular: JSON records of one shape read as columns at once, without an object for any of them.

Arrow reads JSON lines in C++ and takes only the fields it is asked for, but it is strict: one record with a field of
another sort, a field written twice or half a surrogate pair, and it refuses. Then a segment of records gives None, and
who asked decodes those one by one (`chat/records.py`), which knows how to mend and to report.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

import msgspec
import polars as pl
import pyarrow as pa
from pyarrow import json

Swap = tuple[bytes, bytes]

SEGMENT = 25_000
"""Records made into columns at a time: some 10 MB of text, so that copies are small and every core has work."""
ANYTHING = pa.struct([])
"""An object of which nothing is asked but whether it is there."""


def tables(
    pieces: Sequence[msgspec.Raw], shape: pa.Schema, swaps: Sequence[Swap] = ()
) -> Iterator[pl.DataFrame | None]:
    """One frame for each `SEGMENT` of the records of a valid array, a row per record; None where one does not fit.

    A field that a record does not have is null. `swaps` are pieces of text replaced before: a key that is now a string,
    now a list, must get two names.
    """
    parts = [pieces[at : at + SEGMENT] for at in range(0, len(pieces), SEGMENT)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(_table, parts, repeat(shape), repeat(swaps))


def _table(pieces: Sequence[msgspec.Raw], shape: pa.Schema, swaps: Sequence[Swap]) -> pl.DataFrame | None:
    text = b"\n".join([*pieces, b""])  # one block up to its last line break: Arrow minds no other break in it
    for old, new in swaps:
        text = text.replace(old, new)
    try:
        found = json.read_json(
            pa.BufferReader(text),
            read_options=json.ReadOptions(use_threads=False, block_size=len(text) + 1),
            parse_options=json.ParseOptions(explicit_schema=shape, unexpected_field_behavior="ignore"),
        )
    except (pa.ArrowInvalid, UnicodeDecodeError):
        return None
    if found.num_rows != len(pieces) or any(_gaps(column) for column in found.columns):
        return None
    frame = pl.from_arrow(found)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _gaps(column: pa.ChunkedArray) -> bool:
    """Whether a list of the column holds a null."""
    return bool(pa.types.is_list(column.type) and any(chunk.flatten().null_count for chunk in column.chunks))
