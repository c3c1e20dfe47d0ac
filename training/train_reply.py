"""Fit the ranker of `huoqun.insight.reply` on the train part of the Ubuntu IRC corpus; writes its parameter file.

    HUOQUN_DATA=… python -m training.train_reply [FILE]

The threshold for a second answer is chosen on the dev part. Seeds are fixed; the same machine gives the same file.
"""

import sys
from pathlib import Path

import numpy as np

from huoqun.insight.candidate import candidates
from huoqun.insight.flow import flow
from huoqun.insight.own import NAMES as OWN
from huoqun.insight.own import own
from huoqun.insight.pair import traits
from huoqun.insight.ranker import FILE
from training.irc_corpus import Log, logs
from training.listwise import Groups, Plan, join, scored, shares, train

NETS = 1
SECONDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 1.1)
"""Thresholds tried for a second answer."""


def groups(log: Log) -> Groups:
    """The annotated messages of a log with their candidates as the ranker sees them."""
    said = flow(log.chat.rows)
    lines = log.chat.rows["line"].to_numpy()[said.row]
    asked = np.flatnonzero(np.isin(lines, list(log.gold)))
    start, end = int(asked[0]), int(asked[-1]) + 1
    pairs = candidates(said, start, end)
    shown = own(said)
    theirs = np.where((pairs.of == pairs.to)[:, None], 0, shown[pairs.to])
    inputs = np.concatenate([shown[pairs.of], theirs, traits(said, pairs)], axis=1)
    right = [to in log.gold.get(of, ()) for of, to in zip(lines[pairs.of], lines[pairs.to], strict=True)]
    return Groups(inputs, pairs.begins, np.array(right))


def main(file: Path) -> None:
    """Train, choose the threshold, write."""
    learnt = join([groups(log) for log in logs("train")])
    mean, spread = learnt.inputs.mean(0), learnt.inputs.std(0) + np.float32(1e-3)
    scaled = Groups((learnt.inputs - mean) / spread, learnt.begins, learnt.right)
    nets = [train(scaled, Plan(seed=seed)) for seed in range(NETS)]
    dev = join([groups(log) for log in logs("dev")])
    inputs = (dev.inputs - mean) / spread
    probability = np.mean([shares(scored(net, inputs), dev.begins) for net in nets], axis=0)
    second = max(SECONDS, key=lambda limit: _f(dev, probability, limit))
    print(f"dev: second answers from {second}, F of messages {_f(dev, probability, second):.4f}")
    np.savez_compressed(file, **_stored(nets, mean, spread, second))


def _f(dev: Groups, probability: np.ndarray, limit: float) -> float:
    """F of the likeliest candidates and of second ones from `limit` on (gold outside the candidates is not counted)."""
    chosen = right = 0
    ends = np.append(dev.begins[1:], len(probability))
    for begin, end in zip(dev.begins, ends, strict=True):
        order = np.argsort(-probability[begin:end], kind="stable")
        taken = [order[0]]
        rest = [place for place in order[1:2] if order[0] and place and probability[begin + place] >= limit]
        chosen += len(taken + rest)
        right += int(dev.right[begin + np.array(taken + rest)].sum())
    return 2 * right / (chosen + int(dev.right.sum()))


def _stored(nets: list[list[np.ndarray]], mean: np.ndarray, spread: np.ndarray, second: float) -> dict[str, np.ndarray]:
    """The arrays of the parameter file, scaling folded into the first layer (see `huoqun.insight.ranker`)."""
    arrays: dict[str, np.ndarray] = {"nets": np.array(len(nets)), "second": np.array(second)}
    width = len(OWN)
    for number, layers in enumerate(nets):
        first = layers[0] / spread[:, None]
        arrays[f"{number}.mine"], arrays[f"{number}.theirs"] = first[:width], first[width : 2 * width]
        arrays[f"{number}.both"], arrays[f"{number}.shift"] = first[2 * width :], layers[1] - mean @ first
        for depth in range(1, len(layers) // 2):
            arrays[f"{number}.weights{depth - 1}"] = layers[2 * depth]
            arrays[f"{number}.shift{depth - 1}"] = layers[2 * depth + 1]
    return {name: np.asarray(array, np.float32) for name, array in arrays.items()}


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE)
