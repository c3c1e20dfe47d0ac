"""Findings: each cause is seen where it is, and not where it is not."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from huoqun.insight.card import Card, Mark
from huoqun.insight.document import Mood
from huoqun.insight.finding import findings
from huoqun.insight.tie import Ties
from tests.lived_group import NOW, case, event, group, passers, regulars, said

HEALTHY = (regulars(30, chance=0.25), passers(0.4))
TEAM = Card(owner="p0", owner_source="named", staff=frozenset({"p0", "p1"}), created=NOW - timedelta(days=400))


def causes(*parts, card=None, **more):
    return {one.cause: one for one in findings(case(group(*parts, card=card), **more))}


def test_a_healthy_group_has_no_finding():
    assert causes(*HEALTHY) == {}
    assert causes(*HEALTHY, card=TEAM, ties_left=0.9) == {}


def test_weak_ties_only():
    found = causes(*HEALTHY, strong=0.05)["weak_ties"]
    assert found.playbook == "revival-week" and found.evidence["strong_share"] < 0.1 and found.harm > 0.5
    assert "weak_ties" not in causes(*HEALTHY, strong=0.3)
    assert "weak_ties" not in causes(*HEALTHY, ties=None)


def owner_led(**more):
    """The owner opens each conversation at noon; others answer within the hour."""
    random = np.random.default_rng(3)
    days = np.arange(120)
    opened = said(days, np.zeros(120, dtype=int), spread=1, text="大家早")
    reply = np.repeat(days, 3)
    answers = said(reply, random.integers(1, 12, len(reply)), spread=25, seed=8)
    return causes(opened, answers, **more)


def test_a_group_that_lives_on_its_owner():
    found = owner_led(card=Card(owner="p0", owner_source="named"), ties_left=0.2)["lives_on_owner"]
    assert found.playbook == "duty-week" and found.people == ["p0"] and found.evidence["starts_share"] > 0.9
    assert found.evidence["ties_lost"] == 0.8 and found.quotes[0].text == "大家早"


def test_nothing_is_said_of_an_owner_who_is_only_guessed():
    assert "lives_on_owner" not in owner_led(card=Card(owner="p0", owner_source="guess"), ties_left=0.2)
    assert "lives_on_owner" not in owner_led()


def guest_days():
    random = np.random.default_rng(2)
    days = np.repeat([5, 19, 33, 47, 61, 75], 80)
    return said(days, random.integers(0, 30, len(days)), seed=9)


def test_a_group_that_lives_on_guests():
    found = causes(regulars(30, chance=0.03, each=1), guest_days())["lives_on_events"]
    assert (
        found.evidence["events"] == 6 and found.evidence["per_day_inside"] > 60 > 10 > found.evidence["per_day_outside"]
    )
    assert len(found.days) == 6
    assert "lives_on_events" not in causes(*HEALTHY, guest_days())


def test_marked_events_count_instead_of_bursts():
    marks = tuple(
        Mark(NOW - timedelta(days=d, hours=12), NOW - timedelta(days=d, hours=-12), "嘉宾") for d in (5, 19, 33, 47, 61)
    )
    found = causes(regulars(30, chance=0.02, each=1), guest_days(), card=Card(marks=marks))
    assert found["lives_on_events"].evidence["events"] == 5


def test_a_group_without_a_core():
    crowd = passers(0.8)
    assert causes(crowd)["no_core"].evidence["core"] == 0
    assert "no_core" not in causes(crowd, regulars(8, chance=0.6, first=5000))


def arrivals(answered):
    """Somebody new every fourth day, and what happens within the hour."""
    days = np.arange(0, 88, 4) + 1
    new = said(days, np.arange(len(days)) + 800, text="大家好，新人报到", spread=1)
    others = said(days, np.zeros(len(days), dtype=int), seed=5).with_columns(
        pl.col("time").dt.truncate("1d") + timedelta(hours=1, minutes=33 if answered else 13 * 60)
    )
    return new, others


def test_newcomers_left_alone():
    quiet = regulars(6, days=400, chance=0.4, until=90)
    found = causes(quiet, *arrivals(False))["newcomers_alone"]
    assert found.evidence["alone"] == found.evidence["newcomers"] >= 20 and found.evidence["hours"] == 24
    assert found.playbook == "newcomer-welcome" and found.quotes[0].text == "大家好，新人报到"
    assert found.people[0].startswith("p8")
    assert "newcomers_alone" not in causes(quiet, *arrivals(True))


def test_questions_left_unanswered():
    asked = said(np.arange(1, 60, 3), np.arange(20), text="请问怎么报名？", spread=1)
    found = causes(regulars(20, chance=0.3, until=90), asked)["questions_unanswered"]
    assert found.evidence["unanswered"] == 20 and found.playbook == "weekly-feedback-day"
    assert all("报名" in quote.text for quote in found.quotes) and len(found.quotes) == 5


def test_most_members_never_speak():
    found = causes(*HEALTHY, card=Card(members=1500))
    assert found["silent_majority"].evidence == {"members": 1500, "spoke": found["silent_majority"].evidence["spoke"],
        "silent_share": pytest.approx(0.95, abs=0.02)}  # fmt: skip
    assert found["too_large"].evidence["members"] == 1500
    assert "silent_majority" not in causes(*HEALTHY, card=Card(members=200))


def test_a_few_write_nearly_everything():
    found = causes(regulars(3, chance=0.9, each=25), passers(0.4))["few_carry"]
    assert found.evidence["top_fifth_share"] > 0.9 and set(found.people) <= {"p0", "p1", "p2"}


def test_one_voice_only():
    found = causes(regulars(1, chance=0.95, each=10), regulars(8, chance=0.05, each=1, first=10))["monologue"]
    assert found.people == ["p0"] and found.evidence["others"] >= 3


def test_the_regulars_leave():
    stay, gone = regulars(5, chance=0.3, first=100), regulars(15, chance=0.3, until=50)
    found = causes(stay, gone, passers(0.5))["shrinking_core"]
    assert found.evidence["gone"] >= 13 and found.evidence["regulars"] <= 20 and found.playbook == "revival-week"
    assert {p for p in found.people if p.startswith("p1") and len(p) == 4} == set()


def test_fewer_people_is_a_finding_and_fewer_messages_is_not():
    fewer = causes(regulars(40, chance=0.2, until=91), regulars(15, chance=0.2, days=91))["fewer_people"]
    assert (fewer.evidence["speakers_before"], fewer.evidence["speakers_90d"]) == (40, 15)
    quieter = causes(regulars(30, chance=0.3, each=12, until=90), regulars(30, chance=0.3, each=2, days=90))
    assert not quieter


def test_a_crowd_that_came_for_a_gift():
    ids = [f"g{i}" for i in range(120)]
    crowd = event("join", [40] * 120, ids)
    steady = event("join", list(range(1, 90, 5)), [f"p{i}" for i in range(18)])
    found = causes(*HEALTHY, crowd, steady)["came_for_gift"]
    assert found.evidence["joined"] == 120 and found.evidence["never_spoke"] == 120
    assert found.days == [date(2025, 5, 21)]
    assert "came_for_gift" not in causes(*HEALTHY, steady)


def test_many_leave():
    gone = event("leave", [10] * 25, [f"q{i}" for i in range(25)])
    found = causes(*HEALTHY, gone, card=Card(members=120))["leaving"]
    assert found.evidence["left"] == 25 and found.evidence["leave_rate"] == pytest.approx(25 / 145, abs=1e-3)
    assert "leaving" not in causes(*HEALTHY, gone.head(2), card=Card(members=120))


def test_new_people_have_stopped_coming():
    dry = causes(regulars(20, chance=0.3), passers(0.5, until=100))["no_newcomers"]
    assert dry.evidence["new_90d"] == 0 and dry.evidence["new_before"] > 20
    assert "no_newcomers" not in causes(
        regulars(20, chance=0.3), passers(0.5, until=100), card=Card(type="relationship")
    )


def test_the_tone_has_turned():
    def weeks(last):
        share = [0.04] * 26 + [last] * 4
        return [
            Mood(start=date(2025, 1, 1) + timedelta(weeks=i), messages=60, negative=s, positive=0.2)
            for i, s in enumerate(share)
        ]

    assert causes(*HEALTHY, mood=weeks(0.35))["bad_mood"].playbook == "crisis"
    assert "bad_mood" not in causes(*HEALTHY, mood=weeks(0.06))


def test_a_few_answer_only_each_other():
    def talk(people, seed):
        random = np.random.default_rng(seed)
        days = np.repeat(np.arange(80), 24)
        order = random.integers(0, len(people), len(days))
        return said(days, np.array(people)[order], seed=seed, spread=120)

    others = said(np.repeat(np.arange(80), 1), np.arange(80) % 40 + 100, seed=4, spread=1).with_columns(
        pl.col("time") + timedelta(hours=9)
    )
    found = causes(talk(list(range(5)), 1), others)
    assert found["clique"].playbook == "meetup" and set(found["clique"].people) >= {f"p{i}" for i in range(5)}
    assert "clique" not in causes(talk(list(range(40)), 1))


def test_staff_do_everything():
    staff = regulars(2, chance=0.9, each=20, days=200)
    found = causes(staff, passers(0.3, days=200), card=TEAM)["staff_do_everything"]
    assert found.evidence["staff_share"] > 0.9 and found.evidence["staff"] == 2
    assert "staff_do_everything" not in causes(staff, passers(0.3, days=200))


OFFER = "限时秒杀！到手价 99 元，点击下单"


def test_selling_too_often():
    offers = said(np.repeat(np.arange(60), 3), np.zeros(180, dtype=int), text=OFFER)
    found = causes(*HEALTHY, offers, card=TEAM)["selling_often"]
    assert found.evidence["selling_share"] > 0.3 and found.quotes[0].text == OFFER
    assert "selling_often" not in causes(*HEALTHY, offers)
    own = Card(owner="p0", owner_source="named", ranges={"promotion_load": (0.0, 0.9)})
    assert "selling_often" not in causes(*HEALTHY, offers, card=own)


def test_selling_too_early():
    young = Card(owner="p0", owner_source="named", created=NOW - timedelta(days=60))
    offer = said(np.array([58]), np.array([0]), text=OFFER)
    found = causes(regulars(20, chance=0.4, days=60), offer, card=young)["selling_early"]
    assert 1 < found.evidence["first_sale_days"] < 3 and found.quotes[0].text == OFFER
    late = said(np.array([20]), np.array([0]), text=OFFER)
    assert "selling_early" not in causes(regulars(20, chance=0.4, days=60), late, card=young)


def test_a_schedule_without_warmth():
    alone = np.zeros(40, dtype=int)
    hours = ((-1, "早报"), (1, "今日推荐"), (11, "晚安"))
    posts = [
        said(np.arange(40), alone, text=t, spread=1).with_columns(pl.col("time") + timedelta(hours=h)) for h, t in hours
    ]
    found = causes(*posts, regulars(12, chance=0.05, each=1, first=10), card=TEAM)["cold_schedule"]
    assert found.evidence["unanswered_share"] > 0.8 and found.evidence["hours"] == "8, 10, 20"


def test_homework_that_became_a_burden():
    days = np.arange(2, 86, 4)
    tasks = said(days, np.zeros(len(days), dtype=int), text="今日作业：写一段心得", spread=1)
    given = [(d, p) for d in days for p in range(12 if d > 45 else 2)]
    handed = said(np.array([d for d, _ in given]), np.array([p + 10 for _, p in given]), text="作业完成", spread=300)
    found = causes(tasks, handed, regulars(15, chance=0.4, first=10), card=TEAM)["homework_burden"]
    assert (
        found.evidence["tasks"] == len(days)
        and found.evidence["handed_in_before"] > 2 * found.evidence["handed_in_now"]
    )


def test_activities_below_the_floor():
    def marks(*days):
        return Card(
            marks=tuple(Mark(NOW - timedelta(days=d), NOW - timedelta(days=d, hours=-2), "能人秀", False) for d in days)
        )

    found = causes(*HEALTHY, card=marks(80, 45))["below_floor"]
    assert found.evidence["floor_days"] == 7 and found.evidence["last_activity"] == "2025-05-16"
    assert "below_floor" not in causes(*HEALTHY, card=marks(*range(2, 80, 7)))
    assert "below_floor" not in causes(*HEALTHY)


def test_a_camp_near_its_end_and_after_it():
    near = causes(*HEALTHY, card=Card(type="camp", ends=NOW + timedelta(days=5)))
    assert near["camp_ending"].evidence["days_left"] == 5
    assert causes(*HEALTHY, strong=0.0, card=Card(type="camp", ends=NOW - timedelta(days=5))) == {}


def test_the_worst_stands_first_and_harm_is_a_share():
    found = findings(case(group(regulars(3, chance=0.9, each=25), passers(0.4)), strong=0.0))
    assert [f.harm for f in found] == sorted((f.harm for f in found), reverse=True) and len(found) >= 2
    assert all(0 < f.harm <= 1 for f in found)


def test_an_empty_history_has_no_finding():
    empty = group(said(np.array([], dtype=int), np.array([], dtype=int)))
    assert findings(case(empty)) == []
    assert findings(case(group(event("join", [3], ["p1"])))) == []


def test_who_says_a_word_and_goes_knows_nobody_and_that_is_no_finding():
    """A slow group: few regulars, many passers; nobody has a strong tie, and nobody comes often enough to have one."""
    slow = (regulars(4, chance=0.06, each=2), passers(0.25))
    assert "weak_ties" not in causes(*slow, strong=0.0)
    assert "weak_ties" in causes(regulars(12, chance=0.3), passers(0.25), strong=0.0)


def test_a_slow_group_in_which_people_keep_coming_has_a_core():
    slow = causes(regulars(5, chance=0.1, each=1), passers(0.2))
    assert "no_core" not in slow
    gone = causes(regulars(5, chance=0.1, each=1, until=90), passers(0.5, days=90))["no_core"]
    assert gone.evidence["steady"] < 2


def test_the_passing_of_a_peak_is_no_decline():
    usual = regulars(20, chance=0.2)
    guests = regulars(40, chance=0.05, each=1, days=178, until=92, first=100, seed=5)
    assert "fewer_people" not in causes(usual, guests)
    lasting = regulars(40, chance=0.05, each=1, until=92, first=100, seed=5)
    assert causes(usual, lasting)["fewer_people"].evidence["speakers_before"] == 60


def test_a_large_group_in_which_people_know_each_other_is_not_too_large():
    many = regulars(200, chance=0.05, each=1)
    assert causes(many, card=Card(members=400), ties=None)["too_large"].evidence["ties_per_person"] is None
    few = causes(many, card=Card(members=400))["too_large"]
    assert few.evidence["ties_per_person"] < 2
    count = 200
    a, b = np.triu_indices(count, 1)
    near = (b - a) <= 9
    pairs = pl.DataFrame({"a": a[near], "b": b[near]}, schema={"a": pl.UInt32, "b": pl.UInt32})
    dense = Ties(pairs.with_columns(strong=pl.lit(True), returned=pl.lit(True)), NOW, pl.DataFrame())
    assert "too_large" not in causes(many, card=Card(members=400), ties=dense)
