"""A small network that chooses one of several candidates, trained with NumPy (Adam, dropout, averaged weights).

Loss: cross entropy between the softmax of a group's scores and its gold shared out evenly.
"""

from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class Groups:
    """Inputs by pair, the pairs of one group being neighbours, and which of them are right."""

    inputs: Array
    begins: Array
    right: Array

    @property
    def counts(self) -> Array:
        """Pairs by group."""
        return np.diff(np.append(self.begins, len(self.inputs)))


def join(parts: list[Groups]) -> Groups:
    """Several sets of groups as one."""
    sizes = np.cumsum([0, *(len(p.inputs) for p in parts)])
    return Groups(
        np.concatenate([p.inputs for p in parts]),
        np.concatenate([p.begins + size for p, size in zip(parts, sizes, strict=False)]),
        np.concatenate([p.right for p in parts]),
    )


def shares(scores: Array, begins: Array) -> Array:
    """Softmax inside each group."""
    counts = np.diff(np.append(begins, len(scores)))
    powers = np.exp(scores - np.repeat(np.maximum.reduceat(scores, begins), counts))
    return powers / np.repeat(np.add.reduceat(powers, begins), counts)


def scored(layers: list[Array], inputs: Array) -> Array:
    """Scores by pair; `layers` alternates weights and shifts."""
    hidden = inputs
    for number in range(0, len(layers), 2):
        hidden = hidden @ layers[number] + layers[number + 1]
        if number + 2 < len(layers):
            np.maximum(hidden, 0, out=hidden)
    return hidden[:, 0]


@dataclass(frozen=True)
class Plan:
    """How a network is trained."""

    hidden: tuple[int, ...] = (96, 48)
    epochs: int = 12
    batch: int = 256
    rate: float = 2e-3
    dropout: float = 0.15
    decay: float = 1e-5
    seed: int = 0


def train(groups: Groups, plan: Plan) -> list[Array]:
    """The averaged layers of a network that has learnt `groups`; those without a right candidate teach nothing."""
    random = np.random.default_rng(plan.seed)
    sizes = [groups.inputs.shape[1], *plan.hidden, 1]
    layers: list[Array] = []
    for before, after in zip(sizes, sizes[1:], strict=False):
        layers.append((random.standard_normal((before, after)) * np.sqrt(2 / before)).astype(np.float32))
        layers.append(np.zeros(after, np.float32))
    layers[-2] *= np.float32(0.1)
    rights = np.add.reduceat(groups.right.astype(np.float32), groups.begins)
    goal = groups.right / np.maximum(np.repeat(rights, groups.counts), 1)
    useful = np.flatnonzero(rights > 0)
    adam = Adam(layers, plan, plan.epochs * (len(useful) // plan.batch))
    for _ in range(plan.epochs):
        order = random.permutation(useful)
        for at in range(0, len(order) - plan.batch + 1, plan.batch):
            chosen = order[at : at + plan.batch]
            counts = groups.counts[chosen]
            begins = np.cumsum(counts) - counts
            pairs = np.arange(counts.sum()) + np.repeat(groups.begins[chosen] - begins, counts)
            adam.step(_slopes(layers, groups.inputs[pairs], begins, goal[pairs], plan, random))
    return adam.average


def _slopes(
    layers: list[Array], inputs: Array, begins: Array, goal: Array, plan: Plan, random: np.random.Generator
) -> list[Array]:
    """The gradient of the mean loss of a batch."""
    seen, hidden = [inputs], inputs
    keep = np.float32(1 - plan.dropout)
    for number in range(0, len(layers), 2):
        hidden = hidden @ layers[number] + layers[number + 1]
        if number + 2 < len(layers):
            np.maximum(hidden, 0, out=hidden)
            hidden *= random.random(hidden.shape, dtype=np.float32) < keep
            hidden /= keep
            seen.append(hidden)
    back = ((shares(hidden[:, 0], begins) - goal) / len(begins)).astype(np.float32)[:, None]
    slopes: list[Array] = [np.empty(0)] * len(layers)
    for number in range(len(layers) - 2, -1, -2):
        slopes[number], slopes[number + 1] = seen[number // 2].T @ back, back.sum(0)
        if number:
            back = back @ layers[number].T
            back *= seen[number // 2] > 0
            back /= keep
    return slopes


class Adam:
    """Adam with a warm start, a cosine end and a running average of the weights."""

    def __init__(self, layers: list[Array], plan: Plan, steps: int) -> None:
        self.layers, self.plan, self.steps, self.taken = layers, plan, steps, 0
        self.first = [np.zeros_like(a) for a in layers]
        self.second = [np.zeros_like(a) for a in layers]
        self.average = [a.copy() for a in layers]

    def step(self, slopes: list[Array]) -> None:
        """Move the layers, in place."""
        self.taken += 1
        done = self.taken / self.steps
        rate = self.plan.rate * min(1, self.taken / 200) * (0.02 + 0.49 * (1 + np.cos(np.pi * done)))
        blend = np.float32(min(0.999, self.taken / (self.taken + 10)))
        for layer, slope, first, second, average in zip(
            self.layers, slopes, self.first, self.second, self.average, strict=True
        ):
            first += np.float32(0.1) * (slope - first)
            second += np.float32(0.001) * (slope * slope - second)
            move = (first / (1 - 0.9**self.taken)) / (np.sqrt(second / (1 - 0.999**self.taken)) + 1e-8)
            layer -= (rate * (move + (self.plan.decay * layer if layer.ndim > 1 else 0))).astype(np.float32)
            average += (1 - blend) * (layer - average)
