"""OpenID Connect as members use it: the code flow with PKCE, the token's signature, issuer, audience, time and nonce
checked. See docs/decisions/225-logins-of-members.md for why staff's library does not do it.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from secrets import compare_digest
from typing import Any
from urllib.parse import urlencode

import jwt
import requests

from huoqun.base.issuer import WITHIN, Issuer, NotProven, Proven

SIGNED = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures with a key that only the server has. Never `none`, and never one that whoever holds the public key or the
secret could make."""
SKEW = 60
"""Seconds by which the server's clock may be off. A default."""
LONGEST = 255
"""Signs of a subject, as the specification bounds it."""


def leave(issuer: Issuer, *, back: str, state: str, nonce: str, verifier: str) -> str:
    """Where the member is sent. Raises NotProven."""
    asked = {
        "response_type": "code",
        "client_id": issuer.client,
        "redirect_uri": back,
        "scope": "openid profile",
        "state": state,
        "nonce": nonce,
        "code_challenge": _challenge(verifier),
        "code_challenge_method": "S256",
    }
    place = _text(_about(issuer), "authorization_endpoint")
    return f"{place}{'&' if '?' in place else '?'}{urlencode(asked)}"


def arrive(issuer: Issuer, *, code: str, back: str, nonce: str, verifier: str) -> Proven:
    """Who came back with this code. Raises NotProven."""
    about = _about(issuer)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "client_id": issuer.client,
        "code_verifier": verifier,
    }
    login = None
    methods = about.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if "client_secret_post" in methods or "client_secret_basic" not in methods:
        form["client_secret"] = issuer.secret
    else:
        login = (issuer.client, issuer.secret)
    given = _asked("POST", _text(about, "token_endpoint"), data=form, auth=login)
    claims = _claims(issuer, about, _text(given, "id_token"), nonce)
    subject = claims["sub"]
    if not subject or len(subject) > LONGEST:
        raise NotProven("unsound", "no subject, or one too long")
    return Proven(_text(about, "issuer"), subject, name=_name(claims) or _looked_up(about, given, subject))


def server_of(issuer: Issuer) -> str:
    """The issuer's address without what some write behind it."""
    return issuer.server.rstrip("/").removesuffix("/.well-known/openid-configuration")


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _about(issuer: Issuer) -> dict[str, Any]:
    """What the server says of itself: it must be the one that was named."""
    server = server_of(issuer)
    about = _asked("GET", f"{server}/.well-known/openid-configuration")
    if str(about.get("issuer", "")).rstrip("/") != server:
        raise NotProven("unsound", f"it calls itself {about.get('issuer')!r}")
    return about


def _claims(issuer: Issuer, about: dict[str, Any], token: str, nonce: str) -> dict[str, Any]:
    """What the signed token says, where it may be believed."""
    try:
        key = _key(about, jwt.get_unverified_header(token).get("kid"))
        claims: dict[str, Any] = jwt.decode(
            token,
            key=key,
            algorithms=SIGNED,
            audience=issuer.client,
            issuer=_text(about, "issuer"),
            leeway=SKEW,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except (jwt.PyJWTError, TypeError, ValueError) as error:
        raise NotProven("unsound", str(error)) from error
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else issuer.client) != issuer.client:
        raise NotProven("unsound", "it is for another application")
    if not compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise NotProven("unsound", "it answers another question")
    return claims


def _key(about: dict[str, Any], name: Any) -> jwt.PyJWK:
    """The key that signed, of those the server shows."""
    shown = _asked("GET", _text(about, "jwks_uri"))
    fit = [k for k in jwt.PyJWKSet.from_dict(shown).keys if k.public_key_use in {None, "sig"}]
    found = [k for k in fit if k.key_id == name] if name is not None else fit
    if len(found) != 1:
        raise NotProven("unsound", "signed with a key that the server does not show")
    return found[0]


def _looked_up(about: dict[str, Any], given: dict[str, Any], subject: str) -> str:
    """The name, asked for where the token has none; "" where the server does not say."""
    place, access = about.get("userinfo_endpoint"), given.get("access_token")
    if not isinstance(place, str) or not isinstance(access, str):
        return ""
    known = _asked("GET", place, headers={"Authorization": f"Bearer {access}"})
    if known.get("sub") != subject:
        raise NotProven("unsound", "it tells of somebody else")
    return _name(known)


def _name(claims: dict[str, Any]) -> str:
    told = (claims.get(name) for name in ("name", "nickname", "preferred_username"))
    return next((text for text in told if isinstance(text, str) and text.strip()), "")


def _text(values: dict[str, Any], name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not value:
        raise NotProven("down", f"no {name}")
    return value


def _asked(method: str, place: str, **more: Any) -> dict[str, Any]:
    """What a server outside answers, as JSON. What it says of a failure is not passed on: the secret may be in it."""
    try:
        answer = requests.request(method, place, timeout=WITHIN, allow_redirects=False, **more)
        value = answer.json() if answer.status_code == requests.codes.ok else None
    except (requests.RequestException, json.JSONDecodeError) as error:
        raise NotProven("down", type(error).__name__) from None
    if not isinstance(value, dict):
        raise NotProven("down" if answer.status_code >= 500 else "unsound", f"status {answer.status_code}")
    return value
