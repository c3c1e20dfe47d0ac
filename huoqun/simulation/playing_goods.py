"""Kinds in which members sign up for something or get something."""

from datetime import timedelta

from huoqun.activities import attendance, sealed_draw
from huoqun.activities.activity import JOINED
from huoqun.people.person import Identity
from huoqun.simulation.playing_in import HOUR, Playing
from huoqun.simulation.society import Fellow


class SignUp(Playing):
    """A name on a list."""

    def joins(self, who: Fellow, account: Identity) -> bool:
        return self.world.tried(lambda: attendance.sign_up(self.row, account, via="personal", now=self.world.now))


class Chain(Playing):
    """A line in the chain."""

    ease = 1.3

    def joins(self, who: Fellow, account: Identity) -> bool:
        note = self.chance(who.id).choice(self.words["notes"])
        return self.does(account, "join", count=1, note=note)


class Benefit(Playing):
    """A gift that is asked for; staff approve where they are to."""

    ease = 1.5

    def joins(self, who: Fellow, account: Identity) -> bool:
        done = self.does(account, "join")
        if done and self.row.plan.get("review"):
            self.at(self.world.now + 6 * HOUR, self._approve)
        return done

    def _approve(self) -> None:
        for part in attendance.participants(self.row, JOINED, "waiting"):
            if not part.values.get("approved"):
                self.staff("approve", which=part.pk)


class Lottery(SignUp):
    """Who has won says where to send it; staff hand it over."""

    ease = 2.0

    def opened(self) -> None:
        for hours in (2, 20, 44, 68):
            self.at(self.ends + hours * HOUR, self._claim)

    def _claim(self) -> None:
        for win in sealed_draw.wins(self.row):
            fellow = self.world.fellow(win.part.identity) if win.part else None
            if fellow is None or win.part is None:
                continue
            if self.does(win.part.identity, "claim", contact=self.words["contact"]):
                self.staff("hand", number=win.number)


class GroupBuy(Playing):
    """Orders; paid and delivered after it has closed."""

    ease = 0.7

    def joins(self, who: Fellow, account: Identity) -> bool:
        random = self.chance(who.id)
        least = max(1, int(self.row.plan.get("least") or 1))
        return self.does(account, "order", count=least, note=random.choice(self.words["addresses"]))

    def opened(self) -> None:
        self.at(self.ends + 8 * HOUR, lambda: self._each("paid"))
        self.at(self.ends + timedelta(days=2), lambda: self._each("delivered"))

    def _each(self, deed: str) -> None:
        for part in attendance.participants(self.row):
            self.staff(deed, which=part.pk)


class RedPacket(Playing):
    """One packet of what there is, on its first evening."""

    def joins(self, who: Fellow, account: Identity) -> bool:
        return False

    def opened(self) -> None:
        money = str(self.row.plan.get("money") or "10.00")
        self.at(self.world.now + 2 * HOUR, lambda: self.staff("give", money=money, pieces=10))
