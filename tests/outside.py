"""Servers outside, for the tests of members' logins: an OpenID Connect issuer and WeChat, each a small HTTP server on
this machine that speaks the protocol, and can be told to break it."""

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
from cryptography.hazmat.primitives.asymmetric import rsa

from huoqun.base import clock
from huoqun.base.issuer import ACCOUNT, BASE, USERINFO, WEIXIN, Issuer, issuers

IN_WECHAT = "Mozilla/5.0 (iPhone) AppleWebKit/605 Mobile MicroMessenger/8.0.50"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Stay(urllib.request.HTTPRedirectHandler):
    """Where an answer leads, not what is there."""

    def redirect_request(self, *_):
        return None


class Outside:
    """A server on this machine: `answer(path, query, form, headers)` gives a place to go, or what is told as JSON."""

    def __init__(self):
        self.asked = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def end(self):
        self.server.shutdown()
        self.server.server_close()

    def _handler(outside):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.speak({})

            def do_POST(self):
                self.speak(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))

            def speak(self, form):
                there = urlsplit(self.path)
                flat = [{k: v[0] for k, v in those.items()} for those in (parse_qs(there.query), form)]
                outside.asked.append(there.path)
                said = outside.answer(there.path, *flat, self.headers)
                self.send_response(302 if isinstance(said, str) else 200 if said is not None else 400)
                self.send_header(*(("Location", said) if isinstance(said, str) else ("Content-Type", "text/plain")))
                self.end_headers()
                if not isinstance(said, str):
                    self.wfile.write(json.dumps(said, ensure_ascii=False).encode())

            def log_message(self, *_):
                pass

        return Handler


class Openid(Outside):
    """Says of everybody who asks that they are `who`. `claims` and `signed` may be changed to break it."""

    def __init__(self):
        super().__init__()
        self.who = {"sub": "7", "name": "Ming"}
        self.codes, self.claims, self.token = {}, {}, None
        self.kid = "1"
        self.methods = ["client_secret_post"]
        self.reuse = False

    def issuer(self):
        told = {"URL": self.address, "CLIENT": "huoqun", "SECRET": "hush", "NAME": "读书会账号"}
        return issuers({f"HUOQUN_MEMBER_OIDC_{name}": value for name, value in told.items()})

    def answer(self, path, query, form, headers):
        known = {
            "/.well-known/openid-configuration": self.configuration,
            "/jwks": self.keys,
            "/userinfo": lambda: self.who if headers["Authorization"] == "Bearer opens" else None,
            "/authorize": lambda: self.authorize(query),
            "/token": lambda: self.exchange(form, headers),
        }
        return known[path]()

    def configuration(self):
        ways = {"authorization_endpoint": "authorize", "token_endpoint": "token", "userinfo_endpoint": "userinfo"}
        told = {name: f"{self.address}/{way}" for name, way in ways.items()} | {"jwks_uri": f"{self.address}/jwks"}
        return told | {"issuer": self.address, "token_endpoint_auth_methods_supported": self.methods}

    def keys(self):
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        return {"keys": [public | {"kid": "1", "alg": "RS256", "use": "sig"}]}

    def authorize(self, query):
        assert query["client_id"] == "huoqun" and query["response_type"] == "code"
        code = f"code{len(self.codes)}"
        self.codes[code] = query
        return f"{query['redirect_uri']}?" + urlencode({"code": code, "state": query["state"]})

    def exchange(self, form, headers):
        """Nothing for a code unknown or used, another secret, or a proof that does not fit."""
        asked = self.codes.get(form["code"]) if self.reuse else self.codes.pop(form["code"], None)
        login = "Basic " + base64.b64encode(b"huoqun:hush").decode()
        if asked is None or (form.get("client_secret") != "hush" and headers["Authorization"] != login):
            return None
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        if form["redirect_uri"] != asked["redirect_uri"] or proof != asked["code_challenge"]:
            return None
        now = clock.now()
        told = {"iss": self.address, "aud": "huoqun", "iat": now, "exp": now + timedelta(minutes=5)}
        told |= {"sub": self.who["sub"], "nonce": asked["nonce"]} | self.claims
        told = {name: value for name, value in told.items() if value is not None}
        signed = self.token(told) if self.token else jwt.encode(told, KEY, "RS256", headers={"kid": self.kid})
        return {"access_token": "opens", "token_type": "Bearer", "id_token": signed}


class WeChat(Outside):
    """WeChat as its documentation tells it: an openid for each application, one unionid for the human."""

    def __init__(self):
        super().__init__()
        self.human, self.more, self.codes = "ming", {}, {}
        self.nickname = "阿明🎈"

    def issuer(self, id=ACCOUNT, scope=BASE, inside=True, client="wx1"):
        return Issuer(id, WEIXIN, "", client, "hush", self.address, f"{self.address}/authorize", scope, inside)

    def answer(self, path, query, form, headers):
        if path == "/authorize":
            assert list(query) == ["appid", "redirect_uri", "response_type", "scope", "state"], (
                "WeChat wants this order"
            )
            assert query["state"].isalnum() and len(query["state"]) <= 128
            code = f"code{len(self.codes)}"
            self.codes[code] = query
            return f"{query['redirect_uri']}?" + urlencode({"code": code, "state": query["state"]})
        openid = f"o-{query['appid']}-{self.human}" if "appid" in query else query["openid"]
        if path == "/sns/userinfo":
            return {"openid": openid, "nickname": self.nickname, "unionid": f"u-{self.human}"}
        asked = self.codes.pop(query["code"], None)
        if asked is None or query["secret"] != "hush" or asked["appid"] != query["appid"]:
            return {"errcode": 40029, "errmsg": "invalid code"}
        told = {"access_token": "opens", "expires_in": 7200, "openid": openid, "scope": asked["scope"]}
        return told | ({"unionid": f"u-{self.human}"} if asked["scope"] == USERINFO else {}) | self.more


def there(place):
    """Through the server outside as a browser goes: the way back it is sent."""
    try:
        urllib.request.build_opener(Stay).open(place.split("#")[0])
        raise AssertionError("no way back")
    except urllib.error.HTTPError as answer:
        back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"


def walk(client, start, follow=True):
    """From a button of ours over the server outside back to us; the last answer."""
    gone = client.get(start)
    assert gone.status_code == 302, gone.content.decode()
    return client.get(there(gone["location"]), follow=follow)
