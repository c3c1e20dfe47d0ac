"""The person and the identity: one human, and one account of theirs in a group.

Every identity begins as a person of its own. That two are one human is proposed with evidence and decided by people:
merging sets `Person.root`, rows keep their person, and unmerging is exact.
"""

from django.db.models import (
    CASCADE,
    PROTECT,
    BooleanField,
    CharField,
    DateTimeField,
    ForeignKey,
    PositiveIntegerField,
    Q,
    QuerySet,
    UniqueConstraint,
)

from huoqun.base.table import Table
from huoqun.people.group import Group
from huoqun.people.workspace import Workspace


class Person(Table):
    """One human (用户), over all groups and networks of a workspace."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="persons")
    root = ForeignKey("self", PROTECT, null=True, related_name="merged")


def root_of(person: Person) -> Person:
    """The person that somebody was merged into; themselves where they were not."""
    return person.root or person


def ones(person: Person) -> QuerySet[Person]:
    """The rows that are one human: the root and everybody merged into it."""
    root = person.root_id or person.pk
    return Person.objects.filter(Q(pk=root) | Q(root=root))


class Identity(Table):
    """One account (账号) in one group; `account` is the `sender` of the archive's rows."""

    group = ForeignKey(Group, CASCADE, related_name="identities")
    person = ForeignKey(Person, PROTECT, related_name="identities")
    account = CharField(max_length=300)
    name = CharField(max_length=300)
    """The newest name."""
    listed = BooleanField(default=False)
    """The newest file with a member list names it."""
    role = CharField(max_length=10, default="")
    bot = BooleanField(default=False)
    messages = PositiveIntegerField(default=0)
    first = DateTimeField(null=True)
    """First message."""
    last = DateTimeField(null=True)

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["group", "account"], name="identity_once")]


class Naming(Table):
    """A name an identity bore, and since when it was first seen with it."""

    identity = ForeignKey(Identity, CASCADE, related_name="namings")
    name = CharField(max_length=300)
    since = DateTimeField(null=True)

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["identity", "name"], name="naming_once")]
