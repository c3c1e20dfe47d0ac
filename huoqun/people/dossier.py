"""The dossier: everything about one person, over all their identities, for their page and for their export."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import polars as pl
from django.db.models import F, Q, QuerySet

from huoqun.base.clock import naive_utc
from huoqun.chat.message import MESSAGE_KINDS
from huoqun.people import climb, history
from huoqun.people.consent import consents
from huoqun.people.deed import Deed, deeds
from huoqun.people.group import Group
from huoqun.people.login import Login
from huoqun.people.membership import Membership
from huoqun.people.merge import Sameness, merges
from huoqun.people.person import Identity, Naming, Person, ones
from huoqun.people.profile import KINDS, sayings
from huoqun.people.seat import Bond, Seat, seats
from huoqun.people.staff import Staff, groups_for
from huoqun.people.stay import account_of

LINES = 30
"""Lines of a timeline a page shows."""
DEEPEST = 200
"""Pages of a timeline; what is older is in the export."""
MERGING = ("person.merge", "person.unmerge")
"""Deeds whose key is that of the decision."""
WEEKS = 26
"""Weeks of activity a page shows."""


@dataclass(frozen=True)
class Presence:
    """One identity with what it was called, when it was there, and where it stands."""

    identity: Identity
    namings: tuple[Naming, ...]
    stays: tuple[Membership, ...]
    seat: Seat | None
    bonds: tuple[tuple[UUID | None, Bond], ...] = ()
    """Their ties with the person each leads to."""


@dataclass(frozen=True)
class Moment:
    """A line of the timeline. `what`: a kind of deed, or `came`, `went`, `removed`, `first`, `renamed`; `text`: the
    new name."""

    at: datetime
    what: str
    group: Group | None
    deed: Deed | None = None
    text: str = ""


@dataclass(frozen=True)
class Timeline:
    """A page of the timeline, newest first; `older`: the next page, 0 where there is none."""

    moments: tuple[Moment, ...]
    page: int
    older: int


def presences(person: Person, groups: QuerySet[Group]) -> list[Presence]:
    """The identities of a person in these groups, who spoke last first."""
    found = Identity.objects.filter(person__in=ones(person), group__in=groups).select_related("group")
    found = found.prefetch_related("namings", "memberships").order_by(F("last").desc(nulls_last=True), "name")
    those = list(found)
    told = seats({i.group_id for i in those})
    mine = [(i, told.get(i.group_id, {}).get(i.account)) for i in those]
    leads = _leads([(i.group_id, seat) for i, seat in mine if seat])
    return [
        Presence(
            i,
            tuple(sorted(i.namings.all(), key=lambda n: (n.since is not None, n.since, n.name))),
            tuple(sorted(i.memberships.all(), key=lambda m: m.number)),
            seat,
            tuple((leads.get((i.group_id, b.account)), b) for b in seat.bonds) if seat else (),
        )
        for i, seat in mine
    ]


def _leads(those: Iterable[tuple[UUID, Seat]]) -> dict[tuple[UUID, str], UUID]:
    """Whom the ties lead to: person by group and account."""
    wanted = [(group, {b.account for b in seat.bonds}) for group, seat in those]
    accounts: set[str] = set().union(*(told for _, told in wanted))
    found = Identity.objects.filter(group__in=[g for g, _ in wanted], account__in=accounts).select_related("person")
    return {(i.group_id, i.account): i.person.root_id or i.person_id for i in found}


def timeline(person: Person, those: Iterable[Presence], staff: Staff, page: int = 1, lines: int = LINES) -> Timeline:
    """What they did and had done to them, when they came and went, and what they were called; newest first. Deeds of
    groups that the member of staff does not see are not told, nor what was decided over these."""
    page = min(max(page, 1), DEEPEST)
    end = page * lines
    found = [Moment(d.at, d.kind, d.group, d) for d in _visible(person, staff)[: end + 1]]
    found = sorted(found + _seen(those), key=lambda m: m.at, reverse=True)
    older = page + 1 if len(found) > end and page < DEEPEST else 0
    return Timeline(tuple(found[end - lines : end]), page, older)


def _seen(those: Iterable[Presence]) -> list[Moment]:
    """What the archive shows of their coming, going and names."""
    found = []
    for p in those:
        group = p.identity.group
        if p.identity.first:
            found.append(Moment(p.identity.first, "first", group))
        dated = [n for n in p.namings if n.since]
        found += [Moment(n.since, "renamed", group, text=n.name) for n in dated[1:] if n.since]
        for stay in p.stays:
            if stay.joined:
                found.append(Moment(stay.joined, "came", group))
            if stay.left:
                found.append(Moment(stay.left, "removed" if stay.removed else "went", group))
    return found


def weeks(rows: Mapping[Group, pl.DataFrame], now: datetime) -> list[int]:
    """Messages a week over the last `WEEKS` weeks, oldest first; `rows`: what they said, by group."""
    counts = [0] * WEEKS
    for said in rows.values():
        ago = said.select(((pl.lit(naive_utc(now)) - pl.col("time")).dt.total_days() // 7).alias("ago"))["ago"]
        for week, n in ago.filter(ago.is_between(0, WEEKS - 1)).value_counts().iter_rows():
            counts[WEEKS - 1 - week] += n
    return counts


def said(person: Person, groups: QuerySet[Group]) -> dict[Group, pl.DataFrame]:
    """The messages they wrote, by group, from the archive."""
    spoken = pl.col("kind").to_physical() < len(MESSAGE_KINDS)
    return {g: rows.filter(spoken, pl.col("sender").is_not_null()) for g, rows in _rows(person, groups).items()}


def _rows(person: Person, groups: QuerySet[Group]) -> dict[Group, pl.DataFrame]:
    """Everything the archive has from or about them, by group."""
    mine: dict[Group, list[str]] = {}
    for i in Identity.objects.filter(person__in=ones(person), group__in=groups).select_related("group__workspace"):
        mine.setdefault(i.group, []).append(i.account)
    return {g: _of(g, accounts) for g, accounts in mine.items() if g.rows}


def _of(group: Group, accounts: list[str]) -> pl.DataFrame:
    rows = history.chat_of(group).rows.with_columns(account_of("sender"), account_of("subject"))
    return rows.filter(pl.col("sender").is_in(accounts) | pl.col("subject").is_in(accounts))


def _visible(person: Person, staff: Staff) -> QuerySet[Deed]:
    """Who is limited to some groups is not told how somebody came to stand over all of them, nor with whom of other
    groups they were merged."""
    found = deeds(person).filter(Q(group=None) | Q(group__in=groups_for(staff)))
    if not staff.duty.limited:
        return found
    known = [row.pk.hex for row in decisions(person, staff)]
    return found.exclude(kind=climb.KIND).exclude(Q(kind__in=MERGING) & ~Q(key__in=known))


def merged(person: Person, staff: Staff) -> list[Sameness]:
    """The decisions that made a person what they are, as far as both were seen in groups of the member of staff."""
    known = decisions(person, staff) if staff.duty.limited else None
    return [row for row in merges(person) if known is None or row in known]


def decisions(person: Person, staff: Staff) -> list[Sameness]:
    """Every decision on a person, also those taken back, where both have an account in groups that somebody sees."""
    there = Identity.objects.filter(group__in=groups_for(staff)).values("person")
    mine = Q(kept__in=ones(person)) | Q(other__in=ones(person))
    return list(Sameness.objects.filter(mine, kept__in=there, other__in=there))


def told(person: Person, staff: Staff) -> dict[str, Any]:
    """Everything the database knows of a person in the groups somebody sees, as plain values for JSON."""
    those = presences(person, groups_for(staff))
    return {
        "person": str(person.root_id or person.pk),
        "identities": [_identity(p) for p in those],
        "sayings": {kind: [_saying(s) for s in sayings(person, kind)] for kind in KINDS},
        "deeds": [
            {"kind": d.kind, "at": d.at, "group": d.group.name if d.group else None, "values": d.values,
             "evidence": d.evidence, "by": str(d.by) if d.by else None}
            for d in _visible(person, staff)
        ],
        "consents": [
            {"what": c.what, "given": c.given, "source": c.source, "on": c.on, "written": c.created,
             "by": str(c.by) if c.by else None}
            for c in consents(person)
        ],
        "merges": [
            {"kept": str(m.kept_id), "other": str(m.other_id), "reason": m.reason, "evidence": m.evidence,
             "at": m.created, "by": str(m.by) if m.by else None}
            for m in merged(person, staff)
        ],
        "logins": [
            {"group": row.group.name, "issuer": row.issuer, "subject": row.subject, "name": row.name,
             "state": row.state, "via": row.via, "since": row.changed}
            for row in Login.objects.filter(identity__in=[p.identity for p in those]).select_related("group")
        ],
    }  # fmt: skip


def _identity(p: Presence) -> dict[str, Any]:
    i = p.identity
    return {
        "group": {"id": str(i.group_id), "name": i.group.name, "network": i.group.network},
        "account": i.account,
        "name": i.name,
        "role": i.role,
        "bot": i.bot,
        "messages": i.messages,
        "first": i.first,
        "last": i.last,
        "names": [{"name": n.name, "since": n.since} for n in p.namings],
        "stays": [{"joined": m.joined, "left": m.left, "removed": m.removed} for m in p.stays],
        "checkup": asdict(p.seat) if p.seat else None,
    }


def _saying(row: Any) -> dict[str, Any]:
    known = {"text": row.text, "by": str(row.by) if row.by else None, "written": row.created, "changed": row.changed}
    return known | {name: getattr(row, name) for name in ("field", "source", "on") if hasattr(row, name)}


def messages(person: Person, groups: QuerySet[Group]) -> pl.DataFrame:
    """What they said in these groups, and events of theirs, from the archive, oldest first: `group`, `time` (naive
    UTC), `local`, `name`, `kind`, `text`."""
    columns = ["group", "time", "local", "name", "kind", "text"]
    frames = [
        rows.with_columns(group=pl.lit(group.name), kind=pl.col("kind").cast(pl.String)).select(columns)
        for group, rows in _rows(person, groups).items()
    ]
    empty = pl.DataFrame(schema={c: pl.Datetime("us") if c in {"time", "local"} else pl.String for c in columns})
    return pl.concat([empty, *frames]).sort("time", "group", maintain_order=True)
