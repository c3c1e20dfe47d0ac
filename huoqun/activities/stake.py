"""The stake (奖项): what is drawn for: prizes with how many there are and who gave them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Prize:
    """A prize: how many there are, who gave it and what one costs, in words, where that was said."""

    name: str
    count: int = 1
    sponsor: str = ""
    cost: str = ""


@dataclass(frozen=True)
class Stakes:
    """What is drawn for, the best first; `outside`: the number of the outside world that goes into the draw."""

    prizes: tuple[Prize, ...]
    outside: str = ""
