"""Search by any part of a name, as the operator sees it; the same on SQLite and, in test_postgres, on PostgreSQL."""

from datetime import UTC, datetime

import pytest
from at_work import browser, hire
from django.db import connection
from django.db.models import F
from test_history import chat, row
from test_person import filled, person_of

from huoqun.people import census, history, merge, tally
from huoqun.people.group import remove
from huoqun.people.piece import Holds, pieces
from huoqun.people.tally import Tally
from huoqun.people.workspace import add

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
ODD = ["王小明", "小明", "明", "Ａnna", "anna ann", "a", "😀🎈a", "%_\\'\"", "é́", "啊啊啊啊", "{},NULL", "-"]


@pytest.fixture
def workspace():
    return add(name="我们", zone="Asia/Shanghai", now=NOW)


def found(staff, text):
    return {p.name for p in census.filled(census.found(staff, search=text)[0], staff)}


def test_a_text_is_cut_into_pairs_and_a_single_sign_stays_one():
    assert pieces("小明明") == ["小明", "明明"]
    assert pieces("王") == ["王"]


def test_every_part_of_every_name_finds_who_bears_it_and_nobody_else(workspace):
    filled(workspace, "读书群", [row(n, sender=f"u{n}", name=name) for n, name in enumerate(ODD)])
    tallies = list(Tally.objects.values_list("name", "names"))
    asked = {name[a:b].lower() for name in ODD for a in range(len(name)) for b in range(a + 1, len(name) + 1)}
    for text in sorted(asked | {"不", "不在", "u1", "明u"}):
        told = set(Tally.objects.filter(Holds(F("names"), text)).values_list("name", flat=True))
        assert told == {name for name, names in tallies if text in names}, text


def test_search_follows_renames_merges_and_removed_groups(workspace):
    staff = hire(workspace)
    rows = [row(1, sender="u1", name="阿明"), row(2, sender="u2", name="小鱼")]
    there = filled(workspace, "读书群", rows)
    assert found(staff, "阿明") == {"阿明"}
    history.take_in(there, chat([*rows, row(3, sender="u1", name="大明哥")]), now=NOW)
    assert found(staff, "阿明") == found(staff, "大明") == {"大明哥"}
    done = merge.merge(person_of(there, "u1"), person_of(there, "u2"), by=staff.account, now=NOW)
    assert found(staff, "小鱼") == found(staff, "大明") != set()
    merge.unmerge(done, by=staff.account, now=NOW)
    assert found(staff, "小鱼") == {"小鱼"}
    remove(there, now=NOW)
    tally.count_group(there, now=NOW)
    assert not found(staff, "小鱼")


def test_a_page_says_where_more_are_found_than_are_counted(workspace, monkeypatch):
    client = browser(hire(workspace))
    filled(workspace, "读书群", [row(n, sender=f"u{n}", name=f"小{n}") for n in range(12)])
    monkeypatch.setattr(census, "MOST", 10)
    at = f"/w/{workspace.slug}/people"
    many = client.get(at, {"q": "小"})
    assert "超过 10 人" in many.content.decode()
    assert len(many.context["people"]) == 12
    assert "超过" not in client.get(at, {"q": "小1"}).content.decode()
    assert "超过" not in client.get(at).content.decode()


def test_postgresql_looks_into_the_index(workspace):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite looks through the names")
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        told = Tally.objects.filter(Holds(F("names"), "小明")).explain()
        cursor.execute("SET enable_seqscan = on")
    assert "tally_pieces" in told
