"""What was sent with a deed in an activity, for members and for staff: texts, a picture; and the answer in words."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from huoqun.activities import attendance
from huoqun.activities.activity import Activity, Closed, WrongMoment
from huoqun.activities.contribution import let_go
from huoqun.activities.kind import Refused, Said
from huoqun.base import clock
from huoqun.base.image import NoImage
from huoqun.people import picture
from huoqun.people.person import Person
from huoqun.web import word

LONGEST = 40_000
"""A pasted list of a few hundred lines is whole."""
NOT_DONE = (Refused, Closed, WrongMoment, attendance.Full, attendance.NotIn, NoImage)
"""What may be raised by a deed that was not done."""


@contextmanager
def said(request: HttpRequest, activity: Activity, person: Person | None) -> Iterator[Said]:
    """What a form said, for the deed that is done within. Both are one transaction: where the deed is refused, or makes
    no use of the picture (a form sent twice), no picture is left behind. Raises NoImage."""
    texts = {name: [t.replace("\0", "")[:LONGEST] for t in request.POST.getlist(name)] for name in request.POST}
    sent = request.FILES.get("picture")
    if not sent:
        yield Said(texts)
        return
    with transaction.atomic():
        kept = picture.take(sent.read(), workspace=activity.workspace, person=person, now=clock.now())
        yield Said(texts, kept)
        let_go(activity, kept)


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
