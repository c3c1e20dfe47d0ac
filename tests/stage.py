"""A group of members who know each other's names, for the tests of spotlights, teams and circles."""

import io

import pytest
from django.urls import reverse
from PIL import Image

from huoqun.activities import life
from huoqun.activities.kind import Refused, said
from huoqun.activities.kinds import KINDS
from huoqun.base import clock
from huoqun.people import code
from huoqun.people.membership import Membership
from huoqun.people.person import Identity, Person

PHONE = {"host": "127.0.0.1", "accept-language": "zh-CN"}


def member(there, name):
    now = clock.now()
    person = Person.objects.create(workspace=there.workspace, created=now)
    row = Identity.objects.create(group=there, person=person, account=name, name=name, created=now)
    Membership.objects.create(identity=row, number=1, created=now)
    return row


def opened(there, kind, title, now=None, **more):
    now = now or clock.now()
    plan = more.pop("plan", KINDS[kind].plan())
    row = life.begin(there.workspace, kind, title=title, groups=[there], plan=plan, by=None, now=now, **more)
    life.open_up(row, now=now)
    row.refresh_from_db()
    return row


def does(row, who, what, now=None, key=None, **texts):
    """A member does something; the answer."""
    deed = KINDS[row.kind].member[what]
    now = now or clock.now()
    return deed(row, who, said(**texts), via="personal", key=key or f"{now.timestamp()}", at=None, now=now)


def leads(row, what, now=None, by=None, key="k", **texts):
    """Staff do something; the answer."""
    return KINDS[row.kind].staff[what](row, said(**texts), key=key, by=by, now=now or clock.now())


def refused(why, do, *args, **more):
    """It is not done, for this reason."""
    with pytest.raises(Refused) as told:
        do(*args, **more)
    assert told.value.why == why


def address(row, who):
    return reverse("member_activity", args=[code.personal(who, now=clock.now()), row.pk])


def jpeg():
    """A small photo."""
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "teal").save(out, "JPEG")
    return out.getvalue()
