"""The showcase on its pages: for everybody (page, pictures, poster), for staff who open it and choose works, for the
members whose works these are."""

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huoqun.activities import attendance, exhibit
from huoqun.activities import showcase as cases
from huoqun.activities.activity import IN, SETTLED, Activity
from huoqun.activities.kind import Exhibit, Refused
from huoqun.activities.showcase import Showcase
from huoqun.base import clock
from huoqun.base.poster import Poster, draw
from huoqun.people.group import Group
from huoqun.people.picture import Picture
from huoqun.web import pace, query, word
from huoqun.web.gate import Asked
from huoqun.web.member_door import bearer, quiet, told
from huoqun.web.said import why

SHOWN = 100
"""Works on a page, the newest or best first, as their kind has them."""
WITHIN = timedelta(minutes=10)
MOST_POSTERS = 60

# -- for everybody


def page(request: HttpRequest, address: str) -> HttpResponse:
    """What everybody may see of an activity, or of a group."""
    row = cases.at(address)
    if row is None:
        return told(request, "removed", 410)
    context = _told(row) | {"address": request.build_absolute_uri(request.path)}
    return _seen(render(request, "member/showcase.html", context), row)


def picture(request: HttpRequest, address: str, which: UUID) -> HttpResponse:
    """The picture of a work, as long as it is shown; its own address stays unknown."""
    row = cases.at(address)
    there = exhibit.pictures(exhibit.exhibits(row.activity)) if row is not None and row.activity is not None else {}
    found = Picture.objects.filter(pk=there[which]).first() if which in there else None
    if row is None or found is None:
        return told(request, "removed", 410)
    return _seen(HttpResponse(bytes(found.body), content_type="image/jpeg"), row)


def poster(request: HttpRequest, address: str) -> HttpResponse:
    """The page as a picture to share, which is also what chats show of its address."""
    if pace.too_often(request, "showcase poster", most=MOST_POSTERS, within=WITHIN, now=clock.now()):
        return told(request, "wait", 429)
    row = cases.at(address)
    if row is None:
        return told(request, "removed", 410)
    answer = HttpResponse(draw(poster_of(row, link_of(request, row))), content_type="image/png")
    answer.headers["Content-Disposition"] = 'inline; filename="poster.png"'
    return _seen(answer, row)


def link_of(request: HttpRequest, row: Showcase) -> str:
    """The whole address of the page."""
    return request.build_absolute_uri(reverse("showcase", args=[row.address]))


def poster_of(row: Showcase, link: str) -> Poster:
    """What stands on its poster."""
    known = _told(row)
    first = next((e.picture for e in known["works"] if e.picture), None)
    photo = Picture.objects.filter(pk=first).first() if first else None
    lines = [*row.text.splitlines()[:3], *known["facts"]]
    body = bytes(photo.body) if photo else None
    return Poster(
        known["kicker"], known["title"], lines, photo=body, link=link, foot=_("Press and hold the code to see")
    )


def _seen(answer: HttpResponse, row: Showcase) -> HttpResponse:
    """Search engines are let in only where staff say so; nobody keeps a copy that would outlive a withdrawal."""
    answer = quiet(answer)
    if row.listed:
        del answer.headers["X-Robots-Tag"]
    return answer


def _told(row: Showcase) -> dict[str, Any]:
    """What stands on the page."""
    known: dict[str, Any] = {"case": row, "works": [], "cases": [], "facts": [], "kicker": ""}
    if row.activity is not None:
        activity = row.activity
        kicker = word.of("activity_kind", activity.kind)
        known |= {"works": exhibit.exhibits(activity)[:SHOWN], "facts": _facts(activity), "kicker": kicker}
        return known | {"title": row.title or activity.title}
    assert row.group is not None
    return known | {
        "title": row.title,
        "cases": [(c, _facts(c.activity)) for c in cases.in_group(row.group) if c.activity],
    }


def _facts(activity: Activity) -> list[str]:
    """Day and number of people, of what is settled: nobody by name."""
    if activity.state != SETTLED or activity.settled is None:
        return []
    n = attendance.participants(activity, *IN).count()
    day = f"{activity.settled.astimezone(ZoneInfo(activity.workspace.zone)):%Y-%m-%d}"
    return [day, ngettext("%(n)s person took part", "%(n)s people took part", n) % {"n": n}]


# -- for the member


def answer(request: HttpRequest, token: str) -> HttpResponse:
    """A member says whether everybody may see a work of theirs, from their own page or from the activity's."""
    who = bearer(token)
    if isinstance(who, str):
        return told(request, who, 404 if who == "bad" else 410)
    back = query.key(request.POST.get("back", ""))
    place = reverse("member_activity", args=[token, back]) if back else reverse("member", args=[token])
    which = query.key(request.POST.get("which", ""))
    try:
        if which is None:
            raise Refused("exhibit_gone")
        exhibit.answer(who, which, request.POST.get("say", ""), now=clock.now())
    except Refused as error:
        return quiet(render(request, "member/certificate_none.html", {"wrong": why(error), "back": place}, status=409))
    return quiet(HttpResponseRedirect(f"{place}#works"))


# -- for staff


def of_activity(request: Asked, row: Activity) -> HttpResponse:
    """The page about an activity: open or closed, its words, its works."""
    return _staff(request, row, {"activity": row, "tab": "public", "state": row.standing(clock.now())})


def of_group(request: Asked, row: Group) -> HttpResponse:
    """The page about a group, which lists the open pages of its activities."""
    return _staff(request, row, {"group": row, "tab": "public", "cases": cases.in_group(row)})


def _staff(request: Asked, about: Activity | Group, context: dict[str, Any]) -> HttpResponse:
    wrong = ""
    typed: dict[str, Any] | None = None
    if request.method == "POST":
        try:
            messages.success(request, _do(request, about))
            return redirect(request.path)
        except Refused as error:
            wrong, typed = (
                why(error),
                {n: request.POST.get(n, "") for n in ("title", "text", "address", "listed", "open")},
            )
    row = cases.of(about)
    if typed is None:
        kept = {"title": row.title, "text": row.text, "listed": row.listed, "open": row.open} if row else {}
        typed = kept | {"address": row.address if row and row.chosen else ""}
    works = exhibit.works(about)[:SHOWN] if isinstance(about, Activity) else []
    link = link_of(request, row) if row and row.open else ""
    context |= {"case": row, "typed": typed, "wrong": wrong, "works": works, "link": link}
    context |= {"may_edit": request.staff.may("edit_activities"), "own": _own(about), "about": about}
    context["ready"] = not isinstance(about, Activity) or cases.ready(about)
    template = "activity/public.html" if isinstance(about, Activity) else "group/public.html"
    return render(request, template, context, status=409 if wrong else 200)


def _own(about: Activity | Group) -> list[Exhibit]:
    """What the kind shows by a rule of its own."""
    if not isinstance(about, Activity) or exhibit.has_works(about):
        return []
    return exhibit.exhibits(about)[:SHOWN]


def _do(request: Asked, about: Activity | Group) -> str:
    """Keep what the form says, or hang and take down a work. Raises Refused."""
    form, now, what = request.POST, clock.now(), request.POST.get("do", "")
    if what in {"hang", "down"} and isinstance(about, Activity):
        which = query.key(form.get("which", ""))
        if which is None:
            raise Refused("exhibit_gone")
        exhibit.hang(about, which, hung=what == "hang", by=request.user, now=now)
        return _("Its member is asked on their page.") if what == "hang" else _("It was taken down.")
    if what != "keep":
        raise Refused("unknown")
    title, text = (form.get(name, "").replace("\0", "")[:4000] for name in ("title", "text"))
    row = cases.keep(
        about,
        open_=bool(form.get("open")),
        title=title,
        text=text,
        address=form.get("address", "").replace("\0", "")[:100],
        listed=bool(form.get("listed")),
        by=request.user,
        now=now,
    )
    return (
        _("Everybody with the address may see the page.")
        if row.open
        else _("The page is closed; its address shows nothing.")
    )
