"""Feeds: news of strangers comes in over night, whatever the strangers send; nobody is led into our own network."""

import gzip
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from at_work import hire

from huoqun.base import fetch
from huoqun.base.job import Hand
from huoqun.content import feed, feed_text
from huoqun.content.feed import Feed
from huoqun.content.find import Find
from huoqun.people.workspace import local

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>读书</title>
<item><title>三本好书 &amp; 茶</title><link>/a?x=1&amp;y=2</link><guid>1</guid>
<pubDate>Mon, 02 Mar 2026 01:00:00 GMT</pubDate>
<description>&lt;p&gt;第一本 &lt;script&gt;alert(1)&lt;/script&gt;很好&lt;/p&gt;</description></item>
<item><title>旧闻</title><link>/old</link><pubDate>Mon, 02 Feb 2026 01:00:00 GMT</pubDate></item>
<item><title>坏链接</title><link>javascript:alert(1)</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>u:1</id>
<title type="html">A &lt;b&gt;bold&lt;/b&gt; idea</title>
<link rel="self" href="/self"/><link href="https://example.org/idea"/><updated>2026-03-02T01:00:00Z</updated>
<summary>Short</summary></entry></feed>"""
JSON = '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": 7, "content_text": "Seven", "url": "/7"}, 3]}'
ITEM = "<rss><channel><item><title>&b;</title></item></channel></rss>"
LAUGHS = f'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>{ITEM}'
FILE = f'<!DOCTYPE x [<!ENTITY b SYSTEM "file:///etc/passwd">]>{ITEM}'

BOMB = gzip.compress(b" " * 30_000_000)


class Stranger(BaseHTTPRequestHandler):
    """A server of somebody else, with everything that servers do to us."""

    def do_GET(self):
        place = self.path.partition("?")[0]
        if place == "/away":
            return self.say(302, b"", location=f"http://127.0.0.1:{self.server.server_port}/rss")
        if place == "/inside":
            return self.say(302, b"", location="http://127.0.0.2:1/secret")
        if place == "/round":
            return self.say(302, b"", location="/round")
        if place == "/slow":
            self.server.wait.wait(20)
            return None
        if place == "/drip":
            self.send_response(200)
            self.end_headers()
            while not self.server.wait.wait(0.05):
                try:
                    self.wfile.write(b"x")
                except OSError:
                    break
            return None
        if place == "/same" and self.headers.get("If-None-Match") == "v1":
            return self.say(304, b"")
        body = {"/rss": RSS, "/same": RSS, "/atom": ATOM, "/json": JSON, "/laughs": LAUGHS, "/file": FILE,
                "/page": "<html><body>no feed</body></html>", "/text": "hello"}.get(place)  # fmt: skip
        if place == "/bomb":
            return self.say(200, BOMB, coding="gzip")
        if place == "/flood":
            return self.say(200, b" " * 3_000_000)
        return self.say(200 if body else 404, (body or "").encode())

    def say(self, status, body, location="", coding=""):
        self.send_response(status)
        for name, value in (("Location", location), ("Content-Encoding", coding), ("ETag", "v1")):
            if value:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said):
        """Quietly."""


@pytest.fixture(scope="module")
def stranger():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
    server.daemon_threads, server.wait = True, threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.wait.set()
    server.shutdown()


@pytest.fixture
def at(stranger, settings):
    settings.FEEDS_WITHIN = frozenset({f"127.0.0.1:{stranger.server_port}"})
    return lambda place: f"http://127.0.0.1:{stranger.server_port}{place}"


def why(address, within=()):
    with pytest.raises(fetch.NotFetched) as told:
        fetch.fetch(address, within=within)
    return told.value.why


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/", "http://localhost/", "http://0.0.0.0/", "http://[::1]/", "http://10.1.2.3/",
        "http://192.168.1.1:8080/", "http://172.16.0.1/", "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:127.0.0.1]/", "http://[fd00::1]/", "http://[fe80::1]/", "http://100.64.0.1/", "http://2130706433/",
        "http://0x7f.1/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://224.0.0.1/",
    ],
)  # fmt: skip
def test_our_own_network_is_refused_however_it_is_written(address):
    assert why(address) == "private"


@pytest.mark.parametrize(
    "address",
    ["", "ftp://example.org/", "file:///etc/passwd", "http://", "http://a b/", "http://u:p@example.org/", "x"],
)
def test_what_is_no_address_is_refused(address):
    assert why(address) == "address"


def test_a_name_that_leads_to_ourselves_is_refused(monkeypatch):
    there = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("93.184.216.34", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: there)
    assert why("http://rebind.example/") == "private"


def test_servers_that_misbehave_cost_little(stranger, at, monkeypatch):
    within = {f"127.0.0.1:{stranger.server_port}"}
    told = {place: why(at(place), within) for place in ("/round", "/inside", "/bomb", "/flood", "/none")}
    assert told == {
        "/round": "redirects", "/inside": "private", "/bomb": "large", "/flood": "large", "/none": "status",
    }  # fmt: skip
    assert fetch.fetch(at("/away"), within=within).address == at("/rss")
    monkeypatch.setattr(fetch, "WITHIN", 1.0)
    monkeypatch.setattr(fetch, "STEP", 0.4)
    begun = time.monotonic()
    assert {place: why(at(place), within) for place in ("/slow", "/drip")} == {"/slow": "slow", "/drip": "slow"}
    assert time.monotonic() - begun < 10, "the stranger would have held us for twenty seconds and more"


def test_feeds_of_three_kinds_are_read_as_plain_words():
    first, old, bad = feed_text.items(RSS.encode(), base="https://example.org/feed")
    assert (first.title, first.text, first.link) == ("三本好书 & 茶", "第一本 很好", "https://example.org/a?x=1&y=2")
    assert first.at == datetime(2026, 3, 2, 1, tzinfo=UTC)
    assert (old.title, bad.link) == ("旧闻", "")
    (atom,) = feed_text.items(ATOM.encode())
    assert (atom.title, atom.link, atom.text) == ("A bold idea", "https://example.org/idea", "Short")
    (one,) = feed_text.items(JSON.encode(), base="https://example.org/")
    assert (one.id, one.title, one.link) == ("7", "Seven", "https://example.org/7")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (LAUGHS, "entities"), (FILE, "entities"), ("<html><body/></html>", "unknown"), ("hello", "unknown"),
        ("", "unknown"),
        ("<rss><item>", "damaged"), ("{", "damaged"), ("{}", "unknown"), ("<rss>" + "<a>" * 50, "deep"),
        ("{" * 100_000, "damaged"), ('<?xml version="1.0" encoding="no-such"?><rss/>', "damaged"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(body, said):
    with pytest.raises(feed_text.NoFeed) as told:
        feed_text.items(body.encode())
    assert told.value.why == said


@pytest.mark.django_db(transaction=True)
def test_a_night_brings_news_once_and_one_bad_feed_keeps_no_other_out(at):
    workspace = local(now=NOW)
    boss = hire(workspace).account
    for place in ("/slow404", "/laughs", "/rss", "/same", "/atom", "/page"):
        feed.add(workspace, address=at(place), name="", kind="useful", by=boss, now=NOW)
    with pytest.raises(feed.BadFeed):
        feed.add(workspace, address=at("/rss"), name="", kind="useful", by=boss, now=NOW)
    hand = Hand("one", lambda: NOW)
    assert feed.look_at_all(hand) == 6
    assert feed.look_at_all(hand) == 0
    titles = set(Find.objects.values_list("title", flat=True))
    assert titles == {"三本好书 & 茶", "坏链接", "A bold idea"}, "old news is no news"
    told = {row.address.rpartition("/")[2]: row for row in Feed.objects.all()}
    assert {name: row.why for name, row in told.items()} == {
        "slow404": "status", "laughs": "entities", "page": "unknown", "rss": "", "same": "", "atom": "",
    }  # fmt: skip
    assert told["rss"].next == datetime(2026, 3, 2, 21, tzinfo=UTC), "five in the morning in Shanghai"
    assert told["laughs"].next == NOW + feed.AGAIN
    later = NOW + timedelta(days=1)
    feed.look_at_all(Hand("two", lambda: later))
    assert Find.objects.count() == 4, "of an item without an address each feed has its own"
    assert Feed.objects.get(address=at("/same")).found == 0
    assert Feed.objects.get(address=at("/laughs")).failed == 2


@pytest.mark.django_db(transaction=True)
def test_the_worker_does_not_wait_for_a_feed(at, monkeypatch):
    monkeypatch.setattr(fetch, "WITHIN", 4.0)
    monkeypatch.setattr(fetch, "STEP", 3.0)
    workspace = local(now=NOW)
    feed.add(workspace, address=at("/slow"), name="", kind="useful", by=hire(workspace).account, now=NOW)
    begun = time.monotonic()
    feed.tick(Hand("one", lambda: NOW))
    assert time.monotonic() - begun < 2
    with feed._LOOKING:
        assert Feed.objects.get().why in {"slow", "down"}
