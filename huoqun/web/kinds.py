"""What each kind of activity shows: to staff on its page, to members on theirs. One line a kind; the templates are
`activity/kind/<id>.html` and `member/kind/<id>.html`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huoqun.activities.activity import Activity, Participation
from huoqun.people.person import Identity
from huoqun.web import kind_chain, kind_meetup, kind_topic, kind_vote


def _nothing(activity: Activity, now: datetime) -> dict[str, Any]:
    return {}


def _nothing_of(activity: Activity, who: Identity, mine: Participation | None, now: datetime) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class View:
    """What the two templates of a kind are given beside the activity and its plan."""

    staff: Callable[[Activity, datetime], dict[str, Any]] = _nothing
    member: Callable[[Activity, Identity, Participation | None, datetime], dict[str, Any]] = _nothing_of


VIEWS: dict[str, View] = {
    "vote": View(kind_vote.staff, kind_vote.member),
    "chain": View(kind_chain.staff, kind_chain.member),
    "meetup": View(kind_meetup.staff, kind_meetup.member),
    "topic": View(kind_topic.staff, kind_topic.member),
}
