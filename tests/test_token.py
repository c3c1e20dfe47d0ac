"""Words as numbers: what counts as a word, and that its number never changes."""

import polars as pl

from huoqun.insight.token import SCRIPTS, tokens


def words(*texts):
    """The numbers of the words of each text."""
    at, code = tokens(pl.Series(texts, dtype=pl.String))
    return [code[at == number].tolist() for number in range(len(texts))]


def test_the_same_word_has_the_same_number_however_it_is_written():
    plain, loud, inflected, quoted, dotted = words("install", "INSTALL", "installing", "'install'", "x.y")
    assert plain == loud == inflected == quoted
    assert len(dotted) == 1


def test_numbers_are_fixed():
    assert words("a 你好") == [[6238072747940578789, *words("你好")[0]]]
    assert words("吗") == [[4154222117485950122]]


def test_chinese_is_read_in_pairs():
    both, first, second = words("你好吗", "你好", "好吗")
    assert both[:2] == [first[0], second[0]]
    assert len(both) == 3


def test_words_do_not_run_from_text_to_text():
    assert words("ab", "cd", "你", "好") == [*words("ab"), *words("cd"), *words("你"), *words("好")]
    assert words("", "-- !", "é") == [[], [], []]


def test_line_breaks_inside_a_text_do_not_shift_the_others():
    assert words("a\nb", "c")[1] == words("c")[0]


def test_nearly_all_characters_of_these_scripts_are_known():
    characters = [chr(c) for c in range(0x1100, 0xFFF0) if not 0xD800 <= c < 0xE000]
    told = pl.Series(characters).str.contains(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]").to_list()
    ours = [any(first <= ord(c) <= last for first, last in SCRIPTS) for c in characters]
    differing = [hex(ord(c)) for c, a, b in zip(characters, told, ours, strict=True) if a != b and c.isalpha()]
    assert len(differing) < 70
