"""The trial: a playbook tried on a made-up group: weeks before it, the run with everybody who takes part in it, and
weeks after; and the same group without it. Same arguments, same outcome.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from huoqun.people import staff
from huoqun.people.account import Account
from huoqun.people.group import Group, refresh
from huoqun.people.workspace import Workspace
from huoqun.playbooks import starting
from huoqun.playbooks.playbook import Playbook, read
from huoqun.playbooks.run import ENDED, Run, edition_of
from huoqun.playbooks.timing import Beside
from huoqun.simulation.chatter import Chatter
from huoqun.simulation.founding import found
from huoqun.simulation.rhythm import rhythm
from huoqun.simulation.seeded import seeded
from huoqun.simulation.society import COURSES, Society
from huoqun.simulation.story import ZONE
from huoqun.simulation.taking_part import TakingPart
from huoqun.simulation.talk import Line, load_words
from huoqun.simulation.teamwork import Staffing
from huoqun.simulation.watching import Watching
from huoqun.simulation.world import BRINGS, Work, World

BEGINS = date(2026, 3, 2)
"""Day 1 of every trial, a Monday, in a zone whose clocks never jump."""
AFTER = 14
"""Days after the run in which what it did is looked at; a default."""
AT_ONCE = Beside("", timedelta(0))
LONGEST = 60
"""Days after its last day in which a run must have come to its end."""
LATE, EVENING, BREAKS_OUT = time(23, 58), time(19), time(10, 5)
"""When a day is over; when the team has time; when something happens that a playbook is to be started for at once."""
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Asked:
    """What is tried: the text of a playbook, on how many people, for how many days."""

    text: str
    people: int
    days: int
    seed: int
    language: str = "zh"


@dataclass
class Trial:
    """What came of it."""

    asked: Asked
    book: Playbook
    world: World
    run: Run
    watching: Watching
    without: list[Line]
    """What the same people would have said had nothing begun, from the first day on."""
    last: int
    """The last day that was played; 0 is the first of the run."""


def course_of(book: Playbook) -> str:
    """The stage of the made-up group: the one that the playbook is most of all for."""
    for stage in ("declining", "silent", "active", "growing", "cold_start", "closed"):
        if stage in book.stages[:1]:
            return stage
    return book.stages[0]


def society_of(asked: Asked, book: Playbook) -> Society:
    """The people of it."""
    return Society(asked.people, COURSES[course_of(book)], rhythm(), load_words(asked.language), asked.seed)


def try_out(asked: Asked, *, work: Work, progress: Progress) -> Trial:
    """Play it, in the database there is, in a workspace of its own. `work`: a round of the worker. Raises
    playbook.Wrong."""
    book = read(asked.text)
    with seeded(asked.seed):
        world = _before(asked, book, work)
        progress(0.1, "before")
        run = _start(world, book, asked)
        staffing = Staffing(world, TakingPart(world), book)
        watching = Watching(world)
        last = _play(world, run, max(asked.days, book.days), staffing.attending.day, progress)
    return Trial(asked, book, world, run, watching, _without(asked, book, last), last)


def _before(asked: Asked, book: Playbook, work: Work) -> World:
    """The group as it is on the morning of the first day: everything said so far brought in and examined."""
    chatter = Chatter(society_of(asked, book))
    first = -chatter.society.course.before
    start = datetime.combine(BEGINS, time()) + timedelta(days=first)
    who, place = _opened(asked, start)
    name = f"{book.title.zh if asked.language == 'zh' else book.title.en}（模拟 simulated）"
    world = World(place, who, chatter, name, BEGINS, work)
    chatter.burn_in(start)
    for day in range(first, 0):
        world.say(chatter.day(day, start + timedelta(days=day - first)))
        chatter.society.overnight(day)
    world.now = world.moment(0, time(0, 5))
    world.bring_in()
    assert world.group is not None
    group = Group.objects.get(pk=world.group.pk)
    group.type, group.simulated = book.fits[0], True
    group.save()
    refresh(group)
    world.group = Group.objects.get(pk=group.pk)
    world.turn()
    found(world, book)
    return world


def _opened(asked: Asked, start: datetime) -> tuple[Account, Workspace]:
    """Somebody whom nobody can log in as, and a workspace whose name says that it is made up."""
    now = start.replace(tzinfo=UTC)
    who = Account(email=f"simulated-{asked.seed}@example.invalid", name="模拟 simulated", created=now)
    who.set_unusable_password()
    who.save(force_insert=True)
    language = "zh-hans" if asked.language == "zh" else "en"
    return who, staff.open_workspace(who, name="模拟 simulated", zone=ZONE, language=language, now=now)


def _start(world: World, book: Playbook, asked: Asked) -> Run:
    if any(step.when == AT_ONCE for step in book.steps):
        world.advance(world.moment(0, BREAKS_OUT))
    edition = edition_of(world.place, asked.text, by=world.by, now=world.now)
    assert world.group is not None
    run = starting.start(
        world.group,
        edition,
        begins=BEGINS,
        values=_values(book, asked),
        people=dict.fromkeys(book.roles, world.by.pk),
        by=world.by,
        now=world.now,
    )
    world.begin(run)
    return run


def _values(book: Playbook, asked: Asked) -> dict[str, Any]:
    """What is said of the variables that have no default."""
    words = load_words(asked.language)
    made: dict[str, Any] = {
        "number": 10,
        "time": "20:00",
        "date": BEGINS.isoformat(),
        "link": "https://example.invalid/",
    }
    cities = iter(words["cities"] * 20)
    return {
        name: made.get(variable.kind) or next(cities)
        for name, variable in book.variables.items()
        if variable.default is None
    }


def _play(world: World, run: Run, days: int, evening: Callable[[], None], progress: Progress) -> int:
    """Day after day, until the run is over and what came after it can be looked at; returns the last day. `evening`:
    what the team does each day while the run goes on."""
    day, ends, over = 0, days + AFTER, False
    while day < ends:
        start = datetime.combine(BEGINS, time()) + timedelta(days=day)
        world.say(world.chatter.day(day, start))
        world.closing = day in {days - 1, ends - 1}
        if not over or world.closing:
            world.at(world.moment(day, BRINGS), world.bring_in)
        if not over:
            world.at(world.moment(day, EVENING), evening, stirs=False)
        world.advance(world.moment(day, LATE))
        over = over or Run.objects.filter(pk=run.pk, state=ENDED).exists()
        if not over and days <= day < days + LONGEST:
            ends = max(ends, day + 1 + AFTER)
        world.society.overnight(day)
        day += 1
        progress(0.1 + 0.9 * day / ends, f"day {day}")
    return ends - 1


def _without(asked: Asked, book: Playbook, last: int) -> list[Line]:
    """The same people, to whom nothing happens."""
    chatter, lines = Chatter(society_of(asked, book)), list[Line]()
    first = -chatter.society.course.before
    start = datetime.combine(BEGINS, time())
    chatter.burn_in(start + timedelta(days=first))
    for day in range(first, last + 1):
        lines += chatter.day(day, start + timedelta(days=day))
        chatter.society.overnight(day)
    return [line for line in lines if line.local >= start]
