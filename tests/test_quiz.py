"""The quiz: questions seen only in a try, limited tries, the best one counts, ties broken by time."""

from datetime import timedelta
from uuid import uuid4

import pytest
from at_work import browser, group, hire
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from test_activity import PHONE, member

from huoqun.activities import life, quiz
from huoqun.activities.activity import Closed
from huoqun.activities.kind import Refused, said
from huoqun.activities.quiz import QuizPlan
from huoqun.base import clock
from huoqun.people import code, points
from huoqun.people.outbox import Outgoing
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)
LINES = ["法国的首都？ | 里昂 | *巴黎 | 马赛", "哪些是茶？ | *龙井 | 咖啡 | *普洱", "一打是几个？ | =12 | =十二"]
SECOND = timedelta(seconds=1)


@pytest.fixture
def here():
    return group(local(now=clock.now()))


def asked(there, **plan):
    now = clock.now()
    wanted = QuizPlan(**({"questions": LINES} | plan))
    row = life.begin(there.workspace, "quiz", title="三问", groups=[there], plan=wanted, by=None, now=now)
    life.open_up(row, now=now)
    row.refresh_from_db()
    return row


def begin(row, who, now, key="1"):
    return quiz.begin(row, who, said(), via="", key=key, at=None, now=now)


def answer(row, who, now, *answers):
    sent = said(**{f"q-{n}": a for n, a in enumerate(answers)})
    return quiz.answer(row, who, sent, via="", key="", at=None, now=now)


RIGHT = ("巴黎", ["龙井", "普洱"], " 十二 ")


def test_a_line_is_a_question_or_is_refused():
    q = quiz.question("多选 ｜ *甲 ｜ 乙 ｜ *丙")
    assert (q.options, q.right) == (("甲", "乙", "丙"), {"甲", "丙"})
    assert quiz.question("几？ | =Twelve").correct([" tWELVE"])
    assert not quiz.question("几？ | =Twelve").correct([])
    for line in (
        "只有题目",
        "没有对的 | 甲 | 乙",
        "一个 | *甲",
        "重复 | *甲 | 甲",
        "空 | =",
        "太多 | *1|2|3|4|5|6|7|8|9",
    ):
        with pytest.raises(ValidationError):
            QuizPlan(questions=[line])


def test_more_right_then_faster_then_earlier(here):
    row, now = asked(here), clock.now()
    a, b, c, d = (member(here, name) for name in "甲乙丙丁")
    for who in (a, b, c, d):
        begin(row, who, now)
    answer(row, a, now + 9 * SECOND, "巴黎", ["龙井"], "12")
    answer(row, b, now + 60 * SECOND, *RIGHT)
    answer(row, c, now + 30 * SECOND, *RIGHT)
    answer(row, d, now + 30 * SECOND, *RIGHT)
    there = [(p.place, p.identity.name, p.right) for p in quiz.standings(row)]
    assert there[2:] == [(3, "乙", 3), (4, "甲", 2)]
    assert {t[:2] for t in there[:2]} == {(1, "丙"), (1, "丁")}, "who is equal in all shares the place"
    assert {who.name for who in quiz.QUIZ.won(row)} == {"丙", "丁"}
    assert [(n, of) for _q, n, of in quiz.rights(row)] == [(4, 4), (3, 4), (4, 4)]


def test_tries_are_limited_and_the_best_counts(here):
    row, who, now = asked(here, tries=2, right_points=10, points=1), member(here, "甲"), clock.now()
    with pytest.raises(Refused, match="not_begun"):
        answer(row, who, now, *RIGHT)
    begin(row, who, now)
    begin(row, who, now + SECOND, "other")
    assert len(quiz.tries(row, who)) == 1, "a try goes on; opening it again is no new one"
    answer(row, who, now + 5 * SECOND, *RIGHT)
    begin(row, who, now + 6 * SECOND, "1")
    assert len(quiz.tries(row, who)) == 1, "the same form sent twice"
    begin(row, who, now + 6 * SECOND, "2")
    answer(row, who, now + 7 * SECOND, "里昂")
    with pytest.raises(Refused, match="tries"):
        begin(row, who, now + 8 * SECOND, "3")
    (place,) = quiz.standings(row)
    assert (place.right, place.seconds) == (3, 5.0)
    for _ in range(2):
        life.settle(row, now=now + 60 * SECOND)
    assert points.balance(who.person) == 31


def test_a_try_is_over_after_its_minutes(here):
    row, who, now = asked(here, minutes=1), member(here, "甲"), clock.now()
    begin(row, who, now)
    with pytest.raises(Refused, match="over"):
        answer(row, who, now + 80 * SECOND, *RIGHT)
    with pytest.raises(Refused, match="tries"):
        begin(row, who, now + 80 * SECOND, "2")
    late = member(here, "乙")
    begin(row, late, now)
    answer(row, late, now + 65 * SECOND, *RIGHT)
    life.close(row, now=now + 90 * SECOND)
    with pytest.raises(Closed):
        begin(row, member(here, "丙"), now + 91 * SECOND)
    (told,) = Outgoing.objects.filter(what="quiz.close")
    assert "1. 乙 3/3" in told.text


def test_questions_and_answers_are_seen_only_when_they_may_be(here):
    row, who = asked(here), member(here, "甲")
    phone = Client(headers=PHONE)
    mine = reverse("member_activity", args=[code.personal(who, now=clock.now()), row.pk])
    assert "法国" not in phone.get(mine).content.decode()
    assert phone.post(mine, {"do": "answer", "q-0": "巴黎"}).status_code == 409
    assert phone.post(mine, {"do": "begin", "key": "a"}).status_code == 302
    page = phone.get(mine).content.decode()
    assert "法国" in page
    assert "十二" not in page
    assert phone.post(mine, {"do": "answer", "q-0": "巴黎", "q-1": ["龙井", "普洱"], "q-2": "12"}).status_code == 302
    assert "十二" not in phone.get(mine).content.decode()
    life.close(row, now=clock.now())
    page = phone.get(mine).content.decode()
    assert "十二" in page
    assert "第 1 名" in page
    client = browser(hire(here.workspace))
    assert "法国" in client.get(reverse("activity", args=[row.pk])).content.decode()


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(["q-0", "q-1", "q-2", "key"]), st.lists(st.text(), max_size=3)), st.text())
def test_any_text_in_any_field_is_answered_in_words(db, form, line):
    here = group(local(now=clock.now()), f"模糊{uuid4().hex[:6]}")
    row, who = asked(here), member(here, "甲")
    phone = Client(headers=PHONE)
    mine = reverse("member_activity", args=[code.personal(who, now=clock.now()), row.pk])
    for do in ("answer", "begin", "answer"):
        assert phone.post(mine, form | {"do": do}).status_code in {302, 409}
    assert phone.get(mine).status_code == 200
    client = browser(hire(here.workspace))
    made = {"title": "x", "groups": [str(here.pk)], "plan-questions": line, "plan-tries": line}
    answer_ = client.post(f"/w/{here.workspace.slug}/activities/new/quiz", made)
    assert answer_.status_code in {302, 422}
