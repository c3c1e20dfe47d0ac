"""Rows are brought together by what they are about, in the order in which they stood, whatever the numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from huoqun.insight.shelf import runs


@given(
    pairs=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1),
    far=st.sampled_from([1, 1 << 20, 1 << 40]),
)
def test_runs_hold_equal_rows_together_in_their_old_order(pairs: list[tuple[int, int]], far: int):
    one, two = np.array(pairs, dtype=np.int64).T * far
    row, starts = runs(one, two)
    assert row.tolist() == sorted(range(len(pairs)), key=lambda i: (pairs[i], i))
    parts = [[pairs[i] for i in part] for part in np.split(row, starts[1:])]
    assert [len(set(part)) for part in parts] == [1] * len(set(pairs))
