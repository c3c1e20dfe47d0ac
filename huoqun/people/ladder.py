"""The ladder: the rule by which a workspace sorts its people into strata, as numbers that its staff can change.

The rule is that of `insight/stratum` (handbook chapter 2) over all groups of a person at once. The rungs are written
down once, in `rungs`; they become a condition of the database for a million people (`stratum_of`) and a plain test for
one (`place`).

Use of the product, the other axis of the handbook, is not known here before orders are.
"""

import operator
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    Case,
    CharField,
    DateTimeField,
    ForeignKey,
    JSONField,
    OneToOneField,
    Q,
    Value,
    When,
)
from pydantic import BaseModel, ConfigDict, Field

from huoqun.base.table import Table
from huoqun.insight.threshold import Thresholds
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.workspace import Workspace


class Rule(BaseModel):
    """The numbers of the rule. Defaults are the handbook's, where it names one, else those of `insight/stratum`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kol_answered_by: int = Field(default=8, ge=1, le=1000)
    """People who answer somebody in 90 days …"""
    kol_answered_share: int = Field(default=15, ge=0, le=100)
    """… at least this many per cent of those who spoke …"""
    kol_answered_times: float = Field(default=2, ge=0, le=100)
    """… and so many times what is usual in the group."""
    kol_brought: int = Field(default=3, ge=1, le=1000)
    """People brought in within 90 days."""
    core_days: int = Field(default=3, ge=1, le=7)
    """Days of 7 on which they spoke."""
    core_pace: int = Field(default=12, ge=1, le=28)
    """The same over 28 days, so that one week of holidays costs nobody their place."""
    regular_days: int = Field(default=30, ge=1, le=365)
    """Days in which they were seen."""
    mouth_brought: int = Field(default=1, ge=1, le=1000)
    """People brought in within 90 days by somebody who does not speak."""


UNITS: Mapping[str, str] = {
    "kol_answered_by": "people",
    "kol_answered_share": "percent",
    "kol_answered_times": "times",
    "kol_brought": "people",
    "core_days": "days_of_7",
    "core_pace": "days_of_28",
    "regular_days": "days",
    "mouth_brought": "people",
}
"""In what each number of the rule is counted."""
DEFAULT = Rule()

Test = tuple[str, str, float]
"""A column of `people/tally`, `gte` or `lt`, and a number."""
Rung = tuple[str, str, tuple[Test, ...]]
"""A stratum, the id of the reason, and the tests that must all hold."""
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {"gte": operator.ge, "lt": operator.lt}


class Ladder(Table):
    """The rule of a workspace (阶层规则) and the one before it, so that a change can be taken back."""

    workspace = OneToOneField(Workspace, CASCADE, related_name="ladder")
    rule = JSONField(default=dict)
    former = JSONField(null=True)
    """The rule before the last change; null where there is nothing to take back."""
    changed = DateTimeField()
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")
    judged = DateTimeField(null=True)
    """When everybody was last judged by it."""


def rungs(rule: Rule) -> tuple[Rung, ...]:
    """The strata from the top: the first whose tests all hold is somebody's."""
    seen: Test = ("ago", "lt", rule.regular_days)
    return (
        ("kol", "brought", (seen, ("brought", "gte", rule.kol_brought))),
        (
            "kol",
            "answered_by",
            (
                seen,
                ("answered_by", "gte", rule.kol_answered_by),
                ("answered_share", "gte", rule.kol_answered_share / 100),
                ("answered_times", "gte", rule.kol_answered_times),
            ),
        ),
        ("core", "days_of_week", (("days_7", "gte", rule.core_days),)),
        ("core", "days_of_weeks", (("days_28", "gte", rule.core_pace),)),
        ("regular", "seen", (seen,)),
        ("word_of_mouth", "brought_quietly", (("brought", "gte", rule.mouth_brought),)),
        ("silent", "unseen", ()),
    )


def place(measured: Mapping[str, Any], rule: Rule) -> tuple[str, str]:
    """Stratum and reason of one person by the columns of their tally; a column that is None passes no test."""

    def holds(test: Test) -> bool:
        value = measured[test[0]]
        return value is not None and _COMPARE[test[1]](value, test[2])

    return next((stratum, why) for stratum, why, tests in rungs(rule) if all(map(holds, tests)))


def stratum_of(rule: Rule) -> Case:
    """The stratum as an expression over tallies."""
    return _first(rule, 0)


def reason_of(rule: Rule) -> Case:
    """The id of its reason as an expression over tallies."""
    return _first(rule, 1)


def _first(rule: Rule, part: int) -> Case:
    *climbed, last = rungs(rule)
    whens = [When(Q(*((f"{column}__{how}", n) for column, how, n in s[2])), then=Value(s[part])) for s in climbed]
    return Case(*whens, default=Value(last[part]), output_field=CharField())


_NUMBERS: Mapping[str, str] = {
    "brought": "brought",
    "answered_by": "answered_by",
    "days_of_week": "days_7",
    "days_of_weeks": "days_28",
    "seen": "ago",
    "brought_quietly": "brought",
    "unseen": "ago",
}


def told(why: str, measured: Mapping[str, Any]) -> str:
    """A reason with its numbers as a diagnosis tells it: `answered_by 12 60`; `never` for who never spoke."""
    value = measured[_NUMBERS[why]] if why in _NUMBERS else None
    if value is None:
        return "never" if why else ""
    share = measured["answered_share"] if why == "answered_by" else 0
    return " ".join([why, str(value), *([str(round(value / share))] if share else [])])


def rule_of(workspace: Workspace) -> Rule:
    """The rule in force; the default one where nobody changed it."""
    row = Ladder.objects.filter(workspace=workspace).first()
    return Rule.model_validate(row.rule) if row else DEFAULT


def thresholds(rule: Rule) -> Thresholds:
    """The same rule as the diagnosis of one group takes it, so that the two never contradict each other."""
    return Thresholds(
        core_days=rule.core_days,
        core_pace=rule.core_pace,
        regular_days=rule.regular_days,
        kol_answered_by=rule.kol_answered_by,
        kol_answered_share=rule.kol_answered_share / 100,
        kol_times_usual=rule.kol_answered_times,
        kol_brought=rule.kol_brought,
        mouth_brought=rule.mouth_brought,
    )


def set_rule(workspace: Workspace, rule: Rule, *, by: Account | None, now: datetime) -> bool:
    """Another rule; False where it is the one in force. Who stands where changes when everybody is judged by it."""
    with transaction.atomic():
        row = _held(workspace, now)
        before, after = Rule.model_validate(row.rule).model_dump(), rule.model_dump()
        if before == after:
            return False
        row.former, row.rule, row.changed, row.by = before, after, now, by
        row.save()
        audit.note(
            workspace, "strata.rule", by=by, on=row.pk, title=workspace.name, before=before, after=after, now=now
        )
    return True


def take_back(workspace: Workspace, *, by: Account | None, now: datetime) -> bool:
    """The rule before the last change is in force again; False where there is none."""
    with transaction.atomic():
        row = _held(workspace, now)
        if row.former is None or not set_rule(workspace, Rule.model_validate(row.former), by=by, now=now):
            return False
        Ladder.objects.filter(pk=row.pk).update(former=None)
    return True


def _held(workspace: Workspace, now: datetime) -> Ladder:
    Ladder.objects.bulk_create([Ladder(workspace=workspace, created=now, changed=now)], ignore_conflicts=True)
    return Ladder.objects.select_for_update().get(workspace=workspace)
