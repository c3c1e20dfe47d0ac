"""The survey: a few questions to the members of some groups, answered in a minute or two, once by each.

For the operator: made from a template, edited while a draft, opened until a day, answered over links, read as it comes
in. Who answers twice over their own link changes their answer; who gives a name over the group's link that has
answered already says why, and staff decide which answer holds.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import CASCADE, CharField, ForeignKey, JSONField, OneToOneField, QuerySet, TextField

from huoqun.activities import activity, questionnaire
from huoqun.activities.activity import Activity, Closed, Participation
from huoqun.activities.questionnaire import Answers, Questions
from huoqun.base.table import Table
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.display import visible
from huoqun.people.group import Group
from huoqun.people.membership import Membership
from huoqun.people.person import Identity
from huoqun.people.staff import Staff, groups_for
from huoqun.people.workspace import Workspace

KIND = "survey"
OPEN_FOR = timedelta(days=7)
"""How long a survey is open where nobody says otherwise; a default."""
LONGEST_INTRO = 1000
LONGEST_NOTE = 300
MOST_CLAIMS = 5
"""Second answers that wait for staff, per person; more are refused: nobody fills the disk over a group's link."""


class Nameless(ValueError):
    """A survey needs a title."""


class Nobody(ValueError):
    """A survey is for at least one group."""


class Empty(Exception):
    """A survey without a question is not opened."""


class Frozen(Exception):
    """What has been asked cannot be changed: the survey was opened."""


class Past(ValueError):
    """It would close before it opens."""


class Contested(Exception):
    """The name has an answer already; a note is needed, or too many wait."""


# -- tables


class Survey(Activity):
    """A survey (问卷). Its questions are one value; see `activities/questionnaire`."""

    intro = TextField(default="")
    questions = JSONField(default=list)

    def asked(self) -> Questions:
        """The questions."""
        return questionnaire.read(self.questions)


class Answer(Table):
    """What one person answered."""

    participation = OneToOneField(Participation, CASCADE, related_name="answer")
    survey = ForeignKey(Survey, CASCADE, related_name="answers")
    values = JSONField(default=dict)
    key = CharField(max_length=22, default="")
    """Lets the browser that answered over the group's link change its answer; an answer over a link of one's own
    takes it away."""
    claims = JSONField(default=list)
    """Second answers under the same name, with the note of who gave them, until staff decide."""


@dataclass(frozen=True)
class Fact:
    """One entry of a profile as somebody gave it in a survey."""

    key: str
    value: Any
    at: datetime
    source: str


# -- reads


def surveys_for(staff: Staff) -> QuerySet[Survey]:
    """The surveys a member of staff may see, newest first: who is limited sees those of their own groups alone."""
    found = Survey.objects.filter(workspace=staff.workspace, removed=None)
    if staff.duty.limited:
        mine = Group.objects.filter(pk__in=groups_for(staff).values("pk"))
        others = Group.objects.filter(workspace=staff.workspace).exclude(pk__in=mine.values("pk"))
        found = found.filter(groups__in=mine).exclude(groups__in=others).distinct()
    return found.order_by("-created", "-pk")


def members(survey: Activity) -> QuerySet[Identity]:
    """The accounts that are in the survey's groups now, without bots."""
    staying = Membership.objects.filter(left=None).values("identity")
    here = Identity.objects.filter(group__activities=survey, group__removed=None, bot=False, pk__in=staying)
    return here.select_related("person__root", "group").order_by("group__name", "name", "pk")


def people(survey: Activity) -> dict[Any, Identity]:
    """One account for each person who is asked, by the person's id."""
    found: dict[Any, Identity] = {}
    for identity in members(survey):
        found.setdefault(activity.human(identity).pk, identity)
    return found


def answers(survey: Survey) -> QuerySet[Answer]:
    """All answers, in the order they came."""
    found = Answer.objects.filter(survey=survey).select_related("participation__identity__group")
    return found.order_by("participation__at", "pk")


def answer_of(survey: Survey, identity: Identity) -> Answer | None:
    """What the person behind an account has answered."""
    person = activity.human(identity)
    return Answer.objects.filter(survey=survey, participation__person=person).select_related("participation").first()


@dataclass(frozen=True)
class Rate:
    """How many of the members have answered; `others` answered and are in the groups no more."""

    answered: int
    members: int
    others: int

    @property
    def share(self) -> float | None:
        """Answers by members; None where there is nobody."""
        return self.answered / self.members if self.members else None


def rate(survey: Survey) -> Rate:
    """The response rate at this moment."""
    asked = people(survey).keys()
    done = set(Answer.objects.filter(survey=survey).values_list("participation__person_id", flat=True))
    return Rate(len(asked & done), len(asked), len(done - asked))


def waiting(survey: Survey) -> list[tuple[Identity, datetime | None]]:
    """Who has not answered, each with when they were reminded."""
    rows = {p.person_id: p for p in survey.participations.all()}
    out = []
    for person, identity in people(survey).items():
        row = rows.get(person)
        if row is None or row.state != activity.DONE:
            out.append((identity, row.reminded if row else None))
    return out


def facts(answer: Answer) -> tuple[Fact, ...]:
    """What an answer says for the profile of who gave it: nothing is written here."""
    at = answer.participation.changed or answer.created
    source = f"survey:{answer.survey_id}"
    return tuple(
        Fact(q.fact, answer.values[q.id], at, source)
        for q in answer.survey.asked()
        if q.fact and answer.values.get(q.id) not in (None, "", [])
    )


# -- writes of the staff


def begin(
    workspace: Workspace,
    *,
    title: str,
    groups: Iterable[Group],
    intro: str = "",
    questions: Questions = (),
    by: Account,
    now: datetime,
) -> Survey:
    """A new draft. Raises Nameless, Nobody."""
    title, wanted = _title(title), list(groups)
    if not wanted:
        raise Nobody
    with transaction.atomic():
        row = Survey.objects.create(
            workspace=workspace,
            kind=KIND,
            title=title,
            intro=_intro(intro),
            questions=questionnaire.kept(questions),
            by=by,
            created=now,
        )
        row.groups.set(wanted)
        _note(row, "survey.begin", by, now, after={"groups": [g.name for g in wanted]})
    return row


def describe(survey: Survey, *, title: str, intro: str, groups: Iterable[Group], by: Account, now: datetime) -> None:
    """Another title, introduction or groups, while a draft. Raises Nameless, Nobody, Frozen."""
    title, wanted = _title(title), list(groups)
    if not wanted:
        raise Nobody
    with transaction.atomic():
        row = _draft(survey)
        before = {"title": row.title, "intro": row.intro, "groups": sorted(g.name for g in row.groups.all())}
        row.title, row.intro = title, _intro(intro)
        row.save()
        row.groups.set(wanted)
        after = {"title": row.title, "intro": row.intro, "groups": sorted(g.name for g in wanted)}
        _note(row, "survey.change", by, now, before=before, after=after)


def ask(survey: Survey, questions: Questions, *, by: Account, now: datetime) -> None:
    """Other questions, while a draft. Raises Frozen, questionnaire.BadQuestions."""
    questions = questionnaire.read(questionnaire.kept(questions))
    with transaction.atomic():
        row = _draft(survey)
        before = {"questions": [q.text for q in row.asked()]}
        row.questions = questionnaire.kept(questions)
        row.save()
        _note(row, "survey.ask", by, now, before=before, after={"questions": [q.text for q in questions]})


def open_until(survey: Survey, closes: datetime | None, *, by: Account, now: datetime) -> None:
    """Open a draft, or what was closed again. Raises Empty, Past, activity.WrongMoment."""
    closes = closes or now + OPEN_FOR
    if closes <= now:
        raise Past
    with transaction.atomic():
        row = _locked(survey)
        if not row.questions:
            raise Empty
        row.become(activity.OPEN, now=now)
        row.closes = closes
        row.save()
        _note(row, "survey.open", by, now, after={"closes": closes.isoformat()})


def close(survey: Survey, *, by: Account, now: datetime) -> None:
    """Take no more answers. Raises activity.WrongMoment."""
    with transaction.atomic():
        row = _locked(survey)
        row.become(activity.CLOSED, now=now)
        row.save()
        _note(row, "survey.close", by, now)


def remove(survey: Survey, *, by: Account, now: datetime) -> None:
    """Take a survey out of the lists; its links say so."""
    with transaction.atomic():
        row = _locked(survey)
        if row.removed is None:
            row.removed = now
            row.save()
            _note(row, "survey.remove", by, now)


def remind(survey: Survey, *, by: Account, now: datetime) -> list[Identity]:
    """Mark everybody who has not answered as reminded, once; returns whom. Raises activity.Closed."""
    with transaction.atomic():
        row = _locked(survey)
        if not row.takes(now):
            raise Closed
        done = [who for who, reminded in waiting(row) if not reminded and activity.remind(row, who, now=now)]
        _note(row, "survey.remind", by, now, after={"people": len(done)})
    return done


def decide(answer: Answer, *, key: str, take: bool, by: Account, now: datetime) -> bool:
    """Let a second answer replace the first, or drop it; False where it is decided already."""
    with transaction.atomic():
        row = Answer.objects.select_for_update().get(pk=answer.pk)
        claim = next((c for c in row.claims if c["key"] == key), None)
        if claim is None:
            return False
        row.claims = [c for c in row.claims if c["key"] != key]
        told = Participation.objects.select_for_update().get(pk=row.participation_id)
        if take:
            row.values, row.key, told.changed = claim["values"], "", now
        told.flagged = bool(row.claims)
        told.save()
        row.save()
        _note(row.survey, "survey.decide", by, now, after={"who": told.identity.name, "taken": take})
    return True


# -- writes of the members


def answer(survey: Survey, identity: Identity, values: Answers, *, via: str, now: datetime) -> Answer:
    """Write the answer of a person, the first or another one. Over their own link the browser that answered over the
    group's link loses its say. Raises activity.Closed."""
    with transaction.atomic():
        row = _locked(survey)
        told = activity.take_part(row, identity, via=via, now=now)
        there = Answer.objects.filter(participation=told).first()
        if there is None:
            there = Answer(participation=told, survey=row, created=now)
        there.values = values
        there.key = secrets.token_urlsafe(12) if via == "group" else ""
        there.save()
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
        note = " ".join(visible(note).split())[:LONGEST_NOTE]
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
        there.values = values
        there.save()
        Participation.objects.filter(pk=there.participation_id).update(changed=now)


def _locked(survey: Survey) -> Survey:
    return Survey.objects.select_for_update().get(pk=survey.pk)


def _draft(survey: Survey) -> Survey:
    row = _locked(survey)
    if row.state != activity.DRAFT:
        raise Frozen
    return row


def _title(text: str) -> str:
    text = " ".join(visible(text).split())[: activity.LONGEST_TITLE]
    if not text:
        raise Nameless
    return text


def _intro(text: str) -> str:
    return "\n".join(visible(line) for line in text.splitlines())[:LONGEST_INTRO].strip()


def _note(row: Survey, what: str, by: Account, now: datetime, **told: Any) -> None:
    audit.note(row.workspace, what, by=by, on=row.pk, title=row.title, now=now, **told)
