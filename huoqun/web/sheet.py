"""The sheet: cells for a spreadsheet program."""


def cell(text: str) -> str:
    """The text so that no program takes it for a formula."""
    return "'" + text if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
