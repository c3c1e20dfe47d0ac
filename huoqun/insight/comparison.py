"""The comparison: groups like this one to which nothing happened, and how much of what happened to them all a group
goes along with.

Groups are like each other that are of one type and stage, where that is known, and had about as much of the outcome of
late. What they had against going on as in their last weeks moves what is expected of the group, by a share: on
group-lives less than half of it (docs/decisions/255-effects.md: plain difference in differences, which takes all of
it, is further from the truth than no comparison). The share is asked of the groups' own past, drawn towards the usual.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from huoqun.insight.track import Floats, Places, Track

LEAST = 5
"""Groups below which nothing is compared."""
MOST = 20
NEAR = float(np.log(4))
"""How far apart the outcome of two groups may lie, as a logarithm."""
LEAST_DAYS = 56
LEAST_SUM = {"messages": 20.0, "speakers": 20.0, "ties": 10.0, "newcomers": 4.0, "bonds": 56.0, "orders": 10.0}
"""… of the outcome in that time: where there is less, there is little to compare."""
USUAL_SHARE = 0.4
"""Share of the others' change that a group goes along with; on half of the channels of group-lives."""
SHARE_SPREAD = 0.25
"""How far the share of one workspace lies from the usual; ours."""
DATES = 12
"""Earlier moments at which the share is asked."""


@dataclass(frozen=True)
class Donor:
    """Another group, and what is known of its kind."""

    id: str
    track: Track
    type: str = ""
    stage: str = ""


@dataclass(frozen=True)
class Common:
    """What the others did: `change` of the logarithm of theirs, the `share` of it a group goes along with, and the
    `shift` that this makes of what is expected."""

    shift: float
    change: float
    share: float
    donors: tuple[str, ...]


def going_on(track: Track, at: Places, width: Places | int) -> Floats:
    """Sum over the days ahead if they went on as the last week and the last four did."""
    return width * 0.5 * (track.rate(at, 7) + track.rate(at, 28))


def matched(track: Track, donors: Sequence[Donor], start: date, end: date, kind: Donor | None = None) -> list[Donor]:
    """The donors most like a group before `start` whose record reaches to `end`, nearest first; of its type and stage
    where so many are (`LEAST`)."""
    level = float(np.log(going_on(track, np.array([track.place(start)]), 1)[0] + 0.02))
    near: list[tuple[float, Donor]] = []
    for donor in donors:
        at, until = donor.track.place(start), donor.track.place(end)
        if at < LEAST_DAYS or until > donor.track.days:
            continue
        if float(donor.track.sum(np.array([at - LEAST_DAYS]), np.array([at]))[0]) < LEAST_SUM[track.outcome]:
            continue
        apart = abs(float(np.log(going_on(donor.track, np.array([at]), 1)[0] + 0.02)) - level)
        if apart < NEAR:
            near.append((apart, donor))
    near.sort(key=lambda pair: (pair[0], pair[1].id))
    for asked in _kinds(kind):
        alike = [donor for _, donor in near if all(getattr(donor, name) == value for name, value in asked.items())]
        if len(alike) >= LEAST:
            return alike[:MOST]
    return []


def _kinds(kind: Donor | None) -> list[dict[str, str]]:
    """What is asked of groups to be compared with, the strictest first."""
    if kind is None:
        return [{}]
    known = {name: getattr(kind, name) for name in ("type", "stage") if getattr(kind, name)}
    return [known, *({name: value} for name, value in known.items() if len(known) > 1), *([{}] if known else [])]


def common(track: Track, donors: Sequence[Donor], start: date, width: int, gap: int) -> Common:
    """What these others did in the `width` days from `gap` after `start` on, and what of it the group is expected to
    have gone along with."""
    others = [donor.track for donor in donors]
    had, would = _ahead(others, [start], width, gap)
    change = float(np.log1p(had.sum()) - np.log1p(would.sum()))
    share = _share([track, *others], start, width, gap)
    return Common(share * change, change, share, tuple(donor.id for donor in donors))


def _ahead(tracks: Sequence[Track], days: Sequence[date], width: int, gap: int) -> tuple[Floats, Floats]:
    """Of each track (row) at each day: what it had ahead, and what going on would have been; zeros beyond a record."""
    had, would = np.zeros((len(tracks), len(days))), np.zeros((len(tracks), len(days)))
    for row, track in enumerate(tracks):
        at = np.array([track.place(day) for day in days])
        inside = (at >= 28) & (at + gap + width <= track.days)
        when = at[inside]
        had[row, inside] = track.filled(when + gap, when + gap + width)
        would[row, inside] = going_on(track, when, width)
    return had, would


def _share(tracks: Sequence[Track], start: date, width: int, gap: int) -> float:
    """Regression of each group's change on that of all the others at earlier moments, drawn to `USUAL_SHARE`."""
    step = max(width, 7)
    first = tracks[0].place(start) - width - gap
    days = [tracks[0].day(first - step * k) for k in range(DATES) if first - step * k >= 28]
    if not days:
        return USUAL_SHARE
    had, would = _ahead(tracks, days, width, gap)
    there = would > 0
    own = np.where(there, np.log1p(had) - np.log1p(would), 0.0)
    rest = np.log1p(had.sum(axis=0) - had) - np.log1p(would.sum(axis=0) - would)
    count = np.maximum(there.sum(axis=0), 1)
    along = (own * rest * there).sum(axis=0) / count
    square = (rest**2 * there).sum(axis=0) / count
    noise = float((own**2).sum() / max(there.sum(), 1)) / len(tracks)
    weight = noise / SHARE_SPREAD**2
    return float(np.clip((along.sum() + weight * USUAL_SHARE) / max(square.sum() + weight, 1e-9), 0.0, 1.2))
