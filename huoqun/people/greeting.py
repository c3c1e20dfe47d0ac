"""The greeting (招呼): newcomers of the last days whom nobody has welcomed, for whoever looks after their group.

An unanswered newcomer is a loss that costs two sentences (handbook chapter 4): the list says who waits, and somebody
ticks off that they were greeted, by hand, in the group.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from huoqun.people.account import Account
from huoqun.people.dealing import DECLINED, DONE, MISTAKE, Dealing, settle, take_back
from huoqun.people.membership import Membership
from huoqun.people.person import Identity
from huoqun.people.rapport import acquaintance
from huoqun.people.staff import Staff, groups_for

KIND = "greeting"
FRESH = timedelta(days=7)
"""So long somebody is new who waits for a greeting; as long as a newcomer takes to find a voice
(`insight/newcomer.SETTLING`)."""
MOST = 200


@dataclass(frozen=True)
class Newcomer:
    """Somebody who came and whom nobody has greeted. `spoke`: they said something themselves."""

    identity: Identity
    joined: datetime
    spoke: bool


def ungreeted(staff: Staff, *, now: datetime) -> list[Newcomer]:
    """Newcomers who wait for whoever looks after their group, who came first first. Who was answered in the chat has
    been greeted, as far as the newest checkup knows."""
    mine = groups_for(staff).filter(Q(carer=staff.account) | Q(carer=None))
    greeted = Dealing.objects.filter(kind=KIND, group=OuterRef("identity__group"), person=OuterRef("identity__person"))
    stays = Membership.objects.filter(left=None, joined__gt=now - FRESH, joined__lte=now, identity__group__in=mine)
    stays = stays.filter(identity__bot=False).exclude(Exists(greeted))
    found = []
    for stay in stays.select_related("identity__group", "identity__person").order_by("joined", "pk")[:MOST]:
        who = stay.identity
        known = acquaintance(who.group) if who.messages else None
        if known is not None and who.account not in known.unwelcomed and who.last and known.as_of >= who.last:
            continue
        assert stay.joined is not None
        found.append(Newcomer(who, stay.joined, who.messages > 0))
    return found


def one(staff: Staff, which: UUID) -> Identity | None:
    """The account that a form names, in a group that a member of staff sees."""
    return Identity.objects.filter(pk=which, group__in=groups_for(staff)).select_related("group", "person").first()


def newcomer(identity: Identity) -> Newcomer:
    """Somebody as the list shows them."""
    stays = Membership.objects.filter(identity=identity, joined__isnull=False).order_by("-joined")
    joined = stays.values_list("joined", flat=True).first()
    return Newcomer(identity, joined or identity.created, identity.messages > 0)


def ticked_lately(staff: Staff, *, now: datetime) -> list[Identity]:
    """Whom a member of staff has just ticked off, the last first; it can be undone."""
    mine = Dealing.objects.filter(kind=KIND, group__in=groups_for(staff), by=staff.account, changed__gt=now - MISTAKE)
    told = list(mine.order_by("-changed", "pk").values_list("group", "person")[:MOST])
    found = Identity.objects.filter(group__in={g for g, _p in told}, person__in={p for _g, p in told})
    known = {(one.group_id, one.person_id): one for one in found.select_related("group", "person").order_by("-pk")}
    return [known[each] for each in told if each in known]


def greet(identity: Identity, *, words: str, by: Account, now: datetime) -> Dealing:
    """They were greeted. Raises dealing.Settled where somebody decided otherwise."""
    return _settle(identity, DONE, words, by, now)


def leave(identity: Identity, *, by: Account, now: datetime) -> Dealing:
    """They need no greeting: known already, or greeted elsewhere. Raises dealing.Settled."""
    return _settle(identity, DECLINED, "", by, now)


def undo(identity: Identity, *, by: Account, now: datetime) -> None:
    """They wait again: it was ticked off by mistake. Raises dealing.Settled where it is another's, or long ago."""
    row = Dealing.objects.filter(kind=KIND, group=identity.group_id, person=identity.person_id).first()
    if row is not None:
        take_back(row, by=by, now=now)


def _settle(identity: Identity, state: str, words: str, by: Account, now: datetime) -> Dealing:
    key = f"{identity.group_id.hex} {identity.person_id.hex}"
    person = identity.person
    return settle(identity.group, KIND, key, person=person, state=state, words=words, by=by, now=now)
