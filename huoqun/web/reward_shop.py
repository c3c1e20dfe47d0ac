"""The shop for staff: what is sold, the orders and their codes, and what sponsors gave."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.people import picture, prize, shop
from huoqun.people.shop import Order, Ware
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import query, rewarding, word
from huoqun.web.dealing import paged
from huoqun.web.gate import Asked
from huoqun.web.rewarding import Refused, number
from huoqun.web.sheet import file_of


def wares(request: Asked, workspace: Workspace) -> HttpResponse:
    """What points buy."""
    if request.method == "POST":
        deeds = {"keep": lambda: _keep(request, workspace), "remove": lambda: _remove(request, workspace)}
        return rewarding.acted(request, "reward_shop", deeds, lambda **known: _wares(request, workspace, **known))
    return _wares(request, workspace)


def _wares(request: Asked, workspace: Workspace, status: int = 200, **known: Any) -> HttpResponse:
    old = shop.wares(workspace).filter(pk=query.row(request.GET.get("edit", ""))).first()
    typed = known.pop("typed", None)
    if typed is None and old is not None:
        typed = {n: getattr(old, n) for n in ("name", "about", "price", "most")}
        typed |= {"left": "" if old.left is None else old.left, "which": old.pk, "prize": str(old.prize_id or "")}
    context = {"rows": shop.wares(workspace), "prizes": prize.prizes(workspace), "typed": typed or {"most": 0}}
    return rewarding.shown(request, "reward_shop", "shop", status, **context, **known)


def _ware(request: Asked, workspace: Workspace) -> Ware | None:
    which = request.POST.get("which", "")
    row = shop.wares(workspace).filter(pk=query.row(which)).first() if which else None
    if which and row is None:
        raise Refused("not_there")
    return row


def _keep(request: Asked, workspace: Workspace) -> str:
    form, ware = request.POST, _ware(request, workspace)
    sent = request.FILES.get("picture")
    values: dict[str, Any] = {
        "name": form.get("name", "").replace("\0", ""),
        "about": form.get("about", "").replace("\0", "")[:5000],
        "price": number(request, "price"),
        "left": number(request, "left") if form.get("left", "").strip() else None,
        "most": number(request, "most", 0),
        "prize": prize.prizes(workspace).filter(pk=query.row(form.get("prize", ""))).first(),
    }
    with transaction.atomic():
        if sent:
            values["picture"] = picture.take(sent.read(), workspace=workspace, person=None, now=clock.now())
        shop.keep(workspace, ware=ware, by=request.user, now=clock.now(), **values)
    return _("It stands in the shop.")


def _remove(request: Asked, workspace: Workspace) -> str:
    ware = _ware(request, workspace)
    if ware is None:
        raise Refused("not_there")
    shop.remove(ware, by=request.user, now=clock.now())
    return _("It is sold no more; orders stay.")


def orders(request: Asked, workspace: Workspace) -> HttpResponse:
    """The orders: hand over by code, cancel with a reason."""
    if request.method == "POST":
        deeds = {"redeem": lambda: _redeem(request, workspace), "cancel": lambda: _cancel(request, workspace)}
        return rewarding.acted(request, "reward_orders", deeds, lambda **known: _orders(request, workspace, **known))
    return _orders(request, workspace)


def _mine(request: Asked, workspace: Workspace) -> Any:
    """The orders a member of staff may see: who is limited sees those of their own groups."""
    found = shop.orders(workspace)
    return found.filter(identity__group__in=groups_for(request.staff)) if request.staff.duty.limited else found


def _orders(request: Asked, workspace: Workspace, status: int = 200, **known: Any) -> HttpResponse:
    found, state = _mine(request, workspace), request.GET.get("state", "")
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    found = found.filter(state=state) if state in shop.STATES else found
    found = found.filter(identity__name__icontains=words) if words else found
    listed = paged(request, found)
    context = {
        "page": listed,
        "rows": listed.rows,
        "states": [(s, word.of("shop", s)) for s in shop.STATES],
        "asked": {"state": state, "q": words},
    }
    return rewarding.shown(request, "reward_orders", "orders", status, **context, **known)


def _redeem(request: Asked, workspace: Workspace) -> str:
    code = "".join(request.POST.get("code", "").upper().split())[:12]
    if not _mine(request, workspace).filter(code=code).exists():
        raise shop.WrongCode
    row = shop.redeem(workspace, code, by=request.user, now=clock.now())
    return _("%(ware)s ×%(n)s for %(name)s: handed over.") % {
        "ware": row.ware.name, "n": row.count, "name": row.identity.name,
    }  # fmt: skip


def _cancel(request: Asked, workspace: Workspace) -> str:
    row: Order | None = _mine(request, workspace).filter(pk=query.row(request.POST.get("which", ""))).first()
    why = request.POST.get("why", "").replace("\0", "").strip()
    if row is None:
        raise Refused("not_there")
    if not why:
        raise Refused("why")
    shop.cancel(row, why=why, by=request.user, now=clock.now())
    return _("The order is cancelled; the points and the stock are back.")


def as_csv(request: Asked, workspace: Workspace) -> HttpResponse:
    """All orders as a table."""
    zone = ZoneInfo(workspace.zone)
    head = [_("When"), _("Who"), _("Group"), _("What"), _("Pieces"), _("Points"), _("Code"), _("State"), _("Note")]
    rows = (
        (
            o.created.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
            o.identity.name,
            o.identity.group.name,
            o.ware.name,
            o.count,
            o.cost,
            o.code,
            word.of("shop", o.state),
            o.note,
        )
        for o in _mine(request, workspace).iterator(500)
    )
    return file_of((x for part in ([head], rows) for x in part), "orders", "csv")


def prizes(request: Asked, workspace: Workspace) -> HttpResponse:
    """What sponsors gave, what it was used for, what they got."""
    if request.method == "POST":
        deeds = {
            "record": lambda: _record(request, workspace),
            "use": lambda: _use(request, workspace),
            "return": lambda: _return(request, workspace),
            "remove": lambda: _unprize(request, workspace),
        }
        return rewarding.acted(request, "reward_prizes", deeds, lambda **known: _prizes(request, workspace, **known))
    return _prizes(request, workspace)


def _prizes(request: Asked, workspace: Workspace, status: int = 200, **known: Any) -> HttpResponse:
    rows = list(prize.prizes(workspace).prefetch_related("wares"))
    context = {"rows": rows, "worth": sum((p.value for p in rows), Decimal(0)), "today": _today(workspace).isoformat()}
    return rewarding.shown(request, "reward_prizes", "prizes", status, **context, **known)


def _today(workspace: Workspace) -> date:
    return clock.now().astimezone(ZoneInfo(workspace.zone)).date()


def _prize(request: Asked, workspace: Workspace) -> prize.Prize:
    row = prize.prizes(workspace).filter(pk=query.row(request.POST.get("which", ""))).first()
    if row is None:
        raise Refused("not_there")
    return row


def _record(request: Asked, workspace: Workspace) -> str:
    form = request.POST
    text = {name: form.get(name, "").replace("\0", "") for name in ("sponsor", "name", "asked", "worth")}
    try:
        worth = Decimal(text["worth"].strip() or "0")
    except InvalidOperation as error:
        raise Refused("number") from error
    came = query.day(form.get("came", "")) or _today(workspace)
    prize.record(
        workspace,
        sponsor=text["sponsor"],
        name=text["name"],
        pieces=number(request, "pieces"),
        worth=worth,
        asked=text["asked"],
        came=came,
        by=request.user,
        now=clock.now(),
    )
    return _("It is written down.")


def _use(request: Asked, workspace: Workspace) -> str:
    what, key = request.POST.get("for", "").replace("\0", ""), request.POST.get("key", "")[:40]
    row = _prize(request, workspace)
    prize.use(row, number(request, "pieces"), what, key=key, on=_today(workspace), by=request.user, now=clock.now())
    return _("It is written down.")


def _return(request: Asked, workspace: Workspace) -> str:
    got = request.POST.get("got", "").replace("\0", "")
    prize.say_return(_prize(request, workspace), got, by=request.user, now=clock.now())
    return _("It is written down.")


def _unprize(request: Asked, workspace: Workspace) -> str:
    prize.remove(_prize(request, workspace), by=request.user, now=clock.now())
    return _("It is off the list.")
