"""The pitch (选题): something worth saying, offered back as a question to a member who knows the subject (handbook
chapter 12): who answers has an audience, and the group hears it from one of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from huoqun.content import find
from huoqun.content.find import Find
from huoqun.insight.matching import matches
from huoqun.people.group import Group
from huoqun.people.membership import gone
from huoqun.people.person import Identity
from huoqun.people.profile import OFFERS, Fact

KNOWN_BY = ("can_speak_about", OFFERS, "work", "industry")
"""Fields of a profile that tell what somebody is known for, the plainest first."""
WORDS = {
    "zh": "@{name} 这方面你最懂，想听你说说：{about}",
    "en": "@{name}, you know about this best; what do you say: {about}",
}


@dataclass(frozen=True)
class Knower:
    """A member who knows the subject, and the line of their profile that says so."""

    identity: Identity
    because: str
    score: float


def knowers(row: Find, groups: Sequence[Group], *, most: int = 3) -> list[Knower]:
    """Members of the groups who are known for what a candidate is about, the best first, never its author;
    what may not leave the group where it was said is asked there alone."""
    if row.group_id is not None and find.allowed(row) not in {find.NAMED, find.NAMELESS}:
        groups = [group for group in groups if group.pk == row.group_id]
    facts = Fact.objects.filter(field__in=KNOWN_BY, person__identities__group__in=groups)
    told = list(facts.values_list("person", "text").distinct())
    found: dict[object, tuple[float, str]] = {}
    for match in matches([text for _, text in told], [f"{row.title}\n{row.text}"]):
        person, text = told[match.offer]
        if match.score > found.get(person, (0.0, ""))[0]:
            found[person] = (match.score, text)
    here = Identity.objects.filter(Q(person__in=found), group__in=groups, bot=False).exclude(gone())
    if row.identity_id:
        here = here.exclude(pk=row.identity_id)
    rows = sorted(here.select_related("group", "person"), key=lambda one: (-found[one.person_id][0], one.pk))
    return [Knower(one, found[one.person_id][1], found[one.person_id][0]) for one in rows[:most]]


def question(row: Find, name: str) -> str:
    """The words that ask a member, in the language of the workspace."""
    about = row.title if row.title and not row.text.startswith(row.title) else row.text[:120]
    lines = [WORDS["en" if row.workspace.language == "en" else "zh"].format(name=name, about=about), row.link]
    return "\n".join(line for line in lines if line)[: find.LONGEST_TEXT]
