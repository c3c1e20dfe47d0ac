"""The send desk: what is to be said by hand in the groups, ready to copy, edit, tick off, put off and bring back."""

import re
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huoqun.base import clock
from huoqun.base.image import NoImage
from huoqun.people import by_hand, outbox
from huoqun.people.by_hand import TakenByAnother
from huoqun.people.enclosure import Enclosure
from huoqun.people.outbox import NoReason, Outgoing
from huoqun.people.role import APPROVE_CONTENT
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import held, put_off, query, send_card, word
from huoqun.web.dealing import paged
from huoqun.web.gate import Asked
from huoqun.web.member_door import told
from huoqun.web.said import why

CHOICES = 500
SHOWN = 60
"""Cards on one page."""
LISTED = 30
"""Of what was sent or skipped, the newest are shown, to be brought back; of what waits for its time, the next."""


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """What waits, by group and time; what comes; what was done, with what the last import says of it."""
    if request.method == "POST" and request.POST.get("do") == "put":
        return _put(request, workspace)
    if request.method == "POST":
        return _let_out(request, workspace) if request.POST.get("do") in held.DEEDS else _do(request, workspace)
    now = clock.now()
    every = by_hand.desk(request.staff, now=now)
    listed = paged(request, _asked(request, every), SHOWN)
    together = request.GET.get("by") != "group"
    ahead = by_hand.ahead(request.staff, now=now)
    past = send_card.cards(request, by_hand.past(request.staff, now=now)[:LISTED], now=now)
    context = {
        "page": listed,
        "blocks": send_card.blocks(send_card.cards(request, listed.rows, now=now), together=together),
        "together": together,
        "waits": every.count(),
        "in_groups": every.order_by().values("group").distinct().count(),
        "later": ahead.count(),
        "ahead": send_card.cards(request, ahead[:LISTED], now=now),
        "past": past,
        "missing": send_card.cards(request, by_hand.not_found(request.staff)[:LISTED], now=now),
        "may_send": request.staff.may("send"),
        "held": held.shown(outbox.held(workspace).filter(group__in=groups_for(request.staff))[:LISTED], now),
        "may_approve": request.staff.may(APPROVE_CONTENT),
        "kinds": _kinds(every),
        "groups": list(every.order_by("group__name").values_list("group", "group__name").distinct()[:CHOICES]),
        "asked": {"group": request.GET.get("group", ""), "kind": request.GET.get("kind", "")},
        "mine": groups_for(request.staff).order_by("name").values_list("pk", "name")[:CHOICES],
        "form_key": get_random_string(12),
    }
    return render(request, "desk/desk.html", context)


def stand(request: Asked, workspace: Workspace) -> HttpResponse:
    """How the cards stand now, for a page that is open beside others': those that wait, by id, each with the name of
    whoever else has it in hand."""
    now = clock.now()
    rows = by_hand.desk(request.staff, now=now)[:CHOICES]
    held = {row.pk.hex: by_hand.holder(row, now=now) for row in rows}
    return JsonResponse({"waits": {id: str(who) if who and who != request.user else "" for id, who in held.items()}})


def text(request: Asked, row: Outgoing) -> str:
    """The words with the address of the door they speak of."""
    return send_card.card(request, row, now=clock.now()).text


def _asked(request: Asked, found: QuerySet[Outgoing]) -> QuerySet[Outgoing]:
    """Of one group, of one kind."""
    if group := query.key(request.GET.get("group", "")):
        found = found.filter(group=group)
    kind = request.GET.get("kind", "").replace("\0", "")[:40]
    return found.filter(what__startswith=f"{kind}.") if kind else found


def _kinds(found: QuerySet[Outgoing]) -> list[tuple[str, str]]:
    there = {what.partition(".")[0] for what in found.order_by().values_list("what", flat=True).distinct()}
    return sorted(((kind, send_card.kind_word(kind)) for kind in there), key=lambda each: each[1])


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


def _let_out(request: Asked, workspace: Workspace) -> HttpResponse:
    """What the selling guard holds is let out, or left unsaid."""
    try:
        messages.success(request, held.let_out(request, request.POST["do"]))
    except NoReason:
        messages.warning(request, word.of("content_wrong", "reason"))
    except LookupError:
        messages.warning(request, word.of("content_wrong", "gone"))
    return redirect("outbox", workspace.slug)


def _do(request: Asked, workspace: Workspace) -> HttpResponse:
    """One deed with one card, or with all that say the same: `which` may be given several times. What is held is no
    card: it is let out first."""
    there = Outgoing.objects.filter(workspace=workspace, group__in=groups_for(request.staff))
    there = there.exclude(state=outbox.HELD)
    ids = [query.row(id) for id in request.POST.getlist("which")[:CHOICES]]
    rows = list(_with_all(there.filter(pk__in=ids)))
    do, now = "later" if request.POST.get("later") else request.POST.get("do", ""), clock.now()
    if not rows or do not in _DEEDS:
        messages.warning(request, _("That is not there any more; nothing was changed."))
        return _told(request, workspace, [], "", now)
    said, taken = "", None
    for row in rows:
        try:
            said = _DEEDS[do](request, row, now)
        except TakenByAnother as error:
            taken = error.row
    return _told(request, workspace, rows, said, now) if said or not taken else _taken(request, workspace, taken, now)


def _with_all(found: QuerySet[Outgoing]) -> QuerySet[Outgoing]:
    found = found.select_related("group", "picture", "enclosure", "by", "taken", "speaker")
    return found.defer("enclosure__body").order_by("due", "pk")


def _copy(request: Asked, row: Outgoing, now: datetime) -> str:
    _reword(request, row, now)
    by_hand.take(row, by=request.user, anyway="anyway" in request.POST, now=now)
    return _("It is in your hand: copy the words, say them, tick them off.")


def _reword(request: Asked, row: Outgoing, now: datetime) -> str:
    """Words that stand otherwise in the form than on the card were changed by hand."""
    told = request.POST.get("text")
    if told is not None and not _as_it_was(row, told.replace("\r\n", "\n").strip()):
        by_hand.reword(row, told, by=request.user, now=now)
    return _("Other words are kept, for this once.")


def _as_it_was(row: Outgoing, told: str) -> bool:
    """Whether the words are those of the card, whatever address stands for the door in them."""
    parts = map(re.escape, row.words.replace("\r\n", "\n").strip().split(outbox.LINK))
    return re.fullmatch(r"\S*\s*".join(parts), told) is not None


def _done(request: Asked, row: Outgoing, now: datetime) -> str:
    _reword(request, row, now)
    outbox.done(row, by=request.user, now=now)
    return _("Sent.")


def _skip(request: Asked, row: Outgoing, now: datetime) -> str:
    outbox.skip(row, by=request.user, now=now)
    return _("Skipped.")


def _again(request: Asked, row: Outgoing, now: datetime) -> str:
    outbox.again(row, by=request.user, now=now)
    return _("It waits again.")


def _later(request: Asked, row: Outgoing, now: datetime) -> str:
    told = put_off.until(request.POST.get("later", ""), request.POST.get("until", ""), row.group.zone, now=now)
    if told is None:
        return _("Please give a moment that is still to come.")
    by_hand.put_off(row, told, by=request.user, now=now)
    return _("It comes up again then.")


def _leave(request: Asked, row: Outgoing, _now: datetime) -> str:
    by_hand.let_go(row, by=request.user)
    return _("It is left to the others.")


def _vouch(request: Asked, row: Outgoing, now: datetime) -> str:
    by_hand.vouch(row, by=request.user, now=now)
    return _("Noted: it was said.")


_DEEDS = {
    "copy": _copy,
    "reword": _reword,
    "done": _done,
    "skip": _skip,
    "again": _again,
    "later": _later,
    "leave": _leave,
    "vouch": _vouch,
}


def _taken(request: Asked, workspace: Workspace, row: Outgoing, now: datetime) -> HttpResponse:
    """Somebody else has it in hand, or has said it: told before anybody says it twice."""
    held = by_hand.holder(row, now=now)
    if row.state == outbox.WAITING:
        said = _("%(who)s has this one in hand just now.") % {"who": held}
    else:
        said = _("It was ticked off already; do not say it again.")
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"taken": said}, status=409)
    messages.warning(request, said)
    return redirect("outbox", workspace.slug)


def _told(request: Asked, workspace: Workspace, rows: list[Outgoing], said: str, now: datetime) -> HttpResponse:
    """The card as it stands, for a page that swaps it; a word, for a program of ours; else the page again."""
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"said": said}, status=200 if rows else 404)
    if request.headers.get("HX-Request") and rows:
        fresh = _with_all(Outgoing.objects.filter(pk__in=[row.pk for row in rows]))
        cards = send_card.cards(request, fresh, now=now)
        context = {"card": cards[0], "cards": cards, "said": said, "may_send": True, "line": "line" in request.POST}
        return render(request, "desk/_swapped.html", context)
    if said:
        messages.success(request, said if len(rows) == 1 else f"{said} {_groups(len(rows))}")
    return redirect("outbox", workspace.slug)


def _groups(count: int) -> str:
    return ngettext("%(n)s group", "%(n)s groups", count) % {"n": count}
