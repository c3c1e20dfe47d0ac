"""An operator drops what a WeChat export tool wrote, and gets who said what and when."""

from pathlib import Path

import polars as pl
import pytest

from huoqun.chat.message import SCHEMA, Chat
from huoqun.chat.recognise import read_source, recognise
from huoqun.chat.refusal import NotAChat
from huoqun.chat.source import Source


def read(text: str, name: str = "读书群.txt") -> Chat:
    (chat,) = read_source(Source(name, text.encode()))
    assert chat.rows.schema == SCHEMA
    return chat


def said(chat: Chat) -> list[tuple[str | None, str, str]]:
    rows = chat.rows.with_columns(pl.col("kind").cast(pl.String))
    return rows.select("sender", "kind", "text").rows()


WEFLOW = """{"weflow":{"version":"1.0.0"},
"session":{"wxid":"room@chatroom","displayName":"微信测试群","type":"群聊"},
"messages":[
{"localId":1,"createTime":1704164645,"formattedTime":"2024-01-02 11:04:05","type":"文本消息","localType":49,
 "content":"早\\r\\n好 \\ud83d\\ude00 \\ud83d","isSend":0,"senderUsername":"wxid_a","senderDisplayName":"阿: 甲"},
{"localId":2,"createTime":1704164646,"formattedTime":"2024-01-02 11:04:06","type":"图片消息","content":"[图片]",
 "isSend":null,"senderUsername":"wxid_b","senderDisplayName":"乙"},
{"localId":3,"createTime":1704164647,"formattedTime":"2024-01-02 11:04:07","type":"系统消息",
 "content":"\\"乙\\"邀请\\"丙、丁\\"加入了群聊","senderUsername":"room@chatroom"},
{"localId":4,"createTime":{},"type":"文本消息"},
{"localId":5,"createTime":0,"type":"文本消息","content":"x","senderUsername":"wxid_a"}]}"""


def test_weflow_gives_ids_zone_and_events():
    chat = read(WEFLOW, "x.json")
    assert (chat.format, chat.network, chat.group, chat.group_id) == ("weflow", "wechat", "微信测试群", "room@chatroom")
    assert (chat.zone, chat.zone_source, chat.has_ids) == ("Asia/Shanghai", "file", True)
    assert said(chat) == [
        ("wxid_a", "text", "早\n好 😀 \ufffd"),
        ("wxid_b", "image", ""),
        (None, "join", '"乙"邀请"丙、丁"加入了群聊'),
        (None, "join", '"乙"邀请"丙、丁"加入了群聊'),
    ]
    assert chat.rows["subject"].to_list() == [None, None, "丙", "丁"]
    assert chat.rows["name"].to_list()[:2] == ["阿: 甲", "乙"]
    assert chat.rows["sequence"].to_list() == [1, 2, 3, 3]
    assert [(s.line, s.reason) for s in chat.skipped] == [(3, "bad_time"), (4, "bad_time")]


def test_the_operators_zone_wins():
    (chat,) = read_source(Source("x.json", WEFLOW.encode()), zone="Europe/Berlin")
    assert (chat.zone, chat.zone_source) == ("Europe/Berlin", "named")
    assert str(chat.rows["local"][0]) == "2024-01-02 04:04:05"


def test_weflow_relatives():
    senders = '"senders":[{"senderID":7,"wxid":"wxid_a","displayName":"甲","groupNickname":"群里的甲"}],'
    body = (
        '"session":{"wxid":"r@chatroom","displayName":"群","type":"群聊"},'
        + senders
        + '"messages":[{"localId":1,"createTime":1704164645,"type":"文本消息","content":"嗨","senderID":7}]}'
    )
    arkme = read('{"weflow":{"format":"arkme-json"},' + body, "a.json")
    echo = read("{" + body, "a.json")
    assert (arkme.format, echo.format) == ("weflow.arkme", "weflow.echotrace")
    assert arkme.rows.select("sender", "name").rows() == [("wxid_a", "群里的甲")] == echo.rows["sender", "name"].rows()
    cipher = read(
        '{"exportInfo":{"generator":"CipherTalk","format":"detailed-json"},'
        '"session":{"wxid":"r@chatroom","displayName":"群","isGroup":true,"ownerId":"wxid_a","platform":"wechat"},'
        '"messages":[{"localId":1,"createTime":1704164645,"type":"文本消息","content":"嗨","senderUsername":"wxid_a",'
        '"platformMessageId":"900"}]}',
        "a.json",
    )
    assert (cipher.format, cipher.owner, cipher.rows["key"][0]) == ("weflow.ciphertalk", "wxid_a", "900")


def test_chatlog_array_and_webhook():
    record = (
        '{"seq":1780289347000,"time":"2026-06-01T12:49:07+08:00","talker":"1@chatroom","talkerName":"车友群",'
        '"isChatRoom":true,"sender":"wxid_1","senderName":"张三","isSelf":false,"type":1,"subType":0,'
        '"content":"几点？","contents":{}}'
    )
    answer = (
        '{"seq":1780289348000,"time":"2026-06-01T12:49:08+08:00","talker":"1@chatroom","talkerName":"车友群",'
        '"isChatRoom":true,"sender":"wxid_2","senderName":"","type":49,"subType":57,"content":"八点",'
        '"contents":{"refer":{"seq":1780289347000}}}'
    )
    bare = read(f"[{record},{answer}]", "x.json")
    hook = read(
        f'{{"talker":"1@chatroom","sender":"","keyword":"","length":2,"messages":[{record},{answer}]}}', "x.json"
    )
    assert bare.rows.equals(hook.rows)
    assert (bare.group, bare.zone_source) == ("车友群", "file")
    assert bare.rows["reply_to"].to_list() == [None, "1780289347000"]
    assert str(bare.rows["local"][0]) == "2026-06-01 12:49:07"


def test_memotrace_text_in_both_orders():
    time_first = "2026-10-05 21:40:12 老王\n今晚谁来？\n\n带上茶\n\n2026-10-05 21:41:12 小李\n[图片]\n"
    name_first = "老王 2026-10-05 21:40:12\n今晚谁来？\n\n带上茶\n\n小李 2026-10-05 21:41:12\n[图片]\n"
    for text in (time_first, name_first, time_first.replace("\n", "\r\n")):
        chat = read(text)
        assert said(chat) == [("老王", "text", "今晚谁来？\n\n带上茶"), ("小李", "image", "")]
        assert chat.rows["line"].to_list() == [0, 5]
        assert (chat.group, chat.has_ids, chat.zone_source) == ("读书群", False, "default")


def test_a_body_that_looks_like_a_header_stays_body():
    text = (
        "2023-11-15 06:15:23 'Alice'\nlook:\n2023-11-15 06:10:00 'Fake'\nno\n\n"
        "2023-11-15 06:15:24 '我'\nyes\n\n2023-11-15 06:15:30 'O'Neil'\nok\n"
    )
    chat = read(text)
    assert said(chat) == [
        ("Alice", "text", "look:\n2023-11-15 06:10:00 'Fake'\nno"),
        ("我", "text", "yes"),
        ("O'Neil", "text", "ok"),
    ]
    assert chat.notes == ("own_name_unknown",)


def test_a_pasted_header_after_an_empty_line_is_told_by_time():
    blocks = [f"2023-11-15 {hour:02d}:{minute:02d}:00 'Ann'\nwords\n" for hour in range(4) for minute in range(60)]
    blocks[100] = "2023-11-15 01:40:00 'Ann'\npasted:\n\n2020-01-01 00:00:00 'Old'\nwords\n"
    chat = read("\n".join(blocks))
    assert chat.rows.height == 240
    assert "Old" not in chat.rows["sender"]


def test_damage_before_the_first_header_is_reported():
    chat = read("rubbish\n\n2026-10-05 21:40:12 老王\n好\n")
    assert [(s.line, s.reason) for s in chat.skipped] == [(0, "no_header")]


def test_markdown():
    chat = read(
        "# 微信测试群\n\n- 会话ID: `room@chatroom`\n- 会话类型: 群聊\n- 导出工具: WeFlow\n\n---\n\n"
        "## 2023-11-15 06:15:23 Alice\n\n> Bob: quoted\n\nhello\n\n"
        "## 2023-11-15 06:15:24 Bob\n\n![图片](images/one.jpg)\n",
        "x.md",
    )
    assert (chat.group, chat.group_id) == ("微信测试群", "room@chatroom")
    assert said(chat) == [("Alice", "text", "> Bob: quoted\n\nhello"), ("Bob", "image", "")]


def test_sql_is_data_and_is_never_run(tmp_path: Path):
    sql = (
        "CREATE TABLE weflow_messages (x);\n"
        "INSERT INTO weflow_messages (session_id, local_id, message_id, create_time, sender, is_send, local_type,"
        " media_type, content, media_path) VALUES\n"
        "('r@chatroom', 1, '9001', 1704164645, 'wxid_a', 0, 1, NULL, 'it''s\nme); DROP TABLE x; --', NULL),\n"
        "('r@chatroom', 2, '9002', 1704164646, 'wxid_b', 0, 3, 'image', NULL, 'x.jpg');\n"
        "INSERT INTO weflow_messages VALUES ('r@chatroom', 3);\n"
        "INSERT INTO weflow_messages VALUES\n"
        "('r@chatroom',3,'9003',1704164647,'r@chatroom',0,10000,NULL,'“X”加入了群聊',NULL);\n"
    )
    chat = read(sql, "x.sql")
    assert said(chat) == [
        ("wxid_a", "text", "it's\nme); DROP TABLE x; --"),
        ("wxid_b", "image", ""),
        (None, "join", "“X”加入了群聊"),
    ]
    assert chat.rows["line"].to_list() == [2, 4, 7]
    assert [(s.line, s.reason) for s in chat.skipped] == [(5, "bad_record")]


def test_copied_from_the_client():
    chat = read("张三 2024年1月2日 03:04\n几点？\n\n李四 2024年1月2日 下午3:05\n八点\n八点半\n")
    assert said(chat) == [("张三", "text", "几点？"), ("李四", "text", "八点\n八点半")]
    assert [str(t) for t in chat.rows["local"]] == ["2024-01-02 03:04:00", "2024-01-02 15:05:00"]


def test_copied_without_times_is_refused_with_the_reason():
    with pytest.raises(NotAChat, match="without times"):
        read("张三:\n几点？\n\n李四:\n八点\n\n张三:\n好\n")


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-02 03:04:05 INFO start\n2024-01-02 03:04:06 INFO end\n",
        "dear all,\n\nthe meeting is on 2024-01-02.\n",
        '{"session": 1}',
        "# A title\n\n- a list\n",
    ],
)
def test_what_is_no_chat_is_not_recognised(text: str):
    assert recognise(Source("x.txt", text.encode())) is None
