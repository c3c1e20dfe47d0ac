"""The columns: what the headings of anybody's table mean, in Chinese and English.

A table is a chat when it has a time, somebody who speaks, and words. Headings that belong to shops, ledgers and
program logs speak against it.
"""

import re
from collections.abc import Sequence

ROLES: dict[str, tuple[str, ...]] = {
    "time": (
        "time", "timestamp", "datetime", "date time", "createtime", "create time", "created", "created at", "createdat",
        "sent", "sent at", "sentat", "send time", "sendtime", "ts", "msgtime", "message time", "strtime", "posted at",
        "time utc", "timestamp utc", "date",
        "时间", "发送时间", "消息时间", "发言时间", "创建时间", "日期时间", "时间戳", "日期",
    ),
    "local": ("local", "local time", "localtime", "本地时间"),
    "clock": ("clock", "hour", "时刻", "钟点"),
    "sender": (
        "sender id", "senderid", "user id", "userid", "from id", "fromid", "author id", "authorid", "uid", "uin",
        "qq", "qq号", "发送者qq号", "wxid", "wechat id", "sender username", "senderusername", "openid", "account",
        "发送者id", "发送人id", "用户id", "账号", "成员id", "微信号",
    ),
    "name": (
        "sender", "from", "author", "user", "username", "user name", "sender name", "sendername", "nickname", "nick",
        "nick name", "name", "talker", "speaker", "from name", "display name", "displayname", "member", "author name",
        "account name", "accountname",
        "发送者", "发送人", "发言人", "发信人", "昵称", "群昵称", "用户", "用户名", "姓名", "成员",
        "作者", "说话人", "名字",
    ),
    "text": (
        "text", "content", "message", "msg", "body", "message text", "message content", "strcontent", "消息", "内容",
        "消息内容", "文本", "正文", "聊天内容", "发言", "发言内容", "聊天记录", "文本内容",
    ),
    "key": (
        "id", "message id", "messageid", "msg id", "msgid", "msgsvrid", "key", "uuid", "platformmessageid",
        "消息id", "消息编号",
    ),
    "sequence": ("seq", "sequence", "msgseq", "msg seq"),
    "reply_to": (
        "reply to", "replyto", "reply to id", "replytoid", "reply to message id", "replytomessageid", "in reply to",
        "inreplyto", "parent", "parent id", "parentid", "quote id", "quoteid", "quoted id",
        "回复", "回复id", "回复消息id",
        "引用id", "引用消息id", "reply to msg id",
    ),
    "kind": ("kind", "type", "message type", "messagetype", "msgtype", "msg type", "type name", "类型", "消息类型"),
    "group": ("group", "group name", "groupname", "channel", "channel name", "room", "room name", "roomname", "chat",
              "chat name", "群", "群名", "群聊", "群名称", "群聊名称", "会话"),
    "bot": ("bot", "is bot", "isbot", "机器人", "是否机器人"),
    "mentions": ("mentions",),
    "subject": ("subject id", "event subject"),
}  # fmt: skip
"""Roles a column can play, and the headings that say so, best first."""

_AGAINST = frozenset(
    ("price", "unit price", "amount", "quantity", "qty", "total", "sku", "order id", "orderid", "invoice", "balance")
    + ("severity", "loglevel", "log level", "logger", "hostname", "status code", "http status", "stack trace", "pid")
    + ("open", "close", "high", "low", "volume", "金额", "单价", "数量", "订单号", "订单编号", "价格", "余额", "库存")
)
OWN = ("key", "line", "time", "local", "order", "sequence", "sender", "name", "kind", "text", "reply_to")
"""The first headings of the CSV that Huoqun writes: there `sender` is the identity, `time` is UTC."""


def roles(headings: Sequence[str | None]) -> dict[str, int]:
    """Which column plays which role, by its heading; {} where the table cannot be a chat."""
    plain = [_plain(h or "") for h in headings]
    if _AGAINST & set(plain):
        return {}
    if tuple(h or "" for h in headings[: len(OWN)]) == OWN:
        return {h: place for place, h in enumerate(headings) if h in ROLES or h in ("time", "sender", "subject")}
    found: dict[str, int] = {}
    for role, words in ROLES.items():
        for word in words:
            if word in plain and plain.index(word) not in found.values():
                found[role] = plain.index(word)
                break
    if plain.count("time") and found.get("time") != plain.index("time") and "date" in plain:
        found["clock"] = plain.index("time")
    if "date" in plain and "time" in plain:
        found["time"], found["clock"] = plain.index("date"), plain.index("time")
    if "日期" in plain and "时间" in plain:
        found["time"], found["clock"] = plain.index("日期"), plain.index("时间")
    said = "text" in found and ("time" in found or "local" in found)
    return found if said and ("name" in found or "sender" in found) else {}


def _plain(heading: str) -> str:
    """`Sender_Name `, `senderName` and `sender-name (UTC)` as plain lower-case words."""
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", heading.strip().strip("\ufeff\"'"))
    return re.sub(r"[\s_\-./()（）\[\]]+", " ", spaced).strip().lower()
