"""The show day (晒单 集赞 免单): members show something with a picture as proof; what is shown twice is found.

For the operator: three sorts. Likes: whoever collects most likes for a post wins. Orders: whoever shows an order gets
points. Free orders: among those who showed an order some are drawn who get it for free, so that anybody can check it
(`sealed_draw`): once all is judged staff freeze the list, and settling draws from it. A proof that was handed in
before, here or elsewhere in the workspace, as the same or a very similar picture or with the same words, is marked for
staff, who accept or refuse; only what was accepted counts.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from pydantic import Field

from huoqun.activities import attendance, herald, reward, sealed_draw
from huoqun.activities.activity import CLOSED, DRAFT, SETTLED, Activity
from huoqun.activities.contribution import ACCEPTED, GIVEN, REFUSED, Contribution, contributions, decide, hand_in, mine
from huoqun.activities.kind import Kind, Plan, Refused, Said
from huoqun.activities.sealed_draw import wins
from huoqun.activities.stake import Prize, Stakes
from huoqun.base import image
from huoqun.insight.speech import fold
from huoqun.people import outbox
from huoqun.people.account import Account
from huoqun.people.person import Identity

PROOF = "proof"
LIKES, ORDERS, FREE = "likes", "orders", "free_orders"
REMEMBERED = timedelta(days=180)
"""How far back other activities' proofs are compared."""
NEAR = 6
"""Bits of 64 in which two pictures may differ and still be the same one saved anew, cut or made brighter."""
LONG_ENOUGH = 8
"""Signs from which the same words of two people are no accident."""
SAME_PICTURE, LIKE_PICTURE, SAME_WORDS = "same_picture", "like_picture", "same_words"


class ShowDayPlan(Plan):
    """What is shown, and what it brings."""

    sort: Literal["likes", "orders", "free_orders"] = "orders"
    winners: int = Field(default=3, ge=0, le=1000)
    """Who wins: those with most likes, or those drawn."""
    least: int = Field(default=0, ge=0, le=100_000)
    """Likes that count at all."""
    proof_points: int = Field(default=0, ge=0, le=10_000)
    """Points for each member whose proof was accepted."""
    prize: str = Field(default="", max_length=80)
    """What those who are drawn get, as the public proof calls it; empty: the title."""
    win_points: int = Field(default=0, ge=0, le=1_000_000)
    """Points for each winner."""


# -- reads


def plan_of(activity: Activity) -> ShowDayPlan:
    """What is shown."""
    return ShowDayPlan.model_validate(activity.plan)


def proofs(activity: Activity) -> list[Contribution]:
    """What was handed in, who has most likes first, then who was first."""
    return sorted(contributions(activity, PROOF), key=lambda c: (-(c.score or 0), c.at, c.pk))


def ranked(activity: Activity) -> list[tuple[int, Contribution]]:
    """What was accepted, with its place: equal likes share one."""
    found: list[tuple[int, Contribution]] = []
    accepted = [c for c in proofs(activity) if c.state == ACCEPTED and (c.score or 0) >= plan_of(activity).least]
    for number, row in enumerate(accepted, 1):
        tied = bool(found) and found[-1][1].score == row.score
        found.append((found[-1][0] if tied else number, row))
    return found


def winners(activity: Activity) -> list[Contribution]:
    """Who wins as things stand: those on the first places (who share the last of them all win), or those drawn."""
    plan, there = plan_of(activity), ranked(activity)
    if plan.sort == LIKES:
        return [row for place, row in there if place <= plan.winners]
    by_human = {row.person.root_id or row.person_id: row for _place, row in there}
    drawn = [win.part.person.root_id or win.part.person_id for win in wins(activity) if win.part]
    return [by_human[root] for root in drawn if root in by_human]


def _won(activity: Activity) -> list[Identity]:
    return [row.identity for row in winners(activity)]


def stakes(activity: Activity) -> Stakes | None:
    """What is drawn for; None where nothing is."""
    plan = plan_of(activity)
    if plan.sort != FREE:
        return None
    return Stakes((Prize(plan.prize or activity.title, plan.winners),))


def doubts(activity: Activity, who: Identity, raw: bytes, text: str, now: datetime) -> list[str]:
    """Why a proof may have been used before, by the member themselves or by somebody else."""
    digest, look = hashlib.sha256(raw).hexdigest(), image.look(raw)
    others = Contribution.objects.filter(activity__workspace=activity.workspace, what=PROOF, at__gte=now - REMEMBERED)
    others = others.exclude(activity=activity, person__in=[who.person_id])
    found = set()
    for values, said, person in others.values_list("values", "text", "person"):
        if values.get("digest") == digest:
            found.add(SAME_PICTURE)
        elif "look" in values and (int(values["look"], 16) ^ look).bit_count() <= NEAR:
            found.add(LIKE_PICTURE)
        if len(fold(text)) >= LONG_ENOUGH and fold(said) == fold(text) and person != who.person_id:
            found.add(SAME_WORDS)
    return sorted(found)


# -- writes


def show(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Hand in a proof: a picture, `text`, and `likes` where these count; a new one takes the place of the old one until
    it is decided about. Raises Refused, Closed."""
    with transaction.atomic():
        held = attendance.taking(activity, now, at)
        plan, human = plan_of(held), (who.person.root_id or who.person_id).hex
        if Contribution.objects.filter(activity=held, what=PROOF, key=f"{human} {key}").exists():
            return "proof_given"
        if said.picture is None:
            raise Refused("proof_picture")
        likes = said.number("likes") if plan.sort == LIKES else 0
        old = mine(held, who.person, PROOF)
        if old.exclude(state=GIVEN).exists():
            raise Refused("proof_decided")
        raw = bytes(said.picture.body)
        why = doubts(held, who, raw, said.text("text"), now)
        old.update(state="withdrawn")
        values = {"digest": hashlib.sha256(raw).hexdigest(), "look": f"{image.look(raw):016x}", "doubts": why}
        hand_in(
            held, who, PROOF, key=f"{human} {key}", text=said.text("text"), values=values,
            picture=said.picture, score=float(likes), at=at, now=now,
        )  # fmt: skip
        part = attendance.arrive(held, who, via=via, at=at, now=now)
        part.flagged = bool(why)
        part.save(update_fields=["flagged"])
    return "proof_given"


def judge(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Staff accept (`say` yes) or refuse a proof (`which`), with a `reason`, and may put the likes right. Raises
    Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        row = Contribution.objects.filter(activity=held, what=PROOF, pk=said.key("which")).first()
        if row is None or held.state in {DRAFT, SETTLED} or row.state == "withdrawn":
            raise Refused("unknown")
        if sealed_draw.frozen(held):
            raise Refused("lottery_frozen")
        yes = said.text("say") == "yes"
        if not yes and not said.text("reason"):
            raise Refused("proof_reason")
        if yes and plan_of(held).sort == LIKES and said.text("likes"):
            Contribution.objects.filter(pk=row.pk).update(score=float(said.number("likes")))
        decide(row, ACCEPTED if yes else REFUSED, reason=said.text("reason"), by=by)
    return "done"


def _opened(activity: Activity, now: datetime) -> None:
    """Commit to the seed of the draw, where there is one. Raises Refused once the list is frozen."""
    if stakes(activity):
        sealed_draw.seal(activity, now)


def freeze(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """All is judged: publish the list that is drawn from. Raises Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        if stakes(held) is None:
            raise Refused("unknown")
        if held.standing(now) != CLOSED:
            raise Refused("lottery_not_closed")
        _freeze(held, now)
        held.save(update_fields=["state_of_play"])
    return "proof_frozen"


def _freeze(held: Activity, now: datetime) -> None:
    """Whoever's proof was accepted is in it, in the order they showed it. Raises Refused while a proof waits."""
    if contributions(held, PROOF).filter(state=GIVEN).exists():
        raise Refused("proof_waits")
    rows = sorted((row for _place, row in ranked(held)), key=lambda row: (row.at, row.pk))
    parts = [attendance.row_of(held, row.person) for row in rows]
    sealed_draw.freeze(held, [(part, 1) for part in parts if part is not None], now=now)


def _settled(activity: Activity, now: datetime) -> None:
    """Pay, and publish who won. Raises Refused while a proof waits for a decision."""
    plan = plan_of(activity)
    if contributions(activity, PROOF).filter(state=GIVEN).exists():
        raise Refused("proof_waits")
    accepted = [row for _place, row in ranked(activity)]
    if (wanted := stakes(activity)) and not sealed_draw.drawn(activity):
        _freeze(activity, now)
        sealed_draw.draw_lots(activity, wanted, now=now)
    won = winners(activity)
    reward.pay_all(activity, [(c.identity, plan.proof_points) for c in accepted], "proof", key="", now=now)
    reward.pay_all(activity, [(c.identity, plan.win_points) for c in won], "win", key="", now=now)
    activity.state_of_play = activity.state_of_play | {"won": [c.pk.hex for c in won]}
    for row in won:
        attendance.tell(activity, row.identity, "win", at=now, key="win", now=now)
    herald.tell_groups(activity, "result", _result(activity, won, len(accepted)), now=now)


def _result(activity: Activity, won: list[Contribution], shown: int) -> str:
    with translation.override(activity.workspace.language):
        text = _("“%(title)s” is settled: %(n)s shown and checked.") % {"title": activity.title, "n": shown}
        if won:
            text += " " + _("Winners: %(names)s.") % {"names": _(", ").join(c.identity.name for c in won)}
        if seed := activity.state_of_play.get("seed"):
            text += " " + _("The seed was %(seed)s. Check the draw: %(link)s") % {"seed": seed, "link": outbox.LINK}
        return text


def _works(activity: Activity) -> list[Contribution]:
    """The proofs that were accepted."""
    return [row for row in proofs(activity) if row.state == ACCEPTED]


SHOW_DAY = Kind(
    "show_day",
    ShowDayPlan,
    member={"show": show},
    staff={"judge": judge, "freeze": freeze},
    signs_up=False,
    opened=_opened,
    settled=_settled,
    won=_won,
    stakes=stakes,
    works=_works,
)
