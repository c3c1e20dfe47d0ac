"""The playing in: an activity that is open in a made-up group, and what its members and staff do in it: through the
deeds of the pages, at their moments. Each kind that a group knows has a class in `playing_*`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from huoqun.activities import life
from huoqun.activities.activity import OPEN, RUNNING, Activity
from huoqun.activities.contribution import Contribution, contributions
from huoqun.activities.kinds import KINDS
from huoqun.people import picture as picture_of
from huoqun.people.person import Identity
from huoqun.people.picture import Picture
from huoqun.simulation.drawing import shelf
from huoqun.simulation.rhythm import awake
from huoqun.simulation.scene import said
from huoqun.simulation.society import Fellow
from huoqun.simulation.world import World

HOUR = timedelta(hours=1)


class Playing:
    """One activity. `words`: what members write in it."""

    ease = 1.0
    """How easily people join, against signing up by a button; a default of each kind."""

    def __init__(self, world: World, row: Activity) -> None:
        self.world, self.row = world, row
        self.society = world.society
        self.words: dict[str, Any] = world.society.words["play"].get(row.kind, {})
        self.inside: dict[str, Fellow] = {}
        self.random = self.chance("activity")
        self._count = 0

    # -- for each kind to say

    def opened(self) -> None:
        """It has opened: what staff plan for it."""

    def joins(self, who: Fellow, account: Identity) -> bool:
        """Somebody takes part; False where they could not."""
        raise NotImplementedError

    # -- what all do

    def enter(self, who: Fellow) -> None:
        """Somebody who was asked comes in, once."""
        account = self.world.who(who)
        if who.id in self.inside or account is None or not self.open:
            return
        if self.joins(who, account):
            self.inside[who.id] = who
            who.feel(0.08, 0.12)

    @property
    def open(self) -> bool:
        """Whether it takes anybody; the row is read anew."""
        self.row = Activity.objects.select_related("workspace").get(pk=self.row.pk)
        return self.row.removed is None and self.row.standing(self.world.now) in {OPEN, RUNNING}

    def chance(self, *about: object) -> Random:
        """Chance for one purpose in it. Which one it is says when it was opened and its title."""
        return self.society.random(self.row.kind, self.row.title, self.row.created.isoformat(), *about)

    def does(self, account: Identity, deed: str, picture: Picture | None = None, **texts: Any) -> bool:
        """A member does something now."""
        do, told, key = KINDS[self.row.kind].member[deed], said(texts, picture), self._key()
        return self.world.tried(
            lambda: do(self.row, account, told, via="personal", key=key, at=None, now=self.world.now)
        )

    def staff(self, deed: str, picture: Picture | None = None, **texts: Any) -> bool:
        """Staff do something now."""
        told, key = said(texts, picture), self._key()
        return self.world.tried(
            lambda: life.by_staff(self.row, deed, told, key=key, by=self.world.by, now=self.world.now)
        )

    def handed_in(self, what: str) -> list[Contribution]:
        """What was handed in of one sort, the oldest first."""
        return list(contributions(self.row, what).select_related("identity").order_by("at", "key", "pk"))

    def drawn(self, account: Identity, text: str) -> Picture:
        """A picture that somebody hands in: drawn, for nobody took it."""
        return picture_of.take(shelf(text), workspace=self.world.place, person=account.person, now=self.world.now)

    def at(self, moment: datetime, do: Callable[[], object]) -> None:
        """Something will happen in it, when people are awake; not at all where it was removed by then."""

        def happens() -> None:
            self.row = Activity.objects.select_related("workspace").get(pk=self.row.pk)
            if self.row.removed is None:
                do()

        there = self.world.utc(awake(self.world.local(moment)))
        self.world.at(max(there, self.world.now), happens, stirs=False)

    def days(self, first: datetime, last: datetime, hour: int, do: Callable[[], object]) -> None:
        """Something will happen every day at an hour, while it lasts."""
        local = self.world.local(first).replace(hour=hour, minute=30, second=0, microsecond=0)
        moment = self.world.utc(local)
        while moment < last:
            if moment > self.world.now:
                self.at(moment, do)
            moment += timedelta(days=1)

    @property
    def ends(self) -> datetime:
        """When it takes nobody any more; two weeks from its opening where nobody has said."""
        return self.row.closes or (self.row.opened or self.row.created) + timedelta(days=14)

    def who(self, fellow: Fellow) -> Identity:
        """The account of somebody who is in it."""
        found = self.world.who(fellow)
        if found is None:
            raise LookupError(fellow.id)
        return found

    def present(self) -> list[Fellow]:
        """Who is in it and still in the group."""
        return [who for who in self.inside.values() if self.world.who(who) is not None]

    def _key(self) -> str:
        self._count += 1
        return f"simulated {self._count}"
