"""Said: words that a hand has passed on are found again in a history, and nothing else is taken for them."""

import random
from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huoqun.chat.message import Kind
from huoqun.insight.said import WANTED, said, tellable

NOON = datetime(2026, 3, 2, 12)
WORDS = "【今晚 20:00 能人秀】阿明讲他从船工到小店的四次创业，讲完大家随便问。\n报名点这里：{link}"


def history(*said, sender="u1", start=NOON, step=timedelta(minutes=1)):
    """Texts, or (sender, text) or (sender, text, time)."""
    rows = []
    for n, each in enumerate(said):
        who, text, *at = each if isinstance(each, tuple) else (sender, each)
        rows.append((f"k{n}", at[0] if at else start + n * step, who, "text", text))
    schema = {"key": pl.String, "time": pl.Datetime("us"), "sender": pl.String, "kind": Kind, "text": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("time")


def wanted(*texts, at=NOON, early=timedelta(hours=2), late=timedelta(hours=24)):
    rows = [(str(n), text, at, at - early, at + late) for n, text in enumerate(texts)]
    return pl.DataFrame(rows, schema=WANTED, orient="row")


def keys(asked, rows, **more):
    return dict(said(asked, rows, **more).select("id", "key").iter_rows())


@pytest.mark.parametrize(
    "edited",
    [
        WORDS.replace("{link}", "https://huoqun.example/d/abc-123?x=1快来"),
        WORDS.replace("\n", " ").replace("{link}", ""),
        "大家晚上好呀～\n" + WORDS,
        WORDS.replace("【", "[烟花]").replace("】", "🎉🎉"),
        "@所有人 " + WORDS.replace("大家随便问", "大家随便提问哈"),
        WORDS.replace("，", ", ").replace("20:00", "２０：００"),
        "今晚20:00能人秀，阿明讲他从船工到小店的四次创业，讲完随便问",
    ],
)
def test_what_a_hand_changes_is_found(edited):
    rows = history("早", ("u2", "今天好冷"), ("u3", edited), ("u2", "好的"))
    (found,) = said(wanted(WORDS), rows).to_dicts()
    assert (found["key"], found["sender"], found["time"]) == ("k2", "u3", NOON + timedelta(minutes=2))


@pytest.mark.parametrize(
    "other",
    [
        "收到，今晚来听能人秀",
        "阿明今晚讲什么？",
        "【今晚 20:00 能人秀】小红讲她怎么带三个娃读完博士，讲完大家随便问。",
        "今晚八点老地方",
        "",
        "{link}",
        "🎉🎉🎉",
    ],
)
def test_what_only_speaks_of_it_is_not(other):
    assert keys(wanted(WORDS), history(other, "嗯")) == {}


def test_words_sent_in_two_pieces_are_found_where_they_begin():
    at = WORDS.index("的四次")
    first, second = WORDS[:at], WORDS[at:]
    rows = history(("u2", "在吗"), ("u1", first), ("u2", "哇"), ("u1", second))
    assert keys(wanted(WORDS), rows) == {"0": "k1"}
    late = history(("u1", first), ("u1", second, NOON + timedelta(hours=5)))
    assert keys(wanted(WORDS), late) == {}, "that is another sitting"


def test_the_same_words_each_day_are_proved_each_by_their_own():
    daily = "早上好，今天读书二十页，读完来打卡"
    days = [NOON + timedelta(days=n) for n in range(4)]
    asked = pl.concat([wanted(daily, at=day).with_columns(id=pl.lit(str(n))) for n, day in enumerate(days)])
    rows = history(*[("u1", daily, day + timedelta(minutes=3)) for n, day in enumerate(days) if n != 2])
    assert keys(asked, rows) == {"0": "k0", "1": "k1", "3": "k2"}, "the third day was forgotten"


def test_of_two_alike_each_finds_its_own_and_a_message_proves_one():
    asked = wanted("第3天打卡开始啦，今天读第30到50页", "第4天打卡开始啦，今天读第51到70页")
    assert keys(asked, history("第4天打卡开始啦，今天读第51到70页")) == {"1": "k0"}
    same = wanted(WORDS, WORDS)
    assert len(keys(same, history(WORDS))) == 1
    assert keys(wanted(WORDS), history(WORDS), used=["k0"]) == {}


def test_outside_its_time_it_is_another_occasion():
    rows = history(("u1", WORDS, NOON - timedelta(hours=3)), ("u1", WORDS, NOON + timedelta(hours=25)))
    assert keys(wanted(WORDS), rows) == {}


def test_who_quotes_it_does_not_take_it_from_who_said_it():
    quote = f"「阿玲：{WORDS}」\n- - - - - - - - - - -\n我来我来，给我留个前排的位置"
    assert keys(wanted(WORDS), history(("u9", quote), ("u1", WORDS))) == {"0": "k1"}


def test_english_is_not_found_in_english():
    words = "Tonight at eight Tom tells how he went from fishing boats to his own small shop."
    others = [
        "Tonight at nine we talk about how to read a book with your own children.",
        "He went to the shop and told me that it is too small for the boats.",
    ]
    assert keys(wanted(words), history(*others)) == {}
    assert keys(
        wanted(words),
        history(others[0], "Hi all! Tonight at 8 Tom tells how he went from fishing boats to his own small shop :)"),
    ) == {"0": "k1"}


def test_what_everybody_says_proves_nothing():
    asked = wanted("早安", "大家好！", "👍", "")
    assert tellable(asked["text"]).to_list() == [False] * 4
    assert keys(asked, history("早安", "大家好！")) == {}
    assert keys(wanted(), history("早安")) == {}
    assert keys(wanted(WORDS), history()) == {}


UGLY = st.lists(st.text(alphabet="今晚好ab1 \n👍[]{}@\u200b\u0301", max_size=30), max_size=5)


@settings(max_examples=50, deadline=None)
@given(UGLY, UGLY)
def test_nothing_breaks_it(texts, rows):
    found = said(wanted(*texts), history(*rows))
    assert found["id"].is_unique().all()
    assert found["key"].is_unique().all()


SUBJECT = (
    "读书",
    "跑步",
    "理财",
    "带娃",
    "做菜",
    "写字",
    "画画",
    "早起",
    "英语",
    "养花",
    "旅行",
    "摄影",
    "健身",
    "整理",
)
PLACE = ("佛山", "北京", "上海", "成都", "广州", "深圳", "杭州", "武汉", "西安", "南京")
FORMS = (
    "【{when}】{name}来聊{subject}，他在{place}做了{n}年，有问题现在就可以提。",
    "早上好！今天是{subject}第{n}天，做完在群里说一声，{name}给大家点评。",
    "{place}的朋友注意：{when}我们线下见，主题是{subject}，名额{n}个，想来的跟{name}说。",
    "上周{subject}做得最好的是{name}，坚持了{n}天。{when}请她来讲讲怎么做到的。",
    "问大家一件事：{subject}的时候最难的是什么？{when}之前说的，{name}会挑{n}条来回。",
)
CHAT = ("好的", "收到", "我来", "今天{subject}了{n}分钟", "有没有{place}的", "{name}讲得真好", "我也想{subject}")
CHAT += ("第{n}天打卡", "明天见", "谁有{subject}的书推荐", "{place}下雨了")


def drawn(chance, form):
    names = ("阿明", "小红", "老周", "糖糖", "大熊", "林姐")
    when = f"{chance.choice(['今晚', '明晚', '周五'])}{chance.randint(7, 9)}点"
    told = {"subject": chance.choice(SUBJECT), "place": chance.choice(PLACE), "n": chance.randint(2, 60)}
    return form.format(name=chance.choice(names), when=when, **told)


def edited(chance, text):
    """As a hand does: up to three of these."""
    edits = (
        lambda text, at: text.replace("，", "\n"),
        lambda text, at: text + chance.choice(["🎉", "[玫瑰][玫瑰]", "～～", " https://a.example/x1"]),
        lambda text, at: chance.choice(["大家好，", "@所有人 ", "晚上好呀！"]) + text,
        lambda text, at: text[:at] + text[at + 1 :],
        lambda text, at: text[:at] + chance.choice("的了哈呢") + text[at:],
        lambda text, at: text.replace("！", "").replace("。", ""),
        lambda text, at: text + chance.choice(["\n欢迎来玩", "\n不见不散哦", "\n有事找我"]),
    )
    for edit in chance.sample(edits, chance.randint(0, 3)):
        text = edit(text, chance.randrange(len(text)))
    return text


def test_how_sure_it_is():
    """600 announcements of five forms over 100 days among 30,000 messages, nine of ten said and edited, many alike."""
    chance = random.Random(7)
    begin = NOON
    asked, rows, truth = [], [], {}
    for n in range(600):
        text, at = drawn(chance, chance.choice(FORMS)), begin + timedelta(hours=4 * n)
        asked.append((str(n), text, at, at - timedelta(hours=2), at + timedelta(hours=24)))
        if chance.random() < 0.9:
            rows.append(("staff", edited(chance, text), at + timedelta(minutes=chance.randint(-30, 600)), str(n)))
    for _ in range(30_000):
        at = begin + timedelta(minutes=chance.randint(0, 100 * 24 * 60))
        rows.append((f"u{chance.randint(1, 200)}", drawn(chance, chance.choice(CHAT)), at, ""))
    rows.sort(key=lambda row: row[2])
    truth = {row[3]: f"k{n}" for n, row in enumerate(rows) if row[3]}
    found = keys(pl.DataFrame(asked, schema=WANTED, orient="row"), history(*(row[:3] for row in rows)))
    right = sum(truth.get(id) == key for id, key in found.items())
    print(f"precision {right / len(found):.4f}, recall {right / len(truth):.4f}, of {len(truth)}")
    assert right / len(found) >= 0.99
    assert right / len(truth) >= 0.97
