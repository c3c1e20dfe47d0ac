"""The survey after a meetup: the readymade “after the activity”, as a draft that staff look at before it opens."""

from datetime import datetime

from django.db import transaction

from huoqun.activities import attendance, readymade, survey
from huoqun.activities.activity import DRAFT, Activity, Closed
from huoqun.activities.kind import Refused, Said
from huoqun.people.account import Account


def ask(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Make the draft, once. Raises Closed before it has opened, Refused."""
    with transaction.atomic():
        held = attendance.locked(activity)
        if held.standing(now) == DRAFT or held.removed is not None:
            raise Closed
        if held.state_of_play.get("survey"):
            return "meetup_survey"
        language: readymade.Language = "en" if held.workspace.language.startswith("en") else "zh"
        ready = readymade.readymade(language, "after")
        if ready is None:
            raise Refused("unknown")
        row = survey.begin(
            held.workspace,
            title=f"{held.title} · {ready.title}"[:120],
            groups=list(held.groups.filter(removed=None)),
            intro=ready.intro,
            questions=ready.questions,
            by=by,
            now=now,
        )
        held.state_of_play["survey"] = str(row.pk)
        held.save(update_fields=["state_of_play"])
    return "meetup_survey"
