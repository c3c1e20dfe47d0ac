"""The service level over all groups: who waits and whose turn it is, how soon questions are answered, ticking off by
hand, the target, and the note that tells members what to expect."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huoqun.base import clock
from huoqun.crew import inquiry, service_level, target
from huoqun.crew.inquiry import HOWS, Inquiry
from huoqun.crew.service_level import LOST, OLD, PERIODS, Waiting
from huoqun.crew.target import Aim, BadTarget
from huoqun.insight.wait import Level
from huoqun.people import outbox, role
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.staff import colleagues, groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import query, word
from huoqun.web.gate import Asked
from huoqun.web.sheet import Rows, file_of

UNDO = 10
"""Ticked off last, to be brought back."""
MOST_GROUPS = 2000
SHOWN = 60
"""Questions, and groups, on a page; the download has all."""


@dataclass(frozen=True)
class Wanted:
    """What the page was asked for."""

    group: Group | None
    days: int
    late: bool
    mine: bool


@dataclass(frozen=True)
class Row:
    """One group with its level."""

    group: Group
    level: Level
    aim: Aim
    known: datetime | None
    old: bool


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """Who waits, and how soon questions were answered; its forms come back here."""
    if request.method == "POST":
        return _do(request, workspace)
    return _page(request, workspace)


def _page(request: Asked, workspace: Workspace, status: int = 200, **said: Any) -> HttpResponse:
    now, groups = clock.now(), _groups(request)
    wanted = _wanted(request, groups)
    those = [wanted.group] if wanted.group else groups
    waits = _waits(request, wanted, those, now)
    asked = service_level.asked_in(those, days=wanted.days, now=now)
    aim = target.targets(workspace, those).get(wanted.group.pk) if wanted.group else target.target(workspace)
    rows = _rows(workspace, those, asked, now)
    context: dict[str, Any] = {
        "waits": waits[:SHOWN],
        "count": len(waits),
        "late": sum(w.late for w in waits),
        "asked": wanted,
        "groups": [(g.pk, g.name) for g in groups],
        "periods": PERIODS,
        "whole": service_level.whole(asked),
        "rows": rows[:SHOWN],
        "hidden": max(0, len(rows) - SHOWN),
        "spans": service_level.of_days(asked, weeks=wanted.days > PERIODS[0]),
        "weekly": wanted.days > PERIODS[0],
        "aim": aim,
        "typed": aim,
        "ticked": _ticked(those),
        "hosts": target.hosts(workspace),
        "team": colleagues(workspace),
        "note": _note(wanted.group, now) if wanted.group else "",
        "lost": LOST.days,
        "may_tick": role.SEND in request.staff.duty.may,
        "may_edit": role.EDIT_DUTY in request.staff.duty.may,
        "reading": inquiry.stale().filter(pk__in=[g.pk for g in those]).count(),
        **said,
    }
    return render(request, "level/page.html", context, status=status)


def _groups(request: Asked) -> list[Group]:
    return list(groups_for(request.staff).select_related("workspace").order_by("name", "pk")[:MOST_GROUPS])


def _wanted(request: Asked, groups: Sequence[Group]) -> Wanted:
    key, days = query.row(request.GET.get("group", "")), query.number(request.GET.get("days", "28"))
    return Wanted(
        group=next((g for g in groups if g.pk == key), None),
        days=days if days in PERIODS else PERIODS[1],
        late=request.GET.get("late") == "1",
        mine=request.GET.get("mine") == "1",
    )


def _waits(request: Asked, wanted: Wanted, those: Sequence[Group], now: datetime) -> list[Waiting]:
    found = service_level.waiting_questions(those, now)
    found = [w for w in found if w.late] if wanted.late else found
    return [w for w in found if w.turn.account == request.user.pk] if wanted.mine else found


def _rows(workspace: Workspace, those: Sequence[Group], asked: Any, now: datetime) -> list[Row]:
    """The groups in which anything was asked, or of which nothing new is known; who is late most first."""
    levels, known = service_level.of_groups(asked), service_level.known_to(those)
    aims = target.targets(workspace, those)
    found = [
        Row(g, levels[g.pk], aims[g.pk], known.get(g.pk), g.pk in known and known[g.pk] < now - OLD)
        for g in those
        if g.pk in levels
    ]
    return sorted(found, key=lambda row: (-row.level.late, row.group.name))


def _ticked(those: Sequence[Group]) -> Any:
    rows = Inquiry.objects.filter(group__in=those).exclude(settled=None)
    return rows.select_related("group", "by", "asker").order_by("-settled")[:UNDO]


def panel(group: Group, now: datetime) -> dict[str, Any]:
    """What the group's own page says: how many wait, how many are late, half are answered within what."""
    waits = service_level.waiting_questions([group], now)
    asked = service_level.asked_in([group], days=PERIODS[1], now=now)
    return {"waits": len(waits), "late": sum(w.late for w in waits), "level": service_level.whole(asked)}


def as_csv(request: Asked, workspace: Workspace) -> HttpResponse:
    """The questions that wait, or (`what=groups`) the level of each group."""
    now, groups = clock.now(), _groups(request)
    wanted = _wanted(request, groups)
    those = [wanted.group] if wanted.group else groups
    if request.GET.get("what") == "groups":
        asked = service_level.asked_in(those, days=wanted.days, now=now)
        return file_of(_group_lines(_rows(workspace, those, asked, now)), "service-level", "csv")
    return file_of(_question_lines(_waits(request, wanted, those, now)), "questions", "csv")


def _question_lines(waits: Sequence[Waiting]) -> Rows:
    yield [
        *(_("Group"), _("Who asked"), _("When"), _("Question"), _("Waits (min)"), _("Past the target"), _("Whose turn"))
    ]
    for w in waits:
        yield (
            w.group.name,
            w.row.asker.name,
            w.row.at.isoformat(timespec="minutes"),
            w.row.text,
            round(w.minutes),
            _("Yes") if w.late else _("No"),
            w.turn.name or word.of("turn", w.turn.kind),
        )


def _group_lines(rows: Sequence[Row]) -> Rows:
    head = [_("Group"), _("Asked"), _("Answered"), _("Late"), _("Half answered within (min)")]
    yield [*head, _("Nine in ten within (min)"), _("In time"), _("Target in minutes"), _("Known until")]
    for row in rows:
        one = row.level
        yield (
            row.group.name,
            one.asked,
            one.answered,
            one.late,
            "" if one.median is None else round(one.median),
            "" if one.ninth is None else round(one.ninth),
            "" if one.within is None else round(one.within, 3),
            row.aim.minutes,
            row.known.isoformat(timespec="minutes") if row.known else "",
        )


# -- what is done here


def _do(request: Asked, workspace: Workspace) -> HttpResponse:
    what, now = request.POST.get("do", ""), clock.now()
    if what == "note":
        return _put(request, workspace, now)
    rows = Inquiry.objects.filter(group__in=groups_for(request.staff))
    row = rows.select_related("group__workspace").filter(pk=query.row(request.POST.get("which", ""))).first()
    if row is None or what not in {*HOWS, "undo"}:
        messages.warning(request, _("That is not there any more; nothing was changed."))
    else:
        if what == "undo":
            inquiry.undo(row, by=request.user, now=now)
        else:
            inquiry.tick_off(row, what, by=request.user, now=now)
        messages.success(request, word.of("inquiry_told", what))
    return _back(request, workspace)


def _back(request: Asked, workspace: Workspace) -> HttpResponse:
    answer = redirect("service_level", workspace.slug)
    if request.GET:
        answer["Location"] += "?" + request.GET.urlencode()
    return answer


def _put(request: Asked, workspace: Workspace, now: datetime) -> HttpResponse:
    """The note of this week, among what is to be said: once a week in each group."""
    which = query.row(request.POST.get("group", ""))
    group = groups_for(request.staff).select_related("workspace").filter(pk=which).first()
    text = request.POST.get("text", "").replace("\0", "").strip()[: outbox.LONGEST]
    if group is None or not text:
        messages.warning(request, _("Choose a group, and write what it is to be told."))
        return _back(request, workspace)
    week = now.date().isocalendar()
    key = f"service note {week.year}-{week.week}"
    fresh = outbox.put([group], text, pictures={}, what="service.note", key=key, by=request.user, now=now)
    said = _("It waits to be sent.") if fresh else _("This group has its note of this week already.")
    messages.success(request, said)
    return _back(request, workspace)


def aim(request: Asked, workspace: Workspace) -> HttpResponse:
    """Set the target of the workspace with its hosts, or that of one group; what was typed wrongly stays."""
    form, now = request.POST, clock.now()
    key = query.row(form.get("group", ""))
    group = groups_for(request.staff).select_related("workspace").filter(pk=key).first()
    if (form.get("group") and group is None) or (group is None and request.staff.duty.limited):
        messages.warning(request, _("That is not there any more; nothing was changed."))
        return redirect("service_level", workspace.slug)
    back = redirect("service_level", workspace.slug)
    back["Location"] += f"?group={group.pk}" if group else ""
    if group and form.get("do") == "as_all":
        target.as_all(group, by=request.user, now=now)
        messages.success(request, _("The target of all groups holds here too."))
        return back
    typed = {name: form.get(name, "").strip() for name in ("minutes", "opens", "closes")}
    try:
        numbers = {name: _number(text) for name, text in typed.items()}
        hosts = None if group else _hosts(workspace, form.getlist("hosts"))
        target.aim(workspace, group, **numbers, hosts=hosts, by=request.user, now=now)
    except BadTarget:
        wrong = _("The target is 1 minute to a week; the hours begin before they end, from 0 to 24.")
        return _page(request, workspace, 422, typed=typed, wrong=wrong)
    messages.success(request, _("Saved."))
    return back


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise BadTarget
    return int(text)


def _hosts(workspace: Workspace, keys: Sequence[str]) -> list[Account]:
    there = {account.pk: account for account in colleagues(workspace)}
    wanted: list[UUID] = [key for text in keys if (key := query.key(text))]
    return [there[key] for key in dict.fromkeys(wanted) if key in there]


# -- words


def _note(group: Group, now: datetime) -> str:
    """What members of a group are told to expect, in the language of the workspace: last week in numbers, and what will
    and will not be done (handbook chapter 13: operators lead and are not servants)."""
    aim_ = target.targets(group.workspace, [group])[group.pk]
    one = service_level.whole(service_level.asked_in([group], days=7, now=now))
    with translation.override(group.workspace.language):
        lines = []
        if one.asked:
            line = ngettext(
                "Last week you asked %(n)s question here", "Last week you asked %(n)s questions here", one.asked
            )
            line = line % {"n": one.asked} + _("; %(n)s were answered") % {"n": one.answered}
            if one.median is not None:
                line += _(", half of all within %(time)s") % {"time": lasting(max(1, one.median))}
            lines.append(line + _("."))
        hours = {"opens": f"{aim_.opens}:00", "closes": f"{aim_.closes}:00", "time": lasting(aim_.minutes)}
        lines.append(
            _("From %(opens)s to %(closes)s we see to it that every question has an answer within %(time)s.") % hours
        )
        lines.append(
            _("At night we sleep; and what one of you knows best, one of you may answer: you will be thanked by name.")
        )
    return "\n".join(lines)


def lasting(minutes: float) -> str:
    """A time in minutes as people say it."""
    whole = round(minutes)
    if whole < 60:
        return _("%(n)s min") % {"n": whole}
    hours, left = divmod(whole, 60)
    return _("%(h)s h %(m)s min") % {"h": hours, "m": left} if left else _("%(h)s h") % {"h": hours}
