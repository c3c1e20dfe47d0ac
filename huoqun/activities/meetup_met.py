"""What stays of a meetup: cards that broke the ice, who met whom, and photos.

Who met whom becomes ties: a member names those they talked with, or staff write down who sat at a table. A photo is
shown to members once staff have said who is on it and all of these agree to be shown (`people/consent`).
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from huoqun.activities import activity as base
from huoqun.activities import attendance, contribution, name_list
from huoqun.activities.activity import CLOSED, SETTLED, Activity, Closed
from huoqun.activities.contribution import ACCEPTED, REFUSED, WITHDRAWN, Contribution, contributions, hand_in, mine
from huoqun.activities.kind import Refused, Said
from huoqun.activities.meetup_plan import CARD, MET, PHOTO, came
from huoqun.people import consent
from huoqun.people.account import Account
from huoqun.people.display import one_line
from huoqun.people.person import Identity, root_of

LONGEST_LABEL = 60
MOST_PHOTOS = 20
"""Photos of one member at most; a default."""
MOST_AT_A_TABLE = 30


def card(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """One's ice-breaker: `label` (who am I, in a few words), `ask` (ask me about), a drawing of oneself as picture; the
    newest counts. Raises Refused, Closed."""
    label, ask = (one_line(said.text(name), LONGEST_LABEL) for name in ("label", "ask"))
    with transaction.atomic():
        held = _open(activity, now)
        if not label:
            raise Refused("meetup_label")
        before = mine(held, who.person, CARD).exclude(key=f"{who.pk.hex} {key}")
        drawing = said.picture or next((row.picture for row in before if row.picture), None)
        before.update(state=WITHDRAWN)
        values = {"ask": ask}
        key = f"{who.pk.hex} {key}"
        hand_in(held, who, CARD, key=key, text=label, values=values, picture=drawing, at=at, now=now)
    return "meetup_card"


def met(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Whom they talked with: `with`, ids of accounts of who came, or `name`. Raises Refused, Closed."""
    with transaction.atomic():
        held = _open(activity, now)
        there = {row.identity_id.hex: row.identity for row in came(held)}
        myself = root_of(who.person).pk
        if all(root_of(i.person).pk != myself for i in there.values()):
            raise Refused("meetup_not_there")
        wanted = [there[id] for id in said.all("with") if id in there] + list(_called(there.values(), said.all("name")))
        others = {root_of(i.person).pk: i for i in wanted if root_of(i.person).pk != myself}
        if not others:
            raise Refused("meetup_nobody")
        for other in others.values():
            pair = " ".join(sorted([who.pk.hex, other.pk.hex]))
            key = hashlib.sha256(pair.encode()).hexdigest()[:24]
            hand_in(held, who, MET, key=f"{who.pk.hex} {other.pk.hex}", values={"with": other.pk.hex}, now=now)
            attendance.tell_together(held, [who, other], "meet", key=f"met {key}", at=held.starts or now, now=now)
    return "meetup_met"


def table(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Who sat together: `with`, ids of accounts of who came, or `name`, one a line. Raises Refused, Closed."""
    with transaction.atomic():
        held = _open(activity, now)
        there = {row.identity_id.hex: row.identity for row in came(held)}
        wanted = [there[id] for id in said.all("with") if id in there] + list(_called(there.values(), said.all("name")))
        those = {root_of(i.person).pk: i for i in wanted}
        if not 2 <= len(those) <= MOST_AT_A_TABLE:
            raise Refused("meetup_table", most=MOST_AT_A_TABLE)
        circle = hashlib.sha256(" ".join(sorted(i.pk.hex for i in those.values())).encode()).hexdigest()[:24]
        attendance.tell_together(held, those.values(), "meet", key=f"table {circle}", at=held.starts or now, now=now)
        tables = held.state_of_play.setdefault("tables", {})
        tables[circle] = sorted(i.pk.hex for i in those.values())
        held.save(update_fields=["state_of_play"])
    return "meetup_met"


def _called(there: Iterable[Identity], names: Iterable[str]) -> Iterable[Identity]:
    """Who of these bears one of the names, each name of one human. Raises Refused."""
    wanted = [n for text in names for n in text.replace("、", "\n").replace("，", "\n").splitlines() if n.strip()]
    called = name_list.call(there, wanted)
    if called.unclear:
        raise Refused("meetup_who", name=called.unclear[0][:60])
    return called.found


def photo(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """A photo, `text` under it; staff say who is on it before others see it. Raises Refused, Closed."""
    with transaction.atomic():
        held = _open(activity, now)
        if said.picture is None:
            raise Refused("meetup_picture")
        if mine(held, who.person, PHOTO).count() >= MOST_PHOTOS:
            raise Refused("meetup_photos", most=MOST_PHOTOS)
        words = said.text("text")[:200]
        hand_in(held, who, PHOTO, key=f"{who.pk.hex} {key}", text=words, picture=said.picture, at=at, now=now)
    return "meetup_photo"


def staff_photo(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """A photo that staff took, in the name of one who came: `who`. Raises Refused, Closed."""
    with transaction.atomic():
        held = _open(activity, now)
        if said.picture is None:
            raise Refused("meetup_picture")
        rows = came(held)
        who = next((r.identity for r in rows if r.identity_id.hex == said.text("who")), None)
        if who is None:
            raise Refused("meetup_not_there")
        hand_in(
            held, who, PHOTO, key=f"staff {key}", text=said.text("text")[:200], picture=said.picture, by=by, now=now
        )
    return "meetup_photo"


def show(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Show a photo to members, or not: `photo`, `choice` (`yes`, `no`), `with` and `name` (members who are on it, all
    of whom must have agreed to be shown). Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        row = next((r for r in contributions(held, PHOTO) if r.pk.hex == said.text("photo")), None)
        if row is None:
            raise Refused("meetup_picture")
        if said.text("choice") != "yes":
            contribution.decide(row, REFUSED, by=by)
            return "done"
        there = {i.pk.hex: i for i in base.members(held)}
        on = [there[id] for id in said.all("with") if id in there] + list(_called(there.values(), said.all("name")))
        against = [i.name for i in on if not consent.allows(i.person, consent.PHOTO)]
        if against:
            raise Refused("meetup_consent", names=", ".join(dict.fromkeys(against)))
        row.values = row.values | {"on": sorted({i.pk.hex for i in on})}
        row.save(update_fields=["values"])
        contribution.decide(row, ACCEPTED, by=by)
    return "done"


def shown(activity: Activity) -> list[Contribution]:
    """The photos members may see: accepted, and everybody on them still agrees."""
    rows = [row for row in contributions(activity, PHOTO).filter(state=ACCEPTED) if row.picture_id]
    on = {UUID(id) for row in rows for id in row.values.get("on", ())}
    people = Identity.objects.filter(pk__in=on).select_related("person")
    against = {i.pk.hex for i in people if not consent.allows(i.person, consent.PHOTO)}
    return [row for row in rows if not against & set(row.values.get("on", ()))]


def _open(activity: Activity, now: datetime) -> Activity:
    """The activity under its lock, from its opening on; what was talked about is remembered after it too. Raises
    Closed."""
    held = attendance.locked(activity)
    if held.removed is not None or not (held.takes(now) or held.standing(now) in {CLOSED, SETTLED}):
        raise Closed
    return held
