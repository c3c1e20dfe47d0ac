"""Makes the numbers of `insight/expected` and writes them to `insight/data/expected.json`.

Censored quantile regression (J. L. Powell, 1986) of the logarithm of what came in the days ahead, on the channels of
group-lives, at random moments: first without, then with the record of earlier trials. Run as
`python -m training.train_effect` with HUOQUN_DATA set.
"""

import json
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize

from huoqun.insight import expected
from huoqun.insight.expected import FILE, Model
from huoqun.insight.outcome import FROM_WORDS
from huoqun.insight.track import Track
from training.effect_cases import Case, Channel, channels, drawn, shifts, summed

EACH = 200
SEED = 5
LEAST_CASES = 800
"""Below so many cases with enough groups to compare with, the numbers without comparison stand for them."""
LEVEL = 0.95
FOLDS = 5
STEADY = 0.02
"""Share of cases with a better record of earlier trials, beyond which a group is taken at its word."""
RIDGE = 1e-2
BANDS = (1.0, 5.0, 20.0)
"""Of the outcome a day."""
EVEN = 0.5
"""0: every case counts the same; 1: every band does."""
MONTH, WIDE = 3, 5
"""Places in the situation: of the month before over the days ahead, and of their number."""
SOFT = 0.02
"""How far the corner of the loss is rounded, on the logarithm."""
ROWS = {0.025: (0, 1), 0.5: (0,), 0.95: (0, 2), 0.975: (0, 2, 3)}
"""By level: which rows of coefficients make it."""


def fitted(where: np.ndarray, came: np.ndarray, shift: np.ndarray, *, middle: bool = True) -> np.ndarray:
    """Coefficients (4 rows) whose bounded quantiles, moved by `shift`, lose least on cases; without the `middle` its row
    stays zero."""
    mean, spread, weight = where.mean(axis=0), where.std(axis=0), evened(where, EVEN)
    mean[0], spread[0] = 0.0, 1.0
    even = (where - mean) / spread
    begin = np.zeros((4, where.shape[1]))
    begin[:, 0] = np.median(came) if middle else 0.0, np.log(1.5), np.log(1.5), np.log(0.4)

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
            guess = parts[:, list(made)].sum(axis=1) + shift
            error = came - np.maximum(guess, 0.0)
            total += float(weight @ np.maximum(level * error, (level - 1) * error))
            over = 1 / (1 + np.exp(-np.clip(error / SOFT, -40, 40)))
            push = weight * (1 - over - level) * (guess > 0)
            for row in made:
                back[:, row] += push * slope[:, row]
        tame = np.concatenate([np.zeros((4, 1)), weights[:, 1:]], axis=1)
        steep = back.T @ even + 2 * RIDGE * tame
        if not middle:
            steep[0] = 0.0
        return total + RIDGE * float((tame**2).sum()), steep.ravel()

    best = minimize(loss, begin.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 3000}).x.reshape(begin.shape)
    found = best / spread
    found[:, 0] -= (best[:, 1:] * mean[1:] / spread[1:]).sum(axis=1)
    return found


def evened(where: np.ndarray, power: float) -> np.ndarray:
    """Weights (sum 1) by which busy cases count as much as quiet ones: there are few busy channels, and many groups are
    busier than most of these."""
    rate = np.exp(where[:, MONTH] - where[:, WIDE]) / 7
    band = np.digitize(rate, BANDS)
    many = np.bincount(band, minlength=len(BANDS) + 1)
    weight = np.maximum(many[band], 1.0) ** -power
    return weight / weight.sum()


@dataclass(frozen=True)
class Material:
    """What is learned from, a part for each channel."""

    tracks: list[Track]
    places: list[tuple[np.ndarray, np.ndarray, np.ndarray]]
    where: list[np.ndarray]
    came: list[np.ndarray]
    """Logarithm of 1 + what came."""
    shift: list[np.ndarray]
    """What the comparison adds to the logarithm."""

    def of(self, name: str, inside: list[int]) -> np.ndarray:
        """A column of some channels."""
        return np.concatenate([getattr(self, name)[one] for one in inside])


def material(found: list[Channel], cases: list[Case], outcome: str, shift: np.ndarray) -> Material:
    """The cases of an outcome, of which `shift` is known to add to the logarithm."""
    parts = _by_channel(cases)
    tracks = [found[number].tracks[outcome] for number in parts]
    places = [(at, width, gap) for at, width, gap, _ in parts.values()]
    where = [expected.situation(track, *place) for track, place in zip(tracks, places, strict=True)]
    came = [np.log1p(t.filled(a + g, a + g + w)) for t, (a, w, g) in zip(tracks, places, strict=True)]
    return Material(tracks, places, where, came, [shift[part[3]] for part in parts.values()])


def learned(known: Material, inside: list[int]) -> Model:
    """The model from the channels `inside`."""
    where, came, shift = (known.of(name, inside) for name in ("where", "came", "shift"))
    shift = shift + np.concatenate([np.log(expected.busier(known.tracks[one], known.places[one][0])) for one in inside])
    plain = fitted(where, came, shift)
    first = Model(plain, plain, 1.0, -np.inf)
    missed = [_halves(*expected.misses(known.tracks[one], *known.places[one], first)) for one in inside]
    first = Model(plain, plain, float((np.concatenate(missed) ** 2).mean()), -np.inf)
    record, lean = (
        np.concatenate(part)
        for part in zip(*(expected.tried(known.tracks[one], *known.places[one], first) for one in inside), strict=True)
    )
    steady = float(np.quantile(record, STEADY))
    both = np.concatenate([where, np.maximum(record, steady)[:, None]], axis=1)
    tried = fitted(both, came, where @ plain[0] + shift + lean, middle=False)
    tried[0, :-1] = plain[0]
    return Model(plain, tried, first.usual, steady)


def _halves(error: np.ndarray, down: np.ndarray, up: np.ndarray) -> np.ndarray:
    return np.clip(error / np.where(error > 0, up, down), -4.0, 4.0)


def widened(known: Material, model: Model) -> Model:
    """The model with intervals as wide as it takes on channels it has not seen (cross-conformal prediction: V. Vovk,
    2015): five folds of channels, every band of business counting the same."""
    chance = np.random.default_rng(SEED)
    fold = chance.permutation(len(known.tracks)) % FOLDS
    ways, seen = [], []
    for turn in range(FOLDS):
        using = learned(known, np.flatnonzero(fold != turn).tolist())
        for one in np.flatnonzero(fold == turn).tolist():
            ways.append(np.stack(expected.ways(known.tracks[one], *known.places[one], using)))
            seen.append(one)
    middle, down, up, farther = np.concatenate(ways, axis=1)
    came, shift, weight = known.of("came", seen), known.of("shift", seen), evened(known.of("where", seen), 1.0)
    for times in np.arange(1.0, 1.6, 0.01):
        found = expected.bounded(middle, times * down, times * up, times * farther, shift)
        if weight @ ((came >= found.low - 1e-9) & (came <= found.high + 1e-9)) >= LEVEL:
            break
    wider = model.tried.copy()
    wider[1:, 0] += np.log(times)
    return replace(model, tried=wider)


def _by_channel(cases: list[Case]) -> dict[int, tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    table = np.array([(case.channel, case.at, case.width, case.gap) for case in cases])
    found = {}
    for number in np.unique(table[:, 0]):
        index = np.flatnonzero(table[:, 0] == number)
        found[int(number)] = (table[index, 1], table[index, 2], table[index, 3], index)
    return found


def numbers(found: list[Channel], outcome: str) -> dict[str, Model]:
    """By basis, what is learned of an outcome from some channels."""
    cases = summed(drawn(found, each=EACH, seed=SEED, outcome=outcome), outcome)
    moved = shifts(found, cases, outcome)
    known = [case for case, shift in zip(cases, moved, strict=True) if not np.isnan(shift)]
    kept = {"own": material(found, cases, outcome, np.zeros(len(cases)))}
    if len(known) >= LEAST_CASES:
        kept["groups"] = material(found, known, outcome, moved[~np.isnan(moved)])
    made = {basis: widened(one, learned(one, list(range(len(one.tracks))))) for basis, one in kept.items()}
    return {"groups": made["own"]} | made


def main() -> None:
    """Learn and write."""
    found = channels()
    table: dict[str, dict[str, object]] = {"own": {}, "groups": {}}
    for outcome in FROM_WORDS:
        for basis, one in numbers(found, outcome).items():
            table[basis][outcome] = _written(one)
        print(outcome, flush=True)
    source = {"source": "group-lives, all channels; training/train_effect.py"}
    FILE.write_text(json.dumps(source | table) + "\n", encoding="utf-8")


def _written(model: Model) -> dict[str, object]:
    plain, tried = (np.round(part, 4).tolist() for part in (model.plain, model.tried))
    return {"plain": plain, "tried": tried, "usual": round(model.usual, 4), "steady": round(model.steady, 3)}


if __name__ == "__main__":
    main()
