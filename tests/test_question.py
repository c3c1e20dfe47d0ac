"""An operator sees what was asked, and what nobody answered."""

from datetime import timedelta

import polars as pl
import pytest
from group_rows import START, links, row, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from huoqun.insight.card import Card
from huoqun.insight.question import asking, question_list, questions
from huoqun.insight.reading import reading

ASKED = """
这个怎么报名
请问怎么付款
有没有人知道哪里可以买
群里有人去过云南吗
多少钱
今天几点开始？
你那边下雨了没？
这不是很好吗？你觉得呢？
how do I install it
anyone knows a good dentist in Berlin
what is the best way to cook rice?
is there a way to do this
求推荐一款耳机
求一个群主微信
价格呢
这个咋弄
周末去哪里玩
Can someone help me with this
John: can you send me the file
@张三 你明天来吗
什么时候发货
为什么打不开
如何申请退款
有啥好吃的推荐？
能不能便宜点
可以加你微信吗
一共多少人
吃了吗
大家觉得怎么样？
any ideas
What time is the meeting?
anybody around to help with postgres
谁有发票模板
这个多少米
打不开（是不是我的手机太旧了？）
看这个 https://a.example/x?y=2 有人用过吗
""".strip().splitlines()

NOT_ASKED = """
多少有点失望
谁都知道这个道理
要求很高
追求卓越
真的吗？
啊？
在吗
明天一起吃饭吧
我怎么都行
https://a.example/?q=1 看看这个
看看这个 https://a.example/x?y=2
难道我说错了吗？
对吧？
I know how to do that
What a day
lol what?
还在睡呢
他正忙着呢
哪里哪里，过奖了
who cares?
why not?
好的
收到
谢谢群主
你是不是傻
That's right, isn't it?
我有几个问题
???
""".strip().splitlines()


def asks(text: str) -> bool:
    return asking(pl.DataFrame({"text": [text.lower()]})).height == 1


@pytest.mark.parametrize("text", ASKED)
def test_is_a_question(text):
    assert asks(text)


@pytest.mark.parametrize("text", NOT_ASKED)
def test_is_no_question(text):
    assert not asks(text)


@settings(deadline=None)
@given(st.lists(st.text(max_size=60), max_size=30))
def test_any_text_is_judged_alone(texts):
    """What stands beside a message never changes whether it asks."""
    frame = pl.DataFrame({"i": range(len(texts)), "text": [t.lower() for t in texts]}, schema={"i": int, "text": str})
    together = set(asking(frame)["i"])
    alone = {i for i, text in enumerate(texts) if asks(text)}
    assert together == alone


def read(said, pairs=()):
    return reading(rows(said), links(pairs), Card(), now=START + timedelta(days=30))


def test_answered_means_by_somebody_else_over_a_link():
    said = [
        row(0, "甲", "请问怎么付款"),
        row(1, "甲", "补充一下，是年费"),
        row(2, "乙", "今天好冷"),
        row(9, "丙", "群公告里有二维码"),
        row(300, "乙", "明天几点开始？"),
    ]
    table = questions(read(said, [(1, 0), (3, 0)]))
    assert table["row"].to_list() == [0, 4]
    assert table["answered"].to_list() == [START + timedelta(minutes=9), None]
    shown = question_list(read(said, [(1, 0), (3, 0)]))
    assert [q.quote.text for q in shown] == ["明天几点开始？", "请问怎么付款"]
    assert [q.by for q in shown] == [None, "丙"]


def test_without_links_the_next_speaker_answers_if_soon():
    said = [row(0, "甲", "请问怎么付款"), row(4, "乙", "扫码"), row(600, "甲", "谁有发票模板"), row(900, "乙", "早")]
    assert questions(read(said))["by"].to_list() == [1, None]


def test_several_messages_of_one_asking_are_one_question():
    said = [row(0, "甲", "请问"), row(0.5, "甲", "年费怎么付款？"), row(1, "甲", "有人知道吗"), row(5, "乙", "扫码")]
    table = questions(read(said, [(3, 2)]))
    assert table["row"].to_list() == [1]
    assert table["answer"].to_list() == [3]


def test_media_and_long_articles_do_not_ask():
    said = [row(0, "甲", "有人吗？", kind="image"), row(1, "甲", "你还在烦恼吗？" + "我们的产品很好。" * 60)]
    assert questions(read(said)).is_empty()
    assert question_list(read([])) == []
