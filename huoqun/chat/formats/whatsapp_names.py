"""WhatsApp's names: where a name ends and a text begins, when names may hold `: ` themselves.

`Bob: the builder: hello` is said by Bob, or by "Bob: the builder". Somebody of that name writes it in front of every
message, and mentions (`@⁨Bob: the builder⁩`) name them whole; a person called Bob does not begin every text with the
same words.
"""

import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from huoqun.chat.encoding import Bytes
from huoqun.chat.formats.whatsapp_system import understand
from huoqun.chat.formats.whatsapp_words import MARKS, QUOTED
from huoqun.chat.lines import Ints, Lines, places, texts

_LONGEST = 100
"""Bytes: WhatsApp's own names end at 25 characters, those of a phone's address book somewhat later."""
_LEVELS = 3
"""How many `: ` a name may hold."""
_MENTIONED = re.compile(rb"@\xe2\x81\xa8(?:([^\xe2\n]{1,80}: [^\xe2\n]{1,80})\xe2\x81\xa9)?")


@dataclass(frozen=True)
class Named:
    """Who said each line."""

    ends: Ints
    """Where the name of each line ends; -1 for a line without."""
    names: pl.Series
    """The names; "" for a line without."""
    different: list[str]
    """Every one of them once."""
    mentions: bool
    """The file holds marked mentions."""

    def clean(self) -> "Named":
        """Without direction marks and without the `~` that stands before people not in the address book."""
        cleaned = [re.sub("^~[ \u202f\u00a0]*", "", MARKS.sub("", name)).strip() for name in self.different]
        if cleaned == self.different:
            return self
        names = self.names.replace_strict(self.different, pl.Series(cleaned, dtype=pl.String), return_dtype=pl.String)
        return Named(self.ends, names, cleaned, self.mentions)


def named(lines: Lines, begin: Ints, stop: Ints) -> Named:
    """The names of lines of which `begin` is behind the header and `stop` is the end."""
    ends, colons, nth = _ends(lines, begin, stop)
    mentioned = _MENTIONED.findall(lines.data)
    known = frozenset(found.decode() for found in mentioned if found)
    names = texts(lines.data, begin, np.where(ends >= 0, ends, begin))
    long_names: set[str] = set()
    for _ in range(_LEVELS):
        longer, more = _longer(lines.data, begin, stop, _Cut(ends, names, colons, nth), known)
        if not more:
            break
        moved = np.flatnonzero(longer != ends)
        nth[moved] += 1
        ends = longer
        long_names |= more
        names = names.scatter(moved, texts(lines.data, begin[moved], ends[moved]))
    found = Named(ends, names, names.unique().to_list(), bool(mentioned))
    ends = _system(lines.data, begin, stop, found, long_names)
    if (ends == found.ends).all():
        return found
    names = texts(lines.data, begin, np.where(ends >= 0, ends, begin))
    return Named(ends, names, names.unique().to_list(), bool(mentioned))


def _ends(lines: Lines, begin: Ints, stop: Ints) -> tuple[Ints, Ints, Ints]:
    """Where each line's first `: ` stands (-1 for none), the places of all, and the number of the line's first."""
    colons = places(lines.raw, b": ")
    nth = np.searchsorted(colons, begin)
    first = colons.take(nth, mode="clip") if len(colons) else begin
    there = (nth < len(colons)) & (first + 1 < stop)
    bare = ~there & (stop > begin) & (lines.raw.take(stop - 1, mode="clip") == 58)
    return np.where(there, first, np.where(bare, stop - 1, -1)), colons, nth


@dataclass(frozen=True)
class _Cut:
    """Names as cut so far: their ends, themselves, all `: ` of the file, and which of them ends each."""

    ends: Ints
    names: pl.Series
    colons: Ints
    nth: Ints


def _longer(data: Bytes, begin: Ints, stop: Ints, cut: _Cut, known: frozenset[str]) -> tuple[Ints, set[str]]:
    """The ends with names made longer by one `: ` where the longer name is proven, and those names."""
    until = cut.colons.take(cut.nth + 1, mode="clip") if len(cut.colons) else cut.ends
    whole = (cut.ends >= 0) & (cut.ends + 2 <= stop)
    row = np.flatnonzero(
        whole & (cut.nth + 1 < len(cut.colons)) & (until + 1 < stop) & (until <= cut.ends + 2 + _LONGEST)
    )
    open_ = pl.DataFrame({"row": row, "until": until[row], "name": cut.names.gather(row)})
    prefixes = [name.rsplit(": ", 1)[0] for name in known]
    often = open_.group_by("name").agg(longer=pl.len())
    likely = often.filter((pl.col("longer") >= 2) | pl.col("name").is_in(prefixes))
    if not likely.height:
        return cut.ends, set()
    rows = cut.names.filter(cut.names.is_in(likely["name"].implode()) & pl.Series(whole)).value_counts(name="rows")
    likely = likely.join(rows.rename({rows.columns[0]: "name"}), on="name").filter(
        (pl.col("longer") >= 0.6 * pl.col("rows")) & (pl.col("longer") >= 2) | pl.col("name").is_in(prefixes)
    )
    open_ = open_.join(likely.select("name", "rows"), on="name", maintain_order="left")
    row, until = open_["row"].to_numpy(), open_["until"].to_numpy()
    open_ = open_.with_columns(full=texts(data, begin[row], until))
    count = pl.len().over("full")
    proven = open_.filter(((count >= 2) & (count >= 0.6 * pl.col("rows"))) | pl.col("full").is_in(list(known)))
    ends = cut.ends.copy()
    ends[proven["row"].to_numpy()] = proven["until"].to_numpy()
    return ends, set(proven["full"].unique())


def _system(data: Bytes, begin: Ints, stop: Ints, named: Named, long_names: set[str]) -> Ints:
    """The ends without those of system lines whose title or name holds a `: `."""
    ends = named.ends.copy()
    for name in long_names:
        first = name.split(": ", 1)[0]
        near = [other for other in named.different if name.startswith(other) or other.endswith(first)]
        row = np.flatnonzero(named.names.is_in(near).to_numpy() & (ends >= 0))
        rest = texts(data, begin[row], stop[row])
        there = rest.str.starts_with(name).to_numpy()
        short = there & (ends[row] < begin[row] + len(name.encode()))
        told = rest.filter(rest.str.contains(name, literal=True) & ~pl.Series(there)).unique()
        events = [line for line in told.to_list() if understand(line, frozenset(long_names)).known]
        if events:
            ahead = rest.str.split(name).list.first().str.len_bytes().cast(pl.Int64).to_numpy() + len(first.encode())
            short |= rest.is_in(events).to_numpy() & (ends[row] == begin[row] + ahead)
        ends[row[short]] = -1
    titles = [name for name in named.different if _in_a_title(name)]
    if titles:
        ends[named.names.is_in(titles).to_numpy() & (ends >= 0)] = -1
    return ends


def _in_a_title(name: str) -> bool:
    """Whether a "name" is the beginning of a system line that was cut inside a quoted title."""
    return bool(QUOTED.search(name)) and bool(re.search(r"[\"“„「«][^\"”」»]*$", name))
