"""The words a kind says in its groups of itself, once per key: into the outbox, as those of the life that all share."""

from datetime import datetime

from huoqun.activities.activity import Activity
from huoqun.people import outbox
from huoqun.people.picture import Picture


def say(
    activity: Activity,
    what: str,
    text: str,
    *,
    key: str = "",
    picture: Picture | None = None,
    due: datetime | None = None,
    now: datetime,
) -> None:
    """Put words (and a picture) into the outbox of each of its groups; `outbox.LINK` in them becomes its address."""
    for group in activity.groups.filter(removed=None):
        outbox.say(
            group,
            text,
            what=f"{activity.kind}.{what}",
            key=f"{activity.pk.hex} {what} {key}".strip(),
            source=activity.source,
            picture=picture,
            due=due,
            now=now,
        )
