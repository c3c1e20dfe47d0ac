"""The stages of a topic session: in which it is, what was proposed and wished so far, and the words of each turn."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from huoqun.activities import activity as base
from huoqun.activities import attendance, herald
from huoqun.activities.activity import CLOSED, Activity, Closed
from huoqun.activities.contribution import Contribution, contributions, mine
from huoqun.activities.kind import Plan, Refused
from huoqun.activities.proposing import open_to_all
from huoqun.people import outbox
from huoqun.people.group import Group
from huoqun.people.person import Identity, root_of

# -- rules

PROPOSE, VOTE, TIME, HOST, WARM_UP, DISCUSS, DIGEST, KEPT = (
    "propose",
    "vote",
    "time",
    "host",
    "warm_up",
    "discuss",
    "digest",
    "kept",
)
FORMAL = (PROPOSE, VOTE, TIME, HOST, WARM_UP, DISCUSS, DIGEST, KEPT)
CASUAL = (DISCUSS, DIGEST, KEPT)
"""The stages in their order (handbook chapter 7)."""
PROPOSAL, CHOICE, SUITS, THOUGHT = "proposal", "choice", "time", "thought"
LONGEST_TOPIC = 120
MOST_PROPOSALS = 3
"""Proposals of one member at most; a default."""
MOST_TIMES = 8
KEYS = 50
"""Deeds of staff that are remembered, so that a form sent twice is one."""
SAID: dict[str, str | Promise] = {
    VOTE: _("Vote for what we talk about: %(link)s"),
    TIME: _("We will talk about “%(topic)s”. When suits you? %(link)s"),
    WARM_UP: _("“%(topic)s”: %(when)s, hosted by %(host)s. Your first thoughts: %(link)s"),
    DISCUSS: _("We begin: “%(topic)s”. Join in: %(link)s"),
    KEPT: _("What came out of “%(topic)s”:\n%(digest)s"),
}
"""What the groups are told at a stage."""


class TopicPlan(Plan):
    """How it goes."""

    sort: Literal["universal", "professional", "personal"] = "universal"
    style: Literal["casual", "formal"] = "formal"
    votes: int = Field(default=2, ge=1, le=10)
    """For how many proposals one may vote."""


# -- reads


def stages(activity: Activity) -> Sequence[str]:
    """The stages it goes through."""
    return FORMAL if TopicPlan.model_validate(activity.plan).style == "formal" else CASUAL


def stage(activity: Activity) -> str:
    """The stage it is at; "" before it opens."""
    return str(activity.state_of_play.get("stage", ""))


def topic(activity: Activity) -> str:
    """What is talked about; "" while that is open."""
    return str(activity.state_of_play.get("topic", ""))


def host(activity: Activity) -> Identity | None:
    """Who hosts it."""
    id = activity.state_of_play.get("host")
    return base.members(activity).filter(pk=UUID(id)).first() if id else None


def proposals(activity: Activity) -> list[tuple[Contribution, int]]:
    """What was proposed, with the votes of each; the most first, of equal ones the older."""
    ballots = _newest(contributions(activity, CHOICE))
    votes = Counter(id for row in ballots for id in row.values["for"])
    there = sorted(open_to_all(activity, PROPOSAL), key=lambda row: (-votes[row.pk.hex], row.at, row.pk))
    return [(row, votes[row.pk.hex]) for row in there]


def times(activity: Activity) -> list[tuple[datetime, int]]:
    """The moments offered, with for how many each suits."""
    ballots = _newest(contributions(activity, SUITS))
    suits = Counter(moment for row in ballots for moment in row.values["moments"])
    return [(datetime.fromisoformat(m), suits[m]) for m in activity.state_of_play.get("times", ())]


def chosen(activity: Activity, who: Identity, what: str, name: str) -> list[str]:
    """What a member has ticked."""
    row = mine(activity, who.person, what).first()
    return list(row.values[name]) if row else []


def _newest(rows: QuerySet[Contribution]) -> list[Contribution]:
    """The newest of each human."""
    found: dict[UUID, Contribution] = {}
    for row in rows:
        found.setdefault(root_of(row.person).pk, row)
    return list(found.values())


# -- writes


def held_at(activity: Activity, now: datetime, *those: str) -> Activity:
    """The activity under its lock, at one of some stages. Raises Closed, Refused."""
    held = attendance.locked(activity)
    after = DIGEST in those and held.removed is None and held.standing(now) == CLOSED
    if not (held.takes(now) or after):
        raise Closed
    if stage(held) not in those:
        raise Refused("topic_stage")
    return held


def once(activity: Activity, now: datetime, key: str, *those: str) -> Activity | None:
    """The same for staff; None where this was done before. Raises Closed, Refused."""
    if key in attendance.locked(activity).state_of_play.get("keys", ()):
        return None
    return held_at(activity, now, *those)


def go(held: Activity, wanted: str, key: str, now: datetime) -> None:
    """On to a stage, with its words."""
    held.state_of_play["stage"] = wanted
    remember(held, key)
    if wanted in SAID:
        say(held, wanted, SAID[wanted], now)


def remember(held: Activity, key: str) -> None:
    """Save it, and that this was done."""
    held.state_of_play["keys"] = [*held.state_of_play.get("keys", ()), key][-KEYS:]
    held.save()


def say(held: Activity, key: str, text: str | Promise, now: datetime) -> None:
    """Words into the outbox of each of its groups, in the workspace's language."""
    leads = host(held)

    def words(group: Group) -> str:
        when = held.starts.astimezone(ZoneInfo(group.zone)).strftime("%Y-%m-%d %H:%M") if held.starts else ""
        values = {"topic": topic(held) or held.title, "when": when, "host": leads.name if leads else ""}
        values |= {"digest": held.state_of_play.get("digest", ""), "link": outbox.LINK}
        return str(text) % values if isinstance(text, Promise) else text

    herald.tell_groups(held, "stage", words, key=key, now=now)
