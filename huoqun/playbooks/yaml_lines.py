"""Lines of a YAML file: what it says, and in which line each part of it stands, so that a mistake can be pointed at."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

DEEPEST = 12
LONGEST = 400_000
MOST = 20_000
"""Parts of a file; one that repeats itself over and over would fill the memory."""
Place = tuple[str | int, ...]
"""The way to a part: names of fields and numbers in lists."""


@dataclass(frozen=True)
class Mistake:
    """What is wrong: the line (from 1), the field as the way to it (`steps.2.at`), and why."""

    line: int
    field: str
    why: str


class Unread(ValueError):
    """The file is no YAML, or not one that says something plain."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.mistake = Mistake(line, "", why)


class _Plain(yaml.SafeLoader):
    """Texts stay texts: `12:30` is no number of seconds, `no` is a word, a day is what is written."""


_Plain.yaml_implicit_resolvers = {
    first: kept
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    if (kept := [r for r in rules if r[0] == "tag:yaml.org,2002:null"])
}
_Plain.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"-?(0|[1-9]\d{0,15})$"), list("-0123456789"))
_Plain.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"-?\d{1,15}\.\d{1,15}$"), list("-0123456789"))
_Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)$"), list("tf"))


def read(text: str) -> tuple[Any, dict[Place, int]]:
    """What a file says, and the line of each of its parts. Raises Unread."""
    found: dict[Place, int] = {}
    return _value(node_of(text), (), found, ()), found


def node_of(text: str) -> yaml.Node:
    """The file as YAML's own tree, with marks. Raises Unread."""
    if len(text) > LONGEST:
        raise Unread(1, f"longer than {LONGEST:,} characters")
    try:
        loader = _Plain(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unread((mark.line if mark else 0) + 1, f"no YAML: {error.problem or error.context}") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Unread(line, f"no YAML: {error.reason}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise Unread(1, f"no YAML: {error}") from error
    if node is None:
        raise Unread(1, "the file is empty")
    return node


def says(text: str) -> Any:
    """What a plain word in a file means: a number, a yes, nothing, or the word itself."""
    loader = _Plain("")
    tag = loader.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return _TAGS.get(tag, str)(text)


def line_of(place: Sequence[str | int], known: dict[Place, int]) -> int:
    """The line of a part, or of what it would stand in."""
    way = tuple(place)
    while way and way not in known:
        way = way[:-1]
    return known.get(way, 1)


def _value(node: yaml.Node, place: Place, found: dict[Place, int], above: tuple[int, ...]) -> Any:
    line = node.start_mark.line + 1
    found.setdefault(place, line)
    if id(node) in above or len(place) > DEEPEST or len(found) > MOST:
        raise Unread(line, "too many parts, or parts too deep in each other")
    if node.tag not in {*_TAGS, "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}:
        raise Unread(line, f"{node.tag} is not taken here: plain texts and numbers only")
    inner = (*above, id(node))
    if isinstance(node, yaml.MappingNode):
        told: dict[str, Any] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            at = key.start_mark.line + 1
            if not name or key.tag == "tag:yaml.org,2002:merge":
                raise Unread(at, "the name of a field is a plain word")
            if name in told:
                raise Unread(at, f"{name} is said twice")
            found[*place, name] = at
            told[name] = _value(value, (*place, name), found, inner)
        return told
    if isinstance(node, yaml.SequenceNode):
        return [_value(each, (*place, n), found, inner) for n, each in enumerate(node.value)]
    return _TAGS[node.tag](node.value)


_TAGS: dict[str, Callable[[str], Any]] = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": float,
    "tag:yaml.org,2002:bool": lambda text: text == "true",
    "tag:yaml.org,2002:null": lambda _text: None,
}
