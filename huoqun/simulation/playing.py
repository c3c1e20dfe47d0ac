"""The playing: a past and a present of each kind of activity in the example, so that every page has something to look
at. Members that do not exist take part through the deeds of the pages, at moments in the past."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from huoqun.activities import activity, questionnaire
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.person import Identity, root_of
from huoqun.simulation import scene_duty, scene_goods, scene_long, scene_talk
from huoqun.simulation.scene import Cast
from huoqun.simulation.talk import load_words

PLAYERS = 24
"""How many take part in anything: in a group that fell silent they are few."""
SCENES: Mapping[str, Callable[[Cast], None]] = {
    "spotlight": scene_long.spotlight,
    "circle": scene_talk.circle,
    "idea_call": scene_talk.idea_call,
    "team_up": scene_long.team_up,
    "homework": scene_long.homework,
    "vote": scene_talk.vote,
    "course": scene_long.course,
    "challenge": scene_long.challenge,
    "topic": scene_talk.topic,
    "group_buy": scene_goods.group_buy,
    "benefit": scene_goods.benefit,
    "red_packet": scene_goods.red_packet,
    "meetup": scene_long.meetup,
    "chain": scene_goods.chain,
    "quiz": scene_talk.quiz,
    "feedback": scene_talk.feedback,
    "lottery": scene_goods.lottery,
    "show_day": scene_talk.show_day,
}
"""By kind how it is played, in the order in which they began."""


def play(group: Group, *, language: str, by: Account | None, now: datetime) -> None:
    """Play all of it in a group of the example. Call it in a transaction, once."""
    words: dict[str, Any] = load_words(language)["play"]
    cast = Cast(group, _players(group), words, by, now)
    for scene in SCENES.values():
        scene(cast)
    if by is not None:
        scene_goods.rewards(cast, by)
        scene_goods.sending(cast, by)
        scene_duty.duty_weeks(cast, by)


def _players(group: Group) -> list[Identity]:
    """Those who talk most, without its staff and without names that several bear; each human once."""
    there = activity.staying().filter(group=group).select_related("person__root", "group__workspace")
    rows = list(there.order_by("-messages", "account"))
    named = Counter(questionnaire.fold(who.name) for who in rows)
    found: dict[UUID, Identity] = {}
    for who in rows:
        if who.role == "member" and named[questionnaire.fold(who.name)] == 1:
            found.setdefault(root_of(who.person).pk, who)
    return list(found.values())[:PLAYERS]
