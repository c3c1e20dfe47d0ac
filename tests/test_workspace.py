"""The settings of a workspace: its name, its zone, the language in which it speaks to its groups."""

import pytest
from at_work import browser, hire

from huoqun.base import clock
from huoqun.people import audit, workspace
from huoqun.people.workspace import Workspace, add

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place():
    return add(name="书店", zone="Asia/Shanghai", now=clock.now())


def test_the_language_of_announcements_is_chosen_in_the_settings(place):
    client, address = browser(hire(place)), f"/w/{place.slug}/settings"
    assert '<option value="zh-hans" selected>' in client.get(address).content.decode()
    client.post(address, {"name": "书店", "zone": "Asia/Shanghai", "language": "en"})
    place.refresh_from_db()
    assert place.language == "en"
    log = client.get(f"/w/{place.slug}/log").content.decode()
    assert "对群里说的语言" in log and "English" in log


@pytest.mark.parametrize("language", ["", "fr", "zh", "en\0x"])
def test_another_language_than_those_there_are_changes_nothing(place, language):
    wanted = {"name": "书店", "zone": "Asia/Shanghai", "language": language}
    answer = browser(hire(place)).post(f"/w/{place.slug}/settings", wanted)
    assert answer.status_code == (422 if language else 302)
    assert Workspace.objects.get(pk=place.pk).language == "zh-hans"
    if language:
        assert not audit.entries(place).filter(what="workspace.rename").exists()


def test_a_new_workspace_speaks_the_language_of_who_opens_it(place):
    client = browser(hire(place))
    assert '<option value="zh-hans" selected>' in client.get("/workspaces").content.decode()
    client.cookies["huoqun_language"] = "en"
    assert '<option value="en" selected>' in client.get("/workspaces").content.decode()
    client.post("/workspaces/new", {"name": "Abroad", "zone": "Europe/Berlin", "language": "en"})
    assert Workspace.objects.get(name="Abroad").language == "en"
    with pytest.raises(workspace.UnknownLanguage):
        add(name="x", zone="", language="tlh", now=clock.now())
