"""The founding: what a made-up group has behind it when a run begins, where the playbook counts on it: members who are
called champions, and evenings at which members were in the spotlight. Through the deeds of the pages, in the past.
"""

from typing import Any

from huoqun.people import profile
from huoqun.people.group import Group
from huoqun.people.person import Identity
from huoqun.people.workspace import Workspace
from huoqun.playbooks.choosing import CHAMPIONS
from huoqun.playbooks.playbook import Playbook
from huoqun.simulation.scene import PAST, Cast, Scene
from huoqun.simulation.scene_long import candidate, shown
from huoqun.simulation.world import World

LED = 4
"""Champions; a default."""
SHOWS = (45, 42, 38, 35, 31, 28)
"""Days ago: two a week, one more than teams ask for (handbook chapter 7)."""
FEW = 14
"""A group of fewer people has not had shows."""


def found(world: World, book: Playbook) -> None:
    """Give the group its past."""
    assert world.group is not None
    group = Group.objects.select_related("workspace").get(pk=world.group.pk)
    those = _talkers(group)
    if any(getattr(step, "who", "") == "champions" for step in book.steps):
        _champions(world, group.workspace, those[:LED])
    if any("shown" in step.asks and step.gate for step in book.steps) and len(those) >= FEW:
        _shows(world, group, those)


def _talkers(group: Group) -> list[Identity]:
    """Members, who talks most first."""
    rows = Identity.objects.filter(group=group, listed=True, role="member")
    return list(rows.select_related("person__root", "group__workspace").order_by("-messages", "account"))


def _champions(world: World, place: Workspace, those: list[Identity]) -> None:
    tag = CHAMPIONS[0 if place.language.startswith("zh") else 1]
    for who in those:
        profile.say(who.person, "tag", tag, by=world.by, now=world.now)


def _shows(world: World, group: Group, those: list[Identity]) -> None:
    words: dict[str, Any] = world.society.words["play"]
    cast = Cast(group, those, words, world.by, world.now)
    season = Scene(cast, "spotlight", PAST, SHOWS[0] + 4, closes=cast.at(SHOWS[-1] - 3))
    cards = words["spotlight"]["cards"]
    for number, days in enumerate(SHOWS):
        who = those[number]
        candidate(season, who, cards[number % len(cards)], cast, days, demo=not number)
        shown(season, who, those[7:FEW], days)
    season.until(SHOWS[-1] - 3)
    season.settle()
