"""The outside: how a member's browser goes to a server outside to log in, and what is believed when it comes back.

What was asked is kept in a cookie of that browser alone, signed, for ten minutes and for one answer: the answer must
bring its `state`, and the token its `nonce`. Who somebody was proven to be is a second cookie. Neither has anything to
do with the session of staff.
"""

import logging
import secrets
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import timedelta
from types import ModuleType
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from huoqun.base import issuer as issuers
from huoqun.base import openid, weixin
from huoqun.base.issuer import OPENID, WEIXIN, Issuer, NotProven, Proven

ASKED, PROVEN = "hq-asked", "hq-member"
"""The cookies: what was asked of a server outside; who it said this is."""
ANSWERED_WITHIN = timedelta(minutes=10)
REMEMBERED = timedelta(days=30)
"""How long a browser is known after a login. A default."""
_TALK: dict[str, ModuleType] = {OPENID: openid, WEIXIN: weixin}
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Aim:
    """Where somebody who logs in wants to: `m`, with their own link; `d`, through a door; "", to their own page.
    `own`: the code of a friend that stood in the door's address."""

    kind: str = ""
    token: str = ""
    own: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The same as a query, of which `aim` makes it again."""
        found = {self.kind: self.token} if self.kind else {}
        return found | ({"code": self.own} if self.own else {})


def aim(request: HttpRequest) -> Aim:
    """Where the address, or the form, says that one wants to."""
    asked = request.GET if request.method != "POST" else request.POST
    for kind in ("m", "d"):
        if token := asked.get(kind, "")[:400]:
            return Aim(kind, token, asked.get("code", "")[:40])
    return Aim()


def offered(request: HttpRequest, *, there: Collection[str] = ()) -> list[tuple[str, str]]:
    """With whom members can log in from this browser: id and name. `there`: issuers they log in with already."""
    agent = request.headers.get("User-Agent", "")
    known = [each for each in settings.MEMBER_ISSUERS if each.fits(agent)]
    return [(each.id, called(each)) for each in known if not any(_is(each, issuer) for issuer in there)]


def elsewhere(request: HttpRequest) -> bool:
    """Whether there would be a way to log in, were this page open inside WeChat."""
    agent = request.headers.get("User-Agent", "")
    inside = any(each.inside for each in settings.MEMBER_ISSUERS)
    return inside and not issuers.within_wechat(agent) and not any(i == issuers.SITE for i, _name in offered(request))


def called(issuer: Issuer) -> str:
    """What a button calls a server outside."""
    return issuer.name or _("WeChat")


def name_of(issuer: str) -> str:
    """What people call the server whose logins are kept under that name."""
    found = next((each for each in settings.MEMBER_ISSUERS if _is(each, issuer)), None)
    return called(found) if found else _("WeChat") if issuer.startswith("weixin:") else issuer


def _is(each: Issuer, issuer: str) -> bool:
    """Whether logins kept under that name are with this server."""
    if each.kind == WEIXIN:
        return issuer == f"weixin:{each.client}"
    return issuer.rstrip("/") == openid.server_of(each)


def leave(request: HttpRequest, issuer: Issuer, to: Aim) -> HttpResponse:
    """Off to the server outside. Raises NotProven."""
    asked = {"state": secrets.token_hex(16), "nonce": secrets.token_hex(16), "verifier": secrets.token_urlsafe(48)}
    place = _TALK[issuer.kind].leave(issuer, back=_back(request, issuer), **asked)
    answer = HttpResponseRedirect(place)
    _keep(request, answer, ASKED, asked | {"issuer": issuer.id, "to": asdict(to)}, ANSWERED_WITHIN)
    return answer


def arrive(request: HttpRequest, issuer: Issuer) -> tuple[Proven, Aim]:
    """Who came back, and where they wanted to. Raises Stale where this browser did not ask; NotProven."""
    asked = _kept(request, ASKED, ANSWERED_WITHIN)
    state = request.GET.get("state", "")
    if asked is None or asked["issuer"] != issuer.id or not _equal(asked["state"], state):
        raise Stale
    if not cache.add(f"login_{state}", True, timeout=int(ANSWERED_WITHIN.total_seconds()) + 60):
        raise Stale
    to = Aim(**asked["to"])
    code = request.GET.get("code", "")
    if request.GET.get("error") or not code:
        raise Refused(to, "declined")
    try:
        told = {"nonce": asked["nonce"], "verifier": asked["verifier"]}
        return _TALK[issuer.kind].arrive(issuer, code=code, back=_back(request, issuer), **told), to
    except NotProven as error:
        _log.warning("login with %s: %s", issuer.id, error)
        raise Refused(to, error.why) from error


class Stale(Exception):
    """This browser did not ask, asked long ago, or has its answer already."""


class Refused(Exception):
    """The server outside proved nobody; `to`: where they wanted to."""

    def __init__(self, to: Aim, why: str) -> None:
        super().__init__(why)
        self.to, self.why = to, why


def proven(request: HttpRequest) -> Proven | None:
    """Who the member in this browser was proven to be; None where nobody has logged in, or with a server that is not
    ours any more."""
    told = _kept(request, PROVEN, REMEMBERED)
    if told is None or issuers.of(settings.MEMBER_ISSUERS, told.pop("by", "")) is None:
        return None
    return Proven(**told)


def remember(request: HttpRequest, answer: HttpResponse, issuer: Issuer, who: Proven) -> HttpResponse:
    """Know this browser again; what was asked is done with."""
    _keep(request, answer, PROVEN, asdict(who) | {"by": issuer.id, "name": who.name[:100]}, REMEMBERED)
    answer.delete_cookie(ASKED, path="/in/", samesite="Lax")
    return answer


def forget(answer: HttpResponse) -> HttpResponse:
    """Nobody is logged in in this browser."""
    answer.delete_cookie(PROVEN, samesite="Lax")
    return answer


def _back(request: HttpRequest, issuer: Issuer) -> str:
    return request.build_absolute_uri(reverse("login_back", args=[issuer.id]))


def _keep(request: HttpRequest, answer: HttpResponse, cookie: str, told: dict[str, Any], within: timedelta) -> None:
    answer.set_cookie(
        cookie,
        signing.dumps(told, salt=f"huoqun.{cookie}", compress=True),
        max_age=within,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
        path="/in/" if cookie == ASKED else "/",
    )


def _kept(request: HttpRequest, cookie: str, within: timedelta) -> dict[str, Any] | None:
    try:
        told: dict[str, Any] = signing.loads(request.COOKIES.get(cookie, ""), salt=f"huoqun.{cookie}", max_age=within)
    except signing.BadSignature:
        return None
    return told


def _equal(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode(), other.encode())
