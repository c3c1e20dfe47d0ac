"""The mark: an event set on a group's pulse by hand, such as a guest talk, a launch or a holiday."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import CASCADE, BooleanField, CharField, DateTimeField, ForeignKey

from huoqun.base.clock import naive_utc
from huoqun.base.table import Table
from huoqun.insight import card
from huoqun.people.account import Account
from huoqun.people.display import visible
from huoqun.people.group import Group, changed, refresh

LONGEST_TITLE = 80
YEARS = range(1970, 2200)
"""Years a mark may lie in: no chat is older than the clock its messages count by."""


class BadMark(ValueError):
    """A mark needs a title, years that a chat can have, and an end after its beginning."""


class Mark(Table):
    """A mark (标记): from `start` to before `end`."""

    group = ForeignKey(Group, CASCADE, related_name="marks")
    start = DateTimeField()
    end = DateTimeField()
    title = CharField(max_length=LONGEST_TITLE)
    by_owner = BooleanField(default=True)


def add(
    group: Group,
    *,
    title: str,
    start: datetime,
    end: datetime,
    by_owner: bool,
    by: Account | None = None,
    now: datetime,
) -> Mark:
    """Set a mark; the same one given twice is one. `start` and `end` are aware, or naive on the group's wall clock.

    Raises BadMark.
    """
    title, start, end = _checked(group, title, start, end)
    with transaction.atomic():
        group = Group.objects.select_for_update(no_key=True).get(pk=group.pk)
        there = group.marks.filter(title=title, start=start, end=end, by_owner=by_owner).first()
        if there is not None:
            return there
        mark = Mark(group=group, title=title, start=start, end=end, by_owner=by_owner, created=now)
        mark.save(force_insert=True)
        refresh(group)
        changed(group, "mark.add", by=by, after=_told(mark), now=now)
    return mark


def change(
    mark: Mark,
    *,
    title: str,
    start: datetime,
    end: datetime,
    by_owner: bool,
    by: Account | None = None,
    now: datetime,
) -> None:
    """Say anew what a mark is and when. Raises BadMark."""
    title, start, end = _checked(mark.group, title, start, end)
    with transaction.atomic():
        group = Group.objects.select_for_update(no_key=True).get(pk=mark.group_id)
        before = _told(mark)
        mark.title, mark.start, mark.end, mark.by_owner = title, start, end, by_owner
        Mark.objects.filter(pk=mark.pk).update(title=title, start=start, end=end, by_owner=by_owner)
        refresh(group)
        changed(group, "mark.change", by=by, before=before, after=_told(mark), now=now)


def _checked(group: Group, title: str, start: datetime, end: datetime) -> tuple[str, datetime, datetime]:
    clock = ZoneInfo(group.zone)
    start, end = (t if t.tzinfo else t.replace(tzinfo=clock) for t in (start, end))
    title = " ".join(visible(title).split())[:LONGEST_TITLE]
    if not title or start.year not in YEARS or end.year not in YEARS or end <= start:
        raise BadMark
    return title, start, end


def add_known(group: Group, marks: Iterable[card.Mark], *, now: datetime) -> None:
    """Set the marks that come with a group, once."""
    if not group.marks.exists():
        clock = ZoneInfo("UTC")
        rows = [
            Mark(
                group=group,
                title=m.title[:LONGEST_TITLE],
                start=m.start.replace(tzinfo=clock),
                end=m.end.replace(tzinfo=clock),
                by_owner=m.by_owner,
                created=now,
            )
            for m in marks
        ]
        Mark.objects.bulk_create(rows)


def take_off(mark: Mark, *, by: Account | None = None, now: datetime) -> None:
    """Remove a mark."""
    with transaction.atomic():
        group = Group.objects.select_for_update(no_key=True).get(pk=mark.group_id)
        changed(group, "mark.remove", by=by, before=_told(mark), now=now)
        mark.delete()
        refresh(group)


def _told(mark: Mark) -> dict[str, str]:
    return {"title": mark.title, "start": mark.start.isoformat(), "end": mark.end.isoformat()}


def marks_of(group: Group) -> tuple[card.Mark, ...]:
    """The marks as INSIGHT reads them, oldest first."""
    return tuple(
        card.Mark(naive_utc(m.start), naive_utc(m.end), m.title, m.by_owner) for m in group.marks.order_by("start")
    )
