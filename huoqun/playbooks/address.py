"""The address: where members find what a run invites them to. The worker makes it without loading a single page; that
these are the addresses of `huoqun/urls.py` is what tests/test_attached.py holds together."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from huoqun.activities.activity import Activity
from huoqun.people import code
from huoqun.people.group import Group
from huoqun.people.person import Identity


def own(who: Identity, activity: UUID | None, *, now: datetime) -> str:
    """A member's own page, or that of an activity on it. Without `HUOQUN_ADDRESS` it begins with a slash."""
    place = f"{settings.ADDRESS}/m/{code.personal(who, now=now)}/"
    return f"{place}{activity}/" if activity else place


def door(row: Activity, group: Group, *, now: datetime) -> str:
    """The door of an activity for a whole group."""
    ends = (row.closes or row.starts or now) + code.VALID
    return f"{settings.ADDRESS}/d/{code.door(row.pk, group, ends=ends)}"
