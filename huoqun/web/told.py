"""The told: what a change was from and to, in the words of the page, for the log and its export."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from huoqun.people.condition import Block
from huoqun.web import word
from huoqun.web.segment_form import in_words
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
    "language": "language",
}
"""Of which family of words the values of a name are."""
NOTHING = "–"


def told(values: Mapping[str, Any], zone: str) -> list[tuple[str, str]]:
    """Each name and value of one side of a change, in words; moments in `zone`."""
    return [(word.of("value", name), _value(name, value, zone)) for name, value in values.items()]


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], zone: str, names: Mapping[str, str] | None = None
) -> list[tuple[str, str, str]]:
    """Each name that was changed with what it was and what it became, in words; empty where nothing stood there.
    `names` are those of groups and surveys, by their ids, for the rules of segments."""
    both = [*before, *(name for name in after if name not in before)]
    sides = [(name, [_side(side, name, zone, names) for side in (before, after)]) for name in both]
    return [(word.of("value", name), was, now) for name, (was, now) in sides if was or now]


def rule_in(values: Mapping[str, Any]) -> Block | None:
    """The rule of a segment among the values of a change."""
    try:
        return Block.model_validate(values["rule"]) if "rule" in values else None
    except ValidationError:
        return None


def _side(values: Mapping[str, Any], name: str, zone: str, names: Mapping[str, str] | None) -> str:
    said = _value(name, values[name], zone, names) if name in values else ""
    return "" if said == NOTHING else said


def line(values: Mapping[str, Any], zone: str) -> str:
    """The same on one line."""
    return _("; ").join(_("%(name)s: %(value)s") % {"name": n, "value": v} for n, v in told(values, zone))


def _value(name: str, value: Any, zone: str, names: Mapping[str, str] | None = None) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list | tuple):
        return _(", ").join(_value(name, each, zone) for each in value) or NOTHING
    if name == "rule" and (rule := rule_in({name: value})):
        return in_words(rule, names or {})
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
