"""The API of what a person may ask of us: what they agreed to, and to be erased, with the proof of it."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from ninja import Query, Schema
from pydantic import Field

from huoqun.base import clock
from huoqun.people import consent, forgotten
from huoqun.people.consent import Consent
from huoqun.people.forgotten import Forgotten
from huoqun.people.person import Person, root_of
from huoqun.people.workspace import Workspace
from huoqun.web.api_shape import Day, OneOf, Page, Paging, Sent, Words, paged
from huoqun.web.gate import Asked


class ConsentSaid(Sent):
    """A yes or a no of a person, and from where it is known; on the day they said so, today where none is named."""

    what: Annotated[str, OneOf(consent.THINGS)]
    given: bool
    source: Words = Field(min_length=1, max_length=consent.LONGEST_SOURCE)
    on: Day | None = None


class ConsentTold(Schema):
    """A yes or a no of a person; `stands`: nothing newer was said about it."""

    id: UUID
    what: str
    given: bool
    source: str
    on: date
    by: str | None
    written: datetime
    stands: bool


class ErasureSaid(Sent):
    """That it is meant: the word `erase`, as the page has it typed."""

    word: Annotated[str, OneOf(("erase",))]


class ErasureTold(Schema):
    """An erasure: how far it is, and what can be shown of it. It names nobody."""

    id: UUID
    state: str = Field(description="`waiting`, `running`, `failed` or `done`.")
    asked: datetime
    finished: datetime | None
    proof: dict[str, Any]


def list_consents(request: Asked, person: Person) -> list[ConsentTold]:
    """Every yes and no of a person, the newest first."""
    found = list(consent.consents(person))
    standing: dict[str, UUID] = {}
    for row in found:
        standing.setdefault(row.what, row.pk)
    return [_told(row, stands=standing[row.what] == row.pk) for row in found]


def _told(row: Consent, *, stands: bool) -> ConsentTold:
    values = {name: getattr(row, name) for name in ("what", "given", "source", "on")}
    by = str(row.by) if row.by else None
    return ConsentTold(id=row.pk, by=by, written=row.created, stands=stands, **values)


def record_consent(request: Asked, person: Person, said: ConsentSaid) -> ConsentTold:
    """Write down that a person agreed to something, or no longer does."""
    now = clock.now()
    on = said.on or now.astimezone(ZoneInfo(request.workspace.zone)).date()
    values: dict[str, Any] = {"given": said.given, "source": said.source, "on": on}
    return _told(consent.record(person, said.what, **values, by=request.user, now=now), stands=True)


def read_holdings(request: Asked, person: Person) -> dict[str, int]:
    """How much is kept of a person, by kind: what an erasure would take."""
    return forgotten.holdings(root_of(person))


def erase_person(request: Asked, person: Person, said: ErasureSaid) -> ErasureTold:
    """Erase a person under all their accounts. It cannot be undone."""
    there = forgotten.stone(root_of(person))
    return _erasure(there or forgotten.ask(person, by=request.user, now=clock.now()))


def list_erasures(request: Asked, workspace: Workspace, paging: Query[Paging]) -> Page[ErasureTold]:
    """The erasures of a workspace, the newest first."""
    return paged(forgotten.all_forgotten(workspace), paging, lambda rows: [_erasure(row) for row in rows])


def read_erasure(request: Asked, row: Forgotten) -> ErasureTold:
    """How far an erasure is, and its proof."""
    return _erasure(row)


def go_on_erasing(request: Asked, row: Forgotten) -> ErasureTold:
    """Go on with an erasure that failed."""
    if row.finished is None:
        forgotten.again(row, by=request.user, now=clock.now())
    return _erasure(row)


def _erasure(row: Forgotten) -> ErasureTold:
    work = forgotten.work_of(row) if row.finished is None else None
    state = "done" if row.finished else work.state if work else "waiting"
    return ErasureTold(id=row.pk, state=state, asked=row.created, finished=row.finished, proof=forgotten.proof(row))
