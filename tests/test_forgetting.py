"""A person is erased: from database, archive and data folder, with a proof, whatever interrupts it."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from at_work import browser, group, hire
from django.apps import apps
from django.conf import settings
from django.db import connection
from test_history import chat, row
from test_person import filled, person_of

from huoqun import worker
from huoqun.activities import response, survey
from huoqun.activities.questionnaire import Question
from huoqun.base import clock, job
from huoqun.chat import archive
from huoqun.chat.proof import remains
from huoqun.chat.redact import REDACTED
from huoqun.people import audit, checkup, consent, deed, erasure, forgetting, forgotten, history, merge, profile, upload
from huoqun.people.deed import Deed
from huoqun.people.forgotten import Forgotten
from huoqun.people.group import Group, known_as
from huoqun.people.person import Identity, Person
from huoqun.people.workspace import add, archive_of

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
SECRETS = ("慕容雪", "雪儿雪儿", "u-snow-1", "snow_at_qq", "老桥下面的秘密花园", "我住在慈云路九号", "爱喝冷泡乌龙")
"""Names, accounts and words of the one who is erased."""


@pytest.fixture
def workspace():
    return add(name="我们", zone="Asia/Shanghai", now=NOW)


def hand():
    return job.Hand("test", clock.now)


def work_off():
    while worker.tick(hand()):
        pass


def lived(workspace):
    """One human with accounts in two groups, merged, known, answered and quoted."""
    boss = hire(workspace).account
    first = [
        row(0, "join", subject="u-snow-1", name="慕容雪"),
        row(1, sender="u-snow-1", name="慕容雪", text="老桥下面的秘密花园\n收到"),
        row(2, sender="u2", name="大熊", text="「慕容雪：老桥下面的秘密花园」\n- - -\n真好"),
        row(3, sender="u2", name="大熊", text="@慕容雪 收到"),
        row(4, "rename", subject="u-snow-1", name="雪儿雪儿"),
        row(5, sender="u-snow-1", name="雪儿雪儿", text="我住在慈云路九号"),
        row(6, sender="u3", name="小鱼", text="雪儿雪儿 你好"),
    ]
    first += [row(10 + n, sender="u2", name="大熊", text=f"第{n}天") for n in range(40)]
    a = filled(workspace, "读书群", first)
    b = filled(workspace, "跑步群", [
        row(1, sender="snow_at_qq", name="慕容雪", text="爱喝冷泡乌龙"),
        row(2, sender="u9", name="老王", text="好"),
    ], owner="snow_at_qq")  # fmt: skip
    one, two, bear = person_of(a, "u-snow-1"), person_of(b, "snow_at_qq"), person_of(a, "u2")
    merge.merge(one, two, evidence={"shared": "慕容雪"}, by=boss, now=NOW)
    profile.say(one, "fact", "慈云路", field="city", source="慕容雪的问卷", by=boss, now=NOW)
    profile.say(bear, "note", "和慕容雪是同学，她说我住在慈云路九号", by=boss, now=NOW)
    consent.record(two, consent.QUOTE, given=True, source="慕容雪当面说的", on=NOW.date(), by=boss, now=NOW)
    deed.write(bear, "tie.say", at=NOW, group=a, key="t", values={"whom": "慕容雪", "id": str(one.pk)}, now=NOW)
    asked = (Question(id="who", kind="text", text="你认识谁？"),)
    told = survey.begin(workspace, title="认识谁", groups=[a], questions=asked, by=boss, now=NOW)
    survey.open_until(told, clock.now() + timedelta(days=3), by=boss, now=NOW)
    for who, text in (("u-snow-1", "老桥下面的秘密花园"), ("u2", "我认识雪儿雪儿")):
        response.answer(
            told, Identity.objects.get(group=a, account=who), {"who": text}, via="staff", now=NOW + timedelta(days=1)
        )
    return a, b, one, boss


OTHERS = set()
"""Files that tests before this one left in the data folder."""


@pytest.fixture(autouse=True)
def what_others_left():
    OTHERS.clear()
    OTHERS.update(p for p in Path(settings.HOME).rglob("*") if "test.sqlite3" not in p.name)


def on_disk(words):
    """Where on the disk one of the words still stands: the files of the database, and everything in the data folder."""
    sought = [w for word in words for w in (word.encode(), json.dumps(word)[1:-1].encode())]
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        if ":memory:" in name or "mode=memory" in name:
            held = [("memory", connection.connection.serialize())]
        else:
            held = [(p.name, p.read_bytes()) for p in Path(name).parent.glob(Path(name).name + "*")]
    else:
        held = []
    files = [p for p in Path(settings.HOME).rglob("*") if p.is_file() and "test.sqlite3" not in p.name]
    files = [p for p in files if p not in OTHERS]
    held += [(str(p), p.read_bytes()) for p in files]
    return [(name, word.decode()) for name, data in held for word in sought if word in data]


def in_tables(words):
    """Where a word still stands in the rows of the database."""
    found = []
    for table in apps.get_app_config("huoqun").get_models():
        for values in table._base_manager.values_list():
            told = json.dumps([str(v) for v in values], ensure_ascii=False)
            found += [(table.__name__, word) for word in words if word in told or json.dumps(word)[1:-1] in told]
    return found


def check_gone(workspace, a, b, row):
    words = [*SECRETS]
    assert in_tables(words) == []
    assert remains(archive_of(workspace), words) == []
    assert on_disk(words) == []
    row.refresh_from_db()
    assert row.person is None
    assert row.finished is not None
    texts = history.chat_of(Group.objects.get(pk=a.pk)).rows["text"].to_list()
    assert f"「{REDACTED}」\n- - -\n真好" in texts
    assert f"@{REDACTED} 收到" in texts
    assert Group.objects.get(pk=b.pk).facts["owner"] is None
    assert row.counts["messages"] == 5, "three of hers, her join, her rename"
    assert row.counts["redacted"] == 3
    assert row.counts["rows"]["answer"] == 1
    assert row.counts["rows"]["consent"] == 1
    note = profile.sayings(person_of(a, "u2"), "note").get().text
    assert REDACTED in note
    assert "同学" in note
    assert not Identity.objects.filter(account__in=["u-snow-1", "snow_at_qq"]).exists()
    stone = Person.objects.get(pk=row.tombstone)
    assert {d.kind for d in Deed.objects.filter(person=stone)} >= {"person.merge", "consent.give"}
    assert all(d.values == {} and d.evidence == {} for d in Deed.objects.filter(person=stone))
    assert not checkup.stale().exists()


def test_nothing_of_an_erased_person_is_left(workspace):
    a, b, one, boss = lived(workspace)
    work_off()
    assert in_tables(SECRETS)
    assert remains(archive_of(workspace), SECRETS)
    row = forgotten.ask(one, by=boss, now=NOW)
    assert forgotten.ask(one, by=boss, now=NOW) == row, "asked twice, it is one"
    work_off()
    check_gone(workspace, a, b, row)
    told = json.dumps(forgotten.proof(row), default=str, ensure_ascii=False)
    assert not [word for word in SECRETS if word in told]
    assert str(row.tombstone) in told
    buried = audit.entries(workspace).filter(object=row.tombstone)
    assert {e.what for e in buried} >= {"person.forget", "person.forgotten", "person.merge", "fact.add"}
    assert not any(e.title or e.after for e in buried)
    before = row.counts
    job.open_job(forgotten.KIND, row.pk.hex, now=NOW)
    work_off()
    row.refresh_from_db()
    assert row.counts == before


def test_the_next_import_does_not_bring_them_back(workspace):
    a, b, one, boss = lived(workspace)
    old = history.chat_of(a)
    row = forgotten.ask(one, by=boss, now=NOW)
    work_off()
    place = archive_of(workspace)
    assert archive.append(place, a.pk.hex, old.rows) == 0
    again = archive.allowed(place, a.pk.hex, old)
    a = Group.objects.get(pk=a.pk)
    history.take_in(a, history.chat_of(a, also=again), now=NOW)
    work_off()
    check_gone(workspace, a, b, row)


def test_a_group_that_is_dropped_and_imported_anew_does_not_bring_them_back_either(workspace):
    a, _, one, boss = lived(workspace)
    old = history.chat_of(a)
    forgotten.ask(one, by=boss, now=NOW)
    work_off()
    erasure.erase(Group.objects.get(pk=a.pk), now=NOW)
    b = group(workspace, "读书群")
    place = archive_of(workspace)
    assert archive.append(place, b.pk.hex, old.rows, known_as=known_as(b)) == old.rows.height - 4
    history.take_in(b, archive.allowed(place, b.pk.hex, old, known_as=known_as(b)), now=NOW)
    work_off()
    assert in_tables(SECRETS) == []
    assert remains(place, SECRETS) == []


KILLED = """
import os, signal, sys
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "huoqun.settings"
django.setup()
from huoqun.base import clock, job
from huoqun.people import forgetting
from huoqun.chat import archive
real = archive.erase
def dies(*given, **more):
    real(*given, **more)
    os.kill(os.getpid(), signal.SIGKILL)
archive.erase = dies
forgetting.tick(job.Hand("dead", clock.now))
"""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the other process is told where the SQLite file is")
def test_killed_for_good_it_is_taken_over(workspace, tmp_path):
    """A process of its own, killed with SIGKILL between archive and tables; another worker goes on."""
    home = tmp_path / "home"
    run = {**os.environ, "HUOQUN_HOME": str(home)}
    say = f"{BEGIN}\nfrom test_forgetting import *\n"
    make = say + "from django.core.management import call_command\ncall_command('migrate', verbosity=0)\n"
    make += "w = add(name='x', zone='Asia/Shanghai', now=NOW)\na, b, one, boss = lived(w)\nwork_off()\n"
    make += "forgotten.ask(one, by=boss, now=NOW)\n"
    _python(make, run)
    assert _python(KILLED, run, check=False) == -signal.SIGKILL
    rest = say + "job.release('dead')\nwork_off()\nw = Forgotten.objects.get().workspace\n"
    rest += "a, b = Group.objects.get(name='读书群'), Group.objects.get(name='跑步群')\n"
    rest += "check_gone(w, a, b, Forgotten.objects.get())\n"
    _python(rest, run)


BEGIN = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "huoqun.settings"
import django
django.setup()
"""


def _python(code, run, check=True):
    path = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parent.parent)])
    return subprocess.run([sys.executable, "-c", code], env=run | {"PYTHONPATH": path}, check=check).returncode


@pytest.mark.parametrize("step", range(7))
def test_killed_at_any_step_it_goes_on(workspace, monkeypatch, step):
    a, b, one, boss = lived(workspace)
    row = forgotten.ask(one, by=boss, now=NOW)
    steps = [(job, "tell"), (job, "hold"), (archive, "erase"), (history, "take_in"), (forgetting, "_person")]
    steps += [(forgetting, "let_go_of_space"), (forgetting, "scrub")]
    module, name = steps[step]
    real, left = getattr(module, name), [2 if name in {"erase", "take_in", "scrub"} else 1]

    class Killed(BaseException):
        pass

    def dies(*given, **more):
        told = real(*given, **more)
        left[0] -= 1
        if left[0] == 0:
            raise Killed
        return told

    monkeypatch.setattr(module, name, dies)
    with pytest.raises(Killed):
        while worker.tick(hand()):
            pass
    monkeypatch.undo()
    work_off()
    check_gone(workspace, a, b, row)


def test_names_without_ids_go_with_all_their_names_and_others_of_the_name_stay(workspace):
    rows = [
        row(0, sender="小明", text="我叫小明的第一句话"),
        row(1, "rename", subject="小明", name="明哥哥"),
        row(2, sender="明哥哥", text="我叫明哥哥的一句话"),
        row(30, sender="小明", text="我是另一个小明啊"),
        row(31, sender="大熊", text="明哥哥 在吗"),
    ]
    told = chat(rows, has_ids=False, network="wechat")
    a = filled(workspace, "微信群", [row(99, sender="x")], has_ids=False, network="wechat")
    archive.append(archive_of(workspace), a.pk.hex, told.rows)
    history.take_in(a, history.chat_of(a, also=told), now=NOW)
    who = person_of(a, "小明")
    assert Identity.objects.filter(group=a, account="小明#2").exists()
    forgotten.ask(who, by=None, now=NOW)
    work_off()
    left = history.chat_of(Group.objects.get(pk=a.pk)).rows
    assert left["text"].to_list() == ["我是另一个小明啊", f"{REDACTED} 在吗", ""]
    assert archive.append(archive_of(workspace), a.pk.hex, told.rows) == 0, "her old rows under the shared name too"
    assert remains(archive_of(workspace), ["明哥哥", "的第一句话"]) == []


def test_whoever_is_alone_in_a_group_leaves_it_empty(workspace):
    a = filled(workspace, "一个人", [row(0, sender="u1", name="独行客", text="有人吗有人吗")])
    forgotten.ask(person_of(a, "u1"), by=None, now=NOW)
    work_off()
    assert Forgotten.objects.get().finished
    assert not Person.objects.exclude(pk=Forgotten.objects.get().tombstone).exists()


def test_of_another_workspace_nothing_is_touched(workspace):
    a, _, one, boss = lived(workspace)
    other = add(name="他们", zone="Asia/Shanghai", now=NOW)
    c = filled(other, "别的群", [row(0, sender="u-snow-1", name="慕容雪", text="老桥下面的秘密花园")])
    profile.say(person_of(c, "u-snow-1"), "note", "慕容雪", by=None, now=NOW)
    forgotten.ask(one, by=boss, now=NOW)
    work_off()
    assert profile.sayings(person_of(c, "u-snow-1"), "note").get().text == "慕容雪"
    assert history.chat_of(c).rows["text"].to_list() == ["老桥下面的秘密花园"]
    assert browser(hire(other)).get(f"/people/{one.pk}/").status_code == 404


def test_on_the_page_it_is_asked_in_words_watched_and_proved(workspace):
    a, _, one, boss = lived(workspace)
    client = browser(hire(workspace))
    at = f"/people/{one.pk}/"
    page = client.get(at + "erase")
    assert dict(page.context["rows"])["问卷回答"] == 1
    assert "慕容雪" in page.content.decode()
    assert client.post(at + "erase", {"word": "好"}).status_code == 422
    assert not Forgotten.objects.exists()
    where = client.post(at + "erase", {"word": " 抹除 "})["location"]
    assert client.post(at + "erase", {"word": "抹除"})["location"] == where, "a double click"
    assert "正在抹除" in client.get(at).content.decode()
    with pytest.raises(merge.Leaving):
        merge.merge(person_of(a, "u2"), one, by=boss, now=NOW)
    assert client.get(where).context["going"]
    assert client.get(where + "progress").status_code == 200
    for role in ("planner", "group_admin", "analyst"):
        limited = browser(hire(workspace, role, groups=[a]))
        assert limited.get(at + "erase").status_code == 403
        assert limited.get(where).status_code == 403
    work_off()
    page = client.get(where).content.decode()
    assert "已完成" in page
    told = json.loads(client.get(where + "proof.json").content)
    assert told["erased"]["messages"] == 5
    assert told["keyed_hash"] == Forgotten.objects.get().mark
    assert client.get(at).status_code == 404
    stone = f"/people/{told['tombstone']}/"
    assert "抹除" in client.get(stone).content.decode()
    assert client.post(stone + "erase", {"word": "抹除"})["location"] == where
    client.post(stone + "is", {"with": str(person_of(a, "u2").pk)})
    assert Person.objects.get(pk=told["tombstone"]).root is None
    assert not Person.objects.filter(root=told["tombstone"]).exists()
    listed = client.get(f"/w/{workspace.slug}/erasures").content.decode()
    assert told["tombstone"] in listed
    assert client.get(f"/w/{workspace.slug}/log").status_code == 200


def test_files_that_could_not_be_read_are_discarded_and_a_failed_erasure_goes_on(workspace, monkeypatch, tmp_path):
    _, _, one, boss = lived(workspace)
    path = tmp_path / "慕容雪.txt"
    path.write_text("慕容雪", encoding="utf-8")
    given = upload.receive(workspace, [upload.Given("慕容雪.txt", path)], by=boss, now=NOW)
    upload.move_on(given, upload.READING, now=NOW)
    job.Job.objects.filter(key=given.pk.hex).update(state=job.FAILED, finished=NOW)
    row = forgotten.ask(one, by=boss, now=NOW)

    def broken():
        raise ValueError("no space")

    monkeypatch.setattr(forgetting, "let_go_of_space", broken)
    work_off()
    client = browser(hire(workspace))
    at = f"/erasures/{row.pk}/"
    assert client.get(at).context["failed"]
    monkeypatch.undo()
    client.post(at + "again")
    work_off()
    row.refresh_from_db()
    assert row.finished
    assert row.counts["files"] == 1
    given.refresh_from_db()
    assert given.state == upload.REFUSED
    assert not list(Path(settings.HOME).rglob("慕容雪*"))
    assert client.get(f"/imports/{given.pk}/").status_code == 200
