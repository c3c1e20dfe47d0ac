"""The issuer: a server outside with which members may log in, as the environment names it: WeChat, or one that speaks
OpenID Connect. It is never the way of staff, who have a server of their own (`base/oidc`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

OPENID, WEIXIN = "openid", "weixin"
ACCOUNT, SITE = "wechat", "wechat-site"
"""WeChat knows two: an official account, inside WeChat's own browser; a website, by a code to scan anywhere else."""
AUTHORIZE = "https://open.weixin.qq.com/connect/oauth2/authorize"
AUTHORIZE_SITE = "https://open.weixin.qq.com/connect/qrconnect"
API = "https://api.weixin.qq.com"
BASE, USERINFO, LOGIN = "snsapi_base", "snsapi_userinfo", "snsapi_login"
WITHIN = 10.0
"""Seconds a server outside may take to answer."""


@dataclass(frozen=True)
class Issuer:
    """A server outside. `id` stands in addresses of ours; `name` is what a button says ("" for WeChat, which pages
    name in their language); `server`: its address, for OpenID Connect its issuer as its tokens say it."""

    id: str
    kind: str
    name: str
    client: str
    secret: str = field(repr=False)
    server: str
    authorize: str = ""
    """Where WeChat asks the member; an OpenID Connect server tells that itself."""
    scope: str = ""
    inside: bool | None = None
    """Works only inside WeChat's browser (True), only outside of it (False), anywhere (None)."""

    def fits(self, agent: str) -> bool:
        """Whether a browser that calls itself so can use it."""
        return self.inside is None or self.inside == within_wechat(agent)


@dataclass(frozen=True)
class Proven:
    """Who somebody is, as a server outside says. `issuer` and `subject` are one account for ever; `union`: what WeChat
    calls the same human over all applications of one operator, "" where it does not say; `name` is for people."""

    issuer: str
    subject: str
    union: str = ""
    name: str = ""


class NotProven(Exception):
    """Nobody was proven to be anybody. `why`: `declined` (they said no), `unsound` (the answer is not to be believed),
    `snapshot` (WeChat shows the page without saying who looks), `down` (the server does not answer as it should)."""

    def __init__(self, why: str, told: str = "") -> None:
        super().__init__(f"{why}: {told}")
        self.why = why


def within_wechat(agent: str) -> bool:
    """Whether a browser that calls itself so is WeChat's own."""
    return "micromessenger" in agent.casefold()


def issuers(environment: Mapping[str, str]) -> tuple[Issuer, ...]:
    """Those that the environment names; none where none is named."""

    def told(name: str, default: str = "") -> str:
        return environment.get(name, "").strip() or default

    found = []
    if account := told("HUOQUN_WECHAT_ID"):
        scope = USERINFO if told("HUOQUN_WECHAT_SCOPE") == USERINFO else BASE
        secret = told("HUOQUN_WECHAT_SECRET")
        found.append(Issuer(ACCOUNT, WEIXIN, "", account, secret, API, AUTHORIZE, scope, inside=True))
    if site := told("HUOQUN_WECHAT_SITE_ID"):
        secret = told("HUOQUN_WECHAT_SITE_SECRET")
        found.append(Issuer(SITE, WEIXIN, "", site, secret, API, AUTHORIZE_SITE, LOGIN, inside=False))
    if url := told("HUOQUN_MEMBER_OIDC_URL"):
        name = told("HUOQUN_MEMBER_OIDC_NAME", "OpenID Connect")
        client, secret = told("HUOQUN_MEMBER_OIDC_CLIENT"), told("HUOQUN_MEMBER_OIDC_SECRET")
        found.append(Issuer("oidc", OPENID, name, client, secret, url))
    return tuple(found)


def of(known: tuple[Issuer, ...], which: str) -> Issuer | None:
    """The one of that id."""
    return next((each for each in known if each.id == which), None)
