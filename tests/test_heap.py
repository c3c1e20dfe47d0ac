"""The classic heaps: each is known by what people do there, and what only looks like one is left alone."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from huoqun.insight.card import Card, Mark
from huoqun.insight.finding import findings
from tests.lived_group import NOW, case, event, group, passers, regulars, said

COMPLAINTS = [
    "app 又闪退了",
    "退款什么时候到账",
    "客服呢？没人理",
    "This update is broken again",
    "质量太差了",
    "打不开，没反应",
]
HELP = [
    "请问怎么改昵称",
    "新版本在哪里下载",
    "谢谢，好了",
    "这个功能真方便",
    "how do I change my name",
    "周末一起跑步吗",
]
SQUEALS = [
    "好帅啊",
    "哈哈哈",
    "晚安",
    "啊啊啊啊",
    "姐姐好美",
    "早",
    "+1",
    "抱抱",
    "so cute",
    "冲呀",
    "今天也爱你",
    "绝了",
]
TALK = [
    "这周读到第三章，作者讲习惯的力量那段很有启发，和上次说的早起实验可以对照着看",
    "我把大家提到的书单按主题排了一遍，缺的几本图书馆都能借到，周六可以去",
    "有人试过番茄钟吗？",
    "https://example.org/notes 这是笔记",
    "好的",
    "收到",
]


def spoken(rows: pl.DataFrame, texts: list[str], seed: int = 5) -> pl.DataFrame:
    """The same rows with words taken from a list."""
    random = np.random.default_rng(seed)
    return rows.with_columns(text=pl.Series([texts[i] for i in random.integers(0, len(texts), rows.height)]))


def causes(*parts, card=None):
    return {one.cause: one for one in findings(case(group(*parts, card=card)))}


def counter(texts=COMPLAINTS, days=120):
    """Every day two strangers come, say their word on one or two days, and go; a clerk answers in the evening."""
    clerk = said(np.arange(days), np.full(days, 1), seed=3).with_columns(pl.col("time") + timedelta(hours=9))
    return spoken(passers(2.0, days=days), texts), clerk.with_columns(text=pl.lit("已经记录，我们会跟进"))


def test_a_group_into_which_people_only_drop_complaints():
    found = causes(*counter())["complaints_only"]
    assert found.playbook == "weekly-feedback-day" and found.evidence["droppers_share"] > 0.9
    assert found.evidence["complaints"] >= found.evidence["droppers"] > 100
    assert found.quotes and all(quote.text in COMPLAINTS for quote in found.quotes)
    assert "p1" not in found.people and len(found.people) == 50


@pytest.mark.parametrize(
    "near",
    [
        counter(HELP),  # they ask, thank, and meet
        (*counter(HELP), spoken(regulars(4, days=120, chance=0.5, first=20), COMPLAINTS)),  # a few grumblers
        (spoken(regulars(25, days=120, chance=0.4), [*COMPLAINTS[:2], *TALK]),),  # who complain and talk for weeks
        counter(days=20),  # too short a history
        (spoken(passers(0.1, days=120), COMPLAINTS),),  # too few people
    ],
)
def test_who_also_talks_does_not_only_complain(near):
    assert "complaints_only" not in causes(*near)


def test_who_complains_and_helps_the_next_one_does_not_only_complain():
    """Every day two strangers complain, and each has a word of advice for the other."""
    day, plain = np.arange(100), {"spread": 1}
    parts = []
    for hours, who, text in (
        (0, 0, "又闪退了"),
        (0.1, 1, "换个版本试试"),
        (3, 1, "没到账"),
        (3.1, 0, "上次等了一天就有"),
    ):
        parts.append(
            said(day, 2 * day + 100 + who, text=text, **plain).with_columns(pl.col("time") + timedelta(hours=hours))
        )
    answered = [(row, row - 1) for row in range(1, 400, 2)]
    told = {one.cause for one in findings(case(group(*parts, links=answered)))}
    assert "complaints_only" not in told
    assert "complaints_only" in causes(parts[0], parts[2])


def fans(texts=SQUEALS, days=120, **more):
    return spoken(regulars(30, days=days, chance=0.3), texts, **more)


def test_a_fans_chat_without_direction():
    found = causes(fans())["no_direction"]
    assert found.playbook == "cold-start" and found.evidence["passing_share"] > 0.99
    assert 0.2 < found.harm < 0.5 and found.evidence["undertaking_share"] == 0 and len(found.quotes) == 5


@pytest.mark.parametrize(
    ("near", "card"),
    [
        (fans(TALK), None),  # short words among long ones
        (fans([*SQUEALS * 3, "下周六见面会，想来的在这里报名"]), None),  # something is undertaken
        (fans(days=20), None),  # too short a history
        (regulars(30, days=120), None),  # the words were not kept
        (spoken(regulars(4, days=120, chance=0.9), SQUEALS), None),  # a few friends
        (fans(), Card(type="relationship")),  # old friends need no direction
        (fans(), Card(marks=(Mark(NOW - timedelta(days=9), NOW - timedelta(days=8), "生日应援", False),))),
    ],
)
def test_small_talk_with_a_direction_is_no_finding(near, card):
    assert "no_direction" not in causes(near, card=card)


def test_the_three_heaps_are_told_apart():
    ids = [f"g{i}" for i in range(120)]
    assert (
        not {"complaints_only", "no_direction"}
        & causes(spoken(regulars(30), TALK), event("join", [40] * 120, ids)).keys()
    )
    assert "no_direction" not in causes(*counter()) and "complaints_only" not in causes(fans())
