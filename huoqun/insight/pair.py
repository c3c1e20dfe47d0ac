"""Traits: what speaks for and against one message answering another, as numbers for the model that links messages."""

import numpy as np
import numpy.typing as npt

from huoqun.insight.candidate import Candidates
from huoqun.insight.own import FAR, HOURS
from huoqun.insight.talk import Floats, Ints, Talk

Column = npt.NDArray[np.generic]
NAMES = (
    "self", "distance", "nearness", "one_before", "two_before", "three_before", "four_before",
    "minutes", "same_minute", "minute_before", "turns",
    "same_author", "own_last", "own_between", "none_of_own_between", "their_between", "their_last",
    "names_inside", "names_first", "names_opening", "names_me_inside", "names_me_first", "names_me_opening",
    "names_another", "they_name_another", "same_target", "names_their_last", "names_me_their_last",
    "is_call", "is_call_before", "by_caller",
    "by_partner", "by_earlier_partner", "after_own", "before_own",
    "they_named_me_before", "by_next_partner", "by_next_caller", "by_second_caller", "they_name_me_next", "until_theirs",
    "answered", "answered_by_me", "answered_after",
    "rare_words", "fairly_rare_words", "all_words", "share_of_mine", "share_of_theirs",
)  # fmt: skip
"""The columns of `traits`."""


def traits(talk: Talk, pairs: Candidates) -> Floats:
    """(pairs, len(NAMES)); for a message and itself all but the first are 0."""
    of, to = pairs.of, pairs.to
    columns = [*_distance(talk, of, to), *_authors(talk, pairs), *_naming(talk, of, to), *_calls(talk, of, to),
               *_partners(talk, of, to), *_future(talk, of, to), *_answers(talk, of, to), *_words(talk, of, to)]  # fmt: skip
    found = np.empty((len(of), len(NAMES)), np.float32)
    for number, column in enumerate(columns, start=1):
        found[:, number] = column
    alone = of == to
    found[alone] = 0
    found[:, 0] = alone
    return found


def _distance(talk: Talk, of: Ints, to: Ints) -> list[Column]:
    steps = of - to
    minutes = talk.minute[of] - talk.minute[to]
    return [
        np.log1p(steps), 1 / (1 + steps), steps == 1, steps == 2, steps == 3, steps == 4,
        np.log1p(np.clip(minutes, 0, HOURS)), minutes == 0, minutes == 1, np.log1p(talk.turn[of] - talk.turn[to]),
    ]  # fmt: skip


def _authors(talk: Talk, pairs: Candidates) -> list[Column]:
    of, to = pairs.of, pairs.to
    same = talk.person[of] == talk.person[to]
    running = np.cumsum(same)
    counts = np.diff(np.append(pairs.begins, len(of)))
    own = running - np.repeat(running[pairs.begins], counts) - same
    theirs = np.zeros(len(of), np.int8)
    later = to
    for _ in range(3):
        later = _at(talk.after, later, len(talk))
        theirs += later < of
    return [same, talk.before[of] == to, np.minimum(own, 4), own <= 0, theirs, theirs == 0]


def _at(values: Ints, where: Ints, missing: int = -5) -> Ints:
    """`values[where]`, `missing` where there is no such message."""
    known = (where >= 0) & (where < len(values))
    return np.where(known, values[np.where(known, where, 0)], missing)


def _clearness(talk: Talk, of: Ints, person: Ints) -> Ints:
    """How clearly messages name persons; 0 where they do not."""
    clear = np.zeros(len(of), np.int64)
    for place in range(talk.named.shape[1]):
        clear = np.maximum(clear, np.where(talk.named[of, place] == person, talk.how[of, place], 0))
    return clear


def _naming(talk: Talk, of: Ints, to: Ints) -> list[Column]:
    names = _clearness(talk, of, talk.person[to])
    named = _clearness(talk, to, talk.person[of])
    last = _at(talk.after, to) >= of
    target = talk.named[of, 0]
    return [
        names == 1, names == 2, names >= 3, named == 1, named == 2, named >= 3,
        (talk.how[of, 0] >= 2) & (names == 0), (talk.how[to, 0] >= 2) & (named == 0),
        (target >= 0) & (talk.named[to, 0] == target), (names > 0) & last, (named > 0) & last,
    ]  # fmt: skip


def _calls(talk: Talk, of: Ints, to: Ints) -> list[Column]:
    call = talk.called[of, 0]
    return [call == to, talk.called[of, 1] == to, _at(talk.person, call) == talk.person[to]]


def _partners(talk: Talk, of: Ints, to: Ints) -> list[Column]:
    before = talk.before[of]
    them = talk.person[to]
    partner = talk.named[:, 0]
    behind = np.maximum(before - to, 0)
    return [
        _at(partner, before) == them, _at(partner, _at(talk.before, before)) == them,
        (before >= 0) & (to > before), np.where((before >= 0) & (to <= before), np.log1p(behind) + 1, 0),
    ]  # fmt: skip


def _future(talk: Talk, of: Ints, to: Ints) -> list[Column]:
    me, them = talk.person[of], talk.person[to]
    partner = talk.named[:, 0]
    later = to
    for _ in range(4):
        later = np.where(later <= of, _at(talk.after, later, len(talk)), later)
    theirs = np.where((later > of) & (later < len(talk)), later, -1)
    return [
        _at(partner, talk.before[to]) == me, _at(partner, talk.after[of]) == them,
        _at(talk.person, talk.recalled[of, 0]) == them, _at(talk.person, talk.recalled[of, 1]) == them,
        _at(partner, theirs) == me, np.where(theirs >= 0, np.log1p(np.abs(theirs - of)), FAR),
    ]  # fmt: skip


def _answers(talk: Talk, of: Ints, to: Ints) -> list[Column]:
    answer = talk.recalled[to, 0]
    answered = answer < of
    by_me = answered & (_at(talk.person, answer) == talk.person[of])
    return [answered, by_me, np.where(answered, np.log1p(np.maximum(answer - to, 0)), 0)]


def _words(talk: Talk, of: Ints, to: Ints) -> list[Column]:
    shared = np.bitwise_count(talk.signature[of] & talk.signature[to])
    rare, fair, many = shared[:, 0], shared[:, 1:3].sum(1), shared[:, 3:5].sum(1)
    return [
        np.minimum(rare, 4), np.minimum(fair, 6), np.minimum(many, 8),
        fair / np.maximum(talk.weight[of, 1], 1), fair / np.maximum(talk.weight[to, 1], 1),
    ]  # fmt: skip
