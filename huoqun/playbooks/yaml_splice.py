"""Splicing: one place of a YAML text is changed, and everything else stays as it was typed, letter for letter.

Each change says what the text should say afterwards; a text that would say anything else is refused, never given back.
"""

import copy
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from huoqun.playbooks import yaml_lines
from huoqun.playbooks.yaml_lines import Place
from huoqun.playbooks.yaml_parts import Part, line_begin, line_end, newline, parts

Value = str | int | Mapping[str, str]
"""What is put into a text: words, a number, or words in several languages."""
DEEPER = 2
"""Columns by which what stands in something is moved in."""


class Cannot(ValueError):
    """The text is written so that this change cannot be made there; it is changed by hand. The message is an id."""


# -- changes


def put(text: str, place: Place, value: Value, after: str | None = None) -> str:
    """Say something else at a place, or something new in what is there: behind its field `after`, or at its end.
    Raises Cannot, yaml_lines.Unread."""
    known = parts(text)

    def meant(told: Any) -> Any:
        _at(told, place[:-1])[place[-1]] = dict(value) if isinstance(value, Mapping) else value
        return told

    if place in known and known[place].shape == "scalar" and not isinstance(value, Mapping):
        return _checked(text, _instead(text, known[place], value, known[place[:-1]]), meant)
    if place in known:
        raise Cannot("not_words")
    there = known.get(place[:-1])
    if there is None or there.shape != "map":
        raise Cannot("nowhere")
    return _checked(text, _added(text, known, place, value, after), meant)


def drop(text: str, place: Place) -> str:
    """Take a field out of what it stands in. Raises Cannot, yaml_lines.Unread."""
    known = parts(text)
    part = known.get(place)
    if part is None or part.key is None:
        raise Cannot("nowhere")

    def meant(told: Any) -> Any:
        del _at(told, place[:-1])[place[-1]]
        return told

    beside = [known[p] for p in known if p[:-1] == place[:-1] and p != place and len(p) == len(place)]
    later = [p.key for p in beside if p.key is not None and p.key > part.key]
    if known[place[:-1]].style == "flow":
        begin, end = (part.key, min(later)) if later else (max([p.end for p in beside], default=part.key), part.end)
    elif not text[line_begin(text, part.key) : part.key].strip():
        begin, end = line_begin(text, part.key), line_end(text, part.end)
    else:
        begin, end = part.key, min(later, default=part.end)
    return _checked(text, text[:begin] + text[end:], meant)


def add_item(text: str, of: Place, number: int, fields: Mapping[str, Value]) -> str:
    """A new thing in a list, so that it is the one of that number. Raises Cannot, yaml_lines.Unread."""
    known, nl = parts(text), newline(text)
    dash = _dashes(text, known, of)[0]
    indent = dash - line_begin(text, dash)
    lines = [_field(name, value, indent + DEEPER, nl) for name, value in fields.items()]
    item = " " * indent + "- " + nl.join(lines).lstrip() + nl

    def meant(told: Any) -> Any:
        made = {name: dict(v) if isinstance(v, Mapping) else v for name, v in fields.items()}
        _at(told, of).insert(number, made)
        return told

    return _checked(text, _inserted(text, known, of, number, item), meant)


def drop_item(text: str, of: Place, number: int) -> str:
    """A thing of a list goes; what is written above it stays. Raises Cannot, yaml_lines.Unread."""

    def meant(told: Any) -> Any:
        del _at(told, of)[number]
        return told

    begin, end = _item(text, parts(text), of, number)
    return _checked(text, text[:begin] + text[end:], meant)


def move_item(text: str, of: Place, number: int, to: int) -> str:
    """A thing of a list gets another number. Raises Cannot, yaml_lines.Unread."""
    begin, end = _item(text, parts(text), of, number)
    item, nl = text[begin:end], newline(text)
    left = text[:begin] + text[end:]

    def meant(told: Any) -> Any:
        there = _at(told, of)
        there.insert(to, there.pop(number))
        return told

    if to == number:
        return text
    ended = item if line_end(item, max(0, len(item) - 1)) == len(item) and item.endswith(nl) else item + nl
    return _checked(text, _inserted(left, parts(left), of, to, ended), meant)


# -- how


def _at(told: Any, place: Place) -> Any:
    for name in place:
        told = told[name]
    return told


def _checked(old: str, new: str, meant: Callable[[Any], Any]) -> str:
    """The new text, if it says what was meant."""
    told = meant(copy.deepcopy(yaml_lines.read(old)[0]))
    try:
        says = yaml_lines.read(new)[0]
    except yaml_lines.Unread as error:
        raise Cannot("unread") from error
    if says != told:
        raise Cannot("unread")
    return new


def _instead(text: str, part: Part, value: str | int, above: Part) -> str:
    space = " " if part.begin == part.end and text[part.begin - 1 : part.begin] in {":", "-"} else ""
    indent = above.column + DEEPER if above.style == "block" else None
    if part.style in {"|", ">"} and indent is not None:
        indent = _indent_of(text, part) or indent
    new = _written(value, part.style, part.flow, indent, newline(text))
    return text[: part.begin] + space + new + text[part.end :]


def _indent_of(text: str, part: Part) -> int:
    """By how much the lines of a block of words are moved in."""
    body = text[line_end(text, part.begin) : part.end]
    first = next((line for line in body.splitlines() if line.strip()), "")
    return len(first) - len(first.lstrip(" "))


def _added(text: str, known: Mapping[Place, Part], place: Place, value: Value, after: str | None) -> str:
    """The text with a new field in something that is there."""
    above, nl = known[place[:-1]], newline(text)
    there = {p[-1]: known[p] for p in known if p[:-1] == place[:-1] and len(p) == len(place)}
    if not there:
        raise Cannot("nowhere")
    before = there.get(after) if after in there else max(there.values(), key=lambda p: p.begin)
    assert before is not None
    name = str(place[-1])
    if above.style == "flow":
        return text[: before.end] + f", {name}: " + _in_line(value) + text[before.end :]
    at = line_end(text, before.end)
    lead = "" if text[:at].endswith(("\n", "\r")) else nl
    return text[:at] + lead + _field(name, value, above.column, nl) + nl + text[at:]


def _field(name: str, value: Value, indent: int, nl: str) -> str:
    """A line, or lines, that say a field."""
    head = " " * indent + f"{name}:"
    if isinstance(value, Mapping):
        inner = indent + DEEPER
        return head + "".join(f"{nl}{_field(key, words, inner, nl)}" for key, words in value.items())
    return f"{head} {_written(value, '', False, indent + DEEPER, nl)}"


def _in_line(value: Value) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_in_line(words)}" for name, words in value.items()) + "}"
    return _written(value, "", True, None, "\n")


_PLAIN = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`=<~.](?:[^\n\r\t\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff]*[^\s:])?")
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff\t\r]")


def _written(value: str | int, style: str, flow: bool, indent: int | None, nl: str) -> str:
    """A value as it stands in a text, in the manner of what stood there where that is possible."""
    if isinstance(value, int):
        return str(value)
    if "\n" in value and indent is not None and not flow and _blocked(value):
        lines = value.split("\n")
        return "|-" + "".join(nl + " " * indent + line if line else nl for line in lines)
    if "\n" not in value and style == "'" and not _ODD.search(value):
        return "'" + value.replace("'", "''") + "'"
    if style in {"", "|", ">"} and _plain(value, flow):
        return value
    told = json.dumps(value, ensure_ascii=False)
    return _ODD.sub(lambda odd: f"\\u{ord(odd[0]):04x}", told)


def _plain(value: str, flow: bool) -> bool:
    """It can stand without quotation marks, and still means itself."""
    if not _PLAIN.fullmatch(value) or _ODD.search(value) or ": " in value or " #" in value:
        return False
    if flow and any(sign in value for sign in ",[]{}?:"):
        return False
    return isinstance(yaml_lines.says(value), str)


def _blocked(value: str) -> bool:
    """It can stand as a block of lines."""
    lines = value.split("\n")
    whole = bool(lines[0].strip()) and lines[0][0] != " " and bool(lines[-1].strip())
    return whole and not _ODD.search(value) and all(line.strip() or not line for line in lines)


_DASH = re.compile(r"^ *(-)(?=\s)", re.MULTILINE)


def _dashes(text: str, known: Mapping[Place, Part], of: Place) -> list[int]:
    """Where the dash of each thing of a list stands."""
    there = known.get(of)
    if there is None or there.shape != "list" or there.style != "block":
        raise Cannot("no_dashes")
    found, at = [], line_begin(text, there.begin)
    number = 0
    while (part := known.get((*of, number))) is not None:
        dash = _DASH.search(text, at, max(part.begin, at))
        if dash is None:
            raise Cannot("no_dashes")
        found.append(dash.start(1))
        at, number = line_end(text, part.end), number + 1
    return found


def _item(text: str, known: Mapping[Place, Part], of: Place, number: int) -> tuple[int, int]:
    """From where to where a thing of a list stands, whole lines."""
    dashes = _dashes(text, known, of)
    if not 0 <= number < len(dashes) or len(dashes) == 1:
        raise Cannot("last_one" if len(dashes) == 1 else "nowhere")
    return line_begin(text, dashes[number]), line_end(text, known[(*of, number)].end)


def _inserted(text: str, known: Mapping[Place, Part], of: Place, number: int, item: str) -> str:
    dashes = _dashes(text, known, of)
    if number < 0 or number > len(dashes):
        raise Cannot("nowhere")
    if number < len(dashes) and number == 0:
        at = line_begin(text, dashes[0])
    else:
        at = line_end(text, known[(*of, number - 1)].end)
    lead = "" if not at or text[:at].endswith(("\n", "\r")) else newline(text)
    return text[:at] + lead + item + text[at:]
