"""Today: everything that waits for a member of staff over all groups of a workspace, late first, for the phone.

Each workspace has its own page: nothing of one client stands beside another's. Who works in several chooses on a page
that says how much waits in each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.crew import service_level
from huoqun.crew.service_level import Waiting
from huoqun.people import by_hand, greeting, role, staff, task
from huoqun.people.account import Account
from huoqun.people.dealing import Settled
from huoqun.people.group import Group
from huoqun.people.staff import Staff, groups_for
from huoqun.people.task import Task
from huoqun.people.workspace import Workspace
from huoqun.web import notifying, spoken, task_card
from huoqun.web.gate import Asked

MOST = 100
"""Tasks on one page."""
GROUPS = 500
"""Groups whose questions are asked for."""
GREETED = 20
"""Newcomers on one page."""
DONE_SHOWN = 20
LATE, TODAY, AHEAD = "late", "today", "ahead"


@dataclass(frozen=True)
class Part:
    """Tasks of one time, by group."""

    id: str
    groups: Sequence[tuple[Group, Sequence[Any]]]


def everywhere(request: HttpRequest) -> HttpResponse:
    """Where an account works in one workspace, its page; else how much waits in each."""
    account = request.user
    assert isinstance(account, Account)
    now, works = clock.now(), []
    for workspace in staff.workspaces_of(account):
        who = staff.staff_of(account, workspace)
        if who is not None:
            who.workspace, who.account = workspace, account
            works.append((workspace, counts(who, now=now)))
    if len(works) == 1:
        return redirect("today", works[0][0].slug)
    return render(request, "desk/everywhere.html", {"works": works})


def counts(who: Staff, *, now: datetime) -> dict[str, int]:
    """How much waits for a member of staff: tasks, those of them that are late, words to send."""
    waiting = task.waiting(who, now=now)
    send = by_hand.desk(who, now=now).count() if who.may(role.SEND) else 0
    return {"tasks": waiting.count(), "late": waiting.filter(due__lt=now).count(), "send": send}


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """Tasks, words to send, newcomers to greet; for those who plan, what others let lie."""
    if request.method == "POST":
        return _do(request, workspace)
    now, who = clock.now(), request.staff
    rows = list(task.waiting(who, now=now)[:MOST])
    desk = by_hand.desk(who, now=now) if who.may(role.SEND) else None
    greet = greeting.ungreeted(who, now=now) if who.may(role.EDIT_PEOPLE) or who.may(role.SEND) else []
    others = task.escalated_for(who, now=now)[:DONE_SHOWN] if who.may(role.EDIT_DUTY) and not who.duty.limited else []
    done = Task.objects.filter(workspace=workspace, by=request.user, at__gt=now - timedelta(hours=24))
    done = done.exclude(state=task.OPEN).select_related("group", "speaker").order_by("-at")
    context = {
        "parts": parts(request, rows, now=now),
        "counts": counts(who, now=now),
        "send": _to_send(desk),
        "newcomers": [(each, _welcome(each, workspace)) for each in greet[:GREETED]],
        "greeted": greeting.ticked_lately(who, now=now)[:DONE_SHOWN],
        "newcomers_in_all": len(greet),
        "asked": questions(who, now=now),
        "others": task_card.cards(request, others, now=now),
        "done": task_card.cards(request, done[:DONE_SHOWN], now=now),
        "bell_key": notifying.public_key(),
        "hour": now.astimezone(ZoneInfo(workspace.zone)).hour,
    }
    return render(request, "desk/today.html", context)


def parts(request: Asked, rows: Sequence[Task], *, now: datetime) -> list[Part]:
    """Tasks by time (late, today on their group's clock, ahead), and by group within it."""
    found: dict[str, list[Task]] = {LATE: [], TODAY: [], AHEAD: []}
    for row in rows:
        zone = ZoneInfo(row.group.zone)
        today = row.due.astimezone(zone).date() <= now.astimezone(zone).date()
        found[LATE if row.due < now else TODAY if today else AHEAD].append(row)
    made = []
    for id, those in found.items():
        order = {row.group_id: place for place, row in reversed(list(enumerate(those)))}
        those.sort(key=lambda row: order[row.group_id])
        cards = task_card.cards(request, those, now=now)
        by_group = [
            (some[0].row.group, some) for _g, one in groupby(cards, key=lambda c: c.row.group_id) if (some := list(one))
        ]
        if by_group:
            made.append(Part(id, by_group))
    return made


def questions(who: Staff, *, now: datetime) -> list[Waiting]:
    """Questions that wait where it is their turn to answer or nobody's, who is latest first."""
    mine = groups_for(who).filter(Q(carer=who.account) | Q(carer=None)).select_related("workspace")
    waiting = service_level.waiting_questions(list(mine[:GROUPS]), now)
    return [each for each in waiting if each.turn.account in {None, who.account_id}]


def _to_send(desk: Any) -> dict[str, Any]:
    """What waits on the send desk, by group."""
    if desk is None:
        return {}
    rows = desk.order_by("due").values_list("group__name", "group", "due")[:1000]
    by_group: dict[Any, list[Any]] = {}
    for name, group, due in rows:
        by_group.setdefault(group, [name, 0, due, group])[1] += 1
    return {"count": sum(each[1] for each in by_group.values()), "groups": list(by_group.values())}


def _welcome(each: greeting.Newcomer, workspace: Workspace) -> str:
    group = each.identity.group
    what = "newcomer.spoke" if each.spoke else "newcomer.quiet"
    return spoken.words(what, spoken.language_of(group), name=each.identity.name, group=group.name)


def _do(request: Asked, workspace: Workspace) -> HttpResponse:
    """One deed with one task or one newcomer."""
    now = clock.now()
    if "newcomer" in request.POST:
        return _greet(request, workspace, now)
    row = task_card.found(request)
    if row is None:
        return _answered(request, workspace, None, _("That is not there any more; nothing was changed."), now, bad=True)
    try:
        said = task_card.do(request, row, now=now)
    except task_card.NotSo as error:
        return _answered(request, workspace, row, str(error), now, bad=True)
    return _answered(request, workspace, row, said, now)


def _greet(request: Asked, workspace: Workspace, now: datetime) -> HttpResponse:
    who = greeting.one(request.staff, task_card.key(request, "newcomer"))
    if who is None or not (request.staff.may(role.EDIT_PEOPLE) or request.staff.may(role.SEND)):
        return _answered(request, workspace, None, _("That is not there any more; nothing was changed."), now, bad=True)
    do, waits = request.POST.get("do"), None
    try:
        if do == "undo":
            greeting.undo(who, by=request.user, now=now)
            said, waits = _("It waits again."), greeting.newcomer(who)
        elif do == "leave":
            greeting.leave(who, by=request.user, now=now)
            said = _("Left as it is.")
        else:
            greeting.greet(who, words=request.POST.get("text", ""), by=request.user, now=now)
            said = _("Greeted.")
    except Settled:
        said = _("Somebody has decided this already; nothing was changed.")
        return _answered(request, workspace, None, said, now)
    shown = {"each": waits, "words": _welcome(waits, workspace)} if waits else {"who": who}
    return _answered(request, workspace, None, said, now, shown=shown)


def _answered(
    request: Asked,
    workspace: Workspace,
    row: Task | None,
    said: str,
    now: datetime,
    *,
    bad: bool = False,
    shown: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """A word for a program of ours, the card as it stands for a page that swaps it, else the page again."""
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"said": said}, status=(422 if row else 404) if bad else 200)
    if request.headers.get("HX-Request"):
        fresh = Task.objects.filter(pk=row.pk).select_related("group", "who", "speaker").first() if row else None
        card = task_card.card(request, fresh, now=now, wrong=said if bad else "") if fresh else None
        context = {"card": card, "said": said, "counts": counts(request.staff, now=now), **(shown or {})}
        return render(request, "desk/_task_swapped.html", context)
    (messages.warning if bad else messages.success)(request, said)
    return redirect("today", workspace.slug)
