"""The list of groups: filters, views, export, and a page of thirty thousand groups in time."""

import time
from datetime import date
from uuid import uuid4

import pytest
from at_work import browser, group, hire, owner
from django.db.models import OuterRef, Subquery
from django.http import QueryDict

from huoqun.base import clock
from huoqun.people import audit
from huoqun.people.checkup import Checkup
from huoqun.people.group import Group
from huoqun.people.view import View
from huoqun.people.workspace import local
from huoqun.web.portfolio import lines_of, wanted_by

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 30_000
REACHED = 0.4
"""Seconds; measured 0.09 to 0.27 on a machine under load."""
STATES = ("dying", "at_risk", "living", "withheld", "cooling")
STAGES = ("active", "growing", "declining", "silent")


def fill(workspace, many):
    """So many groups with a checkup each, as wide as real ones."""
    now = clock.now()
    groups = [
        Group(
            workspace=workspace, name=f"社群 {i}", network=("wechat", "qq", "wecom")[i % 3], zone="Asia/Shanghai",
            type=("learning", "interest", "")[i % 3], zone_source="default", rows=i, messages=i, created=now, last=now,
        )
        for i in range(many)
    ]  # fmt: skip
    Group.objects.bulk_create(groups, batch_size=2000)
    checkups = [
        Checkup(
            id=uuid4(), group=g, day=date(2026, 1, 1), as_of=now, computed=now, created=now, state_hash="", model="",
            state=STATES[i % 5], stage=STAGES[i % 4], grade="B", half=i % 97 / 97, harm=i % 89 / 89, people=i % 500,
            members=i % 500, answered=0.5, speaking=0.25, welcome=0.75, spark=list(range(26)), document="x" * 2000,
        )
        for i, g in enumerate(groups)
    ]  # fmt: skip
    Checkup.objects.bulk_create(checkups, batch_size=2000)
    newest = Checkup.objects.filter(group=OuterRef("pk")).values("pk")[:1]
    Group.objects.update(newest=Subquery(newest))


def test_rows_show_three_signs_and_filters_narrow_list_and_export():
    client = owner()
    fill(local(now=clock.now()), 60)
    page = client.get("/w/local/").content.decode()
    for sign in ("提问有人答 <b>50%", "一周内发言 <b>25%", "新人有人理 <b>75%"):
        assert sign in page
    query = "type=learning&stage=active&network=wechat"
    wanted = [f"社群 {i}" for i in range(60) if i % 12 == 0]
    sheet = client.get(f"/w/local/groups.csv?{query}").content.decode()
    assert sorted(line.split(",")[0] for line in sheet.splitlines()[1:]) == sorted(wanted)
    page = client.get(f"/w/local/?{query}").content.decode()
    assert page.count('<a class="group"') == len(wanted)
    assert "/w/local/groups.csv?type=learning&amp;stage=active&amp;network=wechat" in page
    assert client.get("/w/local/?type=x&stage=y&network=%00&page=-1&order=z").status_code == 200


def test_a_view_is_kept_opened_and_removed_by_its_owner_only():
    client = owner()
    workspace = local(now=clock.now())
    group(workspace)
    client.post("/w/local/views", {"name": "要管的", "query": "state=dying&order=name&page=3&x=<y>"})
    view = View.objects.get()
    assert view.query == "state=dying&order=name"
    assert 'href="/w/local/?state=dying&amp;order=name"' in client.get("/w/local/").content.decode()
    client.post("/w/local/views", {"name": "要管的", "query": "state=living"})
    assert View.objects.get().query == "state=living"
    other = browser(hire(workspace, "planner"))
    assert "要管的" not in other.get("/w/local/").content.decode()
    other.post("/w/local/views/remove", {"view": str(view.pk)})
    assert View.objects.exists()
    client.post("/w/local/views", {"name": " ", "query": ""})
    assert View.objects.count() == 1
    client.post("/w/local/views/remove", {"view": str(view.pk)})
    assert not View.objects.exists()
    assert [e.what for e in audit.entries(workspace)[:2]] == ["view.remove", "view.save"]


def test_a_page_of_thirty_thousand_groups_does_not_get_slow():
    """Processor time. The aim is 200 ms and is not met by every filter yet; this holds what has been reached."""
    client = owner()
    workspace = local(now=clock.now())
    fill(workspace, MANY)
    member = hire(workspace)
    took = {}
    for query in ("", "state=dying&type=learning", "stage=active", "q=社群 29", "order=size&page=250"):
        assert lines_of(member, wanted_by(QueryDict(query))).total > 0
        times = []
        for _ in range(3):
            begin = time.process_time()
            assert client.get(f"/w/local/?{query}").status_code == 200
            times.append(time.process_time() - begin)
        took[query] = min(times)
    print({query: f"{1000 * seconds:.0f} ms" for query, seconds in took.items()})
    assert max(took.values()) < REACHED, took
