"""Traits: what speaks for and against one message answering another, as numbers for the model that links messages."""

import numpy as np
import numpy.typing as npt

from huoqun.insight.candidate import Candidates
from huoqun.insight.flow import Floats, Flow, Ints
from huoqun.insight.own import FAR, HOURS
from huoqun.insight.signature import WORTH

Column = npt.NDArray[np.generic]
NAMES = (
    "self", "distance", "nearness", "one_before", "two_before", "three_before", "four_before",
    "minutes", "same_minute", "minute_before", "turns",
    "same_author", "own_last", "own_between", "none_of_own_between", "their_between", "their_last",
    "names_inside", "names_first", "names_opening", "names_me_inside", "names_me_first", "names_me_opening",
    "names_another", "they_name_another", "same_target", "names_their_last", "names_me_their_last",
    "is_call", "is_call_before", "by_caller",
    "by_partner", "by_earlier_partner", "after_own", "before_own",
    "they_named_me_before", "by_next_partner", "by_next_caller", "by_second_caller", "they_name_me_next",
    "until_theirs",
    "answered", "answered_by_me", "answered_after",
    "rare_words", "fairly_rare_words", "usual_words", "frequent_words",
    "words_worth", "share_of_mine", "share_of_theirs", "rarest_word", "shared_words",
    "words_of_theirs_before", "words_of_mine_before",
)  # fmt: skip
"""The columns of `traits`."""


BLOCK = 4096
"""Pairs whose words are compared at a time: larger arrays would be fetched from the system each time."""
Signature = npt.NDArray[np.uint64]


def traits(flow: Flow, pairs: Candidates) -> Floats:
    """(pairs, len(NAMES)); for a message and itself all but the first are 0."""
    of, to = pairs.of, pairs.to
    groups = (
        _distance(flow, of, to),
        _authors(flow, pairs),
        _naming(flow, of, to),
        _calls(flow, of, to),
        _partners(flow, of, to),
        _future(flow, of, to),
        _answers(flow, of, to),
        _words(flow, of, to),
    )
    found = np.empty((len(NAMES), len(of)), np.float32)
    for number, column in enumerate((c for group in groups for c in group), start=1):
        found[number] = column
    alone = of == to
    found[:, pairs.begins] = 0
    found[0] = alone
    return found.T


def logarithm(count: Ints) -> Floats:
    """The logarithm of counts plus one."""
    return np.asarray(np.log(count.astype(np.float32) + np.float32(1)))


def _distance(flow: Flow, of: Ints, to: Ints) -> list[Column]:
    steps = of - to
    minutes = flow.minute[of] - flow.minute[to]
    near = 1 / (1 + steps.astype(np.float32))
    return [
        logarithm(steps), near, steps == 1, steps == 2, steps == 3, steps == 4,
        logarithm(np.minimum(np.maximum(minutes, 0), HOURS)), minutes == 0, minutes == 1,
        logarithm(flow.turn[of] - flow.turn[to]),
    ]  # fmt: skip


def _authors(flow: Flow, pairs: Candidates) -> list[Column]:
    of, to = pairs.of, pairs.to
    same = flow.person[of] == flow.person[to]
    running = np.cumsum(same)
    counts = np.diff(np.append(pairs.begins, len(of)))
    own = running - np.repeat(running[pairs.begins], counts) - same
    theirs = np.zeros(len(of), np.int8)
    later = to
    for _ in range(3):
        later = flow.after[later]
        theirs += later < of
    return [same, flow.before[of] == to, np.minimum(own, 4), own <= 0, theirs, theirs == 0]


def _clearness(flow: Flow, of: Ints, person: Ints) -> Ints:
    """How clearly messages name persons; 0 where they do not."""
    clear = (flow.named[of, 0] == person) * flow.how[of, 0]
    for place in range(1, flow.named.shape[1]):
        clear += (flow.named[of, place] == person) * flow.how[of, place]
    return np.asarray(clear)


def _naming(flow: Flow, of: Ints, to: Ints) -> list[Column]:
    names = _clearness(flow, of, flow.person[to])
    named = _clearness(flow, to, flow.person[of])
    last = flow.after[to] >= of
    target = flow.named[of, 0]
    return [
        names == 1, names == 2, names >= 3, named == 1, named == 2, named >= 3,
        (flow.how[of, 0] >= 2) & (names == 0), (flow.how[to, 0] >= 2) & (named == 0),
        (target >= 0) & (flow.named[to, 0] == target), (names > 0) & last, (named > 0) & last,
    ]  # fmt: skip


def _calls(flow: Flow, of: Ints, to: Ints) -> list[Column]:
    call = flow.called[of, 0]
    return [call == to, flow.called[of, 1] == to, flow.person[call] == flow.person[to]]


def _partners(flow: Flow, of: Ints, to: Ints) -> list[Column]:
    before = flow.before[of]
    them = flow.person[to]
    partner = flow.named[:, 0]
    behind = before - to
    return [
        partner[before] == them, partner[flow.before[before]] == them,
        (before >= 0) & (behind < 0), ((before >= 0) & (behind >= 0)) * (logarithm(np.maximum(behind, 0)) + 1),
    ]  # fmt: skip


def _future(flow: Flow, of: Ints, to: Ints) -> list[Column]:
    me, them = flow.person[of], flow.person[to]
    partner = flow.named[:, 0]
    theirs = next_of_theirs(flow, of, to)
    return [
        partner[flow.before[to]] == me, partner[flow.after[of]] == them,
        flow.person[flow.recalled[of, 0]] == them, flow.person[flow.recalled[of, 1]] == them,
        partner[theirs] == me, np.where(theirs < len(flow), logarithm(theirs - of), np.float32(FAR)),
    ]  # fmt: skip


def next_of_theirs(flow: Flow, of: Ints, to: Ints) -> Ints:
    """What the candidate's author says next after the message, if within four of their messages; else no message."""
    later = to
    for _ in range(4):
        later = np.where(later <= of, flow.after[later], later)
    return np.where(later <= of, len(flow), later)


def _answers(flow: Flow, of: Ints, to: Ints) -> list[Column]:
    answer = flow.recalled[to, 0]
    answered = answer < of
    by_me = answered & (flow.person[answer] == flow.person[of])
    return [answered, by_me, answered * logarithm(np.maximum(answer - to, 0))]


def shared_words(signature: Signature, other: Signature) -> Floats:
    """(pairs, levels) how many words two signatures share, by level of rarity."""
    bits = np.bitwise_count(signature & other)
    by_level = (bits.view(np.uint32) * np.uint32(0x01010101)) >> np.uint32(24)  # adds the four bytes of a level
    return np.asarray(by_level, np.float32)


def _words(flow: Flow, of: Ints, to: Ints) -> list[Column]:
    shared = np.empty((len(of), len(WORTH)), np.float32)
    around = np.empty((2, len(of)), np.float32)
    for at in range(0, len(of), BLOCK):
        block = slice(at, at + BLOCK)
        i, j = of[block], to[block]
        mine, theirs = flow.signature.take(i, axis=0), flow.signature.take(j, axis=0)
        shared[block] = shared_words(mine, theirs)
        around[0, block] = shared_words(mine, flow.context.take(j, axis=0)) @ WORTH
        around[1, block] = shared_words(flow.context.take(i, axis=0), theirs) @ WORTH
    worth = shared @ WORTH
    levels = np.ascontiguousarray(shared.T)
    rarest = np.zeros(len(of), np.float32)
    for level, value in zip(levels[::-1], WORTH[::-1], strict=True):
        rarest[level > 0] = value
    return [
        *np.minimum(levels, 4), worth, worth / np.maximum(flow.worth[of], 1), worth / np.maximum(flow.worth[to], 1),
        rarest, levels.sum(0), *around,
    ]  # fmt: skip
