"""The idea call: proposals collected, merged, ranked by likes of humans, each answered, and their proposers told."""

from uuid import uuid4

import pytest
from at_work import browser, group, hire
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_activity import PHONE, member

from huoqun.activities import idea_call, life
from huoqun.activities.activity import Closed
from huoqun.activities.idea_call import IdeaPlan
from huoqun.activities.kind import Refused, said
from huoqun.base import clock
from huoqun.people import code, deed
from huoqun.people.outbox import Outgoing
from huoqun.people.person import Person
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here():
    return group(local(now=clock.now()))


def call(there, **plan):
    now = clock.now()
    row = life.begin(
        there.workspace, "idea_call", title="新品集策", groups=[there], plan=IdeaPlan(**plan), by=None, now=now
    )
    life.open_up(row, now=now)
    row.refresh_from_db()
    return row


def by_member(deed_, row, who, key="1", **form):
    return deed_(row, who, said(**form), via="", key=key, at=None, now=clock.now())


def propose(row, who, text, key="1"):
    by_member(idea_call.propose, row, who, key or text, text=text)
    return next(r for r in idea_call.contributions(row, "proposal") if r.text == text)


def by_staff(deed_, row, **form):
    return deed_(row, said(**form), key="", by=None, now=clock.now())


def texts(row):
    return [(i.row.text, i.likes) for i in idea_call.ideas(row)]


def test_duplicates_join_the_one_and_each_human_counts_once(here):
    row = call(here)
    a, b, c = (member(here, name) for name in "甲乙丙")
    tea, tea2, cake = propose(row, a, "出小罐茶"), propose(row, b, "茶叶小罐装"), propose(row, c, "出栗子蛋糕")
    for who in (a, b):
        by_member(idea_call.like, row, who, which=str(cake.pk))
        by_member(idea_call.like, row, who, which=str(cake.pk))
    by_member(idea_call.like, row, a, which=str(tea.pk))
    by_member(idea_call.like, row, a, which=str(tea2.pk))
    by_member(idea_call.like, row, c, which=str(tea2.pk))
    assert texts(row) == [("茶叶小罐装", 2), ("出栗子蛋糕", 2), ("出小罐茶", 1)]
    by_staff(idea_call.merge, row, which=str(tea2.pk), into=str(tea.pk))
    assert sorted(texts(row)) == sorted([("出小罐茶", 2), ("出栗子蛋糕", 2)])
    with pytest.raises(Refused, match="same"):
        by_staff(idea_call.merge, row, which=str(tea.pk), into=str(tea2.pk))
    with pytest.raises(Refused, match="same"):
        by_staff(idea_call.merge, row, which=str(tea.pk), into="x")
    by_member(idea_call.like, row, a, which=str(tea.pk), no="yes")
    assert ("出小罐茶", 1) in texts(row)
    Person.objects.filter(pk=b.person_id).update(root=a.person_id)
    assert ("出栗子蛋糕", 1) in texts(row), "two accounts of one human like once"
    by_staff(idea_call.merge, row, which=str(tea2.pk))
    assert len(texts(row)) == 3


def test_every_proposal_is_answered_and_its_proposers_told(here):
    row = call(here)
    a, b = member(here, "甲"), member(here, "乙")
    tea, tea2 = propose(row, a, "出小罐茶"), propose(row, b, "茶叶小罐装")
    by_staff(idea_call.merge, row, which=str(tea2.pk), into=str(tea.pk))
    for form, why in (
        ({"answer": "will"}, "because"),
        ({"answer": "maybe", "because": "x"}, "status"),
        ({"which": str(tea2.pk), "answer": "no", "because": "x"}, "gone"),
    ):
        with pytest.raises(Refused, match=why):
            by_staff(idea_call.answer, row, **({"which": str(tea.pk)} | form))
    with pytest.raises(Refused, match="waits"):
        life.settle(row, now=clock.now())
    row.refresh_from_db()
    assert row.state == "open"
    for _ in range(2):
        by_staff(idea_call.answer, row, which=str(tea.pk), answer="will", because="三月上架")
    (told,) = Outgoing.objects.filter(what="idea_call.answer")
    assert "@甲" in told.text
    assert "@乙" in told.text
    assert "三月上架" in told.text
    for who in (a, b):
        assert "idea_call.answered" in {d.kind for d in deed.deeds(who.person)}
    with pytest.raises(Refused, match="answered"):
        by_member(idea_call.withdraw, row, a, which=str(tea.pk))
    life.settle(row, now=clock.now())
    assert "要做 1" in Outgoing.objects.get(what="idea_call.settle").text


def test_how_many_and_which_and_until_when(here):
    row = call(here, each=2, likes=1)
    a, b = member(here, "甲"), member(here, "乙")
    first = propose(row, a, "一")
    propose(row, a, "一", "again")
    second = propose(row, a, "二", "2")
    with pytest.raises(Refused, match="many"):
        propose(row, a, "三", "3")
    with pytest.raises(Refused, match="empty"):
        propose(row, b, " ")
    by_member(idea_call.like, row, b, which=str(first.pk))
    with pytest.raises(Refused, match="likes"):
        by_member(idea_call.like, row, b, which=str(second.pk))
    with pytest.raises(Refused, match="gone"):
        by_member(idea_call.withdraw, row, b, which=str(first.pk))
    by_member(idea_call.withdraw, row, a, which=str(first.pk))
    assert [t for t, _n in texts(row)] == ["二"]
    life.close(row, now=clock.now())
    for deed_ in (idea_call.propose, idea_call.like, idea_call.withdraw):
        with pytest.raises(Closed):
            by_member(deed_, row, a, which=str(second.pk), text="x")


def test_on_the_phone_and_on_the_desk(here):
    row, a, b = call(here, named=False), member(here, "甲某"), member(here, "乙某")
    phone, client = Client(headers=PHONE), browser(hire(here.workspace))
    mine, theirs = (reverse("member_activity", args=[code.personal(w, now=clock.now()), row.pk]) for w in (a, b))
    assert phone.post(mine, {"do": "propose", "text": "<i>小罐茶</i>", "key": "k"}).status_code == 302
    page = phone.get(theirs).content.decode()
    assert "&lt;i&gt;小罐茶" in page
    assert "甲某" not in page
    which = str(idea_call.ideas(row)[0].row.pk)
    assert phone.post(theirs, {"do": "like", "which": which, "key": "k"}).status_code == 302
    place = reverse("activity", args=[row.pk])
    assert (
        client.post(place + "do/answer", {"which": which, "answer": "later", "because": "先忙完年货"}).status_code
        == 302
    )
    assert "先忙完年货" in phone.get(mine).content.decode()
    assert "甲某" not in Outgoing.objects.get(what="idea_call.answer").text, "nobody is named where names are not shown"
    assert "先忙完年货" in client.get(place).content.decode()


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(["text", "which", "into", "answer", "because", "no", "key"]), st.text()))
def test_any_text_in_any_field_is_answered_in_words(db, form):
    here = group(local(now=clock.now()), f"模糊{uuid4().hex[:6]}")
    row, who = call(here), member(here, "甲")
    there = propose(row, who, "一个主意")
    phone, client = Client(headers=PHONE), browser(hire(here.workspace))
    mine = reverse("member_activity", args=[code.personal(who, now=clock.now()), row.pk])
    place = reverse("activity", args=[row.pk])
    for which in ({}, {"which": str(there.pk)}):
        for do in ("propose", "like", "withdraw"):
            assert phone.post(mine, form | which | {"do": do}).status_code in {302, 409}
        for do in ("merge", "answer"):
            assert client.post(f"{place}do/{do}", form | which).status_code in {302, 409}
    assert client.get(place).status_code == phone.get(mine).status_code == 200
