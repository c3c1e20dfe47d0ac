"""Coming in: the first account, login, a second factor, invitations, sessions, and what keeps strangers out."""

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from at_work import HEADERS, PASSWORD, account, browser, group, hire, owner
from django.core.cache import cache
from django.test import Client, override_settings

from huoqun.__main__ import main
from huoqun.base import checked, clock
from huoqun.people import staff
from huoqun.people.account import Account
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parent.parent
FIRST = {"email": " Boss@Example.org ", "name": "阿宽", "password": PASSWORD}


@pytest.fixture(autouse=True)
def fresh():
    cache.clear()


def visitor(**extra):
    return Client(headers=HEADERS, **extra)


def log_in(client, email="boss@example.org", password=PASSWORD):
    return client.post("/account/login/", {"login": email, "password": password})


def test_the_first_start_asks_for_an_account_and_nothing_else():
    client = visitor()
    assert client.get("/").headers["location"].startswith("/start")
    assert "你是谁" in client.get("/start").content.decode()
    answer = client.post("/start", FIRST, follow=True)
    assert answer.request["PATH_INFO"] == "/w/local/"
    made = Account.objects.get()
    assert (made.email, made.keeper) == ("boss@example.org", True)
    assert staff.staff_of(made, local(now=clock.now())).role == "owner"
    assert visitor().get("/start").status_code == 302
    visitor().post("/start", FIRST | {"email": "late@example.org"})
    assert Account.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"email": "nobody"}, "邮箱"),
        ({"password": "short"}, "密码"),
        ({"password": "1234567890123"}, "密码"),
        ({"name": "  "}, "不能"),
        ({"email": "x\0@example.org"}, ""),
    ],
)
def test_a_bad_first_account_is_told_and_what_was_typed_stays(wrong, words):
    answer = visitor().post("/start", FIRST | wrong)
    if answer.status_code == 302:
        assert Account.objects.get().email == "x@example.org"
        return
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'role="alert"' in page
    assert PASSWORD not in page
    assert not Account.objects.exists()


def test_login_leads_back_to_where_one_was_going():
    hire(local(now=clock.now()), email="boss@example.org")
    client = visitor()
    place = client.get("/w/local/imports/").headers["location"]
    page = client.get(place).content.decode()
    back = re.findall(r'name="next" value="([^"]+)"', page)[-1]
    answer = client.post("/account/login/", {"login": "BOSS@example.org", "password": PASSWORD, "next": back})
    assert answer.headers["location"] == "/w/local/imports/"
    assert client.get("/w/local/imports/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/w/local/imports/").status_code == 302


def test_nobody_signs_up_by_themselves():
    account()
    answer = visitor().post("/account/signup/", {"email": "x@example.org", "password1": PASSWORD})
    assert Account.objects.count() == 1
    assert answer.status_code in {200, 302}


def test_behind_a_proxy_cookies_are_for_https_and_tries_are_counted_by_who_really_asks(tmp_path):
    tell = "from huoqun import settings as s; print(s.SESSION_COOKIE_SECURE, s.ALLAUTH_TRUSTED_PROXY_COUNT)"
    said = []
    for proxies in ("", "1", "one"):
        home = {"HUOQUN_HOME": str(tmp_path), "PATH": os.environ["PATH"], "HUOQUN_PROXIES": proxies}
        said.append(subprocess.check_output([sys.executable, "-c", tell], env=home, cwd=ROOT, text=True).split())
    assert said == [["False", "0"], ["True", "1"], ["False", "0"]]
    assert next(checked.proxies({"HUOQUN_PROXIES": "one"})).mend
    assert not list(checked.proxies({}))
    account()
    for number in range(12):
        client = Client(headers={"host": "127.0.0.1", "x-forwarded-for": f"6.6.6.6, 10.0.0.{number}"})
        with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1):
            answer = log_in(client, email=f"{number}@example.org", password="wrong")
        assert "次数过多" not in answer.content.decode(), "twelve people behind one proxy are twelve"


def test_guessing_passwords_is_slowed_down():
    account()
    client = visitor()
    for _ in range(5):
        assert "不正确" in log_in(client, password="wrong").content.decode()
    assert "次数过多" in log_in(client).content.decode()
    assert log_in(visitor()).status_code != 302


def test_a_second_factor_is_asked_for_once_it_is_set_up():
    hire(local(now=clock.now()), email="boss@example.org")
    client = visitor()
    log_in(client)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    assert "data:image/svg+xml" in client.get("/account/2fa/totp/activate/").content.decode()
    who = Account.objects.get(email="boss@example.org")
    TOTP.activate(who, "JBSWY3DPEHPK3PXP")
    assert Authenticator.objects.filter(user=who).exists()
    assert get_adapter().is_mfa_enabled(who)
    other = visitor()
    answer = log_in(other)
    assert answer.headers["location"].startswith("/account/2fa/authenticate/")
    assert other.get("/w/local/").status_code == 302
    counter = next(iter(yield_hotp_counters_from_time()))
    code = format_hotp_value(hotp_value("JBSWY3DPEHPK3PXP", counter))
    assert other.post("/account/2fa/authenticate/", {"code": code}).status_code == 302
    assert other.get("/w/local/").status_code == 200


def test_sessions_are_listed_and_the_others_can_be_ended():
    hire(local(now=clock.now()), email="boss@example.org")
    here, there = visitor(), visitor()
    log_in(here)
    log_in(there)
    there.get("/w/local/")
    assert here.get("/account/sessions/").content.decode().count("127.0.0.1") >= 2
    here.post("/account/sessions/")
    assert there.get("/w/local/").status_code == 302
    assert here.get("/w/local/").status_code == 200


def test_an_invitation_makes_staff_once():
    home = local(now=clock.now())
    mine = group(home)
    boss = owner()
    page = boss.post(
        "/w/local/team/invite", {"role": "group_admin", "days": "7", "note": "小王", "groups": str(mine.pk)}
    ).content.decode()
    link = re.search(r'value="http://[^/]+(/join/[^"]+)"', page)[1]
    assert link not in boss.get("/w/local/team").content.decode()
    guest = visitor()
    assert "群管理员" in guest.get(link).content.decode()
    answer = guest.post(link, {"email": "wang@example.org", "name": "小王", "password": PASSWORD}, follow=True)
    assert answer.request["PATH_INFO"] == "/w/local/"
    made = staff.staff_of(Account.objects.get(email="wang@example.org"), home)
    assert made.role == "group_admin"
    assert list(made.groups.all()) == [mine]
    assert visitor().get(link).status_code == 410
    assert "小王" in boss.get("/w/local/team").content.decode()


def test_an_invitation_can_be_withdrawn_and_ends():
    home = local(now=clock.now())
    boss = hire(home)
    now = clock.now()
    row, secret = staff.invite(home, role="host", by=boss.account, now=now)
    browser(boss).post(f"/invitations/{row.pk}/withdraw")
    assert visitor().get(f"/join/{secret}").status_code == 410
    row, secret = staff.invite(home, role="host", by=boss.account, now=now - staff.VALID)
    assert visitor().get(f"/join/{secret}").status_code == 410
    assert visitor().get("/join/guessed").status_code == 410


def test_who_has_an_account_says_yes_with_it():
    home = local(now=clock.now())
    boss = hire(home)
    _, secret = staff.invite(home, role="analyst", by=boss.account, now=clock.now())
    known = Client(headers=HEADERS)
    known.force_login(account("known@example.org"))
    form = {"email": "known@example.org", "name": "x", "password": PASSWORD}
    refused = visitor().post(f"/join/{secret}", form)
    assert refused.status_code == 422
    assert "已有账号" in refused.content.decode()
    assert known.post(f"/join/{secret}").status_code == 302
    assert staff.staff_of(Account.objects.get(email="known@example.org"), home).role == "analyst"


def test_a_workspace_keeps_an_owner():
    boss = hire(local(now=clock.now()))
    client = browser(boss)
    assert client.post(f"/team/{boss.pk}/dismiss").status_code == 409
    assert client.post(f"/team/{boss.pk}/role", {"role": "host"}).status_code == 409
    hire(boss.workspace, email="second@example.org")
    assert client.post(f"/team/{boss.pk}/dismiss").status_code == 302
    assert client.get("/w/local/").status_code == 404


def test_a_keeper_opens_workspaces_and_switches():
    client = owner()
    client.post("/workspaces/new", {"name": "青禾书店", "zone": "Asia/Shanghai"})
    page = client.get("/", follow=True).content.decode()
    assert "青禾书店" in page
    assert client.post("/workspaces/new", {"name": " ", "zone": "Asia/Shanghai"}).status_code == 422
    assert client.post("/workspaces/new", {"name": "x", "zone": "Mars/One"}).status_code == 422
    assert staff.workspaces_of(Account.objects.get()).count() == 2


def test_the_password_can_be_set_at_the_computer(capsys, monkeypatch):
    hire(local(now=clock.now()), email="boss@example.org")
    client = visitor()
    log_in(client)
    monkeypatch.setattr("sys.stdin", io.StringIO("quite another phrase\n"))
    assert main(["password", "boss@example.org"]) == 0
    assert client.get("/w/local/").status_code == 302
    assert log_in(visitor(), password="quite another phrase").status_code == 302
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert main(["password", "boss@example.org"]) == 2
    assert main(["password", "who@example.org"]) == 2
    capsys.readouterr()


def test_every_address_is_listed_with_what_it_takes(capsys):
    assert main(["routes", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    by_path = {(row["path"], row["method"]): row for row in rows}
    assert by_path["/groups/<uuid:group>/card", "POST"]["permission"] == "edit_groups"
    assert by_path["/w/<slug:workspace>/imports/", "POST"]["permission"] == "import"
    assert by_path["/w/<slug:workspace>/imports/", "GET"]["permission"] == "see_groups"
    assert by_path["/account/login/", "POST"]["scope"] == "login"
    assert main(["routes"]) == 0
    assert "edit_staff" in capsys.readouterr().out


def test_where_one_is_logged_in_is_told_in_words_and_others_are_logged_out():
    who = account()
    phone = visitor(HTTP_USER_AGENT="Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Safari/604.1 MicroMessenger/8.0.50")
    desk = visitor(HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36")
    for client in (phone, desk):
        log_in(client, email=who.email)
        client.get("/workspaces")
    page = desk.get("/account/sessions/").content.decode()
    assert "WeChat · iPhone" in page
    assert "Chrome · Linux" in page
    assert "Mozilla" not in page
    desk.post("/account/sessions/")
    assert phone.get("/workspaces").status_code == 302
    assert desk.get("/workspaces").status_code == 200
