"""Parts of a YAML file: where in the text each thing that it says begins and ends, so that one can be changed and
nothing else.

Offsets count characters. A value ends with its last letter: what follows (a comment, blank lines, the end of the line)
is not part of it.
"""

import re
from dataclasses import dataclass

import yaml

from huoqun.playbooks.yaml_lines import DEEPEST, MOST, Place, Unread, node_of

BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line for YAML."""


@dataclass(frozen=True)
class Part:
    """A value in the text, from `begin` to `end`; `key`: where its name begins, where it has one."""

    begin: int
    end: int
    key: int | None
    shape: str
    """`scalar`, `map` or `list`."""
    style: str
    """Of a scalar: empty (plain), `"`, `'`, `|` or `>`. Of others: `flow` (in brackets) or `block`."""
    flow: bool
    """It stands within brackets."""
    column: int
    """How far its first letter stands from the beginning of the line."""


def parts(text: str) -> dict[Place, Part]:
    """Every part of a file, by the way to it. Raises Unread."""
    found: dict[Place, Part] = {}
    _walk(node_of(text), (), None, False, text, found, set())
    return found


def _walk(
    node: yaml.Node,
    place: Place,
    key: yaml.Node | None,
    flow: bool,
    text: str,
    found: dict[Place, Part],
    seen: set[int],
) -> int:
    """Write down a node and what is in it; returns where it ends."""
    begin, column = node.start_mark.index, node.start_mark.column
    if id(node) in seen or len(place) > DEEPEST or len(found) > MOST:
        raise Unread(node.start_mark.line + 1, "one part stands for several; it is changed in the text only")
    seen.add(id(node))
    inside = flow or bool(getattr(node, "flow_style", False))
    end, shape, style = node.end_mark.index, "scalar", ""
    if isinstance(node, yaml.MappingNode):
        shape, style = "map", "flow" if node.flow_style else "block"
        last = [
            _walk(value, (*place, name.value), name, inside, text, found, seen)
            for name, value in node.value
            if isinstance(name, yaml.ScalarNode)
        ]
    elif isinstance(node, yaml.SequenceNode):
        shape, style = "list", "flow" if node.flow_style else "block"
        last = [_walk(each, (*place, n), None, inside, text, found, seen) for n, each in enumerate(node.value)]
    else:
        style, last = getattr(node, "style", None) or "", []
        if style in "|>":
            end = begin + len(text[begin:end].rstrip())
    if style == "block":
        end = max(last, default=begin)
    found[place] = Part(begin, end, key.start_mark.index if key else None, shape, style, flow, column)
    return end


def line_end(text: str, at: int) -> int:
    """Where the line of an offset ends, behind its break."""
    found = BREAK.search(text, at)
    return found.end() if found else len(text)


def line_begin(text: str, at: int) -> int:
    """Where the line of an offset begins."""
    begin = 0
    for found in BREAK.finditer(text, 0, at):
        begin = found.end()
    return begin


def newline(text: str) -> str:
    """What ends the lines of a file: that of its first one."""
    found = BREAK.search(text)
    return found[0] if found and found[0] in {"\r\n", "\n", "\r"} else "\n"
