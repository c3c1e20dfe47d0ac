"""Friends from outside (外部好友): asked by who is in the spotlight, each by a link of their own.

A friend opens it, says who they are and what they have seen themselves, and may change it or take it back from the same
browser as long as the activity takes anything. What they say is counted apart from what members say, makes no tie and
pays nothing: nobody here knows who it was. It is shown at once and can be hidden by the one it is about and by staff;
what either hid only they show again.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from huoqun.activities import attendance
from huoqun.activities.activity import IN, Activity, Closed, Participation
from huoqun.activities.contribution import GIVEN, REFUSED, WITHDRAWN, Contribution, contributions, hand_in, words
from huoqun.activities.kind import Refused, Said
from huoqun.activities.spotlight_part import KIND, LONGEST_STORY, Candidate, candidate, line, mine, own
from huoqun.people import code
from huoqun.people.account import Account
from huoqun.people.membership import here
from huoqun.people.person import Identity

INVITED, WORD = "friend_asked", "friend_word"
MOST = 20
"""Friends outside whom one may ask; a default."""
LONGEST_NAME = 30
BY_STAFF, BY_GUEST = "staff", "guest"
"""Who has hidden a friend's words."""


@dataclass(frozen=True)
class Friend:
    """A friend who was asked: how the guest calls them, and what they have said; None until they did."""

    invitation: Contribution
    word: Contribution | None

    @property
    def name(self) -> str:
        """How the guest calls them."""
        return self.invitation.text

    @property
    def hidden_by(self) -> list[str]:
        """Who has hidden it."""
        return list(self.word.values.get("hidden", ())) if self.word else []


# -- reads


def friends(one: Candidate) -> list[Friend]:
    """Whom they asked, in that order, without those whose link was taken back before they had said anything."""
    asked = Contribution.objects.filter(activity=one.row.activity_id, what=INVITED, of=one.row).order_by("at", "key")
    said = {row.on_id: row for row in contributions(one.row.activity, WORD).filter(of=one.row)}
    found = [Friend(row, said.get(row.pk)) for row in asked]
    return [friend for friend in found if friend.word is not None or friend.invitation.state != WITHDRAWN]


def heard(one: Candidate) -> list[Contribution]:
    """What friends from outside say of somebody and nobody has hidden, newest first."""
    return list(contributions(one.row.activity, WORD).filter(of=one.row).exclude(state=REFUSED))


def link(friend: Contribution, *, now: datetime) -> str:
    """The token of a friend's link; it dies with the activity, and at the latest as a member's does."""
    ends = min(friend.activity.closes or now + code.VALID, now + code.VALID)
    return code.friend(friend.pk, friend.identity.group_id, ends=ends)


def asked_by(found: code.Link, *, now: datetime) -> Contribution:
    """The invitation that a link is of. Raises code.Bad, code.Gone, Closed."""
    if found.kind != code.FRIEND:
        raise code.Bad
    rows = Contribution.objects.filter(pk=found.of, what=INVITED, activity__kind=KIND)
    row = rows.select_related("activity__workspace", "identity__group", "of__identity__group", "of__activity").first()
    if row is None or row.state == WITHDRAWN or row.identity.group.removed is not None or row.activity.removed:
        raise code.Gone
    part = row.of
    if not isinstance(part, Participation) or part.state not in IN:
        raise code.Gone
    if not here(row.identity.group).filter(pk=row.identity_id).exists():
        raise code.Gone
    if not row.activity.takes(now):
        raise Closed
    return row


def said_by(invitation: Contribution, browser: str) -> Contribution | None:
    """What was said over a link, for the browser that said it. Raises code.Taken to any other one."""
    key = str(invitation.values.get("browser", ""))
    if not key:
        return None
    if not browser or not secrets.compare_digest(key, _mark(browser)):
        raise code.Taken
    return Contribution.objects.filter(on=invitation, what=WORD).first()


# -- what the guest does


def ask(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Ask friends outside: `outside`, a name a line. Raises Refused, Closed, NotIn."""
    names = list(dict.fromkeys(filter(None, (line(n, LONGEST_NAME) for n in said.text("outside").splitlines()[:100]))))
    with transaction.atomic():
        held, one = _own(activity, who, now)
        if not names:
            raise Refused("spotlight_friends")
        keys = [f"{one.row.pk.hex} {key} {number}" for number in range(len(names))]
        there = Contribution.objects.filter(activity=held, what=INVITED, of=one.row).exclude(key__in=keys)
        if there.count() + len(names) > MOST:
            raise Refused("spotlight_friends_many", most=MOST)
        for name, each in zip(names, keys, strict=True):
            hand_in(held, who, INVITED, key=each, text=name, of=one.row, at=at, now=now)
    return "spotlight_outside"


def uninvite(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Take a link back: `friend`. What was said over it stays until it is hidden. Raises Refused, NotIn."""
    with transaction.atomic():
        held = attendance.locked(activity)
        one = own(held, who.person)
        rows = Contribution.objects.filter(activity=held, what=INVITED, of=one.row, pk=said.key("friend"))
        if not rows.update(state=WITHDRAWN):
            raise Refused("unknown")
    return "spotlight_uninvited"


def hide(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Hide what a friend said of one, or (`state` no) show it again: `word`. Raises Refused, NotIn."""
    with transaction.atomic():
        held = attendance.locked(activity)
        one = own(held, who.person)
        return _hide(_word(held, said, one), BY_GUEST, said.text("state") != "no", None)


# -- what staff do


def hide_by_staff(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Hide what a friend said, or (`state` no) show it again: `of`, `word`. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        word = _word(held, said, candidate(held, said.text("of")))
        return _hide(word, BY_STAFF, said.text("state") != "no", by)


# -- what a friend does


def speak(invitation: Contribution, *, name: str, text: str, public: bool, browser: str, now: datetime) -> str:
    """Say who one is and what one has seen; said again it takes the place of what was said, hidden or not. The first
    browser may, and later the same one. Returns what that browser is to hold. Raises Refused, Closed, code.Gone,
    code.Taken."""
    name, text = line(name, LONGEST_NAME), words(text)[:LONGEST_STORY]
    if not name:
        raise Refused("spotlight_friend_name")
    if not text:
        raise Refused("spotlight_words")
    with transaction.atomic():
        held, row = _live(invitation, now)
        there = said_by(row, browser)
        held_key = browser or secrets.token_urlsafe(16)
        row.values = row.values | {"browser": _mark(held_key)}
        row.save(update_fields=["values"])
        values = {"name": name, "public": public}
        if there is None:
            hand_in(held, row.identity, WORD, key=row.pk.hex, text=text, values=values, on=row, of=row.of, now=now)
            attendance.tell(held, row.identity, "vouched", at=now, key=row.pk.hex, now=now)
        else:
            hidden = there.values.get("hidden", [])
            there.text, there.values, there.at = text, values | {"hidden": hidden}, now
            there.state = REFUSED if hidden else GIVEN
            there.save(update_fields=["text", "values", "at", "state"])
    return held_key


def take_back(invitation: Contribution, *, browser: str, now: datetime) -> None:
    """Take back what one said: neither words nor name are kept. Raises Closed, code.Gone, code.Taken."""
    with transaction.atomic():
        _held, row = _live(invitation, now)
        there = said_by(row, browser)
        if there is not None:
            there.text, there.state = "", WITHDRAWN
            there.values = {"hidden": there.values.get("hidden", [])}
            there.save(update_fields=["text", "values", "state"])


# -- shared


def _own(activity: Activity, who: Identity, now: datetime) -> tuple[Activity, Candidate]:
    held = attendance.locked(activity)
    if not held.takes(now):
        raise Closed
    one = mine(held, who.person)
    if one is None or one.row.state not in IN:
        raise attendance.NotIn
    return held, one


def _live(invitation: Contribution, now: datetime) -> tuple[Activity, Contribution]:
    """The activity, held, and the invitation as it is now."""
    held = attendance.locked(invitation.activity)
    row = Contribution.objects.filter(pk=invitation.pk).select_related("identity__group", "of").first()
    if row is None or row.state == WITHDRAWN or held.removed is not None:
        raise code.Gone
    if not held.takes(now):
        raise Closed
    return held, row


def _mark(browser: str) -> str:
    """By what a browser is known again; what it holds itself is not kept, for the guest may read their own data."""
    return hashlib.sha256(browser.encode()).hexdigest()


def _word(held: Activity, said: Said, one: Candidate) -> Contribution:
    row = contributions(held, WORD).filter(pk=said.key("word"), of=one.row).first()
    if row is None:
        raise Refused("unknown")
    return row


def _hide(row: Contribution, whose: str, hidden: bool, by: Account | None) -> str:
    others = [each for each in row.values.get("hidden", []) if each != whose]
    now_hidden = sorted([*others, whose]) if hidden else others
    row.values = row.values | {"hidden": now_hidden}
    row.state, row.by = REFUSED if now_hidden else GIVEN, by
    row.save(update_fields=["values", "state", "by"])
    if hidden:
        return "spotlight_hidden"
    return "spotlight_still_hidden" if now_hidden else "spotlight_unhidden"
