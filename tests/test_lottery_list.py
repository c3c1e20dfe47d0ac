"""Who is in a lottery without signing up: everybody, a segment, who finished something, pasted names; and its proof."""

from datetime import timedelta

import pytest
from at_work import browser, group, hire
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage import PHONE, address, does, leads, member, opened, refused

from huoqun.activities import attendance, draw, life, lottery_list, sealed_draw
from huoqun.activities.activity import INVITED, LEFT, Participation
from huoqun.activities.lottery_prize import LotteryPlan, stakes
from huoqun.base import clock
from huoqun.people import deed, merge, points, profile, segment, tally
from huoqun.people.condition import Block, Condition
from huoqun.people.workspace import local
from huoqun.web import fairness, lottery_proof

pytestmark = pytest.mark.django_db(transaction=True)
PLAN = LotteryPlan(prizes=["书 | 2"], points=5)


@pytest.fixture
def here():
    return group(local(now=clock.now()))


def lot(here, **plan):
    return opened(here, "lottery", "抽奖", plan=PLAN.model_copy(update=plan))


def names(row):
    return [part.identity.name for part in lottery_list.entrants(row)]


def closed(row):
    life.close(row, now=clock.now())
    row.refresh_from_db()
    return sealed_draw.published(row, stakes(row))


def test_everybody_of_the_groups_is_in_once_and_the_proof_holds(here):
    row = lot(here)
    crowd = {name: member(here, name) for name in "甲乙丙丁"}
    does(row, crowd["丁"], "join")
    merge.merge(crowd["甲"].person, crowd["乙"].person, reason="hand", by=None, now=clock.now())
    leads(row, "enlist", source="list_groups", key="1")
    leads(row, "enlist", source="list_groups", key="1")
    assert names(row)[0] == "丁", "who signed up came first"
    assert sorted(names(row)) in (["丁", "丙", "甲"], ["丁", "丙", "乙"])
    told = closed(row)
    assert (len(told["entries"]), told["listed"], draw.check(told)) == (3, 2, [])
    refused("lottery_frozen", leads, row, "enlist", source="list_groups", key="2")
    refused("lottery_frozen", leads, row, "strike", list="1", key="3")
    leads(row, "draw")
    row.refresh_from_db()
    told = sealed_draw.published(row, stakes(row))
    assert draw.check(told) == []
    assert told["listed"] == 2
    for who in (crowd["甲"], crowd["乙"]):
        line = sealed_draw.line_of(row, who)
        assert draw.line_digest(line["code"], line["name"]) in {e["digest"] for e in told["entries"]}
    life.settle(row, now=clock.now())
    assert (points.balance(crowd["丁"].person), points.balance(crowd["丙"].person)) == (5, 0), "listed took no part"


def test_a_segment_and_a_group_of_several(here):
    other = group(here.workspace, "别的群")
    row = lot(here)
    row.groups.add(other)
    a, b, c = member(here, "甲"), member(here, "乙"), member(other, "丙")
    stranger = member(group(here.workspace, "不在抽奖里"), "丁")
    tally.count([who.person_id for who in (a, b, c, stranger)], now=clock.now())
    boss = hire(here.workspace)
    for who in (a, stranger):
        profile.say(who.person, "tag", "老朋友", by=boss.account, now=clock.now())
    rule = Block(parts=(Condition(of="tag", how="has", value="老朋友"),))
    kept = segment.keep(here.workspace, name="甲和丁", rule=rule, by=boss.account, now=clock.now())
    leads(row, "enlist", source="list_segment", segment=str(kept.pk), key="1")
    assert names(row) == ["甲"], "only members of its own groups"
    leads(row, "enlist", source="list_groups", group=str(other.pk), key="2")
    assert names(row) == ["甲", "丙"]
    page = browser(boss).get(reverse("activity", args=[row.pk])).content.decode()
    assert "一个分群 “<bdi>甲和丁</bdi>”" in page
    assert "群里所有人 “<bdi>别的群</bdi>”" in page
    leads(row, "strike", list="1", key="3")
    assert names(row) == ["丙"]
    refused("lottery_no_segment", leads, row, "enlist", source="list_segment", segment="x", key="4")
    refused("lottery_no_group", leads, row, "enlist", source="list_groups", group=str(kept.pk), key="5")
    refused("lottery_source", leads, row, "enlist", source="x", key="6")


def test_who_took_part_came_to_or_finished_another_activity(here):
    crowd = {name: member(here, name) for name in "甲乙丙丁"}
    other = opened(here, "challenge", "打卡")
    for name in "甲乙丙":
        part = attendance.arrive(other, crowd[name], via="staff", now=clock.now())
        part.values = part.values | {"finished": name == "甲"}
        part.save()
    meetup = opened(here, "vote", "投票", plan=life.KINDS["vote"].plan(options=["a", "b"]))
    attendance.sign_up(meetup, crowd["丁"], via="staff", now=clock.now())
    attendance.arrive(meetup, crowd["乙"], via="staff", now=clock.now())
    for of, how, wanted in (
        (other, "list_came", "甲乙丙"),
        (other, "list_finished", "甲"),
        (meetup, "list_took_part", "丁乙"),
        (meetup, "list_came", "乙"),
    ):
        row = lot(here)
        leads(row, "enlist", source="list_activity", activity=str(of.pk), how=how)
        assert sorted(names(row)) == sorted(wanted), how
    refused("lottery_no_activity", leads, row, "enlist", source="list_activity", activity=str(row.pk), how=how, key="2")
    refused("lottery_no_activity", leads, row, "enlist", source="list_activity", activity=str(of.pk), how="x", key="3")
    refused("lottery_list_empty", leads, row, "enlist", source="list_names", names="没有", skip="yes", key="4")


def test_pasted_names_that_are_nobodys_are_reported_and_nothing_is_half_done(here):
    row = lot(here)
    for name in ("Ａnna", "乙"):
        member(here, name)
    for number in (1, 2):
        twin(here, number)
    boss = browser(hire(here.workspace))
    place = reverse("activity_do", args=[row.pk, "enlist"])
    form = {"key": "1", "source": "list_names", "names": " anna \n乙\n乙\n双胞胎\n<b>没有这人\n"}
    page = boss.post(place, form)
    assert page.status_code == 409
    text = page.content.decode()
    assert "群里没有：&lt;b&gt;没有这人。有几个人同名：双胞胎。" in text
    assert "双胞胎\n&lt;b&gt;没有这人" in text, "what was typed stays"
    assert names(row) == []
    assert boss.post(place, form | {"skip": "yes"}).status_code == 302
    assert set(names(row)) == {"Ａnna", "乙"}
    row.refresh_from_db()
    assert "没有这人" not in str(row.state_of_play), "names are not kept"


def twin(here, number):
    who = member(here, f"双胞胎{number}")
    who.name = "双胞胎"
    who.save()


def test_who_was_put_in_sees_it_and_can_say_no_for_good(here):
    row, who = lot(here, entry="entry_listed"), member(here, "甲")
    phone, place = Client(headers=PHONE), address(row, who)
    assert "名单由组织者定" in phone.get(place).content.decode()
    refused("lottery_listed", does, row, who, "join")
    leads(row, "enlist", source="list_groups", key="1")
    assert not deed.deeds(who.person).filter(kind__startswith="lottery").exists(), "they did nothing"
    assert Participation.objects.get().state == INVITED
    assert "组织者把你放了进来" in phone.get(place).content.decode()
    assert phone.post(place, {"do": "leave_out", "key": "1"}).status_code == 302
    assert Participation.objects.get().state == LEFT
    assert names(row) == []
    refused("lottery_list_empty", leads, row, "enlist", source="list_groups", key="2")
    assert phone.post(place, {"do": "leave_out", "key": "2"}).status_code == 409
    attendance.sign_up(row, who, via="staff", now=clock.now())
    assert names(row) == ["甲"], "unless they are signed up after all"


def test_who_is_in_two_lists_stays_when_one_is_taken_out_and_wins_as_others_do(here):
    row, who = lot(here), member(here, "甲")
    leads(row, "enlist", source="list_groups", key="1")
    leads(row, "enlist", source="list_names", names="甲", key="2")
    leads(row, "strike", list="1", key="3")
    assert names(row) == ["甲"]
    closed(row)
    leads(row, "draw")
    page = Client(headers=PHONE).get(address(row, who)).content.decode()
    assert "你中了" in page or "书" in page
    assert does(row, who, "claim", contact="佛山") == "lottery_claimed"


def test_proofs_are_paced_by_address(here, monkeypatch):
    monkeypatch.setattr(lottery_proof, "MOST_LOOKS", 3)
    cache.clear()
    row, stranger = lot(here), Client(headers=PHONE)
    there = fairness.proof(row)
    assert [stranger.get(at).status_code for at in (there, there + "lottery.json", there)] == [200, 200, 200]
    assert stranger.get(there + "lottery.json").status_code == 429
    assert stranger.get(there).status_code == 429
    cache.clear()


def test_a_large_group_is_put_in_by_few_queries(here, django_assert_max_num_queries):
    for n in range(60):
        member(here, f"成员{n}")
    row = lot(here)
    with django_assert_max_num_queries(16):
        leads(row, "enlist", source="list_groups", key="1")
    assert len(names(row)) == 60


@settings(max_examples=10, deadline=timedelta(seconds=5), suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_form_is_answered_in_words(here, data):
    row = lot(here)
    member(here, f"甲{row.pk.hex}")
    odd = st.sampled_from(["", "x", "甲", "0", "1", "list_came", str(row.pk), str(here.pk), "\u202e", "１", "9" * 30])
    fields = ("group", "segment", "activity", "how", "names", "skip", "list")
    form = {name: data.draw(odd) for name in fields} | {"source": data.draw(st.sampled_from(lottery_list.SOURCES))}
    boss = browser(hire(here.workspace))
    for what in ("enlist", "strike", "enlist"):
        assert boss.post(reverse("activity_do", args=[row.pk, what]), form).status_code in {302, 409}
    assert draw.check(closed(row)) == []
