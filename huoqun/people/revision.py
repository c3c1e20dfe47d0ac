"""The revision: the last write about something said of a person is undone; the undoing is a write like any other."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from huoqun.people import profile
from huoqun.people.account import Account
from huoqun.people.deed import Deed
from huoqun.people.person import Person

UNDONE = {f"{kind}.{verb}" for kind in profile.KINDS for verb in ("add", "change", "remove")}
"""Kinds of deeds that can be undone."""


class Overtaken(Exception):
    """It was written about anew since; only the last write can be undone."""


def undoable(rows: list[Deed]) -> set[UUID]:
    """Which of these deeds are the last about what they are about, and can so be undone; one query for all."""
    asked = {d.pk: str(d.evidence.get("row", "")) for d in rows if d.kind in UNDONE and d.evidence.get("row")}
    if not asked:
        return set()
    newest: dict[str, tuple[datetime, UUID]] = {}
    found = Deed.objects.filter(person__in={d.person_id for d in rows}, kind__in=UNDONE)
    for pk, key, created in found.values_list("pk", "key", "created"):
        row = key.split()[0]
        newest[row] = max(newest.get(row, (created, pk)), (created, pk))
    return {pk for pk, row in asked.items() if newest.get(row, (None, None))[1] == pk}


def undo(row: Deed, *, by: Account | None, now: datetime) -> None:
    """Bring back what was said before. Raises Overtaken."""
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=row.person_id)
        if row.pk not in undoable([row]):
            raise Overtaken
        kind, verb = row.kind.split(".")
        key, before = UUID(row.evidence["row"]), _plain(row.evidence["before"])
        there = profile.saying(row.person, kind, key)
        if verb == "remove":
            profile.bring_back(row.person, kind, key, **before, by=by, now=now)
        elif there is None:
            raise Overtaken
        elif verb == "add":
            profile.remove(there, by=by, now=now)
        else:
            profile.change(
                there, before["text"], **{k: before[k] for k in ("source", "on") if k in before}, by=by, now=now
            )


def _plain(before: dict[str, Any]) -> dict[str, Any]:
    """What was said, as `profile` takes it."""
    on = before.get("on")
    return before | ({"on": date.fromisoformat(on) if on else None} if "on" in before else {})
