"""The course and live session (微课): one or several sessions with a time and a link, and who was there to the end.

For the operator: sessions as lines (“2026-12-01 20:00 | title | link”). Members sign up; an hour before each session
the group is told. Being there is shown by the code word said in the session, or by a button, from a quarter of an hour
before it begins until the window after it is over. Whoever was in enough sessions has completed the course, gets its
points and its title; who bought the full-price product afterwards is written down, so that it is known what it brought.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from pydantic import Field, field_validator, model_validator

from huoqun.activities import attendance, herald, reward
from huoqun.activities.activity import DONE, IN, Activity, Participation
from huoqun.activities.contribution import Contribution, contributions, hand_in, mine
from huoqun.activities.kind import Finished, Kind, Plan, Refused, Said
from huoqun.activities.questionnaire import fold
from huoqun.people import profile
from huoqun.people.account import Account
from huoqun.people.person import Identity

ATTENDANCE = "attendance"
EARLY = timedelta(minutes=15)
TOLD_BEFORE = timedelta(hours=1)


class Session:
    """One session: its number from 0, when it begins (on the workspace's clock), title, link."""

    def __init__(self, number: int, line: str) -> None:
        when, _bar, rest = line.partition("|")
        title, _bar, link = rest.partition("|")
        self.number, self.naive = number, datetime.fromisoformat(when.strip())
        self.title, self.link = title.strip()[:80], link.strip()[:500]
        if self.naive.tzinfo is not None or not 2000 < self.naive.year < 2200:
            raise ValueError("sessions")
        if self.link and not self.link.startswith(("http://", "https://")):
            raise ValueError("sessions")

    def begins(self, zone: str) -> datetime:
        """The moment it begins."""
        return self.naive.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


class CoursePlan(Plan):
    """The sessions, and what completing them means."""

    sessions: list[str] = Field(default_factory=list, max_length=60)
    """“2026-12-01 20:00 | title | link”, one a line; title and link may be left out."""
    needed: int = Field(default=0, ge=0, le=60)
    """Sessions one must be in to complete it; 0: all."""
    window: int = Field(default=120, ge=5, le=10_080)
    """Minutes after the beginning in which one can say one is there."""
    session_points: int = Field(default=0, ge=0, le=10_000)
    """Points for each session."""
    honour: str = Field(default="", max_length=30)
    """Title of those who complete it."""
    product: str = Field(default="", max_length=80)
    """The full-price product that it leads to."""

    @field_validator("sessions")
    @classmethod
    def _read(cls, lines: list[str]) -> list[str]:
        found = sorted((Session(0, line) for line in lines if line.strip()), key=lambda s: s.naive)
        return [" | ".join(p for p in (f"{s.naive:%Y-%m-%d %H:%M}", s.title, s.link)).rstrip(" |") for s in found]

    @model_validator(mode="after")
    def _enough(self) -> "CoursePlan":
        if self.needed > len(self.sessions):
            raise ValueError("needed")
        return self

    def all(self) -> list[Session]:
        """The sessions in their order."""
        return [Session(n, line) for n, line in enumerate(self.sessions)]

    def to_complete(self) -> int:
        """How many sessions complete it."""
        return self.needed or len(self.sessions)


# -- reads


def plan_of(activity: Activity) -> CoursePlan:
    """The course."""
    return CoursePlan.model_validate(activity.plan)


def open_now(activity: Activity, session: Session, now: datetime) -> bool:
    """Whether one can say that one is there."""
    begins = session.begins(activity.workspace.zone)
    return begins - EARLY <= now <= begins + timedelta(minutes=plan_of(activity).window)


def been_in(activity: Activity, who: Identity) -> set[int]:
    """The sessions somebody was in."""
    return {int(c.values["session"]) for c in mine(activity, who.person, ATTENDANCE)}


def word_of(activity: Activity, session: int) -> str:
    """The code word of a session; "" where a button is enough."""
    return str(activity.state_of_play.get("words", {}).get(str(session), ""))


def numbers(activity: Activity) -> dict[str, int]:
    """How many signed up, were in a session, completed it, and bought the product."""
    rows = list(attendance.participants(activity))
    came = {c.person.root_id or c.person_id for c in contributions(activity, ATTENDANCE)}
    return {
        "signed": len(rows),
        "came": len(came),
        "completed": sum(1 for r in rows if r.state == DONE),
        "bought": sum(1 for r in rows if r.values.get("bought")),
    }


# -- writes


def attend(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Say that one is there: `session`, and `word` where it has one. Raises Refused, Closed."""
    with transaction.atomic():
        held = attendance.taking(activity, now, at)
        session = _session(held, said)
        if not open_now(held, session, at or now):
            raise Refused("course_window")
        word = word_of(held, session.number)
        if word and fold(said.text("word")) != fold(word):
            raise Refused("course_word")
        return _came(held, who, session, via=via, by=None, at=at, now=now)


def present(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Staff write down that somebody (`which`) was in a session. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        row = _row(held, said)
        return _came(held, row.identity, _session(held, said), via="staff", by=by, at=None, now=now)


def set_word(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """The code word of a session; empty: a button is enough. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        session = _session(held, said)
        words = dict(held.state_of_play.get("words", {})) | {str(session.number): said.text("word")[:30]}
        held.state_of_play = held.state_of_play | {"words": words}
        held.save(update_fields=["state_of_play"])
    return "done"


def bought(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Write down, or take back (`off`), that somebody bought the product. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        row = _row(held, said)
        row.values = row.values | {"bought": "" if said.text("off") else row.values.get("bought") or now.isoformat()}
        row.changed = now
        row.save()
        if row.values["bought"]:
            attendance.tell(held, row.identity, "buy", at=now, key="bought", by=by, now=now)
    return "done"


def _session(held: Activity, said: Said) -> Session:
    there = plan_of(held).all()
    number = said.number("session")
    if number >= len(there):
        raise Refused("unknown")
    return there[number]


def _row(held: Activity, said: Said) -> Participation:
    row = attendance.participants(held).filter(pk=said.key("which")).first()
    if row is None:
        raise Refused("unknown")
    return row


def _came(
    held: Activity, who: Identity, session: Session, *, via: str, by: Account | None, at: datetime | None, now: datetime
) -> str:
    plan = plan_of(held)
    row = attendance.row_of(held, who.person)
    if row is None or row.state not in IN:
        row = attendance.sign_up(held, who, via=via, at=at, now=now)
        if row.state not in IN:
            raise Refused("course_full")
    if session.number in been_in(held, who):
        return "course_here"
    human = (who.person.root_id or who.person_id).hex
    values = {"session": session.number}
    hand_in(held, who, ATTENDANCE, key=f"{human} {session.number}", values=values, at=at, by=by, now=now)
    attendance.tell(
        held, who, "attend", at=at or now, key=str(session.number), values={"title": session.title}, now=now
    )
    if plan.session_points:
        reward.pay(held, who, plan.session_points, "attend", key=str(session.number), note=session.title, now=now)
    if len(been_in(held, who)) >= plan.to_complete():
        attendance.arrive(held, who, via=via, at=at, by=by, now=now)
        return "course_completed"
    return "course_here"


def _ready(activity: Activity) -> None:
    if not plan_of(activity).sessions:
        raise Refused("course_sessions")


def _next(activity: Activity, now: datetime) -> None:
    """When the group is to be told of the next session."""
    zone = activity.workspace.zone
    times = [s.begins(zone) - TOLD_BEFORE for s in plan_of(activity).all()]
    activity.next = min((t for t in times if t > now), default=None)


def _due(activity: Activity, now: datetime) -> None:
    """Tell the group of the session that begins soon."""
    zone = activity.workspace.zone
    for session in plan_of(activity).all():
        begins = session.begins(zone)
        if activity.takes(now) and begins - TOLD_BEFORE <= now < begins:
            with translation.override(activity.workspace.language):
                text = _("“%(title)s” begins at %(time)s: %(session)s %(link)s") % {
                    "title": activity.title,
                    "time": begins.astimezone(ZoneInfo(zone)).strftime("%H:%M"),
                    "session": session.title,
                    "link": session.link or "{link}",
                }
            herald.tell_groups(activity, "session", text, key=str(session.number), now=now)
    _next(activity, now)


def _settled(activity: Activity, now: datetime) -> None:
    """Give the title to who completed it; who never came is written down as absent."""
    title = plan_of(activity).honour
    for row in attendance.participants(activity, DONE):
        if title:
            profile.say(row.identity.person, "title", title, by=None, now=now)
    been = {c.person_id for c in Contribution.objects.filter(activity=activity, what=ATTENDANCE)}
    attendance.mark_absent(activity, came=been, now=now)


def _finished(activity: Activity, part: Participation, _now: datetime) -> Finished | None:
    """The sessions they were in, of all; what was needed may be less."""
    if part.state != DONE:
        return None
    on = part.values.get("arrived")
    been = len(been_in(activity, part.identity))
    return Finished(been, len(plan_of(activity).sessions), datetime.fromisoformat(on) if on else None)


COURSE = Kind(
    "course",
    CoursePlan,
    member={"attend": attend},
    staff={"present": present, "word": set_word, "bought": bought},
    ready=_ready,
    opened=_next,
    due=_due,
    settled=_settled,
    finished=_finished,
)
