"""The audience: whom a step is about, in two words: `everybody`, `silent`, `not-answered survey`, `winners race`."""

import re
from dataclasses import dataclass

STRATA = ("kol", "core", "regular", "word-of-mouth", "silent")
NEWCOMERS = ("newcomers", "newcomers-unanswered", "newcomers-silent")
"""Who joined in the last 14 days: all; those whose first words nobody has answered; those who have said nothing."""
WHOLE = ("everybody", *STRATA, *NEWCOMERS, "champions", "volunteers", "owner", "segment")
"""Whom a group knows by itself. `segment`: the one chosen when the run was started."""
OF_STEP = ("asked", "answered", "not-answered", "joined", "not-joined", "finished", "winners", "chosen")
"""Whom a step of the run knows: it stands behind the word."""
_OF = re.compile(r"([a-z-]+) ([a-z0-9-]+)")


class Nobody(ValueError):
    """The words mean no people; the message says which do."""


@dataclass(frozen=True)
class Audience:
    """Some people of a group; `step` where a step of the run knows them."""

    who: str
    step: str = ""


def read(text: str) -> Audience:
    """The people that words mean. Raises Nobody."""
    text = " ".join(text.lower().split())
    if text in WHOLE:
        return Audience(text)
    found = _OF.fullmatch(text)
    if found and found[1] in OF_STEP:
        return Audience(found[1], found[2])
    raise Nobody(f"say one of {', '.join(WHOLE)}; or of a step: {', '.join(f'{w} STEP' for w in OF_STEP)}")
