"""Ties: what connects two persons, added up from evidence that fades.

Strength is measured in fresh replies: one sure reply given at the moment of looking is 1, and every evidence loses
half of its weight in `HALF_LIFE`. A tie is *returned* when both sides give, and *strong* when it is returned and of
more than one kind or above a threshold (handbook chapter 5).

The kinds of evidence that an archive shows:

reply    a link to a message of the other (`insight/reply`), by its probability
mention  the other is called by name, as the network marks it or as `@name` in the text, in a message without a link
         to them (with one it is a reply, and one message is one evidence)
quote    words of the other are quoted in the text (`「name：words」`), likewise without a link
turn     the two speak one after the other in the same conversation without a link between those messages, or one
         speaks first after a silence and no link says to whom (`insight/silence`)

and two that it does not:

known    one said by survey that they know the other (`Card.known`)
shared   what they did together in an activity: a team, a meeting in person, a word for the other (`Card.shared`)
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from huoqun.insight.answer import NOBODY, SURE, speakers
from huoqun.insight.called import called
from huoqun.insight.document import Tie
from huoqun.insight.reading import Reading
from huoqun.insight.silence import first_words
from huoqun.insight.start import roots

KINDS = ("reply", "mention", "quote", "turn", "known", "shared")
WEIGHT = {"reply": 1.0, "mention": 1.0, "quote": 1.0, "turn": 0.2, "known": 1.0, "shared": 1.0}
"""Fresh weight by kind. A turn may be chance, so five of them are worth one reply; to say that one knows somebody is
worth one. Ours; docs/decisions/061, 181."""

HALF_LIFE = timedelta(days=60)
"""After it an evidence counts half. Ours: two months without a word is when people of a group stop counting on each
other; docs/decisions/061 shows what other values do."""

STRONG = 3.0
"""A returned tie above it is strong whatever its kinds."""

STRONG_MIXED = 1.0
"""A returned tie above it is strong if at least two of reply, mention, quote, known and shared made it. Turns are no
second kind: whoever replies to each other also takes turns."""

RETURNED = 0.1
"""Strength that the weaker direction needs: one reply about 200 days ago, or one fresh turn would do."""

TURN_WITHIN = timedelta(minutes=10)
"""Two messages further apart are no turns of one conversation."""

TURN_AFTER_SILENCE = timedelta(hours=6)
"""First words after a longer silence are no turn. Up to it they tell two thirds as much about who will speak with whom
as words within two minutes; docs/decisions/116-slow-groups.md."""

TURN_WITHOUT_LINKS = timedelta(minutes=2)
"""The same where links do not reach (`Reading.seam`) and nearness is all there is."""

EVIDENCE = pl.Schema(
    {
        "a": pl.UInt32(),
        "b": pl.UInt32(),
        "kind": pl.Enum(KINDS),
        "time": pl.Datetime("us"),
        "weight": pl.Float64(),
    }
)
"""`a` turned to `b` (indexes into `reading.people`, never the same), how, when, and its fresh weight."""


@dataclass(frozen=True)
class Ties:
    """All ties of a group as of one moment."""

    pairs: pl.DataFrame
    """One row per pair a < b, sorted: `a`, `b`; `forward` (strength of a → b), `backward`, `strength` (their sum);
    `returned`, `strong`; `reciprocity` (0 one-sided to 1 even); `reply`, `mention`, `quote`, `turn`, `known`,
    `shared` (counts, not faded); `last` (time of the newest evidence)."""
    at: datetime
    evidence: pl.DataFrame
    """`EVIDENCE` up to `at`, sorted by time."""


def evidence(reading: Reading) -> pl.DataFrame:
    """`EVIDENCE` of the whole history, sorted by time, then by persons and kind."""
    by = speakers(reading)
    heard = [_replies(reading, by), _named(reading), _turns(reading), _late_turns(reading)]
    parts = [*heard, _said(reading), _shared(reading)]
    return pl.concat(parts).filter(pl.col("a") != pl.col("b")).sort("time", "a", "b", "kind")


def ties(reading: Reading, at: datetime | None = None, *, known: pl.DataFrame | None = None) -> Ties:
    """The ties as of `at` (default: the reading's now). `known` is `evidence(reading)` where it is at hand."""
    at = at or reading.now
    seen = (evidence(reading) if known is None else known).filter(pl.col("time") <= at)
    faded = seen.with_columns(strength=pl.col("weight") * fading(pl.lit(at) - pl.col("time")))
    ahead = pl.col("a") < pl.col("b")
    pairs = (
        faded.select(
            pl.min_horizontal("a", "b").alias("a"),
            pl.max_horizontal("a", "b").alias("b"),
            pl.when(ahead).then("strength").otherwise(0.0).alias("forward"),
            pl.when(ahead).then(0.0).otherwise("strength").alias("backward"),
            "kind",
            "time",
        )
        .group_by("a", "b")
        .agg(
            pl.col("forward", "backward").sum(),
            *((pl.col("kind") == kind).sum().alias(kind) for kind in KINDS),
            pl.col("time").max().alias("last"),
        )
        .sort("a", "b")
    )
    return Ties(_judged(pairs), at, seen)


def fading(age: pl.Expr, half_life: timedelta = HALF_LIFE) -> pl.Expr:
    """What is left of an evidence of this age: 1 when fresh, half after `half_life`. Never rises with age."""
    halves = age.dt.total_seconds(fractional=True).clip(lower_bound=0) / half_life.total_seconds()
    return pl.lit(0.5).pow(halves)


def tie_list(reading: Reading, now: Ties, *, limit: int = 5000, least: float = 0.05) -> list[Tie]:
    """The document's ties: the strongest `limit` that are not below `least`, strongest first."""
    shown = now.pairs.filter(pl.col("strength") >= least).sort("strength", "a", "b", descending=[True, False, False])
    return [
        Tie(
            a=reading.people[row["a"]],
            b=reading.people[row["b"]],
            strength=round(row["strength"], 3),
            strong=row["strong"],
            returned=row["returned"],
            kinds={kind: row[kind] for kind in KINDS if row[kind]},
            last=row["last"],
        )
        for row in shown.head(limit).iter_rows(named=True)
    ]


def _judged(pairs: pl.DataFrame) -> pl.DataFrame:
    weaker = pl.min_horizontal("forward", "backward")
    mixed = pl.sum_horizontal(pl.col("reply", "mention", "quote", "known", "shared") > 0) > 1
    return (
        pairs.with_columns(strength=pl.col("forward") + pl.col("backward"), returned=weaker >= RETURNED)
        .with_columns(
            strong=pl.col("returned")
            & ((pl.col("strength") >= STRONG) | (mixed & (pl.col("strength") >= STRONG_MIXED))),
            reciprocity=pl.when(pl.col("strength") > 0).then(2 * weaker / pl.col("strength")).otherwise(0.0),
        )
        .select(
            *("a", "b", "strength", "forward", "backward", "returned", "strong", "reciprocity"),
            *KINDS,
            "last",
        )
    )


def _of_kind(kind: str, frame: pl.DataFrame, weight: pl.Expr | None = None) -> pl.DataFrame:
    """`EVIDENCE` from a frame with a, b, time."""
    one = pl.lit(WEIGHT[kind]) if weight is None else weight * WEIGHT[kind]
    return frame.select("a", "b", pl.lit(kind).alias("kind"), "time", one.alias("weight")).cast(EVIDENCE)


def _replies(reading: Reading, by: np.ndarray) -> pl.DataFrame:
    links = reading.links
    a, b = by[links["row"].to_numpy()], by[links["answers"].to_numpy()]
    known = pl.Series((a != NOBODY) & (b != NOBODY))
    found = pl.DataFrame(
        {"a": a, "b": b, "time": reading.rows["time"].gather(links["row"]), "sure": links["probability"]}
    )
    return _of_kind("reply", found.filter(known), pl.col("sure").cast(pl.Float64))


def _named(reading: Reading) -> pl.DataFrame:
    """Mentions and quotes of people to whom the message has no link: one message is one evidence."""
    told = reading.links.select("row", pl.Series("b", speakers(reading)).gather(reading.links["answers"]).alias("b"))
    found = called(reading).join(told.unique(), on=["row", "b"], how="anti", maintain_order="left")
    return pl.concat([_of_kind(how, found.filter(pl.col("how") == how)) for how in ("mention", "quote")])


def _turns(reading: Reading) -> pl.DataFrame:
    """Neighbours of one conversation; where links do not reach (`Reading.seam`), neighbours in time."""
    said = reading.messages.select("row", "time", "person").with_columns(late=pl.col("row") >= reading.seam)
    talk = pl.Series(roots(reading)).gather(said["row"])
    said = said.with_columns(talk=pl.when("late").then(talk).otherwise(0)).sort("late", "talk", "row")
    told = reading.links.filter(pl.col("probability") >= SURE).select("row", before="answers", told=pl.lit(True))
    last = said.with_columns(pl.col("row", "time", "person", "talk", "late").shift().name.prefix("last_"))
    within = pl.when("late").then(TURN_WITHIN).otherwise(TURN_WITHOUT_LINKS)
    together = (pl.col("talk") == pl.col("last_talk")) & (pl.col("late") == pl.col("last_late"))
    near = together & (pl.col("time") - pl.col("last_time") <= within)
    turns = last.filter(near & (pl.col("person") != pl.col("last_person")))
    turns = turns.join(told, left_on=["row", "last_row"], right_on=["row", "before"], how="anti")
    return _of_kind("turn", turns.select(pl.col("person").alias("a"), pl.col("last_person").alias("b"), "time"))


def _late_turns(reading: Reading) -> pl.DataFrame:
    """First words after a silence. They have no link, so they belong to no conversation but their own."""
    first = first_words(reading, TURN_AFTER_SILENCE)
    return _of_kind("turn", first.select(pl.col("person").alias("a"), pl.col("last_person").alias("b"), "time"))


def _said(reading: Reading) -> pl.DataFrame:
    """What people said in surveys of whom they know; of accounts that never spoke nothing is drawn. What was said after
    the file was made holds as of the file: who is known on Tuesday was hardly a stranger on Monday."""
    place = {person: number for number, person in enumerate(reading.people)}
    told = [
        (place[one.who], place[one.knows], min(one.time, reading.now))
        for one in reading.card.known
        if one.who in place and one.knows in place
    ]
    found = pl.DataFrame(told, schema={"a": pl.UInt32, "b": pl.UInt32, "time": pl.Datetime("us")}, orient="row")
    return _of_kind("known", found)


def _shared(reading: Reading) -> pl.DataFrame:
    """What people did together, each by its own weight; like what was said, as of the file at the latest."""
    place = {person: number for number, person in enumerate(reading.people)}
    told = [
        (place[one.who], place[one.other], min(one.time, reading.now), one.weight)
        for one in reading.card.shared
        if one.who in place and one.other in place
    ]
    columns = pl.Schema({"a": pl.UInt32(), "b": pl.UInt32(), "time": pl.Datetime("us"), "weight": pl.Float64()})
    return _of_kind("shared", pl.DataFrame(told, schema=columns, orient="row"), pl.col("weight"))
