"""Texts become words, whatever people paste into a chat."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from huoqun.insight.word import stop_words, words


def cut(*texts, hidden=()):
    found = words(pl.Series(texts, dtype=pl.String), hidden)
    return [found.filter(pl.col("i") == i)["word"].to_list() for i in range(len(texts))]


def test_chinese_and_english_become_words():
    assert cut("我们明天去爬山，带上登山鞋", "The Kubernetes cluster is broken") == [
        ["爬山", "带上", "登山鞋"],
        ["kubernetes", "cluster", "broken"],
    ]


def test_addresses_mentions_and_placeholders_are_no_words():
    noisy = "[图片]看 https://shop.example/item?id=1看看羽毛球拍 @张三 <Media omitted> mail@shop.example"
    assert cut(noisy) == [["羽毛球拍"]]


def test_members_names_are_no_words():
    assert cut("张三丰的太极拳很好", hidden=["张三丰"]) == [["太极拳"]]


def test_empty_texts_and_line_breaks_keep_their_place():
    assert cut("", "\n\n", "羽毛球\n场地", "", "乒乓球") == [[], [], ["羽毛球", "场地"], [], ["乒乓球"]]
    assert words(pl.Series([], dtype=pl.String)).is_empty()
    assert words(pl.Series([None, "。。。"], dtype=pl.String)).is_empty()


def test_stop_words_come_from_the_lists():
    assert {"我们", "the", "什么"} <= stop_words()
    assert "羽毛球" not in stop_words()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(alphabet=st.characters(codec="utf-8"), max_size=50), max_size=12))
def test_words_come_from_their_own_text(texts):
    found = words(pl.Series(texts, dtype=pl.String))
    for i, word in found.iter_rows():
        assert word in texts[i].lower()


def test_a_hostile_text_is_cut_short():
    assert len(cut("羽毛球" * 100_000)[0]) < 200
