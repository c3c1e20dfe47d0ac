"""The furnishing: what a team would have made of the example groups in some weeks, so that every page has something.

Surveys asked and answered, profiles from the answers, tags, titles, notes, a decided merge and open proposals, a
positioning card, a mark. All of it goes through the writes that the pages use, with moments in the past; nobody who
answers here exists.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db.models import QuerySet

from huoqun.activities import activity, questionnaire, response, survey
from huoqun.activities.questionnaire import MANY, NUMBER, PEOPLE, SCALE, TEXT, Question
from huoqun.activities.readymade import Language, readymade
from huoqun.activities.survey import Survey
from huoqun.people import mark, merge, positioning, profile
from huoqun.people.account import Account
from huoqun.people.group import Group, groups
from huoqun.people.person import Identity
from huoqun.simulation.talk import load_words

TAGGED, NAMED, NOTED = 24, 9, 12
"""How many of those who talk most have a tag, a title, a note."""
FRIENDS = 14
"""Members whom the owner knows: far fewer than know the owner."""


@dataclass(frozen=True)
class Round:
    """A survey of the example: which, when it was opened and closed (days ago), and how many answered."""

    template: str
    opened: float
    closes: float
    answers: int


KNOWS = Round("knows", 30, 23, 48)
PROFILE = Round("profile", 9, 2, 56)
"""Sent to 330, answered by 56 (17 %): "not engaged", as in the handbook."""
TOPIC = Round("topic", 1, -6, 9)
"""Still open."""


@dataclass(frozen=True)
class Hands:
    """Who furnishes, and by what."""

    random: Random
    words: Mapping[str, Any]
    language: Language
    by: Account | None
    now: datetime


def furnish(main: Group, circle: Group, *, seed: int, language: Language, by: Account | None, now: datetime) -> None:
    """Fill the example groups with what a team would know of them. Call it in a transaction."""
    random = Random(seed)  # noqa: S311
    hands = Hands(random, load_words(language), language, by, now)
    positioning.set_positioning(main, hands.words["furnishing"]["positioning"], by=by, now=now)
    met = now - timedelta(days=20)
    title = hands.words["furnishing"]["meeting"]
    mark.add(circle, title=title, start=met, end=met + timedelta(hours=3), by_owner=False, by=by, now=now)
    for each in (KNOWS, PROFILE, TOPIC):
        _asked(main, each, hands)
    _begun("satisfaction", [main, circle], hands, now)
    _sayings(main, hands)
    _merges(groups(main.workspace).filter(pk__in=[main.pk, circle.pk]), hands)


def _asked(group: Group, told: Round, hands: Hands) -> None:
    """A survey that was opened, answered by some, reminded of, and closed if its time is over."""
    opened, closes = (hands.now - timedelta(days=days) for days in (told.opened, told.closes))
    row = _begun(told.template, [group], hands, opened)
    survey.open_until(row, closes, by=hands.by, now=opened)
    row.refresh_from_db()
    span = (min(closes, hands.now) - opened).total_seconds()
    who = _answering(row, told.answers, hands.random)
    known = {questionnaire.fold(i.name): (str(i.pk),) for i in who}
    owner = next((i for i in who if i.role == "owner"), None)
    reminded = opened + timedelta(seconds=span * 0.6)
    moments = sorted(opened + timedelta(seconds=span * hands.random.random() ** 1.7) for _ in who)
    for at, member in zip(moments, who, strict=True):
        if told is PROFILE and row.reminded is None and at >= reminded:
            survey.remind(row, by=hands.by, now=reminded)
            row.refresh_from_db()
        said = {q.id: filled_in(q, member, owner, known, hands.words, hands.random) for q in row.asked()}
        values = questionnaire.check(row.asked(), said, known)
        response.answer(row, member, values, via=hands.random.choice(("personal", "group")), now=at)
    survey.run_out(row, now=hands.now)


def _begun(template: str, those: Sequence[Group], hands: Hands, now: datetime) -> Survey:
    made = readymade(hands.language, template)
    assert made is not None
    words: dict[str, Any] = {"title": made.title, "intro": made.intro, "questions": made.questions}
    return survey.begin(those[0].workspace, groups=those, **words, by=hands.by, now=now)


def _answering(row: Survey, number: int, random: Random) -> list[Identity]:
    """Who answers: the owner, and the others the sooner the more they talk."""
    there = activity.members(row).order_by("account")
    drawn = sorted(there, key=lambda i: -(random.random() ** (1 / (i.messages + 0.3))))
    drawn.sort(key=lambda i: i.role != "owner")
    return drawn[:number]


def filled_in(
    q: Question,
    member: Identity,
    owner: Identity | None,
    known: Mapping[str, Any],
    words: Mapping[str, Any],
    random: Random,
) -> list[str]:
    """What a simulated member fills in; `known`: by folded name whom they may name."""
    if q.kind == PEOPLE:
        others = [name for name in known if name != questionnaire.fold(member.name)]
        if member == owner:
            return random.sample(others, min(FRIENDS, len(others)))
        some = random.sample(list(known), min(len(known), random.choice((0, 1, 1, 2, 3, 5))))
        return [*some, *([owner.name] if owner and random.random() < 0.8 else [])]
    if q.kind == TEXT:
        texts = words["cities"] if q.id == "city" else words["furnishing"]["texts"].get(q.id, ())
        return [random.choice(texts)] if texts and (q.required or random.random() < 0.3) else []
    if q.kind == NUMBER:
        return [str(random.randint(0, 9))]
    choices = q.choices()
    if q.kind == MANY:
        return random.sample(choices, min(len(choices), random.choice((1, 1, 2, 2, 3))))
    weights = [3, 4, 6, 5, 3] if q.kind == SCALE and len(choices) == 5 else [1 / (n + 2) for n in range(len(choices))]
    return random.choices(choices, weights)


def _sayings(group: Group, hands: Hands) -> None:
    """Tags, titles and notes of those who talk most."""
    told = hands.words["furnishing"]
    there = Identity.objects.filter(group=group, role="member").order_by("-messages", "account")
    for number, member in enumerate(there[:TAGGED]):
        at = hands.now - timedelta(days=25 - number)
        profile.say(member.person, "tag", hands.random.choice(told["tags"]), by=hands.by, now=at)
        if number < NAMED:
            profile.say(member.person, "title", told["titles"][number % len(told["titles"])], by=hands.by, now=at)
        if number < NOTED:
            profile.say(member.person, "note", told["notes"][number % len(told["notes"])], by=hands.by, now=at)


def _merges(those: QuerySet[Group], hands: Hands) -> None:
    """Of the proposals one is taken, one refused, and the others wait for the operator."""
    found = merge.proposals(those)
    for proposal, decide in ((found[0], merge.merge), (found[-1], merge.refuse)):
        kept, other = (i.person for i in proposal.evidence)
        decide(kept, other, reason=proposal.reason, by=hands.by, now=hands.now)
