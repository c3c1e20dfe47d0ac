"""What a browser shows: that it fits its screen, and a picture of it where somebody wants to look."""

import os
from pathlib import Path


def seen(page, name):
    """Nothing stands beside the screen; a picture is kept where HUOQUN_SHOTS names a folder."""
    page.wait_for_load_state()
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, (name, width)
    if folder := os.environ.get("HUOQUN_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
