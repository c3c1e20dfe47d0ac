"""The example stands apart: nothing real comes in, whoever works with the operator sees it, one is made at a time."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from at_work import account, browser, group, hire
from django.apps import apps
from django.db import connection
from django.urls import reverse
from test_gate import GUARDED, Place

from huoqun.base import clock, job
from huoqun.people import erasure, staff, upload
from huoqun.people.group import UNDO, made_up, remove
from huoqun.people.role import EDIT_STAFF, EDIT_TOKENS
from huoqun.people.upload import Upload
from huoqun.people.workspace import Workspace, folder_of, local

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = [t for t in apps.get_app_config("huoqun").get_models(include_auto_created=True) if t.__name__ != "Presence"]
TAKE_AWAY = {"withdraw", "withdraw_invitation", "revoke_token"}
"""Changes of staff and keys that bring nothing in."""


def now():
    return clock.now()


def rows():
    return {table.__name__: table._default_manager.count() for table in TABLES}


@pytest.fixture
def place():
    """An example with one of everything, of the first workspace."""
    found = Place("示例")
    found.workspace.example_of = local(now=now())
    found.workspace.save()
    return found


def real(place, api):
    return [(r, m) for r in GUARDED if r.real and r.api == api for m in r.methods if m not in {"GET", "HEAD"}]


def test_files_lists_keys_and_colleagues_are_refused_in_plain_words_by_page_and_program(place):
    before, client = rows(), browser(place.owner)
    assert {r.name for r, _m in real(place, False)} >= {"imports", "roll_new", "invite", "tokens"}
    assert {r.name for r, _m in real(place, True)} >= {"add_import", "add_roll", "add_invitation"}
    for route, method in real(place, False):
        answer = client.generic(method, place.address(route))
        assert answer.status_code == 409, route.name
        assert "真实的数据和人都不能带进来" in answer.content.decode(), route.name
    for headers in ({}, {"authorization": f"Bearer {place.key}"}):
        for route, method in real(place, True):
            told = client.generic(method, place.address(route), headers=headers)
            if not headers or told.status_code != 403:
                assert (told.status_code, told.json()["error"]) == (409, "made_up"), route.name
    assert rows() == before


def test_whatever_brings_in_staff_or_keys_is_kept_out(place):
    asked = [r for r in GUARDED if not set(r.methods) <= {"GET", "HEAD"}]
    brings = {r.name for r in asked if {r.permission, r.write} & {EDIT_STAFF, EDIT_TOKENS}}
    assert {r.name for r in asked if r.real} >= brings - TAKE_AWAY


def test_pages_of_the_example_offer_no_form_that_would_be_refused(place):
    client = browser(place.owner)
    for page in ("imports", "tokens", "roll_new", "team", "home"):
        told = client.get(reverse(page, args=[place.workspace.slug])).content.decode()
        assert "示例" in told, page
        for form in ("imports", "tokens", "roll_new", "invite"):
            action = reverse(form, args=[place.workspace.slug])
            assert f'action="{action}"' not in told, (page, form)
        assert 'type="file"' not in told, page


def example(real):
    found = staff.example_of(real, name="示例（模拟）", now=now())
    for name in ("晨读", "小圈"):
        row = group(found, name)
        row.simulated = True
        row.save()
        staff.reveal(row)
    return found


def test_every_colleague_sees_it_in_the_role_they_have():
    ours = local(now=now())
    boss, host = hire(ours), hire(ours, "host")
    before = host.groups.count()
    found = example(ours)
    late = account("late@example.org")
    _, secret = staff.invite(ours, role="analyst", by=boss.account, now=now())
    staff.accept(secret, late, now=now())
    roles = {s.account.email: s.role for s in staff.team(found)}
    assert roles == {boss.account.email: "owner", host.account.email: "host", "late@example.org": "analyst"}
    assert staff.groups_for(staff.staff_of(host.account, found)).count() == 2
    assert host.groups.count() == before
    assert browser(host).get(reverse("home", args=[found.slug])).content.decode().count("晨读") > 0
    staff.change(staff.staff_of(late, ours), role="planner", groups=(), by=boss.account, now=now())
    assert staff.staff_of(late, found).role == "planner"
    staff.dismiss(staff.staff_of(late, ours), by=boss.account, now=now())
    assert staff.staff_of(late, found) is None
    assert (
        browser(hire(Workspace.objects.create(slug="else", created=now()), email="late@example.org"))
        .get(reverse("home", args=[found.slug]))
        .status_code
        == 404
    )


def test_the_switcher_leads_there_and_back():
    ours = local(now=now())
    client = browser(hire(ours))
    found = example(ours)
    there, back = (reverse("home", args=[w.slug]) for w in (found, ours))
    assert f'href="{there}"' in client.get(back).content.decode()
    told = client.get(there).content.decode()
    assert told.count(f'href="{back}"') == 2
    assert "这里没有真人" in told


def test_without_its_workspace_there_is_no_example():
    ours = Workspace.objects.create(slug="ours", created=now())
    hire(ours)
    found = example(ours)
    ours.delete()
    assert not Workspace.objects.filter(pk=found.pk).exists()
    assert not made_up(found).exists()


def test_colleagues_who_click_at_once_get_one_example():
    ours = local(now=now())
    clients = [browser(hire(ours, email=f"n{n}@example.org")) for n in range(2) for _twice in range(2)]
    ready, went = threading.Barrier(len(clients)), []

    def click(client):
        ready.wait()
        try:
            went.append(client.post(reverse("example", args=["local"])).url)
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(went) == len(clients)
    assert len(set(went)) == 1
    assert ours.examples.count() == Upload.objects.count() == job.Job.objects.count() == 1


def test_it_is_not_removed_while_it_is_made_and_what_could_not_be_made_is_gone_at_once():
    ours = local(now=now())
    client = browser(hire(ours))
    client.post(reverse("example", args=["local"]))
    found, row = ours.examples.get(), Upload.objects.get()
    told = client.post(reverse("remove_example", args=[found.slug]), follow=True)
    assert "示例还在生成" in told.content.decode()
    assert found.slug not in client.get(reverse("home", args=["local"])).content.decode()
    job.Job.objects.update(state=job.FAILED)
    again = client.post(reverse("example", args=["local"]))
    assert again.url == reverse("import", args=[row.pk])
    assert client.post(reverse("remove_example", args=[found.slug])).url == reverse("home", args=["local"])
    assert not Workspace.objects.exclude(pk=ours.pk).exists()
    assert not Upload.objects.exists()


def test_after_the_hour_a_click_makes_another_beside_the_one_that_goes():
    ours = local(now=now())
    client = browser(hire(ours))
    first = example(ours)
    long_ago = now() - UNDO - timedelta(minutes=1)
    for each in made_up(first):
        remove(each, now=long_ago)
    client.post(reverse("example", args=["local"]))
    assert ours.examples.count() == 2
    while erasure.tick(job.Hand("test", clock.now)):
        pass
    assert not Workspace.objects.filter(pk=first.pk).exists()
    assert upload.being_made(upload.example_upload(ours))


def test_an_erasure_that_is_cut_off_after_the_folder_is_finished_by_the_next(monkeypatch):
    ours = local(now=now())
    found = example(ours)
    key, folder = found.pk, folder_of(found)
    folder.mkdir(parents=True, exist_ok=True)
    one, last = made_up(found)
    erasure.erase(one, now=now())
    assert Workspace.objects.filter(pk=key).exists()

    class Killed(BaseException):
        pass

    def dies(_self):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Workspace, "delete", dies)
        with pytest.raises(Killed):
            erasure.erase(last, now=now())
    assert not folder.exists()
    erasure.erase(found.groups.get(), now=now())
    assert not Workspace.objects.filter(pk=key).exists()
    assert not folder.exists()


BEGIN = """
import os, signal
os.environ["DJANGO_SETTINGS_MODULE"] = "huoqun.settings"
import django
django.setup()
from datetime import timedelta
from at_work import browser, hire
from django.urls import reverse
from huoqun.base import clock, job
from huoqun.people import checkup, goal, reception
from huoqun.people.group import Group
from huoqun.people.membership import here
from huoqun.people.upload import Upload
from huoqun.people.workspace import Workspace, local
from huoqun.simulation import desk, example
def dies(module, name):
    real = getattr(module, name)
    def after(*given, **more):
        real(*given, **more)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(module, name, after)
def later(**how):
    return job.Hand("hand", lambda: clock.now() + timedelta(**how))
"""
ASKED = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
browser(hire(local(now=clock.now()))).post(reverse("example", args=["local"]))
dies(reception, "bring")
example.tick(later())
"""
ALMOST = """
dies(desk, "_segments")
example.tick(later(minutes=1))
"""
THEN = """
main, circle = Group.objects.order_by("-rows")
assert not main.goals.exists(), "half of what staff did is not kept"
assert example.tick(later(minutes=2))
assert Group.objects.count() == 2 and Workspace.objects.count() == 2
assert Upload.objects.get().state == "done"
assert job.newest("example", Upload.objects.get().pk.hex).attempts == 3
assert main.goals.count() == 1 and main.activities.filter(kind="survey").count() == 4
assert here(main).count() == 330
assert Group.objects.get(pk=main.pk).rows == main.rows
"""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the other process is told where the SQLite file is")
def test_a_worker_that_is_killed_while_making_it_leaves_one_that_goes_on(tmp_path):
    """Killed with SIGKILL after the archive, then in the middle of what staff did; the third makes it whole."""
    assert _python(ASKED, tmp_path) == -signal.SIGKILL
    assert _python(ALMOST, tmp_path) == -signal.SIGKILL
    assert _python(THEN, tmp_path) == 0


def _python(code, home):
    path = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parent.parent)])
    run = {**os.environ, "HUOQUN_HOME": str(home / "home"), "PYTHONPATH": path}
    return subprocess.run([sys.executable, "-c", BEGIN + code], env=run, check=False).returncode
