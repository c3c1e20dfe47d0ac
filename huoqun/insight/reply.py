"""Who answered whom: the network's own word where there is one, else inferred.

Every message is compared with the few earlier ones it may answer (`insight.candidate`) and with none; a small network
trained on people's judgements says how likely each is (`insight.ranker`), twice: the second time knowing what the
first made of the messages around. The likeliest is taken, and a second where it is likely enough. A message that the
network marks as a reply answers that and nothing else.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from huoqun.insight.candidate import Candidates, candidates, kept, part
from huoqun.insight.conversation import Draft, draft, likeliest, relations
from huoqun.insight.flow import Floats, Flow, flow
from huoqun.insight.native import native_links
from huoqun.insight.own import own
from huoqun.insight.pair import traits
from huoqun.insight.ranker import Net, probabilities, ranker

LINKS = pl.Schema({"row": pl.UInt32(), "answers": pl.UInt32(), "probability": pl.Float32()})
"""`row` answers `answers` (indexes into the rows, the answer comes later), and how sure that is."""
WINDOW = 50_000
"""Rows read at a time, which bounds memory; the borders of windows are softened by the next two."""
CONTEXT = 3000
"""Rows before a window (or before `since`) that are read to understand those in it."""
AHEAD = 500
"""Rows after a window that are read for the same reason."""
CHUNK = 4096
"""Messages compared at a time (some 20 pairs each), so that the arrays stay in the processor's cache."""
LEAD = 1000
"""Messages before the first one asked about at which the first look begins."""
LEAST = 0.02
"""Candidates that the first look finds less likely are out of the question (some 4 of 20 remain)."""


def links(rows: pl.DataFrame, since: datetime | None = None) -> pl.DataFrame:
    """`LINKS` of the rows of one group (sorted), sorted by row. A message without a link starts something new.

    With `since` (naive UTC) only rows from then on get links; those before are context. Events neither answer nor are
    answered. What the network says (`reply_to`) has probability 1.
    """
    first = int(rows["time"].search_sorted(since)) if since is not None and rows.height else 0
    told = native_links(rows).filter(pl.col("row") >= first)
    found = [_window(rows, start, min(start + WINDOW, rows.height)) for start in range(first, rows.height, WINDOW)]
    inferred = pl.concat([pl.DataFrame(schema=LINKS), *found])
    return pl.concat([told, inferred.join(told, on="row", how="anti")]).sort("row", "answers")


def _window(rows: pl.DataFrame, start: int, end: int) -> pl.DataFrame:
    """Inferred links of the rows from `start` to `end`, seen with some rows before and after."""
    low = max(start - CONTEXT, 0)
    found = _inferred(rows.slice(low, end + AHEAD - low), start - low, end - low)
    return found.with_columns(pl.col("row") + low, pl.col("answers") + low).cast(LINKS)


def _inferred(rows: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    """Links of the rows numbered `first` to `last`, as far as the rows themselves show them."""
    said = flow(rows)
    asked, until = np.searchsorted(said.row, [first, last]).tolist()
    if asked == until:
        return pl.DataFrame(schema=LINKS)
    shown, model = own(said), ranker()
    look = first_look(said, shown, max(asked - LEAD, 0), model.first)
    pairs, seen = look.pairs, draft(said, look.pairs, look.chance)
    found = []
    for start in range(asked, until, CHUNK):
        some = part(pairs, start, min(start + CHUNK, until))
        begin = int(pairs.begins[start - pairs.start])
        both = second_inputs(said, some, look, slice(begin, begin + len(some.of)), seen)
        found.append(_chosen(said, some, probabilities(model.again, shown, both, some), model.second))
    return pl.concat(found)


@dataclass(frozen=True)
class Look:
    """What a first look leaves: candidates that are not out of the question, their probabilities and traits."""

    pairs: Candidates
    chance: Floats
    shared: Floats


def first_look(said: Flow, shown: Floats, start: int, nets: tuple[Net, ...]) -> Look:
    """The first look at the messages from `start` on."""
    looks = [_first_look(said, shown, at, min(at + CHUNK, len(said)), nets) for at in range(start, len(said), CHUNK)]
    sizes = np.cumsum([0, *(len(look.chance) for look in looks)])
    begins = np.concatenate([look.pairs.begins + size for look, size in zip(looks, sizes, strict=False)])
    of, to = (np.concatenate([getattr(look.pairs, name) for look in looks]) for name in ("of", "to"))
    shared = np.concatenate([look.shared.T for look in looks], axis=1).T
    return Look(Candidates(start, begins, of, to), np.concatenate([look.chance for look in looks]), shared)


def _first_look(said: Flow, shown: Floats, start: int, end: int, nets: tuple[Net, ...]) -> Look:
    """The first look at some messages."""
    pairs = candidates(said, start, end)
    shared = traits(said, pairs)
    chance = probabilities(nets, shown, shared, pairs)
    possible = (chance >= LEAST) | (pairs.of == pairs.to)
    return Look(kept(pairs, possible), chance[possible], np.compress(possible, shared.T, axis=1).T)


def second_inputs(said: Flow, pairs: Candidates, look: Look, where: slice, seen: Draft) -> Floats:
    """What the second look knows of pairs, which stand at `where` in the first, beside what their messages show."""
    told = relations(said, pairs, look.chance[where], seen)
    return np.concatenate([look.shared[where].T, told.T]).T


def _chosen(said: Flow, pairs: Candidates, chance: Floats, enough: float) -> pl.DataFrame:
    """The likeliest answers among the candidates, and a second one where its probability is `enough`."""
    best = likeliest(chance, pairs.begins)
    answers = pairs.to[best] != pairs.of[best]
    rest = chance.copy()
    rest[best] = 0
    rest[pairs.begins] = 0
    second = likeliest(rest, pairs.begins)
    taken = np.sort(np.concatenate([best[answers], second[answers & (rest[second] >= enough)]]))
    return pl.DataFrame(
        {"row": said.row[pairs.of[taken]], "answers": said.row[pairs.to[taken]], "probability": chance[taken]}
    ).cast(LINKS)
