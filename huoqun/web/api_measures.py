"""The API of what is seen of a group: any period beside another, the network over time, alerts."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Query, Schema

from huoqun.base import clock
from huoqun.insight.period import Difference, Period, differences
from huoqun.people import alert, stretch
from huoqun.people.alert import Alert
from huoqun.people.group import Group
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import alarm, network
from huoqun.web.api_facts import NotYet
from huoqun.web.api_shape import Day, Named, OneOf, Page, Paging, paged
from huoqun.web.gate import Asked
from huoqun.web.period import Span


class PeriodAsked(Schema):
    """A period, both days included, and another beside it: that of the same length before where none is named."""

    begin: Day
    end: Day
    other_begin: Day | None = None
    other_end: Day | None = None


class PeriodTold(Schema):
    """Two periods and what differs. `working`: some of it is being measured, ask again; `failed`: it could not be."""

    working: bool
    failed: bool
    now: Period | None
    was: Period | None
    differences: list[Difference]


class NetworkTold(Schema):
    """The network of a group over time. `working`: it is being drawn, ask again; `fresh` is false while what is told is
    of before the last change. `network` holds columns: people with name, stratum and circle, ties with their life."""

    state: Annotated[str, OneOf(network.STATES)]
    fresh: bool
    failed: bool
    reason: str
    network: dict[str, Any] | None


class AlertsAsked(Paging):
    """Which alerts."""

    kind: Annotated[str, OneOf(("", *alert.KINDS))] = ""
    group: UUID | None = None


class AlertTold(Schema):
    """Something a list says about a group at once, in words and with the numbers it follows from."""

    group: Named
    kind: str
    since: datetime
    words: str
    why: dict[str, Any]


def read_period(request: Asked, group: Group, asked: Query[PeriodAsked]) -> PeriodTold:
    """Measure a period of a group and compare it with another."""
    if group.last is None:
        raise NotYet
    found = stretch.compared(group, *_spans(asked), now=clock.now())
    apart = differences(found.was, found.now) if found.now and found.was else []
    return PeriodTold(now=found.now, was=found.was, working=found.working, failed=found.failed, differences=apart)


def measure_again(request: Asked, group: Group, asked: Query[PeriodAsked]) -> PeriodTold:
    """Measure once more what could not be measured."""
    if group.last is None:
        raise NotYet
    for begin, end in _spans(asked):
        stretch.again(group, begin, end, now=clock.now())
    return read_period(request, group, asked)


def _spans(asked: PeriodAsked) -> tuple[tuple[date, date], tuple[date, date]]:
    """The period and the one beside it."""
    span = Span(asked.begin, asked.end)
    if asked.other_begin is None and asked.other_end is None and asked.begin <= asked.end:
        return (span.begin, span.end), (span.before.begin, span.before.end)
    return (span.begin, span.end), (asked.other_begin or asked.begin, asked.other_end or asked.end)


def read_network(request: Asked, group: Group) -> NetworkTold:
    """Everybody of a group and every tie over time."""
    how_far, drawn = network.told(request, group)
    return NetworkTold(**how_far, network=drawn)


def list_alerts(request: Asked, workspace: Workspace, asked: Query[AlertsAsked]) -> Page[AlertTold]:
    """What the list of groups says at once, the newest first."""
    groups = groups_for(request.staff)
    found = alert.alerts(clock.now()).filter(group__in=groups.filter(pk=asked.group) if asked.group else groups)
    found = found.filter(kind=asked.kind) if asked.kind else found
    return paged(found.select_related("group").order_by("-since", "pk"), asked, lambda rows: [_alert(r) for r in rows])


def _alert(row: Alert) -> AlertTold:
    group = Named(id=row.group.pk, name=row.group.name)
    return AlertTold(group=group, kind=row.kind, since=row.since, words=alarm.reason(row), why=row.why)
