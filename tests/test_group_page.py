"""A group's pages as a server sends them: forms sent twice, wrongly, too late, or to a disk that is full."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from at_work import owner
from django.db import connection
from django.db.utils import OperationalError
from django.test import RequestFactory
from django.test.client import MULTIPART_CONTENT
from letters import chatlab, lines

from huoqun import worker
from huoqun.base import clock, job
from huoqun.people import group as groups
from huoqun.people import mark, upload
from huoqun.people.checkup import Checkup, document, latest
from huoqun.people.group import Group
from huoqun.people.person import Identity
from huoqun.people.upload import Given
from huoqun.people.workspace import local
from huoqun.web import fault

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
HOME = "/w/local/"
EVENT = {"title": "嘉宾分享", "start": "2026-02-01T20:00", "end": "2026-02-01T22:00", "by_owner": "yes"}


@pytest.fixture
def client():
    return owner(raise_request_exception=False)


@pytest.fixture
def take(tmp_path):
    """Imports a history and diagnoses it."""
    count = iter(range(100))

    def take(content):
        path = tmp_path / f"given-{next(count)}"
        path.write_bytes(content)
        row = upload.receive(local(now=NOW), [Given("a.jsonl", path)], now=NOW)
        hand = job.Hand("test", lambda: NOW)
        while worker.tick(hand):
            pass
        upload.settle(NOW)
        return row

    return take


@pytest.fixture
def group(take):
    take(chatlab(lines()))
    return Group.objects.get()


def of(group, path=""):
    return f"/groups/{group.pk}/{path}"


def page(answer):
    return answer.content.decode()


def fade(said, keep=2):
    """The same history, in which ever fewer people speak in its last third."""
    late = said[-1]["time"] - timedelta(days=40)
    return [line for line in said if line["time"] < late or int(line["who"][1:]) < keep]


def test_the_list_and_the_page_have_one_word_for_a_group_that_cools(client, take):
    take(chatlab(fade(lines(people=12, days=200)), group="变冷的群"))
    group = Group.objects.get()
    assert latest(group).state == "cooling"
    assert '<span class="chip cooling">在变冷</span>' in page(client.get(of(group)))
    for query in ("", "?state=cooling"):
        assert '<span class="chip cooling">在变冷</span>' in page(client.get(HOME + query))
    assert "变冷的群" not in page(client.get(HOME + "?state=living"))
    assert ",在变冷," in page(client.get(HOME + "groups.csv"))


def test_a_mark_sent_twice_is_one_mark(client, group):
    for _ in range(2):
        assert client.post(of(group, "marks"), EVENT).status_code == 302
    assert group.marks.count() == 1


def test_a_mark_taken_off_twice_is_off(client, group):
    client.post(of(group, "marks"), EVENT)
    which = group.marks.get().pk
    for _ in range(2):
        assert client.post(of(group, f"marks/{which}/remove")).status_code == 302
    assert not group.marks.exists()


def test_a_mark_can_be_said_anew_and_the_diagnosis_follows(client, group):
    client.post(of(group, "marks"), EVENT)
    old = group.marks.get()
    before = Group.objects.get().state_hash
    form = page(client.get(of(group, f"records?mark={old.pk}")))
    assert 'value="2026-02-01T20:00"' in form
    assert "保存修改" in form
    client.post(of(group, "marks"), EVENT | {"title": "读书会", "which": str(old.pk)})
    new = group.marks.get()
    assert (new.pk, new.title, new.start) == (old.pk, "读书会", old.start)
    assert Group.objects.get().state_hash != before


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": "0001-01-01T00:00"},
        {"end": "9999-12-31T23:59"},
        {"start": "2026-02-01T23:00"},
        {"title": "\u202e\u200b\0 "},
        {"start": ""},
    ],
)
def test_a_mark_that_cannot_be_is_refused_and_what_was_typed_stays(client, group, wrong):
    answer = client.post(of(group, "marks"), EVENT | wrong)
    assert answer.status_code == 422
    assert "标记要有名称" in page(answer)
    if "title" not in wrong:
        assert 'value="嘉宾分享"' in page(answer)
    assert not group.marks.exists()


@pytest.mark.parametrize("which", ["x", "00000000-0000-0000-0000-000000000000", "\0"])
def test_a_mark_that_is_not_there_cannot_be_said_anew(client, group, which):
    assert client.post(of(group, "marks"), EVENT | {"which": which}).status_code == 404
    assert client.get(of(group, f"records?mark={which}")).status_code == 200


def test_a_title_cannot_turn_the_line_round(client, group):
    client.post(of(group, "marks"), EVENT | {"title": "\u202e<script>alert(1)</script>"})
    told = page(client.get(of(group, "records")))
    assert "\u202e" not in told
    assert "<script>alert" not in told


def test_a_name_cannot_turn_the_line_round(client, take):
    take(chatlab(lines(), group="\u202e群").replace("成员001".encode(), "\u202e右到左".encode()))
    told = page(client.get(of(Group.objects.get(), "records")))
    assert "\u202e" not in told
    assert "右到左" in told


def test_removing_twice_removes_once_and_the_list_brings_it_back(client, group):
    now = clock.now()
    for _ in range(2):
        assert client.post(of(group, "remove"))["location"] == HOME
    assert now <= Group.objects.get().removed <= clock.now()
    assert f"/groups/{group.pk}/restore" in page(client.get(HOME))
    for _ in range(2):
        assert client.post(of(group, "restore")).status_code == 302
    assert groups.groups(group.workspace).exists()


def test_a_removed_groups_address_says_so_and_offers_it_back(client, group):
    groups.remove(group, now=clock.now())
    for answer in (client.get(of(group)), client.post(of(group, "card"), {"zone": "Europe/Berlin"})):
        assert answer.status_code == 410
        assert "一小时内可以原样恢复" in page(answer)
        assert "/restore" in page(answer)
    assert Group.objects.get().zone == "Asia/Shanghai"
    Group.objects.update(removed=clock.now() - groups.UNDO)
    assert client.get(of(group)).status_code == 404
    assert "/restore" not in page(client.get(HOME))


@pytest.mark.parametrize("path", ["card", "marks"])
def test_a_form_with_a_fault_can_be_loaded_anew(client, group, path):
    assert client.post(of(group, path), {}).status_code == 422
    assert client.get(of(group, path))["location"] == of(group, "records")


@pytest.mark.parametrize("method", ["get", "put", "delete", "options", "trace"])
def test_an_address_that_only_takes_forms_says_so(client, group, method):
    answer = getattr(client, method)(of(group, "remove"))
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "不能直接打开" in page(answer)


def test_the_page_with_the_forms_is_not_loaded_anew_under_who_types(client, group):
    mark.add(group, title="a", start=NOW, end=NOW + timedelta(hours=1), by_owner=True, now=NOW)
    assert "/status?tab=records" in page(client.get(of(group, "records")))
    Checkup.objects.update(state_hash=Group.objects.get().state_hash)
    typing = client.get(of(group, "status?tab=records"))
    assert "HX-Refresh" not in typing.headers
    assert "诊断已更新" in page(typing)
    assert client.get(of(group, "status?tab=diagnosis"))["HX-Refresh"] == "true"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the limit on pages is SQLite's")
def test_a_full_disk_is_told_and_nothing_of_a_form_is_kept(client, group):
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # what tests before this one took up is room
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
        try:
            for number in range(2000):
                answer = client.post(of(group, "marks"), EVENT | {"title": f"{number} " + "长" * 70})
                if answer.status_code != 302:
                    break
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")
    assert answer.status_code == 507
    assert "磁盘可能满了" in page(answer)
    assert "没有任何改动" in page(answer)
    assert group.marks.count() == number
    assert client.post(of(group, "marks"), EVENT).status_code == 302


def test_a_database_that_does_not_answer_is_told():
    answer = fault.database(RequestFactory().post("/"), OperationalError("database is locked"))
    assert answer.status_code == 503
    assert "没有回应" in page(answer)


@pytest.mark.parametrize("kind", [MULTIPART_CONTENT, "application/x-www-form-urlencoded"])
def test_a_form_with_a_book_in_it_is_refused_in_words(client, group, kind):
    form = EVENT | {"title": "x" * 3_000_000}
    answer = client.post(of(group, "marks"), form if kind == MULTIPART_CONTENT else urlencode(form), content_type=kind)
    assert answer.status_code == 413
    assert "没有任何改动" in page(answer)


def test_a_form_with_thousands_of_fields_and_a_name_not_ours_are_refused_in_words(client, group):
    many = client.post(of(group, "marks"), EVENT | {f"f{k}": "1" for k in range(2000)})
    assert many.status_code == 413
    stranger = client.get(HOME, headers={"host": "evil.example"})
    assert stranger.status_code == 400
    assert "HUOQUN_HOSTS" in page(stranger)


def test_people_whose_endless_accounts_begin_alike_stay_apart(client, take):
    said = [line | {"who": "u" * 5000 + line["who"]} for line in lines(people=6)]
    take(chatlab(said, group="长" * 5000))
    group = Group.objects.get()
    assert Identity.objects.filter(group=group).count() == 6
    assert sum(Identity.objects.values_list("messages", flat=True)) == len(said)
    for path in ("", "records", "page.html", "document.json"):
        assert client.get(of(group, path)).status_code == 200


def test_an_import_without_anything_new_says_so_instead_of_jumping_away(client, take, group):
    again = take(chatlab(lines()))
    answer = client.get(f"/imports/{again.pk}/progress")
    assert "HX-Redirect" not in answer.headers
    assert "没有新内容" in page(answer)


def test_an_import_whose_group_is_gone_says_so(client, take):
    row = take(chatlab(lines()))
    groups.remove(Group.objects.get(), now=clock.now())
    assert "后来被移除了" in page(client.get(f"/imports/{row.pk}/"))


def test_many_groups_have_pages_and_a_page_too_far_is_the_last(client):
    rows = [
        Group(workspace=local(now=NOW), created=NOW, name=f"群 {k:03}", network="qq", zone="Asia/Shanghai")
        for k in range(130)
    ]
    Group.objects.bulk_create(rows)
    first, far = page(client.get(HOME + "?order=name")), page(client.get(HOME + "?order=name&page=77"))
    assert "第 1 页，共 2 页" in first
    assert "下一页" in first
    assert "上一页" not in first
    assert "群 099" in first
    assert "第 2 页，共 2 页" in far
    assert "群 100" in far
    assert "下一页" not in far


def test_a_list_follows_when_an_import_is_through(client, group):
    row = upload.ask_example(local(now=NOW), language="zh", now=NOW)
    assert HOME + "imports/open?open=1&amp;list=yes" in page(client.get(HOME))
    assert "HX-Trigger" not in client.get(HOME + "imports/open?open=1&list=yes").headers
    upload.move_on(row, upload.DONE, now=NOW)
    answer = client.get(HOME + "imports/open?open=1&list=yes")
    assert answer["HX-Trigger"] == "groups"
    assert not answer.content.strip()
    assert client.get(HOME + "imports/open?open=1")["HX-Refresh"] == "true"


def test_a_disk_that_is_nearly_full_is_told_on_every_page(client, monkeypatch):
    monkeypatch.setattr("huoqun.web.frame.LITTLE", 1 << 60)
    for path in (HOME, HOME + "imports/", "/health/banner"):
        assert "磁盘快满了" in page(client.get(path))


def test_a_mark_changes_event_dependence_at_once_and_the_checkup_says_the_same(client, group):
    found = document(latest(group))
    day = found.last.replace(tzinfo=UTC).astimezone(ZoneInfo(group.zone)).date().isoformat()
    before = next(sign for sign in found.vital_signs if sign.id == "event_dependence")
    form = {"title": "嘉宾", "start": f"{day}T00:00", "end": f"{day}T23:59", "by_owner": "yes"}
    said = page(client.post(of(group, "marks"), form, follow=True))
    at_once = next(s for s in document(latest(group)).vital_signs if s.id == "event_dependence")
    assert at_once.value > before.value
    assert f"{round(at_once.value * 100)}%" in said
    assert "嘉宾" in [event.title for event in document(latest(group)).marks]
    hand = job.Hand("test", lambda: NOW)
    while worker.tick(hand):
        pass
    whole = next(s for s in document(latest(group)).vital_signs if s.id == "event_dependence")
    assert whole == at_once
    client.post(of(group, f"marks/{group.marks.get().pk}/remove"))
    again = next(s for s in document(latest(group)).vital_signs if s.id == "event_dependence")
    assert again == before
