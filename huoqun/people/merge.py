"""The merge: that two persons are one is proposed with evidence, decided by people, and can be taken back exactly.

Decisions form a forest: who is merged hangs under whom they were merged into, and `Person.root` is the top of the tree.
Taking one decision back cuts one branch off with everything that hangs on it; no other row of a person ever moves.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from uuid import UUID

from django.db import transaction
from django.db.models import CASCADE, BooleanField, CharField, Count, DateTimeField, F, ForeignKey, JSONField, QuerySet
from django.db.models.functions import Coalesce, Length

from huoqun.base.table import Table
from huoqun.people import audit, deed, tally
from huoqun.people.account import Account
from huoqun.people.forgotten import stone, under_way
from huoqun.people.group import Group
from huoqun.people.person import Identity, Person, root_of
from huoqun.people.workspace import Workspace

AT_ONCE = 100
"""Proposals shown at once."""
COMMON = 4
"""A name that more persons than this bear says nothing about who they are."""
SHORTEST = 2
"""Characters a name needs before it says anything."""
ACCOUNT, NAME = "account", "name"


class Impossible(ValueError):
    """The two are one already, or of two workspaces."""


class Leaving(Impossible):
    """One of the two is being erased, or was."""


class Sameness(Table):
    """A decision of somebody (合并): `other` is the same human as `kept`, or is not."""

    kept = ForeignKey(Person, CASCADE, related_name="took_in")
    other = ForeignKey(Person, CASCADE, related_name="went_into")
    same = BooleanField()
    reason = CharField(max_length=10)
    evidence = JSONField(default=dict)
    by = ForeignKey(Account, CASCADE, null=True, related_name="+")
    undone = DateTimeField(null=True)


@dataclass(frozen=True)
class Proposal:
    """Two persons who may be one: why, what they share, and the identities it is seen from."""

    one: UUID
    other: UUID
    reason: str
    shared: str
    evidence: tuple[Identity, ...]


def proposals(groups: QuerySet[Group]) -> list[Proposal]:
    """Who of these groups may be one, the stronger reason first; what was decided once is not asked again."""
    found = [*_by_account(groups), *_by_name(groups)]
    decided = _decided({p.one for p in found} | {p.other for p in found})
    asked: dict[frozenset[UUID], Proposal] = {}
    for p in found:
        asked.setdefault(frozenset({p.one, p.other}), p)
    return [p for pair, p in asked.items() if pair not in decided][:AT_ONCE]


def _people(groups: QuerySet[Group]) -> QuerySet[Identity]:
    there = Identity.objects.filter(group__in=groups, bot=False, person__workspace=F("group__workspace"))
    return there.annotate(human=Coalesce("person__root", "person"))


def _by_account(groups: QuerySet[Group]) -> Iterable[Proposal]:
    """One id of a network seen in several groups; only ids that the network gave count, never names."""
    told = _people(groups).filter(group__facts__has_ids=True)
    shared = told.values("group__network", "account").annotate(n=Count("human", distinct=True)).filter(n__gt=1)
    wanted = {(r["group__network"], r["account"]) for r in shared.order_by("account")[:AT_ONCE]}
    sets: dict[tuple[str, str], list[Identity]] = defaultdict(list)
    for i in told.filter(account__in={a for _, a in wanted}).select_related("group", "person").order_by("created"):
        if (i.group.network, i.account) in wanted:
            sets[i.group.network, i.account].append(i)
    for (_, account), those in sets.items():
        first, *others = _one_each(those)
        for other in others:
            yield _proposal(ACCOUNT, account, first, other)


def _by_name(groups: QuerySet[Group]) -> Iterable[Proposal]:
    """One uncommon name in two groups; not where ids of one network say that they are two."""
    told = _people(groups).annotate(letters=Length("name")).filter(letters__gte=SHORTEST)
    counted = told.values("name").annotate(n=Count("human", distinct=True), g=Count("group", distinct=True))
    shared = counted.filter(n__gt=1, n__lte=COMMON, g__gt=1).order_by("-n", "name")
    sets: dict[str, list[Identity]] = defaultdict(list)
    names = [r["name"] for r in shared[: AT_ONCE * 3]]
    for i in told.filter(name__in=names).select_related("group", "person").order_by("created"):
        sets[i.name].append(i)
    for name, those in sets.items():
        for a, b in combinations(_one_each(those), 2):
            if a.group_id != b.group_id and not _told_apart(a, b):
                yield _proposal(NAME, name, a, b)


def _told_apart(a: Identity, b: Identity) -> bool:
    ids = a.group.facts.get("has_ids") and b.group.facts.get("has_ids")
    return bool(ids) and a.group.network == b.group.network and a.account != b.account


def _one_each(those: Iterable[Identity]) -> list[Identity]:
    """The first identity of each human."""
    first: dict[UUID, Identity] = {}
    for i in those:
        first.setdefault(i.person.root_id or i.person_id, i)
    return list(first.values())


def _proposal(reason: str, shared: str, a: Identity, b: Identity) -> Proposal:
    return Proposal(a.person.root_id or a.person_id, b.person.root_id or b.person_id, reason, shared, (a, b))


def _decided(persons: set[UUID]) -> set[frozenset[UUID]]:
    """Pairs that somebody said are two, or took apart again. By their roots of today."""
    told = Sameness.objects.exclude(same=True, undone=None)
    told = told.annotate(a=Coalesce("kept__root", "kept"), b=Coalesce("other__root", "other"))
    return {frozenset(pair) for pair in told.values_list("a", "b") if set(pair) <= persons}


def merge(
    kept: Person,
    other: Person,
    *,
    reason: str = "",
    evidence: dict[str, object] | None = None,
    by: Account | None,
    now: datetime,
) -> Sameness:
    """From now on both are one human, called by `kept`. Raises Impossible; Leaving where staff would have somebody
    erased who did not ask for it."""
    with transaction.atomic():
        kept, other = _held(kept, other)
        if by is not None and any(under_way(each) or stone(each) for each in (kept, other)):
            raise Leaving
        if kept.pk == other.pk or kept.workspace_id != other.workspace_id:
            raise Impossible
        row = Sameness.objects.create(
            kept=kept, other=other, same=True, reason=reason, evidence=evidence or {}, by=by, created=now
        )
        Person.objects.filter(root=other).update(root=kept)
        Person.objects.filter(pk=other.pk).update(root=kept)
        tally.count([kept.pk, other.pk], now=now)
        _note(row, "person.merge", by, now)
    return row


def refuse(kept: Person, other: Person, *, reason: str = "", by: Account | None, now: datetime) -> Sameness:
    """They are two; it is not proposed again. Raises Impossible."""
    with transaction.atomic():
        kept, other = _held(kept, other)
        if kept.pk == other.pk or kept.workspace_id != other.workspace_id:
            raise Impossible
        row = Sameness.objects.create(kept=kept, other=other, same=False, reason=reason, by=by, created=now)
        _note(row, "person.differ", by, now)
    return row


def merges(person: Person) -> QuerySet[Sameness]:
    """The decisions that made a person what they are, newest first."""
    root = person.root_id or person.pk
    found = Sameness.objects.filter(same=True, undone=None).annotate(top=Coalesce("other__root", "other"))
    return found.filter(top=root).select_related("kept", "other", "by").order_by("-created")


def unmerge(row: Sameness, *, by: Account | None, now: datetime) -> None:
    """Take a decision back: `other` is a person again, with those who were merged into them and no one else."""
    with transaction.atomic():
        root = _held(row.kept)[0]
        if not Sameness.objects.filter(pk=row.pk, same=True, undone=None).update(undone=now):
            return
        under: dict[UUID, list[UUID]] = defaultdict(list)
        for upper, lower in Sameness.objects.filter(same=True, undone=None, other__root=root).values_list(
            "kept", "other"
        ):
            under[upper].append(lower)
        branch = list(under[row.other_id])
        for lower in branch:  # grows while it is walked
            branch.extend(under[lower])
        Person.objects.filter(pk=row.other_id).update(root=None)
        Person.objects.filter(pk__in=branch).update(root=row.other_id)
        tally.count([root.pk, row.other_id], now=now)
        _note(row, "person.unmerge", by, now)


def _held(*persons: Person) -> list[Person]:
    """The roots of these persons as they are now; the workspace is held, so that no two decisions cross."""
    Workspace.objects.select_for_update().get(pk=persons[0].workspace_id)
    fresh = Person.objects.select_related("root", "workspace").in_bulk([p.pk for p in persons])
    return [root_of(fresh[p.pk]) for p in persons]


def _note(row: Sameness, what: str, by: Account | None, now: datetime) -> None:
    names = dict(Identity.objects.filter(person__in=[row.kept_id, row.other_id]).values_list("person", "name"))
    title = names.get(row.kept_id, "")
    after = {"other": names.get(row.other_id, str(row.other_id)), "reason": row.reason}
    audit.note(row.kept.workspace, what, by=by, on=row.kept_id, title=title, after=after, now=now)
    if what != "person.differ":
        deed.write(row.kept, what, at=now, key=row.pk.hex, values=after, by=by, now=now)
