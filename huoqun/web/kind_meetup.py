"""The meetup on its pages: who comes, the money, cards, tables, photos; on the member's: a yes, a code, a card."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huoqun.activities import activity as base
from huoqun.activities import attendance, contribution, meetup, meetup_met, meetup_plan
from huoqun.activities.activity import ABSENT, CLOSED, DONE, JOINED, SETTLED, WAITING, Activity, Participation
from huoqun.activities.contribution import Contribution, contributions
from huoqun.activities.meetup_plan import CARD, MET, PHOTO
from huoqun.people.person import Identity, root_of

MOST = 300
"""People, cards and photos on one page."""


@dataclass(frozen=True)
class Comer:
    """One who takes part. `record`: how often they came to other meetups, and stayed away."""

    row: Participation
    id: str
    sure: bool
    record: tuple[int, int]


def staff(activity: Activity, now: datetime) -> dict[str, Any]:
    """Everything of the day."""
    rows = list(attendance.participants(activity))[:MOST]
    comers = _comers(activity, rows)
    came = [c for c in comers if c.row.state == DONE]
    share = meetup_plan.share(activity)
    state = activity.standing(now)
    return {
        "comers": comers,
        "came": came,
        "guests": meetup_plan.guests(activity),
        "walk_ins": sum(1 for c in came if c.row.values.get("walk_in")),
        "counts": {s: sum(c.row.count for c in comers if c.row.state == s) for s in (JOINED, WAITING, DONE, ABSENT)},
        "room": meetup_plan.room(activity),
        "sure": sum(1 for c in comers if c.row.state == JOINED and c.sure),
        "asked": meetup_plan.asked(activity),
        "asks": meetup_plan.confirms_at(activity),
        "lets": meetup_plan.releases_at(activity),
        "share": share,
        "each": meetup_plan.cents(share.each) if share else "",
        "in_hand": meetup_plan.cents(share.each * share.paid) if share else "",
        "over": meetup_plan.cents(share.over) if share and share.over else "",
        "word": activity.state_of_play.get("word", ""),
        "door_open": activity.starts is not None and now >= activity.starts - meetup.EARLY and state != SETTLED,
        "cards": contributions(activity, CARD)[:MOST],
        "photos": contributions(activity, PHOTO)[:MOST],
        "tables": _tables(activity, came),
        "met": contributions(activity, MET).count(),
        "survey": activity.state_of_play.get("survey", ""),
        "begun": state != base.DRAFT,
    }


def _comers(activity: Activity, rows: list[Participation]) -> list[Comer]:
    humans = {row.person.root_id or row.person_id for row in rows}
    record = meetup_plan.record(activity, humans)
    return [
        Comer(
            row,
            row.identity_id.hex,
            meetup_plan.confirmed(activity, row),
            record.get(row.person.root_id or row.person_id, (0, 0)),
        )
        for row in rows
    ]


def _tables(activity: Activity, came: list[Comer]) -> list[list[str]]:
    names = {c.id: c.row.identity.name for c in came}
    tables = activity.state_of_play.get("tables", {}).values()
    return [[names[id] for id in table if id in names] for table in tables]


def member(activity: Activity, who: Identity, mine: Participation | None, now: datetime) -> dict[str, Any]:
    """Their day: whether they come, their code, what they shared, whom they met."""
    state, came = activity.standing(now), meetup_plan.came(activity)
    here = mine is not None and mine.state == DONE
    others = [row for row in came if root_of(row.identity.person).pk != root_of(who.person).pk] if here else []
    met = {row.values.get("with") for row in contribution.mine(activity, who.person, MET)}
    may_see = mine is not None and mine.state in {JOINED, DONE}
    share = meetup_plan.share(activity)
    return {
        "here": here,
        "sure": mine is not None and meetup_plan.confirmed(activity, mine),
        "asked": meetup_plan.asked(activity),
        "lets": meetup_plan.releases_at(activity),
        "code": meetup_plan.code_of(activity, who) if mine is not None and state != SETTLED else "",
        "door_open": activity.starts is not None and now >= activity.starts - meetup.EARLY and state != SETTLED,
        "after": state in {CLOSED, SETTLED},
        "others": [(row.identity, row.identity_id.hex, row.identity_id.hex in met) for row in others[:MOST]],
        "card": contribution.mine(activity, who.person, CARD).first(),
        "cards": _cards(activity, who) if may_see else [],
        "photos": meetup_met.shown(activity)[:60] if may_see else [],
        "my_photos": contribution.mine(activity, who.person, PHOTO)[:20],
        "share": share,
        "each": meetup_plan.cents(share.each * (mine.count if mine else 1)) if share else "",
        "paid": bool(mine and mine.values.get("paid")),
        "record": meetup_plan.record_of(activity, who),
        "prints": bool(came) and may_see,
    }


def _cards(activity: Activity, who: Identity) -> list[Contribution]:
    """The cards of the others who come."""
    inside = set(attendance.participants(activity, JOINED, DONE).values_list("person_id", flat=True))
    rows = contributions(activity, CARD)[:60]
    return [row for row in rows if row.person_id in inside and row.identity_id != who.pk]
