"""The herald: puts words of an activity into the outbox of each of its groups, in the workspace's language."""

from collections.abc import Callable
from datetime import datetime

from django.utils import translation

from huoqun.activities.activity import Activity
from huoqun.people import outbox
from huoqun.people.group import Group


def tell_groups(activity: Activity, what: str, words: Callable[[Group], str], *, key: str = "", now: datetime) -> None:
    """Say something in each group of an activity, once per `what` and `key`. `words` are asked for with the language
    set; `outbox.LINK` in them becomes the address of the group's door."""
    with translation.override(activity.workspace.language):
        for group in activity.groups.filter(removed=None):
            named = f"{activity.pk.hex} {what} {key}".strip()
            outbox.say(group, words(group), what=f"{activity.kind}.{what}", key=named, source=activity.source, now=now)
