"""The herald: puts words of an activity into the outbox of each of its groups, in the workspace's language."""

from collections.abc import Callable
from datetime import datetime

from django.utils import translation

from huoqun.activities.activity import Activity
from huoqun.people import outbox
from huoqun.people.group import Group


def tell_groups(
    activity: Activity,
    what: str,
    words: str | Callable[[Group], str],
    *,
    key: str = "",
    due: datetime | None = None,
    now: datetime,
) -> None:
    """Say something in each group of an activity, once per `what` and `key`. `words`: a text, or what gives one for a
    group and is asked with the language set; `outbox.LINK` in them becomes the address of the group's door. `due`: not
    before."""
    with translation.override(activity.workspace.language):
        for group in activity.groups.filter(removed=None):
            outbox.say(
                group,
                words if isinstance(words, str) else words(group),
                what=f"{activity.kind}.{what}",
                key=f"{activity.pk.hex} {what} {key}".strip(),
                source=activity.source,
                due=due,
                now=now,
            )
