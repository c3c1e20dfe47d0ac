"""The API of what staff do with members of a group: words to the silent, the raising of the active, personal touches,
founders; and of all that was decided. Members are named by their account in the group."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from huoqun.base import clock
from huoqun.people import dealing, founder, introduction, question_route, raising, silent, touch
from huoqun.people.account import Account
from huoqun.people.dealing import ACCEPTED, DECLINED, DONE, PROPOSED, Dealing
from huoqun.people.group import Group
from huoqun.people.membership import here
from huoqun.people.person import Identity
from huoqun.web import spoken
from huoqun.web.api_facts import Ahead, NotThere
from huoqun.web.api_shape import Day, OneOf, Page, Paging, Sent, Words, paged
from huoqun.web.dealing import noon, today
from huoqun.web.gate import Asked

Spoken = Annotated[Words, Field(max_length=dealing.LONGEST)]
"""The words that were said, kept with what was done."""
Who = Annotated[Words, Field(min_length=1, max_length=300)]
"""An account of the group."""
DEALINGS = (introduction.KIND, question_route.KIND, silent.KIND, raising.KIND, touch.KIND, "card")


class DealingsAsked(Paging):
    """Which of what was decided or done."""

    kind: Annotated[str, OneOf(DEALINGS)] = introduction.KIND
    state: Annotated[str, OneOf(("", PROPOSED, ACCEPTED, DECLINED, DONE))] = ""


class DealingTold(Schema):
    """Something staff did with a member, or decided. `what`: the step within its kind; `reason`: what spoke for it."""

    id: UUID
    kind: str
    what: str
    state: str
    person: UUID
    other: UUID | None
    words: str
    reason: dict[str, Any]
    outcome: str
    at: datetime | None
    by: str | None
    changed: datetime


class GroupMember(Schema):
    """A member: the person, and an account of theirs in the group."""

    person: UUID
    account: str
    name: str


class SilentTold(GroupMember):
    """A silent member: their last word, why they seem silent, the reason somebody gave, the words for the next rung."""

    since: datetime | None
    seems: str
    quote: str
    why: str
    words: str


class RungSaid(Sent):
    """A rung: the reason found, the private word said, or (`skip`) left in peace. A reason needs `why`."""

    account: Who
    step: Annotated[str, OneOf((silent.REASON, silent.NUDGE, "skip"))]
    why: Annotated[str, OneOf(silent.WHY)] = "unknown"
    words: Spoken = ""


class CandidateTold(GroupMember):
    """Somebody to raise; `reasons`: in what they stand out, the most first."""

    reasons: list[tuple[str, int]]


class RaisedTold(Schema):
    """Somebody on the way; `next`: the stage to come, empty where all are done."""

    person: UUID
    name: str
    done: list[str]
    next: str
    thanks_due: bool


class RaisingTold(Schema):
    """Whom to raise, and who is on the way."""

    candidates: list[CandidateTold]
    raised: list[RaisedTold]


class StageDone(Sent):
    """A stage done, or (`no`) not this one. The stage `title` needs a title."""

    account: Who
    stage: Annotated[str, OneOf((*raising.STAGES, raising.THANKS, raising.NO))]
    words: Spoken = ""
    title: Words = Field("", max_length=120)


class BirthdayTold(GroupMember):
    """A birthday of the next days; `text` is what stands in the profile."""

    on: date
    text: str
    words: str


class TouchSaid(Sent):
    """Something personal done for a member, on a day that is not ahead; today where none is said."""

    account: Who
    what: Annotated[str, OneOf(touch.TOUCHES)]
    on: Day | None = None
    words: Spoken = ""


class FounderTold(GroupMember):
    """One of the first members; `forgotten`: nobody spoke with them lately."""

    since: datetime | None
    role: str
    stake: str
    contacted: date | None
    forgotten: bool
    facts: dict[str, list[str]]


class GivenSaid(Sent):
    """What a founder was given: a role and a stake."""

    account: Who
    role: Words = Field("", max_length=founder.LONGEST)
    stake: Words = Field("", max_length=founder.LONGEST)


class ContactSaid(Sent):
    """A personal word with a founder, on a day that is not ahead; today where none is said."""

    account: Who
    on: Day | None = None


def by_now(request: Asked) -> dict[str, Any]:
    """Who changes something, and when."""
    by: Account = request.user
    return {"by": by, "now": clock.now()}


def _member(group: Group, account: str) -> Identity:
    found = here(group).filter(account=account).first()
    if found is None:
        raise NotThere("account")
    return found


def _on(group: Group, day: date | None) -> date:
    on = day or today(group)
    if on > today(group):
        raise Ahead
    return on


def _named(identity: Identity) -> dict[str, Any]:
    return {
        "person": identity.person.root_id or identity.person_id,
        "account": identity.account,
        "name": identity.name,
    }


def dealing_told(row: Dealing) -> DealingTold:
    """A dealing as programs are told of it."""
    other = (row.other.root_id or row.other_id) if row.other else None
    person, by = row.person.root_id or row.person_id, str(row.by) if row.by else None
    names = ("kind", "what", "state", "words", "reason", "outcome", "at", "changed")
    return DealingTold(id=row.pk, person=person, other=other, by=by, **{name: getattr(row, name) for name in names})


def list_dealings(request: Asked, group: Group, asked: Query[DealingsAsked]) -> Page[DealingTold]:
    """What staff did with members or decided, of one kind, the last first."""
    found = dealing.dealings(group, asked.kind)
    found = found.filter(state=asked.state) if asked.state else found
    return paged(found, asked, lambda rows: [dealing_told(row) for row in rows])


def list_silent(request: Asked, group: Group, paging: Query[Paging]) -> Page[SilentTold]:
    """Who is silent and whom nobody wrote to about it, who said most first."""
    language = spoken.language_of(group)

    def tell(one: silent.Silent) -> SilentTold:
        values = {name: getattr(one, name) for name in ("since", "seems", "quote", "why")}
        return SilentTold(**_named(one.identity), **values, words=spoken.to_silent(one, group, language))

    return paged(
        silent.silent(group, now=clock.now()), paging, lambda rows: [tell(s) for s in silent.filled(rows, group)]
    )


def climb_silence(request: Asked, group: Group, said: RungSaid) -> DealingTold:
    """A rung towards a silent member: a reason, one private word, or peace."""
    who = _member(group, said.account)
    if said.step == "skip":
        return dealing_told(silent.leave(group, who, **by_now(request)))
    return dealing_told(silent.climb(group, who, said.step, why=said.why, words=said.words, **by_now(request)))


def read_raising(request: Asked, group: Group) -> RaisingTold:
    """Whom to raise and why, and who is on the way."""
    return RaisingTold(
        candidates=[CandidateTold(**_named(c.identity), reasons=list(c.reasons)) for c in raising.candidates(group)],
        raised=[
            RaisedTold(
                person=r.person.pk,
                name=r.identity.name if r.identity else "",
                done=[row.what for row in r.done],
                next=r.next,
                thanks_due=r.thanks_due,
            )
            for r in raising.raised(group, today=today(group))
        ],
    )


def raise_member(request: Asked, group: Group, said: StageDone) -> DealingTold:
    """A stage of raising is done, or somebody is not to be raised."""
    who = _member(group, said.account).person
    if said.stage == raising.NO:
        return dealing_told(raising.decline(group, who, **by_now(request)))
    told: dict[str, Any] = {"words": said.words, "title": said.title, "today": today(group)}
    return dealing_told(raising.raise_to(group, who, said.stage, **told, **by_now(request)))


def list_birthdays(request: Asked, group: Group) -> list[BirthdayTold]:
    """Birthdays of the next two weeks that nobody has wished a happy one yet."""
    language = spoken.language_of(group)
    return [
        BirthdayTold(
            **_named(b.identity),
            on=b.on,
            text=b.fact.text,
            words=spoken.words("touch.birthday", language, name=b.identity.name, group=group.name),
        )
        for b in touch.birthdays(group, today=today(group), now=clock.now())
    ]


def list_untouched(request: Asked, group: Group, paging: Query[Paging]) -> Page[GroupMember]:
    """Members for whom nothing personal was done in three months, who said most first."""
    found = touch.forgotten(group, now=clock.now())
    return paged(found, paging, lambda rows: [GroupMember(**_named(i)) for i in rows])


def touch_member(request: Asked, group: Group, said: TouchSaid) -> DealingTold:
    """Something personal was done for a member."""
    on = _on(group, said.on)
    told: dict[str, Any] = {"on": on, "words": said.words, "noon": noon(on, group)}
    return dealing_told(touch.touch(group, _member(group, said.account).person, said.what, **told, **by_now(request)))


def list_founders(request: Asked, group: Group) -> list[FounderTold]:
    """The first members, whom nobody spoke with for longest first."""
    return [_founder(row) for row in founder.founders(group, today=today(group))]


def _founder(row: founder.First) -> FounderTold:
    facts: dict[str, list[str]] = {}
    for fact in row.facts:
        facts.setdefault(fact.field, []).append(fact.text)
    given = row.founder
    return FounderTold(
        **_named(row.identity),
        since=row.since,
        role=given.role if given else "",
        stake=given.stake if given else "",
        contacted=given.contacted if given else None,
        forgotten=row.forgotten,
        facts=facts,
    )


def set_founder(request: Asked, group: Group, said: GivenSaid) -> None:
    """Say what a founder was given: a role and a stake."""
    founder.say(group, _member(group, said.account).person, role=said.role, stake=said.stake, **by_now(request))


def contact_founder(request: Asked, group: Group, said: ContactSaid) -> None:
    """Somebody spoke with a founder in person."""
    founder.contacted(group, _member(group, said.account).person, _on(group, said.on), **by_now(request))
