"""The order: a chat command read from what a member typed: "打卡 跑了五公里", "报名", "投票 2", "sign up +1", "chekin".

Pure: text in, verb and the words behind it out. A command stands at the beginning of a message and is followed by
nothing, a space, a number or a mark, so that "打卡地很多" and "报名的人真多啊" are talk. Typos are forgiven where
nothing else can be meant: one letter of a longer English word, a homophone of a Chinese one.
"""

import re
import unicodedata
from dataclasses import dataclass

CHECK_IN, JOIN, LEAVE, VOTE, HAND_IN, ASK, POINTS, CARD, RANKING, HELP, BIND = (
    *("check_in", "join", "leave", "vote", "hand_in"),
    *("ask", "points", "card", "ranking", "help", "bind"),
)
WORDS = {
    CHECK_IN: ("打卡", "签到", "打咔", "打喀", "打个卡", "今日打卡", "check in", "checkin", "check-in"),
    JOIN: ("报名", "我要报名", "报个名", "抱名", "我报名", "参加", "我参加", "sign up", "signup", "sign me up", "join"),
    LEAVE: ("取消报名", "退出报名", "不去了", "我不参加了", "取消", "sign off", "signoff", "cancel"),
    VOTE: ("投票", "我投", "投", "头票", "vote"),
    HAND_IN: ("交作业", "提交作业", "作业", "教作业", "hand in", "homework"),
    ASK: ("提问", "我想问", "请问嘉宾", "题问", "ask", "question"),
    POINTS: ("我的积分", "积分", "查积分", "我的几分", "my points", "points"),
    CARD: ("我的名片", "名片", "我的主页", "my card", "my page"),
    RANKING: ("排行榜", "排名", "积分榜", "ranking", "leaderboard"),
    HELP: ("帮助", "怎么玩", "指令", "help", "commands"),
    BIND: ("绑定", "綁定", "绑定码", "帮定", "邦定", "bind"),
}
"""By verb the words that mean it, common misspellings among them."""
_BARE = frozenset(
    {
        "参加",
        "取消",
        "投",
        "作业",
        "积分",
        "名片",
        "points",
        "question",
        "ask",
        "join",
        "cancel",
        "排名",
        "绑定",
        "綁定",
        "bind",
    }
)
"""Words of talk too: without a mark before them (`#`, `/`) they are a command only alone or, for a vote, a number, for
binding a login, its code."""
_NUMBERS = {VOTE: re.compile(r"[\dA-Za-z]{1,2}\b"), BIND: re.compile(r"\d(?:[\s\-]*\d){5}\s*[。.!！]?\s*$")}
_MARK = re.compile(r"^[#＃/／!！]\s*")
_AFTER = r"(?=$|[\s,，。.:：!！~～+＋、\-—#＃(（\[【\d]|第|day)"
_BETWEEN = " ,，。.:：!！~～、-—\t\n"
_LONGEST_FIRST = sorted(((w, verb) for verb, words in WORDS.items() for w in words), key=lambda pair: -len(pair[0]))


@dataclass(frozen=True)
class Order:
    """A command: its verb, and the words behind it, as typed."""

    verb: str
    words: str


def read(text: str) -> Order | None:
    """The command a message is; None where it is talk."""
    typed = text.strip()
    plain = unicodedata.normalize("NFKC", typed)
    typed = typed if len(typed) == len(plain) else plain
    marked = _MARK.match(plain)
    begin = marked.end() if marked else 0
    low = plain[begin:].lower()
    for word, verb in _LONGEST_FIRST:
        if low.startswith(word) and re.match(_AFTER, low[len(word) :], re.IGNORECASE):
            words = typed[begin + len(word) :].lstrip(_BETWEEN)
            if marked or word not in _BARE or not words or (verb in _NUMBERS and _NUMBERS[verb].match(words)):
                return Order(verb, words)
            return None
    return _typo(low)


def _typo(low: str) -> Order | None:
    """An English command with one letter wrong, alone in its message."""
    long = [(word, verb) for word, verb in _LONGEST_FIRST if len(word) >= 6 and word.isascii()]
    near = {verb for word, verb in long if _one_off(low, word)}
    return Order(near.pop(), "") if len(near) == 1 else None


def _one_off(a: str, b: str) -> bool:
    """Whether one letter more, less or other, or two neighbours exchanged, makes the one the other."""
    if a == b or abs(len(a) - len(b)) > 1:
        return a == b
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    swapped = a[:at] + a[at + 1 : at + 2] + a[at : at + 1] + a[at + 2 :]
    return swapped == b or a[at + 1 :] == b[at + 1 :] or a[at:] == b[at + 1 :] or a[at + 1 :] == b[at:]
