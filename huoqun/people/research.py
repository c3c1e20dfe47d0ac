"""The research file: rival communities studied, members interviewed, what was concluded; by when, and by whom.

Handbook chapter 1. An entry belongs to a workspace, or to one group of it.
"""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    CharField,
    DateField,
    DateTimeField,
    F,
    ForeignKey,
    Index,
    Q,
    QuerySet,
    TextField,
)

from huoqun.base.table import Table
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.display import visible
from huoqun.people.group import Group
from huoqun.people.staff import Staff, groups_for
from huoqun.people.workspace import Workspace

RIVAL, INTERVIEW, CONCLUSION = "rival", "interview", "conclusion"
KINDS = (RIVAL, INTERVIEW, CONCLUSION)
STATES = ("open", "late", "done")
LONGEST_TITLE, LONGEST_TEXT = 120, 10_000
YEARS = range(1970, 2200)
UNDO = timedelta(hours=1)
"""How long a removed entry can be brought back."""


class BadStudy(ValueError):
    """An entry needs a kind, a title, words that are not endless, and a day that can be."""


class Study(Table):
    """One entry (调研) of the file."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="studies")
    group = ForeignKey(Group, CASCADE, null=True, related_name="studies")
    kind = CharField(max_length=12)
    title = CharField(max_length=LONGEST_TITLE)
    text = TextField(default="")
    """What was found."""
    due = DateField(null=True)
    """By the end of this day, on the workspace's calendar."""
    who = ForeignKey(Account, SET_NULL, null=True, related_name="+")
    done = DateTimeField(null=True)
    removed = DateTimeField(null=True)

    class Meta(Table.Meta):
        indexes = [Index(fields=["workspace", "done", "due"], name="study_list")]

    def late(self, today: date) -> bool:
        """It should have been done."""
        return self.done is None and self.due is not None and self.due < today


def studies_for(staff: Staff) -> QuerySet[Study]:
    """The entries a member of staff may see, also those removed that can be brought back; what is due first. Those of a
    removed group come back with it."""
    found = Study.objects.filter(Q(group=None) | Q(group__removed=None), workspace=staff.workspace)
    if staff.duty.limited:
        found = found.filter(group__in=groups_for(staff))
    return found.order_by(F("done").desc(nulls_first=True), F("due").asc(nulls_last=True), "-created", "pk")


def today(workspace: Workspace, now: datetime) -> date:
    """The day on the workspace's calendar."""
    return now.astimezone(ZoneInfo(workspace.zone)).date()


def search(
    found: QuerySet[Study], *, kind: str = "", state: str = "", who: UUID | None = None, words: str = "", today: date
) -> QuerySet[Study]:
    """Of some entries those that are there, of a kind, in a state, of somebody, with these words."""
    found = found.filter(removed=None)
    if kind in KINDS:
        found = found.filter(kind=kind)
    if who:
        found = found.filter(who=who)
    if words:
        found = found.filter(title__icontains=words) | found.filter(text__icontains=words)
    if state in {"open", "late"}:
        found = found.filter(done=None)
    if state == "late":
        found = found.filter(due__lt=today)
    return found.exclude(done=None) if state == "done" else found


def write(
    workspace: Workspace,
    study: Study | None = None,
    *,
    group: Group | None,
    kind: str,
    title: str,
    text: str,
    due: date | None,
    who: Account | None,
    by: Account,
    now: datetime,
) -> Study:
    """Add an entry, or say one anew. Raises BadStudy."""
    title = " ".join(visible(title).split())
    text = "\n".join(visible(line).rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()
    if kind not in KINDS or not 0 < len(title) <= LONGEST_TITLE or len(text) > LONGEST_TEXT:
        raise BadStudy
    if due is not None and due.year not in YEARS:
        raise BadStudy
    with transaction.atomic():
        row = Study.objects.select_for_update(of=("self",)).get(pk=study.pk) if study else None
        before = _told(row) if row else {}
        row = row or Study(workspace=workspace, created=now)
        row.group, row.kind, row.title, row.text, row.due, row.who = group, kind, title, text, due, who
        if before != _told(row):
            row.save()
            _note(row, "study.change" if study else "study.add", before=before, after=_told(row), by=by, now=now)
    return row


def finish(study: Study, *, by: Account, now: datetime) -> None:
    """It is done. What is done stays done when it was."""
    _set(study, "study.done", "done", now, by=by, now=now)


def reopen(study: Study, *, by: Account, now: datetime) -> None:
    """It is not done after all."""
    _set(study, "study.reopen", "done", None, by=by, now=now)


def remove(study: Study, *, by: Account, now: datetime) -> None:
    """Take it out of the file; for `UNDO` it can be brought back."""
    _set(study, "study.remove", "removed", now, by=by, now=now)


def restore(study: Study, *, by: Account, now: datetime) -> None:
    """Bring a removed entry back."""
    _set(study, "study.restore", "removed", None, by=by, now=now)


def sweep(now: datetime) -> None:
    """What can no longer be brought back is gone."""
    Study.objects.filter(removed__lt=now - UNDO).delete()


def _set(study: Study, what: str, field: str, moment: datetime | None, *, by: Account, now: datetime) -> None:
    """Set a moment that is not set, or take it off; a second click changes nothing."""
    with transaction.atomic():
        rows = Study.objects.filter(pk=study.pk, **{f"{field}__isnull": moment is not None})
        if rows.update(**{field: moment}):
            _note(study, what, by=by, now=now)


def _note(
    study: Study,
    what: str,
    *,
    by: Account,
    now: datetime,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    audit.note(study.workspace, what, by=by, on=study.pk, title=study.title, before=before, after=after, now=now)


def _told(row: Study) -> dict[str, str]:
    return {
        "study": row.kind,
        "title": row.title,
        "text": row.text,
        "due": row.due.isoformat() if row.due else "",
        "group": row.group.name if row.group else "",
        "who": str(row.who or ""),
    }
