"""Imports: files become groups; the same file, overlapping files and interrupted imports double nothing."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from letters import chatlab, lines, whatsapp

from huoqun import worker
from huoqun.base import job
from huoqun.chat import archive
from huoqun.people import audit, checkup, erasure, history, mark, reception, upload
from huoqun.people import group as groups
from huoqun.people.group import Group
from huoqun.people.person import Identity, Person
from huoqun.people.upload import Given, Taken, Upload
from huoqun.people.workspace import archive_of, local
from huoqun.simulation import example

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def workspace():
    return local(now=NOW)


@pytest.fixture
def give(workspace, tmp_path):
    """Hands in files by name and content."""
    count = iter(range(10_000))

    def give(*files, **options):
        given = []
        for name, content in files:
            path = tmp_path / f"arrived-{next(count)}"
            path.write_bytes(content)
            given.append(Given(name, path))
        return upload.receive(workspace, given, now=NOW, **options)

    return give


def work(now=NOW):
    """Do everything that is due."""
    hand = job.Hand("test", lambda: now)
    while worker.tick(hand):
        pass
    upload.settle(now)


def rows_of(group):
    return archive.rows(archive_of(group.workspace), group.pk.hex)


SAID = lines()


def test_a_file_becomes_a_group_with_a_diagnosis(give):
    row = give(("聊天.jsonl", chatlab(SAID)))
    assert row.state == "waiting"
    assert all(path.exists() for path in upload.paths(row))
    work()
    row.refresh_from_db()
    group = Group.objects.get()
    assert row.state == "done"
    assert (group.name, group.network, group.network_id) == ("晨读一群", "qq", "g-1")
    assert (group.rows, group.messages) == (len(SAID), len(SAID))
    found = checkup.latest(group)
    assert found.state in {"living", "at_risk", "dying", "withheld"}
    told = checkup.document(found)
    assert told.messages == len(SAID)
    assert told.as_of.tzinfo is None
    assert told.model_dump_json() == found.document, "what is stored reads back as it was"
    assert not upload.folder(row).exists(), "files are removed once they are in the archive"


def test_the_same_file_twice_doubles_nothing(give):
    for _ in range(2):
        give(("a.jsonl", chatlab(SAID)))
        work()
    group = Group.objects.get()
    assert rows_of(group).height == len(SAID)
    assert list(Taken.objects.order_by("created", "-added").values_list("rows", "added")) == [
        (len(SAID), len(SAID)),
        (len(SAID), 0),
    ]
    assert Identity.objects.count() == 12


def test_overlapping_files_merge_whatever_comes_first(give):
    give(("new.jsonl", chatlab(SAID[400:])))
    work()
    give(("old.jsonl", chatlab(SAID[:600])))
    work()
    group = Group.objects.get()
    assert rows_of(group)["key"].to_list() == [line["id"] for line in SAID]
    assert checkup.document(checkup.latest(group)).messages == len(SAID)


def test_files_of_several_groups_become_several_groups(give):
    other = lines(seed=5, people=9)
    other = [line | {"who": "o" + line["who"], "id": "x" + line["id"]} for line in other]
    row = give(("a.jsonl", chatlab(SAID)), ("b.jsonl", chatlab(other, group="夜跑群", group_id="g-2")))
    work()
    assert sorted(Group.objects.values_list("name", flat=True)) == ["夜跑群", "晨读一群"]
    assert row.taken.count() == 2


@pytest.mark.parametrize("name", ["读书/写作", "a\\b", "../..", "..hidden", "<b>x</b>", "\u202eabc", "群" * 500])
def test_a_groups_name_is_kept_as_it_is_but_for_what_cannot_be_seen(give, name):
    give(("a.jsonl", chatlab(SAID, group=name)))
    hand = job.Hand("test", lambda: NOW)
    reception.tick(hand)
    assert Group.objects.get().name == name.replace("\u202e", "")[:200]


def test_parts_given_together_are_one_group(give):
    give(("1.jsonl", chatlab(SAID[:500])), ("2.jsonl", chatlab(SAID[500:])))
    work()
    assert Group.objects.get().rows == len(SAID)


def test_a_zip_is_read(give):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as bundle:
        bundle.writestr("folder/chat.jsonl", chatlab(SAID))
    give(("export.zip", packed.getvalue()))
    work()
    assert Group.objects.get().rows == len(SAID)


def test_what_is_not_a_chat_is_refused_and_leaves_nothing(give):
    row = give(("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40))
    work()
    row.refresh_from_db()
    assert (row.state, row.reason) == ("refused", "not_a_chat")
    assert row.refused[0]["name"] == "photo.jpg"
    assert not Group.objects.exists()
    assert not upload.folder(row).exists()


def test_one_bad_file_spoils_no_other(give):
    row = give(("good.jsonl", chatlab(SAID)), ("bad.bin", b"\x00\x01\x02" * 500))
    work()
    row.refresh_from_db()
    assert row.state == "done"
    assert Group.objects.get().rows == len(SAID)
    assert [r["name"] for r in row.refused] == ["bad.bin"]


def test_files_of_another_group_are_refused_for_a_group(give):
    give(("a.jsonl", chatlab(SAID)))
    work()
    group = Group.objects.get()
    row = give(("b.jsonl", chatlab(SAID, group="夜跑群", group_id="g-2")), into=group)
    work()
    row.refresh_from_db()
    assert (row.state, row.reason) == ("refused", "other_group")
    assert rows_of(group).height == len(SAID)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\chats\\a.txt", "a.txt"),
        ("..", "file"),
        ("", "file"),
        (".hidden", "hidden"),
        ("a\x00b\n\x1b[31m.txt", "ab[31m.txt"),
        ("evil\u202etxt.exe", "eviltxt.exe"),
        ("字" * 400 + ".json", "字" * 48 + ".json"),
        ("<script>alert(1)</script>.txt", "script>.txt"),
    ],
)
def test_hostile_file_names_stay_names(give, name, kept):
    row = give((name, b"x"), (name, b"y"))
    assert [f["name"] for f in row.files] == [kept, kept]
    places = upload.paths(row)
    assert [p.read_bytes() for p in places] == [b"x", b"y"]
    home = Path(settings.HOME).resolve()
    assert all(home / "uploads" in p.resolve().parents for p in places)


@pytest.mark.parametrize("where", ["append", "take_in", "move_on"])
def test_an_import_that_dies_anywhere_is_repeated_without_doubling(give, monkeypatch, where):
    """The process is gone at that point: no handler of the job runs."""
    row = give(("a.jsonl", chatlab(SAID)))

    class Dead(BaseException):
        pass

    owner = {"append": archive, "take_in": reception.history, "move_on": upload}[where]
    real = getattr(owner, where)
    calls = []

    def die(*args, **values):
        result = real(*args, **values)
        calls.append(1)
        if where != "move_on" or len(calls) == 3:
            raise Dead
        return result

    hand = job.Hand("first", lambda: NOW)
    with monkeypatch.context() as patched, pytest.raises(Dead):
        patched.setattr(owner, where, die)
        lease = job.claim(upload.FILES, hand)
        reception._run(lease)
    work(NOW + timedelta(minutes=5))
    row.refresh_from_db()
    group = Group.objects.get()
    assert row.state == "done"
    assert rows_of(group)["key"].to_list() == [line["id"] for line in SAID]
    assert row.taken.get().added == len(SAID)
    assert Person.objects.count() == 12


def test_a_file_alone_is_read_in_the_zone_that_its_group_was_read_in(give):
    give(("chat.txt", whatsapp(SAID[:500])), zone="Europe/Berlin")
    work()
    give(("again.txt", whatsapp(SAID[300:])))
    work()
    group = Group.objects.get()
    held = rows_of(group)
    assert (group.zone, group.messages, held.height) == ("Europe/Berlin", len(SAID), len(SAID))
    assert held["local"].to_list() == [line["time"].replace(second=0, tzinfo=None) for line in SAID]


def test_a_file_is_found_also_after_its_group_was_given_another_zone(give):
    give(("chat.txt", whatsapp(SAID[:500])))
    work()
    groups.set_card(Group.objects.get(), type="", owner="", zone="America/New_York", ends=None, now=NOW)
    give(("again.txt", whatsapp(SAID[300:])))
    work()
    group = Group.objects.get()
    assert rows_of(group).height == len(SAID)
    told = history.chat_of(group)
    assert told.zone == "America/New_York"
    assert told.rows["local"][0] == SAID[0]["time"].replace(second=0, tzinfo=None)


def test_a_group_without_ids_is_found_again_by_its_people(give):
    give(("WhatsApp Chat with Readers.txt", whatsapp(SAID[:700])))
    work()
    give(("WhatsApp Chat with Readers.txt", whatsapp(SAID[300:])))
    work()
    assert [g.rows for g in Group.objects.all()] == [len(SAID)]


def test_a_removed_group_comes_back_or_is_gone_for_good(give):
    give(("a.jsonl", chatlab(SAID)))
    work()
    group = Group.objects.get()
    groups.remove(group, now=NOW)
    assert not groups.groups(group.workspace).exists()
    groups.restore(group, now=NOW)
    assert groups.groups(group.workspace).exists()
    groups.remove(group, now=NOW)
    work(NOW + groups.UNDO - timedelta(minutes=1))
    assert Group.objects.exists()
    work(NOW + groups.UNDO + timedelta(minutes=1))
    assert not Group.objects.exists()
    assert not Person.objects.exists()
    assert not Upload.objects.exists()
    assert rows_of(group).is_empty()
    give(("a.jsonl", chatlab(SAID)))
    work(NOW + timedelta(hours=3))
    assert Group.objects.get().rows == len(SAID), "it may be imported again"


def test_a_change_of_the_card_or_a_mark_makes_the_diagnosis_anew(give):
    give(("a.jsonl", chatlab(SAID)))
    work()
    group = Group.objects.get()
    assert checkup.working(group) is None
    groups.set_card(group, type="learning", owner="u003", zone="Asia/Shanghai", ends=None, now=NOW)
    group.refresh_from_db()
    assert checkup.stale().get() == group
    work()
    assert checkup.document(checkup.latest(group)).type == "learning"
    day = datetime(2026, 2, 1, 20)
    one = mark.add(group, title="讲座", start=day, end=day + timedelta(hours=2), by_owner=True, now=NOW)
    assert checkup.stale().exists()
    work()
    assert not checkup.stale().exists()
    mark.take_off(one, now=NOW)
    assert checkup.stale().exists()
    work()
    assert checkup.latest(group).state_hash == Group.objects.get().state_hash


def test_a_diagnosis_that_fails_is_seen_and_can_be_asked_for_again(give, monkeypatch):
    give(("a.jsonl", chatlab(SAID)))

    def fail(*args, **values):
        raise ValueError("bad sum")

    with monkeypatch.context() as patched:
        patched.setattr(checkup.diagnosis, "diagnose", fail)
        work()
    group = Group.objects.get()
    assert checkup.working(group).state == "failed"
    assert checkup.working(group).reason == "ValueError: bad sum"
    work()
    assert checkup.latest(group) is None, "it is not tried for ever"
    checkup.again(group, now=NOW)
    work()
    assert checkup.latest(group) is not None


def test_the_example_is_marked_as_made_up_and_made_once(workspace):
    for _ in range(2):
        upload.ask_example(workspace, language="zh", now=NOW)
    while example.tick(job.Hand("test", lambda: NOW)):
        pass
    group = Group.objects.order_by("-rows").first()
    assert Group.objects.filter(simulated=True).count() == Group.objects.count() == 2
    assert group.marks.count() > 5
    assert group.type == "learning"


def test_the_archive_is_put_in_order_once_a_day_when_it_has_grown(give):
    give(("new.jsonl", chatlab(SAID[400:])))
    work()
    give(("old.jsonl", chatlab(SAID[:600])))
    work(NOW + timedelta(days=1))
    place = archive_of(Group.objects.get().workspace)
    months = len({line["time"].strftime("%Y-%m") for line in SAID})
    work(NOW + timedelta(days=2))
    assert len(archive.files(place)) == months
    assert rows_of(Group.objects.get()).height == len(SAID)
    work(NOW + timedelta(days=3))
    assert job.Job.objects.filter(kind="compaction").count() == 3 - 1


def test_files_that_a_crash_left_behind_are_swept(give):
    row = give(("a.jsonl", chatlab(SAID)))
    lost = Path(settings.HOME) / "uploads" / "lost"
    lost.mkdir(parents=True)
    upload.sweep(datetime.now(UTC) + timedelta(days=2))
    assert not lost.exists()
    assert upload.paths(row)[0].exists(), "what still waits is kept"


def test_erasing_twice_is_erasing_once(give):
    give(("a.jsonl", chatlab(SAID)))
    work()
    group = Group.objects.get()
    archive.drop(archive_of(group.workspace), group.pk.hex)
    erasure.erase(group, now=NOW)
    assert not Group.objects.exists()


def test_the_log_tells_what_came_in_and_forgets_what_is_erased(give):
    give(("a.jsonl", chatlab(SAID)))
    work()
    group = Group.objects.get()
    groups.set_card(group, type="learning", owner="u003", zone="Asia/Shanghai", ends=None, now=NOW)
    told = {entry.what: entry for entry in audit.entries(group.workspace)}
    assert told["import.take"].after == {"rows": group.rows, "new": group.rows}
    assert told["group.card"].after["owner"] == "u003"
    key = group.pk
    erasure.erase(group, now=NOW)
    left = audit.entries(group.workspace).filter(object=key)
    assert {entry.what for entry in left} == {"import.take", "group.card", "group.erase"}
    assert not any(entry.title or entry.before or entry.after for entry in left)
