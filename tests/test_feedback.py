"""The feedback day: members judge what shipped, makers answer in public, and it comes back every week."""

from datetime import timedelta
from uuid import uuid4

import pytest
from at_work import browser, group, hire
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_activity import PHONE, member

from huoqun.activities import feedback, life
from huoqun.activities.activity import Activity, Closed
from huoqun.activities.contribution import Contribution
from huoqun.activities.feedback import FeedbackPlan
from huoqun.activities.kind import Refused, said
from huoqun.base import clock
from huoqun.people import code, deed
from huoqun.people.outbox import Outgoing
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here():
    return group(local(now=clock.now()))


def day(there, **plan):
    now, wanted = clock.now(), FeedbackPlan(**({"items": ["新版首页", "栗子蛋糕", "栗子蛋糕"]} | plan))
    closes = now + timedelta(days=1)
    row = life.begin(
        there.workspace, "feedback", title="点评日", groups=[there], plan=wanted, closes=closes, by=None, now=now
    )
    life.open_up(row, now=now)
    row.refresh_from_db()
    return row


def judge(row, who, key="1", **form):
    sent = said(**{name.replace("_", "-"): text for name, text in form.items()})
    return feedback.judge(row, who, sent, via="", key=key, at=None, now=clock.now())


def test_marks_and_words_the_newest_of_each_counts(here):
    row = day(here)
    a, b = member(here, "甲"), member(here, "乙")
    judge(row, a, mark_0="5", text_0="顺手", mark_1="2")
    judge(row, b, mark_0="1")
    judge(row, a, "2", mark_0="3", text_0="顺手")
    judge(row, a, "2", mark_0="3", text_0="顺手")
    home, cake = feedback.judged(row)
    assert (home.marks, home.mean, len(home.words)) == ((1, 0, 1, 0, 0), 2.0, 1)
    assert (cake.mean, cake.count) == (2.0, 1)
    assert Contribution.objects.count() == 4
    for form, why in (({"mark_0": "6"}, "mark"), ({"mark_0": "x"}, "number"), ({"text_0": "没有打分"}, "nothing")):
        with pytest.raises(Refused, match=why):
            judge(row, a, "9", **form)
    life.close(row, now=clock.now())
    assert "新版首页 2.0 (2)" in Outgoing.objects.get(what="feedback.close").text
    with pytest.raises(Closed):
        judge(row, a, "9", mark_0="5")


def test_a_maker_answers_and_does_not_judge_what_they_made(here):
    row, boss = day(here), hire(here.workspace)
    maker, critic = member(here, "阿匠"), member(here, "甲")
    told = {"by": boss.account, "now": clock.now(), "key": ""}
    feedback.name_maker(row, said(item="0", name="阿匠"), **told)
    feedback.name_maker(row, said(item="0", name="阿匠"), **told)
    for form, why in ({"item": "0", "name": "没有的人"}, "who"), ({"item": "9", "name": "阿匠"}, "gone"):
        with pytest.raises(Refused, match=why):
            feedback.name_maker(row, said(**form), **told)
    judge(row, critic, mark_0="2", text_0="太慢", mark_1="4", text_1="香")
    with pytest.raises(Refused, match="nothing"):
        judge(row, maker, mark_0="5")
    row.refresh_from_db()
    home, cake = feedback.judged(row)
    assert [i.name for i in home.makers] == ["阿匠"]
    sent = {"via": "", "key": "", "at": None, "now": clock.now()}
    with pytest.raises(Refused, match="not_yours"):
        feedback.reply(row, maker, said(which=str(cake.words[0].pk), text="谢谢"), **sent)
    with pytest.raises(Refused, match="not_yours"):
        feedback.reply(row, critic, said(which=str(home.words[0].pk), text="谢谢"), **sent)
    life.close(row, now=clock.now())
    feedback.reply(row, maker, said(which=str(home.words[0].pk), text="这周就快了"), **sent)
    feedback.staff_reply(row, said(which=str(cake.words[0].pk), text="谢谢", name="面包房"), **told)
    assert [j.unanswered for j in feedback.judged(row)] == [0, 0]
    assert "feedback.answered" in {d.kind for d in deed.deeds(critic.person)}
    feedback.name_maker(row, said(item="0", name="阿匠", drop="yes"), **told)
    with pytest.raises(Refused, match="not_yours"):
        feedback.reply(row, maker, said(which=str(home.words[0].pk), text="再改"), **sent)
    life.settle(row, now=clock.now())
    with pytest.raises(Closed):
        feedback.staff_reply(row, said(which=str(cake.words[0].pk), text="晚了", name="x"), **told)


def test_it_comes_back_every_week_as_one_draft(here):
    row = day(here, weekly=True)
    for _ in range(2):
        life.settle(row, now=clock.now())
    fresh = Activity.objects.get(state="draft")
    assert (fresh.title, fresh.closes) == (row.title, row.closes + timedelta(weeks=1))
    assert list(fresh.groups.all()) == [here]
    assert life.again(row, by=None, now=clock.now()) == fresh
    life.remove(fresh, by=None, now=clock.now())
    assert life.again(row, by=None, now=clock.now()) != fresh


def test_on_the_phone_and_on_the_desk(here):
    row, critic, maker = day(here), member(here, "甲"), member(here, "阿匠")
    phone, client = Client(headers=PHONE), browser(hire(here.workspace))
    mine, theirs = (
        reverse("member_activity", args=[code.personal(w, now=clock.now()), row.pk]) for w in (critic, maker)
    )
    place = reverse("activity", args=[row.pk])
    assert client.post(place + "do/maker", {"item": "0", "name": "阿匠"}).status_code == 302
    form = {"do": "judge", "key": "k", "mark-0": "4", "text-0": "<b>好</b>"}
    assert phone.post(mine, form).status_code == 302
    page = phone.get(theirs).content.decode()
    assert "&lt;b&gt;好&lt;/b&gt;" in page
    assert "甲" not in page.split("<main>")[1], "words are read without who said them"
    which = str(feedback.judged(row)[0].words[0].pk)
    assert phone.post(mine, {"do": "reply", "which": which, "text": "冒充"}).status_code == 409
    assert phone.post(theirs, {"do": "reply", "which": which, "text": "谢谢夸奖"}).status_code == 302
    for where in (phone.get(mine), client.get(place)):
        assert "谢谢夸奖" in where.content.decode()
    assert client.post(place + "go", {"do": "again"}).status_code == 302


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.dictionaries(st.sampled_from(["mark-0", "text-0", "mark-1", "which", "text", "item", "name", "drop"]), st.text())
)
def test_any_text_in_any_field_is_answered_in_words(db, form):
    here = group(local(now=clock.now()), f"模糊{uuid4().hex[:6]}")
    row, who = day(here), member(here, "甲")
    phone, client = Client(headers=PHONE), browser(hire(here.workspace))
    mine = reverse("member_activity", args=[code.personal(who, now=clock.now()), row.pk])
    place = reverse("activity", args=[row.pk])
    for do in ("judge", "reply"):
        assert phone.post(mine, form | {"do": do}).status_code in {302, 409}
    for do in ("reply", "maker"):
        assert client.post(f"{place}do/{do}", form).status_code in {302, 409}
    assert client.get(place).status_code == phone.get(mine).status_code == 200
