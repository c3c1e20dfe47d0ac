"""The question's route: a question nobody answered, to the member who is known for it (handbook chapter 5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from huoqun.insight.document import Quote
from huoqun.insight.matching import matches
from huoqun.people.account import Account
from huoqun.people.dealing import DECLINED, DONE, Dealing, dealings, settle
from huoqun.people.group import Group
from huoqun.people.introduction import Member, NotProposed, members_of
from huoqun.people.profile import OFFERS
from huoqun.people.rapport import Acquaintance, acquaintance

KIND = "question"
KNOWN_BY = (OFFERS, "work", "industry")
"""Fields of a profile that tell what somebody is known for."""
MOST = 10
"""Questions on a page."""


@dataclass(frozen=True)
class Asked:
    """A question with who asked, who may know, and by which line of their profile."""

    quote: Quote
    asker: Member
    knows: Member
    because: str
    key: str


def routes(group: Group, known: Acquaintance | None, members: Mapping[UUID, Member]) -> list[Asked]:
    """The newest unanswered questions for which somebody in the group is known, each to the one who fits best."""
    if known is None:
        return []
    by_account = {account: m for m in members.values() for account in m.accounts}
    asked = [(q, by_account[a]) for a, q in known.unanswered.items() if a in by_account]
    told = [(m, f.text) for m in members.values() for name in KNOWN_BY for f in m.facts.get(name, [])]
    decided = set(dealings(group, KIND).values_list("key", flat=True))
    found: dict[str, Asked] = {}
    for match in matches([text for _, text in told], [quote.text for quote, _ in asked]):
        (expert, because), (quote, asker) = told[match.offer], asked[match.need]
        key = f"{group.pk.hex} {quote.key or quote.time.isoformat()}"[:200]
        if expert is not asker and key not in decided:
            found.setdefault(key, Asked(quote, asker, expert, because, key))
    return sorted(found.values(), key=lambda a: a.quote.time, reverse=True)[:MOST]


def decide(group: Group, key: str, *, passed: bool, words: str, by: Account, now: datetime) -> Dealing:
    """A question was passed on to who knows, or is left. Raises NotProposed, dealing.Settled."""
    known = acquaintance(group)
    found = next((q for q in routes(group, known, members_of(group, known)) if q.key == key), None)
    if found is None:
        raise NotProposed
    both: dict[str, Any] = {"person": found.asker.own, "other": found.knows.own}
    reason = {"question": found.quote.text, "because": found.because}
    return settle(
        group, KIND, key, **both, state=DONE if passed else DECLINED, words=words, reason=reason, by=by, now=now
    )
