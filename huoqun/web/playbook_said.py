"""A playbook in the page's language: when a step happens, what it does, on what it hangs, and the words that will be
said, with what is filled in only when it runs shown as such."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huoqun.activities.readymade import readymade
from huoqun.playbooks import audience, gate, timing
from huoqun.playbooks.fact import FACTS
from huoqun.playbooks.opening import SLOT
from huoqun.playbooks.playbook import Playbook
from huoqun.playbooks.step_form import (
    Branch,
    Choose,
    Deed,
    Digest,
    Invite,
    Number,
    Open,
    Pick,
    Say,
    Step,
    Tag,
    Task,
    Title,
    Wait,
    Words,
)
from huoqun.web import word

SIGNS = {"Gt": ">", "GtE": "≥", "Lt": "<", "LtE": "≤", "Eq": "=", "NotEq": "≠"}
MARKS = {
    "say": "say",
    "digest": "say",
    "open": "act",
    "start": "act",
    "close": "act",
    "settle": "act",
    "remind": "act",
    "choose": "act",
    "task": "do",
    "number": "do",
    "invite": "who",
    "pick": "who",
    "tag": "who",
    "wait": "fork",
    "branch": "fork",
    "measure": "count",
}
"""The sign beside each kind of step: speech, activity, deed of somebody, people, fork, numbers."""


@dataclass(frozen=True)
class Piece:
    """Some letters of words; `slot`: what they stand for, where they are filled in when it runs."""

    text: str
    slot: str = ""


def in_language(told: Title | Words | None) -> str:
    """Words in the page's language."""
    return "" if told is None else str(getattr(told, word.language()))


# -- when


def span(text: str) -> str:
    """How long a line of a file is, in words."""
    return _length(timing.span(text))


def _length(length: timedelta) -> str:
    minutes = round(abs(length).total_seconds() / 60)
    if minutes % 10080 == 0 and minutes:
        return ngettext("%(n)s week", "%(n)s weeks", minutes // 10080) % {"n": minutes // 10080}
    if minutes % 1440 == 0 and minutes:
        return ngettext("%(n)s day", "%(n)s days", minutes // 1440) % {"n": minutes // 1440}
    if minutes % 60 == 0 and minutes:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def when(step: Step, book: Playbook) -> str:
    """When a step happens, in words."""
    told = timing.read(step.at)
    if isinstance(told, timing.On):
        return f"{told.at:%H:%M}"
    if isinstance(told, timing.When):
        return word.of("happens", told.event)
    if isinstance(told, timing.Every):
        return _every(told)
    if not told.step:
        return _("%(span)s after the start") % {"span": _length(told.span)} if told.span else _("at once")
    other = title_of(told.step, book)
    if not told.span:
        return _("with “%(step)s”") % {"step": other}
    if told.span > timedelta(0):
        return _("%(span)s after “%(step)s”") % {"span": _length(told.span), "step": other}
    return _("%(span)s before “%(step)s”") % {"span": _length(told.span), "step": other}


def _every(told: timing.Every) -> str:
    clock = f"{told.at:%H:%M}"
    if told.days is None:
        often = _("every %(weekday)s %(clock)s") % {"weekday": weekday(told.weekday or 0), "clock": clock}
    elif told.days % 7 == 0:
        often = _("every week %(clock)s") if told.days == 7 else _("every %(n)s weeks %(clock)s")
        often %= {"n": told.days // 7, "clock": clock}
    else:
        often = _("every day %(clock)s") if told.days == 1 else _("every %(n)s days %(clock)s")
        often %= {"n": told.days, "clock": clock}
    if told.last:
        return _("%(often)s, day %(first)s to %(last)s") % {"often": often, "first": told.first, "last": told.last}
    return _("%(often)s, from day %(first)s") % {"often": often, "first": told.first}


def weekday(number: int) -> str:
    """The name of a day of the week; 0 is Monday."""
    names = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    return names[number]


# -- what


def kind(step: Step) -> str:
    """What a step does, in a word or two."""
    if isinstance(step, Open) and step.activity:
        return word.of("activity_kind", step.activity.replace("-", "_"))
    return word.of("step_do", "survey" if isinstance(step, Open) else getattr(step, "do", ""))


def title_of(id: str, book: Playbook) -> str:
    """What a step is called, by its id."""
    found = next((step for step in book.steps if step.id == id), None)
    return in_language(found.title) if found else id


def who(step: Step, book: Playbook) -> str:
    """Who does it, of the playbook's roles."""
    return in_language(book.roles[step.role].name) if step.role in book.roles else step.role or ""


def whom(words: str, book: Playbook) -> str:
    """Whom a step is about."""
    told = audience.read(words)
    return word.of("whom", told.who) % {"step": title_of(told.step, book)} if told.step else word.of("whom", told.who)


def details(step: Step, book: Playbook) -> list[str]:
    """What else is to be known of it, each in a few words."""
    return [text for text in _details(step, book) if text]


def _details(step: Step, book: Playbook) -> Iterator[str]:
    if isinstance(step, Say) and step.piece != "useful":
        yield word.of("content_piece", step.piece)
    if isinstance(step, Say) and (step.poster or step.attach):
        yield _("with a picture")
    if isinstance(step, Open):
        yield from _of_open(step, book)
    if isinstance(step, Deed | Choose):
        yield _("of “%(step)s”") % {"step": title_of(step.of, book)}
    if isinstance(step, Pick | Invite | Tag):
        yield whom(step.who, book)
        yield ngettext("at most %(n)s person", "at most %(n)s people", step.most) % {"n": step.most}
    if isinstance(step, Pick):
        yield word.of("pick_by", step.by)
        yield _("somebody says yes to the list") if step.approve else ""
    if isinstance(step, Tag):
        yield in_language(step.name)
    if isinstance(step, Task | Number):
        yield _("within %(span)s") % {"span": span(step.within)}
    if isinstance(step, Task):
        yield ngettext("%(n)s minute of work", "%(n)s minutes of work", step.minutes) % {"n": step.minutes}
        yield word.of("done_by", step.proof)
    if isinstance(step, Digest):
        yield _("of the last day") if step.days == 1 else _("of the last %(n)s days") % {"n": step.days}


def _of_open(step: Open, book: Playbook) -> Iterator[str]:
    if step.survey and (ready := readymade(word.language(), step.survey)):
        yield ready.title
    if step.questions:
        yield ngettext("%(n)s question", "%(n)s questions", len(step.questions)) % {"n": len(step.questions)}
    if step.closes:
        yield _("open for %(span)s") % {"span": span(step.closes)}
    if step.starts:
        yield _("begins %(span)s later") % {"span": span(step.starts)}
    if step.capacity:
        places = step.capacity if isinstance(step.capacity, int) else _named(step.capacity[1:-1], book).text
        yield _("%(n)s places") % {"n": places}


# -- on what it hangs


def condition(line: str, book: Playbook) -> str:
    """A condition in words; the line itself where it cannot be read."""
    try:
        return _condition(gate.read(line).tree, book, "")
    except gate.Unclear:
        return line


def _condition(node: ast.expr, book: Playbook, within: str) -> str:
    if isinstance(node, ast.BoolOp):
        sign = "and" if isinstance(node.op, ast.And) else "or"
        words = {"and": _(" and "), "or": _(" or ")}[sign]
        told = words.join(_condition(each, book, sign) for each in node.values)
        return f"({told})" if within and within != sign else told
    if isinstance(node, ast.UnaryOp):
        return _("not (%(condition)s)") % {"condition": _condition(node.operand, book, "")}
    assert isinstance(node, ast.Compare) and isinstance(node.left, ast.Name)
    right = node.comparators[0]
    assert isinstance(right, ast.Constant) and isinstance(right.value, int | float)
    fact = FACTS.get(node.left.id)
    number = f"{right.value * 100:g}%" if fact and fact.share and right.value <= 5 else f"{right.value:g}"
    return f"{fact_of(node.left.id, book)} {SIGNS[type(node.ops[0]).__name__]} {number}"


def fact_of(name: str, book: Playbook) -> str:
    """What a fact is called; a number that a step asks for by that step."""
    if name in FACTS:
        return str(getattr(FACTS[name], word.language()))
    asked = next((s for s in book.steps if s.id.replace("-", "_") == name), None)
    return in_language(asked.title) if asked else name


def ways(step: Step, book: Playbook) -> list[tuple[str, str]]:
    """The paths a step may choose, each with when it does."""
    if isinstance(step, Branch):
        found = [(name, condition(line, book)) for name, line in step.ways.items()]
        return [*((path(name, book), line) for name, line in found), (path(step.last, book), _("otherwise"))]
    if isinstance(step, Wait):
        late = _("not within %(span)s") % {"span": span(step.up_to)}
        return [(path(step.then, book), condition(step.until, book)), (path(step.late, book), late)]
    if step.otherwise and step.gate:
        return [(path(step.otherwise, book), _("the gate stays shut for %(span)s") % {"span": span(step.patience)})]
    return []


def path(name: str, book: Playbook) -> str:
    """What a path is called."""
    return in_language(book.paths[name]) if name in book.paths else name


# -- the words


def words(step: Step, book: Playbook) -> list[tuple[str, list[Piece]]]:
    """Every text of a step: which it is, and its pieces."""
    named = {"name": "", "about": _("Members read"), "text": "", "ready": _("Words ready to copy")}
    if isinstance(step, Task | Number | Invite):
        named["text"] = ""
    found = []
    for field, caption in named.items():
        told = getattr(step, field, None)
        if isinstance(told, Title | Words) and not isinstance(step, Tag):
            found.append((caption, pieces(in_language(told), book)))
    return found


def pieces(text: str, book: Playbook) -> list[Piece]:
    """Words with what is filled in when they are said."""
    found, at = [], 0
    for slot in SLOT.finditer(text):
        if slot.start() > at:
            found.append(Piece(text[at : slot.start()]))
        found.append(_named(slot[1], book))
        at = slot.end()
    return [*found, Piece(text[at:])] if at < len(text) else found


def _named(name: str, book: Playbook) -> Piece:
    fixed = {"group": _("the group's name"), "link": _("the link"), "name": _("their name"), "day": _("the day")}
    if name in fixed:
        return Piece(fixed[name], _("filled in when it is said"))
    if name in book.variables:
        asked = book.variables[name]
        default = asked.default
        told = in_language(default) if isinstance(default, Title) else "" if default is None else str(default)
        what = in_language(asked.ask)
        return Piece(told or what, _("asked at the start: %(what)s") % {"what": what})
    if name.startswith("day_") and name[4:].isdecimal():
        return Piece(_("the date of day %(n)s") % {"n": name[4:]}, _("filled in when it is said"))
    return Piece(fact_of(name, book), _("a number of the group when it is said"))
