"""What a message shows by itself and by its place in the flow, as numbers for the model that links messages."""

import numpy as np
import numpy.typing as npt
import polars as pl

from huoqun.insight.cue import CUES, cues
from huoqun.insight.flow import NO_PERSON, Floats, Flow, Ints

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


def own(flow: Flow) -> Floats:
    """(messages, len(NAMES)) what each message shows."""
    place = [
        np.asarray(column, np.float32) for column in (*_naming(flow), *_history(flow), *_future(flow), *_form(flow))
    ]
    return np.column_stack([*place, cues(flow.said["text"])])


def _naming(flow: Flow) -> list[npt.NDArray[np.generic]]:
    clearest = flow.how[:-1, 0]
    return [*(clearest == level for level in (4, 3, 2, 1)), (flow.named[:-1] >= 0).sum(1)]


def _ago(flow: Flow, then: Ints) -> tuple[Floats, Floats]:
    """How long ago, in messages and minutes, as logarithms; FAR for never."""
    at = np.arange(len(flow))
    known = (then >= 0) & (then < len(flow))
    other = np.where(known, then, at)
    messages = np.where(known, np.log1p(np.abs(at - other)), FAR)
    minutes = np.where(known, np.log1p(np.minimum(np.abs(flow.minute - flow.minute[other]), HOURS)), FAR)
    return messages.astype(np.float32), minutes.astype(np.float32)


def _names_somebody(flow: Flow, then: Ints) -> npt.NDArray[np.bool_]:
    return np.asarray(flow.named[then, 0] >= 0)


def _history(flow: Flow) -> list[npt.NDArray[np.generic]]:
    before, called = flow.before[:-1], flow.called[:, 0]
    return [
        *_ago(flow, before), before < 0, _names_somebody(flow, before),
        _ago(flow, flow.joined)[0], flow.joined > before,
        *_ago(flow, called), (called >= 0) & (before > called),
    ]  # fmt: skip


def _future(flow: Flow) -> list[npt.NDArray[np.generic]]:
    after, recalled = flow.after[:-1], flow.recalled[:, 0]
    return [
        *_ago(flow, after), _names_somebody(flow, after),
        _ago(flow, recalled)[0], recalled < after,
    ]  # fmt: skip


def _form(flow: Flow) -> list[npt.NDArray[np.generic]]:
    at = np.arange(len(flow))
    back = np.maximum(at - 20, 0)
    pace = (flow.minute - flow.minute[back]) / np.maximum(at - back, 1)
    gap = np.diff(flow.minute, prepend=flow.minute[:1])
    text = flow.said["text"]
    machine = flow.said.select(pl.col("name").str.contains(MACHINE).fill_null(value=False) | pl.col("bot")).to_series()
    follows = np.diff(flow.person[:-1], prepend=NO_PERSON) == 0
    return [
        follows, np.append(follows[1:], False), np.log1p(np.maximum(pace, 0)),
        np.log1p(np.clip(gap, 0, HOURS)), np.log1p(np.clip(np.append(gap[1:], 0), 0, HOURS)),
        np.log1p(text.str.len_chars().to_numpy()), np.log1p(flow.weight[:, -1]), machine.to_numpy(),
    ]  # fmt: skip
