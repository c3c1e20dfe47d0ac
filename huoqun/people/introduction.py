"""The introduction: who of a group should meet whom, why, and what became of it (handbook chapter 5).

Three things speak for it: one offers what the other needs, both live in one city, or they would bridge two circles.
Who has a tie already, and whom somebody has decided about, is not proposed again.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Coalesce

from huoqun.insight.matching import matches
from huoqun.people import dealing
from huoqun.people.account import Account
from huoqun.people.dealing import ACCEPTED, DECLINED, Dealing
from huoqun.people.group import Group
from huoqun.people.membership import here
from huoqun.people.person import Identity, Person
from huoqun.people.profile import NEEDS, OFFERS, Fact
from huoqun.people.rapport import Acquaintance, acquaintance

KIND = "introduction"
OUTCOMES = ("met", "tied", "nothing")
MOST = 30
"""Proposals on a page."""
EACH = 2
"""Of one person at a time: who is introduced to everybody meets nobody."""
OFFER, CITY, BRIDGE, TRADE = "offer", "city", "bridge", "trade"
WEIGHT = {OFFER: 2.0, BRIDGE: 1.2, CITY: 1.0, TRADE: 0.5}
"""Ours: a need served is the strongest reason; one trade alone is none and only adds to another."""
CROWD = 40
"""People of one city, the most active, among whom pairs are looked for."""
CIRCLES, OF_EACH = 6, 3
"""Circles bridged, the largest; and people of each, those with most ties."""
FEW = 0.5
"""Ties between two circles for each person of the smaller one, below which a bridge is missing."""


class NotProposed(LookupError):
    """This is not proposed, or not any more."""


@dataclass
class Member:
    """A human of the group, over their accounts there."""

    person: Person
    """The root of the human."""
    own: Person
    """Of the account in the group who said most; decisions are kept with it."""
    name: str
    accounts: list[str] = field(default_factory=list)
    facts: dict[str, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    recent: int = 0
    ties: int = 0
    circle: int | None = None

    def first(self, about: str) -> str:
        """What is known about a field, the newest."""
        return self.facts[about][-1].text if self.facts.get(about) else ""


@dataclass
class Proposal:
    """Two who should meet. `reasons`: id and values of each; of an offer `one` is the one who offers."""

    one: Member
    other: Member
    reasons: list[tuple[str, dict[str, str]]]

    @property
    def score(self) -> float:
        """What speaks for it, together."""
        return sum(WEIGHT[kind] for kind, _ in self.reasons)

    @property
    def key(self) -> str:
        """What makes it this one."""
        return pair_key(self.one.person.pk, self.other.person.pk)

    def told(self) -> dict[str, Any]:
        """The reasons as they are kept."""
        return {"reasons": [{"kind": kind, **values} for kind, values in self.reasons]}


def pair_key(one: UUID, other: UUID) -> str:
    """The key of two persons, whoever is named first."""
    return " ".join(sorted((one.hex, other.hex)))


def proposals(group: Group, known: Acquaintance | None, there: Mapping[UUID, Member]) -> list[Proposal]:
    """The best introductions of a group among these members, the strongest reason first."""
    members = list(there.values())
    found: dict[str, Proposal] = {}
    for one, other, kind, values in [*_served(members), *_neighbours(members), *_bridged(members, known)]:
        made = found.setdefault(
            pair_key(one.person.pk, other.person.pk),
            Proposal(one, other, []),
        )
        if kind not in {k for k, _ in made.reasons}:
            made.reasons.append((kind, values))
    decided = decided_pairs(group)
    fresh = [p for key, p in found.items() if key not in decided and not _tied(p, known)]
    fresh.sort(key=lambda p: (-p.score, -min(p.one.recent, 50) - min(p.other.recent, 50), p.key))
    return list(_spread(fresh))


def decide(group: Group, key: str, *, accept: bool, words: str, by: Account, now: datetime) -> Dealing:
    """Accept what is proposed of two, or decline it for good. Raises NotProposed, dealing.Settled."""
    known = acquaintance(group)
    found = next((p for p in proposals(group, known, members_of(group, known)) if p.key == key), None)
    if found is None:
        raise NotProposed
    both: dict[str, Any] = {"person": found.one.own, "other": found.other.own, "reason": found.told()}
    state = ACCEPTED if accept else DECLINED
    own = pair_key(found.one.own.pk, found.other.own.pk)
    return dealing.settle(group, KIND, own, **both, state=state, words=words, by=by, now=now)


def decided_pairs(group: Group) -> set[str]:
    """Pairs about whom somebody has decided, anywhere in the workspace."""
    rows = Dealing.objects.filter(workspace=group.workspace_id, kind=KIND).select_related("person__root", "other__root")
    humans = Identity.objects.filter(group=group).values(human_=Coalesce("person__root", "person"))
    rows = rows.annotate(human=Coalesce("person__root", "person")).filter(Q(human__in=humans) | Q(group=group))
    return {pair_key((r.person.root or r.person).pk, (r.other.root or r.other).pk) for r in rows if r.other}


def members_of(group: Group, known: Acquaintance | None) -> dict[UUID, Member]:
    """The humans who are there, with what is known of them."""
    found: dict[UUID, Member] = {}
    for identity in here(group).order_by("-messages", "name"):
        human = identity.person.root or identity.person
        member = found.setdefault(human.pk, Member(human, identity.person, identity.name))
        member.accounts.append(identity.account)
        told = known.people.get(identity.account) if known else None
        if told:
            member.recent += told.messages_90d
            member.ties += told.ties
            member.circle = told.circle if member.circle is None else member.circle
    facts = Fact.objects.filter(Q(person__in=found) | Q(person__root__in=found)).select_related("person")
    for fact in facts.order_by("created", "pk"):
        found[fact.person.root_id or fact.person_id].facts[fact.field].append(fact)
    return found


Reason = tuple[Member, Member, str, dict[str, str]]


def _served(members: list[Member]) -> Iterator[Reason]:
    offers = [(m, f.text) for m in members for f in m.facts.get(OFFERS, [])]
    needs = [(m, f.text) for m in members for f in m.facts.get(NEEDS, [])]
    for match in matches([text for _, text in offers], [text for _, text in needs]):
        (giver, offer), (taker, need) = offers[match.offer], needs[match.need]
        if giver is not taker:
            yield giver, taker, OFFER, {"offer": offer, "need": need}


def _neighbours(members: list[Member]) -> Iterator[Reason]:
    cities: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        if city := city_of(member.first("city")):
            cities[city].append(member)
    for city, those in cities.items():
        those.sort(key=lambda m: -m.recent)
        for one, other in combinations(those[:CROWD], 2):
            yield one, other, CITY, {"city": city}
            trade = one.first("industry").strip().lower()
            if trade and trade == other.first("industry").strip().lower():
                yield one, other, TRADE, {"trade": one.first("industry")}


def city_of(text: str) -> str:
    """A city as it is compared: the first named, without 市; 广东佛山, 佛山市 and 佛山·南海 are one."""
    first = re.split(r"[/、,，;；|·\s]+", text.strip().lower())[0]
    first = re.sub(r"^.{2,3}省", "", first)
    first = re.sub(r"^(广东|浙江|江苏|山东|四川|福建|湖南|湖北|河南|河北|安徽|江西|云南|陕西|广西)(?=..)", "", first)
    return re.sub(r"市.*$", "", first)


def _bridged(members: list[Member], known: Acquaintance | None) -> Iterator[Reason]:
    circles: dict[int, list[Member]] = defaultdict(list)
    for member in members:
        if member.circle is not None and member.recent and (known is None or known.owner not in member.accounts):
            circles[member.circle].append(member)
    circle = {account: m.circle for m in members for account in m.accounts}
    large = sorted((those for those in circles.values() if len(those) > 2), key=len, reverse=True)[:CIRCLES]
    crossing = Counter(frozenset(map(circle.get, pair)) for pair in known.ties) if known else Counter()
    for one, other in combinations(large, 2):
        if crossing[frozenset((one[0].circle, other[0].circle))] / len(other) < FEW:
            best = [sorted(those, key=lambda m: (-m.ties, -m.recent, m.name))[:OF_EACH] for those in (one, other)]
            for a, b in zip(*best, strict=True):
                yield a, b, BRIDGE, {}


def _tied(proposal: Proposal, known: Acquaintance | None) -> bool:
    return known is not None and known.knows(proposal.one.accounts, proposal.other.accounts) is not None


def _spread(found: Iterable[Proposal]) -> Iterator[Proposal]:
    """The first ones, nobody too often."""
    load: dict[UUID, int] = defaultdict(int)
    shown = 0
    for proposal in found:
        pair = (proposal.one.person.pk, proposal.other.person.pk)
        if shown < MOST and all(load[p] < EACH for p in pair):
            shown += 1
            for p in pair:
                load[p] += 1
            yield proposal
