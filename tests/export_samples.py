"""Synthetic exports, one of each layout, small and ugly, for tests that mangle them."""

import io
import json
import zipfile

import openpyxl

TIME = 1704164645
"""2024-01-02 03:04:05 UTC."""


def _dump(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _sheet(title: str, rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.title = title
    for row in rows:
        page.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _zip(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


_WECHAT = [
    {"localId": n, "createTime": TIME + n, "formattedTime": f"2024-01-02 11:04:{5 + n:02d}", "type": kind,
     "content": text, "isSend": 0, "senderUsername": f"wxid_{n % 3}", "senderDisplayName": f"名: {n % 3} 😀"}
    for n, (kind, text) in enumerate(
        [("文本消息", "早\r\n好"), ("图片消息", "[图片]"),
         ("系统消息", "“甲”修改群昵称为“乙”"), ("引用消息", "是的？")])
]  # fmt: skip
_QQ = [
    {"id": f"m{n}", "seq": str(n), "timestamp": (TIME + n) * 1000, "time": f"2024-01-02 11:04:{5 + n:02d}",
     "type": "text",
     "sender": {"uid": f"u_{n % 2}", "uin": f"1000{n % 2}", "name": "王"},
     "content": {"text": f"第{n}", "elements": [{"type": "reply", "data": {"msgId": "m0"}}],
                 "mentions": [{"uid": "u_0"}]}}
    for n in range(1, 5)
]  # fmt: skip
_OLD_QQ = [
    {"messageId": str(n), "timestamp": f"2024-01-02T03:04:{n:02d}.000Z", "messageType": 2, "isRecalled": n == 3,
     "sender": {"uid": "未知" if n == 2 else "u_1", "uin": "0"}, "content": {"text": "小李加入了群聊"}}
    for n in range(1, 5)
]  # fmt: skip
_SLACK = [
    {"type": "message", "user": "U1", "text": "<@U2> <https://x|y> &amp;", "ts": f"{TIME + n}.000100",
     "thread_ts": f"{TIME}.000100"} for n in range(4)
]  # fmt: skip
_MATRIX = [
    {"type": "m.room.message", "sender": "@a:x", "event_id": f"${n}", "origin_server_ts": (TIME + n) * 1000,
     "content": {"msgtype": "m.text", "body": "> <@a:x> x\n\nhi", "m.new_content": {"body": "z"},
                 "m.relates_to": {"rel_type": "m.replace" if n == 3 else "m.thread", "event_id": "$1",
                                  "m.in_reply_to": {"event_id": "$0"}}}} for n in range(4)
] + [
    {"type": "m.room.member", "sender": "@a:x", "state_key": "@b:x", "event_id": "$9", "origin_server_ts": TIME * 1000,
     "content": {"membership": "join", "displayname": "B"}}
]  # fmt: skip
_WECOM = [
    {"msgid": str(n), "action": "recall" if n == 2 else "send", "from": "wb1" if n == 1 else "li", "tolist": ["x"],
     "roomid": "wrA", "msgtime": (TIME + n) * 1000, "msgtype": "mixed" if n == 3 else "text", "text": {"content": "好"},
     "mixed": {"item": [{"type": "text", "content": "{\"content\":\"x\"}"}]}} for n in range(4)
]  # fmt: skip
_CHATLOG = [
    {"seq": (TIME + n) * 1000, "time": f"2024-01-02T11:04:{5 + n:02d}+08:00", "talker": "1@chatroom",
     "talkerName": "群", "isChatRoom": True, "sender": "wxid_1", "senderName": "张", "isSelf": False,
     "type": 49, "subType": 57,
     "content": "好", "contents": {"refer": {"seq": TIME * 1000}}} for n in range(4)
]  # fmt: skip
_CHATLAB = [
    {"_type": "header", "chatlab": {"version": "0.0.2", "exportedAt": TIME}, "meta": {"name": "群", "platform": "qq"}},
    {"_type": "member", "platformId": "1", "accountName": "张", "roles": [{"id": "owner"}]},
    *({"_type": "message", "sender": "1", "accountName": "张", "timestamp": TIME + n, "type": [0, 80, 25, 99][n],
       "content": "“甲”加入了群聊", "platformMessageId": n, "replyToMessageId": 0,
       "huoqun": {"us": 5, "mentions": ["2"], "bot": True}} for n in range(4)),
]  # fmt: skip

SAMPLES: dict[str, tuple[str, bytes]] = {
    "chatlab": ("x.json", _dump({"chatlab": {"version": "0.0.2"}, "meta": {"name": "g"}, "messages": _CHATLAB[2:]})),
    "chatlab lines": ("x.jsonl", b"# comment\n" + b"\n".join(map(_dump, _CHATLAB))),
    "weflow": ("x.json", _dump({"weflow": {"version": "1"}, "session": {"wxid": "r@chatroom"}, "messages": _WECHAT})),
    "chatlog": ("x.json", _dump(_CHATLOG)),
    "chatlog hook": ("x.json", _dump({"talker": "1@chatroom", "sender": "", "messages": _CHATLOG})),
    "wecom": ("x.jsonl", b"\n".join(map(_dump, _WECOM))),
    "slack": ("x.zip", _zip({
        "users.json": _dump([{"id": "U1", "name": "a", "tz": "Asia/Tokyo", "profile": {"real_name": "A"}}]),
        "channels.json": _dump([{"id": "C1", "name": "c", "creator": "U1", "members": ["U1"]}]),
        "c/2024-01-02.json": _dump(_SLACK),
    })),
    "slack day": ("x.json", _dump(_SLACK)),
    "matrix": ("x.json", _dump({"room_name": "g", "room_creator": "@a:x", "messages": _MATRIX})),
    "matrix api": ("x.json", _dump({"chunk": _MATRIX[::-1]})),
    "qq": ("x.json", _dump({"metadata": {"name": "Q"}, "chatInfo": {"name": "g"}, "messages": _QQ})),
    "qq old": ("x.json", _dump({"metadata": {"name": "Q"}, "chatInfo": {"name": "g"}, "messages": _OLD_QQ})),
    "qq chunks": ("x.zip", _zip({
        "manifest.json": _dump({"chunked": {"chunks": [{"relativePath": "chunks/c1.jsonl", "count": 4}]}}),
        "chunks/c1.jsonl": b"\n".join(map(_dump, _QQ)),
    })),
    "qq text": ("x.txt", (
        "[QQChatExporter V5 / x]\n\n聊天名称: 群\n聊天类型: 群聊\n导出时间: 2024-01-03 10:00:00\n\n"
        "[头衔] 小王:\n时间: 2024-01-02 03:04:05\n内容: 早\n资源: 1 个文件\n\n"
        "老李:\n时间: 2024-01-02 03:05:05\n内容: 好\n"
    ).encode()),
    "qq sheet": ("x.xlsx", _sheet("聊天记录", [
        ["序号", "时间", "发送者", "发送者QQ号", "消息类型", "消息内容", "是否撤回", "资源数量"],
        [1, "2024-01-02 03:04:05", "小王", 10002, "文本", "早", "否", 0],
        [2, "2024-01-02 03:04:06", "0", 0, "系统", "小李加入了群聊", "否", 0],
    ])),
    "wechat text": ("x.txt", "2026-10-05 21:40:12 老王\n今晚？\n\n好\n\n2026-10-05 21:41:12 小李\n[图片]\n".encode()),
    "wechat text turned": ("x.txt", "老王 2026-10-05 21:40:12\n今晚？\n\n小李 2026-10-05 21:41:12\n好\n".encode()),
    "weflow text": ("x.txt", (
        "2023-11-15 06:15:23 'A'\nhi\n\n2023-11-15 06:15:24 '我'\n2023-11-15 06:15:24 'B'\n"
    ).encode()),
    "wechat copy": ("x.txt", "张三 2024年1月2日 03:04\n几点？\n\n李四 2024年1月2日 下午3:05\n八点\n".encode()),
    "wechat md": ("x.md", (
        "# 群\n\n- 会话ID: `r@chatroom`\n- 导出工具: WeFlow\n\n---\n\n## 2023-11-15 06:15:23 A\n\n> B: q\n\nhello\n"
    ).encode()),
    "wechat sql": ("x.sql", (
        b"INSERT INTO weflow_messages (session_id, local_id, message_id, create_time, sender, is_send, local_type, "
        b"media_type, content, media_path) VALUES ('r@chatroom', 1, '9', 1704164645, 'w', 0, 1, NULL, 'it''s', NULL),\n"
        b"('r@chatroom', 2, '10', 1704164646, 'w', 0, 3, 'image', NULL, 'x');\n"
    )),
    "plain csv": ("x.csv", '时间,发送者,内容,回复\n2024/1/2 3:04,张,"多\n""行""",\n2024/1/2 3:05,李,好,1\n'.encode()),
    "plain tsv": ("x.tsv", b"date\ttime\tuser\tmessage\n1/2/2024\t3:04 PM\tann\thi\n"),
    "plain lines": ("x.jsonl", b'{"time": 1704164645, "user": {"id": 7, "name": "a"}, "message": "hi", "id": 7}\n'),
    "plain array": ("x.json", b'{"messages":[{"time":"2024-01-02T03:04:05+08:00","sender":"a","text":["x"]}]}'),
    "plain sheet": ("x.xlsx", _sheet("S", [["Time", "Sender", "Text"], ["2024-01-02 03:04", "ann", "hi"]])),
}  # fmt: skip
"""By layout: a file name and the bytes."""
