"""Vital signs: right numbers, honest about what an archive cannot tell."""

import os
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from huoqun.insight.card import Acquaintance, Card, Mark
from huoqun.insight.document import Mood
from huoqun.insight.finding import findings
from huoqun.insight.interval import block_share, wilson
from huoqun.insight.selling import selling
from huoqun.insight.share import gini, resampled, top_share
from huoqun.insight.stage import stages
from huoqun.insight.trend import trend
from huoqun.insight.verdict import verdict
from huoqun.insight.vital import ORDER
from tests.lived_group import NOW, case, event, group, passers, regulars, said

GROUP = (regulars(20, chance=0.25), passers(0.4))


def signs(*parts, card=None, **more):
    return case(group(*parts, card=card), **more).signs


def test_every_sign_is_there_in_order_known_or_not():
    found = signs(*GROUP)
    assert tuple(found) == ORDER
    for sign in found.values():
        assert (sign.value is None) <= (sign.state == "unknown")
        if sign.interval and sign.value is not None:
            assert sign.interval[0] <= sign.value <= sign.interval[1]


def test_speakers_and_pulse_are_of_the_last_seven_days():
    found = signs(said(np.array([0, 0, 3, 6, 7, 40]), np.array([1, 1, 2, 3, 4, 5])), card=Card(members=50))
    assert found["speakers"].value == 3 and found["speaking_share"].value == pytest.approx(0.06)
    assert found["pulse"].value == pytest.approx(4 / 7) and found["pulse"].sample == 4
    assert found["speakers"].series[-1] == (date(2025, 6, 30), 3.0)


def test_members_are_those_seen_and_not_gone_where_nothing_else_tells():
    found = signs(
        said(np.array([3, 4, 5]), np.array([1, 2, 3])),
        event("join", [20, 19, 18], ["p9", "p8", "p7"]),
        event("leave", [10, 2, 9], ["p8", "p2", "p3"]),  # p3 spoke again after leaving
    )
    assert found["speaking_share"].sample == 4
    assert found["leave_rate"].value == pytest.approx(3 / 7, abs=1e-3)


def test_who_leaves_is_unknown_where_the_export_never_says():
    assert signs(*GROUP)["leave_rate"].value is None


def test_owner_signs_need_an_owner():
    nobody = signs(*GROUP)
    assert all(nobody[id].value is None for id in ("owner_dependence", "owner_presence", "owner_voice"))
    known = signs(*GROUP, card=Card(owner="p3", owner_source="named"), ties_left=0.5)
    assert 0.15 < known["owner_presence"].value < 0.4 and known["owner_voice"].value < 0.1
    assert known["owner_dependence"].value >= 0.25
    silent = signs(*GROUP, card=Card(owner="nobody", owner_source="named"))
    assert silent["owner_presence"].value == 0.0


def test_selling_is_counted_among_staff_only():
    offers = said(np.arange(30), np.zeros(30, dtype=int), text="限时优惠 199 元，扫码下单")
    card = Card(owner="p0", owner_source="file", created=NOW - timedelta(days=50))
    found = signs(regulars(12, days=50, chance=0.3, first=1), offers, card=card)
    assert found["promotion_load"].value == 1.0 and found["promotion_load"].sample == 30
    assert 20 < found["first_sale_days"].value < 22 and found["first_sale_days"].state == "good"
    assert signs(*GROUP, offers)["promotion_load"].value is None


@pytest.mark.parametrize(
    ("text", "sells"),
    [
        ("限时秒杀！到手价 99 元，点击下单", True),
        ("今晚团购开团，满减 50，要的私我", True),
        ("50% off, order now", True),
        ("$20 early bird discount ends today", True),
        ("原价 299，现价 99，点链接 m.tb.cn/h.x", True),
        ("我上次买花了 30 块", False),
        ("这篇文章不错 https://example.org/post/1", False),
        ("大家早上好", False),
        ("how much is it?", False),
        ("活动报名接龙：1. 小王 2. 小李", False),
        ("我昨天去超市购买了一些水果", False),
    ],
)
def test_what_sells(text, sells):
    assert pl.DataFrame({"text": [text]}).select(selling(pl.col("text"))).item() is sells


def test_retention_counts_who_speaks_again_in_the_second_week_and_the_fifth():
    base = regulars(6, days=300, chance=0.4)
    came = np.arange(60, 160, 10)
    new = said(came, np.arange(10) + 500)
    second = said(came[:4] - 9, np.arange(4) + 500)
    fifth = said(came[:2] - 30, np.arange(2) + 500)
    found = signs(base, new, second, fifth)
    assert (found["retention_week_1"].value, found["retention_week_1"].sample) == (0.4, 10)
    assert found["retention_week_4"].value == 0.2


def test_cadence_is_days_between_marked_activities_and_grows_while_nothing_comes():
    def marks(*days):
        return Card(
            marks=tuple(Mark(NOW - timedelta(days=d), NOW - timedelta(days=d, hours=-2), "能人秀") for d in days)
        )

    assert signs(*GROUP, card=marks(3, 10, 17, 24))["cadence"].value == 7
    assert signs(*GROUP, card=marks(60, 67))["cadence"].value == pytest.approx(33.5)
    assert signs(*GROUP)["cadence"].value is None


def test_the_operators_range_wins():
    own = signs(*GROUP, card=Card(ranges={"concentration": (0.0, 0.1), "pulse": (500.0, 900.0)}))
    assert (own["concentration"].state, own["concentration"].range_source) == ("high", "operator")
    assert (own["pulse"].low, own["pulse"].state) == (500.0, "low")


def test_a_type_has_its_own_ranges():
    assert signs(*GROUP)["retention_week_4"].range_source == "group-lives"
    assert signs(*GROUP, card=Card(type="camp"))["retention_week_4"].range_source == ""


def test_a_speaking_share_over_known_members_is_not_compared_with_one_over_people_seen():
    assert signs(*GROUP)["speaking_share"].range_source == "group-lives"
    assert signs(*GROUP, card=Card(members=400))["speaking_share"].range_source == ""


def test_mood_is_the_last_four_weeks():
    weeks = [
        Mood(start=date(2025, 1, 6) + timedelta(weeks=i), messages=10, negative=i / 10, positive=0) for i in range(8)
    ]
    found = signs(*GROUP, mood=weeks)["mood"]
    assert found.value == pytest.approx(0.55) and found.sample == 40 and len(found.series) == 8


def test_a_trend_is_found_in_a_slope_and_not_in_noise_or_one_odd_week():
    random = np.random.default_rng(1)
    assert trend([float(v) for v in range(20, 8, -1)]) == "falling"
    assert trend([1.0, 1.3, 1.2, 1.6, 1.5, 1.9, 1.8, 2.2]) == "rising"
    noisy = sum(trend(random.normal(10, 2, 12).tolist()) != "steady" for _ in range(200))
    assert noisy < 40
    assert trend([5.0] * 11 + [50.0]) == "steady"
    assert trend([0.0] * 12) == "steady"
    assert trend([1.0, None, 2.0]) is None
    assert trend([100.0, 100.1, 100.2, 100.3, 100.4, 100.5, 100.6]) == "steady"


def test_shares_of_the_loudest_and_gini():
    even, one = np.full(10, 5.0), np.array([96.0, 1, 1, 1, 1])
    assert top_share(even) == pytest.approx(0.2) and gini(even) == pytest.approx(0.0)
    assert top_share(one) == pytest.approx(0.96) and gini(one) == pytest.approx(0.76)
    assert top_share(np.array([3.0, 1.0, 1.0]), 0.2) == pytest.approx(3 * 0.6 / 5)
    assert gini(np.array([])) is top_share(np.array([])) is None
    counts = np.random.default_rng(0).zipf(1.8, 400).astype(float)
    top, spread = resampled(counts)
    assert top[0] < top_share(counts) < top[1] and spread[0] < gini(counts) < spread[1]


def test_intervals_cover_what_they_should():
    random = np.random.default_rng(4)
    true = random.uniform(0.05, 0.95, 2000)
    hits = random.binomial(40, true)
    covered = np.mean([low <= p <= high for p, (low, high) in zip(true, (wilson(h, 40) for h in hits), strict=True)])
    assert 0.77 < covered < 0.83
    assert wilson(0, 0) is None and wilson(0, 5)[0] == 0.0 and wilson(5, 5)[1] == 1.0
    days = random.poisson(20, (500, 60)).astype(float)
    shares = [block_share(random.binomial(d.astype(int), 0.3).astype(float), d) for d in days]
    assert 0.72 < np.mean([low <= 0.3 <= high for low, high in shares]) < 0.88


@pytest.mark.data
@pytest.mark.skipif("HUOQUN_DATA" not in os.environ, reason="HUOQUN_DATA is not set")
def test_known_facts_of_group_lives():
    """The data's README: 27.2 % of authors wrote once, the top 10 % wrote 91.2 %, Gini 0.926."""
    path = os.path.join(os.environ["HUOQUN_DATA"], "group-lives.parquet")
    people = pl.read_parquet(path).filter(~pl.col("is_bot")).group_by("author").len()
    counts = people["len"].to_numpy().astype(np.float64)
    assert (counts == 1).mean() == pytest.approx(0.272, abs=0.003)
    assert top_share(counts, 0.1) == pytest.approx(0.912, abs=0.01)
    assert gini(counts) == pytest.approx(0.926, abs=0.01)


AWKWARD = {
    "one word": (said(np.array([0]), np.array([1])),),
    "one person": (regulars(1, days=200),),
    "only events": (event("join", [9, 8, 7], ["a", "b", "c"]), event("leave", [3], ["a"])),
    "a clock that was wrong": (*GROUP, said(np.array([16000, 3]), np.array([1, 1]))),
    "all at once": (said(np.zeros(400, dtype=int), np.arange(400) % 3, spread=1),),
    "nobody for years": (regulars(9, days=1500, until=1200),),
    "departures without names": (
        *GROUP,
        event("leave", [3, 4], ["a", "b"]).with_columns(subject=pl.lit(None, pl.String)),
    ),
}


@pytest.mark.parametrize("parts", AWKWARD.values(), ids=AWKWARD)
@pytest.mark.parametrize(
    "card", [Card(), Card(owner="p1", owner_source="file", staff=frozenset({"p1"}), zone="Asia/Tehran")]
)
def test_awkward_histories_are_read_like_any_other(parts, card):
    seen = case(group(*parts, card=card))
    assert tuple(seen.signs) == ORDER and len(seen.ground.days) <= 15_001
    for sign in seen.signs.values():
        values = [sign.value, *(v for _, v in sign.series), *(sign.interval or ())]
        assert all(v is None or np.isfinite(v) for v in values)
        assert sign.unit != "share" or all(v is None or 0 <= v <= 1 + 1e-9 for v in values), sign.id
    assert all(0 < found.harm <= 1 for found in findings(seen))
    assert stages(seen.ground) and verdict(seen.ground.reading).state in ("living", "at_risk", "dying", "withheld")


def test_what_members_told_by_survey_stands_behind_what_the_archive_tells():
    knows = [Acquaintance(who, "p0", NOW) for who in ("p1", "p2", "p3")] + [Acquaintance("p0", "p1", NOW)]
    asked = frozenset({"p0", "p1", "p2", "p3", "p4"})
    card = Card(owner="p0", members=330, known=tuple(knows), asked_whom=asked, response=(56, 330))
    found = signs(*GROUP, card=card)
    assert tuple(found) == (*ORDER, "response", "owner_known", "owner_knows")
    assert found["response"].value == pytest.approx(56 / 330) and found["response"].state == "low"
    assert found["owner_known"].value == pytest.approx(3 / 4)
    assert found["owner_knows"].value == pytest.approx(1 / 329)
    assert tuple(signs(*GROUP, card=Card(owner="p0"))) == ORDER
