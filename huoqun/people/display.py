"""Display: text that people gave, without the characters that nobody sees but that turn, hide or break a line."""

import unicodedata


def visible(text: str) -> str:
    """The text without control, direction and other invisible characters."""
    return "".join(c for c in text if unicodedata.category(c)[0] != "C")


def one_line(text: str, most: int | None = None) -> str:
    """The same on one line, with single spaces, at most so many characters."""
    return " ".join(visible(text).split())[:most]
