"""By hand (人工): how people say what waits in the outbox where no machine may: they take a card, copy it, say it, tick
it off. A card that one has taken the others leave alone, so that nobody says it twice.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.outbox import LONGEST, SENT, SKIPPED, WAITING, Outgoing, not_quiet, to_send
from huoqun.people.staff import Staff, groups_for
from huoqun.people.witness import MISSING, VOUCHED

IN_HAND = timedelta(minutes=10)
"""So long a card is of who took it: time to open the group, paste and come back; a default."""
UNDONE = timedelta(days=2)
"""So far back what was done is listed, to be brought back."""


class TakenByAnother(Exception):
    """Somebody else is saying it just now, or has said it. `row`: the card as it stands."""

    def __init__(self, row: Outgoing) -> None:
        super().__init__(str(row.pk))
        self.row = row


# -- reads


def desk(staff: Staff, *, now: datetime) -> QuerySet[Outgoing]:
    """What a member of staff can say now, what is due first."""
    return to_send(staff.workspace, now=now).filter(group__in=groups_for(staff)).select_related("taken")


def ahead(staff: Staff, *, now: datetime) -> QuerySet[Outgoing]:
    """What waits for its time."""
    found = _of(staff).filter(state=WAITING, due__gt=now)
    return found.select_related("group", "picture").order_by("due", "created", "pk")


def past(staff: Staff, *, now: datetime) -> QuerySet[Outgoing]:
    """What was said or skipped lately, the last first."""
    found = _of(staff).filter(at__gt=now - UNDONE, state__in=(SENT, SKIPPED))
    return found.select_related("group", "picture", "by", "speaker").order_by("-at", "pk")


def not_found(staff: Staff) -> QuerySet[Outgoing]:
    """What was ticked off and does not stand in an import that misses nothing of that time."""
    return _of(staff).filter(witness=MISSING).select_related("group", "picture", "by").order_by("-at", "pk")


def holder(row: Outgoing, *, now: datetime) -> Account | None:
    """Who is saying it just now."""
    return row.taken if row.taken_at and row.taken_at > now - IN_HAND else None


def _of(staff: Staff) -> QuerySet[Outgoing]:
    return Outgoing.objects.filter(workspace=staff.workspace, group__in=groups_for(staff))


# -- writes


def take(row: Outgoing, *, by: Account, anyway: bool = False, now: datetime) -> Outgoing:
    """It is copied and about to be said. Raises TakenByAnother where another has it (unless `anyway`), or where it is
    said already."""
    with transaction.atomic():
        fresh = _held(row)
        held = holder(fresh, now=now)
        if fresh.state != WAITING or (held is not None and held != by and not anyway):
            raise TakenByAnother(fresh)
        fresh.taken, fresh.taken_at, fresh.copied = by, now, now
        fresh.save(update_fields=["taken", "taken_at", "copied"])
    return fresh


def let_go(row: Outgoing, *, by: Account) -> None:
    """Whoever has taken it leaves it to the others."""
    Outgoing.objects.filter(pk=row.pk, taken=by).update(taken=None, taken_at=None)


def reword(row: Outgoing, text: str, *, by: Account, now: datetime) -> Outgoing:
    """Other words for this once; "" gives the planned ones back."""
    with transaction.atomic():
        fresh = _held(row)
        text = text.replace("\0", "").replace("\r\n", "\n").strip()[:LONGEST]
        text = "" if text == fresh.text else text
        if text != fresh.said:
            before, fresh.said = fresh.words, text
            fresh.save(update_fields=["said"])
            _note(fresh, "outbox.reword", by, now, {"text": before[:200]}, {"text": fresh.words[:200]})
    return fresh


def put_off(row: Outgoing, until: datetime, *, by: Account, now: datetime) -> Outgoing:
    """Not before then (nor in the quiet hours it lies in); nothing where it is said already."""
    with transaction.atomic():
        fresh = _held(row)
        if fresh.state == WAITING:
            before, fresh.due = fresh.due, not_quiet(max(until, now), fresh.group.zone)
            fresh.taken, fresh.taken_at = None, None
            fresh.save(update_fields=["due", "taken", "taken_at"])
            _note(fresh, "outbox.later", by, now, {"due": before.isoformat()}, {"due": fresh.due.isoformat()})
    return fresh


def vouch(row: Outgoing, *, by: Account, now: datetime) -> None:
    """Somebody says it was said, though the import does not show it."""
    if Outgoing.objects.filter(pk=row.pk, witness=MISSING, state=SENT).update(witness=VOUCHED):
        _note(row, "outbox.vouch", by, now, {}, {})


def _held(row: Outgoing) -> Outgoing:
    return Outgoing.objects.select_for_update(of=("self",)).select_related("group__workspace", "taken").get(pk=row.pk)


def _note(row: Outgoing, what: str, by: Account, now: datetime, before: dict[str, str], after: dict[str, str]) -> None:
    group: Group = row.group
    told = {"before": before, "after": after}
    audit.note(group.workspace, what, by=by, on=row.group_id, title=group.name, now=now, **told)
