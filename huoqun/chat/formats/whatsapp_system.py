"""WhatsApp's system lines: joins, leaves, removals, renames, titles, and who founded the group."""

import re
from dataclasses import dataclass

import polars as pl

from huoqun.chat.formats.whatsapp_words import ENCRYPTED, MARKS, ME, SYSTEM
from huoqun.chat.message import Kind

_LONGEST = 300
"""Characters: no system line with a known pattern is longer; titles end at 100."""
_SPLIT = re.compile(r", | and |, and | & | y | und | et | e |、|和")
_PATTERNS = tuple((literal, kind, re.compile(pattern)) for literal, kind, pattern in SYSTEM)
_EVENT = pl.Schema(
    {
        "line": pl.Int64(),
        "local": pl.Datetime("us"),
        "sender": pl.String(),
        "name": pl.String(),
        "kind": Kind,
        "text": pl.String(),
        "subject": pl.String(),
    }
)


@dataclass(frozen=True)
class System:
    """What the system lines of a file tell."""

    events: pl.DataFrame
    title: str | None
    """The title set last."""
    founder: str | None
    """Who created the group, where it was not the phone's owner, whom the app only calls "You"."""


@dataclass(frozen=True)
class _Line:
    kind: str
    actor: str | None = None
    subjects: tuple[str, ...] = ()
    name: str | None = None
    title: str | None = None
    known: bool = True


def read_system(frame: pl.DataFrame, names: frozenset[str]) -> System:
    """The events of a frame (`whatsapp._frame`): its lines without a name, and the app's words under one of `names`."""
    lines = frame.filter(~pl.col("said") | pl.col("own"))
    lines = lines.with_columns(name=pl.when("said").then("name"))
    known: dict[str, _Line] = {}
    for text in lines["text"].unique().to_list():
        known[text] = understand(text, names)
    events: list[tuple[object, ...]] = []
    title: str | None = None
    founder: str | None = None
    for line, local, said, text in lines.select("line", "local", "name", "text").iter_rows():
        seen = known[text]
        title = seen.title or title
        if said and not seen.known and said != title:
            continue  # under a person's name, and nothing the app is known to say: a message
        if seen.kind == "system" and seen.title and seen.actor not in ME:
            founder = founder or seen.actor
        actor = seen.actor or (said if seen.kind == "system" and said else None)
        for subject in seen.subjects or (None,):
            events.append((line, local, actor, seen.name or actor, seen.kind, MARKS.sub("", text), subject))
    return System(pl.DataFrame(events, schema=_EVENT, orient="row"), title, founder)


def understand(text: str, names: frozenset[str] = frozenset()) -> _Line:
    """What a system line says. `names` are those of people who spoke: they are never split at an "and"."""
    line = MARKS.sub("", text).strip()
    if any(word in line for word in ENCRYPTED):
        return _Line("system")
    if len(line) > _LONGEST or "\n" in line:
        return _Line("system", known=False)
    for literal, kind, pattern in _PATTERNS:
        found = pattern.match(line) if literal in line else None
        if found:
            said = {key.rstrip("2"): _name(value) for key, value in found.groupdict().items() if value}
            subjects = _subjects(said.get("subject"), names)
            if kind == "rename":
                subjects = (said["actor"],)
            return _Line(kind, said.get("actor"), subjects, said.get("name"), said.get("title"))
    return _Line("system", known=False)


def _name(value: str) -> str:
    return re.sub("^~[ \u202f\u00a0]*", "", value).strip()


def _subjects(written: str | None, names: frozenset[str]) -> tuple[str, ...]:
    if not written:
        return ()
    if written in names:
        return (written,)
    return tuple(_name(part) for part in _SPLIT.split(written) if part.strip())
