"""What a message shows by itself and by its place in the talk, as numbers for the model that links messages."""

import numpy as np
import numpy.typing as npt
import polars as pl

from huoqun.insight.cue import CUES, cues
from huoqun.insight.talk import Floats, Ints, Talk

FAR = 7.0
"""Stands for "never" among logarithms of distances (1,100 messages)."""
HOURS = 600
"""Longer silences than so many minutes count as this."""
MACHINE = r"(?i)bot\b|bot$|ubotu|机器人|助手"
"""Names of machines, where the network does not mark them."""
NAMES = (
    "marked", "opening", "first_word", "inside", "several",
    "since_own", "since_own_minutes", "never_before", "own_before_named",
    "since_join", "first_since_join",
    "since_called", "since_called_minutes", "call_answered",
    "until_own", "until_own_minutes", "own_after_named",
    "until_recalled", "recalled_before_own",
    "follows_own", "own_follows", "pace", "gap", "gap_after", "length", "words", "machine",
    *CUES,
)  # fmt: skip
"""The columns of `own`."""


def own(talk: Talk) -> Floats:
    """(messages, len(NAMES)) what each message shows."""
    place = [np.asarray(column, np.float32) for column in (*_naming(talk), *_history(talk), *_future(talk), *_form(talk))]
    return np.column_stack([*place, cues(talk.said["text"])])


def _naming(talk: Talk) -> list[npt.NDArray[np.generic]]:
    clearest = talk.how[:, 0]
    return [*(clearest == level for level in (4, 3, 2, 1)), (talk.named >= 0).sum(1)]


def _ago(talk: Talk, then: Ints) -> tuple[Floats, Floats]:
    """How long ago, in messages and minutes, as logarithms; FAR for never."""
    at = np.arange(len(talk))
    known = (then >= 0) & (then < len(talk))
    other = np.where(known, then, at)
    messages = np.where(known, np.log1p(np.abs(at - other)), FAR)
    minutes = np.where(known, np.log1p(np.minimum(np.abs(talk.minute - talk.minute[other]), HOURS)), FAR)
    return messages.astype(np.float32), minutes.astype(np.float32)


def _names_somebody(talk: Talk, then: Ints) -> npt.NDArray[np.bool_]:
    known = (then >= 0) & (then < len(talk))
    return known & (talk.named[np.where(known, then, 0), 0] >= 0)


def _history(talk: Talk) -> list[npt.NDArray[np.generic]]:
    called = talk.called[:, 0]
    return [
        *_ago(talk, talk.before), talk.before < 0, _names_somebody(talk, talk.before),
        _ago(talk, talk.joined)[0], talk.joined > talk.before,
        *_ago(talk, called), (called >= 0) & (talk.before > called),
    ]  # fmt: skip


def _future(talk: Talk) -> list[npt.NDArray[np.generic]]:
    recalled = talk.recalled[:, 0]
    return [
        *_ago(talk, talk.after), _names_somebody(talk, talk.after),
        _ago(talk, recalled)[0], recalled < talk.after,
    ]  # fmt: skip


def _form(talk: Talk) -> list[npt.NDArray[np.generic]]:
    at = np.arange(len(talk))
    back = np.maximum(at - 20, 0)
    pace = (talk.minute - talk.minute[back]) / np.maximum(at - back, 1)
    gap = np.diff(talk.minute, prepend=talk.minute[:1])
    text = talk.said["text"]
    machine = talk.said.select(pl.col("name").str.contains(MACHINE).fill_null(value=False) | pl.col("bot")).to_series()
    follows = np.diff(talk.person, prepend=-1) == 0
    return [
        follows, np.append(follows[1:], False), np.log1p(np.maximum(pace, 0)),
        np.log1p(np.clip(gap, 0, HOURS)), np.log1p(np.clip(np.append(gap[1:], 0), 0, HOURS)),
        np.log1p(text.str.len_chars().to_numpy()), np.log1p(talk.weight[:, -1]), machine.to_numpy(),
    ]  # fmt: skip
