"""Traits: what speaks for and against one message answering another, as numbers for the model that links messages."""

import numpy as np
import numpy.typing as npt

from huoqun.insight.candidate import Candidates
from huoqun.insight.flow import Floats, Flow, Ints
from huoqun.insight.own import FAR, HOURS
from huoqun.insight.signature import LEVELS, STRETCH, WIDTH

WORTH = np.log(STRETCH / np.array(LEVELS)).astype(np.float32)
"""What a shared word of a level is worth: the logarithm of its rarity."""
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
    found = np.empty((len(of), len(NAMES)), np.float32)
    for number, column in enumerate((c for group in groups for c in group), start=1):
        found[:, number] = column
    alone = of == to
    found[alone] = 0
    found[:, 0] = alone
    return found


def _distance(flow: Flow, of: Ints, to: Ints) -> list[Column]:
    steps = of - to
    minutes = flow.minute[of] - flow.minute[to]
    return [
        np.log1p(steps), 1 / (1 + steps), steps == 1, steps == 2, steps == 3, steps == 4,
        np.log1p(np.clip(minutes, 0, HOURS)), minutes == 0, minutes == 1, np.log1p(flow.turn[of] - flow.turn[to]),
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
        later = _at(flow.after, later, len(flow))
        theirs += later < of
    return [same, flow.before[of] == to, np.minimum(own, 4), own <= 0, theirs, theirs == 0]


def _at(values: Ints, where: Ints, missing: int = -5) -> Ints:
    """`values[where]`, `missing` where there is no such message."""
    known = (where >= 0) & (where < len(values))
    return np.where(known, values[np.where(known, where, 0)], missing)


def _clearness(flow: Flow, of: Ints, person: Ints) -> Ints:
    """How clearly messages name persons; 0 where they do not."""
    clear = np.zeros(len(of), np.int64)
    for place in range(flow.named.shape[1]):
        clear = np.maximum(clear, np.where(flow.named[of, place] == person, flow.how[of, place], 0))
    return clear


def _naming(flow: Flow, of: Ints, to: Ints) -> list[Column]:
    names = _clearness(flow, of, flow.person[to])
    named = _clearness(flow, to, flow.person[of])
    last = _at(flow.after, to) >= of
    target = flow.named[of, 0]
    return [
        names == 1, names == 2, names >= 3, named == 1, named == 2, named >= 3,
        (flow.how[of, 0] >= 2) & (names == 0), (flow.how[to, 0] >= 2) & (named == 0),
        (target >= 0) & (flow.named[to, 0] == target), (names > 0) & last, (named > 0) & last,
    ]  # fmt: skip


def _calls(flow: Flow, of: Ints, to: Ints) -> list[Column]:
    call = flow.called[of, 0]
    return [call == to, flow.called[of, 1] == to, _at(flow.person, call) == flow.person[to]]


def _partners(flow: Flow, of: Ints, to: Ints) -> list[Column]:
    before = flow.before[of]
    them = flow.person[to]
    partner = flow.named[:, 0]
    behind = np.maximum(before - to, 0)
    return [
        _at(partner, before) == them, _at(partner, _at(flow.before, before)) == them,
        (before >= 0) & (to > before), np.where((before >= 0) & (to <= before), np.log1p(behind) + 1, 0),
    ]  # fmt: skip


def _future(flow: Flow, of: Ints, to: Ints) -> list[Column]:
    me, them = flow.person[of], flow.person[to]
    partner = flow.named[:, 0]
    later = to
    for _ in range(4):
        later = np.where(later <= of, _at(flow.after, later, len(flow)), later)
    theirs = np.where((later > of) & (later < len(flow)), later, -1)
    return [
        _at(partner, flow.before[to]) == me, _at(partner, flow.after[of]) == them,
        _at(flow.person, flow.recalled[of, 0]) == them, _at(flow.person, flow.recalled[of, 1]) == them,
        _at(partner, theirs) == me, np.where(theirs >= 0, np.log1p(np.abs(theirs - of)), FAR),
    ]  # fmt: skip


def _answers(flow: Flow, of: Ints, to: Ints) -> list[Column]:
    answer = flow.recalled[to, 0]
    answered = answer < of
    by_me = answered & (_at(flow.person, answer) == flow.person[of])
    return [answered, by_me, np.where(answered, np.log1p(np.maximum(answer - to, 0)), 0)]


def _shared(signature: npt.NDArray[np.uint64], other: npt.NDArray[np.uint64]) -> Floats:
    """(pairs, levels) how many words two signatures share."""
    bits = np.bitwise_count(signature & other)
    return np.asarray(bits.reshape(len(bits), -1, WIDTH).sum(2), np.float32)


def _words(flow: Flow, of: Ints, to: Ints) -> list[Column]:
    shared = _shared(flow.signature[of], flow.signature[to])
    worth = shared @ WORTH
    mine = flow.weight[:, :-1] @ WORTH
    return [
        *np.minimum(shared, 4).T, worth, worth / np.maximum(mine[of], 1), worth / np.maximum(mine[to], 1),
        ((shared > 0) * WORTH).max(1), shared.sum(1),
        _shared(flow.signature[of], flow.context[to]) @ WORTH, _shared(flow.context[of], flow.signature[to]) @ WORTH,
    ]  # fmt: skip
