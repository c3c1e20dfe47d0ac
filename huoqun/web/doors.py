"""The doors: the address of an activity for a whole group, as its pages, posters and announcements say it."""

from datetime import datetime

from django.urls import reverse

from huoqun.activities.activity import Activity
from huoqun.people import code
from huoqun.people.group import Group


def address(activity: Activity, group: Group, *, now: datetime) -> str:
    """The path of the door; it holds as long as a member's link after the activity is over."""
    ends = (activity.closes or activity.starts or now) + code.VALID
    return reverse("member_door", args=[code.door(activity.pk, group, ends=ends)])
