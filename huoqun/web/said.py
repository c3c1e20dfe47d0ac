"""What was sent with a deed in an activity, for members and for staff: texts, a picture; and the answer in words."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from huoqun.activities import attendance
from huoqun.activities.activity import Closed, WrongMoment
from huoqun.activities.kind import Refused, Said
from huoqun.base import clock
from huoqun.base.image import NoImage
from huoqun.people import picture
from huoqun.people.person import Person
from huoqun.people.workspace import Workspace
from huoqun.web import word

LONGEST = 40_000
"""A pasted list of a few hundred lines is whole."""
NOT_DONE = (Refused, Closed, WrongMoment, attendance.Full, attendance.NotIn, NoImage)
"""What may be raised by a deed that was not done."""


def said(request: HttpRequest, workspace: Workspace, person: Person | None) -> Said:
    """What a form said. Raises NoImage."""
    texts = {name: [t.replace("\0", "")[:LONGEST] for t in request.POST.getlist(name)] for name in request.POST}
    kept = None
    if sent := request.FILES.get("picture"):
        kept = picture.take(sent.read(), workspace=workspace, person=person, now=clock.now())
    return Said(texts, kept)


def why(error: Exception) -> str:
    """Why a deed was not done, in words."""
    if isinstance(error, Refused):
        return word.of("refused", error.why) % error.values
    for kind, id in (
        (Closed, "closed"),
        (WrongMoment, "wrong_moment"),
        (attendance.Full, "full"),
        (attendance.NotIn, "not_in"),
        (NoImage, "no_image"),
    ):
        if isinstance(error, kind):
            return word.of("refused", id)
    return _("That was not done.")
