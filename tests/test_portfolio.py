"""The list of groups: filters, views, export. How fast a page of thirty thousand is: `python -m bench.portfolio`."""

import pytest
from at_work import browser, group, hire, owner
from django.http import QueryDict

from bench.many_groups import branched, fill, queries
from huoqun.base import clock
from huoqun.people import audit
from huoqun.people.view import View
from huoqun.people.workspace import local
from huoqun.web.portfolio import lines_of, wanted_by

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_whatever_a_page_is_asked_there_are_groups():
    client, member = owner(), hire(local(now=clock.now()))
    fill(member.workspace, 1500)
    main = branched(member.account)
    for query in [*queries(3), f"branch={main.pk}"]:
        if query != "carer=nobody":
            assert lines_of(member, wanted_by(QueryDict(query)), now=clock.now()).total > 0, query
        assert client.get(f"/w/local/?{query}").status_code == 200
