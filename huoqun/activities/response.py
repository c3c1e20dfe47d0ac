"""The response: what members answer to a survey, whose answer counts, and what it tells of them.

For the operator: an answer fills the profile of who gave it, with its date and the survey's name as source; a changed
answer changes the profile; whom somebody knows becomes ties. Who comes over the group's link with a name that has
answered already says why, and staff decide which answer holds.
"""

import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from huoqun.activities import activity, questionnaire
from huoqun.activities.activity import Closed, Participation
from huoqun.activities.questionnaire import Answers, Question
from huoqun.activities.survey import Answer, Survey, answer_of, origin
from huoqun.people import audit, deed, hearing, profile
from huoqun.people.account import Account
from huoqun.people.display import one_line
from huoqun.people.person import Identity

LONGEST_NOTE = 300
MOST_CLAIMS = 5
"""Second answers that wait for staff, per person; more are refused: nobody fills the disk over a group's link."""


class Contested(Exception):
    """The name has an answer already; a note is needed, or too many wait."""


# -- rules


def facts(question: Question, value: Any) -> Iterator[tuple[str, str]]:
    """What an answer to one question says for the profile: field and text, one for each choice."""
    if question.fact in profile.FIELDS and question.kind != questionnaire.PEOPLE and value is not None:
        for each in value if isinstance(value, list) else [value]:
            text = f"{each}/{question.points}" if question.kind == questionnaire.SCALE else str(each)
            if text and text != question.nothing:
                yield question.fact, text


# -- writes


def answer(survey: Survey, identity: Identity, values: Answers, *, via: str, now: datetime) -> Answer:
    """Write the answer of a person, the first or another one. Over their own link the browser that answered over the
    group's link loses its say. Raises activity.Closed."""
    with transaction.atomic():
        row = _locked(survey)
        told = activity.take_part(row, identity, via=via, now=now)
        there = Answer.objects.filter(participation=told).first()
        first = there is None
        there = there or Answer(participation=told, survey=row, created=now)
        there.key = secrets.token_urlsafe(12) if via == "group" else ""
        _keep(row, told, there, values, first=first, now=now)
    return there


def first_answer(survey: Survey, identity: Identity, values: Answers, *, note: str, now: datetime) -> Answer | None:
    """Answer over the group's link: the first one holds; a second one waits, with its note, for staff, and None is
    returned. Raises Contested where it has no note or too many wait, activity.Closed."""
    with transaction.atomic():
        row = _locked(survey)
        if not row.takes(now):
            raise Closed
        there = answer_of(row, identity)
        if there is None:
            return answer(row, identity, values, via="group", now=now)
        note = one_line(note, LONGEST_NOTE)
        if not note or len(there.claims) >= MOST_CLAIMS:
            raise Contested
        claim = {"key": secrets.token_urlsafe(6), "values": values, "note": note, "at": now.isoformat()}
        there.claims = [*there.claims, claim]
        there.save()
        Participation.objects.filter(pk=there.participation_id).update(flagged=True)
    return None


def again(answer: Answer, values: Answers, *, key: str, now: datetime) -> None:
    """Change an answer from the browser that gave it over the group's link. Raises activity.Closed, Contested."""
    with transaction.atomic():
        row = _locked(answer.survey)
        if not row.takes(now):
            raise Closed
        there = Answer.objects.select_for_update().get(pk=answer.pk)
        if not there.key or not secrets.compare_digest(there.key, key):
            raise Contested
        told = Participation.objects.select_for_update().get(pk=there.participation_id)
        told.changed = now
        told.save()
        _keep(row, told, there, values, first=False, now=now)


def decide(answer: Answer, *, key: str, take: bool, by: Account, now: datetime) -> bool:
    """Let a second answer replace the first, or drop it; False where it is decided already."""
    with transaction.atomic():
        there = Answer.objects.select_for_update().get(pk=answer.pk)
        claim = next((c for c in there.claims if c["key"] == key), None)
        if claim is None:
            return False
        there.claims = [c for c in there.claims if c["key"] != key]
        told = Participation.objects.select_for_update().get(pk=there.participation_id)
        told.flagged = bool(there.claims)
        if take:
            there.key, told.changed = "", now
            _keep(there.survey, told, there, claim["values"], first=False, now=now)
        told.save()
        there.save()
        after = {"who": told.identity.name, "taken": take}
        row = there.survey
        audit.note(row.workspace, "survey.decide", by=by, on=row.pk, title=row.title, after=after, now=now)
    return True


def _locked(survey: Survey) -> Survey:
    return Survey.objects.select_for_update().get(pk=survey.pk)


def _keep(row: Survey, told: Participation, there: Answer, values: Answers, *, first: bool, now: datetime) -> None:
    """Keep an answer, and bring what it says into the profile, the timeline and the ties of who gave it."""
    changed = there.values != values
    there.values = values
    there.save()
    who = Identity.objects.select_related("person__workspace", "group").get(pk=told.identity_id)
    asked = row.asked()
    said = [fact for q in asked for fact in facts(q, values.get(q.id))]
    day = now.astimezone(ZoneInfo(row.workspace.zone)).date()
    profile.learn(who.person, origin(row), said, source=row.title, on=day, now=now)
    if not first and not changed:
        return
    kind, key = ("survey.answer", row.pk.hex) if first else ("survey.change", f"{row.pk.hex} {now.isoformat()}")
    about: dict[str, Any] = {"values": {"title": row.title}, "evidence": {"answer": str(there.pk)}}
    deed.write(who.person, kind, at=now, group=who.group, key=key, **about, now=now)
    named = [values.get(q.id, []) for q in asked if q.kind == questionnaire.PEOPLE]
    if named:
        known = Identity.objects.filter(pk__in=[id for ids in named for id in ids])
        hearing.tell(who, known, origin=origin(row), title=row.title, now=now)
