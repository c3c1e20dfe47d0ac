"""What the pages of playbooks show: the timeline as rows of a template, the shape of a run as a picture, facts."""

from dataclasses import dataclass
from typing import Any

from huoqun.playbooks import timeline
from huoqun.playbooks.playbook import Playbook
from huoqun.playbooks.step_form import Step
from huoqun.playbooks.timeline import Spot, Timeline
from huoqun.web import playbook_said as said
from huoqun.web import word

WIDE, HIGH, LEFT = 720, 96, 28
"""The picture of the shape: its size, and the room for its numbers."""
_WAYS = 5
"""Colours of paths; a sixth begins anew."""


@dataclass(frozen=True)
class Shape:
    """The picture of a run: a bar a day for what is said in the group, and the most a day may have."""

    bars: list[dict[str, Any]]
    ceiling: float
    floor: float | None
    marks: list[dict[str, Any]]
    weeks: list[dict[str, Any]]
    base: float
    wide: int = WIDE
    high: int = HIGH + 20


def page(book: Playbook, numbers: list[int] | None = None) -> dict[str, Any]:
    """Everything of a playbook's timeline, in the page's language."""
    told = timeline.of(book, numbers)
    colours = {name: n % _WAYS for n, name in enumerate(book.paths)}
    return {
        "days": [_day(day, book, colours) for day in told.days],
        "whenever": [_spot(spot, book, colours) for spot in told.whenever],
        "shape": shape(book, told),
        "paths": [(said.in_language(title), colours[name]) for name, title in book.paths.items()],
    }


def about(book: Playbook) -> dict[str, Any]:
    """What a playbook is, for the head of its page."""
    load = sum(role.minutes * role.many for role in book.roles.values())
    return {
        "title": said.in_language(book.title),
        "about": said.in_language(book.about),
        "fits": [word.of("type", one) for one in book.fits],
        "stages": [word.of("stage", one) for one in book.stages],
        "roles": [(said.in_language(r.name), r.minutes, r.many) for r in book.roles.values()],
        "minutes": load,
        "variables": [
            (said.in_language(v.ask), _default(v.default), word.of("variable", v.kind)) for v in book.variables.values()
        ],
        "gates": [(step, said.condition(step.gate, book)) for step in book.steps if step.gate],
        "measures": [word.of("measured", one) for one in book.measures],
    }


def _default(told: Any) -> str:
    return "" if told is None else str(told) if isinstance(told, int) else said.in_language(told)


def _day(day: timeline.Day, book: Playbook, colours: dict[str, int]) -> dict[str, Any]:
    again = [{"clock": s.clock, "title": said.in_language(s.step.title), "number": s.number} for s in day.again]
    rows = []
    for row in day.rows:
        columns = [_column(path, spots, book, colours) for path, spots in row.ways]
        rows.append({"forked": row.forked, "columns": columns})
    weekday = said.weekday(day.weekday)
    return {"day": day, "rows": rows, "again": again, "weekday": weekday, "over": day.said > book.load.ceiling}


def _column(path: str | None, spots: tuple[Spot, ...], book: Playbook, colours: dict[str, int]) -> dict[str, Any]:
    told = {"path": said.path(path, book) if path else "", "colour": colours.get(path or "", 0)}
    return told | {"spots": [_spot(spot, book, colours) for spot in spots]}


def _spot(spot: Spot, book: Playbook, colours: dict[str, int]) -> dict[str, Any]:
    step = spot.step
    return {
        "id": step.id,
        "number": spot.number,
        "clock": f"{spot.clock:%H:%M}" if spot.clock else "",
        "when": "" if spot.clock and not spot.repeats else said.when(step, book),
        "sure": spot.sure,
        "mark": mark(step),
        "kind": said.kind(step),
        "title": said.in_language(step.title),
        "who": said.who(step, book),
        "details": said.details(step, book),
        "only_if": said.condition(step.only_if, book) if step.only_if else "",
        "gate": said.condition(step.gate, book) if step.gate else "",
        "ways": said.ways(step, book),
        "words": said.words(step, book),
        "movable": spot.clock is not None and not spot.repeats,
    }


def mark(step: Step) -> str:
    """The sign beside a step."""
    return said.MARKS.get(getattr(step, "do", ""), "act")


def shape(book: Playbook, told: Timeline) -> Shape:
    """The picture: words in the group a day against the most it may have, and a mark where the run waits or forks."""
    days = len(told.said)
    top = max(book.load.ceiling, *told.said, 1)
    step = (WIDE - LEFT - 4) / days
    high = HIGH - 18

    def up(value: float) -> float:
        return round(HIGH - value / top * high, 1)

    def along(day: int) -> float:
        return round(LEFT + (day - 1) * step, 1)

    wide = round(max(1.5, min(36.0, step * 0.7)), 1)
    bars = [
        {"x": round(along(day) + (step - wide) / 2, 1), "y": up(n), "w": wide, "h": round(HIGH - up(n), 1), "n": n,
         "day": day, "over": n > book.load.ceiling}
        for day, n in enumerate(told.said, 1)
    ]  # fmt: skip
    forks = [
        (row_day.number, spot) for row_day in told.days for row in row_day.rows for _p, ss in row.ways for spot in ss
    ]
    held: dict[int, list[str]] = {}
    for day, spot in forks:
        if spot.step.gate or mark(spot.step) == "fork":
            held.setdefault(day, []).append(said.in_language(spot.step.title))
    marks = [{"x": round(along(day) + step / 2, 1), "day": day, "titles": held[day]} for day in sorted(held)]
    every = 1 if days <= 15 else 7 if days <= 60 else 14
    weeks = [{"x": round(along(day) + step / 2, 1), "day": day} for day in range(1, days + 1, every)]
    floor = up(book.load.floor) if book.load.floor else None
    return Shape(bars, up(book.load.ceiling), floor, marks, weeks, HIGH)
