"""Makes the numbers of `insight/expected` and writes them to `insight/data/expected.json`.

Censored quantile regression (J. L. Powell, 1986) of the logarithm of what came in the days ahead, on half of the
channels of group-lives, at random moments: first without, then with the record of earlier trials. Run as
`python -m training.train_effect` with HUOQUN_DATA set.
"""

import json

import numpy as np
from scipy.optimize import minimize

from huoqun.insight import expected
from huoqun.insight.expected import FILE, Model
from huoqun.insight.outcome import COUNTS
from training.effect_cases import Case, Channel, channels, drawn, shifts

EACH = 300
SEED = 5
LEAST_CASES = 800
"""Below so many cases with enough groups to compare with, the numbers without comparison stand for them."""
RIDGE = 1e-4
SOFT = 0.02
"""How far the corner of the loss is rounded, on the logarithm."""
ROWS = {0.025: (0, 1), 0.5: (0,), 0.95: (0, 2), 0.975: (0, 2, 3)}
"""By level: which rows of coefficients make it."""


def fitted(where: np.ndarray, came: np.ndarray) -> np.ndarray:
    """Coefficients (4 rows) whose bounded quantiles lose least on cases."""
    mean, spread = where.mean(axis=0), where.std(axis=0)
    mean[0], spread[0] = 0.0, 1.0
    even = (where - mean) / spread
    begin = np.zeros((4, where.shape[1]))
    begin[:, 0] = np.median(came), np.log(1.5), np.log(1.5), np.log(0.4)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(begin.shape)
        free = even @ weights.T
        held = np.clip(free[:, 1:], -6.0, expected.WIDEST)
        ways = np.concatenate([np.ones((len(came), 1)), np.exp(held)], axis=1)
        signs = np.array([1.0, -1.0, 1.0, 1.0])
        parts = np.concatenate([free[:, :1], ways[:, 1:]], axis=1) * signs
        slope = np.concatenate([np.ones((len(came), 1)), ways[:, 1:] * (held == free[:, 1:])], axis=1) * signs
        back, total = np.zeros_like(free), 0.0
        for level, made in ROWS.items():
            guess = parts[:, list(made)].sum(axis=1)
            error = came - np.maximum(guess, 0.0)
            total += float(np.maximum(level * error, (level - 1) * error).mean())
            over = 1 / (1 + np.exp(-np.clip(error / SOFT, -40, 40)))
            push = (1 - over - level) / len(came) * (guess > 0)
            for row in made:
                back[:, row] += push * slope[:, row]
        tame = np.concatenate([np.zeros((4, 1)), weights[:, 1:]], axis=1)
        return total + RIDGE * float((tame**2).sum()), (back.T @ even + 2 * RIDGE * tame).ravel()

    best = minimize(loss, begin.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 3000}).x.reshape(begin.shape)
    found = best / spread
    found[:, 0] -= (best[:, 1:] * mean[1:] / spread[1:]).sum(axis=1)
    return found


def learned(found: list[Channel], cases: list[Case], outcome: str, shift: np.ndarray) -> Model:
    """The model of an outcome from cases of which `shift` is known to add to the logarithm."""
    parts = _by_channel(cases)
    tracks = [found[number].tracks[outcome] for number in parts]
    places = list(parts.values())
    came, where, moved = [], [], []
    for track, (at, width, gap, index) in zip(tracks, places, strict=True):
        came.append(np.log1p(track.sum(at + gap, at + gap + width)))
        where.append(expected.situation(track, at, width, gap))
        moved.append(shift[index])
    aim = np.concatenate(came) - np.concatenate(moved)
    plain = fitted(np.concatenate(where), aim)
    first = Model(plain, plain, 1.0)
    missed = [expected.misses(t, a, w, g, first) for t, (a, w, g, _) in zip(tracks, places, strict=True)]
    usual = float((np.concatenate(missed) ** 2).mean())
    first = Model(plain, plain, usual)
    record = [expected.tried(t, a, w, g, first) for t, (a, w, g, _) in zip(tracks, places, strict=True)]
    more = [np.concatenate([part, one[:, None]], axis=1) for part, one in zip(where, record, strict=True)]
    return Model(plain, fitted(np.concatenate(more), aim), usual)


def _by_channel(cases: list[Case]) -> dict[int, tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    table = np.array([(case.channel, case.at, case.width, case.gap) for case in cases])
    found = {}
    for number in np.unique(table[:, 0]):
        index = np.flatnonzero(table[:, 0] == number)
        found[int(number)] = (table[index, 1], table[index, 2], table[index, 3], index)
    return found


def main() -> None:
    """Learn and write."""
    found = channels()
    table: dict[str, dict[str, object]] = {"own": {}, "groups": {}}
    for outcome in COUNTS:
        cases = [case for case in drawn(found, each=EACH, seed=SEED, outcome=outcome) if found[case.channel].tuning]
        moved = shifts(found, cases, outcome)
        known = [case for case, shift in zip(cases, moved, strict=True) if not np.isnan(shift)]
        own = learned(found, cases, outcome, np.zeros(len(cases)))
        enough = len(known) >= LEAST_CASES
        kept = {"own": own, "groups": learned(found, known, outcome, moved[~np.isnan(moved)]) if enough else own}
        for basis, one in kept.items():
            plain, tried = (np.round(part, 4).tolist() for part in (one.plain, one.tried))
            table[basis][outcome] = {"plain": plain, "tried": tried, "usual": round(one.usual, 4)}
        print(outcome, len(cases), len(known), flush=True)
    source = {"source": "group-lives, channels of the tuning half; training/train_effect.py"}
    FILE.write_text(json.dumps(source | table) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
