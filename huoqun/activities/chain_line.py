"""One line of a chain sign-up: who, how many, and what they note; or why it counts for nothing."""

import re
from dataclasses import dataclass

from huoqun.activities.chain_number import value

EMPTY, CANCELLED, EXAMPLE = "empty", "cancelled", "example"


@dataclass(frozen=True)
class Entry:
    """Who signed up. `count`: how many people or pieces, themselves included; `waiting`: they asked to wait."""

    name: str
    note: str = ""
    count: int = 1
    waiting: bool = False


_N = r"(?:\d{1,4}|[一二两俩三仨四五六七八九]?十[一二三四五六七八九]?|[一二两俩三仨四五六七八九])"
_UNIT = (
    r"(?:个人|位|名|人|大人|大|小孩|小|孩子|份|个|盒|箱|斤|公斤|件|张|套|只|袋|瓶|包|本|杯|桶|罐|条|把|票|单|组|"
    r"(?:pax|ppl|people|persons?|adults?|kids?|tickets?|pcs|pieces?|sets?|boxes|box|bottles?|bags?|seats?)\b)"
)
_COUNTED = re.compile(rf"({_N})\s*{_UNIT}", re.IGNORECASE)
_PLUS = re.compile(rf"[+＋]\s*({_N})(?!\d)(?:\s*{_UNIT})?", re.IGNORECASE)
_TIMES = re.compile(r"(?:[x×*✖✕＊X]\ufe0f?\s*(\d{1,3})(?!\d)|(?<!\d)(\d{1,3})\s*[x×]\b)", re.IGNORECASE)
_BARE = re.compile(rf"^({_N})$")
_GONE = re.compile(
    r"取消|退出|不来了|来不了|去不了|不去了|参加不了|不参加|不要了|退了|撤销|撤回|作废|删除|请假|鸽了|"
    r"\bcancel(?:l?ed)?\b|\bwithdrawn?\b|\bdrop(?:ped)? out\b|\bnot coming\b|can'?t (?:come|make)",
    re.IGNORECASE,
)
_KEEPS = re.compile(r"(?:不|别|勿|没有?)\s*取消|取消(?:扣|需|请|要|规则|政策)")
_STRUCK = re.compile("[\u0335\u0336]")
_BLANK = re.compile(r"^[\s._…·—\-–~～?？/\\\u200b*、，,。()（）]*$")
_SAMPLE = re.compile(
    r"^[(（【\[]?\s*(?:例如|例子|示例|范例|样例|举例|模板|模版|格式|例|如|比如|e\.?g\.?|example|sample|format|template)"
    r"\s*[)）】\]]?\s*(?:[:：、.,，\-—\s]|$)",
    re.IGNORECASE,
)
_SAMPLE_AFTER = re.compile(r"[(（【\[]\s*(?:例|示例|范例|样例|举例|模板|example|sample)\s*[)）】\]]", re.IGNORECASE)
_WITH = re.compile(
    rf"(?<![可能])(?:带|携|和|与|加)\s*({_N})\s*(?:个|位|名|只)?\s*(?:人|大|小|娃|孩|宝|朋友|同事|家属|家人|闺蜜|同学)"
)
"""Others that somebody brings: they are one more than these."""
_SUM = re.compile(r"(\d{1,2})\s*[+＋]\s*(\d{1,2})")
_TOLD = re.compile(r"[×xX*]\s*(\d{1,3})\s*(?:[（(](.*)[)）])?")
"""A number and, in brackets, whatever else: so this module writes what it has read."""
_OFFERED = re.compile(
    r"(?:[可能][以再]?(?:带|坐|载|乘|拼|捎)|还[有剩能可]|空余?|剩余?|余|车位|座位?|(?<!\d)[早晚迟]到?)\D{0,2}$"
)
"""Before a number: what somebody offers or says of the day, not how many they are."""
_WAITS = re.compile(r"[(（【\[]?\s*(?:候补|替补|排队|等位|wait(?:ing|list|ing list)?)\s*[)）】\]]?", re.IGNORECASE)
_TICKS = "(?:\\s*[✅☑✔👌🙋💪]\ufe0f?(?:\u200d[♀♂]\ufe0f?)?)+"
_TICK = re.compile(f"^{_TICKS}\\s*|{_TICKS}\\s*$")
_LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ][A-Za-zÀ-ÖØ-öø-ɏ.'’&-]*(?=\s)")
_SECOND = re.compile(r"\s+(?![xX]\s*\d)[A-ZÀ-ÖØ-Þ][A-Za-zÀ-ÖØ-öø-ɏ.'’&-]*")
"""A second word of a Western name."""
_AFTER_SIGN = re.compile(rf"[-—–~～/*×✖xX]{{1,3}}\ufe0f?\s*{_N}\s*(?:{_UNIT}|\W|$)", re.IGNORECASE)
_DIGITS = re.compile(rf"\d{{1,3}}\s*{_UNIT}", re.IGNORECASE)


def is_sample(text: str) -> bool:
    """Whether it shows how to sign up instead of signing up."""
    return bool(_SAMPLE.match(text.strip()) or _SAMPLE_AFTER.search(text))


def entry(text: str) -> Entry | str:
    """What follows the number of a line: the entry, or why there is none (`empty`, `cancelled`, `example`)."""
    if _BLANK.match(text):
        return EMPTY
    if is_sample(text):
        return EXAMPLE
    struck = _STRUCK.search(text) or re.fullmatch(r"\s*(~{1,2}|-{2}).*\S.*\1\s*", text)
    if struck or re.search("^[❌✖🚫]|❌\\s*$", text.strip()):
        return CANCELLED
    name, rest = _parted(_TICK.sub("", text).strip())
    if _GONE.search(rest) and not _KEEPS.search(rest):
        return CANCELLED
    waits = bool(_WAITS.search(rest))
    rest = _WAITS.sub(" ", rest) if waits else rest
    count, note = _counted(rest)
    return Entry(name, note, count, waits) if name else EMPTY


def called(text: str) -> str:
    """The name on a line that was struck out or cancelled."""
    bare = _STRUCK.sub("", text).strip("~-❌✖🚫 ")
    return _parted(_TICK.sub("", bare).strip())[0] if bare else ""


def _parted(text: str) -> tuple[str, str]:
    """Name and what follows it. A name may hold dashes, dots and plus signs, unless a count follows them."""
    first = _LATIN.match(text)
    more = first and _SECOND.match(text, first.end())
    begin = more.end() if more else 1
    end = next((n for n in range(begin, len(text)) if _ends(text, n)), len(text))
    return text[:end].strip(), text[end:]


def _ends(text: str, place: int) -> bool:
    """Whether the name ends before this character."""
    char, before = text[place], text[place - 1]
    if char.isspace() or char in "(（[【,，、;；:：|｜=":
        return True
    if char in "+＋":
        return _PLUS.match(text, place) is not None
    if char in "-—–~～/*×✖":
        return _AFTER_SIGN.match(text, place) is not None
    if char in "xX":
        return not (before.isascii() and before.isalpha()) and _AFTER_SIGN.match(text, place) is not None
    return char.isdigit() and not before.isascii() and _DIGITS.match(text, place) is not None


def _counted(rest: str) -> tuple[int, str]:
    """How many, and what is left of the note."""
    rest = rest.strip()
    if told := _TOLD.fullmatch(rest):
        return max(int(told[1]), 1), _tidy(told[2] or "")
    inner = re.fullmatch(r"[(（\[【]\s*(.*?)\s*[)）\]】]", rest)
    rest = inner[1] if inner else rest
    rest = re.sub(r"^[\s,，、;；:：|｜=/]+", "", rest)
    bare = rest.strip("-—–~～ ")
    if _BARE.match(bare):
        return max(value(bare), 1), ""
    if both := _SUM.fullmatch(bare):
        return int(both[1]) + int(both[2]), bare
    if brings := list(_WITH.finditer(rest)):
        return 1 + sum(value(m[1]) for m in brings), _tidy(rest)
    plus = list(_PLUS.finditer(rest))
    if plus:
        return 1 + sum(value(m[1]) for m in plus), _without(rest, plus)
    found = [m for m in _COUNTED.finditer(rest) if not _OFFERED.search(rest[: m.start()])]
    found = found or list(_TIMES.finditer(rest))
    if not found:
        return 1, _tidy(rest)
    if (total := _total(rest, found)) is not None:
        return max(value(next(filter(None, total.groups()))), 1), _without(rest, [total])
    count = sum(value(next(filter(None, m.groups()))) for m in found)
    return max(count, 1), _tidy(rest) if len(found) > 1 else _without(rest, found)


def _total(rest: str, found: list[re.Match[str]]) -> re.Match[str] | None:
    """The first number, where the others only say what it is made of: “3盒（原味2盒 辣1盒）”, “2份，一份微辣”."""
    first, *others = found
    parts = sum(value(next(filter(None, m.groups()))) for m in others)
    apart = re.match(r"\s*[(（\[【,，;；:：]", rest[first.end() :])
    whole = value(next(filter(None, first.groups())))
    return first if others and apart and not rest[: first.start()].strip() and parts <= whole else None


def _without(text: str, found: list[re.Match[str]]) -> str:
    for m in reversed(found):
        text = text[: m.start()] + " " + text[m.end() :]
    return _tidy(text)


def _tidy(text: str) -> str:
    """A note without the signs that parted it from its number."""
    text = re.sub(r"\(\s*\)|（\s*）|\[\s*\]|【\s*】", " ", text)
    inner = re.fullmatch(r"\s*[(（\[【]([^()（）\[\]【】]*)[)）\]】]\s*", text)
    return re.sub(r"\s+", " ", inner[1] if inner else text).strip(" ,，、;；:：-—–~～|/·.。")
