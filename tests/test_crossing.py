"""Two windows change the same thing: the second is told, keeps what it typed, and decides; nobody's words are lost."""

import re

import pytest
from at_work import browser, group, hire

from huoqun.activities import questionnaire, survey
from huoqun.base import clock
from huoqun.people import positioning, profile
from huoqun.people.person import Identity, Person
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return hire(local(now=clock.now()))


def fields(page: str, address: str) -> dict[str, str]:
    """The hidden fields of the form that is sent to an address."""
    form = re.search(rf'<form[^>]*action="{re.escape(address)}"[^>]*>(.*?name="began".*?)</form>', page, re.DOTALL)[1]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form.rpartition("<form")[2] or form))


def crossing(client, page, address, one, other):
    """Two windows with the same form; both save, the second once more. Returns what the second was told."""
    opened = fields(client.get(page).content.decode(), address)
    assert client.post(address, opened | one).status_code == 302
    told = client.post(address, opened | other)
    assert told.status_code == 409
    said = told.content.decode()
    assert "别人改过这里" in said
    return said


def again(client, said, address, other):
    assert client.post(address, fields(said, address) | other).status_code == 302


def test_the_positioning_of_a_group(boss):
    client, row = browser(boss), group(boss.workspace)
    page, address = f"/groups/{row.pk}/records", f"/groups/{row.pk}/positioning"
    mine, theirs = {"goal": "一起读完 12 本书"}, {"goal": "一起跑步"}
    said = crossing(client, page, address, mine, theirs)
    row.refresh_from_db()
    assert positioning.card_of(row)["goal"] == "一起读完 12 本书"
    assert "一起跑步</textarea>" in said
    assert "<dd>一起读完 12 本书</dd>" in said
    again(client, said, address, theirs)
    row.refresh_from_db()
    assert positioning.card_of(row)["goal"] == "一起跑步"


def test_title_and_question_of_a_survey(boss):
    client, there = browser(boss), group(boss.workspace)
    asked = questionnaire.put((), questionnaire.Question(kind="text", text="你好吗？"))
    row = survey.begin(boss.workspace, title="问", groups=[there], questions=asked, by=boss.account, now=clock.now())
    page, about = f"/surveys/{row.pk}/", f"/surveys/{row.pk}/about"
    mine, theirs = ({"title": title, "intro": "", "groups": [there.pk]} for title in ("我的", "他的"))
    said = crossing(client, page, about, mine, theirs)
    assert 'value="他的"' in said
    assert "<h1><bdi>我的</bdi></h1>" in said
    again(client, said, about, theirs)
    row.refresh_from_db()
    assert row.title == "他的"
    (known,) = row.asked()
    address = f"/surveys/{row.pk}/questions"
    mine, theirs = ({"do": "save", "id": known.id, "kind": "text", "text": text} for text in ("你还好吗？", "忙吗？"))
    said = crossing(client, page, address, mine, theirs)
    row.refresh_from_db()
    assert row.asked()[0].text == "你还好吗？"
    assert "忙吗？" in said
    again(client, said, address, theirs)
    row.refresh_from_db()
    assert row.asked()[0].text == "忙吗？"


def test_a_note_about_a_person(boss):
    client, there = browser(boss), group(boss.workspace)
    who = Person.objects.create(workspace=boss.workspace, created=clock.now())
    Identity.objects.create(group=there, person=who, account="a", name="阿明", created=clock.now())
    note = profile.say(who, "note", "爱读书", by=boss.account, now=clock.now())
    page = f"/people/{who.pk}/"
    address = re.search(rf'/people/{who.pk}/[^"]*{note.pk}[^"]*', client.get(page).content.decode())[0]
    mine, theirs = ({"kind": "note", "text": text} for text in ("爱读书，怕吵", "下周生日"))
    said = crossing(client, page, address, mine, theirs)
    assert "下周生日</textarea>" in said
    assert "爱读书，怕吵</p>" in said
    again(client, said, address, theirs)
    note.refresh_from_db()
    assert note.text == "下周生日"


def test_who_saves_what_they_found_is_not_stopped(boss):
    client, row = browser(boss), group(boss.workspace)
    page, address = f"/groups/{row.pk}/records", f"/groups/{row.pk}/positioning"
    for goal in ("一", "二"):
        opened = fields(client.get(page).content.decode(), address)
        assert client.post(address, opened | {"goal": goal}).status_code == 302
    assert client.post(address, {"goal": "没有带着印记"}).status_code == 302
