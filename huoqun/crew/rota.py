"""The rota (轮值表): members take turns to run a group for a week (handbook chapter 13: 52 weeks, 52 members).

For the operator: a group has one rota, with what a shift brings (points, a title), what it allows, and what there is to
do. A shift is one week of it, from Monday on the group's own clock; somebody is asked, says yes, or says no.
"""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import (
    CASCADE,
    SET_NULL,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    ForeignKey,
    Index,
    JSONField,
    OneToOneField,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    QuerySet,
    TextField,
    UniqueConstraint,
)

from huoqun.base.table import Table
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.membership import here
from huoqun.people.person import Identity, Person, ones

WEEK = timedelta(days=7)
OPEN, SET = "open", "set"
"""A shift that nobody has said yes to yet; one that somebody has."""
DONE, MISSED = "done", "missed"
"""What became of a shift; "" before it is settled."""
ASKED, YES, NO, LAPSED = "asked", "yes", "no", "lapsed"
"""What somebody who was asked said; `lapsed`: somebody else was asked instead."""
VOLUNTEER, BLOCKED, OUT = "volunteer", "blocked", "out"
"""What members wish: gladly (in a week, or in any), not in a week, not at all."""
EVER = date(1970, 1, 5)
"""The week of a wish that is for no week in particular; a Monday, for order's sake."""
ENGAGED, WILLING, ANYBODY = "engaged", "volunteers", "anybody"
AMONG = (ENGAGED, WILLING, ANYBODY)
"""Of whom somebody is chosen: volunteers and the engaged (KOL and core); volunteers alone; everybody who speaks."""
LONGEST = 2000
MOST_CHORES = 20


class Rota(Table):
    """The rota (轮值表) of a group. `ahead`: weeks planned; `rest`: weeks between two turns of one member, where there
    are others; `next`: when something is due."""

    group = OneToOneField(Group, CASCADE, related_name="rota")
    on = BooleanField(default=True)
    ahead = PositiveSmallIntegerField(default=8)
    rest = PositiveSmallIntegerField(default=4)
    among = CharField(max_length=12, default=ENGAGED)
    points = PositiveIntegerField(default=0)
    reward = CharField(max_length=30, default="")
    """The title that who has served is given; empty: none."""
    rights = JSONField(default=list)
    """What somebody on duty may do, of `crew/right.RIGHTS`."""
    chores = JSONField(default=list)
    """What there is to do in each shift, a line each."""
    told = BooleanField(default=True)
    """The group is told who begins and who has finished."""
    next = DateTimeField(null=True)

    class Meta(Table.Meta):
        indexes = [Index(fields=["next"], name="rota_due")]


class Shift(Table):
    """One week on duty (轮值周). `begins` is a Monday on the group's calendar; `starts` and `ends` are the moments."""

    rota = ForeignKey(Rota, CASCADE, related_name="shifts")
    group = ForeignKey(Group, CASCADE, related_name="shifts")
    begins = DateField()
    starts = DateTimeField()
    ends = DateTimeField()
    person = ForeignKey(Person, SET_NULL, null=True, related_name="shifts")
    """Who is asked, or has said yes."""
    state = CharField(max_length=10, default=OPEN)
    basis = JSONField(default=dict)
    """Why this one was proposed: `crew/fairness.Choice` as a dict; empty where somebody was named by hand."""
    ticks = JSONField(default=list)
    """The chores that are done: pairs of the line and when."""
    alerted = DateTimeField(null=True)
    """When staff were told that nobody has said yes."""
    begun = DateTimeField(null=True)
    settled = DateTimeField(null=True)
    outcome = CharField(max_length=10, default="")

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["group", "begins"], name="shift_a_week")]
        indexes = [Index(fields=["group", "ends"], name="shift_time")]


class Offer(Table):
    """That somebody was asked for a shift, and what they said (询问)."""

    shift = ForeignKey(Shift, CASCADE, related_name="offers")
    person = ForeignKey(Person, CASCADE, related_name="offers")
    state = CharField(max_length=10, default=ASKED)
    at = DateTimeField(null=True)
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")
    """Who of the staff said it for them; null where they said it themselves."""

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["shift", "person"], name="offer_once")]


class Wish(Table):
    """What a member wishes of the rota of a group (意愿)."""

    group = ForeignKey(Group, CASCADE, related_name="wishes")
    person = ForeignKey(Person, CASCADE, related_name="wishes")
    kind = CharField(max_length=10)
    week = DateField(default=EVER)

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["group", "person", "kind", "week"], name="wish_once")]


class Exchange(Table):
    """A swap of two shifts, or a cover of some days of one, that somebody has asked another for (调班)."""

    shift = ForeignKey(Shift, CASCADE, related_name="exchanges")
    other = ForeignKey(Shift, CASCADE, null=True, related_name="+")
    """The shift it is swapped with; null for a cover."""
    asker = ForeignKey(Person, CASCADE, related_name="+")
    asked = ForeignKey(Person, CASCADE, related_name="+")
    first = DateField(null=True)
    last = DateField(null=True)
    """The days that are covered, both included."""
    state = CharField(max_length=10, default=ASKED)
    at = DateTimeField(null=True)
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")


class Handover(Table):
    """The hand-over sheet of a shift (交接单), kept for ever."""

    shift = OneToOneField(Shift, CASCADE, related_name="handover")
    numbers = JSONField(default=dict)
    filled = DateTimeField(null=True)
    text = TextField(default="")
    written = DateTimeField(null=True)
    reader = ForeignKey(Person, SET_NULL, null=True, related_name="+")
    read = DateTimeField(null=True)


# -- rules


def monday(day: date) -> date:
    """The Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def span(week: date, zone: str) -> tuple[datetime, datetime]:
    """From when to when a week lasts on the clock of a zone: 167 or 169 hours where clocks are changed in it."""
    clock = ZoneInfo(zone)
    return datetime.combine(week, time(0), clock), datetime.combine(week + WEEK, time(0), clock)


def local_day(moment: datetime, zone: str) -> date:
    """The day of a moment on the calendar of a zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


# -- reads


def shifts(group: Group, *, since: date | None = None) -> QuerySet[Shift]:
    """The shifts of a group, the oldest first; from that of a week on."""
    found = Shift.objects.filter(group=group).select_related("person__root", "rota", "group__workspace")
    return (found.filter(begins__gte=since) if since else found).order_by("begins")


def shift_at(group: Group, now: datetime) -> Shift | None:
    """The shift of this moment, whoever has it."""
    return shifts(group).filter(starts__lte=now, ends__gt=now).first()


def shifts_of(who: Identity, *, since: datetime) -> QuerySet[Shift]:
    """The shifts in their group that end after a moment and are a member's, or for which they are asked."""
    return shifts(who.group).filter(person__in=ones(who.person), ends__gt=since)


def seats(group: Group) -> dict[UUID, Identity]:
    """The humans who are in a group now, each with the account that spoke most, by the id of their person after
    merges."""
    found: dict[UUID, Identity] = {}
    for who in here(group).order_by("-messages", "name", "pk"):
        found.setdefault(who.person.root_id or who.person_id, who)
    return found


def human(person: Person | None) -> UUID | None:
    """The id of a person after merges."""
    return None if person is None else person.root_id or person.pk


def names(group: Group, persons: set[UUID]) -> dict[UUID, str]:
    """What humans are called in a group, by the id of their person after merges; also those who have left."""
    found: dict[UUID, str] = {}
    there = Identity.objects.filter(group=group).filter(person__in=persons) | Identity.objects.filter(
        group=group, person__root__in=persons
    )
    for who in there.select_related("person").order_by("-messages", "name"):
        found.setdefault(who.person.root_id or who.person_id, who.name)
    return found
