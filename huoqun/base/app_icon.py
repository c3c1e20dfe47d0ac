"""The icon of the installed app: the seal with its line of life, drawn here as `static/icon.svg` has it."""

import io
from functools import cache

from PIL import Image, ImageDraw

SEAL = "#c3452f"
SIZES = (180, 192, 512)
"""Pixels: the home screens of iOS and of Android, and the opening screen."""
_LINE = ((7, 16), (11, 16), (13.5, 10), (17.5, 22), (20.5, 13), (22, 16), (25, 16))
"""On a field of 32 by 32."""


@cache
def icon(size: int) -> bytes:
    """A PNG without transparency, to its edge: whatever shape a phone cuts from it, the line stands inside."""
    side = 4 * size
    image = Image.new("RGB", (side, side), SEAL)
    points = [(side * (16 + (x - 16) * 0.8) / 32, side * (16 + (y - 16) * 0.8) / 32) for x, y in _LINE]
    ImageDraw.Draw(image).line(points, fill="white", width=side // 16, joint="curve")
    out = io.BytesIO()
    image.resize((size, size), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()
