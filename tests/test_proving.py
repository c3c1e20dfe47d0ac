"""The proving: an import ticks off what was said by hand, says by whom and when, and flags what was not."""

from datetime import UTC, datetime, timedelta

import pytest
from at_work import browser, hire
from django.urls import reverse
from letters import chatlab, lines
from test_said import history

from huoqun.base import clock, job
from huoqun.base.clock import naive_utc
from huoqun.people import by_hand, outbox, proving, reception, task, upload
from huoqun.people.audit import Entry
from huoqun.people.group import Group
from huoqun.people.outbox import Outgoing
from huoqun.people.proving import Covered, Proof
from huoqun.people.task import Task
from huoqun.people.upload import Given
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)
START = datetime(2026, 3, 2, 4, tzinfo=UTC)
NOW = START + timedelta(days=3)
TALK = lines(days=60, start=START - timedelta(days=58))
WORDS = "【今晚能人秀】阿明讲他从船工到小店的四次创业，讲完大家随便问。"
OTHERS = "周六下午三点的见面会还剩四个名额，想来的在群里说一声。"


@pytest.fixture
def bring(tmp_path):
    """Takes in what was said, as an upload does; the group."""
    count = iter(range(100))

    def bring(*more, now=NOW, talk=TALK):
        said = [
            *talk,
            *({"id": f"x{n}", "time": at, "who": who, "text": text} for n, (at, who, text) in enumerate(more)),
        ]
        path = tmp_path / str(next(count))
        path.write_bytes(chatlab(sorted(said, key=lambda line: line["time"])))
        row = upload.receive(local(now=NOW), [Given("a.jsonl", path)], now=now)
        reception.tick(job.Hand("test", lambda: now))
        row.refresh_from_db()
        assert row.state == "diagnosing", row.refused
        return Group.objects.get()

    return bring


def waits(place, text, key, due=START, **more):
    outbox.say(place, text, what="step.useful", key=key, due=due, now=START - timedelta(days=2), **more)
    return Outgoing.objects.get(group=place, key=key)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


END = (START + timedelta(hours=40), "u001", "晚安")
"""The last word of an export that was made well after."""


def test_an_import_ticks_off_what_was_said_and_flags_what_was_not(bring):
    here = bring()
    boss = hire(here.workspace)
    forgotten, ticked, missed = (
        waits(here, WORDS, "a"),
        waits(here, OTHERS, "b"),
        waits(here, "明天休息一天，后天见啦各位", "c"),
    )
    greeting = waits(here, "早安", "d")
    for row in (ticked, missed, greeting):
        outbox.done(row, by=boss.account, now=START + timedelta(minutes=9))
    at = START + timedelta(hours=1)
    said = [(at, "u003", f"大家好\n{WORDS}🎉"), (START + timedelta(minutes=5), "u004", OTHERS.replace("，", "\n")), END]
    bring(*said)
    row = fresh(forgotten)
    assert (row.state, row.witness, row.proved, row.at, row.by) == ("sent", "found", at, at, None)
    assert (row.speaker.account, row.message) == ("u003", "x0")
    assert (fresh(ticked).witness, fresh(ticked).by, fresh(ticked).speaker.account) == ("found", boss.account, "u004")
    assert (fresh(missed).state, fresh(missed).witness) == ("sent", "missing")
    assert fresh(greeting).witness == "", "two signs prove nothing"
    (note,) = Entry.objects.filter(what="outbox.prove")
    assert note.after == {"found": 2, "ticked": 1, "missing": 1}
    bring(*said)
    assert Entry.objects.filter(what="outbox.prove").count() == 1, "the same import proves nothing new"


def test_the_desk_shows_what_the_import_says(bring):
    here = bring()
    boss = hire(here.workspace)
    row, found = waits(here, WORDS, "a"), waits(here, OTHERS, "b")
    for each in (row, found):
        outbox.done(each, by=boss.account, now=START)
    Outgoing.objects.update(at=clock.now() - timedelta(hours=1))
    Outgoing.objects.filter(pk=row.pk).update(witness="missing")
    Outgoing.objects.filter(pk=found.pk).update(witness="found", proved=START)
    client, place = browser(boss), reverse("outbox", args=[here.workspace.slug])
    page = client.get(place).content.decode()
    assert "1 条标了已发，导出里却没有" in page and "导出里有" in page
    client.post(place, {"which": str(row.pk), "do": "vouch"})
    assert fresh(row).witness == "vouched"
    assert "导出里却没有" not in client.get(place).content.decode()
    client.post(place, {"which": str(row.pk), "do": "again"})
    assert (fresh(row).state, fresh(row).witness) == ("waiting", "")


def test_nothing_is_missing_where_the_record_may_have_holes():
    at = naive_utc(START)
    whole = Covered(at, at + timedelta(days=3), "B")
    hours = timedelta(hours=1)
    assert whole.whole(at + hours, at + 2 * hours)
    assert not whole.whole(at - hours, at + hours)
    assert not whole.whole(at + 71 * hours, at + 73 * hours)
    assert not Covered(whole.start, whole.end, "C").whole(at + hours, at + 2 * hours)
    torn = Covered(whole.start, whole.end, "B", ((at + 5 * hours, at + 6 * hours),))
    assert torn.whole(at + hours, at + 4 * hours) and not torn.whole(at + 5 * hours, at + 9 * hours)


def test_an_older_or_shorter_import_says_nothing_and_a_longer_one_may_find_it(bring):
    here = bring()
    row = waits(here, WORDS, "a", due=START + timedelta(hours=12))
    outbox.done(row, by=hire(here.workspace).account, now=START + timedelta(hours=12))
    bring(talk=[line for line in TALK if line["time"] < START + timedelta(hours=13)])
    assert fresh(row).witness == "", "it ends before the time is over"
    bring(END)
    assert fresh(row).witness == "missing"
    bring(END, (START + timedelta(hours=11, minutes=30), "u002", WORDS))
    assert fresh(row).witness == "found", "an export with more in it"


def test_a_task_whose_proof_is_the_import_is_done_by_it(bring):
    here = bring()
    told = {"workspace": here.workspace, "group": here, "created": START, "due": START + timedelta(hours=6)}
    proof = {"proof": task.IMPORT, "title": "在群里说"}
    task.give([Task(key="a", ready=WORDS, **told, **proof), Task(key="b", ready=OTHERS, **told, **proof)])
    task.give([Task(key="c", ready=WORDS, title="私下说", **told)])
    claimed = Task.objects.get(key="b")
    task.done(claimed, by=hire(here.workspace).account, now=START + timedelta(hours=2))
    bring((START + timedelta(hours=3), "u003", WORDS), END)
    states = dict(Task.objects.values_list("key", "state"))
    assert states == {"a": "done", "b": "done", "c": "open"}
    row = Task.objects.get(key="a")
    assert (row.witness, row.speaker.account, row.noticed) == ("found", "u003", False)
    assert Task.objects.get(key="b").witness == "missing"


def test_what_was_undone_is_unproved_and_one_message_proves_one_row(bring):
    here = bring()
    rows = history(("u001", WORDS), start=naive_utc(START))
    over = Covered(naive_utc(START) - timedelta(days=2), naive_utc(START) + timedelta(days=3), "B")
    first, second = waits(here, WORDS, "a"), waits(here, WORDS, "b")
    assert proving.prove(here, rows, over, now=NOW) == Proof(found=1, ticked=1)
    assert proving.prove(here, rows, over, now=NOW) == Proof()
    (proved,) = [row for row in (fresh(first), fresh(second)) if row.witness]
    outbox.again(proved, by=hire(here.workspace).account, now=NOW)
    assert (fresh(proved).state, fresh(proved).message, fresh(proved).proved) == ("waiting", "", None)
    assert not by_hand.not_found(hire(here.workspace)).exists()
