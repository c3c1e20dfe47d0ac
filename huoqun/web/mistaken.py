"""Mistakes of a playbook in the page's language: reading says them in English, as its terminal command does."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_SAID: tuple[tuple[str, str | Promise], ...] = (
    (r"is missing", _("is missing")),
    (r"is no field here", _("is no field here")),
    (r"no kind of step; there are (?P<what>.+)", _("no kind of step; there are %(what)s")),
    (r"`do` is missing", _("“do” is missing")),
    (r"no YAML: (?P<what>.+)", _("cannot be read as YAML: %(what)s")),
    (r"the file is empty", _("there is nothing in it")),
    (r"(?P<what>\S+) is said twice", _("%(what)s is said twice")),
    (r"the name of a field is a plain word", _("the name of a field is a plain word")),
    (r"too many parts, or parts too deep in each other", _("too many parts, or parts too deep in each other")),
    (
        r"one part stands for several; .+",
        _("one part stands for several here (“&name”, “*name”): change it in the text, not beside it"),
    ),
    (r"say one of (?P<what>.+)", _("say one of %(what)s")),
    (r"another step is called (?P<what>.+)", _("another step is called %(what)s")),
    (r"no step ever chooses this path", _("no step ever chooses this path")),
    (r"the run has (?P<what>\d+) days", _("the run has %(what)s days")),
    (r"there is no other step called (?P<what>.+)", _("there is no other step called %(what)s")),
    (r"there is no step called (?P<what>.+)", _("there is no step called %(what)s")),
    (r"there is no path called (?P<what>.+)", _("there is no path called %(what)s")),
    (r"there is no role called (?P<what>.+)", _("there is no role called %(what)s")),
    (r"there is no fact called (?P<what>.+)", _("there is no fact called %(what)s")),
    (r"(?P<what>\S+) opens nothing", _("%(what)s opens nothing")),
    (r"\{(?P<what>.*)\} is no variable and no fact", _("{%(what)s} is no variable and no fact")),
    (r"it waits for itself, by way of others", _("it waits for itself, by way of others")),
    (r"less than the least", _("less than the least")),
    (r"lower than the floor or than what sells", _("lower than the floor or than what sells")),
    (
        r"say `day 3 20:00`.+",
        _("say “day 3 20:00”, “2 h after STEP”, “with STEP”, “when joined”, “every day 09:00 from day 2”"),
    ),
    (r"say for example `30 min`.+", _("say for example “30 min”, “2 h” or “3 days”")),
    (r"say for example `pulse.+", _("say for example “pulse >= 80% and speakers_7 > 10”")),
    (
        r"input should be a valid (?P<what>string|integer|dictionary|list).*",
        _("another kind of value is wanted here: %(what)s"),
    ),
    (r"(string|list) should have at least (?P<what>\d+) .+", _("too short: at least %(what)s")),
    (r"(string|list) should have at most (?P<what>\d+) .+", _("too long: at most %(what)s")),
    (r"string should match pattern.+", _("small letters, digits and hyphens only, a letter first")),
    (r"input should be greater than or equal to (?P<what>.+)", _("at least %(what)s")),
    (r"input should be less than or equal to (?P<what>.+)", _("at most %(what)s")),
    (r"input should be (?P<what>'.+)", _("say one of %(what)s")),
    (r"this playbook is called (?P<what>\S+); .+", _("this playbook is called %(what)s; copy it to have another")),
    (r"say which `activity`.+", _("say which “activity”, which “survey” or what “questions”, one of the three")),
    (r"longer than (?P<what>[\d,]+) characters", _("longer than %(what)s characters")),
)
"""What reading says, and the same for a page; anything else is shown as it is said."""
_KNOWN = tuple((re.compile(said), words) for said, words in _SAID)


def why(said: str) -> str:
    """Why something is wrong, in the page's language."""
    for pattern, words in _KNOWN:
        if found := pattern.fullmatch(said):
            parts = found.groupdict()
            return str(words) % parts if parts else str(words)
    return said
