"""Who answered whom: the network's own word where there is one, else inferred.

Every message is compared with the few earlier ones it may answer (`insight.candidate`) and with none; a small network
trained on people's judgements says how likely each is (`insight.ranker`). The likeliest is taken, and a second where it
is likely enough. A message that the network marks as a reply answers that and nothing else.
"""

from datetime import datetime

import numpy as np
import polars as pl

from huoqun.insight.candidate import Candidates, candidates
from huoqun.insight.flow import Floats, Flow, Ints, flow
from huoqun.insight.own import own
from huoqun.insight.pair import traits
from huoqun.insight.ranker import Ranker, ranker

LINKS = pl.Schema({"row": pl.UInt32(), "answers": pl.UInt32(), "probability": pl.Float32()})
"""`row` answers `answers` (indexes into the rows, the answer comes later), and how sure that is."""
CHUNK = 8192
"""Messages compared at a time: bounds memory (some 20 pairs each) and keeps the arrays in the processor's cache."""
CONTEXT = 5000
"""Rows before `since` that are read to understand those after."""


def links(rows: pl.DataFrame, since: datetime | None = None) -> pl.DataFrame:
    """`LINKS` of the rows of one group (sorted), sorted by row. A message without a link starts something new.

    With `since` (naive UTC) only rows from then on get links; those before are context. Events neither answer nor are
    answered. What the network says (`reply_to`) has probability 1.
    """
    first = int(rows["time"].search_sorted(since)) if since is not None and rows.height else 0
    skipped = max(first - CONTEXT, 0)
    inferred = _inferred(rows.slice(skipped), first - skipped).with_columns(
        pl.col("row") + skipped, pl.col("answers") + skipped
    )
    told = _told(rows).filter(pl.col("row") >= first)
    return pl.concat([told, inferred.join(told, on="row", how="anti")]).cast(LINKS).sort("row", "answers")


def _told(rows: pl.DataFrame) -> pl.DataFrame:
    """What the network itself says, where the message answered is among the rows."""
    numbered = rows.with_row_index("row")
    said = numbered.filter(pl.col("reply_to").is_not_null()).select("row", "reply_to")
    keys = numbered.select(pl.col("row").alias("answers"), pl.col("key").alias("reply_to")).drop_nulls()
    return (
        said.join(keys, on="reply_to", how="inner")
        .filter(pl.col("answers") < pl.col("row"))
        .select("row", "answers", pl.lit(1.0, pl.Float32).alias("probability"))
        .cast(LINKS)
    )


def _inferred(rows: pl.DataFrame, first: int) -> pl.DataFrame:
    """Links of the rows from the one numbered `first` on, as far as the rows themselves show them."""
    said = flow(rows)
    if not len(said):
        return pl.DataFrame(schema=LINKS)
    shown = own(said)
    model = ranker()
    found = [pl.DataFrame(schema=LINKS)]
    for start in range(int(np.searchsorted(said.row, first)), len(said), CHUNK):
        found.append(_chosen(said, shown, candidates(said, start, min(start + CHUNK, len(said))), model))
    return pl.concat(found)


def _chosen(said: Flow, shown: Floats, pairs: Candidates, model: Ranker) -> pl.DataFrame:
    """The likeliest answers among the candidates."""
    probability = model.probabilities(shown, traits(said, pairs), pairs)
    best = _best(probability, pairs.begins)
    answers = pairs.to[best] != pairs.of[best]
    rest = probability.copy()
    rest[best] = 0
    rest[pairs.begins] = 0
    second = _best(rest, pairs.begins)
    taken = np.sort(np.concatenate([best[answers], second[answers & (rest[second] >= model.second)]]))
    return pl.DataFrame(
        {"row": said.row[pairs.of[taken]], "answers": said.row[pairs.to[taken]], "probability": probability[taken]}
    ).cast(LINKS)


def _best(values: Floats, begins: Ints) -> Ints:
    """By group: the place of its highest value, the first among equals."""
    counts = np.diff(np.append(begins, len(values)))
    highest = np.flatnonzero(values == np.repeat(np.maximum.reduceat(values, begins), counts))
    _, once = np.unique(np.searchsorted(begins, highest, side="right"), return_index=True)
    return highest[once]
