"""Choosing by priority: the tags that the operator set come first, the weightiest first, however people were merged."""

import pytest
from at_work import group, hire
from stage import member
from test_run import BOOK, begun, moment, step, tick

from huoqun.base import clock
from huoqun.people import points, profile
from huoqun.people.person import Identity, Person
from huoqun.people.task import Task
from huoqun.people.trace import Trace
from huoqun.people.workspace import local
from huoqun.playbooks import playbook

pytestmark = pytest.mark.django_db(transaction=True)
MARKED = (
    BOOK[: BOOK.index("paths:")]
    + """measures: [pulse]
variables:
  tags: {ask: {zh: 标签, en: Tags}, default: {zh: "常用，同行、会发声", en: "often, trade"}}
steps:
  - id: best
    title: {zh: 挑人, en: Choose}
    at: at once
    do: pick
    who: everybody
    by: priority
    marks: tags
    most: 3
    approve: false
"""
)


def test_who_has_the_weightiest_tags_comes_first():
    here = group(local(now=clock.now()))
    boss = hire(here.workspace).account
    names = ("甲", "乙", "丙", "丁")
    people = {name: member(here, name) for name in names}
    for name, tags in {"乙": ("会发声", "同行"), "丙": ("常用", "同行"), "丁": ("会发声", "常用")}.items():
        for tag in tags:
            profile.say(people[name].person, "tag", tag, by=boss, now=moment(0, 9))
    alias = Person.objects.create(workspace=here.workspace, root=people["丁"].person, created=moment(0, 9))
    Identity.objects.filter(pk=people["丁"].pk).update(person=alias)
    run = begun(here, MARKED)
    tick(moment(1, 20))
    assert step(run, "best").result["people"] == [people[name].pk.hex for name in ("丙", "丁", "乙")]
    assert not Task.objects.exists()


def test_champions_and_quiet_experts_are_found_whether_merged_or_not():
    here = group(local(now=clock.now()))
    boss = hire(here.workspace).account
    people = {name: member(here, name) for name in ("甲", "乙", "丙")}
    alias = Person.objects.create(workspace=here.workspace, root=people["乙"].person, created=moment(0, 9))
    Identity.objects.filter(pk=people["乙"].pk).update(person=alias)
    for name in ("甲", "乙"):
        profile.say(people[name].person, "tag", "护群骨干", by=boss, now=moment(0, 9))
        profile.say(people[name].person, "fact", "修车", field=profile.OFFERS, by=boss, now=moment(0, 9))
    picked = MARKED.replace("    marks: tags\n", "")
    run = begun(here, picked.replace("who: everybody", "who: champions"))
    other = begun(here, picked.replace("by: priority", "by: quiet-experts").replace("id: hello", "id: hello2"))
    tick(moment(1, 20))
    wanted = {people[name].pk.hex for name in ("甲", "乙")}
    assert set(step(run, "best").result["people"]) == wanted
    assert set(step(other, "best").result["people"]) == wanted


@pytest.mark.parametrize("by", ["messages", "ties", "answered", "priority", "points", "quiet-experts", "chance"])
def test_who_is_not_known_comes_last_by_any_mark(by):
    here = group(local(now=clock.now()))
    strange, known = member(here, "甲"), member(here, "乙")
    profile.say(known.person, "fact", "修车", field=profile.OFFERS, by=None, now=moment(0, 9))
    now, said = moment(0, 9), {"messages_30": 9, "ties": 3, "strong_ties": 2, "answered_share": 0.5}
    Trace.objects.create(identity=known, group=here, day=now.date(), stratum="core", ago=0, created=now, **said)
    points.give_by_hand(known.person, 5, why="谢谢", by=hire(here.workspace).account, key="1", now=now)
    run = begun(here, MARKED.replace("    marks: tags\n", "").replace("by: priority", f"by: {by}"))
    tick(moment(1, 20))
    found = step(run, "best").result["people"]
    every = [known.pk.hex, strange.pk.hex]
    assert found == every[:1] if by == "quiet-experts" else set(found) == set(every)
    assert found == every[: len(found)] or by == "chance"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("marks: tags", "marks: gone", "gone is no variable that holds a text"),
        ("by: priority", "by: ties", "marks are for by: priority"),
    ],
)
def test_marks_that_cannot_be_are_told(old, new, why):
    with pytest.raises(playbook.Wrong) as found:
        playbook.read(MARKED.replace(old, new))
    assert [(m.field, m.why) for m in found.value.mistakes] == [("steps.0.marks", why)]
