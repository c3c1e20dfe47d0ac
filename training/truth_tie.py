"""What ties and answers are worth: whether questions are rightly called answered, and how fast ties should fade."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.metrics import average_precision_score, roc_auc_score

from huoqun.insight.answer import answers
from huoqun.insight.card import Card
from huoqun.insight.question import questions
from huoqun.insight.reading import Reading, reading
from huoqun.insight.reply import LINKS, links
from huoqun.insight.tie import HALF_LIFE, TURN_WITHIN, fading
from training.irc_corpus import Log, logs

UNSEEN_END = 60
"""Questions in the last rows of a log are left out: their answers may lie beyond its end."""

HALF_LIVES = (7, 14, 30, 60, 90, 180, 365)
AHEAD = timedelta(days=30)
EVERY = timedelta(days=60)


def section() -> str:
    """Markdown for docs/truth.md."""
    return "\n".join(["## Answers and ties", "", *_answered(), "", *_fading()]) + "\n"


def _answered() -> list[str]:
    said: dict[str, list[tuple[bool, bool]]] = {"links inferred by `reply`": [], "next speaker within 10 minutes": []}
    for log in logs("dev"):
        whole = _read(log, _gold(log))
        asked = questions(whole)
        first, last = _annotated(log)
        known = asked.filter(pl.col("row").is_between(first, last - UNSEEN_END))
        truth = dict(zip(known["row"], known["answer"].is_not_null(), strict=True))
        bare = _read(log, pl.DataFrame(schema=LINKS))
        tables = (questions(_read(log, links(log.chat.rows))), questions(bare, known=answers(bare)))
        for rule, table in zip(said, tables, strict=True):
            found = dict(zip(table["row"], table["answer"].is_not_null(), strict=True))
            said[rule] += [(answered, found.get(row, False)) for row, answered in truth.items()]
    cases = np.array(next(iter(said.values())))
    lines = [
        f"{len(cases)} questions recognised in the annotated part of IRC dev, {cases[:, 0].mean():.1%} of them answered",
        "by somebody else according to the gold links. Called answered, when links are not given:",
        "",
        "| by | called answered | agrees with gold | precision | recall |",
        "| --- | --- | --- | --- | --- |",
    ]
    for rule, pairs in said.items():
        gold, found = np.array(pairs).T
        both = (gold & found).sum()
        lines.append(
            f"| {rule} | {found.mean():.3f} | {(gold == found).mean():.3f} "
            f"| {both / found.sum():.3f} | {both / gold.sum():.3f} |"
        )
    return lines


def _annotated(log: Log) -> tuple[int, int]:
    """First and last row of the annotated part."""
    rows = log.chat.rows.with_row_index("row").filter(pl.col("line").is_in(list(log.gold)))["row"]
    return int(rows[0]), int(rows[-1])


def _gold(log: Log) -> pl.DataFrame:
    row = dict(zip(log.chat.rows["line"], range(log.chat.rows.height), strict=True))
    pairs = [(row[a], row[b]) for a, to in log.gold.items() for b in to if a in row and b in row and b < a]
    return pl.DataFrame([(a, b, 1.0) for a, b in sorted(pairs)], schema=LINKS, orient="row")


def _read(log: Log, known: pl.DataFrame) -> Reading:
    rows = log.chat.rows
    return reading(rows, known, Card(zone="UTC"), now=rows["time"].item(-1) + timedelta(days=1))


def _fading() -> list[str]:
    turns = _turns()
    scores: dict[int, list[tuple[float, float]]] = {days: [] for days in HALF_LIVES}
    moment = turns["time"].item(0) + timedelta(days=180)
    while moment + AHEAD <= turns["time"].item(-1):
        found = _scored(turns, moment)
        for days in HALF_LIVES if found["again"].sum() >= 10 else ():
            auc = roc_auc_score(found["again"], found[str(days)])
            scores[days].append((auc, average_precision_score(found["again"], found[str(days)])))
        moment += EVERY
    lines = [
        f"Who takes turns with whom in the next {AHEAD.days} days, ranked by faded past turns (group-lives, mean over",
        f"{len(scores[HALF_LIVES[0]])} moments; the shipped half-life is {HALF_LIFE.days} days):",
        "",
        "| half-life, days | ROC AUC | average precision |",
        "| --- | --- | --- |",
    ]
    return lines + [
        f"| {days} | {np.mean(s, axis=0)[0]:.3f} | {np.mean(s, axis=0)[1]:.3f} |" for days, s in scores.items()
    ]


def _turns() -> pl.DataFrame:
    """channel, a, b, time of each turn between two people, sorted by time."""
    rows = pl.read_parquet(Path(os.environ["HUOQUN_DATA"]) / "group-lives.parquet").filter(~pl.col("is_bot"))
    rows = rows.with_columns(pl.col("channel", "thread", "author").cast(pl.String)).select(
        "channel",
        "author",
        pl.coalesce("thread", "channel").alias("place"),
        pl.col("sent_at").dt.replace_time_zone(None).alias("time"),
    )
    rows = rows.sort("place", "time").with_columns(pl.col("place", "author", "time").shift().name.prefix("last_"))
    near = (pl.col("place") == pl.col("last_place")) & (pl.col("time") - pl.col("last_time") <= TURN_WITHIN)
    turns = rows.filter(near & (pl.col("author") != pl.col("last_author")))
    a, b = pl.min_horizontal("author", "last_author"), pl.max_horizontal("author", "last_author")
    return turns.select("channel", "time", a.alias("a"), b.alias("b")).sort("time")


def _scored(turns: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    """Pairs known at `moment`: strength by half-life, and whether they took turns in `AHEAD` again."""
    pair = ["channel", "a", "b"]
    age = pl.lit(moment) - pl.col("time")
    past = (
        turns.filter(pl.col("time") <= moment)
        .group_by(pair)
        .agg(fading(age, timedelta(days=days)).sum().alias(str(days)) for days in HALF_LIVES)
    )
    ahead = turns.filter((pl.col("time") > moment) & (pl.col("time") <= moment + AHEAD))
    return past.join(ahead.select(pair).unique().with_columns(again=pl.lit(True)), on=pair, how="left").with_columns(
        pl.col("again").fill_null(False)
    )


if __name__ == "__main__":
    print(section())
