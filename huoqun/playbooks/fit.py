"""The fit: what speaks against a run in a group, before it begins. Nothing here forbids it: an operator decides.

The type, stage and size it was written for; another run in the same days; words in the quiet hours; more said in a day,
with all runs together, than the group is to bear; selling in the first days of a group, or before needs were solved;
roles that nobody is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, OuterRef, QuerySet, Subquery

from huoqun.people import outbox
from huoqun.people.group import Group
from huoqun.people.membership import Membership
from huoqun.people.voice import voices
from huoqun.playbooks import starting
from huoqun.playbooks.playbook import Playbook
from huoqun.playbooks.run import AHEAD, PAUSED, RUNNING, DueStep, Edition, Run
from huoqun.playbooks.starting import Planned
from huoqun.playbooks.step_form import Say


@dataclass(frozen=True)
class Concern:
    """Something that speaks against it: an id with words in `web/word_run`, and what goes into these."""

    id: str
    values: dict[str, Any] = field(default_factory=dict)


def concerns(group: Group, book: Playbook, begins: date, roles: Mapping[str, Any], *, now: datetime) -> list[Concern]:
    """Everything that speaks against a run that would begin on a day, the gravest first."""
    return of_groups([group], book, begins, roles, now=now)[group.pk]


def of_groups(
    groups: Sequence[Group], book: Playbook, begins: date, roles: Mapping[str, Any], *, now: datetime
) -> dict[UUID, list[Concern]]:
    """The same of many groups at once, by group: a few queries for all of them together."""
    plans = {zone: starting.plan(book, begins, zone, now) for zone in {group.zone for group in groups}}
    others, ahead, members, rules = _others(groups), _ahead(groups), _members(groups), voices(groups)
    found = {}
    for group in groups:
        planned = plans[group.zone]
        found[group.pk] = [
            *_clashes(others.get(group.pk, ()), book, begins),
            *_selling(group, planned, rules[group.pk].no_selling_days),
            *_load(group, book, planned, ahead.get(group.pk, ())),
            *_quiet(group, planned),
            *_written_for(group, book, members.get(group.pk, 0)),
            *[Concern("role", {"role": name}) for name in book.roles if not roles.get(name)],
            *_too_soon(planned, now),
        ]
    return found


def matching(groups: QuerySet[Group], book: Playbook) -> QuerySet[Group]:
    """Those it was written for: of its types and stages, as large as it wants them, and known to be so."""
    here = Membership.objects.filter(identity__group=OuterRef("pk"), left=None).order_by()
    members = here.values("identity__group").annotate(n=Count("pk")).values("n")
    found = groups.filter(type__in=book.fits, stage__in=book.stages).annotate(_members=Subquery(members))
    return found.filter(_members__gte=book.size.least, _members__lte=book.size.most)


def _others(groups: Sequence[Group]) -> dict[UUID, list[tuple[Playbook, date]]]:
    """By group, the runs that go on, with their first day."""
    rows = Run.objects.filter(group__in=groups, state__in=(RUNNING, PAUSED)).order_by("begins", "pk")
    told = list(rows.values_list("group", "edition", "begins"))
    editions = Edition.objects.in_bulk({edition for _group, edition, _begins in told})
    found: dict[UUID, list[tuple[Playbook, date]]] = defaultdict(list)
    for group, edition, begins in told:
        found[group].append((editions[edition].playbook, begins))
    return found


def _ahead(groups: Sequence[Group]) -> dict[UUID, list[datetime]]:
    """By group, when runs that go on will say something."""
    rows = DueStep.objects.filter(run__group__in=groups, run__state=RUNNING, state=AHEAD, due__isnull=False)
    told = list(rows.values_list("run__group", "run__edition", "step", "due"))
    editions = Edition.objects.in_bulk({edition for _group, edition, _step, _due in told})
    says = {key: {s.id for s in row.playbook.steps if isinstance(s, Say)} for key, row in editions.items()}
    found: dict[UUID, list[datetime]] = defaultdict(list)
    for group, edition, step, due in told:
        if due and step in says[edition]:
            found[group].append(due)
    return found


def _members(groups: Sequence[Group]) -> dict[UUID, int]:
    here = Membership.objects.filter(identity__group__in=groups, left=None).order_by()
    return dict(here.values("identity__group").annotate(n=Count("pk")).values_list("identity__group", "n"))


def _clashes(others: Iterable[tuple[Playbook, date]], book: Playbook, begins: date) -> Iterable[Concern]:
    """Runs that go on in the same days."""
    for other, since in others:
        if since < begins + timedelta(days=book.days) and begins < since + timedelta(days=other.days):
            same = "same_run" if other.id == book.id else "other_run"
            yield Concern(same, {"title": other.title.model_dump(), "begins": since})


def _selling(group: Group, planned: list[Planned], days: int) -> Iterable[Concern]:
    """What sells while the selling guard would hold it: in so many first days of the group as its voice says."""
    sells = [p for p in planned if isinstance(p.step, Say) and p.step.piece == "selling" and p.at]
    born = group.first or group.created
    early = [p for p in sells if p.at and p.at < born + timedelta(days=days)]
    if early:
        yield Concern("selling_early", {"at": early[0].at, "days": days})


def _load(group: Group, book: Playbook, planned: list[Planned], ahead: Iterable[datetime]) -> Iterable[Concern]:
    """Days on which more would be said, with other runs, than the group is to bear."""
    zone = ZoneInfo(group.zone)
    mine = Counter(
        p.at.astimezone(zone).date() for p in planned if p.at and isinstance(p.step, Say) and not p.step.path
    )
    mine.update(due.astimezone(zone).date() for due in ahead)
    over = {day: many for day, many in sorted(mine.items()) if many > book.load.ceiling}
    if over:
        day, many = next(iter(over.items()))
        yield Concern("load", {"days": len(over), "first": day, "many": many, "ceiling": book.load.ceiling})


def _quiet(group: Group, planned: list[Planned]) -> Iterable[Concern]:
    """Words that would fall into the quiet hours and wait for the morning."""
    late = [p for p in planned if p.at and isinstance(p.step, Say) and outbox.not_quiet(p.at, group.zone) != p.at]
    if late:
        yield Concern("quiet", {"many": len(late), "first": late[0].step.title.model_dump()})


def _written_for(group: Group, book: Playbook, members: int) -> Iterable[Concern]:
    """The group is not what it was written for."""
    if group.type and group.type not in book.fits:
        yield Concern("type", {"type": group.type, "fits": book.fits})
    if group.stage and group.stage not in book.stages:
        yield Concern("stage", {"stage": group.stage, "stages": book.stages})
    if members and not book.size.least <= members <= book.size.most:
        yield Concern("size", {"members": members, "least": book.size.least, "most": book.size.most})


def _too_soon(planned: list[Planned], now: datetime) -> Iterable[Concern]:
    """Steps whose hour is past already: they would be done at once."""
    past = [p for p in planned if p.sure and p.at and p.at < now]
    if past:
        yield Concern("past", {"many": len(past), "first": past[0].step.title.model_dump()})
