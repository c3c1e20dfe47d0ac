"""Topics: what each period was about, in words that stand out against the group's own past.

Method: weighted log-odds with an informative prior (Monroe, Colaresi and Quinn, *Fightin' Words*, Political Analysis
2008): how much likelier a word is now than before, over how sure that is. What counts is on how many days how many
people used a word, so that neither a copied advertisement nor one talkative person makes a topic.
"""

from datetime import date, timedelta

import polars as pl

from huoqun.insight.document import Quote, Topic, TopicWord
from huoqun.insight.mood import sampled
from huoqun.insight.quote import quotes
from huoqun.insight.reading import Reading
from huoqun.insight.word import words

UNITS = ("1w", "1mo", "1q", "1y")
MOST_PERIODS = 26
"""Half a year of weeks; longer histories are told by months, quarters, years."""

READ = 50_000
"""Messages read altogether, the same number of each period."""

PRIOR = 1000.0
"""Weight of the group's usual vocabulary, in words: how much has to be said before a period may differ from it."""

CLEAR = 3.0
"""Standard deviations a word must stand out by; Monroe et al. use 1.96 for one word, and here are thousands."""

MORE = 1.5
"""Times as often as before a word must be used."""

PEOPLE = 2
"""People who must have used a word in the period."""

USES = 3
"""Uses (one a person and day) a word must have in the period."""

WORDS = 8
"""Words of a topic, at most."""

QUOTES = 3
QUOTED = (8, 160)
"""Length of messages that are quoted, in characters."""

PAST = 300
"""Uses of words before a period that make a past; a group younger than that is held against all of its other days."""


def topics(reading: Reading) -> list[Topic]:
    """The document's topics, oldest first; `end` is a period's last day. Periods without any are left out.

    `count` of a word is the number of messages with it, estimated from those read where not all were.
    """
    said = _read(reading)
    if not said.height:
        return []
    names = reading.messages["name"].drop_nulls().unique().to_list()
    spoken = words(said["text"], [*names, *reading.people]).unique()
    used = said.with_row_index("i").join(spoken, on="i", how="inner")
    standing = _standing_out(used)
    said_then = _quoted(reading, used, standing)
    last: date = reading.messages["day"].item(-1)
    return [
        Topic(
            start=period,
            end=min(_last_day(period, said["unit"][0]), last),
            words=[
                TopicWord(word=row["word"], count=row["count"], lift=round(row["lift"], 2))
                for row in part.iter_rows(named=True)
            ],
            quotes=said_then.get(period, []),
        )
        for (period,), part in standing.group_by("period", maintain_order=True)
    ]


def _read(reading: Reading) -> pl.DataFrame:
    """row, person, day, text, period (first day), unit, share (of the period's messages that are read)."""
    said = reading.messages.filter((pl.col("kind") == "text") & (pl.col("text").str.len_bytes() > 3))
    said = said.select("row", "person", "day", "text")
    for unit in UNITS:
        said = said.with_columns(period=pl.col("day").dt.truncate(unit), unit=pl.lit(unit))
        periods = said["period"].n_unique()
        if periods <= MOST_PERIODS:
            break
    said = said.with_columns(all=pl.len().over("period"))
    read = sampled(said, "period", READ // max(periods, 1))
    return read.with_columns(share=pl.len().over("period") / pl.col("all")).drop("all")


def _last_day(start: date, unit: str) -> date:
    return pl.select(pl.lit(start).dt.offset_by(unit) - timedelta(days=1)).item()  # type: ignore[no-any-return]


def _standing_out(used: pl.DataFrame) -> pl.DataFrame:
    """period, word, count, lift, score: of each period the words that stand out, clearest first; sorted by period."""
    tally = (
        used.group_by("period", "word")
        .agg(
            uses=pl.struct("person", "day").n_unique(),
            people=pl.col("person").n_unique(),
            count=(1 / pl.col("share")).sum().round().cast(pl.Int64),
        )
        .sort("period", "word")
    )
    if tally["period"].n_unique() < 2:
        scored = tally.with_columns(score=pl.col("uses").cast(pl.Float64), lift=pl.lit(1.0))
    else:
        scored = _scored(tally).filter((pl.col("score") >= CLEAR) & (pl.col("lift") >= MORE))
    return (
        scored.filter((pl.col("people") >= PEOPLE) & (pl.col("uses") >= USES))
        .sort("period", "score", "word", descending=[False, True, False])
        .group_by("period", maintain_order=True)
        .head(WORDS)
        .select("period", "word", "count", "lift", "score")
    )


def _scored(tally: pl.DataFrame) -> pl.DataFrame:
    """`tally` (sorted by period) with `score`, the standardised log-odds, and `lift`, the ratio of the two rates."""
    totals = tally.group_by("period").agg(pl.col("uses").sum().alias("now")).sort("period")
    totals = totals.with_columns(before=pl.col("now").cum_sum() - pl.col("now"), whole=pl.col("now").sum())
    young = pl.col("before") < PAST
    uses, ever = pl.col("uses"), pl.col("uses").sum().over("word")
    other = pl.when(young).then(ever - uses).otherwise(uses.cum_sum().over("word") - uses)
    others = pl.when(young).then(pl.col("whole") - pl.col("now")).otherwise("before")
    frame = tally.join(totals, on="period", maintain_order="left").with_columns(
        other=other, others=others, prior=PRIOR * ever / pl.col("whole")
    )
    here, there = pl.col("uses") + pl.col("prior"), pl.col("other") + pl.col("prior")
    here_rest, there_rest = pl.col("now") + PRIOR - here, pl.col("others") + PRIOR - there
    apart = (here / here_rest).log() - (there / there_rest).log()
    return frame.with_columns(
        score=apart / (1 / here + 1 / there).sqrt(),
        lift=(here / (pl.col("now") + PRIOR)) / (there / (pl.col("others") + PRIOR)),
    )


def _quoted(reading: Reading, used: pl.DataFrame, standing: pl.DataFrame) -> dict[date, list[Quote]]:
    """By period: the messages that hold most of what stood out, each of another person."""
    chosen = (
        used.join(standing.select("period", "word", "score"), on=["period", "word"], how="inner")
        .filter(pl.col("text").str.len_chars().is_between(*QUOTED))
        .group_by("period", "row", "person", "text")
        .agg(pl.col("score").sort_by("word").sum())  # in one order: equal messages are equal to the last digit
        .sort("period", "score", "row", descending=[False, True, False])
        .unique(["period", "text"], keep="first", maintain_order=True)
        .unique(["period", "person"], keep="first", maintain_order=True)
        .group_by("period", maintain_order=True)
        .head(QUOTES)
    )
    shown = zip(chosen["period"], quotes(reading, chosen["row"].to_list()), strict=True)
    by_period: dict[date, list[Quote]] = {}
    for period, quote in shown:
        by_period.setdefault(period, []).append(quote)
    return by_period
