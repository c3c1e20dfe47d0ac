"""A crowd checks in: each is counted once, nobody is answered before it is kept, and a killed process loses nothing."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from urllib.parse import quote_plus, urlencode
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from at_work import group
from django.conf import settings
from django.core.signing import Signer
from django.core.wsgi import get_wsgi_application
from django.db import IntegrityError, connection, connections
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from test_activity import PHONE, member
from test_challenge import today

from bench import checkin
from bench.crowd_load import crowd
from huoqun.activities.check_in import CHECK_IN, Handed
from huoqun.activities.contribution import WITHDRAWN, Contribution
from huoqun.activities.kind import said
from huoqun.base import clock
from huoqun.base.gather import Gathering
from huoqun.people import code, points
from huoqun.people.deed import Deed
from huoqun.people.membership import Membership
from huoqun.people.person import Identity, Person
from huoqun.people.points import Posting
from huoqun.people.workspace import local
from huoqun.web import burst

FORM = b"do=check_in&text=%E6%97%A9&key=k"


def test_who_asks_at_the_same_time_is_done_together_and_hears_of_their_own():
    batches, gate = [], threading.Event()

    def together(items):
        gate.wait(5)
        batches.append(len(items))
        return [ValueError(str(i)) if i % 10 == 0 else i * 2 for i in items]

    gathering = Gathering(together, most=16)

    def ask(i):
        try:
            return gathering.ask(i)[0]
        except ValueError as error:
            return str(error)

    with ThreadPoolExecutor(40) as pool:
        found = [pool.submit(ask, i) for i in range(40)]
        time.sleep(0.2)
        gate.set()
        assert [f.result(10) for f in found] == [str(i) if i % 10 == 0 else i * 2 for i in range(40)]
    assert max(batches) == 16
    assert sum(batches) == 40


def test_a_bad_one_fails_alone():
    def together(items):
        if "bad" in items and len(items) > 1:
            raise RuntimeError("the batch")
        if "bad" in items:
            raise KeyError("alone")
        return items

    gathering = Gathering(together, most=8)
    with ThreadPoolExecutor(8) as pool:
        found = {i: pool.submit(gathering.ask, i) for i in ("a", "bad", "c", "d")}
        assert [found[i].result(10)[0] for i in ("a", "c", "d")] == ["a", "c", "d"]
        assert isinstance(found["bad"].exception(10), KeyError)


@given(st.dictionaries(st.text(), st.lists(st.text(), max_size=3), max_size=4), st.binary(max_size=60))
def test_a_form_is_read_as_the_pages_read_it(texts, strange):
    for body in (urlencode(texts, doseq=True, errors="replace").encode(), quote_plus(strange).encode()):
        pages = QueryDict(body)
        told = {name: [t.replace("\0", "") for t in pages.getlist(name) if t] for name in pages}
        assert burst._said(body).texts == {name: those for name, those in told.items() if those}


def test_a_link_is_signed_as_it_always_was():
    token = code.public(uuid4(), since=clock.now())
    assert Signer(salt="huoqun.code", sep=".").unsign(token) == token.rpartition(".")[0]
    for wrong in ("", ".", token[:-1], token + "A", "ü" + token, token.replace(".", ".."), "\ud800." + token):
        with pytest.raises(code.Bad):
            code.read(wrong, now=clock.now())


@pytest.fixture
def here():
    return group(local(now=clock.now()))


@pytest.fixture
def post():
    application = burst.front(get_wsgi_application(), at_once=4)

    def sent(path, body=FORM, **more):
        told = []
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "HTTP_HOST": "127.0.0.1",
            "wsgi.input": BytesIO(body),
            "wsgi.errors": BytesIO(),
            "wsgi.url_scheme": "http",
            **more,
        }
        answer = application(environ, lambda status, headers: told.extend([status, dict(headers)]))
        text = b"".join(answer).decode()
        if hasattr(answer, "close"):
            answer.close()
        return int(told[0][:3]), told[1], text

    yield sent
    time.sleep(0.1)
    while burst.gathering._thread is not None:
        time.sleep(0.1)


def address(row, who):
    return reverse("member_check_in", args=[code.personal(who, now=clock.now()), row.pk])


@pytest.mark.django_db(transaction=True)
def test_a_check_in_is_taken_before_the_pages_and_counts_once(here, post):
    row, who = today(here), member(here, "阿明")
    status, headers, _ = post(address(row, who))
    assert (status, headers["Location"].rsplit("?", 1)[1]) == (303, "done=challenge_checked")
    assert headers["Cache-Control"] == "no-store"
    assert post(address(row, who))[1]["Location"].endswith("done=challenge_already")
    assert Contribution.objects.get().text == "早"
    assert points.balance(who.person) == 1
    page = Client(headers=PHONE).get(headers["Location"]).content.decode()
    assert "打卡成功" in page


@pytest.mark.django_db(transaction=True)
def test_whoever_sends_too_many_is_left_to_the_pages_and_their_pace(here, post, monkeypatch):
    row, who = today(here), member(here, "阿明")
    place = address(row, who)
    assert {post(place)[0] for _ in range(burst.FEW)} == {303}
    assert post(place)[0] == 403, "the pages, which ask for the form's own token"
    assert post(address(row, member(here, "阿花")))[0] == 303, "nobody else is held up"
    monkeypatch.setattr("huoqun.web.member.MOST_DEEDS", 1)
    page = Client(headers=PHONE)
    assert [page.post(place, {"do": "check_in", "text": "早"}).status_code for _ in range(2)] == [302, 429]


@pytest.mark.django_db(transaction=True)
def test_what_is_not_simply_taken_is_for_the_pages(here, post):
    row, who = today(here, proof="proof_link"), member(here, "阿明")
    place = address(row, who)
    assert post(place)[0] == 403, "the pages ask for the form's own token, and then say what is wrong"
    assert Client(headers=PHONE).post(place, {"do": "check_in"}).status_code == 409
    assert post(place.replace(str(row.pk), str(uuid4())))[0] == 403
    assert post(place.replace("/m/", "/m/x"))[0] == 403
    cross = {"HTTP_SEC_FETCH_SITE": "cross-site"}
    assert post(place, b"link=https://example.org/a", **cross)[0] == 403, "a browser says another site sent it"
    Membership.objects.update(left=clock.now())
    assert post(place, b"link=https://example.org/a")[0] == 403
    assert not Contribution.objects.exists()
    Membership.objects.update(left=None)
    assert post(place, b"link=https://example.org/a")[0] == 303


@pytest.mark.django_db(transaction=True)
def test_a_crowd_is_counted_once_each_and_told_so(here, post):
    row = today(here)
    those = [member(here, f"m{n}") for n in range(30)]
    places = [address(row, who) for who in those] * 2
    with ThreadPoolExecutor(30) as pool:
        told = list(pool.map(post, places))
    assert {status for status, _h, _t in told} <= {200, 303}
    crowded = [text for status, _h, text in told if status == 200]
    assert all("打卡" in text and "/m/" in text for text in crowded)
    assert Contribution.objects.count() == 30
    assert [points.balance(who.person) for who in those] == [1] * 30
    assert row.participations.filter(state="done").count() == 30
    assert points.unbalanced(here.workspace) == []


@pytest.mark.django_db(transaction=True)
def test_what_the_database_refuses_holds_up_nobody_else(here, monkeypatch):
    """One of a batch breaks it: the others are written, each alone, and the one is not."""
    row = today(here)
    those = [member(here, f"m{n}") for n in range(3)]
    now = clock.now()
    handed = [Handed(code.read(code.personal(w, now=now), now=now), row.pk, said(text="早"), now) for w in those]
    day = f"{those[1].person_id.hex} {now.astimezone(ZoneInfo(here.zone)).date()}"
    taken = {"activity": row, "person": those[1].person, "identity": those[1], "what": CHECK_IN, "key": day}
    Contribution.objects.create(**taken, at=now, created=now, state=WITHDRAWN)
    gate, write = threading.Event(), burst._write

    def together(items):
        gate.wait(5)
        return write(items)

    gathering = Gathering(together, most=8, rest=connections.close_all)
    with ThreadPoolExecutor(3) as pool:
        found = [pool.submit(gathering.ask, one) for one in handed]
        time.sleep(0.2)
        gate.set()
        assert [found[n].result(10)[0] for n in (0, 2)] == ["challenge_checked"] * 2
        assert isinstance(found[1].exception(10), IntegrityError)
    while gathering._thread is not None:
        time.sleep(0.1)
    assert [points.balance(who.person) for who in those] == [1, 0, 1]
    assert Contribution.objects.filter(state="given").count() == row.participations.count() == 2


@pytest.mark.django_db(transaction=True)
def test_what_was_answered_is_there_after_a_kill(here, tmp_path):
    """The server's processes are killed (-9) while a crowd checks in."""
    row, now, many = today(here), clock.now(), 900
    people = Person.objects.bulk_create([Person(workspace=here.workspace, created=now) for _ in range(many)])
    those = [Identity(group=here, person=p, account=f"k{n}", name=f"k{n}", created=now) for n, p in enumerate(people)]
    Identity.objects.bulk_create(those)
    (tmp_path / "secret.key").write_text(settings.SECRET_KEY)
    (tmp_path / "huoqun.sqlite3").symlink_to(str(connection.settings_dict["NAME"]))
    url, port = os.environ.get("HUOQUN_DATABASE_URL"), checkin.free_port()
    if url:
        url = url.rpartition("/")[0] + "/" + connection.settings_dict["NAME"]
    with checkin.serving(checkin.huoqun(port), str(tmp_path), url, port) as process:
        threading.Timer(0.4, lambda: os.killpg(process.pid, signal.SIGKILL)).start()
        told = crowd(port, [address(row, who) for who in those], connections=64)
    answered = {path for path, status in told.status.items() if status < 400}
    assert answered, "some were answered before"
    kept = Contribution.objects.count()
    assert len(answered) <= kept <= many
    assert Posting.objects.count() == row.participations.count() == Deed.objects.count() == kept
    assert points.unbalanced(here.workspace) == []
