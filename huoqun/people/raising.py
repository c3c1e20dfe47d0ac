"""Raising (KOC): whom to raise from an active member to one who helps to run the group, why, and how far each is.

The way of handbook chapter 2: a private word, a title, a small duty, a share of the running, and a real thank-you at
each month's end. Every step is a dealing and a deed.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import polars as pl

from huoqun.people import profile
from huoqun.people.account import Account
from huoqun.people.dealing import DECLINED, DONE, Dealing, dealings, settle
from huoqun.people.group import Group
from huoqun.people.membership import here
from huoqun.people.person import Identity, Person
from huoqun.people.rapport import acquaintance

KIND = "raising"
STAGES = ("word", "title", "duty", "share")
"""In this order; then thanks, every month."""
THANKS, NO = "thanks", "no"
END = 25
"""The day of the month from which thanks are due."""
MOST = 10
"""Proposals on a page: nobody raises more at once."""
RECENT = 3
"""Days of the last 90 on which a candidate spoke, at least."""


@dataclass(frozen=True)
class Candidate:
    """Somebody to raise. `reasons`: id and number, the one in which they stand out most first."""

    identity: Identity
    person: Person
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Raised:
    """Somebody on the way. `next`: the stage to come; "" where all are done."""

    identity: Identity | None
    person: Person
    done: tuple[Dealing, ...]
    next: str
    thanks_due: bool


def candidates(group: Group) -> list[Candidate]:
    """Whom to raise: who answers others, is there often and has strong ties, by the ranks in all three."""
    known = acquaintance(group)
    if known is None:
        return []
    decided = {r.person.root_id or r.person_id for r in dealings(group, KIND)}
    those = {
        i.account: i
        for i in here(group).exclude(account=known.owner or "").exclude(role__in=["owner", "admin"])
        if (i.person.root_id or i.person_id) not in decided
    }
    active = [p for p in known.people.values() if p.days_90d >= RECENT and p.id in those and not p.bot]
    if not active:
        return []
    told = pl.DataFrame(
        {
            "account": [p.id for p in active],
            "answers": [p.answers for p in active],
            "days": [p.days_90d for p in active],
            "strong": [p.strong_ties for p in active],
        }
    )
    marks = ["answers", "days", "strong"]
    ranks = told.with_columns(pl.col(m).rank("average").alias(f"{m}_rank") / len(active) for m in marks)
    best = ranks.with_columns(score=pl.sum_horizontal(f"{m}_rank" for m in marks))
    made: dict[UUID, Candidate] = {}
    for row in best.sort(["score", "account"], descending=[True, False]).iter_rows(named=True):
        identity = those[row["account"]]
        order = sorted((m for m in marks if row[m]), key=lambda m: -row[f"{m}_rank"])
        person = identity.person.root or identity.person
        made.setdefault(person.pk, Candidate(identity, person, tuple((m, row[m]) for m in order)))
    return list(made.values())[:MOST]


def raised(group: Group, *, today: date) -> list[Raised]:
    """Who is on the way, the last step taken first."""
    steps: dict[UUID, list[Dealing]] = defaultdict(list)
    for row in dealings(group, KIND).filter(state=DONE):
        steps[row.person.root_id or row.person_id].append(row)
    names = {i.person.root_id or i.person_id: i for i in here(group).order_by("messages")}
    return [_raised(names.get(human), rows, today) for human, rows in steps.items()]


def _raised(identity: Identity | None, rows: list[Dealing], today: date) -> Raised:
    done = {r.what for r in rows}
    thanked = any(r.what == THANKS and r.key.endswith(f"{today:%Y-%m}") for r in rows)
    due = today.day >= END and not thanked
    to_come = next((stage for stage in STAGES if stage not in done), "")
    person = rows[0].person.root or rows[0].person
    return Raised(identity, person, tuple(reversed(rows)), to_come, due)


def raise_to(
    group: Group, person: Person, stage: str, *, words: str, title: str = "", today: date, by: Account, now: datetime
) -> Dealing:
    """A stage is done. With the title it stands in the profile. Raises ValueError, BadSaying, Settled."""
    if stage not in {*STAGES, THANKS}:
        raise ValueError(stage)
    if stage == "title":
        profile.say(person, "title", title, by=by, now=now)
    key = f"{group.pk.hex} {person.pk.hex} {stage}" + (f" {today:%Y-%m}" if stage == THANKS else "")
    reason = {"title": title} if title else {}
    return settle(group, KIND, key, person=person, what=stage, state=DONE, words=words, reason=reason, by=by, now=now)


def decline(group: Group, person: Person, *, by: Account, now: datetime) -> Dealing:
    """Not this one; not proposed again."""
    key = f"{group.pk.hex} {person.pk.hex} {NO}"
    return settle(group, KIND, key, person=person, what=NO, state=DECLINED, by=by, now=now)
