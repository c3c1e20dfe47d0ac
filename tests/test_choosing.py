"""Choosing some of very many groups: found by name, page by page, with and without script; nothing ticked is lost."""

import re

import pytest
from at_work import browser, hire
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huoqun.activities import survey
from huoqun.base import clock
from huoqun.people.group import Group
from huoqun.people.staff import staff_of
from huoqun.people.upload import DIAGNOSING, Taken, Upload
from huoqun.people.workspace import local
from huoqun.web import choosing

pytestmark = pytest.mark.django_db
MANY = 3000


@pytest.fixture
def boss():
    found = hire(local(now=clock.now()))
    rows = [
        Group(workspace=found.workspace, name=f"读书 {i:05} 群", network="wechat", zone="Asia/Shanghai",
              zone_source="default", created=clock.now())
        for i in range(MANY)
    ]  # fmt: skip
    Group.objects.bulk_create(rows)
    return found


def ticks(page: str) -> list[tuple[str, bool]]:
    """The groups a page offers: key and whether ticked."""
    return [
        (key, bool(checked))
        for key, checked in re.findall(r'type="checkbox" name="groups" value="([^"]+)"( checked)?', page)
    ]


def key(name):
    return str(Group.objects.get(name=name).pk)


def test_a_survey_for_a_few_of_very_many_groups_without_script(boss, django_assert_max_num_queries):
    client = browser(boss)
    with django_assert_max_num_queries(30):
        page = client.get("/w/local/surveys").content.decode()
    assert len(ticks(page)) == choosing.SHOWN
    assert len(page) < 60_000
    first = key("读书 00007 群")
    typed = {"from": "", "title": "问一问", "groups": [first], "find": "02345", "seek": "1", "form": ""}
    page = client.post("/w/local/surveys/new", typed).content.decode()
    second = key("读书 02345 群")
    assert ticks(page) == [(first, True), (second, False)]
    assert 'value="问一问"' in page
    assert not survey.Survey.objects.exists()
    page = client.post("/w/local/surveys/new", typed | {"find": "", "seek": "2"}).content.decode()
    assert ticks(page)[0] == (first, True)
    assert ticks(page)[1][0] == key(f"读书 {choosing.SHOWN + 1:05} 群")
    page = client.post("/w/local/surveys/new", typed | {"find": "没有这样的", "seek": "1"}).content.decode()
    assert "没有别的社群叫这个名字" in page
    made = {"from": "profile", "title": "问一问", "groups": [first, second, "x"], "find": "", "form": ""}
    assert client.post("/w/local/surveys/new", made).status_code == 302
    row = survey.Survey.objects.get()
    assert {str(g.pk) for g in row.groups.all()} == {first, second}
    third = key("读书 02999 群")
    sent = {"title": "再问", "intro": "打扰了", "groups": [first], "find": "02999", "seek": "1", "form": ""}
    page = client.post(f"/surveys/{row.pk}/about", sent).content.decode()
    assert ticks(page) == [(first, True), (third, False)]
    assert 'value="再问"' in page
    assert ">打扰了</textarea>" in page
    row.refresh_from_db()
    assert row.title == "问一问"


def test_groups_of_the_staff_are_found_likewise(boss):
    client = browser(boss)
    other = hire(boss.workspace, "group_admin", Group.objects.filter(name="读书 00003 群"))
    page = client.get("/w/local/team").content.decode()
    assert len(page) < 90_000
    wanted = key("读书 01111 群")
    sent = {"role": "group_admin", "groups": [key("读书 00003 群")], "find": "01111", "seek": "1", "form": other.pk.hex}
    page = client.post(f"/team/{other.pk}/role", sent).content.decode()
    assert (wanted, False) in ticks(page)
    assert (key("读书 00003 群"), True) in ticks(page)
    assert staff_of(other.account, boss.workspace).groups.count() == 1
    invited = {"role": "host", "days": "30", "note": "小林", "groups": [wanted], "find": "", "seek": "1", "form": ""}
    page = client.post("/w/local/team/invite", invited).content.decode()
    assert (wanted, True) in ticks(page)
    assert 'value="小林"' in page
    assert not boss.workspace.invitations.exists()


def test_lists_ask_the_database_the_same_however_long_they_are(boss):
    there, client = list(Group.objects.order_by("name")[:2]), browser(boss)

    def add(n):
        for i in range(n):
            row = Upload.objects.create(workspace=boss.workspace, state=DIAGNOSING, created=clock.now())
            Taken.objects.create(upload=row, group=there[i % 2], format="plain", rows=1, added=1, created=clock.now())
            survey.begin(boss.workspace, title=f"{i}", groups=there, by=boss.account, now=clock.now())

    def asked(path):
        client.get(path)  # what is asked once alone, such as the session, is behind it
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    add(2)
    lists = ("/w/local/surveys", "/api/workspaces/local/surveys", "/w/local/imports/", "/api/workspaces/local/imports")
    few = [asked(path) for path in lists]
    add(20)
    assert [asked(path) for path in lists] == few
