"""The network's own page: what the browser is told agrees with the ties of the diagnosis, for everybody, on any day."""

import gzip
import json
import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import igraph
import numpy as np
import pytest
from at_work import browser, hire, owner
from group_rows import START, days, links, row, rows
from letters import chatlab, lines

from huoqun import worker
from huoqun.base import clock, job
from huoqun.insight import panorama as panorama_module
from huoqun.insight.card import Card
from huoqun.insight.graph import VISIBLE, circles, graph, without_owner
from huoqun.insight.panorama import panorama, told
from huoqun.insight.reading import reading
from huoqun.insight.tie import evidence, ties
from huoqun.people import group as groups
from huoqun.people import mark, merge, portrait, upload
from huoqun.people.group import Group
from huoqun.people.person import Identity
from huoqun.people.role import ROLES
from huoqun.people.upload import Given
from huoqun.people.workspace import local

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def lively(seed=4, people=40, weeks=30):
    """Circles of eight that talk among themselves, a few across; one person falls out."""
    random = np.random.default_rng(seed)
    said, pairs = [], []
    for day in range(weeks * 7):
        circle = int(random.integers(people // 8)) * 8
        for turn in range(6):
            guest = random.random() < 0.05
            who = int(random.integers(people)) if guest else circle + int(random.integers(8))
            said.append(row(days(day) + turn, f"p{who}"))
            if turn:
                pairs.append((len(said) - 1, len(said) - 1 - int(random.integers(1, turn + 1))))
    group = reading(rows(said), links(pairs), Card(owner="p3"), now=START + timedelta(days=weeks * 7))
    return group, ties(group)


def strengths(whole, week):
    """By pair, as a reader of the JSON computes it: forward, backward."""
    found, k = {}, 0
    half = whole["rules"]["half_life_weeks"]
    for tie, cells in enumerate(whole["ties"]["cells"]):
        both = np.zeros(2)
        for cell in range(k, k + cells):
            at = whole["ties"]["week"][cell]
            if at <= week:
                came = np.array([whole["ties"]["forward"][cell], whole["ties"]["backward"][cell]]) / 1000
                both += came * 0.5 ** ((week - at) / half)
        k += cells
        found[whole["ties"]["a"][tie], whole["ties"]["b"][tie]] = both
    return found


@pytest.mark.parametrize("back", [0, 1, 9, 25])
def test_any_week_shows_the_ties_of_then(back):
    group, now = lively()
    whole = told(panorama(group, now))
    week = len(whole["weeks"]) - 1 - back
    then = ties(group, group.now - timedelta(weeks=back), known=evidence(group)).pairs
    counted = {pair: both for pair, both in strengths(whole, week).items() if both.sum() >= VISIBLE + 0.01}
    known = {(r["a"], r["b"]): r for r in then.iter_rows(named=True)}
    assert len(counted) > 30 or back == 25
    for pair, both in counted.items():
        assert both == pytest.approx([known[pair]["forward"], known[pair]["backward"]], abs=0.02)
    missed = [p for p, r in known.items() if r["strength"] > VISIBLE + 0.02 and p not in counted]
    assert not missed


def test_each_tie_tells_what_it_is_made_of():
    group, now = lively()
    made = panorama(group, now).ties
    known = {(r["a"], r["b"]): r for r in now.pairs.iter_rows(named=True)}
    for k, pair in enumerate(zip(made["a"], made["b"], strict=True)):
        assert [made[kind][k] for kind in ("reply", "mention", "quote", "turn")] == [
            known[pair][kind] for kind in ("reply", "mention", "quote", "turn")
        ]
        last = date(1970, 1, 1) + timedelta(days=made["last"][k])
        assert abs((last - known[pair]["last"].date()).days) <= 1
        assert made["first"][k] <= made["last"][k]


def test_circles_of_today_are_those_of_the_graph_and_keep_their_numbers():
    group, now = lively()
    whole = panorama(group, now)
    mine = np.full(len(group.people), -1)
    mine[whole.placed] = whole.circle[-1]
    theirs = circles(graph(len(group.people), now.pairs))
    assert {tuple(np.flatnonzero(mine == c)) for c in set(mine) - {-1}} == {
        tuple(np.flatnonzero(theirs == c)) for c in set(theirs) - {-1}
    }
    before, after = np.array(whole.circle[-2]), np.array(whole.circle[-1])
    stayed = (before >= 0) & (after >= 0)
    assert (before[stayed] == after[stayed]).mean() > 0.5


def test_without_the_owner_is_what_the_diagnosis_says():
    group, now = lively()
    whole = panorama(group, now)
    assert group.people[whole.owner] == "p3"
    assert whole.without_owner == without_owner(group, now).model_dump()
    assert sum(whole.starts["count"]) > 0


def test_everybody_is_told_also_who_is_tied_to_nobody():
    group, now = lively()
    whole = panorama(group, now)
    assert len(whole.people) == len(whole.messages) == len(whole.reason) == len(whole.stratum[0]) == len(group.people)
    assert len(whole.stratum) == len(whole.circle) == len(whole.moments) <= panorama_module.MOST_MOMENTS
    assert whole.moments[-1] == len(whole.weeks) - 1


@pytest.mark.parametrize("said", [[], [row(0, "甲")], [row(0, "甲"), row(days(1), "乙")]])
def test_a_group_without_ties_is_told_too(said):
    group = reading(rows(said), links([]), Card(), now=START + timedelta(days=3))
    whole = panorama(group, ties(group))
    assert whole.placed == []
    assert whole.ties["a"] == []
    assert len(whole.weeks) == 1


def length(network, strength, way):
    return sum(1 / strength[network.get_eid(a, b)] for a, b in zip(way, way[1:], strict=False))


def test_the_path_of_the_page_is_the_shortest_and_of_those_the_strongest():
    if shutil.which("node") is None:
        pytest.skip("no node on this machine")
    random = np.random.default_rng(7)
    asked = []
    for _ in range(30):
        count = int(random.integers(5, 60))
        edges = sorted(
            {tuple(sorted(random.choice(count, 2, replace=False).tolist())) for _ in range(int(count * 1.3))}
        )
        strength = (random.random(len(edges)) * 9 + 0.3).round(3).tolist()
        asked.append({"count": count, "edges": edges, "strength": strength, "ends": [0, count - 1]})
    code = """
      import { shortest } from './frontend/network/path.js';
      const asked = JSON.parse(process.argv[1]);
      console.log(JSON.stringify(asked.map(({ count, edges, strength, ends }) =>
        shortest(count, { a: edges.map((e) => e[0]), b: edges.map((e) => e[1]), strength }, ...ends))));
    """
    ran = subprocess.run(
        ["node", "--input-type=module", "-e", code, json.dumps(asked)], cwd=ROOT, capture_output=True, check=True
    )
    found = json.loads(ran.stdout)
    reached = 0
    for one, path in zip(asked, found, strict=True):
        network = igraph.Graph(n=one["count"], edges=one["edges"])
        start, end = one["ends"]
        hops = network.distances(start, end)[0][0]
        if hops == float("inf"):
            assert path is None
            continue
        reached += 1
        assert path["people"][0] == start
        assert path["people"][-1] == end
        assert len(path["ties"]) == hops == len(path["people"]) - 1
        for tie, pair in zip(path["ties"], zip(path["people"], path["people"][1:], strict=False), strict=True):
            assert sorted(pair) == list(one["edges"][tie])
        every = network.get_all_shortest_paths(start, end)
        best = min(length(network, one["strength"], way) for way in every)
        assert length(network, one["strength"], path["people"]) == pytest.approx(best)
    assert reached > 10


@pytest.fixture
def taken(tmp_path, transactional_db):
    """Imports a history; `draw()` lets the worker draw what was asked for."""
    count = iter(range(100))

    def take(content):
        path = tmp_path / f"given-{next(count)}"
        path.write_bytes(content)
        upload.receive(local(now=NOW), [Given("a.jsonl", path)], now=NOW)
        work()
        upload.settle(NOW)
        return Group.objects.get()

    return take


def work():
    while worker.tick(job.Hand("test", clock.now)):
        pass


def asked(client, group, **headers):
    answer = client.get(f"/groups/{group.pk}/network.json", headers=headers)
    assert answer.status_code == 200
    return json.loads(answer.content)


def test_the_first_look_waits_for_the_drawing_and_the_next_does_not(taken):
    group, client = taken(chatlab(lines(days=10, a_day=300))), owner()
    assert "data-net" in client.get(f"/groups/{group.pk}/network").content.decode()
    assert f"/groups/{group.pk}/network" in client.get(f"/groups/{group.pk}/").content.decode()
    assert asked(client, group)["state"] == "working"
    assert asked(client, group)["state"] == "working"
    assert job.Job.objects.filter(kind=portrait.KIND).count() == 1
    work()
    told = asked(client, group)
    assert (told["state"], told["fresh"], told["failed"]) == ("ready", True, False)
    assert len(told["names"]) == len(told["people"]) == 12
    assert set(told["names"]) == {f"成员{k:03}" for k in range(12)}
    assert len(told["ties"]["a"]) > 20
    assert all(told["person"])
    assert client.get(f"/people/{told['person'][0]}/").status_code == 200


def test_what_changes_afterwards_is_drawn_anew_and_the_old_one_shown_meanwhile(taken):
    group, client = taken(chatlab(lines())), owner()
    asked(client, group)
    work()
    mark.add(group, title="嘉宾", start=NOW - timedelta(days=60), end=NOW - timedelta(days=59), by_owner=True, now=NOW)
    group.refresh_from_db()
    told = asked(client, group)
    assert (told["state"], told["fresh"]) == ("ready", False)
    assert told["marks"][0]["title"] == "嘉宾"
    work()
    assert asked(client, group)["fresh"]
    assert portrait.Portrait.objects.count() == 1


def test_a_drawing_that_failed_says_so_and_is_tried_again_when_asked(taken, monkeypatch):
    group, client = taken(chatlab(lines())), owner()

    def broken(_group):
        raise ValueError("no paper")

    monkeypatch.setattr(portrait, "draw", broken)
    asked(client, group)
    work()
    told = asked(client, group)
    assert told["state"] == "failed"
    assert "no paper" in told["reason"]
    monkeypatch.undo()
    work()
    assert asked(client, group)["state"] == "failed"
    assert client.post(f"/groups/{group.pk}/network/again").status_code == 302
    work()
    assert asked(client, group)["state"] == "ready"


def test_a_merged_person_is_linked_as_who_they_are_now(taken):
    group, client = taken(chatlab(lines())), owner()
    asked(client, group)
    work()
    one, other = (Identity.objects.get(group=group, account=f"u{k:03}") for k in (1, 2))
    merge.merge(one.person, other.person, reason="name", by=None, now=NOW)
    told = asked(client, group)
    links = dict(zip(told["people"], told["person"], strict=True))
    assert links["u001"] == links["u002"] == str(one.person_id)


def test_who_may_not_see_people_gets_no_links_to_them(taken):
    group = taken(chatlab(lines()))
    roles = [r for r in ROLES.values() if "see_groups" in r.may and "see_people" not in r.may]
    if not roles:
        pytest.skip("every role that sees groups sees people")
    client = browser(hire(local(now=NOW), roles[0].id, groups=[group]))
    asked(client, group)
    work()
    assert not any(asked(client, group)["person"])


def test_the_numbers_come_compressed_where_that_is_understood(taken):
    group, client = taken(chatlab(lines())), owner()
    asked(client, group)
    work()
    plain = client.get(f"/groups/{group.pk}/network.json", headers={"accept-encoding": ""})
    packed = client.get(f"/groups/{group.pk}/network.json", headers={"accept-encoding": "gzip, br"})
    assert packed["content-encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 2


def test_a_group_without_rows_is_empty_and_a_removed_one_takes_its_portrait_along(taken):
    group, client = taken(chatlab(lines())), owner()
    asked(client, group)
    work()
    Group.objects.filter(pk=group.pk).update(rows=0, state_hash="x")
    portrait.Portrait.objects.all().delete()
    assert asked(client, group)["state"] == "empty"
    groups.remove(group, now=NOW)
    assert client.get(f"/groups/{group.pk}/network.json").status_code in {404, 410}
