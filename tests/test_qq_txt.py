"""QQ text: heads of every version, several conversations in a file, people known by number, mail or name."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huoqun.chat.formats import qq_txt
from huoqun.chat.message import Skipped
from huoqun.chat.source import Source

RULE = "=" * 64
TITLE = "消息记录（此消息记录为文本格式，不支持重新导入）\n\n"
BANNER = f"{TITLE}{RULE}\n消息分组:我的群聊\n{RULE}\n消息对象:测试群\n{RULE}\n\n"


def read(text, banner=BANNER):
    source = Source("测试群.txt", (banner + text).encode())
    assert qq_txt.recognises(source)
    return qq_txt.read(source, zone=None)


def rows(text, banner=BANNER):
    (chat,) = read(text, banner)
    return chat.rows


@pytest.mark.parametrize(
    ("head", "sender", "name"),
    [
        ("2024-01-02 03:04:05 Alice(10001)", "10001", "Alice"),
        ("2024-01-02 03:04:05 【管理员】Alice(10001)", "10001", "Alice"),
        ("2024-01-02 03:04:05 【群主】【活跃】张 三(10001)", "10001", "张 三"),
        ("2024-01-02 03:04:05 Bob<bob@example.com>", "bob@example.com", "Bob"),
        ("2024-01-02 03:04:05 小雨😀(老师)(10001)", "10001", "小雨😀(老师)"),
        ("2024-01-02 03:04:05 just a name", "just a name", "just a name"),
        ("2024-01-02 03:04:05 a: b(10001)", "10001", "a: b"),
        ("2024-01-02 03:04:05 (10001)", "10001", "10001"),
        ("2024-01-02 3:04:05 AM 骰娘(87200175)", "87200175", "骰娘"),
        ("2024-1-2 3:04:05 Alice(10001)", "10001", "Alice"),
    ],
)
def test_every_head(head, sender, name):
    row = rows(f"{head}\nfirst\nsecond\n\n").row(0, named=True)
    assert (row["sender"], row["name"], row["text"]) == (sender, name, "first\nsecond")
    assert row["local"] == datetime(2024, 1, 2, 3, 4, 5)
    assert row["line"] == BANNER.count("\n")


def test_the_clock_of_an_english_windows():
    text = "".join(f"2019-09-23 {clock} 骰娘(87200175)\nx\n\n" for clock in ("12:43:38 AM", "8:43:38 AM", "8:43:38 PM"))
    assert [t.hour for t in rows(text)["local"]] == [0, 8, 20]


def test_a_name_that_begins_with_pm_is_a_name():
    heads = ("08:43:38 PM 老王(10001)", "09:43:38 Bob(10002)", "09:43:39 Bob(10002)")
    text = "".join(f"2019-09-23 {head}\nx\n\n" for head in heads)
    assert rows(text)["name"].to_list()[0] == "PM 老王"


def test_bodies_keep_empty_lines_and_what_looks_like_a_head():
    body = "one\n2024-01-02 03:04:05 fake(10009)\n\n\ntwo\n2024-01-02 03:04:06 fake(10009)"
    text = f"2024-01-02 03:04:05 A(10001)\n{body}\n\n2024-01-02 03:04:06 B(10002)\nx\n\n"
    assert rows(text)["text"].to_list() == [body, "x"]


def test_an_empty_message_and_the_end_of_the_file():
    text = "2024-01-02 03:04:05 A(10001)\n\n\n2024-01-02 03:04:06 B(10002)\nlast"
    assert rows(text)["text"].to_list() == ["", "last"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("[图片]", "image"), ("[语音]", "voice"), ("[表情]", "sticker"), ("[图片]看", "text"), ("早", "text")],
)
def test_placeholders(text, kind):
    assert rows(f"2024-01-02 03:04:05 A(10001)\n{text}\n\n")["kind"].to_list() == [kind]


@pytest.mark.parametrize("system", ["系统消息(10000)", "系统消息(1000000)"])
def test_system_senders_make_events(system):
    text = (
        "2024-01-02 03:04:05 小红(10003)\n早\n\n"
        f"2024-01-02 03:04:06 {system}\n小明(10002) 加入本群。\n\n"
        f"2024-01-02 03:04:07 {system}\n小红 退出本群。\n\n"
        f"2024-01-02 03:04:08 {system}\n小红(10003)邀请小刚(10004)加入了本群。\n\n"
        f"2024-01-02 03:04:09 {system}\n群公告\n\n"
    )
    events = rows(text).tail(4)
    assert events["kind"].to_list() == ["join", "leave", "join", "system"]
    assert events["subject"].to_list() == ["10002", "10003", "10004", None]
    assert events["sender"].to_list() == [None, None, "10003", None]
    assert events["name"].to_list()[2] == "小红"


def test_several_conversations_and_the_same_one_twice():
    def block(name, text):
        return f"{RULE}\n消息分组:我的群聊\n{RULE}\n消息对象:{name}\n{RULE}\n\n{text}"

    text = (
        block("甲", "2024-01-02 03:04:05 A(10001)\nx\n\n")
        + block("多人聊天", "2024-01-01 03:04:05 B(10002)\ny\n\n")
        + block("甲", "2024-01-03 03:04:05 A(10001)\nz\n\n")
    )
    chats = read(text, TITLE)
    assert [(c.group, c.rows["text"].to_list()) for c in chats] == [("甲", ["x", "z"]), ("多人聊天", ["y"])]
    assert all(c.skipped == () for c in chats)


def test_people_keep_their_number_through_renames_and_names_find_their_number():
    text = (
        "2024-01-02 03:04:05 10001(10001)\na\n\n"
        "2024-01-02 03:04:06 【管理员】旧名(10001)\nb\n\n"
        "2024-01-02 03:04:07 新名(10001)\nc\n\n"
        "2024-01-02 03:04:08 新名\nd\n\n"
    )
    (chat,) = read(text)
    assert chat.rows["sender"].to_list() == ["10001"] * 4
    assert chat.rows["name"].to_list() == ["旧名", "旧名", "新名", "新名"]
    assert chat.members.rows() == [("10001", "新名", "admin", ["旧名"])]


def test_damage_is_told_by_line():
    text = "stray\n\n2024-13-02 03:04:05 A(10001)\nx\n\n2024-01-02 03:04:05 A(10001)\ny\n\n"
    (chat,) = read(text)
    first = BANNER.count("\n")
    assert chat.skipped == (Skipped(first, "no_header"), Skipped(first + 2, "bad_time"))
    assert chat.rows["text"].to_list() == ["y"]


def test_without_a_banner_numbers_and_mails_are_recognised_and_other_texts_are_not():
    assert rows("2024-01-02 03:04:05 A(10001)\nx\n\n", "").height == 1
    assert not qq_txt.recognises(Source("x", "2024-01-02 03:04:05 老王\n早\n\n".encode()))


WORDS = st.text(st.sampled_from("abc 你好😀.,-[]<>:()\n12"), min_size=1, max_size=40).map(str.strip).filter(bool)
NAMES = st.text(st.sampled_from("abc你好😀.-[]:() "), max_size=10).map(str.strip)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(10_001, 99_999), NAMES, WORDS), min_size=1, max_size=10))
def test_what_was_written_is_read(messages):
    messages.sort()
    start = datetime(2023, 11, 14)
    text = "".join(f"{start + timedelta(seconds=s):%Y-%m-%d %H:%M:%S} {n}({q})\n{w}\n\n" for s, q, n, w in messages)
    found = rows(text)
    assert found["sender"].to_list() == [str(q) for _, q, *_ in messages]
    assert found["local"].to_list() == [start + timedelta(seconds=s) for s, *_ in messages]
    said = [(w, t) for w, t in zip((w for *_, w in messages), found["text"], strict=True) if not w.startswith("[")]
    assert all(written == read_ for written, read_ in said)


PIECES = [RULE, "消息对象:x", "消息分组:y", "2024-01-02 03:04:05 A(10001)", "2024-01-02 03:04:05 ", "\n", "\n\n"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=30))
def test_any_text_is_read_without_a_fault(pieces):
    qq_txt.read(Source("x.txt", "".join(pieces).encode("utf-8", "replace")), zone=None)
