"""The board: what people of some groups offer and need, with source and date, and who may serve whom (chapter 5)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from huoqun.insight.matching import matches
from huoqun.people import profile
from huoqun.people.account import Account
from huoqun.people.dealing import ACCEPTED, DECLINED, Dealing, settle
from huoqun.people.group import Group
from huoqun.people.introduction import KIND, OFFER, NotProposed, pair_key
from huoqun.people.membership import called
from huoqun.people.person import Identity
from huoqun.people.profile import NEEDS, OFFERS, Fact
from huoqun.people.workspace import Workspace

NEWEST = 1000
"""Of the other side, so many are compared, the newest: an offer of three years ago is rarely still one."""
AT_ONCE = 2000
"""Lines an export reads at a time."""
EACH = 3
"""Matches shown of one line."""
OTHER = {NEEDS: OFFERS, OFFERS: NEEDS}


@dataclass(frozen=True)
class Serving:
    """The other side of a match."""

    fact: Fact
    human: UUID
    name: str
    words: tuple[str, ...]
    dealing: Dealing | None
    """Where somebody has decided about the two already."""


@dataclass
class Line:
    """A need or an offer with who it is of, and what answers it."""

    fact: Fact
    human: UUID
    name: str
    group: Group | None
    served: list[Serving] = field(default_factory=list)


def lines(workspace: Workspace, groups: QuerySet[Group], *, about: str = NEEDS, search: str = "") -> QuerySet[Fact]:
    """Needs (or offers) of whoever has an account in these groups, the newest first: one side, so that the index gives
    the order."""
    found = Fact.objects.filter(field=about, person__workspace=workspace)
    if search:
        found = found.filter(text__icontains=search)
    found = found.annotate(human=Coalesce("person__root", "person")).select_related("person", "by")
    there = Identity.objects.filter(group__in=groups)
    own = Exists(there.filter(person=OuterRef("human")))
    merged = Exists(there.filter(person__root=OuterRef("human")))
    return found.filter(own | merged).order_by("-changed", "pk")


def named(rows: Iterable[Fact], groups: QuerySet[Group]) -> Iterator[Line]:
    """Lines with names, read in parts."""
    for those in _batched(rows, AT_ONCE):
        who = _who({_human(f) for f in those}, groups)
        for fact in those:
            identity = who.get(_human(fact))
            yield Line(fact, _human(fact), identity.name if identity else "", identity.group if identity else None)


def _batched(rows: Iterable[Fact], size: int) -> Iterator[list[Fact]]:
    """The rows in lists of at most so many."""
    whole = iter(rows)
    while part := list(islice(whole, size)):
        yield part


def filled(rows: Iterable[Fact], workspace: Workspace, groups: QuerySet[Group]) -> list[Line]:
    """Lines of a page with names and matches, however many lines in the same number of queries."""
    those = list(rows)
    made = list(named(those, groups))
    found = _matched(those, NEEDS, workspace, groups) | _matched(those, OFFERS, workspace, groups)
    who = _who({_human(fact) for pairs in found.values() for fact, _ in pairs}, groups)
    decided = _decided({line.human for line in made}, workspace)
    for line in made:
        for other, words in found.get(line.fact.pk, []):
            theirs = _human(other)
            dealing = decided.get(pair_key(line.human, theirs))
            if theirs in who and (dealing is None or dealing.state != DECLINED):
                line.served.append(Serving(other, theirs, who[theirs].name, words, dealing))
    return made


def _human(fact: Fact) -> UUID:
    return fact.person.root_id or fact.person_id


def _matched(
    rows: Sequence[Fact], about: str, workspace: Workspace, groups: QuerySet[Group]
) -> dict[UUID, list[tuple[Fact, tuple[str, ...]]]]:
    """By line of this side: the best of the other side."""
    mine = [row for row in rows if row.field == about]
    found: dict[UUID, list[tuple[Fact, tuple[str, ...]]]] = defaultdict(list)
    if not mine:
        return found
    others = list(lines(workspace, groups, about=OTHER[about])[:NEWEST])
    sides = (others, mine) if about == NEEDS else (mine, others)
    for match in matches(*([fact.text for fact in side] for side in sides)):
        offer, need = sides[0][match.offer], sides[1][match.need]
        one, other = (need, offer) if about == NEEDS else (offer, need)
        known = {_human(fact) for fact, _ in found[one.pk]}
        if _human(one) != _human(other) and _human(other) not in known and len(known) < EACH:
            found[one.pk].append((other, match.words))
    return found


def _who(humans: set[UUID], groups: QuerySet[Group]) -> dict[UUID, Identity]:
    """The account each person spoke with last."""
    those = Identity.objects.filter(Q(person__in=humans) | Q(person__root__in=humans), group__in=groups)
    those = those.select_related("group", "person").order_by(F("last").asc(nulls_first=True))
    return {i.person.root_id or i.person_id: i for i in those}


def _decided(humans: set[UUID], workspace: Workspace) -> dict[str, Dealing]:
    """What was decided about pairs with one of these, by the pair."""
    mine = Q(person__in=humans) | Q(other__in=humans) | Q(person__root__in=humans) | Q(other__root__in=humans)
    rows = Dealing.objects.filter(mine, workspace=workspace, kind=KIND).select_related("person__root", "other__root")
    return {pair_key((r.person.root or r.person).pk, (r.other.root or r.other).pk): r for r in rows if r.other}


def add(
    group: Group, name: str, about: str, text: str, *, source: str = "", on: date, by: Account, now: datetime
) -> Fact:
    """A need or an offer of the one member of that name, written by hand into their profile. Raises
    membership.NobodyCalled, profile.BadSaying."""
    identity = called(group, name)
    person = identity.person.root or identity.person
    row = profile.say(person, "fact", text, field=about, source=source, on=on, by=by, now=now)
    return Fact.objects.get(pk=row.pk)


def decide(
    workspace: Workspace,
    groups: QuerySet[Group],
    *,
    offer: UUID,
    need: UUID,
    accept: bool,
    words: str,
    by: Account,
    now: datetime,
) -> Dealing:
    """An offer and a need (keys of their lines) brought together, or declined. Raises NotProposed, dealing.Settled."""
    giver, taker = (
        lines(workspace, groups, about=about).filter(pk=key).first() for about, key in ((OFFERS, offer), (NEEDS, need))
    )
    if giver is None or taker is None or _human(giver) == _human(taker):
        raise NotProposed
    there = Identity.objects.filter(person=taker.person, group__in=groups).select_related("group").first()
    if there is None:
        raise NotProposed
    one, other = (fact.person.root or fact.person for fact in (giver, taker))
    return settle(
        there.group,
        KIND,
        pair_key(one.pk, other.pk),
        person=one,
        other=other,
        state=ACCEPTED if accept else DECLINED,
        words=words,
        reason={"reasons": [{"kind": OFFER, "offer": giver.text, "need": taker.text}]},
        by=by,
        now=now,
    )
