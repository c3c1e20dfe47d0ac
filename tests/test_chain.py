"""Chain sign-ups as chats are full of them: whatever the numbering, everybody who signed up is on the list once."""

import pytest

from huoqun.activities import chain_merge
from huoqun.activities.chain_line import Entry, entry


def names(text):
    return [e.name for e in chain_merge.read(text).entries]


@pytest.mark.parametrize(
    "line",
    [
        "1. 张三",
        "1.张三",
        "1．张三",
        "1、张三",
        "1,张三",
        "1，张三",
        "1) 张三",
        "1）张三",
        "(1) 张三",
        "（1）张三",
        "[1]张三",
        "【1】张三",
        "1: 张三",
        "1：张三",
        "1 张三",
        "1张三",
        "1-张三",
        "1 - 张三",
        "１．张三",
        "１ 张三",
        "①张三",
        "① 张三",
        "⑴张三",
        "⒈张三",
        "❶张三",
        "1️⃣张三",
        "1️⃣ 张三",
        "No.1 张三",
        "NO1 张三",
        "#1 张三",
        "第1位 张三",
        "第一位 张三",
        "一、张三",
        "（一）张三",
        "1号 张三",
        "1楼：张三",
        "👉1. 张三",
        "✅ 1. 张三",
        "\u200b1. 张三",
        "  1.  张三  ",
        "1。张三",
        "1;张三",
        "1.  张三 ✅",
        "壹、张三",
        "（壹）张三",
        "Ⅰ 张三",
    ],
)
def test_any_numbering(line):
    assert names(f"#接龙 爬山\n\n{line}") == ["张三"]


@pytest.mark.parametrize("signs", ["A、 B、 C、", "a) b) c)", "（A） （B） （C）", "Ａ． Ｂ． Ｃ．"])
def test_letters_are_numbers_where_they_follow_each_other(signs):
    lines = [sign + name for sign, name in zip(signs.split(), ["张三", "李四", "王五"], strict=True)]
    assert names("#接龙 爬山\n" + "\n".join(lines)) == ["张三", "李四", "王五"]
    assert names("A. 周六\nB. 周日\n1. 张三\n2. A. Smith") == ["张三", "A. Smith"]


@pytest.mark.parametrize(
    ("said", "name", "count", "note"),
    [
        ("张三", "张三", 1, ""),
        ("张三 2人", "张三", 2, ""),
        ("张三2人", "张三", 2, ""),
        ("张三+1", "张三", 2, ""),
        ("张三 ＋2", "张三", 3, ""),
        ("张三（2人）", "张三", 2, ""),
        ("张三 x2", "张三", 2, ""),
        ("张三×3", "张三", 3, ""),
        ("张三*2", "张三", 2, ""),
        ("张三-2份", "张三", 2, ""),
        ("张三 两份", "张三", 2, ""),
        ("张三 十份", "张三", 10, ""),
        ("张三 3", "张三", 3, ""),
        ("张三 2大1小", "张三", 3, "2大1小"),
        ("张三（带孩子）", "张三", 1, "带孩子"),
        ("张三，晚到半小时", "张三", 1, "晚到半小时"),
        ("张三 苹果2箱 梨1箱", "张三", 3, "苹果2箱 梨1箱"),
        ("张三 2份 不要辣", "张三", 2, "不要辣"),
        ("王伟-北京-会计", "王伟-北京-会计", 1, ""),
        ("王伟-北京-会计 2人", "王伟-北京-会计", 2, ""),
        ("007", "007", 1, ""),
        ("520 2份", "520", 2, ""),
        ("13800000000", "13800000000", 1, ""),
        ("小😊鱼", "小😊鱼", 1, ""),
        ("😎", "😎", 1, ""),
        ("Mary Jane", "Mary Jane", 1, ""),
        ("Mary Jane 2 pax", "Mary Jane", 2, ""),
        ("Alex +1", "Alex", 2, ""),
        ("Max", "Max", 1, ""),
        ("A-浩", "A-浩", 1, ""),
        ("不取消", "不取消", 1, ""),
        ("张三 候补", "张三", 1, ""),
    ],
)
def test_a_line_is_a_name_a_count_and_a_note(said, name, count, note):
    found = entry(said)
    assert isinstance(found, Entry)
    assert (found.name, found.count, found.note) == (name, count, note)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("", "empty"),
        ("____", "empty"),
        ("……", "empty"),
        ("（）", "empty"),
        ("张三（取消）", "cancelled"),
        ("张三 来不了了", "cancelled"),
        ("~~张三~~", "cancelled"),
        ("张三 退出", "cancelled"),
        ("Bob cancelled", "cancelled"),
        ("❌张三", "cancelled"),
        ("张\u0336三\u0336", "cancelled"),
        ("例：张三 2份", "example"),
        ("（示例）张三", "example"),
        ("e.g. Bob 2", "example"),
        ("格式：姓名+人数", "example"),
    ],
)
def test_lines_that_count_for_nothing_say_why(said, reason):
    assert entry(said) == reason


def test_the_head_may_hold_rules_an_example_and_a_cap():
    chain = chain_merge.read(
        "【周六爬山】限3人\n规则：\n1. 准时到\n2. 自带水\n例：1. 小明 2人\n\n1. 张三\n2. 李四 2人\n3. 王五\n"
    )
    assert chain.title == "【周六爬山】限3人"
    assert chain.cap == 3
    assert [e.name for e in chain.entries] == ["张三", "李四"]
    assert [e.name for e in chain.waiting] == ["王五"]
    assert [d.reason for d in chain.dropped] == ["example"]


COPIES = "#接龙 团购\n1. 张三 2箱\n2. 李四\n3. 王五\n"


def test_two_who_copy_the_same_list_are_both_on_it():
    assert names(f"{COPIES}-----\n{COPIES}4. 赵六\n-----\n{COPIES}4. 钱七\n") == [
        "张三",
        "李四",
        "王五",
        "赵六",
        "钱七",
    ]


def test_who_is_taken_off_is_off_and_the_others_move_up():
    chain = chain_merge.read(f"{COPIES}---\n#接龙 团购\n1. 张三 2箱\n2. 王五\n3. 赵六")
    assert [e.name for e in chain.entries] == ["张三", "王五", "赵六"]
    assert [(d.text, d.reason) for d in chain.dropped] == [("李四", "cancelled")]


def test_a_changed_count_and_a_cancelled_line_are_changes():
    chain = chain_merge.read(f"{COPIES}---\n#接龙 团购\n1. 张三 5箱\n2. 李四（取消）\n3. 王五")
    assert [(e.name, e.count) for e in chain.entries] == [("张三", 5), ("王五", 1)]


def test_who_takes_themselves_off_the_end_is_off_though_the_list_stood_so_before():
    assert names("1. 张三\n---\n1. 张三\n2. 李四\n---\n1. 张三") == ["张三"]
    assert names("1. 张三\n---\n1. 张三\n2. 李四\n3. 王五\n---\n1. 张三\n2. 赵六") == ["张三", "李四", "王五", "赵六"]


def test_the_tail_of_a_list_takes_nobody_off():
    assert names(f"{COPIES}---\n3. 王五\n4. 赵六") == ["张三", "李四", "王五", "赵六"]


def test_one_line_holds_several_and_the_same_line_twice_counts_once():
    assert names("1.张三 2.李四 3.王五+1") == ["张三", "李四", "王五"]
    chain = chain_merge.read("1. 张三\n2. 张三\n3. 李四")
    assert [e.name for e in chain.entries] == ["张三", "李四"]
    assert chain.dropped[0].reason == "duplicate"


def test_a_waiting_list_stands_apart():
    chain = chain_merge.read("#接龙 爬山\n1. 张三\n2. 李四\n候补：\n1. 王五\n")
    assert [e.name for e in chain.entries] == ["张三", "李四"]
    assert [e.name for e in chain.waiting] == ["王五"]


def test_what_is_written_is_read_again():
    chain = chain_merge.read("#接龙 爬山\n1. 张三 2人 晚到\n2. 007\n3. 王五 候补\n")
    again = chain_merge.read(chain_merge.text_of(chain))
    assert (again.title, again.entries, again.waiting) == (chain.title, chain.entries, chain.waiting)
