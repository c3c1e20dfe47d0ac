"""Chat commands: read from what members type, from a paste and from imported exports; each counts once."""

from datetime import timedelta

import pytest
from at_work import browser, group, hire
from hypothesis import given
from hypothesis import strategies as st

from huoqun.activities import attendance, life, vote
from huoqun.base import clock
from huoqun.commands import carrying, order, spoken_lines
from huoqun.commands.carrying import Line
from huoqun.people.membership import Membership
from huoqun.people.person import Identity, Person
from huoqun.people.workspace import local


@pytest.mark.parametrize(
    ("text", "verb", "words"),
    [
        ("打卡", "check_in", ""),
        ("打卡 跑了五公里", "check_in", "跑了五公里"),
        ("打卡第12天", "check_in", "第12天"),
        ("#打卡 读书", "check_in", "读书"),
        ("今日打卡，背单词 50 个", "check_in", "背单词 50 个"),
        ("打咔", "check_in", ""),
        ("签到！", "check_in", ""),
        ("Check in: ran 5k", "check_in", "ran 5k"),
        ("chekin", "check_in", ""),
        ("报名", "join", ""),
        ("报名+1", "join", "+1"),
        ("我报名 两个人", "join", "两个人"),
        ("sign up", "join", ""),
        ("sgin up", "join", ""),
        ("取消报名", "leave", ""),
        ("投票 2", "vote", "2"),
        ("投2", "vote", "2"),
        ("vote B", "vote", "B"),
        ("交作业 见图", "hand_in", "见图"),
        ("/积分", "points", ""),
        ("我的积分", "points", ""),
        ("排行榜", "ranking", ""),
        ("提问：怎么开始的？", "ask", "怎么开始的？"),
        ("ｃｈｅｃｋ ｉｎ", "check_in", ""),
    ],
)
def test_a_command_is_read(text, verb, words):
    found = order.read(text)
    assert (found.verb, found.words) == (verb, words)


@pytest.mark.parametrize(
    "text",
    [
        *("打卡地很多", "报名的人真多啊", "大家都报名了吗", "我昨天忘了打卡", "参加 过的都说好", "投资 要谨慎"),
        *("取消 订单怎么办", "积分 怎么换", "join us tomorrow", "points are fun", "checking the oven", ""),
        *("question is whether", "signal up", "名片 设计哪家好", "vote for nobody in particular"),
    ],
)
def test_talk_is_talk(text):
    found = order.read(text)
    assert found is None or found == order.Order("vote", "for nobody in particular")


@given(st.text(max_size=200))
def test_whatever_is_typed_is_read_or_is_talk(text):
    found = order.read(text)
    assert found is None or found.verb in order.WORDS
    for line in spoken_lines.read(text):
        assert line.name
        assert line.text


def test_lines_are_read_however_they_were_copied():
    copied = "阿明: 打卡\n小红：报名 +1\n老王 20:11\n投票 2\n[2026-11-20 08:00] 阿丽: 晚上 20:00 见\n"
    copied += "张三:\n打卡\n跑了 5 公里"
    found = [(line.name, line.text) for line in spoken_lines.read(copied)]
    assert found == [
        ("阿明", "打卡"),
        ("小红", "报名 +1"),
        ("老王", "投票 2"),
        ("阿丽", "晚上 20:00 见"),
        ("张三", "打卡"),
        ("张三", "跑了 5 公里"),
    ]


def member(there, name):
    now = clock.now()
    person = Person.objects.create(workspace=there.workspace, created=now)
    row = Identity.objects.create(group=there, person=person, account=name, name=name, created=now)
    Membership.objects.create(identity=row, number=1, created=now)
    return row


def cakes(there, now, **more):
    plan = vote.VotePlan(options=["栗子", "抹茶"])
    row = life.begin(there.workspace, "vote", title="烤什么", groups=[there], plan=plan, by=None, now=now, **more)
    life.open_up(row, now=now)
    row.refresh_from_db()
    return row


@pytest.mark.django_db(transaction=True)
def test_commands_go_to_what_is_on_once_and_count_when_they_were_typed():
    here, now = group(local(now=clock.now())), clock.now()
    row = cakes(here, now, closes=now + timedelta(hours=1))
    a, b = member(here, "甲"), member(here, "乙")
    late = now + timedelta(hours=5)
    life.close(row, now=late)
    lines = [
        Line(a, "投票 2", now + timedelta(minutes=5), "m1"),
        Line(b, "今天天气不错", now + timedelta(minutes=6), "m2"),
        Line(b, "投 1", now + timedelta(minutes=7), "m3"),
        Line(b, "投票 2", now + timedelta(hours=2), "m4"),
        Line(a, "打卡", now + timedelta(minutes=9), "m5"),
        Line(a, "投票 9", now + timedelta(minutes=9), "m6"),
    ]
    for _ in range(2):
        found = carrying.carry_out(here, lines, via="chat", now=late)
        assert [o.state for o in found] == ["carried", "carried", "nothing_on", "nothing_on", "refused"]
        assert dict(vote.counts(row)) == {"抹茶": 1, "栗子": 1}
    assert attendance.participants(row).count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_paste_box_says_what_became_of_each_line():
    here, now = group(local(now=clock.now())), clock.now()
    cakes(here, now)
    member(here, "甲")
    client = browser(hire(here.workspace))
    page = client.post(f"/groups/{here.pk}/listen", {"text": "甲：投票 2\n没有人：打卡\n"}).content.decode()
    assert "投票成功" in page
    assert "没有人" in page
    assert "“烤什么”收到 1 人：甲" in page
    assert "没有指令" in client.post(f"/groups/{here.pk}/listen", {"text": "甲：你好"}).content.decode()
