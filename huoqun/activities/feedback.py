"""The feedback day (点评日): members judge what shipped, its makers answer in public; every week where you like.

For the operator: a list of what shipped; members give marks and words to each; you say which members made what, and
these answer under their own name, or you answer for them. It builds ownership: what members have judged is theirs.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import Field, field_validator

from huoqun.activities import activity as base
from huoqun.activities import attendance, herald
from huoqun.activities.activity import DRAFT, SETTLED, Activity, Closed
from huoqun.activities.contribution import WITHDRAWN, Contribution, contributions, hand_in, mine, words
from huoqun.activities.kind import Kind, Plan, Refused, Said
from huoqun.people import audit, outbox
from huoqun.people.account import Account
from huoqun.people.display import one_line, visible
from huoqun.people.group import Group
from huoqun.people.person import Identity, ones

MARK = "mark"
BEST = 5
LONGEST_WORDS = 1000


class FeedbackPlan(Plan):
    """What members judge."""

    items: list[str] = Field(default_factory=list, max_length=30)
    """What shipped, one a line."""
    weekly: bool = False
    """When it is settled, a draft of the next is made, a week later."""

    @field_validator("items")
    @classmethod
    def _distinct(cls, items: list[str]) -> list[str]:
        return list(dict.fromkeys(found for i in items if (found := " ".join(i.split())[:120])))


def items(activity: Activity) -> list[str]:
    """What is judged."""
    return FeedbackPlan.model_validate(activity.plan).items


# -- reads


@dataclass(frozen=True)
class Judged:
    """An item with the marks it has: how many of each from 1 to 5, their mean (None without), and the words, the
    unanswered first."""

    number: int
    item: str
    marks: tuple[int, ...]
    mean: float | None
    words: tuple[Contribution, ...]
    makers: tuple[Identity, ...]

    @property
    def count(self) -> int:
        """How many gave a mark."""
        return sum(self.marks)

    @property
    def unanswered(self) -> int:
        """How many words nobody answered yet."""
        return sum(not row.values.get("answer") for row in self.words)


def judged(activity: Activity) -> list[Judged]:
    """Every item with what members said of it; of each human the newest mark."""
    newest: dict[tuple[int, UUID], Contribution] = {}
    for row in contributions(activity, MARK):
        newest.setdefault((row.values["item"], row.person.root_id or row.person_id), row)
    there = makers(activity)
    found = []
    for number, item in enumerate(items(activity)):
        rows = [row for (n, _root), row in newest.items() if n == number]
        scores = Counter(int(row.score or 0) for row in rows)
        marks = tuple(scores[m] for m in range(1, BEST + 1))
        mean = sum(m * n for m, n in enumerate(marks, 1)) / sum(marks) if rows else None
        said = sorted((r for r in rows if r.text), key=lambda r: (bool(r.values.get("answer")), r.at, r.pk))
        found.append(Judged(number, item, marks, mean, tuple(said), tuple(there.get(number, ()))))
    return found


def makers(activity: Activity) -> dict[int, list[Identity]]:
    """By item, the members who made it."""
    kept = activity.state_of_play.get("makers", {})
    wanted = {UUID(hex=key) for keys in kept.values() for key in keys}
    there = {i.pk: i for i in Identity.objects.filter(pk__in=wanted).select_related("group", "person")}
    return {int(n): [there[k] for key in keys if (k := UUID(hex=key)) in there] for n, keys in kept.items()}


def made_by(activity: Activity, who: Identity) -> set[int]:
    """The items that somebody made, under whichever of their accounts."""
    persons = set(ones(who.person).values_list("pk", flat=True))
    return {n for n, there in makers(activity).items() if any(i.person_id in persons for i in there)}


def own(activity: Activity, who: Identity) -> dict[int, Contribution]:
    """By item, what somebody said of it."""
    found: dict[int, Contribution] = {}
    for row in mine(activity, who.person, MARK):
        found.setdefault(row.values["item"], row)
    return found


# -- writes


def judge(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Judge: `mark-0` (1 to 5) and `text-0` for each item one has something to say of. Raises Refused, Closed."""
    with transaction.atomic():
        held = attendance.taking(activity, now, at)
        before, made, done = own(held, who), made_by(held, who), 0
        for number, _item in enumerate(items(held)):
            if not said.text(f"mark-{number}") or number in made:
                continue
            mark = said.number(f"mark-{number}")
            if not 1 <= mark <= BEST:
                raise Refused("feedback_mark")
            done += 1
            text, old = words(said.text(f"text-{number}"))[:LONGEST_WORDS], before.get(number)
            if old is not None and (old.score, old.text) == (mark, text):
                continue
            named = f"{who.pk.hex} {number} {key}"
            values: dict[str, Any] = {"item": number}
            if old is not None and old.text == text and old.values.get("answer"):
                values["answer"] = old.values["answer"]
            _row, new = hand_in(held, who, MARK, key=named, text=text, values=values, score=mark, at=at, now=now)
            if new and old is not None:
                Contribution.objects.filter(pk=old.pk).update(state=WITHDRAWN)
        if not done:
            raise Refused("feedback_nothing")
        attendance.arrive(held, who, via=via, at=at, now=now)
    return "feedback_judged"


def reply(activity: Activity, who: Identity, said: Said, *, at: datetime | None, now: datetime, **_more: Any) -> str:
    """A maker answers words about what they made: `which`, `text`. Raises Refused, Closed."""
    with transaction.atomic():
        held = attendance.locked(activity)
        row = _words_of(held, said)
        if row.values["item"] not in made_by(held, who):
            raise Refused("feedback_not_yours")
        _answered(held, row, said, visible(who.name), at or now)
        evidence = {"with": [str(row.person_id)]}
        attendance.tell(held, who, "reply", at=at or now, key=row.pk.hex, evidence=evidence, now=now)
    return "feedback_replied"


def staff_reply(activity: Activity, said: Said, *, by: Account | None, now: datetime, **_more: Any) -> str:
    """Staff answer for a maker: `which`, `text`, `name`, who answers. Raises Refused, Closed."""
    with transaction.atomic():
        held = attendance.locked(activity)
        row = _words_of(held, said)
        _answered(held, row, said, one_line(said.text("name"), 80), now)
        told = {"name": row.identity.name, "answer": row.values["answer"]["text"]}
        audit.note(held.workspace, "feedback.reply", by=by, on=held.pk, title=held.title, after=told, now=now)
    return "feedback_replied"


def _words_of(held: Activity, said: Said) -> Contribution:
    if held.state in {DRAFT, SETTLED}:
        raise Closed
    wanted = said.text("which")
    row = next((r for r in contributions(held, MARK) if str(r.pk) == wanted and r.text), None)
    if row is None:
        raise Refused("feedback_gone")
    return row


def _answered(held: Activity, row: Contribution, said: Said, name: str, at: datetime) -> None:
    text = words(said.text("text"))[:LONGEST_WORDS]
    if not text:
        raise Refused("feedback_say")
    row.values = row.values | {"answer": {"text": text, "name": name, "at": at.isoformat()}}
    row.save(update_fields=["values"])
    attendance.tell(held, row.identity, "answered", at=at, key=row.pk.hex, values={"answer": text}, now=at)


def name_maker(activity: Activity, said: Said, *, by: Account | None, now: datetime, **_more: Any) -> str:
    """Say that a member of the groups made an item: `item`, `name`; with `drop`, that they did not. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        number, name = said.number("item"), one_line(said.text("name"))
        if number >= len(items(held)):
            raise Refused("feedback_gone")
        found = [i for i in base.members(held) if one_line(i.name) == name]
        if len(found) != 1:
            raise Refused("feedback_who")
        kept: dict[str, list[str]] = dict(held.state_of_play.get("makers", {}))
        there: Iterable[str] = [key for key in kept.get(str(number), []) if key != found[0].pk.hex]
        kept[str(number)] = [*there] if said.text("drop") else [*there, found[0].pk.hex]
        held.state_of_play = held.state_of_play | {"makers": kept}
        held.save(update_fields=["state_of_play"])
        told = {"item": items(held)[number], "name": name, "dropped": bool(said.text("drop"))}
        audit.note(held.workspace, "feedback.maker", by=by, on=held.pk, title=held.title, after=told, now=now)
    return "done"


def _ready(activity: Activity) -> None:
    if not items(activity):
        raise Refused("feedback_items")


def _closed(activity: Activity, now: datetime) -> None:
    """Tell the groups what they said, and that answers follow."""

    def say(_group: Group) -> str:
        lines = [f"{j.item} {j.mean:.1f} ({j.count})" for j in judged(activity) if j.mean is not None]
        told = {"title": activity.title, "list": "\n".join(lines), "link": outbox.LINK}
        return _("“%(title)s”, what you said:\n%(list)s\nThe makers answer here: %(link)s") % told

    herald.tell_groups(activity, "close", say, key=(activity.closed or now).isoformat(), now=now)


FEEDBACK = Kind(
    "feedback",
    FeedbackPlan,
    member={"judge": judge, "reply": reply},
    staff={"reply": staff_reply, "maker": name_maker},
    signs_up=False,
    ready=_ready,
    closed=_closed,
)
