"""What members do in a spotlight: sign up, vouch for a friend, ask, like, answer, tell of contacts.

Each of these is a deed that names the other, so that ties grow from it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from huoqun.activities import attendance, name_list
from huoqun.activities.activity import DONE, RUNNING, Activity, members
from huoqun.activities.contribution import WITHDRAWN, Contribution, by_likes, contributions, decide, hand_in, words
from huoqun.activities.kind import Refused, Said
from huoqun.activities.spotlight_contact import CONTACT, tie
from huoqun.activities.spotlight_part import (
    LONGEST_STORY,
    Candidate,
    Card,
    SpotlightPlan,
    candidate,
    human,
    line,
    mine,
    own,
)
from huoqun.people.display import visible
from huoqun.people.person import Identity, ones

ASKED, ENDORSEMENT, QUESTION, LIKE, OTHERS = "asked", "endorsement", "question", "like", "others"
BOUGHT = 0.5
"""What a contact counts that was bought with a red packet or a gift; a default."""
MOST_FRIENDS = 10
MOST_CLAIMED = 500


@dataclass(frozen=True)
class Reached:
    """New contacts of one guest: `told` are pairs that one of the two named, `gifts` of them were bought, `more` the
    guest counts beside them; `weight` is what all of it counts."""

    told: int
    gifts: int
    more: int
    weight: float


# -- reads


def of(one: Candidate, what: str) -> QuerySet[Contribution]:
    """What was handed in about somebody in the spotlight, newest first."""
    return contributions(one.row.activity, what).filter(of=one.row)


def questions(one: Candidate) -> list[Contribution]:
    """The questions for somebody by their likes (`said`), the open ones first; those put aside are left out."""
    found = by_likes(of(one, QUESTION).exclude(state="refused"), LIKE)
    return sorted(found, key=lambda row: row.state == "accepted")


def reached(one: Candidate) -> Reached:
    """Their new contacts so far."""
    rows = list(of(one, CONTACT))
    gifts = sum(bool(row.values.get("gift")) for row in rows)
    claim = of(one, OTHERS).first()
    more, bought = (int(claim.values["count"]), int(claim.values["gifts"])) if claim else (0, 0)
    weight = len(rows) - gifts * (1 - BOUGHT) + (more - bought * (1 - BOUGHT))
    return Reached(len(rows), gifts + bought, more, weight)


def asks_of(activity: Activity, who: Identity) -> set[UUID]:
    """The candidates (rows) that have asked a member to speak for them."""
    rows = contributions(activity, ASKED)
    wanted = human(who.person).hex
    return {row.of_id for row in rows if row.values["person"] == wanted and row.of_id}


def still_silent(one: Candidate) -> list[Identity]:
    """The friends who were asked to speak for somebody and have not yet, by name."""
    wanted = {str(row.values["person"]) for row in of(one, ASKED)}
    spoke = {human(row.person).hex for row in of(one, ENDORSEMENT)}
    there = {human(who.person).hex: who for who in members(one.row.activity).filter(group=one.who.group_id)}
    return [there[id] for id in sorted(wanted - spoke) if id in there]


# -- writes: the candidate


def join(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Sign up to be seen: `headline` (else `note`), what one would show; `gentle`. Raises Refused, Closed, Full."""
    headline = line(said.text("headline") or said.text("note"))
    if not headline:
        raise Refused("spotlight_headline")
    with transaction.atomic():
        held = attendance.locked(activity)
        there = mine(held, who.person)
        if there is None and held.standing(now) == RUNNING:
            raise Refused("spotlight_sign_up_over")
        if there is not None and there.over:
            raise Refused("spotlight_had")
        card = there.card if there else Card()
        card.headline, card.gentle = headline, said.text("gentle") == "yes"
        values = {"card": card.model_dump(mode="json")}
        row = attendance.sign_up(held, who, note=said.text("note"), values=values, via=via, at=at, now=now)
    return "spotlight_joined" if row.state != "waiting" else "waiting"


def leave(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Not be seen after all, as long as one's show has not begun; a turn that was fixed is free again."""
    with transaction.atomic():
        held = attendance.locked(activity)
        one = own(held, who.person)
        if one.row.state == DONE or (one.show and one.show.began):
            raise Refused("spotlight_had")
        one.keep(now, show=None)
        attendance.sign_off(held, who, now=now)
    return "left"


def ask_friends(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Ask friends to speak for one: `friends`, a name a line, as they stand in the group. All or none. Raises
    Refused."""
    with transaction.atomic():
        held = attendance.taking(activity, now, at)
        one = own(held, who.person)
        friends = _named(held, who, said.text("friends"))
        if not friends:
            raise Refused("spotlight_friends")
        there = of(one, ASKED).count()
        if there + len(friends) > MOST_FRIENDS:
            raise Refused("spotlight_friends_many", most=MOST_FRIENDS)
        for friend in friends:
            id = human(friend.person).hex
            hand_in(held, who, ASKED, key=f"{one.row.pk.hex} {id}", values={"person": id}, of=one.row, at=at, now=now)
            attendance.tell(held, friend, "asked", at=now, key=one.row.pk.hex, now=now)
    return "spotlight_friends"


def answer(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """One's answer to a question, or just that it was answered: `question`, `answer`. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        row = _one_of(held, QUESTION, said.text("question"))
        one = mine(held, who.person)
        if one is None or row.of_id != one.row.pk:
            raise Refused("unknown")
        row.values = row.values | {"answer": words(said.text("answer"))[:LONGEST_STORY]}
        row.save(update_fields=["values"])
        decide(row, "accepted", by=None)
        with_ = {"with": [str(row.person_id)]}
        attendance.tell(held, who, "answer", at=at or now, key=row.pk.hex, evidence=with_, now=now)
    return "spotlight_answered"


# -- writes: the others


def endorse(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Speak for somebody: `of`, `text`; `public` says that strangers may read it with one's name. Said again it
    replaces what was said. Raises Refused, Closed."""
    text = words(said.text("text"))[:LONGEST_STORY]
    if not text:
        raise Refused("spotlight_words")
    with transaction.atomic():
        held, one = _other(activity, who, said, now)
        old = of(one, ENDORSEMENT).filter(person__in=ones(who.person))
        first = not old.exists()
        old.exclude(key=f"{who.pk.hex} {key}").update(state=WITHDRAWN)
        values = {"asked": one.row.pk in asks_of(held, who), "public": bool(said.text("public"))}
        told: dict[str, Any] = {"values": values, "text": text, "of": one.row, "at": at, "now": now}
        hand_in(held, who, ENDORSEMENT, key=f"{who.pk.hex} {key}", **told)
        _tell_both(held, who, one.who, "endorse", "endorsed", key=one.row.pk.hex, at=at or now, now=now)
    return "spotlight_endorsed" if first else "spotlight_endorsed_again"


def ask(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Ask somebody something: `of`, `text`. Raises Refused, Closed."""
    text = line(said.text("text"), 300)
    if not text:
        raise Refused("spotlight_words")
    with transaction.atomic():
        held, one = _other(activity, who, said, now)
        if one.over:
            raise Refused("spotlight_over")
        most = SpotlightPlan.model_validate(held.plan).questions
        hers = of(one, QUESTION).filter(person__in=ones(who.person))
        whole = f"{who.pk.hex} {key}"
        if not hers.filter(key=whole).exists() and hers.count() >= most:
            raise Refused("spotlight_questions_many", most=most)
        row, _new = hand_in(held, who, QUESTION, key=whole, text=text, of=one.row, at=at, now=now)
        with_ = {"with": [str(one.row.person_id)]}
        attendance.tell(held, who, "ask", at=at or now, key=row.pk.hex, evidence=with_, now=now)
    return "spotlight_asked"


def like(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Want a question to be answered, or no longer: `question`. One like for each human. Raises Refused, Closed."""
    with transaction.atomic():
        held = attendance.taking(activity, now, at)
        row = _one_of(held, QUESTION, said.text("question"))
        id = f"{row.pk.hex} {human(who.person).hex}"
        old = Contribution.objects.filter(activity=held, what=LIKE, key=id).first()
        if old is None:
            hand_in(held, who, LIKE, key=id, on=row, at=at, now=now)
            return "spotlight_liked"
        if said.text("state") == "no":
            decide(old, WITHDRAWN, by=None)
            return "spotlight_unliked"
        decide(old, "given", by=None)
    return "spotlight_liked"


def met(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Tell of new contacts after a show. A guest names members (`names`, a name a line) and how many others there were
    (`count`, `gifts` of them bought); another member says that they added the guest (`of`). `gift`: it was bought.
    Each pair counts once, whoever tells it; a gift that either tells of counts. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        one = mine(held, who.person)
        if said.text("of"):
            other = candidate(held, said.text("of"))
            if other.is_of(who.person):
                raise Refused("spotlight_self")
            _begun(other)
            _pair(held, other, who, who, bool(said.text("gift")), at, now)
        elif one is not None:
            _begun(one)
            for friend in _named(held, who, said.text("names")):
                _pair(held, one, friend, who, bool(said.text("gift")), at, now)
            _claim(held, one, said, at, now)
        else:
            raise Refused("spotlight_nobody")
    return "spotlight_met"


# -- shared


def _begun(one: Candidate) -> None:
    if one.show is None or one.show.began is None:
        raise Refused("spotlight_not_begun")


def _pair(
    held: Activity, guest: Candidate, other: Identity, by: Identity, gift: bool, at: datetime | None, now: datetime
) -> None:
    key = f"{guest.row.pk.hex} {human(other.person).hex}"
    row, _new = hand_in(held, other, CONTACT, key=key, of=guest.row, values={"gift": gift}, at=at, now=now)
    told = sorted({*row.values.get("told", []), "guest" if guest.is_of(by.person) else "other"})
    row.values = row.values | {"told": told, "gift": gift or bool(row.values.get("gift"))}
    row.save(update_fields=["values"])
    tie(held, row, at=row.at, now=now)


def _claim(held: Activity, one: Candidate, said: Said, at: datetime | None, now: datetime) -> None:
    count, gifts = said.number("count", 0), said.number("gifts", 0)
    if count > MOST_CLAIMED or gifts > count:
        raise Refused("spotlight_count", most=MOST_CLAIMED)
    values = {"count": count, "gifts": gifts}
    row, new = hand_in(held, one.who, OTHERS, key=one.row.pk.hex, values=values, of=one.row, at=at, now=now)
    if not new and said.text("count"):
        row.values = values
        row.save(update_fields=["values"])


def _other(activity: Activity, who: Identity, said: Said, now: datetime) -> tuple[Activity, Candidate]:
    """The activity, held, and somebody else in it. Raises Refused, Closed."""
    held = attendance.taking(activity, now)
    one = candidate(held, said.text("of"))
    if one.is_of(who.person):
        raise Refused("spotlight_self")
    return held, one


def _tell_both(
    held: Activity, who: Identity, other: Identity, does: str, had: str, *, key: str, at: datetime, now: datetime
) -> None:
    attendance.tell(held, who, does, at=at, key=key, evidence={"with": [str(other.person_id)]}, now=now)
    evidence = {"with": [str(who.person_id)]}
    attendance.tell(held, other, had, at=at, key=f"{key} {who.pk.hex}", evidence=evidence, now=now)


def _one_of(held: Activity, what: str, key: str) -> Contribution:
    try:
        row = contributions(held, what).filter(pk=UUID(key)).first()
    except ValueError:
        row = None
    if row is None:
        raise Refused("unknown")
    return row


def _named(held: Activity, who: Identity, text: str) -> list[Identity]:
    """The members of one's own group that stand in lines of names, each once, oneself left out. Raises Refused with
    the names that are nobody's or several people's."""
    wanted = [line.strip() for line in text.splitlines() if line.strip()][:100]
    called = name_list.call(members(held).filter(group=who.group_id) if wanted else (), wanted)
    if called.unclear:
        raise Refused("spotlight_names", names=", ".join(visible(name)[:40] for name in called.unclear[:5]))
    return [friend for friend in called.found if human(friend.person) != human(who.person)]
