"""The history: what an import changes in the tables (identities, names, stays) and how a group's chat is read back.

Everything is taken from the whole history of the group, in sets, and written by natural key: the same history taken
in twice, or taken in again after a crash, changes nothing.
"""

from copy import copy
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import polars as pl
from django.db import transaction
from django.db.models import F

from huoqun.chat import archive
from huoqun.chat import zone as zones
from huoqun.chat.identity import join_renames
from huoqun.chat.message import MEMBERS, MESSAGE_KINDS, Chat, Skipped
from huoqun.people import climb, merge, tally
from huoqun.people.deed import Deed
from huoqun.people.group import Group, refresh
from huoqun.people.membership import Membership
from huoqun.people.person import Identity, Naming, Person
from huoqun.people.stay import Seen, seen
from huoqun.people.tally import Tally
from huoqun.people.workspace import archive_of

MOST_SKIPPED = 500
"""How many damaged places of a group are remembered one by one."""


def take_in(group: Group, chat: Chat, *, now: datetime) -> Group:
    """Bring the tables of a group to what `chat`, its whole history, says. Returns the group as it is then."""
    found = seen(chat)
    with transaction.atomic():
        group = Group.objects.select_for_update().get(pk=group.pk)
        identities = _identities(group, found, now=now)
        _namings(identities, found, now=now)
        _memberships(group, identities, found, now=now)
        _absorbed(group, found, now=now)
        _facts(group, chat)
        refresh(group)
        tally.count_group(group, now=now)
    return group


def _identities(group: Group, found: Seen, *, now: datetime) -> dict[str, Identity]:
    known = {i.account: i for i in Identity.objects.filter(group=group)}
    rows = list(found.identities.iter_rows(named=True))
    strangers = [row["account"] for row in rows if row["account"] not in known]
    new = {account: Person(workspace_id=group.workspace_id, created=now) for account in strangers}
    Person.objects.bulk_create(new.values())
    wanted = []
    for row in rows:
        row["first"], row["last"] = aware(row["first"]), aware(row["last"])
        old = known.get(row["account"])
        wanted.append(
            Identity(id=old.pk, group=group, person_id=old.person_id, created=old.created, **row)
            if old
            else Identity(group=group, person=new[row["account"]], created=now, **row)
        )
    Identity.objects.filter(group=group, listed=True).update(listed=False)
    _upsert(Identity, wanted, ["group", "account"], ["name", "listed", "role", "bot", "messages", "first", "last"])
    return {i.account: i for i in wanted}


def _absorbed(group: Group, found: Seen, *, now: datetime) -> None:
    """Take away accounts whose messages now stand under another one, because a rename has become known.

    Of whom something is kept (a note, a deed, an answer) nobody is taken away: the person is merged into the one who
    bore the name, which can be undone; the account stays, without messages.
    """
    there = set(found.identities["account"])
    spoke = Identity.objects.filter(group=group, messages__gt=0).select_related("person")
    gone = [identity for identity in spoke if identity.account not in there]
    kept = of_whom_something_is_kept([identity.person_id for identity in gone])
    for identity in gone:
        if identity.person_id in kept:
            heirs = found.namings.filter(pl.col("name") == identity.name)["account"].unique().to_list()
            heir = Identity.objects.filter(group=group, account__in=heirs).select_related("person")
            Identity.objects.filter(pk=identity.pk).update(messages=0)
            if len(heirs) == 1:
                merge.merge(heir.get().person, identity.person, reason="rename", by=None, now=now)
    lost = [identity for identity in gone if identity.person_id not in kept]
    Identity.objects.filter(pk__in=[identity.pk for identity in lost]).delete()
    Person.objects.filter(pk__in=[i.person_id for i in lost], identities=None, merged=None).delete()


def of_whom_something_is_kept(persons: list[UUID]) -> set[UUID]:
    """Those of the persons to whom rows of any table point, beside their accounts and what is computed of them."""
    kept: set[UUID] = set()
    for relation in Person._meta.related_objects:
        table, field = relation.related_model, relation.field
        if table not in {Identity, Person, Tally}:
            rows = table._base_manager.filter(**{f"{field.name}__in": persons})
            rows = rows.exclude(kind=climb.KIND) if table is Deed else rows
            kept |= set(rows.values_list(field.attname, flat=True))
    return kept


def _namings(identities: dict[str, Identity], found: Seen, *, now: datetime) -> None:
    wanted = [
        Naming(identity=identities[account], name=name, since=aware(since), created=now)
        for account, name, since in found.namings.iter_rows()
    ]
    _upsert(Naming, wanted, ["identity", "name"], ["since"])


def _memberships(group: Group, identities: dict[str, Identity], found: Seen, *, now: datetime) -> None:
    """Stays are numbered per identity; when an older file moves their bounds the rows keep their place."""
    wanted = [
        Membership(
            identity=identities[r["account"]],
            number=r["number"],
            joined=aware(r["joined"]),
            left=aware(r["left"]),
            removed=r["removed"],
            created=now,
        )
        for r in found.stays.iter_rows(named=True)
    ]
    _upsert(Membership, wanted, ["identity", "number"], ["joined", "left", "removed"])
    count = dict(found.stays.group_by("account").len().iter_rows())
    repeats = Membership.objects.filter(identity__group=group, number__gt=1)
    numbers = repeats.values_list("pk", "identity__account", "number")
    gone = [key for key, account, number in numbers if number > count.get(account, 0)]
    Membership.objects.filter(pk__in=gone).delete()


def _upsert(table: Any, rows: list[Any], unique: list[str], values: list[str]) -> None:
    table.objects.bulk_create(rows, batch_size=2000, update_conflicts=True, unique_fields=unique, update_fields=values)


def _facts(group: Group, chat: Chat) -> None:
    said = chat.rows["kind"].to_physical() < len(MESSAGE_KINDS)
    group.rows, group.messages = chat.rows.height, int(said.sum())
    group.first = aware(chat.rows["time"].min())
    group.last = aware(chat.rows["time"].max())
    group.version = fingerprint(chat.rows)
    group.facts = {
        "by_file": group.facts.get("by_file", False),
        "format": chat.format,
        "has_ids": chat.has_ids,
        "moments": chat.moments,
        "owner": chat.owner,
        "exported_at": chat.exported_at.isoformat() if chat.exported_at else None,
        "notes": list(chat.notes),
        "skipped": [[s.line, s.reason, s.file, s.record] for s in chat.skipped[:MOST_SKIPPED]],
        "skipped_total": len(chat.skipped),
    }
    group.save()


def fingerprint(rows: pl.DataFrame) -> str:
    """The same for the same rows, and different as soon as one is added, taken away or changed."""
    mixed = rows.select(pl.struct("key", "text", "sender", "kind").hash(seed=7).alias("h"))["h"]
    return f"{rows.height}-{int(mixed.reinterpret(signed=True).cast(pl.Int128).sum() or 0) & (2**64 - 1):016x}"


def chat_of(group: Group, also: Chat | None = None) -> Chat:
    """The whole history of a group: the archive's rows, and what its files (and `also`, the newest) say of it.

    Where the operator has named another zone than the files were read in, times follow: where all files told moments,
    the wall clock is computed anew; else they told the wall clock, and moments are.
    """
    facts = group.facts
    rows = in_zone(archive.rows(archive_of(group.workspace), group.pk.hex), group, facts.get("moments", False))
    exported = [datetime.fromisoformat(t) for t in [facts.get("exported_at")] if t]
    skipped = [Skipped(*place) for place in facts.get("skipped", [])]
    notes = list(facts.get("notes", []))
    owner, form, has_ids = facts.get("owner"), facts.get("format", "archive"), facts.get("has_ids", False)
    moments = facts.get("moments", False)
    members = _members(group)
    if also is not None:
        exported += [also.exported_at] if also.exported_at else []
        skipped = skipped if set(also.skipped) <= set(skipped) else [*skipped, *also.skipped]
        notes += [n for n in also.notes if n not in notes]
        has_ids = also.has_ids and (has_ids or "format" not in facts)
        moments = also.moments and (moments or "format" not in facts)
        owner, form = also.owner or owner, also.format
        members = also.members if also.members.height else members
    whole = Chat(
        format=form,
        network=group.network,
        group=group.name,
        by_file=facts.get("by_file", False),
        group_id=group.network_id or None,
        zone=group.zone,
        zone_source=group.zone_source,
        exported_at=max(exported, default=None),
        has_ids=has_ids,
        rows=rows,
        moments=moments,
        members=members,
        owner=owner,
        skipped=tuple(skipped),
        notes=tuple(notes),
    )
    return join_renames(whole)


def rows_of(group: Group, since: datetime) -> pl.DataFrame:
    """The group's rows since a moment (naive UTC), on the clock its card names."""
    rows = archive.rows(archive_of(group.workspace), group.pk.hex, start=since)
    return in_zone(rows, group, group.facts.get("moments", False))


def as_read(group: Group) -> Chat:
    """The whole history with the moments under which the archive knows its rows, whatever zone was named since."""
    there = copy(group)
    there.zone, there.zone_source = group.read_zone or group.zone, "named"
    return chat_of(there)


def in_zone(rows: pl.DataFrame, group: Group, moments: bool) -> pl.DataFrame:
    """Rows on the clock that the group's card names; `moments`: their times are certain, not what a clock showed."""
    if group.zone == (group.read_zone or group.zone):
        return rows
    if moments:
        return rows.with_columns(zones.to_local(rows["time"], group.zone).alias("local"))
    moved = rows.with_columns(zones.to_utc(rows["local"], group.zone).alias("time"))
    return moved.sort("time", "order", "key")


def _members(group: Group) -> pl.DataFrame:
    listed = Identity.objects.filter(group=group, listed=True).order_by("account")
    others: dict[UUID, list[str]] = {}
    borne = Naming.objects.filter(identity__group=group, identity__listed=True).exclude(name=F("identity__name"))
    for pk, name in borne.order_by("pk").values_list("identity", "name"):
        others.setdefault(pk, []).append(name)
    told = listed.values_list("pk", "account", "name", "role")
    rows = [(account, name, role or None, others.get(pk, [])) for pk, account, name, role in told]
    return pl.DataFrame(rows, schema=MEMBERS, orient="row")


def aware(moment: Any) -> Any:
    """Naive UTC as the database keeps it; None stays None."""
    return None if moment is None else moment.replace(tzinfo=UTC)
