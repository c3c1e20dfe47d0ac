"""The intake: several files of one group become one history; files of different groups are refused.

Rows with the same key are one row, and `chat/twin.py` finds those that two exporters keyed differently. Files are
taken in an order of their own (ids first, then the oldest export first), so it does not matter in which order they are
given, and the words of a message are those of the oldest export: what people answered to, not what it was edited into.
Senders whom one file calls by name and another by id get the id, where the name was borne by one person only.

**Whether two files are of one group** is decided by the first of these that says something:

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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from huoqun.chat.identity import join_renames
from huoqun.chat.key import is_digest, with_keys
from huoqun.chat.message import MEMBERS, Chat
from huoqun.chat.recognise import read_file, read_source
from huoqun.chat.record_lines import on_lines
from huoqun.chat.refusal import NotAChat
from huoqun.chat.reread import reread
from huoqun.chat.source import open_source
from huoqun.chat.twin import NEEDED, unseen

ENOUGH = 10
"""Rows that each side must have in the common time before nothing in common means something."""
PEOPLE = 3
"""People that each side must have before sharing none of them means something."""
RENAMED_ROWS, RENAMED_PEOPLE = 3, 2
"""Common rows, and people who said them, before groups of different names are one."""
NO, GUESS, YES = 0, 1, 2
"""Whether two histories are of one group."""

NAMES_DIFFER = "names_differ"
"""Note of a chat whose files call the group by different names."""

_ZONES = ("named", "file", "default")
_NEVER = datetime(9999, 1, 1)  # noqa: DTZ001  naive by contract


class DifferentGroups(Exception):
    """The files are of different groups; the arguments are two of the names."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(first, second)
        self.first, self.second = first, second

    def __str__(self) -> str:
        return f"{self.first or 'unnamed'} and {self.second or 'unnamed'}"


@dataclass(frozen=True)
class _Told:
    """A chat and whether its name is only that of its file."""

    chat: Chat
    by_file: bool = False

    @property
    def name(self) -> str:
        return "" if self.by_file else self.chat.group.strip()


def read(paths: Iterable[Path], *, zone: str | None = None) -> Chat:
    """The one group of these files. Raises NotAChat, or DifferentGroups where they are of several."""
    return join_renames(_one(_all(paths, zone)))


def read_groups(paths: Iterable[Path], *, zone: str | None = None) -> list[Chat]:
    """Every group of these files, each merged from all files that are of it. Raises NotAChat."""
    return [join_renames(_merged(part)) for part in _parts(_all(paths, zone))]


def read_apart(path: Path, *, zone: str | None = None) -> list[Chat]:
    """Every chat of one file for itself, each row with the line on which it stands there. Raises NotAChat.

    Of a bundle of several files there is none: their lines would be mixed up.
    """
    source = open_source(path)
    chats = on_lines(read_source(source, zone=zone), source.data)
    if not any(chat.rows.height for chat in chats):
        raise NotAChat(path.name, "no_message", skipped=sum(len(chat.skipped) for chat in chats))
    return [] if source.parts else [join_renames(with_keys(chat)) for chat in chats]


def merge(chats: Sequence[Chat]) -> Chat:
    """One history from several of the same group. Raises DifferentGroups, and ValueError for none at all."""
    return _one([_Told(with_keys(chat)) for chat in chats])


def same_group(one: Chat, other: Chat) -> int:
    """`NO`, `GUESS` or `YES`: whether two histories are of one group (see the module's docstring). Both need keys."""
    return _same(_Told(one), _Told(other))


def _all(paths: Iterable[Path], zone: str | None) -> list[_Told]:
    told = []
    for path in paths:
        for chat in read_file(path, zone=zone):
            keyed = with_keys(chat)
            skipped = tuple(replace(skip, file=skip.file or path.name) for skip in keyed.skipped)
            by_file = chat.group.strip() in ("", path.name, path.name.split(".")[0])
            told.append(_Told(replace(keyed, skipped=skipped), by_file))
    return told


def _one(told: list[_Told]) -> Chat:
    if not told:
        raise ValueError("no chat at all")
    parts = _parts(told)
    if len(parts) > 1:
        raise DifferentGroups(parts[0][0].chat.group, parts[1][0].chat.group)
    return _merged(parts[0])


def _parts(told: list[_Told]) -> list[list[_Told]]:
    """The chats sorted out by group: who belongs to one belongs to all that belong to it. Guesses come last."""
    parts: list[list[_Told]] = []
    for each in sorted(told, key=lambda t: not t.name):
        likeness = [[_same(each, other) for other in part] for part in parts]
        mine = [part for part, like in zip(parts, likeness, strict=True) if YES in like]
        if not mine:
            mine = [part for part, like in zip(parts, likeness, strict=True) if GUESS in like and NO not in like][:1]
        parts = [part for part in parts if part not in mine] + [[*(t for part in mine for t in part), each]]
    return parts


def _same(one: _Told, other: _Told) -> int:
    a, b = one.chat, other.chat
    if a.network != b.network and "other" not in (a.network, b.network):
        return NO
    if a.group_id and b.group_id:
        return YES if a.group_id == b.group_id else NO
    zone, source = _zone([a, b])
    a, b = reread(a, zone, source), reread(b, zone, source)
    common, smaller = _common(a.rows, b.rows)
    other_name = bool(one.name and other.name and one.name != other.name)
    if common.height and 5 * common.height >= smaller and not other_name:
        return YES
    much = common.height >= RENAMED_ROWS and 2 * common.height >= smaller
    if other_name and much and common["name"].drop_nulls().n_unique() >= RENAMED_PEOPLE:
        return YES
    apart = smaller >= ENOUGH and common.is_empty()
    shared, fewer = _people_in_common(a, b)
    if one.name and other.name:
        named = not other_name or _renamed(a, other.name) or _renamed(b, one.name)
        return YES if named and not (apart and 2 * shared < fewer) else NO
    return GUESS if not apart and (fewer < PEOPLE or 5 * shared >= fewer) else NO


def _common(a: pl.DataFrame, b: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """The rows of `b` that are in both, and how many rows the smaller has, in the time that both cover."""
    if a.is_empty() or b.is_empty():
        return b.clear(), 0
    begin, end = max(a["time"].min(), b["time"].min()), min(a["time"].max(), b["time"].max())  # type: ignore[type-var]
    inside = pl.col("time").is_between(pl.lit(begin).dt.truncate("1m"), pl.lit(end).dt.offset_by("1m"))
    mine, theirs = a.filter(inside), b.filter(inside)
    if mine.is_empty():
        return theirs, 0
    seen = theirs.join(unseen(mine, theirs).select("key"), on="key", how="anti")
    both = seen.join(mine.select("key", "time", "name", "sender", "text"), on="key", suffix="_there")
    said = pl.col("text") == pl.col("text_there")
    by = (pl.col("name") == pl.col("name_there")).fill_null(False) | pl.col("sender").eq_missing(pl.col("sender_there"))
    then = pl.col("time").dt.truncate("1m") == pl.col("time_there").dt.truncate("1m")
    numbered = both.filter(~((said & by) | (then & (said | by))))
    return seen.join(numbered.select("key"), on="key", how="anti"), min(mine.height, theirs.height)


def _people_in_common(a: Chat, b: Chat) -> tuple[int, int]:
    one, two = (
        set(chat.rows["sender"].drop_nulls()) | set(chat.rows["name"].drop_nulls()) | set(chat.members["id"])
        for chat in (a, b)
    )
    return len(one & two), min(a.rows["sender"].n_unique(), b.rows["sender"].n_unique())


def _renamed(chat: Chat, name: str) -> bool:
    """Whether a notice tells the name as a whole: in quotation marks, or at its end."""
    said = chat.rows.filter(pl.col("kind") == "group_rename")["text"].unique().to_list()
    whole = re.compile(rf"""[“"「『'‘]{re.escape(name)}[”"」』'’]|(?:\s|为|為|成|[:：]){re.escape(name)}\s*[.。]?$""")
    return any(whole.search(text) for text in said)


def _merged(told: list[_Told]) -> Chat:
    chats = [each.chat for each in told]
    called = {each.name for each in told} - {""}
    zone, source = _zone(chats)
    chats = [reread(chat, zone, source) for chat in chats]
    chats = sorted(chats, key=_rank) if len(chats) > 1 else chats
    first = chats[0]
    rows = first.rows
    parts = [first]
    for chat in chats[1:]:
        more = unseen(rows.select(NEEDED), chat.rows)
        if more.height:
            rows = pl.concat([rows, more])
            parts.append(chat)
    if len(parts) > 1:
        rows = _by_id(rows, chats).with_columns(line=pl.lit(None, pl.Int64))
        rows = rows.sort("time", "order", "key").with_columns(
            order=pl.int_range(pl.len(), dtype=pl.Int32).over("time"),
        )
    newest = sorted(chats, key=lambda c: (c.exported_at or c.rows["time"].max() or _NEVER, c.group))
    return replace(
        first,
        format="+".join(sorted({f for c in chats for f in c.format.split("+")})),
        network=next((c.network for c in chats if c.network != "other"), "other"),
        group=next((c.group for c in reversed(newest) if c.group), ""),
        group_id=next((c.group_id for c in chats if c.group_id), None),
        zone=zone,
        zone_source=source,
        exported_at=max((c.exported_at for c in chats if c.exported_at), default=None),
        has_ids=all(c.has_ids for c in parts),
        rows=rows,
        members=_members(newest),
        owner=next((c.owner for c in reversed(newest) if c.owner), None),
        skipped=tuple(sorted({s for c in chats for s in c.skipped}, key=lambda s: (s.file or "", s.line, s.reason))),
        notes=tuple(sorted({note for c in chats for note in c.notes} | ({NAMES_DIFFER} if len(called) > 1 else set()))),
    )


def _zone(chats: Sequence[Chat]) -> tuple[str, str]:
    """The zone that is known best, and where from: files of one group lend each other theirs."""
    return min(((c.zone, c.zone_source) for c in chats), key=lambda z: (_ZONES.index(z[1]), z[0]))


def _rank(chat: Chat) -> tuple[object, ...]:
    """Ids before digests, then old before new; the rest only makes the order the same every time."""
    digest = chat.rows.select(is_digest(pl.col("key")).mean())["key"].item() or 0.0
    fingerprint = chat.rows.select(pl.struct("key", "text", "line").hash().sum()).item()
    return digest, chat.exported_at or _NEVER, chat.format, -chat.rows.height, chat.group, fingerprint


def _by_id(rows: pl.DataFrame, chats: list[Chat]) -> pl.DataFrame:
    """Names as identities give way to ids, where another file knows whose name it was."""
    pairs = pl.concat([_ids(chat.rows) for chat in chats]).unique().drop_nulls()
    sure = pairs.filter(pl.len().over("name") == 1)
    if sure.is_empty():
        return rows

    def known(column: pl.Expr) -> pl.Expr:
        return column.replace(sure["name"], sure["sender"])

    return rows.with_columns(
        known(pl.col("sender")),
        known(pl.col("subject")),
        pl.col("mentions").list.eval(known(pl.element())),
    )


def _ids(rows: pl.DataFrame) -> pl.DataFrame:
    """(name, sender) of the rows of a chat whose senders are not names."""
    is_name = pl.col("sender").is_in(rows["name"].unique().implode())
    return rows.filter(~is_name.fill_null(True)).select("name", "sender")


def _members(newest: list[Chat]) -> pl.DataFrame:
    """Who is listed anywhere: newest name and role, all other names as aliases."""
    if len(newest) == 1:
        return newest[0].members
    listed = pl.concat([c.members for c in newest])
    older = pl.col("aliases").list.explode(empty_as_null=False).append(pl.col("name")).drop_nulls().unique().sort()
    table = listed.group_by("id", maintain_order=True).agg(
        pl.col("name").drop_nulls().last(),
        pl.col("role").drop_nulls().last(),
        older.alias("aliases"),
    )
    table = table.with_columns(pl.col("aliases").list.set_difference(pl.concat_list("name")).list.sort())
    return table.cast(MEMBERS).select(MEMBERS.names())
