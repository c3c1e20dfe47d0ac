"""The API of the outbox: what is to be said in the groups, for whatever says it there, and ticking it off."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import QuerySet
from ninja import Query, Schema

from huoqun.base import clock
from huoqun.people import outbox
from huoqun.people.outbox import SENT, SKIPPED, WAITING, Outgoing
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import sending
from huoqun.web.api_attendance import address_of
from huoqun.web.api_facts import NotThere
from huoqun.web.api_shape import Named, OneOf, Page, Paging, Sent, paged
from huoqun.web.gate import Asked

DUE, LATER = "due", "later"


class OutboxAsked(Paging):
    """Which messages: those to be said now (`due`), those that wait for their time (`later`), `sent` or `skipped`; of
    all groups or of one."""

    group: UUID | None = None
    state: Annotated[str, OneOf((DUE, LATER, SENT, SKIPPED))] = DUE


class OutgoingTold(Schema):
    """Something to be said in a group, ready to be put there. `what`: what it is (`vote.open`); `activity`: the one it
    comes from; `due`: not before; `at`: when it was sent or skipped."""

    id: UUID
    group: Named
    text: str
    picture: str | None
    what: str
    activity: UUID | None
    state: str
    due: datetime
    at: datetime | None
    by: str | None


class SendingSaid(Sent):
    """What became of it; `waiting`: it was ticked off by mistake."""

    state: Annotated[str, OneOf((SENT, SKIPPED, WAITING))]


DEEDS = {SENT: outbox.done, SKIPPED: outbox.skip, WAITING: outbox.again}


def list_outbox(request: Asked, workspace: Workspace, asked: Query[OutboxAsked]) -> Page[OutgoingTold]:
    """What is to be said in the groups, what is due first; what was said or skipped, the last first."""
    found, now = _seen(request, workspace), clock.now()
    found = found.filter(group=asked.group) if asked.group else found
    if asked.state in {DUE, LATER}:
        found = found.filter(state=WAITING).order_by("due", "created", "pk")
        found = found.filter(due__lte=now) if asked.state == DUE else found.filter(due__gt=now)
    else:
        found = found.filter(state=asked.state).order_by("-at", "pk")
    return paged(found, asked, lambda rows: [_outgoing(request, row) for row in rows])


def _seen(request: Asked, workspace: Workspace) -> QuerySet[Outgoing]:
    found = Outgoing.objects.filter(workspace=workspace, group__in=groups_for(request.staff))
    return found.select_related("group", "picture", "by")


def _outgoing(request: Asked, row: Outgoing) -> OutgoingTold:
    kind, _colon, id = row.source.partition(":")
    told: dict[str, Any] = {name: getattr(row, name) for name in ("id", "what", "state", "due", "at")}
    return OutgoingTold(
        group=Named(id=row.group.pk, name=row.group.name),
        text=sending.text(request, row),
        picture=address_of(request, row.picture),
        activity=UUID(id) if kind == "activity" else None,
        by=str(row.by) if row.by else None,
        **told,
    )


def settle_outgoing(request: Asked, workspace: Workspace, which: UUID, said: SendingSaid) -> OutgoingTold:
    """Tick a message off as sent or skipped, or let it wait again."""
    row = _seen(request, workspace).filter(pk=which).first()
    if row is None:
        raise NotThere("which")
    DEEDS[said.state](row, by=request.user, now=clock.now())
    return _outgoing(request, _seen(request, workspace).get(pk=which))
