"""Out of the archive: each day of talk is paid once when it is over; a packet's stir is known when it is covered."""

from datetime import UTC, datetime, timedelta

import pytest
from at_work import account
from test_history import DAY, chat, group, row, take  # noqa: F401  the fixture

from huoqun.activities import life, red_packet
from huoqun.activities.activity import Activity
from huoqun.activities.kind import said
from huoqun.activities.red_packet import RedPacketPlan
from huoqun.base.job import Hand
from huoqun.insight.speech import TalkRule
from huoqun.people import points, scheme, talk_pay
from huoqun.people.group import Group
from huoqun.people.person import Identity
from huoqun.people.points import Posting

pytestmark = pytest.mark.django_db(transaction=True)
NOW = DAY.replace(tzinfo=UTC) + timedelta(days=6)
WORDS = ["今天的栗子蛋糕烤焦了一点", "有人试过低筋面粉做吐司吗", "周六下午三点在老地方见", "我带了三本书给大家传着看"]


def told(*those):
    return chat([row(h, sender=who, text=text) for h, who, text in those])


def held(name):
    return points.balance(Identity.objects.get(account=name).person)


def switched_on(there, *, before=timedelta(days=2), rule=TalkRule()):  # noqa: B008  frozen
    scheme.set_talk(there.workspace, rule, on=True, by=account(), now=DAY.replace(tzinfo=UTC) - before)


def tick(days=0):
    talk_pay.tick(Hand("test", lambda: NOW + timedelta(days=days)))


def test_off_by_default(group):  # noqa: F811
    take(group, told((1, "a", WORDS[0])))
    tick()
    assert not Posting.objects.exists()


def test_days_are_paid_once_and_what_a_later_export_brings_is_added(group):  # noqa: F811
    switched_on(group)
    take(group, told((1, "a", WORDS[0]), (2, "a", WORDS[1]), (3, "b", WORDS[2])))
    for _ in range(2):
        tick()
    assert (held("a"), held("b")) == (4, 2)
    take(group, told((1, "a", WORDS[0]), (2, "a", WORDS[1]), (3, "b", WORDS[2]), (4, "a", WORDS[3])))
    tick()
    assert (held("a"), held("b")) == (6, 2)
    first = Posting.objects.filter(purse__person=Identity.objects.get(account="b").person).get()
    points.reverse(first, why="刷的", by=account(), now=NOW)
    tick(1)
    assert held("b") == 0
    assert points.unbalanced(group.workspace) == []


def test_today_is_not_paid_before_it_is_over_and_nothing_before_it_was_switched_on(group):  # noqa: F811
    scheme.set_talk(group.workspace, TalkRule(), on=True, by=account(), now=NOW - timedelta(days=3))
    hours = 6 * 24 - 1
    take(group, told((1, "a", WORDS[0]), (hours, "a", WORDS[1])))
    tick()
    assert held("a") == 0
    tick(1)
    assert held("a") == 2


def test_a_months_budget_ends_it(group):  # noqa: F811
    switched_on(group)
    scheme.set_budgets(group.workspace, {"talk": 3}, by=account(), now=NOW)
    take(group, told((1, "a", WORDS[0]), (2, "b", WORDS[1]), (30, "a", WORDS[2])))
    tick()
    assert held("a") + held("b") == 3
    tick(1)
    assert held("a") + held("b") == 3


def test_the_preview_says_who_would_have_got_what(group):  # noqa: F811
    take(group, told((1, "a", WORDS[0]), (2, "a", WORDS[0]), (3, "b", "嗯")))
    found = talk_pay.preview([Group.objects.get()], TalkRule(), now=NOW)
    assert (found.points, found.people, found.messages) == (2, 1, 3)
    assert found.reasons == {"counts": 1, "alike": 1, "short": 1}
    assert not Posting.objects.exists()


def test_what_a_packet_stirred_is_read_from_the_archive(group):  # noqa: F811
    plan = RedPacketPlan(money="20")
    drawn = life.begin(group.workspace, "red_packet", title="红包", groups=[group], plan=plan, by=None, now=NOW)
    life.open_up(drawn, now=NOW)
    moment = (DAY + timedelta(hours=48 + 8)).isoformat()
    red_packet.give(drawn, said(money="5", when=moment), key="1", by=account(), now=NOW)
    packet = red_packet.sent(Activity.objects.get())[0]
    assert packet.at == datetime(2026, 1, 3, tzinfo=UTC)
    take(group, told((47.5, "a", "x"), (48.2, "a", "y"), (48.3, "b", "z")))
    assert red_packet.effect(drawn, packet) is None
    take(group, told((51, "a", "w")))
    found = red_packet.effect(Activity.objects.get(), packet)
    assert (found.before.messages, found.after.messages, found.after.speakers, found.woken) == (1, 2, 2, 1)
