"""The quiz (答题): questions with right answers, limited tries, ties broken by time.

For the operator: one question a line, the right answers starred. A try begins when a member opens the questions, which
they see only then, and ends when they hand in; what counts is their best try: most right, then fastest, then earliest.
Results and right answers are shown when it is over.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import Field, field_validator

from huoqun.activities import attendance, herald, reward
from huoqun.activities.activity import Activity, Closed
from huoqun.activities.contribution import ACCEPTED, GIVEN, Contribution, contributions, hand_in, mine
from huoqun.activities.kind import Kind, Plan, Refused, Said
from huoqun.activities.plan_line import parts
from huoqun.people import outbox
from huoqun.people.display import visible
from huoqun.people.group import Group
from huoqun.people.person import Identity

TRY = "try"
MOST_QUESTIONS = 50
MOST_OPTIONS = 8
GRACE = timedelta(seconds=10)
"""What a phone's way to the server may take beyond the minutes of a try; a default."""
TOLD = 3
"""Of the best, so many are named in the group."""


@dataclass(frozen=True)
class Question:
    """`right`: the options that are right, all of which must be chosen; without options, the texts that are."""

    text: str
    options: tuple[str, ...]
    right: frozenset[str]

    def correct(self, answers: list[str]) -> bool:
        """Whether these answers are right."""
        if self.options:
            return set(answers) == self.right
        return bool(answers) and _plain(answers[-1]) in self.right


class QuizPlan(Plan):
    """What is asked."""

    questions: list[str] = Field(default_factory=list, max_length=MOST_QUESTIONS)
    """One a line: `question | option | *right option`, or `question | =answer | =the same in other words`."""
    tries: int = Field(default=1, ge=1, le=10)
    minutes: int = Field(default=0, ge=0, le=240)
    """How long a try may take; 0: as long as the quiz is open."""
    right_points: int = Field(default=0, ge=0, le=1000)
    """Points for each right answer of the best try."""

    @field_validator("questions")
    @classmethod
    def _read(cls, lines: list[str]) -> list[str]:
        for line in lines:
            question(line)
        return lines


def question(line: str) -> Question:
    """A question as its line says it. Raises ValueError where it has no right answer, or nothing to choose from."""
    text, *said = [part for part in parts(line, 300) if part]
    if said and all(part.startswith("=") for part in said):
        right = frozenset(_plain(part[1:]) for part in said) - {""}
        if right:
            return Question(text, (), right)
    options = tuple(part.removeprefix("*").strip() for part in said)
    starred = frozenset(o for o, part in zip(options, said, strict=True) if part.startswith("*"))
    if not (2 <= len(set(options)) == len(options) <= MOST_OPTIONS and starred and all(options)):
        raise ValueError(f"which is right? {line}")
    return Question(text, options, starred)


def _plain(text: str) -> str:
    return "".join(visible(text).casefold().split())


# -- reads


def questions(activity: Activity) -> list[Question]:
    """What is asked."""
    return [question(line) for line in _plan(activity).questions]


def _plan(activity: Activity) -> QuizPlan:
    return QuizPlan.model_validate(activity.plan)


@dataclass(frozen=True)
class Place:
    """Somebody's best try. `place`: 1 for the best; who is equal in all shares it."""

    place: int
    root: UUID
    identity: Identity
    right: int
    seconds: float


def standings(activity: Activity) -> list[Place]:
    """Everybody's best try: most right, then fastest, then handed in earliest."""
    best: dict[UUID, Contribution] = {}
    for row in contributions(activity, TRY).filter(state=ACCEPTED):
        root = row.person.root_id or row.person_id
        if root not in best or _rank(row) < _rank(best[root]):
            best[root] = row
    found: list[Place] = []
    last: tuple[int, float, str] | None = None
    for number, row in enumerate(sorted(best.values(), key=lambda r: (_rank(r), r.pk)), 1):
        rank = _rank(row)
        place = found[-1].place if rank == last else number
        root = row.person.root_id or row.person_id
        found.append(Place(place, root, row.identity, int(row.score or 0), row.values["seconds"]))
        last = rank
    return found


def _rank(row: Contribution) -> tuple[int, float, str]:
    return -int(row.score or 0), row.values["seconds"], row.values["ended"]


def tries(activity: Activity, who: Identity) -> list[Contribution]:
    """Somebody's tries, oldest first."""
    return list(mine(activity, who.person, TRY).order_by("at", "pk"))


def ends(activity: Activity, row: Contribution) -> datetime | None:
    """When a try is over; None: with the quiz."""
    minutes = _plan(activity).minutes
    return row.at + timedelta(minutes=minutes) if minutes else None


def going(activity: Activity, who: Identity, now: datetime) -> Contribution | None:
    """The try that somebody is in the middle of."""
    last = next(reversed(tries(activity, who)), None)
    if last is None or last.state != GIVEN:
        return None
    over = ends(activity, last)
    return None if over is not None and now > over + GRACE else last


def rights(activity: Activity) -> list[tuple[Question, int, int]]:
    """Each question with how many first tries were right about it, of how many."""
    first: dict[UUID, Contribution] = {}
    for row in contributions(activity, TRY).filter(state=ACCEPTED):
        first[row.person.root_id or row.person_id] = row
    there = questions(activity)
    return [(q, sum(bool(r.values["right"][n]) for r in first.values()), len(first)) for n, q in enumerate(there)]


# -- writes


def begin(
    activity: Activity,
    who: Identity,
    said: Said,
    *,
    key: str,
    at: datetime | None,
    now: datetime,
    **_more: Any,
) -> str:
    """Begin a try; the questions are shown from now on, and the time runs. Raises Refused, Closed."""
    with transaction.atomic():
        held = attendance.taking(activity, now, at)
        if going(held, who, now) is None:
            there = tries(held, who)
            named = f"{who.pk.hex} {key}"
            if all(row.key != named for row in there):
                if len(there) >= _plan(held).tries:
                    raise Refused("quiz_tries")
                hand_in(held, who, TRY, key=named, at=at, now=now)
    return "quiz_begun"


def answer(
    activity: Activity, who: Identity, said: Said, *, via: str, at: datetime | None, now: datetime, **_more: Any
) -> str:
    """Hand in the try one is in: `q-0`, `q-1` … Raises Refused, Closed."""
    with transaction.atomic():
        held = attendance.locked(activity)
        moment = at or now
        if not held.takes(now, at):
            raise Closed
        row = going(held, who, moment)
        if row is None:
            raise Refused("quiz_over" if tries(held, who) else "quiz_not_begun")
        there = questions(held)
        given = [said.all(f"q-{n}")[:MOST_OPTIONS] for n in range(len(there))]
        right = [q.correct(answers) for q, answers in zip(there, given, strict=True)]
        seconds = round(max(0.0, (moment - row.at).total_seconds()), 1)
        row.values = {"answers": given, "right": right, "seconds": seconds, "ended": moment.isoformat()}
        row.state, row.score = ACCEPTED, float(sum(right))
        row.save()
        attendance.arrive(held, who, via=via, at=at, now=now)
        told = {"right": sum(right), "of": len(there)}
        attendance.tell(held, who, "answer", at=moment, key=row.pk.hex, values=told, now=now)
    return "quiz_answered"


def _ready(activity: Activity) -> None:
    if not questions(activity):
        raise Refused("quiz_questions")


def _closed(activity: Activity, now: datetime) -> None:
    """Tell the groups who was best."""
    best, many = standings(activity), len(questions(activity))

    def say(group: Group) -> str:
        here = [p for p in best if p.identity.group_id == group.pk][:TOLD]
        lines = [f"{p.place}. {visible(p.identity.name)} {p.right}/{many}" for p in here]
        told = {"title": activity.title, "n": len(best), "list": "\n".join(lines), "link": outbox.LINK}
        return _("“%(title)s” is over, %(n)s took part.\n%(list)s\nThe right answers: %(link)s") % told

    key = (activity.closed or now).isoformat()
    herald.tell_groups(activity, "close", say, key=key, now=now)


def _settled(activity: Activity, now: datetime) -> None:
    each = _plan(activity).right_points
    dues = [(p.identity, each * p.right) for p in standings(activity)]
    reward.pay_all(activity, dues, "right", key="", note=activity.title, now=now)


def _won(activity: Activity) -> list[Identity]:
    """Whose best try is first; who is equal in all shares it."""
    return [p.identity for p in standings(activity) if p.place == 1 and p.right]


QUIZ = Kind(
    "quiz",
    QuizPlan,
    member={"begin": begin, "answer": answer},
    signs_up=False,
    ready=_ready,
    closed=_closed,
    settled=_settled,
    won=_won,
)
