"""The plan form: what staff settle of an activity, as fields of a form, made from the plan of its kind.

A number is a number field, a list is a field with a line for each, a Literal is a choice, yes or no a tick. Words stand
in `web/word_activity` under `<kind>.<field>`, else under the field.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any, Literal, Union, get_args, get_origin

from django.http import QueryDict
from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from huoqun.web import word

NUMBER, TICK, LINES, CHOICE, TEXT = "number", "tick", "lines", "choice", "text"


@dataclass(frozen=True)
class Field:
    """One field: `widget` is what it looks like; `options` are (value, word) of a choice; `least` and `most` bound a
    number."""

    name: str
    label: str
    hint: str
    widget: str
    value: Any
    options: tuple[tuple[str, str], ...] = ()
    least: int | None = None
    most: int | None = None
    wrong: str = ""


def fields(kind: str, plan: type[BaseModel], values: Mapping[str, Any], wrong: Mapping[str, str]) -> list[Field]:
    """The fields of a plan, those of the kind itself first."""
    inherited = set(plan.__mro__[1].model_fields) if issubclass(plan.__mro__[1], BaseModel) else set()
    names = sorted(plan.model_fields, key=lambda name: name in inherited)
    return [_field(kind, name, plan.model_fields[name], values.get(name), wrong.get(name, "")) for name in names]


def typed(plan: type[BaseModel], form: QueryDict) -> dict[str, Any]:
    """What was typed, as the plan would have it; a field that is empty is left to its default."""
    found: dict[str, Any] = {}
    for name, info in plan.model_fields.items():
        widget, text = _widget(info), form.get(f"plan-{name}", "").replace("\0", "").strip()
        if widget == TICK:
            found[name] = bool(text)
        elif widget == LINES:
            found[name] = [line.strip() for line in text.splitlines() if line.strip()]
        elif text:
            found[name] = text
        elif _optional(info):
            found[name] = None
    return found


def read(plan: type[BaseModel], form: QueryDict) -> tuple[BaseModel | None, dict[str, str]]:
    """The plan of a form, or by field what is wrong with it."""
    try:
        return plan.model_validate(typed(plan, form)), {}
    except ValidationError as error:
        return None, {_of(e): _said(e) for e in error.errors()}


def _field(kind: str, name: str, info: FieldInfo, value: Any, wrong: str) -> Field:
    widget = _widget(info)
    if value is None:
        value = info.get_default(call_default_factory=True)
    if widget == LINES:
        value = "\n".join(str(v) for v in value or ())
    label = next((w for w in (word.named("plan", f"{kind}.{name}"), word.named("plan", name)) if w), name)
    hint = word.named("plan_hint", f"{kind}.{name}") or word.named("plan_hint", name)
    options = tuple((str(o), word.of("plan_choice", str(o))) for o in get_args(_type(info)))
    least, most = _bounds(info)
    return Field(name, label, hint, widget, value, options if widget == CHOICE else (), least, most, wrong)


def _type(info: FieldInfo) -> Any:
    """The type without None."""
    kind = info.annotation
    if get_origin(kind) in {Union} or type(kind).__name__ == "UnionType":
        return next(arg for arg in get_args(kind) if arg is not NoneType)
    return kind


def _optional(info: FieldInfo) -> bool:
    return NoneType in get_args(info.annotation)


def _widget(info: FieldInfo) -> str:
    kind = _type(info)
    if kind is bool:
        return TICK
    if kind in {int, float}:
        return NUMBER
    if get_origin(kind) is Literal:
        return CHOICE
    return LINES if get_origin(kind) is list else TEXT


def _bounds(info: FieldInfo) -> tuple[int | None, int | None]:
    found = dict(_bound(info))
    return found.get("ge"), found.get("le")


def _bound(info: FieldInfo) -> Iterator[tuple[str, int]]:
    for rule in info.metadata:
        for name in ("ge", "le"):
            if getattr(rule, name, None) is not None:
                yield name, getattr(rule, name)


def _of(error: Any) -> str:
    """The field an error is of; a rule over several fields names the one to look at in what it raises."""
    return str(error["loc"][0]) if error["loc"] else str(error.get("ctx", {}).get("error", ""))


def _said(error: Any) -> str:
    words = {
        "greater_than_equal": _("At least %(ge)s."),
        "less_than_equal": _("At most %(le)s."),
        "int_parsing": _("Please give a whole number."),
        "int_from_float": _("Please give a whole number."),
        "float_parsing": _("Please give a number."),
        "too_long": _("At most %(max_length)s lines."),
        "string_too_long": _("At most %(max_length)s characters."),
        "missing": _("This is needed."),
        "literal_error": _("Please choose from the list."),
    }
    said = words.get(error["type"], _("This cannot be read."))
    return said % {**error.get("ctx", {})}
