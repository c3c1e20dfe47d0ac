"""The topic session (话题): one topic, talked about together at one time, whose gist is kept.

For the operator: casual, with a topic that is there already; or formal, in stages: members propose, vote, say when they
can; staff fix the time and name a host, warm up, hold the discussion, write the digest, keep it. Each stage is a deed
of staff and puts its words into the outbox.

Reads: the members of its groups. Writes: `Activity.state_of_play`, contributions (`proposal`, `choice`, `time`,
`thought`), participations, deeds.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from huoqun.activities import activity as base
from huoqun.activities import attendance, contribution, proposing, topic_stage
from huoqun.activities.activity import Activity
from huoqun.activities.contribution import REFUSED, WITHDRAWN, contributions, hand_in, mine
from huoqun.activities.kind import Kind, Refused, Said
from huoqun.activities.proposing import open_to_all
from huoqun.activities.topic_stage import (
    CHOICE,
    DIGEST,
    DISCUSS,
    HOST,
    KEPT,
    LONGEST_TOPIC,
    MOST_PROPOSALS,
    MOST_TIMES,
    PROPOSAL,
    PROPOSE,
    SUITS,
    THOUGHT,
    TIME,
    VOTE,
    WARM_UP,
    TopicPlan,
    held_at,
    once,
)
from huoqun.people.account import Account
from huoqun.people.display import one_line
from huoqun.people.person import Identity

# -- what members do


def propose(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Propose a topic: `text`. Raises Refused, Closed."""
    text = one_line(said.text("text"))
    with transaction.atomic():
        held = held_at(activity, now, PROPOSE)
        if not text:
            raise Refused("topic_empty")
        if len(text) > LONGEST_TOPIC:
            raise Refused("topic_long", most=LONGEST_TOPIC)
        same = contributions(held, PROPOSAL).filter(text__iexact=text).first()
        if same is not None and same.state == REFUSED:
            raise Refused("topic_declined", reason=same.reason)
        if same is not None:
            return "topic_there"
        others = mine(held, who.person, PROPOSAL).exclude(state=REFUSED).exclude(key=f"{who.pk.hex} {key}")
        if others.count() >= MOST_PROPOSALS:
            raise Refused("topic_many", most=MOST_PROPOSALS)
        hand_in(held, who, PROPOSAL, key=f"{who.pk.hex} {key}", text=text, at=at, now=now)
        attendance.arrive(held, who, via=via, at=at, now=now)
        attendance.tell(held, who, "propose", at=at or now, key=key, now=now)
    return "topic_proposed"


def vote(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Vote for proposals, or anew: `for`, their ids. Raises Refused, Closed."""
    with transaction.atomic():
        held = held_at(activity, now, VOTE)
        there = {row.pk.hex for row in open_to_all(held, PROPOSAL)}
        wanted = [id for id in dict.fromkeys(said.all("for")) if id in there]
        most = TopicPlan.model_validate(held.plan).votes
        if not wanted:
            raise Refused("vote_nothing")
        if len(wanted) > most:
            raise Refused("vote_many", most=most)
        _anew(held, who, CHOICE, {"for": wanted}, via, key, at, now)
    return "vote_first"


def suits(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Say when one can: `moments`, of those offered. Raises Refused, Closed."""
    with transaction.atomic():
        held = held_at(activity, now, TIME)
        wanted = [m for m in held.state_of_play.get("times", ()) if m in said.all("moments")]
        if not wanted:
            raise Refused("vote_nothing")
        _anew(held, who, SUITS, {"moments": wanted}, via, key, at, now)
    return "topic_time"


def think(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Hand in a thought or a question, to warm up or in the discussion: `text`. Raises Refused, Closed."""
    with transaction.atomic():
        held = held_at(activity, now, WARM_UP, DISCUSS)
        if not said.text("text"):
            raise Refused("topic_empty")
        hand_in(held, who, THOUGHT, key=f"{who.pk.hex} {key}", text=said.text("text")[:1000], at=at, now=now)
        attendance.arrive(held, who, via=via, at=at, now=now)
    return "topic_thought"


def _anew(
    held: Activity,
    who: Identity,
    what: str,
    values: dict[str, Any],
    via: str,
    key: str,
    at: datetime | None,
    now: datetime,
) -> None:
    """A ballot that takes the place of the one before."""
    mine(held, who.person, what).exclude(key=f"{who.pk.hex} {key}").update(state=WITHDRAWN)
    hand_in(held, who, what, key=f"{who.pk.hex} {key}", values=values, at=at, now=now)
    attendance.arrive(held, who, via=via, at=at, now=now)


# -- what staff do, or a step


def to_vote(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """From proposing to voting. Raises Refused."""
    with transaction.atomic():
        if (held := once(activity, now, key, PROPOSE)) is None:
            return "done"
        if open_to_all(held, PROPOSAL).count() < 2:
            raise Refused("topic_few")
        topic_stage.go(held, VOTE, key, now)
    return "done"


def choose(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """The topic: `which`, a proposal (else the one with the most votes), or words of one's own. Raises Refused."""
    with transaction.atomic():
        if (held := once(activity, now, key, PROPOSE, VOTE)) is None:
            return "done"
        there = topic_stage.proposals(held)
        found = next((row for row, _n in there if row.pk.hex == said.text("which")), None)
        text = one_line(said.text("text"), LONGEST_TOPIC)
        if found is None and not text:
            if not there:
                raise Refused("topic_few")
            found = there[0][0]
        held.state_of_play["topic"] = text or found.text  # type: ignore[union-attr]
        if found is not None and not text:
            contribution.decide(found, contribution.ACCEPTED, by=by)
            attendance.tell(held, found.identity, "chosen", at=now, key=found.pk.hex, by=by, now=now)
        topic_stage.go(held, TIME, key, now)
    return "done"


def decline(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """A proposal is not to be voted on: `which`, `reason`, which its proposer reads; with `state` given it is again.
    Raises Refused."""
    with transaction.atomic():
        if (held := once(activity, now, key, PROPOSE, VOTE)) is None:
            return "done"
        row = contributions(held, PROPOSAL).filter(pk=said.key("which")).first()
        if row is None:
            raise Refused("unknown")
        if said.text("state") == contribution.GIVEN:
            contribution.decide(row, contribution.GIVEN, by=by)
        else:
            proposing.decline(held, row, said, by=by, now=now)
        topic_stage.remember(held, key)
    return "done" if said.text("state") == contribution.GIVEN else "proposal_declined"


def offer(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Moments to choose from: `moments`, lines or fields `2026-03-04 20:00`. Raises Refused."""
    found = _moments(activity, said, now)
    if not found:
        raise Refused("topic_when")
    with transaction.atomic():
        if (held := once(activity, now, key, TIME)) is None:
            return "done"
        held.state_of_play["times"] = [m.isoformat() for m in found][:MOST_TIMES]
        topic_stage.remember(held, key)
    return "done"


def fix(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Fix the time: `moments`, one. Raises Refused."""
    found = _moments(activity, said, now)
    if len(found) != 1:
        raise Refused("topic_when")
    with transaction.atomic():
        if (held := once(activity, now, key, TIME)) is None:
            return "done"
        held.starts = held.next = found[0]
        topic_stage.go(held, HOST, key, now)
    return "done"


def name_host(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Name the host: `who`, an account's id or name. Raises Refused."""
    with transaction.atomic():
        if (held := once(activity, now, key, HOST)) is None:
            return "done"
        wanted = said.text("who")
        found = [i for i in base.people(held).values() if wanted in {i.pk.hex, str(i.pk), i.name}]
        if len(found) != 1:
            raise Refused("topic_host")
        held.state_of_play["host"] = found[0].pk.hex
        attendance.arrive(held, found[0], via="staff", by=by, now=now)
        attendance.tell(held, found[0], "host", at=held.starts or now, key="host", by=by, now=now)
        topic_stage.go(held, WARM_UP, key, now)
    return "done"


def warm_up(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Words that warm the group up, into the outbox; as often as wanted: `text`. Raises Refused."""
    if not said.text("text"):
        raise Refused("topic_empty")
    with transaction.atomic():
        if (held := once(activity, now, key, WARM_UP)) is None:
            return "done"
        held.state_of_play["warm_up"] = contribution.words(said.text("text"))
        topic_stage.remember(held, key)
        topic_stage.say(held, key, said.text("text"), now)
    return "topic_said"


def discuss(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """It begins. Raises Refused."""
    with transaction.atomic():
        if (held := once(activity, now, key, WARM_UP)) is None:
            return "done"
        topic_stage.go(held, DISCUSS, key, now)
    return "done"


def digest(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """The discussion is over, or its digest is written, also anew: `text`. Raises Refused."""
    with transaction.atomic():
        if (held := once(activity, now, key, DISCUSS, DIGEST)) is None:
            return "done"
        if text := contribution.words(said.text("text")):
            held.state_of_play["digest"] = text
        topic_stage.go(held, DIGEST, key, now)
    return "done"


def keep(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """The digest is told to the groups and kept. Raises Refused."""
    with transaction.atomic():
        if (held := once(activity, now, key, DIGEST)) is None:
            return "done"
        if not held.state_of_play.get("digest"):
            raise Refused("topic_no_digest")
        topic_stage.go(held, KEPT, key, now)
    return "topic_kept"


def _moments(activity: Activity, said: Said, now: datetime) -> list[datetime]:
    """Moments in the workspace's zone, each once, in order. Raises Refused."""
    found = set()
    for line in "\n".join(said.all("moments")).splitlines():
        try:
            moment = datetime.fromisoformat(line.strip().replace("：", ":"))
            moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(activity.workspace.zone))
            late = moment <= now
        except (ValueError, OverflowError) as error:
            raise Refused("topic_when") from error
        if late:
            raise Refused("topic_past")
        found.add(moment)
    return sorted(found)


# -- what it does of itself


def _opened(held: Activity, now: datetime) -> None:
    """The first stage; casual ones are talked about at once."""
    if not topic_stage.stage(held):
        held.state_of_play["stage"] = topic_stage.stages(held)[0]
        if topic_stage.stage(held) == DISCUSS:
            held.state_of_play["topic"] = held.title
            held.next = held.starts


def _due(held: Activity, now: datetime) -> None:
    """Its time has come: whoever hosts it may begin."""
    if topic_stage.stage(held) in {HOST, WARM_UP}:
        topic_stage.go(held, DISCUSS, "due", now)


TOPIC = Kind(
    "topic",
    TopicPlan,
    member={"propose": propose, "vote": vote, "suits": suits, "think": think},
    staff={
        "to_vote": to_vote,
        "choose": choose,
        "decline": decline,
        "offer": offer,
        "fix": fix,
        "host": name_host,
        "warm_up": warm_up,
        "discuss": discuss,
        "digest": digest,
        "keep": keep,
    },
    signs_up=False,
    opened=_opened,
    due=_due,
    marked=True,
)
