"""The duty weeks of one group: who is on duty with which powers, the weeks ahead and why, what staff can do about them,
wishes, the rule, and the sheets."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.crew import duty, handover, planning, right, swapping
from huoqun.crew.planning import BadRota, NotHere, NotTheirs
from huoqun.crew.rota import AMONG, ASKED, SET, YES, Exchange, Rota, Shift, human, names, shifts
from huoqun.crew.swapping import BadDays
from huoqun.people import code, role
from huoqun.people.group import Group
from huoqun.people.membership import NobodyCalled, called, here
from huoqun.people.person import Identity
from huoqun.web import plain, query, word
from huoqun.web.duty import called_all, days, judged, missed, state_of, why
from huoqun.web.gate import Asked

PAST = 4
"""Weeks that are over on the page; all others stand with their sheets."""
NAMED = 500
"""Members offered while somebody types a name."""


def page(request: Asked, group: Group) -> HttpResponse:
    """The rota of a group; its forms come back here."""
    if request.method == "POST":
        return _rule(request, group) if request.POST.get("do") == "rule" else _do(request, group)
    return _page(request, group)


def _page(request: Asked, group: Group, status: int = 200, **said: Any) -> HttpResponse:
    now = clock.now()
    rota = Rota.objects.filter(group=group).first()
    rows = list(shifts(group).filter(ends__gt=now)) if rota else []
    past = list(shifts(group).filter(ends__lte=now).exclude(person=None).order_by("-begins")[:PAST]) if rota else []
    may = role.EDIT_DUTY in request.staff.duty.may
    on = right.holder(group, now)
    context: dict[str, Any] = {
        "group": group,
        "tab": "duty",
        "rota": rota,
        "rule": _told(rota),
        "on": _now(group, on, now),
        "weeks": [_line(request, shift, now, may) for shift in _named(rows)],
        "past": [_line(request, shift, now, may) for shift in _named(past)],
        "exchanges": _exchanges(group, [*rows, *past]),
        "wishes": _wishes(group),
        "amongs": [(a, word.of("duty_among", a)) for a in AMONG],
        "rights": [(r, word.of("duty_right", r)) for r in right.RIGHTS],
        "members": here(group).order_by("-messages").values_list("name", flat=True)[:NAMED] if may else [],
        "may_edit": may,
        "sheets": handover.sheets(group).count(),
        **said,
    }
    return render(request, "duty/group.html", context, status=status)


def _named(rows: list[Shift]) -> list[tuple[Shift, str]]:
    told = called_all([shift for shift in rows if shift.person_id])
    return [(shift, told.get(shift.pk, "")) for shift in rows]


def _line(request: Asked, two: tuple[Shift, str], now: datetime, may: bool) -> dict[str, Any]:
    shift, name = two
    link = ""
    if may and shift.person is not None and shift.ends > now:
        seat = here(shift.group).filter(person=human(shift.person)) | here(shift.group).filter(
            person__root=human(shift.person)
        )
        who = seat.order_by("-messages").first()
        token = code.personal(who, now=now) if who else ""
        link = request.build_absolute_uri(reverse("member_duty", args=[token])) if token else ""
    state = state_of(shift, now)
    return {
        "shift": shift,
        "name": name,
        "days": days(shift.begins),
        "state": state,
        "why": why(shift.basis),
        "words": _words(shift, name, link, state) if link else "",
        "ahead": shift.starts > now,
        "judged": judged(shift, now),
        "missed": missed(shift),
    }


def _words(shift: Shift, name: str, link: str, state: str) -> str:
    """What to send to whoever is asked, with their own link."""
    told = {"name": plain.name(name, 40), "day": shift.begins, "link": link}
    if state == "open":
        return _("Hi %(name)s, would you run our group for the week from %(day)s? Say yes or no here: %(link)s") % told
    return _("Hi %(name)s, your duty week from %(day)s: everything you need is here: %(link)s") % told


def _now(group: Group, on: tuple[Shift, UUID] | None, now: datetime) -> dict[str, Any] | None:
    if on is None:
        return None
    shift, who = on
    rights = [word.of("duty_right", r) for r in right.RIGHTS if r in shift.rota.rights]
    covering = human(shift.person) != who
    return {"name": names(group, {who}).get(who, ""), "until": shift.ends, "rights": rights, "covering": covering}


def _exchanges(group: Group, rows: list[Shift]) -> list[dict[str, Any]]:
    found = [row for row in swapping.of_shifts(rows) if not (row.other_id and row.state == YES)]
    wanted = {key for row in found for key in (human(row.asker), human(row.asked)) if key}
    called_ = names(group, wanted)
    return [
        {
            "row": row,
            "asker": called_.get(human(row.asker) or UUID(int=0), ""),
            "asked": called_.get(human(row.asked) or UUID(int=0), ""),
            "agreed": row.state == YES,
        }
        for row in found
    ]


def _wishes(group: Group) -> list[dict[str, Any]]:
    found = planning.wishes(group)
    called_ = names(group, set(found))
    return [
        {
            "name": called_.get(who, ""),
            "wishes": [(w, word.of("duty_wish", w.kind), w.week if w.week.year > 1970 else None) for w in those],
        }
        for who, those in sorted(found.items(), key=lambda two: called_.get(two[0], ""))
    ]


def _told(rota: Rota | None) -> dict[str, Any]:
    row = rota or Rota(rights=list(right.RIGHTS[:3]), points=0)
    return {
        "on": row.on,
        "ahead": row.ahead,
        "rest": row.rest,
        "among": row.among,
        "points": row.points,
        "reward": row.reward,
        "rights": row.rights,
        "chores": "\n".join(row.chores),
        "told": row.told,
    }


def _rule(request: Asked, group: Group) -> HttpResponse:
    """How the rota works."""
    form = request.POST
    said: dict[str, Any] = {
        "on": form.get("on") == "yes",
        "among": form.get("among", ""),
        "reward": form.get("reward", "").replace("\0", ""),
        "rights": form.getlist("rights"),
        "chores": form.get("chores", "").replace("\0", ""),
        "told": form.get("told") == "yes",
        **{name: form.get(name, "").strip() for name in ("ahead", "rest", "points")},
    }
    try:
        numbers = {name: _number(said[name]) for name in ("ahead", "rest", "points")}
        values = {**said, **numbers, "chores": said["chores"].splitlines()}
        planning.set_up(group, **values, by=request.user, now=clock.now())
    except BadRota:
        return _page(request, group, 422, rule=said, wrong=word.of("duty_told", "rule"))
    messages.success(request, _("Saved. The weeks ahead are planned in a moment."))
    return redirect("group_duty", group.pk)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        raise BadRota
    return int(text)


def _do(request: Asked, group: Group) -> HttpResponse:
    """One change of a week; what cannot be done is said, and nothing is changed."""
    deed = DEEDS.get(request.POST.get("do", ""))
    try:
        if deed is None:
            raise NotTheirs
        messages.success(request, deed(request, group, clock.now()))
    except (NotTheirs, NotHere, BadDays, NobodyCalled, BadRota) as error:
        messages.warning(request, refused(error))
    return redirect("group_duty", group.pk)


def refused(error: Exception) -> str:
    """Why something about a rota was not done, in words."""
    if isinstance(error, BadDays):
        return word.of("duty_told", "days")
    if isinstance(error, NobodyCalled | NotHere):
        return word.of("duty_told", "nobody")
    return word.of("duty_told", "theirs")


def _shift(request: Asked, group: Group, name: str = "shift") -> Shift:
    found = shifts(group).filter(pk=query.row(request.POST.get(name, ""))).first()
    if found is None:
        raise NotTheirs
    return found


def _member(request: Asked, group: Group) -> Identity:
    return called(group, request.POST.get("who", "").replace("\0", "").strip())


def _day(text: str) -> date:
    found = query.day(text)
    if found is None:
        raise BadDays
    return found


def _name(request: Asked, group: Group, now: datetime) -> str:
    agreed = request.POST.get("agreed") == "yes"
    planning.name_one(_shift(request, group), _member(request, group), agreed=agreed, by=request.user, now=now)
    return _("Named.") if agreed else _("They are to be asked; the words with their link stand beside the week.")


def _answer(request: Asked, group: Group, now: datetime) -> str:
    shift = _shift(request, group)
    if shift.person is None:
        raise NotTheirs
    do = planning.accept if request.POST.get("said") == "yes" else planning.decline
    do(shift, shift.person, by=request.user, now=now)
    return _("Written down.")


def _another(request: Asked, group: Group, now: datetime) -> str:
    planning.another(_shift(request, group), by=request.user, now=now)
    return _("Somebody else is asked, where somebody can.")


def _swap(request: Asked, group: Group, now: datetime) -> str:
    swapping.swap(_shift(request, group), _shift(request, group, "other"), by=request.user, now=now)
    return _("Swapped.")


def _cover(request: Asked, group: Group, now: datetime) -> str:
    first, last = _day(request.POST.get("first", "")), _day(request.POST.get("last", ""))
    swapping.cover(_shift(request, group), _member(request, group), first, last, by=request.user, now=now)
    return _("Covered.")


def _off(request: Asked, group: Group, now: datetime) -> str:
    mine: QuerySet[Exchange] = Exchange.objects.filter(shift__group=group, state__in=(ASKED, YES))
    row = mine.filter(pk=query.row(request.POST.get("which", ""))).first()
    if row is None:
        raise NotTheirs
    swapping.call_off(row, by=request.user, now=now)
    return _("Called off.")


def _judge(request: Asked, group: Group, now: datetime) -> str:
    done = request.POST.get("said") == "yes"
    duty.judge(_shift(request, group), done=done, by=request.user, now=now)
    return _("It counts as done.") if done else _("It counts as not done; nothing is paid for it.")


def _wish(request: Asked, group: Group, now: datetime) -> str:
    week = query.day(request.POST.get("week", ""))
    kind, holds = request.POST.get("kind", ""), request.POST.get("holds") != "no"
    who = _member(request, group)
    more = {"week": week} if week and kind != "out" else {}
    planning.wish(group, who.person, kind, **more, holds=holds, by=request.user, now=now)
    return _("Written down.")


def _sheet(request: Asked, group: Group, now: datetime) -> str:
    shift = _shift(request, group)
    if shift.state != SET and shift.ends > now:
        raise NotTheirs
    handover.write(shift, request.POST.get("text", ""), by=request.user, now=now)
    return _("Written on the sheet.")


DEEDS: dict[str, Callable[[Asked, Group, datetime], str]] = {
    "name": _name,
    "answer": _answer,
    "another": _another,
    "swap": _swap,
    "cover": _cover,
    "off": _off,
    "judge": _judge,
    "wish": _wish,
    "sheet": _sheet,
}


def sheets(request: Asked, group: Group) -> HttpResponse:
    """Every hand-over sheet of a group, the newest first."""
    number = query.number(request.GET.get("page", "1"))
    begin = (number - 1) * 20
    rows = list(handover.sheets(group)[begin : begin + 21])
    told = called_all([row.shift for row in rows if row.shift.person_id])
    called_ = names(group, {key for row in rows if row.reader and (key := human(row.reader))})
    context = {
        "group": group,
        "tab": "duty",
        "rows": [
            {
                "sheet": row,
                "name": told.get(row.shift_id, ""),
                "days": days(row.shift.begins),
                "reader": called_.get(human(row.reader) or UUID(int=0), "") if row.reader else "",
            }
            for row in rows[:20]
        ],
        "number": number,
        "more": len(rows) > 20,
    }
    return render(request, "duty/sheets.html", context)
