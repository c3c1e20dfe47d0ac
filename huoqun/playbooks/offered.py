"""The playbooks on offer: what a workspace can start. One function, so that own playbooks have one place to come in."""

from huoqun.people.workspace import Workspace
from huoqun.playbooks import library
from huoqun.playbooks.playbook import Playbook
from huoqun.playbooks.run import Edition

Offer = tuple[Playbook, str]
"""A playbook and the text it was read from."""


def offered(workspace: Workspace) -> dict[str, Offer]:
    """By id, the newest version of every playbook there is for a workspace: those that come with Huoqun, and newer or
    other ones that the workspace has kept."""
    shipped = library.playbooks()
    found: dict[str, Offer] = {name: (shipped[name], text) for name, text in library.texts()}
    for edition in Edition.objects.filter(workspace=workspace).order_by("version", "created"):
        there = found.get(edition.book)
        if there is None or there[0].version < edition.version:
            found[edition.book] = (edition.playbook, edition.text)
    return found


def newer(edition: Edition, known: dict[str, Offer]) -> int | None:
    """The version that has come out since, where there is one; a run keeps the one it began with."""
    found = known.get(edition.book)
    return found[0].version if found and found[0].version > edition.version else None
