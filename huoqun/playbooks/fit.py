"""The fit: what speaks against a run in a group, before it begins. Nothing here forbids it: an operator decides.

The type, stage and size it was written for; another run in the same days; words in the quiet hours; more said in a day,
with all runs together, than the group is to bear; selling in the first days of a group, or before needs were solved;
roles that nobody is.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from huoqun.people import outbox
from huoqun.people.group import Group
from huoqun.people.membership import Membership
from huoqun.playbooks import starting
from huoqun.playbooks.playbook import Playbook
from huoqun.playbooks.run import AHEAD, PAUSED, RUNNING, DueStep, Run
from huoqun.playbooks.starting import Planned
from huoqun.playbooks.step_form import Say

NO_SELLING = timedelta(days=7)
"""Nothing is sold in the first days of a group (handbook chapter 12); a default."""


@dataclass(frozen=True)
class Concern:
    """Something that speaks against it: an id with words in `web/word_run`, and what goes into these."""

    id: str
    values: dict[str, Any] = field(default_factory=dict)


def concerns(group: Group, book: Playbook, begins: date, roles: Mapping[str, Any], *, now: datetime) -> list[Concern]:
    """Everything that speaks against a run that would begin on a day, the gravest first."""
    planned = starting.plan(book, begins, group.zone, now)
    return [
        *_clashes(group, book, begins),
        *_selling(group, planned),
        *_load(group, book, planned),
        *_quiet(group, planned),
        *_written_for(group, book),
        *[Concern("role", {"role": name}) for name in book.roles if not roles.get(name)],
        *_too_soon(planned, now),
    ]


def _clashes(group: Group, book: Playbook, begins: date) -> Iterable[Concern]:
    """Runs that go on in the same days."""
    for run in (
        Run.objects.filter(group=group, state__in=(RUNNING, PAUSED)).select_related("edition").order_by("begins")
    ):
        other = run.edition.playbook
        if run.begins < begins + timedelta(days=book.days) and begins < run.begins + timedelta(days=other.days):
            same = "same_run" if other.id == book.id else "other_run"
            yield Concern(same, {"title": other.title.model_dump(), "begins": run.begins})


def _selling(group: Group, planned: list[Planned]) -> Iterable[Concern]:
    """What sells before the group is a week old."""
    sells = [p for p in planned if isinstance(p.step, Say) and p.step.piece == "selling" and p.at]
    born = group.first or group.created
    early = [p for p in sells if p.at and p.at < born + NO_SELLING]
    if early:
        yield Concern("selling_early", {"at": early[0].at, "days": NO_SELLING.days})


def _load(group: Group, book: Playbook, planned: list[Planned]) -> Iterable[Concern]:
    """Days on which more would be said, with other runs, than the group is to bear."""
    zone = ZoneInfo(group.zone)
    mine = Counter(
        p.at.astimezone(zone).date() for p in planned if p.at and isinstance(p.step, Say) and not p.step.path
    )
    rows = DueStep.objects.filter(run__group=group, run__state=RUNNING, state=AHEAD, due__isnull=False)
    for row in rows.select_related("run__edition"):
        assert row.due is not None
        if isinstance(row.run.edition.playbook.step(row.step), Say):
            mine[row.due.astimezone(zone).date()] += 1
    over = {day: many for day, many in sorted(mine.items()) if many > book.load.ceiling}
    if over:
        day, many = next(iter(over.items()))
        yield Concern("load", {"days": len(over), "first": day, "many": many, "ceiling": book.load.ceiling})


def _quiet(group: Group, planned: list[Planned]) -> Iterable[Concern]:
    """Words that would fall into the quiet hours and wait for the morning."""
    late = [p for p in planned if p.at and isinstance(p.step, Say) and outbox.not_quiet(p.at, group.zone) != p.at]
    if late:
        yield Concern("quiet", {"many": len(late), "first": late[0].step.title.model_dump()})


def _written_for(group: Group, book: Playbook) -> Iterable[Concern]:
    """The group is not what it was written for."""
    if group.type and group.type not in book.fits:
        yield Concern("type", {"type": group.type, "fits": book.fits})
    if group.stage and group.stage not in book.stages:
        yield Concern("stage", {"stage": group.stage, "stages": book.stages})
    members = Membership.objects.filter(identity__group=group, left=None).count()
    if members and not book.size.least <= members <= book.size.most:
        yield Concern("size", {"members": members, "least": book.size.least, "most": book.size.most})


def _too_soon(planned: list[Planned], now: datetime) -> Iterable[Concern]:
    """Steps whose hour is past already: they would be done at once."""
    past = [p for p in planned if p.sure and p.at and p.at < now]
    if past:
        yield Concern("past", {"many": len(past), "first": past[0].step.title.model_dump()})
