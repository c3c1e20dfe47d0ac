"""Notifications: somebody lets a browser tell them when something waits, says of what and when not, and sees which of
their devices do."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huoqun.base import clock, web_push
from huoqun.people import bell, device, ring, staff
from huoqun.people.account import Account
from huoqun.people.bell import KINDS, BadBell
from huoqun.people.device import BadDevice
from huoqun.playbooks import ringing
from huoqun.web import notification, query, word

HOURS = range(24)
APART = (2, 5, 15, 30, 60, 240)


def page(request: HttpRequest) -> HttpResponse:
    """State of this browser, the choice, the devices."""
    account = request.user
    assert isinstance(account, Account)
    if request.method == "POST":
        return _do(request, account)
    return _page(request, account)


def public_key() -> str:
    """What a browser is given as `applicationServerKey`."""
    return web_push.encoded(web_push.public(web_push.sender(settings.SECRET_KEY)))


def _page(request: HttpRequest, account: Account, status: int = 200, wrong: str = "") -> HttpResponse:
    now = clock.now()
    row, form = bell.bell_of(account, zone=_zone(account), now=now), request.POST
    chosen = {name: form.get(name, "") for name in ("quiet_from", "quiet_until", "zone", "apart")}
    devices = device.devices_of(account, now=now)
    known = {"quiet_from": row.quiet_from, "quiet_until": row.quiet_until, "zone": row.zone, "apart": row.apart}
    on = set(form.getlist("on")) if wrong else set(KINDS) - set(row.off)
    context = {
        "devices": devices,
        "on_its_way": ring.waiting(devices),
        "kinds": [(kind, word.of("bell", kind), word.of("bell_what", kind), kind in on) for kind in KINDS],
        "chosen": {name: str(value) for name, value in (chosen if wrong else known).items()},
        "hours": [(str(hour), f"{hour:02d}:00") for hour in HOURS],
        "apart": [str(minutes) for minutes in sorted({*APART, row.apart})],
        "key": public_key(),
        "wrong": wrong,
    }
    return render(request, "desk/notifications.html", context, status=status)


def _zone(account: Account) -> str:
    """Of the first workspace where they work."""
    first = staff.workspaces_of(account).first()
    return first.zone if first else "Asia/Shanghai"


def _do(request: HttpRequest, account: Account) -> HttpResponse:
    deed = {"keep": _keep, "forget": _forget, "remove": _remove, "test": _test, "choose": _choose}
    do = deed.get(request.POST.get("do", ""))
    return do(request, account) if do else redirect("notifications")


def _keep(request: HttpRequest, account: Account) -> HttpResponse:
    """A browser gives itself: at the click that allows it, and whenever its pages are opened."""
    form, now = request.POST, clock.now()
    fresh = not device.devices_of(account, now=now)
    try:
        device.keep(
            account,
            endpoint=form.get("endpoint", ""),
            key=form.get("key", ""),
            secret=form.get("secret", ""),
            session=request.session.session_key or "",
            agent=request.headers.get("User-Agent", "").replace("\0", ""),
            language=get_language() or settings.LANGUAGE_CODE,
            now=now,
        )
    except BadDevice:
        return JsonResponse({"said": _("That is no address of a push service; nothing was kept.")}, status=422)
    if fresh:
        ringing.switch_on(account, zone=_zone(account), now=now)
    return JsonResponse({"said": _("This device is told from now on.")})


def _forget(request: HttpRequest, account: Account) -> HttpResponse:
    device.forget(account, request.POST.get("endpoint", "").replace("\0", ""))
    return JsonResponse({"said": _("This device is told nothing any more.")})


def _remove(request: HttpRequest, account: Account) -> HttpResponse:
    if device.remove(account, query.row(request.POST.get("which", ""))):
        messages.success(request, _("Removed: that device is told nothing any more."))
    return redirect("notifications")


def _test(request: HttpRequest, account: Account) -> HttpResponse:
    """To every device, once: another test that is on its way is enough."""
    now = clock.now()
    devices = device.devices_of(account, now=now)
    said = {each.language: notification.tried(each.language) for each in devices}
    ring.ring(devices, said, workspace=None, tag="test", now=now)
    if devices:
        messages.success(request, _("On its way; it should be there within some seconds."))
    return redirect("notifications")


def _choose(request: HttpRequest, account: Account) -> HttpResponse:
    form = request.POST
    chosen = {name: form.get(name, "") for name in ("quiet_from", "quiet_until", "zone", "apart")}
    try:
        bell.set_bell(account, chosen | {"on": form.getlist("on")}, zone=_zone(account), now=clock.now())
    except BadBell as error:
        wrong = _("There is no such time zone; give one like Asia/Shanghai.")
        return _page(request, account, 422, wrong if str(error) == "zone" else _("Please choose from the list."))
    messages.success(request, _("Kept."))
    return redirect("notifications")
