"""What the commands say on stderr: one clear line, safe for a terminal."""

import sys
import unicodedata


def refuse(why: str) -> int:
    """Print one line and return exit code 2."""
    sys.stderr.write(f"huoqun: {plain(why)}\n")
    return 2


def plain(text: str, most: int = 400) -> str:
    """One line without control characters (file and member names may hold escape sequences)."""
    line = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    return line if len(line) <= most else line[: most - 1] + "…"
