"""Handed over: an Arrow array becomes a Polars column by the Arrow C interface, nothing copied.

`pl.from_arrow` does the same and first loads all of Arrow's functions: a fifth of a second that a small file has no use
for.
"""

import polars as pl
import pyarrow as pa


class _Array:
    """Shows of an Arrow array the C interface only."""

    def __init__(self, array: pa.Array) -> None:
        self._array = array

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        told: tuple[object, object] = self._array.__arrow_c_array__(requested_schema)
        return told


def column(array: pa.Array) -> pl.Series:
    """The column of the array's values."""
    return pl.Series(_Array(array))
