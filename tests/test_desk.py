"""The send desk: one person says the words of many groups by hand, two never say the same; nothing said is lost."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from at_work import browser, group, hire
from django.urls import reverse

from huoqun.base import clock
from huoqun.people import by_hand, greeting, outbox, task
from huoqun.people.audit import Entry
from huoqun.people.by_hand import TakenByAnother
from huoqun.people.dealing import Dealing
from huoqun.people.deed import deeds
from huoqun.people.membership import Membership
from huoqun.people.outbox import LINK, Outgoing
from huoqun.people.person import Identity, Person
from huoqun.people.task import Task
from huoqun.people.workspace import local
from huoqun.web import put_off

pytestmark = pytest.mark.django_db(transaction=True)
JSON = {"accept": "application/json"}
HX = {"HX-Request": "true"}


@pytest.fixture
def here():
    return group(local(now=clock.now()), "晨读一群")


@pytest.fixture
def boss(here):
    return hire(here.workspace)


def waits(place, text="今晚八点能人秀，都来听。", key="a", what="vote.open", source=""):
    now = clock.now()
    row = outbox.say(place, text, what=what, key=key, source=source, now=now)
    Outgoing.objects.filter(pk=row.pk).update(due=now - timedelta(minutes=5))
    return Outgoing.objects.get(pk=row.pk)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def sent(client, here, row, do, headers=None, **form):
    place = reverse("outbox", args=[here.workspace.slug])
    ids = [str(each.pk) for each in row] if isinstance(row, list) else str(row.pk)
    return client.post(place, {"which": ids, "do": do, **form}, headers=headers or {})


def test_a_card_in_the_hand_of_one_is_not_said_by_another(here, boss):
    other, row, now = hire(here.workspace, "assistant").account, waits(here), clock.now()
    by_hand.take(row, by=boss.account, now=now)
    by_hand.take(row, by=boss.account, now=now)
    with pytest.raises(TakenByAnother) as told:
        by_hand.take(row, by=other, now=now)
    assert by_hand.holder(told.value.row, now=now) == boss.account
    by_hand.take(row, by=other, anyway=True, now=now)
    later = now + by_hand.IN_HAND + timedelta(seconds=1)
    assert by_hand.holder(fresh(row), now=later) is None
    by_hand.take(row, by=boss.account, now=later)
    by_hand.let_go(row, by=other)
    assert fresh(row).taken == boss.account
    by_hand.let_go(row, by=boss.account)
    assert fresh(row).taken is None
    outbox.done(row, by=boss.account, now=later)
    with pytest.raises(TakenByAnother):
        by_hand.take(row, by=other, anyway=True, now=later)


def test_two_at_one_desk_see_each_other(here, boss):
    row, place = waits(here), reverse("outbox_stand", args=[here.workspace.slug])
    one, two = browser(boss), browser(hire(here.workspace, "assistant"))
    assert one.get(place).json() == {"waits": {row.pk.hex: ""}}
    assert sent(one, here, row, "copy", JSON).status_code == 200
    assert one.get(place).json() == {"waits": {row.pk.hex: ""}}
    assert two.get(place).json() == {"waits": {row.pk.hex: str(boss.account)}}
    answer = sent(two, here, row, "copy", JSON)
    assert (answer.status_code, answer.json()["taken"]) == (409, f"{boss.account} 正在发这一条。")
    assert str(boss.account) in two.get(reverse("outbox", args=[here.workspace.slug])).content.decode()
    assert sent(two, here, row, "copy", JSON, anyway="yes").status_code == 200
    assert sent(one, here, row, "done").status_code == 302
    assert two.get(place).json() == {"waits": {}}
    assert "别再发" in sent(two, here, row, "copy", JSON).json()["taken"]


def test_what_is_edited_is_what_was_said_and_the_plan_stays(here, boss):
    row, client = waits(here, f"报名：{LINK}", source="activity:x"), browser(boss)
    sent(client, here, row, "done", text="报名在这里 https://a.example/d/1")
    row = fresh(row)
    assert (row.state, row.said, row.text) == ("sent", "报名在这里 https://a.example/d/1", f"报名：{LINK}")
    assert Entry.objects.filter(what="outbox.reword").count() == 1
    sent(client, here, row, "again")
    sent(client, here, row, "reword", text=f"报名：{LINK}")
    assert (fresh(row).state, fresh(row).said, fresh(row).words) == ("waiting", "", f"报名：{LINK}")
    sent(client, here, row, "done", text="报名：http://testserver/d/abc")
    assert fresh(row).said == "", "another address for the same door is no edit"
    long = waits(here, "早", key="long")
    sent(client, here, long, "done", text="字" * 9000 + "\0")
    assert len(fresh(long).said) == outbox.LONGEST


def test_put_off_comes_again_and_not_in_the_night(here, boss):
    row, client = waits(here), browser(boss)
    sent(client, here, row, "", later="hour")
    assert fresh(row).due > clock.now() + timedelta(minutes=59)
    was = fresh(row).due
    for bad in ({"later": "at", "until": "gestern"}, {"later": "at", "until": "1999-01-01T00:00"}, {"later": "x"}):
        sent(client, here, row, "", **bad)
    assert fresh(row).due == was
    night = datetime(2026, 3, 2, 23, 30, tzinfo=ZoneInfo(here.zone))
    moved = by_hand.put_off(row, night, by=boss.account, now=night - timedelta(hours=3))
    assert moved.due == datetime(2026, 3, 3, 8, tzinfo=ZoneInfo(here.zone))


def test_when_one_means_by_this_evening_and_tomorrow():
    zone = ZoneInfo("Asia/Shanghai")
    noon, late = datetime(2026, 3, 2, 12, tzinfo=zone), datetime(2026, 3, 2, 21, tzinfo=zone)
    assert put_off.until("evening", "", "Asia/Shanghai", now=noon) == datetime(2026, 3, 2, 20, tzinfo=zone)
    assert put_off.until("evening", "", "Asia/Shanghai", now=late) == datetime(2026, 3, 3, 20, tzinfo=zone)
    assert put_off.until("tomorrow", "", "Asia/Shanghai", now=late) == datetime(2026, 3, 3, 9, tzinfo=zone)
    own = put_off.until("at", "2026-03-05T10:15", "Asia/Shanghai", now=noon)
    assert own == datetime(2026, 3, 5, 10, 15, tzinfo=zone)
    for bad in ("", "x", "2026-03-02T11:59", "2999-01-01T00:00", "0001-01-01T00:00"):
        assert put_off.until("at", bad, "Asia/Shanghai", now=noon) is None


def test_the_same_words_for_many_groups_are_copied_once_and_ticked_group_by_group(here, boss):
    others = [group(here.workspace, f"{n} 群") for n in range(11)]
    rows = [waits(each, "早上好，今天读二十页。") for each in (here, *others)]
    alone = waits(here, "只给这个群", key="b")
    client = browser(boss)
    place = reverse("outbox", args=[here.workspace.slug])
    page = client.get(place).content.decode()
    assert "同样的话，发 12 个群" in page and "只给这个群" in page
    assert page.count("早上好，今天读二十页。</textarea>") == 1
    assert "同样的话" not in client.get(place, {"by": "group"}).content.decode()
    assert "早上好" not in client.get(place, {"group": str(here.pk), "kind": "none"}).content.decode()
    assert "早上好" in client.get(place, {"group": str(here.pk)}).content.decode()
    by_hand.take(rows[3], by=hire(here.workspace, "assistant").account, now=clock.now())
    assert sent(client, here, rows, "copy", JSON).status_code == 200
    assert {fresh(row).taken for row in rows[:3]} == {boss.account}
    assert fresh(rows[3]).taken != boss.account, "another keeps what they have"
    line = sent(client, here, rows[0], "done", HX, line="yes").content.decode()
    assert line.strip().startswith("<li") and "已发" in line
    assert [fresh(row).state for row in rows[:2]] == ["sent", "waiting"]
    assert fresh(alone).state == "waiting"


def test_a_page_that_swaps_cards_gets_the_card_and_undo(here, boss):
    row, client = waits(here), browser(boss)
    card = sent(client, here, row, "done", HX).content.decode()
    assert "<html" not in card and "撤销" in card and row.pk.hex in card
    card = sent(client, here, row, "again", HX).content.decode()
    assert "复制" in card and "<textarea" in card
    assert sent(client, here, row, "nonsense", JSON).status_code == 404
    assert sent(client, here, group(here.workspace), "done", JSON).status_code == 404


def test_who_sees_only_some_groups_serves_only_those(here, boss):
    other = group(here.workspace, "别的群")
    rows = [waits(here), waits(other)]
    host = browser(hire(here.workspace, "host", groups=[here]))
    assert set(host.get(reverse("outbox_stand", args=[here.workspace.slug])).json()["waits"]) == {rows[0].pk.hex}
    sent(host, here, rows, "done")
    assert [fresh(row).state for row in rows] == ["sent", "waiting"]
    analyst = browser(hire(here.workspace, "analyst"))
    assert sent(analyst, here, rows[1], "done").status_code == 403


def test_hostile_words_stay_words(here, boss):
    waits(here, "</textarea><script>alert(1)</script>{{ 7*7 }}")
    page = browser(boss).get(reverse("outbox", args=[here.workspace.slug])).content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;" in page


# -- today


def given(place, title="打电话", key="t", due=1.0, **more):
    now = clock.now()
    told = {"workspace": place.workspace, "group": place, "title": title, "key": key, "created": now}
    task.give([Task(due=now + timedelta(hours=due), **told, **more)])
    return Task.objects.get(group=place, key=key)


def does(client, here, row, do="done", headers=None, **form):
    place = reverse("today", args=[here.workspace.slug])
    return client.post(place, {"which": str(row.pk), "do": do, **form}, headers=headers or {})


def test_today_says_what_waits_late_first(here, boss):
    client, place = browser(boss), reverse("today", args=[here.workspace.slug])
    empty = client.get(place).content.decode()
    assert "没有事等着你" in empty and "都做完了" in empty
    assert client.get("/today")["location"] == place
    late, soon = given(here, "回访", "late", -3), given(here, "拍照", "soon", 0.1)
    waits(here)
    page = client.get(place).content.decode()
    assert "<b>2</b> 件事等着你" in page and "1 件过时了" in page and "1 条要发" in page
    assert page.index("回访") < page.index("拍照")
    does(client, here, late)
    does(client, here, soon, later="tomorrow")
    assert fresh(late).state == "done" and fresh(soon).later is not None
    page = client.get(place).content.decode()
    assert "件事等着你" not in page and "回访" in page, "what was done can be brought back"
    does(client, here, late, "again")
    assert fresh(late).state == "open"


def test_proofs_are_asked_for_and_what_was_typed_is_kept(here, boss):
    client = browser(boss)
    words, photo = given(here, proof="text"), given(here, "拍照", "p", proof="photo")
    assert "请简单写写结果" in does(client, here, words, headers=HX).content.decode()
    assert does(client, here, photo, headers=JSON).status_code == 422
    kept = does(client, here, words, "skip", HX, text="写了一半", why=" ").content.decode()
    assert "写了一半" in kept and fresh(words).state == "open"
    does(client, here, words, text="都打了")
    does(client, here, photo, "skip", why="下雨了")
    assert (fresh(words).said, fresh(photo).said, fresh(photo).state) == ("都打了", "下雨了", "skipped")


def test_a_task_is_handed_on_and_what_lies_long_is_seen_by_who_plans(here, boss):
    helper = hire(here.workspace, "assistant")
    row = given(here, due=-5, who=boss.account)
    does(browser(boss), here, row, "hand", who=str(helper.account.pk))
    assert fresh(row).who == helper.account
    assert does(browser(boss), here, row, "hand", headers=JSON, who="x").status_code == 422
    assert task.escalate(clock.now()) == 1 and fresh(row).escalated
    place = reverse("today", args=[here.workspace.slug])
    assert "搁在别人那里" in browser(boss).get(place).content.decode()
    assert "搁在别人那里" not in browser(helper).get(place).content.decode()
    editor = browser(hire(here.workspace, "editor"))
    assert does(editor, here, row, headers=JSON).status_code == 404, "it is somebody else's"
    assert does(browser(helper), here, row, headers=JSON).status_code == 200


def test_addresses_of_ours_in_words_get_their_host(here, boss):
    given(here, ready="阿明\n来看看：/m/abc.DEF-1/ 好吗？ https://x.example/m/zzz")
    page = browser(boss).get(reverse("today", args=[here.workspace.slug])).content.decode()
    assert "http://127.0.0.1/m/abc.DEF-1/ 好吗" in page and "https://x.example/m/zzz" in page


def test_a_greeting_ticked_off_by_mistake_is_taken_back(here, boss):
    now = clock.now()
    person = Person.objects.create(workspace=here.workspace, created=now)
    who = Identity.objects.create(group=here, person=person, account="u1", name="小林<b>", created=now)
    Membership.objects.create(identity=who, number=1, joined=now - timedelta(days=1), created=now)
    client, place = browser(boss), reverse("today", args=[here.workspace.slug])

    def ticks(do, by=client):
        return by.post(place, {"newcomer": str(who.pk), "do": do, "text": "欢迎"}, headers=HX).content.decode()

    assert "小林&lt;b&gt;" in client.get(place).content.decode()
    card = ticks("greet")
    assert 'value="undo"' in card and "<textarea" not in card and greeting.ungreeted(boss, now=now) == []
    assert 'value="undo"' in client.get(place).content.decode(), "also without a script, and after a reload"
    other = browser(hire(here.workspace, "planner"))
    assert "已经" in ticks("undo", other) and greeting.ungreeted(boss, now=now) == [], "only by whoever ticked it off"
    assert "<textarea" in ticks("undo") and len(greeting.ungreeted(boss, now=now)) == 1
    ticks("undo")
    ticks("leave")
    assert Dealing.objects.get().state == "declined", "what was taken back can be decided anew"
    Dealing.objects.update(changed=now - timedelta(hours=2))
    ticks("undo")
    assert Dealing.objects.get().state == "declined", "long ago is no mistake of the finger"
    assert [deed.kind for deed in deeds(person)] == ["greeting.declined", "greeting.undone", "greeting.done"]


def test_what_the_selling_guard_holds_stands_on_the_desk_with_its_reasons(here, boss):
    client, place = browser(boss), reverse("outbox", args=[here.workspace.slug])
    row = outbox.say(here, "今晚特价。", what="step.selling", key="s", now=clock.now())
    assert row.state == "held"
    page = client.get(place).content.decode()
    assert "今晚特价。" in page and "天" in page and 'name="why"' in page
    sent(client, here, row, "done")
    sent(client, here, row, "copy")
    assert fresh(row).state == "held" and fresh(row).taken is None, "it is let out first"
    host = browser(hire(here.workspace, "host", groups=[here]))
    page = host.get(place).content.decode()
    assert "今晚特价。" in page and 'name="why"' not in page
    sent(host, here, row, "release", why="我想卖")
    sent(client, here, row, "release", why=" ")
    assert fresh(row).state == "held"
    sent(client, here, row, "release", why="店庆，老板同意了")
    assert fresh(row).state == "waiting" and fresh(row).why["released"] == "店庆，老板同意了"


# -- the app


def test_the_app_can_be_installed_and_keeps_nothing_of_anybody_in_its_worker(boss):
    client = browser(boss)
    told = client.get("/app.webmanifest").json()
    assert (told["name"], told["start_url"], told["display"]) == ("活群", "/today", "standalone")
    assert client.get("/app.webmanifest", headers={"accept-language": "en"}).json()["name"] == "Huoqun"
    for each in told["icons"]:
        body = client.get(each["src"]).content
        assert (
            body.startswith(b"\x89PNG")
            and f"{int.from_bytes(body[16:20])}x{int.from_bytes(body[20:24])}" == each["sizes"]
        )
    assert client.get("/app/icon-99999.png").status_code == 404
    worker = client.get("/app.js")
    assert worker["Content-Type"].startswith("text/javascript") and str(boss.account) not in worker.content.decode()
    assert "manifest-src 'self'" in worker["Content-Security-Policy"]
    assert "没有网络" in client.get("/app/offline").content.decode()
