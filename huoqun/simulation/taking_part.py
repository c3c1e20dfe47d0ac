"""The taking part: how the people of a made-up group come to do what they are asked: by words in the group, by a word
in private, by a reminder; each once, at an hour of their own. Surveys they fill in, activities they play in.
"""

from collections.abc import Iterable
from datetime import timedelta
from random import Random
from typing import Any

from huoqun.activities import questionnaire, response
from huoqun.activities.activity import OPEN, RUNNING, Activity
from huoqun.activities.survey import Survey
from huoqun.people.person import Identity
from huoqun.simulation import playing_goods, playing_long, playing_talk
from huoqun.simulation.furnishing import filled_in
from huoqun.simulation.playing_in import Playing
from huoqun.simulation.rhythm import awake
from huoqun.simulation.society import Fellow, likely
from huoqun.simulation.world import World

OPENED, CALLED, REMINDED, INVITED = 0.30, 0.16, 0.22, 1.5
"""How likely somebody who is always ready does what they are asked: when it opens, when it is named in the group, when
they are reminded, when they are asked in private; defaults. Nearly everybody is far less ready (`society`)."""
SURVEYED = 1.4
"""How much more easily a survey is answered than an activity entered."""
SOON = timedelta(hours=9)
"""Within which time most follow a call; a default."""
PLAYED: dict[str, type[Playing]] = {
    "vote": playing_talk.Vote,
    "idea_call": playing_talk.IdeaCall,
    "feedback": playing_talk.Feedback,
    "quiz": playing_talk.Quiz,
    "topic": playing_talk.Topic,
    "homework": playing_talk.Homework,
    "show_day": playing_talk.ShowDay,
    "chain": playing_goods.Chain,
    "benefit": playing_goods.Benefit,
    "lottery": playing_goods.Lottery,
    "group_buy": playing_goods.GroupBuy,
    "red_packet": playing_goods.RedPacket,
    "spotlight": playing_long.Spotlight,
    "team_up": playing_long.TeamUp,
    "challenge": playing_long.Challenge,
    "course": playing_long.Course,
    "circle": playing_long.Circle,
    "meetup": playing_long.Meetup,
}
"""By kind how a group plays it."""


class Filling(Playing):
    """A survey: who comes in fills it in."""

    ease = SURVEYED

    def joins(self, who: Fellow, account: Identity) -> bool:
        row = Survey.objects.get(pk=self.row.pk)
        known = {questionnaire.fold(other.name): (str(i.pk),) for other, i in self._known()}
        owner = self.world.who(self.society.fellows[self.society.owner])
        words, random = self.world.society.words, self.chance(who.id)
        said = {q.id: filled_in(q, account, owner, known, words, random) for q in row.asked()}
        values: dict[str, Any] = questionnaire.check(row.asked(), said, known)
        return self.world.tried(lambda: response.answer(row, account, values, via="personal", now=self.world.now))

    def _known(self) -> list[tuple[Fellow, Identity]]:
        """Those whose names people may give: who speaks."""
        owner = self.society.fellows[self.society.owner]
        there = [owner, *[f for f in self.society.there(self.world.day) if f.measure][:60]]
        return [(f, i) for f in there if (i := self.world.who(f)) is not None]


class TakingPart:
    """All that is open in a group, and who is asked to come in."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.open: dict[str, Playing] = {}
        """By the source that announcements name."""
        world.looks.append(self._look)

    def called(self, source: str, what: str) -> None:
        """Words in the group have named something."""
        if source in self.open:
            self._ask(self.open[source], self._there(), REMINDED if "remind" in what else CALLED, what)

    def invited(self, source: str, those: Iterable[Fellow]) -> None:
        """Some were asked in private to come in."""
        if source in self.open:
            self._ask(self.open[source], list(those), INVITED, "invite")

    def _there(self) -> list[Fellow]:
        return self.world.society.there(self.world.day)

    def _look(self) -> None:
        rows = Activity.objects.filter(workspace=self.world.place, removed=None, state__in=(OPEN, RUNNING))
        for row in rows.select_related("workspace").order_by("opened", "created", "pk"):
            if row.source not in self.open:
                playing = (Filling if row.kind == "survey" else PLAYED[row.kind])(self.world, row)
                self.open[row.source] = playing
                playing.opened()
                self._ask(playing, self._there(), OPENED, "open")

    def _ask(self, playing: Playing, those: list[Fellow], chance: float, what: str) -> None:
        """Those who will come in, each in their own time."""
        world = self.world
        random = playing.chance(what, world.now.isoformat())
        reach = 1.0 if chance == INVITED else min(1.0, 40 / max(1, len(those)) ** 0.75 + 0.25)
        for who in likely(those, chance * playing.ease * world.society.goodwill * reach, random):
            if who.id not in playing.inside:
                self._later(playing, who, random)

    def _later(self, playing: Playing, who: Fellow, random: Random) -> None:
        world = self.world
        moment = world.now + timedelta(seconds=SOON.total_seconds() * random.random() ** 1.7 + 60)
        there = world.utc(awake(world.local(moment)))
        latest = max(world.now, playing.ends - timedelta(minutes=2))
        world.at(min(max(there, world.now), latest), lambda: playing.enter(who), stirs=False)
