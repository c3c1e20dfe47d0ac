"""The reception: an upload's files are read, find their groups, and are taken in.

Which group a history belongs to: the one it was given for; else the group with the same network id; else, among those
of the same name or with some of the same people, the one that `chat/likeness` takes for the same; else a new one. The
group found lends its zone: what a wall clock showed is read as the group's other files were, or rows would not meet.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid5

import polars as pl
from django.db import transaction
from django.db.models import Count, Q, QuerySet

from huoqun.base import job
from huoqun.chat import archive, intake
from huoqun.chat.completeness import Gap, completeness
from huoqun.chat.likeness import GUESS, YES, Known, like
from huoqun.chat.message import Chat
from huoqun.chat.refusal import NotAChat
from huoqun.chat.reread import reread
from huoqun.people import history, proving, upload
from huoqun.people.display import visible
from huoqun.people.group import Group, changed, groups, known_as
from huoqun.people.upload import Taken, Upload
from huoqun.people.workspace import archive_of

MOST_SPEAKERS = 200
"""By how many of its speakers a history's group is looked for."""
MOST_CANDIDATES = 5
"""How many groups are compared row by row."""
LONGEST_NAME = 200
"""Names of groups are cut to this many characters."""
MOST_SKIPPED = 500
"""How many damaged places are remembered one by one."""
MOST_GAPS = 20
"""How many reasons of a grade are remembered."""


class OtherGroup(Exception):
    """The files are not of the group they were given for."""


def tick(hand: job.Hand) -> bool:
    """Take in one waiting upload."""
    return job.work(upload.FILES, _run, hand)


def _run(lease: job.Lease) -> None:
    row = Upload.objects.select_related("into", "workspace").get(pk=lease.key)
    if row.state not in upload.OPEN:
        return
    job.tell(lease, upload.READING)
    upload.move_on(row, upload.READING, now=lease.now())
    chats, refused = read(upload.paths(row), zone=_zone(row))
    try:
        if not chats:
            reason = "not_a_chat"
        else:
            _check(row, chats)
            reason = ""
    except OtherGroup:
        reason = "other_group"
    if reason:
        with transaction.atomic():
            job.hold(lease)
            upload.move_on(row, upload.REFUSED, now=lease.now(), reason=reason, refused=refused)
        upload.discard(row)
        return
    bring(lease, row, chats, refused=refused)
    upload.discard(row)


def read(paths: Sequence[Path], *, zone: str | None) -> tuple[list[Chat], list[dict[str, Any]]]:
    """The histories in the files, and the files that hold none with the reason. One bad file spoils no other."""
    try:
        return intake.read_groups(paths, zone=zone), []
    except NotAChat as error:
        if len(paths) == 1:
            return [], [_why(paths[0], error)]
    chats: list[Chat] = []
    refused = []
    for path in paths:
        try:
            chats += intake.read_groups([path], zone=zone)
        except NotAChat as error:
            refused.append(_why(path, error))
    return chats, refused


def _why(path: Path, error: NotAChat) -> dict[str, Any]:
    values = {name: value[:200] if isinstance(value, str) else value for name, value in error.values.items()}
    return {"name": path.name, "reason": error.reason, "values": values}


def _zone(row: Upload) -> str | None:
    """The zone to read in: the operator's word, else the one in which the group's other files were read."""
    return row.zone or (row.into.read_zone if row.into else "") or None


def _check(row: Upload, chats: list[Chat]) -> None:
    if row.into is None:
        return
    for chat in chats:
        ids = {i for i in (chat.group_id, row.into.network_id) if i}
        known = {chat.network, row.into.network} - {"other"}
        if len(known) > 1 or len(ids) > 1:
            raise OtherGroup


def bring(
    lease: job.Lease, row: Upload, chats: Sequence[Chat], *, refused: Sequence[dict[str, Any]] = ()
) -> list[Group]:
    """Put each history into its group's archive and tables; the upload then waits for the diagnosis."""
    upload.move_on(row, upload.ARCHIVING, now=lease.now())
    found = []
    for number, chat in enumerate(chats):
        job.tell(
            lease,
            upload.ARCHIVING,
            number / len(chats),
            messages=sum(c.rows.height for c in chats),
            group=number + 1,
            groups=len(chats),
        )
        found.append(_take(lease, row, chat))
    with transaction.atomic():
        job.hold(lease)
        upload.move_on(row, upload.DIAGNOSING, now=lease.now(), refused=list(refused))
    return found


def _take(lease: job.Lease, row: Upload, chat: Chat) -> Group:
    group = row.into or match(row, chat) or _new(lease, row, chat)
    chat = reread(chat, group.read_zone or group.zone, group.zone_source)
    if not chat.by_file and not group.facts.get("by_file") and group.name != _name(row, chat):
        chat = replace(chat, notes=tuple(sorted({*chat.notes, intake.NAMES_DIFFER})))
    graded = completeness(chat)
    place = archive_of(row.workspace)
    before = group.rows
    archive.append(place, group.pk.hex, chat.rows, known_as=known_as(group))
    chat = archive.allowed(place, group.pk.hex, chat, known_as=known_as(group))
    with transaction.atomic():
        job.hold(lease)
        if group._state.adding:
            group.save(force_insert=True)
        group = Group.objects.select_for_update().get(pk=group.pk)
        whole = history.chat_of(group, also=chat)
        group = history.take_in(group, whole, now=lease.now())
        over = proving.covered(history.in_zone(chat.rows, group, chat.moments), chat.exported_at, graded)
        if over is not None:
            proving.prove(group, whole.rows, over, now=lease.now())
        taken = Taken(
            upload=row,
            group=group,
            created=lease.now(),
            format=chat.format,
            rows=chat.rows.height,
            added=max(group.rows - before, 0),
            first=history.aware(chat.rows["time"].min()),
            last=history.aware(chat.rows["time"].max()),
            skipped=[[s.line, s.reason, s.file, s.record] for s in chat.skipped[:MOST_SKIPPED]],
            skipped_total=len(chat.skipped),
            notes=list(chat.notes),
            grade=graded.grade,
            gaps=[_plain(gap) for gap in graded.gaps[:MOST_GAPS]],
        )
        if not Taken.objects.filter(upload=row, group=group).exists():
            taken.save(force_insert=True)
            changed(group, "import.take", by=row.by, after={"rows": taken.rows, "new": taken.added}, now=lease.now())
    return group


def _plain(gap: Gap) -> dict[str, Any]:
    """A gap as JSON keeps it."""
    times = {"start": gap.start and gap.start.isoformat(), "end": gap.end and gap.end.isoformat()}
    return {"kind": gap.kind, **times, "missing": gap.missing, "detail": gap.detail}


def match(row: Upload, chat: Chat) -> Group | None:
    """The group of the workspace that this history continues, if there is one."""
    if row.source == upload.EXAMPLE:
        return None
    alike = groups(row.workspace).filter(network=chat.network, simulated=False)
    if chat.group_id:
        same = alike.filter(network_id=chat.group_id).first()
        if same is not None:
            return same
        alike = alike.filter(network_id="")
    guess = None
    mine = Known(chat)
    for group in _candidates(alike, chat):
        likeness = like(Known(history.as_read(group)), mine)
        if likeness == YES:
            return group
        guess = guess or (group if likeness == GUESS else None)
    return guess


def _candidates(alike: QuerySet[Group], chat: Chat) -> list[Group]:
    """Groups of the same name, and those whose people are partly the same, most of them first."""
    spoke = chat.rows.filter(pl.col("sender").is_not_null())["sender"].value_counts(sort=True)
    accounts = spoke["sender"].head(MOST_SPEAKERS).to_list()
    shared = Count("identities", filter=Q(identities__account__in=accounts), distinct=True)
    found = alike.annotate(shared=shared).filter(Q(shared__gt=0) | Q(name=chat.group, name__gt=""))
    return list(found.order_by("-shared", "-last")[:MOST_CANDIDATES])


def _new(lease: job.Lease, row: Upload, chat: Chat) -> Group:
    """A group not yet saved. Its id follows from the upload and the chat: a repeat finds the rows it put there."""
    key = uuid5(row.pk, f"{chat.network}\0{chat.group_id or ''}\0{chat.group}")
    return Group.objects.filter(pk=key).first() or Group(
        id=key,
        workspace=row.workspace,
        created=lease.now(),
        name=_name(row, chat),
        network=chat.network,
        network_id=(chat.group_id or "")[:200],
        zone=chat.zone,
        zone_source=chat.zone_source,
        read_zone=chat.zone,
        simulated=row.source == upload.EXAMPLE,
        facts={"by_file": chat.by_file},
    )


def _name(row: Upload, chat: Chat) -> str:
    name = " ".join(visible(chat.group).split())[:LONGEST_NAME]
    return name or (row.files[0]["name"].rsplit(".", 1)[0] if row.files else chat.network)
