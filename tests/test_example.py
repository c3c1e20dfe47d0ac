"""The example: made-up groups with everything a team would know of them, made fast, marked, and gone without trace."""

from datetime import timedelta

import pytest
from at_work import browser, hire
from django.urls import reverse

from huoqun.activities import activity, survey
from huoqun.activities.activity import Activity
from huoqun.base import clock, job
from huoqun.people import checkup, erasure, merge, profile, upload
from huoqun.people.audit import Entry
from huoqun.people.deed import Deed
from huoqun.people.group import UNDO, Group, groups
from huoqun.people.person import Identity, Person
from huoqun.people.workspace import local
from huoqun.simulation import example

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def made():
    now = clock.now()
    staff = hire(local(now=now))
    upload.ask_example(staff.workspace, language="zh", by=staff.account, now=now)
    hand = job.Hand("test", lambda: now)
    while example.tick(hand):
        pass
    while checkup.tick(hand):
        pass
    return staff


def largest(staff):
    return groups(staff.workspace).order_by("-rows").first()


def test_330_people_were_asked_56_answered_and_every_page_has_something(made):
    main = largest(made)
    row = survey.surveys_for(made).get(title="认识一下群友")
    assert activity.rate(row) == activity.Rate(56, 330, 0)
    assert row.standing(clock.now()) == activity.CLOSED
    signs = {s.id: s for s in checkup.document(checkup.latest(main)).vital_signs}
    assert round(signs["response"].value, 2) == 0.17
    assert signs["response"].state == "low"
    assert signs["owner_known"].value > 0.6 > 0.06 > signs["owner_knows"].value
    assert any(t.kinds.get("known") for t in checkup.document(checkup.latest(main)).ties)
    facts = profile.Fact.objects.filter(origin__startswith="survey:")
    assert facts.values("person").distinct().count() >= 56
    assert set(facts.values_list("field", flat=True)) >= {"city", "industry", "work", "offers", "needs"}
    assert profile.Tag.objects.count() == 24
    assert profile.Note.objects.count() == 12
    assert Deed.objects.filter(kind="survey.answer").count() == 56 + 48 + 9
    assert merge.Sameness.objects.count() == 2
    assert len(merge.proposals(groups(made.workspace))) == 12
    client = browser(made)
    for page in (
        reverse("surveys", args=["local"]),
        reverse("survey_results", args=[row.pk]) + "?by=stratum",
        reverse("survey", args=[row.pk]),
        reverse("records", args=[largest(made).pk]),
    ):
        answer = client.get(page)
        assert answer.status_code == 200
        assert "模拟" in answer.content.decode()


def test_one_click_removes_it_and_an_hour_later_nothing_is_left(made):
    client = browser(made)
    client.post(reverse("remove_example", args=["local"]))
    assert not groups(made.workspace).exists()
    assert not survey.surveys_for(made).exists()
    home = client.get(reverse("home", args=["local"])).content.decode()
    assert home.count("已移除") == 1
    main = Group.objects.order_by("-rows").first()
    client.post(reverse("restore", args=[main.pk]))
    assert groups(made.workspace).count() == 2
    assert survey.surveys_for(made).count() == 4
    client.post(reverse("remove_example", args=["local"]))
    later = clock.now() + UNDO + timedelta(minutes=1)
    while erasure.tick(job.Hand("test", lambda: later)):
        pass
    activity.sweep(later)
    for table in (Group, Person, Identity, Activity, profile.Fact, profile.Note, Deed, upload.Upload):
        assert not table.objects.exists(), table
    told = Entry.objects.exclude(what__in=["import.example", "staff.invite"])
    assert not [(e.what, e.title, e.after) for e in told if e.title or e.before or e.after]
