"""A member's rewards on their own pages: level and the way up, honours, the shop, the board, their data."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import get_random_string

from huoqun.activities import belongings
from huoqun.base import clock
from huoqun.people import honour, level, podium, points, scheme, shop
from huoqun.people.person import Identity
from huoqun.web import pace, query, word
from huoqun.web.member_door import MOST_DEEDS, TRIED_WITHIN, bearer, quiet, told
from huoqun.web.rewarding import NOT_DONE, Refused, number, why

SHOWN = 20
"""Places of a board shown to members; their own stands below."""


def own(who: Identity) -> dict[str, Any]:
    """What stands on a member's own page of their rewards."""
    workspace = who.group.workspace
    there = honour.honours(who.person)
    return {
        "level": level.level_of(points.earned(who.person), scheme.levels(workspace)),
        "titles": [h.rule.name for h in there if h.rule.what == honour.TITLE],
        "badges": [h.rule.name for h in there if h.rule.what == honour.BADGE],
        "sold": shop.wares(workspace).exists() or shop.orders_of(who.person).exists(),
    }


def store(request: HttpRequest, token: str) -> HttpResponse:
    """The shop: what points buy, and what I ordered with its codes."""
    who = bearer(token)
    if isinstance(who, str):
        return told(request, who, 404 if who == "bad" else 410)
    if request.method != "POST":
        return _store(request, token, who)
    if pace.too_often_by_all(f"deed {who.pk.hex}", most=MOST_DEEDS, within=TRIED_WITHIN, now=clock.now()):
        return told(request, "wait", 429)
    try:
        done = _cancel(request, who) if request.POST.get("do") == "cancel" else _order(request, who)
    except NOT_DONE as error:
        return _store(request, token, who, 409, wrong=why(error), typed=request.POST)
    return HttpResponseRedirect(reverse("member_shop", args=[token]) + f"?done={done}#orders")


def _store(request: HttpRequest, token: str, who: Identity, status: int = 200, **known: Any) -> HttpResponse:
    rows = [(w, shop.had(w, who.person)) for w in shop.wares(who.group.workspace)[:200]]
    context = {
        "who": who,
        "token": token,
        "points": points.balance(who.person),
        "rows": [(w, had, _most(w, had)) for w, had in rows],
        "orders": shop.orders_of(who.person)[:50],
        "done": request.GET.get("done", ""),
        "form_key": get_random_string(12),
        **known,
    }
    return quiet(render(request, "member/shop.html", context, status=status))


def _most(ware: shop.Ware, had: int) -> int:
    """How many pieces one may still order, of what there is."""
    most = min(n for n in (ware.stock, ware.most - had if ware.most else None, shop.MOST) if n is not None)
    return max(0, most)


def _order(request: HttpRequest, who: Identity) -> str:
    ware = shop.wares(who.group.workspace).filter(pk=query.row(request.POST.get("ware", ""))).first()
    if ware is None:
        raise shop.NotThere
    note = request.POST.get("note", "").replace("\0", "")[:1000]
    key = request.POST.get("key", "").replace("\0", "")[:40] or get_random_string(12)
    shop.order(ware, who, number(request, "count", 1), note=note, key=key, now=clock.now())
    return "ordered"


def _cancel(request: HttpRequest, who: Identity) -> str:
    row = shop.orders_of(who.person).filter(pk=query.row(request.POST.get("which", ""))).first()
    if row is None:
        raise Refused("not_there")
    shop.cancel(row, why="", by=None, now=clock.now())
    return "cancelled"


def board(request: HttpRequest, token: str) -> HttpResponse:
    """The board of my group, for those who want to stand on it; and whether I do."""
    who = bearer(token)
    if isinstance(who, str):
        return told(request, who, 404 if who == "bad" else 410)
    now = clock.now()
    if request.method == "POST":
        podium.hide(who.person, request.POST.get("hide") == "yes", now=now)
        return HttpResponseRedirect(reverse("member_board", args=[token]))
    period = request.GET.get("period", podium.WEEK)
    period = period if period in podium.PERIODS else podium.WEEK
    lines = podium.podium(who.group, period, now=now)
    human = who.person.root_id or who.person_id
    mine = next((line for line in lines if (line.who.person.root_id or line.who.person_id) == human), None)
    context = {
        "who": who,
        "token": token,
        "period": period,
        "periods": [(p, word.of("period", p)) for p in podium.PERIODS],
        "lines": [line for line in lines if not line.shy or line is mine][:SHOWN],
        "mine": mine,
        "human": human,
        "shy": podium.is_shy(who.person),
    }
    return quiet(render(request, "member/board.html", context))


def data(request: HttpRequest, token: str) -> HttpResponse:
    """Everything known of me, as a file."""
    who = bearer(token)
    if isinstance(who, str):
        return told(request, who, 404 if who == "bad" else 410)
    answer = JsonResponse(belongings.of(who), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return quiet(answer)
