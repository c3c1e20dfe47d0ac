"""The certificate: whoever has finished makes their own; anybody checks its number; it ends when what it says does."""

from datetime import timedelta

import pytest
from at_work import browser, group, hire
from django.test import Client
from django.urls import reverse
from stage import PHONE, address, member
from test_challenge import BEGINS, begun, do
from test_course import attend, lesson
from test_homework import give, grade, task

from huoqun.activities import certificate, life
from huoqun.activities.certificate import Certificate
from huoqun.activities.contribution import Contribution
from huoqun.activities.kind import Refused
from huoqun.base import clock
from huoqun.people import code
from huoqun.people.audit import Entry
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here():
    return group(local(now=clock.now()))


def marked(here, name="阿明", score=(6, 3)):
    """A homework that is settled, and one who has handed it in."""
    row, who = task(here), member(here, name)
    give(row, who)
    grade(row, Contribution.objects.get(activity=row, identity=who), *score)
    life.settle(row, now=clock.now())
    row.refresh_from_db()
    return row, who


def making(row, who, **form):
    token = code.personal(who, now=clock.now())
    place = reverse("member_certificate", args=[token, row.pk])
    return Client(headers=PHONE).post(place, form)


def checked(number):
    return Client(headers=PHONE).get(reverse("certificate", args=[number]))


def test_a_homework_gives_one_when_it_is_settled_and_not_before(here):
    row, who, lazy = task(here), member(here, "阿明"), member(here, "懒人")
    give(row, who)
    grade(row, Contribution.objects.get(activity=row), 6, 3)
    with pytest.raises(Refused, match="certificate_not_yet"):
        certificate.issue(row, who, now=clock.now())
    assert making(row, who).status_code == 409
    life.settle(row, now=clock.now())
    assert making(row, who).status_code == 302 and making(row, who).status_code == 302
    assert making(row, lazy).status_code == 409
    one = Certificate.objects.get()
    assert (one.told["name"], one.told["title"], one.told["done"], one.told["of"]) == ("阿明", "写一页", 9.0, 10)
    page = Client(headers=PHONE).get(address(row, who)).content.decode()
    assert one.shown in page and "我的证书" in page
    assert "我的证书" not in Client(headers=PHONE).get(address(row, lazy)).content.decode()


def test_its_page_says_what_it_says_and_nothing_else(here):
    row, who = marked(here)
    one = certificate.issue(row, who, now=clock.now())
    answer = checked(one.number)
    page = answer.content.decode()
    assert "证书有效" in page and "阿明" in page and "写一页" in page and "9/10" in page and "og:image" in page
    assert "练习群" not in page and "我的作业" not in page and "noindex" in answer.headers["X-Robots-Tag"]
    drawn = Client(headers=PHONE).get(reverse("certificate_picture", args=[one.number]))
    assert drawn["content-type"] == "image/png" and drawn.content[:4] == b"\x89PNG"


def test_a_number_is_found_as_it_is_typed_and_nobody_tries_many(here):
    row, who = marked(here)
    one = certificate.issue(row, who, now=clock.now())
    phone, ask = Client(headers=PHONE), reverse("certificate_check")
    assert phone.get(ask).status_code == 200
    for typed in (one.shown, one.shown.lower(), f"  {one.number} "):
        assert "证书有效" in phone.get(ask, {"number": typed}, follow=True).content.decode()
    for typed in ("AAAA-BBBB-CCCC", one.number[:-1], one.number + "A", "x" * 50, "\0", "编号", "0"):
        assert "没有有效证书" in phone.get(ask, {"number": typed}, follow=True).content.decode()
    assert checked("AAAABBBBCCCC").status_code == 404
    other = Client(headers=PHONE, REMOTE_ADDR="10.1.2.3")
    told = [other.get(reverse("certificate", args=["AAAABBBBCCCC"])).status_code for _n in range(62)]
    assert told[0] == 404 and told[-1] == 429


def test_it_ends_with_what_it_says(here):
    row, who = marked(here)
    one = certificate.issue(row, who, now=clock.now())
    life.remove(row, by=None, now=clock.now())
    assert checked(one.number).status_code == 404
    life.restore(row, by=None, now=clock.now())
    assert checked(one.number).status_code == 200
    here.removed = clock.now()
    here.save()
    assert checked(one.number).status_code == 404
    here.removed = None
    here.save()
    Contribution.objects.filter(activity=row).update(score=None)
    assert checked(one.number).status_code == 404
    assert Client(headers=PHONE).get(reverse("certificate_picture", args=[one.number])).status_code == 410
    who.delete()
    assert not Certificate.objects.exists() and checked(one.number).status_code == 404


def test_its_member_takes_it_back_and_staff_void_it(here):
    row, who = marked(here)
    boss = hire(here.workspace)
    one = certificate.issue(row, who, now=clock.now())
    making(row, who, do="back")
    assert checked(one.number).status_code == 404
    certificate.declare(one, void=False, by=boss.account, now=clock.now())
    assert checked(one.number).status_code == 404, "what a member took back staff do not bring out again"
    making(row, who)
    assert checked(one.number).status_code == 200
    desk, place = browser(boss), reverse("activity_certificates", args=[row.pk])
    assert one.shown in desk.get(reverse("activity", args=[row.pk])).content.decode()
    desk.post(place, {"which": str(one.pk), "do": "void"})
    assert checked(one.number).status_code == 404 and making(row, who).status_code == 409
    assert "已作废" in Client(headers=PHONE).get(address(row, who)).content.decode()
    desk.post(place, {"which": str(one.pk), "do": "hold"})
    assert checked(one.number).status_code == 200
    assert desk.post(place, {"which": "x", "do": "void"}).status_code == 302
    told = [e.what for e in Entry.objects.filter(what__contains="certificate").order_by("created")]
    assert told == ["activity.void_certificate", "activity.restore_certificate"]


def test_a_course_and_a_challenge_give_theirs(here):
    row, who = lesson(here), member(here, "学员")
    attend(row, who, 0, now=clock.now())
    assert certificate.earned(row, certificate.attendance.row_of(row, who.person), now=clock.now()) is None
    attend(row, who, 1, now=clock.now() + timedelta(days=1))
    told = certificate.issue(row, who, now=clock.now()).told
    assert (told["done"], told["of"], told["kind"]) == (2, 3, "course")
    row, runner, idle = begun(here, days=3), member(here, "跑者"), member(here, "停下的人")
    for day in range(3):
        do(row, runner, "check_in", BEGINS + timedelta(days=day), key=f"{day}")
    do(row, idle, "check_in", BEGINS, key="i")
    life.settle(row, now=BEGINS + timedelta(days=4))
    row.refresh_from_db()
    told = certificate.issue(row, runner, now=BEGINS + timedelta(days=4)).told
    assert (told["done"], told["of"], told["from"], told["to"]) == (3, 3, "2026-03-01", "2026-03-03")
    with pytest.raises(Refused, match="certificate_not_yet"):
        certificate.issue(row, idle, now=BEGINS + timedelta(days=4))
