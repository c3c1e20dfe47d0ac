"""Notifications: what is sent can be read by the browser it is for and by nobody else, and is told once in effect."""

import json
import ssl
import threading
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from zoneinfo import ZoneInfo

import jwt
import pytest
from at_work import browser, group, hire
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.urls import reverse
from test_playbook import SMALL

from huoqun.base import clock, fetch, web_push
from huoqun.base.fetch import NotFetched
from huoqun.base.web_push import BadKeys, Receiver, decoded, encoded
from huoqun.people import alert, bell, device, outbox, ring, task
from huoqun.people.bell import Bell, Notice
from huoqun.people.device import BadDevice, Device
from huoqun.people.outbox import Outgoing
from huoqun.people.ring import Ring
from huoqun.people.task import Task
from huoqun.people.workspace import add, local
from huoqun.playbooks import ringing, starting
from huoqun.playbooks.run import GATED, edition_of
from huoqun.web import notification

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 3, 4, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


class Service:
    """A push service on this machine, over TLS, and the browser behind it: what arrives is opened with the browser's
    private key, and the sender's signature is checked. `answers`: what it says to the next ones."""

    def __init__(self, folder):
        self.key, self.secret = ec.generate_private_key(ec.SECP256R1()), b"0123456789abcdef"
        self.point = web_push.public(self.key)
        self.answers, self.got, self.asked = [], [], 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate(folder))
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.host = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def subscription(self, name="one"):
        return {
            "endpoint": f"https://{self.host}/push/{name}",
            "key": encoded(self.point),
            "secret": encoded(self.secret),
        }

    def texts(self):
        return [json.loads(told)["title"] for told, _headers in self.got]

    def opened(self, body):
        """As RFC 8291 has the browser do it."""
        salt, point, sealed = body[:16], body[21 : 21 + body[20]], body[21 + body[20] :]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point))
        info = b"WebPush: info\0" + self.point + point
        material = HKDF(hashes.SHA256(), 32, self.secret, info).derive(shared)
        cek = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(material)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(material)
        padded = AESGCM(cek).decrypt(nonce, sealed, None)
        assert padded.endswith(b"\2")
        return padded[:-1].decode()

    def checked(self, headers):
        """Signed by the key that the browser was given, for this service, for less than a day."""
        token, k = headers["Authorization"].removeprefix("vapid t=").split(", k=")
        assert headers["Content-Encoding"] == "aes128gcm" and int(headers["TTL"]) > 0 and len(headers["Topic"]) <= 32
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(k))
        told = jwt.decode(token, key, ["ES256"], audience=f"https://{self.host}", options={"verify_exp": False})
        assert told["sub"].startswith(("mailto:", "https://"))
        return k, told["exp"]

    def _handler(service):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                service.asked += 1
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, more = service.answers.pop(0) if service.answers else (201, {})
                if status == 201:
                    service.got.append((service.opened(body), service.checked(self.headers)))
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_):
                pass

        return Handler


def certificate(folder):
    """Of 127.0.0.1, by itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), clock.now()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "push")])
    there = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    made = made.add_extension(there, False).add_extension(x509.BasicConstraints(True, 0), True)
    signed = made.sign(key, hashes.SHA256())
    (folder / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def service(tmp_path, monkeypatch, settings):
    made = Service(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    settings.PUSH_WITHIN = frozenset({made.host})
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def here():
    return group(local(now=clock.now()), "晨读一群")


@pytest.fixture
def boss(here):
    return hire(here.workspace)


def on(client, service, name="one"):
    """A browser allows it."""
    return client.post("/notifications", {"do": "keep", **service.subscription(name)})


def given(place, title="打电话", key="t", due=60.0, now=NOON, **more):
    told = {"workspace": place.workspace, "group": place, "title": title, "key": key, "created": now}
    task.give([Task(due=now + timedelta(minutes=due), **told, **more)])
    return Task.objects.get(group=place, key=key)


def later(now, **by):
    """A round at a moment and one when what came has waited for what comes with it."""
    for moment in (now, now + timedelta(seconds=30)):
        ringing.look(moment, says=notification.said)
        ring.deliver(moment)
    return now + timedelta(seconds=30)


def awake(account, now=NOON):
    """The bell of somebody whose clock is the test's, and whose login has not ended by then."""
    Bell.objects.filter(account=account).update(looked=None, rang=None)
    return now


# -- the letter


def test_the_example_of_the_rfc_comes_out():
    """RFC 8291, section 5."""
    point = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    to = Receiver.of("https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV", point, "BTBZMqHH6r4Tts7J_aSIgg")
    key = ec.derive_private_key(int.from_bytes(decoded("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")), web_push.CURVE)
    salt = decoded("DGv6ra1nlYgDCS1FRnbzlw")
    body = web_push.encrypted(b"When I grow up, I want to be a watermelon", to, key=key, salt=salt)
    assert encoded(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
        "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_the_key_of_an_installation_is_always_the_same_and_no_others():
    one, again, other = (web_push.public(web_push.sender(secret)) for secret in ("a", "a", "b"))
    assert one == again != other and len(one) == 65
    web_push.sender.cache_clear()
    assert web_push.public(web_push.sender("a")) == one


@pytest.mark.parametrize(
    ("point", "secret"),
    [("", ""), ("AAAA", "AAAA"), ("é" * 87, "A" * 22), (encoded(b"\4" + b"\1" * 64), encoded(b"s" * 16))],
)
def test_what_is_no_key_is_refused(point, secret):
    with pytest.raises(BadKeys):
        Receiver.of("https://push.example.net/x", point, secret)


# -- the way


def test_nothing_is_sent_to_addresses_of_our_own_network(here, boss, service, settings):
    client = browser(boss)
    good = service.subscription()
    bad = (
        *("http://push.example.net/x", "https://127.0.0.1/x", "https://[::1]/x", "https://10.0.0.7:1/x", "file:///x"),
        *("https://me:pass@push.example.net/x", "https://" + "x" * 1000, "", "https://169.254.169.254/latest", "\0"),
    )
    for endpoint in bad:
        assert client.post("/notifications", good | {"do": "keep", "endpoint": endpoint}).status_code == 422, endpoint
    assert client.post("/notifications", good | {"do": "keep", "key": "x"}).status_code == 422
    assert not Device.objects.exists()
    assert on(client, service).status_code == 200
    settings.PUSH_WITHIN = frozenset()
    with pytest.raises(NotFetched, match="private"):
        fetch.hand_over(good["endpoint"], b"", {})
    client.post("/notifications", {"do": "test"})
    ring.deliver(clock.now())
    assert not service.asked and not Device.objects.exists(), "its name leads into our network: forgotten"


def test_an_answer_that_drips_is_cut(service, monkeypatch):
    monkeypatch.setattr(fetch, "WITHIN", 0.4)
    drips = threading.Event()
    served = service.server.RequestHandlerClass

    def do_POST(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not drips.wait(0.1):
            try:
                self.wfile.write(b"X: y\r\n")
            except OSError:
                return

    monkeypatch.setattr(served, "do_POST", do_POST)
    with pytest.raises(NotFetched):
        fetch.hand_over(service.subscription()["endpoint"], b"", {}, within={service.host})
    drips.set()


def test_a_browser_that_is_no_more_is_forgotten_and_a_service_that_is_down_is_asked_again(boss, service):
    client = browser(boss)
    on(client, service, "one")
    on(client, service, "two")
    service.answers = [(503, {}), (410, {})]
    client.post("/notifications", {"do": "test"})
    client.post("/notifications", {"do": "test"})
    assert Ring.objects.count() == 2, "another test while one is on its way is none"
    now = clock.now()
    assert ring.deliver(now + timedelta(seconds=1)) == 2
    assert [d.wrong for d in Device.objects.all()] == ["503"] and Ring.objects.count() == 1
    assert ring.deliver(now + timedelta(seconds=2)) == 0, "not at once"
    service.answers = [(429, {"Retry-After": "600"})]
    assert ring.deliver(now + timedelta(seconds=40)) == 1
    assert ring.deliver(now + timedelta(seconds=400)) == 0, "it asked for ten minutes"
    assert ring.deliver(now + timedelta(seconds=700)) == 1
    assert service.texts() == ["通了"] and not Ring.objects.exists()
    assert Device.objects.get().wrong == "" and Device.objects.get().well
    assert client.get("/notifications").content.count(b"data-device=") == 1


def test_two_workers_send_one_and_one_that_died_is_repeated_under_the_same_tag(boss, service):
    client = browser(boss)
    on(client, service)
    client.post("/notifications", {"do": "test"})
    now = clock.now() + timedelta(seconds=1)
    assert len(ring._leased(now)) == 1, "this worker dies with it in hand"
    assert ring.deliver(now) == 0 and ring.deliver(now + timedelta(seconds=50)) == 0
    assert ring.deliver(now + timedelta(seconds=61)) == 1
    assert [json.loads(told)["tag"] for told, _ in service.got] == ["test"]
    service.answers = [(500, {})] * 99
    client.post("/notifications", {"do": "test"})
    for minute in range(0, 600, 10):
        ring.deliver(now + timedelta(minutes=minute))
    assert not Ring.objects.exists() and service.asked < 20, "given up when it is no news any more"


# -- what is told


def test_a_task_is_told_once_with_what_and_where(here, boss, service):
    client = browser(boss)
    given(here, "早就在的", "old", due=9999, now=clock.now())
    on(client, service)
    now = awake(boss.account, day())
    given(here, "拍照", "new", now=now)
    now = later(now)
    (told, (key, ends)), *more = service.got
    assert json.loads(told) | {"tag": ""} == {
        "title": "要做：拍照",
        "body": "晨读一群",
        "tag": "",
        "path": reverse("today", args=[here.workspace.slug]),
    }
    assert not more, "what waited before can be seen on the page"
    assert key in client.get("/notifications").content.decode(), "signed with the key that the browser was given"
    assert ends <= (now + timedelta(hours=24)).timestamp()
    for minutes in range(1, 40, 3):
        later(now + timedelta(minutes=minutes))
    assert len(service.got) == 1
    later(now + timedelta(minutes=61))
    assert service.texts()[1:] == ["过时了：拍照"]


def test_what_comes_together_is_one_and_the_next_waits(here, boss, service):
    client, other = browser(boss), group(here.workspace, "<b>二群</b>\u202e")
    on(client, service)
    now = awake(boss.account, day())
    for place in (here, other):
        row = outbox.say(place, "今晚八点。", what="vote.open", key="a", now=now - timedelta(days=1))
        Outgoing.objects.filter(pk=row.pk).update(due=now)
        given(place, now=now)
    now = later(now)
    told = json.loads(service.got[0][0])
    assert told["title"] == "2 件事要做 · 2 条要发" and told["body"] in {
        "晨读一群、<b>二群</b>",
        "<b>二群</b>、晨读一群",
    }
    assert "今晚" not in service.got[0][0], "words of groups are not on lock screens"
    given(here, "又一件", "b", now=now)
    later(now + timedelta(minutes=2))
    assert len(service.got) == 1, "not so soon again"
    later(now + timedelta(minutes=6))
    assert service.texts()[1:] == ["要做：又一件"]
    row = given(here, "已经做了", "c", now=now)
    task.done(row, by=boss.account, now=now)
    later(now + timedelta(minutes=20))
    assert len(service.got) == 2


def day():
    """Noon in Shanghai tomorrow: nobody sleeps, and the logins of the test hold."""
    return (clock.now() + timedelta(days=1)).astimezone(NOON.tzinfo).replace(hour=12, minute=0)


def test_the_night_is_silent_and_kinds_can_be_left_out(here, boss, service):
    client = browser(boss)
    on(client, service)
    form = {"do": "choose", "on": ["task", "late"], "quiet_from": "22", "quiet_until": "8", "apart": "5"}
    assert client.post("/notifications", form | {"zone": "Mars/Crater"}).status_code == 422
    for wrong in ({"quiet_from": "24"}, {"apart": "0"}, {"apart": "²"}, {"quiet_until": ""}):
        assert client.post("/notifications", form | {"zone": "Asia/Shanghai"} | wrong).status_code == 422
    assert client.post("/notifications", form | {"zone": "Asia/Shanghai"}).status_code == 302
    night = awake(boss.account, day().replace(hour=23))
    given(here, "夜里的", "n", due=900, now=night)
    row = given(here, "夜里的又撤了", "m", due=900, now=night)
    words = outbox.say(here, "早", what="vote.open", key="a", now=night)
    Outgoing.objects.filter(pk=words.pk).update(due=night)
    later(night)
    later(night.replace(hour=23, minute=50))
    assert not service.got
    task.skip(row, why="不用了", by=boss.account, now=night)
    later(day().replace(hour=8, minute=1) + timedelta(days=1))
    assert service.texts() == ["要做：夜里的"]


def test_gates_and_what_did_not_happen_are_told_to_who_can_help(here, boss, service):
    helper = hire(here.workspace, "assistant")
    on(browser(boss), service, "boss")
    on(browser(helper), service, "helper")
    now = awake(boss.account, day())
    edition = edition_of(here.workspace, SMALL, by=None, now=now)
    run = starting.start(here, edition, begins=now.date(), values={}, people={}, by=None, now=now)
    step = run.steps.first()
    type(step).objects.filter(pk=step.pk).update(state=GATED)
    now = later(now)
    assert len(service.got) == 1
    told = json.loads(service.got[0][0])
    assert told["path"] == reverse("run_step", args=[run.pk, step.pk])
    assert told["title"] == f"有一道门等你：{edition.playbook.title.zh}"
    alert.put(here, alert.LATE, {"tasks": 3, "unsent": 1}, since=now, now=now)
    later(now + timedelta(minutes=10))
    assert len(service.got) == 1, "these are told as what they are"
    alert.put(here, alert.LATE, {"failed": 1, "tasks": 3}, since=now, now=now)
    later(now + timedelta(minutes=20))
    later(now + timedelta(minutes=30))
    assert service.texts()[1:] == ["1 个群有事没按时发生"]
    assert json.loads(service.got[1][0])["path"] == reverse("group_runs", args=[here.pk])


def test_only_what_one_may_see_and_nothing_of_one_client_beside_another(here, boss, service):
    theirs = group(add(name="另一个客户", zone="Asia/Shanghai", now=clock.now()), "客户的群")
    made_up = group(add(name="例子", zone="Asia/Shanghai", now=clock.now()), "假的群")
    made_up.workspace.example_of = here.workspace
    made_up.workspace.save()
    hire(theirs.workspace, email=boss.account.email)
    hire(made_up.workspace, email=boss.account.email)
    cared, host = group(here.workspace, "别人带的"), hire(here.workspace, "host", groups=[here])
    cared.carer = boss.account
    cared.save()
    on(browser(boss), service)
    now = awake(boss.account, day())
    for place in (here, theirs, made_up):
        given(place, now=now)
    now = later(now)
    told = json.loads(service.got[0][0])
    assert (told["title"], told["body"], told["path"]) == ("2 件事等着你", "在 2 个工作区", "/today")
    keys = set(ringing.what_waits(host.account, now=now))
    assert len(keys) == 1
    given(cared, key="x", now=now)
    assert set(ringing.what_waits(host.account, now=now)) == keys


def test_a_device_is_told_only_while_somebody_is_logged_in_there(here, boss, service):
    client, phone = browser(boss), browser(boss)
    on(client, service, "desk")
    on(phone, service, "phone")
    now = awake(boss.account, day())
    assert len(device.devices_of(boss.account, now=now)) == 2
    phone.post(reverse("account_logout"))
    given(here, now=now)
    later(now)
    assert len(service.got) == 1
    page = client.get("/notifications").content.decode()
    assert page.count("data-device=") == 1
    assert device.sweep(now) == 1 and Device.objects.count() == 1
    helper = hire(here.workspace, "assistant")
    on(browser(helper), service, "desk")
    assert not device.devices_of(boss.account, now=now), "the browser is of who is logged in there now"
    boss.account.set_password("four quite odd words")
    boss.account.save()
    on(browser(boss), service, "new")
    assert [d.endpoint[-3:] for d in device.devices_of(boss.account, now=now)] == ["new"]
    boss.account.set_password("five very much odder words")
    boss.account.save()
    assert not device.devices_of(boss.account, now=now)
    other = browser(hire(here.workspace, "editor"))
    other.post("/notifications", {"do": "remove", "which": str(Device.objects.last().pk)})
    assert Device.objects.filter(account=boss.account).count() == 1, "nobody removes another's"


def test_who_works_here_no_more_is_told_nothing_that_is_on_its_way(here, boss, service):
    helper = hire(here.workspace, "assistant")
    on(browser(helper), service)
    now = awake(helper.account, day())
    given(here, now=now)
    for moment in (now, now + timedelta(seconds=30)):
        ringing.look(moment, says=notification.said)
    assert Ring.objects.count() == 1
    helper.ended = now
    helper.save()
    ring.deliver(now + timedelta(seconds=31))
    assert not service.got and not Ring.objects.exists()


def test_what_waits_no_more_is_forgotten_and_nothing_grows(here, boss, service):
    on(browser(boss), service)
    now = awake(boss.account, day())
    row = given(here, now=now)
    later(now)
    assert Notice.objects.count() == 1
    task.done(row, by=boss.account, now=now)
    later(now + timedelta(days=6))
    assert Notice.objects.count() == 1
    later(now + timedelta(days=9))
    assert not Notice.objects.exists()
    assert all(kind in notification.KINDS for kind in bell.KINDS)


def test_too_many_devices_push_out_the_oldest(boss, service):
    client = browser(boss)
    for n in range(device.MOST + 2):
        on(client, service, str(n))
    assert Device.objects.count() == device.MOST
    with pytest.raises(BadDevice):
        device.keep(
            boss.account, **service.subscription() | {"endpoint": "x"}, session="", agent="", language="", now=NOON
        )
