"""A member's duty page: whether they are on duty and what they may do now, what they are asked, their weeks, the sheet,
their wishes. Over their own link alone: a name given at a door proves nothing, and powers want proof."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import get_random_string

from huoqun.activities import life
from huoqun.activities.vote import VotePlan
from huoqun.base import clock
from huoqun.crew import chore, handover, inquiry, planning, right, service_level, swapping
from huoqun.crew.planning import BadRota, NotHere, NotTheirs
from huoqun.crew.right import OnDuty
from huoqun.crew.rota import EVER, OUT, SET, VOLUNTEER, Handover, Rota, Shift, human, names, shifts, shifts_of
from huoqun.crew.swapping import BadDays
from huoqun.people import code, deed
from huoqun.people.deed import Deed
from huoqun.people.membership import NobodyCalled, called, here
from huoqun.people.person import Identity, ones
from huoqun.people.rapport import acquaintance
from huoqun.people.task import NoProof
from huoqun.web import pace, query, word
from huoqun.web.duty import called_all, days, state_of
from huoqun.web.duty_group import refused
from huoqun.web.member_door import MOST_DEEDS, TRIED_WITHIN, bearer, quiet, told

PROVEN = frozenset({code.MEMBER, code.LOGIN})
"""Links that prove whose they are."""
MOST_VOTES = 3
"""Votes one opens in a shift."""
OPEN_FOR = timedelta(days=1)
"""How long such a vote is open."""
SHOWN = 20


class TooMany(Exception):
    """Enough votes for one week."""


class NoVote(ValueError):
    """A vote has a question and at least two options."""


NOT_DONE = (NotTheirs, NotHere, BadDays, NobodyCalled, BadRota, TooMany, NoVote, NoProof)


def page(request: HttpRequest, token: str) -> HttpResponse:
    """The page; its forms come back here."""
    who = bearer(token)
    if isinstance(who, str):
        return told(request, who, 404 if who == "bad" else 410)
    now = clock.now()
    if code.read(token, now=now).kind not in PROVEN:
        return quiet(render(request, "member/duty.html", {"who": who, "token": token, "weak": True}, status=403))
    if request.method != "POST":
        return _page(request, token, who, now)
    if pace.too_often_by_all(f"deed {who.pk.hex}", most=MOST_DEEDS, within=TRIED_WITHIN, now=now):
        return told(request, "wait", 429)
    deed_ = DEEDS.get(request.POST.get("do", ""))
    try:
        if deed_ is None:
            raise NotTheirs
        with transaction.atomic():
            deed_(request, who, now)
    except NOT_DONE as error:
        typed = {name: request.POST.get(name, "") for name in ("title", "options", "text", "do")}
        return _page(request, token, who, now, 409, wrong=_why(error), typed=typed)
    return HttpResponseRedirect(reverse("member_duty", args=[token]) + "?done=yes")


def standing(who: Identity, now: datetime) -> str:
    """What a member's own page says of duty weeks: on, asked, rota (there is one), or nothing."""
    if right.on_duty(who, now):
        return "on"
    if shifts_of(who, since=now).exclude(state=SET).exists():
        return "asked"
    return "rota" if Rota.objects.filter(group=who.group, on=True).exists() else ""


def _page(
    request: HttpRequest, token: str, who: Identity, now: datetime, status: int = 200, **said: Any
) -> HttpResponse:
    rota = Rota.objects.filter(group=who.group).first()
    on = right.on_duty(who, now)
    mine = list(shifts_of(who, since=now))
    past = shifts_of(who, since=now - handover.WRITTEN_WITHIN).filter(ends__lte=now, state=SET).last()
    running = next((shift for shift in mine if shift.state == SET and shift.starts <= now), None)
    wishes = planning.wishes(who.group, {human(who.person) or UUID(int=0)})
    own = [wish for rows in wishes.values() for wish in rows]
    writes = running or past
    context: dict[str, Any] = {
        "who": who,
        "token": token,
        "rota": rota,
        "on": on,
        "may": dict.fromkeys(on.rights, True) if on else {},
        "rights": [word.of("duty_right", r) for r in right.RIGHTS if on and r in on.rights],
        "asked": [(s, days(s.begins)) for s in mine if s.state != SET],
        "mine": [(s, days(s.begins), s.starts > now) for s in mine if s.state == SET],
        "others": _others(who, mine, now),
        "wanted": _wanted(who),
        "glad": any(w.kind == VOLUNTEER and w.week == EVER for w in own),
        "out": any(w.kind == OUT for w in own),
        "wishes": [(w, days(w.week), word.of("duty_wish", w.kind)) for w in own if w.week != EVER],
        "weeks": planning.weeks_ahead(rota, now=now)[1:] if rota else [],
        "writes": writes,
        "sheet": Handover.objects.filter(shift=writes).first() if writes else None,
        "done": request.GET.get("done", ""),
        "form_key": get_random_string(12),
        **(_powers(who, on, now) if on else {}),
        **said,
    }
    return quiet(render(request, "member/duty.html", context, status=status))


def _powers(who: Identity, on: OnDuty, now: datetime) -> dict[str, Any]:
    """What is shown to who is on duty, as far as the rota allows it."""
    found: dict[str, Any] = {"chores": chore.chores(on.shift)}
    if right.SHEET in on.rights:
        before = handover.sheet_before(on.shift)
        name = called_all([before.shift]).get(before.shift_id, "") if before and before.shift.person_id else ""
        found |= {"before": before, "before_name": name}
    if right.QUESTIONS in on.rights:
        found["questions"] = service_level.waiting_questions([who.group], now)[:SHOWN]
    if right.NEWCOMERS in on.rights:
        known = acquaintance(who.group)
        unmet = known.unwelcomed if known else frozenset()
        found["newcomers"] = [i.name for i in here(who.group).filter(account__in=unmet).order_by("name")[:SHOWN]]
    if right.TASKS in on.rights:
        found["tasks"] = list(chore.lent(on.shift, now=now)[:SHOWN])
    if right.VOTES in on.rights:
        found["votes_left"] = MOST_VOTES - _votes(who, on.shift).count()
    return found


def _others(who: Identity, mine: list[Shift], now: datetime) -> list[tuple[Shift, str, str]]:
    """The shifts of others with which one could swap."""
    if not any(s.state == SET and s.starts > now for s in mine):
        return []
    theirs = [s for s in shifts(who.group).filter(state=SET, starts__gt=now) if s.pk not in {m.pk for m in mine}]
    told_ = called_all([s for s in theirs if s.person_id])
    return [(s, days(s.begins), told_.get(s.pk, "")) for s in theirs if state_of(s, now) == "set"]


def _wanted(who: Identity) -> list[dict[str, Any]]:
    """What others ask of them."""
    rows = list(swapping.asked_of(who))
    called_ = names(who.group, {key for row in rows if (key := human(row.asker))})
    return [{"row": row, "asker": called_.get(human(row.asker) or UUID(int=0), "")} for row in rows]


def _why(error: Exception) -> str:
    for kind, id in ((TooMany, "votes"), (NoVote, "vote"), (NoProof, "proof")):
        if isinstance(error, kind):
            return word.of("duty_told", id)
    return refused(error)


def _own(request: HttpRequest, who: Identity, now: datetime) -> Shift:
    found = shifts_of(who, since=now).filter(pk=query.row(request.POST.get("shift", ""))).first()
    if found is None:
        raise NotTheirs
    return found


def _may(who: Identity, what: str, now: datetime) -> OnDuty:
    on = right.may(who, what, now)
    if on is None:
        raise NotTheirs
    return on


def _yes(request: HttpRequest, who: Identity, now: datetime) -> None:
    planning.accept(_own(request, who, now), who.person, now=now)


def _no(request: HttpRequest, who: Identity, now: datetime) -> None:
    planning.decline(_own(request, who, now), who.person, now=now)


def _swap(request: HttpRequest, who: Identity, now: datetime) -> None:
    other = shifts(who.group).filter(pk=query.row(request.POST.get("other", ""))).first()
    if other is None:
        raise NotTheirs
    swapping.ask_swap(_own(request, who, now), other, who.person, now=now)


def _cover(request: HttpRequest, who: Identity, now: datetime) -> None:
    first, last = (query.day(request.POST.get(name, "")) for name in ("first", "last"))
    if first is None or last is None:
        raise BadDays
    friend = called(who.group, request.POST.get("who", "").replace("\0", "").strip())
    swapping.ask_cover(_own(request, who, now), friend, who.person, first, last, now=now)


def _answer(request: HttpRequest, who: Identity, now: datetime) -> None:
    row = swapping.asked_of(who).filter(pk=query.row(request.POST.get("which", ""))).first()
    if row is None:
        raise NotTheirs
    swapping.answer(row, who.person, yes=request.POST.get("said") == "yes", now=now)


def _wish(request: HttpRequest, who: Identity, now: datetime) -> None:
    kind, week = request.POST.get("kind", ""), query.day(request.POST.get("week", "")) or EVER
    planning.wish(who.group, who.person, kind, week, holds=request.POST.get("holds") == "yes", by=None, now=now)


def _chore(request: HttpRequest, who: Identity, now: datetime) -> None:
    on = right.on_duty(who, now)
    if on is None:
        raise NotTheirs
    chore.tick_chore(on.shift, request.POST.get("line", ""), who, done=request.POST.get("said") == "yes", now=now)


def _question(request: HttpRequest, who: Identity, now: datetime) -> None:
    _may(who, right.QUESTIONS, now)
    row = service_level.waiting([who.group], now).filter(pk=query.row(request.POST.get("which", ""))).first()
    if row is None:
        raise NotTheirs
    inquiry.tick_off(row, inquiry.ELSEWHERE, member=who.person, now=now)


def _task(request: HttpRequest, who: Identity, now: datetime) -> None:
    chore.do_task(query.row(request.POST.get("which", "")), who, request.POST.get("text", ""), now=now)


def _vote(request: HttpRequest, who: Identity, now: datetime) -> None:
    """Open a small vote, once for a form that is sent twice."""
    on = _may(who, right.VOTES, now)
    title = request.POST.get("title", "").replace("\0", "")
    plan = VotePlan(options=request.POST.get("options", "").replace("\0", "").splitlines()[:20])
    if not title.strip() or len(plan.options) < 2:
        raise NoVote
    planning.held(on.shift)
    key = f"{on.shift.pk.hex} {request.POST.get('key', '')[:40]}"
    if _votes(who, on.shift).filter(key=key).exists():
        return
    if _votes(who, on.shift).count() >= MOST_VOTES:
        raise TooMany
    group = who.group
    row = life.begin(
        group.workspace, "vote", title=title, groups=[group], plan=plan, closes=now + OPEN_FOR, by=None, now=now
    )
    life.open_up(row, now=now)
    deed.write(who.person, "duty.vote", at=now, group=group, key=key, values={"title": row.title}, now=now)


def _votes(who: Identity, shift: Shift) -> Any:
    return Deed.objects.filter(person__in=ones(who.person), kind="duty.vote", key__startswith=shift.pk.hex)


def _sheet(request: HttpRequest, who: Identity, now: datetime) -> None:
    mine = shifts_of(who, since=now - handover.WRITTEN_WITHIN)
    shift = mine.filter(pk=query.row(request.POST.get("shift", ""))).first()
    if shift is None:
        raise NotTheirs
    handover.write(shift, request.POST.get("text", ""), person=who.person, now=now)


def _read(request: HttpRequest, who: Identity, now: datetime) -> None:
    on = _may(who, right.SHEET, now)
    before = handover.sheet_before(on.shift)
    if before is None:
        raise NotTheirs
    handover.mark_read(before, who.person, now=now)


DEEDS: dict[str, Callable[[HttpRequest, Identity, datetime], None]] = {
    "yes": _yes,
    "no": _no,
    "swap": _swap,
    "cover": _cover,
    "answer": _answer,
    "wish": _wish,
    "chore": _chore,
    "question": _question,
    "task": _task,
    "vote": _vote,
    "sheet": _sheet,
    "read": _read,
}
