"""Circles: members organise themselves; staff approve; what they do together is reported and becomes ties."""

from uuid import uuid4

import pytest
from at_work import browser, group, hire
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage import PHONE, address, does, leads, member, opened, refused

from huoqun.activities import attendance, circle, life
from huoqun.activities.activity import Closed
from huoqun.activities.circle import CirclePlan, circles, proposals
from huoqun.activities.kinds import KINDS
from huoqun.base import clock
from huoqun.people import deed, points
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here():
    return group(local(now=clock.now()))


def ring(here, **plan):
    return opened(here, "circle", "自组织圈子", plan=CirclePlan(**plan))


def founded(row, who, name="晨跑团", sort="run"):
    does(row, who, "propose", name=name, sort=sort, charter="每周三次，跑满一百公里", key=name)
    leads(row, "approve", circle=str(proposals(row).get(values__name=name).pk), state="accepted")
    return next(c for c in circles(row) if c.name == name)


def test_a_proposal_has_a_name_a_sort_and_a_charter_and_waits_for_a_word(here):
    row, who = ring(here, waiting=2), member(here, "甲")
    for wrong in ({"name": ""}, {"charter": " "}):
        refused("circle_empty", does, row, who, "propose", **({"name": "a", "charter": "b", "sort": "run"} | wrong))
    refused("circle_sort", does, row, who, "propose", name="a", charter="b", sort="x")
    for _ in range(2):
        does(row, who, "propose", name="晨跑团", sort="run", charter="跑", key="1")
    refused("circle_name_taken", does, row, who, "propose", name="晨跑团", sort="run", charter="跑", key="2")
    does(row, who, "propose", name="公益", sort="charity", charter="旧书", key="3")
    refused("circle_waiting", does, row, who, "propose", name="c", sort="other", charter="c", key="4")
    assert circles(row) == []
    no = proposals(row).get(values__name="公益")
    assert leads(row, "approve", circle=str(no.pk), state="refused", reason="下月再说") == "proposal_declined"
    yes = proposals(row).get()
    for _ in range(2):
        leads(row, "approve", circle=str(yes.pk), state="accepted")
    (there,) = circles(row)
    assert (there.name, there.leader, [i.name for i in there.inside]) == ("晨跑团", who, ["甲"])
    does(row, who, "propose", name="公益", sort="charity", charter="旧书", key="5")


def test_members_come_and_go_and_a_lead_hands_over_first(here):
    row = ring(here, most=2)
    a, b, c = (member(here, name) for name in "甲乙丙")
    one = founded(row, a)
    for _ in range(2):
        does(row, b, "enter", circle=one.id)
    with pytest.raises(attendance.Full):
        does(row, c, "enter", circle=one.id)
    refused("circle_lead", does, row, a, "step_out", circle=one.id)
    refused("circle_not_in", leads, row, "hand_over", circle=one.id, who=str(c.pk))
    leads(row, "hand_over", circle=one.id, who=str(b.pk))
    does(row, a, "step_out", circle=one.id)
    with pytest.raises(attendance.NotIn):
        does(row, a, "step_out", circle=one.id)
    assert attendance.row_of(row, a.person).state == "left"
    does(row, c, "enter", circle=one.id)
    does(row, b, "propose", name="公益", sort="charity", charter="旧书")
    two = founded(row, c, "探店", "inspect")
    does(row, b, "enter", circle=two.id)
    assert [len(x.inside) for x in circles(row)] == [2, 2], "one may be in several"
    leads(row, "dissolve", circle=two.id, reason="没有人去")
    assert [x.name for x in circles(row)] == ["晨跑团"]
    refused("circle_none", does, row, a, "enter", circle=two.id)


def test_what_was_done_together_is_told_once_and_with_whom(here):
    row = ring(here, points=8)
    a, b, c = (member(here, name) for name in "甲乙丙")
    one = founded(row, a)
    does(row, b, "enter", circle=one.id)
    does(row, c, "enter", circle=one.id)
    refused("circle_words", does, row, a, "report", circle=one.id, text=" ")
    refused("circle_not_in", does, row, member(here, "丁"), "report", circle=one.id, text="我也跑了")
    with_ = {"with": [str(b.pk), "x"]}
    for _ in range(2):
        does(row, a, "report", circle=one.id, text="跑了十公里", number="10", key="1", **with_)
    (there,) = circles(row)
    assert (there.count, len(there.results), there.results[0].values["names"]) == (10, 1, 2)
    assert deed.deeds(b.person).get(kind="circle.mates").evidence["with"] == [str(a.person_id)]
    assert not deed.deeds(c.person).filter(kind="circle.mates").exists()
    for _ in range(2):
        life.settle(row, now=clock.now())
    assert [points.balance(who.person) for who in (a, b, c)] == [8, 8, 0]
    with pytest.raises(Closed):
        does(row, a, "report", circle=one.id, text="晚了", key="2")


def test_pages_lead_from_the_proposal_to_the_result(here):
    desk, phone, other = browser(hire(here.workspace)), Client(headers=PHONE), Client(headers=PHONE)
    row, a, b = ring(here), member(here, "甲"), member(here, "乙")
    form = {"do": "propose", "name": "<u>晨跑</u>", "sort": "run", "charter": "跑满一百公里"}
    assert phone.post(address(row, a), form).status_code == 302
    page = desk.get(reverse("activity", args=[row.pk])).content.decode()
    assert "&lt;u&gt;晨跑" in page
    form = {"circle": str(proposals(row).get().pk), "state": "accepted"}
    assert desk.post(reverse("activity_do", args=[row.pk, "approve"]), form).status_code == 302
    (one,) = circles(row)
    stranger = other.get(address(row, b)).content.decode()
    assert "晨跑" in stranger
    assert other.post(address(row, b), {"do": "enter", "circle": one.id}).status_code == 302
    told = {"do": "report", "circle": one.id, "text": "第一次十公里", "with": [str(a.pk), str(b.pk)]}
    assert phone.post(address(row, a), told).status_code == 302
    assert "第一次十公里" in other.get(address(row, b)).content.decode()
    page = desk.get(reverse("activity", args=[row.pk])).content.decode()
    assert "第一次十公里" in page
    assert len(page) < 100_000


ODD = st.one_of(st.text(max_size=30), st.sampled_from(["", "0", "-1", "9" * 20, "\0", "<script>", "run", "accepted"]))


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_text_in_any_field_is_an_answer(data):
    here = group(local(now=clock.now()), f"群{uuid4().hex[:6]}")
    desk, phone = browser(hire(here.workspace)), Client(headers=PHONE)
    row = ring(here)
    who, other = member(here, "甲"), member(here, "乙")
    one = founded(row, who)
    ids = st.sampled_from([one.id, str(who.pk), "x"])
    for whom in (who, other):
        form = {n: data.draw(ODD) for n in ("name", "sort", "charter", "text", "number", "key")}
        form |= {"circle": data.draw(ids), "with": data.draw(ids)}
        what = data.draw(st.sampled_from(sorted(KINDS["circle"].member)))
        assert phone.post(address(row, whom), form | {"do": what}).status_code in {302, 409}, (what, form)
        assert phone.get(address(row, whom)).status_code == 200
    what = data.draw(st.sampled_from(sorted(KINDS["circle"].staff)))
    form = {"circle": data.draw(ids), "who": data.draw(ids), "state": data.draw(ODD), "reason": data.draw(ODD)}
    assert desk.post(reverse("activity_do", args=[row.pk, what]), form).status_code in {302, 409}, (what, form)
    assert desk.get(reverse("activity", args=[row.pk])).status_code == 200
    assert set(circle.SORTS) >= {c.row.values["sort"] for c in circles(row)}
