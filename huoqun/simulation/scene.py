"""The scene: one activity of the example as it is played, at moments in the past, through the deeds of the pages."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from huoqun.activities import attendance, life
from huoqun.activities.activity import SETTLED, Activity, Participation
from huoqun.activities.contribution import Contribution, contributions
from huoqun.activities.kind import Said
from huoqun.activities.kinds import KINDS
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.person import Identity
from huoqun.people.picture import Picture

PAST, LIVE = 0, 1
"""Which of the two activities of a kind: the words of each kind come in this order."""


@dataclass(frozen=True)
class Cast:
    """Who plays, in which words, and when it is now. `those`: who takes part in anything, who talks most first."""

    group: Group
    those: list[Identity]
    words: dict[str, Any]
    by: Account | None
    now: datetime

    def at(self, days: float, hour: int = 20) -> datetime:
        """An hour of the clock so many days ago; never later than now where that is in the past."""
        zone = ZoneInfo(self.group.workspace.zone)
        day = (self.now - timedelta(days=days)).astimezone(zone).date()
        moment = datetime.combine(day, time(hour), zone)
        return min(moment, self.now - timedelta(minutes=5)) if days >= 0 else moment


class Scene:
    """An activity that is open, and what is done in it. Moments only go forward: `wait` lets time pass."""

    def __init__(self, cast: Cast, kind: str, which: int, days: float, /, *, hour: int = 20, **told: Any) -> None:
        """Open one of a kind so many days ago. `told`: of its plan, and of `life.begin`: capacity, starts, closes."""
        self.cast, self.words, self.now = cast, cast.words[kind], cast.at(days, hour)
        self._count = 0
        title, about = self.words[("past", "live")[which]]
        outer = {name: told.pop(name) for name in ("capacity", "starts", "closes") if name in told}
        plan = KINDS[kind].plan.model_validate(told)
        place = cast.group.workspace
        done: dict[str, Any] = {"by": cast.by, "now": self.now}
        self.row: Activity = life.begin(
            place, kind, title=title, about=about, groups=[cast.group], plan=plan, **outer, **done
        )
        life.open_up(self.row, **done)
        self.fresh()

    def fresh(self) -> None:
        """Read the activity anew."""
        self.row = Activity.objects.select_related("workspace").get(pk=self.row.pk)

    def wait(self, minutes: float = 7) -> None:
        """Let time pass."""
        self.now = min(self.now + timedelta(minutes=minutes), self.cast.now)

    def until(self, days: float, hour: int = 20) -> None:
        """Let time pass until an hour so many days ago."""
        self.now = max(self.now, self.cast.at(days, hour))

    def does(self, who: Identity, deed: str, picture: Picture | None = None, **texts: Any) -> str:
        """A member does something, a few minutes after whatever was before."""
        self.wait()
        do = KINDS[self.row.kind].member[deed]
        return do(self.row, who, said(texts, picture), via="personal", key=self._key(), at=None, now=self.now)

    def staff(self, deed: str, picture: Picture | None = None, **texts: Any) -> str:
        """Staff do something."""
        self.wait()
        told = said(texts, picture)
        answer = life.by_staff(self.row, deed, told, key=self._key(), by=self.cast.by, now=self.now)
        self.fresh()
        return answer

    def joins(self, those: list[Identity]) -> None:
        """They sign up."""
        for who in those:
            self.wait()
            attendance.sign_up(self.row, who, via="personal", now=self.now)

    def start(self) -> None:
        """It begins."""
        life.start(self.row, by=self.cast.by, now=self.now)
        self.fresh()

    def close(self) -> None:
        """It takes nothing more."""
        self.wait()
        life.close(self.row, by=self.cast.by, now=self.now)
        self.fresh()

    def settle(self) -> None:
        """It is settled."""
        self.wait()
        life.settle(self.row, by=self.cast.by, now=self.now)
        self.fresh()
        assert self.row.state == SETTLED, self.row.kind

    def handed_in(self, what: str) -> list[Contribution]:
        """What was handed in of one sort, the oldest first."""
        return list(contributions(self.row, what).order_by("at", "pk"))

    def part(self, who: Identity) -> Participation:
        """How somebody takes part."""
        row = attendance.row_of(self.row, who.person)
        assert row is not None
        return row

    def _key(self) -> str:
        self._count += 1
        return f"example {self._count}"


def said(texts: dict[str, Any], picture: Picture | None = None) -> Said:
    """What comes with a deed. `mark__0` stands for the field `mark-0`, `from_` for `from`."""
    fields = {name.rstrip("_").replace("__", "-"): value for name, value in texts.items()}
    return Said({n: v if isinstance(v, list) else [str(v)] for n, v in fields.items()}, picture)
