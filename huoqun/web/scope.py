"""The scope: of what a page is, and how the thing in its address is found for somebody.

Whatever is not in a workspace where one works, or not in the groups one is limited to, is not there at all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from huoqun.activities.activity import Activity
from huoqun.activities.life import activities_for
from huoqun.activities.survey import Survey, surveys_for
from huoqun.base import clock
from huoqun.people.api_token import Token
from huoqun.people.forgotten import Forgotten
from huoqun.people.group import Group, removed_groups
from huoqun.people.person import Identity, Person
from huoqun.people.research import Study, studies_for
from huoqun.people.roll import Roll
from huoqun.people.segment import Segment
from huoqun.people.staff import Invitation, Staff, groups_for
from huoqun.people.upload import Upload
from huoqun.playbooks.book_draft import Draft, drafts_for
from huoqun.playbooks.run import Run, runs_for


@dataclass(frozen=True)
class Scope:
    """Of what a page is. `key`: the name of its part of the address; `rows`: all such things of a workspace, as far as
    a member of staff may see them; `field`: what the key is compared with."""

    name: str
    key: str = ""
    rows: Callable[[Staff], QuerySet[Any]] | None = None
    model: type[Model] | None = None

    def of(self, staff: Staff) -> QuerySet[Any]:
        """All such things that a member of staff may see."""
        assert self.rows is not None
        return self.rows(staff)


OPEN = Scope("open")
"""For everybody, also without login."""
ACCOUNT = Scope("account")
"""For whoever is logged in, of themselves."""
KEEPER = Scope("keeper")
"""For who keeps the installation."""
WORKSPACE = Scope("workspace", "workspace")
"""A whole workspace, named in the address."""


def _gone(staff: Staff) -> QuerySet[Group]:
    found = removed_groups(staff.workspace, now=clock.now())
    return found.filter(staff=staff) if staff.duty.limited else found


def _uploads(staff: Staff) -> QuerySet[Upload]:
    found = Upload.objects.filter(workspace=staff.workspace)
    if not staff.duty.limited:
        return found
    mine = groups_for(staff)
    return (found.filter(into__in=mine) | found.filter(taken__group__in=mine)).distinct()


def _persons(staff: Staff) -> QuerySet[Person]:
    """Also who was merged into another: who is limited to groups sees who has an account in one of them."""
    found = Person.objects.filter(workspace=staff.workspace)
    if not staff.duty.limited:
        return found
    mine = Identity.objects.filter(group__in=groups_for(staff))
    human = Coalesce(OuterRef("root"), OuterRef("pk"))
    return found.filter(Exists(mine.filter(Q(person=human) | Q(person__root=human))))


GROUP = Scope("group", "group", groups_for, Group)
REMOVED_GROUP = Scope("removed group", "group", _gone, Group)
ANY_GROUP = Scope("group, removed or not", "group", lambda staff: groups_for(staff) | _gone(staff), Group)
UPLOAD = Scope("import", "upload", _uploads, Upload)
STAFF = Scope("staff", "member", lambda staff: Staff.objects.filter(workspace=staff.workspace, ended=None), Staff)
INVITATION = Scope(
    "invitation", "invitation", lambda staff: Invitation.objects.filter(workspace=staff.workspace), Invitation
)
PERSON = Scope("person", "person", _persons, Person)

TOKEN = Scope("token", "token", lambda staff: Token.objects.filter(workspace=staff.workspace), Token)

ERASURE = Scope("erasure", "erasure", lambda staff: Forgotten.objects.filter(workspace=staff.workspace), Forgotten)

SURVEY = Scope("survey", "survey", surveys_for, Survey)
ACTIVITY = Scope("activity", "activity", activities_for, Activity)
ANY_ACTIVITY = Scope(
    "activity, removed or not", "activity", lambda staff: activities_for(staff, removed=True), Activity
)
ROLL = Scope("list of people", "roll", lambda staff: Roll.objects.filter(group__in=groups_for(staff)), Roll)
SEGMENT = Scope("segment", "segment", lambda staff: Segment.objects.filter(workspace=staff.workspace), Segment)

STUDY = Scope("research", "study", studies_for, Study)
RUN = Scope("run", "run", runs_for, Run)

DRAFT = Scope("playbook of one's own", "draft", drafts_for, Draft)

SCOPES = (
    OPEN,
    ACCOUNT,
    KEEPER,
    WORKSPACE,
    GROUP,
    REMOVED_GROUP,
    ANY_GROUP,
    UPLOAD,
    STAFF,
    INVITATION,
    PERSON,
    TOKEN,
    ERASURE,
    SURVEY,
    ACTIVITY,
    ANY_ACTIVITY,
    STUDY,
    SEGMENT,
    ROLL,
    RUN,
    DRAFT,
)
