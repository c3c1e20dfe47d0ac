"""The vote: “Which cake shall I bake?” turns watchers into buyers.

For the operator: a question with two to twenty options, one or several to choose; a vote can be changed until it
closes; the counts are shown to members at once or only at the end. It closes by itself, and the result is announced.
"""

import re
from collections import Counter
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import Field, field_validator

from huoqun.activities import attendance, herald
from huoqun.activities import kind as kinds
from huoqun.activities.activity import Activity
from huoqun.activities.contribution import Contribution, contributions, hand_in, mine
from huoqun.activities.kind import Kind, Plan, Refused, Said
from huoqun.people.group import Group
from huoqun.people.person import Identity

BALLOT = "ballot"


class VotePlan(Plan):
    """What is voted on."""

    options: list[str] = Field(default_factory=list, max_length=20)
    several: int = Field(default=1, ge=1, le=20)
    """How many options one may choose."""
    shown: bool = True
    """Members see the counts before it closes, once they have voted."""
    announce: bool = True
    """When it closes, the groups are told how it went."""

    @field_validator("options")
    @classmethod
    def _distinct(cls, options: list[str]) -> list[str]:
        found = [" ".join(o.split())[:80] for o in options if o.strip()]
        return list(dict.fromkeys(found))


# -- reads


def counts(activity: Activity) -> list[tuple[str, int]]:
    """Each option with its votes, the most first; one ballot for each human, the newest."""
    votes = Counter(o for row in _ballots(activity) for o in row.values["options"])
    there = VotePlan.model_validate(activity.plan).options
    return sorted(((o, votes[o]) for o in there), key=lambda pair: -pair[1])


def by_stratum(activity: Activity) -> dict[str, Counter[str]]:
    """For each stratum the votes of each option; "" for those of whom no checkup says one."""
    found: dict[str, Counter[str]] = {}
    for row in _ballots(activity):
        trace = getattr(row.identity, "trace", None)
        found.setdefault(trace.stratum if trace else "", Counter()).update(row.values["options"])
    return found


def _ballots(activity: Activity) -> list[Contribution]:
    """The ballot of each human that counts: the newest."""
    newest: dict[Any, Contribution] = {}
    for row in contributions(activity, BALLOT).select_related("identity__trace", "person__root"):
        newest.setdefault(row.person.root_id or row.person_id, row)
    return list(newest.values())


def chosen(activity: Activity, who: Identity) -> list[str]:
    """What somebody has voted for."""
    row = mine(activity, who.person, BALLOT).first()
    return list(row.values["options"]) if row else []


# -- writes


def vote(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Vote, or vote anew: `options`, a list. Raises Refused, Closed."""
    with transaction.atomic():
        held = attendance.taking(activity, now, at)
        plan = VotePlan.model_validate(held.plan)
        options = [o for o in plan.options if o in said.all("options")]
        if not options:
            raise Refused("vote_nothing")
        if len(options) > plan.several:
            raise Refused("vote_many", most=plan.several)
        own = f"{who.pk.hex} {key}"
        if Contribution.objects.filter(activity=held, what=BALLOT, key=own).exists():
            return "vote_changed"
        first = not mine(held, who.person, BALLOT).exists()
        mine(held, who.person, BALLOT).update(state="withdrawn")
        hand_in(held, who, BALLOT, key=own, values={"options": options}, at=at, now=now)
        attendance.arrive(held, who, via=via, at=at, now=now)
    return "vote_first" if first else "vote_changed"


def spoken(activity: Activity, words: str) -> tuple[str, Said]:
    """A vote in the chat: the numbers, letters or words of the options: `2`, `B`, `抹茶`, `1 3`."""
    options = VotePlan.model_validate(activity.plan).options
    if words.strip() in options:
        return "vote", kinds.said(options=[words.strip()])
    found = []
    for part in re.split(r"[\s,，、;；+]+", words.strip()):
        letter = "ABCDEFGHIJKLMNOPQRST".find(part.upper()) if len(part) == 1 else -1
        number = int(part) - 1 if part.isdecimal() and len(part) < 3 else letter
        if part in options:
            found.append(part)
        elif part and 0 <= number < len(options):
            found.append(options[number])
    return "vote", kinds.said(options=found)


def _ready(activity: Activity) -> None:
    if len(VotePlan.model_validate(activity.plan).options) < 2:
        raise Refused("vote_options")


def _closed(activity: Activity, now: datetime) -> None:
    """Tell the groups how it went."""
    if not VotePlan.model_validate(activity.plan).announce:
        return

    def say(_group: Group) -> str:
        lines = [f"{option} {n}" for option, n in counts(activity)]
        return _("“%(title)s” is decided:\n%(list)s") % {"title": activity.title, "list": "\n".join(lines)}

    herald.tell_groups(activity, "close", say, key=(activity.closed or now).isoformat(), now=now)


VOTE = Kind(
    "vote", VotePlan, member={"vote": vote}, chat={"vote": spoken}, signs_up=False, ready=_ready, closed=_closed
)
