"""The dispute over a check-in: staff refuse it and say why, the member objects once, staff decide. Points go and come
back by postings of their own; nothing is deleted."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from huoqun.activities import attendance, reward
from huoqun.activities.activity import SETTLED, Activity
from huoqun.activities.challenge_plan import plan_of
from huoqun.activities.challenge_talk import found
from huoqun.activities.check_in import CHECK_IN
from huoqun.activities.contribution import ACCEPTED, GIVEN, REFUSED, Contribution, contributions, decide, hand_in
from huoqun.activities.kind import Refused, Said
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.person import Identity, root_of

OBJECTION = "objection"


# -- reads


def open_objections(activity: Activity) -> QuerySet[Contribution]:
    """The objections that staff have not decided."""
    return contributions(activity, OBJECTION).filter(state=GIVEN).select_related("on", "identity", "person__root")


# -- writes


def refuse(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """A check-in does not count: `which`, `reason`; its points are taken back. Raises Refused."""
    reason = said.text("reason")[:300]
    if not reason:
        raise Refused("challenge_reason")
    with transaction.atomic():
        held = _held(activity)
        row = found(held, said)
        if decide(row, REFUSED, reason=reason, by=by):
            taken = 0
            if row.what == CHECK_IN:
                taken = reward.take_back(held, row.person_id, CHECK_IN, key=str(row.day), why=reason, by=by, now=now)
            _note(held, row, "refuse", by, now, reason=reason, points=-taken)
    return "challenge_refused"


def object_to(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Object to a refusal, once: `which`, `text`. Raises Refused."""
    with transaction.atomic():
        held = _held(activity)
        row = found(held, said)
        if root_of(row.person).pk != root_of(who.person).pk:
            raise Refused("unknown")
        text = said.text("text")
        if not text:
            raise Refused("challenge_proof_text")
        if row.state != REFUSED and not row.said_of.filter(what=OBJECTION).exists():
            raise Refused("challenge_not_refused")
        hand_in(held, who, OBJECTION, key=row.pk.hex, text=text, on=row, picture=said.picture, at=at, now=now)
    return "challenge_objected"


def judge(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Decide an objection: `which`; with `uphold` the check-in counts after all and is paid again. Raises Refused."""
    with transaction.atomic():
        held = _held(activity)
        objection = found(held, said, whats=(OBJECTION,))
        row, reason = objection.on, said.text("reason")[:300]
        assert row is not None
        upheld = bool(said.text("uphold"))
        if objection.state == GIVEN and decide(objection, ACCEPTED if upheld else REFUSED, reason=reason, by=by):
            if upheld:
                _count_again(held, row, by, now)
            _note(held, row, "uphold" if upheld else "stand", by, now, reason=reason)
    return "challenge_judged"


def _count_again(activity: Activity, row: Contribution, by: Account | None, now: datetime) -> None:
    decide(row, ACCEPTED, by=by)
    amount = plan_of(activity).day_points
    if row.what == CHECK_IN and amount:
        who = Identity.objects.select_related("person__workspace", "group").get(pk=row.identity_id)
        again = f"{row.day} {row.said_of.filter(what=OBJECTION).count() + 1}"
        reward.pay(activity, who, amount, CHECK_IN, key=again, note=activity.title, now=now)


def _held(activity: Activity) -> Activity:
    """The activity, locked, while anything can still be decided. Raises Refused."""
    held = attendance.locked(activity)
    if held.state == SETTLED:
        raise Refused("challenge_settled")
    return held


def _note(activity: Activity, row: Contribution, what: str, by: Account | None, now: datetime, **told: object) -> None:
    day = {"day": str(row.day)} | told
    attendance.tell(
        activity, row.identity, what, at=now, key=f"{row.pk.hex} {now.isoformat()}", values=day, by=by, now=now
    )
    audit.note(activity.workspace, f"challenge.{what}", by=by, on=activity.pk, title=activity.title, after=day, now=now)
