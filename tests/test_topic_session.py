"""The topic session: from proposals to a digest that is kept, each stage once and in its order."""

from datetime import timedelta

import pytest
from at_work import browser, group, hire
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_activity import PHONE, member

from huoqun.activities import life, topic_session, topic_stage
from huoqun.activities.activity import Activity, Closed
from huoqun.activities.kind import Refused, said
from huoqun.base import clock
from huoqun.base.job import Hand
from huoqun.people import code, deed
from huoqun.people.outbox import Outgoing
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)
STAFF, MEMBER = topic_session.TOPIC.staff, topic_session.TOPIC.member


class Talk:
    """A topic session that is open, with three members."""

    def __init__(self, style="formal"):
        self.group, self.now, self.n = group(local(now=clock.now())), clock.now(), 0
        self.boss = hire(self.group.workspace)
        self.ming, self.hua, self.li = (member(self.group, name) for name in ("阿明", "小华", "老李"))
        plan = topic_stage.TopicPlan(style=style, votes=2)
        begin = {"title": "这周聊什么", "groups": [self.group], "plan": plan, "by": None, "now": self.now}
        self.row = life.begin(self.group.workspace, "topic", **begin)
        life.open_up(self.row, now=self.now)

    def fresh(self):
        return Activity.objects.get(pk=self.row.pk)

    def staff(self, what, key="", **texts):
        self.n += 1
        return STAFF[what](self.row, said(**texts), key=key or f"k{self.n}", by=None, now=self.now)

    def does(self, what, who, key="", **texts):
        self.n += 1
        key = key or f"m{self.n}"
        moment = self.now + timedelta(seconds=self.n)
        return MEMBER[what](self.row, who, said(**texts), via="personal", key=key, at=None, now=moment)

    def stage(self):
        return topic_stage.stage(self.fresh())

    def to_time(self):
        self.does("propose", self.ming, text="第一份工作")
        self.does("propose", self.hua, text="怎么带孩子")
        self.staff("to_vote")
        for who, wanted in ((self.ming, 0), (self.hua, 0), (self.li, 1)):
            rows = [row for row, _n in topic_stage.proposals(self.fresh())]
            rows.sort(key=lambda row: row.text)
            self.does("vote", who, **{"for": rows[wanted].pk.hex})
        self.staff("choose")

    def to_warm_up(self):
        self.to_time()
        when = self.now + timedelta(days=2)
        self.staff("fix", moments=when.isoformat())
        self.staff("host", who=self.li.pk.hex)
        return when


def test_from_proposals_to_what_is_kept():
    it = Talk()
    assert it.stage() == "propose"
    it.to_time()
    assert topic_stage.topic(it.fresh()) == "怎么带孩子", "two of three voted for it"
    when = it.now + timedelta(days=2)
    later = when + timedelta(days=1)
    it.staff("offer", moments=f"{when.isoformat()}\n{later.isoformat()}")
    moments = it.fresh().state_of_play["times"]
    it.does("suits", it.ming, moments=moments)
    it.does("suits", it.hua, moments=moments[1])
    assert [n for _m, n in topic_stage.times(it.fresh())] == [1, 2]
    it.staff("fix", moments=moments[1])
    assert it.fresh().starts == later
    it.staff("host", who=it.li.pk.hex)
    it.staff("warm_up", text="你小时候最怕什么？")
    it.does("think", it.ming, text="怕黑")
    it.staff("discuss")
    it.does("think", it.hua, text="陪比说更有用")
    it.staff("digest")
    with pytest.raises(Refused):
        it.staff("keep")
    it.staff("digest", text="多陪，少说。")
    it.staff("keep")
    assert it.stage() == "kept"
    told = [o.text for o in Outgoing.objects.filter(what="topic.stage").order_by("created", "pk")]
    assert len(told) == 6
    assert any("多陪，少说。" in text and "怎么带孩子" in text for text in told)
    assert any("老李主持" in text for text in told)
    life.settle(it.row, now=later + timedelta(hours=3))
    assert {d.kind for d in deed.deeds(it.hua.person)} >= {"topic.propose", "topic.chosen", "topic.come"}
    assert "topic.host" in {d.kind for d in deed.deeds(it.li.person)}


def test_each_stage_is_gone_through_once_and_in_its_order():
    it = Talk()
    with pytest.raises(Refused):
        it.staff("to_vote")
    for what in ("discuss", "keep", "digest", "host", "offer"):
        with pytest.raises(Refused):
            it.staff(what, who=it.li.pk.hex, moments=(it.now + timedelta(days=1)).isoformat(), text="x")
    with pytest.raises(Refused):
        it.does("vote", it.ming, **{"for": "x"})
    it.does("propose", it.ming, text="同一个")
    assert it.does("propose", it.hua, text="同一个") == "topic_there"
    it.does("propose", it.hua, text="另一个")
    for _ in range(2):
        it.staff("to_vote", key="once")
    assert it.stage() == "vote"
    assert Outgoing.objects.filter(what="topic.stage").count() == 1
    with pytest.raises(Refused):
        it.does("propose", it.li, text="晚了")


def test_one_has_three_proposals_and_some_votes_and_may_vote_anew():
    it = Talk()
    for n in range(3):
        it.does("propose", it.ming, text=f"话题{n}")
    with pytest.raises(Refused):
        it.does("propose", it.ming, text="第四个")
    for text in ("", "　", "字" * 121):
        with pytest.raises(Refused):
            it.does("propose", it.hua, text=text)
    it.staff("to_vote")
    ids = [row.pk.hex for row, _n in topic_stage.proposals(it.fresh())]
    with pytest.raises(Refused):
        it.does("vote", it.hua, **{"for": ids})
    it.does("vote", it.hua, **{"for": ids[:2]})
    it.does("vote", it.hua, **{"for": ids[2:]})
    assert sum(n for _row, n in topic_stage.proposals(it.fresh())) == 1


def test_a_casual_one_is_talked_about_at_once():
    it = Talk("casual")
    assert (it.stage(), topic_stage.topic(it.fresh())) == ("discuss", "这周聊什么")
    it.does("think", it.ming, text="我先说")
    it.staff("digest", text="都说好")
    life.close(it.row, now=it.now)
    with pytest.raises(Closed):
        it.does("think", it.hua, text="晚了")
    it.staff("keep")
    assert it.stage() == "kept"


def test_at_its_time_it_begins_by_itself():
    it = Talk()
    when = it.to_warm_up()
    life.tick(Hand("test", lambda: when + timedelta(minutes=1)))
    assert it.stage() == "discuss"


def test_moments_that_are_none_or_over_are_refused():
    it = Talk()
    it.to_time()
    for text in ("", "明天", "2026-13-40 25:00", "2001-01-01 10:00", "9999-12-31 23:59:59+99:99", "0001-01-01"):
        with pytest.raises(Refused):
            it.staff("offer", moments=text)


def test_members_and_staff_do_it_on_their_pages():
    it = Talk()
    phone, desk = Client(headers=PHONE), browser(it.boss)
    place = reverse("member_activity", args=[code.personal(it.ming, now=it.now), it.row.pk])
    page = reverse("activity", args=[it.row.pk])
    for text in ("<script>alert(1)</script>", "第二个"):
        shown = phone.post(place, {"do": "propose", "text": text, "key": text[:9]}, follow=True).content.decode()
    assert "话题已提交" in shown
    assert "<script>alert" not in shown
    for deed_, form in (
        ("to_vote", {}),
        ("choose", {"text": "我们自己定"}),
        ("fix", {"moments": "2031-03-04T20:00"}),
        ("host", {"who": it.hua.pk.hex}),
        ("warm_up", {"text": "热个场"}),
        ("discuss", {}),
        ("digest", {"text": "小结在此"}),
        ("keep", {}),
    ):
        assert desk.get(page).status_code == 200
        assert phone.get(place).status_code == 200
        assert desk.post(f"{page}do/{deed_}", form | {"key": deed_}).status_code == 302, deed_
    assert "小结在此" in phone.get(place).content.decode()
    assert "小华" in desk.get(page).content.decode()


words = st.text(st.characters(blacklist_categories=["Cs"]), max_size=40)


def test_whatever_is_typed_nothing_breaks():
    it = Talk()
    it.to_time()
    phone, desk = Client(headers=PHONE), browser(it.boss)
    place = reverse("member_activity", args=[code.personal(it.ming, now=it.now), it.row.pk])
    page = reverse("activity", args=[it.row.pk])
    names = st.sampled_from(["text", "moments", "for", "who", "which", "key"])

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.sampled_from(sorted(STAFF)), st.sampled_from(sorted(MEMBER)), st.dictionaries(names, words))
    def run(mine, theirs, fields):
        assert desk.post(f"{page}do/{mine}", fields).status_code in {302, 409}
        assert phone.post(place, fields | {"do": theirs}).status_code in {302, 409}

    run()
    assert desk.get(page).status_code == phone.get(place).status_code == 200
