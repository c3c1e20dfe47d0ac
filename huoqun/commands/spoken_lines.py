"""Lines copied out of a chat and pasted: who said what. Each network copies otherwise: "阿明: 打卡", "阿明：打卡",
or the name on a line of its own, with the time or without, and the words below. Pure."""

import re
from dataclasses import dataclass

_CLOCK = r"(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?\s+)?\d{1,2}:\d{2}(?::\d{2})?"
_TIMED = re.compile(rf"^\s*(?P<name>\S.{{0,59}}?)\s+[\[(（]?{_CLOCK}[\])）]?\s*$")
_FIRST = re.compile(rf"^\s*[\[(（]?{_CLOCK}[\])）]?\s+")
_NAMED = re.compile(r"^\s*(?P<name>[^:：\n]{1,60}?)\s*[:：]\s*(?P<text>\S.*)$")
_HEAD = re.compile(r"^\s*(?P<name>[^:：\n]{1,60}?)\s*[:：]\s*$")


@dataclass(frozen=True)
class Spoken:
    """One line: the name as it was copied, and the words; `number` is the line's, from 1."""

    name: str
    text: str
    number: int


def read(text: str) -> list[Spoken]:
    """The lines of a paste; words without a name before them belong to the one who spoke last."""
    found: list[Spoken] = []
    last = ""
    for number, raw in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        line = _FIRST.sub("", raw).strip()
        if not line:
            continue
        if head := _TIMED.match(line) or _HEAD.match(line):
            last = head["name"].strip()
        elif named := _NAMED.match(line):
            last = named["name"].strip()
            found.append(Spoken(last, named["text"].strip(), number))
        elif last:
            found.append(Spoken(last, line, number))
    return found
