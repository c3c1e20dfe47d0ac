"""The contact of a spotlight (新联系人): the tie between a guest and whom they got to know, as it is weighed now.

Who was brought by a red packet or a gift is tied more weakly (`people/joint`). Whether that was so is often heard only
afterwards: the tie that was written then changes with it, on both timelines and in the diagnosis.
"""

from datetime import datetime

from django.db import transaction

from huoqun.activities import attendance
from huoqun.activities.activity import CLOSED, SETTLED, Activity
from huoqun.activities.contribution import Contribution, contributions
from huoqun.activities.kind import Refused, Said
from huoqun.activities.spotlight_part import Candidate
from huoqun.people import deed, joint
from huoqun.people.account import Account

CONTACT = "contact"
FREE, BOUGHT = "contact", "bought_contact"
"""The deeds of both sides, by whether a gift brought them together."""


def of(one: Candidate) -> list[Contribution]:
    """Whom a guest got to know, the first first."""
    return list(contributions(one.row.activity, CONTACT).filter(of=one.row).order_by("at", "pk"))


def tie(held: Activity, row: Contribution, *, at: datetime, now: datetime) -> None:
    """Write the tie of a contact to both sides, or make what was written into what it is weighed as now. Call it under
    the activity's lock."""
    assert row.of is not None
    guest, other = row.of.identity, row.identity
    bought = bool(row.values.get("gift"))
    verb, was = (BOUGHT, FREE) if bought else (FREE, BOUGHT)
    kinds, both = (f"{held.kind}.{was}", f"{held.kind}.{verb}"), (guest.person_id, other.person_id)
    if not deed.turn_into(*kinds, of=both, key=attendance.key_of(held, row.key)):
        attendance.tell_together(held, [guest, other], verb, key=row.key, at=at, now=now)
    if held.state in {CLOSED, SETTLED}:
        joint.tell(guest.group_id, now=now)


def weigh(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Whether a contact was bought with a gift: `contact`, `gift`. The tie changes with it. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        rows = contributions(held, CONTACT).select_related("identity__group", "of__identity__group")
        row = rows.filter(pk=said.key("contact")).first()
        if row is None or row.of is None:
            raise Refused("unknown")
        row.values = row.values | {"gift": bool(said.text("gift"))}
        row.save(update_fields=["values"])
        tie(held, row, at=row.at, now=now)
    return "spotlight_weighed"
