"""The candidate of a spotlight: one member in it, with their card, their marks and their show, on one row.

Everything stands in `Participation.values`: `card`, `marks`, `show`. Whoever changes any of it holds the activity.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from huoqun.activities import attendance
from huoqun.activities.activity import DONE, IN, WAITING, Activity, Participation
from huoqun.activities.kind import Plan, Refused
from huoqun.people.account import Account
from huoqun.people.display import one_line
from huoqun.people.person import Identity, Person

KIND = "spotlight"
MARKS = ("dares", "able", "social")
"""By what candidates are chosen (handbook chapter 7): dares to show, has ability and resources, thinks socially."""
MOST = 2
"""Of each mark: 0 not yet, 1 somewhat, 2 clearly."""
LONGEST_LINE, LONGEST_STORY = 120, 1500


class SpotlightPlan(Plan):
    """How often, and how it begins."""

    a_week: int = Field(default=2, ge=1, le=7)
    """Shows in a week (Monday to Sunday on the workspace's clock) of a group; handbook: one or two."""
    revival: int = Field(default=8, ge=1, le=20)
    """Shows in the one week in which a group is revived."""
    demonstration: bool = True
    """The first show is one of a strong member who was asked, for all to see how it goes."""
    questions: int = Field(default=5, ge=1, le=20)
    """Questions of one member to each guest at most."""


class Kept(BaseModel):
    """What is kept on the row; unknown fields of a later version are left out."""

    model_config = ConfigDict(extra="ignore")


class Card(Kept):
    """What the member shows of themselves. `public`: they want a page that can be shared."""

    headline: str = ""
    story: str = ""
    offers: str = ""
    wants: str = ""
    voice: str = ""
    """Address of a recording."""
    picture: UUID | None = None
    gentle: bool = False
    """An ordinary member's own story (真人秀): shorter, asked kindly, not grilled."""
    public: bool = False


class Show(Kept):
    """When it is their turn, and what has been done. `ticks`: by step the moment it was done."""

    at: datetime
    demo: bool = False
    revival: bool = False
    fixed: datetime | None = None
    """When the turn was fixed: nothing was late before."""
    host: str = ""
    began: datetime | None = None
    ended: datetime | None = None
    ticks: dict[str, datetime] = {}
    messages: int | None = None
    """Counted in the archive from its beginning until `SPAN` later; None: not counted."""
    speakers: int | None = None


SPAN = timedelta(hours=2)
"""What is said until then belongs to the show; a default."""


@dataclass
class Candidate:
    """One member in a spotlight, as its row tells."""

    row: Participation

    @property
    def who(self) -> Identity:
        """The account they came with."""
        return self.row.identity

    @property
    def card(self) -> Card:
        """Their card."""
        return Card.model_validate(self.row.values.get("card") or {})

    @property
    def show(self) -> Show | None:
        """Their turn, where it is fixed."""
        told = self.row.values.get("show")
        return Show.model_validate(told) if told else None

    @property
    def marks(self) -> dict[str, int]:
        """The three marks; empty until staff gave them."""
        return {k: int(v) for k, v in (self.row.values.get("marks") or {}).items() if k in MARKS}

    @property
    def sum(self) -> int:
        """All marks together."""
        return sum(self.marks.values())

    @property
    def over(self) -> bool:
        """They have had their turn."""
        return self.row.state == DONE

    def is_of(self, person: Person) -> bool:
        """Whether it is this human, under whichever account."""
        return human(self.row.person) == human(person)

    def keep(self, now: datetime, **parts: BaseModel | dict[str, int] | None) -> None:
        """Write parts of it down; the rest stays."""
        fresh = {k: v.model_dump(mode="json") if isinstance(v, BaseModel) else v for k, v in parts.items()}
        self.row.values = self.row.values | fresh
        self.row.changed = now
        self.row.save(update_fields=["values", "changed"])


def human(person: Person) -> UUID:
    """The id of somebody after merges."""
    return person.root_id or person.pk


def candidates(activity: Activity) -> list[Candidate]:
    """Who is in it: those with a turn by its time, then the others by their marks, then as they came."""
    found = [Candidate(row) for row in attendance.participants(activity, *IN)]
    return sorted(found, key=_order)


def _order(one: Candidate) -> tuple[bool, float, int]:
    show = one.show
    return show is None, show.at.timestamp() if show else 0, -one.sum


def candidate(activity: Activity, key: str) -> Candidate:
    """One of them by the id of their row. Raises Refused."""
    try:
        row = attendance.participants(activity, *IN).filter(pk=UUID(key)).first()
    except ValueError:
        row = None
    if row is None:
        raise Refused("spotlight_nobody")
    return Candidate(row)


def mine(activity: Activity, person: Person) -> Candidate | None:
    """A member's own row; None where they are not in it."""
    row = attendance.row_of(activity, person)
    return Candidate(row) if row is not None and row.state in {*IN, WAITING} else None


def own(activity: Activity, person: Person) -> Candidate:
    """The same where they have to be. Raises NotIn."""
    found = mine(activity, person)
    if found is None:
        raise attendance.NotIn
    return found


def around(activity: Activity) -> list[Candidate]:
    """Everybody with a turn in any spotlight that shares a group with this one, in the order of their turns."""
    groups = activity.groups.all()
    rows = Participation.objects.filter(activity__kind=KIND, activity__removed=None, state__in=IN)
    rows = rows.filter(activity__groups__in=groups).distinct().select_related("identity__group", "person", "activity")
    found = [Candidate(row) for row in rows]
    return sorted((c for c in found if c.show), key=_order)


def turns(workspace_id: UUID) -> set[UUID]:
    """The humans of a workspace who have had a turn or have one coming."""
    rows = Participation.objects.filter(activity__kind=KIND, activity__workspace=workspace_id, state__in=IN)
    rows = rows.filter(activity__removed=None).select_related("person")
    return {human(c.row.person) for c in map(Candidate, rows) if c.over or c.show}


def upcoming(those: Iterable[Candidate]) -> list[Candidate]:
    """Those whose turn is not over, in its order."""
    return [c for c in those if c.show is not None and not c.over]


def host_of(by: Account | None) -> str:
    """How the host is named."""
    return str(by) if by else ""


def line(text: str, most: int = LONGEST_LINE) -> str:
    """A text on one line, cut to its length."""
    return one_line(text, most)
