"""The hearing: what members told of their group by survey: who knows whom, and how many answered at all.

Whom somebody knows is a deed, and the newest one of each person and survey counts. How many answered is kept with the
group. Both reach the diagnosis over the card (`insight/card`), and change its `state_hash` when the group is heard.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from huoqun.base.clock import naive_utc
from huoqun.chat.redact import REDACTED
from huoqun.insight.card import Acquaintance
from huoqun.people import deed
from huoqun.people.deed import Deed
from huoqun.people.group import Group, refresh
from huoqun.people.person import Identity

KNOWS = "person.knows"


def tell(who: Identity, known: Iterable[Identity], *, origin: str, title: str, now: datetime) -> None:
    """Somebody said by survey whom of their group they know: all of them, in place of what they said there before."""
    deed.write(
        who.person,
        KNOWS,
        at=now,
        group=who.group,
        key=f"{origin} {now.isoformat()}",
        values={"title": title},
        evidence={
            "origin": origin,
            "account": who.account,
            "known": sorted(i.account for i in known if i.group_id == who.group_id and i.pk != who.pk),
        },
        now=now,
    )


def told_of(group: Group) -> list[Deed]:
    """The newest word of each account and survey on whom they know. Of whoever was erased an empty deed is left."""
    newest: dict[tuple[Any, ...], Deed] = {}
    for row in deed.deeds_in(group, KNOWS):
        if row.evidence:
            newest[row.evidence["account"], row.evidence["origin"]] = row
    return list(newest.values())


def acquaintances(group: Group) -> tuple[Acquaintance, ...]:
    """Who said that they know whom, by account, oldest first."""
    return tuple(
        Acquaintance(row.evidence["account"], other, naive_utc(row.at))
        for row in told_of(group)
        for other in row.evidence["known"]
        if other != REDACTED
    )


def asked_whom(group: Group) -> frozenset[str]:
    """The accounts that said whom they know, even if nobody."""
    return frozenset(row.evidence["account"] for row in told_of(group))


def hear(group: UUID, response: tuple[int, int] | None, *, at: datetime) -> None:
    """Keep with a group how many of those asked have answered its newest survey (None: it is not over yet), and up to
    which word on acquaintances was heard; a fresh diagnosis follows where that is new."""
    with transaction.atomic():
        row = Group.objects.select_for_update().filter(pk=group).first()
        if row is None:
            return
        latest = deed.deeds_in(row, KNOWS).last()
        told: dict[str, object] = dict(row.heard)
        if response and str(told.get("at", "")) <= at.isoformat():
            told |= {"answered": response[0], "asked": response[1], "at": at.isoformat()}
        told["knows"] = latest.key if latest else ""
        if told != row.heard:
            row.heard = told
            row.save(update_fields=["heard"])
            refresh(row)
