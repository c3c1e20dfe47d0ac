"""What pages say of runs in sentences: how far one is, what a gate lacks, whom a step means, what speaks against it."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huoqun.people.group import Group
from huoqun.playbooks import audience, reason, run_board
from huoqun.playbooks.fact import FACTS
from huoqun.playbooks.fit import Concern
from huoqun.playbooks.gate import Missed
from huoqun.playbooks.opening import SLOT, spoken
from huoqun.playbooks.playbook import Playbook
from huoqun.playbooks.reason import Reason
from huoqun.playbooks.rehearsal import Meant
from huoqun.playbooks.run import ENDED, PAUSED, STOPPED, Run
from huoqun.playbooks.run_board import Proof, Tally
from huoqun.playbooks.step_form import Number, Title
from huoqun.web import word

_NAME = re.compile(r"\b[a-z][a-z_0-9]*\b")
_SIGNS = {">=": "≥", "<=": "≤", "==": "=", "!=": "≠", ">": ">", "<": "<"}


def titled(told: Title | dict[str, str]) -> str:
    """A few words of a playbook, in the language of the page."""
    both = told.model_dump() if isinstance(told, Title) else told
    return str(spoken(both, word.language()))


def fact_name(name: str, book: Playbook) -> str:
    """What a fact, a variable or a number of a playbook is called."""
    if fact := FACTS.get(name):
        return fact.zh if word.language() == "zh" else fact.en
    if asked := book.variables.get(name):
        return titled(asked.ask)
    found = [s.title for s in book.steps if isinstance(s, Number) and s.id.replace("-", "_") == name]
    return titled(found[0]) if found else name


def legible(text: str, book: Playbook) -> str:
    """Words with what is not known yet said by its name: 〈链接〉, 〈近 7 天发言人数〉."""
    plain = {"link": _("link"), "name": _("name"), "group": _("group"), "day": _("day of the run")}
    return SLOT.sub(lambda found: f"〈{plain.get(found[1]) or fact_name(found[1], book)}〉", text)


def condition(line: str, book: Playbook) -> str:
    """A condition in words: `pulse >= 80%` with the names of its facts."""
    joined = {"and": _("and"), "or": _("or"), "not": _("not")}
    told = _NAME.sub(lambda found: joined.get(found[0]) or fact_name(found[0], book), line)
    for sign, shown in _SIGNS.items():
        told = told.replace(sign, shown)
    return told


def short(missed: Missed, book: Playbook) -> str:
    """What a gate lacks, in numbers: now, and what it needs."""
    fact = FACTS.get(missed.fact)
    now, wanted = (_number(value, share=bool(fact and fact.share)) for value in (missed.actual, missed.wanted))
    known = {"fact": fact_name(missed.fact, book), "now": now, "wanted": f"{_SIGNS[missed.sign]} {wanted}"}
    return _("%(fact)s: %(now)s, needed %(wanted)s") % known


def why(line: str, book: Playbook) -> str:
    """Why a step waits, was left out or went wrong (`playbooks/reason`), as a sentence; "" where nothing is told."""
    told = reason.read(line)
    if told.lacks:
        return _("; ").join(short(each, book) for each in told.lacks)
    if not told.id:
        return told.value
    return word.of("run_why", told.id) % {"value": _value(told, book)}


def _value(told: Reason, book: Playbook) -> str:
    """The value of a reason by the name that people know it by."""
    if told.id in {"path", "undecided"} and told.value in book.paths:
        return titled(book.paths[told.value])
    if told.id == "unopened":
        return next((titled(step.title) for step in book.steps if step.id == told.value), told.value)
    if told.id == "file_gone":
        return fact_name(told.value, book)
    if told.id == "refused":
        id, values = reason.refusal(told)
        try:
            return word.of("refused", id) % values
        except (KeyError, TypeError, ValueError):  # values that were too long to be kept
            return id
    return told.value


def _number(value: float | None, *, share: bool) -> str:
    if value is None:
        return _("not known")
    return f"{value:.0%}" if share else f"{value:g}"


def who(words: str, book: Playbook) -> str:
    """The people that an audience means."""
    told = audience.read(words)
    named = word.of("run_who", told.who)
    if not told.step:
        return named
    step = titled(book.step(told.step).title)
    return _("%(who)s (%(step)s)") % {"who": named, "step": step}


def meant(told: Meant, book: Playbook) -> str:
    """Whom a step would be about, with how many and the first names."""
    named = who(told.who, book)
    if told.many is None:
        return _("%(who)s; who that is, the run itself will tell") % {"who": named}
    if not told.many:
        return _("%(who)s; today that is nobody") % {"who": named}
    names = _(", ").join(told.names)
    many = ngettext("today %(n)s person", "today %(n)s people", told.many) % {"n": told.many}
    more = " …" if told.many > len(told.names) else ""
    return f"{named} · {many}{_(': ')}{names}{more}"


def concern(told: Concern, group: Group | None, book: Playbook) -> str:
    """What speaks against a start, as a sentence."""
    values: dict[str, Any] = dict(told.values)
    if told.id in {"type", "stage"}:
        values[told.id] = word.of(told.id, values[told.id])
    if told.id == "role":
        values["role"] = titled(book.roles[values["role"]].name)
    shown = {name: _shown(value, group) for name, value in values.items()}
    return word.of("run_concern", told.id) % shown


def _shown(value: Any, group: Group | None) -> str:
    if isinstance(value, datetime):
        return moment(value, group.zone if group else "UTC")
    if isinstance(value, date):
        return value.isoformat()
    return titled(value) if isinstance(value, dict) else str(value)


def moment(at: datetime, zone: str) -> str:
    """A moment on the group's clock."""
    return date_format(at.astimezone(ZoneInfo(zone)), "Y-m-d H:i")


def header(run: Run, tally: Tally, now: datetime) -> str:
    """How a run stands, in one sentence."""
    parts: list[str] = []
    if tally.done:
        parts.append(ngettext("%(n)s step done", "%(n)s steps done", tally.done) % {"n": tally.done})
    if run.state not in {ENDED, STOPPED}:
        parts += troubles(tally)
        if tally.waiting:
            told = ngettext("%(n)s under way", "%(n)s under way", tally.waiting)
            parts.append(told % {"n": tally.waiting})
        if tally.ahead:
            parts.append(ngettext("%(n)s ahead", "%(n)s ahead", tally.ahead) % {"n": tally.ahead})
    return _("; ").join(filter(None, (_day(run, now), _(", ").join(parts)))) + _(".")


def troubles(tally: Tally) -> list[str]:
    """What needs a look, in words with numbers."""
    told: Iterable[tuple[int, str]] = (
        (tally.failed, ngettext("%(n)s went wrong", "%(n)s went wrong", tally.failed)),
        (tally.late, ngettext("%(n)s late", "%(n)s late", tally.late)),
        (tally.gated, ngettext("%(n)s waits at its gate", "%(n)s wait at their gates", tally.gated)),
    )
    return [words % {"n": many} for many, words in told if many]


def proof(told: Proof) -> tuple[str, str]:
    """What imports prove of the words that were said, and what they lack; "" where no import tells."""
    if not told.found + told.missing:
        return "", ""
    words = ngettext(
        "Of %(n)s message said, the imports show %(found)s",
        "Of %(n)s messages said, the imports show %(found)s",
        told.said,
    )
    lacks = ngettext("%(n)s is not there", "%(n)s are not there", told.missing)
    return words % {"n": told.said, "found": told.found}, lacks % {"n": told.missing} if told.missing else ""


def _day(run: Run, now: datetime) -> str:
    known = {"day": run_board.day_now(run, now), "days": run.edition.playbook.days}
    if run.state == STOPPED:
        return _("Stopped on day %(day)s of %(days)s") % known
    if run.state == ENDED:
        return _("Finished on day %(day)s of %(days)s") % known
    if known["day"] < 1:
        return _("Begins on %(begins)s, %(days)s days") % {**known, "begins": run.begins.isoformat()}
    if run.state == PAUSED:
        return _("Paused on day %(day)s of %(days)s") % known
    return _("Day %(day)s of %(days)s") % known
