"""The left file: one that somebody gave to a start, in a dry run, and that no run was started with. It is kept for a
week, so that whoever was asked away from the form finds it there, and then goes (docs/decisions/316)."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast

from huoqun.people.enclosure import Enclosure
from huoqun.people.outbox import Outgoing
from huoqun.people.picture import Picture
from huoqun.playbooks.run import Run

KEPT = timedelta(days=7)
"""How long a form that is left open may wait; a default."""
AT_ONCE = 50


def sweep(now: datetime) -> None:
    """Let go of what has waited for so long, a few at a time. What a run was started with, or what goes with words,
    stays for as long as these do."""
    for table, field in ((Enclosure, "enclosure"), (Picture, "picture")):
        used = Exists(Outgoing.objects.filter(**{field: OuterRef("pk")}))
        old = table._default_manager.filter(~used, for_start=True, created__lt=now - KEPT)
        rows = list(old.order_by("created").values_list("pk", "workspace")[:AT_ONCE])
        if not rows:
            continue
        kept = {key for key, workspace in rows if _named(key, workspace)}
        those = table._default_manager.filter(pk__in=[key for key, _workspace in rows])
        those.filter(pk__in=kept).update(for_start=False)  # of a run: it is not asked for again
        those.exclude(pk__in=kept).filter(~used).delete()


def _named(key: UUID, workspace: UUID) -> bool:
    """A run of the workspace was started with it."""
    told = Run.objects.filter(workspace=workspace).annotate(told=Cast("values", TextField()))
    return told.filter(Q(told__contains=key.hex) | Q(told__contains=str(key))).exists()
