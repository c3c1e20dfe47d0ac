"""Deciding by hand that two persons are one: looked for by name, shown side by side; and taking it back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.people import census, dossier, merge, sign
from huoqun.people.person import Person, root_of
from huoqun.people.staff import groups_for
from huoqun.web import scope
from huoqun.web.gate import Asked
from huoqun.web.person import name_of

FOUND = 30
"""Persons a search shows."""


def page(request: Asked, person: Person) -> HttpResponse:
    """Look for whom a person is the same as; both side by side; decide."""
    person = root_of(person)
    if request.method == "POST":
        return _decide(request, person)
    groups = groups_for(request.staff)
    sought = " ".join(request.GET.get("q", "").replace("\0", "").split())[:100]
    rows = census.ordered(census.humans(groups, search=sought), "last")[: FOUND + 1] if sought else []
    found = [human for human in census.filled(rows, request.staff) if human.id != person.pk][:FOUND]
    mine = dossier.presences(person, groups)
    context = {"person": person, "name": name_of(mine), "sought": sought, "found": found}
    other = _other(request, request.GET.get("with", ""), person)
    if other is not None:
        theirs = dossier.presences(other, groups)
        context |= {
            "other": other,
            "sides": [(person, name_of(mine), mine), (other, name_of(theirs), theirs)],
            "signs": sign.signs(mine, theirs),
        }
    return render(request, "people/is.html", context)


def _decide(request: Asked, person: Person) -> HttpResponse:
    """One decision; who is not there for this member of staff, or is decided already, changes nothing."""
    other = _other(request, request.POST.get("with", ""), person)
    if other is None:
        messages.warning(request, _("Nothing was done: that person is not there, or they are one already."))
        return redirect("person", person.pk)
    groups = groups_for(request.staff)
    signs = sign.signs(dossier.presences(person, groups), dossier.presences(other, groups))
    shared = ", ".join(s.shared for s in signs if s.speaks_for)[:300]
    try:
        merge.merge(person, other, reason="hand", evidence={"shared": shared}, by=request.user, now=clock.now())
        messages.success(request, _("They are one person now. This page can take them apart again."))
    except merge.Leaving:
        messages.warning(request, _("One of the two is being erased. Nothing was done."))
    except merge.Impossible:
        messages.warning(request, _("They are one already."))
    return redirect("person", person.pk)


def _other(request: Asked, key: str, person: Person) -> Person | None:
    """Another human whom this member of staff may see."""
    try:
        found = scope.PERSON.of(request.staff).select_related("root").filter(pk=UUID(key)).first()
    except ValueError:
        return None
    return root_of(found) if found is not None and root_of(found).pk != person.pk else None


def unmerge(request: Asked, person: Person, which: UUID) -> HttpResponse:
    """Taking a person apart again as they were before a decision."""
    row = merge.merges(person).filter(pk=which).first()
    if row is None:
        raise Http404
    merge.unmerge(row, by=request.user, now=clock.now())
    messages.success(request, _("They are two persons again."))
    return redirect("person", row.kept_id)
