"""Fit the ranker of `huoqun.insight.reply` on the train part of the Ubuntu IRC corpus; writes its parameter file.

    HUOQUN_DATA=… python -m training.train_reply [FILE]

The second look learns from what a first look says of logs it has not learnt from: two first looks, each trained on
half of the logs, judge the other half. The shipped first look is trained on all. The threshold for a second answer is
chosen on the dev part. Seeds are fixed; the same machine gives the same file. Some ten minutes on one core.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from huoqun.insight.candidate import Candidates, candidates, part
from huoqun.insight.conversation import draft
from huoqun.insight.flow import Flow, flow
from huoqun.insight.own import NAMES as OWN
from huoqun.insight.own import own
from huoqun.insight.pair import traits
from huoqun.insight.ranker import FILE, Net, net, probabilities
from huoqun.insight.reply import first_look, second_inputs
from training.irc_corpus import Log, logs
from training.listwise import Groups, Plan, join, train

FIRST = Plan(hidden=(96, 48), epochs=10, dropout=0.15)
AGAIN = (
    Plan(hidden=(128, 64), epochs=10, dropout=0.25, seed=1),
    Plan(hidden=(128, 64), epochs=10, dropout=0.25, seed=2),
    Plan(hidden=(128, 64), epochs=10, dropout=0.25, seed=3),
)
SECONDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 1.1)
"""Thresholds tried for a second answer."""
Array = np.ndarray


@dataclass(frozen=True)
class Read:
    """A log as the ranker sees it."""

    said: Flow
    shown: Array
    lines: Array
    """Line of the file by message."""
    gold: dict[int, set[int]]

    @property
    def annotated(self) -> tuple[int, int]:
        """The annotated messages, from and to (excluded)."""
        known = np.flatnonzero(np.isin(self.lines, list(self.gold)))
        return int(known[0]), int(known[-1]) + 1

    def groups(self, pairs: Candidates, both: Array) -> Groups:
        """Inputs of pairs from what their messages show and `both`, with the right ones."""
        theirs = np.where((pairs.of == pairs.to)[:, None], 0, self.shown[pairs.to])
        lines = zip(self.lines[pairs.of], self.lines[pairs.to], strict=True)
        right = [to in self.gold.get(of, ()) for of, to in lines]
        return Groups(np.concatenate([self.shown[pairs.of], theirs, both], axis=1), pairs.begins, np.array(right))


def read(log: Log) -> Read:
    """Prepare a log."""
    said = flow(log.chat.rows)
    return Read(said, own(said), log.chat.rows["line"].to_numpy()[said.row], log.gold)


def first_groups(log: Read) -> Groups:
    """The annotated messages as the first look sees them."""
    pairs = candidates(log.said, *log.annotated)
    return log.groups(pairs, traits(log.said, pairs))


def second_groups(log: Read, first: Net) -> tuple[Candidates, Array, Groups]:
    """The annotated messages as the second look sees them after this first one; the pairs, and inputs beside `own`."""
    pairs, chance = first_look(log.said, log.shown, 0, (first,))
    start, end = log.annotated
    some = part(pairs, start, end)
    begin = int(pairs.begins[start])
    inputs = second_inputs(log.said, some, chance[begin : begin + len(some.of)], draft(log.said, pairs, chance))
    return some, inputs, log.groups(some, inputs)


def fit(groups: list[Groups], plan: Plan) -> dict[str, Array]:
    """The arrays of a network trained on groups, the scaling of its inputs folded into the first layer."""
    learnt = join(groups)
    mean, spread = learnt.inputs.mean(0), learnt.inputs.std(0) + np.float32(1e-3)
    layers = train(Groups((learnt.inputs - mean) / spread, learnt.begins, learnt.right), plan)
    first, width = layers[0] / spread[:, None], len(OWN)
    arrays = {"mine": first[:width], "theirs": first[width : 2 * width], "both": first[2 * width :]}
    arrays["shift"] = layers[1] - mean @ first
    for depth in range(1, len(layers) // 2):
        arrays[f"weights{depth - 1}"], arrays[f"shift{depth - 1}"] = layers[2 * depth], layers[2 * depth + 1]
    return {name: np.asarray(array, np.float32) for name, array in arrays.items()}


def main(file: Path) -> None:
    """Train both looks, choose the threshold, write."""
    known = [read(log) for log in logs("train")]
    inputs = [first_groups(log) for log in known]
    halves = [net(fit(inputs[half::2], FIRST)) for half in (0, 1)]
    first = fit(inputs, FIRST)
    del inputs
    again = [second_groups(log, halves[1 - number % 2])[2] for number, log in enumerate(known)]
    looks = [fit(again, plan) for plan in AGAIN]
    dev = [read(log) for log in logs("dev")]
    judged = [second_groups(log, net(first)) for log in dev]
    nets = tuple(net(look) for look in looks)
    chances = [probabilities(nets, log.shown, put, some) for log, (some, put, _) in zip(dev, judged, strict=True)]
    right = [(chance, groups) for chance, (_, _, groups) in zip(chances, judged, strict=True)]
    gold = sum(len(log.gold[line]) for log in dev for line in log.lines.tolist() if line in log.gold)
    missed = gold - sum(int(groups.right.sum()) for _, groups in right)
    tried = {limit: _f(right, missed, limit) for limit in SECONDS}
    second = max(tried, key=lambda limit: tried[limit])
    print("F of the messages of dev by threshold:", {limit: round(f, 4) for limit, f in tried.items()})
    named = {f"first.0.{name}": array for name, array in first.items()}
    named |= {f"again.{i}.{name}": array for i, look in enumerate(looks) for name, array in look.items()}
    np.savez_compressed(file, second=np.float32(second), **named)


def _f(judged: list[tuple[Array, Groups]], missed: int, limit: float) -> float:
    """F of the likeliest candidates and of second ones from `limit` on."""
    chosen, right, gold = 0, 0, missed
    for chance, groups in judged:
        gold += int(groups.right.sum())
        for begin, end in zip(groups.begins, np.append(groups.begins[1:], len(chance)), strict=True):
            order = np.argsort(-chance[begin:end], kind="stable")
            more = [place for place in order[1:2] if order[0] and place and chance[begin + place] >= limit]
            chosen += 1 + len(more)
            right += int(groups.right[begin + np.array([order[0], *more])].sum())
    return 2 * right / (chosen + gold)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE)
