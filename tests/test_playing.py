"""Every kind of activity in the example has a past and a present, and every page of theirs opens, in both languages."""

import pytest
from at_work import browser, hire
from django.urls import reverse
from django.utils.html import escape

from huoqun.activities.activity import DONE, LIFE, OPEN, RUNNING, SETTLED, Activity, Participation
from huoqun.activities.kinds import KINDS
from huoqun.base import clock, job
from huoqun.people import code, points
from huoqun.people.honour import Honour
from huoqun.people.outbox import SENT, WAITING, Outgoing
from huoqun.people.shop import Order
from huoqun.people.workspace import Workspace, local
from huoqun.simulation import example
from huoqun.simulation.playing import SCENES

pytestmark = pytest.mark.django_db(transaction=True)


def made(language):
    staff = hire(local(now=clock.now()))
    client = browser(staff, headers={"host": "127.0.0.1", "accept-language": language})
    client.post(reverse("example", args=["local"]))
    hand = job.Hand("test", clock.now)
    while example.tick(hand):
        pass
    return client, Workspace.objects.get(example_of=staff.workspace)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_each_kind_has_a_past_and_a_present_and_every_page_of_them_opens(language):
    client, place = made(language)
    there = Activity.objects.filter(workspace=place, kind__in=KINDS)
    assert set(SCENES) == set(KINDS)
    now = clock.now()
    for kind in KINDS:
        states = sorted((row.standing(now) for row in there.filter(kind=kind)), key=LIFE.index)
        assert len(states) == 2, kind
        assert states[0] in {OPEN, RUNNING}, kind
        assert states[1] == SETTLED, kind
    assert points.unbalanced(place) == []
    assert points.earned_by_all(place)
    assert set(Order.objects.values_list("state", flat=True)) == {"ordered", "redeemed", "cancelled"}
    assert Honour.objects.values("rule").distinct().count() == 2
    assert set(Outgoing.objects.values_list("state", flat=True)) >= {SENT, WAITING}
    for row in there:
        look_at(client, row)
    for page in ("activities", "rewards", "reward_board", "reward_levels", "reward_honours", "reward_shop", "outbox"):
        assert client.get(reverse(page, args=[place.slug])).status_code == 200, page
    assert client.get(reverse("spotlight_hall", args=[place.slug])).status_code == 200


def look_at(client, row):
    """Everything happened before now, and both sides of it open."""
    assert not row.participations.filter(at__gt=clock.now()).exists()
    for page in ("activity", "activity_people"):
        assert client.get(reverse(page, args=[row.pk])).status_code == 200, (row.kind, page)
    parts = Participation.objects.filter(activity=row).select_related("identity__group")
    part = parts.filter(state=DONE).first() or parts.first()
    if part is None:
        assert row.kind == "red_packet"
        return
    token = code.personal(part.identity, now=clock.now())
    answer = client.get(reverse("member_activity", args=[token, row.pk]))
    assert answer.status_code == 200, row.kind
    assert escape(row.title) in answer.content.decode(), row.kind
