"""Kinds that go on for days: shows, teams, challenges, courses, circles, meetups."""

from datetime import datetime, timedelta
from typing import Any

from huoqun.activities import attendance, course, team_board
from huoqun.activities.activity import DONE, JOINED, WAITING
from huoqun.activities.challenge_plan import last_end, plan_of
from huoqun.activities.check_in import CheckIn, check_in_all
from huoqun.activities.spotlight_part import Candidate, SpotlightPlan, candidates
from huoqun.activities.spotlight_turn import week_of
from huoqun.people.code import as_bearer
from huoqun.people.person import Identity
from huoqun.simulation.playing_goods import SignUp
from huoqun.simulation.playing_in import HOUR, Playing
from huoqun.simulation.scene import said
from huoqun.simulation.society import Fellow, likely

COMES = 1.6
"""How likely somebody who is always ready comes to an evening in the group; a default."""
MOST_AT_SHOW = 40
EVERY_DAY = 0.2
"""What a team's day or a lesson means to who was there, against an evening together; a default."""
WEEK = timedelta(days=8)
"""A season no longer than this is a revival week."""


class Spotlight(Playing):
    """Members sign up; staff mark them, fix turns in the evening (in a revival week also in the afternoon), and hold
    the shows, at which people come to know the guest."""

    ease = 0.8

    def joins(self, who: Fellow, account: Identity) -> bool:
        card = self.chance(who.id).choice(self.words["cards"])
        if not self.does(account, "join", headline=card[0]):
            return False
        story = dict(zip(("headline", "story", "offers", "wants"), card, strict=True))
        return self.does(account, "card", **story)

    def opened(self) -> None:
        self.days(self.world.now, self.ends, 16, self._turns)

    def _turns(self) -> None:
        """Marks for who has none, and the turns of tomorrow."""
        for one in candidates(self.row):
            if not one.marks:
                drawn = self.chance("marks", one.who.account)
                marks: dict[str, Any] = {n: drawn.randint(1, 2) for n in ("dares", "able", "social")}
                self.staff("marks", of=one.row.pk, **marks)
        there = sorted(candidates(self.row), key=lambda c: (-c.sum, c.who.account))
        waiting = [one for one in there if one.show is None and not one.over]
        held = [one.show for one in there if one.show is not None]
        revival = self.ends - (self.row.opened or self.row.created) <= WEEK
        for hour, one in zip((15, 20) if revival and held else (20,), waiting, strict=False):
            local = self.world.local(self.world.now).replace(hour=hour, minute=30, second=0, microsecond=0)
            starts = self.world.utc(local + timedelta(days=1))
            same = sum(week_of(show.at, self.world.zone.key) == week_of(starts, self.world.zone.key) for show in held)
            plan = SpotlightPlan.model_validate(self.row.plan)
            if starts < self.ends and same < (plan.revival if revival else plan.a_week):
                self._turn(one, starts, revival, first=not held)

    def _turn(self, one: Candidate, starts: datetime, revival: bool, *, first: bool) -> None:
        told: dict[str, Any] = {
            "of": one.row.pk,
            "at": starts.isoformat(),
            "demo": "yes" if first else "",
            "revival": "yes" if revival else "",
        }
        if self.staff("schedule", **told):
            self.at(starts, lambda: self._show(one, starts))

    def _show(self, one: Candidate, starts: datetime) -> None:
        guest = self.world.fellow(one.who)
        if guest is None or self.world.who(guest) is None:
            self.staff("unschedule", of=one.row.pk)
            return
        random = self.chance("show", guest.id)
        there = [who for who in self.society.there(self.world.day) if who is not guest]
        those = likely(there, COMES * self.society.goodwill * min(1.0, 45 / max(1, len(there))), random)[:MOST_AT_SHOW]
        self.staff("begin", of=one.row.pk)
        for step in ("introduce", "share", "endorse"):
            self.staff("tick", of=one.row.pk, step=step)
        self.world.say(self.world.chatter.evening(self.world.local(starts), guest, those, random))
        self.at(starts + timedelta(minutes=80), lambda: self._over(one, those))

    def _over(self, one: Candidate, those: list[Fellow]) -> None:
        self.staff("finish", of=one.row.pk)
        for who in those[:8]:
            account = self.world.who(who)
            if account is not None and self.chance("met", one.who.account, who.id).random() < 0.5:
                self.does(account, "met", of=one.row.pk)


class TeamUp(Playing):
    """Captains come forward and are accepted; others join a team; teams report in the evening."""

    def joins(self, who: Fellow, account: Identity) -> bool:
        random, tasks = self.chance(who.id), self.row.plan["tasks"]
        teams = [team for team in team_board.board(self.row) if team.free]
        offers = team_board.offers(self.row).count()
        if tasks and len(teams) + offers < min(4, 2 * len(tasks)) and random.random() < 0.45:
            name = f"{random.choice(self.words['names'])}{len(teams) + offers + 1}"
            done = self.does(account, "lead", task=random.choice(tasks), name=name, why=self.words["why"])
            if done:
                self.at(self.world.now + timedelta(hours=random.uniform(9, 16)), self._accept)
            return done
        return bool(teams) and self.does(account, "join", team=random.choice(teams).id)

    def opened(self) -> None:
        self.days(self.world.now + timedelta(days=1), self.ends, 19, self._enter)

    def _accept(self) -> None:
        for row in team_board.offers(self.row).order_by("at", "pk"):
            self.staff("accept", offer=row.pk, state="accepted")

    def _enter(self) -> None:
        for team in team_board.board(self.row):
            random = self.chance("enters", team.id, self.world.day)
            those = [f for part in team.members if (f := self.world.fellow(part.identity)) is not None]
            if team.captain is not None and len(those) > 1 and random.random() < 0.7:
                self.does(team.captain, "enter", amount=random.randint(1, 9), text=random.choice(self.words["texts"]))
                self.society.together(those, None, 0.4, random, EVERY_DAY)
                captain = self.world.fellow(team.captain)
                if captain is not None:
                    line = self.world.chatter.opening(captain, self.world.local(self.world.now), random)
                    self.world.say(self.world.chatter.among(line, those, random))


class Challenge(Playing):
    """A check-in each day, at somebody's own hour; who missed a few gives up."""

    def joins(self, who: Fellow, account: Identity) -> bool:
        return True  # their first check-in is in the evening, with the others

    def opened(self) -> None:
        plan = plan_of(self.row)
        self.days(self.world.now, min(last_end(self.row, plan), self.world.now + timedelta(days=120)), 21, self._day)

    def _day(self) -> None:
        now, asked, those = self.world.now, list[CheckIn](), list[Fellow]()
        for who in self.present():
            random = self.chance("checks in", who.id, self.world.day)
            if random.random() < 0.55 + 0.4 * who.ready + 0.1 * who.mood:
                text = random.choice(self.words["texts"]).format(n=self.world.day)
                at = now - timedelta(minutes=random.randint(1, 240))
                asked.append(CheckIn(as_bearer(self.who(who)), said({"text": text}), "personal", at))
                those.append(who)
        if not asked:
            return
        for answer in check_in_all(self.row, asked, now=now):
            if isinstance(answer, Exception):
                self.world.count(answer)
        random = self.chance("talks", self.world.day)
        for who in those:
            who.feel(0.03, 0.02)
        if those and random.random() < 0.7:
            line = self.world.chatter.opening(random.choice(those), self.world.local(now), random)
            self.world.say(self.world.chatter.among(line, those, random))


class Course(SignUp):
    """Who signed up is in most sessions."""

    ease = 0.9

    def opened(self) -> None:
        for session in course.plan_of(self.row).all():
            starts = session.begins(self.world.group.zone if self.world.group else self.world.zone.key)
            self.at(starts + timedelta(minutes=5), lambda number=session.number: self._session(number))  # type: ignore[misc]

    def _session(self, number: int) -> None:
        random, there = self.chance("session", number), list[Fellow]()
        for who in self.present():
            if random.random() < 0.4 + 0.5 * who.ready and self.does(self.who(who), "attend", session=number):
                there.append(who)
        if len(there) > 1:
            self.society.together(there, None, 0.3, random, EVERY_DAY)
            line = self.world.chatter.opening(there[0], self.world.local(self.world.now), random)
            self.world.say(self.world.chatter.among(line, there, random))


class Circle(Playing):
    """Some propose a circle, which is approved; others enter; circles report once a week."""

    def joins(self, who: Fellow, account: Identity) -> bool:
        random, there = self.chance(who.id), self.handed_in("circle")
        open_ = [row for row in there if row.state == "accepted"]
        if len(there) < 5 and random.random() < 0.5:
            name, sort, charter = random.choice(self.words["circles"])
            done = self.does(account, "propose", name=f"{name}{len(there) + 1}", sort=sort, charter=charter)
            if done:
                self.at(self.world.now + 4 * HOUR, self._approve)
            return done
        return bool(open_) and self.does(account, "enter", circle=random.choice(open_).pk)

    def opened(self) -> None:
        self.days(self.world.now + timedelta(days=3), self.ends, 18, self._report)

    def _approve(self) -> None:
        for row in self.handed_in("circle"):
            if row.state == "given":
                self.staff("approve", circle=row.pk, state="accepted")

    def _report(self) -> None:
        for row in self.handed_in("circle"):
            random = self.chance("reports", row.key, self.world.day)
            if row.state == "accepted" and random.random() < 0.25:
                self.does(row.identity, "report", circle=row.pk, text=random.choice(self.words["results"]), number=3)


class Meetup(SignUp):
    """Who signed up confirms the day before; most come, are checked in, and say whom they met."""

    ease = 0.9

    def opened(self) -> None:
        if self.row.starts is not None:
            self.at(self.row.starts - 20 * HOUR, self._confirm)
            self.at(self.row.starts + timedelta(minutes=10), self._meet)

    def _confirm(self) -> None:
        for part in attendance.participants(self.row, JOINED, WAITING):
            if self.chance("confirms", part.identity.account).random() < 0.85:
                self.does(part.identity, "confirm")

    def _meet(self) -> None:
        parts = attendance.participants(self.row, JOINED, DONE)
        came = [p.identity for p in parts if self.chance("comes", p.identity.account).random() < 0.8]
        if not came:
            return
        self.staff("check_in", who=[who.pk.hex for who in came])
        those = [f for who in came if (f := self.world.fellow(who)) is not None]
        random = self.chance("meets")
        self.society.together(those, None, 2.0, random)
        for who in came[:12]:
            others = random.sample(came, min(4, len(came)))
            met: dict[str, Any] = {"with_": [o.pk.hex for o in others if o.pk != who.pk]}
            if met["with_"]:
                self.does(who, "met", **met)
        self.at(self.world.now + 4 * HOUR, lambda: self._tell(those))

    def _tell(self, those: list[Fellow]) -> None:
        random = self.chance("tells")
        for who in random.sample(those, min(3, len(those))):
            line = self.world.chatter.opening(who, self.world.local(self.world.now), random)
            self.world.say(self.world.chatter.among(line, those, random))
