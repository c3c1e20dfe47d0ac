"""The API of who works here: oneself, workspaces, team, invitations, the log, saved views."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from ninja import Query, Schema
from pydantic import Field

from huoqun.base import clock
from huoqun.people import staff, view
from huoqun.people.account import Account
from huoqun.people.audit import Entry
from huoqun.people.group import Group, groups
from huoqun.people.role import PERMISSIONS, ROLES
from huoqun.people.staff import Invitation, Staff, staff_of
from huoqun.people.view import LONGEST_NAME, View
from huoqun.people.workspace import Workspace
from huoqun.web import log
from huoqun.web.api_facts import NotThere
from huoqun.web.api_shape import Day, Named, OneOf, Page, Paging, Sent, Words, paged
from huoqun.web.gate import Asked
from huoqun.web.portfolio import wanted_by


class WorkTold(Schema):
    """A workspace where somebody works: `may` is what the one who asks may do there, a key as far as it was made."""

    slug: str
    name: str
    zone: str
    role: str
    may: list[str]


class MeTold(Schema):
    """Who is asking."""

    name: str
    email: str
    key: bool
    workspaces: list[WorkTold]


class WorkspaceSaid(Sent):
    """What a workspace is called and where its days begin."""

    name: Words = Field(min_length=1, max_length=120)
    zone: Words = Field(min_length=1, max_length=64, examples=["Asia/Shanghai"])


class MemberTold(Schema):
    """Somebody who works here, in which role, and for which groups where the role is limited to some."""

    id: UUID
    name: str
    email: str
    role: str
    groups: list[Named]
    since: datetime


class DutySaid(Sent):
    """A role, and the groups it holds for where it is limited to some."""

    role: Annotated[str, OneOf(ROLES)]
    groups: list[UUID] = Field(default=[], max_length=1000)


class InvitationSaid(DutySaid):
    """An invitation to make."""

    days: int = Field(7, ge=1, le=30)
    note: Words = Field("", max_length=120, description="Whom it is for.")


class InvitationTold(Schema):
    """An invitation that can still be used. `link` is told once, when it is made."""

    id: UUID
    role: str
    note: str
    expires: datetime
    link: str | None = None


class ChangesAsked(Paging):
    """Which changes."""

    who: UUID | None = Field(None, description="The account of who made them.")
    what: Words = Field("", max_length=40, examples=["group.card"])
    q: Words = Field("", max_length=100, description="Part of the name of what was changed.")
    since: Day | None = None
    until: Day | None = None


class ChangeTold(Schema):
    """A change: who, what, of what, from what to what."""

    id: UUID
    at: datetime
    account: UUID | None
    actor: str
    what: str
    object: UUID | None
    title: str
    before: dict[str, Any]
    after: dict[str, Any]


class ViewSaid(Sent):
    """A list of groups under a name; the query is that of the list's address."""

    name: Words = Field(min_length=1, max_length=LONGEST_NAME)
    query: Words = Field(max_length=1000, examples=["state=dying&order=size"])


class ViewTold(Schema):
    """A saved view."""

    id: UUID
    name: str
    query: str


def me(request: HttpRequest) -> MeTold:
    """Who is asking, where they work, and what they may."""
    account, bearer = request.user, getattr(request, "staff", None)
    assert isinstance(account, Account)
    mine = [staff_of(account, w) for w in staff.workspaces_of(account)] if bearer is None else [bearer]
    work = [_work(row) for row in mine if row is not None]
    return MeTold(name=account.name, email=account.email, key=bearer is not None, workspaces=work)


def _work(row: Staff) -> WorkTold:
    where = row.workspace
    may = [permission for permission in PERMISSIONS if row.may(permission)]
    return WorkTold(slug=where.slug, name=where.name, zone=where.zone, role=row.role, may=may)


def set_workspace(request: Asked, workspace: Workspace, said: WorkspaceSaid) -> WorkTold:
    """Say what the workspace is called and where its days begin."""
    staff.rename(workspace, name=said.name, zone=said.zone, by=request.user, now=clock.now())
    request.staff.workspace = Workspace.objects.get(pk=workspace.pk)
    return _work(request.staff)


def list_team(request: Asked, workspace: Workspace, paging: Query[Paging]) -> Page[MemberTold]:
    """Who works in the workspace."""
    return paged(staff.team(workspace), paging, lambda rows: [_member(row) for row in rows])


def _member(row: Staff) -> MemberTold:
    return MemberTold(
        id=row.pk,
        name=row.account.name,
        email=row.account.email,
        role=row.role,
        groups=[Named(id=g.pk, name=g.name) for g in row.groups.all()],
        since=row.created,
    )


def set_role(request: Asked, member: Staff, said: DutySaid) -> MemberTold:
    """Give somebody another role."""
    wanted = _groups(request, said)
    staff.change(member, role=said.role, groups=wanted, by=request.user, now=clock.now())
    return _member(staff.team(request.workspace).get(pk=member.pk))


def dismiss(request: Asked, member: Staff) -> None:
    """End somebody's work here."""
    staff.dismiss(member, by=request.user, now=clock.now())


def _groups(request: Asked, said: DutySaid) -> list[Group]:
    found = list(groups(request.workspace).filter(pk__in=said.groups))
    if len(found) < len(set(said.groups)):
        raise NotThere("groups")
    return found


def list_invitations(request: Asked, workspace: Workspace, paging: Query[Paging]) -> Page[InvitationTold]:
    """The invitations that can still be used."""
    found = staff.open_invitations(workspace, now=clock.now())
    return paged(found, paging, lambda rows: [_invitation(row) for row in rows])


def _invitation(row: Invitation, link: str | None = None) -> InvitationTold:
    return InvitationTold(id=row.pk, role=row.role, note=row.note, expires=row.expires, link=link)


def add_invitation(request: Asked, workspace: Workspace, said: InvitationSaid) -> InvitationTold:
    """Invite somebody; the link is told once."""
    row, secret = staff.invite(
        workspace,
        role=said.role,
        groups=_groups(request, said),
        note=said.note,
        valid=timedelta(days=said.days),
        by=request.user,
        now=clock.now(),
    )
    return _invitation(row, request.build_absolute_uri(reverse("join", args=[secret])))


def withdraw_invitation(request: Asked, row: Invitation) -> None:
    """End an invitation before it is used."""
    staff.withdraw(row, by=request.user, now=clock.now())


def read_log(request: Asked, workspace: Workspace, asked: Query[ChangesAsked]) -> Page[ChangeTold]:
    """Everything that was changed, newest first."""
    told = {name: str(value or "") for name, value in asked.dict(exclude={"page", "size", "since", "until"}).items()}
    days = {name: _day(getattr(asked, name)) for name in ("since", "until")}
    return paged(log.filtered(workspace, told | days), asked, lambda rows: [_change(row) for row in rows])


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _change(row: Entry) -> ChangeTold:
    names = ("actor", "what", "object", "title", "before", "after")
    told = {name: getattr(row, name) for name in names}
    return ChangeTold(id=row.pk, at=row.created, account=row.account_id, **told)


def list_views(request: Asked, workspace: Workspace) -> list[ViewTold]:
    """The lists of groups that the one who asks has saved."""
    return [ViewTold.from_orm(row) for row in view.views_of(workspace, request.user)]


def save_view(request: Asked, workspace: Workspace, said: ViewSaid) -> ViewTold:
    """Keep a list of groups under a name; one of the same name is replaced."""
    query = wanted_by(QueryDict(said.query)).query
    return ViewTold.from_orm(view.keep(workspace, request.user, name=said.name, query=query, now=clock.now()))


def remove_view(request: Asked, workspace: Workspace, which: UUID) -> None:
    """Keep a list no longer."""
    row: View | None = view.views_of(workspace, request.user).filter(pk=which).first()
    if row is None:
        raise NotThere("which")
    view.remove(row, now=clock.now())
