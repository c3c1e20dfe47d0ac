"""The film: the strength of every tie at several moments, from one pass over the evidence."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import polars as pl

from huoqun.insight.graph import Graph, graph
from huoqun.insight.tie import HALF_LIFE, fading


@dataclass(frozen=True)
class Film:
    """Strength of pairs at several moments."""

    times: list[datetime]
    a: npt.NDArray[np.int64]
    b: npt.NDArray[np.int64]
    strength: npt.NDArray[np.float64]
    """Pair by moment."""

    def among(self, people: npt.NDArray[np.int64], count: int) -> "Film":
        """The film of the ties among `people` (of `count`), who are numbered anew by their place in it."""
        new = np.full(count, -1)
        new[people] = np.arange(people.size)
        inside = (new[self.a] >= 0) & (new[self.b] >= 0)
        return Film(self.times, new[self.a[inside]], new[self.b[inside]], self.strength[inside])


def fresh(evidence: pl.DataFrame, times: list[datetime]) -> pl.DataFrame:
    """What each moment adds to each pair, as left at that moment: `a` < `b`, `frame` (index into `times`), `forward`
    (from a to b), `backward`. Unsorted."""
    moment = pl.Series(times, dtype=pl.Datetime("us"))
    frame = pl.Series("frame", moment.search_sorted(evidence["time"], side="left"), dtype=pl.Int64)
    counted = evidence.with_columns(frame).filter(pl.col("frame") < len(times))
    left = pl.col("weight") * fading(pl.col("at") - pl.col("time"))
    ahead = pl.col("a") < pl.col("b")
    return (
        counted.with_columns(moment.gather(counted["frame"]).alias("at"))
        .with_columns(
            pl.min_horizontal("a", "b").alias("a"),
            pl.max_horizontal("a", "b").alias("b"),
            forward=pl.when(ahead).then(left).otherwise(0.0),
            backward=pl.when(ahead).then(0.0).otherwise(left),
        )
        .group_by("a", "b", "frame")
        .agg(pl.col("forward", "backward").sum())
    )


def filmed(evidence: pl.DataFrame, times: list[datetime]) -> Film:
    """The strength of every pair at every moment: each moment's own evidence, plus what is left of the one before."""
    came = fresh(evidence, times).select("a", "b", "frame", strength=pl.col("forward") + pl.col("backward"))
    pairs = came.select("a", "b").unique().sort("a", "b").with_row_index("pair")
    cells = came.join(pairs, on=["a", "b"])
    strength = np.zeros((pairs.height, len(times)))
    strength[cells["pair"].to_numpy(), cells["frame"].to_numpy()] = cells["strength"].to_numpy()
    for i in range(1, len(times)):
        strength[:, i] += strength[:, i - 1] * 0.5 ** ((times[i] - times[i - 1]) / HALF_LIFE)
    return Film(times, pairs["a"].to_numpy().astype(np.int64), pairs["b"].to_numpy().astype(np.int64), strength)


def still(film: Film, strength: npt.NDArray[np.float64], count: int, *, per_person: int | None = None) -> Graph:
    """One graph of the film's pairs with a strength each, of the visible ones; with `per_person` only those that are
    among the strongest so many of either end."""
    pairs = pl.DataFrame({"a": film.a, "b": film.b, "strength": strength})
    if per_person is None:
        return graph(count, pairs)
    ends = pl.concat(
        [pairs.with_row_index("i").select("i", person, "strength") for person in ("a", "b")], how="diagonal"
    )
    ends = ends.select("i", "strength", person=pl.coalesce("a", "b")).sort("strength", "i", descending=[True, False])
    kept = ends.group_by("person", maintain_order=True).head(per_person)["i"].unique().sort()
    return graph(count, pairs[kept])
