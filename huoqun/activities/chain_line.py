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
_WAITS = re.compile(r"[(（【\[]?\s*(?:候补|替补|排队|等位|wait(?:ing|list|ing list)?)\s*[)）】\]]?", re.IGNORECASE)
_TICK = re.compile("^[\\s✅☑✔️👌🙋‍♀♂️]+|[\\s✅☑✔️👌]+$")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ.'’&-]*(?=\s)")
_SECOND = re.compile(r"\s+(?![xX]\s*\d)[A-ZÀ-Þ][A-Za-zÀ-ɏ.'’&-]*")
"""A second word of a Western name."""
_AFTER_SIGN = re.compile(rf"[-—–~～/*×✖xX]\ufe0f?\s*{_N}\s*(?:{_UNIT}|\W|$)", re.IGNORECASE)
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
    inner = re.fullmatch(r"[(（\[【]\s*(.*?)\s*[)）\]】]", rest)
    rest = inner[1] if inner else rest
    rest = re.sub(r"^[\s,，、;；:：|｜=/]+", "", rest)
    bare = rest.strip("-—–~～ ")
    if _BARE.match(bare):
        return max(value(bare), 1), ""
    plus = list(_PLUS.finditer(rest))
    if plus:
        return 1 + sum(value(m[1]) for m in plus), _without(rest, plus)
    found = list(_COUNTED.finditer(rest)) or list(_TIMES.finditer(rest))
    if not found:
        return 1, _tidy(rest)
    count = sum(value(next(filter(None, m.groups()))) for m in found)
    return max(count, 1), _tidy(rest) if len(found) > 1 else _without(rest, found)


def _without(text: str, found: list[re.Match[str]]) -> str:
    for m in reversed(found):
        text = text[: m.start()] + " " + text[m.end() :]
    return _tidy(text)


def _tidy(text: str) -> str:
    """A note without the signs that parted it from its number."""
    text = re.sub(r"\(\s*\)|（\s*）|\[\s*\]|【\s*】", " ", text)
    inner = re.fullmatch(r"\s*[(（\[【]([^()（）\[\]【】]*)[)）\]】]\s*", text)
    return re.sub(r"\s+", " ", inner[1] if inner else text).strip(" ,，、;；:：-—–~～|/·.。")
