"""An operator sees what each period was about."""

import random
from datetime import date, timedelta

import polars as pl
from group_rows import START, days, links, row, rows

from huoqun.insight.card import Card
from huoqun.insight.reading import reading
from huoqun.insight.topic import topics

USUAL = [
    *("吃饭", "睡觉", "上班", "地铁", "咖啡", "电影", "周末", "孩子", "天气", "跑步"),
    *("公园", "超市", "手机", "电脑", "音乐", "足球", "外卖", "老板", "同事", "学校"),
]


def chatter(length, planted, people=6, seed=1):
    """Small talk every day; `planted` maps a range of days to words that are talked of then."""
    chance = random.Random(seed)
    said = []
    for day in range(length):
        for turn in range(12):
            spoken = chance.sample(USUAL, 3)
            for span, subject in planted.items():
                if day in span and turn % 3 == 0:
                    spoken.append(subject)
            said.append(row(days(day) + turn * 10, f"p{chance.randrange(people)}", "，".join(spoken)))
    return said


def read(said, length):
    return reading(rows(said), links([]), Card(), now=START + timedelta(days=length))


def test_what_a_week_was_about_stands_out_and_is_quoted():
    found = topics(read(chatter(70, {range(31, 38): "马拉松"}), 70))
    about = {topic.start: [word.word for word in topic.words] for topic in found}
    assert about[date(2024, 4, 1)] == ["马拉松"]
    topic = next(topic for topic in found if topic.start == date(2024, 4, 1))
    assert topic.end == date(2024, 4, 7)
    assert topic.words[0].count == 28
    assert topic.words[0].lift > 5
    assert all("马拉松" in quote.text for quote in topic.quotes)
    assert len({quote.person for quote in topic.quotes}) == len(topic.quotes) == 3


def test_small_talk_is_no_topic():
    found = topics(read(chatter(70, {}), 70))
    assert sum(len(topic.words) for topic in found) <= 2


def test_what_the_group_has_always_talked_of_is_no_topic():
    found = topics(read(chatter(70, {range(70): "马拉松"}), 70))
    later = [topic for topic in found if topic.start >= date(2024, 3, 18)]
    assert all("马拉松" not in [word.word for word in topic.words] for topic in later)


def test_one_persons_advertisement_is_no_topic():
    said = chatter(70, {})
    said += [row(days(40) + minute, "广告", "祖传膏药包治百病") for minute in range(60)]
    assert all("膏药" not in [word.word for word in topic.words] for topic in topics(read(said, 70)))


def test_names_of_members_and_addresses_are_no_topic():
    said = chatter(70, {range(31, 38): "诸葛孔明", range(45, 52): "https://marathon.example/run"})
    said += [row(days(2), "诸葛孔明", "大家好", name="诸葛孔明")]
    found = {word.word for topic in topics(read(said, 70)) for word in topic.words}
    assert not found & {"诸葛孔明", "诸葛", "孔明", "marathon", "example", "run"}


def test_long_histories_are_told_in_few_periods():
    said = [row(days(day), f"p{day % 3}", "，".join(USUAL[:3])) for day in range(0, 3000, 5)]
    said += [row(days(1500 + i), f"p{i % 3}", "马拉松报名") for i in range(30)]
    found = topics(read(said, 3000))
    assert 0 < len(found) <= 26


def test_a_single_week_shows_what_was_said_most():
    said = [row(minute, f"p{minute % 3}", "马拉松报名") for minute in range(0, 4000, 500)]
    (topic,) = topics(read(said, 7))
    assert "马拉松" in [word.word for word in topic.words]


def test_silence_has_no_topics():
    assert topics(read([], 3)) == []
    assert topics(read([row(0, "甲", "", kind="image"), row(1, "甲", "。。。。")], 3)) == []


def test_topics_are_the_same_every_time():
    group = read(chatter(60, {range(20, 30): "马拉松"}), 60)
    assert topics(group) == topics(group)
    assert isinstance(group.messages, pl.DataFrame)
