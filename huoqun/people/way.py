"""The way up: what somebody's stratum in a group may do, what the next one asks, and how far they are.

The numbers are those of `rule`, the one place to ask for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from huoqun.insight.stratum import STRATA, local_day
from huoqun.insight.threshold import Thresholds
from huoqun.people.group import Group
from huoqun.people.ladder import rule_of, thresholds
from huoqun.people.workspace import Workspace

UP = {"silent": "regular", "word_of_mouth": "regular", "regular": "core", "core": "kol"}
"""Which stratum comes next."""


@dataclass(frozen=True)
class Ask:
    """One thing the next stratum asks for. `have`: how much of `need` there is; None where it cannot be counted here.
    Any one of the asks is enough."""

    what: str
    need: int
    have: int | None


@dataclass(frozen=True)
class Way:
    """From where somebody stands in a group to the next stratum; `to` is empty at the top."""

    group: Group
    at: str
    to: str
    asks: tuple[Ask, ...]


def rule(workspace: Workspace) -> Thresholds:
    """The numbers by which a workspace tells strata apart."""
    return thresholds(rule_of(workspace))


def measured(said: pl.DataFrame, group: Group, as_of: datetime, rule: Thresholds) -> dict[str, int]:
    """What the rule looks at, of one person's messages in a group as of a moment (naive UTC): days with a message in
    the window of a core member, and in that of their pace."""
    today = local_day(as_of, group.zone)
    ago = said.select((pl.lit(today) - pl.col("local").dt.date().unique()).dt.total_days().alias("ago"))["ago"]
    ago = ago.filter(ago >= 0)
    return {
        "days_week": int((ago < rule.core_window).sum()),
        "days_weeks": int((ago < rule.core_window * rule.core_weeks).sum()),
        "seen": int((ago < rule.regular_days).any()),
    }


def way(group: Group, stratum: str, known: Mapping[str, int], rule: Thresholds) -> Way:
    """The way up from a stratum of a group; `known`: what `measured` told."""
    if stratum not in STRATA:
        raise ValueError(stratum)
    to = UP.get(stratum, "")
    asks: dict[str, tuple[Ask, ...]] = {
        "": (),
        "regular": (Ask("seen", 1, known["seen"]),),
        "core": (
            Ask("days_week", rule.core_days, known["days_week"]),
            Ask("days_weeks", rule.core_pace, known["days_weeks"]),
        ),
        "kol": (Ask("answered_by", rule.kol_answered_by, None), Ask("brought", rule.kol_brought, None)),
    }
    return Way(group, stratum, to, asks[to])
