"""The show day (晒单 集赞 免单): members show something with a picture as proof; what is shown twice is found.

For the operator: three sorts. Likes: whoever collects most likes for a post wins. Orders: whoever shows an order gets
points. Free orders: among those who showed an order some are drawn who get it for free, by a seed that was settled (and
whose fingerprint was told) when it opened, so that anybody can check the draw. A proof that was handed in before, here
or elsewhere in the workspace, as the same or a very similar picture or with the same words, is marked for staff, who
accept or refuse; only what was accepted counts.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from pydantic import Field

from huoqun.activities import attendance, herald, reward
from huoqun.activities.activity import DRAFT, SETTLED, Activity, Closed
from huoqun.activities.contribution import ACCEPTED, GIVEN, REFUSED, Contribution, contributions, decide, hand_in, mine
from huoqun.activities.kind import Kind, Plan, Refused, Said
from huoqun.base import image
from huoqun.insight.speech import fold
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
    win_points: int = Field(default=0, ge=0, le=1_000_000)
    """Points for each winner."""


# -- rules


def order_of_draw(seed: str, keys: list[str]) -> list[str]:
    """The order in which a seed draws: by the SHA-256 of seed and key. Anybody can compute it."""
    return sorted(keys, key=lambda key: hashlib.sha256(f"{seed} {key}".encode()).hexdigest())


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
    if plan.sort == ORDERS:
        return []
    by_key = {row.pk.hex: row for _place, row in there}
    drawn = order_of_draw(str(activity.state_of_play.get("seed", "")), sorted(by_key))
    return [by_key[key] for key in drawn[: plan.winners]]


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
        held = attendance.locked(activity)
        if not held.takes(now, at):
            raise Closed
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
        yes = said.text("say") == "yes"
        if not yes and not said.text("reason"):
            raise Refused("proof_reason")
        if yes and plan_of(held).sort == LIKES and said.text("likes"):
            Contribution.objects.filter(pk=row.pk).update(score=float(said.number("likes")))
        decide(row, ACCEPTED if yes else REFUSED, reason=said.text("reason"), by=by)
    return "done"


def _opened(activity: Activity, now: datetime) -> None:
    """Settle the seed of the draw, and tell its fingerprint."""
    if plan_of(activity).sort != FREE or activity.state_of_play.get("seed"):
        return
    seed = secrets.token_hex(16)
    activity.state_of_play = activity.state_of_play | {
        "seed": seed,
        "promise": hashlib.sha256(seed.encode()).hexdigest(),
    }


def _settled(activity: Activity, now: datetime) -> None:
    """Pay, and publish who won. Raises Refused while a proof waits for a decision."""
    plan = plan_of(activity)
    if contributions(activity, PROOF).filter(state=GIVEN).exists():
        raise Refused("proof_waits")
    accepted = [row for _place, row in ranked(activity)]
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
            text += " " + _("The seed was %(seed)s.") % {"seed": seed}
        return text


def _works(activity: Activity) -> list[Contribution]:
    """The proofs that were accepted."""
    return [row for row in proofs(activity) if row.state == ACCEPTED]


SHOW_DAY = Kind(
    "show_day",
    ShowDayPlan,
    member={"show": show},
    staff={"judge": judge},
    signs_up=False,
    opened=_opened,
    settled=_settled,
    works=_works,
)
