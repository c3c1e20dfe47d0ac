"""Activities: one life, one attendance, one outbox for every kind; staff on their pages, members on their phones."""

import io
import re
from datetime import timedelta

import pytest
from at_work import browser, group, hire
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from huoqun.activities import attendance, life, vote
from huoqun.activities.activity import Closed, WrongMoment
from huoqun.activities.kind import Refused, said
from huoqun.activities.kinds import KINDS
from huoqun.base import clock
from huoqun.base.job import Hand
from huoqun.people import code, deed, outbox, points
from huoqun.people.membership import Membership
from huoqun.people.outbox import Outgoing
from huoqun.people.person import Identity, Person
from huoqun.people.picture import Picture
from huoqun.people.trace import Trace
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"host": "127.0.0.1", "accept-language": "zh-CN"}


@pytest.fixture
def here():
    return group(local(now=clock.now()))


@pytest.fixture
def boss(here):
    return hire(here.workspace)


def member(there, name):
    now = clock.now()
    person = Person.objects.create(workspace=there.workspace, created=now)
    row = Identity.objects.create(group=there, person=person, account=name, name=name, created=now)
    Membership.objects.create(identity=row, number=1, created=now)
    return row


def cakes(there, **more):
    plan = more.pop("plan", vote.VotePlan(options=["栗子", "抹茶", "可可"]))
    return life.begin(
        there.workspace, "vote", title="下周烤什么", groups=[there], plan=plan, by=None, now=clock.now(), **more
    )


def signing_up(there, capacity):
    row = cakes(there, capacity=capacity)
    life.open_up(row, now=clock.now())
    row.refresh_from_db()
    return row


def test_its_life_goes_one_way_and_asking_again_changes_nothing(here):
    row, now = cakes(here), clock.now()
    with pytest.raises(Closed):
        vote.vote(row, member(here, "阿明"), said(options="栗子"), via="personal", key="1", at=None, now=now)
    with pytest.raises(WrongMoment):
        life.close(row, now=now)
    for deed_, state in ((life.open_up, "open"), (life.close, "closed"), (life.settle, "settled")):
        deed_(row, now=now)
        deed_(row, now=now)
        row.refresh_from_db()
        assert row.state == state
    with pytest.raises(WrongMoment):
        life.open_up(row, now=now)


def test_places_go_to_who_came_first_and_who_waits_moves_up(here):
    row, now = signing_up(here, 2), clock.now()
    a, b, c, d = (member(here, name) for name in "甲乙丙丁")
    for n, (who, state) in enumerate(zip((a, b, c, d), ["joined", "joined", "waiting", "waiting"], strict=True)):
        assert attendance.sign_up(row, who, via="personal", now=now + timedelta(seconds=n)).state == state
    with pytest.raises(attendance.Full):
        attendance.sign_up(row, a, count=2, via="personal", now=now)
    attendance.sign_off(row, b, now=now + timedelta(seconds=9))
    there = [(p.identity.name, p.state) for p in attendance.participants(row)]
    assert there == [("甲", "joined"), ("丙", "joined"), ("丁", "waiting")]
    plan = vote.VotePlan.model_validate(row.plan)
    said_ = {"title": row.title, "about": "", "starts": None, "closes": None, "by": None, "now": now}
    life.describe(row, plan=plan, capacity=3, **said_)
    assert attendance.participants(row, "waiting").count() == 0
    kinds = {d_.kind for d_ in deed.deeds(c.person)}
    assert kinds == {"vote.wait", "vote.join"}


def test_it_closes_by_itself_and_pays_once_within_its_budget(here):
    now = clock.now()
    row = cakes(here, closes=now + timedelta(days=1), plan=vote.VotePlan(options=["栗子", "抹茶"], points=5, budget=12))
    life.open_up(row, now=now)
    crowd = [member(here, name) for name in "甲乙丙"]
    for n, who in enumerate(crowd):
        later = now + timedelta(seconds=n)
        vote.vote(row, who, said(options="栗子"), via="personal", key="1", at=None, now=later)
    life.tick(Hand("test", lambda: now + timedelta(days=2)))
    row.refresh_from_db()
    assert (row.state, row.closed) == ("closed", row.closes)
    for _ in range(2):
        life.settle(row, now=now + timedelta(days=2))
    assert [points.balance(who.person) for who in crowd] == [5, 5, 2]
    assert points.unbalanced(here.workspace) == []


def test_a_vote_counts_once_and_can_be_changed(here):
    row, now = cakes(here), clock.now()
    life.open_up(row, now=now)
    who = member(here, "阿明")
    for choice in ("栗子", "抹茶"):
        vote.vote(row, who, said(options=choice), via="personal", key=choice, at=None, now=now)
    assert vote.counts(row)[0] == ("抹茶", 1)
    assert sum(n for _o, n in vote.counts(row)) == 1
    with pytest.raises(Refused):
        vote.vote(row, who, said(options=["栗子", "抹茶"]), via="personal", key="z", at=None, now=now)
    with pytest.raises(Refused):
        vote.vote(row, who, said(options="别的"), via="personal", key="z", at=None, now=now)


def test_staff_see_a_vote_by_stratum_and_the_groups_are_told_how_it_went(here, boss):
    row, now = cakes(here), clock.now()
    life.open_up(row, now=now)
    for name, stratum, choice in (
        ("甲", "core", "栗子"),
        ("乙", "core", "抹茶"),
        ("丙", "silent", "抹茶"),
        ("丁", "", "抹茶"),
    ):
        who = member(here, name)
        if stratum:
            Trace.objects.create(identity=who, group=here, day=now.date(), stratum=stratum, ago=0, created=now)
        vote.vote(row, who, said(options=choice), via="personal", key=name, at=None, now=now)
    assert vote.by_stratum(row) == {"core": {"栗子": 1, "抹茶": 1}, "silent": {"抹茶": 1}, "": {"抹茶": 1}}
    assert "潜水" in browser(boss).get(reverse("activity", args=[row.pk])).content.decode()
    life.close(row, now=now)
    assert "抹茶 3\n栗子 1\n可可 0" in Outgoing.objects.get(what="vote.close").text
    quiet = cakes(here, plan=vote.VotePlan(options=["栗子", "抹茶"], announce=False))
    life.open_up(quiet, now=now)
    life.close(quiet, now=now)
    assert Outgoing.objects.filter(what="vote.close").count() == 1


def test_what_opens_is_said_once_in_each_group_not_in_the_night(here):
    row = cakes(here)
    night = clock.now().replace(hour=18, minute=30)  # half past two in Shanghai
    life.open_up(row, now=night)
    life.open_up(row, now=night)
    (waits,) = Outgoing.objects.all()
    assert "下周烤什么" in waits.text
    assert waits.due.astimezone().utctimetuple().tm_hour == 0  # eight o'clock there
    assert not outbox.to_send(here.workspace, now=night).exists()
    assert outbox.to_send(here.workspace, now=waits.due).exists()


def test_a_member_comes_by_the_door_votes_and_comes_back(here, boss):
    row, now = cakes(here), clock.now()
    life.open_up(row, now=now)
    who = member(here, "阿明")
    page = browser(boss).get(reverse("activity", args=[row.pk])).content.decode()
    address = re.search(r'value="http://127.0.0.1(/d/[^"]+)"', page)[1]
    phone = Client(headers=PHONE)
    assert "谁" in phone.get(address).content.decode()
    assert phone.post(address, {"name": "没有的人"}).status_code == 422
    answer = phone.post(address, {"name": "阿明"}, follow=True)
    assert answer.status_code == 200
    place = answer.request["PATH_INFO"]
    done = phone.post(place, {"do": "vote", "options": "栗子", "key": "k"}, follow=True)
    assert "投票成功" in done.content.decode()
    assert Client(headers=PHONE).post(address, {"name": "阿明"}).status_code == 409, (
        "another phone does not become them"
    )
    assert phone.post(address, {"name": "阿明"}).status_code == 302, "the same phone does"
    assert "下周烤什么" in phone.get(place.rsplit("/", 2)[0] + "/").content.decode()
    assert len(done.content) < 100_000
    Membership.objects.filter(identity=who).update(left=now)
    assert phone.get(place).status_code == 410


def test_links_made_anew_kill_the_old_ones(here, boss):
    row, now = cakes(here), clock.now()
    life.open_up(row, now=now)
    who = member(here, "阿明")
    old = reverse("member", args=[code.personal(who, now=now)])
    phone = Client(headers=PHONE)
    assert phone.get(old).status_code == 200
    code.renew(who, by=boss.account, now=now + timedelta(seconds=5))
    assert phone.get(old).status_code == 410
    new = reverse("member", args=[code.personal(who, now=now + timedelta(seconds=9))])
    assert phone.get(new).status_code == 200
    assert phone.get(old[:-3] + "x/").status_code == 404


def test_staff_make_it_open_it_tick_off_what_was_said(here, boss):
    client = browser(boss)
    member(here, "阿明")
    slug = here.workspace.slug
    form = {"title": "周末去哪", "groups": [str(here.pk)], "plan-options": "爬山\n划船", "plan-several": "x"}
    wrong = client.post(f"/w/{slug}/activities/new/vote", form)
    assert wrong.status_code == 422
    assert "爬山" in wrong.content.decode(), "what was typed is still there"
    made = client.post(f"/w/{slug}/activities/new/vote", form | {"plan-several": "1"})
    place = made["location"]
    assert client.post(place + "go", {"do": "settle"}).status_code == 409
    assert client.post(place + "go", {"do": "open"}).status_code == 302
    said_ = client.get(f"/w/{slug}/outbox").content.decode()
    (waits,) = Outgoing.objects.all()
    if waits.due <= clock.now():
        assert "/d/" in said_
    assert client.post(f"/w/{slug}/outbox", {"which": str(waits.pk), "do": "done"}).status_code == 302
    assert Outgoing.objects.get().state == "sent"
    client.post(f"/w/{slug}/outbox", {"which": str(waits.pk), "do": "again"})
    assert Outgoing.objects.get().state == "waiting"
    page = client.get(place + "people").content.decode()
    assert "/m/" in page
    assert client.post(place + "go", {"do": "remove"}).status_code == 302
    assert client.get(place).status_code == 404
    assert Outgoing.objects.get().state == "skipped"


def test_what_a_kind_does_not_know_is_refused_in_words(here):
    row, now = cakes(here), clock.now()
    life.open_up(row, now=now)
    token = code.personal(member(here, "阿明"), now=now)
    phone = Client(headers=PHONE)
    answer = phone.post(reverse("member_activity", args=[token, row.pk]), {"do": "fly"})
    assert answer.status_code == 404
    assert "没有这个操作" in answer.content.decode()
    other = cakes(group(here.workspace, "别的群"))
    life.open_up(other, now=now)
    assert phone.get(reverse("member_activity", args=[token, other.pk])).status_code == 404


# -- a picture comes with its deed, or not at all


def photo(size=60):
    out = io.BytesIO()
    Image.new("RGB", (size, 80), "teal").save(out, "JPEG")
    return SimpleUploadedFile("p.jpg", out.getvalue(), "image/jpeg")


def shown_by(there):
    row = life.begin(
        there.workspace,
        "show_day",
        title="晒单",
        groups=[there],
        plan=KINDS["show_day"].plan(sort="likes"),
        by=None,
        now=clock.now(),
    )
    life.open_up(row, closes=clock.now() + timedelta(days=2), now=clock.now())
    who = member(there, "阿明")
    return row, who, reverse("member_activity", args=[code.personal(who, now=clock.now()), row.pk])


def test_a_picture_of_a_refused_deed_is_not_kept(here):
    row, _who, place = shown_by(here)
    phone = Client(headers=PHONE)
    assert phone.post(place, {"do": "show", "picture": photo(), "likes": "many"}).status_code == 409
    assert phone.post(place, {"do": "nothing", "picture": photo()}).status_code == 404
    assert not Picture.objects.exists() and not row.contributions.exists()
    for _ in range(2):
        sent = {"do": "show", "key": "k", "picture": photo(), "likes": "3", "text": "好吃"}
        assert phone.post(place, sent).status_code == 302
    assert Picture.objects.count() == 1 and row.contributions.get().picture_id == Picture.objects.get().pk
    life.close(row, now=clock.now())
    assert phone.post(place, {"do": "show", "picture": photo(90), "likes": "3"}).status_code == 409
    assert Picture.objects.count() == 1


def test_a_picture_that_staff_send_with_a_refused_deed_is_not_kept(here, boss):
    row, _who, _place = shown_by(here)
    answer = browser(boss).post(reverse("activity_do", args=[row.pk, "judge"]), {"which": "x", "picture": photo()})
    assert answer.status_code == 409 and not Picture.objects.exists()
