"""Why somebody is in a segment or not: each condition in words, with what is known of them and whether it holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from huoqun.activities import survey
from huoqun.people.condition import DATES, NUMBERS, Condition
from huoqun.people.ladder import told as reason_of
from huoqun.people.membership import Membership
from huoqun.people.person import Identity, ones
from huoqun.people.profile import sayings
from huoqun.people.segment import Seen
from huoqun.people.staff import Staff, groups_for
from huoqun.people.tally import NEVER, Tally
from huoqun.web import word
from huoqun.web.segment_form import said

OF_ALL_GROUPS = frozenset({*NUMBERS, *DATES, "stratum", "isolated"}) - {"joined"}
"""What is summed over every group of a person."""


@dataclass(frozen=True)
class Line:
    """One line of the explanation: a condition with their value, or the head of a block."""

    depth: int
    holds: bool
    text: str
    value: str = ""


def lines(seen: Seen, tally: Tally, staff: Staff, names: Mapping[str, str], depth: int = 0) -> list[Line]:
    """The whole rule, its first line being the verdict."""
    if isinstance(seen.part, Condition):
        value = _value(seen.part, tally, staff)
        return [Line(depth, seen.holds, said(seen.part, names), value)]
    out = [Line(depth, seen.holds, word.of("join", seen.part.how))]
    for part in seen.parts:
        out += lines(part, tally, staff, names, depth + 1)
    return out


def _value(c: Condition, tally: Tally, staff: Staff) -> str:
    if c.of in OF_ALL_GROUPS and _elsewhere(tally, staff):
        return _("over all groups, also those you do not see")
    zone = ZoneInfo(tally.workspace.zone)
    if c.of == "joined":
        there = Membership.objects.filter(
            identity__person__in=ones(tally.person), identity__group__in=groups_for(staff)
        )
        found = there.exclude(joined=None).order_by("joined").values_list("joined", flat=True)
        return ", ".join(_day(moment, zone) for moment in found) or _("not known")
    if c.of in NUMBERS:
        return f"{getattr(tally, c.of):,}"
    if c.of in DATES:
        moment = getattr(tally, c.of)
        return _("never") if moment in (None, NEVER) else _day(moment, zone)
    if c.of == "stratum":
        return f"{word.of('stratum', tally.stratum)}: {reason(tally)}" if tally.stratum else _("not known")
    if c.of == "isolated":
        return word.of("about", "ties") + f": {tally.ties:,}"
    if c.of == "group":
        mine = Identity.objects.filter(person__in=ones(tally.person), group__in=groups_for(staff))
        return ", ".join(mine.order_by("group__name").values_list("group__name", flat=True).distinct()) or _("none")
    if c.of == "survey":
        return _answer(c, tally, staff)
    rows: list[Any] = list(sayings(tally.person, "fact" if c.of == "profile" else c.of))
    told = [s.text for s in rows if c.of != "profile" or s.field == c.key]
    return ", ".join(told) or _("nothing known")


def _elsewhere(tally: Tally, staff: Staff) -> bool:
    """Whether somebody is also in groups that a member of staff may not see."""
    if not staff.duty.limited:
        return False
    theirs = Identity.objects.filter(person__in=ones(tally.person), group__removed=None)
    return theirs.exclude(group__in=groups_for(staff)).exists()


def _answer(c: Condition, tally: Tally, staff: Staff) -> str:
    mine = survey.Answer.objects.filter(survey=UUID(c.key), participation__person__in=ones(tally.person))
    mine = mine.filter(participation__identity__group__in=groups_for(staff))
    given = mine.order_by("-participation__changed").first()
    if given is None:
        return _("no answer")
    value = given.values.get(c.value.partition("=")[0])
    if c.how != "said":
        return _("answered")
    return ", ".join(map(str, value)) if isinstance(value, list) else "–" if value is None else str(value)


def reason(tally: Tally) -> str:
    """Why somebody stands in their stratum, in words."""
    told = reason_of(tally.why, tally.__dict__)
    return _("has never spoken") if told == "never" else word.of("stratum_reason", told) if told else ""


def _day(moment: Any, zone: ZoneInfo) -> str:
    return date_format(moment.astimezone(zone), "Y-m-d")
