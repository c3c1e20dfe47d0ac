"""The API of the research file: what is studied, by whom, by when, and what was found."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from ninja import Query, Schema
from pydantic import Field

from huoqun.base import clock
from huoqun.people import research
from huoqun.people.research import Study
from huoqun.people.staff import colleagues, groups_for
from huoqun.people.workspace import Workspace
from huoqun.web.api_facts import NotThere
from huoqun.web.api_shape import Day, Named, OneOf, Page, Paging, Sent, Words, paged
from huoqun.web.gate import Asked


class ResearchAsked(Paging):
    """Which entries; `late` and `done` are states of work, `removed` those that can be brought back."""

    q: Words = Field("", max_length=100)
    kind: Annotated[str, OneOf(("", *research.KINDS))] = ""
    state: Annotated[str, OneOf(("", *research.STATES, "removed"))] = ""
    who: UUID | None = None


class StudySaid(Sent):
    """An entry of the file; `who`: the account of who does it; who is limited to some groups names one of them."""

    kind: Annotated[str, OneOf(research.KINDS)]
    title: Words = Field(min_length=1, max_length=research.LONGEST_TITLE)
    text: Words = Field("", max_length=research.LONGEST_TEXT)
    due: Day | None = None
    group: UUID | None = None
    who: UUID | None = None


class StudyTold(Schema):
    """An entry of the file."""

    id: UUID
    kind: str
    title: str
    text: str
    due: date | None
    group: Named | None
    who: Named | None
    done: datetime | None
    removed: datetime | None


def list_research(request: Asked, workspace: Workspace, asked: Query[ResearchAsked]) -> Page[StudyTold]:
    """The research file, what is due first."""
    found = research.studies_for(request.staff)
    if asked.state == "removed":
        found = found.exclude(removed=None)
    else:
        words, state = " ".join(asked.q.split()), asked.state
        today = research.today(workspace, clock.now())
        found = research.search(found, kind=asked.kind, state=state, who=asked.who, words=words, today=today)
    return paged(found.select_related("group", "who"), asked, lambda rows: [_told(row) for row in rows])


def _told(row: Study) -> StudyTold:
    group = Named(id=row.group.pk, name=row.group.name) if row.group else None
    who = Named(id=row.who.pk, name=str(row.who)) if row.who else None
    names = ("kind", "title", "text", "due", "done", "removed")
    return StudyTold(id=row.pk, group=group, who=who, **{name: getattr(row, name) for name in names})


def add_study(request: Asked, workspace: Workspace, said: StudySaid) -> StudyTold:
    """Add an entry to the research file."""
    return _write(request, None, said)


def set_study(request: Asked, row: Study, said: StudySaid) -> StudyTold:
    """Say an entry of the research file anew."""
    return _write(request, row, said)


def _write(request: Asked, row: Study | None, said: StudySaid) -> StudyTold:
    group = groups_for(request.staff).filter(pk=said.group).first() if said.group else None
    if group is None and (said.group or request.staff.duty.limited):
        raise NotThere("group")
    who = next((one for one in colleagues(request.workspace) if one.pk == said.who), None)
    if said.who and who is None:
        raise NotThere("who")
    values = said.dict(exclude={"group", "who"}) | {"group": group, "who": who}
    return _told(research.write(request.workspace, row, **values, by=request.user, now=clock.now()))


def finish_study(request: Asked, row: Study) -> StudyTold:
    """An entry is done."""
    research.finish(row, by=request.user, now=clock.now())
    return _fresh(row)


def reopen_study(request: Asked, row: Study) -> StudyTold:
    """An entry is not done after all."""
    research.reopen(row, by=request.user, now=clock.now())
    return _fresh(row)


def remove_study(request: Asked, row: Study) -> None:
    """Take an entry out of the file; for an hour it can be brought back."""
    research.remove(row, by=request.user, now=clock.now())


def restore_study(request: Asked, row: Study) -> StudyTold:
    """Bring a removed entry back."""
    research.restore(row, by=request.user, now=clock.now())
    return _fresh(row)


def _fresh(row: Study) -> StudyTold:
    row.refresh_from_db()
    return _told(row)
