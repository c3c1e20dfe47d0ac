"""Putting in: staff choose a poster of an activity, or a picture of their own, look at it, and put it with words among
what is to be sent in its groups (`web/sending`)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huoqun.activities import life
from huoqun.activities import showcase as cases
from huoqun.activities.activity import DRAFT, Activity
from huoqun.activities.kind import Refused
from huoqun.activities.spotlight_part import candidate, candidates, upcoming
from huoqun.base import clock
from huoqun.base.image import NoImage
from huoqun.base.poster import Poster, draw
from huoqun.people import outbox
from huoqun.people.group import Group
from huoqun.people.staff import groups_for
from huoqun.web import doors, query, showcase, spotlight_poster, word
from huoqun.web.gate import Asked
from huoqun.web.said import why

ITS, PAGE, OWN, WORDS = "activity", "showcase", "own", "words"
"""What can be put in: the poster of the activity, that of its page for everybody, a picture of one's own, words alone.
A spotlight has one of each guest too, by the id of their row."""


def page(request: Asked, row: Activity) -> HttpResponse:
    """The pictures there are, the words, the groups."""
    if row.state == DRAFT:
        return redirect("activity", row.pk)
    groups = _groups(request, row)
    wrong = ""
    if request.method == "POST":
        try:
            n = _put(request, row, groups)
        except (Refused, NoImage) as error:
            wrong = why(error)
        else:
            told = ngettext("It waits to be sent in %(n)s group.", "It waits to be sent in %(n)s groups.", n)
            messages.success(request, told % {"n": n} if n else _("It stands there already."))
            return redirect("outbox", row.workspace.slug)
    form = request.POST
    typed: dict[str, Any] = {"picture": form.get("picture", ITS), "text": form.get("text", _words(row))}
    ticked = set(form.getlist("groups")) if form else {str(g.pk) for g in groups}
    context = {
        "activity": row,
        "tab": "put",
        "state": row.standing(clock.now()),
        "wrong": wrong,
        "typed": typed,
        "choices": _choices(row),
        "groups": [(g, str(g.pk) in ticked) for g in groups],
        "form_key": get_random_string(12),
    }
    return render(request, "activity/put.html", context, status=409 if wrong else 200)


def preview(request: Asked, row: Activity) -> HttpResponse:
    """One of these pictures as the first group, or the one asked for, would get it."""
    groups = _groups(request, row)
    group = next((g for g in groups if str(g.pk) == request.GET.get("group")), groups[0] if groups else None)
    try:
        body = _drawn(request, row, request.GET.get("picture", ITS), group) if group else None
    except Refused:
        body = None
    if body is None:
        raise Http404
    answer = HttpResponse(body, content_type="image/png")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def poster_of(row: Activity, group: Group, link: str, **more: Any) -> Poster:
    """The poster of an activity for a group; `more` is what a kind adds for one member."""
    kicker = f"{group.name} · {word.of('activity_kind', row.kind)}"
    foot = _("Press and hold the code to join") if row.takes(clock.now()) else _("Press and hold the code to see")
    told: dict[str, Any] = {"lines": row.about.splitlines()[:4], "link": link, "foot": foot}
    return Poster(**({"kicker": kicker, "title": row.title} | told | more))


def _groups(request: Asked, row: Activity) -> list[Group]:
    mine = groups_for(request.staff).filter(activities=row)
    return list(mine.select_related("workspace").order_by("name", "pk"))


def _choices(row: Activity) -> list[tuple[str, str]]:
    """What can be chosen, with its name."""
    found = [(ITS, _("Poster of the activity"))]
    if row.kind == "spotlight":
        guests = upcoming(candidates(row))
        found += [(str(c.row.pk), _("Turn of %(name)s") % {"name": c.card.headline or c.who.name}) for c in guests]
    case = cases.of(row)
    if case is not None and case.open:
        found.append((PAGE, _("Poster of the page for everybody")))
    return found


def _words(row: Activity) -> str:
    """What stands in the field at first: what the groups were told when it opened."""
    return life.announcement(row, "open" if row.takes(clock.now()) else "settle")


def _put(request: Asked, row: Activity, groups: list[Group]) -> int:
    """Put in what the form says; in how many groups it is new. Raises Refused, NoImage."""
    form, chosen = request.POST, set(request.POST.getlist("groups"))
    wanted = [g for g in groups if str(g.pk) in chosen]
    text, what, sent = form.get("text", "").replace("\0", "").strip(), form.get("picture", ""), request.FILES.get("own")
    if not wanted:
        raise Refused("outbox_groups")
    pictures: dict[Any, bytes] = {}
    if what == OWN:
        raw = sent.read() if sent else b""
        pictures = {g.pk: raw for g in wanted if raw}
    elif what != WORDS:
        pictures = {g.pk: _drawn(request, row, what, g) for g in wanted}
    if not text and not pictures:
        raise Refused("outbox_nothing")
    key = f"{row.pk.hex} put {form.get('key', '')[:40] or get_random_string(12)}"
    return outbox.put(
        wanted,
        text,
        pictures=pictures,
        what="activity.put",
        source=row.source,
        key=key,
        by=request.user,
        now=clock.now(),
    )


def _drawn(request: Asked, row: Activity, what: str, group: Group) -> bytes:
    """One of the pictures for a group, as PNG. Raises Refused where there is no such picture."""
    if what == ITS:
        link = request.build_absolute_uri(doors.address(row, group, now=clock.now()))
        return draw(poster_of(row, group, link))
    if what == PAGE:
        case = cases.of(row)
        if case is None or not case.open:
            raise Refused("outbox_gone")
        return draw(showcase.poster_of(case, showcase.link_of(request, case)))
    if row.kind != "spotlight" or query.key(what) is None:
        raise Refused("outbox_gone")
    return spotlight_poster.drawn_turn(request, row, candidate(row, what))
