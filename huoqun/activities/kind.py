"""The kind: what one kind of activity adds to the life that all share. Each kind is one module that ends with one of
these; `activities/kinds` lists them, and nothing else needs to know of a new one.

A deed is a plain function: members' pages, chat commands, the paste box, staff and scheduled steps call the same one.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from huoqun.activities import attendance
from huoqun.activities.activity import Activity, Participation
from huoqun.activities.contribution import Contribution
from huoqun.activities.stake import Stakes
from huoqun.people.account import Account
from huoqun.people.person import Identity
from huoqun.people.picture import Picture
from huoqun.people.points import MOST
from huoqun.people.scheme import LARGEST


class Refused(Exception):
    """A deed was not done. `why` is an id that `web/word_activity` has words for; `values` go into these."""

    def __init__(self, why: str, **values: Any) -> None:
        super().__init__(why)
        self.why, self.values = why, values


@dataclass(frozen=True)
class Said:
    """What comes with a deed: texts by the name of their field (a field may come several times), and a picture."""

    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    picture: Picture | None = None

    def all(self, name: str) -> list[str]:
        """Everything said under a name, without empty ones."""
        return [text for text in (t.strip() for t in self.texts.get(name, ())) if text]

    def text(self, name: str) -> str:
        """What was said under a name last; "" for nothing."""
        return (self.all(name) or [""])[-1]

    def number(self, name: str, default: int | None = None) -> int:
        """The same as a whole number. Raises Refused."""
        text = self.text(name)
        if not text and default is not None:
            return default
        if not text.isdecimal() or len(text) > 9:
            raise Refused("number", field=name)
        return int(text)

    def key(self, name: str) -> UUID:
        """The same as the key of a row; where it is none, one that no row has."""
        try:
            return UUID(self.text(name))
        except ValueError:
            return UUID(int=0)


def said(**texts: str | Sequence[str]) -> Said:
    """What comes with a deed, as code says it: `said(options=["A", "B"], note="…")`."""
    return Said({name: [text] if isinstance(text, str) else list(text) for name, text in texts.items()})


class Plan(BaseModel):
    """What staff settle before an activity opens. Each kind has its own, which extends this."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    points: int = Field(default=0, ge=0, le=MOST)
    """Points for whoever took part, when it is settled."""
    budget: int = Field(default=0, ge=0, le=LARGEST)
    """Points that the activity pays out at most; 0: no bound."""


class MemberDeed(Protocol):
    """Something a member does. `key` makes it itself (a form sent twice, a message read twice); `at`: when they did it,
    where that was not just now. Returns what the page or the chat answers: an id with words in `word_activity`.
    Raises Refused, activity.Closed."""

    def __call__(
        self, activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
    ) -> str: ...


class StaffDeed(Protocol):
    """Something staff, or a scheduled step (`by` None), do with an activity. The same `key` again changes nothing.
    Returns an id with words in `word_activity`. Raises Refused, WrongMoment."""

    def __call__(self, activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str: ...


def in_words(deed: str, name: str = "text") -> Callable[[Activity, str], tuple[str, Said]]:
    """A chat command whose words are one field of a deed."""

    def read(activity: Activity, words: str) -> tuple[str, Said]:
        return deed, said(**{name: words})

    return read


def counted(deed: str) -> Callable[[Activity, str], tuple[str, Said]]:
    """A chat command that may begin with a number ("2", "x2", "2 份") and goes on with a note."""

    def read(activity: Activity, words: str) -> tuple[str, Said]:
        found = re.match(r"[x×*]?\s*(\d{1,4})\s*[份个件盒袋张人]?\s*(.*)", words, re.DOTALL)
        return deed, said(count=found[1], note=found[2]) if found else said(note=words)

    return read


@dataclass(frozen=True)
class Finished:
    """How much of how much somebody has done (days, sessions, marks), and when that was."""

    done: float
    of: float
    on: datetime | None


@dataclass(frozen=True)
class Exhibit:
    """What everybody may see of one member's work, as they agreed to show it: `name` "" is without a name. `card`: the
    token of a spotlight's card."""

    id: UUID
    name: str
    text: str
    picture: UUID | None
    link: str
    at: datetime
    card: str = ""


Hook = Callable[[Activity, datetime], None]


def nothing(activity: Activity, now: datetime) -> None:
    """What a kind does of itself where it does nothing."""


def who_waits(activity: Activity, now: datetime) -> None:
    """Places that became free go to who waits."""
    attendance.fill(activity, now=now)


def as_it_is(activity: Activity) -> None:
    """May be opened whatever stands in its plan."""


def nobody(activity: Activity) -> list[Identity]:
    """Nobody wins."""
    return []


def nothing_drawn(activity: Activity) -> Stakes | None:
    """Nothing is drawn for."""
    return None


@dataclass(frozen=True)
class Kind:
    """One kind of activity. The hooks run in the transaction that changes its state."""

    id: str
    plan: type[Plan] = Plan
    member: Mapping[str, MemberDeed] = field(default_factory=dict)
    staff: Mapping[str, StaffDeed] = field(default_factory=dict)
    chat: Mapping[str, Callable[[Activity, str], tuple[str, Said]]] = field(default_factory=dict)
    """By verb of a chat command (`commands/order`), the member's deed it means, from the words behind the verb."""
    signs_up: bool = True
    """Members sign up (`attendance`); else they take part by what they do."""
    own_form: bool = False
    """They sign up over a form on the kind's own part of the page."""
    ready: Callable[[Activity], None] = as_it_is
    """Whether it may be opened: raises Refused."""
    opened: Hook = nothing
    begun: Hook = nothing
    """It is running: sign-up is over, or it starts."""
    closed: Hook = nothing
    settled: Hook = nothing
    refill: Hook = who_waits
    """Staff said it anew while it goes on: more places, another time."""
    due: Hook = nothing
    """Does what `Activity.next` said is due, and says when it is next (on the row, which is saved afterwards)."""
    finished: Callable[[Activity, Participation, datetime], Finished | None] | None = None
    """What somebody has done, once they have finished it: then they get a certificate. None: the kind gives none, or
    they have not."""
    works: Callable[[Activity], Sequence[Contribution]] | None = None
    """What members handed in that could be shown to everybody (`activities/exhibit`), each of them only with its
    member's yes."""
    exhibits: Callable[[Activity], list[Exhibit]] | None = None
    """What it shows to everybody by a rule of its own, instead."""
    won: Callable[[Activity], list[Identity]] = nobody
    """Who has won in it once it is settled, the best first, where that is not drawn in public."""
    marked: bool = False
    """While it runs it is an event on the pulse of its groups."""

    stakes: Callable[[Activity], Stakes | None] = nothing_drawn
    """What it draws for, where it draws in public (`activities/sealed_draw`)."""

    def plan_of(self, activity: Activity) -> Any:
        """The plan of an activity of this kind."""
        return self.plan.model_validate(activity.plan)
