"""A cause: what every finding starts from, and how much harm it does.

Harm = severity × extent × certainty, each 0–1. *Severity* says how bad the cause is at its worst, by the handbook's own
order: what ends groups (no core, the regulars leave, life hangs on one person) before what slows them. *Extent* runs
from 0.6 at the threshold to 1 at the worst. *Certainty* is the probability that the measured value truly lies beyond
the threshold, given how many cases stand behind it; below `CERTAIN` nothing is said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import erf, sqrt

import polars as pl

from huoqun.insight.document import Finding, Interval, Mood, Quote, VitalSign
from huoqun.insight.interval import Z80
from huoqun.insight.liveliness import Ground
from huoqun.insight.quote import quotes

Evidence = Mapping[str, float | int | str | None]

CERTAIN = 0.8
"""One finding in five at the very threshold may be chance; further beyond it is far less."""
REGULAR_WEEKS = 4
"""A regular of a quarter spoke in at least four of its thirteen weeks."""
WEEKS = 13
"""A quarter."""
QUOTED = 5
"""How many messages a finding shows."""


@dataclass(frozen=True)
class Case:
    """A group before the doctor: everything that was computed of it."""

    ground: Ground
    signs: dict[str, VitalSign]
    newcomers: pl.DataFrame
    """Table of `insight/newcomer`."""
    questions: pl.DataFrame
    """Table of `insight/question`."""
    starts: pl.DataFrame
    """Table of `insight/start`."""
    answers: pl.DataFrame
    """Table of `insight/answer`."""
    ties: pl.DataFrame | None = None
    """`Ties.pairs` of `insight/tie`, where known."""
    ties_left: float | None = None
    mood: Sequence[Mood] = field(default=())

    @property
    def owner(self) -> str | None:
        """The owner where the file or the operator named one: nothing is said of a guess."""
        card = self.ground.reading.card
        return card.owner if card.owner_source in ("file", "named") else None

    @property
    def team(self) -> set[str]:
        """The staff the card names, with the owner where known."""
        return set(self.ground.reading.card.staff) | ({self.owner} if self.owner else set())

    def visits(self, days: int, before: int = 0) -> pl.DataFrame:
        """Person-days of the `days` days that ended `before` days ago."""
        ground = self.ground
        day = pl.col("day")
        return ground.visits.filter(day >= ground.since(days + before), day < ground.since(before) if before else True)

    def speakers(self, days: int, before: int = 0) -> int:
        """Distinct people in these days."""
        return int(self.visits(days, before)["person"].n_unique())

    def steady(self, weeks: int, apart: int = 0) -> pl.Series:
        """Persons who spoke in so many of the last thirteen weeks, the first and the last of them `apart` weeks."""
        ago = (pl.lit(self.ground.today) - pl.col("day")).dt.total_days() // 7
        seen = self.visits(WEEKS * 7).group_by("person").agg(weeks=ago.n_unique(), span=ago.max() - ago.min())
        return seen.filter(pl.col("weeks") >= weeks, pl.col("span") >= apart)["person"]

    def names(self, people: Sequence[int]) -> list[str]:
        """Identities of these persons."""
        return [self.ground.reading.people[person] for person in people]

    def quotes(self, rows: Sequence[int]) -> list[Quote]:
        """The first few of these messages, as evidence."""
        return quotes(self.ground.reading, list(rows)[:QUOTED])


def certainty(value: float, interval: Interval | None, threshold: float) -> float:
    """Probability that the true value lies above `threshold`, from the value's 80 % interval (normal)."""
    if interval is None:
        return 1.0 if value >= threshold else 0.0
    spread = (interval[1] - interval[0]) / (2 * Z80)
    if spread <= 0:
        return 1.0 if value >= threshold else 0.0
    return 0.5 * (1 + erf((value - threshold) / spread / sqrt(2)))


def extent(value: float, threshold: float, worst: float) -> float:
    """0.6 at the threshold, 1 at the worst, in between in proportion."""
    part = (value - threshold) / (worst - threshold)
    return 0.6 + 0.4 * min(1.0, max(0.0, part))


def found(
    cause: str,
    playbook: str,
    harm: float,
    evidence: Evidence,
    *,
    quotes: Sequence[Quote] = (),
    people: Sequence[str] = (),
    days: Sequence[date] = (),
) -> Finding:
    """A finding; numbers rounded to what can be read."""
    shown = {k: round(v, 4) if isinstance(v, float) else v for k, v in evidence.items()}
    return Finding(
        cause=cause,
        playbook=playbook,
        harm=round(min(1.0, max(0.0, harm)), 3),
        evidence=shown,
        quotes=list(quotes),
        people=list(people),
        days=list(days),
    )


def over(
    severity: float, value: float | None, interval: Interval | None, threshold: float, worst: float
) -> float | None:
    """Harm of a value that is bad when high; None where it is not, or not for certain."""
    if value is None or value < threshold:
        return None
    sure = certainty(value, interval, threshold)
    return severity * extent(value, threshold, worst) * sure if sure >= CERTAIN else None


def under(
    severity: float, value: float | None, interval: Interval | None, threshold: float, worst: float = 0.0
) -> float | None:
    """Harm of a value that is bad when low."""
    if value is None:
        return None
    turned = (-interval[1], -interval[0]) if interval else None
    return over(severity, -value, turned, -threshold, -worst)
