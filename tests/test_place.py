"""An operator who looks again a month later finds everybody where they were."""

import random
from datetime import timedelta

import numpy as np
import pytest
from group_rows import START, days, links, row, rows

from huoqun.insight.card import Card
from huoqun.insight.network import network
from huoqun.insight.place import BLOCK, MOST_BLOCKS, beginnings, blocks
from huoqun.insight.reading import reading
from huoqun.insight.tie import ties

CIRCLES = ("ABCDEFG", "HIJKLMN", "OPQRSTU")


def lively(length=200):
    """Three circles that talk every day, and now and then to each other."""
    chance = random.Random(4)
    said, pairs = [], []
    for day in range(length):
        for circle in CIRCLES:
            for turn in range(5):
                people = circle if chance.random() < 0.9 else chance.choice(CIRCLES)
                said.append(row(days(day) + len(said) % 1440 / 2, chance.choice(people)))
                pairs.append((len(said) - 1, len(said) - 2)) if turn else None
    said = sorted(said, key=lambda one: one["time"])
    return rows(said), links(pairs)


@pytest.fixture(scope="module")
def pictures():
    frame, pairs = lively()
    found = []
    for length in (140, 170, 200):
        now = START + timedelta(days=length)
        group = reading(frame, pairs, Card(), now=now)
        picture = network(group, ties(group))
        assert picture is not None
        found.append(dict(zip(picture.people, np.column_stack([picture.x, picture.y]), strict=True)))
    return found


def test_a_month_later_everybody_stands_where_they_stood(pictures):
    for before, after in zip(pictures, pictures[1:], strict=False):
        shift = np.mean([np.linalg.norm(before[person] - after[person]) for person in before])
        apart = np.mean([np.linalg.norm(before[a] - before[b]) for a in before for b in before if a < b])
        assert shift < 0.3 * apart


def test_circles_stay_together(pictures):
    for place in pictures:
        inside = [np.linalg.norm(place[a] - place[b]) for circle in CIRCLES for a in circle for b in circle if a < b]
        across = [np.linalg.norm(place[a] - place[b]) for a in CIRCLES[0] for b in CIRCLES[1]]
        assert np.mean(across) > 1.5 * np.mean(inside)


def test_where_somebody_begins_depends_on_nobody_else():
    alone, together = beginnings(["甲"]), beginnings(["乙", "甲"])
    direction = [place[-1] / np.linalg.norm(place[-1]) for place in (alone, together)]
    assert direction[0] == pytest.approx(direction[1])


def test_blocks_are_counted_from_the_beginning():
    month = blocks(START, START + timedelta(days=75))
    assert month[:2] == [START + BLOCK, START + 2 * BLOCK]
    assert month[-1] == START + timedelta(days=75)
    assert blocks(START, START) == [START]
    assert len(blocks(START, START + timedelta(days=5000))) <= MOST_BLOCKS + 1
