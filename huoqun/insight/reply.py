"""Who answered whom: the network's own word where there is one, else inferred.

Every message is compared with the few earlier ones it may answer (`insight.candidate`) and with none; a small network
trained on people's judgements says how likely each is (`insight.ranker`), twice: the second time knowing what the
first made of the messages around. The likeliest is taken, and a second where it is likely enough. A message that the
network marks as a reply answers that and nothing else.
"""

from datetime import datetime

import numpy as np
import polars as pl

from huoqun.insight.candidate import Candidates, candidates, kept, part
from huoqun.insight.conversation import Draft, draft, likeliest, relations
from huoqun.insight.flow import Floats, Flow, flow
from huoqun.insight.own import own
from huoqun.insight.pair import traits
from huoqun.insight.ranker import Net, probabilities, ranker

LINKS = pl.Schema({"row": pl.UInt32(), "answers": pl.UInt32(), "probability": pl.Float32()})
"""`row` answers `answers` (indexes into the rows, the answer comes later), and how sure that is."""
CHUNK = 8192
"""Messages compared at a time: bounds memory (some 20 pairs each) and keeps the arrays in the processor's cache."""
CONTEXT = 5000
"""Rows before `since` that are read to understand those after."""
LEAD = 1000
"""Messages before the first one asked about at which the first look begins."""
LEAST = 0.005
"""Candidates that the first look finds less likely are out of the question (some 5 of 20 remain)."""


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
    asked = int(np.searchsorted(said.row, first))
    if asked == len(said):
        return pl.DataFrame(schema=LINKS)
    shown, model = own(said), ranker()
    pairs, chance = first_look(said, shown, max(asked - LEAD, 0), model.first)
    seen = draft(said, pairs, chance)
    found = []
    for start in range(asked, len(said), CHUNK):
        some = part(pairs, start, start + CHUNK)
        inputs = second_inputs(said, some, chance[pairs.begins[start - pairs.start] :][: len(some.of)], seen)
        found.append(_chosen(said, some, probabilities(model.again, shown, inputs, some), model.second))
    return pl.concat(found)


def first_look(said: Flow, shown: Floats, start: int, nets: tuple[Net, ...]) -> tuple[Candidates, Floats]:
    """The candidates that are not out of the question of the messages from `start` on, with their probabilities."""
    looks = [_first_look(said, shown, at, min(at + CHUNK, len(said)), nets) for at in range(start, len(said), CHUNK)]
    sizes = np.cumsum([0, *(len(chance) for _, chance in looks)])
    begins = np.concatenate([pairs.begins + size for (pairs, _), size in zip(looks, sizes, strict=False)])
    of, to = (np.concatenate([getattr(pairs, name) for pairs, _ in looks]) for name in ("of", "to"))
    return Candidates(start, begins, of, to), np.concatenate([chance for _, chance in looks])


def _first_look(said: Flow, shown: Floats, start: int, end: int, nets: tuple[Net, ...]) -> tuple[Candidates, Floats]:
    """The same for some messages."""
    pairs = candidates(said, start, end)
    chance = probabilities(nets, shown, traits(said, pairs), pairs)
    possible = (chance >= LEAST) | (pairs.of == pairs.to)
    return kept(pairs, possible), chance[possible]


def second_inputs(said: Flow, pairs: Candidates, chance: Floats, seen: Draft) -> Floats:
    """What the second look knows of pairs beside what their messages show."""
    return np.concatenate([traits(said, pairs), relations(said, pairs, chance, seen)], axis=1)


def _chosen(said: Flow, pairs: Candidates, chance: Floats, enough: float) -> pl.DataFrame:
    """The likeliest answers among the candidates, and a second one where its probability is `enough`."""
    best = likeliest(chance, pairs.begins)
    answers = pairs.to[best] != pairs.of[best]
    rest = chance.copy()
    rest[best] = 0
    rest[pairs.begins] = 0
    second = likeliest(rest, pairs.begins)
    taken = np.sort(np.concatenate([best[answers], second[answers & (rest[second] >= enough)]]))
    return pl.DataFrame(
        {"row": said.row[pairs.of[taken]], "answers": said.row[pairs.to[taken]], "probability": chance[taken]}
    ).cast(LINKS)
