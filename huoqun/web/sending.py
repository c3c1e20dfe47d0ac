"""What is to be said in the groups: each text ready to copy, done, skipped, and brought back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from huoqun.activities.activity import Activity
from huoqun.base import clock
from huoqun.base.image import NoImage
from huoqun.people import outbox
from huoqun.people.enclosure import Enclosure
from huoqun.people.outbox import Outgoing
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import doors, query, word
from huoqun.web.dealing import paged
from huoqun.web.gate import Asked
from huoqun.web.member_door import told
from huoqun.web.said import why

CHOICES = 500
DONE_SHOWN = 20
"""Of what was sent or skipped, the newest are shown, to be brought back; of what waits for its time, the next."""


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """What waits, by group; and what was done last."""
    mine = groups_for(request.staff)
    if request.method == "POST" and request.POST.get("do") == "put":
        return _put(request, workspace)
    if request.method == "POST":
        return _do(request, workspace)
    waits = outbox.to_send(workspace, now=clock.now()).filter(group__in=mine)
    later = Outgoing.objects.filter(workspace=workspace, state=outbox.WAITING, group__in=mine, due__gt=clock.now())
    past = Outgoing.objects.filter(workspace=workspace, group__in=mine).exclude(state=outbox.WAITING)
    listed = paged(request, waits)
    context = {
        "page": listed,
        "rows": [(row, text(request, row)) for row in listed.rows],
        "later": later.count(),
        "ahead": [(row, text(request, row)) for row in later.select_related("group").order_by("due")[:DONE_SHOWN]],
        "past": past.select_related("group", "by").order_by("-at")[:DONE_SHOWN],
        "may_send": request.staff.may("send"),
        "mine": mine.order_by("name").values_list("pk", "name")[:CHOICES],
        "form_key": get_random_string(12),
    }
    return render(request, "activity/outbox.html", context)


def text(request: Asked, row: Outgoing) -> str:
    """The words with the address of the door they speak of."""
    if outbox.LINK not in row.text:
        return row.text
    kind, _colon, id = row.source.partition(":")
    found = Activity.objects.filter(pk=query.row(id)).first() if kind == "activity" else None
    if found is None:
        return row.text.replace(outbox.LINK, "").strip()
    return row.text.replace(outbox.LINK, request.build_absolute_uri(doors.address(found, row.group, now=clock.now())))


def enclosed(request: HttpRequest, which: UUID) -> HttpResponse:
    """A file that goes with words; its id is random, and stands only on pages that one must be let in to see. Never
    shown in the page: it may be anything."""
    row = Enclosure.objects.filter(pk=which).first()
    if row is None:
        return told(request, "removed", 404)
    answer = HttpResponse(bytes(row.body), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = content_disposition_header(True, row.name) or "attachment"
    answer.headers["Cache-Control"] = "private, max-age=86400"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _put(request: Asked, workspace: Workspace) -> HttpResponse:
    """Words and a picture of one's own, for one group."""
    form, sent = request.POST, request.FILES.get("picture")
    group = groups_for(request.staff).filter(pk=query.row(form.get("group", ""))).select_related("workspace").first()
    text, raw = form.get("text", "").replace("\0", "").strip(), sent.read() if sent else b""
    if group is None:
        messages.warning(request, word.of("refused", "outbox_groups"))
    elif not text and not raw:
        messages.warning(request, word.of("refused", "outbox_nothing"))
    else:
        pictures = {group.pk: raw} if raw else {}
        key, now = f"put {form.get('key', '')[:40] or get_random_string(12)}", clock.now()
        try:
            outbox.put([group], text, pictures=pictures, what="outbox.put", key=key, by=request.user, now=now)
            messages.success(request, _("It waits to be sent."))
        except NoImage as error:
            messages.warning(request, why(error))
    return redirect("outbox", workspace.slug)


def _do(request: Asked, workspace: Workspace) -> HttpResponse:
    there = Outgoing.objects.filter(workspace=workspace, group__in=groups_for(request.staff))
    row = there.filter(pk=query.row(request.POST.get("which", ""))).first()
    deeds = {"done": outbox.done, "skip": outbox.skip, "again": outbox.again}
    deed = deeds.get(request.POST.get("do", ""))
    if row is None or deed is None:
        messages.warning(request, _("That is not there any more; nothing was changed."))
        return redirect("outbox", workspace.slug)
    deed(row, by=request.user, now=clock.now())
    words = {"done": _("Sent."), "skip": _("Skipped."), "again": _("It waits again.")}
    messages.success(request, words[request.POST["do"]])
    return redirect("outbox", workspace.slug)
