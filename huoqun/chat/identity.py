"""Identity inside a group: one human speaks under several names over time, and one name may pass to another human.

Where an export has the network's ids, they decide, and names become aliases. Where it has only names, the renames that
the network announces join them, from the row of the announcement on:

* A is renamed to B: whoever spoke as A before speaks as B after. A name A that speaks again later is somebody new.
* Two people who speak under both names at once are never joined: if A and B were both talking before the
  announcement, it is passed over (two humans would then bear one name, and nothing could tell them apart).
* Nobody ever speaks as B afterwards: the export shows old names on new messages; A goes on being the same human.
* B began to speak only after A had fallen silent: the announcement came late; both are one.

An identity that has only names is called by the first name it bore; a second human of that name by `name#2`.
"""

from bisect import bisect_left
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt
import polars as pl

from huoqun.chat.message import MEMBERS, MESSAGE_KINDS, Chat

_OWN = {"你": "我", "You": "我", "您": "我"}
"""How a notice calls the owner of the export, and how their messages are signed."""


def join_renames(chat: Chat) -> Chat:
    """The chat with one identity for each human as far as the file proves it, and all names of each as aliases.

    Subjects of events and mentions that are names become identities too, by who bore the name then.
    """
    if not chat.rows.height:
        return chat
    rows = chat.rows.with_row_index("_row")
    by_id = _has_person_ids(chat.rows)
    spans = _borne_with_ids(rows) if by_id else _borne_by_announcement(rows)
    known = frozenset(chat.rows["sender"].drop_nulls().to_list()) if by_id else frozenset[str]()
    if not by_id:
        rows = _resolved(rows, "sender", spans, known)
    rows = _resolved(rows, "subject", spans, known)
    rows = _resolved_mentions(rows, spans, known)
    members = _members(chat, rows, None if by_id else spans)
    return replace(chat, rows=rows.select(chat.rows.columns), members=members)


def bearer(chat: Chat, name: str, at: datetime) -> str | None:
    """The identity that bore `name` at `at` (naive UTC): of those whose newest name then it was, who spoke last.

    If nobody bore it then: who bore it last before, then who bore it first after, then whom the member list knows by
    it; else None.
    """
    wanted = name.strip().lstrip("@").strip("\u2005\u2006 ")
    named = chat.rows.filter(pl.col("sender").is_not_null() & pl.col("name").is_not_null()).select(
        "time", "order", "sender", "name"
    )
    before = named.filter(pl.col("time") <= at)
    newest = (
        before.group_by("sender", maintain_order=True).last().filter(pl.col("name") == wanted).sort("time", "order")
    )
    if newest.height:
        return str(newest["sender"][-1])
    for borne, which in ((before, -1), (named.filter(pl.col("time") > at), 0)):
        found = borne.filter(pl.col("name") == wanted)
        if found.height:
            return str(found["sender"][which])
    listed = chat.members.filter((pl.col("name") == wanted) | (pl.col("id") == wanted))
    return str(listed["id"][0]) if listed.height == 1 else None


def _has_person_ids(rows: pl.DataFrame) -> bool:
    """Whether senders are the network's ids: some message shows a name that differs from its sender."""
    said = rows.filter(pl.col("kind").to_physical() < len(MESSAGE_KINDS))
    return bool((said["sender"] != said["name"]).any())


_SPAN = pl.Schema({"name": pl.String(), "_row": pl.UInt32(), "who": pl.String()})
"""From which row on a name means whom."""


def _borne_with_ids(rows: pl.DataFrame) -> pl.DataFrame:
    """Names over time from the rows themselves."""
    named = rows.filter(pl.col("sender").is_not_null() & pl.col("name").is_not_null())
    fresh = (pl.col("sender") != pl.col("sender").shift()).over("name").fill_null(True)
    found = named.filter(fresh).select("name", "_row", pl.col("sender").alias("who"))
    first = found.unique("name", keep="first", maintain_order=True).with_columns(pl.lit(0, pl.UInt32).alias("_row"))
    return pl.concat([first, found]).cast(_SPAN).unique(["name", "_row"], keep="last").sort("_row")


@dataclass
class _Names:
    """Who bears which name while the announcements are gone through in order."""

    spoken: dict[str, npt.NDArray[np.int64]]
    """Rows on which each name speaks."""
    current: dict[str, str] = field(default_factory=dict)
    since: dict[str, int] = field(default_factory=dict)
    spans: list[tuple[str, int, str]] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def identity(self, name: str, row: int) -> str:
        """Who bears the name now; somebody new if nobody does."""
        if name not in self.current:
            who, number = name, 1
            while who in self.taken:
                number += 1
                who = f"{name}#{number}"
            self.taken.add(who)
            self.give(name, row, who)
        return self.current[name]

    def give(self, name: str, row: int, who: str) -> None:
        """From this row on the name means `who`."""
        self.current[name], self.since[name] = who, row
        self.spans.append((name, row, who))

    def active(self, name: str, until: int) -> tuple[int, int] | None:
        """First and last row on which the present bearer spoke under the name before a row."""
        rows = self.spoken.get(name)
        if rows is None:
            return None
        low, high = bisect_left(rows, self.since.get(name, 0)), bisect_left(rows, until)
        return (int(rows[low]), int(rows[high - 1])) if high > low else None

    def speaks_after(self, name: str, row: int) -> bool:
        """Whether anybody speaks under the name later."""
        rows = self.spoken.get(name)
        return rows is not None and len(rows) > 0 and int(rows[-1]) > row

    def rename(self, old: str, new: str, row: int) -> None:
        """Apply one announcement, by the rules in the module's docstring."""
        person, mine, theirs = self.identity(old, 0), self.active(old, row), self.active(new, row)
        other = self.current.get(new) if theirs else None
        if theirs and other is None:
            other = self.identity(new, 0)
        if theirs and other != person:
            if mine is None and self.speaks_after(old, row):  # both names speak: two people
                return None
            if mine is None:  # the export shows the new name on all messages
                self.give(old, self.since[old], str(other))
                return None
            if mine[1] < theirs[0]:  # announced late
                self.give(new, theirs[0], person)
                return self._leave(old, mine[1] + 1)
            if theirs[1] >= mine[0]:  # both were talking: two people
                return None
        if not self.speaks_after(new, row):
            self.give(new, row, person)
            return None
        self.give(new, row, person)
        return self._leave(old, row)

    def _leave(self, name: str, row: int) -> None:
        """Nobody bears the name any more; who speaks under it later is somebody new."""
        del self.current[name]
        if self.speaks_after(name, row):
            self.identity(name, row + 1)


def _borne_by_announcement(rows: pl.DataFrame) -> pl.DataFrame:
    """Names over time as announcements tell them; every name is somebody from the start on."""
    said = rows.filter(pl.col("sender").is_not_null() & (pl.col("kind") != "rename"))
    grouped = said.group_by("sender", maintain_order=True).agg(pl.col("_row").cast(pl.Int64))
    names = _Names({name: rows.to_numpy() for name, rows in zip(grouped["sender"], grouped["_row"], strict=True)})
    told = rows.filter((pl.col("kind") == "rename") & pl.col("subject").is_not_null() & pl.col("name").is_not_null())
    pairs = [(_OWN.get(o, o) if _OWN.get(o) in names.spoken else o, n, r) for r, o, n in
             told.select("_row", "subject", "name").iter_rows() if o != n]  # fmt: skip
    for name in names.spoken:  # in the order of first words, so that the first bearer has the plain name
        names.identity(name, 0)
    for old, new, row in pairs:
        if old != new:
            names.rename(old, new, row)
    frame = pl.DataFrame(names.spans, schema=_SPAN, orient="row")
    return frame.unique(["name", "_row"], keep="last", maintain_order=True).sort("_row", maintain_order=True)


def _resolved(rows: pl.DataFrame, column: str, spans: pl.DataFrame, known: frozenset[str]) -> pl.DataFrame:
    """Names in a column as identities, by who bore them on that row; what is an id already, or unknown, stays."""
    found = rows.join_asof(
        spans.select(pl.col("name").alias(column), "_row", "who"), on="_row", by=column, check_sortedness=False
    )
    names = ~pl.col(column).is_in(list(known)) if known else pl.lit(True)
    return found.with_columns(pl.when(names).then(pl.coalesce("who", column)).otherwise(column).alias(column)).drop(
        "who"
    )


def _resolved_mentions(rows: pl.DataFrame, spans: pl.DataFrame, known: frozenset[str]) -> pl.DataFrame:
    some = rows.filter(pl.col("mentions").list.len() > 0).select("_row", "mentions").explode("mentions")
    if not some.height:
        return rows
    done = _resolved(some, "mentions", spans, known).group_by("_row", maintain_order=True).agg("mentions")
    joined = rows.join(done.rename({"mentions": "_found"}), on="_row", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("_found", "mentions").alias("mentions")).drop("_found")


def _members(chat: Chat, rows: pl.DataFrame, spans: pl.DataFrame | None) -> pl.DataFrame:
    """Everybody listed or speaking: newest name, role, older names in the order they were borne."""
    borne = rows.filter(pl.col("sender").is_not_null() & pl.col("name").is_not_null())
    if spans is None:
        names = borne.select(pl.col("sender").alias("id"), "name")
    else:  # an announcement that was passed over gives nobody a name
        borne = borne.filter(pl.col("kind") != "rename").select("_row", pl.col("sender").alias("id"), "name")
        told = spans.select("_row", pl.col("who").alias("id"), "name").join(borne, on="id", how="semi")
        names = pl.concat([told, borne]).sort("_row", maintain_order=True)
    seen = names.group_by("id", maintain_order=True).agg(
        pl.col("name").unique(maintain_order=True).alias("names"), pl.col("name").last().alias("newest")
    )
    listed = chat.members if spans is None else _by_bearer(chat.members, spans, rows)
    both = listed.join(seen, on="id", how="full", coalesce=True, maintain_order="left_right")
    name = pl.coalesce("name", "newest")
    older = pl.concat_list(pl.col("aliases").fill_null([]), pl.col("names").fill_null([])).list.unique(
        maintain_order=True
    )
    return both.with_columns(name.alias("name")).select(
        "id", "name", "role", older.list.set_difference(pl.concat_list("name")).alias("aliases")
    ).cast(MEMBERS)  # fmt: skip


def _by_bearer(listed: pl.DataFrame, spans: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """A member list by names: a name under which nobody speaks any more stands for the identity that bore it last."""
    latest = spans.unique("name", keep="last", maintain_order=True).select(pl.col("name").alias("id"), "who")
    told = listed.join(latest, on="id", how="left", maintain_order="left")
    silent = ~pl.col("id").is_in(rows["sender"].drop_nulls().unique().to_list())
    moved = silent & pl.col("who").is_not_null() & (pl.col("who") != pl.col("id"))
    own = told.with_columns(pl.when(moved).then("who").otherwise("id").alias("id"), moved.alias("moved"))
    return own.sort("moved", maintain_order=True).unique("id", keep="first", maintain_order=True).drop("who", "moved")
