"""Points for talk: whoever talks gets some, whoever farms gets none of it."""

from datetime import date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoqun.insight import speech
from huoqun.insight.speech import Spoken, TalkRule, worth
from huoqun.people.talk_pay import days

MORNING = datetime(2026, 3, 2, 9)
TEXTS = ["今天的栗子蛋糕烤焦了一点", "有人试过低筋面粉做吐司吗", "周六下午三点在老地方见", "我带了三本书给大家传着看"]


def said(*texts, every=120):
    return [Spoken(MORNING + timedelta(seconds=every * n), t) for n, t in enumerate(texts)]


def whys(day, before=()):
    return [why for _p, why in worth(day, before, TalkRule())]


def test_talk_is_worth_less_and_less_and_never_more_than_the_cap():
    texts = [
        f"{chr(0x4E00 + n * 40)}{chr(0x4E01 + n * 40)}{chr(0x4E02 + n * 40)}{chr(0x4E03 + n * 40)}" for n in range(12)
    ]
    found = [p for p, _why in worth(said(*texts), (), TalkRule(each=4, full=2, cap=13))]
    assert found == [4, 4, 2, 2, 1, 0, 0, 0, 0, 0, 0, 0]
    assert sum(found) == 13


@pytest.mark.parametrize(
    "text", ["", "哈哈哈哈哈哈哈哈", "收到", "666666", "[强][强][强]", "https://example.org/a/b/c", "！！！？？"]
)
def test_what_says_nothing_is_worth_nothing(text):
    assert whys(said(text)) == ["short"]


def test_a_counter_behind_the_same_text_makes_no_new_one():
    day = said("今天天气真不错啊 1", "今天天气真不错啊 2", "今天天气真不错呀！！", TEXTS[1])
    assert whys(day) == ["counts", "alike", "alike", "counts"]


def test_a_burst_counts_once_and_copies_of_others_not_at_all():
    assert whys(said(*TEXTS, every=10)) == ["counts", "soon", "soon", "soon"]
    assert whys(said(TEXTS[0]), {speech.fold(TEXTS[0] + "！")}) == ["copied"]


@given(st.lists(st.text(max_size=30), max_size=30), st.integers(1, 50), st.integers(1, 9), st.integers(1, 9))
def test_no_day_brings_more_than_its_cap(texts, cap, each, full):
    found = worth(said(*texts), (), TalkRule(cap=cap, each=each, full=full))
    assert len(found) == len(texts)
    assert 0 <= sum(p for p, _ in found) <= cap
    assert all((p > 0) == (why == "counts") for p, why in found)


def rows(*those):
    local = [at for at, *_ in those]
    values = {"time": local, "local": local, "sender": [w for _, w, _ in those], "text": [t for *_, t in those]}
    return pl.DataFrame(values | {"kind": ["text"] * len(those), "bot": [False] * len(those)})


def test_the_same_greeting_every_morning_counts_once_a_week():
    greeting = "大家早上好呀今天也加油"
    told = rows(*[(MORNING + timedelta(days=n), "甲", greeting) for n in range(9)])
    found = {d.day.day: d.points for d in days(told, date(2026, 3, 2), date(2026, 3, 20), TalkRule())}
    assert found == {2: 2, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0, 8: 0, 9: 0, 10: 0}


def test_what_was_said_before_the_beginning_is_not_paid_but_known():
    told = rows(
        (MORNING, "甲", TEXTS[0]),
        (MORNING + timedelta(days=1), "甲", TEXTS[0]),
        (MORNING + timedelta(days=1), "乙", TEXTS[1]),
    )
    found = {(d.account, d.day.day): d.points for d in days(told, date(2026, 3, 3), date(2026, 3, 4), TalkRule())}
    assert found == {("甲", 3): 0, ("乙", 3): 2}
