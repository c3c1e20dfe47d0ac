"""Putting in: staff put a poster or a picture of their own, with words, among what is to be sent in the groups."""

import io
from datetime import timedelta

import pytest
from at_work import browser, group, hire
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from stage import does, jpeg, leads, member, opened

from huoqun.activities import life
from huoqun.activities.spotlight_part import mine
from huoqun.base import clock
from huoqun.people.outbox import Outgoing
from huoqun.people.picture import Picture
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here():
    return group(local(now=clock.now()))


@pytest.fixture
def row(here):
    found = opened(here, "circle", "读书圈", about="每周一本")
    Outgoing.objects.all().delete()
    return found


def desk(row, role="owner"):
    return browser(hire(row.workspace, role))


def put(row, client=None, **form):
    form = {
        "picture": "activity",
        "text": "来吧 {link}",
        "groups": [str(g.pk) for g in row.groups.all()],
        "key": "k",
    } | form
    return (client or desk(row)).post(reverse("activity_put", args=[row.pk]), form)


def test_a_poster_waits_in_each_group_with_a_code_of_its_own_and_its_link(row, here):
    other = group(here.workspace, "第二个群")
    row.groups.add(other)
    boss = desk(row)
    page = boss.get(reverse("activity_put", args=[row.pk])).content.decode()
    assert "活动海报" in page and "第二个群" in page and "读书圈" in page
    seen = [
        boss.get(reverse("activity_put_preview", args=[row.pk]), {"picture": "activity", "group": str(g.pk)}).content
        for g in (here, other)
    ]
    assert seen[0] != seen[1]
    for _twice in range(2):
        assert put(row, boss)["location"].endswith("/outbox")
    rows = list(Outgoing.objects.all())
    assert len(rows) == 2 == Picture.objects.count() and {r.group_id for r in rows} == {here.pk, other.pk}
    with Image.open(io.BytesIO(bytes(rows[0].picture.body))) as found:
        assert found.format == "JPEG" and found.height > found.width > 900
    Outgoing.objects.update(due=clock.now() - timedelta(hours=1))
    listed = boss.get(reverse("outbox", args=[row.workspace.slug])).content.decode()
    assert "/d/" in listed and "{link}" not in listed and str(rows[0].picture_id) in listed
    life.remove(row, by=None, now=clock.now())
    assert {r.state for r in Outgoing.objects.all()} == {"skipped"}


def test_a_picture_of_ones_own_or_words_alone_and_nothing_half_done(row):
    photo = SimpleUploadedFile("p.jpg", jpeg(), "image/jpeg")
    assert put(row, picture="own", own=photo, text="").status_code == 302
    assert put(row, picture="words", key="2").status_code == 302
    first, second = Outgoing.objects.order_by("created")
    assert (first.text, second.picture) == ("", None) and first.picture.width == 60
    for key, bad in enumerate(
        (
            {"picture": "own", "own": SimpleUploadedFile("p.jpg", b"no picture")},
            {"picture": "own", "text": ""},
            {"picture": "words", "text": " "},
            {"groups": []},
            {"groups": ["x"]},
            {"picture": "showcase"},
            {"picture": "x"},
            {"picture": str(row.pk)},
        )
    ):
        answer = put(row, **({"key": f"bad{key}"} | bad))
        assert answer.status_code == 409 and "没有任何改动" in answer.content.decode(), bad
    assert Outgoing.objects.count() == 2 and Picture.objects.count() == 1
    preview = reverse("activity_put_preview", args=[row.pk])
    assert [desk(row).get(preview, {"picture": p}).status_code for p in ("showcase", "own", "x")] == [404] * 3


def test_a_guests_turn_is_put_in_too(here):
    row, who = opened(here, "spotlight", "能人秀"), member(here, "老船长")
    does(row, who, "join", headline="会修船")
    one = mine(row, who.person)
    leads(row, "marks", of=str(one.row.pk), dares="2", able="2", social="1")
    leads(row, "schedule", of=str(one.row.pk), at=f"{clock.now() + timedelta(days=2):%Y-%m-%dT20:00}", demo="yes")
    Outgoing.objects.all().delete()
    assert "会修船的专场" in desk(row).get(reverse("activity_put", args=[row.pk])).content.decode()
    assert put(row, picture=str(one.row.pk)).status_code == 302
    assert Outgoing.objects.get().picture is not None


def test_in_the_list_itself_staff_add_something_of_their_own(row, here):
    place, boss = reverse("outbox", args=[row.workspace.slug]), desk(row)
    photo = SimpleUploadedFile("p.jpg", jpeg(), "image/jpeg")
    form = {"do": "put", "group": str(here.pk), "text": "晚安", "key": "a"}
    for _twice in range(2):
        boss.post(place, form | {"picture": photo})
        photo.seek(0)
    assert Outgoing.objects.get().text == "晚安" and Picture.objects.count() == 1
    other = group(here.workspace, "别人的群")
    host = browser(hire(row.workspace, "host", groups=[here]))
    host.post(place, form | {"group": str(other.pk), "key": "b"})
    boss.post(place, form | {"text": " ", "key": "c"})
    boss.post(place, form | {"picture": SimpleUploadedFile("p.jpg", b"x"), "key": "d"})
    assert Outgoing.objects.count() == 1


def test_who_may_not_puts_nothing_in(row):
    assert put(row, browser(hire(row.workspace, "analyst"))).status_code == 403
    assert not Outgoing.objects.exists()
