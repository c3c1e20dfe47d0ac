"""What operators say of a group: its stage, its positioning, its room; kept, shown, undone, and never lost."""

import re

import pytest
from at_work import group, hire, owner

from huoqun.base import clock
from huoqun.people import audit
from huoqun.people.checkup import Checkup
from huoqun.people.group import Group
from huoqun.people.positioning import LONGEST, missing
from huoqun.people.room import room, watch
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client():
    return owner()


@pytest.fixture
def there():
    workspace = local(now=clock.now())
    hire(workspace)
    row = group(workspace)
    now = clock.now()
    row.newest = Checkup.objects.create(
        group=row, day=now.date(), as_of=now, computed=now, created=now, state="living", stage="active", grade="A",
        members=460, state_hash="", model="", document="{}",
    )  # fmt: skip
    row.save()
    watch(row, 460, now=now)
    return row


@pytest.fixture(autouse=True)
def no_document(monkeypatch):
    monkeypatch.setattr("huoqun.people.checkup.document", lambda row: None)


def page(client, there):
    return client.get(f"/groups/{there.pk}/records").content.decode()


def test_a_stage_said_by_hand_stands_in_list_and_filter_until_it_is_undone(client, there):
    client.post(f"/groups/{there.pk}/stage", {"stage": "declining", "why": "骨干走了"})
    home = client.get("/w/local/").content.decode()
    assert "（手动）" in home
    assert "骨干走了" in home
    assert "练习群" in client.get("/w/local/?stage=declining").content.decode()
    assert "练习群" not in client.get("/w/local/?stage=active").content.decode()
    shown = page(client, there)
    assert str(Group.objects.get().stage_by) in shown
    assert "骨干走了" in shown
    client.post(f"/groups/{there.pk}/stage/back")
    assert "练习群" in client.get("/w/local/?stage=active").content.decode()
    assert "骨干走了" in page(client, there)
    entry = audit.entries(there.workspace).first()
    assert (entry.what, entry.before["stage"]) == ("group.stage_back", "declining")


@pytest.mark.parametrize(
    "form", [{"stage": "active", "why": " "}, {"stage": "x", "why": "y"}, {"stage": "active", "why": "长" * 301}]
)
def test_a_stage_without_reason_changes_nothing_and_loses_nothing(client, there, form):
    answer = client.post(f"/groups/{there.pk}/stage", form)
    assert answer.status_code == 422
    assert form["why"] in answer.content.decode()
    assert Group.objects.get().stage_said == ""


def test_the_positioning_card_says_what_is_missing_and_is_kept(client, there):
    assert "还缺：" in page(client, there)
    card = {
        "goal": "读完十二本书",
        "core": "三位领读",
        "strata": "听众到领读",
        "rules": "一\r\n二",
        "orientation": "both",
    }
    assert client.post(f"/groups/{there.pk}/positioning", card).status_code == 302
    there.refresh_from_db()
    assert missing(there) == []
    assert there.positioning["rules"] == "一\n二"
    assert "三要素都已写明" in page(client, there)
    entries = audit.entries(there.workspace).filter(what="group.positioning").count()
    client.post(f"/groups/{there.pk}/positioning", card)
    assert audit.entries(there.workspace).filter(what="group.positioning").count() == entries == 1


def test_a_card_that_is_too_long_is_given_back_as_typed(client, there):
    typed = {part: f"<{part}>" for part in LONGEST} | {"slogan": "口" * 81, "orientation": "sideways"}
    answer = client.post(f"/groups/{there.pk}/positioning", typed)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "口" * 81 in shown
    assert "&lt;goal&gt;" in shown
    assert "没有这个导向" in shown
    assert Group.objects.get().positioning == {}


def test_a_group_near_its_limit_is_told_to_its_owner(client, there):
    home = client.get("/w/local/").content.decode()
    assert "快满了" in home
    assert re.search(r"460\D{1,12}500|500\D{1,12}460", home)
    assert client.post(f"/groups/{there.pk}/limit", {"limit": "1000"}).status_code == 302
    assert "个位置已占" not in client.get("/w/local/").content.decode()
    for wrong in ("0", "-3", "many", "99999999999999"):
        answer = client.post(f"/groups/{there.pk}/limit", {"limit": wrong})
        assert answer.status_code == 422
        assert f'value="{wrong}"' in answer.content.decode()
    client.post(f"/groups/{there.pk}/limit", {"limit": "460"})
    assert "460 个位置已占 460 个" in client.get("/w/local/").content.decode()
    client.post(f"/groups/{there.pk}/limit", {"limit": ""})
    assert Group.objects.get().limit is None


@pytest.mark.parametrize(
    ("network", "limit", "members", "near"),
    [("wechat", None, 449, False), ("wechat", None, 450, True), ("qq", None, 2990, False), ("qq", 3000, 2700, True),
     ("wechat", None, None, False), ("matrix", None, 9999, False)],
)  # fmt: skip
def test_only_what_is_known_warns(network, limit, members, near):
    assert room(Group(network=network, limit=limit), members).near is near
