"""The course: who was there by code word or button, who completed it, and what it led to."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from at_work import browser, group, hire
from django.test import Client
from django.urls import reverse
from pydantic import ValidationError
from test_reward import member

from huoqun.activities import attendance, course, life
from huoqun.activities.activity import Activity
from huoqun.activities.course import CoursePlan
from huoqun.activities.kind import Refused, said
from huoqun.base import clock
from huoqun.base.job import Hand
from huoqun.people import code, points, profile
from huoqun.people.outbox import Outgoing
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"host": "127.0.0.1", "accept-language": "zh-CN"}
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def here():
    return group(local(now=clock.now()))


def lesson(there, *, first=timedelta(0), **plan):
    begins = (clock.now() + first).astimezone(SHANGHAI)
    lines = [f"{begins + timedelta(days=n):%Y-%m-%d %H:%M} | 第{n + 1}课 | https://live.example/{n}" for n in range(3)]
    values = {"sessions": lines, "needed": 2, "session_points": 3, "honour": "结业生", "product": "年卡"} | plan
    row = life.begin(
        there.workspace, "course", title="烘焙课", groups=[there], plan=CoursePlan(**values), by=None, now=clock.now()
    )
    life.open_up(row, now=clock.now())
    return Activity.objects.get(pk=row.pk)


def attend(row, who, session, *, now, **more):
    values = {"via": "personal", "key": f"{session}", "at": None, "now": now}
    return course.attend(row, who, said(session=str(session), **more), **values)


@pytest.mark.parametrize(
    "line",
    [
        "x",
        "2026-13-01 20:00",
        "2026-01-01T20:00+08:00 | a",
        "0001-01-01 00:00",
        "2026-01-01 20:00 | a | javascript:alert(1)",
    ],
)
def test_sessions_that_cannot_be_are_refused(line):
    with pytest.raises(ValidationError):
        CoursePlan(sessions=[line])


def test_sessions_are_in_the_order_of_time():
    plan = CoursePlan(sessions=["2026-02-01 20:00 | 二", "2026-01-01 20:00 | 一 | https://x.example"])
    assert [s.title for s in plan.all()] == ["一", "二"]
    assert plan.to_complete() == 2


def test_enough_sessions_complete_it_with_points_and_title(here):
    row, a, b, now = lesson(here), member(here, "甲"), member(here, "乙"), clock.now()
    attendance.sign_up(row, a, via="personal", now=now)
    attendance.sign_up(row, b, via="personal", now=now)
    attendance.sign_up(row, member(here, "丙"), via="personal", now=now)
    assert attend(row, a, 0, now=now) == "course_here"
    assert attend(row, a, 0, now=now) == "course_here"
    assert attend(row, a, 1, now=now + timedelta(days=1)) == "course_completed"
    assert attend(row, b, 0, now=now) == "course_here"
    assert points.balance(a.person) == 6
    life.settle(row, now=now + timedelta(days=4))
    assert {p.identity.name: p.state for p in attendance.participants(row)} == {
        "甲": "done",
        "乙": "joined",
        "丙": "absent",
    }
    assert [t.text for t in profile.sayings(a.person, "title")] == ["结业生"]
    assert course.numbers(row) == {"signed": 3, "came": 2, "completed": 1, "bought": 0}


@pytest.mark.parametrize(("late", "fine"), [(-16, False), (-15, True), (0, True), (119, True), (122, False)])
def test_one_is_there_only_around_the_session(here, late, fine):
    row, a = lesson(here, first=timedelta(hours=5)), member(here, "甲")
    begins = course.plan_of(row).all()[0].begins("Asia/Shanghai")
    moment = begins + timedelta(minutes=late)
    if fine:
        assert attend(row, a, 0, now=moment) == "course_here"
    else:
        with pytest.raises(Refused) as error:
            attend(row, a, 0, now=moment)
        assert error.value.why == "course_window"
        assert attendance.row_of(row, a.person) is None


def test_a_code_word_is_asked_for_however_it_is_typed(here):
    row, a, now = lesson(here), member(here, "甲"), clock.now()
    course.set_word(row, said(session="0", word="Ｂread 栗子"), key="w", by=None, now=now)
    row.refresh_from_db()
    with pytest.raises(Refused) as error:
        attend(row, a, 0, now=now, word="别的")
    assert error.value.why == "course_word"
    assert attend(row, a, 0, now=now, word=" bread 栗子 ") == "course_here"


def test_the_clock_of_summer_time_is_the_clocks_own():
    session = CoursePlan(sessions=["2026-03-29 03:30 | x"]).all()[0]
    assert session.begins("Europe/Berlin") == datetime(2026, 3, 29, 1, 30, tzinfo=ZoneInfo("UTC"))


def test_the_group_is_told_an_hour_before_each_session_once(here):
    row = lesson(here, first=timedelta(hours=5))
    begins = course.plan_of(row).all()[0].begins("Asia/Shanghai")
    assert row.next == begins - timedelta(hours=1)
    for minutes in (1, 2, 30):
        life.tick(Hand("test", lambda minutes=minutes: begins - timedelta(hours=1) + timedelta(minutes=minutes)))
    assert Outgoing.objects.filter(what="course.session").count() == 1
    row.refresh_from_db()
    assert row.next == begins + timedelta(days=1) - timedelta(hours=1)


def test_places_hold_for_the_sessions_too(here):
    row, now = lesson(here), clock.now()
    Activity.objects.filter(pk=row.pk).update(capacity=1)
    attendance.sign_up(Activity.objects.get(pk=row.pk), member(here, "甲"), via="personal", now=now)
    with pytest.raises(Refused) as error:
        attend(row, member(here, "乙"), 0, now=now)
    assert error.value.why == "course_full"


def test_from_the_phone_to_the_certificate_and_the_full_product(here):
    row, a = lesson(here, needed=1), member(here, "<b>阿明")
    desk = browser(hire(here.workspace))
    phone, address = Client(headers=PHONE), reverse("member_activity", args=[code.personal(a, now=clock.now()), row.pk])
    assert "live.example" not in phone.get(address).content.decode()
    phone.post(address, {"do": "join", "key": "1"})
    assert "live.example" in phone.get(address).content.decode()
    assert phone.post(address, {"do": "attend", "session": "0", "key": "2"}).status_code == 302
    page = phone.get(address).content.decode()
    assert "你已完成" in page and "生成我的证书" in page and "<b>阿明" not in page
    part = attendance.row_of(row, a.person)
    desk.post(reverse("activity_do", args=[row.pk, "bought"]), {"which": part.pk, "key": "b"})
    assert course.numbers(row)["bought"] == 1
    assert "阿明" in desk.get(reverse("activity_csv", args=[row.pk])).getvalue().decode()
    assert desk.get(reverse("activity", args=[row.pk])).status_code == 200
    for session in ("-1", "99", "x", ""):
        assert phone.post(address, {"do": "attend", "session": session}).status_code == 409
        assert desk.post(reverse("activity_do", args=[row.pk, "word"]), {"session": session}).status_code == 409
