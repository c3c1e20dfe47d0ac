"""The touch: something personal staff did for a member: a birthday, a gift, a letter, a mention; and who was forgotten.

Handbook chapter 2: personal touches count; who got which and when.
"""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from huoqun.people.account import Account
from huoqun.people.birthday import month_and_day
from huoqun.people.dealing import DONE, Dealing, dealings, settle
from huoqun.people.group import Group
from huoqun.people.membership import here
from huoqun.people.person import Identity, Person
from huoqun.people.profile import Fact

KIND = "touch"
BIRTHDAY = "birthday"
TOUCHES = (BIRTHDAY, "gift", "letter", "mention")
FORGOTTEN = timedelta(days=90)
"""Without anything personal for so long somebody is forgotten. Ours."""
SOON = timedelta(days=14)
"""So far ahead birthdays are shown: a letter takes a week."""


@dataclass(frozen=True)
class Birthday:
    """A birthday to come, or today."""

    fact: Fact
    identity: Identity
    person: Person
    on: date


def forgotten(group: Group, *, now: datetime) -> QuerySet[Identity]:
    """Who has got nothing lately: who said most comes first."""
    lately = dealings(group, KIND).filter(state=DONE, at__gte=now - FORGOTTEN)
    touched = [r.person.root_id or r.person_id for r in lately]
    found = here(group).annotate(human=Coalesce("person__root", "person"))
    return found.exclude(human__in=touched).filter(messages__gt=0).order_by("-messages", "pk")


def touch(
    group: Group, person: Person, what: str, *, on: date, words: str, noon: datetime, by: Account, now: datetime
) -> Dealing:
    """Somebody did this for them on that day (`noon` of it on the group's clock). Raises ValueError."""
    if what not in TOUCHES:
        raise ValueError(what)
    key = f"{group.pk.hex} {person.pk.hex} {what} {on.isoformat()}"
    at = min(noon, now)
    return settle(group, KIND, key, person=person, what=what, state=DONE, words=words, at=at, by=by, now=now)


def birthdays(group: Group, *, today: date, now: datetime) -> list[Birthday]:
    """Birthdays of the next days whose person has not been wished one yet this time."""
    wished = dealings(group, KIND).filter(what=BIRTHDAY, at__gte=now - FORGOTTEN)
    done = {r.person.root_id or r.person_id for r in wished}
    those = {i.person.root_id or i.person_id: i for i in here(group).order_by("messages")}
    facts = Fact.objects.filter(field="birthday").filter(Q(person__in=those) | Q(person__root__in=those))
    found = []
    for fact in facts.select_related("person"):
        human = fact.person.root_id or fact.person_id
        told = month_and_day(fact.text)
        if told and human not in done and (on := _coming(told, today)) - today <= SOON:
            found.append(Birthday(fact, those[human], those[human].person.root or those[human].person, on))
    return sorted(found, key=lambda b: (b.on, b.identity.name))


def _coming(told: tuple[int, int], today: date) -> date:
    """The next such day; 29 February is 28 February in other years."""
    for year in (today.year, today.year + 1):
        month, day = told
        on = date(year, month, min(day, calendar.monthrange(year, month)[1]))
        if on >= today:
            return on
    raise AssertionError(told)
