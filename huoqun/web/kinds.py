"""What each kind of activity shows: to staff on its page, to members on theirs. One line a kind; the templates are
`activity/kind/<id>.html` and `member/kind/<id>.html`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huoqun.activities.activity import Activity, Participation
from huoqun.people.person import Identity
from huoqun.web import kind_benefit, kind_course, kind_group_buy, kind_spark, kind_vote


def _nothing(activity: Activity, now: datetime) -> dict[str, Any]:
    return {}


def _nothing_of(activity: Activity, who: Identity, mine: Participation | None, now: datetime) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class View:
    """What the two templates of a kind are given beside the activity and its plan."""

    staff: Callable[[Activity, datetime], dict[str, Any]] = _nothing
    member: Callable[[Activity, Identity, Participation | None, datetime], dict[str, Any]] = _nothing_of
    table: Callable[[Activity], Iterable[Sequence[object]]] | None = None
    """What its download holds, the head first, where that is more than the roster."""


VIEWS: dict[str, View] = {
    "vote": View(kind_vote.staff, kind_vote.member),
    "group_buy": View(kind_group_buy.staff, kind_group_buy.member, kind_group_buy.table),
    "course": View(kind_course.staff, kind_course.member, kind_course.table),
    "red_packet": View(kind_spark.packets, kind_spark.packets_of),
    "show_day": View(kind_spark.shown, kind_spark.shown_of),
    "benefit": View(kind_benefit.staff, kind_benefit.member, kind_benefit.table),
}
