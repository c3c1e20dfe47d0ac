"""What gates and digests look at without a diagnosis: the last days beside those before."""

from datetime import timedelta

import polars as pl
from test_history import DAY, chat, row

from huoqun.insight import lately, sumup


def rows(*those):
    return chat([{**row(hours, sender=who, name=who, text=text), **more} for hours, who, text, more in those]).rows


def test_the_week_is_told_beside_the_four_weeks_before_the_run():
    before = [(24 * n + m / 60, f"p{m % 4}", "早上好", {}) for n in range(28) for m in range(8)]
    after = [(24 * n + m / 60, f"p{m % 2}", "收到，谢谢", {}) for n in range(28, 35) for m in range(4)]
    begins, now = DAY + timedelta(days=28), DAY + timedelta(days=35)
    found = lately.lately(rows(*before, *after), begins=begins, now=now)
    assert (found.messages_7, found.speakers_7, found.regulars) == (28, 2, 1.0)
    assert round(found.pulse, 3) == 0.5
    assert round(found.speakers, 3) == 0.5
    assert found.negative is None, "four messages are no mood"


def test_a_record_that_ends_too_early_tells_nothing_of_now():
    old = rows((0, "p", "在吗", {}))
    assert lately.lately(old, begins=DAY, now=DAY + timedelta(days=3)) is None
    assert lately.lately(old.clear(), begins=DAY, now=DAY) is None
    silent = lately.lately(old, begins=DAY, now=DAY + timedelta(days=3), exported=DAY + timedelta(days=2))
    assert silent.messages_7 == 1, "it is known that nobody said anything since"
    young = lately.lately(old, begins=DAY + timedelta(hours=2), now=DAY + timedelta(hours=3))
    assert (young.messages_7, young.pulse) == (1, None), "nothing is known of before"


def test_a_digest_is_what_was_taken_up_linked_and_left_open():
    told = rows(
        (1, "a", "周六去爬山，早上八点南门集合", {"key": "k1"}),
        (1.1, "b", "我去", {"reply_to": "k1"}),
        (1.2, "c", "我也去", {"reply_to": "k1"}),
        (1.3, "a", "自己接自己", {"reply_to": "k1"}),
        (2, "b", "攻略在这 https://example.org/a 看看", {}),
        (2.1, "c", "转一下 https://example.org/a", {}),
        (3, "d", "有人知道停车场在哪里吗？", {}),
        (4, "e", "好", {"bot": True}),
        (30, "f", "后天的话不算", {}),
    )
    found = sumup.sumup(told, since=DAY, now=DAY + timedelta(days=1))
    assert (found.messages, found.people) == (7, 4)
    assert [(p.who, p.taken_up) for p in found.posts] == [("a", 2)]
    assert [line.text for line in found.links] == ["攻略在这 https://example.org/a 看看"]
    assert [line.who for line in found.questions] == ["d"]
    empty = sumup.sumup(told.filter(pl.lit(False)), since=DAY, now=DAY)
    assert (empty.messages, empty.posts) == (0, [])


def test_who_begins_what_is_talked_about_is_told_where_the_owner_is_known():
    talk = [(0, "owner"), (5, "b"), (60, "b"), (70, "c"), (200, "owner"), (300, "c"), (310, "b")]  # minutes, sender
    said, now = rows(*[(at / 60, who, "在", {}) for at, who in talk]), DAY + timedelta(hours=6)
    found = lately.lately(said, begins=DAY, now=now, owner="owner")
    assert round(found.owner_starts, 3) == 0.333, "three were taken up; what nobody answered is no conversation"
    assert lately.lately(said, begins=DAY, now=now).owner_starts is None
