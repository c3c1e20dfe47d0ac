"""The login: that who logs in with a server outside (WeChat, OpenID Connect) is a member of a group, is to become one,
or is not.

Nobody becomes a member by saying a name. A login is bound by the member's own link, by a code that the member's account
says in the chat, or by staff. It is bound to an account in a group, so it reaches whatever that human has after a merge
and nothing more after it is taken back. A login never is, or leads to, an account of staff.
"""

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
    ForeignKey,
    Index,
    Q,
    QuerySet,
    UniqueConstraint,
)
from django.db.models.functions import Coalesce

from huoqun.base.issuer import Proven
from huoqun.base.table import Table
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.display import visible
from huoqun.people.group import Group
from huoqun.people.membership import here
from huoqun.people.person import Identity, ones

WAITING, BOUND, DECLINED = "waiting", "bound", "declined"
LINK, NAME, CHAT = "link", "name", "chat"
"""What speaks for it: the member's own link; a name that was said, which is nothing; the code heard in the chat."""
HOLDS = timedelta(days=3)
"""How long after it was shown a code may be said in the chat. A default."""
EARLY = timedelta(days=1)
"""By how much an export's clock may be behind, where its zone was guessed."""
KEPT = timedelta(days=14)
"""How long a login that waits is kept: exports come in later than they were said. A default."""
MOST_WAITING = 200
"""Logins that wait in one group at most: a stranger with the link cannot fill the list of staff without end."""
LONGEST_NAME = 100


class Another(Exception):
    """This login is somebody else of the group already."""


class Declined(Exception):
    """Staff said that it is not them."""


class Unknown(Exception):
    """No login waits for this code, or not any more."""


class Crowded(Exception):
    """Too many wait already."""


class Login(Table):
    """A login outside and the member it is (登录绑定). `identity` is empty until a name or a code was said."""

    group = ForeignKey(Group, CASCADE, related_name="logins")
    identity = ForeignKey(Identity, CASCADE, null=True, related_name="logins")
    issuer = CharField(max_length=300)
    subject = CharField(max_length=255)
    union = CharField(max_length=128, default="")
    name = CharField(max_length=LONGEST_NAME, default="")
    """What the server outside calls them: for people to know it again, never to find anybody by."""
    state = CharField(max_length=10, default=WAITING)
    via = CharField(max_length=10, default="")
    code = CharField(max_length=6, default="")
    shown = DateTimeField()
    """When the code was first shown to them."""
    said = DateTimeField(null=True)
    """When the code was heard."""
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")
    changed = DateTimeField()

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["group", "issuer", "subject"], name="login_once")]
        indexes = [
            Index(fields=["issuer", "subject"], name="login_subject"),
            Index(fields=["union"], name="login_union"),
            Index(fields=["group", "state", "-changed"], name="login_list"),
        ]


def _same(who: Proven) -> Q:
    """Rows of one who logs in: under this application, or under another one that WeChat says is theirs too."""
    found = Q(issuer=who.issuer, subject=who.subject)
    return found | Q(union=who.union) if who.union else found


def human_of(identity: Identity) -> UUID:
    """The person an account is, after merges."""
    return identity.person.root_id or identity.person_id


def bound(who: Proven) -> QuerySet[Login]:
    """Everything that this login is bound to, in all workspaces."""
    found = Login.objects.filter(_same(who), state=BOUND, group__removed=None)
    return found.select_related("group__workspace", "identity__person").order_by("created")


def places(who: Proven) -> list[tuple[Login, Identity]]:
    """The groups in which this login is a member who has not left, each with the account that it is there."""
    found: dict[UUID, tuple[Login, Identity]] = {}
    for row in bound(who):
        assert row.identity is not None
        theirs = Identity.objects.filter(person__in=ones(row.identity.person), group__removed=None)
        for group in Group.objects.filter(pk__in=theirs.values("group")).select_related("workspace"):
            for there in here(group).filter(pk__in=theirs).order_by("created")[:1]:
                found.setdefault(group.pk, (row, there))
        if here(row.group).filter(pk=row.identity.pk).exists():
            found[row.group_id] = row, row.identity
    return sorted(found.values(), key=lambda pair: (pair[1].group.name, pair[1].created))


def member_in(group: Group, who: Proven) -> tuple[Login, Identity] | None:
    """Who this login is in a group."""
    return next((pair for pair in places(who) if pair[1].group_id == group.pk), None)


def accounts(wanted: Collection[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], UUID]:
    """By login and group the account it is there: the one it was bound to, elsewhere the human's first."""
    rows = Login.objects.filter(pk__in={pk for pk, _ in wanted}, state=BOUND)
    told = rows.values_list("pk", "group", "identity", Coalesce("identity__person__root", "identity__person"))
    humans, found = {}, {}
    for pk, group, identity, human in told:
        humans[pk] = human
        found[pk, group] = identity
    if missing := [pair for pair in wanted if pair not in found and pair[0] in humans]:
        human = Coalesce("person__root", "person")
        theirs = Identity.objects.annotate(human=human).filter(human__in=humans.values(), bot=False)
        theirs = theirs.filter(group__in={group for _, group in missing}).order_by("-created")
        first = {(h, g): pk for h, g, pk in theirs.values_list("human", "group", "pk")}
        found |= {(pk, g): first[humans[pk], g] for pk, g in missing if (humans[pk], g) in first}
    return {pair: found[pair] for pair in wanted if pair in found}


def known(those: Collection[UUID]) -> set[UUID]:
    """Of these accounts those whose human logs in."""
    human = Coalesce("person__root", "person")
    humans = dict(Identity.objects.filter(pk__in=those).values_list("pk", human))
    theirs = Q(identity__person__in=set(humans.values())) | Q(identity__person__root__in=set(humans.values()))
    rows = Login.objects.filter(theirs, state=BOUND)
    bound = set(rows.values_list(Coalesce("identity__person__root", "identity__person"), flat=True))
    return {pk for pk, of in humans.items() if of in bound}


def logins_of(identity: Identity) -> QuerySet[Login]:
    """How the human behind an account logs in, the oldest first."""
    found = Login.objects.filter(identity__person__in=ones(identity.person), state=BOUND)
    return found.select_related("group", "identity").order_by("created")


def ask(who: Proven, group: Group, *, now: datetime) -> Login:
    """The login in this group; where it is new it waits, with a code to be said in the chat. Raises Crowded."""
    with transaction.atomic():
        row = Login.objects.select_for_update().filter(group=group, issuer=who.issuer, subject=who.subject).first()
        if row is None:
            if Login.objects.filter(group=group, state=WAITING).count() >= MOST_WAITING:
                raise Crowded
            row = _begun(who, group, now)
        else:
            row.union, row.name = who.union or row.union, visible(who.name)[:LONGEST_NAME] or row.name
            if row.state != BOUND and row.said is None and (not row.code or row.shown <= now - HOLDS):
                row.code, row.shown = _fresh(group), now
            row.save(update_fields=["union", "name", "code", "shown"])
    return row


def _begun(who: Proven, group: Group, now: datetime) -> Login:
    row = Login(group=group, issuer=who.issuer, subject=who.subject, union=who.union, created=now, changed=now)
    row.name, row.code, row.shown = visible(who.name)[:LONGEST_NAME], _fresh(group), now
    Login.objects.bulk_create([row], ignore_conflicts=True)
    return Login.objects.select_for_update().get(group=group, issuer=who.issuer, subject=who.subject)


def _fresh(group: Group) -> str:
    """A code that nobody else in the group waits with."""
    taken = set(Login.objects.filter(group=group).exclude(code="").values_list("code", flat=True))
    while (code := f"{secrets.randbelow(10**6):06}") in taken:
        pass
    return code


def claim(row: Login, identity: Identity, *, now: datetime) -> Login:
    """Say who one is, by name: staff will see it, and nothing else comes of it. Raises Declined, Another."""
    with transaction.atomic():
        row = _held(row)
        if row.state == DECLINED:
            raise Declined
        if row.state == WAITING and row.via != CHAT:
            row.identity, row.via, row.changed = identity, NAME, now
            row.save(update_fields=["identity", "via", "changed"])
    return row


def bind(who: Proven, identity: Identity, *, now: datetime) -> Login:
    """Bind a login to the member whose own link it came with. Raises Another, Crowded."""
    with transaction.atomic():
        row = _held(ask(who, identity.group, now=now))
        return _bind(row, identity, LINK, None, now)


def hear(identity: Identity, code: str, *, at: datetime, read: bool, now: datetime) -> Login:
    """A member said a code in their group, at that time; `read`: it stands in the group's record, else staff pasted it.

    Where the network tells accounts apart by ids, that is proof. Where the record has names only, which anybody can
    bear, staff are shown it and decide. Raises Unknown, Another, Declined.
    """
    with transaction.atomic():
        found = Login.objects.select_for_update().filter(group=identity.group_id, code=code).exclude(state=BOUND)
        rows = list(found[:2]) if code else []
        if len(rows) != 1 or not _in_time(rows[0], at if read else now, now):
            raise Unknown
        row = rows[0]
        if read and identity.group.facts.get("has_ids"):
            row.said = at
            return _bind(row, identity, CHAT, None, now)
        if row.state == DECLINED:
            raise Declined
        row.identity, row.via, row.said, row.changed, row.code = identity, CHAT, at, now, ""
        row.save()
    return row


def _in_time(row: Login, at: datetime, now: datetime) -> bool:
    return row.shown - EARLY <= at <= row.shown + HOLDS and now <= row.shown + KEPT


def _bind(row: Login, identity: Identity, via: str, by: Account | None, now: datetime) -> Login:
    """The row, held, becomes this member. Raises Another."""
    human = human_of(identity)
    same = _same(Proven(row.issuer, row.subject, row.union))
    for other in Login.objects.filter(same, group=row.group_id, state=BOUND).select_related("identity__person"):
        if other.identity is not None and human_of(other.identity) != human:
            raise Another
    if row.state == BOUND:
        return row
    row.identity, row.state, row.via, row.by, row.changed, row.code = identity, BOUND, via, by, now, ""
    row.save()
    _note(row, "login.bind", by, now)
    return row


def confirm(row: Login, *, by: Account, now: datetime) -> Login:
    """Staff say that it is them. Raises Unknown where nobody was named, Another."""
    with transaction.atomic():
        row = _held(row)
        if row.identity is None or row.state != WAITING:
            raise Unknown
        return _bind(row, row.identity, row.via, by, now)


def decline(row: Login, *, by: Account, now: datetime) -> Login:
    """Staff say that it is not them: no name is believed from it again, unless they take this back. Raises Unknown."""
    return _turn(row, WAITING, DECLINED, "login.decline", by, now)


def take_back(row: Login, *, by: Account, now: datetime) -> Login:
    """It waits again, whatever was decided; what it opened is shut at once. Raises Unknown."""
    return _turn(row, row.state, WAITING, "login.take_back", by, now)


def _turn(row: Login, was: str, becomes: str, what: str, by: Account, now: datetime) -> Login:
    with transaction.atomic():
        row = _held(row)
        if row.state != was or row.state == becomes or row.identity is None:
            raise Unknown
        row.state, row.by, row.changed = becomes, by, now
        row.save()
        _note(row, what, by, now)
    return row


def remove(row: Login, *, by: Account | None, now: datetime) -> None:
    """No longer: the member (`by` None) or staff do away with it. What it opened is shut at once."""
    with transaction.atomic():
        _note(row, "login.remove", by, now)
        Login.objects.filter(pk=row.pk).delete()


def let_go(identity: Identity) -> None:
    """All logins of the human behind an account are gone, those that wait for a yes too."""
    Login.objects.filter(identity__person__in=ones(identity.person)).delete()


def sweep(now: datetime) -> None:
    """Drop those that waited in vain."""
    Login.objects.filter(state=WAITING, shown__lte=now - KEPT, changed__lte=now - KEPT).delete()


def awaited(groups: Iterable[Group] | QuerySet[Group]) -> QuerySet[Login]:
    """Those of these groups that staff can decide on, the oldest first."""
    found = Login.objects.filter(group__in=groups, state=WAITING, group__removed=None).exclude(identity=None)
    return found.select_related("group", "identity__person").order_by("changed", "pk")


def decided(groups: Iterable[Group] | QuerySet[Group]) -> QuerySet[Login]:
    """Those of these groups that are decided, the newest first."""
    found = Login.objects.filter(group__in=groups, group__removed=None).exclude(state=WAITING).exclude(identity=None)
    return found.select_related("group", "identity__person", "by").order_by("-changed", "pk")


def _held(row: Login) -> Login:
    """The row as it is now, until the transaction ends. Raises Unknown."""
    found = Login.objects.select_for_update(of=("self",)).filter(pk=row.pk)
    fresh = found.select_related("identity__person", "group__workspace").first()
    if fresh is None:
        raise Unknown
    return fresh


def _note(row: Login, what: str, by: Account | None, now: datetime) -> None:
    assert row.identity is not None
    told = {"name": row.identity.name, "via": row.via}
    workspace = Group.objects.select_related("workspace").get(pk=row.group_id).workspace
    audit.note(workspace, what, by=by, on=row.identity.person_id, title=row.identity.name, after=told, now=now)
