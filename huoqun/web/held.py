"""Held back: what the selling guard keeps in a group, with what speaks against it now, and how it is let out. The
content calendar and the send desk show the same."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.people import outbox
from huoqun.people.outbox import Outgoing
from huoqun.people.role import APPROVE_CONTENT
from huoqun.people.staff import groups_for
from huoqun.web import query, word_content
from huoqun.web.gate import Asked

DEEDS = ("release", "no")


def shown(held: Iterable[Outgoing], now: datetime) -> list[dict[str, Any]]:
    """What is held back, with what speaks against it now; where nothing does any more, with the reasons of then."""
    rows = list(held)
    against = outbox.against_selling((row.group for row in rows), now=now)
    found = []
    for row in rows:
        still = [word_content.block({"id": b.id, **b.values}) for b in against[row.group_id]]
        then = [word_content.block(each) for each in row.why.get("blocks", [])]
        found.append({"row": row, "why": still or then, "free": not still})
    return found


def let_out(request: Asked, do: str) -> str:
    """Let out what is held, or not say it; in words what was done. Raises LookupError where there is nothing held or
    the role may not; outbox.NoReason."""
    found = Outgoing.objects.filter(group__in=groups_for(request.staff), pk=query.row(request.POST.get("which", "")))
    row = found.filter(state=outbox.HELD).first()
    if row is None or not request.staff.may(APPROVE_CONTENT):
        raise LookupError
    if do == "no":
        outbox.skip(row, by=request.user, now=clock.now())
        return _("It will not be said.")
    outbox.release(row, why=request.POST.get("why", "").replace("\0", ""), by=request.user, now=clock.now())
    return _("It waits to be sent.")
