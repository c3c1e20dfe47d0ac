"""The stretch: what was measured of a group over one period, kept so that it is measured once.

Short histories are measured while somebody waits; longer ones by a worker, with progress. A row says of which state of
the group and by which version of the product it is, and is made anew where either is another one.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import CASCADE, CharField, DateField, ForeignKey, TextField, UniqueConstraint

from huoqun.base import job
from huoqun.base.clock import naive_utc
from huoqun.base.table import Table
from huoqun.chat.message import Chat
from huoqun.insight import period
from huoqun.insight.diagnosis import moment_of
from huoqun.insight.period import Period
from huoqun.people import checkup, history
from huoqun.people.group import Group, unchanged

KIND = "stretch"
READING, MEASURING = "reading", "measuring"
"""How far a worker is with one period."""
AT_ONCE = 20_000
"""Messages of a group up to which a page waits for the answer."""
KEPT = timedelta(days=30)


class BadStretch(ValueError):
    """A period begins before it ends, and is of at most ten years."""


class Stretch(Table):
    """A measured period (时段) of one group; `created` is when."""

    group = ForeignKey(Group, CASCADE, related_name="stretches")
    begin = DateField()
    end = DateField()
    state_hash = CharField(max_length=64)
    model = CharField(max_length=64)
    document = TextField()

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["group", "begin", "end"], name="stretch_once")]


@dataclass(frozen=True)
class Pair:
    """Two periods as far as they are measured, and the work under way for what is missing."""

    now: Period | None
    was: Period | None
    work: tuple[job.Job, ...]

    @property
    def failed(self) -> bool:
        """Some of it could not be measured."""
        return any(one.state == job.FAILED for one in self.work)

    @property
    def working(self) -> bool:
        """Some of it is being measured."""
        return bool(self.work) and not self.failed


def compared(group: Group, span: tuple[date, date], other: tuple[date, date] | None, *, now: datetime) -> Pair:
    """A period and, if any, the one beside it. Raises BadStretch."""
    found = [measured(group, *one, now=now) if one else None for one in (span, other)]
    there = [one if isinstance(one, Period) else None for one in found]
    return Pair(there[0], there[1], tuple(one for one in found if isinstance(one, job.Job)))


def measured(group: Group, begin: date, end: date, *, now: datetime) -> Period | job.Job:
    """The period, or the work that will bring it. Raises BadStretch."""
    _check(begin, end)
    known = {"state_hash": group.state_hash, "model": checkup.model()}
    row = Stretch.objects.filter(group=group, begin=begin, end=end, **known).first()
    if row is not None:
        return Period.model_validate_json(row.document)
    if group.messages <= AT_ONCE:
        return measure(group, begin, end, now=now)
    last = job.newest(KIND, _key(group, begin, end))
    if last is not None and last.state == job.FAILED:
        return last
    return job.open_job(KIND, _key(group, begin, end), now=now)


def again(group: Group, begin: date, end: date, *, now: datetime) -> None:
    """Measure a period once more that could not be measured; any other one stays as it is. Raises BadStretch."""
    _check(begin, end)
    last = job.newest(KIND, _key(group, begin, end))
    if last is not None and last.state == job.FAILED:
        job.open_job(KIND, last.key, now=now)


def _check(begin: date, end: date) -> None:
    if not begin <= end or (end - begin).days >= period.LONGEST:
        raise BadStretch


def _key(group: Group, begin: date, end: date) -> str:
    return f"{group.pk.hex} {begin} {end} {group.state_hash[:16]} {checkup.model()[:16]}"


def measure(group: Group, begin: date, end: date, *, now: datetime) -> Period:
    """Measure a period and keep it."""
    return _measure(group, history.chat_of(group), begin, end, now=now)


def _measure(group: Group, chat: Chat, begin: date, end: date, *, now: datetime) -> Period:
    as_of = moment_of(chat)[0] if chat.rows.height else naive_utc(now)
    found = period.period(chat.rows, checkup.card_of(group, chat), begin, end, now=as_of)
    row = Stretch(
        group=group,
        begin=begin,
        end=end,
        state_hash=group.state_hash,
        model=checkup.model(),
        document=found.model_dump_json(),
        created=now,
    )
    fields = ["state_hash", "model", "document", "created"]
    with transaction.atomic():
        if unchanged(group):  # else somebody may have been erased meanwhile
            Stretch.objects.bulk_create(
                [row], update_conflicts=True, unique_fields=["group", "begin", "end"], update_fields=fields
            )
    return found


def tick(hand: job.Hand) -> bool:
    """Measure one period that somebody waits for."""
    return job.work(KIND, _run, hand)


def _run(lease: job.Lease) -> None:
    key, begin, end, *_ = lease.key.split()
    group = Group.objects.filter(pk=key, removed=None).first()
    if group is not None:
        job.tell(lease, READING)
        chat = history.chat_of(group)
        job.tell(lease, MEASURING)
        _measure(group, chat, date.fromisoformat(begin), date.fromisoformat(end), now=lease.now())


def sweep(now: datetime) -> None:
    """Forget periods that nobody has had measured for long."""
    Stretch.objects.filter(created__lt=now - KEPT).delete()
