"""The bookcase: every playbook of a workspace, those that come with Huoqun and its own, and the text of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from django.db.models import Count, Q

from huoqun.people.staff import Staff, groups_for
from huoqun.people.workspace import Workspace
from huoqun.playbooks import library
from huoqun.playbooks.book_draft import Draft
from huoqun.playbooks.playbook import Playbook
from huoqun.playbooks.run import PAUSED, RUNNING, Edition, Run


@dataclass(frozen=True)
class Shelved:
    """A playbook on the list. `book`: what it says, None where its draft cannot be read at all; `draft`: where the
    workspace writes it; `kept`: its newest version, None where none was kept yet."""

    id: str
    book: Playbook | None
    draft: Draft | None = None
    kept: int | None = None
    running: int = 0
    runs: int = 0


def shelved(staff: Staff) -> list[Shelved]:
    """All of them, the workspace's own first; with the runs that somebody may see."""
    runs = _runs(staff)
    kept = _versions(staff.workspace)
    found = []
    for draft in Draft.objects.filter(workspace=staff.workspace, removed=None).order_by("-changed", "pk"):
        book = draft.seen().book
        found.append(Shelved(draft.book, book, draft, kept.get(draft.book), *runs.get(draft.book, (0, 0))))
    for name, book in library.playbooks().items():
        found.append(Shelved(name, book, None, book.version, *runs.get(name, (0, 0))))
    return found


def text_of(workspace: Workspace, id: str) -> str | None:
    """The text by which a run of a playbook begins now: that of the library, or the newest version that was kept of
    the workspace's own. None: there is no such playbook, or no version of it yet."""
    if id in library.playbooks():
        return dict(library.texts())[id]
    if not Draft.objects.filter(workspace=workspace, book=id, removed=None).exists():
        return None
    found = editions(workspace, id)
    return found[0].text if found else None


def editions(workspace: Workspace, id: str) -> list[Edition]:
    """Every version of a playbook that the workspace has kept or run, newest first."""
    found = Edition.objects.filter(workspace=workspace, book=id).select_related("by")
    return list(found.order_by("-version", "-created"))


def behind(staff: Staff, id: str) -> list[Run]:
    """The runs that go on with another text than a run begun now would have; nothing changes them."""
    now = text_of(staff.workspace, id)
    there = Run.objects.filter(workspace=staff.workspace, book=id, state__in=(RUNNING, PAUSED))
    there = there.filter(group__in=groups_for(staff), group__removed=None)
    if now is not None:
        there = there.exclude(edition__digest=sha256(now.encode()).hexdigest())
    return list(there.select_related("group", "edition").order_by("-begins", "group__name")[:SHOWN])


SHOWN = 300
"""Runs of a list."""


def _runs(staff: Staff) -> Mapping[str, tuple[int, int]]:
    """By playbook, how many runs go on, and how many there ever were."""
    seen = Run.objects.filter(workspace=staff.workspace, group__in=groups_for(staff), group__removed=None)
    going = Count("pk", filter=Q(state__in=(RUNNING, PAUSED)))
    counted = seen.values("book").annotate(going=going, every=Count("pk")).order_by()
    return {book: (now, every) for book, now, every in counted.values_list("book", "going", "every")}


def _versions(workspace: Workspace) -> Mapping[str, int]:
    told = Edition.objects.filter(workspace=workspace).order_by("version").values_list("book", "version")
    return dict(told)
