"""Fit the ranker of `huoqun.insight.reply` on the train part of the Ubuntu IRC corpus; writes its parameter file.

    HUOQUN_DATA=… python -m training.train_reply [FILE]

The second look learns from what a first look says of logs it has not learnt from: two first looks, each trained on
half of the logs, judge the other half. The shipped first look is trained on all. Four teachers learn the second look
from the gold; the one shipped learns also from the thousand lines before each annotated part, with the teachers'
probabilities as their gold. Most train logs (`train-c`) were annotated in another manner than the rest and dev (half as many
second answers, a quarter more starts): an input says so while learning, and is 0 for ever after, and logs of the
manner wanted count twice. The threshold for a second answer is chosen on the dev part. Seeds are fixed; the same machine gives the same file. Five minutes on one core.
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

FIRST = Plan(hidden=(64, 32), epochs=10, dropout=0.1)
TEACHERS = (
    Plan(hidden=(96, 48), epochs=10, dropout=0.2, seed=1),
    Plan(hidden=(128, 64), epochs=12, dropout=0.3, seed=2),
    Plan(hidden=(96, 48), epochs=10, dropout=0.2, seed=3),
    Plan(hidden=(128, 64), epochs=12, dropout=0.3, seed=4),
)
AGAIN = (Plan(hidden=(96, 48), epochs=7, dropout=0.12, seed=7),)
OTHER_MANNER = "train-c"
WARM = 60
"""Messages at the beginning of a log that are too poor in context to learn from."""
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
    manner: float
    """1 for a log annotated in the other manner."""

    @property
    def annotated(self) -> tuple[int, int]:
        """The annotated messages, from and to (excluded)."""
        known = np.flatnonzero(np.isin(self.lines, list(self.gold)))
        return int(known[0]), int(known[-1]) + 1

    def groups(self, pairs: Candidates, both: Array, right: Array | None = None) -> Groups:
        """Inputs of pairs from what their messages show and `both`, with the right ones: the gold's, or as given."""
        theirs = np.where((pairs.of == pairs.to)[:, None], 0, self.shown[pairs.to])
        manner = np.zeros((len(pairs.of), 1), np.float32)
        if right is None:
            lines = zip(self.lines[pairs.of], self.lines[pairs.to], strict=True)
            right = np.array([to in self.gold.get(of, ()) for of, to in lines])
            manner += np.float32(self.manner)
        return Groups(np.concatenate([self.shown[pairs.of], theirs, both, manner], axis=1), pairs.begins, right)


def read(log: Log) -> Read:
    """Prepare a log."""
    said = flow(log.chat.rows)
    return Read(said, own(said), log.chat.rows["line"].to_numpy()[said.row], log.gold, float(OTHER_MANNER in log.name))


def first_groups(log: Read) -> Groups:
    """The annotated messages as the first look sees them."""
    pairs = candidates(log.said, *log.annotated)
    return log.groups(pairs, traits(log.said, pairs))


@dataclass(frozen=True)
class Judged:
    """A log after a first look: the pairs left of all messages, and what the second look knows of them."""

    log: Read
    pairs: Candidates
    both: Array

    def part(self, start: int, end: int) -> tuple[Candidates, Array]:
        """The same for some messages."""
        some = part(self.pairs, start, end)
        begin = int(self.pairs.begins[start])
        return some, self.both[begin : begin + len(some.of)]

    def annotated(self) -> Groups:
        """The annotated messages with their gold."""
        return self.log.groups(*self.part(*self.log.annotated))

    def context(self, nets: tuple[Net, ...]) -> Groups:
        """The messages before the annotated ones, with what the networks think of them as gold."""
        some, both = self.part(WARM, self.log.annotated[0])
        return self.log.groups(some, both, probabilities(nets, self.log.shown, both, some))


def judged(log: Read, first: Net) -> Judged:
    """The log after this first look."""
    look = first_look(log.said, log.shown, 0, (first,))
    seen = draft(log.said, look.pairs, look.chance)
    return Judged(log, look.pairs, second_inputs(log.said, look.pairs, look, slice(None), seen))


def weighed(groups: list[Groups], logs_of: list[Read]) -> list[Groups]:
    """The groups, those of logs of the manner wanted twice."""
    return groups + [part_of for part_of, log in zip(groups, logs_of, strict=True) if not log.manner]


def fit(groups: list[Groups], plan: Plan) -> dict[str, Array]:
    """The arrays of a network trained on groups, the scaling of its inputs folded into the first layer."""
    learnt = join(groups)
    mean, spread = learnt.inputs.mean(0), learnt.inputs.std(0) + np.float32(1e-3)
    layers = train(Groups((learnt.inputs - mean) / spread, learnt.begins, learnt.right), plan)
    first, width = layers[0] / spread[:, None], len(OWN)
    arrays = {"mine": first[:width], "theirs": first[width : 2 * width], "both": first[2 * width : -1]}
    arrays["shift"] = layers[1] - mean @ first
    for depth in range(1, len(layers) // 2):
        arrays[f"weights{depth - 1}"], arrays[f"shift{depth - 1}"] = layers[2 * depth], layers[2 * depth + 1]
    return {name: np.asarray(array, np.float32) for name, array in arrays.items()}


def main(file: Path) -> None:
    """Train both looks, choose the threshold, write."""
    known = [read(log) for log in logs("train")]
    inputs = [first_groups(log) for log in known]
    halves = [net(fit(weighed(inputs[half::2], known[half::2]), FIRST)) for half in (0, 1)]
    first = fit(weighed(inputs, known), FIRST)
    del inputs
    seen = [judged(log, halves[1 - number % 2]) for number, log in enumerate(known)]
    gold = weighed([log.annotated() for log in seen], known)
    teachers = tuple(net(fit(gold, plan)) for plan in TEACHERS)
    more = [log.context(teachers) for log in seen]
    looks = [fit(gold + more, plan) for plan in AGAIN]
    dev = [judged(read(log), net(first)) for log in logs("dev")]
    _report("teachers", teachers, dev)
    second = _report("shipped", tuple(net(look) for look in looks), dev)
    named = {f"first.0.{name}": array for name, array in first.items()}
    named |= {f"again.{i}.{name}": array for i, look in enumerate(looks) for name, array in look.items()}
    np.savez_compressed(file, second=np.float32(second), **named)


def _report(name: str, nets: tuple[Net, ...], dev: list[Judged]) -> float:
    """Print F by threshold for the messages of dev (system lines aside); returns the best threshold."""
    right, missed = [], 0
    for log in dev:
        some, both = log.part(*log.log.annotated)
        groups = log.annotated()
        right.append((probabilities(nets, log.log.shown, both, some), groups))
        missed += sum(len(log.log.gold.get(line, ())) for line in log.log.lines.tolist()) - int(groups.right.sum())
    tried = {limit: _f(right, missed, limit) for limit in SECONDS}
    losses = [-np.log(np.maximum(np.add.reduceat(chance * g.right, g.begins), 1e-4)) for chance, g in right]
    print(
        name,
        {limit: round(f, 4) for limit, f in tried.items()},
        "loss",
        round(float(np.mean(np.concatenate(losses))), 4),
    )
    return max(tried, key=lambda limit: tried[limit])


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
