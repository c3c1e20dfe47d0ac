"""The three classic heaps (handbook chapter 1): people in one place who are no community, told by what they do there.

A crowd that came for a gift; a feedback group into which people only drop complaints; a fans' chat with no direction.
What complains and what undertakes something is told by words (`data/complaint.json`, `data/undertaking.json`), which an
operator can edit. Nothing is said of less than four weeks, or of a few people.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from huoqun.insight.card import ELEMENTS
from huoqun.insight.cause import Case, found, over
from huoqun.insight.cue import CUES
from huoqun.insight.document import Finding
from huoqun.insight.interval import block_share, wilson
from huoqun.insight.lexicon import moods
from huoqun.insight.liveliness import QUARTER
from huoqun.insight.mood import CLEAR
from huoqun.insight.question import question_rows

DATA = Path(__file__).parent / "data"

BURST_JOINS = 10
BURST_TIMES = 4
GIFT_SHARE = 0.8
"""A crowd came for a gift when four in five of it never said a word in two weeks."""
SHORTEST = 28
"""Days of history without which nothing is said of what a group talks about."""
DROPPERS_SHARE = 0.5
"""Ours: over half of those who speak do nothing but complain. Of 16,672 people of #ubuntu, where one comes with what
does not work, at most 14 % do (docs/decisions/205)."""
SPEAKERS_LEAST = 15
FEW_WORDS = 10
"""Who says more than this in a quarter does not only drop complaints."""
READ = 5000
"""People whose words are read, evenly taken where there are more: enough to know a share within 1.5 points."""
DRIFT_SHARE = 0.8
"""Ours. In 288 quarters of channels of group-lives with 200 messages from ten people on 14 days, the share of messages
of at most `BRIEF` characters that neither ask nor link is 9 % in the median and never over 49 %."""
BRIEF = 24
"""Characters of a passing remark; a Chinese one counts as two, for it says as much."""
UNDERTAKING_SHARE = 0.02
"""From one message in fifty on about something to do together, a group has a direction."""
DRIFT_MESSAGES, DRIFT_SPEAKERS, DRIFT_DAYS = 200, 10, 14
ONE_TEXT = 0.5
"""Where one text is over half of all, the words were not kept: nothing can be said of them."""
UNNAMED = {"goal": (0.35, "cold-start"), "core": (0.3, "cold-start"), "strata": (0.25, "weekly-spotlight")}
"""Harm and method of an element nobody named. Ours: below what an archive proves, for a group may have what its card
does not say."""
AIMLESS = ("relationship", "staff", "lead_pond")
"""Types whose small talk is what they are for, or that end before they need a direction."""
_IDLE = ("sticker", "poke", "red_packet")
_KNUTH = 2654435761


def heaps(case: Case) -> Iterator[Finding]:
    """Findings of this family."""
    yield from (one for one in (came_for_gift(case), complaints_only(case), no_direction(case)) if one)
    yield from (unnamed(case, element) for element in case.ground.reading.card.unnamed)


def unnamed(case: Case, element: str) -> Finding:
    """An element of a community that its operator, asked for it, left empty."""
    evidence = {"elements": len(ELEMENTS), "named": len(ELEMENTS) - len(case.ground.reading.card.unnamed)}
    harm, playbook = UNNAMED[element]
    return found(f"{element}_unnamed", playbook, harm, evidence)


def came_for_gift(case: Case) -> Finding | None:
    """A crowd joined at once and never said a word: it came for something that was handed out."""
    rows, today = case.ground.reading.rows, case.ground.today
    joins = rows.filter((pl.col("kind") == "join") & pl.col("subject").is_not_null()).select(
        pl.col("subject").alias("id"), pl.col("local").dt.date().alias("day")
    )
    joins = joins.unique(subset="id", keep="first", maintain_order=True)
    settled = joins.filter(pl.col("day") <= today - timedelta(days=14), pl.col("day") > today - timedelta(days=365))
    per_day = settled.group_by("day").len().sort("day")
    if not per_day.height:
        return None
    crowd = per_day.filter(pl.col("len") >= max(BURST_JOINS, BURST_TIMES * float(np.median(per_day["len"].to_numpy()))))
    crowd = crowd if crowd.height else per_day.filter(pl.col("len") >= 3 * BURST_JOINS)
    came = settled.join(crowd, on="day", how="semi")
    if not came.height:
        return None
    spoke = case.ground.reading.messages["sender"].unique()
    silent = came.filter(~pl.col("id").is_in(spoke.implode()))
    share = silent.height / came.height
    harm = over(0.5, share, wilson(silent.height, came.height), GIFT_SHARE, 1.0)
    if harm is None:
        return None
    left = case.ground.moves.filter(pl.col("left").is_not_null())["id"]
    evidence = {
        "bursts": crowd.height,
        "joined": came.height,
        "never_spoke": silent.height,
        "never_spoke_share": share,
        "left_share": float(came["id"].is_in(left.implode()).mean() or 0.0),  # type: ignore[arg-type]
    }
    return found("came_for_gift", "win-back-silent", harm, evidence, days=crowd["day"].to_list()[-10:])


def complaints_only(case: Case) -> Finding | None:
    """Most who speak come to complain and for nothing else: they talk to a counter, not with each other.

    Somebody only drops complaints who says little, complains on half of their days or more, and does so more often than
    they say something else to another member (the team aside, where it is known).
    """
    if case.ground.days.height < SHORTEST:
        return None
    said = case.ground.reading.messages.filter(
        pl.col("day") >= case.ground.since(QUARTER), ~pl.col("sender").is_in(sorted(case.team))
    ).select("row", "person", "day", "text")
    each = said.group_by("person").agg(n=pl.len())
    few = each.filter(pl.col("n") <= FEW_WORDS)
    if each.height < SPEAKERS_LEAST or few.height < DROPPERS_SHARE * each.height:
        return None
    every = max(1, -(-each.height // READ))
    read = each.filter(pl.col("person").cast(pl.UInt64) * _KNUTH % 2**32 % every == 0)
    words = said.join(read.filter(pl.col("n") <= FEW_WORDS), on="person", how="semi")
    words = words.with_columns(complains=complains(words["text"]))
    dropped = _droppers(words, _to_members(case, words))
    share = dropped.len() / max(read.height, 1)
    harm = over(0.5, share, wilson(dropped.len(), read.height), DROPPERS_SHARE, 1.0)
    if harm is None:
        return None
    theirs = words.filter("complains", pl.col("person").is_in(dropped.implode())).sort("row", descending=True)
    heard = float(theirs["row"].is_in(case.answers["row"].implode()).mean() or 0.0)  # type: ignore[arg-type]
    evidence = {
        "speakers": each.height,
        "droppers": round(share * each.height),
        "droppers_share": share,
        "complaints": theirs.height,
        "unheard_share": 1 - heard,
    }
    shown, people = case.quotes(theirs["row"].to_list()), case.names(dropped.head(50).to_list())
    return found("complaints_only", "weekly-feedback-day", harm, evidence, quotes=shown, people=people)


def complains(texts: pl.Series) -> pl.Series:
    """Whether a text complains: it names what people complain of, or its words are cold (`insight/lexicon`)."""
    plain = texts.fill_null("").str.to_lowercase().str.replace_all("’", "'")
    named = plain.str.contains_any(_words("complaint"))
    return (named | (moods(texts) <= -CLEAR)).rename("complains")


def _to_members(case: Case, words: pl.DataFrame) -> pl.DataFrame:
    """row of the words that answer a member, and neither complain nor only thank or agree."""
    members = case.ground.reading.messages.filter(~pl.col("sender").is_in(sorted(case.team))).select("row")
    told = case.answers.join(members, on="row", how="semi").select(row="answer").unique()
    polite = pl.any_horizontal(pl.col("text").str.contains(CUES[cue]) for cue in ("thanks", "agrees"))
    return words.filter(~pl.col("complains"), ~polite).select("row").join(told, on="row", how="semi")


def _droppers(words: pl.DataFrame, talk: pl.DataFrame) -> pl.Series:
    """Who of the speakers only drops complaints, by person."""
    told = words.with_columns(talk=pl.col("row").is_in(talk["row"].implode()))
    days = told.group_by("person", "day").agg(pl.col("complains").any())
    bad = days.group_by("person").agg(bad=pl.col("complains").mean())
    known = told.group_by("person").agg(pl.col("complains", "talk").sum()).join(bad, on="person")
    return known.filter(pl.col("bad") >= 0.5, pl.col("complains") > pl.col("talk"))["person"].sort()


def no_direction(case: Case) -> Finding | None:
    """Much is said and nothing is undertaken: passing remarks, hardly a question, a link or a longer word, no activity.

    Pictures and voices are not looked at: what is in them is not known.
    """
    ground = case.ground
    if ground.days.height < SHORTEST or ground.reading.card.type in AIMLESS:
        return None
    since = ground.since(QUARTER)
    said = ground.reading.messages.filter(pl.col("day") >= since, pl.col("kind").is_in(["text", *_IDLE]))
    said = said.select("row", "person", "day", "kind", "text").with_columns(passing=_passing())
    texts = said.filter(pl.col("kind") == "text")["text"]
    thin = said.height < DRIFT_MESSAGES or said["person"].n_unique() < DRIFT_SPEAKERS
    if thin or said["day"].n_unique() < DRIFT_DAYS or float(said["passing"].mean()) < DRIFT_SHARE:  # type: ignore[arg-type]
        return None
    if texts.len() < said.height / 2 or texts.value_counts()["count"].max() > ONE_TEXT * texts.len():  # type: ignore[operator]
        return None
    if any(event.source == "marked" and event.start.date() >= since for event in ground.events):
        return None
    undertaken = texts.str.to_lowercase().str.contains_any(_words("undertaking")).mean()
    asked = question_rows(ground.reading, first=int(said["row"].min()))["row"]  # type: ignore[arg-type]
    said = said.with_columns(passing=pl.col("passing") & ~pl.col("row").is_in(asked.implode()))
    days = said.group_by("day").agg(pl.col("passing").sum(), said=pl.len()).sort("day")
    hits, cases = (days[c].to_numpy().astype(np.float64) for c in ("passing", "said"))
    share = float(hits.sum() / cases.sum())
    harm = over(0.4, share, block_share(hits, cases), DRIFT_SHARE, 1.0)
    if harm is None or undertaken >= UNDERTAKING_SHARE:  # type: ignore[operator]
        return None
    evidence = {
        "messages": said.height,
        "speakers": said["person"].n_unique(),
        "passing_share": share,
        "undertaking_share": float(undertaken),  # type: ignore[arg-type]
    }
    shown = said.filter("passing", pl.col("kind") == "text").unique("text", keep="last").sort("row", descending=True)
    return found("no_direction", "cold-start", harm, evidence, quotes=case.quotes(shown["row"].to_list()))


def _passing() -> pl.Expr:
    """Whether a message is a passing remark: a sticker or a poke, or a short text that neither asks nor links."""
    text = pl.col("text").fill_null("")
    long = text.str.len_chars() + text.str.count_matches(r"\p{Han}") > BRIEF
    leads = long | text.str.contains_any(["?", "？", "://", "www."])
    return pl.col("kind").is_in(_IDLE) | ~leads


@cache
def _words(name: str) -> list[str]:
    """The words of a list, of both languages."""
    told: dict[str, list[str]] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return [word for words in told.values() for word in words]
