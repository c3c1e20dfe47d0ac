"""The errors of the product as programs are told of them: facts with the message as docstring.

`FACTS` says with which status, under which id and of which field.
"""

import inspect
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import translation

from huoqun.activities import activity, attendance, life, questionnaire, survey
from huoqun.chat import zone
from huoqun.content import material, slot, watchword
from huoqun.crew import planning
from huoqun.people import (
    branch,
    consent,
    dealing,
    goal,
    group,
    introduction,
    mark,
    membership,
    merge,
    override,
    points,
    positioning,
    profile,
    research,
    revision,
    roll,
    room,
    scheme,
    segment,
    spreadsheet,
    staff,
    stretch,
    upload,
    view,
    workspace,
)
from huoqun.playbooks import starting, starting_many, steering
from huoqun.web import said
from huoqun.web.api_fault import told
from huoqun.web.importing import NoRoom, OnlyOwnGroups
from huoqun.web.roll import TooLarge


class NotThere(Exception):
    """There is no such thing, or not for you."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class BadPlan(Exception):
    """The plan of an activity cannot be so."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


class NotYet(Exception):
    """The group has no diagnosis yet: nothing was imported, or it is being made."""


class Ahead(ValueError):
    """A day on which something was done does not lie ahead."""

    def __init__(self, field: str = "on") -> None:
        super().__init__(field)
        self.field = field


FACTS: dict[type[Exception], tuple[int, str, str | None]] = {
    NotThere: (404, "not_found", None),
    NotYet: (409, "no_diagnosis", None),
    OnlyOwnGroups: (403, "only_own_groups", "into"),
    Ahead: (422, "ahead", None),
    TooLarge: (413, "too_large", "file"),
    spreadsheet.Unreadable: (422, "unreadable", "file"),
    NoRoom: (507, "no_room", None),
    starting.BadValue: (422, "bad_value", "values"),
    starting.Over: (422, "over", "begins"),
    starting_many.TooMany: (422, "too_many", "groups"),
    steering.Late: (409, "late", None),
    steering.NoReason: (422, "no_reason", "why"),
    attendance.Full: (409, "full", None),
    material.BadMaterial: (422, "bad_piece", None),
    slot.BadSlot: (422, "bad_slot", None),
    slot.Crowded: (409, "crowded", "at"),
    slot.Sent: (409, "sent", None),
    watchword.BadWatchword: (422, "bad_keyword", "name"),
    planning.BadRota: (422, "bad_rota", None),
    planning.NotHere: (409, "not_here", "person"),
    planning.NotTheirs: (409, "not_theirs", None),
    attendance.NotIn: (409, "not_in", None),
    life.Frozen: (409, "frozen", None),
    life.Nameless: (422, "nameless", "title"),
    life.Nobody: (422, "nobody", "groups"),
    points.BadAmount: (422, "bad_amount", "amount"),
    points.Reversed: (409, "reversed", None),
    points.Short: (409, "short", None),
    scheme.OverBudget: (409, "over_budget", None),
    activity.Closed: (409, "closed", None),
    activity.WrongMoment: (409, "wrong_moment", None),
    branch.BadPlace: (422, "bad_place", None),
    branch.Circle: (422, "circle", "parent"),
    consent.NoSource: (422, "no_source", "source"),
    dealing.Settled: (409, "settled", None),
    goal.BadCount: (422, "bad_count", None),
    goal.BadGoal: (422, "bad_goal", None),
    goal.NoGoal: (409, "no_goal", None),
    introduction.NotProposed: (409, "not_proposed", None),
    research.BadStudy: (422, "bad_study", None),
    revision.Overtaken: (409, "overtaken", None),
    roll.Wrong: (422, "wrong_lines", None),
    segment.Nameless: (422, "nameless", "name"),
    stretch.BadStretch: (422, "bad_stretch", "to"),
    group.UnknownType: (422, "unknown_type", "type"),
    mark.BadMark: (422, "bad_mark", None),
    membership.NobodyCalled: (422, "nobody_called", "name"),
    merge.Impossible: (409, "impossible", None),
    override.BadOverride: (422, "bad_override", None),
    positioning.BadCard: (422, "bad_card", None),
    profile.BadSaying: (422, "bad_saying", "text"),
    questionnaire.BadQuestions: (422, "bad_questions", "questions"),
    room.BadLimit: (422, "bad_limit", "limit"),
    staff.LastOwner: (409, "last_owner", None),
    survey.Empty: (409, "empty", None),
    survey.Frozen: (409, "frozen", None),
    survey.Nameless: (422, "nameless", "title"),
    survey.Nobody: (422, "nobody", "groups"),
    survey.Reminded: (409, "reminded", None),
    survey.Past: (422, "past", "closes"),
    upload.NothingGiven: (422, "nothing_given", "files"),
    view.BadView: (422, "bad_view", "name"),
    workspace.Nameless: (422, "nameless", "name"),
    zone.UnknownZone: (422, "unknown_zone", "zone"),
}
"""The errors that functions of the product raise, with their status, id and field."""


def of_fact(request: HttpRequest, fact: Any) -> JsonResponse:
    """An error of the product, as its table says."""
    status, error, field = next(FACTS[kind] for kind in type(fact).__mro__ if kind in FACTS)
    return told(status, error, " ".join((inspect.getdoc(fact) or error).split()), getattr(fact, "field", None) or field)


def of_card(request: HttpRequest, wrong: Any) -> JsonResponse:
    """A positioning card, with the first of its parts that is wrong."""
    return told(422, "bad_card", " ".join((inspect.getdoc(wrong) or "").split()), next(iter(wrong.parts)))


def of_plan(request: HttpRequest, wrong: Any) -> JsonResponse:
    """The plan of an activity, with the first of its fields that cannot be so."""
    return told(422, "unfit", wrong.message, ".".join(["plan", *([wrong.field] if wrong.field else [])]))


def of_refusal(request: HttpRequest, refused: Any) -> JsonResponse:
    """A deed in an activity that was not done: why is an id that stays, with its words in English."""
    with translation.override("en"):
        return told(409, refused.why, said.why(refused), refused.values.get("field"))


def of_shape(request: HttpRequest, wrong: Any) -> JsonResponse:
    """What does not have the shape the operation asks for: the first place that is wrong."""
    first = wrong.errors[0]
    where, *parts = first["loc"]
    field = ".".join(str(part) for part in (parts[1:] if where == "body" else parts)) or None
    return told(422, "unfit", str(first["msg"]), field)
