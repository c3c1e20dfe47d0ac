"""The playbooks on offer: what a workspace can start. One function, so that own playbooks have one place to come in.

What lists say of a playbook stands before its steps, and only that is read for them: to read all of the library is a
matter of seconds, its heads take a twentieth of that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any

from huoqun.people.workspace import Workspace
from huoqun.playbooks import library, yaml_lines
from huoqun.playbooks.book_draft import Draft
from huoqun.playbooks.playbook import Playbook
from huoqun.playbooks.run import KEPT, Edition

_NEEDED = frozenset({"id", "version", "title", "about", "fits", "stages", "days", "roles"})


@dataclass(frozen=True)
class Offer:
    """A playbook that can be started: its text, read as far as somebody needs it."""

    id: str
    version: int
    text: str

    @property
    def head(self) -> Mapping[str, Any]:
        """What it says before its steps, as the file has it: title, about, fits, stages, days, roles."""
        return _head(self.text)

    @property
    def playbook(self) -> Playbook:
        """All of it."""
        return _whole(self.text)


def offered(workspace: Workspace) -> dict[str, Offer]:
    """By id, the newest version of every playbook there is for a workspace: those that come with Huoqun, and newer or
    other ones that the workspace has kept and not taken off its list."""
    found = dict(_shipped())
    gone = Draft.objects.filter(workspace=workspace, removed__isnull=False).values("book")
    kept = Edition.objects.filter(workspace=workspace).exclude(book__in=gone).order_by("version", "created")
    for name, version, text in kept.values_list("book", "version", "text"):
        there = found.get(name)
        if there is None or there.version < version:
            found[name] = Offer(name, version, text)
    return found


def newer(edition: Edition, known: Mapping[str, Offer]) -> int | None:
    """The version that has come out since, where there is one; a run keeps the one it began with."""
    found = known.get(edition.book)
    return found.version if found and found.version > edition.version else None


@cache
def _shipped() -> dict[str, Offer]:
    return {name: Offer(name, int(_head(text)["version"]), text) for name, text in library.texts()}


@lru_cache(maxsize=KEPT)
def _head(text: str) -> Mapping[str, Any]:
    """The fields before the steps; of a text that has them elsewhere, those of the whole."""
    try:
        told = yaml_lines.read(text.partition("\nsteps:")[0])[0]
    except yaml_lines.Unread:
        told = None
    if isinstance(told, dict) and told.keys() >= _NEEDED:
        return told
    return _whole(text).model_dump(exclude={"steps"})


def _whole(text: str) -> Playbook:
    return Edition(text=text, digest=sha256(text.encode()).hexdigest()).playbook
