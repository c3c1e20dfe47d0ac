"""What each kind of activity shows: to staff on its page, to members on theirs. One line a kind; the templates are
`activity/kind/<id>.html` and `member/kind/<id>.html`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huoqun.activities.activity import Activity, Participation
from huoqun.people.group import Group
from huoqun.people.person import Identity
from huoqun.web import (
    kind_benefit,
    kind_chain,
    kind_challenge,
    kind_circle,
    kind_course,
    kind_feedback,
    kind_group_buy,
    kind_homework,
    kind_idea_call,
    kind_lottery,
    kind_meetup,
    kind_quiz,
    kind_spark,
    kind_spotlight,
    kind_team_up,
    kind_topic,
    kind_vote,
)

Known = Mapping[str, Any]
"""What else of an activity is known on its form: `row` (None while it is new) and `closes`."""


def _nothing(activity: Activity, now: datetime) -> dict[str, Any]:
    return {}


def _nothing_of(activity: Activity, who: Identity, mine: Participation | None, now: datetime) -> dict[str, Any]:
    return {}


def _no_warning(groups: list[Group], plan: Mapping[str, Any], known: Known, now: datetime) -> list[str]:
    return []


@dataclass(frozen=True)
class View:
    """What the two templates of a kind are given beside the activity and its plan; `warn`: ids of what staff should
    think of before they open it, shown on its form and its page."""

    staff: Callable[[Activity, datetime], dict[str, Any]] = _nothing
    member: Callable[[Activity, Identity, Participation | None, datetime], dict[str, Any]] = _nothing_of
    poster: Callable[[Activity, Identity, Participation | None, datetime], dict[str, Any]] = _nothing_of
    """What a member's own poster says beside title and link: fields of `base/poster.Poster`, and `code`, theirs."""
    table: Callable[[Activity], Iterable[Sequence[object]]] | None = None
    """What its download holds, the head first, where that is more than who takes part."""
    warn: Callable[[list[Group], Mapping[str, Any], Known, datetime], list[str]] = _no_warning


VIEWS: dict[str, View] = {
    "vote": View(kind_vote.staff, kind_vote.member),
    "challenge": View(kind_challenge.staff, kind_challenge.member),
    "lottery": View(kind_lottery.staff, kind_lottery.member),
    "spotlight": View(kind_spotlight.staff, kind_spotlight.member),
    "team_up": View(kind_team_up.staff, kind_team_up.member),
    "circle": View(kind_circle.staff, kind_circle.member),
    "chain": View(kind_chain.staff, kind_chain.member),
    "meetup": View(kind_meetup.staff, kind_meetup.member),
    "topic": View(kind_topic.staff, kind_topic.member),
    "quiz": View(kind_quiz.staff, kind_quiz.member),
    "idea_call": View(kind_idea_call.staff, kind_idea_call.member),
    "feedback": View(kind_feedback.staff, kind_feedback.member),
    "homework": View(kind_homework.staff, kind_homework.member, warn=kind_homework.warn),
    "group_buy": View(kind_group_buy.staff, kind_group_buy.member, table=kind_group_buy.table),
    "course": View(kind_course.staff, kind_course.member, table=kind_course.table),
    "red_packet": View(kind_spark.packets, kind_spark.packets_of),
    "show_day": View(kind_spark.shown, kind_spark.shown_of),
    "benefit": View(kind_benefit.staff, kind_benefit.member, table=kind_benefit.table),
}
