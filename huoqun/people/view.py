"""The view: a list of groups as somebody asks for it again and again, under a name of theirs."""

from collections.abc import Collection
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.db.models import CASCADE, CharField, ForeignKey, QuerySet, TextField, UniqueConstraint

from huoqun.base.table import Table
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.display import visible
from huoqun.people.workspace import Workspace

LONGEST_NAME = 60
LONGEST_QUERY = 1000
MOST = 50
"""How many views somebody keeps in a workspace."""


class BadView(ValueError):
    """A view needs a name and a query that is not endless, and there are not endlessly many."""


class View(Table):
    """A saved view (视图) of the list of groups; only whoever saved it sees it."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="views")
    account = ForeignKey(Account, CASCADE, related_name="views")
    name = CharField(max_length=LONGEST_NAME)
    query = TextField()
    """The query of the list's address."""

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["workspace", "account", "name"], name="view_name")]


def views_of(workspace: Workspace, account: Account) -> QuerySet[View]:
    """The views somebody saved in a workspace, by name."""
    return View.objects.filter(workspace=workspace, account=account).order_by("name")


def keep(workspace: Workspace, account: Account, *, name: str, query: str, now: datetime) -> View:
    """Keep a view; one of the same name is replaced. Raises BadView."""
    name = " ".join(visible(name).split())
    if not name or len(name) > LONGEST_NAME or len(query) > LONGEST_QUERY:
        raise BadView
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        mine = views_of(workspace, account)
        old = mine.filter(name=name).first()
        if old is None and mine.count() >= MOST:
            raise BadView
        before = {"query": old.query} if old else {}
        row = old or View(workspace=workspace, account=account, name=name, created=now)
        row.query = query
        row.save()
        audit.note(
            workspace, "view.save", by=account, on=row.pk, title=name, before=before, after={"query": query}, now=now
        )
    return row


def unname(workspace: Workspace, words: Collection[str]) -> None:
    """Ask no more for something that is erased, named by one of these words; whatever else a view asks for stays."""
    for view in View.objects.filter(workspace=workspace):
        asked = parse_qsl(view.query, keep_blank_values=True)
        kept = [(key, value) for key, value in asked if value not in words]
        if kept != asked:
            View.objects.filter(pk=view.pk).update(query=urlencode(kept))
            audit.forget(view.pk)


def remove(view: View, *, now: datetime) -> None:
    """Keep it no longer."""
    with transaction.atomic():
        audit.note(
            view.workspace, "view.remove", by=view.account, on=view.pk, title=view.name, before={"query": view.query},
            now=now,
        )  # fmt: skip
        view.delete()
