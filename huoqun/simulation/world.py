"""The world: one made-up group in the database, a clock that jumps from one thing to the next, and a list of what is
going to happen. What is said comes into the archive as an import; everything else goes through the writes of the pages
and the rounds of the worker.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from heapq import heappop, heappush
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Min, Q

from huoqun.activities.activity import OPEN, RUNNING, Activity, Closed, WrongMoment
from huoqun.activities.attendance import Full, NotIn
from huoqun.activities.kind import Refused
from huoqun.activities.response import Contested
from huoqun.base import job
from huoqun.base.clock import naive_utc
from huoqun.base.job import Hand
from huoqun.people import reception, upload
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.person import Identity
from huoqun.people.task import NoProof
from huoqun.people.upload import Upload
from huoqun.people.workspace import Workspace
from huoqun.playbooks.occasion import GATHER
from huoqun.playbooks.run import AHEAD, OVER, DueStep, Run
from huoqun.playbooks.run import RUNNING as GOING
from huoqun.playbooks.step_form import Measure, Step
from huoqun.playbooks.timing import When
from huoqun.simulation.chatter import Chatter
from huoqun.simulation.society import Fellow, Society
from huoqun.simulation.story import ZONE
from huoqun.simulation.talk import Line
from huoqun.simulation.told import told

BRINGS = time(22, 20)
"""When staff bring in the day's talk: a group run by hand. A default."""
LOOKS = timedelta(minutes=30)
"""How often what waits for a condition is looked at between other things; the worker looks more often, and sees the
same."""
EXAMINES = 3
"""Days from one examination of the group to the next where no step of the next day asks for what it tells; the worker
would do it after each import. A default: half of the time of a trial is spent on it."""
TOLD = frozenset({"unanswered", "welcomed", "ties", "shown", "recovered"})
"""The facts that a fresh examination tells."""
BROUGHT = frozenset({"joined", "asked"})
"""What happens only by an import."""
LISTS = re.compile(r"newcomers-(unanswered|silent)")
"""The people whom it knows."""
DAY = timedelta(days=1)
FAR = datetime.max.replace(tzinfo=UTC)
ROUNDS = 500
"""Rounds of the worker at one moment, at most."""
NOT_TAKEN = (Refused, Closed, WrongMoment, Contested, NoProof, Full, NotIn)
"""How the product says no to somebody: they came too late, it is full, it is not theirs."""


@dataclass(frozen=True)
class Work:
    """The worker's rounds: everything it does, and what it does at its hour."""

    all: Sequence[Callable[[Hand], bool]]
    prompt: Sequence[Callable[[Hand], bool]]


class Stuck(RuntimeError):
    """Time does not go on: something is due for ever."""


@dataclass(order=True)
class Coming:
    """Something that is going to happen."""

    at: datetime
    number: int
    do: Callable[[], None] = field(compare=False)
    stirs: bool = field(compare=False, default=True)


class World:
    """One group, its people and its staff, at a moment."""

    def __init__(self, place: Workspace, by: Account, chatter: Chatter, name: str, begins: date, work: Work) -> None:
        """`begins`: day 0 on the group's calendar; `work`: a round of the worker."""
        self.place, self.by, self.chatter, self.name, self.begins, self.work = place, by, chatter, name, begins, work
        self.society: Society = chatter.society
        self.zone = ZoneInfo(ZONE)
        self.now = self.moment(-self.society.course.before, time())
        self.hand = Hand("simulation", lambda: self.now)
        self.group: Group | None = None
        self.run: Run | None = None
        self.lines: list[Line] = []
        self.record: list[Line] = []
        """Everything that was brought in, in its order."""
        self.coming: list[Coming] = []
        self.looks: list[Callable[[], None]] = []
        """Done after each round of the worker: who has something to react to."""
        self.refused: dict[str, int] = {}
        """Deeds that were not taken, by the reason."""
        self._number = 0
        self._brought, self.closing = False, False
        self._examined: int | None = None
        self._due: datetime | None = None
        self._looked = self.now
        self._who: dict[str, Identity] = {}

    def begin(self, run: Run) -> None:
        """A run has started here."""
        self.run, self._due = run, None

    # -- time

    def moment(self, day: int, clock: time) -> datetime:
        """A time of a day of the run (0 is its first) on the group's clock, in UTC."""
        return datetime.combine(self.begins + timedelta(days=day), clock, self.zone).astimezone(UTC)

    def local(self, moment: datetime) -> datetime:
        """What the clocks on the wall show."""
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def utc(self, local: datetime) -> datetime:
        """The moment at which they show that."""
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    @property
    def day(self) -> int:
        """Which day it is; 0 is the first of the run."""
        return (self.local(self.now).date() - self.begins).days

    def at(self, moment: datetime, do: Callable[[], None], *, stirs: bool = True) -> None:
        """Something is going to happen; at once where that is in the past. `stirs`: the worker looks right afterwards;
        what members do it sees when it looks next."""
        self._number += 1
        heappush(self.coming, Coming(max(moment, self.now), self._number, do, stirs))

    def advance(self, until: datetime) -> None:
        """Let time pass: from what is due to what is due. Raises Stuck."""
        rounds = 0
        while True:
            if self._due is None:
                self._due = self._next_due() or FAR
            comes = self.coming[0].at if self.coming else FAR
            moment = min(self._due, comes)
            if moment > until:
                break
            rounds = rounds + 1 if moment <= self.now else 0
            if rounds > ROUNDS:
                raise Stuck(f"at {self.now}")
            self.now = max(self.now, moment)
            stirred = self._due <= self.now
            while self.coming and self.coming[0].at <= self.now:
                coming = heappop(self.coming)
                coming.do()
                stirred = stirred or coming.stirs
            if stirred:
                self.turn()
        self.now = max(self.now, until)

    def turn(self) -> None:
        """The worker's rounds at this moment, and whoever reacts to them. What works on what was brought in does so
        when something was."""
        self._looked, self._due = self.now, None
        whole = self._brought and (
            self._examined is None or self.day - self._examined >= EXAMINES or self.closing or self._asked_for()
        )
        ticks = self.work.all if whole else self.work.prompt
        if whole:
            self._brought, self._examined = False, self.day
        for _ in range(ROUNDS):
            if not sum(tick(self.hand) for tick in ticks):
                break
        else:
            raise Stuck(f"the worker at {self.now}")
        for look in self.looks:
            look()

    def _asked_for(self) -> bool:
        """A step that waits, or is due within a day, needs what an examination tells."""
        if self.run is None:
            return False
        book = self.run.edition.playbook
        asking = [step.id for step in book.steps if examined(step)]
        rows = DueStep.objects.filter(run=self.run, run__state=GOING, step__in=asking).exclude(state__in=OVER)
        return rows.filter(Q(due__lte=self.now + DAY) | ~Q(state=AHEAD)).exists()

    def _next_due(self) -> datetime | None:
        """When the engine, an activity or a survey has something to do."""
        found = list[datetime]()
        if self.run is not None:
            rows = DueStep.objects.filter(run=self.run, run__state=GOING, next__isnull=False)
            for row in rows:
                assert row.next is not None
                polled = row.state != AHEAD or (row.due is not None and row.due < row.next)
                moment = self._looks_again(row) if polled else row.next
                found.append(min(moment, row.until) if polled and row.until and row.until > self._looked else moment)
        live = Activity.objects.filter(workspace=self.place, removed=None, state__in=(OPEN, RUNNING))
        told_ = [*live.aggregate(a=Min("closes"), b=Min("next")).values()]
        waiting = Activity.objects.filter(workspace=self.place, removed=None).aggregate(a=Min("next"))["a"]
        found += [max(m, self._looked + timedelta(minutes=1)) for m in (*told_, waiting) if m is not None]
        return min(found, default=None)

    def _looks_again(self, row: DueStep) -> datetime:
        """When a step that waits has something to see: one that listens to what only an import brings, after that."""
        assert self.run is not None and row.next is not None
        when = self.run.edition.playbook.step(row.step).when
        if isinstance(when, When) and when.event in BROUGHT and not row.turn:
            since = row.result.get("since")
            return max(row.next, datetime.fromisoformat(since) + GATHER) if since else FAR
        return max(row.next, self._looked + LOOKS)

    # -- talk

    def say(self, lines: Sequence[Line]) -> None:
        """Things were said, or will have been by the time they bear."""
        self.lines += lines

    def staff_says(self, text: str, *, owner: bool = False) -> Line:
        """Somebody of the team puts words into the group now."""
        line = Line(self.local(self.now), self.society.owner if owner else self.society.helper, text)
        self.say([line])
        return line

    def bring_in(self) -> None:
        """What was said until now is imported, as an export of the group would be."""
        here = self.local(self.now)
        ready = sorted((line for line in self.lines if line.local <= here), key=lambda line: line.local)
        if not ready:
            return
        self.lines = [line for line in self.lines if line.local > here]
        members = [(f.id, f.name) for f in self.society.all_there(self.day)]
        chat = told(
            ready,
            members=members,
            group=self.name,
            zone=ZONE,
            exported=naive_utc(self.now),
            others={f.id: f.name for f in self.society.fellows.values()},
            begin=len(self.record),
        )
        self.record += ready
        row = Upload(workspace=self.place, source=upload.EXAMPLE, into=self.group, by=self.by, created=self.now)
        row.save(force_insert=True)
        job.open_job(IMPORT, row.pk.hex, now=self.now)

        def run(lease: job.Lease) -> None:
            (found,) = reception.bring(lease, row, [chat])
            self.group = Group.objects.get(pk=found.pk)
            upload.move_on(row, upload.DONE, now=self.now)

        job.work(IMPORT, run, self.hand)
        self._who, self._brought = {}, True
        if self.group is None:
            raise Stuck("the first import failed")

    # -- people

    def who(self, fellow: Fellow) -> Identity | None:
        """Their account as the database knows it; None before they were in an import, or where they have left."""
        if not self._who and self.group is not None:
            there = Identity.objects.filter(group=self.group, listed=True).select_related("person__root")
            for who in there:
                who.group, who.person.workspace = self.group, self.place
                self._who[who.account] = who
        return self._who.get(fellow.id)

    def fellow(self, who: Identity) -> Fellow | None:
        """Who of the society an account is; None for nobody of it."""
        return self.society.fellows.get(who.account)

    def tried(self, do: Callable[[], object]) -> bool:
        """A deed of a member or of staff; where it is refused, why is counted."""
        try:
            with transaction.atomic():
                do()
        except NOT_TAKEN as error:
            self.count(error)
            return False
        return True

    def count(self, error: Exception) -> None:
        """A deed was not taken."""
        why = getattr(error, "why", "") or type(error).__name__
        self.refused[why] = self.refused.get(why, 0) + 1


def examined(step: Step) -> bool:
    """Whether a step asks for something that an examination of the group tells; what is only written down does not."""
    if isinstance(step, Measure):
        return False
    return step.when == When("asked") or not TOLD.isdisjoint(step.asks) or bool(LISTS.match(getattr(step, "who", "")))


IMPORT = "simulated"
"""The kind of job that takes in made-up talk."""
