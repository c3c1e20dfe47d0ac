"""The topic bank: topics of three kinds, proposed by profiles and talk with their evidence, used and rated."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from huoqun.activities import life
from huoqun.activities.activity import Activity
from huoqun.activities.topic_stage import TopicPlan
from huoqun.base import clock
from huoqun.content import topic_bank
from huoqun.content.topic_bank import SORTS, BadTopic, Topic
from huoqun.people.group import Group
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import query, word
from huoqun.web.dealing import paged
from huoqun.web.gate import Asked

CHOICES = 500
KIND = "topic"


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """The bank, and for one group what it suggests itself."""
    return _do(request, workspace) if request.method == "POST" else _page(request, workspace)


def _group(request: Asked) -> Group | None:
    key = query.key(request.GET.get("group", "") or request.POST.get("group", ""))
    return groups_for(request.staff).filter(pk=key).select_related("workspace").first() if key else None


def _page(request: Asked, workspace: Workspace, status: int = 200, **said: Any) -> HttpResponse:
    group, sort = _group(request), request.GET.get("sort", "")
    mine = groups_for(request.staff)
    there = mine.filter(pk=group.pk) if group else mine
    listed = paged(request, topic_bank.bank(workspace, there, sort=sort))
    held = {row.session for row in listed.rows if row.session}
    sessions = set(Activity.objects.filter(pk__in=held, removed=None).values_list("pk", flat=True))
    context = {
        "tab": "content_topics",
        "page": listed,
        "rows": [(row, row.session if row.session in sessions else None) for row in listed.rows],
        "group": group,
        "sort": sort,
        "sorts": [(id, word.of("topic_sort", id)) for id in SORTS],
        "proposals": topic_bank.proposals(group) if group else [],
        "groups": mine.order_by("name").values_list("pk", "name")[:CHOICES],
        "ratings": list(topic_bank.RATINGS),
        "may_edit": request.staff.may("edit_content"),
        "may_open": request.staff.may("edit_activities"),
        "typed": {"text": request.POST.get("text", ""), "sort": request.POST.get("sort", "")},
        **said,
    }
    return render(request, "content/topics.html", context, status=status)


def _do(request: Asked, workspace: Workspace) -> HttpResponse:
    do, now, by = request.POST.get("do", ""), clock.now(), request.user
    group = _group(request)
    back = reverse("content_topics", args=[workspace.slug]) + (f"?group={group.pk}" if group else "")
    try:
        if do == "add":
            sort, text = request.POST.get("sort", ""), request.POST.get("text", "").replace("\0", "")
            topic_bank.add(workspace, group=group, sort=sort, text=text, by=by, now=now)
            messages.success(request, _("It is in the bank."))
        elif do == "take" and group:
            _take(request, workspace, group)
            messages.success(request, _("It is in the bank."))
        elif (row := _there(request, workspace)) is None:
            messages.warning(request, word.of("content_wrong", "gone"))
        elif do == "open" and request.staff.may("edit_activities"):
            return redirect("activity_edit", _session(request, row, group))
        elif do == "rate":
            rating = request.POST.get("rating", "")
            topic_bank.rate(row, int(rating) if rating.isascii() and rating.isdecimal() else 0, by=by, now=now)
            messages.success(request, _("It is noted how it went."))
        elif do == "remove":
            topic_bank.remove(row, by=by, now=now)
            messages.success(request, _("It is out of the bank."))
    except BadTopic:
        return _page(request, workspace, 422, wrong=word.of("content_wrong", "topic"))
    return redirect(back)


def _there(request: Asked, workspace: Workspace) -> Topic | None:
    found = topic_bank.bank(workspace, groups_for(request.staff)).select_related("workspace", "group")
    return found.filter(pk=query.row(request.POST.get("which", ""))).first()


def _take(request: Asked, workspace: Workspace, group: Group) -> None:
    """One of the group's own suggestions, with the evidence it has now. Raises BadTopic where it is none any more."""
    text = request.POST.get("text", "")
    found = next((one for one in topic_bank.proposals(group) if one.text == text), None)
    if found is None:
        raise BadTopic
    by, now = request.user, clock.now()
    topic_bank.add(workspace, group=group, sort=found.sort, text=found.text, why=found.why, by=by, now=now)


def _session(request: Asked, row: Topic, group: Group | None) -> UUID:
    """A draft of a topic session with it, for its group, or for the one that is looked at. Raises BadTopic."""
    there = row.group or group or groups_for(request.staff).order_by("name").first()
    if there is None:
        raise BadTopic
    plan = TopicPlan.model_validate({"sort": row.sort, "style": "casual"})
    made = life.begin(row.workspace, KIND, title=row.text, groups=[there], plan=plan, by=request.user, now=clock.now())
    topic_bank.use(row, made.pk, by=request.user, now=clock.now())
    return made.pk
