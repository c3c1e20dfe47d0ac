"""The idea call (集策): proposals are collected, merged, ranked by likes, and every one is answered.

For the operator: members propose and like; you point duplicates to the one, whose likes they join, each human counting
once; you answer with will do, later or no, and why. Whoever proposed it is told, and the group as well.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import Field

from huoqun.activities import attendance, herald
from huoqun.activities.activity import DRAFT, Activity, Closed
from huoqun.activities.contribution import WITHDRAWN, Contribution, contributions, hand_in, mine, words
from huoqun.activities.kind import Kind, Plan, Refused, Said
from huoqun.people import audit, outbox
from huoqun.people.account import Account
from huoqun.people.display import visible
from huoqun.people.group import Group
from huoqun.people.person import Identity

PROPOSAL, LIKE = "proposal", "like"
WILL, LATER, NO = "will", "later", "no"
ANSWERS = (WILL, LATER, NO)
LONGEST_IDEA = 1000


class IdeaPlan(Plan):
    """How members propose."""

    each: int = Field(default=5, ge=1, le=50)
    """Proposals of one member at most."""
    likes: int = Field(default=0, ge=0, le=100)
    """Likes that one member may give; 0: as many as they like."""
    named: bool = True
    """Members see who proposed what."""


# -- reads


@dataclass(frozen=True)
class Idea:
    """A proposal with those merged into it. `likers`: the humans who like any of them; `answer`: one of ANSWERS, or
    "" where it waits."""

    row: Contribution
    merged: tuple[Contribution, ...]
    likers: frozenset[UUID]

    @property
    def likes(self) -> int:
        """How many humans like it."""
        return len(self.likers)

    @property
    def answer(self) -> str:
        """How it was answered."""
        return str(self.row.values.get("answer", ""))

    @property
    def because(self) -> str:
        """Why."""
        return str(self.row.values.get("because", ""))


def ideas(activity: Activity) -> list[Idea]:
    """All proposals, the most liked first, then the oldest; each with its duplicates."""
    rows = {row.pk: row for row in contributions(activity, PROPOSAL)}
    merged: dict[UUID, list[Contribution]] = defaultdict(list)
    for row in rows.values():
        if (head := head_of(row, rows)) is not row:
            merged[head.pk].append(row)
    likers: dict[UUID, set[UUID]] = defaultdict(set)
    for like in contributions(activity, LIKE):
        if like.on_id in rows:
            likers[head_of(rows[like.on_id], rows).pk].add(like.person.root_id or like.person_id)
    heads = [row for row in rows.values() if head_of(row, rows) is row]
    found = [Idea(row, tuple(merged[row.pk]), frozenset(likers[row.pk])) for row in heads]
    return sorted(found, key=lambda idea: (-idea.likes, idea.row.at, idea.row.pk))


def head_of(row: Contribution, rows: dict[UUID, Contribution]) -> Contribution:
    """The proposal that one was merged into, at the end of the way; itself where it was not, or what it was merged
    into is gone."""
    seen = set()
    while (into := row.values.get("into")) and row.pk not in seen:
        seen.add(row.pk)
        further = rows.get(UUID(into))
        if further is None:
            return row
        row = further
    return row


# -- writes


def propose(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Propose: `text`. Raises Refused, Closed."""
    with transaction.atomic():
        held, text = attendance.taking(activity, now), words(said.text("text"))[:LONGEST_IDEA]
        if not text:
            raise Refused("idea_empty")
        named, there = f"{who.pk.hex} {key}", list(mine(held, who.person, PROPOSAL))
        if any(row.key == named or row.text == text for row in there):
            return "idea_proposed"
        if len(there) >= IdeaPlan.model_validate(held.plan).each:
            raise Refused("idea_many", most=IdeaPlan.model_validate(held.plan).each)
        hand_in(held, who, PROPOSAL, key=named, text=text, at=at, now=now)
        attendance.arrive(held, who, via=via, at=at, now=now)
        attendance.tell(held, who, "propose", at=at or now, key=named, values={"text": text[:80]}, now=now)
    return "idea_proposed"


def withdraw(activity: Activity, who: Identity, said: Said, *, now: datetime, **_more: Any) -> str:
    """Take one's own proposal back, as long as it is not answered: `which`. Raises Refused, Closed."""
    with transaction.atomic():
        held = attendance.taking(activity, now)
        row = _found(said, list(mine(held, who.person, PROPOSAL)))
        if row.values.get("answer"):
            raise Refused("idea_answered")
        row.state = WITHDRAWN
        row.save(update_fields=["state"])
    return "idea_withdrawn"


def like(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Like a proposal, or with `no` take the like back: `which`. Raises Refused, Closed."""
    with transaction.atomic():
        held = attendance.taking(activity, now)
        row = _found(said, list(contributions(held, PROPOSAL)))
        given = mine(held, who.person, LIKE)
        if said.text("no"):
            idea = next(i for i in ideas(held) if row.pk == i.row.pk or row.pk in {m.pk for m in i.merged})
            given.filter(on__in=[idea.row, *idea.merged]).update(state=WITHDRAWN)
            return "idea_unliked"
        if given.filter(on=row).exists():
            return "idea_liked"
        most = IdeaPlan.model_validate(held.plan).likes
        if most and given.count() >= most:
            raise Refused("idea_likes", most=most)
        named = f"{who.pk.hex} {row.pk.hex} {key}"
        hand_in(held, who, LIKE, key=named, on=row, at=at, now=now)
        attendance.arrive(held, who, via=via, at=at, now=now)
    return "idea_liked"


def merge(activity: Activity, said: Said, *, by: Account | None, now: datetime, **_more: Any) -> str:
    """Point a duplicate to the one: `which`, `into`; without `into` it stands alone again. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        rows = {row.pk: row for row in contributions(held, PROPOSAL)}
        row = _found(said, list(rows.values()))
        into = next((r for r in rows.values() if str(r.pk) == said.text("into")), None)
        if said.text("into") and (into is None or head_of(into, rows).pk == row.pk):
            raise Refused("idea_same")
        if row.values.get("answer"):
            raise Refused("idea_answered")
        before = row.values.get("into", "")
        row.values = row.values | {"into": str(head_of(into, rows).pk) if into else ""}
        if row.values["into"] != before:
            row.save(update_fields=["values"])
            told = {"text": row.text[:80], "into": into.text[:80] if into else ""}
            audit.note(held.workspace, "idea_call.merge", by=by, on=held.pk, title=held.title, after=told, now=now)
    return "done"


def answer(activity: Activity, said: Said, *, by: Account | None, now: datetime, **_more: Any) -> str:
    """Answer a proposal: `which`, `answer` (will, later, no), `because`. Its proposers and the group are told.
    Raises Refused, Closed."""
    with transaction.atomic():
        held = attendance.locked(activity)
        if held.state == DRAFT:
            raise Closed
        idea = next((i for i in ideas(held) if str(i.row.pk) == said.text("which")), None)
        status, because = said.text("answer"), words(said.text("because"))[:LONGEST_IDEA]
        if idea is None:
            raise Refused("idea_gone")
        if status not in ANSWERS:
            raise Refused("idea_status")
        if not because:
            raise Refused("idea_because")
        if (idea.answer, idea.because) == (status, because):
            return "idea_told"
        before = {"answer": idea.answer, "because": idea.because}
        idea.row.values = idea.row.values | {"answer": status, "because": because, "at": now.isoformat()}
        idea.row.save(update_fields=["values"])
        told = {"answer": status, "because": because}
        audit.note(
            held.workspace, "idea_call.answer", by=by, on=held.pk, title=held.title, before=before, after=told, now=now
        )
        _tell(held, idea, status, because, now)
    return "idea_told"


def _tell(held: Activity, idea: Idea, status: str, because: str, now: datetime) -> None:
    """Tell the proposers, on their timeline and their page, and the group."""
    rows = [idea.row, *idea.merged]
    for row in rows:
        told = {"answer": status, "because": because, "text": row.text[:80]}
        attendance.tell(
            held, row.identity, "answered", at=now, key=f"{row.pk.hex} {now.isoformat()}", values=told, now=now
        )

    def say(group: Group) -> str:
        named = IdeaPlan.model_validate(held.plan).named
        names = sorted({visible(r.identity.name) for r in rows if r.identity.group_id == group.pk}) if named else []
        told = {"text": idea.row.text[:120], "because": because, "who": " ".join(f"@{n}" for n in names)}
        form = {
            WILL: _("%(who)s “%(text)s”: we will do it. %(because)s"),
            LATER: _("%(who)s “%(text)s”: later. %(because)s"),
            NO: _("%(who)s “%(text)s”: no, and this is why. %(because)s"),
        }[status]
        return (form % told).strip()

    herald.tell_groups(held, "answer", say, key=f"{idea.row.pk.hex} {now.isoformat()}", now=now)


def _found(said: Said, rows: list[Contribution]) -> Contribution:
    wanted = said.text("which")
    row = next((r for r in rows if str(r.pk) == wanted), None)
    if row is None:
        raise Refused("idea_gone")
    return row


def _settled(activity: Activity, now: datetime) -> None:
    """Every proposal has an answer, else it is not over. Raises Refused."""
    there = ideas(activity)
    waits = sum(not idea.answer for idea in there)
    if waits:
        raise Refused("idea_waits", n=waits)

    def say(_group: Group) -> str:
        count = {s: sum(i.answer == s for i in there) for s in ANSWERS}
        told = {"title": activity.title, "n": len(there), "link": outbox.LINK, **count}
        return _("“%(title)s”: %(n)s ideas. We will do %(will)s, later %(later)s, no %(no)s. Why: %(link)s") % told

    herald.tell_groups(activity, "settle", say, now=now)


IDEA_CALL = Kind(
    "idea_call",
    IdeaPlan,
    member={"propose": propose, "withdraw": withdraw, "like": like},
    staff={"merge": merge, "answer": answer},
    signs_up=False,
    settled=_settled,
)
