"""Who has not answered a survey: their own links, the one reminder, and names that answered twice."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huoqun.activities import activity, response, survey, survey_link
from huoqun.activities.survey import Survey
from huoqun.base import clock
from huoqun.people.person import Identity
from huoqun.web import sheet
from huoqun.web.gate import Asked

SHOWN = 25
"""People on one page of the list; the file has all."""


def page(request: Asked, row: Survey) -> HttpResponse:
    """Who has not answered, with words and their own link: to be reminded once, by hand."""
    waiting = survey.waiting(row)
    number = request.GET.get("page", "")
    here = max(1, min(int(number) if number.isdigit() else 1, -(-len(waiting) // SHOWN) or 1))
    shown = waiting[(here - 1) * SHOWN : here * SHOWN]
    context = {
        "survey": row,
        "state": row.standing(clock.now()),
        "takes": row.takes(clock.now()),
        "waiting": [{"who": w, "reminded": at, "text": reminder(request, row, w)} for w, at in shown],
        "total": len(waiting),
        "here": here,
        "pages": -(-len(waiting) // SHOWN),
        "rate": activity.rate(row),
        "tab": "asked",
    }
    return render(request, "survey/asked.html", context)


def as_csv(request: Asked, row: Survey) -> HttpResponse:
    """Everybody who has not answered, with their own link and the words to send."""
    head = [_("Group"), _("Name"), _("Account"), _("Link"), _("Words"), _("Reminded (UTC)")]
    rows = [
        [w.group.name, w.name, w.account, link_of(request, row, w), reminder(request, row, w), _iso(at)]
        for w, at in survey.waiting(row)
    ]
    return sheet.file_of([head, *rows], "links", sheet.CSV)


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def remind(request: Asked, row: Survey) -> HttpResponse:
    """Write down that everybody on the list was reminded; a second time it is refused."""
    try:
        done = survey.remind(row, by=request.user, now=clock.now())
    except survey.Reminded:
        messages.warning(
            request, _("They were reminded before. A second reminder annoys more people than it brings back.")
        )
    except activity.Closed:
        messages.warning(request, _("The survey takes no more answers; there is nothing to remind of."))
    else:
        told = ngettext("%(n)d person is marked as reminded.", "%(n)d people are marked as reminded.", len(done))
        messages.success(request, told % {"n": len(done)})
    return redirect("survey_asked", row.pk)


def decide(request: Asked, row: Survey) -> HttpResponse:
    """Which of two answers under one name holds."""
    key, take = request.POST.get("key", ""), request.POST.get("take") == "yes"
    for there in survey.answers(row).filter(participation__flagged=True):
        if response.decide(there, key=key, take=take, by=request.user, now=clock.now()):
            break
    return redirect(reverse("survey", args=[row.pk]) + "#flagged")


def link_of(request: Asked, row: Survey, who: Identity) -> str:
    """Somebody's own link to a survey."""
    return request.build_absolute_uri(reverse("member_survey", args=[survey_link.personal(row, who)]))


def reminder(request: Asked, row: Survey, who: Identity) -> str:
    """The words that remind somebody, with their link."""
    return _("%(name)s, a short survey waits for you: “%(title)s”. Your own link: %(link)s") % {
        "name": who.name,
        "title": row.title,
        "link": link_of(request, row, who),
    }
