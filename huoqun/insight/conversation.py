"""Conversations as a first look sees them, and what they say for one message answering another.

The first look judges every message alone. Here its judgements are put together: whom each message speaks to although
it names nobody, which messages hang together, what has been answered already. A second look weighs that as well.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from huoqun.insight.candidate import Candidates
from huoqun.insight.flow import NO_PERSON, NOBODY, Floats, Flow, Ints
from huoqun.insight.pair import next_of_theirs, shared_words
from huoqun.insight.signature import WORTH

NO_MESSAGE = -9
"""Likeliest candidate and conversation of no message."""
SURE = 0.4
"""A link holds a conversation together from this probability on."""
Column = npt.NDArray[np.generic]
NAMES = (
    "likely", "chance", "chance_of_author", "chance_of_conversation", "chance_of_best", "best",
    "speaks_to_me", "speaks_to_nobody", "speaks_to_my_last", "i_spoke_to_them", "i_will_speak_to_them",
    "they_will_speak_to_me", "my_conversation", "my_earlier_conversation", "my_next_conversation",
    "last_of_conversation",
    "started", "answers_expected", "answers_sure", "answered_first_by_me", "answered_before", "i_answered_it",
    "i_answered_it_earlier", "my_next_goes_on", "my_next_answers_it", "speaks_to_same",
    "best_of_author", "chance_of_author_later", "i_spoke_to_them_lately", "they_spoke_to_me_lately",
    "answers_my_last", "answers_me", "words_above", "rare_words_above", "said_since_in_conversation",
)  # fmt: skip
"""The columns of `relations`."""


@dataclass(frozen=True)
class Draft:
    """What a first look found, by message of a flow; best, partner and root have one more entry for no message."""

    best: Ints
    """The likeliest candidate; itself for a start."""
    chance: Floats
    """Its probability."""
    start: Floats
    """The probability that it starts something."""
    partner: Ints
    """Whom it speaks to."""
    root: Ints
    """The first message of its conversation."""
    later: Ints
    """The next message of its conversation; the number of messages where there is none."""
    expected: Floats
    """How many answers it has, as a sum of probabilities."""
    answer: Ints
    """The first message whose likeliest candidate it is; the number of messages where there is none."""
    answers: Ints
    """How many there are."""


def draft(flow: Flow, pairs: Candidates, chance: Floats) -> Draft:
    """Put the probabilities of pairs together; `pairs` are those of all messages from `pairs.start` to the end."""
    count = len(flow)
    every = np.arange(count)
    best, top, start = every.copy(), np.ones(count, np.float32), np.ones(count, np.float32)
    asked = pairs.of[pairs.begins]
    highest = likeliest(chance, pairs.begins)
    best[asked], top[asked], start[asked] = pairs.to[highest], chance[highest], chance[pairs.begins]
    person = flow.person[:-1]
    partner = np.where(best == every, NOBODY, person[best])
    for _ in range(3):
        partner = np.where(partner == person, np.where(best == every, NOBODY, partner[best]), partner)
    root = np.where(top >= SURE, best, every)
    while not np.array_equal(further := root[root], root):
        root = further
    order = np.argsort(root, kind="stable")
    later = np.full(count, count)
    together = root[order[1:]] == root[order[:-1]]
    later[order[:-1][together]] = order[1:][together]
    answering = every[best != every][::-1]
    answer = np.full(count, count)
    answer[best[answering]] = answering
    other = pairs.of != pairs.to
    return Draft(
        np.append(best, NO_MESSAGE), top, start, np.append(partner, NO_PERSON), np.append(root, NO_MESSAGE), later,
        np.bincount(pairs.to[other], chance[other], minlength=count).astype(np.float32),
        answer, np.bincount(best[answering], minlength=count),
    )  # fmt: skip


def likeliest(chance: Floats, begins: Ints) -> Ints:
    """By group: the place of its highest value, the first among equals."""
    counts = np.diff(np.append(begins, len(chance)))
    highest = np.flatnonzero(chance == np.repeat(np.maximum.reduceat(chance, begins), counts))
    first = np.ones(len(highest), bool)
    group = np.searchsorted(begins, highest, side="right")
    first[1:] = group[1:] != group[:-1]
    return highest[first]


def relations(flow: Flow, pairs: Candidates, chance: Floats, seen: Draft) -> Floats:
    """(pairs, len(NAMES)); `chance` is the first look's probability of each pair."""
    found = np.empty((len(NAMES), len(pairs.of)), np.float32)
    groups = (
        _chances(flow, pairs, chance, seen),
        _partners(flow, pairs, seen),
        _answers(flow, pairs, chance, seen),
        _ranks(flow, pairs, chance),
        _lately(flow, pairs, seen),
        _above(flow, pairs, seen),
    )
    for number, column in enumerate(column for group in groups for column in group):
        found[number] = column
    found[6:, pairs.begins] = 0
    return found.T


def _total(pairs: Candidates, key: Ints, chance: Floats) -> Floats:
    """By pair: the summed chance of the pairs of its message with the same key."""
    group = np.repeat(np.arange(len(pairs.begins)), np.diff(np.append(pairs.begins, len(key))))
    order = np.lexsort((key, group))
    new = np.ones(len(key), bool)
    new[1:] = (key[order][1:] != key[order][:-1]) | (group[order][1:] != group[order][:-1])
    sums = np.add.reduceat(chance[order], np.flatnonzero(new))
    total = np.empty(len(key), np.float32)
    total[order] = sums[np.cumsum(new) - 1]
    return total


def _chances(flow: Flow, pairs: Candidates, chance: Floats, seen: Draft) -> list[Column]:
    of, to = pairs.of, pairs.to
    alone = of == to
    author = np.where(alone, NOBODY, flow.person[to])
    root = np.where(alone, NOBODY, seen.root[to])
    return [
        np.log(chance + np.float32(1e-4)), chance, _total(pairs, author, chance), _total(pairs, root, chance),
        seen.chance[of], seen.best[of] == to,
    ]  # fmt: skip


def _partners(flow: Flow, pairs: Candidates, seen: Draft) -> list[Column]:
    of, to = pairs.of, pairs.to
    me, them = flow.person[of], flow.person[to]
    before, after = flow.before[of], flow.after[of]
    partner = seen.partner[to]
    mine = seen.partner[before]
    theirs = next_of_theirs(flow, of, to)
    root = seen.root[to]
    next_root = np.where(seen.best[after] == of, NO_MESSAGE, seen.root[after])
    return [
        partner == me, partner == NOBODY, (partner == mine) & (partner >= 0), mine == them,
        seen.partner[after] == them, seen.partner[theirs] == me,
        seen.root[before] == root, seen.root[flow.before[before]] == root,
        next_root == root, seen.later[to] >= of,
    ]  # fmt: skip


def _answers(flow: Flow, pairs: Candidates, chance: Floats, seen: Draft) -> list[Column]:
    of, to = pairs.of, pairs.to
    before, after = flow.before[of], flow.after[of]
    answer = seen.answer[to]
    return [
        seen.start[to], seen.expected[to] - chance, np.minimum(seen.answers[to] - (seen.best[of] == to), 5),
        (answer < of) & (flow.person[answer] == flow.person[of]), answer < of,
        seen.best[before] == to, seen.best[flow.before[before]] == to, seen.best[after] == of,
        seen.best[after] == to, (seen.partner[to] == seen.partner[of]) & (seen.partner[to] >= 0),
    ]  # fmt: skip


def _ranks(flow: Flow, pairs: Candidates, chance: Floats) -> list[Column]:
    """Among the candidates of the same author: whether it is the likeliest, and the chance of those after it."""
    author = np.where(pairs.of == pairs.to, NOBODY, flow.person[pairs.to])
    group = np.repeat(np.arange(len(pairs.begins)), np.diff(np.append(pairs.begins, len(author))))
    order = np.lexsort((author, group))
    new = np.ones(len(order), bool)
    new[1:] = (author[order][1:] != author[order][:-1]) | (group[order][1:] != group[order][:-1])
    starts = np.flatnonzero(new)
    counts = np.diff(np.append(starts, len(order)))
    sorted_chance = chance[order].astype(np.float64)
    highest = np.repeat(np.maximum.reduceat(sorted_chance, starts), counts)
    running = np.cumsum(sorted_chance) - sorted_chance
    best, later = np.empty(len(order), bool), np.empty(len(order), np.float32)
    best[order] = sorted_chance == highest
    later[order] = running - np.repeat(running[starts], counts)
    return [best, later]


def _lately(flow: Flow, pairs: Candidates, seen: Draft) -> list[Column]:
    """How often the two spoke to each other in their last four messages, and whether the candidate is an answer."""
    of, to = pairs.of, pairs.to
    me, them = flow.person[of], flow.person[to]
    mine, theirs = flow.before[of], to
    to_them, to_me = np.zeros(len(of), np.int8), np.zeros(len(of), np.int8)
    for _ in range(4):
        to_them += seen.partner[mine] == them
        to_me += seen.partner[theirs] == me
        mine, theirs = flow.before[mine], flow.before[theirs]
    answered = np.where(seen.best[to] == to, NOBODY, seen.best[to])
    return [to_them, to_me, (answered == flow.before[of]) & (answered >= 0), flow.person[answered] == me]


def _above(flow: Flow, pairs: Candidates, seen: Draft) -> list[Column]:
    """Words shared with what the candidate answers and what that answers; what came since in the conversation."""
    of, to = pairs.of, pairs.to
    parent = seen.best[to]
    above = flow.signature[parent] | flow.signature[seen.best[parent]]
    above[parent == to] = 0
    levels = shared_words(flow.signature[of], above)
    since, later = np.zeros(len(of), np.int8), to
    for _ in range(3):
        later = np.append(seen.later, len(flow))[later]
        since += later < of
    return [levels @ WORTH, levels[:, 0] + levels[:, 1], since]
