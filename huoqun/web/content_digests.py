"""Digests: what a day or a week of a group held, read over, changed, and put into its calendar."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.content import digest_draft, slot
from huoqun.content.digest_draft import DAYS
from huoqun.content.slot import BadSlot, Slot
from huoqun.people.group import Group
from huoqun.people.role import APPROVE_CONTENT
from huoqun.people.staff import groups_for
from huoqun.people.voice import voices
from huoqun.people.workspace import Workspace
from huoqun.web import query, word
from huoqun.web.dealing import paged
from huoqun.web.gate import Asked

DRAFTS = 20


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """The groups with when each gets one; of one group the text."""
    group = _group(request)
    if request.method == "POST":
        return _plan(request, workspace, group)
    return _page(request, workspace, group)


def _group(request: Asked) -> Group | None:
    key = query.key(request.GET.get("group", "") or request.POST.get("group", ""))
    return groups_for(request.staff).filter(pk=key).select_related("workspace").first() if key else None


def _page(request: Asked, workspace: Workspace, group: Group | None, status: int = 200, **said: Any) -> HttpResponse:
    now, every = clock.now(), request.GET.get("every", "day")
    every = every if every in DAYS else "day"
    listed = paged(request, groups_for(request.staff).select_related("workspace").order_by("name", "pk"))
    rules = voices(listed.rows)
    drafts = Slot.objects.filter(group__in=groups_for(request.staff), source__startswith="digest:", state=slot.PROPOSED)
    context = {
        "tab": "content_digests",
        "group": group,
        "every": every,
        "every_word": word.of("digest", every),
        "text": digest_draft.text_of(group, DAYS[every], now=now) if group and not said else "",
        "page": listed,
        "rows": [(one, rules[one.pk]) for one in listed.rows],
        "drafts": drafts.select_related("group").order_by("at")[:DRAFTS],
        "may_edit": request.staff.may("edit_content"),
        "may_approve": request.staff.may(APPROVE_CONTENT),
        "nothing": word.of("content_wrong", "nothing"),
        **said,
    }
    return render(request, "content/digests.html", context, status=status)


def _plan(request: Asked, workspace: Workspace, group: Group | None) -> HttpResponse:
    """Into the calendar, as it was read over."""
    text, every = request.POST.get("text", "").replace("\0", ""), request.POST.get("every", "day")
    if group is None or every not in DAYS:
        messages.warning(request, word.of("content_wrong", "gone"))
        return redirect("content_digests", workspace.slug)
    now = clock.now()
    try:
        approves = request.staff.may(APPROVE_CONTENT)
        row = digest_draft.draft(group, every, text, at=now, approves=approves, by=request.user, now=now)
        if row.text != text.strip() and row.state != slot.DROPPED:
            slot.change(row, text=text, approves=approves, by=request.user, now=now)
    except (BadSlot, slot.Sent) as error:
        why = error.why if isinstance(error, BadSlot) else "sent"
        return _page(request, workspace, group, 422, wrong=word.of("content_wrong", why), text=text)
    messages.success(request, _("It stands in the calendar."))
    return redirect(f"{reverse('content_calendar', args=[workspace.slug])}?q={query.quoted(group.name[:60])}")
