"""The membership: a person in a group, from a join to a leave. Who comes back has a second one."""

from django.db.models import (
    CASCADE,
    BooleanField,
    DateTimeField,
    Exists,
    ForeignKey,
    OuterRef,
    PositiveIntegerField,
    Q,
    QuerySet,
    UniqueConstraint,
)

from huoqun.base.table import Table
from huoqun.people.group import Group
from huoqun.people.person import Identity


class NobodyCalled(LookupError):
    """Nobody, or more than one, is called that in this group now."""


class Membership(Table):
    """One stay of an identity in its group; `number` counts its stays from 1."""

    identity = ForeignKey(Identity, CASCADE, related_name="memberships")
    number = PositiveIntegerField()
    joined = DateTimeField(null=True)
    """When they came; null where nobody saw it (they were there before the history begins)."""
    left = DateTimeField(null=True)
    """When they went; null while they are here."""
    removed = BooleanField(default=False)
    """They did not go by themselves."""

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["identity", "number"], name="membership_once")]


def here(group: Group) -> QuerySet[Identity]:
    """The people of a group who have not left, as far as the history tells; no machines."""
    return Identity.objects.filter(group=group, bot=False).exclude(gone()).select_related("person__root")


def gone() -> Q:
    """Of identities: those who have left, as far as the history tells."""
    stays = Membership.objects.filter(identity=OuterRef("pk"))
    return Exists(stays) & ~Exists(stays.filter(left=None))


def called(group: Group, name: str) -> Identity:
    """The one member who is called exactly that. Raises NobodyCalled."""
    those = list(here(group).filter(name=name)[:2]) if name else []
    if len(those) != 1:
        raise NobodyCalled
    return those[0]
