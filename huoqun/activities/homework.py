"""The homework (作业): published with a due time, handed in, marked by a rubric, the best of it shown.

For the operator: members hand in a text, a picture or a link, also as a public post under a tag, which spreads the
course; late for some days if you allow it; anew until it is marked, or when you give it back. Staff or peers mark it
(`grading`). What you pick is shown to the group once its member agrees. `load` watches how much is asked.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from huoqun.activities import attendance, grading, herald, reward, submission
from huoqun.activities.activity import CLOSED, SETTLED, Activity, Closed, Participation
from huoqun.activities.contribution import ACCEPTED, WITHDRAWN, Contribution, contributions, hand_in, words
from huoqun.activities.kind import Finished, Kind, Refused, Said
from huoqun.activities.kind import said as said_of
from huoqun.activities.submission import PIECE, HomeworkPlan
from huoqun.people import audit, outbox
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.person import Identity

LONGEST_COMMENT = 1000


def give(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Hand in, or hand in anew: `text`, `link`, a picture; `public` where the link is a public post under the tag;
    `show` where the group may see it. Raises Refused, Closed."""
    with transaction.atomic():
        held = attendance.locked(activity)
        before = submission.piece_of(held, who)
        returned = before is not None and bool(before.values.get("returned"))
        if before is not None and before.key == f"{who.pk.hex} {key}":
            return "homework_in"
        moment = at or now
        if returned and held.state != SETTLED:
            late = bool(before and before.values.get("late"))
        else:
            late = submission.late(held, moment)
        if before is not None and before.values.get("graded") and not returned:
            raise Refused("homework_graded")
        text, link = words(said.text("text")), said.text("link")
        picture = said.picture or (before.picture if before else None)
        if not (text or link or picture):
            raise Refused("homework_empty")
        if said.text("public") and not link:
            raise Refused("homework_public")
        values: dict[str, Any] = {"late": late, "public": bool(said.text("public")), "show": bool(said.text("show"))}
        values |= {"link": submission.link_of(link) if link else "", "version": _version(before)}
        values |= {"picked": bool(before and before.values.get("picked"))}
        named = f"{who.pk.hex} {key}"
        row, new = hand_in(held, who, PIECE, key=named, text=text, values=values, picture=picture, at=at, now=now)
        if new and before is not None:
            Contribution.objects.filter(pk=before.pk).update(state=WITHDRAWN)
            grading.forget(held, before)
        attendance.arrive(held, who, via=via, at=at, now=now)
        if new and held.state_of_play.get("assigned"):
            grading.assign(held, now=now)
            held.save(update_fields=["state_of_play"])
    return "homework_late" if row.values["late"] else "homework_again" if before else "homework_in"


def spoken(_activity: Activity, said_words: str) -> tuple[str, Said]:
    """Homework in the chat: `交作业 …`; the first link in it is the piece's link."""
    link = re.search(r"https?://[^\s，。；、]+", said_words)
    return "give", said_of(text=said_words, link=link[0] if link else "")


def _version(before: Contribution | None) -> int:
    return int(before.values.get("version", 1)) + 1 if before else 1


def show(activity: Activity, who: Identity, said: Said, **_more: Any) -> str:
    """Say whether the group may see one's piece: `show`, `yes` or `no`. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        row = submission.piece_of(held, who)
        if row is None:
            raise Refused("homework_gone")
        row.values = row.values | {"show": said.text("show") == "yes"}
        row.save(update_fields=["values"])
    return "homework_shown" if row.values["show"] else "homework_hidden"


def give_back(activity: Activity, said: Said, *, by: Account | None, now: datetime, **_more: Any) -> str:
    """Give a piece back to be done anew, also after the due time: `which`, `text`, what to do. Raises Refused,
    Closed."""
    with transaction.atomic():
        held = attendance.locked(activity)
        if held.state == SETTLED:
            raise Closed
        row = submission.found(held, said, contributions(held, PIECE))
        comment = words(said.text("text"))[:LONGEST_COMMENT]
        if not comment:
            raise Refused("homework_say")
        row.values = row.values | {"returned": True, "comment": comment, "graded": "", "differs": False}
        row.score, row.by = None, by
        row.save()
        attendance.tell(held, row.identity, "return", at=now, key=row.pk.hex, by=by, now=now)
        told = {"name": row.identity.name}
        audit.note(held.workspace, "homework.return", by=by, on=held.pk, title=held.title, after=told, now=now)
    return "done"


def pick(activity: Activity, said: Said, *, by: Account | None, now: datetime, **_more: Any) -> str:
    """Pick a piece for the showcase, or put it back: `which`. It is shown once its member agrees. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        row = submission.found(held, said, contributions(held, PIECE))
        picked = said.text("pick") != "no"
        if picked != bool(row.values.get("picked")):
            row.values = row.values | {"picked": picked}
            row.save(update_fields=["values"])
            if picked:
                attendance.tell(held, row.identity, "pick", at=now, key=row.pk.hex, by=by, now=now)
    return "done"


def assign_now(activity: Activity, said: Said, *, now: datetime, **_more: Any) -> str:
    """Give the pieces to their peers before the last late one is in. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        if held.standing(now) != CLOSED or submission.plan(held).graders != "by_peers":
            raise Refused("homework_not_closed")
        if len(submission.pieces(held)) < 2:
            raise Refused("homework_few")
        grading.assign(held, now=now)
        held.save(update_fields=["state_of_play"])
    return "homework_assigned"


def _ready(activity: Activity) -> None:
    if not submission.rubric(activity):
        raise Refused("homework_rubric")
    if activity.closes is None:
        raise Refused("homework_due")


def _closed(activity: Activity, now: datetime) -> None:
    """Peers begin when the last late piece is in."""
    if submission.plan(activity).graders == "by_peers":
        ends = submission.due(activity) or now
        activity.next = max(now, ends + timedelta(days=submission.plan(activity).late_days))


def _due(activity: Activity, now: datetime) -> None:
    if activity.state == CLOSED:
        grading.assign(activity, now=now)


def _settled(activity: Activity, now: datetime) -> None:
    """Pay for marks and for marking; say what the showcase holds. Raises Refused where peers differ undecided."""
    rows = submission.pieces(activity)
    undecided = sum(bool(row.values.get("differs")) for row in rows)
    if undecided:
        raise Refused("homework_differ", n=undecided)
    plan, most = submission.plan(activity), submission.full(activity) or 1
    dues = [(row.identity, round(plan.full_points * row.score / most)) for row in rows if row.score]
    reward.pay_all(activity, dues, "marks", key="", note=activity.title, now=now)
    reward.pay_all(activity, _reviewers(activity, plan), "review", key="", note=activity.title, now=now)
    shown = submission.showcase(activity)

    def say(_group: Group) -> str:
        told = {"title": activity.title, "n": len(rows), "shown": len(shown), "link": outbox.LINK}
        return _("“%(title)s” is marked: %(n)s handed in, %(shown)s in the showcase. See here: %(link)s") % told

    herald.tell_groups(activity, "settle", say, now=now)


def _reviewers(activity: Activity, plan: HomeworkPlan) -> Iterable[tuple[Identity, int]]:
    counted: dict[Any, tuple[Identity, int]] = {}
    for row in contributions(activity, grading.REVIEW).filter(state=ACCEPTED):
        who, points = counted.get(submission.root_id(row), (row.identity, 0))
        counted[submission.root_id(row)] = (who, points + plan.review_points)
    return counted.values()


def _won(activity: Activity) -> list[Identity]:
    return [row.identity for row in submission.best(activity)]


def _finished(activity: Activity, part: Participation, _now: datetime) -> Finished | None:
    """The marks of their piece, of the full ones; once it is settled."""
    row = submission.piece_of(activity, part.identity) if activity.state == SETTLED else None
    return Finished(row.score, submission.full(activity), row.at) if row is not None and row.score else None


HOMEWORK = Kind(
    "homework",
    HomeworkPlan,
    chat={"hand_in": spoken},
    member={"give": give, "review": grading.review, "show": show},
    staff={"grade": grading.grade, "return": give_back, "pick": pick, "assign": assign_now},
    signs_up=False,
    ready=_ready,
    closed=_closed,
    settled=_settled,
    won=_won,
    finished=_finished,
    works=submission.pieces,
    due=_due,
)
