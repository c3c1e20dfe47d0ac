"""What is the better forecast of days to which nothing happened: what a report uses, difference in differences, or a
synthetic control."""

from datetime import timedelta

import numpy as np
from scipy.optimize import nnls

from huoqun.insight import expected
from huoqun.insight.comparison import LEAST, Donor, common, going_on, matched
from huoqun.insight.track import WEEK, Track
from training.effect_cases import Case, drawn
from training.truth_effect import community, unseen

EACH = 60
SEED = 7
WEEKS = 16
"""Before the moment, to which a synthetic control is fitted; at least half of them."""
HEAVY = 1e3
"""Weight of the row that holds the sum of the weights at one."""
WAYS = (
    "going on as in the last weeks",
    "difference in differences, in full",
    "difference in differences, the share that is usual",
    "synthetic control, weeks as they were",
    "synthetic control, logarithms about their mean",
    "own forecast",
    "comparable groups, as in a report",
)


def simplex(others: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Weights, none below zero and one in sum, with which others (columns) come nearest to one's own (A. Abadie,
    A. Diamond and J. Hainmueller, 2010)."""
    rows = np.vstack([others, HEAVY * np.ones(others.shape[1])])
    found, _ = nnls(rows, np.append(own, HEAVY))
    return np.asarray(found / max(found.sum(), 1e-9))


def missed(case: Case, donors: list[Donor]) -> list[float] | None:
    """By way, how far the logarithm of what was expected lay from that of what came; the last is messages a day before.
    None where there are too few groups, or weeks, to compare."""
    found = community()
    track = found[case.channel].tracks["messages"]
    start, weeks = track.day(case.at), min(case.at // WEEK, WEEKS)
    others = donors[: case.channel] + donors[case.channel + 1 :]
    like = matched(track, others, start, start + timedelta(days=case.gap + case.width))
    like = [one for one in like if one.track.place(start) >= WEEK * weeks]
    if len(like) < LEAST or weeks < WEEKS // 2:
        return None
    at, width, gap = (np.array([number]) for number in (case.at, case.width, case.gap))
    came = float(np.log1p(track.filled(at + gap, at + gap + width))[0])
    on = float(np.log1p(going_on(track, at, width))[0])
    beside = common(track, like, start, case.width, case.gap)
    using = unseen("messages", found[case.channel].part)
    own = expected.ways(track, at, width, gap, using.count("own", "messages"))[0]
    both = expected.ways(track, at, width, gap, using.count("groups", "messages"))[0] + beside.shift
    guesses = [on, on + beside.change, on + beside.shift, *_synthetic(track, like, case, weeks), own[0], both[0]]
    return [*(abs(max(float(guess), 0.0) - came) for guess in guesses), float(track.rate(at, 56)[0])]


def _synthetic(track: Track, like: list[Donor], case: Case, weeks: int) -> tuple[float, float]:
    """What a synthetic control expects, as a logarithm: of weeks as they were, and of logarithms about their mean."""
    start = track.day(case.at)
    own = _weeks(track, case.at, weeks)
    past = np.stack([_weeks(one.track, one.track.place(start), weeks) for one in like], axis=1)
    ahead = np.array([_ahead(one.track, one.track.place(start) + case.gap, case.width) for one in like])
    plain = np.log1p(ahead @ simplex(past, own))
    logs, mine = np.log1p(past), np.log1p(own)
    weight = simplex(logs - logs.mean(axis=0), mine - mine.mean())
    a_week = mine.mean() + weight @ (np.log1p(ahead * WEEK / case.width) - logs.mean(axis=0))
    return float(plain), float(np.log1p(np.expm1(max(a_week, 0.0)) * case.width / WEEK))


def _weeks(track: Track, at: int, weeks: int) -> np.ndarray:
    return np.diff(track.total[at - WEEK * np.arange(weeks, -1, -1)])


def _ahead(track: Track, begin: int, width: int) -> float:
    return float(track.filled(np.array([begin]), np.array([begin + width]))[0])


def section() -> str:
    """Markdown for docs/truth.md."""
    found = community()
    donors = [Donor(str(number), one.tracks["messages"]) for number, one in enumerate(found)]
    rows = [missed(case, donors) for case in drawn(found, each=EACH, seed=SEED)]
    table = np.array([row for row in rows if row is not None])
    busy = table[:, -1] >= 5
    lines = [
        "## Effects: other ways to expect",
        "",
        f"`python -m training.truth_control`. Mean absolute error of the logarithm of messages ahead, {len(table)} made-up",
        f"beginnings with five comparable groups or more and {WEEKS // 2} weeks before; {busy.sum()} of them of over five",
        "messages a day.",
        "",
        "| way | all | over five a day |",
        "| --- | --- | --- |",
    ]
    errors = zip(WAYS, table.mean(axis=0), table[busy].mean(axis=0), strict=False)
    return "\n".join([*lines, *(f"| {name} | {mean:.3f} | {of_busy:.3f} |" for name, mean, of_busy in errors)]) + "\n"


if __name__ == "__main__":
    print(section())
