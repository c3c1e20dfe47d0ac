"""What the verdict is worth, measured on group-lives: the section of docs/truth.md, made by `section()`.

Every figure is of channels (or times) the forest has not seen: it is grown anew for each fold by the very code that
grows the shipped one. Simple rules get the same folds; where a figure needs a probability, theirs is a logistic curve
fitted on the same training samples.
"""

from collections.abc import Callable, Iterator

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from huoqun.insight.forecast import OUTCOMES
from huoqun.insight.verdict import word
from training.lives import lives, samples
from training.train_verdict import Table, chances, grow, table

REPEATS = 2
FOLDS = 5
PARTS = 3
BINS = 10
DRAWS = 500
SEED = 11

RULES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "days since the last message": lambda s: np.log(s[:, 0] + 0.25),
    "messages in the last 30 days": lambda s: -np.log1p(s[:, 1]),
    "those against the 60 days before": lambda s: -np.log((s[:, 1] + 1) / (s[:, 2] / 2 + 1)),
    "speakers in the last 30 days": lambda s: -np.log1p(s[:, 3]),
}
"""Higher is worse."""

Guess = np.ndarray
"""Probability by sample and outcome."""


def folds(data: Table, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """(grown on, judged): channels parted into `FOLDS`; judged are only samples by the rule."""
    channels = np.unique(data.life[data.kind == 0])
    np.random.default_rng(seed).shuffle(channels)
    for number in range(FOLDS):
        out = np.isin(data.life, channels[number::FOLDS])
        yield ~out, out & (data.kind == 0)


def by_rule(rule: Callable[[np.ndarray], np.ndarray], data: Table, grown: np.ndarray, judged: np.ndarray) -> Guess:
    """A simple rule as a probability: one logistic curve per outcome."""
    train = grown & (data.kind < 2)
    x = rule(data.simple)[:, None]
    curves = [LogisticRegression().fit(x[train], data.outcomes[train, k], data.weight[train]) for k in range(3)]
    return np.stack([curve.predict_proba(x[judged])[:, 1] for curve in curves], axis=1)


def guesses(data: Table, parts: list[tuple[np.ndarray, np.ndarray]]) -> dict[str, Guess]:
    """Probabilities of the judged samples of all parts, in the order of the table, by model and rule."""
    found = {name: np.full((len(data.life), 3), np.nan) for name in ("the verdict", *RULES)}
    for grown, judged in parts:
        found["the verdict"][judged] = chances(grow(data.part(grown)), data.vectors[judged])
        for name, rule in RULES.items():
            found[name][judged] = by_rule(rule, data, grown, judged)
    return found


def calibration_error(truth: np.ndarray, guess: np.ndarray) -> float:
    """Expected calibration error over `BINS` bins of equal size."""
    return float(sum(len(part) / len(guess) * abs(truth[part].mean() - guess[part].mean()) for part in _bins(guess)))


def _bins(guess: np.ndarray) -> list[np.ndarray]:
    return np.array_split(np.argsort(guess, kind="stable"), BINS)


def area(data: Table, score: np.ndarray, mask: np.ndarray, outcome: int) -> float:
    """Area under the ROC curve."""
    return float(roc_auc_score(data.outcomes[mask, outcome], score[mask]))


def spread(data: Table, scores: list[np.ndarray], mask: np.ndarray, outcome: int) -> tuple[float, float]:
    """95 % interval of the area, by drawing channels with replacement."""
    random = np.random.default_rng(SEED)
    rows = np.flatnonzero(mask)
    by_channel = [rows[data.life[rows] == channel] for channel in np.unique(data.life[rows])]
    found = []
    for _ in range(DRAWS):
        drawn = np.concatenate([by_channel[i] for i in random.integers(0, len(by_channel), len(by_channel))])
        if 0 < data.outcomes[drawn, outcome].sum() < len(drawn):
            found.append(np.mean([roc_auc_score(data.outcomes[drawn, outcome], s[drawn]) for s in scores]))
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def figures(data: Table, runs: list[dict[str, Guess]], mask: np.ndarray) -> list[str]:
    """One Markdown table per outcome."""
    lines: list[str] = []
    for k, outcome in enumerate(OUTCOMES):
        truth = data.outcomes[mask, k]
        lines += ["", f"**{outcome}** ({int(truth.sum())} of {len(truth)})", ""]
        lines += ["| | ROC AUC | 95 % over channels | average precision | Brier | calibration error |"]
        lines += ["| --- | --- | --- | --- | --- | --- |"]
        for name in runs[0]:
            scores = [run[name][:, k] for run in runs]
            low, high = spread(data, scores, mask, k)
            values = [
                np.mean([area(data, s, mask, k) for s in scores]),
                np.mean([average_precision_score(truth, s[mask]) for s in scores]),
                np.mean([brier_score_loss(truth, s[mask]) for s in scores]),
                np.mean([calibration_error(truth, s[mask]) for s in scores]),
            ]
            rest = " | ".join(f"{value:.3f}" for value in values[1:])
            lines.append(f"| {name} | {values[0]:.3f} | {low:.3f}–{high:.3f} | {rest} |")
    return lines


def calibration(data: Table, run: dict[str, Guess], mask: np.ndarray) -> list[str]:
    """What was said against what happened, in tenths of equal size."""
    lines = ["", "| tenth | " + " | ".join(f"{o}: said | happened" for o in OUTCOMES) + " |", "| --- " * 7 + "|"]
    columns = []
    for k in range(3):
        guess, truth = run["the verdict"][mask, k], data.outcomes[mask, k]
        columns.append([(guess[part].mean(), truth[part].mean()) for part in _bins(guess)])
    for number in range(BINS):
        cells = " | ".join(f"{said:.3f} | {happened:.3f}" for said, happened in (c[number] for c in columns))
        lines.append(f"| {number + 1} | {cells} |")
    return lines


def words(data: Table, run: dict[str, Guess], mask: np.ndarray) -> list[str]:
    """What became of the groups by the word that was said of them."""
    lines = ["", "| word | said of | fell silent | below a third | below half |", "| --- | --- | --- | --- | --- |"]
    said = np.array([word(*guess) for guess in run["the verdict"][mask]])
    for state in ("living", "at_risk", "dying"):
        own = data.outcomes[mask][said == state]
        shares = " | ".join(f"{share:.1%}" for share in own.mean(axis=0)) if len(own) else " | | "
        lines.append(f"| `{state}` | {len(own)} | {shares} |")
    return lines


def raw_rules() -> list[str]:
    """The simple rules on the samples themselves, as the data's README gives them: a check of the sampling."""
    data = table(*lives(), stretched=False)
    mask = data.kind == 0
    lines = ["| rule | silent | third | half |", "| --- | --- | --- | --- |"]
    for name, rule in RULES.items():
        score = rule(data.simple)
        lines.append(f"| {name} | " + " | ".join(f"{area(data, score, mask, k):.3f}" for k in range(3)) + " |")
    return lines


def by_time(data: Table) -> tuple[list[tuple[np.ndarray, np.ndarray]], np.ndarray]:
    """Grown on what was over before a day, judged on what began after it; the day leaves two fifths to judge."""
    rule = data.kind == 0
    day = float(np.quantile(data.when[rule], 0.6))
    judged = rule & (data.when >= day)
    return [(data.over <= day, judged)], judged


def by_both(data: Table, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Neither the channel nor the time was seen: channels and times in `PARTS` parts each; grown on other channels and
    on what was over before the judged time or began when everything judged was over.

    Channels of one community share its calendar (a release, a summer, a pandemic). Where that is taken away as well,
    what is left is the nearest that one community can come to another.
    """
    rule = data.kind == 0
    channels = np.unique(data.life[rule])
    np.random.default_rng(seed).shuffle(channels)
    bounds = np.quantile(data.when[rule], np.linspace(0, 1, PARTS + 1))
    bounds[-1] += 1
    parts = []
    for number in range(PARTS):
        own = np.isin(data.life, channels[number::PARTS])
        for begin, end in zip(bounds, bounds[1:], strict=False):
            far = (data.over <= begin) | (data.real >= end + 90)
            parts.append((~own & far, own & rule & (data.when >= begin) & (data.when < end)))
    return parts


def section() -> str:
    """Markdown."""
    found, end = lives()
    data = table(found, end)
    rule = data.kind == 0
    counted = samples(found, end)
    positives = np.sum([s.labels for s in counted], axis=0)
    runs = [guesses(data, list(folds(data, SEED + repeat))) for repeat in range(REPEATS)]
    time_parts, later = by_time(data)
    lines = [
        "## Verdict",
        "",
        "`python -m training.truth_verdict`. Data: group-lives (one public community; its README has the sampling",
        f"rule): {len(counted)} samples, positives silent {positives[0]}, third {positives[1]}, half {positives[2]}.",
        "The simple rules on them, without any fitting:",
        "",
        *raw_rules(),
        "",
        f"### Channels never seen ({FOLDS} folds by channel, mean of {REPEATS} partings)",
        *figures(data, runs, rule),
        "",
        "What the verdict said against what happened (first parting):",
        *calibration(data, runs[0], rule),
        "",
        "What became of the groups by the word said of them (first parting):",
        *words(data, runs[0], rule),
        "",
        "### Times never seen (grown on the first 60 % of the time, judged on the rest)",
        *figures(data, [guesses(data, time_parts)], later),
        "",
        f"### Neither channel nor time seen ({PARTS} parts of the channels by {PARTS} of the time)",
        "",
        "The data hold one community only, and neither names nor shared people part it into several. Channels of one",
        "community share its calendar, though, and a model may learn that; here it cannot. This is the nearest to another",
        "community that can be measured here; the rest is for an independent check to say.",
        *figures(data, [guesses(data, by_both(data, SEED))], rule),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(section())
