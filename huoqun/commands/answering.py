"""Answering: one message for many who typed a command, into the outbox. Never one for each: nobody is spammed."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from huoqun.commands.carrying import CARRIED, Outcome, together
from huoqun.people import outbox
from huoqun.people.group import Group

NAMED = 20
"""Names in one line at most; the others are counted."""


def answer(group: Group, outcomes: Iterable[Outcome], *, key: str, now: datetime) -> None:
    """Say in the group who was heard, a line for each activity; nothing where nobody was."""
    words = text(group, outcomes)
    if words:
        outbox.say(group, words, what="commands.answer", key=f"commands {key}"[: outbox.LONGEST_KEY], now=now)


def text(group: Group, outcomes: Iterable[Outcome]) -> str:
    """The words: of each activity the names, in the order they came; then who logs in from now on."""
    outcomes = list(outcomes)
    lines: dict[str, list[str]] = {}
    bound = [o.line.who.name for o in outcomes if o.state == CARRIED and o.answer == "bound"]
    for activity, _answer, names in together(outcomes):
        if activity is not None:
            there = lines.setdefault(activity.title, [])
            there += [name for name in names if name not in there]
    with translation.override(group.workspace.language):
        told = [_line(title, names) for title, names in lines.items()]
        if bound:
            told.append(_("Logged in from now on: %(names)s. If that was not you, tell us.") % {"names": _names(bound)})
        return "\n".join(told)


def _line(title: str, names: list[str]) -> str:
    line = _("“%(title)s”: heard %(n)s (%(names)s)")
    return line % {"title": title, "n": len(names), "names": _names(names)}


def _names(names: list[str]) -> str:
    told = _(", ").join(names[:NAMED])
    return told + _(" and others") if len(names) > NAMED else told
