"""Seeds for fuzzing: one small, made-up file for every layout that can be read, by name."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import openpyxl

START = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
PEOPLE = ("Alice", "小王: 佛山", "👻鬼", "10003", "Bob")
TEXTS = (
    "早上好",
    "who knows this?",
    "第一行\n2024-01-02 03:04:05 not a header",
    "@Alice 收到",
    "https://a.example/x?y=1",
    "",
)
COUNT = 24


def said() -> list[tuple[int, datetime, str, str]]:
    """Number, time, name, text of the made-up chat that all seeds hold."""
    return [
        (i, START + timedelta(minutes=17 * i), PEOPLE[i % len(PEOPLE)], TEXTS[i % len(TEXTS)]) for i in range(COUNT)
    ]


def _lines(template: str, joint: str = "\n") -> str:
    return joint.join(template.format(i=i, t=t, name=name, text=text) for i, t, name, text in said())


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _csv(header: str, row: str) -> str:
    body = "\n".join(
        row.format(i=i, t=t, s=int(t.timestamp()), name=name, text='"' + text.replace('"', '""') + '"')
        for i, t, name, text in said()
    )
    return f"{header}\n{body}\n"


def _telegram() -> str:
    messages: list[dict[str, object]] = [
        {"id": i, "type": "message", "date": f"{t:%Y-%m-%dT%H:%M:%S}", "date_unixtime": str(int(t.timestamp())),
         "from": name, "from_id": f"user{len(name)}", "text": [text, {"type": "mention", "text": "@a"}]}
        for i, t, name, text in said()
    ]  # fmt: skip
    messages.append(
        {"id": 99, "type": "service", "date": "2024-01-03T00:00:00", "actor": "Bob", "action": "pin_message"}
    )
    return _dumps({"name": "群", "type": "private_group", "id": 5, "messages": messages})


def _discord() -> str:
    messages = [
        {"id": str(i), "type": "Default", "timestamp": t.isoformat(), "content": text, "isPinned": False,
         "author": {"id": str(len(name)), "name": name, "isBot": False}, "attachments": [], "mentions": []}
        for i, t, name, text in said()
    ]  # fmt: skip
    guild, channel = {"id": "1", "name": "g"}, {"id": "2", "name": "c", "type": "GuildTextChat"}
    return _dumps({"guild": guild, "channel": channel, "messages": messages, "messageCount": COUNT})


def _weflow() -> str:
    messages = [
        {"localId": i, "createTime": int(t.timestamp()), "type": "文本消息", "content": text, "isSend": 0,
         "senderUsername": f"wxid_{len(name)}", "senderDisplayName": name}
        for i, t, name, text in said()
    ]  # fmt: skip
    session = {"wxid": "room@chatroom", "displayName": "群", "type": "群聊"}
    return _dumps({"weflow": {"version": "1.0.0"}, "session": session, "messages": messages})


def _chatlab() -> str:
    head = {"_type": "header", "chatlab": {"version": "0.0.2", "exportedAt": 1704300000},
            "meta": {"name": "群", "platform": "qq", "type": "group"}}  # fmt: skip
    rows = [
        {"_type": "message", "sender": str(len(name)), "accountName": name, "timestamp": int(t.timestamp()), "type": 0,
         "content": text, "platformMessageId": str(i)}
        for i, t, name, text in said()
    ]  # fmt: skip
    return "\n".join(map(_dumps, [head, *rows]))


def _chatlog() -> str:
    return _dumps(
        [
            {"seq": i, "time": t.isoformat(), "talker": "1@chatroom", "talkerName": "群", "isChatRoom": True,
             "sender": f"wxid_{len(name)}", "senderName": name, "type": 1, "subType": 0, "content": text}
            for i, t, name, text in said()
        ]
    )  # fmt: skip


def _qq_current() -> str:
    messages = [
        {"id": str(i), "seq": str(i), "timestamp": int(t.timestamp() * 1000), "sender": {"uid": f"u{len(name)}",
         "uin": str(len(name)), "name": name}, "type": "text", "content": {"text": text, "elements": []},
         "recalled": False, "system": False}
        for i, t, name, text in said()
    ]  # fmt: skip
    return _dumps(
        {"metadata": {"name": "QQChatExporter V5"}, "chatInfo": {"name": "群", "type": "group"}, "messages": messages}
    )


def _wecom() -> str:
    return "\n".join(
        _dumps({"msgid": str(i), "action": "send", "from": name, "tolist": ["a"], "roomid": "wr1",
                "msgtime": int(t.timestamp() * 1000), "msgtype": "text", "text": {"content": text}})
        for i, t, name, text in said()
    )  # fmt: skip


def _matrix() -> str:
    messages = [
        {"type": "m.room.message", "sender": f"@{len(name)}:x", "event_id": f"${i}",
         "origin_server_ts": int(t.timestamp() * 1000), "content": {"msgtype": "m.text", "body": text}}
        for i, t, name, text in said()
    ]  # fmt: skip
    return _dumps({"room_name": "群", "room_creator": "@1:x", "messages": messages})


def _slack() -> bytes:
    box = io.BytesIO()
    users = [{"id": f"U{len(name)}", "name": name} for name in PEOPLE]
    day = [{"type": "message", "user": f"U{len(n)}", "text": x, "ts": f"{t.timestamp():.6f}"} for _, t, n, x in said()]
    with zipfile.ZipFile(box, "w") as bundle:
        bundle.writestr("channels.json", _dumps([{"id": "C1", "name": "general"}]))
        bundle.writestr("users.json", _dumps(users))
        bundle.writestr("general/2024-01-02.json", _dumps(day))
    return box.getvalue()


def _xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "聊天记录"
    sheet.append(["序号", "时间", "发送者", "发送者QQ号", "消息类型", "消息内容", "是否撤回", "资源数量"])
    for i, t, name, text in said():
        sheet.append([i, f"{t:%Y-%m-%d %H:%M:%S}", name, str(len(name)), "文本", text, "否", 0])
    box = io.BytesIO()
    book.save(box)
    return box.getvalue()


QQ_TXT = (
    "消息记录（此消息记录为文本格式，不支持重新导入）\n\n"
    + "=" * 64
    + "\n消息分组:我的群聊\n"
    + "=" * 64
    + "\n消息对象:测试群\n"
    + "=" * 64
    + "\n\n"
)
WECHAT_A = "id,MsgSvrID,type_name,is_sender,talker,room_name,content,CreateTime"
WECHAT_B = "id,MsgSvrID,type_name,is_sender,talker,room_name,msg,src,CreateTime"
WECHAT_C = "id,MsgSvrID,type_name,is_sender,talker,msg,src,CreateTime"
WECHAT_D = "localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender"


def seeds() -> dict[str, bytes]:
    """All seeds, by layout."""
    texts = {
        "whatsapp_android.txt": _lines("{t:%m/%d/%y}, {t:%I:%M %p} - {name}: {text}"),
        "whatsapp_ios.txt": _lines("\u200e[{t:%d.%m.%Y}, {t:%H:%M:%S}] {name}: {text}"),
        "whatsapp_zh.txt": _lines("{t:%Y/%m/%d} 下午{t:%I:%M} - {name}: {text}"),
        "qq.txt": QQ_TXT + _lines("{t:%Y-%m-%d %H:%M:%S} 【管理员】{name}(1000{i})\n{text}\n"),
        "wechat_a.csv": _csv(WECHAT_A, '{i},70{i},文本,0,{name},room,"{{""src"": """", ""msg"": ""早""}}",{t:%Y-%m-%d %H:%M:%S}'),
        "wechat_b.csv": _csv(WECHAT_B, "{i},70{i},文本,0,{name},room,{text},,{t:%Y/%m/%d %H:%M}"),
        "wechat_c.csv": "\ufeff" + _csv(WECHAT_C, "{i},70{i},text,0,{name},{text},,{t:%Y-%m-%dT%H:%M:%S}.000Z"),
        "wechat_d.csv": _csv(WECHAT_D, "{i},2,1,0,0,{s},,{text},{t:%Y-%m-%d %H:%M:%S},,{name},wxid_{i}"),
        "liuhen.txt": _lines("{t:%Y-%m-%d %H:%M:%S} {name}\n{text}\n"),
        "weflow.txt": _lines("{t:%Y-%m-%d %H:%M:%S} '{name}'\n{text}\n"),
        "weflow.md": "# 群\n\n- 会话ID: `1@chatroom`\n- 会话类型: 群聊\n- 导出工具: WeFlow\n\n---\n\n"
        + _lines("## {t:%Y-%m-%d %H:%M:%S} {name}\n\n{text}\n"),
        "weflow.sql": _lines(
            "INSERT INTO weflow_messages (session_id, local_id, message_id, create_time, sender, is_send, local_type,"
            " media_type, content, media_path) VALUES ('1@chatroom', {i}, '7{i}', 17041{i:05d}, '{name}', 0, 1, NULL,"
            " '{text}', NULL);"
        ),
        "wechat_copy.txt": _lines("{name} {t.year}年{t.month}月{t.day}日 {t:%H:%M}\n{text}\n"),
        "qq_exporter.txt": "[QQChatExporter V5 / https://github.com/shuakami/qq-chat-exporter]\n\n聊天名称: 群\n聊天类型: 群聊\n\n"
        + _lines("{name}:\n时间: {t:%Y-%m-%d %H:%M:%S}\n内容: {text}\n"),
        "irc.txt": _lines("[{t:%H:%M}] <nick{i}> {text}").replace("\n2024", " 2024") + "\n=== nick1 [host] has joined #channel\n",
        "plain.csv": _csv("time,sender,text", "{t:%Y-%m-%d %H:%M:%S},{name},{text}"),
        "discord.csv": _csv("AuthorID,Author,Date,Content,Attachments,Reactions", "{i},{name},{t:%Y-%m-%dT%H:%M:%S}.0+00:00,{text},,"),
        "telegram.json": _telegram(),
        "discord.json": _discord(),
        "weflow.json": _weflow(),
        "chatlab.jsonl": _chatlab(),
        "chatlog.json": _chatlog(),
        "qq_exporter.json": _qq_current(),
        "wecom.jsonl": _wecom(),
        "matrix.json": _matrix(),
    }  # fmt: skip
    return {name: text.encode() for name, text in texts.items()} | {"slack.zip": _slack(), "qq.xlsx": _xlsx()}
