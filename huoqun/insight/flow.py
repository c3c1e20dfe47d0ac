"""Flow: the messages of one group as arrays: who, when, naming whom, and where each stands among the others.

Indexes count messages (events are left out); `NOBODY` stands for no person and no message before, the number of
messages for no message after. Times are whole minutes, because many exports know no more.

Arrays that are looked up by such an index have one more entry at their end, which is read for "no message", be it
called -1 or the number of messages: `NO_PERSON` where persons stand, and again "no message" where messages stand.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from huoqun.chat.message import MESSAGE_KINDS
from huoqun.insight.mention import mentions
from huoqun.insight.signature import WORTH, signatures
from huoqun.insight.token import tokens

NOBODY = -1
NO_PERSON = -5
"""Whoever wrote or was named by no message: neither a person nor NOBODY."""
NAMED = 3
"""So many persons named in one message are kept, the clearest first."""
MINUTE = 60_000_000
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Flow:
    """Arrays over the messages of one group, in their order."""

    said: pl.DataFrame
    """The messages: columns of a row, `row` (index into the group's rows), `person`."""
    row: Ints
    person: Ints
    """One more entry."""
    minute: Ints
    """Minutes since the first message."""
    named: Ints
    """(messages, NAMED) whom it names; one more entry."""
    how: Ints
    """(messages, NAMED) how clearly, see `insight.mention`; 0 for nobody; one more entry."""
    before: Ints
    """The same person's message before this one; one more entry."""
    after: Ints
    """The same person's message after this one; one more entry."""
    called: Ints
    """(messages, 4) the last messages before this one that name its author, newest first."""
    recalled: Ints
    """(messages, 2) the next messages after this one that name its author."""
    joined: Ints
    """The first message after its author last joined."""
    turn: Ints
    """How often the speaker changed up to here."""
    signature: npt.NDArray[np.uint64]
    context: npt.NDArray[np.uint64]
    """The signatures of its author's two messages before this one together."""
    worth: Floats
    """What its words are worth (`insight.signature`)."""
    weight: Floats
    """Which words it uses, and how many: `insight.signature`."""
    spoken: "Index"
    """Messages by person."""

    def __len__(self) -> int:
        return len(self.row)


class Index:
    """Messages by some key, to find the last ones before or the next ones after a message."""

    def __init__(self, key: Ints, at: Ints, count: int) -> None:
        self.stride = count + 1
        self.sorted = np.sort(key * self.stride + at)

    def before(self, key: Ints, at: Ints, depth: int) -> Ints:
        """(len(key), depth) messages of the key before `at`, newest first; NOBODY where there are no more."""
        place = np.searchsorted(self.sorted, key * self.stride + at)[:, None] - 1 - np.arange(depth)
        return self._read(key, place, NOBODY)

    def next(self, key: Ints, at: Ints, depth: int) -> Ints:
        """(len(key), depth) messages of the key after `at`, soonest first; the number of messages for none."""
        place = np.searchsorted(self.sorted, key * self.stride + at, side="right")[:, None] + np.arange(depth)
        return self._read(key, place, self.stride - 1)

    def _read(self, key: Ints, place: Ints, missing: int) -> Ints:
        if not len(self.sorted):
            return np.full(place.shape, missing)
        found = self.sorted[np.clip(place, 0, len(self.sorted) - 1)]
        mine = (place >= 0) & (place < len(self.sorted)) & (found // self.stride == key[:, None]) & (key[:, None] >= 0)
        return np.where(mine, found % self.stride, missing)


def flow(rows: pl.DataFrame) -> Flow:
    """The messages of the rows of one group."""
    numbered = rows.with_row_index("row")
    said = numbered.filter((pl.col("kind").to_physical() < len(MESSAGE_KINDS)) & pl.col("sender").is_not_null())
    people = said.select(pl.col("sender").unique(maintain_order=True))
    people = people.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("person"))
    said = said.join(people, on="sender", how="left", maintain_order="left")
    count = said.height
    row, person = said["row"].to_numpy().astype(np.int64), said["person"].to_numpy()
    minute = said["local"].dt.epoch("us").to_numpy() // MINUTE
    named, how = _named(said, _of_subject(numbered, people, "rename"))
    at = np.arange(count)
    spoken = Index(person, at, count)
    some = named >= 0
    calls = Index(named[some], np.nonzero(some)[0], count)
    joins = _of_subject(numbered, people, "join")
    entered = Index(joins["person"].to_numpy(), np.searchsorted(row, joins["row"].to_numpy()), count)
    signature, weight = signatures(*tokens(said["text"]), count)
    before = spoken.before(person, at, 2)
    context = np.bitwise_or(*(np.where(then[:, None] >= 0, signature[then], np.uint64(0)) for then in before.T))
    return Flow(
        said=said,
        row=row,
        person=np.append(person, NO_PERSON),
        minute=minute - minute[:1].sum(),
        named=np.append(named, [[NO_PERSON] * NAMED], axis=0),
        how=np.append(how, [[0] * NAMED], axis=0),
        before=np.append(before[:, 0], NOBODY),
        after=np.append(spoken.next(person, at, 1)[:, 0], count),
        called=calls.before(person, at, 4),
        recalled=calls.next(person, at, 2),
        joined=entered.before(person, at + 1, 1)[:, 0],
        turn=np.cumsum(np.diff(person, prepend=person[:1]) != 0),
        signature=signature,
        context=context,
        worth=weight[:, :-1] @ WORTH,
        weight=weight,
        spoken=spoken,
    )


def _of_subject(rows: pl.DataFrame, people: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Events of a kind with the person they befell: `row`, `person`, `name`."""
    befell = people.rename({"sender": "subject"})
    return (
        rows.filter(pl.col("kind") == kind)
        .join(befell, on="subject", maintain_order="left")
        .select("row", "person", "name")
    )


def _named(said: pl.DataFrame, renames: pl.DataFrame) -> tuple[Ints, Ints]:
    """Whom each message names and how clearly."""
    found = mentions(said, renames)
    at = np.searchsorted(said["row"].to_numpy(), found["row"].to_numpy())
    place = np.arange(len(at)) - np.searchsorted(at, at)
    kept = place < NAMED
    named = np.full((said.height, NAMED), NOBODY, np.int64)
    how = np.zeros((said.height, NAMED), np.int64)
    named[at[kept], place[kept]] = found["person"].to_numpy()[kept]
    how[at[kept], place[kept]] = found["how"].to_numpy()[kept]
    return named, how
