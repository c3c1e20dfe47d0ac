"""What members do together in activities becomes ties of the group's diagnosis."""

from datetime import timedelta

import pytest
from at_work import group
from group_rows import START, links, row, rows

from huoqun.activities import attendance, life, vote
from huoqun.base import clock
from huoqun.insight.card import Card, Shared
from huoqun.insight.reading import reading
from huoqun.insight.tie import ties
from huoqun.people import joint
from huoqun.people.person import Identity, Person
from huoqun.people.workspace import local


@pytest.mark.django_db(transaction=True)
def test_a_meeting_in_person_reaches_the_diagnosis_when_it_is_closed():
    here, now = group(local(now=clock.now())), clock.now()
    people = []
    for name in "甲乙丙":
        person = Person.objects.create(workspace=here.workspace, created=now)
        people.append(Identity.objects.create(group=here, person=person, account=name, name=name, created=now))
    plan = vote.VotePlan(options=["a", "b"])
    met = life.begin(here.workspace, "vote", title="见面", groups=[here], plan=plan, by=None, now=now)
    life.open_up(met, now=now)
    attendance.tell_together(met, people[:2], "met", key="t1", at=now, now=now)
    attendance.tell(met, people[2], "join", at=now, now=now)
    before = type(here).objects.get(pk=here.pk).state_hash
    life.close(met, now=now)
    here.refresh_from_db()
    assert here.state_hash != before
    assert {(s.who, s.other, s.weight) for s in joint.shared(here)} == {("甲", "乙", 3.0), ("乙", "甲", 3.0)}
    joint.tell(here.pk, now=now)
    told = here.state_hash
    here.refresh_from_db()
    assert here.state_hash == told, "nothing new, no new diagnosis"


def test_who_met_is_tied_and_who_also_answers_is_tied_strongly():
    said = [row(0, "甲"), row(1, "乙")]
    now = START + timedelta(minutes=2)
    met = (Shared("甲", "乙", now, 1.0), Shared("乙", "甲", now, 1.0), Shared("甲", "nobody", now, 3.0))
    plain = ties(reading(rows(said), links([(1, 0)]), Card(), now=now)).pairs.row(0, named=True)
    more = ties(reading(rows(said), links([(1, 0)]), Card(shared=met), now=now)).pairs.row(0, named=True)
    assert more["strength"] - plain["strength"] == pytest.approx(2.0)
    assert (plain["shared"], more["shared"]) == (0, 2)
    assert (plain["strong"], more["strong"]) == (False, True)
