"""WeChat's own way of logging in: of an official account inside WeChat (web authorisation), of a website by a code to
scan. It has no signed token: who it is stands in the answer that the code is exchanged for, server to server.

Source: WeChat's documentation of web page authorisation (网页授权) and of website login (网站应用微信登录).
"""

import json
from typing import Any
from urllib.parse import urlencode

import requests

from huoqun.base.issuer import BASE, WITHIN, Issuer, NotProven, Proven

LONGEST = 128
"""Signs of an id of WeChat's kept at most; theirs have 28."""


def leave(issuer: Issuer, *, back: str, state: str, nonce: str, verifier: str) -> str:  # noqa: ARG001
    """Where the member is sent. WeChat looks at the order of what is asked, and at the fragment. It knows neither nonce
    nor PKCE: `state`, letters and digits only, holds the answer to the browser."""
    asked = {
        "appid": issuer.client,
        "redirect_uri": back,
        "response_type": "code",
        "scope": issuer.scope,
        "state": state,
    }
    return f"{issuer.authorize}?{urlencode(asked)}#wechat_redirect"


def arrive(issuer: Issuer, *, code: str, back: str, nonce: str, verifier: str) -> Proven:  # noqa: ARG001
    """Who came back with this code. Raises NotProven."""
    asked = {"appid": issuer.client, "secret": issuer.secret, "code": code, "grant_type": "authorization_code"}
    given = _asked(f"{issuer.server}/sns/oauth2/access_token", asked)
    subject = _id(given, "openid")
    if not subject:
        raise NotProven("unsound", "no openid")
    if given.get("is_snapshotuser"):
        raise NotProven("snapshot")
    union, name = _id(given, "unionid"), ""
    if issuer.scope != BASE and isinstance(given.get("access_token"), str):
        wanted = {"access_token": given["access_token"], "openid": subject, "lang": "zh_CN"}
        known = _asked(f"{issuer.server}/sns/userinfo", wanted)
        if known.get("openid") != subject:
            raise NotProven("unsound", "it tells of somebody else")
        union, name = union or _id(known, "unionid"), str(known.get("nickname") or "")
    return Proven(f"weixin:{issuer.client}", subject, union, name)


def _id(values: dict[str, Any], name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str):
        return ""
    if len(value) > LONGEST:
        raise NotProven("unsound", f"{name} too long")
    return value


def _asked(place: str, query: dict[str, str]) -> dict[str, Any]:
    """What WeChat answers, as JSON, which it sends as text in UTF-8. A failure is named by its number alone: the
    address asked holds the secret."""
    try:
        answer = requests.get(place, params=query, timeout=WITHIN, allow_redirects=False)
        value = json.loads(answer.content.decode()) if answer.status_code == requests.codes.ok else None
    except (requests.RequestException, ValueError) as error:
        raise NotProven("down", type(error).__name__) from None
    if not isinstance(value, dict):
        raise NotProven("down", f"status {answer.status_code}")
    if value.get("errcode"):
        raise NotProven("unsound", f"errcode {value['errcode']}")
    return value
