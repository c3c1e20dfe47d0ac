"""WhatsApp's names: where a name ends and a text begins, when names may hold `: ` themselves.

`Bob: the builder: hello` is said by Bob, or by "Bob: the builder". Somebody of that name writes it in front of every
message, and mentions (`@⁨Bob: the builder⁩`) name them whole; a person called Bob does not begin every text with the
same words.
"""

import re

import numpy as np
import polars as pl

from huoqun.chat.encoding import Bytes
from huoqun.chat.formats.whatsapp_system import understand
from huoqun.chat.formats.whatsapp_words import QUOTED
from huoqun.chat.lines import Ints, texts

_LONGEST = 100
"""Bytes: WhatsApp's own names end at 25 characters, those of a phone's address book somewhat later."""
_LEVELS = 3
"""How many `: ` a name may hold."""
_MENTIONED = re.compile(rb"@\xe2\x81\xa8([^\xe2\n]{1,80}: [^\xe2\n]{1,80})\xe2\x81\xa9")


def name_ends(data: Bytes, begin: Ints, stop: Ints) -> Ints:
    """Where the name of each line ends (`begin`: after the header, `stop`: the line's end); -1 for a line without."""
    rest = texts(data, begin, stop)
    cut = rest.str.find(": ", literal=True).cast(pl.Int64)
    bare = rest.str.ends_with(":") & cut.is_null()
    if bare.any():
        cut = pl.select(pl.when(bare).then(rest.str.len_bytes().cast(pl.Int64) - 1).otherwise(cut))[:, 0]
    ends: Ints = np.where(cut.is_null().to_numpy(), -1, begin + cut.fill_null(0).to_numpy())
    known = frozenset(found.decode() for found in _MENTIONED.findall(data))
    long_names: set[str] = set()
    for _ in range(_LEVELS):
        ends, more = _longer(data, begin, stop, ends, known)
        if not more:
            break
        long_names |= more
    return _system(data, begin, ends, rest, long_names)


def _longer(data: Bytes, begin: Ints, stop: Ints, ends: Ints, known: frozenset[str]) -> tuple[Ints, set[str]]:
    """The ends with names made longer by one `: ` where the longer name is proven, and those names."""
    said = np.flatnonzero((ends >= 0) & (ends + 2 <= stop))
    after = texts(data, ends[said] + 2, stop[said]).str.find(": ", literal=True).cast(pl.Int64)
    frame = pl.DataFrame(
        {"row": said, "name": texts(data, begin[said], ends[said]), "more": after.set(after > _LONGEST, None)}
    )
    per_name = frame.group_by("name").agg(rows=pl.len(), longer=pl.col("more").is_not_null().sum())
    prefixes = [name.rsplit(": ", 1)[0] for name in known]
    likely = per_name.filter(
        ((pl.col("longer") >= 2) & (pl.col("longer") >= 0.6 * pl.col("rows"))) | pl.col("name").is_in(prefixes)
    )
    if not likely.height:
        return ends, set()
    open_ = frame.drop_nulls("more").join(likely.select("name", "rows"), on="name", maintain_order="left")
    row = open_["row"].to_numpy()
    until = ends[row] + 2 + open_["more"].to_numpy()
    open_ = open_.with_columns(full=texts(data, begin[row], until), until=until)
    count = pl.len().over("full")
    proven = open_.filter(((count >= 2) & (count >= 0.6 * pl.col("rows"))) | pl.col("full").is_in(list(known)))
    ends = ends.copy()
    ends[proven["row"].to_numpy()] = proven["until"].to_numpy()
    return ends, set(proven["full"].unique())


def _system(data: Bytes, begin: Ints, ends: Ints, rest: pl.Series, long_names: set[str]) -> Ints:
    """The ends without those of system lines whose title or name holds a `: `."""
    ends = ends.copy()
    for name in long_names:
        there = rest.str.starts_with(name).to_numpy()
        ends[there & (ends >= 0) & (ends < begin + len(name.encode()))] = -1
        told = rest.filter(
            (rest.str.contains(name, literal=True) & ~rest.str.starts_with(name)).fill_null(False)
        ).unique()
        events = [line for line in told.to_list() if understand(line, frozenset(long_names)).known]
        if events:
            first = name.split(": ", 1)[0].encode()
            until = rest.str.split(name).list.first().str.len_bytes().cast(pl.Int64).to_numpy() + len(first)
            ends[rest.is_in(events).to_numpy() & (ends == begin + until)] = -1
    said = np.flatnonzero(ends >= 0)
    names = texts(data, begin[said], ends[said])
    titles = [name for name in names.unique().to_list() if _in_a_title(name)]
    if titles:
        ends[said[names.is_in(titles).to_numpy()]] = -1
    return ends


def _in_a_title(name: str) -> bool:
    """Whether a "name" is the beginning of a system line that was cut inside a quoted title."""
    return bool(QUOTED.search(name)) and bool(re.search(r"[\"“„「«][^\"”」»]*$", name))
