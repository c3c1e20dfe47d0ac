"""Display: text that people gave, without the characters that nobody sees but that turn, hide or break a line."""

import unicodedata


def visible(text: str) -> str:
    """The text without control, direction and other invisible characters; a space stays for a line break or tab."""
    spaced = "".join(" " if c.isspace() else c for c in text)
    return "".join(c for c in spaced if unicodedata.category(c)[0] != "C")
