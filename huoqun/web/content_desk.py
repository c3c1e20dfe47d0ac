"""The morning desk: what the night has gathered, picked in one sitting, sent on its way into the calendar, taken back;
and the feeds it draws on."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huoqun.base import clock
from huoqun.content import feed, find, gleaning, pitch, sitting
from huoqun.content.feed import BadFeed, Feed
from huoqun.content.find import Find, NotAgreed
from huoqun.content.slot import BadSlot
from huoqun.people.outbox import not_quiet
from huoqun.people.role import APPROVE_CONTENT
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.reports import shown_work
from huoqun.web import content_kinds, member_words, query, word
from huoqun.web.gate import Asked

SHOWN = 60
CHOICES = 500


class Wrong(Exception):
    """What a form asks cannot be done; the message is an id of `content_wrong`."""


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """The candidates, and what to do with them."""
    if request.method != "POST":
        return _page(request, workspace)
    try:
        told = _done(request, workspace)
    except (Wrong, BadFeed, NotAgreed, BadSlot) as error:
        return _page(request, workspace, 422, wrong=_why(error))
    messages.success(request, told)
    return redirect("content_desk", workspace.slug)


def _page(request: Asked, workspace: Workspace, status: int = 200, **said: Any) -> HttpResponse:
    now, form = clock.now(), request.POST
    origin = request.GET.get("origin", "")
    found = list(find.waiting(request.staff, origin=origin, now=now)[:SHOWN])
    shown_work.follow(found, now=now)
    how = sitting.flow(max(len(form.getlist("pick")), 1), workspace.zone, now=now)
    last = sitting.last_sitting(workspace, by=request.user, now=now)
    picked, chosen = set(form.getlist("pick")), set(form.getlist("groups"))
    context = {
        "tab": "content_desk",
        "rows": [(f, find.allowed(f), str(f.pk) in picked, member_words.link(request, f)) for f in found],
        "origin": origin,
        "origins": [(id, word.of("find", id)) for id in find.ORIGINS],
        "sitting": word.of("sitting", how.sitting),
        "begin": not_quiet(how.begin, workspace.zone),
        "groups": [
            (pk, name, str(pk) in chosen)
            for pk, name in groups_for(request.staff).order_by("name").values_list("pk", "name")[:CHOICES]
        ],
        "kinds": content_kinds.kinds(),
        "feeds": Feed.objects.filter(workspace=workspace).order_by("name", "pk"),
        "under_way": gleaning.under_way(workspace, now=now),
        "last": last,
        "may_edit": request.staff.may("edit_content"),
        "may_approve": request.staff.may(APPROVE_CONTENT),
        "typed": {name: form.get(name, "") for name in ("title", "text", "link", "address", "name")},
        **said,
    }
    return render(request, "content/desk.html", context, status=status)


def _why(error: Exception) -> str:
    if isinstance(error, BadFeed):
        return word.of("content_wrong", {"many": "feeds"}.get(error.why, error.why))
    if isinstance(error, BadSlot):
        return word.of("content_wrong", error.why)
    return word.of("content_wrong", "agreed" if isinstance(error, NotAgreed) else str(error))


def _done(request: Asked, workspace: Workspace) -> str:
    """Do it; what was done, in words. Raises Wrong, BadFeed, NotAgreed, BadSlot."""
    do, _colon, which = request.POST.get("do", "").partition(":")
    deeds = {"flow": _flow, "undo": _undo, "glean": _glean, "suggest": _suggest, "feed": _feed}
    if do in deeds:
        return deeds[do](request, workspace)
    if do in {"feed_on", "feed_off", "feed_remove"}:
        return _switch(request, workspace, do, which)
    return _one(request, do, which)


def _flow(request: Asked, workspace: Workspace) -> str:
    """The picks of a sitting, in the order in which they stand."""
    now, keys = clock.now(), [query.row(text) for text in request.POST.getlist("pick")]
    there = {row.pk: row for row in find.waiting(request.staff, now=now).filter(pk__in=keys)}
    rows = [there[key] for key in keys if key in there]
    shown_work.follow(rows, now=now)
    wanted = {query.row(text) for text in request.POST.getlist("groups")}
    groups = list(groups_for(request.staff).filter(pk__in=wanted).select_related("workspace"))
    if not rows:
        raise Wrong("picks")
    if not groups:
        raise Wrong("groups")
    approves = request.staff.may(APPROVE_CONTENT)
    planned = sitting.pick(rows, groups, approves=approves, by=request.user, now=now)[1]
    told = ngettext("%(n)s piece stands in the calendar.", "%(n)s pieces stand in the calendar.", planned)
    return told % {"n": planned}


def _undo(request: Asked, workspace: Workspace) -> str:
    """The last sitting, as far as it is not sent."""
    id = sitting.last_sitting(workspace, by=request.user, now=clock.now())
    if id is None:
        raise Wrong("gone")
    n = sitting.undo(workspace, UUID(str(id)), by=request.user, now=clock.now())
    return ngettext("%(n)s piece was taken back.", "%(n)s pieces were taken back.", n) % {"n": n}


def _glean(request: Asked, workspace: Workspace) -> str:
    gleaning.begin(workspace, now=clock.now())
    return _("It is being gathered; from now on it is every night.")


def _suggest(request: Asked, workspace: Workspace) -> str:
    told = {name: request.POST.get(name, "").replace("\0", "") for name in ("title", "text", "link", "kind")}
    if find.suggest(workspace, by=request.user, now=clock.now(), **told) is None:
        raise Wrong("empty")
    return _("It is among the candidates.")


def _feed(request: Asked, workspace: Workspace) -> str:
    if workspace.example_of_id:
        raise Wrong("example")
    told = {name: request.POST.get(name, "").replace("\0", "") for name in ("address", "name", "kind")}
    feed.add(workspace, by=request.user, now=clock.now(), **told)
    gleaning.begin(workspace, now=clock.now())
    return _("The feed is on the list and is looked at now, then every night.")


def _switch(request: Asked, workspace: Workspace, do: str, which: str) -> str:
    row = Feed.objects.filter(workspace=workspace, pk=query.row(which)).select_related("workspace").first()
    if row is None:
        raise Wrong("gone")
    if do == "feed_remove":
        feed.remove(row, by=request.user, now=clock.now())
        return _("The feed is off the list.")
    feed.switch(row, do == "feed_on", by=request.user, now=clock.now())
    return _("It is looked at.") if do == "feed_on" else _("It is not looked at.")


def _one(request: Asked, do: str, which: str) -> str:
    """Something with one candidate. Raises Wrong."""
    row = find.finds_for(request.staff).filter(pk=query.row(which)).first()
    if row is None:
        raise Wrong("gone")
    now, by = clock.now(), request.user
    if do == "knows":
        return _question(request, row)
    if do == "pass":
        find.decide(row, find.PASSED, by=by, now=now)
        return _("It was passed over.")
    if do == "open":
        find.decide(row, find.OPEN, by=by, now=now)
        return _("It is among the candidates.")
    if do == "reword":
        return _reword(request, row)
    if do == "ask" and row.identity is not None and find.asked(row, by=by, now=now):
        return _("The link to ask %(name)s stands beside the candidate; send it to them.") % {"name": row.identity.name}
    raise Wrong("gone")


def _reword(request: Asked, row: Find) -> str:
    """Its words, from fields that bear its id: all candidates stand in one form."""
    form, key = request.POST, str(row.pk)
    find.reword(
        row,
        title=form.get(f"title-{key}", row.title).replace("\0", ""),
        text=form.get(f"text-{key}", "").replace("\0", ""),
        kind=form.get(f"kind-{key}", ""),
        own=bool(form.get(f"own-{key}")),
        by=request.user,
        now=clock.now(),
    )
    return _("It is changed.")


def _question(request: Asked, row: Find) -> str:
    """Offer a candidate back to a member who knows the subject. Raises Wrong."""
    best = pitch.knowers(row, list(groups_for(request.staff)[:CHOICES]), most=1)
    if not best:
        raise Wrong("nobody_knows")
    who = best[0].identity
    find.questioned(row, who, pitch.question(row, who.name), by=request.user, now=clock.now())
    return _("It is a question to %(name)s now, who is known for this: “%(because)s”.") % {
        "name": who.name,
        "because": best[0].because[:60],
    }
