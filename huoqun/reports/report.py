"""The effect report (效果报告): what a run or a marked event did to its group, as of what the record tells.

Kept as a row with the state of the group and the version that judged, like a checkup (`people/checkup`); `tick`
makes those that no longer match. All reports of a group are made in one reading of its history. Groups to compare with
are others of the workspace in which nothing of the kind went on in that time.
"""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.db import transaction
from django.db.models import (
    CASCADE,
    CharField,
    DateField,
    Exists,
    F,
    FloatField,
    ForeignKey,
    Index,
    JSONField,
    OneToOneField,
    OuterRef,
    QuerySet,
)

from huoqun.base import job
from huoqun.base.table import Table
from huoqun.insight.comparison import Donor
from huoqun.insight.effect import AFTER, BEFORE, Effect, Window, effect
from huoqun.insight.outcome_share import SHARES
from huoqun.insight.track import Track
from huoqun.people import checkup
from huoqun.people.group import Group, unchanged
from huoqun.people.mark import Mark
from huoqun.people.staff import Staff, groups_for
from huoqun.playbooks.run import ENDED, RUNNING, STOPPED, Run
from huoqun.reports import beside
from huoqun.reports.beside import Own
from huoqun.reports.curve import curve
from huoqun.reports.orders import orders_of, orders_track, within

KIND = "effect"
MEASURED = ("messages", "speakers", "bonds", "ties", "newcomers", *SHARES, "orders")
"""The outcomes of a report, as they are listed."""
UNKNOWN = "unknown"
"""Why nothing is said of an outcome of which there is no record at all."""
BOTH: tuple[Window, ...] = ("during", "after")
AT_ONCE = 200
"""How many jobs one tick opens at most."""
BEGUN = (RUNNING, ENDED, STOPPED)


class Report(Table):
    """What was found of one run or mark. `main` outcome in columns, for lists and pooling; everything in `document`."""

    group = ForeignKey(Group, CASCADE, related_name="reports")
    run = OneToOneField(Run, CASCADE, null=True, related_name="report")
    mark = OneToOneField(Mark, CASCADE, null=True, related_name="report")
    start = DateField()
    end = DateField()
    state_hash = CharField(max_length=64)
    model = CharField(max_length=64)
    book = CharField(max_length=40, default="")
    type = CharField(max_length=20, default="")
    seen = CharField(max_length=4, default="")
    why = CharField(max_length=20, default="")
    ratio = FloatField(null=True)
    error = FloatField(null=True)
    pooled = JSONField(default=dict)
    """By outcome, of the days while it went on: `ratio` and `error` (`insight/effect`), where they are known."""
    document = JSONField(default=dict)

    class Meta(Table.Meta):
        indexes = [Index(fields=["book", "type"], name="report_book")]


@dataclass(frozen=True)
class Subject:
    """Something that began in a group: first day and the day after its last, on the group's calendar."""

    start: date
    end: date
    run: Run | None = None
    mark: Mark | None = None


# -- reads


def reports_for(staff: Staff) -> QuerySet[Report]:
    """The reports a member of staff may see."""
    found = Report.objects.filter(group__workspace=staff.workspace, group__removed=None, group__in=groups_for(staff))
    return found.select_related("group", "run", "run__edition", "mark")


def span_of_mark(mark: Mark) -> Subject:
    """The days of a mark."""
    clock = ZoneInfo(mark.group.zone)
    last = (mark.end - timedelta(microseconds=1)).astimezone(clock).date()
    return Subject(mark.start.astimezone(clock).date(), last + timedelta(days=1), mark=mark)


def span_of_run(run: Run) -> Subject:
    """The days of a run: as its playbook says, or to the day on which it was ended before."""
    end = run.begins + timedelta(days=run.edition.playbook.days)
    if run.ended is not None:
        end = min(end, run.ended.astimezone(ZoneInfo(run.group.zone)).date() + timedelta(days=1))
    return Subject(run.begins, max(end, run.begins + timedelta(days=1)), run=run)


def told(report: Report) -> list[Effect]:
    """What was found: of each outcome both windows, messages first."""
    known = {field.name for field in fields(Effect)}
    found = [{name: value for name, value in one.items() if name in known} for one in report.document["effects"]]
    return [Effect(**one | {"donors": tuple(one["donors"])}) for one in found]


def stale() -> QuerySet[Group]:
    """Groups of which a report is missing or no longer matches what is known of them."""
    fresh = Report.objects.filter(model=checkup.model(), state_hash=OuterRef("group__state_hash"))
    marks = Mark.objects.filter(group=OuterRef("pk")).exclude(Exists(fresh.filter(mark=OuterRef("pk"))))
    runs = Run.objects.filter(group=OuterRef("pk"), state__in=BEGUN)
    runs = runs.exclude(Exists(fresh.filter(run=OuterRef("pk")).exclude(run__ended__gt=F("created"))))
    known = Group.objects.filter(removed=None, rows__gt=0)
    return known.filter(Exists(marks) | Exists(runs))


# -- writes


def tick(hand: job.Hand) -> bool:
    """Open a job for every group whose reports are stale, and do one."""
    job.open_jobs(KIND, [_key(group) for group in stale().only("pk", "state_hash")[:AT_ONCE]], now=hand.clock())
    return job.work(KIND, _run, hand)


def _key(group: Group) -> str:
    return f"{group.pk.hex} {group.state_hash[:24]} {checkup.model()[:24]}"


def _run(lease: job.Lease) -> None:
    group = Group.objects.filter(pk=lease.key.split()[0], removed=None).select_related("workspace").first()
    if group is not None:
        job.tell(lease, "measuring")
        make(group, now=lease.now())


def make(group: Group, *, now: datetime) -> list[Report]:
    """Make all reports of a group anew, in one reading of its history."""
    subjects = [span_of_mark(mark) for mark in group.marks.select_related("group")]
    runs = group.runs.filter(state__in=BEGUN).select_related("edition", "group")
    subjects += [span_of_run(run) for run in runs]
    if not subjects:
        return []
    others, own = beside.candidates(group), beside.own_of(group)
    bought = orders_track(group, now.astimezone(ZoneInfo(group.zone)).date())
    own = replace(own, tracks=own.tracks | ({"orders": bought} if bought else {}))
    made = [_report(group, subject, own, others, now=now) for subject in subjects]
    with transaction.atomic():
        if not unchanged(group):  # else somebody may have been erased meanwhile
            return []
        Report.objects.filter(group=group).delete()
        Report.objects.bulk_create(made)
    return made


def _report(group: Group, subject: Subject, own: Own, others: list[Group], *, now: datetime) -> Report:
    taken = beside.busy(others, subject.start, subject.end + timedelta(days=AFTER))
    free = [other for other in others if other.pk not in taken]
    tracks = own.tracks
    found = [one for outcome in MEASURED for one in _effects(group, subject, tracks, free, outcome)]
    main = found[0]
    known = [name for name in MEASURED if name in tracks]
    drawn = [curve(tracks[name], subject.start, subject.end, found) for name in known]
    pictures = [one for one in drawn if one["outcome"] == main.outcome or any(one["values"])]
    document = {"effects": [one.told() for one in found], "pictures": pictures, "facts": _facts(group, subject, own)}
    return Report(
        group=group,
        run=subject.run,
        mark=subject.mark,
        start=subject.start,
        end=subject.end,
        state_hash=group.state_hash,
        model=checkup.model(),
        book=subject.run.book if subject.run else "",
        type=group.type,
        seen=main.seen,
        why=main.why,
        ratio=main.ratio,
        error=main.error,
        pooled={one.outcome: [one.ratio, one.error] for one in found if one.window == "during" and one.enough},
        document=document,
        created=now,
    )


def _facts(group: Group, subject: Subject, own: Own) -> dict[str, Any]:
    """What stands beside the effects, each before, during and after: ties per member, minutes to the first answer of
    the questions that have one, orders and their money. None where it is not known."""
    start, end = subject.start, subject.end
    spans = [(start - timedelta(days=BEFORE), start), (start, end), (end, end + timedelta(days=AFTER))]
    waits = [own.waited(*span) for span in spans]
    facts: dict[str, Any] = {
        "ties_per_member": _per_member(own, spans),
        "answer_minutes": [median(some) if some else None for some in waits],
    }
    if "orders" in own.tracks:
        known, first = orders_of(group), own.tracks["orders"].start
        sums = [within(known, *span) if span[1] > first else None for span in spans]
        facts["orders"] = [found[0] if found else None for found in sums]
        facts["money"] = [str(found[1]) if found else None for found in sums]
    return facts


def _per_member(own: Own, spans: list[tuple[date, date]]) -> list[float | None]:
    """How many others a member is bound to, on the last day on record of each of the spans."""
    track = own.tracks.get("bonds")
    if track is None:
        return [None for _ in spans]
    ends = [min(end - timedelta(days=1), track.day(track.days - 1)) for _, end in spans]
    there = [max(begin, track.start) <= end for (begin, _), end in zip(spans, ends, strict=True)]
    found = zip(there, ends, own.members(ends), strict=True)
    return [2 * float(track.values[track.place(day)]) / people if ok and people else None for ok, day, people in found]


def _effects(group: Group, subject: Subject, tracks: dict[str, Track], free: list[Group], outcome: str) -> list[Effect]:
    """Both windows of an outcome."""
    if outcome not in tracks and tracks:
        return [Effect(outcome, window, None, None, None, why=UNKNOWN) for window in BOTH]
    track = tracks.get(outcome) or Track(outcome, subject.start, np.zeros(0))
    kind = Donor(group.pk.hex, track, group.type, group.stage)
    others = beside.donors(free, outcome)
    return [effect(track, others, subject.start, subject.end, window=window, kind=kind) for window in BOTH]
