"""The list of names (人名单): members found by the names people write, as they stand in the group."""

from collections.abc import Iterable
from dataclasses import dataclass

from huoqun.activities.questionnaire import fold
from huoqun.people.person import Identity


@dataclass(frozen=True)
class Called:
    """Who was called, each once; and the names that are nobody's, or several people's."""

    found: tuple[Identity, ...]
    nobody: tuple[str, ...] = ()
    several: tuple[str, ...] = ()

    @property
    def unclear(self) -> tuple[str, ...]:
        """The names that name nobody alone."""
        return self.nobody + self.several


def by_name(those: Iterable[Identity]) -> dict[str, list[Identity]]:
    """Members by their folded names."""
    found: dict[str, list[Identity]] = {}
    for who in those:
        found.setdefault(fold(who.name), []).append(who)
    return found


def call(those: Iterable[Identity], names: Iterable[str]) -> Called:
    """Who of these bears one of the names."""
    known, found = by_name(those), dict[object, Identity]()
    nobody, several = list[str](), list[str]()
    for name in dict.fromkeys(text.strip() for text in names if text.strip()):
        there = known.get(fold(name), [])
        if len(there) == 1:
            found.setdefault(there[0].pk, there[0])
        else:
            (several if there else nobody).append(name)
    return Called(tuple(found.values()), tuple(nobody), tuple(several))
