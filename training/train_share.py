"""Makes the numbers of `insight/expected_share` and writes them to `insight/data/expected_share.json`.

Quantile regression of how far the share of the days ahead lay from that of before, at random moments of the channels of
group-lives. `answers`: questions after which somebody else spoke within the hour. Moods are not known of these channels:
`mood` is learned from messages with a link, messages that name somebody and long messages, which are as rare. Run as
`python -m training.train_share` with HUOQUN_DATA set.
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from scipy.optimize import minimize

from huoqun.insight.expected_share import FILE, LEAST_AHEAD, LEAST_BEFORE, ShareModel, arc, situation
from huoqun.insight.track import Track
from training.effect_cases import GAPS, WIDTHS
from training.lives import frame

LEARNED = {"answers": ("answered",), "mood": ("link", "naming", "long")}
"""By outcome: what its numbers are learned from."""
ANSWER = timedelta(hours=1)
LONG = 600
"""Letters."""
BEFORE = 56
EACH = 200
SEED = 6
RIDGE = 2e-5
SOFT = 0.01
LEVELS = (0.025, 0.05, 0.95, 0.975)


@dataclass(frozen=True)
class ShareCase:
    """A moment of a channel and the days ahead."""

    channel: int
    track: Track
    at: int
    width: int
    gap: int


def share_tracks() -> list[dict[str, Track]]:
    """Of every channel without bots its shares, day by day."""
    whole = frame().filter(~pl.col("is_bot"))
    end: date = whole["sent_at"].max().date()  # type: ignore[union-attr]
    parts = sorted(whole.group_by("channel"), key=lambda pair: str(pair[0][0]))
    return [_of_channel(part, end) for _, part in parts]


def _of_channel(part: pl.DataFrame, end: date) -> dict[str, Track]:
    said = part.sort("sent_at").with_columns(day=pl.col("sent_at").dt.date(), turn=pl.col("author").rle_id())
    said = said.filter(pl.col("day") < end)
    if said.is_empty():
        return {}
    after = said.group_by("turn").agg(pl.col("sent_at").min().alias("next")).with_columns(pl.col("turn") - 1)
    soon = (pl.col("next") - pl.col("sent_at") <= ANSWER).fill_null(value=False)
    said = said.join(after, on="turn", how="left").with_columns(soon=soon)
    asked, all_said = pl.col("is_question"), pl.lit(value=True)
    sums = {
        "answered": (asked & pl.col("soon"), asked),
        "link": (pl.col("links") > 0, all_said),
        "naming": (pl.col("mentions") > 0, all_said),
        "long": (pl.col("length") > LONG, all_said),
    }
    first: date = said["day"].min()  # type: ignore[assignment]
    days = (end - first).days
    found = {}
    for name, (hit, case) in sums.items():
        daily = said.filter(case).group_by("day").agg(hit.sum().alias("hits"), pl.len().alias("cases"))
        place = (daily["day"] - first).dt.total_days().to_numpy()
        values, cases = np.zeros(days), np.zeros(days)
        values[place], cases[place] = daily["hits"].to_numpy(), daily["cases"].to_numpy()
        found[name] = Track(name, first, values, cases=cases)
    return found


def share_cases(found: list[dict[str, Track]], name: str, *, each: int, seed: int) -> list[ShareCase]:
    """`each` random moments of every channel, without those of which nothing is said."""
    chance = np.random.default_rng(seed)
    kept = []
    for number, tracks in enumerate(found):
        track = tracks.get(name)
        if track is None:
            continue
        for width, gap in zip(chance.choice(WIDTHS, each), chance.choice(GAPS, each), strict=True):
            last = track.days - width - gap
            at = 28 + int(chance.random() * max(last - 27, 0))
            if last < 28:
                continue
            before = track.asked[at] - track.asked[max(at - BEFORE, 0)]
            if before >= LEAST_BEFORE and track.asked[at + gap + width] - track.asked[at + gap] >= LEAST_AHEAD:
                kept.append(ShareCase(number, track, at, int(width), int(gap)))
    return kept


def learned(cases: list[ShareCase], *, seed: int = SEED) -> ShareModel:
    """The numbers from some cases. Whole numbers are spread evenly over their place, so that quantiles fall between."""
    chance = np.random.default_rng(seed)
    usual = _usual(cases)
    rows, missed, weight = [], [], []
    for case in cases:
        track, begin = case.track, case.at + case.gap
        middle, where = situation(track, case.at, case.width, case.gap, usual)
        hits, many = (float(part[begin + case.width] - part[begin]) for part in (track.total, track.asked))
        rows.append(where)
        missed.append(float(arc((hits + chance.random() - 0.5) / many)) - middle)
        weight.append(1.0)
    where, error = np.stack(rows), np.array(missed)
    return ShareModel(np.stack([_fitted(where, error, level) for level in LEVELS]), usual)


def _usual(cases: list[ShareCase]) -> float:
    tracks = {(case.channel, case.track.outcome): case.track for case in cases}.values()
    return float(sum(t.total[-1] for t in tracks) / sum(t.asked[-1] for t in tracks))


def _fitted(where: np.ndarray, error: np.ndarray, level: float) -> np.ndarray:
    """Coefficients of the logarithm of the way to a quantile."""
    side = 1.0 if level > 0.5 else -1.0
    mean, spread = where.mean(axis=0), where.std(axis=0)
    mean[0], spread[0] = 0.0, 1.0
    even = (where - mean) / np.maximum(spread, 1e-9)
    begin = np.zeros(where.shape[1])
    begin[0] = np.log(max(side * float(np.quantile(error, level)), 1e-3))

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        way = np.exp(np.clip(even @ weights, -6.0, 2.0))
        left = error - side * way
        total = np.maximum(level * left, (level - 1) * left).mean()
        over = 1 / (1 + np.exp(-np.clip(left / SOFT, -40, 40)))
        steep = even.T @ ((1 - over - level) * side * way) / len(error)
        tame = np.concatenate([[0.0], weights[1:]])
        return float(total) + RIDGE * float(tame @ tame), steep + 2 * RIDGE * tame

    best = minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": 2000}).x / np.maximum(spread, 1e-9)
    best[0] -= float(best[1:] @ mean[1:])
    return np.asarray(best)


def material(found: list[dict[str, Track]], outcome: str, *, each: int = EACH, seed: int = SEED) -> list[ShareCase]:
    """The cases from which an outcome is learned."""
    return [case for name in LEARNED[outcome] for case in share_cases(found, name, each=each, seed=seed)]


def main() -> None:
    """Learn and write."""
    found = share_tracks()
    table: dict[str, object] = {"source": "group-lives, all channels; training/train_share.py"}
    for outcome in LEARNED:
        model = learned(material(found, outcome))
        table[outcome] = {"ways": np.round(model.ways, 4).tolist(), "usual": round(model.usual, 4)}
        print(outcome, model.usual, flush=True)
    FILE.write_text(json.dumps(table) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
