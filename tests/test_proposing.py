"""Who proposes a circle, a team or a topic and is told no reads why, on their own page; a no can become a yes."""

import pytest
from at_work import browser, group, hire
from django.test import Client
from stage import PHONE, address, does, leads, member, opened, refused

from huoqun.activities import circle, team_board, topic_stage
from huoqun.activities.circle import CirclePlan
from huoqun.activities.contribution import contributions
from huoqun.activities.team_board import TeamPlan
from huoqun.activities.topic_stage import TopicPlan
from huoqun.base import clock
from huoqun.people import deed
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)
HOSTILE = "<b>这月</b>太满\u202e，下月再说"

KINDS = {
    "circle": (CirclePlan(), circle.CIRCLE, "propose", {"name": "晨跑团", "sort": "run", "charter": "周六跑"}),
    "team_up": (TeamPlan(tasks=["读完一本"]), team_board.TEAM, "lead", {"task": "读完一本", "name": "晨跑团"}),
    "topic": (TopicPlan(), topic_stage.PROPOSAL, "propose", {"text": "晨跑团"}),
}
STAFF = {"circle": ("approve", "circle"), "team_up": ("accept", "offer"), "topic": ("decline", "which")}


@pytest.fixture
def here():
    return group(local(now=clock.now()))


def proposed(here, kind):
    plan, what, does_, texts = KINDS[kind]
    row, who = opened(here, kind, "一起", plan=plan), member(here, "甲")
    does(row, who, does_, **texts)
    return row, who, contributions(row, what).get()


@pytest.mark.parametrize("kind", KINDS)
def test_a_no_needs_a_reason_which_its_proposer_alone_reads(here, kind):
    row, who, one = proposed(here, kind)
    other, (what, field) = member(here, "乙"), STAFF[kind]
    refused("proposal_reason", leads, row, what, **{field: str(one.pk)}, state="refused", reason=" ")
    assert leads(row, what, **{field: str(one.pk)}, state="refused", reason=HOSTILE) == "proposal_declined"
    page = Client(headers=PHONE).get(address(row, who)).content.decode()
    assert "组织者没有同意“<bdi>晨跑团</bdi>”" in page
    assert "&lt;b&gt;这月&lt;/b&gt;太满，下月再说" in page
    assert "太满" not in Client(headers=PHONE).get(address(row, other)).content.decode()
    told = deed.deeds(who.person).get(kind=f"{kind}.declined")
    assert (told.values["text"], told.values["because"]) == ("晨跑团", "<b>这月</b>太满，下月再说")
    boss = browser(hire(here.workspace))
    assert "太满" in boss.get(f"/people/{who.person_id}/").content.decode()
    assert boss.get(f"/activities/{row.pk}/").content.decode().count("改为同意") == 1
    refused("unknown", leads, row, what, **{field: "x"}, state="refused", reason="x", key="other")


@pytest.mark.parametrize("kind", KINDS)
def test_a_no_becomes_a_yes_and_is_told_no_more(here, kind):
    row, who, one = proposed(here, kind)
    what, field = STAFF[kind]
    leads(row, what, **{field: str(one.pk)}, state="refused", reason="太满", key="1")
    yes = "given" if kind == "topic" else "accepted"
    leads(row, what, **{field: str(one.pk)}, state=yes, key="2")
    one.refresh_from_db()
    assert one.state == yes
    assert "太满" not in Client(headers=PHONE).get(address(row, who)).content.decode()


def test_what_was_declined_is_not_voted_on_and_not_proposed_again(here):
    row, who, one = proposed(here, "topic")
    other = member(here, "乙")
    does(row, other, "propose", text="读书")
    leads(row, "decline", which=str(one.pk), reason="上月谈过", key="1")
    refused("topic_declined", does, row, other, "propose", text="晨跑团", key="2")
    refused("topic_few", leads, row, "to_vote", key="3")
    does(row, who, "propose", text="夜跑", key="4")
    leads(row, "to_vote", key="5")
    refused("vote_nothing", does, row, who, "vote", **{"for": one.pk.hex})
    leads(row, "choose", key="6", which=contributions(row, "proposal").get(text="读书").pk.hex)
    row.refresh_from_db()
    page = Client(headers=PHONE).get(address(row, who)).content.decode()
    assert "你的话题“<bdi>夜跑</bdi>”这次没有选上" in page
    assert "上月谈过" in page


def test_a_circle_is_dissolved_with_a_reason_that_all_in_it_read_and_comes_back(here):
    row, who, one = proposed(here, "circle")
    leads(row, "approve", circle=str(one.pk), state="accepted")
    other = member(here, "乙")
    does(row, other, "enter", circle=str(one.pk))
    refused("proposal_reason", leads, row, "dissolve", circle=str(one.pk))
    leads(row, "dissolve", circle=str(one.pk), reason="没有人去")
    for each in (who, other):
        page = Client(headers=PHONE).get(address(row, each)).content.decode()
        assert "“<bdi>晨跑团</bdi>”已解散" in page
        assert "没有人去" in page
    does(row, other, "propose", name="晨跑团", sort="run", charter="再来", key="9")
    refused("circle_name_taken", leads, row, "approve", circle=str(one.pk), state="accepted")
    leads(row, "approve", circle=str(contributions(row, "circle").get(text="再来").pk), state="refused", reason="重名")
    leads(row, "approve", circle=str(one.pk), state="accepted")
    assert [len(c.inside) for c in circle.circles(row)] == [2]
