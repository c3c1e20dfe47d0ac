"""The exhibit (展品): one work of a member that everybody may see, because both staff and the member said so.

Staff hang it, the member says yes, with their name or without; each can undo their half at any time. What is handed in
anew is another work and asks again. A no to being quoted, named or shown that a member said later, anywhere, counts
here too, and who has left the group cannot take anything back and is therefore not shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from huoqun.activities import attendance
from huoqun.activities.activity import Activity
from huoqun.activities.contribution import Contribution
from huoqun.activities.kind import Exhibit, Refused
from huoqun.activities.kinds import KINDS
from huoqun.people import audit, consent
from huoqun.people.account import Account
from huoqun.people.membership import gone
from huoqun.people.person import Identity, ones

NAMED, NAMELESS, NO = "named", "nameless", "no"
ANSWERS = (NAMED, NAMELESS, NO)


@dataclass(frozen=True)
class Work:
    """A work as staff and its member see it: `hung` by staff; `said` by the member, "" before they said anything."""

    row: Contribution
    hung: bool
    said: str

    @property
    def public(self) -> bool:
        """Both halves are there."""
        return self.hung and self.said in {NAMED, NAMELESS}

    @property
    def asked(self) -> bool:
        """Staff have hung it, and its member has not said anything."""
        return self.hung and not self.said


# -- reads


def has_works(activity: Activity) -> bool:
    """Whether members hand in works in activities of its kind."""
    return KINDS[activity.kind].works is not None


def works(activity: Activity) -> list[Work]:
    """Every work of an activity that could be shown, in the order of its kind."""
    find = KINDS[activity.kind].works
    return [_work(row) for row in find(activity)] if find else []


def mine(who: Identity) -> list[Work]:
    """A member's own works that staff have hung, or that they agreed to show, the newest first."""
    rows = Contribution.objects.filter(person__in=ones(who.person), values__has_key="exhibit")
    rows = rows.filter(activity__removed=None, activity__groups=who.group_id)
    found = rows.select_related("activity", "identity__group", "person").order_by("-at", "-pk")[:100]
    told = [w for row in found if (w := _work(row)).hung or w.said]
    current = {each.row.pk for activity in {w.row.activity for w in told} for each in works(activity)}
    return [w for w in told if w.row.pk in current]


def exhibits(activity: Activity) -> list[Exhibit]:
    """What everybody may see of it now: works whose two halves are there, and what its kind shows by a rule of its
    own."""
    if (own := KINDS[activity.kind].exhibits) is not None:
        return own(activity)
    shown = [w for w in works(activity) if w.public]
    left = set(Identity.objects.filter(gone(), pk__in=[w.row.identity_id for w in shown]).values_list("pk", flat=True))
    found = (_exhibit(w) for w in shown if w.row.identity_id not in left)
    return [each for each in found if each is not None]


# -- writes


def hang(activity: Activity, which: UUID, *, hung: bool, by: Account, now: datetime) -> None:
    """Staff hang a work, or take it down. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        work = next((w for w in works(held) if w.row.pk == which), None)
        if work is None:
            raise Refused("exhibit_gone")
        if work.hung == hung:
            return
        _write(work.row, hung=now.isoformat() if hung else "")
        if hung:
            attendance.tell(held, work.row.identity, "hung", at=now, key=work.row.pk.hex, by=by, now=now)
        what = "activity.hang" if hung else "activity.take_down"
        told = {"name": work.row.identity.name}
        audit.note(held.workspace, what, by=by, on=held.pk, title=held.title, after=told, now=now)


def answer(who: Identity, which: UUID, said: str, *, now: datetime) -> None:
    """A member says whether everybody may see a work of theirs: one of `ANSWERS`. Raises Refused."""
    if said not in ANSWERS:
        raise Refused("unknown")
    rows = Contribution.objects.filter(pk=which, person__in=ones(who.person), activity__groups=who.group_id)
    row = rows.select_related("activity").first()
    if row is None or row.activity.removed is not None:
        raise Refused("exhibit_gone")
    with transaction.atomic():
        held = attendance.locked(row.activity)
        work = next((w for w in works(held) if w.row.pk == which), None)
        if work is None:
            raise Refused("exhibit_gone")
        _write(work.row, said=said, at=now.isoformat())


def _work(row: Contribution) -> Work:
    told = row.values.get("exhibit") or {}
    return Work(row, bool(told.get("hung")), str(told.get("said", "")))


def _write(row: Contribution, **fresh: str) -> None:
    row.values = row.values | {"exhibit": (row.values.get("exhibit") or {}) | fresh}
    row.save(update_fields=["values"])


def _exhibit(work: Work) -> Exhibit | None:
    """The work as its member agreed to show it; None where they have said no to being quoted since."""
    row, since = work.row, datetime.fromisoformat(work.row.values["exhibit"]["at"])
    newest = consent.newest(row.person)
    later = {what for what, c in newest.items() if not c.given and c.created > since}
    if consent.QUOTE in later:
        return None
    name = row.identity.name if work.said == NAMED and consent.NAME not in later else ""
    picture = row.picture_id if consent.PHOTO not in later else None
    link = str(row.values.get("link") or "") if row.values.get("public") else ""
    if not (row.text or picture or link):
        return None
    return Exhibit(row.pk, name, row.text, picture, link, row.at)


def pictures(those: Iterable[Exhibit]) -> dict[UUID, UUID]:
    """By exhibit the picture that it shows."""
    return {each.id: each.picture for each in those if each.picture is not None}
