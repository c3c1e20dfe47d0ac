"""The API of imports and of the search in what they brought."""

import json
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import File, Form, Query, Schema, UploadedFile
from pydantic import Field

from huoqun.chat.message import MESSAGE_KINDS
from huoqun.people import history, upload
from huoqun.people.group import Group
from huoqun.people.upload import Upload
from huoqun.people.workspace import Workspace
from huoqun.web import importing, scope, searching
from huoqun.web.api_shape import Day, Named, OneOf, Page, Paging, Words, paged
from huoqun.web.gate import Asked
from huoqun.web.searching import Form as Search


class FileTold(Schema):
    """A file as it was given."""

    name: str
    size: int


class RefusalTold(Schema):
    """A file that was not taken, and why."""

    name: str
    reason: str


class TakenTold(Schema):
    """What came into one group. `added`: messages and events that were not there yet."""

    group: Named
    format: str
    rows: int
    added: int
    skipped: int
    grade: str = Field(description="Completeness of what was brought, A to F; empty where it came ungraded.")
    first: datetime | None
    last: datetime | None


class ImportTold(Schema):
    """Files on their way: waiting, reading, archiving, diagnosing, then done or refused."""

    id: UUID
    state: str
    failed: bool = Field(description="It waits for somebody to try again.")
    reason: str = Field(description="Why it was refused.")
    created: datetime
    finished: datetime | None
    files: list[FileTold]
    refused: list[RefusalTold]
    taken: list[TakenTold]
    left: int = Field(description="Diagnoses still to be made.")


class IntoSaid(Schema):
    """Where files go."""

    into: UUID | None = Field(None, description="The group they belong to; left out: found out from the files.")
    zone: Words = Field("", max_length=64, description="The time zone of the phone; left out: the files' own.")


class SearchAsked(Schema):
    """What is looked for: every word has to stand in the message."""

    q: Words = Field("", max_length=100)
    who: Words = Field("", max_length=100, description="Part of the name of who said it.")
    person: UUID | None = None
    kind: Annotated[str, OneOf(("", *MESSAGE_KINDS))] = ""
    since: Day | None = None
    until: Day | None = Field(None, description="The last day, itself included.")
    below: Words = Field("", max_length=1000, description="`next` of the page before.")
    size: int = Field(50, ge=1, le=200)


class HitTold(Schema):
    """A message."""

    group: Named
    time: datetime
    account: str | None
    name: str | None
    kind: str
    text: str


class HitsTold(Schema):
    """Messages, the newest first. `next`: what `below` is for the next page; null on the last one."""

    items: list[HitTold]
    next: str | None


def list_imports(request: Asked, workspace: Workspace, paging: Query[Paging]) -> Page[ImportTold]:
    """The imports somebody may see, newest first."""
    found = scope.UPLOAD.of(request.staff).order_by("-created", "pk")
    return paged(found, paging, lambda rows: [_far(known) for known in importing.contexts(rows)])


def read_import(request: Asked, row: Upload) -> ImportTold:
    """How far an import is, and what became of it."""
    return _told(row)


def _told(row: Upload) -> ImportTold:
    return _far(importing.context(row))


def _far(known: dict[str, Any]) -> ImportTold:
    row = known["upload"]
    return ImportTold(
        failed=known["failed"],
        files=[FileTold(**file) for file in row.files],
        refused=[RefusalTold(name=r["name"], reason=r["reason"]) for r in row.refused],
        taken=[_taken(t) for t in known["taken"]],
        left=known["left"],
        **{name: getattr(row, name) for name in ("id", "state", "reason", "created", "finished")},
    )


def _taken(t: upload.Taken) -> TakenTold:
    names = ("format", "rows", "added", "grade", "first", "last")
    told: dict[str, Any] = {name: getattr(t, name) for name in names}
    return TakenTold(group=Named(id=t.group.pk, name=t.group.name), skipped=t.skipped_total, **told)


def add_import(
    request: Asked, workspace: Workspace, files: File[list[UploadedFile]], where: Form[IntoSaid]
) -> ImportTold:
    """Give one or more exports of chats, as the network wrote them or packed as a zip."""
    return _told(importing.take(request, workspace))


def import_again(request: Asked, row: Upload) -> ImportTold:
    """Try once more what failed."""
    importing.try_again(row)
    return _told(row)


def search(request: Asked, workspace: Workspace, asked: Query[SearchAsked]) -> HitsTold:
    """Search what was said in every group somebody may see."""
    return _found(request, None, asked)


def search_group(request: Asked, group: Group, asked: Query[SearchAsked]) -> HitsTold:
    """Search what was said in one group."""
    return _found(request, group, asked)


def _found(request: Asked, group: Group | None, asked: SearchAsked) -> HitsTold:
    form = Search(
        q=asked.q,
        who=asked.who,
        person=str(asked.person or ""),
        kind=asked.kind,
        since=_day(asked.since),
        until=_day(asked.until),
    )
    below = searching.place_of(asked.below)
    rows = searching.hits(request, group, form, below=below, limit=asked.size + 1) or []
    more = json.dumps(rows[asked.size - 1]["place"]) if len(rows) > asked.size else None
    return HitsTold(items=[_hit(row) for row in rows[: asked.size]], next=more)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _hit(row: dict[str, Any]) -> HitTold:
    group, told = row["in"], {name: row[name] for name in ("name", "kind", "text")}
    time = history.aware(row["time"])
    return HitTold(group=Named(id=group.pk, name=group.name), account=row["sender"], time=time, **told)
