"""The owner: who answers for the group, and how that is known."""

import polars as pl

from huoqun.chat.message import Chat, people_messages


class NobodyByThatName(Exception):
    """Nobody in the group is called that."""


def owner_of(chat: Chat, named: str | None = None) -> tuple[str | None, str]:
    """Identity of the owner and its source: `file`, `named` or `guess`; (None, "guess") where nobody ever spoke.

    The file's roles win; then the name (or identity) the operator gives; else the person who spoke on most days,
    ties going to more messages and then to the earlier first message. The guess is one: findings about the owner
    are not made from it. Raises NobodyByThatName.
    """
    if chat.owner is not None:
        return chat.owner, "file"
    if named is not None:
        return _by_name(chat, named.strip()), "named"
    said = people_messages(chat.rows).filter(pl.col("sender").is_not_null())
    if not said.height:
        return None, "guess"
    days = said.group_by("sender").agg(
        pl.col("local").dt.date().n_unique().alias("days"), pl.len().alias("count"), pl.col("time").min().alias("first")
    )
    best = days.sort(["days", "count", "first", "sender"], descending=[True, True, False, False])
    return str(best["sender"][0]), "guess"


def _by_name(chat: Chat, named: str) -> str:
    """The identity that is `named`, else whoever bore the name last, else who is listed under it or had it once."""
    spoke = chat.rows.filter(pl.col("sender").is_not_null())
    for found in (
        spoke.filter(pl.col("sender") == named)["sender"],
        spoke.filter(pl.col("name") == named)["sender"],
        chat.members.filter(pl.col("name") == named)["id"],
        chat.members.filter(pl.col("aliases").list.contains(named))["id"],
    ):
        if len(found):
            return str(found[-1])
    raise NobodyByThatName(named)


def staff_of(chat: Chat, owner: str | None, source: str) -> frozenset[str]:
    """The team as far as the file tells: its owner and admins, and an owner somebody named."""
    listed = chat.members.filter(pl.col("role").is_in(["owner", "admin"]))["id"].to_list()
    return frozenset(listed) | (frozenset((owner,)) if owner and source != "guess" else frozenset())
