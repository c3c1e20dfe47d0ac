"""An operator drops what qq-chat-exporter wrote: JSON old and new, chunks, text, spreadsheet."""

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from huoqun.chat.message import Chat
from huoqun.chat.recognise import read_file, read_source, recognise
from huoqun.chat.source import Source


def read(data: str | bytes, name: str = "群.json") -> Chat:
    (chat,) = read_source(Source(name, data.encode() if isinstance(data, str) else data))
    return chat


def said(chat: Chat) -> list[tuple[str | None, str, str]]:
    return chat.rows.with_columns(pl.col("kind").cast(pl.String)).select("sender", "kind", "text").rows()


def legacy(number: int, text: str, sender: dict[str, str], **more: object) -> dict[str, object]:
    return {
        "messageId": str(number),
        "timestamp": f"2024-01-02T03:04:{number:02d}.000Z",
        "messageType": 2,
        "sender": sender,
        "isSystemMessage": False,
        "isRecalled": False,
        "content": {"text": text, "resources": [], "emojis": []},
        **more,
    }


WANG = {"uid": "u_2", "uin": "10002", "name": "小王"}


def test_legacy_json_and_its_traps():
    messages = [
        legacy(1, "早", WANG),
        legacy(2, "再说", {"uid": "u_2", "uin": "0", "name": ""}),
        legacy(3, "小李加入了群聊", {"uid": "未知", "uin": "0", "name": "[1]"}, messageType=5),
        legacy(4, "秘密", WANG, isRecalled=True),
        legacy(5, "回你", {"uid": "u_3", "uin": "0", "name": ""}, rawMessage={"sendNickName": "老李"}),
        {"messageId": []},
    ]
    messages[4]["content"] = {"text": "回你", "reply": {"referencedMessageId": "1", "senderName": "小王"}}
    file = {
        "metadata": {"name": "QQChatExporter V5", "version": "5.0"},
        "chatInfo": {"name": "测试群", "type": "group", "selfUid": "u_1", "selfUin": "10001"},
        "statistics": {"totalMessages": 5},
        "messages": messages,
        "avatars": {},
    }
    chat = read(json.dumps(file, ensure_ascii=False))
    assert (chat.format, chat.network, chat.group, chat.has_ids) == ("qq_exporter.json", "qq", "测试群", True)
    assert said(chat) == [
        ("10002", "text", "早"),
        ("10002", "text", "再说"),
        (None, "join", "小李加入了群聊"),
        (None, "recall", ""),
        ("u_3", "text", "回你"),
    ]
    assert chat.rows["subject"].to_list() == [None, None, "小李", "10002", None]
    assert chat.rows["reply_to"].to_list()[-1] == "1"
    assert chat.rows["name"].to_list()[-1] == "老李"
    assert [(s.line, s.reason) for s in chat.skipped] == [(5, "bad_record")]


def current(seq: int, text: str, **more: object) -> dict[str, object]:
    return {
        "id": f"m{seq}",
        "seq": str(seq),
        "timestamp": 1704164640000 + seq * 1000,
        "time": f"2024-01-02 11:04:{seq:02d}",
        "sender": WANG | {"groupCard": "王老师"},
        "type": "text",
        "content": {"text": text, "elements": [], "resources": [], "mentions": []},
        "recalled": False,
        "system": False,
        **more,
    }


def test_current_json_replies_mentions_and_media():
    answer = current(2, "好的")
    answer["content"] = {
        "text": "好的",
        "elements": [{"type": "reply", "data": {"replyMsgSeq": "1"}}],
        "mentions": [{"uid": "u_2", "name": "小王"}, {"uid": "all", "type": "all"}],
    }
    picture = current(3, "[图片: a.jpg]", type="image")
    file = {
        "metadata": {"name": "QQChatExporter"},
        "chatInfo": {"name": "新群"},
        "messages": [current(1, "开会"), answer, picture],
    }
    chat = read(json.dumps(file))
    assert chat.zone_source == "file"
    assert chat.rows["sequence"].to_list() == [1, 2, 3]
    assert chat.rows["reply_to"].to_list() == [None, "m1", None]
    assert chat.rows["mentions"].to_list() == [[], ["10002"], []]
    assert said(chat)[2] == ("10002", "image", "")
    assert chat.rows["name"].to_list() == ["王老师"] * 3


def test_chunked_folder_and_zip(tmp_path: Path):
    manifest = {
        "metadata": {"name": "QQChatExporter", "format": "chunked-jsonl"},
        "chatInfo": {"name": "大群"},
        "chunked": {
            "format": "jsonl",
            "chunks": [
                {"relativePath": "chunks/c000001.jsonl", "count": 2},
                {"relativePath": "chunks/c000002.jsonl", "count": 1},
            ],
        },
    }
    one = json.dumps(current(1, "一")) + "\n{broken\n" + json.dumps(current(2, "二")) + "\n"
    files = {
        "g_chunked_jsonl/manifest.json": json.dumps(manifest),
        "g_chunked_jsonl/chunks/c000001.jsonl": one,
        "g_chunked_jsonl/chunks/c000002.jsonl": json.dumps(current(3, "三")) + "\n",
        "g_chunked_jsonl/avatars.json": "{}",
    }
    path = tmp_path / "g.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
    for where in (path, tmp_path / "g_chunked_jsonl"):
        (chat,) = read_file(where)
        assert (chat.format, chat.group) == ("qq_exporter.chunked", "大群")
        assert chat.rows["text"].to_list() == ["一", "二", "三"]
        assert [(s.line, s.reason) for s in chat.skipped] == [(1, "bad_json")]
    (tmp_path / "g_chunked_jsonl/chunks/c000002.jsonl").unlink()
    (chat,) = read_file(tmp_path / "g_chunked_jsonl")
    assert chat.notes == ("chunks_missing",)


def test_text():
    chat = read(
        "[QQChatExporter V5 / https://github.com/shuakami/qq-chat-exporter]\n\n聊天名称: 测试群\n聊天类型: 群聊\n"
        "导出时间: 2024-01-03 10:00:00\n消息总数: 3\n\n[头衔] 小王:\n时间: 2024-01-02 03:04:05\n内容: 早\n第二行\n"
        "资源: 1 个文件\n  - image: a.jpg\n提及: 老李\n回复: 01-02 03:04 老李 - 早\n\n"
        "老李:\n时间: 2024-01-02 03:05:00\n内容: [图片]\n\n0:\n时间: 2024-01-02 03:06:00\n内容: X加入了群聊\n",
        "x.txt",
    )
    assert (chat.format, chat.group, str(chat.exported_at)) == ("qq_exporter_txt", "测试群", "2024-01-03 02:00:00")
    assert said(chat) == [("小王", "text", "早\n第二行"), ("老李", "image", ""), (None, "join", "X加入了群聊")]
    assert chat.rows["line"].to_list() == [7, 16, 20]


def sheet() -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.title = "聊天记录"
    page.append(["序号", "时间", "发送者", "发送者QQ号", "群头衔", "消息类型", "消息内容", "是否撤回", "资源数量"])
    page.append([1, "2024-01-02 03:04:05", "小王", 10002, "头衔", "文本", "早", "否", 0])
    page.append([2, "2024-01-02 03:04:06", "[1]", 0, None, "系统", "小李加入了群聊", "否", 0])
    page.append([3, "没有时间", "小王", "10002", None, "文本", "x", "否", 0])
    page.append([4, "2024-01-02 03:04:07", "小王", "10002", None, "图片", "[图片]", "是", 1])
    book.create_sheet("发送者统计").append(["排名", "发送者", "QQ号"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_spreadsheet(tmp_path: Path):
    path = tmp_path / "表格群.xlsx"
    path.write_bytes(sheet())
    (chat,) = read_file(path)
    assert (chat.format, chat.group) == ("qq_exporter_xlsx", "表格群")
    assert said(chat) == [("10002", "text", "早"), (None, "join", "小李加入了群聊"), (None, "recall", "")]
    assert [(s.line, s.reason) for s in chat.skipped] == [(3, "bad_time")]


def test_a_spreadsheet_that_unpacks_without_end_is_no_chat():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (300 << 20))
    assert recognise(Source("bomb.xlsx", file.getvalue())) is None


@pytest.mark.parametrize("cut", [10, 100, 1000, 3000])
def test_a_damaged_spreadsheet_is_no_chat(cut: int):
    assert recognise(Source("x.xlsx", sheet()[:-cut])) is None
