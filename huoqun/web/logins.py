"""Logins of members, for staff: names that somebody said after logging in wait here for a yes or a no, which can be
taken back."""

from collections import Counter

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.people import login
from huoqun.people.login import Login
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import outside, query
from huoqun.web.dealing import paged
from huoqun.web.gate import Asked

LATELY = 30
"""Decisions shown."""


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """Who waits, what was decided lately; a decision."""
    if request.method == "POST":
        _decide(request)
        return redirect("logins", workspace.slug)
    groups = groups_for(request.staff)
    listed = paged(request, login.awaited(groups))
    twice = Counter(row.identity_id for row in listed.rows)
    known = login.known(set(twice)) | {who for who, n in twice.items() if n > 1}
    context = {
        "page": listed,
        "rows": [(row, outside.name_of(row.issuer), row.identity_id in known) for row in listed.rows],
        "decided": [(row, outside.name_of(row.issuer)) for row in login.decided(groups)[:LATELY]],
        "ways": [outside.called(each) for each in settings.MEMBER_ISSUERS],
    }
    return render(request, "activity/logins.html", context)


def _decide(request: Asked) -> None:
    """One decision, told on the next page."""
    rows = Login.objects.filter(group__in=groups_for(request.staff), group__removed=None).exclude(identity=None)
    row = rows.filter(pk=query.row(request.POST.get("which", ""))).select_related("identity__person", "group").first()
    deeds = {"confirm": login.confirm, "decline": login.decline, "take_back": login.take_back}
    deed = deeds.get(request.POST.get("do", ""))
    if row is None or deed is None:
        messages.warning(request, _("It is not there any more, or was decided otherwise."))
        return
    try:
        done = deed(row, by=request.user, now=clock.now())
    except login.Another:
        messages.warning(request, _("This login is another member of the group already. Take that back first."))
    except login.Unknown:
        messages.warning(request, _("It is not there any more, or was decided otherwise."))
    else:
        words = {
            login.BOUND: _("%(name)s logs in from now on."),
            login.DECLINED: _("That was not %(name)s. No name is believed from this login again."),
            login.WAITING: _("It waits again. What the login of %(name)s opened is shut."),
        }
        assert done.identity is not None
        messages.success(request, words[done.state] % {"name": done.identity.name})
