"""Facts of runs: what checkups, ties and the board tell, and nothing where they are too old."""

from datetime import timedelta

import orjson
import pytest
from at_work import group, hire
from stage import member
from test_run import begun, moment

from huoqun.base import clock
from huoqun.people import dealing, introduction, profile
from huoqun.people.checkup import Checkup
from huoqun.people.dealing import Dealing
from huoqun.people.trace import Trace
from huoqun.people.workspace import local
from huoqun.playbooks import sensing

pytestmark = pytest.mark.django_db(transaction=True)
ASKED = {"unanswered", "welcomed", "ties", "needs", "needs_solved"}


@pytest.fixture
def here():
    return group(local(now=clock.now()))


def checked(here, at, told, members=4):
    return Checkup.objects.create(
        group=here, day=at.date(), as_of=at, computed=at, created=at, state_hash="x", model="x", state="living",
        stage="active", grade="A", members=members, document=orjson.dumps(told).decode(),
    )  # fmt: skip


def question(at, answered=None):
    quote = {"time": at.isoformat(), "person": "u", "name": "u", "text": "?", "key": at.isoformat()}
    return {"quote": quote, "answered": answered and answered.isoformat()}


def newcomer(first, answered=None):
    return {"first": first and first.isoformat(), "answered": answered and answered.isoformat()}


def known(run, now):
    return {name: sensing.facts([run], ASKED, now=now)[run.pk][name] for name in ASKED}


def test_questions_and_welcomes_of_the_week_come_from_the_newest_checkup_while_it_is_fresh(here):
    run = begun(here)
    now = moment(8, 12)
    told = {
        "questions": [
            *(question(at) for at in (moment(7, 9), moment(8, 9), moment(0, 9))),
            question(moment(7, 9), moment(7, 10)),
        ],
        "newcomers": [
            newcomer(moment(6, 9), moment(6, 10)),
            newcomer(moment(6, 9), moment(7, 10)),
            newcomer(moment(6, 9)),
            newcomer(moment(8, 10)),
            newcomer(None),
            newcomer(moment(0, 9), moment(0, 10)),
        ],
    }  # fmt: skip
    checked(here, moment(2, 9), {})
    assert known(run, now)["unanswered"] is None, "a checkup of last week says nothing of today"
    checked(here, moment(8, 11), told)
    found = known(run, now)
    assert (found["unanswered"], found["welcomed"]) == (2, pytest.approx(1 / 3))
    assert known(run, now + timedelta(days=2))["unanswered"] is None


def test_ties_are_of_a_member_and_needs_are_counted(here):
    run = begun(here)
    boss = hire(here.workspace).account
    one, other = member(here, "小云"), member(here, "阿海")
    assert known(run, moment(1, 12)) == {
        "unanswered": None,
        "welcomed": None,
        "ties": None,
        "needs": 0,
        "needs_solved": 0,
    }
    checked(here, moment(1, 9), {}, members=4)
    for who, ties in ((one, 3), (other, 3)):
        Trace.objects.create(
            identity=who, group=here, day=moment(1, 9).date(), stratum="core", ago=0, ties=ties, created=moment(1, 9)
        )
    profile.say(one.person, "fact", "想找设计师", field=profile.NEEDS, by=boss, now=moment(1, 9))
    profile.say(other.person, "fact", "会设计", field=profile.OFFERS, by=boss, now=moment(1, 9))
    for key, kind, state in (
        ("a", introduction.OFFER, dealing.DONE),
        ("b", introduction.CITY, dealing.DONE),
        ("c", introduction.OFFER, dealing.ACCEPTED),
    ):
        Dealing.objects.create(
            workspace=here.workspace, group=here, person=one.person, other=other.person, key=key,
            changed=moment(1, 9), created=moment(1, 9),
            kind=introduction.KIND, state=state, reason={"reasons": [{"kind": kind}]},
        )  # fmt: skip
    found = known(run, moment(1, 12))
    assert (found["ties"], found["needs"], found["needs_solved"]) == (1.5, 1, 1)
