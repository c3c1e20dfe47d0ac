"""The list of a lottery (抽奖名单): who is in the draw: whoever signed up, and whom staff put in.

Staff put in everybody of the groups or of one, a segment, those who took part in another activity, came to it or
finished it, or names that they paste. Only who is a member of the lottery's groups gets in, each human once; a list can
be taken out again until all of it is frozen. Whoever was put in has not taken part, and gets no points for it; they are
out where they say so, and no list brings them back.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from huoqun.activities import activity as base
from huoqun.activities import attendance, name_list, sealed_draw
from huoqun.activities.activity import DONE, DRAFT, IN, INVITED, LEFT, Activity, Closed, Participation
from huoqun.activities.kind import Refused, Said
from huoqun.activities.lottery_prize import LISTED, LotteryPlan
from huoqun.people import segment as segments
from huoqun.people.account import Account
from huoqun.people.display import visible
from huoqun.people.person import Identity
from huoqun.people.sieve import roomy

GROUPS, SEGMENT, ACTIVITY, NAMES = "list_groups", "list_segment", "list_activity", "list_names"
SOURCES = (GROUPS, SEGMENT, ACTIVITY, NAMES)
TOOK_PART, CAME, FINISHED = "list_took_part", "list_came", "list_finished"
HOW = (TOOK_PART, CAME, FINISHED)
MARKS_FINISHED = ("challenge",)
"""Kinds in which somebody is done with their first day; who finished is written down at settlement."""
MOST_NAMES = 2000
MOST_LISTS = 50
NAMES_TOLD = 20


# -- reads


def entrants(activity: Activity) -> list[Participation]:
    """Who is in the draw, in the order they came or were put in."""
    rows = activity.participations.exclude(state=LEFT).select_related("identity__group", "person__root")
    found = [row for row in rows if row.state in IN or row.values.get("lists")]
    return sorted(found, key=lambda row: (row.at or row.created, row.pk))


def lists(activity: Activity) -> list[dict[str, Any]]:
    """What staff put in: `id`, `source`, `of` (the key of group, segment or activity), `how`, `count`."""
    return list(activity.state_of_play.get("lists", ()))


def others(activity: Activity) -> QuerySet[Activity]:
    """The activities whose people can be put in: those that share a group with it, the newest first."""
    found = Activity.objects.filter(workspace=activity.workspace_id, groups__in=activity.groups.all(), removed=None)
    return found.exclude(pk=activity.pk).exclude(state=DRAFT).distinct().order_by("-created", "-pk")


# -- writes


def join(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Sign up: `note`. Raises Refused where staff alone say who is in, Closed, attendance.Full."""
    if LotteryPlan.model_validate(activity.plan).entry == LISTED and via != "staff":
        raise Refused("lottery_listed")
    part = attendance.sign_up(
        activity, who, count=said.number("count", 1), note=said.text("note"), via=via, at=at, now=now
    )
    return str(part.state)


def leave_out(activity: Activity, who: Identity, said: Said, *, now: datetime, **_more: Any) -> str:
    """Who was put in does not want to be. Raises Refused, attendance.NotIn."""
    with transaction.atomic():
        held = _before_freezing(activity)
        row = base.counting(held).get(who.person.root_id or who.person_id)
        if row is None or not row.values.get("lists"):
            raise attendance.NotIn
        row.values, row.state, row.changed = row.values | {"lists": []}, LEFT, now
        row.save()
        attendance.tell(held, who, "leave", at=now, now=now)
    return "left"


def enlist(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Put people in: `source`, one of SOURCES; `group`, `segment` or `activity` with `how`, or `names`, one a line
    (`skip`: names that are nobody's, or several people's, are left out). All of it or nothing. Raises Refused."""
    with transaction.atomic():
        held = _before_freezing(activity)
        there = lists(held)
        if any(each["key"] == key for each in there):
            return "lottery_enlisted"
        if len(there) >= MOST_LISTS:
            raise Refused("lottery_lists", most=MOST_LISTS)
        everybody = base.people(held)
        told, wanted = _wanted(held, said, everybody, now)
        number = 1 + max((each["id"] for each in there), default=0)
        count = _put_in(held, [everybody[root] for root in everybody if root in wanted], number, now)
        if not count:
            raise Refused("lottery_list_empty")
        fresh = {"id": number, "count": count, "key": key, "at": now.isoformat(), **told}
        held.state_of_play = held.state_of_play | {"lists": [*there, fresh]}
        held.save(update_fields=["state_of_play"])
    return "lottery_enlisted"


def strike(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Take a list out again: `list`, its number. Who signed up, or is in another list, stays. Raises Refused."""
    number = said.number("list")
    with transaction.atomic():
        held = _before_freezing(activity)
        rows = [row for row in held.participations.all() if number in row.values.get("lists", ())]
        for row in rows:
            row.values = row.values | {"lists": [n for n in row.values["lists"] if n != number]}
        Participation.objects.bulk_update(rows, ["values"], batch_size=500)
        left = [each for each in lists(held) if each["id"] != number]
        held.state_of_play = held.state_of_play | {"lists": left}
        held.save(update_fields=["state_of_play"])
    return "done"


def _before_freezing(activity: Activity) -> Activity:
    held = attendance.locked(activity)
    if sealed_draw.frozen(held):
        raise Refused("lottery_frozen")
    if held.removed is not None:
        raise Closed
    return held


def _put_in(held: Activity, those: list[Identity], number: int, now: datetime) -> int:
    """Write them into a list; how many it then has. Who has said that they do not want to be in stays out."""
    known, fresh, changed = base.counting(held), list[Participation](), list[Participation]()
    for who in those:
        row = known.get(who.person.root_id or who.person_id)
        if row is None:
            row = Participation(activity=held, person_id=who.person_id, identity=who, state=INVITED, created=now)
            row.via = "list"
            fresh.append(row)
        elif row.state == LEFT:
            continue
        else:
            changed.append(row)
        row.values = row.values | {"lists": [*row.values.get("lists", ()), number]}
    Participation.objects.bulk_create(fresh, batch_size=500)
    Participation.objects.bulk_update(changed, ["values"], batch_size=500)
    return len(fresh) + len(changed)


def _wanted(
    held: Activity, said: Said, everybody: dict[UUID, Identity], now: datetime
) -> tuple[dict[str, str], Iterable[UUID]]:
    """What is written down of a list, and the roots it names."""
    source = said.text("source")
    if source == GROUPS:
        return _of_group(held, said)
    if source == SEGMENT:
        row = segments.segments(held.workspace).filter(pk=said.key("segment")).first()
        if row is None:
            raise Refused("lottery_no_segment")
        with roomy():
            those = set(segments.people(row, now=now).values_list("pk", flat=True))
        return {"source": source, "of": str(row.pk)}, those
    if source == ACTIVITY:
        return _of_activity(held, said)
    if source == NAMES:
        return {"source": source}, _named(said, everybody)
    raise Refused("lottery_source")


def _of_group(held: Activity, said: Said) -> tuple[dict[str, str], set[UUID]]:
    groups = held.groups.filter(removed=None)
    if said.text("group"):
        groups = groups.filter(pk=said.key("group"))
    there = list(groups.values_list("pk", flat=True))
    if not there:
        raise Refused("lottery_no_group")
    rows = base.members(held).filter(group__in=there).values_list("person", "person__root")
    told = {"source": GROUPS} | ({"of": str(there[0])} if said.text("group") else {})
    return told, {root or person for person, root in rows}


def _of_activity(held: Activity, said: Said) -> tuple[dict[str, str], set[UUID]]:
    row, how = others(held).filter(pk=said.key("activity")).first(), said.text("how")
    if row is None or how not in HOW:
        raise Refused("lottery_no_activity")
    parts = row.participations.filter(state__in=IN if how == TOOK_PART else (DONE,))
    if how == FINISHED and row.kind in MARKS_FINISHED:
        parts = parts.filter(values__finished=True)
    rows = parts.values_list("person", "person__root")
    return {"source": ACTIVITY, "of": str(row.pk), "how": how}, {root or person for person, root in rows}


def _named(said: Said, everybody: dict[UUID, Identity]) -> set[UUID]:
    names = [visible(line) for line in said.text("names").splitlines()]
    if len(names) > MOST_NAMES:
        raise Refused("lottery_names_many", most=MOST_NAMES)
    called = name_list.call(everybody.values(), names)
    if called.unclear and not said.text("skip"):
        told = {"nobody": _some(called.nobody), "several": _some(called.several)}
        raise Refused("lottery_names", **told)
    return {who.person.root_id or who.person_id for who in called.found}


def _some(names: tuple[str, ...]) -> str:
    """The first of some names, and how many more there are; a dash for none."""
    shown = "、".join(name[:40] for name in names[:NAMES_TOLD])
    return f"{shown} … +{len(names) - NAMES_TOLD}" if len(names) > NAMES_TOLD else shown or "—"
