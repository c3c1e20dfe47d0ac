"""What the pages of rewards share: whose name is meant, what was typed, what was done or why not."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string

from huoqun.activities.questionnaire import fold
from huoqun.base.image import NoImage
from huoqun.people import honour, level, points, prize, role, scheme, shop
from huoqun.people.membership import here
from huoqun.people.person import Identity
from huoqun.people.staff import groups_for
from huoqun.web import word
from huoqun.web.gate import Asked

PARTS = ("rewards", "reward_board", "reward_levels", "reward_honours", "reward_shop", "reward_orders", "reward_prizes")


class Refused(Exception):
    """A form cannot be followed; `args[0]` is an id of `reward_refused`."""


WHY: dict[type[Exception], str] = {
    points.Short: "short",
    points.Reversed: "reversed",
    points.BadAmount: "amount",
    scheme.OverBudget: "budget",
    scheme.BadBudget: "number",
    level.Uneven: "stair",
    honour.BadRule: "rule",
    shop.BadWare: "ware",
    shop.NotThere: "not_there",
    shop.SoldOut: "sold_out",
    shop.TooMany: "too_many",
    shop.Settled: "settled",
    shop.WrongCode: "code",
    prize.BadPrize: "prize",
    prize.NoneLeft: "none_left",
    NoImage: "image",
}
NOT_DONE: tuple[type[Exception], ...] = (Refused, *WHY)


def why(error: Exception) -> str:
    """Why something was not done, in words."""
    id = error.args[0] if isinstance(error, Refused) else WHY[type(error)]
    return word.of("reward_refused", id)


def shown(request: Asked, part: str, template: str, status: int = 200, **known: Any) -> HttpResponse:
    """One of the pages of rewards, under their common bar."""
    context = {
        "part": part,
        "parts": [(p, word.of("reward_part", p)) for p in PARTS],
        "may_points": request.staff.may(role.EDIT_POINTS),
        "form_key": get_random_string(12),
        **known,
    }
    return render(request, f"reward/{template}.html", context, status=status)


def acted(
    request: Asked, part: str, deeds: dict[str, Callable[[], str]], again: Callable[..., HttpResponse]
) -> HttpResponse:
    """Do what a form asks: back to the page with what was done, or the page again with why not and what was typed."""
    do = deeds.get(request.POST.get("do", ""))
    try:
        if do is None:
            raise Refused("unknown")
        told = do()
    except NOT_DONE as error:
        return again(wrong=why(error), typed=request.POST, status=409)
    messages.success(request, told)
    return redirect(part, request.workspace.slug)


def number(request: HttpRequest, name: str, default: int | None = None) -> int:
    """A whole number that a form names. Raises Refused."""
    text = request.POST.get(name, "").strip()
    if not text and default is not None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Refused("number")
    return int(text)


def member(request: Asked) -> Identity:
    """Who is meant by a name, or by an account. Raises Refused."""
    typed = request.POST.get("name", "").replace("\0", "").strip()[:300]
    wanted = fold(typed)
    if not wanted:
        raise Refused("nobody")
    everybody = [i for g in groups_for(request.staff) for i in here(g).select_related("person__workspace", "group")]
    there = [i for i in everybody if i.account == typed] or [i for i in everybody if fold(i.name) == wanted]
    if not there:
        raise Refused("nobody")
    if len({i.person.root_id or i.person_id for i in there}) > 1:
        raise Refused("several")
    return there[0]
