"""The plan line: one line of a plan that has parts, as staff type it: `Tea set | 3 | Mingyuan Tea`."""

import re

_BAR = re.compile(r"[|｜]")


def parts(line: str, longest: int = 200) -> list[str]:
    """The parts between upright bars (also full-width ones), each on one line and not too long; empty ones stay."""
    return [" ".join(part.split())[:longest] for part in _BAR.split(line)]
