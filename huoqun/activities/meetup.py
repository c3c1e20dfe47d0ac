"""The meetup (见面会): the day a group sees each other.

For the operator: city, place, places and a waiting list; two days before, those who signed up are asked to confirm, and
four hours before, places without a yes go to who waits; who comes is checked in by a code that also works without a
network, by a word on the wall, or by name; guests and walk-ins are welcome and take a place each, unless they are let
in over the capacity; costs are shared and ticked off; cards break the ice;
who met whom becomes ties; photos are shown once everybody on them agrees; who stays away is written down; a survey
follows.

Reads: the members of its groups, consents. Writes: participations (`values`: confirmed, paid, arrived),
`Activity.state_of_play` (asked, word, guests, places, survey), contributions (`card`, `met`, `photo`), deeds, outbox.
"""

import hashlib
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huoqun.activities import activity as base
from huoqun.activities import attendance, herald, meetup_plan, name_list
from huoqun.activities.activity import CLOSED, DONE, IN, JOINED, WAITING, Activity, Closed, Participation
from huoqun.activities.kind import Kind, Refused, Said
from huoqun.activities.meetup_met import card, met, photo, show, staff_photo, table
from huoqun.activities.meetup_plan import Guest, MeetupPlan, guests
from huoqun.activities.meetup_survey import ask
from huoqun.people import outbox
from huoqun.people.account import Account
from huoqun.people.display import one_line
from huoqun.people.group import Group
from huoqun.people.person import Identity

EARLY = timedelta(hours=6)
"""How long before it people may be checked in."""
TRIES = 8
"""How often a member may guess the word on the wall."""
MOST_GUESTS = 500
SAID = {
    "confirm": _("“%(title)s” is on %(when)s. Are you coming? Please confirm, else your place goes on: %(link)s"),
    "release": _("Places that nobody confirmed went on. Now in for “%(title)s”: %(names)s. %(link)s"),
}


# -- what members do


def confirm(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """They come for sure. Raises Closed, attendance.NotIn."""
    with transaction.atomic():
        held = attendance.locked(activity)
        row = attendance.row_of(held, who.person)
        if row is None or row.state not in {JOINED, WAITING}:
            raise attendance.NotIn
        if not held.takes(now, at) and held.standing(now) != CLOSED:
            raise Closed
        if not meetup_plan.confirmed(held, row):
            row.values, row.changed = row.values | {"confirmed": now.isoformat()}, now
            row.save()
            attendance.tell(
                held, who, "confirm", at=at or now, key=f"confirm {held.state_of_play.get('for', '')}", now=now
            )
    return "meetup_confirmed" if row.state == JOINED else "meetup_stands_by"


def here(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """They are there: `word`, as it stands on the wall. Raises Refused."""
    with transaction.atomic():
        held = _door(activity, now)
        row = attendance.row_of(held, who.person) or base.row_for(held, who, now=now)
        tried = int(row.values.get("tried", 0))
        if tried >= TRIES:
            raise Refused("meetup_tried")
        right = secrets.compare_digest(said.text("word").encode(), str(held.state_of_play.get("word", "")).encode())
        if not right:
            row.values = row.values | {"tried": tried + 1}
            row.save(update_fields=["values"])
        else:
            attendance.arrive(held, who, via=via, at=at, now=now)
    if not right:
        raise Refused("meetup_word")
    return "meetup_here"


# -- what staff do, or a step


def check_in(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """People are there: `code` (as scanned; `CODE@moment` where that was earlier, without a network) or `who`, ids of
    accounts. What was sent before changes nothing. Raises Refused."""
    wanted: list[tuple[Identity, datetime]] = []
    known = meetup_plan.by_code(activity) if said.all("code") else {}
    for text in said.all("code"):
        code, _at, when = text.partition("@")
        who = known.get(meetup_plan.code_in(code))
        if who is None:
            raise Refused("meetup_code")
        wanted.append((who, _earlier(when, now)))
    ids = set(said.all("who"))
    there = {i.pk.hex: i for i in base.members(activity)} if ids else {}
    if ids - there.keys():
        raise Refused("meetup_code")
    wanted += [(there[id], now) for id in sorted(ids)]
    if not wanted:
        raise Refused("meetup_nobody")
    with transaction.atomic():
        held = _door(activity, now)
        for who, at in wanted:
            attendance.arrive(held, who, via="staff", at=at, by=by, now=now)
    return "meetup_checked"


def _earlier(when: str, now: datetime) -> datetime:
    """The moment a code was scanned, by the clock of the door, which may be wrong: not in the future, and of today."""
    try:
        moment = datetime.fromisoformat(when) if when else now
    except ValueError:
        return now
    return moment if moment.tzinfo and now - timedelta(days=2) <= moment <= now else now


def not_here(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Somebody was checked in by mistake: `who`. Raises Refused."""
    with transaction.atomic():
        held = _door(activity, now)
        row = next((r for r in meetup_plan.came(held) if r.identity_id.hex == said.text("who")), None)
        if row is not None:
            was = base.LEFT if row.values.get("walk_in") else WAITING if row.values.get("waited") else JOINED
            row.values = {k: v for k, v in row.values.items() if k not in {"arrived", "walk_in", "waited", "over"}}
            row.state, row.changed = was, now
            row.save()
            _count(held, now)
    return "done"


def over(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Somebody who came without a place was let in over the capacity and takes none, or takes one after all (`no`):
    `who`, a walk-in's account, or `guest`. Raises Refused."""
    is_over = not said.text("no")
    with transaction.atomic():
        held = _door(activity, now)
        there = guests(held)
        rows = [r for r in meetup_plan.came(held) if r.identity_id.hex == said.text("who")]
        rows = [r for r in rows if meetup_plan.without_place(r)]
        if not rows and all(g.id != said.text("guest") for g in there):
            raise Refused("meetup_nobody")
        for row in rows:
            row.values, row.changed = row.values | {"over": is_over}, now
            row.save()
        _guests(held, [replace(g, over=is_over) if g.id == said.text("guest") else g for g in there], now)
    return "done"


def guest(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Somebody came who is no member: `name`; `over`: let in over the capacity, they take no place. Nobody who is there
    is turned away: a full room is shown. Whoever is a member is checked in as themselves. Raises Refused."""
    name = one_line(said.text("name"), 60)
    if not name:
        raise Refused("meetup_name")
    same = name_list.call(base.people(activity).values(), [name]).found
    with transaction.atomic():
        held = _door(activity, now)
        there = guests(held)
        id = hashlib.sha256(key.encode()).hexdigest()[:12]
        if same:
            attendance.arrive(held, same[0], via="staff", by=by, now=now)
            return "meetup_member"
        if len(there) >= MOST_GUESTS:
            raise Refused("full")
        if all(g.id != id for g in there):
            _guests(held, [*there, Guest(id, name, now.isoformat(), over=bool(said.text("over")))], now)
    return "done"


def no_guest(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """A guest was written down by mistake: `guest`."""
    with transaction.atomic():
        held = _door(activity, now)
        _guests(held, [g for g in guests(held) if g.id != said.text("guest")], now)
    return "done"


def paid(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Tick who has paid: of those in `shown`, those in `paid` have and the others have not; ids of accounts and of
    guests. Raises Refused."""
    shown, ticked = set(said.all("shown")), set(said.all("paid"))
    with transaction.atomic():
        held = _door(activity, now)
        for row in attendance.participants(held, *IN):
            id = row.identity_id.hex
            if id in shown and bool(row.values.get("paid")) != (id in ticked):
                row.values, row.changed = row.values | {"paid": id in ticked}, now
                row.save()
        there = [replace(g, paid=g.id in ticked if g.id in shown else g.paid) for g in guests(held)]
        _guests(held, there, now)
    return "done"


def _guests(held: Activity, those: list[Guest], now: datetime) -> None:
    held.state_of_play["guests"] = [meetup_plan.kept(g) for g in those]
    _count(held, now)


def _count(held: Activity, now: datetime) -> None:
    """Whose place counts is written down; a place that became free goes to who waits."""
    held.state_of_play["places"] = meetup_plan.beside(held)
    held.save(update_fields=["state_of_play"])
    attendance.fill(held, now=now)


def _door(activity: Activity, now: datetime) -> Activity:
    """The activity under its lock, once people may be there and until it is settled. Raises Closed, Refused."""
    held = attendance.locked(activity)
    if held.removed is not None or not (held.takes(now) or held.standing(now) == CLOSED):
        raise Closed
    if held.starts is not None and now < held.starts - EARLY:
        raise Refused("meetup_early")
    return held


# -- what it does of itself


def _ready(activity: Activity) -> None:
    if activity.starts is None:
        raise Refused("meetup_when")
    plan = MeetupPlan.model_validate(activity.plan)
    if plan.release >= plan.confirm:
        raise Refused("meetup_order")


def _opened(held: Activity, now: datetime) -> None:
    held.state_of_play.setdefault("word", f"{secrets.randbelow(10_000):04d}")
    _schedule(held, now)


def _refill(held: Activity, now: datetime) -> None:
    attendance.fill(held, now=now)
    if held.starts and held.starts.isoformat() != held.state_of_play.get("for"):
        held.state_of_play.pop("asked", None)
        held.state_of_play.pop("released", None)
    _schedule(held, now)


def _schedule(held: Activity, now: datetime) -> None:
    """When it has something to do next; a moment that is over already is not made up for."""
    held.state_of_play["for"] = held.starts.isoformat() if held.starts else ""
    asks, lets = meetup_plan.confirms_at(held), meetup_plan.releases_at(held)
    play, moments = held.state_of_play, []
    if asks and "asked" not in play:
        moments = [asks]
    elif lets and "asked" in play and "released" not in play:
        moments = [lets]
    held.next = next((m for m in moments if m > now), None)


def _due(held: Activity, now: datetime) -> None:
    asks, lets = meetup_plan.confirms_at(held), meetup_plan.releases_at(held)
    play = held.state_of_play
    if held.starts is None or held.starts <= now or held.standing(now) in {base.DRAFT, base.SETTLED}:
        return
    if lets is not None and lets <= now and "asked" in play and "released" not in play:
        play["released"] = now.isoformat()
        _release(held, now)
    elif asks is not None and asks <= now and "asked" not in play:
        play["asked"] = now.isoformat()
        _say(held, "confirm", now)
    _schedule(held, now)


def _release(held: Activity, now: datetime) -> None:
    """Places without a yes go to who waits, the longest first; who signed up last gives theirs first. Where nobody
    waits, all keep theirs."""
    if held.capacity is None:
        return
    room = held.capacity - attendance.taken(held)
    open_ = [r for r in attendance.participants(held, JOINED) if not meetup_plan.confirmed(held, r)]
    going, waits = list[Participation](), list(attendance.participants(held, WAITING))
    for row in waits:
        needed = list[Participation]()
        while room + sum(r.count for r in needed) < row.count and open_:
            needed.append(open_.pop())
        room += sum(r.count for r in needed) - row.count
        if room < 0:
            break
        going += needed
    for number, row in enumerate(going):
        row.values = row.values | {"signed_up": row.at.isoformat() if row.at else ""}
        row.state, row.at, row.changed = WAITING, now + timedelta(microseconds=number), now
        row.save()
        attendance.tell(held, row.identity, "release", at=now, key=f"release {held.state_of_play['for']}", now=now)
    moved = attendance.fill(held, now=now)
    if moved:
        _say(held, "release", now, names=", ".join(row.identity.name for row in moved))


def _say(held: Activity, what: str, now: datetime, **values: Any) -> None:
    def words(group: Group) -> str:
        return str(SAID[what]) % {
            "title": held.title,
            "when": _when(held, group.zone),
            "link": outbox.LINK,
            **values,
        }

    herald.tell_groups(held, what, words, key=str(held.state_of_play["for"]), now=now)


def _when(held: Activity, zone: str) -> str:
    """When it begins, on the clock of a group."""
    return held.starts.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") if held.starts else ""


def _settled(held: Activity, now: datetime) -> None:
    """Who signed up and did not come is absent, where anybody was checked in at all."""
    if attendance.participants(held, DONE).exists() or guests(held):
        attendance.mark_absent(held, now=now)


MEETUP = Kind(
    "meetup",
    MeetupPlan,
    member={"confirm": confirm, "here": here, "card": card, "met": met, "photo": photo},
    staff={
        "check_in": check_in,
        "not_here": not_here,
        "guest": guest,
        "no_guest": no_guest,
        "over": over,
        "paid": paid,
        "table": table,
        "photo": staff_photo,
        "show": show,
        "survey": ask,
    },
    ready=_ready,
    opened=_opened,
    refill=_refill,
    due=_due,
    settled=_settled,
    marked=True,
)
