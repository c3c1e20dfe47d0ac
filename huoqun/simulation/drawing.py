"""The drawing: the pictures that members of the example hand in. Nobody took them: shelves of books by chance."""

import io
from random import Random

from PIL import Image, ImageDraw

WIDTH, HEIGHT, BOARD = 640, 480, 14
WALL, WOOD = "#f3efe6", "#8a6a48"
SPINES = ("#c3452f", "#117255", "#1f3b63", "#d9a441", "#6b4c7a", "#3d7f8f", "#a9a08c", "#7a2f2f")


def shelf(seed: str) -> bytes:
    """A book shelf as PNG; another seed, other books."""
    random = Random(seed)  # noqa: S311
    image = Image.new("RGB", (WIDTH, HEIGHT), WALL)
    pen = ImageDraw.Draw(image)
    for row in range(3):
        ground = (row + 1) * HEIGHT // 3 - BOARD
        x = random.randint(8, 60)
        while x < WIDTH - random.randint(40, 220):
            wide, tall = random.randint(14, 38), random.randint(78, 128)
            colour = random.choice(SPINES)
            pen.rectangle((x, ground - tall, x + wide, ground), fill=colour)
            pen.line((x + 4, ground - tall + 16, x + wide - 4, ground - tall + 16), fill=WALL, width=3)
            x += wide + 2
        pen.rectangle((0, ground, WIDTH, ground + BOARD), fill=WOOD)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
