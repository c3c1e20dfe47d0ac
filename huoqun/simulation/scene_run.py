"""The method in the example: a run that begins today in the small group, and a playbook of the workspace's own."""

from datetime import datetime
from zoneinfo import ZoneInfo

from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.playbooks import book_draft, library, starting
from huoqun.playbooks.run import edition_of

BOOK, OWN = "weekly-feedback-day", "weekly-spotlight"


def method(group: Group, by: Account, now: datetime) -> None:
    """Begin the run, in every role whoever asked for the example, and copy a playbook. Call it in a transaction."""
    texts = dict(library.texts())
    edition = edition_of(group.workspace, texts[BOOK], by=by, now=now)
    people = dict.fromkeys(edition.playbook.roles, by.pk)
    begins = now.astimezone(ZoneInfo(group.zone)).date()
    starting.start(group, edition, begins=begins, values={}, people=people, by=by, now=now)
    text = texts[OWN].replace(f"id: {OWN}\n", f"id: our-{OWN}\n", 1)
    book_draft.begin(group.workspace, f"our-{OWN}", text, how=book_draft.COPIED, source=OWN, by=by, now=now)
