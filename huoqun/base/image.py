"""The image: a picture that somebody sent, made safe and small. The one home of Pillow for what comes in."""

import io

from PIL import Image, ImageOps

LONGEST_SIDE = 1280
"""Pixels; larger pictures are made smaller."""
MOST_BYTES = 12_000_000
MOST_PIXELS = 50_000_000
"""What a phone takes; more is a bomb."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


class NoImage(ValueError):
    """The file is no picture that can be shown, or too large a one."""


def small(raw: bytes) -> tuple[bytes, int, int]:
    """A JPEG of at most `LONGEST_SIDE` pixels, upright, without place, camera or any other word about it; its width and
    height. Raises NoImage."""
    if not 0 < len(raw) <= MOST_BYTES:
        raise NoImage
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as found:
            if found.width * found.height > MOST_PIXELS:
                raise NoImage
            upright = ImageOps.exif_transpose(found).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NoImage from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    ground = Image.new("RGB", upright.size, "white")
    ground.paste(upright, mask=upright.getchannel("A"))
    out = io.BytesIO()
    ground.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue(), ground.width, ground.height


def look(raw: bytes) -> int:
    """What a picture looks like in 64 bits (difference hash: nine by eight greys, each lighter than its neighbour or
    not): two pictures that differ in a few bits are one picture saved anew. Raises NoImage."""
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as found:
            if found.width * found.height > MOST_PIXELS:
                raise NoImage
            grey = list(found.convert("L").resize((9, 8), Image.Resampling.LANCZOS).tobytes())
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NoImage from error
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (grey[row * 9 + column] < grey[row * 9 + column + 1])
    return bits
