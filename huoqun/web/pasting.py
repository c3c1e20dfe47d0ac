"""Cards from the chat: drafts of profiles with the message they come from; taking them over field by field."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.people import pasted
from huoqun.people.dealing import PROPOSED, dealings
from huoqun.people.group import Group
from huoqun.people.profile import FIELDS
from huoqun.web import spoken
from huoqun.web.dealing import NobodyMeant, dealing, done, paged, shown
from huoqun.web.gate import Asked


def page(request: Asked, group: Group) -> HttpResponse:
    """The drafts; accepting or declining one."""
    if request.method == "POST":
        return done(request, group, "cards", lambda: _do(request, group))
    found = paged(request, dealings(group, pasted.KIND).filter(state=PROPOSED).order_by("created", "pk"))
    drafts = [(row, (row.person.root or row.person).pk) for row in found.rows]
    return shown(request, group, "cards", page=found, drafts=drafts)


def _do(request: Asked, group: Group) -> str:
    """One draft decided. Raises NobodyMeant, Settled, BadSaying."""
    row = dealing(request, group, pasted.KIND)
    values: dict[str, Any] = {"by": request.user, "now": clock.now()}
    if request.POST.get("do") == "refuse":
        pasted.decline(row, **values)
        return _("Put aside for good.")
    chosen = [f for f in request.POST.getlist("take") if f in FIELDS]
    fields = {f: request.POST.get(f"value-{f}", "") for f in chosen}
    if request.POST.get("do") != "accept" or not fields:
        raise NobodyMeant
    pasted.accept(row, fields, source=spoken.source_of_card(group), **values)
    return _("Taken over into the profile.")
