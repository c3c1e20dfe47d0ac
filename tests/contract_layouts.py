"""The layouts of the field guide as writers: a story in, a file out."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

from contract_story import ALICE, IDS, Said

CHINA = timedelta(hours=8)


def epoch(at: datetime) -> int:
    return int(at.replace(tzinfo=UTC).timestamp())


def china(at: datetime, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    return (at + CHINA).strftime(form)


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S") + ".000Z"


def dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def table(header: list[str], rows: list[list[object]], end: str = "\r\n") -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerows([header, *rows])
    return out.getvalue()


def zipped(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, text in files.items():
            pack.writestr(name, text)
    return out.getvalue()


# --- ChatLab


def chatlab_rows(told: list[Said]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for i, s in enumerate(told):
        row: dict[str, object] = {"sender": s.id, "accountName": s.who, "timestamp": epoch(s.at), "type": 0}
        row |= {"content": s.text, "platformMessageId": f"m{i}"}
        if s.answers is not None:
            row |= {"type": 25, "replyToMessageId": f"m{s.answers}"}
        rows.append(row)
    return rows


def chatlab_json(told: list[Said]) -> str:
    members = [{"platformId": v, "accountName": k} for k, v in IDS.items()]
    members[0] |= {"roles": [{"id": "owner"}]}
    return dump(
        {
            "chatlab": {"version": "0.0.2", "exportedAt": epoch(told[-1].at) + 3600},
            "meta": {"name": "测试群", "platform": "qq", "type": "group", "groupId": "g1"},
            "members": members,
            "messages": chatlab_rows(told),
        }
    )


def chatlab_jsonl(told: list[Said]) -> str:
    head = {"_type": "header", "chatlab": {"version": "0.0.2", "exportedAt": epoch(told[-1].at) + 3600}}
    head |= {"meta": {"name": "测试群", "platform": "qq", "type": "group"}}
    roles = {"roles": [{"id": "owner"}]}
    members = [
        {"_type": "member", "platformId": v, "accountName": k} | (roles if k == ALICE else {}) for k, v in IDS.items()
    ]
    lines = [head, *members, *({"_type": "message"} | row for row in chatlab_rows(told))]
    return "# a comment\n" + "".join(dump(line) + "\n" for line in lines)


# --- WeFlow


def weflow_messages(told: list[Said]) -> list[dict[str, object]]:
    return [
        {
            "localId": i + 1,
            "createTime": epoch(s.at),
            "formattedTime": china(s.at),
            "type": "文本消息",
            "localType": 99,
            "content": s.text,
            "isSend": 1 if s.who == ALICE else 0,
            "senderUsername": s.id,
            "senderDisplayName": s.who,
            "senderAvatarKey": s.id,
            "source": "",
        }
        for i, s in enumerate(told)
    ]


SESSION = {"wxid": "room@chatroom", "nickname": "测试群", "remark": "", "displayName": "测试群", "type": "群聊"}


def weflow(told: list[Said]) -> str:
    return dump({"weflow": {"version": "1.0.0"}, "session": SESSION, "avatars": {}, "messages": weflow_messages(told)})


def echotrace(told: list[Said]) -> str:
    return json.dumps({"session": SESSION, "messages": weflow_messages(told)}, ensure_ascii=False, indent=2)


def arkme(told: list[Said]) -> str:
    senders = [{"senderID": i, "wxid": v, "displayName": k, "nickname": k} for i, (k, v) in enumerate(IDS.items())]
    number = {v: i for i, v in enumerate(IDS.values())}
    rows = weflow_messages(told)
    for row in rows:
        row["senderID"] = number[str(row.pop("senderUsername"))]
        row.pop("senderDisplayName")
    head = {"version": "1.0.3", "format": "arkme-json"}
    return dump({"weflow": head, "session": SESSION, "senders": senders, "messages": rows})


def ciphertalk(told: list[Said]) -> str:
    rows = [row | {"platformMessageId": str(9000 + i)} for i, row in enumerate(weflow_messages(told))]
    info = {"generator": "CipherTalk", "format": "detailed-json", "exportedAt": epoch(told[-1].at) + 60}
    session = SESSION | {"isGroup": True, "ownerId": IDS[ALICE], "platform": "wechat"}
    return dump({"exportInfo": info, "session": session, "messages": rows})


# --- WeChat tables


def csv_a(told: list[Said]) -> str:
    head = ["id", "MsgSvrID", "type_name", "is_sender", "talker", "room_name", "content", "CreateTime"]
    rows: list[list[object]] = [
        [i, 7000 + i, "文本", 0, s.who, "测试群", dump({"src": "", "msg": s.text}), china(s.at)]
        for i, s in enumerate(told)
    ]
    return table(head, rows)


def csv_b(told: list[Said]) -> str:
    head = ["id", "MsgSvrID", "type_name", "is_sender", "talker", "room_name", "msg", "src", "CreateTime"]
    rows: list[list[object]] = [
        [i, 7000 + i, "文本", 0, s.who, "测试群", s.text, "", china(s.at)] for i, s in enumerate(told)
    ]
    return table(head, rows)


def csv_b_excel(told: list[Said]) -> str:
    head = ["id", "MsgSvrID", "type_name", "is_sender", "talker", "room_name", "msg", "src", "CreateTime"]
    rows: list[list[object]] = []
    for i, s in enumerate(told):
        t = s.at + CHINA
        rows.append(
            [i, 7000 + i, "文本", 0, s.who, "测试群", s.text, "", f"{t.year}/{t.month}/{t.day} {t.hour}:{t.minute:02}"]
        )
    return "\ufeff" + table(head, rows)


def csv_c(told: list[Said]) -> str:
    head = ["id", "MsgSvrID", "type_name", "is_sender", "talker", "msg", "src", "CreateTime"]
    rows: list[list[object]] = [[i, 9000 + i, "text", 0, s.who, s.text, "", iso(s.at)] for i, s in enumerate(told)]
    return "\ufeff" + table(head, rows)


def csv_d(told: list[Said]) -> str:
    head = [
        "localId",
        "TalkerId",
        "Type",
        "SubType",
        "IsSender",
        "CreateTime",
        "Status",
        "StrContent",
        "StrTime",
        "Remark",
        "NickName",
        "Sender",
    ]
    rows: list[list[object]] = [
        [100 + i, 217, 1, 0, 0, epoch(s.at), "", s.text, china(s.at), "", s.who, s.id] for i, s in enumerate(told)
    ]
    return "\ufeff" + table(head, rows)


def memotrace_txt(told: list[Said]) -> str:
    return "".join(f"{china(s.at)} {s.who}\n{s.text}\n\n" for s in told)


def memotrace_txt_reversed(told: list[Said]) -> str:
    return "".join(f"{s.who} {china(s.at)}\r\n" + s.text.replace("\n", "\r\n") + "\r\n\r\n" for s in told)


def weflow_txt(told: list[Said]) -> str:
    return "".join(f"{china(s.at)} '{s.who}'\n{s.text}\n\n" for s in told)


def weflow_md(told: list[Said]) -> str:
    head = "# 测试群\n\n- 会话ID: `room@chatroom`\n- 会话类型: 群聊\n- 导出工具: WeFlow\n\n---\n\n"
    return head + "".join(f"## {china(s.at)} {s.who}\n\n{s.text}\n\n" for s in told)


def weflow_sql(told: list[Said]) -> str:
    def lit(text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    names = (
        "session_id, local_id, message_id, create_time, sender, is_send, local_type, media_type, content, media_path"
    )
    head = f"CREATE TABLE weflow_messages ({names});\n"
    return head + "".join(
        f"INSERT INTO weflow_messages ({names}) VALUES ('room@chatroom', {i + 1}, '{9000 + i}', {epoch(s.at)}, "
        f"{lit(s.who)}, 0, 1, NULL, {lit(s.text)}, NULL);\n"
        for i, s in enumerate(told)
    )


def wechat_copy(told: list[Said]) -> str:
    def head(s: Said) -> str:
        t = s.at + CHINA
        return f"{s.who} {t.year}年{t.month}月{t.day}日 {t:%H:%M}"

    return "".join(f"{head(s)}\n{s.text}\n\n" for s in told)


def chatlog(told: list[Said]) -> str:
    return dump(
        [
            {
                "seq": epoch(s.at) * 1000 + i % 3,
                "time": (s.at + CHINA).strftime("%Y-%m-%dT%H:%M:%S+08:00"),
                "talker": "1@chatroom",
                "talkerName": "测试群",
                "isChatRoom": True,
                "sender": s.id,
                "senderName": s.who,
                "isSelf": False,
                "type": 1,
                "subType": 0,
                "content": s.text,
                "contents": {},
            }
            for i, s in enumerate(told)
        ]
    )


# --- QQ

BAR = "=" * 64


def qq_block(told: list[Said], group: str = "测试群", *, clock: str = "24") -> str:
    def when(s: Said) -> str:
        t = s.at + CHINA
        if clock == "12":
            return f"{t:%Y-%m-%d} {(t.hour - 1) % 12 + 1}:{t:%M:%S %p}"
        return f"{t:%Y-%m-%d %H:%M:%S}"

    head = f"{BAR}\n消息分组:我的群聊\n{BAR}\n消息对象:{group}\n{BAR}\n\n"
    honours = ("", "【管理员】", "【群主】【活跃】", "")
    return head + "".join(
        f"{when(s)} {honours[i % 4] if s.who == ALICE else ''}{s.who}({s.id})\n{s.text}\n\n" for i, s in enumerate(told)
    )


BANNER = "消息记录（此消息记录为文本格式，不支持重新导入）\n\n"


def qq_txt(told: list[Said]) -> str:
    return BANNER + qq_block(told)


def qq_txt_english(told: list[Said]) -> str:
    return BANNER + qq_block(told, clock="12")


def qce_legacy(told: list[Said]) -> str:
    rows = [
        {
            "messageId": f"70{i}",
            "timestamp": iso(s.at),
            "sender": {"uid": f"u_{s.id}", "uin": s.id, "name": s.who},
            "messageType": "text" if s.answers is None else "reply",
            "isSystemMessage": False,
            "isRecalled": False,
            "content": {"text": s.text, "resources": [], "emojis": []}
            | (
                {}
                if s.answers is None
                else {"reply": {"referencedMessageId": f"70{s.answers}", "senderName": "", "content": ""}}
            ),
            "rawMessage": {"sendNickName": s.who, "sendMemberName": ""},
        }
        for i, s in enumerate(told)
    ]
    info = {"name": "测试群", "type": "group", "selfUid": "u_1", "selfUin": "1"}
    return dump(
        {
            "metadata": {"name": "QQChatExporter V5", "version": "5.0"},
            "chatInfo": info,
            "statistics": {"totalMessages": len(told)},
            "messages": rows,
            "avatars": {},
        }
    )


def qce_rows(told: list[Said]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for i, s in enumerate(told):
        elements: list[dict[str, object]] = [{"type": "text", "data": {"text": s.text}}]
        if s.answers is not None:
            data = {"messageId": f"70{s.answers}", "referencedMessageId": f"70{s.answers}"}
            elements.insert(0, {"type": "reply", "data": data})
        rows.append(
            {
                "id": f"70{i}",
                "seq": str(500 + i),
                "timestamp": epoch(s.at) * 1000,
                "time": china(s.at),
                "sender": {"uid": f"u_{s.id}", "uin": s.id, "name": s.who, "nickname": s.who},
                "type": "text" if s.answers is None else "reply",
                "content": {"text": s.text, "html": "", "elements": elements, "resources": [], "mentions": []},
                "recalled": False,
                "system": False,
            }
        )
    return rows


QCE = {"metadata": {"name": "QQChatExporter V5 / https://example.org", "version": "5.1"}}
QCE_INFO = {"chatInfo": {"name": "测试群", "type": "group", "selfUid": "u_1", "selfUin": "1"}}


def qce(told: list[Said]) -> str:
    return json.dumps({**QCE, **QCE_INFO, "messages": qce_rows(told)}, ensure_ascii=False, indent=1)


def qce_chunks(told: list[Said], base: str = "") -> dict[str, str]:
    rows = qce_rows(told)
    halves = [rows[:25], rows[25:]]
    chunks = [
        {
            "index": i + 1,
            "fileName": f"c00000{i + 1}.jsonl",
            "relativePath": f"chunks/c00000{i + 1}.jsonl",
            "count": len(h),
        }
        for i, h in enumerate(halves)
    ]
    manifest = {
        **QCE,
        **QCE_INFO,
        "chunked": {"format": "jsonl", "chunksDir": "chunks", "chunkFileExt": ".jsonl", "chunks": chunks},
    }
    files = {f"{base}manifest.json": dump(manifest), f"{base}avatars.json": "{}"}
    for chunk, half in zip(chunks, halves, strict=True):
        files[f"{base}{chunk['relativePath']}"] = "".join(dump(row) + "\n" for row in half)
    return files


def qce_txt(told: list[Said]) -> str:
    head = "[QQChatExporter V5 / https://github.com/shuakami/qq-chat-exporter]\n\n聊天名称: 测试群\n聊天类型: 群聊\n"
    head += f"参与人数: 5\n导出时间: {china(told[-1].at + timedelta(hours=1))}\n消息总数: {len(told)}\n"
    head += f"时间范围: {china(told[0].at)} - {china(told[-1].at)}\n\n"
    return head + "".join(f"{s.who}:\n时间: {china(s.at)}\n内容: {s.text}\n\n" for s in told)


# --- work and world


def wecom(told: list[Said]) -> str:
    return "".join(
        dump(
            {
                "msgid": f"{i}_1",
                "action": "send",
                "from": s.who,
                "tolist": ["a", "b"],
                "roomid": "wr1",
                "msgtime": epoch(s.at) * 1000,
                "msgtype": "text",
                "text": {"content": s.text},
            }
        )
        + "\n"
        for i, s in enumerate(told)
    )


def telegram_chat(told: list[Said]) -> dict[str, object]:
    rows = []
    for i, s in enumerate(told):
        row = {
            "id": i + 10,
            "type": "message",
            "date": china(s.at, "%Y-%m-%dT%H:%M:%S"),
            "date_unixtime": str(epoch(s.at)),
        }
        row |= {"from": s.who, "from_id": f"user{s.id}"}
        half = len(s.text) // 2
        row["text"] = s.text if i % 2 else [s.text[:half], {"type": "bold", "text": s.text[half:]}]
        if s.answers is not None:
            row["reply_to_message_id"] = s.answers + 10
        rows.append(row)
    return {"name": "测试群", "type": "private_supergroup", "id": 77, "messages": rows}


def telegram(told: list[Said]) -> str:
    return json.dumps(telegram_chat(told), ensure_ascii=False, indent=1)


def telegram_full(told: list[Said]) -> str:
    saved = {"type": "saved_messages", "id": 1, "messages": []}
    return json.dumps(
        {"about": "x", "chats": {"about": "y", "list": [telegram_chat(told), saved]}}, ensure_ascii=False, indent=1
    )


def discord(told: list[Said]) -> str:
    rows = []
    for i, s in enumerate(told):
        row: dict[str, object] = {"id": str(9000 + i), "type": "Default" if s.answers is None else "Reply"}
        row |= {
            "timestamp": (s.at + CHINA).strftime("%Y-%m-%dT%H:%M:%S.123+08:00"),
            "timestampEdited": None,
            "isPinned": False,
        }
        row |= {
            "content": s.text,
            "author": {"id": s.id, "name": s.who, "discriminator": "0000", "nickname": s.who, "isBot": False},
        }
        row |= {"attachments": [], "embeds": [], "reactions": [], "mentions": []}
        if s.answers is not None:
            row["reference"] = {"messageId": str(9000 + s.answers), "channelId": "2", "guildId": "1"}
        rows.append(row)
    head = {"guild": {"id": "1", "name": "G"}, "channel": {"id": "2", "type": "GuildTextChat", "name": "general"}}
    return json.dumps({**head, "messages": rows, "messageCount": len(rows)}, ensure_ascii=False, indent=2)


def discord_csv(told: list[Said]) -> str:
    rows: list[list[object]] = [
        [s.id, s.who, (s.at + CHINA).strftime("%Y-%m-%dT%H:%M:%S.0000000+08:00"), s.text, "", ""] for s in told
    ]
    return table(["AuthorID", "Author", "Date", "Content", "Attachments", "Reactions"], rows)


def slack(told: list[Said]) -> bytes:
    users = [{"id": f"U{v}", "name": f"n{v}", "profile": {"display_name": k, "real_name": k}} for k, v in IDS.items()]
    days: dict[str, list[dict[str, object]]] = {}
    for i, s in enumerate(told):
        text = s.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        row: dict[str, object] = {"type": "message", "user": f"U{s.id}", "text": text, "ts": f"{epoch(s.at)}.{i:06}"}
        if s.answers is not None:
            row |= {
                "thread_ts": f"{epoch(told[s.answers].at)}.{s.answers:06}",
                "parent_user_id": f"U{told[s.answers].id}",
            }
        days.setdefault(f"{s.at:%Y-%m-%d}", []).append(row)
    files = {"users.json": dump(users), "channels.json": dump([{"id": "C1", "name": "general", "members": []}])}
    return zipped(
        files | {f"general/{day}.json": json.dumps(rows, ensure_ascii=False, indent=2) for day, rows in days.items()}
    )


def matrix(told: list[Said]) -> str:
    rows: list[dict[str, object]] = []
    for v, k in ((v, k) for k, v in IDS.items()):
        rows.append(
            {
                "type": "m.room.member",
                "sender": f"@{v}:x",
                "state_key": f"@{v}:x",
                "event_id": f"$j{v}",
                "origin_server_ts": epoch(told[0].at) * 1000 - 60000,
                "content": {"membership": "join", "displayname": k},
            }
        )
    for i, s in enumerate(told):
        content: dict[str, object] = {"msgtype": "m.text", "body": s.text}
        if s.answers is not None:
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": f"${s.answers}"}}
        row = {
            "type": "m.room.message",
            "sender": f"@{s.id}:x",
            "event_id": f"${i}",
            "origin_server_ts": epoch(s.at) * 1000,
        }
        rows.append(row | {"content": content})
    return dump({"room_name": "测试群", "room_creator": f"@{IDS[ALICE]}:x", "messages": rows})


def irc(told: list[Said]) -> str:
    lines, day = [], ""
    for s in told:
        t = s.at + CHINA
        if f"{t:%a %b %d %Y}" != day:
            day = f"{t:%a %b %d %Y}"
            lines.append(f"--- Day changed {day}")
        lines.append(f"[{t:%H:%M}] <{s.id}x> {s.text}")
    return "\n".join(lines) + "\n"


def plain_chinese(told: list[Said]) -> str:
    return table(["时间", "发送者", "内容"], [[china(s.at), s.who, s.text] for s in told])


def plain_english(told: list[Said]) -> str:
    return table(["time", "sender", "text"], [[iso(s.at), s.who, s.text] for s in told], "\n")


def plain_jsonl(told: list[Said]) -> str:
    return "".join(dump({"时间": china(s.at), "昵称": s.who, "消息内容": s.text}) + "\n" for s in told)


def whatsapp(told: list[Said], form: str, *, ios: bool = False, end: str = "\n") -> str:
    """`form` is a strftime with %- and the pieces {ap}: am/pm words as given by `form` after a bar."""
    form, _, words = form.partition("|")
    am, _, pm = words.partition("/")
    lines = []
    for s in told:
        t = s.at + CHINA
        when = t.strftime(form).replace("{h}", str((t.hour - 1) % 12 + 1)).replace("{ap}", am if t.hour < 12 else pm)
        body = s.text.replace("\n", end)
        lines.append(f"[{when}] {s.who}: {body}{end}" if ios else f"{when} - {s.who}: {body}{end}")
    return "".join(lines)


WHATSAPP = {
    "en_us": ("%-m/%-d/%y, {h}:%M\u202f{ap}|AM/PM", False),
    "en_us_old": ("%-m/%-d/%y, {h}:%M {ap}|AM/PM", False),
    "en_gb": ("%d/%m/%Y, %H:%M", False),
    "en_au": ("%d/%m/%Y, {h}:%M {ap}|am/pm", False),
    "de": ("%d.%m.%y, %H:%M", False),
    "es": ("%-d/%-m/%y, {h}:%M {ap}|a.\u00a0m./p.\u00a0m.", False),
    "es_plain": ("%-d/%-m/%Y, {h}:%M {ap}|a. m./p. m.", False),
    "nl": ("%d-%m-%Y %H:%M", False),
    "sv": ("%Y-%m-%d %H:%M", False),
    "zh_android": ("%Y/%-m/%-d {ap}{h}:%M|上午/下午", False),
    "zh_android24": ("%Y/%-m/%-d %H:%M", False),
    "ja": ("%Y/%m/%d, %H:%M", False),
    "ko": ("%Y. %-m. %-d. {ap} {h}:%M|오전/오후", False),
    "ios_en": ("%d/%m/%Y, %H:%M:%S", True),
    "ios_us": ("%-m/%-d/%y, {h}:%M:%S\u202f{ap}|AM/PM", True),
    "ios_de": ("%d.%m.%y, %H:%M:%S", True),
    "ios_zh": ("%Y/%-m/%-d {ap}{h}:%M:%S|上午/下午", True),
    "ios_es": ("%-d/%-m/%y, {h}:%M:%S {ap}|a. m./p. m.", True),
    "ios_nl": ("%d-%m-%Y %H:%M:%S", True),
    "ios_sv": ("%Y-%m-%d, %H:%M:%S", True),
}
