"""The sieve: a rule over people as one condition of the database over tallies, and what it saw of one person.

Every condition on another table is `person IN (…)`: the inner question is asked once, not for each of a million people,
and it gives roots, so that what is written about a merged person counts for whom they are one with.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from huoqun.people.condition import DATES, NUMBERS, Block, Condition
from huoqun.people.membership import Membership
from huoqun.people.person import Identity, Person
from huoqun.people.profile import Fact, Tag, Title
from huoqun.people.tally import NEVER
from huoqun.people.workspace import Workspace

_ANSWER = "participations__answer__values"
"""From a person to what they answered: `activities/survey.Answer`."""


@contextmanager
def roomy() -> Iterator[None]:
    """PostgreSQL keeps the inner answers of a rule in memory while the rule is asked; with its small default it would
    look through them again for every person."""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '256MB'")
            cursor.execute("SET LOCAL jit = off")
        yield


def sieve(part: Block | Condition, workspace: Workspace, *, now: datetime) -> Q:
    """What must hold of a tally of the workspace."""
    if isinstance(part, Condition):
        return _BY.get(part.of, _column)(part, workspace, now)
    # an "or" is read from the left: what is asked quickest, or holds for most, comes first
    parts = sorted(part.parts, key=lambda p: listed(p, holds=True))
    inner = [sieve(p, workspace, now=now) for p in parts]
    if part.how == "all":
        return reduce(and_, inner)
    return reduce(or_, inner) if part.how == "any" else ~reduce(or_, inner)


def must(part: Block | Condition, *, holds: bool = True) -> Iterator[tuple[Block | Condition, bool]]:
    """What has to hold, or not to, each by itself, for a rule to hold (or not)."""
    if isinstance(part, Block) and ((part.how != "any") is holds or len(part.parts) == 1):
        for inner in part.parts:
            yield from must(inner, holds=holds is (part.how != "none"))
    else:
        yield part, holds


def listed(part: Block | Condition, *, holds: bool) -> bool:
    """Whether it is a condition that holds, or does not, only for people of whom another table has a row: they are
    found from there."""
    return isinstance(part, Condition) and part.of in _LISTS and (part.how not in _LACKING) is holds


def _column(c: Condition, workspace: Workspace, now: datetime) -> Q:
    if c.of in NUMBERS:
        return Q(**{f"{c.of}__{'gte' if c.how == 'at_least' else 'lte'}": int(c.value)})
    assert c.of in DATES
    return _when(c, c.of, workspace, now)


def _when(c: Condition, column: str, workspace: Workspace, now: datetime) -> Q:
    """Moments are compared on the workspace's clock; `not_within` also holds where it never was."""
    if c.how == "never":
        return Q(**{column: NEVER})
    if c.how in {"within", "not_within"}:
        lately = Q(**{f"{column}__gte": now - timedelta(days=int(c.value))})
        return lately if c.how == "within" else ~lately
    day = datetime.combine(date.fromisoformat(c.value), datetime.min.time(), ZoneInfo(workspace.zone))
    if c.how == "from":
        return Q(**{f"{column}__gte": day})
    return Q(**{f"{column}__lt": day + timedelta(days=1), f"{column}__gt": NEVER})


def _stratum(c: Condition, _workspace: Workspace, _now: datetime) -> Q:
    return Q(stratum=c.value) if c.how == "is" else ~Q(stratum=c.value)


def _isolated(c: Condition, _workspace: Workspace, _now: datetime) -> Q:
    alone = Q(ties=0, measured=True)
    return alone if c.how == "yes" else ~alone


def _said_of(c: Condition, workspace: Workspace, _now: datetime) -> Q:
    if c.of == "profile":
        there = Fact.objects.filter(field=c.key)
        there = {
            "is": lambda: there.filter(text__iexact=c.value),
            "contains": lambda: there.filter(text__icontains=c.value),
        }.get(c.how, there.all)()
        return _among(there, workspace, "person", c.how != "unknown")
    kind = Tag if c.of == "tag" else Title
    return _among(kind._default_manager.filter(text__iexact=c.value), workspace, "person", c.how == "has")


def _group(c: Condition, workspace: Workspace, _now: datetime) -> Q:
    """Who has an account in the group and is not known to have left."""
    stays = Membership.objects.filter(identity=OuterRef("pk"))
    there = Identity.objects.filter(group=UUID(c.value), group__removed=None)
    there = there.filter(Exists(stays.filter(left=None)) | ~Exists(stays))
    return _among(there, workspace, "person", c.how == "in")


def _joined(c: Condition, workspace: Workspace, now: datetime) -> Q:
    there = Membership.objects.filter(identity__group__removed=None, joined__isnull=False)
    how = c.model_copy(update={"how": "within"}) if c.how == "not_within" else c
    there = there.filter(_when(how, "joined", workspace, now))
    return _among(there, workspace, "identity__person", c.how != "not_within")


def _survey(c: Condition, workspace: Workspace, _now: datetime) -> Q:
    there = Person.objects.filter(participations__activity=UUID(c.key), participations__answer__isnull=False)
    if c.how == "said":
        question, _, answer = c.value.partition("=")
        told = there.annotate(said=Cast(KeyTextTransform(question, _ANSWER), TextField()))
        listed = (json.dumps(answer), json.dumps(answer, ensure_ascii=False))
        there = told.filter(reduce(or_, (Q(said__contains=text) for text in listed), Q(said=answer)))
    return _among(there, workspace, "", c.how != "not_answered")


def _among(rows: QuerySet[Any], workspace: Workspace, path: str, there: bool) -> Q:
    """Whether a person stands among those to whom `path` leads from some rows."""
    start = f"{path}__" if path else ""
    rows = rows.filter(**{f"{start}workspace": workspace})
    root = Coalesce(F(f"{start}root"), F(path or "pk"))
    found = Q(person__in=rows.order_by().values(human_=root))
    return found if there else ~found


_LISTS = frozenset({"profile", "tag", "title", "group", "joined", "survey"})
"""What a condition can be about that stands in another table …"""
_LACKING = frozenset({"unknown", "lacks", "not_in", "not_within", "not_answered"})
"""… and the ways of asking for whom it does not name."""

_BY: dict[str, Callable[[Condition, Workspace, datetime], Q]] = {
    "stratum": _stratum,
    "isolated": _isolated,
    "profile": _said_of,
    "tag": _said_of,
    "title": _said_of,
    "group": _group,
    "joined": _joined,
    "survey": _survey,
}
