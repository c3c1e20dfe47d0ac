"""The survey: a few questions to the members of some groups, answered in a minute or two, once by each.

For the operator: made from a template, edited while a draft, opened until a day, answered over links, read as it comes
in. Who answers twice over their own link changes their answer; who gives a name over the group's link that has
answered already says why, and staff decide which answer holds.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import (
    CASCADE,
    CharField,
    DateTimeField,
    Exists,
    ForeignKey,
    JSONField,
    OneToOneField,
    OuterRef,
    Q,
    QuerySet,
    TextField,
)
from django.db.models.functions import Coalesce

from huoqun.activities import activity, questionnaire
from huoqun.activities.activity import Activity, Closed, Participation
from huoqun.activities.questionnaire import Questions
from huoqun.base.job import Hand
from huoqun.base.table import Table
from huoqun.people import audit, deed, hearing, profile
from huoqun.people.account import Account
from huoqun.people.display import one_line, visible
from huoqun.people.group import Group
from huoqun.people.person import Identity, ones
from huoqun.people.staff import Staff, groups_for
from huoqun.people.workspace import Workspace

KIND = "survey"
OPEN_FOR = timedelta(days=7)
"""How long a survey is open where nobody says otherwise; a default."""
LONGEST_INTRO = 1000
HEARD_EVERY = timedelta(hours=1)
"""How often an open survey reaches the diagnosis of its groups: each time costs a new diagnosis. A default."""
HERE = {"identity__group__removed": None}
"""Of participations: as a member of a group that was not removed."""
AT_ONCE = 200
"""Surveys that one tick closes at most."""


class Nameless(ValueError):
    """A survey needs a title."""


class Nobody(ValueError):
    """A survey is for at least one group."""


class Empty(Exception):
    """A survey without a question is not opened."""


class Frozen(Exception):
    """What has been asked cannot be changed: the survey was opened."""


class Reminded(Exception):
    """Those who have not answered were reminded already; once is enough (handbook chapter 6)."""


class Past(ValueError):
    """It would close before it opens."""


# -- tables


class Survey(Activity):
    """A survey (问卷). Its questions are one value; see `activities/questionnaire`."""

    intro = TextField(default="")
    questions = JSONField(default=list)
    before = JSONField(null=True)
    """The questions before the last change: what undoing brings back."""
    reminded = DateTimeField(null=True)
    """When those who had not answered were reminded: once."""
    heard = DateTimeField(null=True)
    """When its groups last heard of it while it was open."""

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


# -- reads


def surveys_for(staff: Staff) -> QuerySet[Survey]:
    """The surveys a member of staff may see, newest first: who is limited sees those of their own groups alone. Those
    of removed groups come back with their groups."""
    found = Survey.objects.filter(activity.here(), workspace=staff.workspace, removed=None)
    if staff.duty.limited:
        mine = Group.objects.filter(pk__in=groups_for(staff).values("pk"))
        others = Group.objects.filter(workspace=staff.workspace).exclude(pk__in=mine.values("pk"))
        found = found.filter(groups__in=mine).exclude(groups__in=others).distinct()
    return found.order_by("-created", "-pk")


def answers(survey: Survey) -> QuerySet[Answer]:
    """The answer of each human, in the order they came. Where persons were merged the newest one counts. Those of a
    removed group come back with it."""
    human = Coalesce("participation__person__root", "participation__person")
    rows = Participation.objects.annotate(human=Coalesce("person__root", "person"))
    newer = rows.filter(activity=survey.pk, state=activity.DONE, human=OuterRef("human"), **HERE)
    newer = newer.filter(changed__gt=OuterRef("participation__changed"))
    there = {f"participation__{way}": value for way, value in HERE.items()}
    found = Answer.objects.filter(survey=survey, **there).annotate(human=human).exclude(Exists(newer))
    return found.select_related("participation__identity__group").order_by("participation__at", "pk")


def answer_of(survey: Survey, identity: Identity) -> Answer | None:
    """What the human behind an account has answered, under whichever of their accounts."""
    found = Answer.objects.filter(survey=survey, participation__person__in=ones(identity.person))
    return found.select_related("participation__identity").order_by("-participation__changed").first()


def waiting(survey: Survey) -> list[tuple[Identity, datetime | None]]:
    """Who has not answered, each with when they were reminded."""
    rows = activity.counting(survey)
    out = []
    for person, identity in activity.people(survey).items():
        row = rows.get(person)
        if row is None or row.state != activity.DONE:
            out.append((identity, row.reminded if row else None))
    return out


def origin(survey: Survey) -> str:
    """By what facts in profiles and ties name this survey."""
    return f"survey:{survey.pk.hex}"


# -- writes of the staff


def begin(
    workspace: Workspace,
    *,
    title: str,
    groups: Iterable[Group],
    intro: str = "",
    questions: Questions = (),
    by: Account | None,
    now: datetime,
) -> Survey:
    """A new draft. Raises Nameless, Nobody, questionnaire.BadQuestions."""
    title, wanted = _title(title), list(groups)
    _check_facts(questions)
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


def describe(
    survey: Survey, *, title: str, intro: str, groups: Iterable[Group], by: Account | None, now: datetime
) -> None:
    """Another title, introduction or groups, while a draft. Raises Nameless, Nobody, Frozen."""
    title, wanted = _title(title), list(groups)
    if not wanted:
        raise Nobody
    with transaction.atomic():
        row = _draft(survey)
        before = {"title": row.title, "intro": row.intro, "groups": sorted(g.name for g in row.groups.all())}
        row.title, row.intro = title, _intro(intro)
        row.save()
        row.groups.set([*wanted, *row.groups.exclude(removed=None)])
        after = {"title": row.title, "intro": row.intro, "groups": sorted(g.name for g in row.groups.all())}
        _note(row, "survey.change", by, now, before=before, after=after)


def ask(survey: Survey, questions: Questions, *, by: Account | None, now: datetime) -> None:
    """Other questions, while a draft. Raises Frozen, questionnaire.BadQuestions."""
    questions = questionnaire.read(questionnaire.kept(questions))
    _check_facts(questions)
    with transaction.atomic():
        row = _draft(survey)
        old = row.asked()
        if old == questions:
            return
        row.before, row.questions = row.questions, questionnaire.kept(questions)
        row.save()
        told = {"before": {"questions": [q.text for q in old]}, "after": {"questions": [q.text for q in questions]}}
        _note(row, "survey.ask", by, now, **told)


def undo(survey: Survey, *, by: Account | None, now: datetime) -> bool:
    """The questions as they were before the last change, and back again; False where nothing was changed. Raises
    Frozen."""
    with transaction.atomic():
        row = _draft(survey)
        if row.before is None:
            return False
        ask(row, questionnaire.read(row.before), by=by, now=now)
    return True


def open_until(survey: Survey, closes: datetime | None, *, by: Account | None, now: datetime) -> None:
    """Open a draft, or what was closed again. Raises Empty, Past, activity.WrongMoment."""
    closes = closes or now + OPEN_FOR
    if closes <= now:
        raise Past
    with transaction.atomic():
        row = _locked(survey)
        if not row.questions:
            raise Empty
        row.become(activity.OPEN, now=now)
        row.closes, row.heard = closes, now
        row.save()
        _note(row, "survey.open", by, now, after={"closes": closes.isoformat()})


def close(survey: Survey, *, by: Account | None, now: datetime) -> None:
    """Take no more answers; its groups hear how many there were. Raises activity.WrongMoment."""
    with transaction.atomic():
        row = _locked(survey)
        row.become(activity.CLOSED, now=now)
        row.save()
        _note(row, "survey.close", by, now)
        hear(row)


def remove(survey: Survey, *, facts: bool = True, by: Account | None, now: datetime) -> int:
    """Take a survey out of the lists; its links say so. What it told of people stays in their profiles with its source,
    or is taken back where `facts` is False. Returns how many facts were taken back."""
    with transaction.atomic():
        row = _locked(survey)
        if row.removed is not None:
            return 0
        row.removed = now
        row.save()
        gone = 0
        if not facts:
            gone = profile.forget_learnt(origin(row), by=by, now=now)
            _take_back_acquaintances(row, now)
        _note(row, "survey.remove", by, now, after={"facts": gone} if gone else None)
    return gone


def remind(survey: Survey, *, by: Account | None, now: datetime) -> list[Identity]:
    """Those who have not answered are reminded, by hand and once: each has a deed. Returns whom. Raises
    activity.Closed, Reminded."""
    with transaction.atomic():
        row = _locked(survey)
        if not row.takes(now):
            raise Closed
        if row.reminded is not None:
            raise Reminded
        row.reminded = now
        row.save()
        done = [who for who, _ in waiting(row) if activity.remind(row, who, now=now)]
        told: dict[str, Any] = {"at": now, "key": row.pk.hex, "values": {"title": row.title}, "by": by, "now": now}
        for who in done:
            deed.write(who.person, "survey.remind", group=who.group, **told)
        _note(row, "survey.remind", by, now, after={"people": len(done)})
    return done


def _take_back_acquaintances(row: Survey, now: datetime) -> None:
    if any(q.kind == questionnaire.PEOPLE for q in row.asked()):
        done = Participation.objects.filter(activity=row, state=activity.DONE)
        for told in done.select_related("identity__group", "identity__person"):
            hearing.tell(told.identity, (), origin=origin(row), title=row.title, now=now)
        hear(row)


def hear(survey: Survey) -> None:
    """Tell the groups what was said of acquaintances, and, once it is over, how many of their members have answered."""
    over = survey.state in {activity.CLOSED, activity.SETTLED}
    for group in survey.groups.filter(removed=None):
        here = activity.rate(survey, group)
        response = (here.answered, here.members) if over else None
        hearing.hear(group.pk, response, at=survey.opened or survey.created)


def run_out(survey: Survey, *, now: datetime) -> None:
    """Write down that a survey has closed by itself, at the moment that was said; its groups hear of it."""
    with transaction.atomic():
        row = _locked(survey)
        if row.state in {activity.OPEN, activity.RUNNING} and row.closes and row.closes <= now:
            row.state, row.closed = activity.CLOSED, row.closes
            row.save()
            _note(row, "survey.close", None, now)
            hear(row)


def tick(hand: Hand) -> bool:
    """Close the surveys whose time is over, and let groups hear how those that are open go."""
    now = hand.clock()
    going = Survey.objects.filter(state__in=(activity.OPEN, activity.RUNNING), removed=None)
    for row in going.filter(Q(heard=None) | Q(heard__lt=now - HEARD_EVERY))[:AT_ONCE]:
        if Survey.objects.filter(pk=row.pk, heard=row.heard).update(heard=now):
            hear(row)
    for row in Survey.objects.filter(pk__in=activity.due(KIND, now).values("pk"))[:AT_ONCE]:
        run_out(row, now=now)
    return False


def _locked(survey: Survey) -> Survey:
    return Survey.objects.select_for_update().get(pk=survey.pk)


def _draft(survey: Survey) -> Survey:
    row = _locked(survey)
    if row.state != activity.DRAFT:
        raise Frozen
    return row


def _check_facts(questions: Questions) -> None:
    if any(q.fact and q.fact not in profile.FIELDS for q in questions):
        raise questionnaire.BadQuestions


def _title(text: str) -> str:
    text = one_line(text, activity.LONGEST_TITLE)
    if not text:
        raise Nameless
    return text


def _intro(text: str) -> str:
    return "\n".join(visible(line) for line in text.splitlines())[:LONGEST_INTRO].strip()


def _note(row: Survey, what: str, by: Account | None, now: datetime, **told: Any) -> None:
    audit.note(row.workspace, what, by=by, on=row.pk, title=row.title, now=now, **told)
