"""The showcase (展示页): a page about an activity, or about all shown activities of a group, that everybody may see.

There is none until staff open one. Its address cannot be guessed unless they choose one; search engines are kept out
unless they say otherwise. It shows words of staff, how many took part, and the exhibits (`activities/exhibit`), never
a list of members. Closed, or its activity or group removed, the address says that nothing is there.
"""

import re
import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    BooleanField,
    CharField,
    CheckConstraint,
    ForeignKey,
    OneToOneField,
    Q,
    TextField,
)

from huoqun.activities.activity import DRAFT, SETTLED, Activity, groups_of
from huoqun.activities.contribution import words
from huoqun.activities.kind import Refused
from huoqun.activities.kinds import KINDS
from huoqun.base.table import Table
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.display import visible
from huoqun.people.group import Group
from huoqun.people.workspace import Workspace

LONGEST_TITLE, LONGEST_TEXT, LONGEST_ADDRESS = 80, 1000, 40
CHOSEN = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,38}[a-z0-9])")
"""An address that staff choose: three signs or more."""


class Showcase(Table):
    """A page for everybody about an activity, or else about a group."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="showcases")
    activity = OneToOneField(Activity, CASCADE, null=True, related_name="showcase")
    group = OneToOneField(Group, CASCADE, null=True, related_name="showcase")
    address = CharField(max_length=LONGEST_ADDRESS, unique=True)
    chosen = BooleanField(default=False)
    """Staff chose the address; else it cannot be guessed."""
    open = BooleanField(default=False)
    listed = BooleanField(default=False)
    """Search engines may list it."""
    title = CharField(max_length=LONGEST_TITLE, default="")
    """What stands above; "": the title of the activity. A group's own name is not shown to strangers by itself."""
    text = TextField(default="")
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")

    class Meta(Table.Meta):
        constraints = [
            CheckConstraint(
                condition=Q(activity=None, group__isnull=False) | Q(activity__isnull=False, group=None),
                name="showcase_of_one",
            )
        ]


# -- reads


def of(about: Activity | Group) -> Showcase | None:
    """The page about an activity or a group, open or not."""
    found = (
        Showcase.objects.filter(activity=about) if isinstance(about, Activity) else Showcase.objects.filter(group=about)
    )
    return found.first()


def at(address: str) -> Showcase | None:
    """The page at an address, where it may be seen."""
    row = Showcase.objects.filter(address=address, open=True).select_related("activity__workspace", "group").first()
    if row is None:
        return None
    if row.activity is not None:
        return row if row.activity.removed is None and groups_of(row.activity) else None
    return row if row.group is not None and row.group.removed is None else None


def in_group(group: Group) -> list[Showcase]:
    """The open pages about activities of a group, the newest activity first."""
    rows = Showcase.objects.filter(open=True, activity__groups=group, activity__removed=None)
    return list(rows.select_related("activity").order_by("-activity__created", "-pk")[:100])


def ready(activity: Activity) -> bool:
    """Whether there can be something to show: what shows nothing of members has to be settled first."""
    kind = KINDS[activity.kind]
    shows = kind.works is not None or kind.exhibits is not None
    return activity.state == SETTLED or (shows and activity.state != DRAFT)


# -- writes


def keep(
    about: Activity | Group,
    *,
    open_: bool,
    title: str = "",
    text: str = "",
    address: str = "",
    listed: bool = False,
    by: Account,
    now: datetime,
) -> Showcase:
    """Open or close the page, and say what stands on it. `address`: one that staff choose; "": one that cannot be
    guessed, which stays the same until another is chosen. Raises Refused."""
    address = address.strip().lower()
    if address and not CHOSEN.fullmatch(address):
        raise Refused("showcase_address")
    activity = about if isinstance(about, Activity) else None
    group = about if isinstance(about, Group) else None
    if open_ and activity is not None and not ready(activity):
        raise Refused("showcase_settled")
    title = " ".join(visible(title).split())[:LONGEST_TITLE]
    if open_ and group is not None and not title:
        raise Refused("showcase_title")
    try:
        with transaction.atomic():
            there = Showcase.objects.select_for_update().filter(activity=activity, group=group).first()
            row = there or Showcase(workspace=about.workspace, activity=activity, group=group, created=now)
            before = _told(there) if there else {}
            if address or row.chosen or not row.address:
                row.address, row.chosen = address or secrets.token_urlsafe(12), bool(address)
            row.open, row.listed, row.by = open_, listed and bool(address), by
            row.title, row.text = title, words(text)[:LONGEST_TEXT]
            row.save()
            note = {"before": before, "after": _told(row)}
            audit.note(about.workspace, "showcase.keep", by=by, on=about.pk, title=_called(about), now=now, **note)
    except IntegrityError as error:
        raise Refused("showcase_taken") from error
    return row


def _told(row: Showcase) -> dict[str, object]:
    return {"open": row.open, "title": row.title, "text": row.text, "chosen": row.chosen, "listed": row.listed}


def _called(about: Activity | Group) -> str:
    return about.title if isinstance(about, Activity) else about.name
