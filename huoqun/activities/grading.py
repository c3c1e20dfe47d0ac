"""The grading of homework by staff or by peers.

Peers mark each other: each piece goes to some of them, never to whoever made it, and everybody is given as many as
anybody else. Where their marks lie too far apart, staff decide; what staff say always holds.
"""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from huoqun.activities import attendance, herald
from huoqun.activities import homework_piece as piece
from huoqun.activities.activity import DRAFT, SETTLED, Activity, Closed
from huoqun.activities.contribution import ACCEPTED, WITHDRAWN, Contribution, contributions, hand_in, mine, words
from huoqun.activities.kind import Refused, Said
from huoqun.people import audit, outbox
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.person import Identity

REVIEW = "review"
LONGEST_COMMENT = 1000

# -- rules


def fair(authors: list[UUID], given: dict[UUID, list[UUID]], each: int) -> dict[UUID, list[UUID]]:
    """Who marks the piece of whom: for each author the others who are to mark it beside those `given`.

    Everybody gets the next few pieces in a circle, so that all have equally many; whoever comes later is served by
    those who have the fewest.
    """
    load = dict.fromkeys(authors, 0)
    for markers in given.values():
        for marker in markers:
            load[marker] = load.get(marker, 0) + 1
    wanted = min(each, len(authors) - 1)
    found: dict[UUID, list[UUID]] = {}
    fresh = not any(given.values())
    for place, author in enumerate(authors):
        circle = authors[place + 1 :] + authors[:place]
        there = given.get(author, [])
        free = [other for other in circle if other not in there]
        if not fresh:
            free.sort(key=lambda other: load[other])
        found[author] = free[: max(0, wanted - len(there))]
        for marker in found[author]:
            load[marker] += 1
    return found


# -- reads


def reviews(activity: Activity) -> dict[UUID, list[Contribution]]:
    """By piece, the marks that peers gave or are to give."""
    by_piece: dict[UUID, list[Contribution]] = {}
    for row in contributions(activity, REVIEW):
        assert row.on_id is not None
        by_piece.setdefault(row.on_id, []).append(row)
    return by_piece


def to_mark(activity: Activity, who: Identity) -> list[Contribution]:
    """What somebody is to mark, or has marked; the pieces are in `on`."""
    found = mine(activity, who.person, REVIEW).select_related("on", "on__picture")
    return list(found.order_by("created", "pk"))


# -- writes


def assign(held: Activity, *, now: datetime) -> int:
    """Give every piece to its peers; how many were given out now. Again, it serves only what came since. Call it under
    the lock."""
    rows = {piece.root_id(p): p for p in piece.pieces(held)}
    authors = sorted(rows, key=lambda root: hashlib.sha256(held.pk.bytes + root.bytes).digest())
    there = reviews(held)
    given = {root: [piece.root_id(r) for r in there.get(row.pk, [])] for root, row in rows.items()}
    count = 0
    for author, markers in fair(authors, given, piece.plan(held).per_piece).items():
        for marker in markers:
            row, peer = rows[author], rows[marker].identity
            key = f"{row.pk.hex} {marker.hex}"
            count += hand_in(held, peer, REVIEW, key=key, on=row, now=now)[1]
    held.state_of_play = held.state_of_play | {"assigned": now.isoformat()}
    if count:
        _tell_markers(held, count, now)
    return count


def _tell_markers(held: Activity, count: int, now: datetime) -> None:
    def say(_group: Group) -> str:
        told = {"title": held.title, "n": count, "link": outbox.LINK}
        return _("“%(title)s”: now you mark each other, %(n)s marks in all. Yours wait here: %(link)s") % told

    herald.tell_groups(held, "assign", say, key=now.isoformat(), now=now)


def review(activity: Activity, who: Identity, said: Said, *, at: datetime | None, now: datetime, **_more: Any) -> str:
    """Mark a piece one was given: `which`, `mark-0` …, `text`. Can be changed until staff decide. Raises Refused,
    Closed."""
    with transaction.atomic():
        held = attendance.locked(activity)
        if held.state in {DRAFT, SETTLED}:
            raise Closed
        row = piece.found(held, said, mine(held, who.person, REVIEW).select_related("on"))
        given = piece.marks(held, said)
        assert row.on is not None
        if row.on.values.get("graded") == "staff":
            raise Refused("homework_decided")
        first, row.at = row.state != ACCEPTED, at or now
        row.state, row.score, row.values = ACCEPTED, float(sum(given)), {"marks": given}
        row.text = words(said.text("text"))[:LONGEST_COMMENT]
        row.save()
        if first:
            evidence = {"with": [str(row.on.person_id)]}
            attendance.tell(held, who, "review", at=at or now, key=row.pk.hex, evidence=evidence, now=now)
        decide_by_peers(held, row.on, now=now)
    return "homework_marked"


def decide_by_peers(held: Activity, row: Contribution, *, now: datetime) -> None:
    """What the marks of all its peers come to; where they differ too much, staff have to look. Call it under the
    lock."""
    there = reviews(held).get(row.pk, [])
    scores = [r.score for r in there if r.state == ACCEPTED and r.score is not None]
    if not there or len(scores) < len(there):
        return
    differs = max(scores) - min(scores) > piece.full(held) * piece.plan(held).differ / 100
    row.score = None if differs else piece.scored(held, row, sum(scores) / len(scores))
    row.values = row.values | {"graded": "" if differs else "peers", "differs": differs}
    row.save(update_fields=["score", "values"])
    if not differs:
        _tell_author(held, row, now)


def grade(activity: Activity, said: Said, *, by: Account | None, now: datetime, **_more: Any) -> str:
    """Staff mark a piece, or decide where peers differ: `which`, `mark-0` …, `text`. Raises Refused, Closed."""
    with transaction.atomic():
        held = attendance.locked(activity)
        if held.state in {DRAFT, SETTLED}:
            raise Closed
        row = piece.found(held, said, contributions(held, piece.PIECE))
        given, comment = piece.marks(held, said), words(said.text("text"))[:LONGEST_COMMENT]
        before = {"marks": row.values.get("marks"), "score": row.score}
        row.score, row.by = piece.scored(held, row, sum(given)), by
        row.values = row.values | {"graded": "staff", "marks": given, "comment": comment, "differs": False}
        row.values.pop("returned", None)
        row.save()
        told = {"name": row.identity.name, "marks": given, "score": row.score}
        audit.note(
            held.workspace, "homework.grade", by=by, on=held.pk, title=held.title, before=before, after=told, now=now
        )
        _tell_author(held, row, now)
    return "done"


def _tell_author(held: Activity, row: Contribution, now: datetime) -> None:
    told = {"score": row.score, "of": piece.full(held)}
    key = f"{row.pk.hex} {row.score}"
    attendance.tell(held, row.identity, "graded", at=now, key=key, values=told, by=row.by, now=now)


def forget(held: Activity, row: Contribution) -> None:
    """What was said of a piece that another took the place of is taken back."""
    Contribution.objects.filter(activity=held, what=REVIEW, on=row).update(state=WITHDRAWN)
