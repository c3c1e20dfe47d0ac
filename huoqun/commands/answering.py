"""Answering: one message for many who typed a command, into the outbox. Never one for each: nobody is spammed."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from huoqun.commands.carrying import Outcome, together
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
    """The words: of each activity the names, in the order they came."""
    lines: dict[str, list[str]] = {}
    for activity, _answer, names in together(outcomes):
        if activity is not None:
            there = lines.setdefault(activity.title, [])
            there += [name for name in names if name not in there]
    with translation.override(group.workspace.language):
        return "\n".join(_line(title, names) for title, names in lines.items())


def _line(title: str, names: list[str]) -> str:
    told = _(", ").join(names[:NAMED])
    if len(names) > NAMED:
        told += _(" and others")
    line = _("“%(title)s”: heard %(n)s (%(names)s)")
    return line % {"title": title, "n": len(names), "names": told}
