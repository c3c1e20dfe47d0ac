"""The form of a segment: blocks of conditions as fields, read without losing anything half-typed, and said in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _
from pydantic import ValidationError

from huoqun.activities.survey import Survey
from huoqun.insight.stratum import STRATA
from huoqun.people.condition import DATES, HOWS, LONGEST, MOST_PARTS, NUMBERS, PLAIN, Block, Condition, wrong
from huoqun.people.group import Group
from huoqun.people.profile import FIELDS
from huoqun.web import word

Join = Literal["all", "any", "none"]
JOINS: tuple[Join, ...] = ("all", "any", "none")
FIRST = "messages_30"


@dataclass(frozen=True)
class Row:
    """A condition as somebody is typing it; `wrong` says what is missing, `read` is the condition where nothing is."""

    of: str = FIRST
    how: str = "at_least"
    key: str = ""
    value: str = ""

    @property
    def hows(self) -> list[tuple[str, str]]:
        """How it can be asked."""
        return [(how, word.of("ask", how)) for how in HOWS[self.of]]

    @property
    def field(self) -> str:
        """Which kind of field takes the value; empty where none is needed."""
        if self.how in PLAIN:
            return ""
        if self.of in NUMBERS or self.how in {"within", "not_within"}:
            return "number"
        if self.of in DATES:
            return "date"
        return self.of if self.of in {"stratum", "group", "survey"} else "text"

    @property
    def read(self) -> Condition | str:
        """The condition, or the id of what is wrong with it."""
        try:
            return Condition(of=self.of, how=self.how, key=self.key, value=self.value)
        except ValidationError as error:
            return wrong(error)

    @property
    def unfit(self) -> str:
        """What is wrong, in words; empty where nothing is."""
        return word.of("unfit", self.read) if isinstance(self.read, str) else ""


@dataclass(frozen=True)
class Part:
    """A block of rows as somebody is typing it."""

    how: Join = "all"
    rows: tuple[Row, ...] = (Row(),)


@dataclass(frozen=True)
class Draft:
    """A rule as somebody is typing it: blocks, and how they are joined."""

    how: Join = "all"
    parts: tuple[Part, ...] = (Part(),)
    name: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def block(self) -> Block | None:
        """The rule of all conditions that are whole; None where there is none."""
        blocks = [(p.how, [r.read for r in p.rows if isinstance(r.read, Condition)]) for p in self.parts]
        told = tuple(Block(how=how, parts=tuple(rows)) for how, rows in blocks if rows)
        return Block(how=self.how, parts=told) if told else None

    @property
    def unfinished(self) -> int:
        """Conditions that are not whole."""
        return sum(isinstance(r.read, str) for p in self.parts for r in p.rows)


def draft_of(rule: Block, name: str = "") -> Draft:
    """A saved rule as a form shows it: conditions that stand beside blocks get a block of their own."""
    loose = [p for p in rule.parts if isinstance(p, Condition)]
    blocks = [p for p in rule.parts if isinstance(p, Block)]
    if loose and rule.how == "all":
        blocks.insert(0, Block(how="all", parts=tuple(loose)))
    elif loose:
        blocks = [Block(how="all", parts=(c,)) for c in loose] + blocks
    return Draft(rule.how, tuple(Part(b.how, tuple(_row(c) for c in b.conditions())) for b in blocks), name)


def _row(c: Condition) -> Row:
    return Row(c.of, c.how, c.key, c.value)


def typed(form: QueryDict) -> Draft:
    """What somebody has typed so far, with what the pressed button asks done: `add:0`, `drop:0:1`, `block`."""
    parts = []
    for b in range(MOST_PARTS):
        if f"b{b}.how" not in form:
            break
        rows = [_typed_row(form, f"b{b}.c{c}") for c in range(MOST_PARTS) if f"b{b}.c{c}.of" in form]
        parts.append(Part(_join(form.get(f"b{b}.how", "")), tuple(rows)))
    done = _pressed(parts, form.get("do", ""))
    name = form.get("name", "").replace("\0", "")[:LONGEST]
    return Draft(_join(form.get("how", "")), tuple(p for p in done if p.rows) or (Part(),), name)


def _pressed(parts: list[Part], deed: str) -> list[Part]:
    what, *at = deed.split(":")
    places = [int(n) for n in at if n.isascii() and n.isdecimal() and len(n) < 3]
    if what == "block":
        return [*parts, Part()][:MOST_PARTS]
    if what == "add" and places and places[0] < len(parts):
        part = parts[places[0]]
        parts[places[0]] = replace(part, rows=(*part.rows, Row())[:MOST_PARTS])
    if what == "drop" and len(places) == 2 and places[0] < len(parts):
        part = parts[places[0]]
        parts[places[0]] = replace(part, rows=tuple(r for n, r in enumerate(part.rows) if n != places[1]))
    return parts


def _typed_row(form: QueryDict, name: str) -> Row:
    of = form.get(f"{name}.of", "")
    of = of if of in HOWS else FIRST
    how = form.get(f"{name}.how", "")
    key, value = (form.get(f"{name}.{part}", "").replace("\0", "")[:LONGEST] for part in ("key", "value"))
    was = form.get(f"{name}.was", of)
    row = Row(of, how if how in HOWS[of] else HOWS[of][0], key, value if was == of else "")
    if of == "profile" and key not in FIELDS:
        return replace(row, key=FIELDS[0])
    if row.field == "survey" and key and not value.partition("=")[1]:
        return replace(row, value="")
    return row


def _join(text: str) -> Join:
    return text if text in JOINS else "all"


def choices(groups: Iterable[Group], surveys: Iterable[Survey]) -> dict[str, Any]:
    """What the selects of a row offer."""
    asked = list(surveys)
    return {
        "abouts": [(of, word.of("about", of)) for of in HOWS],
        "joins": [(how, word.of("join", how)) for how in JOINS],
        "fields": [(f, word.of("field", f)) for f in FIELDS],
        "strata": [(s, word.of("stratum", s)) for s in STRATA],
        "groups": [(str(g.pk), g.name) for g in groups],
        "surveys": [(str(s.pk), s.title) for s in asked],
        "answers": {
            str(s.pk): [(f"{q.id}={choice}", f"{q.text} → {choice}") for q in s.asked() for choice in q.choices()]
            for s in asked
        },
    }


def said(c: Condition, names: Mapping[str, str]) -> str:
    """A condition in words; `names` are those of groups and surveys by their ids."""
    about = word.of("about", c.of)
    if c.of == "profile":
        about = word.of("field", c.key)
    elif c.of == "survey":
        about = names.get(c.key, _("a survey that is not there"))
    if c.how in PLAIN:
        return f"{about} {word.of('ask', c.how)}" if c.of != "isolated" or c.how == "no" else about
    value = c.value
    if c.how == "within":
        return _("%(about)s within the last %(n)s days") % {"about": about, "n": value}
    if c.how == "not_within":
        return _("%(about)s not within the last %(n)s days") % {"about": about, "n": value}
    if c.of == "stratum":
        value = word.of("stratum", value)
    elif c.of == "group":
        value = names.get(value, _("a group that is not there"))
    elif c.of == "survey":
        value = value.partition("=")[2]
    return f"{about} {word.of('ask', c.how)} {value}"


def in_words(rule: Block, names: Mapping[str, str]) -> str:
    """A whole rule on one line."""
    between = {"all": _(" and "), "any": _(" or "), "none": _(" or ")}[rule.how]
    told = between.join(
        said(p, names)
        if isinstance(p, Condition)
        else f"({in_words(p, names)})"
        if len(rule.parts) > 1 and len(p.parts) > 1
        else in_words(p, names)
        for p in rule.parts
    )
    return _("not (%(rule)s)") % {"rule": told} if rule.how == "none" else told


def ids_in(rules: Iterable[Block]) -> set[UUID]:
    """The groups and surveys that rules name."""
    told = [c for rule in rules for c in rule.conditions()]
    return {UUID(c.value) for c in told if c.of == "group"} | {UUID(c.key) for c in told if c.of == "survey"}
