"""The poster: a picture to share, drawn on the server with fonts of its own: a title, some words, a photo, a QR code.

One layout for everything, 1080 by 1440 pixels, in the colours of the pages: it is read on a phone, at arm's length.
"""

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import qrcode
from PIL import Image, ImageDraw, ImageFont, ImageOps

from huoqun.base.home import PACKAGE

WIDTH, HEIGHT, EDGE = 1080, 1440, 84
INK, SOFT, PAPER, CARD, LINE, SEAL, JADE = "#1c2430", "#5d6675", "#faf9f6", "#ffffff", "#e7e5df", "#c3452f", "#117255"
FONTS = PACKAGE / "fonts"
QR_SIDE = 260
PHOTO_HEIGHT = 460


@dataclass(frozen=True)
class Poster:
    """What stands on a poster, from above: a small line, the title, a photo (JPEG), a big number or word with what it
    means, lines of text, and at the foot a QR code with words beside it."""

    kicker: str
    title: str
    lines: Sequence[str] = ()
    big: str = ""
    big_means: str = ""
    photo: bytes | None = None
    link: str = ""
    foot: str = ""


@cache
def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    name = "NotoSansSC_700Bold.ttf" if bold else "NotoSansSC_400Regular.ttf"
    return ImageFont.truetype(str(FONTS / name), size)


def draw(poster: Poster) -> bytes:
    """The poster as PNG. Signs that the font does not have (most emoji) are left out."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((36, 36, WIDTH - 36, HEIGHT - 36), 32, fill=CARD, outline=LINE, width=2)
    foot = HEIGHT - 36 - QR_SIDE - 96
    y = _text(pen, poster.kicker, EDGE, 92, _font(34), JADE, 1, foot)
    y = _text(pen, poster.title, EDGE, y + 12, _font(72, bold=True), INK, 3, foot)
    if poster.photo:
        y = _photo(image, poster.photo, y + 28, foot)
    if poster.big:
        y = _text(pen, poster.big, EDGE, y + 24, _font(150, bold=True), SEAL, 1, foot)
        y = _text(pen, poster.big_means, EDGE, y + 4, _font(38), SOFT, 1, foot)
    y += 28
    for line in poster.lines:
        y = _text(pen, line, EDGE, y, _font(40), INK, 3, foot) + 14
    _feet(image, pen, poster, foot)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _feet(image: Image.Image, pen: ImageDraw.ImageDraw, poster: Poster, top: int) -> None:
    """The line above the foot, the QR code and the words beside it."""
    pen.line((EDGE, top + 24, WIDTH - EDGE, top + 24), fill=LINE, width=2)
    if poster.link:
        code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=2)
        code.add_data(poster.link)
        code.make(fit=True)
        square = code.make_image(fill_color=INK, back_color=CARD).get_image().convert("RGB")
        image.paste(square.resize((QR_SIDE, QR_SIDE), Image.Resampling.NEAREST), (WIDTH - EDGE - QR_SIDE, top + 60))
    width = WIDTH - 2 * EDGE - (QR_SIDE + 40 if poster.link else 0)
    _text(pen, poster.foot, EDGE, top + 84, _font(36), SOFT, 4, HEIGHT - 60, width)


def _photo(image: Image.Image, raw: bytes, y: int, foot: int) -> int:
    height = min(PHOTO_HEIGHT, foot - y - 120)
    if height < 120:
        return y
    with Image.open(io.BytesIO(raw)) as found:
        fitted = ImageOps.fit(found.convert("RGB"), (WIDTH - 2 * EDGE, height))
    mask = Image.new("L", fitted.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, *fitted.size), 28, fill=255)
    image.paste(fitted, (EDGE, y), mask)
    return y + height


def _text(
    pen: ImageDraw.ImageDraw,
    text: str,
    x: int,
    y: int,
    font: ImageFont.FreeTypeFont,
    ink: str,
    most: int,
    floor: int,
    width: int = WIDTH - 2 * EDGE,
) -> int:
    """Write text on at most so many lines, cut with an ellipsis, never below `floor`; where the next line may begin."""
    step = int(font.size * 1.35)
    lines = wrapped(text, font, width)
    shown = lines[:most]
    if len(lines) > most:
        shown[-1] = shown[-1][:-1] + "…"
    for line in shown:
        if y + step > floor:
            break
        pen.text((x, y), line, font=font, fill=ink)
        y += step
    return y


def wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """The text in lines no wider than this: broken at spaces between Latin words, anywhere between Chinese ones."""
    lines: list[str] = []
    for part in drawable(text).split("\n"):
        line = ""
        for sign in part:
            if font.getlength(line + sign) <= width:
                line += sign
                continue
            cut = line.rfind(" ")
            if cut > len(line) // 2 and sign.isascii() and sign != " ":
                lines.append(line[:cut])
                line = line[cut + 1 :] + sign
            else:
                lines.append(line)
                line = sign.lstrip()
        lines.append(line)
    return [line for line in lines if line.strip()]


def drawable(text: str) -> str:
    """The text without signs that the font would show as empty boxes: emoji and their joiners, private use."""
    hidden = {"Cc", "Cf", "Co", "Cs"}
    kept = (c for c in text if c == "\n" or (ord(c) < 0x1F000 and unicodedata.category(c) not in hidden))
    return "".join(kept).replace("\ufe0f", "").strip()
