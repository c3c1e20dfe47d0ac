"""The pasted card: what a member filled in about themselves in the chat, as a draft that staff take over or decline.

Read with every checkup, kept with its message as the source. What somebody declined is not proposed again.
"""

from collections.abc import Mapping
from datetime import date, datetime

import polars as pl
from django.db import transaction

from huoqun.insight.member_card import cards
from huoqun.people import profile
from huoqun.people.account import Account
from huoqun.people.dealing import DECLINED, DONE, PROPOSED, Dealing, Settled, propose_all, settle
from huoqun.people.group import Group
from huoqun.people.person import Identity
from huoqun.people.workspace import Workspace

KIND = "card"


def propose(group: Group, rows: pl.DataFrame, *, now: datetime) -> None:
    """Keep the cards of a history for people to decide; an older card of somebody that nobody looked at gives way."""
    found = {card.sender: card for card in cards(rows)}
    those = Identity.objects.filter(group=group, account__in=found, bot=False).select_related("person")
    drafts = [
        Dealing(
            workspace_id=group.workspace_id,
            group=group,
            person=identity.person,
            kind=KIND,
            key=_key(group, found[identity.account].key),
            state=PROPOSED,
            words=found[identity.account].text,
            reason={
                "fields": found[identity.account].fields,
                "on": found[identity.account].local.date().isoformat(),
                "name": identity.name,
            },
            changed=now,
            created=now,
        )
        for identity in those
    ]
    with transaction.atomic():
        open_ones = Dealing.objects.filter(group=group, kind=KIND, state=PROPOSED)
        open_ones.exclude(key__in=[d.key for d in drafts]).delete()
        propose_all(drafts)


def _key(group: Group, message: str) -> str:
    return f"{group.pk.hex} {message}"[:200]


def accept(row: Dealing, fields: Mapping[str, str], *, source: str, by: Account, now: datetime) -> None:
    """Take over these fields into the profile, with source and day. Raises Settled, BadSaying."""
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=row.workspace_id)
        if Dealing.objects.get(pk=row.pk).state != PROPOSED:
            raise Settled
        person = row.person.root or row.person
        on = date.fromisoformat(row.reason["on"])
        for field, text in fields.items():
            profile.say(person, "fact", text, field=field, source=source, on=on, by=by, now=now)
        settle(row.group, KIND, row.key, person=row.person, state=DONE, by=by, now=now)


def decline(row: Dealing, *, by: Account, now: datetime) -> None:
    """Not this card, and never again. Raises Settled."""
    settle(row.group, KIND, row.key, person=row.person, state=DECLINED, by=by, now=now)
