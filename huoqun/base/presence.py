"""Presence: which workers are alive, so that a page can say when none is instead of turning a wheel for ever."""

from datetime import datetime, timedelta

from django.db.models import CharField, DateTimeField

from huoqun.base.table import Table

EVERY = timedelta(seconds=5)
"""How often a worker says that it is there."""
MISSED = timedelta(seconds=20)
"""A worker not seen for this long is taken for dead."""


class Presence(Table):
    """A worker process and when it was last seen."""

    name = CharField(max_length=120, unique=True)
    seen = DateTimeField()


def appear(name: str, *, now: datetime) -> None:
    """The worker is there."""
    Presence.objects.bulk_create(
        [Presence(name=name, seen=now, created=now)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["seen"],
    )


def depart(name: str) -> None:
    """The worker has ended."""
    Presence.objects.filter(name=name).delete()


def sweep(now: datetime) -> None:
    """Forget workers that have been gone for a day."""
    Presence.objects.filter(seen__lt=now - timedelta(days=1)).delete()


def last_seen() -> datetime | None:
    """When any worker was last seen."""
    return Presence.objects.order_by("-seen").values_list("seen", flat=True).first()


def anybody(now: datetime) -> bool:
    """Whether a worker is alive."""
    seen = last_seen()
    return seen is not None and now - seen < MISSED
