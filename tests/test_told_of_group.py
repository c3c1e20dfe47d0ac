"""What an operator says of a group and its workspace reaches the diagnosis, and each import shows what it is worth."""

from datetime import UTC, datetime

import pytest
from at_work import owner
from letters import chatlab, lines
from lived_group import event, passers, regulars, rows
from test_person import filled

from huoqun import worker
from huoqun.base import clock, job
from huoqun.insight.stratum import STRATA
from huoqun.people import checkup, history, judgement, ladder, positioning, upload
from huoqun.people.checkup import document, latest
from huoqun.people.group import Group
from huoqun.people.ladder import Rule
from huoqun.people.tally import Tally
from huoqun.people.upload import Given
from huoqun.people.workspace import add, local

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
UNNAMED = ["goal_unnamed", "core_unnamed", "strata_unnamed"]


def work():
    hand = job.Hand("test", lambda: NOW)
    while worker.tick(hand):
        pass
    upload.settle(NOW)


@pytest.fixture
def client():
    return owner()


@pytest.fixture
def take(tmp_path, client):
    def take(*contents):
        given = []
        for number, content in enumerate(contents):
            path = tmp_path / f"{clock.now().timestamp()}-{number}"
            path.write_bytes(content)
            given.append(Given(f"{number}.jsonl", path))
        row = upload.receive(local(now=NOW), given, now=NOW)
        work()
        return row

    return take


def unnamed(group):
    return [f.cause for f in document(latest(group)).findings if f.cause in UNNAMED]


def test_an_element_left_empty_on_a_card_that_says_something_is_a_finding_with_a_way_to_mend_it(take, client):
    take(chatlab(lines()))
    group = Group.objects.get()
    at = f"/groups/{group.pk}/"
    assert unnamed(group) == [], "a file alone tells nothing of a card"
    assert "还缺：" in client.get(at).content.decode(), "a blank card is asked for instead"
    client.post(f"{at}positioning", {"slogan": "天天读一页", "core": "三位领读"})
    work()
    assert unnamed(group) == ["goal_unnamed", "strata_unnamed"]
    goal = next(f for f in document(latest(group)).findings if f.cause == "goal_unnamed")
    assert goal.evidence == {"elements": 3, "named": 1} and goal.harm == 0.35 and goal.playbook == "cold-start"
    shown = client.get(at).content.decode()
    assert "没有写明共同的目标" in shown and "还缺：" not in shown
    assert f'<a class="button" href="{at}records#positioning">去名片上写明</a>' in shown
    alone = client.get(f"{at}page.html").content.decode()
    assert "没有写明共同的目标" in alone and "/records" not in alone, "the page as one file leads nowhere"
    client.post(f"{at}positioning", {"core": "三位领读", "goal": "读完十二本书", "strata": "听众到领读"})
    work()
    assert unnamed(group) == []


def test_a_word_on_the_card_that_changes_no_element_makes_no_diagnosis_anew(take, client):
    take(chatlab(lines()))
    group = Group.objects.get()
    full = {"core": "a", "goal": "b", "strata": "c"}
    client.post(f"/groups/{group.pk}/positioning", full)
    assert not checkup.stale().exists()
    client.post(f"/groups/{group.pk}/positioning", full | {"slogan": "天天读一页"})
    assert not checkup.stale().exists()
    group.refresh_from_db()
    assert positioning.missing(group) == []


def test_each_import_keeps_the_grade_of_what_it_brought_with_the_reason(take, client):
    said = lines()
    take(chatlab(said[:200]))
    row = take(chatlab([*said[:300], *said[420:]]))
    first, second = upload.Taken.objects.order_by("rows")
    assert (first.grade, second.grade) == ("B", "C")
    assert [(gap["kind"], gap["missing"]) for gap in second.gaps][0] == ("days", 15)
    group = Group.objects.get()
    for page in (f"/groups/{group.pk}/records", "/w/local/imports/", f"/imports/{row.pk}/"):
        shown = client.get(page).content.decode()
        assert 'class="grade-C"' in shown and "完整度" in shown and "15 天" in shown, page
    told = client.get(f"/api/imports/{row.pk}").json()
    assert [t["grade"] for t in told["taken"]] == ["C"]


def test_an_import_from_before_grading_shows_no_grade(take, client):
    take(chatlab(lines()))
    upload.Taken.objects.update(grade="", gaps=[])
    shown = client.get("/w/local/imports/").content.decode()
    assert "完整度" in shown and 'class="grade-' not in shown


def test_the_diagnosis_of_a_group_sorts_by_the_rule_of_its_workspace():
    workspace = add(name="b", zone="Asia/Shanghai", now=NOW)
    talk = rows(
        regulars(6, days=60, chance=0.6), passers(0.5, days=120), event("join", [20, 10, 9], ["p1", "p2", "p9"])
    )
    here = filled(workspace, "读书群", talk.drop("links", strict=False).to_dicts())
    whole = history.chat_of(here)
    checkup.store(here, checkup.diagnose(here, whole), now=NOW)
    strict = Rule(core_days=7, core_pace=26, regular_days=5, kol_brought=1, kol_answered_by=1000, mouth_brought=9)
    before = {p.id: p.stratum for p in document(latest(here)).people_table}
    assert not checkup.stale().filter(pk=here.pk).exists()
    assert ladder.set_rule(workspace, strict, by=None, now=NOW)
    judgement.ask(workspace, by=None, now=NOW)
    while judgement.tick(job.Hand("test", lambda: NOW)):
        pass
    assert checkup.stale().filter(pk=here.pk).exists(), "another rule is another diagnosis"
    here.refresh_from_db()
    told = checkup.diagnose(here, whole)
    checkup.store(here, told, now=NOW)
    judgement.judge(workspace, now=NOW)
    after = {p.id: p.stratum for p in told.people_table}
    assert after != before and len(set(after.values())) > 1
    by_ladder = dict(Tally.objects.filter(workspace=workspace).values_list("person__identities__account", "stratum"))
    assert {who: by_ladder[who] for who in after} == after
    last = told.network_picture
    if last is not None:
        drawn = {who: STRATA[s] for who, s in zip(last.people, last.frames[-1].stratum, strict=True) if s < len(STRATA)}
        assert drawn == {who: after[who] for who in drawn}
