"""Whoever works here no more looks after nothing any more, and the log says what it was."""

import pytest
from at_work import group, hire

from huoqun.base import clock
from huoqun.people import staff
from huoqun.people.audit import entries
from huoqun.people.group import entrust
from huoqun.people.workspace import add


@pytest.mark.django_db
def test_who_is_dismissed_looks_after_no_group_of_the_workspace():
    here = add(name="我们", zone="Asia/Shanghai", now=clock.now())
    boss, planner = hire(here), hire(here, "planner")
    theirs, mine = group(here, "读书群"), group(here, "跑步群")
    entrust(theirs, planner.account, by=boss.account, now=clock.now())
    entrust(mine, boss.account, by=boss.account, now=clock.now())
    staff.dismiss(planner, by=boss.account, now=clock.now())
    theirs.refresh_from_db()
    mine.refresh_from_db()
    assert theirs.carer is None
    assert mine.carer == boss.account
    assert entries(here).get(what="staff.dismiss").before["cared_for"] == ["读书群"]
