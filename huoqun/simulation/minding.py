"""The care: what staff of the example have done with its people: introductions, words to the silent, the raising of the
active, touches, founders, cards and consents. All through the writes of the pages, with moments in the past."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from huoqun.insight.document import Tie
from huoqun.people import consent, founder, introduction, pasted, profile, raising, silent, touch
from huoqun.people.account import Account
from huoqun.people.dealing import ACCEPTED, DECLINED, DONE, PROPOSED, conclude, dealings, settle
from huoqun.people.group import Group
from huoqun.people.history import aware
from huoqun.people.introduction import OFFER, Member, pair_key
from huoqun.people.membership import here
from huoqun.people.person import Identity, Person
from huoqun.people.profile import NEEDS, OFFERS
from huoqun.people.rapport import Acquaintance, acquaintance
from huoqun.people.tally import Tally


@dataclass(frozen=True)
class Carer:
    """Who does it, in which words, and when it is now."""

    words: dict[str, Any]
    by: Account
    now: datetime

    def done(self, days: float) -> dict[str, Any]:
        """By whom and when: so many days ago."""
        return {"by": self.by, "now": self.now - timedelta(days=days)}

    def day(self, group: Group, days: float = 0) -> date:
        """The day so many days ago on the group's calendar."""
        return (self.now - timedelta(days=days)).astimezone(ZoneInfo(group.zone)).date()


def care(main: Group, circle: Group, carer: Carer) -> None:
    """Look after the people of the example for some weeks. Its checkups have to be there. Call it in a transaction."""
    there = list(here(main).exclude(role__in=["owner", "admin"]).order_by("-messages", "account"))
    _introductions(main, there, carer)
    _silent(main, carer)
    _raising(main, carer)
    _touches(main, there, carer)
    _founders(circle, carer)
    _cards(main, carer)
    _consents(there, carer)


def _introductions(group: Group, there: list[Identity], carer: Carer) -> None:
    """Needs that offers match; of the pairs one is under way, one done, one declined, and one has met since."""
    for number, pair in enumerate(carer.words["matches"]):
        _tell_resources(there[4 * number].person, there[4 * number + 15].person, pair, carer.done(22 - number))
    known = acquaintance(group)
    assert known is not None
    members = introduction.members_of(group, known)
    found = introduction.proposals(group, known, members)
    steps = (((ACCEPTED, 2.0),), ((DECLINED, 5.0),), ((ACCEPTED, 9.0), (DONE, 6.0)))
    for proposal, states in zip(found, steps, strict=False):
        words = carer.words["introduce"].format(one=proposal.one.name, other=proposal.other.name)
        told: dict[str, Any] = {"person": proposal.one.person, "other": proposal.other.person, "words": words}
        for state, days in states:
            settle(group, introduction.KIND, proposal.key, **told, reason=proposal.told(), state=state,
                   **carer.done(days))  # fmt: skip
    _met(group, known, members, carer)


def _met(group: Group, known: Acquaintance, members: dict[Any, Member], carer: Carer) -> None:
    """Two who talk with each other since they were introduced."""
    by_account = {account: member for member in members.values() for account in member.accounts}

    def fresh(tie: Tie) -> bool:
        return known.owner not in {tie.a, tie.b} and tie.a in by_account and tie.b in by_account

    tie = max((t for t in known.ties.values() if fresh(t)), key=lambda t: (t.last, t.a, t.b), default=None)
    if tie is None or by_account[tie.a] is by_account[tie.b]:
        return
    one, other = by_account[tie.a], by_account[tie.b]
    offer, need = carer.words["met"]
    ago = (carer.now - aware(tie.last)).total_seconds() / 86_400
    _tell_resources(one.person, other.person, (offer, need), carer.done(ago + 5))
    told: dict[str, Any] = {"person": one.person, "other": other.person}
    told["words"] = carer.words["introduce"].format(one=one.name, other=other.name)
    told["reason"] = {"reasons": [{"kind": OFFER, "offer": offer, "need": need}]}
    key = pair_key(one.person.pk, other.person.pk)
    settle(group, introduction.KIND, key, **told, state=ACCEPTED, **carer.done(ago + 4))
    row = settle(group, introduction.KIND, key, **told, state=DONE, **carer.done(ago + 3))
    conclude(row, "tied", **carer.done(0))


def _tell_resources(one: Person, other: Person, pair: Any, done: dict[str, Any]) -> None:
    for person, field, text in ((one, OFFERS, pair[0]), (other, NEEDS, pair[1])):
        profile.say(person, "fact", text, field=field, **done)


def _silent(group: Group, carer: Carer) -> None:
    """Somebody on every rung, and two who spoke again after a word."""
    reasoned, busy, nudged, left = list(silent.silent(group, now=carer.now)[:4])
    silent.climb(group, reasoned, silent.REASON, why="unanswered", **carer.done(9))
    silent.climb(group, busy, silent.REASON, why="busy", **carer.done(7))
    silent.climb(group, nudged, silent.REASON, why="faded", **carer.done(8))
    _nudge(group, nudged, "faded", carer, carer.now - timedelta(days=6))
    silent.leave(group, left, **carer.done(5))
    back = Tally.objects.filter(person__identities__group=group, days_30=1, messages__gte=5).order_by("-last", "person")
    for tally in back.exclude(person__identities__account=group.owner)[:2]:
        again = Identity.objects.select_related("person__root").get(group=group, person=tally.person)
        if again.role == "member" and again.last is not None:
            _nudge(group, again, "busy", carer, again.last - timedelta(days=2))


def _nudge(group: Group, who: Identity, why: str, carer: Carer, at: datetime) -> None:
    words = carer.words["nudge"].format(name=who.name)
    silent.climb(group, who, silent.NUDGE, why=why, words=words, by=carer.by, now=at)


def _raising(group: Group, carer: Carer) -> None:
    """Three on the way, and one who is not to be asked."""
    found = raising.candidates(group)
    ways = (
        (("word", 40), ("title", 33), (raising.THANKS, 28), ("duty", 15)),
        (("word", 12), ("title", 6)),
        (("word", 2),),
    )
    for candidate, steps in zip(found, ways, strict=False):
        for stage, days in steps:
            words = carer.words["raising"][stage]
            today, title = carer.day(group, days), carer.words["titles"][0]
            raising.raise_to(group, candidate.person, stage, words=words, title=title, today=today, **carer.done(days))
    for candidate in found[len(ways) :][-1:]:
        raising.decline(group, candidate.person, **carer.done(11))


def _touches(group: Group, there: list[Identity], carer: Carer) -> None:
    """Birthdays behind and ahead, and what some were given. Everybody else is forgotten."""
    for number, (what, words) in enumerate(carer.words["touches"]):
        person, days = there[number + 3].person, 35 - 10 * number
        on = carer.day(group, days)
        if what == touch.BIRTHDAY:
            _born(person, on, carer)
        noon = datetime.combine(on, time(12), ZoneInfo(group.zone))
        touch.touch(group, person, what, on=on, words=words, noon=noon, **carer.done(days - 0.5))
    for number, ahead in enumerate((2, 6, 11)):
        _born(there[number + 8].person, carer.day(group, -ahead), carer)


def _born(person: Person, on: date, carer: Carer) -> None:
    text = carer.words["birthday"].format(year=1988, month=on.month, day=on.day)
    profile.say(person, "fact", text, field="birthday", **carer.done(45))


def _founders(group: Group, carer: Carer) -> None:
    """Three of the first have a role; one was spoken with lately, one long ago, one never."""
    found = [f for f in founder.founders(group, today=carer.day(group)) if f.identity.role == "member"]
    told = zip(found, carer.words["founders"], (3, 26, None), strict=False)
    for number, (first, (role, stake), spoken) in enumerate(told):
        founder.say(group, first.person, role=role, stake=stake, **carer.done(40 - number))
        if spoken is not None:
            founder.contacted(group, first.person, carer.day(group, spoken), **carer.done(spoken))


def _cards(group: Group, carer: Carer) -> None:
    """Of the cards in the chat one is taken over, one put aside; the others wait."""
    drafts = list(dealings(group, pasted.KIND).filter(state=PROPOSED).order_by("key"))
    for row in drafts[:1]:
        pasted.accept(row, row.reason["fields"], source=carer.words["card"], **carer.done(1))
    for row in drafts[3:]:
        pasted.decline(row, **carer.done(1))


def _consents(there: list[Identity], carer: Carer) -> None:
    """Some agreed to something; one took it back."""
    given = carer.words["consents"]
    for number, (what, source) in enumerate(given):
        on = (carer.now - timedelta(days=20 - number)).date()
        consent.record(there[number].person, what, given=True, source=source, on=on, **carer.done(20 - number))
    on = (carer.now - timedelta(days=17)).date()
    consent.record(there[0].person, given[0][0], given=False, source=carer.words["withdrawn"], on=on, **carer.done(17))
