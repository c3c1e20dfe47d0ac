"""Effect reports: made by the worker from the record, kept until it grows, shown to whoever may see runs."""

import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from at_work import browser, hire, owner
from letters import chatlab

from huoqun import worker
from huoqun.base import clock, job
from huoqun.people import mark, upload
from huoqun.people.group import Group
from huoqun.people.upload import Given
from huoqun.people.workspace import local
from huoqun.playbooks.library import texts
from huoqun.playbooks.run import ENDED, Run, edition_of
from huoqun.reports import report
from huoqun.reports.report import Report, told

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = datetime(2025, 1, 6, 2, tzinfo=UTC)
HAND = job.Hand("one", clock.now)


def lived(name, *, days=130, extra=0, at=100, seed=1, base=12):
    """A group that talks every day; `extra` messages more a day from day `at` on, for eight days."""
    random = np.random.default_rng(seed)
    said = []
    for day in range(days):
        count = int(random.poisson(base)) + (extra if at <= day < at + 8 else 0)
        minutes = sorted(random.integers(0, 600, count).tolist())
        said += [
            {
                "time": FIRST + timedelta(days=day, minutes=minute),
                "who": f"u{random.integers(0, 15)}",
                "text": "好的",
                "id": f"{day}-{minute}-{n}",
            }
            for n, minute in enumerate(minutes)
        ]
    return brought(name, said)


def brought(name, said):
    workspace = local(now=clock.now())
    path = Path(tempfile.mkdtemp()) / "given"
    path.write_bytes(chatlab(said, group=name, group_id=name))
    upload.receive(workspace, [Given(f"{name}.jsonl", path)], now=clock.now())
    while worker.reception.tick(HAND):
        pass
    return Group.objects.get(workspace=workspace, name=name)


def marked(group, title="嘉宾分享", at=100, days=8):
    start = FIRST + timedelta(days=at)
    return mark.add(
        group, title=title, start=start, end=start + timedelta(days=days - 1, hours=5), by_owner=True, now=clock.now()
    )


def ran(group, book="newcomer_week", at=100, **more):
    text = dict(texts()).get(book) or next(iter(dict(texts()).values()))
    edition = edition_of(group.workspace, text, by=None, now=clock.now())
    begins = (FIRST + timedelta(days=at)).date()
    return Run.objects.create(
        workspace=group.workspace, group=group, edition=edition, book=edition.book, state=ENDED, begins=begins,
        created=clock.now(), **more,
    )  # fmt: skip


def worked():
    while report.tick(HAND):
        pass


@pytest.fixture
def great():
    group = lived("大群", extra=300)
    marked(group)
    worked()
    return Group.objects.get(pk=group.pk)


def test_what_an_event_did_is_worked_out_after_the_import_and_said_in_words(great):
    found = Report.objects.get(group=great)
    main = told(found)[0]
    assert (main.outcome, main.window, main.seen) == ("messages", "during", "more")
    assert main.low < 300 < main.high
    page = owner().get(f"/groups/{great.pk}/marks/{found.mark_id}/effect").content.decode()
    assert "嘉宾分享" in page and "95 %" in page and "+3" in page
    assert "effect-chart" in page and 'data-table="messages"' in page


def test_it_is_made_once_and_again_when_the_record_changes(great):
    first = Report.objects.get(group=great)
    assert not report.tick(HAND)
    marked(great, title="红包雨", at=60, days=2)
    worked()
    assert Report.objects.filter(group=great).count() == 2
    assert not Report.objects.filter(pk=first.pk).exists()
    great.marks.filter(title="红包雨").delete()
    assert Report.objects.filter(group=great).count() == 1


def test_where_nothing_can_be_said_the_page_says_why():
    group = lived("小群", days=40, at=999)
    marked(group, at=10)
    late = marked(group, title="昨天的活动", at=36, days=2)
    worked()
    client = owner()
    early = group.marks.get(title="嘉宾分享")
    assert "什么也说不出" in client.get(f"/groups/{group.pk}/marks/{early.pk}/effect").content.decode()
    found = Report.objects.get(mark=late)
    after = told(found)[1]
    assert not after.enough and after.why == "record_ends"


def test_other_groups_are_compared_with_and_named_only_to_who_sees_them():
    others = [lived(f"对照{n}", seed=10 + n, at=999) for n in range(6)]
    group = lived("主角", extra=300, seed=3)
    row = marked(group)
    worked()
    main = told(Report.objects.get(mark=row))[0]
    assert main.basis == "groups" and len(main.donors) == 6
    address = f"/groups/{group.pk}/marks/{row.pk}/effect"
    assert "对照3" in owner().get(address).content.decode()
    limited = hire(group.workspace, "host", groups=[group])
    page = browser(limited).get(address).content.decode()
    assert "对照3" not in page and "6 个你看不到的群" in page
    marked(others[0], title="同一天也有活动")
    Report.objects.all().delete()
    worked()
    assert told(Report.objects.get(mark=row))[0].basis == "groups"
    assert len(told(Report.objects.get(mark=row))[0].donors) == 5


def test_the_effect_of_a_run_and_of_all_groups_in_which_it_was_begun_together():
    together = "0199aaaa-0000-7000-8000-000000000001"
    groups = [lived(f"群{n}", extra=200, seed=20 + n) for n in range(4)]
    runs = [ran(group, together=together) for group in groups]
    worked()
    assert Report.objects.filter(run__isnull=False).count() == 4
    client = owner()
    page = client.get(f"/runs/{runs[0].pk}/effect").content.decode()
    assert "群3" in page and "4 次执行" in page
    listed = client.get("/w/local/effects").content.decode()
    assert "4 次执行" in listed and "群2" in listed
    sheet = client.get("/w/local/effects.csv").content.decode("utf-8-sig")
    assert sheet.count("\n") >= 3
    rows = client.get(f"/runs/{runs[0].pk}/effect.csv").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 1 + 8 * 2 + 2 * 2


def test_a_run_that_ends_early_is_judged_up_to_then():
    group = lived("早停群")
    run = ran(group, ended=FIRST + timedelta(days=102))
    worked()
    assert Report.objects.get(run=run).end == date(2025, 4, 19)


def test_an_empty_workspace_says_what_to_do():
    page = owner().get("/w/local/effects").content.decode()
    assert "还没有" in page


def test_pages_in_english(great):
    found = Report.objects.get(group=great)
    client = owner(headers={"host": "127.0.0.1", "accept-language": "en"})
    page = client.get(f"/groups/{great.pk}/marks/{found.mark_id}/effect").content.decode()
    assert "messages a day, 95 % between" in page and "How to read it" in page
    assert "Which playbooks work where" in client.get("/w/local/effects").content.decode()
