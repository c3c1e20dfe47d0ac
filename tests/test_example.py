"""The example: made-up groups with everything a team would know of them, made fast, marked, and gone without trace."""

from datetime import timedelta

import pytest
from at_work import browser, hire
from django.apps import apps
from django.urls import reverse

from huoqun.activities import activity, survey
from huoqun.base import clock, job
from huoqun.people import (
    alert,
    branch,
    checkup,
    climb,
    dealing,
    erasure,
    founder,
    goal,
    introduction,
    merge,
    pasted,
    profile,
    raising,
    rapport,
    research,
    roll,
    segment,
    silent,
    touch,
)
from huoqun.people.audit import Entry
from huoqun.people.deed import Deed
from huoqun.people.group import UNDO, Group, groups
from huoqun.people.staff import Staff
from huoqun.people.workspace import Workspace, folder_of, local
from huoqun.simulation import example

TABLES = [*apps.get_app_config("huoqun").get_models(include_auto_created=True)]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def made():
    now = clock.now()
    staff = hire(local(now=now))
    browser(staff).post(reverse("example", args=["local"]))
    hand = job.Hand("test", clock.now)
    while example.tick(hand):
        pass
    survey.tick(hand)
    assert not checkup.tick(hand)
    return hire(Workspace.objects.get(example_of=staff.workspace), email=staff.account.email)


def largest(staff):
    return groups(staff.workspace).order_by("-rows").first()


def test_330_people_were_asked_56_answered_every_page_has_something_and_nothing_of_it_counts_as_real(made):
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
    assert profile.Tag.objects.exclude(text="来过线下").count() == 24
    assert profile.Tag.objects.filter(text="来过线下").count() > 2
    assert profile.Note.objects.count() == 12
    assert Deed.objects.filter(kind="survey.answer").count() == 56 + 48 + 9
    assert merge.Sameness.objects.count() == 2
    assert len(merge.proposals(groups(made.workspace))) == 12
    client = browser(made)
    for page in (
        reverse("surveys", args=[made.workspace.slug]),
        reverse("survey_results", args=[row.pk]) + "?by=stratum",
        reverse("survey", args=[row.pk]),
        reverse("records", args=[largest(made).pk]),
    ):
        answer = client.get(page)
        assert answer.status_code == 200
        assert "模拟" in answer.content.decode()
    told = client.get(reverse("segments", args=[made.workspace.slug])).content.decode()
    assert "下次聊什么" in told, "a segment names the survey it asks of"

    look_at_what_staff_did(made)
    look_at_what_is_real(made)


def look_at_what_staff_did(made):
    main, circle = largest(made), groups(made.workspace).order_by("rows").first()
    now, today = clock.now(), clock.now().date()
    pairs = dealing.dealings(main, introduction.KIND)
    assert sorted(pairs.values_list("state", "outcome")) == [
        ("accepted", ""), ("declined", ""), ("done", ""), ("done", "tied")
    ]  # fmt: skip
    known = rapport.acquaintance(main)
    assert len(introduction.proposals(main, known, introduction.members_of(main, known))) > 3
    words = silent.results(silent.nudged(main), main)
    assert {w.spoke is not None for w in words} == {True, False}
    assert set(dealing.dealings(main, silent.KIND).values_list("what", "state")) >= {
        ("reason", "done"),
        ("nudge", "declined"),
    }
    assert [len(r.done) for r in raising.raised(main, today=today)] == [1, 2, 4]
    assert len(touch.birthdays(main, today=today, now=now)) == 3
    assert dealing.dealings(main, touch.KIND).count() == 4
    first = founder.founders(circle, today=today)
    assert sum(bool(f.founder and f.founder.stake) for f in first) == 2
    assert set(dealing.dealings(main, pasted.KIND).values_list("state", flat=True)) == {"proposed", "done", "declined"}
    assert {s.people > 0 for s in segment.segments(made.workspace)} == {True}
    assert climb.Deed.objects.filter(kind=climb.KIND, at__lt=now - timedelta(days=5)).count() > 2
    assert branch.branch_of(circle).parent == main
    assert goal.progress(goal.goal_of(main), today=today).done == 382
    assert [s.late(today) for s in research.studies_for(made)].count(True) == 1
    assert alert.of_groups([main], now=now)[main.pk]
    assert roll.Roll.objects.get().taken


def look_at_what_is_real(made):
    real = local(now=clock.now())
    client = browser(hire(real))
    for table in TABLES:
        if any(f.name == "workspace" for f in table._meta.fields) and table not in {Staff, Entry}:
            assert not table._default_manager.filter(workspace=real).exists(), table
    for page in ("home", "people", "segments", "strata", "board", "surveys", "tree", "research"):
        told = client.get(reverse(page, args=["local"])).content.decode()
        assert largest(made).name not in told, page
    assert client.get(reverse("people_csv", args=["local"])).getvalue().count(b"\n") == 1
    again = client.post(reverse("example", args=["local"]))
    assert again.url == reverse("group", args=[largest(made).pk])
    assert Workspace.objects.count() == 2
    shown = client.get(reverse("people", args=[made.workspace.slug])).content.decode()
    assert "这里没有真人" in shown


def test_one_click_removes_it_and_an_hour_later_nothing_is_left(made):
    client, place, slug = browser(made), made.workspace, made.workspace.slug
    before = {table: table._default_manager.count() for table in TABLES}
    assert client.post(reverse("remove_example", args=[slug])).url == reverse("home", args=["local"])
    assert not groups(place).exists()
    assert not survey.surveys_for(made).exists()
    home = client.get(reverse("home", args=["local"])).content.decode()
    assert home.count("已移除") == 1
    assert slug not in home
    main = Group.objects.order_by("-rows").first()
    client.post(reverse("restore", args=[main.pk]))
    assert groups(place).count() == 2
    assert survey.surveys_for(made).count() == 4
    assert {t: t._default_manager.count() for t in TABLES if t not in {Entry}} == {
        t: n for t, n in before.items() if t not in {Entry}
    }
    client.post(reverse("remove_example", args=[slug]))
    later = clock.now() + UNDO + timedelta(minutes=1)
    while erasure.tick(job.Hand("test", lambda: later)):
        pass
    for sweep in (activity.sweep, job.sweep):
        sweep(later)
    left = {table.__name__: table._default_manager.count() for table in TABLES}
    assert {name: n for name, n in left.items() if n and name not in {"Job", "Account"}} == {
        "Workspace": 1, "Staff": 1, "Entry": 1
    }  # fmt: skip
    told = Entry.objects.get()
    assert (told.what, told.title, told.before, told.after) == ("import.example", "", {}, {})
    assert not folder_of(place).exists()
    assert client.get("/", follow=True).status_code == 200
