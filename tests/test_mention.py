"""Mentions: a name leads to the person who bore it then."""

import polars as pl
import pytest

from huoqun.insight.mention import FIRST, INSIDE, MARKED, OPENING, mentions

NAMES = ["ada", "bela_92", "Zhang San", "老王", "张三-北京", "【班长】李四"]


def named(text, *, renames=(), marked=(), names=NAMES):
    """Whom the text names, said by somebody else after everybody in `names` has spoken once."""
    people = [*names, "eva"]
    said = pl.DataFrame(
        {
            "row": range(len(people)),
            "person": range(len(people)),
            "sender": people,
            "name": people,
            "text": ["hm"] * len(names) + [text],
            "mentions": [[]] * len(names) + [list(marked)],
        },
        schema_overrides={"row": pl.UInt32, "person": pl.Int64, "mentions": pl.List(pl.String)},
    )
    changed = pl.DataFrame(renames, schema={"row": pl.UInt32, "person": pl.Int64, "name": pl.String}, orient="row")
    found = mentions(said, changed).filter(row=len(names))
    return [(people[person], how) for person, how in found.select("person", "how").iter_rows()]


@pytest.mark.parametrize(
    ("text", "person", "how"),
    [
        ("ada: yes", "ada", OPENING),
        ("Ada, yes", "ada", OPENING),
        ("ada yes", "ada", FIRST),
        ("yes, ask ada.", "ada", INSIDE),
        ("@ada yes", "ada", MARKED),
        ("bela: yes", "bela_92", OPENING),
        ("@Zhang San\u2005你好", "Zhang San", MARKED),
        ("＠老王 在吗", "老王", MARKED),
        ("@老王来一下", "老王", MARKED),
        ("老王，在吗", "老王", OPENING),
        ("老王你看", "老王", FIRST),
        ("我觉得张三说得对", "张三-北京", INSIDE),
        ("问一下ada吧", "ada", INSIDE),
        ("李四：收到", "【班长】李四", OPENING),
    ],
)
def test_a_name_leads_to_its_bearer(text, person, how):
    assert named(text) == [(person, how)]


@pytest.mark.parametrize("text", ["yes", "well, no", "adamant", "http://ada/x", "", "@", "：", "92 of them"])
def test_what_is_no_name_names_nobody(text):
    assert named(text) == []


def test_a_name_means_who_bore_it_last():
    assert named("ada: hi", renames=[(3, 1, "ada")]) == [("bela_92", OPENING)]


def test_the_networks_mark_counts_most():
    assert named("hi", marked=["老王"]) == [("老王", MARKED)]


def test_nobody_mentions_himself():
    assert named("eva: hm, ada") == [("ada", INSIDE)]


def test_names_with_signs_of_patterns_are_only_names():
    assert named("a.*(b: hi", names=["a.*(b", "axxb"]) == [("a.*(b", OPENING)]
