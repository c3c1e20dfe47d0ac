"""The reported: a network's notices as events, with the persons in them known by identity.

`chat/notice.py` tells what a line reports and whom it happened to; here it is added who did it, and names become
identities where the file tells them (`老王(10002)` by the number in brackets, others by who bears the name).
"""

import re
from collections.abc import Mapping

import polars as pl

from huoqun.chat.message import Kind
from huoqun.chat.notice import notice

_Q = "[\"“”「」『』']?"
_ACTORS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("recall", rf"^{_Q}(?P<who>.+?){_Q}\s*(?:已)?撤回"),
        ("recall", rf"^{_Q}(?P<who>.+?){_Q} (?:has )?recalled "),
        ("red_packet_opened", rf"^{_Q}(?P<who>.+?){_Q}\s*领取"),
        ("join", rf"^{_Q}(?P<who>.+?){_Q}\s*邀请"),
        ("join", rf"通过(?:扫描)?{_Q}(?P<who>[^\"“”]+?){_Q}\s*(?:的邀请|分享的)"),
        ("join", rf"^{_Q}(?P<who>.+?){_Q} invited "),
        ("remove", rf"^{_Q}(?P<who>.+?){_Q}\s*(?:将|把)"),
        ("remove", rf"被(?:管理员|群主)?\s*{_Q}(?P<who>.+?){_Q}\s*(?:移出|踢出|移除)"),
        ("remove", rf"^{_Q}(?P<who>.+?){_Q} removed "),
        ("group_rename", rf"^{_Q}(?P<who>.+?){_Q}\s*(?:已)?(?:修改|更改|变更|改|将|把)"),
        ("group_rename", rf"^{_Q}(?P<who>.+?){_Q} (?:changed|renamed) "),
        ("pin", rf"^{_Q}(?P<who>.+?){_Q}\s*(?:已)?(?:置顶|将|把)"),
    )
)
_OFFICES = frozenset(("管理员", "群主", "群管理员"))
"""Who acted, where the network names only the office: nobody by name."""
_NUMBER = re.compile(r"[(（](\d{4,12})[)）]$")

ME = frozenset(("你", "您", "You", "you", "我"))
"""How a network names the account that made the export."""


def told(lines: pl.DataFrame, known: Mapping[str, str], me: str | None = None) -> pl.DataFrame:
    """The events of notices: `lines` (with `text`) plus `kind`, `sender`, `name`, `subject`; one row per subject.

    `known` gives the identity behind a name; `me` is who the network calls "you".
    """
    names = {identity: name for name, identity in known.items()}
    table = []
    for text in lines["text"].unique().to_list():
        seen = notice(text)
        actor = _identity(_actor(seen.kind, text), known, me)
        subjects = [_identity(subject, known, me) for subject in seen.subjects] or [None]
        if seen.kind == "rename":
            actor = subjects[0]
        shown = seen.new_name if seen.kind == "rename" else names.get(actor, actor) if actor else None
        table.append((text, seen.kind, actor, shown, subjects))
    events = pl.DataFrame(table, schema=_EVENT, orient="row")
    plain = lines.drop("kind", "sender", "name", "subject", strict=False)
    return plain.join(events, on="text", how="left", maintain_order="left").explode("subject")


_EVENT = pl.Schema(
    {"text": pl.String(), "kind": Kind, "sender": pl.String(), "name": pl.String(), "subject": pl.List(pl.String())}
)


def _actor(kind: str, text: str) -> str | None:
    for of, pattern in _ACTORS:
        found = pattern.search(text) if of == kind and len(text) <= 300 else None
        if found:
            return found["who"].strip()
    return None


def _identity(person: str | None, known: Mapping[str, str], me: str | None) -> str | None:
    if not person or person in _OFFICES:
        return None
    if person in ME:
        return me
    number = _NUMBER.search(person)
    return number[1] if number else known.get(person, person)
