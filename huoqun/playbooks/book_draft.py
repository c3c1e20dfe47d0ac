"""The draft (草稿): a playbook of a workspace's own as it is being written, with every text it ever had.

Whatever is typed is kept, also what is no playbook yet. Each change is a `Revision`; what two people write at the same
time never replaces one another: who comes second is told, and their text lies aside in the history. A version that is
kept (`Edition`) never changes.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    BooleanField,
    CharField,
    DateTimeField,
    ForeignKey,
    PositiveIntegerField,
    QuerySet,
    TextField,
    UniqueConstraint,
)

from huoqun.base.table import Table
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.staff import Staff
from huoqun.people.workspace import Workspace
from huoqun.playbooks import playbook, yaml_lines, yaml_splice
from huoqun.playbooks.playbook import Seen
from huoqun.playbooks.run import Edition, edition_of
from huoqun.playbooks.yaml_lines import Mistake

LONGEST = 200_000
"""Characters of a playbook that somebody writes here; the largest of the library has a quarter of it."""
IN_ONE_GO = timedelta(minutes=10)
"""Without a longer pause than this between two of them, what is typed is one change for the log."""
KEPT = 300
"""Revisions kept of a draft; versions are kept for ever."""
TYPED, COPIED, CHANGED, UNDONE, REDONE, RESTORED, ASIDE, BROUGHT, VERSION = (
    *("typed", "copied", "changed", "undone", "redone", "restored", "aside", "brought", "version"),
)
"""How a text came to be: typed, copied, changed on the timeline, undone, brought back from the history, laid aside
because somebody else had changed it meanwhile, brought in as a file, numbered anew when a version was kept."""


class Draft(Table):
    """A playbook of a workspace's own (自己的打法)."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="drafts")
    book = CharField(max_length=40)
    """The id it says of itself; it stays the same."""
    text = TextField()
    revision = PositiveIntegerField(default=1)
    """The number of the text that stands."""
    source = CharField(max_length=40, default="")
    """The playbook it was copied from."""
    changed = DateTimeField()
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")
    removed = DateTimeField(null=True)

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["workspace", "book"], name="draft_once")]

    def seen(self) -> Seen:
        """What its text says so far, with what is wrong with it."""
        return see(self.text, self.book)


class Revision(Table):
    """A text that a draft has had, or was given while it had another (`aside`)."""

    draft = ForeignKey(Draft, CASCADE, related_name="revisions")
    number = PositiveIntegerField()
    before = PositiveIntegerField(default=0)
    """What undoing leads back to; 0: nothing is before it."""
    how = CharField(max_length=10)
    what = CharField(max_length=200, default="")
    """Which step, or which playbook."""
    text = TextField()
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")
    current = BooleanField(default=True)
    """It stood once; false: it lies aside."""

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["draft", "number"], name="revision_once")]


class Crossed(Exception):
    """Somebody else has changed it meanwhile; `aside` is the revision under which the other text is kept."""

    def __init__(self, aside: Revision | None, newest: Revision) -> None:
        super().__init__("crossed")
        self.aside, self.newest = aside, newest


class TooLong(ValueError):
    """More than LONGEST characters."""


class Taken(ValueError):
    """Another playbook has this id."""


class Unfinished(ValueError):
    """It has mistakes still: it can be kept as a draft, not as a version."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("unfinished")
        self.mistakes = mistakes


class Nothing(ValueError):
    """There is nothing to be done: nothing to undo, nothing new to keep."""


# -- reads


def drafts_for(staff: Staff) -> QuerySet[Draft]:
    """The playbooks of the workspace's own."""
    return Draft.objects.filter(workspace=staff.workspace).select_related("workspace").order_by("-changed", "pk")


def see(text: str, book: str) -> Seen:
    """What a text says; that it says another id than the draft's is a mistake too."""
    seen = playbook.see(text)
    if seen.book is None or seen.book.id in {book, "untitled"}:
        return seen
    line = yaml_lines.line_of(("id",), seen.lines)
    wrong = Mistake(line, "id", f"this playbook is called {book}; copy it to have another")
    return Seen(seen.book, sorted([*seen.mistakes, wrong], key=lambda m: m.line), seen.lines, seen.numbers)


def history(draft: Draft) -> QuerySet[Revision]:
    """Every text it had, newest first."""
    return draft.revisions.select_related("by").order_by("-number")


def newest(draft: Draft) -> Revision:
    """The revision that stands."""
    return draft.revisions.get(number=draft.revision)


def as_typed(text: str, like: str = "") -> str:
    """What a browser sends, with the ends of lines of the text it was."""
    told = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    return told.replace("\n", "\r\n") if "\r\n" in like else told


# -- writes


def begin(
    workspace: Workspace, book: str, text: str, *, how: str, source: str = "", by: Account, now: datetime
) -> Draft:
    """A new playbook of the workspace's own. Raises Taken, TooLong."""
    if len(text) > LONGEST:
        raise TooLong
    row = Draft(workspace=workspace, book=book, text=text, source=source, changed=now, by=by, created=now)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            Revision.objects.create(draft=row, number=1, how=how, what=source, text=text, by=by, created=now)
            audit.note(workspace, "playbook.begin", by=by, on=row.pk, title=book, after={"source": source}, now=now)
    except IntegrityError as error:
        raise Taken from error
    return row


def write(
    draft: Draft, text: str, revision: int, *, how: str = TYPED, what: str = "", by: Account, now: datetime
) -> Revision:
    """Put another text in its place, if nobody else has since `revision`. The same text changes nothing. Raises
    Crossed, with the text laid aside; TooLong."""
    if len(text) > LONGEST:
        raise TooLong
    with transaction.atomic():
        row = Draft.objects.select_for_update().get(pk=draft.pk)
        if row.text == text:
            found = newest(row)
        elif row.revision != revision:
            aside, found = _aside(row, text, revision, by, now), newest(row)
        else:
            aside, found = None, _put(row, text, row.revision, how, what, by, now)
    draft.text, draft.revision, draft.changed, draft.by = row.text, row.revision, row.changed, row.by
    if found.text != text:
        raise Crossed(aside, found)
    return found


def undo(draft: Draft, revision: int, *, by: Account, now: datetime) -> Revision:
    """Back to the text before the last change; once more goes back further. Raises Crossed, Nothing."""
    with transaction.atomic():
        row = Draft.objects.select_for_update().get(pk=draft.pk)
        stands = newest(row)
        if row.revision != revision:
            raise Crossed(None, stands)
        goal = row.revisions.filter(number=stands.before).first()
        if goal is None:
            raise Nothing
        found = _put(row, goal.text, goal.before, UNDONE, stands.what, by, now)
    draft.text, draft.revision, draft.changed, draft.by = row.text, row.revision, row.changed, row.by
    return found


def redo(draft: Draft, revision: int, *, by: Account, now: datetime) -> Revision:
    """What the last undo took away stands again; once more goes further forward, until something else is changed.
    Raises Crossed, Nothing."""
    with transaction.atomic():
        row = Draft.objects.select_for_update().get(pk=draft.pk)
        stands = newest(row)
        if row.revision != revision:
            raise Crossed(None, stands)
        goal = _undone_by(row, stands)
        if goal is None:
            raise Nothing
        found = _put(row, goal.text, goal.before, REDONE, str(goal.number), by, now)
    draft.text, draft.revision, draft.changed, draft.by = row.text, row.revision, row.changed, row.by
    return found


def _undone_by(row: Draft, stands: Revision) -> Revision | None:
    """What stood before an undo: the text before it in the history. What an undo was redone to is that undo."""
    meant: Revision | None = stands
    while meant is not None and meant.how == REDONE:
        meant = row.revisions.filter(number=int(meant.what)).first()
    if meant is None or meant.how != UNDONE:
        return None
    return row.revisions.filter(current=True, number__lt=meant.number).order_by("-number").first()


def restore(draft: Draft, number: int, *, by: Account, now: datetime) -> Revision:
    """A text of the history, or one that lay aside, stands again; it can be undone. Raises Nothing."""
    with transaction.atomic():
        row = Draft.objects.select_for_update().get(pk=draft.pk)
        goal = row.revisions.filter(number=number).first()
        if goal is None or goal.text == row.text:
            raise Nothing
        found = _put(row, goal.text, row.revision, RESTORED, str(number), by, now)
    draft.text, draft.revision, draft.changed, draft.by = row.text, row.revision, row.changed, row.by
    return found


def keep(draft: Draft, revision: int, *, by: Account, now: datetime) -> Edition:
    """Keep what stands as a version: its number becomes the next one, its text never changes again. Raises
    Unfinished, Crossed, Nothing where the last version says the same."""
    with transaction.atomic():
        row = Draft.objects.select_for_update().get(pk=draft.pk)
        if row.revision != revision:
            raise Crossed(None, newest(row))
        seen = row.seen()
        if seen.mistakes or seen.book is None:
            raise Unfinished(seen.mistakes)
        last = Edition.objects.filter(workspace=row.workspace, book=row.book).order_by("-version", "-created").first()
        if last is not None and (last.text == row.text or _numbered(row.text, last.version) == last.text):
            raise Nothing
        if last is not None and seen.book.version <= last.version:
            text = _numbered(row.text, last.version + 1)
            _put(row, text, row.revision, VERSION, str(last.version + 1), by, now)
        kept = edition_of(row.workspace, row.text, by=by, now=now)
        told = {"version": kept.version}
        audit.note(row.workspace, "playbook.keep", by=by, on=row.pk, title=row.book, after=told, now=now)
    draft.text, draft.revision, draft.changed, draft.by = row.text, row.revision, row.changed, row.by
    return kept


def remove(draft: Draft, *, by: Account, now: datetime) -> None:
    """Off the list; runs go on, versions stay, and it can be brought back."""
    Draft.objects.filter(pk=draft.pk).update(removed=now)
    audit.note(draft.workspace, "playbook.remove", by=by, on=draft.pk, title=draft.book, now=now)


def bring_back(draft: Draft, *, by: Account, now: datetime) -> None:
    """On the list again."""
    Draft.objects.filter(pk=draft.pk).update(removed=None)
    audit.note(draft.workspace, "playbook.bring_back", by=by, on=draft.pk, title=draft.book, now=now)


def _numbered(text: str, version: int) -> str:
    return yaml_splice.put(text, ("version",), version)


def _put(row: Draft, text: str, before: int, how: str, what: str, by: Account, now: datetime) -> Revision:
    """The next revision, which stands from now on."""
    number = _next(row)
    found = Revision(draft=row, number=number, before=before, how=how, what=what[:200], text=text, by=by, created=now)
    found.save(force_insert=True)
    row.text, row.revision, row.changed, row.by = text, number, now, by
    row.save(update_fields=["text", "revision", "changed", "by"])
    _note(row, found, now)
    old = row.revisions.filter(current=True, number__lte=number - KEPT)
    old.delete()
    return found


def _note(row: Draft, new: Revision, now: datetime) -> None:
    """In the log; of what somebody types in one go once, for the history has every text of it."""
    before = row.revisions.filter(current=True, number__lt=new.number).order_by("-number").first()
    if before and new.how == before.how == TYPED and before.by_id == new.by_id and now - before.created < IN_ONE_GO:
        return
    audit.note(
        row.workspace, "playbook.write", by=new.by, on=row.pk, title=row.book, after={"number": new.number}, now=now
    )


def _aside(row: Draft, text: str, revision: int, by: Account, now: datetime) -> Revision:
    """What somebody wrote on a text that is no more: one revision for all they type on it."""
    found = row.revisions.filter(current=False, by=by, before=revision).order_by("-number").first()
    if found is None:
        found = Revision(draft=row, number=_next(row), before=revision, how=ASIDE, by=by, current=False, created=now)
        found.text = text
        found.save(force_insert=True)
        return found
    found.text, found.created = text, now
    found.save(update_fields=["text", "created"])
    return found


def _next(row: Draft) -> int:
    last = row.revisions.order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1
