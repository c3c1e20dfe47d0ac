"""The API of runs: started once in many groups, read step by step, paused, resumed, stopped by a program."""

from datetime import timedelta

import pytest
from at_work import group, hire
from test_api_activities import NOBODY, Program
from test_run import BOOK

from huoqun.base import clock
from huoqun.people.role import EDIT_RUNS, SEE_RUNS
from huoqun.people.workspace import add, local
from huoqun.playbooks.run import Edition, Run, edition_of

pytestmark = pytest.mark.django_db(transaction=True)
SOON = (clock.now() + timedelta(days=3)).date().isoformat()


@pytest.fixture
def here():
    found = group(local(now=clock.now()))
    edition_of(found.workspace, BOOK, by=None, now=clock.now())
    return found


def start(ask, *groups, status=200, **more):
    said = {
        "playbook": Edition.objects.get().book,
        "groups": [str(g.pk) for g in groups],
        "begins": SOON,
        "key": "k1",
    } | more
    return ask("POST", f"workspaces/{groups[0].workspace.slug}/runs", said, status)


def test_a_run_goes_from_the_start_to_its_stop(here):
    boss = hire(here.workspace)
    ask, other = Program(boss), group(here.workspace, "另一个")
    told = start(ask, here, other, values={"gift": "茶"}, people={"host": str(boss.account_id)})
    assert {line["group"]["name"] for line in told} == {here.name, other.name}
    assert {line["id"] for line in start(ask, here, other)} == {line["id"] for line in told}, "the same key, once"
    assert Run.objects.count() == 2
    listed = ask("GET", f"workspaces/{here.workspace.slug}/runs?together={told[0]['together']}&group={here.pk}")
    (line,) = listed["items"]
    at = f"runs/{line['id']}"
    run = ask("GET", at)
    assert (run["values"], run["newer"], run["day"]) == ({"gift": "茶"}, None, -2)
    first = run["plan"][0]
    assert (first["step"], first["state"], first["by_hand"]) == ("start", "ahead", False)
    assert first["words"] == {"text": f"{here.name}，今晚开始，送茶。"}
    assert sum(run["steps"].values()) == len(run["plan"])
    assert ask("POST", f"{at}/pause", {"why": " "}, 422)["field"] == "why"
    assert ask("POST", f"{at}/pause", {"why": "放假"})["state"] == "paused"
    assert ask("POST", f"{at}/pause", {"why": "再停"}, 409)["error"] == "late"
    assert ask("POST", f"{at}/resume")["state"] == "running"
    stopped = ask("POST", f"{at}/stop", {"why": "够了"})
    assert (stopped["state"], stopped["steps"]["ahead"]) == ("stopped", 0)
    assert ask("GET", f"workspaces/{here.workspace.slug}/runs?state=stopped")["items"][0]["why"] == "够了"
    assert ask("GET", f"workspaces/{here.workspace.slug}/runs?look=true")["items"] == []


@pytest.mark.parametrize(
    ("more", "status", "field"),
    [
        ({"playbook": "no-such-thing"}, 404, "playbook"),
        ({"groups": [NOBODY]}, 404, "groups"),
        ({"begins": "2020-01-01"}, 422, "begins"),
        ({"people": {"host": NOBODY}}, 404, "people"),
        ({"people": {"king": NOBODY}}, 404, "people"),
        ({"key": ""}, 422, "key"),
    ],
)
def test_what_cannot_be_started_is_said_by_field(here, more, status, field):
    assert start(Program(hire(here.workspace)), here, status=status, **more)["field"] == field
    assert not Run.objects.exists()


def test_a_key_reaches_its_groups_and_permissions_only(here):
    other = group(here.workspace, "别人的")
    mine, theirs = start(Program(hire(here.workspace)), here, other)
    who = hire(here.workspace, "group_admin", groups=[here])
    ask = Program(who, SEE_RUNS, EDIT_RUNS)
    seen = {mine["id"], theirs["id"]}
    found = {line["id"] for line in ask("GET", f"workspaces/{here.workspace.slug}/runs")["items"]}
    (hidden,) = seen - found
    ask("GET", f"runs/{hidden}", status=404)
    ask("POST", f"runs/{hidden}/stop", {"why": "x"}, 404)
    reads = Program(who, SEE_RUNS)
    reads("GET", f"runs/{found.pop()}")
    start(reads, here, status=403)
    far = group(add(name="他们", zone="Asia/Shanghai", now=clock.now()))
    start(ask, here, groups=[str(far.pk)], status=404)
