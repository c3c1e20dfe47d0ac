"""The lookout: what of a fresh diagnosis an operator should be told without asking, as alerts.

| alert | holds where |
| --- | --- |
| `worse` | the verdict is worse than at the checkup before, or a sign has left its normal range since |
| `slipped` | a sign that lay in its range one to two months ago, mean of those weeks, lies outside on the bad side |
| `owner_silent` | the owner (named, or as the file says) has not spoken for 14 days while others have |
| `questions` | of the questions of four weeks five or more, and over two in five, have no answer after a day |
| `full` | nine in ten of the network's places are taken (`people/room`) |
| `stale` | the newest export is 14 days old |

Two weeks are ours: half the month over which `owner_presence` is measured, and twice the week that the handbook's
pulse is a mean of. The share of questions is that of the finding `questions_unanswered`.
"""

from datetime import datetime, timedelta
from typing import Any

from huoqun.insight.document import Diagnosis, VitalSign
from huoqun.people import alert
from huoqun.people.group import Group
from huoqun.people.room import watch

RANKS = {"living": 0, "cooling": 1, "at_risk": 2, "dying": 3}
"""Verdicts that can be compared, the best first."""
LOW_IS_BAD = ("pulse", "speakers", "speaking_share", "newcomer_welcome", "answer_rate")
HIGH_IS_BAD = ("mood", "leave_rate")
"""Signs followed by the week (`VitalSign.series`); of the others a point is not what the value is."""
BEFORE = slice(-9, -4)
"""The weeks that ended one to two months ago."""
OWNER_SILENT = timedelta(days=14)
STALE = timedelta(days=14)
QUESTIONS_OF = timedelta(days=28)
PATIENCE = timedelta(days=1)
QUESTIONS_LEAST = 5
QUESTIONS_SHARE = 0.4


def look(
    group: Group,
    found: Diagnosis,
    *,
    state: str,
    before: tuple[str, Diagnosis] | None,
    as_of: datetime,
    now: datetime,
) -> None:
    """Bring a group's alerts to what its newest diagnosis says. `state`: as lists say it; `before`: state and diagnosis
    of an earlier day."""
    alert.put(group, alert.WORSE, worse(state, found, before), since=as_of, now=now)
    alert.put(group, alert.SLIPPED, slipped(found), since=as_of, now=now)
    alert.put(group, alert.OWNER_SILENT, owner_silent(found), since=as_of, now=now)
    alert.put(group, alert.QUESTIONS, unanswered(found), since=as_of, now=now)
    aged = None if group.simulated or found.stage == "closed" else {"as_of": as_of.date().isoformat()}
    alert.put(group, alert.STALE, aged, since=as_of + STALE, now=now)
    watch(group, found.members, now=now)


def worse(state: str, found: Diagnosis, before: tuple[str, Diagnosis] | None) -> dict[str, Any] | None:
    """What is worse than at the checkup before."""
    if before is None:
        return None
    was, old = before
    fell = RANKS.get(state, -1) > RANKS.get(was, len(RANKS))
    good = {sign.id for sign in old.vital_signs if sign.state == "good"}
    left = [sign.id for sign in found.vital_signs if sign.id in good and bad(sign)]
    told = {"was": was if fell else "", "is": state if fell else "", "signs": left, "day": old.as_of.date().isoformat()}
    return told if fell or left else None


def slipped(found: Diagnosis) -> dict[str, Any] | None:
    """The signs that left their range within two months."""
    gone = []
    for sign in found.vital_signs:
        known = [value for _, value in sign.series[BEFORE] if value is not None]
        if bad(sign) and len(known) >= 3 and inside(sign, mean := sum(known) / len(known)):
            gone.append({"id": sign.id, "is": sign.value, "was": mean, "unit": sign.unit})
    return {"signs": gone} if gone else None


def bad(sign: VitalSign) -> bool:
    """A sign that is followed lies outside its range on the bad side."""
    return sign.state == "low" and sign.id in LOW_IS_BAD or sign.state == "high" and sign.id in HIGH_IS_BAD


def inside(sign: VitalSign, value: float) -> bool:
    """A value lies in the sign's range."""
    return (sign.low is None or value >= sign.low) and (sign.high is None or value <= sign.high)


def owner_silent(found: Diagnosis) -> dict[str, Any] | None:
    """How long the owner has said nothing; of a guessed owner nothing is said."""
    owner = found.owner
    if owner is None or owner.source == "guess" or found.last is None or found.stage == "closed":
        return None
    last = next((person.last for person in found.people_table if person.id == owner.id), None)
    if last is None or found.as_of - last < OWNER_SILENT or found.last <= last:
        return None
    return {"days": (found.as_of - last).days}


def unanswered(found: Diagnosis) -> dict[str, Any] | None:
    """How many questions of the last weeks wait, and which share was answered.

    The document lists unanswered questions first and cuts the list, so that the share is taken from the sign's history,
    whose points are four weeks each.
    """
    rate = next((sign.series[-1][1] for sign in found.vital_signs if sign.id == "answer_rate" and sign.series), None)
    begin, end = found.as_of - QUESTIONS_OF, found.as_of - PATIENCE
    waiting = sum(one.answered is None and begin <= one.quote.time <= end for one in found.questions)
    if rate is None or waiting < QUESTIONS_LEAST or 1 - rate <= QUESTIONS_SHARE:
        return None
    return {"waiting": waiting, "answered": rate, "days": QUESTIONS_OF.days}
