"""The benefit on its pages: who still lacks what, and who got it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from huoqun.activities import attendance, benefit
from huoqun.activities.activity import DONE, JOINED, Activity, Participation
from huoqun.people.person import Identity
from huoqun.web import word

SHOWN = 200


def _lacking(activity: Activity, row: Participation, now: datetime) -> list[str]:
    return [word.of("lacks", part.what) % {"n": part.left} for part in benefit.lacks(activity, row, now)]


def staff(activity: Activity, now: datetime) -> dict[str, Any]:
    """Who waits and for what, who got it, how many codes are left."""
    waits = attendance.participants(activity, JOINED)[:SHOWN]
    return {
        "waits": [(row, _lacking(activity, row, now)) for row in waits],
        "got": attendance.participants(activity, DONE)[:SHOWN],
        "codes_left": benefit.codes_left(activity),
    }


def member(activity: Activity, who: Identity, mine: Participation | None, now: datetime) -> dict[str, Any]:
    """What they get, or what they lack."""
    got = mine is not None and mine.state == DONE
    lacking = _lacking(activity, mine, now) if mine is not None and mine.state == JOINED else []
    return {
        "got": got,
        "gift": benefit.plan_of(activity).gift if got else "",
        "code": mine.values.get("code", "") if got and mine else "",
        "lacking": lacking,
        "none_left": benefit.codes_left(activity) == 0,
    }


def table(activity: Activity) -> Iterator[Sequence[object]]:
    """Everybody with what they got."""
    yield [_("Name"), _("Group"), _("State"), _("Note"), _("Code"), _("When")]
    for row in attendance.participants(activity):
        given = str(row.values.get("given", ""))[:16]
        yield [
            row.identity.name, row.identity.group.name, word.of("part", row.state), row.note,
            str(row.values.get("code", "")), given,
        ]  # fmt: skip
