"""The layouts: a made-up chat written as the export programs write theirs."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from bench.said import Said

Writer = Callable[[Iterable[Said]], Iterator[str]]
_SHANGHAI = timedelta(hours=8)


def whatsapp_android(said: Iterable[Said]) -> Iterator[str]:
    """Day first, 24 hours, minutes only."""
    for one in said:
        yield f"{one.time:%d/%m/%Y, %H:%M} - {_whatsapp(one, '<Media omitted>')}\n"


def whatsapp_ios(said: Iterable[Said]) -> Iterator[str]:
    """Month first, 12 hours with the narrow blank before AM, seconds."""
    for one in said:
        hour = (one.time.hour + 11) % 12 + 1
        half = "AM" if one.time.hour < 12 else "PM"
        stamp = f"{one.time.month}/{one.time.day}/{one.time:%y}, {hour}:{one.time:%M:%S}\u202f{half}"
        yield f"[{stamp}] {_whatsapp(one, chr(0x200E) + 'image omitted')}\n"


def _whatsapp(one: Said, image: str) -> str:
    if one.kind == "join":
        return f"{one.name} joined using this group's invite link"
    if one.kind == "leave":
        return f"{one.name} left"
    return f"{one.name}: {image if one.kind == 'image' else one.text}"


def telegram(said: Iterable[Said]) -> Iterator[str]:
    """result.json of Telegram Desktop, indented by one as the program does."""
    yield '{\n "name": "测试群",\n "type": "private_supergroup",\n "id": 1234567890,\n "messages": [\n'
    for comma, one in _commas(said):
        utc = one.time - _SHANGHAI
        stamp = int((utc - utc.__class__(1970, 1, 1)).total_seconds())
        entry: dict[str, object] = {"id": one.number + 1, "type": "message", "date": f"{one.time:%Y-%m-%dT%H:%M:%S}"}
        entry["date_unixtime"] = str(stamp)
        sender = f"user{1000 + one.person}"
        if one.kind in ("join", "leave"):
            entry |= {"type": "service", "actor": one.name, "actor_id": sender}
            entry["action"] = "join_group_by_link" if one.kind == "join" else "remove_members"
            entry |= {"inviter": "Group"} if one.kind == "join" else {"members": [one.name]}
            entry |= {"text": "", "text_entities": []}
        else:
            entry |= {"from": one.name, "from_id": sender}
            if one.answers is not None:
                entry["reply_to_message_id"] = one.answers + 1
            if one.kind == "image":
                entry |= {"photo": "(File not included.)", "photo_file_size": 9000, "width": 1280, "height": 960}
            text: object = one.text
            entities = [{"type": "plain", "text": one.text}] if one.text else []
            if one.number % 20 == 0 and one.text:
                entities = [{"type": "bold", "text": "看"}, {"type": "plain", "text": one.text}]
                text = [entities[0], one.text]
            entry |= {"text": text, "text_entities": entities}
        body = json.dumps(entry, ensure_ascii=False, indent=1).replace("\n", "\n  ")
        yield f"{comma}  {body}"
    yield "\n ]\n}\n"


def discord(said: Iterable[Said]) -> Iterator[str]:
    """DiscordChatExporter's JSON, indented by two as the program does."""
    yield '{\n  "guild": {"id": "1", "name": "测试"},\n'
    yield '  "channel": {"id": "2", "type": "GuildTextChat", "name": "general"},\n'
    yield '  "messages": [\n'
    for comma, one in _commas(said):
        kind = {"join": "GuildMemberJoin", "leave": "RecipientRemove"}.get(one.kind, "Default")
        author = {
            "id": str(5000 + one.person),
            "name": f"user{one.person}",
            "discriminator": "0000",
            "nickname": one.name,
        }
        entry: dict[str, object] = {"id": str(9_000_000 + one.number), "type": "Reply" if one.answers else kind}
        entry |= {"timestamp": f"{one.time:%Y-%m-%dT%H:%M:%S}.123+08:00", "timestampEdited": None}
        entry |= {"callEndedTimestamp": None, "isPinned": False, "content": one.text}
        entry |= {"author": author | {"color": None, "isBot": False, "roles": [], "avatarUrl": "https://x.test/a.png"}}
        picture = {"id": "1", "url": "https://x.test/a.png", "fileName": "a.png", "fileSizeBytes": 9}
        entry |= {"attachments": [picture] if one.kind == "image" else [], "embeds": [], "stickers": []}
        entry |= {"reactions": [], "mentions": []}
        if one.answers:
            entry["reference"] = {"messageId": str(9_000_000 + one.answers), "channelId": "2", "guildId": "1"}
        body = json.dumps(entry, ensure_ascii=False, indent=2).replace("\n", "\n    ")
        yield f"{comma}    {body}"
    yield '\n  ],\n  "messageCount": 1\n}\n'


def discord_csv(said: Iterable[Said]) -> Iterator[str]:
    """DiscordChatExporter's CSV."""
    yield "AuthorID,Author,Date,Content,Attachments,Reactions\n"
    for one in said:
        if one.kind in ("text", "image"):
            picture = "https://x.test/a.png" if one.kind == "image" else ""
            stamp = f"{one.time:%Y-%m-%dT%H:%M:%S}.0000000+08:00"
            yield _row(str(5000 + one.person), one.name, stamp, one.text, picture, "")


def qq_txt(said: Iterable[Said]) -> Iterator[str]:
    """The message manager's text, QQ numbers in brackets, honours before every tenth name."""
    line = "=" * 64
    yield f"消息记录（此消息记录为文本格式，不支持重新导入）\n\n{line}\n"
    yield f"消息分组:我的群聊\n{line}\n消息对象:测试群\n{line}\n\n"
    for one in said:
        stamp = f"{one.time:%Y-%m-%d %H:%M:%S}"
        if one.kind in ("join", "leave"):
            yield f"{stamp} 系统消息(10000)\n{one.name} {'加入本群。' if one.kind == 'join' else '退出本群。'}\n\n"
            continue
        honour = "【活跃】" if one.person % 10 == 0 else ""
        yield f"{stamp} {honour}{one.name}({10001 + one.person})\n{'[图片]' if one.kind == 'image' else one.text}\n\n"


def wechat_csv_a(said: Iterable[Said]) -> Iterator[str]:
    """PyWxDump, early: JSON inside a cell."""
    yield "id,MsgSvrID,type_name,is_sender,talker,room_name,content,CreateTime\n"
    for one in said:
        body = json.dumps({"src": "", "msg": _wechat(one)}, ensure_ascii=False)
        stamp = f"{one.time:%Y-%m-%d %H:%M:%S}"
        yield _row(str(one.number), _server(one), _type(one), "0", _wxid(one), "9@chatroom", body, stamp)


def wechat_csv_b(said: Iterable[Said]) -> Iterator[str]:
    """PyWxDump, later."""
    yield "id,MsgSvrID,type_name,is_sender,talker,room_name,msg,src,CreateTime\n"
    for one in said:
        stamp = f"{one.time:%Y-%m-%d %H:%M:%S}"
        yield _row(str(one.number), _server(one), _type(one), "0", _wxid(one), "9@chatroom", _wechat(one), "", stamp)


def wechat_csv_c(said: Iterable[Said]) -> Iterator[str]:
    """WeFlow's "WeClone CSV": UTC."""
    yield "\ufeffid,MsgSvrID,type_name,is_sender,talker,msg,src,CreateTime\r\n"
    names = {"图片": "image", "文本": "text", "系统通知": "system"}
    for one in said:
        stamp = f"{one.time - _SHANGHAI:%Y-%m-%dT%H:%M:%S}.000Z"
        yield _row(str(one.number), _server(one), names[_type(one)], "0", one.name, _wechat(one), "", stamp, end="\r\n")


def wechat_csv_d(said: Iterable[Said]) -> Iterator[str]:
    """MemoTrace."""
    yield "\ufefflocalId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender\n"
    types = {"图片": "3", "文本": "1", "系统通知": "10000"}
    for one in said:
        utc = one.time - _SHANGHAI
        stamp = str(int((utc - utc.__class__(1970, 1, 1)).total_seconds()))
        head = (str(one.number), "217", types[_type(one)], "0", "0", stamp, "", _wechat(one))
        yield _row(*head, f"{one.time:%Y-%m-%d %H:%M:%S}", "", one.name, _wxid(one))


def _wechat(one: Said) -> str:
    if one.kind == "join":
        return f'"{one.name}"通过扫描"群主"分享的二维码加入群聊'
    if one.kind == "leave":
        return f'你将"{one.name}"移出了群聊'
    return "" if one.kind == "image" else one.text


def _type(one: Said) -> str:
    return {"text": "文本", "image": "图片"}.get(one.kind, "系统通知")


def _wxid(one: Said) -> str:
    return f"wxid_{one.person:06d}"


def _server(one: Said) -> str:
    return str(7_000_000_000_000_000_000 + one.number)


def _row(*cells: str, end: str = "\n") -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerow(cells)
    return out.getvalue()


def _commas(said: Iterable[Said]) -> Iterator[tuple[str, Said]]:
    comma = ""
    for one in said:
        yield comma, one
        comma = ",\n"


LAYOUTS: dict[str, tuple[str, Writer]] = {
    "whatsapp": ("txt", whatsapp_android),
    "whatsapp_ios": ("txt", whatsapp_ios),
    "telegram": ("json", telegram),
    "discord": ("json", discord),
    "discord_csv": ("csv", discord_csv),
    "qq_txt": ("txt", qq_txt),
    "wechat_csv_a": ("csv", wechat_csv_a),
    "wechat_csv_b": ("csv", wechat_csv_b),
    "wechat_csv_c": ("csv", wechat_csv_c),
    "wechat_csv_d": ("csv", wechat_csv_d),
}
"""File ending and writer by layout."""
