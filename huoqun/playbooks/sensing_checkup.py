"""The sensing of what needs more than a count: of the newest checkup, of its traces, and of the needs on the board.

A checkup tells of the moment its group's history ends (`Checkup.as_of`), not of now: what it says of waiting questions
holds for a day and some hours (`lately.FRESH`), what it says of ties for a week. Older than that nothing is known.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum

from huoqun.insight.lately import FRESH, WEEK
from huoqun.people import introduction
from huoqun.people.checkup import Checkup
from huoqun.people.dealing import DONE, Dealing
from huoqun.people.group import Group
from huoqun.people.profile import NEEDS, Fact
from huoqun.people.trace import Trace
from huoqun.playbooks.run import Run

IN_TIME = timedelta(hours=24)
"""Within which a newcomer's first words are answered (handbook chapter 4)."""
Known = dict[str, float | None]


def newest(groups: Sequence[Group], since: datetime) -> QuerySet[Checkup]:
    """Of each group the newest checkup, where its history reaches past a moment."""
    last = Checkup.objects.filter(group=OuterRef("group")).order_by("-day", "-computed").values("pk")[:1]
    return Checkup.objects.filter(group__in=groups, pk=Subquery(last), as_of__gte=since)


def of_document(runs: Sequence[Run], now: datetime) -> dict[UUID, Known]:
    """Questions of the last seven days that wait; and how many of the newcomers whose first words were said in these
    days, and a day has passed since or an answer came, were answered within a day."""
    found: dict[UUID, Known] = {}
    for group, told in documents([run.group for run in runs], now - FRESH):
        found[group] = {"unanswered": float(len(waiting(told, now - WEEK))), "welcomed": _welcomed(told, now)}
    return {run.pk: found[run.group_id] for run in runs if run.group_id in found}


def documents(groups: Sequence[Group], since: datetime) -> list[tuple[UUID, dict[str, Any]]]:
    """By group, the document of the newest checkup that tells of the time since then, as plain values."""
    rows = newest(groups, since).values_list("group", "document")
    return [(group, orjson.loads(text)) for group, text in rows.iterator(chunk_size=50)]


def waiting(told: dict[str, Any], since: datetime) -> list[dict[str, Any]]:
    """The questions of a document asked since a moment and not answered: their quotes, the newest first."""
    quotes = (each["quote"] for each in told.get("questions", ()) if each["answered"] is None)
    return [quote for quote in quotes if moment(quote["time"]) >= since]


def moment(text: str) -> datetime:
    """A moment of a document."""
    return datetime.fromisoformat(text)


def _welcomed(told: dict[str, Any], now: datetime) -> float | None:
    hits = []
    for each in told.get("newcomers", ()):
        first = moment(each["first"]) if each["first"] else None
        if first is None or not now - WEEK <= first <= now:
            continue
        answered = moment(each["answered"]) if each["answered"] else None
        if answered is not None or now - first >= IN_TIME:
            hits.append(answered is not None and answered - first <= IN_TIME)
    return sum(hits) / len(hits) if hits else None


def ties(runs: Sequence[Run], now: datetime) -> dict[UUID, Known]:
    """Ties of a member: those of all traces by the members of the newest checkup (by those who ever spoke where it does
    not know how many there are)."""
    groups = [run.group for run in runs]
    members = dict(newest(groups, now - WEEK).values_list("group", "members"))
    counted = Trace.objects.filter(group__in=members).values("group").annotate(sum=Sum("ties"), many=Count("pk"))
    found = {row["group"]: row["sum"] / (members[row["group"]] or row["many"]) for row in counted}
    return {run.pk: {"ties": found.get(run.group_id)} for run in runs}


def needs(runs: Sequence[Run], _now: datetime) -> dict[UUID, Known]:
    """Needs of the group's people on the board, and introductions of who needs to who offers that came to something."""
    groups = {run.group_id for run in runs}
    there = Fact.objects.filter(field=NEEDS, person__identities__group__in=groups)
    told = there.values("person__identities__group").annotate(n=Count("pk", distinct=True))
    collected = {row["person__identities__group"]: row["n"] for row in told}
    made = Dealing.objects.filter(group__in=groups, kind=introduction.KIND, state=DONE)
    served = (
        group
        for group, why in made.values_list("group", "reason")
        if introduction.OFFER in {each.get("kind") for each in why.get("reasons", ())}
    )
    solved = Counter(served)
    return {run.pk: {"needs": collected.get(run.group_id, 0), "needs_solved": solved[run.group_id]} for run in runs}
