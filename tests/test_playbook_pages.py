"""Playbooks in the console: the library, a playbook as days, a copy that is written side by side with its timeline."""

import pytest
from at_work import browser, hire
from huoqun.playbooks.draft import Draft

from huoqun.base import clock
from huoqun.people.workspace import local
from huoqun.playbooks import library

pytestmark = pytest.mark.django_db(transaction=True)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def boss():
    return hire(local(now=clock.now()), "planner")


@pytest.fixture
def desk(boss):
    return browser(boss)


def w(boss, rest):
    return f"/w/{boss.workspace.slug}/{rest}"


def copied(boss, desk, name="meetup"):
    answer = desk.post(w(boss, f"playbook/{name}/copy"))
    assert answer.status_code == 302
    return Draft.objects.get(source=name)


def save(desk, row, text, revision):
    return desk.post(f"/playbooks/{row.pk}/text", {"text": text, "revision": revision}, headers=HTMX)


def test_the_library_is_listed_found_and_filtered(boss, desk):
    page = desk.get(w(boss, "playbooks")).content.decode()
    for book in library.playbooks().values():
        assert book.title.zh in page
    only = desk.get(w(boss, "playbooks?q=百日打卡")).content.decode()
    assert "百日打卡" in only
    assert "复活周" not in only
    closing = desk.get(w(boss, "playbooks?stage=closed")).content.decode()
    assert "打法" in closing
    assert desk.get(w(boss, "playbooks?q=%00%F0&type=nonsense")).status_code == 200


@pytest.mark.parametrize("name", library.playbooks())
def test_every_playbook_shows_every_step_in_both_languages(boss, desk, name):
    book = library.playbooks()[name]
    page = desk.get(w(boss, f"playbook/{name}")).content.decode()
    for step in book.steps:
        assert step.title.zh.replace("&", "&amp;").replace("“", "“") in page
    english = browser(boss, headers={"host": "127.0.0.1", "accept-language": "en"})
    page = english.get(w(boss, f"playbook/{name}")).content.decode()
    assert book.title.en.replace("'", "&#x27;") in page
