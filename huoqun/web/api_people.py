"""The API of people: list, one, what is said of them, who is one with whom."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from huoqun.base import clock
from huoqun.people import census, deed, dossier, merge, profile, revision
from huoqun.people.dossier import Moment, Presence
from huoqun.people.merge import Proposal, Sameness
from huoqun.people.person import Person, root_of
from huoqun.people.profile import FIELDS, KINDS, Saying
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import scope
from huoqun.web.api_facts import NotThere
from huoqun.web.api_shape import Day, Named, OneOf, Page, Paging, Sent, Words, paged
from huoqun.web.gate import Asked

Kind = Annotated[str, OneOf(KINDS)]
LATELY = 200
"""Lines of a timeline that are told at once."""


class PeopleAsked(Paging):
    """Which people, in which order."""

    q: Words = Field("", max_length=100, description="Part of a name ever borne, or of an account.")
    group: UUID | None = Field(None, description="Who is in this group.")
    order: Annotated[str, OneOf(census.ORDERS)] = "last"


class PlaceTold(Schema):
    """One account of a person in a list."""

    group: Named
    account: str
    name: str
    stratum: str | None


class PersonLine(Schema):
    """A person as a list shows them; sums are over the groups one may see."""

    id: UUID
    name: str
    names: list[str]
    messages: int
    first: datetime | None
    last: datetime | None
    places: list[PlaceTold]


class BondTold(Schema):
    """A tie to another account of the same group; `person`: whose account that is."""

    person: UUID | None
    account: str
    name: str
    strength: float
    strong: bool
    returned: bool


class StayTold(Schema):
    """One time they were in the group."""

    joined: datetime | None
    left: datetime | None
    removed: bool | None


class IdentityTold(Schema):
    """One account of a person: what it was called, when it was there, where it stands in the newest diagnosis."""

    group: Named
    network: str
    account: str
    name: str
    names: list[str]
    role: str
    bot: bool
    messages: int
    first: datetime | None
    last: datetime | None
    stays: list[StayTold]
    stratum: str | None
    reason: str | None
    ties: list[BondTold]


class SayingTold(Schema):
    """Something said of a person: a fact (of a field, with source and date), a tag, a title or a note."""

    id: UUID
    kind: str
    text: str
    field: str | None = None
    source: str | None = None
    on: date | None = None
    by: str | None
    written: datetime
    changed: datetime


class MomentTold(Schema):
    """A line of the timeline. `deed`: what it is undone by, where it is something said of them."""

    deed: UUID | None

    at: datetime
    what: str
    group: Named | None
    values: dict[str, Any]


class MergeTold(Schema):
    """A decision that two are one."""

    id: UUID
    kept: UUID
    other: UUID
    reason: str
    at: datetime
    by: str | None


class PersonTold(Schema):
    """One person over all their accounts in the groups one may see."""

    id: UUID
    name: str
    identities: list[IdentityTold]
    sayings: list[SayingTold]
    timeline: list[MomentTold]
    merges: list[MergeTold]


class SayingSaid(Sent):
    """Something to say of a person. `field`, `source` and `on` are of facts alone."""

    kind: Kind
    text: Words = Field(min_length=1, max_length=2000)
    field: Annotated[str, OneOf(("", *FIELDS))] = ""
    source: Words = Field("", max_length=120)
    on: Day | None = None


class SayingAnew(Sent):
    """The same, said anew."""

    text: Words = Field(min_length=1, max_length=2000)
    source: Words = Field("", max_length=120)
    on: Day | None = None


class OtherSaid(Sent):
    """Another person, and from what it is known that the two are one, or are not."""

    other: UUID
    reason: Annotated[str, OneOf(("", merge.ACCOUNT, merge.NAME))] = ""


class ProposalTold(Schema):
    """Two who may be one: why, and what they share."""

    one: UUID
    other: UUID
    reason: str
    shared: str


def list_people(request: Asked, workspace: Workspace, asked: Query[PeopleAsked]) -> Page[PersonLine]:
    """The people of the groups somebody may see."""
    those: dict[str, Any] = {"search": asked.q, "only": asked.group}
    found = census.found(request.staff, **those)[0] if asked.q else census.people(request.staff, **those)
    found = census.ordered(found, asked.order)
    return paged(found, asked, lambda rows: [person_line(human) for human in census.filled(rows, request.staff)])


def person_line(human: census.Human) -> PersonLine:
    """A person as a list tells them."""
    return PersonLine(
        id=human.id,
        name=human.name,
        names=list(human.names),
        messages=human.messages,
        first=human.first,
        last=human.last,
        places=[
            PlaceTold(
                group=Named(id=s.group, name=s.group_name),
                account=s.account,
                name=s.name,
                stratum=s.stratum or None,
            )
            for s in human.standings
        ],
    )


def read_person(request: Asked, person: Person) -> PersonTold:
    """Everything known of one person; who was merged is told as whom they were merged into."""
    person, groups = root_of(person), groups_for(request.staff)
    those = dossier.presences(person, groups)
    return PersonTold(
        id=person.pk,
        name=those[0].identity.name if those else "",
        identities=[_identity(p) for p in those],
        sayings=[_saying(row) for kind in KINDS for row in profile.sayings(person, kind)],
        timeline=[_moment(m) for m in dossier.timeline(person, those, request.staff, lines=LATELY).moments],
        merges=[_merged(row) for row in dossier.merged(person, request.staff)],
    )


def _identity(p: Presence) -> IdentityTold:
    i = p.identity
    return IdentityTold(
        group=Named(id=i.group_id, name=i.group.name),
        network=i.group.network,
        names=[n.name for n in p.namings],
        stays=[StayTold.from_orm(stay) for stay in p.stays],
        stratum=p.seat.stratum if p.seat else None,
        reason=p.seat.reason if p.seat else None,
        ties=[BondTold(person=person, **vars(bond)) for person, bond in p.bonds],
        **{name: getattr(i, name) for name in ("account", "name", "role", "bot", "messages", "first", "last")},
    )


def _saying(row: Saying) -> SayingTold:
    kind = type(row).__name__.lower()
    more = {name: getattr(row, name) for name in ("field", "source", "on") if hasattr(row, name)}
    by = str(row.by) if row.by else None
    return SayingTold(id=row.pk, kind=kind, text=row.text, by=by, written=row.created, changed=row.changed, **more)


def _moment(m: Moment) -> MomentTold:
    group = Named(id=m.group.pk, name=m.group.name) if m.group else None
    undone_by = m.deed.pk if m.deed and m.deed.kind in revision.UNDONE else None
    return MomentTold(deed=undone_by, at=m.at, what=m.what, group=group, values=_values(m))


def _values(m: Moment) -> dict[str, Any]:
    if m.deed:
        return dict(m.deed.values)
    return {"name": m.text} if m.text else {}


def _merged(row: Sameness) -> MergeTold:
    by = str(row.by) if row.by else None
    return MergeTold(id=row.pk, kept=row.kept_id, other=row.other_id, reason=row.reason, at=row.created, by=by)


def say(request: Asked, person: Person, said: SayingSaid) -> SayingTold:
    """Say something of a person; what is said already is not said twice."""
    values = said.dict(exclude={"kind", "text"})
    return _saying(profile.say(person, said.kind, said.text, **values, by=request.user, now=clock.now()))


def say_anew(request: Asked, person: Person, kind: Kind, which: UUID, said: SayingAnew) -> SayingTold:
    """Say something of a person anew."""
    row = _row(person, kind, which)
    profile.change(row, said.text, source=said.source, on=said.on, by=request.user, now=clock.now())
    return _saying(_row(person, kind, which))


def take_back(request: Asked, person: Person, kind: Kind, which: UUID) -> None:
    """Take something said of a person back."""
    profile.remove(_row(person, kind, which), by=request.user, now=clock.now())


def _row(person: Person, kind: str, which: UUID) -> Saying:
    row = profile.saying(person, kind, which)
    if row is None:
        raise NotThere("which")
    return row


def undo_deed(request: Asked, person: Person, which: UUID) -> None:
    """Undo the last write about something said of a person."""
    row = deed.deeds(person).filter(pk=which, kind__in=revision.UNDONE).first()
    if row is None:
        raise NotThere("which")
    revision.undo(row, by=request.user, now=clock.now())


def list_same(request: Asked, workspace: Workspace) -> list[ProposalTold]:
    """Who may be one person, the stronger reason first; what was decided is not asked again."""

    def told(p: Proposal) -> ProposalTold:
        return ProposalTold(one=p.one, other=p.other, reason=p.reason, shared=p.shared)

    return [told(p) for p in merge.proposals(groups_for(request.staff))]


def merge_people(request: Asked, person: Person, said: OtherSaid) -> MergeTold:
    """Decide that another person is the same human, called by this one from now on."""
    row = merge.merge(person, _other(request, said), reason=said.reason, by=request.user, now=clock.now())
    return _merged(row)


def keep_apart(request: Asked, person: Person, said: OtherSaid) -> MergeTold:
    """Decide that another person is somebody else; it is not proposed again."""
    row = merge.refuse(person, _other(request, said), reason=said.reason, by=request.user, now=clock.now())
    return _merged(row)


def _other(request: Asked, said: OtherSaid) -> Person:
    found: Person | None = scope.PERSON.of(request.staff).filter(pk=said.other).first()
    if found is None:
        raise NotThere("other")
    return found


def unmerge(request: Asked, person: Person, which: UUID) -> None:
    """Take a decision back that two are one; each has what they had before."""
    row = merge.merges(person).filter(pk=which).first()
    if row is None:
        raise NotThere("which")
    merge.unmerge(row, by=request.user, now=clock.now())
