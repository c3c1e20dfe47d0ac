"""The wall picture of a meetup: a tree that grows with each fingerprint. Made on the server, the same each time.

Each print has its own turn, whorl and colour, drawn from the id of whoever left it; where the next one goes follows the
golden angle, as leaves do, so that the crown is full at any number.
"""

import hashlib
import math
from collections.abc import Sequence

WIDTH, HEIGHT = 800, 650
CROWN = (400.0, 262.0)
REACH = 236.0
"""How far the crown reaches at most."""
STEP = 33.0
"""How far apart prints of the size they are drawn in are."""
LARGEST = 60.0
"""How far apart they are while few have come."""
GOLDEN = math.pi * (3 - math.sqrt(5))
COLOURS = ("#1f9d77", "#0f6b52", "#c9822b", "#c3452f", "#3b5bdb", "#8b5fbf", "#2b8aa8", "#b0568f")
"""Of the design's palette; each is seen on light and dark grounds."""
WHORLS = 6
RIDGES = 6
MOST = 600
"""Prints that are drawn; the number below counts on."""


def svg(prints: Sequence[str]) -> str:
    """The tree with a print for each id, in the order they came."""
    shown = prints[:MOST]
    step = min(LARGEST, REACH / math.sqrt(max(len(shown), 1)))
    leaves = "".join(_leaf(number, id, step) for number, id in enumerate(shown))
    used = "".join(_whorl(n) for n in range(WHORLS))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"<defs>{used}</defs>{_trunk()}{leaves}"
        f'<text x="{WIDTH / 2:.0f}" y="{HEIGHT - 14}" text-anchor="middle" font-size="26" font-weight="600" '
        f'fill="#8d95a3">{len(prints)}</text></svg>'
    )


def _trunk() -> str:
    """The trunk and its branches, which are there before anybody comes."""
    lines = (
        "M400 578C396 500 404 440 400 300",
        "M400 470C380 420 330 390 286 352",
        "M401 440C424 390 470 366 520 330",
        "M400 390C392 330 356 270 330 214",
        "M401 372C412 310 446 256 470 200",
        "M400 330C399 270 402 220 400 150",
    )
    widths = (22, 11, 11, 8, 8, 7)
    drawn = "".join(f'<path d="{d}" stroke-width="{w}"/>' for d, w in zip(lines, widths, strict=True))
    ground = '<path d="M250 580C330 570 470 570 550 580" stroke-width="6"/>'
    return f'<g fill="none" stroke="#8a6a4a" stroke-linecap="round" opacity=".8">{drawn}{ground}</g>'


def _whorl(number: int) -> str:
    """One of the patterns: ridges around a core, each open at its own places."""
    ridges = []
    for ridge in range(RIDGES):
        rx, ry = 1.6 + ridge * 2.1, 2.4 + ridge * 2.7
        round_ = math.pi * (3 * (rx + ry) - math.sqrt((3 * rx + ry) * (rx + 3 * ry)))
        gap = 1.6 + (number * 7 + ridge * 5) % 4
        dash = max(round_ / (1 + (number + ridge) % 3) - gap, 2)
        offset = (number * 11 + ridge * 17) % 23
        shift = (number % 3 - 1) * ridge * 0.35
        ridges.append(
            f'<ellipse cx="{shift:.1f}" rx="{rx:.1f}" ry="{ry:.1f}" stroke-dasharray="{dash:.1f} {gap}" '
            f'stroke-dashoffset="{offset}"/>'
        )
    return f'<g id="w{number}" fill="none" stroke-width="1.25" stroke-linecap="round">{"".join(ridges)}</g>'


def _leaf(number: int, id: str, step: float) -> str:
    seed = hashlib.sha256(id.encode()).digest()
    far, angle = step * math.sqrt(number + 0.4), number * GOLDEN
    x, y = CROWN[0] + far * math.cos(angle) * 1.22, CROWN[1] + far * math.sin(angle)
    turn, size = seed[0] * 80 // 255 - 40, step / STEP * 0.95
    colour, whorl = COLOURS[seed[1] % len(COLOURS)], seed[2] % WHORLS
    return (
        f'<use href="#w{whorl}" stroke="{colour}" transform="translate({x:.1f} {y:.1f}) rotate({turn}) '
        f'scale({size:.2f})"/>'
    )
