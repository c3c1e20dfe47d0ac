"""Drawing: the small pictures that need no script: a normal-range bar, a trend line, a two-sided bar, an interval.

Only coordinates are computed here; the templates hold the SVG. Everything is in a box of 100 by 24.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from huoqun.insight.document import VitalSign

WIDTH, HEIGHT = 100.0, 24.0


@dataclass(frozen=True)
class Bar:
    """A value on its scale with the normal range behind it, in percent of the width."""

    value: str
    low: str
    width: str


def bar(sign: VitalSign) -> Bar | None:
    """The range bar of a vital sign, or None without a value or a range.

    A range may be open: without `low` it begins at nothing, without `high` it runs to the end of the scale ("0 and
    up" says nothing and has no bar). Shares run
    over their whole scale.
    """
    value, low, high = sign.value, sign.low, sign.high
    if value is None or (not low and high is None):
        return None
    if not all(math.isfinite(v) for v in (value, low or 0.0, high or 0.0)):
        return None
    top = max((high or 0.0) * 1.45, (low or 0.0) * 2, value * 1.1)
    if sign.unit == "share" and max(value, low or 0.0, high or 0.0) <= 1:
        top = 1.0
    bottom = min(0.0, value * 1.1)
    scale = WIDTH / ((top - bottom) or 1.0)
    begin = 0.0 if low is None else (max(low, bottom) - bottom) * scale
    end = WIDTH if high is None else min(WIDTH, max(begin, (high - bottom) * scale))
    return Bar(
        value=f"{min(max((value - bottom) * scale, 0.9), 99.1):.1f}",
        low=f"{begin:.1f}",
        width=f"{max(1.0, end - begin):.1f}",
    )


@dataclass(frozen=True)
class Line:
    """A trend as SVG path data, with its last point."""

    path: str
    x: str
    y: str


def line(values: Sequence[float | None], *, points: int = 80) -> Line | None:
    """The path of a series, gaps left open, thinned to its newest `points`; None with fewer than three values."""
    kept = [v if v is not None and math.isfinite(v) else None for v in values[-points:]]
    real = [v for v in kept if v is not None]
    if len(real) < 3:
        return None
    low, high = min(real), max(real)
    room = (high - low) or 1.0
    path, pen_down, x, y = [], False, 0.0, 0.0
    for k, value in enumerate(kept):
        if value is None:
            pen_down = False
            continue
        x = WIDTH * k / (len(kept) - 1)
        y = HEIGHT / 2 if high == low else 2 + (HEIGHT - 4) * (1 - (value - low) / room)
        path.append(f"{'L' if pen_down else 'M'}{x:.1f} {y:.1f}")
        pen_down = True
    return Line("".join(path), f"{x:.1f}", f"{y:.1f}")


def pull(effect: float, largest: float) -> tuple[str, str]:
    """Start and width in percent of a two-sided bar around 50: worse to the right, better to the left."""
    size = 50 * min(1.0, abs(effect) / largest) if largest > 0 else 0.0
    return (f"{50.0 if effect > 0 else 50 - size:.1f}", f"{max(size, 1.0):.1f}")
