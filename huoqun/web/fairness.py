"""The fairness of a sealed draw on the pages of staff and members: how far it is, the proof, a member's own line."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from huoqun.activities import sealed_draw
from huoqun.activities.activity import Activity
from huoqun.people import code
from huoqun.people.person import Identity


def proof(activity: Activity) -> str:
    """The address of the public proof."""
    return reverse("lottery", args=[code.public(activity.pk, since=activity.created)])


def shown(activity: Activity) -> dict[str, Any]:
    """What both may see: never the seed before the draw."""
    play = activity.state_of_play
    moments = {k: datetime.fromisoformat(play[k]) for k in ("committed", "frozen", "drawn") if play.get(k)}
    known = {k: play.get(k, "") for k in ("commitment", "list", "outside")}
    seed = play["seed"] if sealed_draw.drawn(activity) else ""
    told = known | moments | {"seed": seed, "replaced": play.get("replaced", [])}
    return {"play": told, "proof_link": proof(activity), "in_list": len(play.get("entries", ()))}


def shown_to(activity: Activity, who: Identity) -> dict[str, Any]:
    """The same, with their own line of the list."""
    return shown(activity) | {"line": sealed_draw.line_of(activity, who)}
