"""Homework: handed in on time, late or anew; marked by staff or twice by peers, fairly; shown with consent; watched."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from at_work import browser, group, hire
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_activity import PHONE, member

from huoqun.activities import attendance, grading, homework, life, submission
from huoqun.activities.activity import Activity, Closed
from huoqun.activities.contribution import Contribution
from huoqun.activities.kind import Refused, said
from huoqun.activities.load import load
from huoqun.activities.submission import HomeworkPlan
from huoqun.base import clock
from huoqun.base.job import Hand
from huoqun.people import code, deed, points
from huoqun.people.outbox import Outgoing
from huoqun.people.workspace import local
from huoqun.playbooks import choosing

pytestmark = pytest.mark.django_db(transaction=True)
RUBRIC = ["完整 | 6", "新意 | 4"]
DAY = timedelta(days=1)


@pytest.fixture
def here():
    return group(local(now=clock.now()))


@pytest.fixture
def boss(here):
    return hire(here.workspace)


def task(there, title="写一页", days=7, opens=True, **plan):
    now = clock.now()
    wanted = HomeworkPlan(**({"rubric": RUBRIC} | plan))
    row = life.begin(
        there.workspace, "homework", title=title, groups=[there], plan=wanted, closes=now + days * DAY, by=None, now=now
    )
    if opens:
        life.open_up(row, now=now)
        row.refresh_from_db()
    return row


def give(row, who, text="我的作业", key="1", now=None, **more):
    sent = said(text=text, **more)
    return homework.give(row, who, sent, via="personal", key=key, at=None, now=now or clock.now())


def mark(row, who, review, first, second, text="", now=None):
    sent = said(**{"which": str(review.pk), "mark-0": str(first), "mark-1": str(second), "text": text})
    return grading.review(row, who, sent, via="personal", key="", at=None, now=now or clock.now())


def grade(row, which, first, second, text="", by=None):
    sent = said(**{"which": str(which.pk), "mark-0": str(first), "mark-1": str(second), "text": text})
    return grading.grade(row, sent, key="", by=by, now=clock.now())


def test_on_time_late_and_not_at_all(here):
    row, who = task(here, late_days=2, late_percent=50), member(here, "阿明")
    ends = row.closes
    assert give(row, who, now=ends - DAY) == "homework_in"
    life.close(row, now=ends)
    assert give(row, member(here, "小红"), now=ends + DAY) == "homework_late"
    with pytest.raises(Closed):
        give(row, member(here, "老王"), now=ends + 3 * DAY)
    late = submission.pieces(row)[1]
    grade(row, late, 6, 4)
    late.refresh_from_db()
    assert late.score == 5, "half is taken off"
    life.settle(row, now=ends + DAY)
    with pytest.raises(Closed):
        give(row, who, key="2", now=ends + DAY)


def test_anew_until_it_is_marked_or_given_back(here, boss):
    row, who = task(here), member(here, "阿明")
    assert give(row, who, "一稿") == "homework_in"
    assert give(row, who, "一稿") == "homework_in", "the same form sent twice"
    assert Contribution.objects.count() == 1
    assert give(row, who, "二稿", key="2") == "homework_again"
    (own,) = submission.pieces(row)
    assert (own.text, own.values["version"]) == ("二稿", 2)
    grade(row, own, 3, 3, "不错")
    with pytest.raises(Refused, match="graded"):
        give(row, who, "三稿", key="3")
    with pytest.raises(Refused, match="say"):
        homework.give_back(row, said(which=str(own.pk)), by=boss.account, now=clock.now(), key="")
    homework.give_back(row, said(which=str(own.pk), text="再具体些"), by=boss.account, now=clock.now(), key="")
    life.close(row, now=clock.now())
    assert give(row, who, "三稿", key="3", now=clock.now() + 30 * DAY) == "homework_again"
    (own,) = submission.pieces(row)
    assert (own.text, own.score, own.values["late"]) == ("三稿", None, False)


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"text": " "}, "empty"),
        ({"text": "x", "public": "yes"}, "public"),
        ({"text": "x", "link": "javascript:alert(1)"}, "link"),
        ({"text": "x", "link": "https://"}, "link"),
        ({"text": "x", "link": "http://[x"}, "link"),
        ({"text": "x", "link": "https://a.example/" + "x" * 600}, "link"),
    ],
)
def test_what_is_not_a_piece_is_refused_and_nothing_is_kept(here, form, why):
    row = task(here)
    with pytest.raises(Refused, match=why):
        give(row, member(here, "阿明"), **form)
    assert not Contribution.objects.exists()
    assert not attendance.participants(row).exists()


@given(st.integers(2, 12), st.integers(1, 5), st.integers(0, 5))
def test_each_piece_goes_to_others_and_all_have_equally_many(n, each, later):
    authors = [UUID(int=i) for i in range(n)]
    first = grading.fair(authors, {}, each)
    wanted = min(each, n - 1)
    assert all(len(set(markers)) == wanted for markers in first.values())
    assert all(author not in markers for author, markers in first.items())
    counts = [sum(a in m for m in first.values()) for a in authors]
    assert set(counts) == {wanted}
    more = authors + [UUID(int=100 + i) for i in range(later)]
    second = grading.fair(more, first, each)
    for author in more:
        both = first.get(author, []) + second[author]
        assert len(set(both)) == len(both) == min(each, len(more) - 1)
        assert author not in both


def test_peers_mark_twice_and_staff_decide_where_they_differ(here, boss):
    row = task(here, graders="by_peers", differ=20, points=1, full_points=100, review_points=5)
    people = [member(here, name) for name in "甲乙丙丁"]
    for who in people:
        give(row, who, f"{who.name}的作业")
    ends = row.closes
    life.tick(Hand("t", lambda: ends + timedelta(minutes=1)))
    row.refresh_from_db()
    life.tick(Hand("t", lambda: ends + timedelta(minutes=2)))
    assert Outgoing.objects.filter(what="homework.assign").count() == 1
    given = {who.name: grading.to_mark(row, who) for who in people}
    assert {len(rows) for rows in given.values()} == {2}
    assert all(r.on.identity.name != name for name, rows in given.items() for r in rows)
    with pytest.raises(Refused, match="gone"):
        mark(row, people[1], given["甲"][0], 1, 1)
    with pytest.raises(Refused, match="marks"):
        mark(row, people[0], given["甲"][0], 7, 1)
    odd = submission.piece_of(row, people[0])
    low = True
    for who in people:
        for review in given[who.name]:
            if review.on_id == odd.pk:
                mark(row, who, review, 1 if low else 6, 1 if low else 4)
                low = False
            else:
                mark(row, who, review, 5, 4, "挺好")
    odd.refresh_from_db()
    assert (odd.values["differs"], odd.score) == (True, None)
    fine = submission.piece_of(row, people[1])
    assert (fine.score, fine.values["graded"]) == (9, "peers")
    with pytest.raises(Refused, match="differ"):
        life.settle(row, now=ends + DAY)
    grade(row, odd, 4, 2, by=boss.account)
    late_change = next(r for who in people for r in grading.to_mark(row, who) if r.on_id == odd.pk)
    with pytest.raises(Refused, match="decided"):
        mark(row, late_change.identity, late_change, 1, 1)
    life.settle(row, now=ends + DAY)
    assert points.balance(people[0].person) == 1 + 60 + 10
    assert points.balance(people[1].person) == 1 + 90 + 10
    assert points.unbalanced(here.workspace) == []
    assert {d.kind for d in deed.deeds(people[0].person)} >= {"homework.come", "homework.review", "homework.graded"}


def test_what_comes_late_is_served_by_who_has_fewest(here):
    row = task(here, graders="by_peers", late_days=3)
    people = [member(here, name) for name in "甲乙丙丁戊"]
    for who in people[:4]:
        give(row, who)
    life.close(row, now=clock.now())
    assert homework.assign_now(row, said(), now=clock.now(), key="", by=None) == "homework_assigned"
    give(row, people[4], now=clock.now() + DAY)
    counts = [len(grading.to_mark(row, who)) for who in people]
    assert sum(counts) == 10
    assert max(counts[:4]) == 3
    lone = task(here, graders="by_peers")
    life.close(lone, now=clock.now())
    with pytest.raises(Refused, match="few"):
        homework.assign_now(lone, said(), now=clock.now(), key="", by=None)


def test_the_showcase_needs_both_the_pick_and_the_yes(here):
    row, who = task(here), member(here, "阿明")
    give(row, who)
    own = submission.piece_of(row, who)
    homework.pick(row, said(which=str(own.pk)), by=None, now=clock.now(), key="")
    assert submission.showcase(row) == []
    homework.show(row, who, said(show="yes"), via="", key="", at=None, now=clock.now())
    assert [p.pk for p in submission.showcase(row)] == [own.pk]
    homework.show(row, who, said(show="no"), via="", key="", at=None, now=clock.now())
    assert submission.showcase(row) == []


def test_the_best_pieces_win_where_their_members_let_them_be_shown(here):
    row = task(here)
    crowd = [member(here, name) for name in "甲乙丙丁戊"]
    for who, marks in zip(crowd, (9, 7, 8, 7, 10), strict=True):
        give(row, who, show="" if who.name == "戊" else "yes")
        sent = said(**{"which": str(submission.piece_of(row, who).pk), "mark-0": str(marks - 4), "mark-1": "4"})
        grading.grade(row, sent, by=None, now=clock.now(), key="")
    life.settle(row, now=clock.now())
    row.refresh_from_db()
    assert choosing.winners(row) == [crowd[n].pk for n in (0, 2, 1, 3)], "as good as the third is good enough"


def test_the_load_of_the_week_is_watched(here):
    now = clock.now()
    people = [member(here, name) for name in "甲乙丙丁戊"]
    assert load([here], 1, now + DAY, now=now).warnings(False) == []
    assert load([here], 5, now + DAY, now=now).warnings(True) == ["load_heavy", "load_product"]
    for ago, finishers in ((20, 5), (10, 5), (3, 2)):
        row = task(here, title=f"{ago}", hours=2)
        for who in people[:finishers]:
            give(row, who, key=f"{ago}")
        Activity.objects.filter(pk=row.pk).update(closes=now - ago * DAY, state="closed")
    found = load([here], 1, now + DAY, now=now)
    assert (found.before, found.last) == (5, 2)
    assert found.finished == pytest.approx(2 * 12 / 5 / (20 / 7 + 1))
    assert found.warnings(False) == ["load_tired"]
    coming = task(here, title="下周", days=2, hours=1.5)
    assert load([here], 1, now + DAY, now=now).asked == 2.5
    assert load([here], 1.5, coming.closes, besides=coming.pk, now=now).asked == 1.5
    assert "load_heavy" in load([here], 1, now + DAY, now=now).warnings(False)


def test_staff_and_members_on_their_pages(here, boss):
    client, phone = browser(boss), Client(headers=PHONE)
    row, who = task(here, tag="我的一页", on_product=True), member(here, "阿<b>明")
    place = reverse("activity", args=[row.pk])
    assert "关于自家产品" in client.get(place).content.decode()
    assert "关于自家产品" in client.get(place + "edit").content.decode()
    mine = reverse("member_activity", args=[code.personal(who, now=clock.now()), row.pk])
    assert "#我的一页" in phone.get(mine).content.decode()
    bad = phone.post(mine, {"do": "give", "text": "留住", "link": "x", "key": "k"})
    assert bad.status_code == 409
    assert "留住" in bad.content.decode(), "what was typed is still there"
    sent = {"do": "give", "text": "<script>x</script>", "link": "https://a.example/p", "public": "yes", "key": "k"}
    assert phone.post(mine, sent).status_code == 302
    assert "<script>x" not in phone.get(mine).content.decode()
    page = client.get(place).content.decode()
    assert "<script>x" not in page
    own = submission.piece_of(row, who)
    marks = {"which": str(own.pk), "mark-0": "6", "mark-1": "3", "text": "好"}
    assert client.post(place + "do/grade", marks | {"mark-0": "99"}).status_code == 409
    assert client.post(place + "do/grade", marks).status_code == 302
    assert "9/10" in client.get(place).content.decode()
    assert "9 / 10" not in phone.get(mine).content.decode(), "marks are told when it is over"
    client.post(place + "do/pick", {"which": str(own.pk)})
    assert phone.post(mine, {"do": "show", "show": "yes"}).status_code == 302
    client.post(place + "go", {"do": "settle"})
    last = phone.get(mine).content.decode()
    assert "得分 9 / 10" in last
    assert len(last) < 100_000
    assert client.get(f"/w/{here.workspace.slug}/activities/new/homework?group={here.pk}").status_code == 200


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.dictionaries(st.sampled_from(["which", "mark-0", "mark-1", "text", "link", "public", "show", "pick"]), st.text())
)
def test_any_text_in_any_field_is_answered_in_words(db, form):
    here = group(local(now=clock.now()), f"模糊{uuid4().hex[:6]}")
    row, who = task(here), member(here, "甲")
    client, phone = browser(hire(here.workspace)), Client(headers=PHONE)
    mine = reverse("member_activity", args=[code.personal(who, now=clock.now()), row.pk])
    place = reverse("activity", args=[row.pk])
    for do in ("give", "show", "review"):
        assert phone.post(mine, form | {"do": do}).status_code in {302, 409}
    own = submission.piece_of(row, who)
    for do in ("grade", "return", "pick", "assign"):
        sent = form | ({"which": str(own.pk)} if own else {})
        assert client.post(f"{place}do/{do}", sent).status_code in {302, 409}
    assert client.get(place).status_code == phone.get(mine).status_code == 200


def test_by_a_chat_command_with_its_link(here):
    row, who = task(here), member(here, "阿明")
    do, sent = homework.HOMEWORK.chat["hand_in"](row, "我的一页 https://a.example/p，看看")
    homework.HOMEWORK.member[do](row, who, sent, via="chat", key="m1", at=clock.now(), now=clock.now())
    own = submission.piece_of(row, who)
    assert (own.values["link"], own.text) == ("https://a.example/p", "我的一页 https://a.example/p，看看")
