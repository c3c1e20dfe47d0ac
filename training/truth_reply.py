"""What the links of `huoqun.insight.reply` are worth, on the dev part of the Ubuntu IRC corpus.

Trained on its train part, the threshold for second answers chosen on dev. The published test part is kept aside.
"""

import os
import time
from pathlib import Path

import polars as pl

from huoqun.chat.intake import read
from huoqun.chat.refusal import NotAChat
from huoqun.insight.answer_lines import line_links
from huoqun.insight.flow import flow
from huoqun.insight.reply import links
from training.disentangle import Score, score
from training.irc_corpus import Answers, Log, logs

NAMED_WITHIN, OWN_WITHIN = 200, 20
"""Lines within which the two hand rules of the corpus's README look back."""
BINS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Borders of the bins of probability."""
EXPORTS = "exports"
"""Folder beside the data with chat exports that tell replies, if anybody has put one there."""


def section() -> str:
    """Markdown for docs/truth.md."""
    dev = logs("dev")
    began = time.perf_counter()
    found = [_answers(line_links(log.chat)) for log in dev]
    seconds = time.perf_counter() - began
    gold = [log.gold for log in dev]
    rows = [
        ("**Huoqun**", score(gold, found)),
        ("two hand rules", score(gold, [hand_rules(log) for log in dev])),
        ("every message answers the one before", score(gold, [_previous(log) for log in dev])),
    ]
    lines = sum(log.chat.rows.height for log in dev)
    return "\n".join(
        [
            "## Who answered whom (Ubuntu IRC, dev part)",
            "",
            f"{len(dev)} logs, {sum(map(len, gold)):,} annotated lines, {sum(len(a) for g in gold for a in g.values()):,}"
            " links. Trained on the train part, the threshold for second answers chosen on this one.",
            "Links: precision, recall, F. Conversations: 1 - VI scaled, one-to-one overlap, F of exact conversations of two",
            "lines or more.",
            "",
            "| method | P | R | **F** | VI | 1-1 | exact F |",
            "| --- | --- | --- | --- | --- | --- | --- |",
            *(_row(name, result) for name, result in rows),
            "",
            "Published on this part: one neural network 74.2 / 71.2 / 72.6. On the test part, which is kept aside here: an",
            "ensemble of ten 73.5, one network 72.3, a linear model 63.5, two hand rules 59.1 (F).",
            "",
            f"Speed on these small files: {lines / seconds:,.0f} lines a second, reading aside (`bench/replies.py` has 1M).",
            "",
            *calibration(sure_and_right(dev)),
            "",
            *_native(),
        ]
    )


def sure_and_right(dev: list[Log]) -> pl.DataFrame:
    """The likeliest link of every annotated line that has one: its `probability`, and whether the gold has it."""
    told: list[tuple[float, bool]] = []
    for log in dev:
        lines = log.chat.rows["line"]
        likeliest = links(log.chat.rows).sort("probability", descending=True).unique("row", keep="first")
        found = zip(
            lines.gather(likeliest["row"]), lines.gather(likeliest["answers"]), likeliest["probability"], strict=True
        )
        told += [(sure, to in log.gold[line]) for line, to, sure in found if line in log.gold]
    return pl.DataFrame(told, schema={"probability": pl.Float64, "right": pl.Boolean}, orient="row")


def calibration(told: pl.DataFrame) -> list[str]:
    """Markdown: by bin of probability, how often the links were right."""
    bins = (
        told.group_by(pl.col("probability").cut(list(BINS), left_closed=True).alias("bin"))
        .agg(pl.len().alias("links"), pl.col("probability").mean().alias("said"), pl.col("right").mean())
        .sort("said")
    )
    rows = [
        f"| {count:,} | {said:.2f} | {right:.2f} | {(right * (1 - right) / count) ** 0.5:.2f} |"
        for count, said, right in bins.drop("bin").iter_rows()
    ]
    head = "| likeliest links | mean probability | right | standard error |"
    return [head, "| --- | --- | --- | --- |", *rows]


def _row(name: str, result: Score) -> str:
    values = (result.precision, result.recall, result.f, result.variation, result.one_to_one, result.exact)
    return f"| {name} | " + " | ".join(f"{value:.1f}" for value in values) + " |"


def _answers(pairs: list[tuple[int, int]]) -> Answers:
    answers: Answers = {}
    for line, to in pairs:
        answers.setdefault(line, set()).add(to)
    return answers


def hand_rules(log: Log) -> Answers:
    """The last line of whoever is named, within 200 lines; else one's own last within 20; else a start."""
    said = flow(log.chat.rows)
    lines = log.chat.rows["line"].to_numpy()[said.row]
    last: dict[int, int] = {}
    answers: Answers = {}
    for line, person, named in zip(lines.tolist(), said.person[:-1].tolist(), said.named[:-1, 0].tolist(), strict=True):
        theirs, own = last.get(named), last.get(person)
        if theirs is not None and line - theirs <= NAMED_WITHIN:
            answers[line] = {theirs}
        elif own is not None and line - own <= OWN_WITHIN:
            answers[line] = {own}
        last[person] = line
    return answers


def _previous(log: Log) -> Answers:
    lines = log.chat.rows.filter(pl.col("kind") == "text")["line"].to_list()
    return {line: {before} for before, line in zip(lines, lines[1:], strict=False)}


def _native() -> list[str]:
    """How often the network's own replies are found when they are hidden, for each export at hand."""
    folder = Path(os.environ["HUOQUN_DATA"]) / EXPORTS
    tested = []
    for path in sorted(folder.glob("*")) if folder.is_dir() else []:
        try:
            asked, hits, certain = hidden_replies(read([path]).rows)
        except NotAChat:
            continue
        if asked:
            tested.append(f"| {path.name} | {asked:,} | {hits / asked:.1%} | {certain:.3f} |")
    if not tested:
        return [
            "Native replies: no export that tells replies lies in the data folder (`exports/`), so nothing is claimed of",
            "other languages and networks.",
        ]
    head = ["Native replies, hidden and asked for:", "", "| export | replies | found | mean probability |"]
    return [*head, "| --- | --- | --- | --- |", *tested]


def hidden_replies(rows: pl.DataFrame) -> tuple[int, int, float]:
    """Of the replies that the network tells: how many, how many are found without it, mean probability of those found.

    Only replies to a message among the rows count.
    """
    told = links(rows).filter(pl.col("probability") == 1)
    found = links(rows.with_columns(pl.lit(None, pl.String).alias("reply_to")))
    keys = rows.with_row_index("row").filter(pl.col("reply_to").is_not_null()).select("row")
    asked = told.join(keys, on="row", how="semi").select("row", "answers")
    hits = asked.join(found, on=["row", "answers"])
    certain = hits["probability"].mean()
    return asked.height, hits.height, float(certain) if isinstance(certain, float) else 0.0
