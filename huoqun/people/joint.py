"""The joint deeds (共同经历): what members did together in activities, as evidence of ties.

A deed of an activity that names others (`evidence["with"]`: ids of persons) connects its person with them, by what it
was. It reaches the diagnosis over the card (`insight/card`), and changes its `state_hash` when the group is told.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction

from huoqun.base.clock import naive_utc
from huoqun.insight.card import Shared
from huoqun.people.deed import Deed
from huoqun.people.group import Group, refresh
from huoqun.people.person import Identity

WEIGHT = {"met": 3.0, "endorse": 2.0, "mates": 1.5, "contact": 1.5, "bought_contact": 0.3, "ask": 1.0, "comment": 0.5}
"""Fresh weight of a deed in replies, by its verb. To have met in person is worth most; contacts that came with a gift
weigh a fifth (handbook chapter 5: 20 new contacts after a good spotlight, 60 after one that gave away shoes). Ours."""


def shared(group: Group) -> tuple[Shared, ...]:
    """What the members of a group did together, oldest first."""
    rows = [row for row in _deeds(group) if row.evidence.get("with")]
    ids = {key for row in rows for key in _persons(row)} | {row.person_id for row in rows}
    found = Identity.objects.filter(group=group, person__in=ids).order_by("created", "pk")
    account = dict(found.values_list("person", "account"))
    return tuple(
        Shared(account[row.person_id], account[other], naive_utc(row.at), WEIGHT[_verb(row)])
        for row in rows
        for other in _persons(row)
        if row.person_id in account and other in account and other != row.person_id
    )


def tell(group: UUID, *, now: datetime) -> None:
    """Let a group hear of what its members did together since; a fresh diagnosis follows where that is new."""
    with transaction.atomic():
        row = Group.objects.select_for_update(no_key=True).filter(pk=group).first()
        if row is None:
            return
        told = _mark([deed for deed in _deeds(row) if deed.at <= now])
        if told != row.heard.get("shared", ""):
            row.heard = row.heard | {"shared": told}
            row.save(update_fields=["heard"])
            refresh(row)


def _deeds(group: Group) -> list[Deed]:
    kinds = Deed.objects.filter(group=group).order_by().values_list("kind", flat=True).distinct()
    wanted = [kind for kind in kinds if kind.partition(".")[2] in WEIGHT]
    rows = Deed.objects.filter(group=group, kind__in=wanted).order_by("at", "created", "pk")
    return [row for row in rows if row.evidence.get("activity")]


def _mark(rows: list[Deed]) -> str:
    """What these deeds are, short: another one where one came, went, or is weighed as something else; "" for none."""
    lines = "\n".join(f"{row.pk.hex} {row.kind}" for row in rows)
    return hashlib.sha256(lines.encode()).hexdigest()[:16] if rows else ""


def _verb(row: Deed) -> str:
    return row.kind.partition(".")[2]


def _persons(row: Deed) -> Iterator[UUID]:
    """The others a deed names; who was erased is not there."""
    for text in row.evidence.get("with", ()):
        try:
            yield UUID(text)
        except ValueError:
            continue
