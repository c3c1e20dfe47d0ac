"""The search finds what was said, newest first, and nothing that somebody may not see."""

import json
from datetime import date, datetime, timedelta

import pytest
from at_work import browser, group, hire, owner
from group_rows import row, rows

from huoqun.base import clock
from huoqun.chat import archive as record
from huoqun.chat.archive import append, archive_in
from huoqun.chat.search import Sought, find, marked, near, words_of
from huoqun.people.workspace import add, archive_of, local

SAID = [
    row(0, "a", "周末去爬山吗"),
    row(1, "b", "爬山好 Hiking"),
    row(2, "a", "", kind="image"),
    row(3, "c", "HIKING is fun (.*)"),
    row(4, None, "a 爬山加入", kind="join"),
    row(60 * 24 * 40, "b", "下次再爬 山"),
    row(60 * 24 * 80, "a", "Straße 100% <b>爬山</b>"),
]


@pytest.fixture
def archive(tmp_path):
    archive = archive_in(tmp_path)
    append(archive, "g", rows(SAID))
    append(archive, "other", rows([row(5, "x", "爬山 elsewhere")]))
    return archive


def texts(archive, text="", groups=("g",), limit=50, **more):
    return find(archive, groups, Sought(words=words_of(text), **more), limit=limit)["text"].to_list()


def test_words_of_two_signs_and_parts_of_words_are_found_newest_first(archive):
    assert texts(archive, "爬山") == ["Straße 100% <b>爬山</b>", "爬山好 Hiking", "周末去爬山吗"]
    assert texts(archive, "hiking") == ["HIKING is fun (.*)", "爬山好 Hiking"]
    assert texts(archive, "爬山 hiking") == ["爬山好 Hiking"]
    assert texts(archive, "straße") == texts(archive, "STRAßE") == ["Straße 100% <b>爬山</b>"]
    assert texts(archive, "爬山", groups=("g", "other"))[1] == "爬山 elsewhere"
    assert texts(archive, "爬山", groups=()) == []


@pytest.mark.parametrize("odd", [".*", "(", "[", "\\", "100%", "' OR 1=1 --", "爬%山", "*"])
def test_a_word_is_never_a_pattern(archive, odd):
    assert texts(archive, odd) == [s["text"] for s in reversed(SAID) if all(w in s["text"] for w in odd.split())]


def test_person_kind_and_period_narrow_the_search(archive):
    assert texts(archive, name="名b") == ["下次再爬 山", "爬山好 Hiking"]
    assert texts(archive, senders={"g": ["c"]}) == ["HIKING is fun (.*)"]
    assert texts(archive, "爬山", senders={}) == []
    assert texts(archive, kind="image") == [""]
    first = SAID[0]["local"].date()
    assert len(texts(archive, since=first, until=first)) == 4
    assert len(texts(archive, since=first + timedelta(days=1))) == 2
    assert texts(archive, until=date(1999, 1, 1)) == []


def test_pages_meet_without_gap_or_repeat(archive):
    whole = find(archive, ["g", "other"], Sought(), limit=50)
    read, below = [], None
    while True:
        page = find(archive, ["g", "other"], Sought(), limit=2, below=below)
        if page.is_empty():
            break
        read += page.rows()
        below = page.select("time", "group", "order", "key").row(-1)
    assert read == whole.rows()
    assert whole.height == 7


def test_what_stood_around_a_message_is_shown_with_it(archive):
    hit = find(archive, ["g"], Sought(words=("fun",)), limit=1).row(0, named=True)
    around = near(archive, "g", hit["key"], hit["time"])
    assert around["text"].to_list() == [SAID[i]["text"] for i in (1, 2, 3, 5, 6)]
    assert near(archive, "other", hit["key"], hit["time"] + timedelta(days=1)).is_empty()


def test_messages_of_the_same_minute_keep_their_order_around_a_hit(tmp_path):
    archive = archive_in(tmp_path)
    append(archive, "g", rows([row(0, "a", f"第{i}") for i in range(7)]))
    hit = find(archive, ["g"], Sought(words=("第3",)), limit=1).row(0, named=True)
    assert near(archive, "g", hit["key"], hit["time"])["text"].to_list() == ["第1", "第2", "第3", "第4", "第5"]


def test_the_words_are_marked_and_nothing_is_lost():
    text = "a.b <爬山> A.B"
    pieces = marked(text, ["a.b", "爬"])
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, hit in pieces if hit] == ["a.b", "爬", "A.B"]
    assert marked("x", []) == [("x", False)]


def taken(workspace, name, said):
    there = group(workspace, name)
    append(archive_of(workspace), there.pk.hex, rows(said))
    there.rows = len(said)
    there.save()
    return there


@pytest.mark.django_db(transaction=True)
def test_the_page_shows_marks_and_context_and_escapes_what_was_said():
    client = owner()
    there = taken(local(now=clock.now()), "山友", SAID)
    page = client.get(f"/groups/{there.pk}/search?q=爬山").content.decode()
    assert "&lt;b&gt;<mark>爬山</mark>&lt;/b&gt;" in page
    assert "<b>爬山" not in page
    hit = find(archive_of(there.workspace), [there.pk.hex], Sought(words=("fun",)), limit=1).row(0, named=True)
    at = json.dumps([hit["time"].isoformat(), there.pk.hex, hit["order"], hit["key"]])
    around = client.get(f"/groups/{there.pk}/around", {"at": at, "q": "fun"}, headers={"hx-request": "true"})
    assert around.content.decode().count("<li") == 5
    assert "<mark>fun</mark>" in around.content.decode()
    assert client.get(f"/groups/{there.pk}/around", {"at": "[[["}).status_code == 400
    assert client.get(f"/groups/{there.pk}/around", {"at": at.replace(hit["key"], "no")}).status_code == 404
    for query in ("below=[]", "below=[1,2,3,4]", "since=x&until=9999-99-99&q=a", "person=zzz", "kind=zzz&q=%00"):
        assert client.get(f"/groups/{there.pk}/search?{query}").status_code == 200
    sheet = client.get("/w/local/search.csv?q=爬山").content.decode()
    assert sheet.count("山友") == 3


@pytest.mark.django_db(transaction=True)
def test_only_groups_one_may_see_are_searched():
    ours, theirs = (add(name=n, zone="Asia/Shanghai", now=clock.now()) for n in ("我们", "他们"))
    mine, hidden = taken(ours, "甲群", [row(0, "a", "爬山甲")]), taken(ours, "乙群", [row(0, "a", "爬山乙")])
    taken(theirs, "丙群", [row(0, "a", "爬山丙")])
    host = browser(hire(ours, "host", groups=[mine]))
    page = host.get(f"/w/{ours.slug}/search?q=爬山").content.decode()
    assert "甲群" in page
    assert "乙群" not in page
    assert "丙群" not in page
    assert host.get(f"/groups/{hidden.pk}/search?q=爬山").status_code == 404
    assert host.get(f"/w/{ours.slug}/search.csv?q=爬山").status_code == 403
    boss = browser(hire(ours)).get(f"/w/{ours.slug}/search?q=爬山").content.decode()
    assert "乙群" in boss
    assert "丙群" not in boss
    hidden.removed = clock.now()
    hidden.save()
    assert "乙群" not in browser(hire(ours)).get(f"/w/{ours.slug}/search?q=爬山").content.decode()


def test_search_reads_what_compaction_rewrote(archive):
    before = texts(archive, "爬山")
    append(archive, "g", rows([row(90, "z", "夜里")]).with_columns(key=rows([row(0, "q", "")])["key"] + "z"))
    record.compact(archive)
    assert texts(archive, "爬山") == before
    assert find(archive, ["g"], Sought(words=("夜里",)), limit=5)["time"][0] > datetime(2024, 3, 1)
