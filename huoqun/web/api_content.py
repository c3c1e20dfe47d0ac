"""The API of content: the calendar of pieces, the library, the candidates of the desk, keywords and where they fell."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from ninja import Query, Schema
from pydantic import Field

from huoqun.base import clock
from huoqun.content import find, material, slot, watchword
from huoqun.content.find import ORIGINS, Find
from huoqun.content.material import LANGUAGES, Material, Piece
from huoqun.content.slot import Slot
from huoqun.content.watchword import STATES, Sighting, Watchword
from huoqun.people.role import APPROVE_CONTENT
from huoqun.people.staff import groups_for
from huoqun.people.voice import KINDS, USEFUL
from huoqun.people.workspace import Workspace
from huoqun.web.api_facts import NotThere
from huoqun.web.api_shape import Day, Moment, Named, OneOf, Page, Paging, Sent, Words, groups_named, paged
from huoqun.web.gate import Asked

Kind = Annotated[str, OneOf(KINDS)]
Text = Annotated[Words, Field(min_length=1, max_length=slot.LONGEST)]
SLOT_STATES = (slot.PROPOSED, slot.APPROVED, slot.OUT, slot.DROPPED)
WEEK = timedelta(days=7)


class SlotsAsked(Paging):
    """Which pieces: from a day until before another on the workspace's clock (a week from today, where left out)."""

    group: UUID | None = None
    state: Annotated[str, OneOf(("", *SLOT_STATES))] = ""
    since: Day | None = None
    until: Day | None = None


class SlotTold(Schema):
    """A piece in the calendar. `state`: its own, or what became of it in the outbox."""

    id: UUID
    group: Named
    kind: str
    text: str
    at: datetime
    urgent: bool
    state: str
    piece: UUID | None
    by: str | None
    approver: str | None


class SlotNew(Sent):
    """A piece for the calendar of groups, all or none; sent again with the same `key` nothing is planned again.
    `approve`: it goes out without another look, where the key's permissions allow that."""

    groups: list[UUID] = Field(min_length=1, max_length=500)
    text: Text
    kind: Kind = USEFUL
    at: Moment
    piece: UUID | None = None
    urgent: bool = False
    approve: bool = False
    key: Words = Field(min_length=1, max_length=60)


class SlotSaid(Sent):
    """Other words, another time; what is left out stays."""

    text: Text | None = None
    at: Moment | None = None


class PiecesAsked(Paging):
    """Which pieces of the library."""

    words: Annotated[Words, Field(max_length=100)] = ""
    kind: Annotated[str, OneOf(("", *KINDS))] = ""
    tag: Annotated[Words, Field(max_length=30)] = ""
    archived: bool = False


class PieceTold(Schema):
    """A piece of the library. `uses`: how often it was planned or said."""

    id: UUID
    kind: str
    form: str
    title: str
    text: str
    link: str
    language: str
    source: str
    credit: str
    tags: list[str]
    uses: int
    changed: datetime


class PieceNew(Sent):
    """A new piece: words, or a link; pictures are put on it in the console."""

    title: Annotated[Words, Field(max_length=material.LONGEST_TITLE)] = ""
    text: Annotated[Words, Field(max_length=material.LONGEST_TEXT)] = ""
    link: Annotated[Words, Field(max_length=material.LONGEST_LINK)] = ""
    kind: Kind = USEFUL
    language: Annotated[str, OneOf(("", *LANGUAGES))] = ""
    source: Annotated[Words, Field(max_length=material.LONGEST_SOURCE)] = ""
    credit: Annotated[Words, Field(max_length=material.LONGEST_SOURCE)] = ""
    tags: list[Annotated[Words, Field(max_length=material.LONGEST_TAG)]] = Field(default=[], max_length=12)


class FindsAsked(Paging):
    """Which candidates."""

    origin: Annotated[str, OneOf(("", *ORIGINS))] = ""


class FindTold(Schema):
    """A candidate that waits. `use`: how it may be used (`named`, `nameless`, `no`; else in other words)."""

    id: UUID
    origin: str
    source: str
    kind: str
    title: str
    text: str
    link: str
    group: UUID | None
    use: str
    weight: float
    told: datetime | None


class FindNew(Sent):
    """A suggestion for the desk."""

    title: Annotated[Words, Field(max_length=find.LONGEST_TITLE)] = ""
    text: Text
    link: Annotated[Words, Field(max_length=find.LONGEST_LINK)] = ""
    kind: Kind = USEFUL


class KeywordTold(Schema):
    """A keyword with how often it fell, in how many of these places nobody has looked, and of how many people."""

    id: UUID
    name: str
    words: list[str]
    note: str
    on: bool
    count: int
    fresh: int
    people: int


class KeywordNew(Sent):
    """A keyword and the other ways to write it."""

    name: Words = Field(min_length=2, max_length=watchword.LONGEST_WORD)
    others: list[Annotated[Words, Field(max_length=watchword.LONGEST_WORD)]] = Field(default=[], max_length=19)
    note: Annotated[Words, Field(max_length=watchword.LONGEST_NOTE)] = ""


class SightingsAsked(Paging):
    """Which places; `text`: in the words or in the name of who said them."""

    keyword: UUID | None = None
    group: UUID | None = None
    state: Annotated[str, OneOf(("", *STATES))] = ""
    text: Annotated[Words, Field(max_length=100)] = ""


class SightingTold(Schema):
    """A message in which a keyword fell."""

    id: UUID
    keyword: Named
    group: Named
    person: UUID
    name: str
    text: str
    at: datetime
    state: str
    settled: datetime | None


class SightingSaid(Sent):
    """`seen`, `answered`, or `new`: to be looked at again."""

    state: Annotated[str, OneOf(STATES)]


# -- the calendar


def list_slots(request: Asked, workspace: Workspace, asked: Query[SlotsAsked]) -> Page[SlotTold]:
    """The pieces in the calendar, in time's order."""
    zone = ZoneInfo(workspace.zone)
    begin = asked.since or clock.now().astimezone(zone).date()
    bounds = [datetime.combine(day, time(0), zone) for day in (begin, asked.until or _after(begin))]
    found = Slot.objects.filter(group__in=groups_for(request.staff), at__gte=bounds[0], at__lt=bounds[1])
    found = found.filter(group=asked.group) if asked.group else found
    found = found.filter(state=asked.state) if asked.state else found.exclude(state=slot.DROPPED)
    found = found.select_related("group", "out", "by", "approver").order_by("at", "created", "pk")
    return paged(found, asked, lambda rows: [_slot(row) for row in rows])


def _after(day: date) -> date:
    return day + WEEK


def _slot(row: Slot) -> SlotTold:
    told: dict[str, Any] = {name: getattr(row, name) for name in ("id", "kind", "text", "at", "urgent")}
    told |= {name: str(who) if (who := getattr(row, name)) else None for name in ("by", "approver")}
    group = Named(id=row.group.pk, name=row.group.name)
    return SlotTold(group=group, state=row.proof, piece=row.material_id, **told)


def plan_slots(request: Asked, workspace: Workspace, said: SlotNew) -> list[SlotTold]:
    """Put a piece into the calendar of groups, all or none; returns what stands there by this key."""
    piece = Material.objects.filter(workspace=workspace, pk=said.piece).first() if said.piece else None
    if said.piece and piece is None:
        raise NotThere("piece")
    groups = groups_named(request.staff, said.groups)
    rows = slot.plan_all(
        [(group, said.at) for group in groups],
        text=said.text,
        kind=said.kind,
        material=piece,
        urgent=said.urgent,
        approves=said.approve and request.staff.may(APPROVE_CONTENT),
        source="api",
        key=f"api {said.key}",
        by=request.user,
        now=clock.now(),
    )
    return [_slot(row) for row in rows]


def _planned(request: Asked, workspace: Workspace, which: UUID) -> Slot:
    found = Slot.objects.filter(workspace=workspace, group__in=groups_for(request.staff), pk=which)
    row = found.select_related("group__workspace", "out", "by", "approver").first()
    if row is None:
        raise NotThere("which")
    return row


def set_slot(request: Asked, workspace: Workspace, which: UUID, said: SlotSaid) -> SlotTold:
    """Say a planned piece in other words, or at another time."""
    row, approves = _planned(request, workspace, which), request.staff.may(APPROVE_CONTENT)
    slot.change(row, text=said.text, at=said.at, approves=approves, by=request.user, now=clock.now())
    return _slot(_planned(request, workspace, which))


def approve_slot(request: Asked, workspace: Workspace, which: UUID) -> SlotTold:
    """Let a proposed piece go out at its time."""
    slot.approve(_planned(request, workspace, which), by=request.user, now=clock.now())
    return _slot(_planned(request, workspace, which))


def drop_slot(request: Asked, workspace: Workspace, which: UUID) -> SlotTold:
    """Drop a piece that is not said yet."""
    slot.drop(_planned(request, workspace, which), by=request.user, now=clock.now())
    return _slot(_planned(request, workspace, which))


# -- the library and the desk


def list_pieces(request: Asked, workspace: Workspace, asked: Query[PiecesAsked]) -> Page[PieceTold]:
    """The pieces of the library, changed last first."""
    found = material.library(workspace, words=asked.words, kind=asked.kind, tag=asked.tag, archived=asked.archived)
    return paged(found, asked, lambda rows: [_piece(row, row.uses) for row in rows])


def _piece(row: Material, uses: int = 0) -> PieceTold:
    names = ("id", "kind", "form", "title", "text", "link", "language", "source", "credit", "tags", "changed")
    return PieceTold(uses=uses, **{name: getattr(row, name) for name in names})


def add_piece(request: Asked, workspace: Workspace, said: PieceNew) -> PieceTold:
    """Put a piece into the library."""
    told = said.model_dump() | {"tags": tuple(said.tags)}
    return _piece(material.add(workspace, Piece(**told), by=request.user, now=clock.now()))


def list_finds(request: Asked, workspace: Workspace, asked: Query[FindsAsked]) -> Page[FindTold]:
    """The candidates that wait at the desk, what most speaks for first."""
    found = find.waiting(request.staff, origin=asked.origin, now=clock.now())
    return paged(found, asked, lambda rows: [_find(row) for row in rows])


def _find(row: Find) -> FindTold:
    names = ("id", "origin", "source", "kind", "title", "text", "link", "weight", "told")
    return FindTold(group=row.group_id, use=find.allowed(row), **{name: getattr(row, name) for name in names})


def suggest_find(request: Asked, workspace: Workspace, said: FindNew) -> FindTold:
    """Suggest something to be said."""
    row = find.suggest(workspace, by=request.user, now=clock.now(), **said.model_dump())
    if row is None:
        raise material.BadMaterial("empty")
    return _find(row)


# -- keywords


def list_keywords(request: Asked, workspace: Workspace) -> list[KeywordTold]:
    """The keywords that are watched, with what fell in the groups one sees."""
    counts = watchword.counted(watchword.sightings_for(request.staff))
    return [_keyword(row, counts.get(row.pk)) for row in watchword.watched(workspace)]


def _keyword(row: Watchword, counts: dict[str, int] | None = None) -> KeywordTold:
    told = {name: getattr(row, name) for name in ("id", "name", "words", "note", "on")}
    numbers: dict[str, Any] = dict(counts or {"count": 0, "fresh": 0, "people": 0})
    return KeywordTold(**told, **numbers)


def add_keyword(request: Asked, workspace: Workspace, said: KeywordNew) -> KeywordTold:
    """Watch a keyword; the groups are looked through at once."""
    told = {"name": said.name, "others": ",".join(said.others), "note": said.note}
    return _keyword(watchword.add(workspace, by=request.user, now=clock.now(), **told))


def remove_keyword(request: Asked, workspace: Workspace, which: UUID) -> None:
    """Watch a keyword no longer; what was found of it is gone."""
    row = watchword.watched(workspace).filter(pk=which).select_related("workspace").first()
    if row is None:
        raise NotThere("which")
    watchword.remove(row, by=request.user, now=clock.now())


def list_sightings(request: Asked, workspace: Workspace, asked: Query[SightingsAsked]) -> Page[SightingTold]:
    """Where keywords fell and who said them, the newest first."""
    told = {"group": asked.group, "state": asked.state, "text": asked.text}
    found = watchword.sightings_for(request.staff, word=asked.keyword, **told)  # type: ignore[arg-type]
    return paged(found, asked, lambda rows: [_sighting(row) for row in rows])


def _sighting(row: Sighting) -> SightingTold:
    names = ("id", "text", "at", "state", "settled")
    return SightingTold(
        keyword=Named(id=row.watchword.pk, name=row.watchword.name),
        group=Named(id=row.group.pk, name=row.group.name),
        person=row.identity.person_id,
        name=row.identity.name,
        **{name: getattr(row, name) for name in names},
    )


def settle_sighting(request: Asked, workspace: Workspace, which: UUID, said: SightingSaid) -> SightingTold:
    """Tick off where a keyword fell, or let it be looked at again."""
    rows = list(watchword.sightings_for(request.staff).filter(pk=which))
    if not rows:
        raise NotThere("which")
    watchword.settle(rows, said.state, by=request.user, now=clock.now())
    return _sighting(watchword.sightings_for(request.staff).get(pk=which))
