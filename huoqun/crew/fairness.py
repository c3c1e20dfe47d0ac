"""Fairness: whose turn it is, and why this one. Pure rules over what is known of the members of one group.

In this order: who volunteered for that very week, who volunteers in general, who never was on duty, who served least in
the last 52 weeks, whose turn is longest ago, who spoke on most days lately. Never: who is blocked in the week, who said
no to it, who wants no turn at all, and nobody two weeks in a row. The rest between two turns is kept where somebody
else can be found; who is chosen within it is told to be so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

WEEK = timedelta(days=7)
YEAR = 52
"""Weeks over which load is counted."""
RESTING, BLOCKED, SAID_NO, IN_A_ROW = "resting", "blocked", "said_no", "in_a_row"


@dataclass(frozen=True)
class Candidate:
    """One human who could be on duty. `served`: Mondays of the weeks they had or have; `helped`: days they covered for
    others in the last 52 weeks; `wanted`, `blocked`, `refused`: Mondays; `spoke`: days of the last 30 on which they
    spoke."""

    id: str
    served: frozenset[date] = frozenset()
    helped: int = 0
    volunteers: bool = False
    wanted: frozenset[date] = frozenset()
    blocked: frozenset[date] = frozenset()
    refused: frozenset[date] = frozenset()
    spoke: int = 0


@dataclass(frozen=True)
class Choice:
    """Who is proposed for a week, and what spoke for them. `ago`: weeks since their last turn, None: never had one;
    `load`: turns in the last 52 weeks, covered days as parts of a week; `others`: how many could have been chosen as
    well; `passed`: why others could not, by reason."""

    id: str
    why: str
    """What decided: wanted, volunteer, never, least, longest, spoke, only."""
    ago: int | None
    load: float
    others: int
    spoke: int
    rested: bool = True
    passed: Mapping[str, int] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self) | {"passed": dict(self.passed)}


def choose(week: date, those: Sequence[Candidate], *, rest: int) -> Choice | None:
    """Who is to have a week; None where nobody can. Days are Mondays."""
    barred = {c.id: why for c in those if (why := _barred(c, week))}
    free = [c for c in those if c.id not in barred]
    rested = [c for c in free if not _near(c, week, rest)]
    passed = _counted([*barred.values(), *([RESTING] * (len(free) - len(rested)) if rested else [])])
    among = sorted(rested or free, key=lambda c: _order(c, week))
    if not among:
        return None
    first = among[0]
    return Choice(
        id=first.id,
        why=_why(first, among[1] if len(among) > 1 else None, week),
        ago=_ago(first, week),
        load=_load(first, week),
        others=len(among) - 1,
        spoke=first.spoke,
        rested=bool(rested),
        passed=passed,
    )


def plan(weeks: Sequence[date], those: Sequence[Candidate], *, rest: int) -> dict[date, Choice]:
    """Whom to ask for each of some weeks, the earliest first; weeks for which nobody can be found are left out. What is
    proposed for one counts for the next."""
    there = list(those)
    found: dict[date, Choice] = {}
    for week in sorted(weeks):
        choice = choose(week, there, rest=rest)
        if choice is None:
            continue
        found[week] = choice
        there = [_with(c, week) if c.id == choice.id else c for c in there]
    return found


def _with(c: Candidate, week: date) -> Candidate:
    return Candidate(**{**vars(c), "served": c.served | {week}})


def _barred(c: Candidate, week: date) -> str:
    if week in c.blocked:
        return BLOCKED
    if week in c.refused:
        return SAID_NO
    return IN_A_ROW if c.served & {week - WEEK, week, week + WEEK} else ""


def _near(c: Candidate, week: date, rest: int) -> bool:
    return any(abs((week - one).days) <= rest * 7 for one in c.served)


def _ago(c: Candidate, week: date) -> int | None:
    before = [one for one in c.served if one < week]
    return (week - max(before)).days // 7 if before else None


def _load(c: Candidate, week: date) -> float:
    """Turns within a year of the week, before and after it: what is planned already is a burden as well."""
    return sum(abs((week - one).days) < YEAR * 7 for one in c.served) + round(c.helped / 7, 2)


def _order(c: Candidate, week: date) -> tuple[Any, ...]:
    ago = _ago(c, week)
    wish = 0 if week in c.wanted else 1 if c.volunteers else 2
    return wish, bool(c.served), _load(c, week), -(ago if ago is not None else 10**6), -c.spoke, c.id


def _why(first: Candidate, second: Candidate | None, week: date) -> str:
    """The first thing in which the chosen one differs from the next best."""
    if second is None:
        return "only"
    mine, other = _order(first, week), _order(second, week)
    at = next(i for i, (a, b) in enumerate(zip(mine, other, strict=True)) if a != b)
    if at == 0:
        return "wanted" if mine[0] == 0 else "volunteer"
    return ("", "never", "least", "longest", "spoke", "equal")[at]


def _counted(reasons: Sequence[str]) -> dict[str, int]:
    return {why: reasons.count(why) for why in dict.fromkeys(reasons)}
