"""Logging in with a server outside: a real OpenID Connect server on this machine, walked as a browser walks it."""

import base64
import hashlib
import json
import threading
import urllib.error
import urllib.request
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from at_work import HEADERS, PASSWORD, account, hire
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client

from huoqun.base import clock
from huoqun.base.oidc import oidc
from huoqun.people.account import Account
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)
LOGIN = "/account/oidc/oidc/login/"


class Stay(urllib.request.HTTPRedirectHandler):
    """Where an answer leads, not what is there."""

    def redirect_request(self, *_):
        return None


class Outside:
    """An OpenID Connect server that says of everybody who asks that they are `who`."""

    def __init__(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.codes = {}
        self.who = {"sub": "7", "email": "boss@example.org", "email_verified": True, "name": "阿宽"}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _handler(outside):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                place, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
                if place == "/authorize":
                    return self.lead(outside.authorize(query))
                known = {
                    "/.well-known/openid-configuration": outside.configuration,
                    "/jwks": outside.keys,
                    "/userinfo": lambda: outside.userinfo(self.headers["Authorization"]),
                }
                return self.tell(known[place]())

            def do_POST(self):
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                return self.tell(outside.token(form))

            def lead(self, address):
                self.send_response(302)
                self.send_header("Location", address)
                self.end_headers()

            def tell(self, value):
                self.send_response(200 if value else 400)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(value).encode())

            def log_message(self, *_):
                pass

        return Handler

    def configuration(self):
        ways = {name: f"{self.address}/{name}" for name in ("authorize", "token", "userinfo", "jwks")}
        return {
            "issuer": self.address,
            "authorization_endpoint": ways["authorize"],
            "token_endpoint": ways["token"],
            "userinfo_endpoint": ways["userinfo"],
            "jwks_uri": ways["jwks"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self):
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [public | {"kid": "1", "alg": "RS256", "use": "sig"}]}

    def authorize(self, query):
        assert query["client_id"] == ["huoqun"]
        assert {"openid", "email"} <= set(query["scope"][0].split())
        code = f"code{len(self.codes)}"
        self.codes[code] = query
        return f"{query['redirect_uri'][0]}?" + urlencode({"code": code, "state": query["state"][0]})

    def token(self, form):
        """Nothing for a code unknown or used, another secret, or a proof that does not fit."""
        asked = self.codes.pop(form["code"][0], None)
        if asked is None or form["client_secret"] != ["hush"] or form["redirect_uri"] != asked["redirect_uri"]:
            return None
        if "code_challenge" in asked:
            proof = hashlib.sha256(form["code_verifier"][0].encode()).digest()
            assert base64.urlsafe_b64encode(proof).decode().rstrip("=") == asked["code_challenge"][0]
        now = clock.now()
        told = {"iss": self.address, "aud": "huoqun", "iat": now, "exp": now + timedelta(minutes=5), **self.who}
        signed = jwt.encode(told, self.key, algorithm="RS256", headers={"kid": "1"})
        return {"access_token": "opens", "token_type": "Bearer", "expires_in": 300, "id_token": signed}

    def userinfo(self, bearer):
        return self.who if bearer == "Bearer opens" else None


@pytest.fixture
def outside(settings):
    server = Outside()
    known = {"HUOQUN_OIDC_URL": server.address, "HUOQUN_OIDC_CLIENT": "huoqun", "HUOQUN_OIDC_SECRET": "hush"}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": oidc(known | {"HUOQUN_OIDC_NAME": "公司账号"})}}
    cache.clear()
    yield server
    server.server.shutdown()
    server.server.server_close()


def walk(client, **query):
    """From our button over the server outside back to us; the last answer."""
    there = client.get(LOGIN, query)["location"]
    try:
        urllib.request.build_opener(Stay).open(there)
        raise AssertionError("no way back")
    except urllib.error.HTTPError as answer:
        back = urlsplit(answer.headers["Location"])
    return client.get(f"{back.path}?{back.query}")


def visitor():
    return Client(headers=HEADERS)


def test_who_has_an_account_logs_in_with_the_server_outside_and_keeps_the_password(outside):
    member = hire(local(now=clock.now()), email="boss@example.org")
    client = visitor()
    page = client.get("/account/login/?next=/w/local/people").content.decode()
    assert "用公司账号登录" in page.replace(" ", "")
    assert f'href="{LOGIN}?' in page, "a link: what a form sends may lead to ourselves only"
    answer = walk(client, next="/w/local/people")
    assert (answer.status_code, answer["location"]) == (302, "/w/local/people")
    assert client.get("/w/local/people").status_code == 200
    assert Account.objects.get(pk=member.account.pk).check_password(PASSWORD)
    outside.who |= {"email": "renamed@example.org"}
    again = visitor()
    assert walk(again).status_code == 302
    assert again.get("/w/local/people").status_code == 200, "known by who they are there, not by their address"


@pytest.mark.parametrize("who", [{"email": "stranger@example.org"}, {"email_verified": False}, {"email": ""}])
def test_nobody_else_gets_in(outside, who):
    """A stranger, an address nobody has checked, no address: no account is made and none is opened."""
    hire(local(now=clock.now()), email="boss@example.org")
    outside.who |= who
    client = visitor()
    answer = walk(client)
    assert answer.status_code == 403
    assert "邀请" in answer.content.decode(), "they are told what to do"
    assert client.get("/w/local/").status_code == 302
    assert Account.objects.count() == 1


def test_who_was_locked_out_stays_out(outside):
    member = hire(local(now=clock.now()), email="boss@example.org")
    Account.objects.filter(pk=member.account.pk).update(is_active=False)
    client = visitor()
    walk(client)
    assert client.get("/w/local/").status_code == 302


def test_an_answer_that_was_not_asked_for_opens_nothing(outside):
    """A forged way back: without the state of this browser, or with a code that was used."""
    account("boss@example.org")
    client = visitor()
    assert client.get(LOGIN + "callback/?code=code0&state=guess").status_code == 502
    assert client.get("/", follow=True).request["PATH_INFO"] == "/account/login/"


def test_a_server_that_is_ill_is_told_of(outside):
    account("boss@example.org")
    outside.configuration = lambda: None
    answer = visitor().get(LOGIN)
    assert answer.status_code == 502
    assert "密码" in answer.content.decode()


def test_without_a_server_named_there_is_no_button():
    account("boss@example.org")
    assert LOGIN not in visitor().get("/account/login/").content.decode()


def test_nobody_ties_a_stranger_to_somebody_who_is_logged_in(outside):
    """A link that a logged-in browser is lured to gives nobody else a way into the account."""
    member = hire(local(now=clock.now()), email="boss@example.org")
    outside.who |= {"sub": "666", "email": "stranger@example.org"}
    client = visitor()
    client.force_login(member.account)
    walk(client, process="connect")
    walk(client)
    stranger = visitor()
    walk(stranger)
    assert stranger.get("/w/local/").status_code == 302
    assert not SocialAccount.objects.exists()
