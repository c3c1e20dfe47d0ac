"""An operator sees the weeks in which the mood turned."""

from datetime import date, timedelta

import polars as pl
import pytest
from group_rows import START, days, links, row, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from huoqun.insight import mood as chapter
from huoqun.insight.card import Card
from huoqun.insight.lexicon import BadLine, Lexicon, lexicon, moods
from huoqun.insight.mood import mood, mood_rows, tones
from huoqun.insight.offence import model, offence
from huoqun.insight.reading import reading


def tone(text):
    found = tones(pl.Series([text])).row(0, named=True)
    return {(True, False): "cold", (False, True): "warm", (False, False): "plain"}[found["negative"], found["positive"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今天好开心", "warm"),
        ("太好了！谢谢", "warm"),
        ("This is really great", "warm"),
        ("👍", "warm"),
        ("不好", "cold"),
        ("这个不好吃", "cold"),
        ("不是很满意", "cold"),
        ("真垃圾", "cold"),
        ("not a good idea, terrible", "cold"),
        ("I don't think it is good", "cold"),
        ("😡", "cold"),
        ("你们这些人真恶心", "cold"),
        ("河南人都是骗子", "cold"),
        ("好像下雨了", "plain"),
        ("不难过", "plain"),
        ("别担心，没问题", "plain"),
        ("明天三点在老地方见", "plain"),
        ("see you tomorrow at the station", "plain"),
        ("the badge is on the table", "plain"),
        ("", "plain"),
    ],
)
def test_a_message_has_the_tone_a_reader_hears(text, expected):
    assert tone(text) == expected


def test_every_negated_warm_word_is_no_longer_warm():
    known = lexicon()
    warm = [word for word, weight in known.chinese.items() if weight > 0 and "不" not in word and "没" not in word]
    negated = moods(pl.Series([f"不{word}" for word in warm if f"不{word}" not in known.chinese]))
    assert (negated <= 0).all()


def test_an_operator_can_bring_words_of_their_own():
    own = Lexicon({"破防": -2.0}, ("没",), {"meh": -1.0}, ("not",))
    assert moods(pl.Series(["我破防了", "没破防", "not meh", "meh", "好"]), own).to_list() == [-2, 0.5, 0.25, -1, 0]


def test_a_slip_in_a_word_list_is_named_with_its_line(tmp_path):
    (tmp_path / "mood-en.txt").write_text("# mine\n! negators not\ngood 1\n", encoding="utf-8")
    (tmp_path / "mood-zh.txt").write_text("好 1\n很 好 1\n", encoding="utf-8")
    with pytest.raises(BadLine, match=r"mood-zh.txt, line 2"):
        lexicon(tmp_path)
    (tmp_path / "mood-zh.txt").write_text("好 1\n", encoding="utf-8")
    assert lexicon(tmp_path).english == {"good": 1.0}


def test_the_model_knows_its_source():
    assert "COLD" in model().source
    sure = offence(pl.Series(["河南人都是骗子，恶心", "收到，谢谢群主", "明天一起去爬山吧"]))
    assert sure[0] > 0.9 > 0.2 > sure[1:].max()


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text(alphabet=st.characters(codec="utf-8"), max_size=30), min_size=1, max_size=8))
def test_what_stands_beside_a_text_never_changes_its_tone(texts):
    together = tones(pl.Series(texts, dtype=pl.String))
    alone = pl.concat([tones(pl.Series([text], dtype=pl.String)) for text in texts])
    assert together["score"].to_list() == pytest.approx(alone["score"].to_list())
    assert together["offence"].to_list() == pytest.approx(alone["offence"].to_list())
    assert not (together["negative"] & together["positive"]).any()


def two_weeks():
    good = [row(days(3) + i, "甲", "今天好开心") for i in range(8)]
    bad = [row(days(10) + i, "甲", "真垃圾" if i % 2 else "几点开始") for i in range(8)]
    return reading(rows([*good, *bad]), links([]), Card(), now=START + timedelta(days=20))


def test_weeks_show_their_share():
    first, second = mood(two_weeks())
    assert (first.start, second.start) == (date(2024, 3, 4), date(2024, 3, 11))
    assert (first.positive, first.negative, first.messages) == (1, 0, 8)
    assert (second.positive, second.negative) == (0, 0.5)


def test_a_busy_week_is_read_in_part_and_always_the_same_part(monkeypatch):
    for name in ("READ", "LEAST_A_WEEK", "MOST_A_WEEK"):
        monkeypatch.setattr(chapter, name, 4)
    assert [week.messages for week in mood(two_weeks())] == [4, 4]
    assert mood_rows(two_weeks()).equals(mood_rows(two_weeks()))


def test_a_silent_group_has_no_mood():
    assert mood(reading(rows([]), links([]), Card(), now=START)) == []
    pictures = [row(0, "甲", "", kind="image")]
    assert mood(reading(rows(pictures), links([]), Card(), now=START + timedelta(days=1))) == []
