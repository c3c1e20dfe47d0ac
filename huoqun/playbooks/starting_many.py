"""Starting in many groups: one playbook begun in all of them in one transaction, as rows by the thousand.

Whoever starts gives a key, `together`: sent again (a double click, a repeated request) nothing is begun again.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from huoqun.base.many_rows import insert
from huoqun.base.table import fresh_ids
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.workspace import Workspace
from huoqun.playbooks import starting
from huoqun.playbooks.run import DueStep, Edition, Run
from huoqun.playbooks.starting import Over

MOST = 5000
"""Groups in which one call begins; more are begun in several calls."""


_COLUMNS = ("step", "turn", "place", "planned", "due", "next", "until", "state")


class TooMany(ValueError):
    """More groups than one call begins in."""


def start_all(
    groups: Sequence[Group],
    edition: Edition,
    *,
    begins: date,
    values: Mapping[str, Any],
    people: Mapping[str, UUID],
    together: UUID,
    segment: UUID | None = None,
    by: Account | None,
    now: datetime,
) -> QuerySet[Run]:
    """Begin a run in each group, all or none; returns the runs begun by this key, also where it was used before.
    Raises starting.BadValue, starting.Over, TooMany."""
    if len(groups) > MOST:
        raise TooMany
    workspace, book = edition.workspace, edition.playbook
    language = starting.language_of(workspace)
    told = starting.values_of(book, values, language)
    if any(begins < now.astimezone(ZoneInfo(zone)).date() for zone in {group.zone for group in groups}):
        raise Over
    mine = Run.objects.filter(workspace=workspace, together=together)
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=workspace.pk)  # who sends the same at the same moment waits
        if not mine.exists():
            roles = {role: account.hex for role, account in people.items() if role in book.roles}
            same = {"workspace_id": workspace.pk, "edition_id": edition.pk, "book": book.id, "language": language}
            same |= {"begins": begins, "values": told, "people": roles, "together": together, "segment": segment}
            ids = fresh_ids(len(groups))
            columns: dict[str, list[Any]] = {"id": ids, "group_id": [group.pk for group in groups]}
            columns["zone"] = [group.zone for group in groups]
            insert(Run, columns, {**same, "by_id": by and by.pk, "created": now})
            _steps(list(zip(ids, groups, strict=True)), edition, begins, now)
            those = [(group.pk, group.name) for group in groups]
            after = {"playbook": book.id, "groups": len(groups)}
            audit.note_all(workspace, "run.start", those, by=by, after=after, now=now)
    return mine.order_by("created", "pk")


def _steps(those: Sequence[tuple[UUID, Group]], edition: Edition, begins: date, now: datetime) -> None:
    """The rows of every run: what is planned hangs on nothing but the zone of the group, so that the rows of one run
    stand for those of all in its zone."""
    columns: dict[str, list[Any]] = {"run_id": []} | {name: [] for name in _COLUMNS}
    for zone in {group.zone for _run, group in those}:
        here = [(run, group) for run, group in those if group.zone == zone]
        like = Run(edition=edition, group=here[0][1], begins=begins)
        planned = starting.plan(edition.playbook, begins, zone, now)
        rows = [starting.row_of(like, each, now) for each in planned]
        columns["run_id"] += [run for run, _group in here for _row in rows]
        for name in _COLUMNS:
            columns[name] += [getattr(row, name) for row in rows] * len(here)
    insert(DueStep, columns, {"created": now})
