"""An operator moves the time slider, and everybody stays in their place."""

from datetime import timedelta

import numpy as np
import pytest
from group_rows import START, days, links, row, rows

from huoqun.insight.card import Card
from huoqun.insight.network import ABSENT, FRAMES, network
from huoqun.insight.reading import reading
from huoqun.insight.tie import evidence, ties


def two_halves(length=100):
    """Circle A talks in the first half of the history, circle B in the second, one link between them in the middle."""
    said, pairs = [], []
    for day in range(length):
        circle = "ABCD" if day < length / 2 else "WXYZ"
        for turn in range(8):
            said.append(row(days(day) + turn, circle[(turn + day) % 4]))
            if turn:
                pairs.append((len(said) - 1, len(said) - 2))
    middle = len(said) // 2
    pairs.append((middle, middle - 1))
    return rows(said), links(pairs), START + timedelta(days=length)


def drawn(card=None):
    frame, pairs, now = two_halves()
    group = reading(frame, pairs, card or Card(owner="A"), now=now)
    picture = network(group, ties(group))
    assert picture is not None
    return group, picture


def test_everybody_has_one_place_in_the_square():
    _, picture = drawn()
    assert len(picture.people) == len(picture.x) == len(picture.y) == len(picture.circle) == 8
    assert np.abs([*picture.x, *picture.y]).max() <= 1
    places = {(x, y) for x, y in zip(picture.x, picture.y, strict=True)}
    assert len(places) == 8
    assert picture.people[picture.owner or 0] == "A"


def test_those_who_talk_stand_together():
    _, picture = drawn()
    place = dict(zip(picture.people, np.column_stack([picture.x, picture.y]), strict=True))
    within = np.mean([np.linalg.norm(place[a] - place[b]) for half in ("ABCD", "WXYZ") for a in half for b in half])
    across = np.mean([np.linalg.norm(place[a] - place[b]) for a in "ABCD" for b in "WXYZ"])
    assert across > 1.3 * within


def test_frames_follow_the_time():
    group, picture = drawn()
    assert 10 <= len(picture.frames) <= FRAMES
    assert [f.day for f in picture.frames] == sorted({f.day for f in picture.frames})
    first, last = picture.frames[0], picture.frames[-1]
    late = [picture.people.index(p) for p in "WXYZ"]
    assert {first.stratum[i] for i in late} == {ABSENT}
    assert all(first.weight[i] == 0 for i in late)
    assert all(last.weight[i] > 5 for i in late)
    assert all(0 <= a < 8 and 0 <= b < 8 and s > 0 for f in picture.frames for a, b, s in f.ties)


def test_the_last_frame_shows_the_ties_of_now():
    group, picture = drawn()
    now = {(r["a"], r["b"]): r["strength"] for r in ties(group).pairs.iter_rows(named=True)}
    for a, b, strength in picture.frames[-1].ties:
        pair = tuple(sorted(group.people.index(picture.people[i]) for i in (a, b)))
        assert strength == pytest.approx(now[pair], abs=0.006)


def test_any_frame_shows_the_ties_of_then():
    group, picture = drawn()
    frame = picture.frames[len(picture.frames) // 2]
    at = group.now - (group.now - START) * (len(picture.frames) - 1 - len(picture.frames) // 2) / len(picture.frames)
    then = ties(group, at, known=evidence(group)).pairs
    drawn_strength = sum(strength for _, _, strength in frame.ties)
    assert drawn_strength == pytest.approx(then.filter(then["strength"] >= 0.25)["strength"].sum(), rel=0.01)


def test_the_same_history_gives_the_same_picture():
    assert drawn()[1] == drawn()[1]


def test_who_left_is_no_longer_there():
    frame, pairs, now = two_halves()
    said = [*frame.to_dicts(), row(days(99.5), None, "X退出了群聊", kind="leave", subject="X")]
    group = reading(rows(said), pairs, Card(), now=now)
    picture = network(group, ties(group))
    assert picture is not None
    assert picture.frames[-1].stratum[picture.people.index("X")] == ABSENT
    assert picture.frames[-1].stratum[picture.people.index("Y")] != ABSENT
    assert picture.without_owner is None


def test_who_is_tied_to_nobody_is_counted_not_drawn():
    frame, pairs, now = two_halves()
    group = reading(rows([*frame.to_dicts(), row(days(99.9), "独")]), pairs, Card(), now=now)
    picture = network(group, ties(group))
    assert picture is not None
    assert "独" not in picture.people
    assert picture.left_out == 1


def test_a_group_without_ties_has_no_picture():
    for said in ([], [row(0, "甲")], [row(0, "甲"), row(days(1), "乙")]):
        group = reading(rows(said), links([]), Card(), now=START + timedelta(days=3))
        assert network(group, ties(group)) is None
