"""The intake: several files of one group become one history; files of different groups are refused.

Rows with the same key are one row, and `chat/twin.py` finds those that two exporters keyed differently. Files are
taken in an order of their own (ids first, then the oldest export first), so it does not matter in which order they are
given, and the words of a message are those of the oldest export: what people answered to, not what it was edited into.
Senders whom one file calls by name and another by id get the id, where the name was borne by one person only.
Whether two files are of one group is `chat/likeness.py`'s business.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import polars as pl

from huoqun.chat.identity import join_renames
from huoqun.chat.key import is_digest, with_keys
from huoqun.chat.likeness import GUESS, NO, YES, Known, best_zone, like
from huoqun.chat.message import MEMBERS, Chat
from huoqun.chat.quotation import linked
from huoqun.chat.recognise import read_file, read_source
from huoqun.chat.record_lines import on_lines
from huoqun.chat.refusal import NotAChat
from huoqun.chat.reread import reread
from huoqun.chat.source import open_source
from huoqun.chat.twin import NEEDED, unseen

NAMES_DIFFER = "names_differ"
"""Note of a chat whose files call the group by different names."""

_NEVER = datetime(9999, 1, 1)  # noqa: DTZ001  naive by contract


class DifferentGroups(Exception):
    """The files are of different groups; the arguments are two of the names."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(first, second)
        self.first, self.second = first, second

    def __str__(self) -> str:
        return f"{self.first or 'unnamed'} and {self.second or 'unnamed'}"


def read(paths: Iterable[Path], *, zone: str | None = None) -> Chat:
    """The one group of these files. Raises NotAChat, or DifferentGroups where they are of several."""
    return join_renames(linked(_one(_all(paths, zone))))


def read_groups(paths: Iterable[Path], *, zone: str | None = None) -> list[Chat]:
    """Every group of these files, each merged from all files that are of it. Raises NotAChat."""
    return [join_renames(linked(_merged(part))) for part in _parts(_all(paths, zone))]


def read_apart(path: Path, *, zone: str | None = None) -> list[Chat]:
    """Every chat of one file for itself, each row with the line on which it stands there. Raises NotAChat.

    Of a bundle of several files there is none: their lines would be mixed up.
    """
    source = open_source(path)
    chats = on_lines(read_source(source, zone=zone), source.data)
    if not any(chat.rows.height for chat in chats):
        raise NotAChat(path.name, "no_message", skipped=sum(len(chat.skipped) for chat in chats))
    return [] if source.parts else [join_renames(linked(with_keys(chat))) for chat in chats]


def merge(chats: Sequence[Chat]) -> Chat:
    """One history from several of the same group. Raises DifferentGroups, and ValueError for none at all."""
    return _one([with_keys(chat) for chat in chats])


def _all(paths: Iterable[Path], zone: str | None) -> list[Chat]:
    told = []
    for path in paths:
        for chat in read_file(path, zone=zone):
            keyed = with_keys(chat)
            skipped = tuple(replace(skip, file=skip.file or path.name) for skip in keyed.skipped)
            told.append(replace(keyed, skipped=skipped))
    return told


def _one(told: list[Chat]) -> Chat:
    if not told:
        raise ValueError("no chat at all")
    parts = _parts(told)
    if len(parts) > 1:
        raise DifferentGroups(parts[0][0].group, parts[1][0].group)
    return _merged(parts[0])


def _parts(told: list[Chat]) -> list[list[Chat]]:
    """The chats sorted out by group: who belongs to one belongs to all that belong to it. Guesses come last."""
    parts: list[list[Known]] = []
    for each in sorted(map(Known, told), key=lambda known: not known.name):
        likeness = [[like(each, other) for other in part] for part in parts]
        mine = [number for number, found in enumerate(likeness) if YES in found]
        if not mine:
            mine = [number for number, found in enumerate(likeness) if GUESS in found and NO not in found][:1]
        joined = [*(known for number in mine for known in parts[number]), each]
        parts = [part for number, part in enumerate(parts) if number not in mine] + [joined]
    return [[known.chat for known in part] for part in parts]


def _merged(chats: list[Chat]) -> Chat:
    called = {Known(chat).name for chat in chats} - {""}
    zone, source = best_zone(chats)
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
    named = max(enumerate(newest), key=lambda c: (bool(c[1].group), not c[1].by_file, c[0]))[1]
    return replace(
        first,
        format="+".join(sorted({f for c in chats for f in c.format.split("+")})),
        network=next((c.network for c in chats if c.network != "other"), "other"),
        group=named.group,
        by_file=named.by_file,
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
