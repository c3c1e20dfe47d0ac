"""Ninety-nine of a hundred entries of ugly chain sign-ups are read as a person reads them."""

import time
from difflib import SequenceMatcher

from ugly_lists import BY_HAND, LISTS, read

from huoqun.activities import chain_merge


def said(entries):
    return [(e.name, e.count, e.note) for e in entries]


def right(text, entries, waiting):
    """How many entries are right, in their order, of how many; an entry too many is one that is wrong."""
    chain = chain_merge.read(text)
    good = total = 0
    for wanted, found in ((read(entries), said(chain.entries)), (read(waiting), said(chain.waiting))):
        same = SequenceMatcher(None, wanted, found, autojunk=False).get_matching_blocks()
        good += sum(block.size for block in same)
        total += max(len(wanted), len(found))
    return good, total


def test_entries_of_the_corpus_are_right():
    marks = [right(*each) for each in LISTS]
    good, total = (sum(column) for column in zip(*marks, strict=True))
    wrong = [text for (text, *_), (g, t) in zip(LISTS, marks, strict=True) if g < t]
    assert len(LISTS) >= 120
    assert total >= 450
    assert good / total >= 0.99, (good, total, wrong)


def test_a_list_that_is_written_back_is_read_as_the_same():
    for text, *_ in BY_HAND:
        chain = chain_merge.read(text)
        kept = [chain_merge.readable(e) for e in chain.entries]
        again = chain_merge.read(chain_merge.text_of(chain_merge.Chain("x", None, kept)))
        assert said(again.entries) == said(kept), text


def test_no_text_keeps_the_parser_busy():
    begin = time.process_time()
    for text in (
        "1. a" + "，" * 39_000,
        "1. x" + "\t" * 39_000 + "y",
        "1. a " + "2人 " * 13_000,
        "1. 甲\n---\n" * 4000,
    ):
        chain_merge.read(text)
    assert time.process_time() - begin < 8
