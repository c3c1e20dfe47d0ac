"""The card of a task: what is to be done, with what at hand, until when, how it is proved; and what a form does with
it."""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from huoqun.base.image import NoImage
from huoqun.people import picture, staff, task
from huoqun.people.account import Account
from huoqun.people.task import NoProof, Task
from huoqun.web import put_off, query
from huoqun.web.gate import Asked
from huoqun.web.said import why

_OURS = re.compile(r"(?<![\w/])/(?:m|d)/[\w\-.:=]+/?")
"""Addresses of ours without a host, as steps write them that know none."""


class NotSo(ValueError):
    """What the form asks cannot be done; the message says why."""


@dataclass(frozen=True)
class Card:
    """A task as pages show it. `wrong`: why what was just asked could not be done; `typed`: what had been typed."""

    row: Task
    ready: str
    late: bool
    colleagues: Sequence[Account]
    where: str
    wrong: str = ""
    typed: str = ""

    @property
    def waits(self) -> bool:
        """Whether it is still to be done."""
        return self.row.state == task.OPEN

    @property
    def lines(self) -> int:
        """How tall the field of its words should be."""
        return min(12, max(2, sum(1 + len(line) // 24 for line in self.ready.split("\n"))))


def card(request: Asked, row: Task, *, now: datetime, wrong: str = "") -> Card:
    """One task, as whoever asks sees it."""
    ready = _OURS.sub(lambda found: request.build_absolute_uri(found[0]), row.ready)
    others = [who for who in _colleagues(request, row) if who != row.who]
    typed = request.POST.get("text", "") if wrong else ""
    return Card(row, ready, row.due < now, others, _where(row), wrong, typed)


_PAGES = {"activity": "activity", "run": "run"}
"""By what a source begins with, the page of what gave the task."""


def _where(row: Task) -> str:
    """The page of what gave the task, else of its group."""
    kind, _colon, id = row.source.partition(":")
    if kind in _PAGES and (known := query.key(id)):
        with suppress(NoReverseMatch):
            return reverse(_PAGES[kind], args=[known])
    return reverse("group", args=[row.group_id])


def _colleagues(request: Asked, row: Task) -> Sequence[Account]:
    """Who can look after the group; asked for once a request and group."""
    known: dict[UUID, list[Account]] = request.__dict__.setdefault("_colleagues", {})
    if row.group_id not in known:
        known |= staff.look_after([row.group])
    return known[row.group_id]


def cards(request: Asked, those: Iterable[Task], *, now: datetime) -> list[Card]:
    """Many tasks; who can look after their groups is asked for all of them at once."""
    rows = list(those)
    groups = {row.group_id: row.group for row in rows}
    request.__dict__.setdefault("_colleagues", {}).update(staff.look_after(list(groups.values())))
    return [card(request, row, now=now) for row in rows]


def key(request: Asked, name: str) -> UUID:
    """The id that a form names; where it is none, one that no row has."""
    return query.row(request.POST.get(name, ""))


def found(request: Asked) -> Task | None:
    """The task a form names: of one's own, of nobody's, or, for who plans, anybody's, in a group one sees."""
    mine = Task.objects.filter(workspace=request.workspace, group__in=staff.groups_for(request.staff))
    row = mine.filter(pk=key(request, "which")).select_related("group", "who").first()
    theirs = row is not None and row.who_id not in {None, request.user.pk} and row.by_id != request.user.pk
    return None if theirs and not request.staff.may("edit_duty") else row


def do(request: Asked, row: Task, *, now: datetime) -> str:
    """What a form asks of a task, in words what was done. Raises NotSo."""
    form, by = request.POST, request.user
    what = "later" if form.get("later") else form.get("do", "")
    if what == "done":
        return _done(request, row, now)
    if what == "skip":
        if not form.get("why", "").strip():
            raise NotSo(_("Say in a few words why it is not done."))
        task.skip(row, why=form["why"].replace("\0", ""), by=by, now=now)
        return _("Skipped.")
    if what == "again":
        task.again(row, by=by, now=now)
        return _("It waits again.")
    if what == "later":
        told = put_off.until(form.get("later", ""), form.get("until", ""), row.group.zone, now=now)
        if told is None:
            raise NotSo(_("Please give a moment that is still to come."))
        task.put_off(row, told, by=by, now=now)
        return _("It comes up again then.")
    if what == "hand":
        who = next((one for one in _colleagues(request, row) if one.pk == key(request, "who")), None)
        if who is None:
            raise NotSo(_("Choose who takes it over."))
        task.hand_on(row, who, by=by, now=now)
        return _("Handed on to %(who)s.") % {"who": who}
    raise NotSo(_("That is not there any more; nothing was changed."))


def _done(request: Asked, row: Task, now: datetime) -> str:
    sent = request.FILES.get("picture")
    said = request.POST.get("text", "").replace("\0", "")
    try:
        with transaction.atomic():
            raw = sent.read() if sent else b""
            kept = picture.take(raw, workspace=request.workspace, person=None, now=now) if raw else None
            task.done(row, text=said, picture=kept, by=request.user, now=now)
    except NoImage as error:
        raise NotSo(why(error)) from error
    except NoProof as error:
        words = {task.TEXT: _("Write in a few words what came of it."), task.PHOTO: _("Add a picture of it.")}
        raise NotSo(words.get(row.proof, "")) from error
    return _("Done.")
