"""The override: a stage that somebody puts in place of the computed one, with a reason, until they take it back.

What is computed stays: the diagnosis goes on saying its own stage, and both are shown.
"""

from datetime import datetime

from django.db import transaction

from huoqun.insight.stage import NAMES
from huoqun.people.account import Account
from huoqun.people.display import visible
from huoqun.people.group import Group, changed

LONGEST_WHY = 300


class BadOverride(ValueError):
    """There is no such stage, or no reason is given."""


def override(group: Group, *, stage: str, why: str, by: Account, now: datetime) -> None:
    """Another stage than the computed one. Raises BadOverride."""
    why = " ".join(visible(why).split())
    if stage not in NAMES or not why or len(why) > LONGEST_WHY:
        raise BadOverride
    _set(group, "group.stage", stage, why, by, now)


def take_back(group: Group, *, by: Account, now: datetime) -> None:
    """The computed stage stands again. Where none was overridden nothing happens."""
    if group.stage_said:
        _set(group, "group.stage_back", "", "", by, now)


def _set(group: Group, what: str, stage: str, why: str, by: Account, now: datetime) -> None:
    with transaction.atomic():
        row = Group.objects.select_for_update().get(pk=group.pk)
        before = {"stage": row.stage_said, "why": row.stage_why}
        row.stage_said, row.stage_why = stage, why
        row.stage_by, row.stage_at = (by, now) if stage else (None, None)
        row.stage = stage or (row.newest.stage if row.newest else "")
        row.save(update_fields=["stage_said", "stage_why", "stage_by", "stage_at", "stage"])
        changed(row, what, by=by, before=before, after={"stage": stage, "why": why}, now=now)
