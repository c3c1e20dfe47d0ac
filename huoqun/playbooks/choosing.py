"""Choosing people: whom an audience means in a group at a moment, and the best of them by a mark."""

import random
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from huoqun.activities import sealed_draw
from huoqun.activities.activity import DONE, IN, SETTLED, Activity, Participation
from huoqun.activities.circle import CIRCLE
from huoqun.activities.kinds import KINDS
from huoqun.activities.survey import Answer
from huoqun.activities.team_board import TEAM
from huoqun.people import membership, segment
from huoqun.people.group import Group
from huoqun.people.membership import Membership
from huoqun.people.person import Identity
from huoqun.people.points import Purse
from huoqun.people.profile import OFFERS, Fact, Tag
from huoqun.people.segment import Segment
from huoqun.playbooks import audience
from huoqun.playbooks.doing import Doing, ids
from huoqun.playbooks.step_form import Pick

NEW = timedelta(days=14)
"""How long somebody is a newcomer; a default."""
CHAMPIONS = ("护群骨干", "champion")
"""The tag by which staff call a member a champion."""
BETWEEN = re.compile(r"[,，、;；\n]")
"""Between the tags of a list that somebody wrote."""
MOST_MARKS = 20
HUMAN = Coalesce("person__root", "person")
"""Whose row it is, once two who are one were merged."""


def meant(each: Doing, words: str, now: datetime) -> QuerySet[Identity]:
    """The members whom the words of a step mean, machines and those who have left aside; each time something happens,
    of those to whom it happened."""
    told = audience.read(words)
    there = membership.here(each.group)
    if happened := each.row.result.get("who"):
        there = there.filter(pk__in=ids(happened))
    if told.step:
        return _of_step(each, told.who, told.step, there)
    if told.who in audience.STRATA:
        return there.filter(trace__stratum=told.who.replace("-", "_"))
    return _WHOLE[told.who](there, each, now)


def _newcomers(there: QuerySet[Identity], _each: Doing, now: datetime) -> QuerySet[Identity]:
    stays = Membership.objects.filter(identity=OuterRef("pk"), left=None, joined__gt=now - NEW)
    return there.filter(Exists(stays))


def _unanswered(there: QuerySet[Identity], each: Doing, now: datetime) -> QuerySet[Identity]:
    """Newcomers who have spoken and whom nobody has answered yet, as the newest checkup knows it."""
    return _newcomers(there, each, now).filter(trace__messages_30__gt=0, trace__answered_by=0)


def _mute(there: QuerySet[Identity], each: Doing, now: datetime) -> QuerySet[Identity]:
    """Newcomers who have not spoken."""
    return _newcomers(there, each, now).exclude(trace__messages_30__gt=0)


def _tagged(there: QuerySet[Identity], each: Doing, _now: datetime) -> QuerySet[Identity]:
    tags = Tag.objects.filter(person__workspace=each.run.workspace_id, text__in=CHAMPIONS)
    return there.annotate(human=HUMAN).filter(human__in=tags.values_list(HUMAN))


def _volunteers(there: QuerySet[Identity], each: Doing, _now: datetime) -> QuerySet[Identity]:
    """Who offered to lead in an activity of the run."""
    made = [made["activity"] for made in each.before.values() if "activity" in made]
    return there.filter(contributions__activity__in=made, contributions__what__in=(TEAM, CIRCLE)).distinct()


def _segment(there: QuerySet[Identity], each: Doing, now: datetime) -> QuerySet[Identity]:
    row = Segment.objects.filter(pk=each.run.segment or each.run.pk, workspace=each.run.workspace_id).first()
    return there.filter(person__in=segment.people(row, now=now)) if row else there.none()


_WHOLE: dict[str, Callable[[QuerySet[Identity], Doing, datetime], QuerySet[Identity]]] = {
    "everybody": lambda there, _each, _now: there,
    "newcomers": _newcomers,
    "newcomers-unanswered": _unanswered,
    "newcomers-silent": _mute,
    "champions": _tagged,
    "volunteers": _volunteers,
    "owner": lambda there, each, _now: there.filter(account=_owner(each.group)),
    "segment": _segment,
}


def _owner(group: Group) -> str:
    return group.owner or str(group.facts.get("owner") or "")


def _of_step(each: Doing, who: str, step: str, there: QuerySet[Identity]) -> QuerySet[Identity]:
    made = each.before.get(step, {})
    if who == "chosen":
        return there.filter(pk__in=ids(made.get("people", ())))
    row = Activity.objects.filter(pk=made.get("activity")).first() if made.get("activity") else None
    if row is None:
        return there.none()
    part = Participation.objects.filter(activity=row)
    if who in {"answered", "not-answered"}:
        answered = Answer.objects.filter(survey=row.pk).values("participation__identity")
        return there.filter(pk__in=answered) if who == "answered" else there.exclude(pk__in=answered)
    if who == "winners":
        return there.filter(pk__in=winners(row))
    states: dict[str, QuerySet[Participation]] = {
        "asked": part,
        "joined": part.filter(state__in=IN),
        "not-joined": part.filter(state__in=IN),
        "finished": part.filter(state=DONE),
    }
    those = states[who].values("identity")
    return there.exclude(pk__in=those) if who == "not-joined" else there.filter(pk__in=those)


def winners(row: Activity) -> list[UUID]:
    """The accounts that have won in an activity, the best first: who was drawn; else, once it is settled, who its kind
    calls so."""
    if drawn := [w.part.identity_id for w in sealed_draw.wins(row) if w.part]:
        return drawn
    kind = KINDS.get(row.kind)
    return [who.pk for who in kind.won(row)] if kind and row.state == SETTLED else []


def best(each: Doing, those: QuerySet[Identity]) -> list[Identity]:
    """The first of them by the mark of a step: what they say and are to others, what was said of them, or chance (drawn
    from the step's key: the same draw twice is the same)."""
    form = each.form
    assert isinstance(form, Pick)
    if form.by == "chance":
        every = list(those.order_by("pk"))
        return random.Random(each.key).sample(every, min(form.most, len(every)))  # noqa: S311 - no prize hangs on it
    tags = BETWEEN.split(str(each.values.get(form.marks, ""))) if form.marks else []
    return list(_ordered(those, form.by, [tag.strip() for tag in tags if tag.strip()][:MOST_MARKS])[: form.most])


def _weight(tags: list[str]) -> Any:
    """What the tags of a person count together: the first of n counts n, the last 1, each once."""
    held = [
        Case(
            When(Exists(Tag.objects.annotate(human=HUMAN).filter(human=OuterRef("human"), text=tag)), then=weight),
            default=0,
        )
        for weight, tag in zip(range(len(tags), 0, -1), tags, strict=True)
    ]
    return sum(held, start=Value(0))


def _ordered(those: QuerySet[Identity], by: str, tags: list[str]) -> QuerySet[Identity]:
    """What is not known of somebody counts as nothing: databases do not agree on where it stands."""
    those = those.annotate(human=HUMAN)
    offers = Fact.objects.annotate(human=HUMAN).filter(human=OuterRef("human"), field=OFFERS)
    purse = Purse.objects.annotate(human=HUMAN).filter(human=OuterRef("human")).values("human")
    said, strong = _known("trace__messages_30").desc(), _known("trace__strong_ties").desc()
    orders: dict[str, tuple[Any, ...]] = {
        "messages": (said,),
        "ties": (_known("trace__ties").desc(), strong),
        "answered": (Coalesce("trace__answered_share", 0.0).desc(),),
        "quiet-experts": (_known("trace__messages_30").asc(),),
        "priority": (*((_weight(tags).desc(),) if tags else ()), Exists(offers).desc(), strong, said),
        "points": (_known(Subquery(purse.annotate(all=Sum("held")).values("all"))).desc(),),
    }
    if by == "quiet-experts":
        those = those.filter(Exists(offers))
    return those.order_by(*orders[by], "pk")


def _known(what: Any) -> Coalesce:
    return Coalesce(what, 0)
