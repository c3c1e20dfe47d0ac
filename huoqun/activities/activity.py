"""The activity: the one life that surveys, spotlights, meetups and all the others share, and who takes part.

For the operator: every activity is a draft, then open (people join), running, closed, settled. It belongs to some
groups of one workspace, ends at a moment said beforehand, and keeps one row for each person who takes part.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    BooleanField,
    CharField,
    Count,
    DateTimeField,
    Exists,
    ForeignKey,
    Index,
    JSONField,
    ManyToManyField,
    OuterRef,
    PositiveIntegerField,
    Q,
    QuerySet,
    TextField,
    UniqueConstraint,
)
from django.db.models.functions import Coalesce

from huoqun.base.table import Table
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.membership import Membership
from huoqun.people.person import Identity, Person, root_of
from huoqun.people.workspace import Workspace

LONGEST_TITLE = 120
LONGEST_ABOUT = 4000
LONGEST_NOTE = 300

# -- rules

DRAFT, OPEN, RUNNING, CLOSED, SETTLED = "draft", "open", "running", "closed", "settled"
LIFE = (DRAFT, OPEN, RUNNING, CLOSED, SETTLED)
"""The states of an activity in their order (handbook chapter 7)."""
NEXT = {
    DRAFT: frozenset({OPEN}),
    OPEN: frozenset({RUNNING, CLOSED}),
    RUNNING: frozenset({CLOSED}),
    CLOSED: frozenset({OPEN, SETTLED}),
    SETTLED: frozenset(),
}
"""Which state may follow which. What is closed may be opened again until it is settled."""

INVITED, WAITING, JOINED, DONE, ABSENT, LEFT = "invited", "waiting", "joined", "done", "absent", "left"
"""How somebody takes part: asked; on the waiting list; signed up; did it; signed up and did not come; signed off. It
begins when somebody is asked, or when they come by themselves with what they do."""
IN = (JOINED, DONE)
"""The states that take a place."""


class WrongMoment(Exception):
    """An activity does not go from the state it is in to the one asked for."""


class Closed(Exception):
    """The activity takes nothing more, or not yet."""


def follow(state: str, wanted: str) -> str:
    """The state wanted, where it may follow. Raises WrongMoment."""
    if wanted not in NEXT[state]:
        raise WrongMoment(f"{state} to {wanted}")
    return wanted


def standing(state: str, closes: datetime | None, now: datetime) -> str:
    """The state at a moment: what should have closed is closed, whether or not anybody has written it down."""
    over = closes is not None and closes <= now
    return CLOSED if over and state in {OPEN, RUNNING} else state


def takes(state: str, closes: datetime | None, now: datetime) -> bool:
    """Whether people may take part at a moment."""
    return standing(state, closes, now) in {OPEN, RUNNING}


def stands(state: str, now: datetime) -> Q:
    """Of activities: those in a state at a moment."""
    over = Q(state__in=(OPEN, RUNNING), closes__lte=now)
    return Q(state=CLOSED) | over if state == CLOSED else Q(state=state) & ~over


# -- tables


class Activity(Table):
    """An activity (活动) of any kind; each kind has a table of its own that extends this one."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="activities")
    kind = CharField(max_length=20)
    title = CharField(max_length=LONGEST_TITLE)
    state = CharField(max_length=10, default=DRAFT)
    groups = ManyToManyField(Group, related_name="activities")
    by = ForeignKey(Account, SET_NULL, null=True)
    opened = DateTimeField(null=True)
    closes = DateTimeField(null=True)
    """When it closes by itself."""
    starts = DateTimeField(null=True)
    """When what people signed up for begins, where that is a moment of its own."""
    about = TextField(default="")
    """What members are told of it."""
    plan = JSONField(default=dict)
    """What its kind needs to know; see the `Plan` of each kind."""
    state_of_play = JSONField(default=dict)
    """What its kind keeps while it goes on: draws, rounds, counters."""
    capacity = PositiveIntegerField(null=True)
    """How many places there are; None: as many as come."""
    next = DateTimeField(null=True)
    """When its kind has something to do of itself (`activities/life.tick`)."""
    closed = DateTimeField(null=True)
    """When somebody closed it."""
    settled = DateTimeField(null=True)
    removed = DateTimeField(null=True)

    class Meta(Table.Meta):
        indexes = [
            Index(fields=["workspace", "kind", "-created"], name="activity_list"),
            Index(fields=["next"], condition=~Q(next=None), name="activity_next"),
        ]

    @property
    def source(self) -> str:
        """By what points, announcements and facts name it."""
        return f"activity:{self.pk.hex}"

    @property
    def simulated(self) -> bool:
        """It is of an example group: nobody of flesh and blood takes part."""
        return any(group.simulated for group in self.groups.all())

    def standing(self, now: datetime) -> str:
        """The state at a moment."""
        return standing(self.state, self.closes, now)

    def takes(self, now: datetime, at: datetime | None = None) -> bool:
        """Whether people may take part at a moment. `at`: when they did it, where that is known only now: what was said
        in the chat while it was open counts until it is settled, whenever the export comes."""
        if self.removed is not None:
            return False
        if at is None or at >= now:
            return takes(self.state, self.closes, now)
        ended = min((t for t in (self.closed, self.closes) if t is not None), default=None)
        begun = self.opened is not None and self.opened <= at
        return begun and self.state in {OPEN, RUNNING, CLOSED} and (ended is None or at < ended)

    def become(self, wanted: str, *, now: datetime) -> None:
        """Go on to a state, not yet saved. Raises WrongMoment."""
        self.state = follow(self.standing(now), wanted)
        if wanted == OPEN:
            self.opened, self.closed = self.opened or now, None
        elif wanted == CLOSED:
            self.closed = now
        elif wanted == SETTLED:
            self.settled = now


class Participation(Table):
    """A participation (参与): one person in one activity, once.

    It stays with the person it was made for. Where persons were merged, the newest of their rows counts and the older
    ones are history; unmerging brings them back.
    """

    activity = ForeignKey(Activity, CASCADE, related_name="participations", db_index=False)
    person = ForeignKey(Person, CASCADE, related_name="participations")
    identity = ForeignKey(Identity, CASCADE, related_name="participations")
    """The account they came with: it says of which group they are."""
    state = CharField(max_length=10, default=INVITED)
    via = CharField(max_length=10, default="")
    """How they came: `personal` (a link of their own), `group` (the group's link and a name), `staff`."""
    at = DateTimeField(null=True)
    """When they first took part."""
    changed = DateTimeField(null=True)
    reminded = DateTimeField(null=True)
    flagged = BooleanField(default=False)
    """Somebody of the staff should look at it."""
    count = PositiveIntegerField(default=1)
    """How many places they take, or pieces they want."""
    note = CharField(max_length=LONGEST_NOTE, default="")
    values = JSONField(default=dict)
    """What its kind keeps of them: team, seat, streak."""

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["activity", "person"], name="participation_once")]
        indexes = [Index(fields=["activity", "state", "at"], name="participation_state")]


# -- reads


def here() -> Q:
    """Of activities: those that have a group which was not removed."""
    return Q(pk__in=Activity.groups.through.objects.filter(group__removed=None).values("activity"))


def groups_of(activity: Activity) -> list[Group]:
    """The groups it is for, by name; one that was removed is not shown, and is there again when it comes back."""
    return sorted((g for g in activity.groups.all() if g.removed is None), key=lambda g: (g.name, g.pk))


def members(activity: Activity) -> QuerySet[Identity]:
    """The accounts that are in the activity's groups now, without bots."""
    there = staying().filter(group__activities=activity)
    return there.select_related("person__root", "group").order_by("group__name", "name", "pk")


def staying() -> QuerySet[Identity]:
    """The accounts that are in any group now, without bots."""
    inside = Membership.objects.filter(left=None).values("identity")
    return Identity.objects.filter(group__removed=None, bot=False, pk__in=inside)


def people(activity: Activity) -> dict[UUID, Identity]:
    """One account for each human who can take part, by the id of their person after merges."""
    found: dict[UUID, Identity] = {}
    for identity in members(activity):
        found.setdefault(root_of(identity.person).pk, identity)
    return found


def counting(activity: Activity) -> dict[UUID, Participation]:
    """The one participation of each human that counts, by the id of their person after merges: who has taken part
    before who was only asked, then the newest. Whoever was reminded under any of their accounts was reminded."""
    found: dict[UUID, Participation] = {}
    for row in activity.participations.select_related("person"):
        root = row.person.root_id or row.person_id
        other = found.get(root)
        best = row if other is None or _order(row) > _order(other) else other
        if other is not None:
            best.reminded = row.reminded or other.reminded
        found[root] = best
    return found


def _order(row: Participation) -> tuple[bool, datetime, UUID]:
    return row.state == DONE, row.changed or row.created, row.pk


@dataclass(frozen=True)
class Rate:
    """How many of the members have taken part (`answered`); `others` have, and are in the groups no more."""

    answered: int
    members: int
    others: int

    @property
    def share(self) -> float | None:
        """Answers by members; None where there is nobody."""
        return self.answered / self.members if self.members else None


def rate(activity: Activity, group: Group | None = None) -> Rate:
    """How many of the members have taken part at this moment, of all groups or of one."""
    return rates([activity], group)[activity.pk]


def rates(activities: Iterable[Activity], group: Group | None = None) -> dict[UUID, Rate]:
    """The rates of some activities, however many in the same number of queries. Humans are counted, whatever
    accounts they have."""
    those = [activity.pk for activity in activities]
    human = Coalesce("person__root", "person")
    there = staying().filter(group__activities__in=those)
    there = there.filter(group=group) if group else there
    asked = _counted(there.annotate(human=human), "group__activities")
    done = Participation.objects.filter(activity__in=those, state=DONE, identity__group__removed=None)
    done = done.annotate(human=human)
    own = staying().filter(group__activities=OuterRef("activity"))
    own = own.filter(group=group) if group else own
    stays = Exists(own.filter(person=OuterRef("human"))) | Exists(own.filter(person__root=OuterRef("human")))
    here = _counted(done.filter(stays), "activity")
    told = here if group else _counted(done, "activity")
    return {pk: Rate(here.get(pk, 0), asked.get(pk, 0), told.get(pk, 0) - here.get(pk, 0)) for pk in those}


def _counted(rows: QuerySet[Any], by: str) -> dict[UUID, int]:
    """How many humans, by activity."""
    return dict(rows.order_by().values_list(by).annotate(n=Count("human", distinct=True)))


def under_way(groups: Iterable[Group], *, now: datetime) -> dict[UUID, Activity]:
    """By group, the activity that members can take part in and that ends first; a group without one is not in it."""
    links = Activity.groups.through.objects.filter(group__in=list(groups), activity__removed=None)
    links = links.filter(activity__state__in=[OPEN, RUNNING]).select_related("activity")
    going = [link for link in links if link.activity.takes(now)]
    going.sort(key=lambda link: (link.activity.closes is None, link.activity.closes, link.activity.created))
    found: dict[UUID, Activity] = {}
    for link in going:
        found.setdefault(link.group_id, link.activity)
    return found


# -- writes


def going_on(group: Group, now: datetime) -> list[str]:
    """The titles of what a group can take part in now, the newest first."""
    found = Activity.objects.filter(here(), stands(OPEN, now) | stands(RUNNING, now), groups=group, removed=None)
    return list(found.order_by("-created").values_list("title", flat=True)[:20])


def take_part(activity: Activity, identity: Identity, *, via: str, now: datetime) -> Participation:
    """The row of an account's own person, locked, made or marked as done. Call it in a transaction. Raises Closed."""
    if not activity.takes(now):
        raise Closed
    row = row_for(activity, identity, now=now)
    if row.state != DONE:
        row.state, row.at, row.via, row.identity = DONE, now, via, identity
    row.changed = now
    row.save()
    return row


def remind(activity: Activity, identity: Identity, *, now: datetime) -> bool:
    """Mark a person as reminded; False where that was done before. Raises Closed."""
    if not activity.takes(now):
        raise Closed
    row = row_for(activity, identity, now=now)
    if row.reminded is not None:
        return False
    row.reminded = now
    row.save()
    return True


def row_for(activity: Activity, identity: Identity, *, now: datetime) -> Participation:
    """The row of an account's own person, made if need be, locked until the transaction ends."""
    fresh = Participation(activity_id=activity.pk, person_id=identity.person_id, identity=identity, created=now)
    Participation.objects.bulk_create([fresh], ignore_conflicts=True)
    rows = Participation.objects.select_for_update()
    return rows.get(activity_id=activity.pk, person_id=identity.person_id)


def due(kind: str, now: datetime) -> QuerySet[Activity]:
    """The activities of a kind whose time is over and that nobody has written down as closed."""
    return Activity.objects.filter(kind=kind, state__in=(OPEN, RUNNING), closes__lte=now, removed=None)


def sweep(now: datetime) -> None:
    """Activities whose groups were all erased are gone with them: nobody is left whom they were for."""
    for key in list(Activity.objects.filter(groups=None, created__lte=now).values_list("pk", flat=True)):
        with transaction.atomic():
            audit.forget(key)
            Activity.objects.filter(pk=key, groups=None).delete()
