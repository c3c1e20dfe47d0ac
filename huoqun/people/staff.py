"""Staff: who works in a workspace, in which role, on which groups, and who is invited to.

Nobody is made staff without a yes: an invitation is a link with a role and an end, used once.
"""

import hashlib
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    CharField,
    DateTimeField,
    Exists,
    F,
    ForeignKey,
    ManyToManyField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    UniqueConstraint,
)

from huoqun.base.table import Table
from huoqun.people import audit
from huoqun.people.account import Account, nobody_yet, open_account
from huoqun.people.group import UNDO, Group, groups
from huoqun.people.role import OWNER, ROLES, Role
from huoqun.people.workspace import Workspace, add, local, name_it

MOST_NAMED = 50
"""Groups named in the log when whoever looked after them is dismissed."""
VALID = timedelta(days=7)
"""How long an invitation can be used, where its maker says nothing else."""


class UnknownRole(ValueError):
    """There is no such role."""


class NotNeeded(Exception):
    """There is an account already; the first one was made by somebody else."""


class LastOwner(Exception):
    """A workspace keeps at least one owner."""


class Spent(Exception):
    """The invitation is used, withdrawn or over."""


class Staff(Table):
    """A member of staff (员工) of one workspace."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="staff")
    account = ForeignKey(Account, CASCADE, related_name="staff")
    role = CharField(max_length=20)
    groups = ManyToManyField(Group, related_name="staff")
    """The groups of a role that is limited to some."""
    ended = DateTimeField(null=True)
    only: frozenset[str] | None = None
    """Where a program acts for them: the permissions it was given; see people/api_token."""

    class Meta(Table.Meta):
        constraints = [
            UniqueConstraint(fields=["workspace", "account"], condition=Q(ended=None), name="staff_once"),
        ]

    def may(self, permission: str) -> bool:
        """Whether the role has a permission, and whoever acts for them was given it."""
        return permission in self.duty.may and (self.only is None or permission in self.only)

    @property
    def duty(self) -> Role:
        """The role with its permissions."""
        return ROLES[self.role]


class Invitation(Table):
    """A link that makes staff of who opens it. Only a digest of its secret is kept."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="invitations")
    by = ForeignKey(Account, SET_NULL, null=True)
    role = CharField(max_length=20)
    groups = ManyToManyField(Group, related_name="+")
    note = CharField(max_length=120, default="")
    """Whom it is for, in the words of who made it."""
    digest = CharField(max_length=64, unique=True)
    expires = DateTimeField()
    withdrawn = DateTimeField(null=True)
    used = DateTimeField(null=True)
    staff = ForeignKey(Staff, SET_NULL, null=True)


def staff_of(account: Account, workspace: Workspace) -> Staff | None:
    """What an account is in a workspace."""
    return Staff.objects.filter(account=account, workspace=workspace, ended=None).first()


def team(workspace: Workspace) -> QuerySet[Staff]:
    """Who works in a workspace."""
    found = Staff.objects.filter(workspace=workspace, ended=None)
    seen = Prefetch("groups", queryset=Group.objects.filter(removed=None).order_by("name", "pk"))
    return found.select_related("account").prefetch_related(seen).order_by("created")


def workspaces_of(account: Account) -> QuerySet[Workspace]:
    """Where an account works, the examples last, by name; an example without groups is on its way in or out."""
    mine = Staff.objects.filter(account=account, ended=None)
    there = Exists(Group.objects.filter(workspace=OuterRef("pk"), removed=None))
    found = Workspace.objects.filter(Q(example_of=None) | there, staff__in=mine).distinct()
    return found.order_by(F("example_of").asc(nulls_first=True), "name", "slug")


def example_of(workspace: Workspace, *, name: str, now: datetime) -> Workspace:
    """The workspace that holds its example (or the example it is), made at the first call and again when the one before
    is on its way out. Whoever works there works in the example in the same role; who is limited to some groups sees
    all of the example's."""
    if workspace.example_of_id:
        return workspace
    with transaction.atomic():
        whole = Workspace.objects.select_for_update().get(pk=workspace.pk)
        found = whole.examples.exclude(groups__removed__lt=now - UNDO).first()
        if found is None:
            found = add(name=name, zone=whole.zone, now=now)
            found.example_of = whole
            found.save()
            for staff in team(whole):
                _follow(staff, now=now)
    return found


def reveal(group: Group) -> None:
    """A group of an example is seen by everybody there, also by who is limited to some."""
    for staff in team(group.workspace):
        if staff.duty.limited:
            staff.groups.add(group)


def groups_for(staff: Staff) -> QuerySet[Group]:
    """The groups a member of staff may see."""
    found = groups(staff.workspace)
    return found.filter(staff=staff) if staff.duty.limited else found


def colleagues(workspace: Workspace) -> list[Account]:
    """Who works in a workspace, by name."""
    return list(Account.objects.filter(staff__workspace=workspace, staff__ended=None).order_by("name", "email"))


def looks_after(group: Group) -> list[Account]:
    """Who can look after a group: whoever of the staff sees it."""
    return look_after([group])[group.pk]


def look_after(groups: Collection[Group]) -> dict[UUID, list[Account]]:
    """The same of many groups at once, by group, each by name."""
    there = {group.workspace_id for group in groups}
    here = Staff.objects.filter(workspace__in=there, ended=None).select_related("account")
    crew = list(here.order_by("account__name", "account__email"))
    limited = [who.pk for who in crew if ROLES[who.role].limited]
    pairs = Staff.groups.through.objects.filter(staff__in=limited, group__in=groups)
    may = set(pairs.values_list("staff_id", "group_id"))
    return {
        group.pk: [
            who.account
            for who in crew
            if who.workspace_id == group.workspace_id and (who.pk not in limited or (who.pk, group.pk) in may)
        ]
        for group in groups
    }


def begin(*, email: str, name: str, password: str, now: datetime) -> Staff:
    """The first account of an installation: its keeper, and owner of the first workspace. Raises NotNeeded,
    account.BadAccount."""
    with transaction.atomic():
        workspace = Workspace.objects.select_for_update().get(pk=local(now=now).pk)
        if not nobody_yet():
            raise NotNeeded
        account = open_account(email=email, name=name, password=password, keeper=True, now=now)
        return _employ(workspace, account, role=OWNER, groups=(), by=account, now=now)


def open_workspace(account: Account, *, name: str, zone: str, language: str = "", now: datetime) -> Workspace:
    """A new workspace, whose owner is who opened it. Raises workspace.Nameless, workspace.UnknownLanguage,
    chat.zone.UnknownZone."""
    with transaction.atomic():
        workspace = add(name=name, zone=zone, language=language, now=now)
        audit.note(workspace, "workspace.open", by=account, on=workspace.pk, title=workspace.name, now=now)
        _employ(workspace, account, role=OWNER, groups=(), by=account, now=now)
    return workspace


def rename(workspace: Workspace, *, name: str, zone: str, language: str = "", by: Account, now: datetime) -> None:
    """Another name, zone or language ("": as it is) for a workspace. Raises workspace.Nameless,
    workspace.UnknownLanguage, chat.zone.UnknownZone."""
    with transaction.atomic():
        workspace = Workspace.objects.select_for_update().get(pk=workspace.pk)
        before = {"name": workspace.name, "zone": workspace.zone, "language": workspace.language}
        name_it(workspace, name=name, zone=zone, language=language)
        after = {"name": workspace.name, "zone": workspace.zone, "language": workspace.language}
        audit.note(
            workspace, "workspace.rename", by=by, on=workspace.pk, title=name, before=before, after=after, now=now
        )


def invite(
    workspace: Workspace,
    *,
    role: str,
    groups: Iterable[Group] = (),
    note: str = "",
    valid: timedelta = VALID,
    by: Account,
    now: datetime,
) -> tuple[Invitation, str]:
    """A new invitation and its secret, which is told once. Raises UnknownRole."""
    if role not in ROLES:
        raise UnknownRole(role)
    secret = secrets.token_urlsafe(24)
    with transaction.atomic():
        row = Invitation.objects.create(
            workspace=workspace,
            by=by,
            role=role,
            note=" ".join(note.split())[:120],
            digest=_digest(secret),
            expires=now + valid,
            created=now,
        )
        row.groups.set(groups)
        after = {"role": role, "expires": row.expires.isoformat()}
        audit.note(workspace, "staff.invite", by=by, on=row.pk, title=row.note, after=after, now=now)
    return row, secret


def open_invitations(workspace: Workspace, *, now: datetime) -> QuerySet[Invitation]:
    """The invitations that can still be used."""
    found = Invitation.objects.filter(workspace=workspace, used=None, withdrawn=None, expires__gt=now)
    return found.order_by("-created")


def invitation(secret: str, *, now: datetime) -> Invitation:
    """The invitation of a link. Raises Spent."""
    row = Invitation.objects.filter(digest=_digest(secret)).select_related("workspace", "by").first()
    if row is None or row.used or row.withdrawn or row.expires <= now:
        raise Spent
    return row


def accept(secret: str, account: Account, *, now: datetime) -> Staff:
    """Make staff of the account; who is staff already gets the role of the invitation. Raises Spent."""
    with transaction.atomic():
        row = Invitation.objects.select_for_update().get(pk=invitation(secret, now=now).pk)
        if row.used or row.withdrawn:
            raise Spent
        there = staff_of(account, row.workspace)
        if there is None:
            there = _employ(row.workspace, account, role=row.role, groups=row.groups.all(), by=row.by, now=now)
        else:
            change(there, role=row.role, groups=row.groups.all(), by=row.by, now=now)
        row.used, row.staff = now, there
        row.save()
    return there


def withdraw(row: Invitation, *, by: Account, now: datetime) -> None:
    """The link works no more."""
    with transaction.atomic():
        Invitation.objects.filter(pk=row.pk, used=None, withdrawn=None).update(withdrawn=now)
        audit.note(row.workspace, "staff.withdraw", by=by, on=row.pk, title=row.note, now=now)


def change(staff: Staff, *, role: str, groups: Iterable[Group], by: Account | None, now: datetime) -> None:
    """Another role, or other groups; they look after no group that they see no more. Raises UnknownRole, LastOwner."""
    if role not in ROLES:
        raise UnknownRole(role)
    with transaction.atomic():
        staff = _held(staff)
        if role != OWNER:
            _keep_an_owner(staff)
        before = _told(staff)
        staff.role = role
        staff.save()
        staff.groups.set([*groups, *staff.groups.exclude(removed=None)])
        _follow(staff, now=now)
        before |= _hand_back(staff, by=by, now=now)
        audit.note(
            staff.workspace,
            "staff.change",
            by=by,
            on=staff.pk,
            title=str(staff.account),
            before=before,
            after=_told(staff),
            now=now,
        )


def dismiss(staff: Staff, *, by: Account, now: datetime) -> None:
    """They work here no more, look after no group of the workspace and have no research left to do. Raises
    LastOwner."""
    with transaction.atomic():
        staff = _held(staff)
        _keep_an_owner(staff)
        staff.ended = now
        staff.save()
        _follow(staff, now=now)
        before = _told(staff) | _hand_back(staff, by=by, now=now)
        audit.note(
            staff.workspace, "staff.dismiss", by=by, on=staff.pk, title=str(staff.account), before=before, now=now
        )


def _hand_back(staff: Staff, *, by: Account | None, now: datetime) -> dict[str, object]:
    """Whoever sees a group no more looks after it no more, and what is left to do of its research is nobody's. Returns
    the groups, for the log."""
    if staff.ended is None and not staff.duty.limited:
        return {}
    seen = (staff.groups.all() if staff.ended is None else Group.objects.none()).values("pk")
    cared = Group.objects.filter(workspace=staff.workspace, carer=staff.account).exclude(pk__in=seen)
    named = list(cared.order_by("name").values_list("name", flat=True)[:MOST_NAMED])
    cared.update(carer=None)
    left = staff.workspace.studies.filter(who=staff.account, done=None).exclude(group__in=seen)
    before, after = {"who": str(staff.account)}, {"who": ""}
    for key, title in left.values_list("pk", "title"):
        audit.note(staff.workspace, "study.change", by=by, on=key, title=title, before=before, after=after, now=now)
    left.update(who=None)
    return {"cared_for": named} if named else {}


def _employ(
    workspace: Workspace, account: Account, *, role: str, groups: Iterable[Group], by: Account | None, now: datetime
) -> Staff:
    staff = Staff.objects.create(workspace=workspace, account=account, role=role, created=now)
    staff.groups.set(groups)
    audit.note(workspace, "staff.join", by=by, on=staff.pk, title=str(account), after=_told(staff), now=now)
    _follow(staff, now=now)
    return staff


def _follow(staff: Staff, *, now: datetime) -> None:
    """What somebody is in a workspace, they are in its example."""
    for example in staff.workspace.examples.all():
        there = staff_of(staff.account, example) or Staff(workspace=example, account=staff.account, created=now)
        there.role, there.ended = staff.role, staff.ended
        there.save()
        there.groups.set(groups(example) if staff.duty.limited else ())
        if staff.ended:
            Group.objects.filter(workspace=example, carer=staff.account).update(carer=None)


def _held(staff: Staff) -> Staff:
    """The row as it is now; the workspace is held, so that two owners do not leave at once."""
    Workspace.objects.select_for_update().get(pk=staff.workspace_id)
    return Staff.objects.select_related("workspace", "account").get(pk=staff.pk)


def _keep_an_owner(staff: Staff) -> None:
    others = Staff.objects.filter(workspace=staff.workspace, role=OWNER, ended=None).exclude(pk=staff.pk)
    if staff.role == OWNER and not others.exists():
        raise LastOwner


def _told(staff: Staff) -> dict[str, object]:
    return {"role": staff.role, "groups": sorted(staff.groups.values_list("name", flat=True))}


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
