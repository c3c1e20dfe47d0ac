"""The told: what a change was from and to, in the words of the page, for the log and its export."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from huoqun.web import word
from huoqun.web.when import minute_text, zone_of

FAMILIES = {
    "role": "role",
    "scopes": "permission",
    "stage": "stage",
    "type": "type",
    "field": "field",
    "orientation": "orientation",
    "level": "branch",
    "layout": "layout",
    "way": "way",
    "study": "study",
    "reason": "sameness",
}
"""Of which family of words the values of a name are."""
NOTHING = "–"


def told(values: Mapping[str, Any], zone: str) -> list[tuple[str, str]]:
    """Each name and value of one side of a change, in words; moments in `zone`."""
    return [(word.of("value", name), _value(name, value, zone)) for name, value in values.items()]


def changes(before: Mapping[str, Any], after: Mapping[str, Any], zone: str) -> list[tuple[str, str, str]]:
    """Each name that was changed with what it was and what it became, in words; empty where nothing stood there."""
    names = [*before, *(name for name in after if name not in before)]
    sides = [(name, [_side(side, name, zone) for side in (before, after)]) for name in names]
    return [(word.of("value", name), was, now) for name, (was, now) in sides if was or now]


def _side(values: Mapping[str, Any], name: str, zone: str) -> str:
    said = _value(name, values[name], zone) if name in values else ""
    return "" if said == NOTHING else said


def line(values: Mapping[str, Any], zone: str) -> str:
    """The same on one line."""
    return _("; ").join(_("%(name)s: %(value)s") % {"name": n, "value": v} for n, v in told(values, zone))


def _value(name: str, value: Any, zone: str) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list | tuple):
        return _(", ").join(_value(name, each, zone) for each in value) or NOTHING
    if isinstance(value, Mapping):
        return line(value, zone) or NOTHING
    if value is None or value == "":
        return NOTHING
    text = str(value)
    return word.of(FAMILIES[name], text) if name in FAMILIES else _moment(text, zone)


def _moment(text: str, zone: str) -> str:
    """A moment as it was written down becomes one on the workspace's clock; any other text stays."""
    if len(text) < len("2026-03-01T20:10:00") or text[10] != "T":
        return text
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return at.astimezone(zone_of(zone)).strftime("%Y-%m-%d %H:%M") if at.tzinfo else minute_text(at, zone_of(zone))
