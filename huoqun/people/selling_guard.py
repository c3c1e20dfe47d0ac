"""The selling guard (带货闸): whether something may be sold in a group now, and what speaks against it.

Handbook chapter 12: not in a group's first days, not before needs were collected and some solved, not above the ceiling
of its share in a week. One pure rule, `blocks`, over what `grounds` reads for many groups at once. What it blocks is
held in the outbox in sight, with its reasons; somebody may let it out with a reason of their own, which is logged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F
from django.db.models.functions import Coalesce

from huoqun.people.dealing import DONE, Dealing
from huoqun.people.group import Group
from huoqun.people.profile import NEEDS, Fact
from huoqun.people.voice import KINDS, SELLING, VoiceRule, voices

INTRODUCTION = "introduction"
NOTHING = "nothing"
"""An introduction of which nothing came solved nothing."""
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Ground:
    """What is known of a group: since when it is there; needs of its members known and solved (introductions made that
    somebody did not say nothing came of); pieces of the last seven days and how many of them sold."""

    age: timedelta
    needs: int = 0
    solved: int = 0
    pieces: int = 0
    sold: int = 0


@dataclass(frozen=True)
class Block:
    """Something that speaks against selling: an id with words in `web/word_content`, and its numbers."""

    id: str
    values: dict[str, Any]


# -- rules


def kind_of(what: str) -> str:
    """The kind of piece of something in the outbox by what it is (`step.selling`, `content.useful`); "" for none."""
    kind = what.rpartition(".")[2]
    return kind if kind in KINDS else ""


def sells(what: str) -> bool:
    """Whether something in the outbox sells."""
    return kind_of(what) == SELLING


def blocks(rule: VoiceRule, ground: Ground) -> list[Block]:
    """What speaks against one more selling piece, the gravest first; nothing: it may be said."""
    found = []
    if ground.age < timedelta(days=rule.no_selling_days):
        left = timedelta(days=rule.no_selling_days) - ground.age
        found.append(Block("young", {"days": rule.no_selling_days, "left": -(-left // timedelta(days=1))}))
    if ground.needs < rule.needs_asked:
        found.append(Block("unasked", {"known": ground.needs, "wanted": rule.needs_asked}))
    if ground.solved < rule.needs_solved:
        found.append(Block("unsolved", {"known": ground.solved, "wanted": rule.needs_solved}))
    share = (ground.sold + 1) / (ground.pieces + 1)
    if share > rule.selling_ceiling + 1e-9:
        found.append(Block("often", {"sold": ground.sold, "pieces": ground.pieces, "ceiling": rule.selling_ceiling}))
    return found


# -- reads


def grounds(groups: Sequence[Group], said: Mapping[UUID, tuple[int, int]], *, now: datetime) -> dict[UUID, Ground]:
    """By group what is known; `said`: pieces and selling ones of the last seven days, by group."""
    keys = [group.pk for group in groups]
    human = Coalesce("person__root", "person")
    needs = Fact.objects.filter(field=NEEDS, person__identities__group__in=keys)
    needed = needs.values(there=F("person__identities__group")).annotate(n=Count("pk", distinct=True))
    made = Dealing.objects.filter(group__in=keys, kind=INTRODUCTION, state=DONE).exclude(outcome=NOTHING)
    solved = made.values("group").annotate(n=Count("key", distinct=True), who=Count(human, distinct=True))
    known = {row["there"]: row["n"] for row in needed}
    helped = {row["group"]: row["n"] for row in solved}
    found = {}
    for group in groups:
        pieces, sold = said.get(group.pk, (0, 0))
        age = now - (group.first or group.created)
        found[group.pk] = Ground(age, known.get(group.pk, 0), helped.get(group.pk, 0), pieces, sold)
    return found


def judged(groups: Sequence[Group], said: Mapping[UUID, tuple[int, int]], *, now: datetime) -> dict[UUID, list[Block]]:
    """By group, what speaks against one more selling piece."""
    rules, known = voices(groups), grounds(groups, said, now=now)
    return {group.pk: blocks(rules[group.pk], known[group.pk]) for group in groups}
