"""Whatever a chat holds, everything that is said of its people can be said."""

from datetime import timedelta

import polars as pl
from group_rows import START, links, row, rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huoqun.chat.message import KINDS
from huoqun.insight.card import Card
from huoqun.insight.mood import mood
from huoqun.insight.network import network
from huoqun.insight.newcomer import newcomer_list, newcomers
from huoqun.insight.question import question_list
from huoqun.insight.reading import reading
from huoqun.insight.roster import people_table
from huoqun.insight.tie import tie_list, ties
from huoqun.insight.topic import topics

NAMES = ["甲", "乙", "(?i)[", "@", "a b", "\u2005", "🐼", "x" * 40]

text = st.one_of(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=40),
    st.sampled_from(
        [
            "@甲 ？",
            "@\u2005",
            "「甲：",
            "「甲：好」\n好",
            "https://",
            "[[[[",
            "\x00",
            "𠮷野家怎么走",
            "不不不好",
            "??",
            "@" * 60,
        ]
    ),
)
saying = st.fixed_dictionaries(
    {
        "minute": st.integers(0, 300_000),
        "sender": st.sampled_from(NAMES),
        "text": text,
        "kind": st.one_of(st.just("text"), st.sampled_from(KINDS)),
        "bot": st.booleans(),
        "mentions": st.lists(st.sampled_from([*NAMES, ""]), max_size=3),
        "subject": st.one_of(st.none(), st.sampled_from(NAMES)),
    }
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(saying, max_size=25), st.lists(st.integers(1, 5), max_size=25), st.sampled_from([None, *NAMES]))
def test_any_group_can_be_described(said, backs, owner):
    said = sorted(said, key=lambda one: one["minute"])
    frame = rows(row(one.pop("minute"), one.pop("sender"), name=None, **one) for one in [dict(s) for s in said])
    pairs = sorted({(i, i - back) for i, back in enumerate(backs) if i < len(said) and i >= back})
    group = reading(frame, links(pairs, 0.6), Card(owner=owner), now=START + timedelta(days=250))
    now = ties(group)
    table = people_table(group, now)
    spoke = {p.id for p in table}
    assert spoke >= {tie.a for tie in tie_list(group, now)} | {tie.b for tie in tie_list(group, now)}
    assert sum(p.messages for p in table if not p.bot) == group.messages.height
    picture = network(group, now)
    assert picture is None or set(picture.people) <= spoke
    assert len(newcomer_list(group)) == newcomers(group).height
    for question in question_list(group):
        assert question.answered is None or question.answered >= question.quote.time
    assert sum(week.messages for week in mood(group)) == group.messages.filter(pl.col("kind") == "text").height
    assert all(topic.words for topic in topics(group))
