"""The API of introductions: who of a group should meet whom, who may answer a question, and what became of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from huoqun.people import dealing, introduction, question_route
from huoqun.people.dealing import DECLINED, DONE, Dealing
from huoqun.people.group import Group
from huoqun.people.history import aware
from huoqun.people.rapport import acquaintance
from huoqun.web import spoken
from huoqun.web.api_dealings import DealingTold, GroupMember, Spoken, by_now, dealing_told
from huoqun.web.api_facts import NotThere
from huoqun.web.api_shape import OneOf, Sent, Words
from huoqun.web.gate import Asked


class MeetingTold(Schema):
    """Two who should meet, why, and words for it. Of an offer, `one` is the one who offers."""

    key: str
    one: GroupMember
    other: GroupMember
    reasons: list[dict[str, str]]
    words: str


class AskedTold(Schema):
    """A question nobody answered, who asked, and who may know by which line of their profile."""

    key: str
    question: str
    at: datetime
    asker: GroupMember
    knows: GroupMember
    because: str


class DecisionSaid(Sent):
    """A proposal by its key: accepted, or declined for good."""

    key: Words = Field(min_length=1, max_length=200)
    accept: bool
    words: Spoken = ""


class StateSaid(Sent):
    """An introduction that was accepted: done, or dropped."""

    state: Annotated[str, OneOf((DONE, DECLINED))]
    words: Spoken = ""


class OutcomeSaid(Sent):
    """What came of an introduction that was made."""

    outcome: Annotated[str, OneOf(introduction.OUTCOMES)]


def list_introductions(request: Asked, group: Group) -> list[MeetingTold]:
    """Who should meet whom, the strongest reason first."""
    known, language = acquaintance(group), spoken.language_of(group)
    found = introduction.proposals(group, known, introduction.members_of(group, known))
    return [_meeting(proposal, language) for proposal in found]


def _meeting(proposal: introduction.Proposal, language: str) -> MeetingTold:
    reasons: list[Mapping[str, Any]] = proposal.told()["reasons"]
    words = spoken.introduction(proposal.one.name, proposal.other.name, list(reasons), language)
    both = {"one": _human(proposal.one), "other": _human(proposal.other)}
    return MeetingTold(key=proposal.key, reasons=[dict(r) for r in reasons], words=words, **both)


def _human(member: introduction.Member) -> GroupMember:
    return GroupMember(person=member.person.pk, account=member.accounts[0], name=member.name)


def decide_introduction(request: Asked, group: Group, said: DecisionSaid) -> DealingTold:
    """Accept an introduction, or decline it for good."""
    return dealing_told(introduction.decide(group, said.key, accept=said.accept, words=said.words, **by_now(request)))


def set_introduction(request: Asked, group: Group, which: UUID, said: StateSaid) -> DealingTold:
    """An introduction that was accepted is done, or dropped."""
    row = _introduction(group, which)
    both: dict[str, Any] = {"person": row.person, "other": row.other, "words": said.words}
    return dealing_told(dealing.settle(group, row.kind, row.key, **both, state=said.state, **by_now(request)))


def conclude_introduction(request: Asked, group: Group, which: UUID, said: OutcomeSaid) -> DealingTold:
    """Say what came of an introduction that was made."""
    dealing.conclude(_introduction(group, which), said.outcome, **by_now(request))
    return dealing_told(_introduction(group, which))


def _introduction(group: Group, which: UUID) -> Dealing:
    found = dealing.dealings(group, introduction.KIND).filter(pk=which).first()
    if found is None:
        raise NotThere("which")
    return found


def list_unanswered(request: Asked, group: Group) -> list[AskedTold]:
    """Questions that nobody answered and somebody may, the newest first."""
    known = acquaintance(group)
    found = question_route.routes(group, known, introduction.members_of(group, known))
    return [
        AskedTold(
            key=q.key,
            question=q.quote.text,
            at=aware(q.quote.time),
            asker=_human(q.asker),
            knows=_human(q.knows),
            because=q.because,
        )
        for q in found
    ]


def decide_unanswered(request: Asked, group: Group, said: DecisionSaid) -> DealingTold:
    """A question was passed on to who knows, or is left."""
    return dealing_told(question_route.decide(group, said.key, passed=said.accept, words=said.words, **by_now(request)))
