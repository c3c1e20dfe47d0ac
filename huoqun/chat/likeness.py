"""The likeness: whether two histories are of one group.

Decided by the first of these that says something:

1. different networks: no;
2. both know the network's id of the group: by that;
3. rows in common, in the time that both cover: yes if they are at least a fifth of the smaller side. Under different
   names at least half, three rows and two people who said them: a notice that its owner puts into all of his groups
   does not make them one;
4. both are named: the same name, yes; different names, no, unless one file says that the group was renamed to the
   other's name. Either way no if they cover the same time without one row in common and share fewer than half of
   their people;
5. one has no name, or only that of its file: no if they cover the same time without a row in common, or if both have
   three people or more and share less than a fifth of them; else yes, but only a guess, which never puts a file beside
   another that it cannot be of one group with.

Rows are in common if their keys or looks are the same; a number that stands on other words of somebody else is none.
Where files of different names were taken for one group, the chat says so (`names_differ`).
"""

import re
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from huoqun.chat.message import Chat
from huoqun.chat.reread import reread
from huoqun.chat.twin import unseen

NO, GUESS, YES = 0, 1, 2
"""Whether two histories are of one group."""
ENOUGH = 10
"""Rows that each side must have in the common time before nothing in common means something."""
PEOPLE = 3
"""People that each side must have before sharing none of them means something."""
RENAMED_ROWS, RENAMED_PEOPLE = 3, 2
"""Common rows, and people who said them, before groups of different names are one."""

_ZONES = ("named", "file", "default")


class Known:
    """What the comparison asks of a chat with keys, each computed once however many others it is compared with."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat

    @property
    def name(self) -> str:
        """What the group is called; "" where only the file is."""
        return "" if self.chat.by_file else self.chat.group.strip()

    @cached_property
    def people(self) -> frozenset[str]:
        """Everybody's identities and names."""
        rows = self.chat.rows
        return frozenset(rows["sender"].drop_nulls()) | set(rows["name"].drop_nulls()) | set(self.chat.members["id"])

    @cached_property
    def speakers(self) -> int:
        """How many identities there are."""
        return self.chat.rows["sender"].n_unique()

    @cached_property
    def look(self) -> npt.NDArray[np.uint64]:
        """Hashes of all keys, and of who said what: rows in common have one in common, in whatever zone."""
        rows = self.chat.rows
        said = rows.select(pl.struct(pl.col("name").fill_null(""), pl.col("text").str.strip_chars()).hash().alias("h"))
        return np.unique(np.concatenate([rows["key"].hash().to_numpy(), said["h"].to_numpy()]))

    @cached_property
    def renames(self) -> list[str]:
        """What notices say of a new name of the group."""
        rows = self.chat.rows
        return rows.filter(pl.col("kind") == "group_rename")["text"].unique().to_list()

    def became(self, name: str) -> bool:
        """Whether a notice tells the name as a whole: in quotation marks, or at its end."""
        if not self.renames:
            return False
        exact = re.escape(name)
        whole = re.compile(rf"""[“"「『'‘]{exact}[”"」』'’]|(?:\s|为|為|成|[:：]){exact}\s*[.。]?$""")
        return any(whole.search(text) for text in self.renames)


def best_zone(chats: Sequence[Chat]) -> tuple[str, str]:
    """The zone that is known best, and where from: files of one group lend each other theirs."""
    return min(((c.zone, c.zone_source) for c in chats), key=lambda z: (_ZONES.index(z[1]), z[0]))


def like(one: Known, other: Known) -> int:
    """`NO`, `GUESS` or `YES`."""
    a, b = one.chat, other.chat
    if a.network != b.network and "other" not in (a.network, b.network):
        return NO
    if a.group_id and b.group_id:
        return YES if a.group_id == b.group_id else NO
    other_name = bool(one.name and other.name and one.name != other.name)
    renamed = other_name and (one.became(other.name) or other.became(one.name))
    strangers = np.intersect1d(one.look, other.look, assume_unique=True).size == 0
    shared, fewer = len(one.people & other.people), min(one.speakers, other.speakers)
    foreign = fewer >= PEOPLE and 5 * shared < fewer
    if strangers and ((other_name and not renamed) or (foreign and not (one.name and other.name))):
        return NO
    common, smaller = _common(a, b)
    if common.height and 5 * common.height >= smaller and not other_name:
        return YES
    much = common.height >= RENAMED_ROWS and 2 * common.height >= smaller
    if other_name and much and common["name"].drop_nulls().n_unique() >= RENAMED_PEOPLE:
        return YES
    apart = smaller >= ENOUGH and common.is_empty()
    if one.name and other.name:
        return YES if (renamed or not other_name) and not (apart and 2 * shared < fewer) else NO
    return NO if apart or foreign else GUESS


def _common(one: Chat, other: Chat) -> tuple[pl.DataFrame, int]:
    """The rows of `other` that are in both, and how many rows the smaller has, in the time that both cover."""
    zone, source = best_zone([one, other])
    a, b = reread(one, zone, source).rows, reread(other, zone, source).rows
    if a.is_empty() or b.is_empty():
        return b.clear(), 0
    begin, end = max(a["time"].min(), b["time"].min()), min(a["time"].max(), b["time"].max())  # type: ignore[type-var]
    inside = pl.col("time").is_between(pl.lit(begin).dt.truncate("1m"), pl.lit(end).dt.offset_by("1m"))
    mine, theirs = a.filter(inside), b.filter(inside)
    if mine.is_empty() or theirs.is_empty():
        return theirs.clear(), 0
    seen = theirs.join(unseen(mine, theirs).select("key"), on="key", how="anti")
    both = seen.join(mine.select("key", "time", "name", "sender", "text"), on="key", suffix="_there")
    said = pl.col("text") == pl.col("text_there")
    by = (pl.col("name") == pl.col("name_there")).fill_null(False) | pl.col("sender").eq_missing(pl.col("sender_there"))
    then = pl.col("time").dt.truncate("1m") == pl.col("time_there").dt.truncate("1m")
    numbered = both.filter(~((said & by) | (then & (said | by))))
    return seen.join(numbered.select("key"), on="key", how="anti"), min(mine.height, theirs.height)
