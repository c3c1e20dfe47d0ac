"""Amounts: numbers as an operator reads them, and sentences filled with them."""

import math
from collections.abc import Iterable, Mapping
from string import Formatter

DASH = "—"


def whole(value: float) -> str:
    """`12,345`; below ten with one decimal unless it is a whole number."""
    if abs(value) < 10 and not float(round(value, 1)).is_integer():
        return f"{value:.1f}"
    return f"{value:,.0f}"


def percent(value: float) -> str:
    """A share as `12%`; below one percent `0.4%`, never rounded to nothing."""
    points = value * 100
    if 0 < abs(points) < 0.1:
        return "<0.1%" if points > 0 else ">-0.1%"
    if 0 < abs(points) < 1:
        return f"{points:.1f}%"
    if 99 < points < 100:
        return "99%" if points < 99.5 else f"{math.floor(points * 10) / 10:.1f}%"
    return f"{points:.0f}%"


def duration(minutes: float, lang: str) -> str:
    """Minutes in the largest unit that reads well."""
    units = (
        (1440, "天", "d"),
        (60, "小时", "h"),
        (1, "分钟", "min"),
    )
    if 0 < minutes < 1:
        return f"{max(1.0, minutes * 60):.0f} {'秒' if lang == 'zh' else 's'}"
    for size, chinese, english in units:
        if minutes >= size * 1.5 or size == 1:
            return f"{whole(minutes / size)} {chinese if lang == 'zh' else english}"
    raise AssertionError("the smallest unit takes everything")


def known(value: object) -> bool:
    """A number or word that can be said: not None, not NaN, not infinite, not empty."""
    if isinstance(value, float):
        return math.isfinite(value)
    return value is not None and value != ""


class Amount(Formatter):
    """Fills sentences: `{x:%}` a share, `{x:n}` a count, `{x:m}` minutes, `{x:1}` one decimal, `{x}` as it stands.

    Only names that a sentence itself mentions are looked up, and no attribute or index of them, so that neither an
    evidence key nor a chat text can reach anything.
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def get_field(self, field_name: str, args: object, kwargs: Mapping[str, object]) -> tuple[object, str]:  # noqa: ARG002
        """The value of a plain name."""
        return kwargs[field_name], field_name

    def format_field(self, value: object, format_spec: str) -> str:
        """One value in the way its spec asks for."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return str(value)
        if format_spec == "%":
            return percent(value)
        if format_spec == "m":
            return duration(value, self.lang)
        if format_spec == "1":
            return f"{value:,.1f}"
        return whole(value)


def names_in(sentence: str) -> list[str]:
    """Names of the values a sentence needs."""
    return [name for _, name, _, _ in Formatter().parse(sentence) if name]


def say(sentence: str, values: Mapping[str, object], lang: str) -> str | None:
    """The sentence with its values, or None where one of them is not known."""
    if not all(known(values.get(name)) for name in names_in(sentence)):
        return None
    return Amount(lang).vformat(sentence, (), values)


def first_said(sentences: Iterable[str], values: Mapping[str, object], lang: str) -> str:
    """The first sentence whose values are known, or "" """
    return next((said for s in sentences if (said := say(s, values, lang)) is not None), "")


def quantity(value: float | None, unit: str, lang: str) -> str:
    """A vital sign's value in its unit."""
    if value is None or not math.isfinite(value):
        return DASH
    if unit == "share":
        return percent(value)
    if unit == "minutes":
        return duration(value, lang)
    if unit == "hours":
        return duration(value * 60, lang)
    if unit == "days":
        return f"{whole(value)} {'天' if lang == 'zh' else 'd'}"
    if unit == "number":
        return f"{value:.2f}"
    return whole(value)
