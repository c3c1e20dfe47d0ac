"""The showcase: off until staff open it; a work is shown when staff and its member say so; each can undo it."""

import re
from datetime import timedelta

import pytest
from at_work import browser, group, hire
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage import PHONE, address, does, jpeg, leads, member, opened
from test_homework import task

from huoqun.activities import exhibit, life, showcase
from huoqun.activities.contribution import Contribution
from huoqun.activities.kind import Refused
from huoqun.activities.showcase import Showcase
from huoqun.activities.spotlight_part import mine
from huoqun.base import clock
from huoqun.people import code, consent
from huoqun.people.membership import Membership
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here():
    return group(local(now=clock.now()))


@pytest.fixture
def desk(here):
    return browser(hire(here.workspace))


def phone():
    return Client(headers=PHONE)


@pytest.fixture
def work(here):
    """A homework with a piece of 阿明, with words and a picture."""
    row, who = task(here), member(here, "阿明")
    picture = SimpleUploadedFile("p.jpg", jpeg(), "image/jpeg")
    phone().post(address(row, who), {"do": "give", "text": "我的第一炉面包", "picture": picture})
    return row, who, Contribution.objects.get(activity=row)


def says(who, work, what):
    token = code.personal(who, now=clock.now())
    return phone().post(reverse("member_exhibit", args=[token]), {"which": str(work.pk), "say": what})


def open_page(desk, row, **form):
    answer = desk.post(reverse("activity_public", args=[row.pk]), {"do": "keep", "open": "yes"} | form)
    assert answer.status_code == 302, answer.content.decode()
    return reverse("showcase", args=[showcase.of(row).address])


def hang(desk, row, work, do="hang"):
    return desk.post(reverse("activity_public", args=[row.pk]), {"do": do, "which": str(work.pk)})


def test_nothing_is_public_until_staff_open_it_choose_a_work_and_its_member_agrees(desk, work):
    row, who, piece = work
    assert not Showcase.objects.exists()
    place = open_page(desk, row, title="面包展", text="学员的第一炉")
    assert len(place.rsplit("/", 1)[1]) >= 16
    page = phone().get(place).content.decode()
    assert "面包展" in page and "第一炉面包" not in page and "阿明" not in page and "练习群" not in page
    hang(desk, row, piece)
    assert "第一炉面包" not in phone().get(place).content.decode()
    assert "对外展示" in phone().get(address(row, who)).content.decode()
    says(who, piece, "nameless")
    page = phone().get(place).content.decode()
    assert "我的第一炉面包" in page and "阿明" not in page
    says(who, piece, "named")
    assert "阿明" in phone().get(place).content.decode()
    assert (
        "我的第一炉面包" in browser(hire(row.workspace)).get(reverse("activity_public", args=[row.pk])).content.decode()
    )


def test_each_takes_back_their_half_and_the_picture_goes_with_it(desk, work):
    row, who, piece = work
    place = open_page(desk, row)
    hang(desk, row, piece)
    says(who, piece, "named")
    photo = re.search(rf"{place}/[-0-9a-f]+\.jpg", phone().get(place).content.decode())[0]
    assert phone().get(photo)["content-type"] == "image/jpeg" and str(piece.picture_id) not in photo
    home = reverse("member", args=[code.personal(who, now=clock.now())])
    assert "我的哪些作品对外展示" in phone().get(home).content.decode()
    says(who, piece, "no")
    assert phone().get(photo).status_code == 410 and "面包" not in phone().get(place).content.decode()
    hang(desk, row, piece, "down")
    says(who, piece, "named")
    assert "面包" not in phone().get(place).content.decode()
    hang(desk, row, piece)
    assert "面包" in phone().get(place).content.decode()
    desk.post(reverse("activity_public", args=[row.pk]), {"do": "keep"})
    assert phone().get(place).status_code == 410 and phone().get(photo).status_code == 410
    assert phone().get(place + "/poster.png").status_code == 410


def test_a_later_no_a_departure_a_new_version_and_a_removal_end_it(desk, work, here):
    row, who, piece = work
    place = open_page(desk, row)
    hang(desk, row, piece)
    says(who, piece, "named")
    seen = lambda: phone().get(place).content.decode()  # noqa: E731
    day = clock.now().date()
    for what, gone in ((consent.NAME, "阿明"), (consent.PHOTO, ".jpg"), (consent.QUOTE, "面包")):
        assert gone in seen()
        consent.record(who.person, what, given=False, source="电话", on=day, by=None, now=clock.now())
        assert gone not in seen()
    says(who, piece, "named")
    assert "阿明" in seen() and "面包" in seen()
    Membership.objects.filter(identity=who).update(left=clock.now())
    assert "面包" not in seen()
    Membership.objects.filter(identity=who).update(left=None)
    phone().post(address(row, who), {"do": "give", "text": "第二炉面包", "key": "2"})
    assert "面包" not in seen() and not exhibit.mine(who)
    assert says(who, piece, "named").status_code == 409
    life.remove(row, by=None, now=clock.now())
    assert phone().get(place).status_code == 410


def test_nobody_answers_for_another_or_for_another_group(work, here):
    row, _who, piece = work
    assert says(member(here, "小红"), piece, "named").status_code == 409
    assert says(member(group(here.workspace, "别的群"), "老王"), piece, "named").status_code == 409
    assert says(_who, piece, "perhaps").status_code == 409
    assert not (Contribution.objects.get(activity=row).values.get("exhibit") or {}).get("said")


def test_an_address_is_chosen_once_and_search_engines_wait_for_a_word(desk, work, here):
    row, _who, _piece = work
    place = open_page(desk, row, address="Bread-Show")
    assert place == "/show/bread-show"
    answer = phone().get(place)
    assert "noindex" in answer.headers["X-Robots-Tag"] and 'content="noindex"' in answer.content.decode()
    open_page(desk, row, address="bread-show", listed="yes")
    answer = phone().get(place)
    assert "X-Robots-Tag" not in answer.headers and "noindex" not in answer.content.decode()
    other = task(here, "另一个")
    for bad in ("bread-show", "ab", "-abc", "a b c", "../../x", "中文地址", "x" * 60):
        form = {"do": "keep", "open": "yes", "address": bad, "text": "打过的字"}
        told = desk.post(reverse("activity_public", args=[other.pk]), form)
        assert told.status_code == 409 and "打过的字" in told.content.decode()
    assert showcase.of(other) is None
    fresh = open_page(desk, row, listed="yes")
    assert fresh != place and phone().get(place).status_code == 410
    assert "noindex" in phone().get(fresh).headers["X-Robots-Tag"], "what cannot be guessed is not listed"


def test_what_shows_no_works_is_settled_first_and_tells_numbers_alone(desk, here):
    row = opened(here, "circle", "读书圈")
    with pytest.raises(Refused, match="showcase_settled"):
        showcase.keep(row, open_=True, by=hire(here.workspace).account, now=clock.now())
    life.settle(row, now=clock.now())
    row.refresh_from_db()
    page = phone().get(open_page(desk, row)).content.decode()
    assert "读书圈" in page and "0 人参加" in page


def test_the_spotlight_shows_the_cards_of_those_who_agreed(desk, here):
    row, who, shy = opened(here, "spotlight", "能人秀"), member(here, "老船长"), member(here, "怕羞的人")
    for each in (who, shy):
        does(row, each, "join", headline=f"{each.name}会修船")
        leads(row, "marks", of=str(mine(row, each.person).row.pk), dares="2", able="2", social="1")
    for n, each in enumerate((who, shy)):
        one, day = str(mine(row, each.person).row.pk), clock.now() + timedelta(days=2 + n)
        leads(row, "schedule", of=one, at=f"{day:%Y-%m-%dT20:00}", **({"demo": "yes"} if n == 0 else {}))
        leads(row, "begin", of=one, now=day)
        leads(row, "finish", of=one, now=day + timedelta(hours=1))
    does(row, who, "card", headline="会修船", agree=["name", "quote"], public="yes")
    place = open_page(desk, row)
    page = phone().get(place).content.decode()
    assert "会修船" in page and "老船长" in page and "怕羞" not in page and "/card/" in page
    does(row, who, "card", headline="会修船", agree=["name", "quote"])
    assert "老船长" not in phone().get(place).content.decode()


def test_a_group_has_a_page_that_lists_open_pages(desk, here, work):
    row, _who, _piece = work
    place = reverse("group_public", args=[here.pk])
    assert desk.post(place, {"do": "keep", "open": "yes"}).status_code == 409
    desk.post(place, {"do": "keep", "open": "yes", "title": "烘焙爱好者", "address": "bakers"})
    assert "面包展" not in phone().get("/show/bakers").content.decode()
    its = open_page(desk, row, title="面包展")
    page = phone().get("/show/bakers").content.decode()
    assert "烘焙爱好者" in page and "面包展" in page and its in page and here.name not in page
    assert phone().get("/show/bakers/poster.png")["content-type"] == "image/png"
    here.removed = clock.now()
    here.save()
    assert phone().get("/show/bakers").status_code == 410 and phone().get(its).status_code == 410


def test_staff_who_may_not_change_it_see_it_and_change_nothing(here, work):
    row, _who, piece = work
    guest = browser(hire(here.workspace, "analyst"))
    place = reverse("activity_public", args=[row.pk])
    assert guest.get(place).status_code in {200, 403}
    assert guest.post(place, {"do": "hang", "which": str(piece.pk)}).status_code == 403
    assert not Showcase.objects.exists()


@settings(max_examples=5, deadline=timedelta(seconds=5), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.text(max_size=120), text=st.text(max_size=200), address=st.text(max_size=50))
def test_any_words_make_a_page_or_are_refused(desk, work, title, text, address):
    row, _who, _piece = work
    form = {"do": "keep", "open": "yes", "title": title + "<script>", "text": text + "<b>", "address": address}
    answer = desk.post(reverse("activity_public", args=[row.pk]), form)
    assert answer.status_code in {302, 409}
    if answer.status_code == 302:
        page = phone().get(reverse("showcase", args=[showcase.of(row).address])).content.decode()
        assert "<script>" not in page and "<b>" not in page
