"""The challenge: from the first check-in to the reward; what is refused, made up, disputed, liked, and settled."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from at_work import browser, group, hire
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_activity import PHONE, member

from huoqun.activities import challenge, challenge_count, life
from huoqun.activities.activity import Closed
from huoqun.activities.challenge_plan import ChallengePlan
from huoqun.activities.check_in import CheckIn, check_in_all
from huoqun.activities.contribution import Contribution
from huoqun.activities.kind import Refused, Said, said
from huoqun.base import clock
from huoqun.base.job import Hand
from huoqun.people import code, deed, points
from huoqun.people.code import as_bearer
from huoqun.people.outbox import Outgoing
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)


def at(*when):
    return datetime(*when, tzinfo=SHANGHAI)


BEGINS = at(2026, 3, 1, 8)


@pytest.fixture
def here():
    return group(local(now=BEGINS))


def begun(there, **plan):
    plan = {"days": 7, "day_points": 2} | plan
    more = {"groups": [there], "plan": ChallengePlan(**plan), "by": None, "now": BEGINS}
    row = life.begin(there.workspace, "challenge", title="百天阅读", **more)
    life.open_up(row, now=BEGINS)
    row.refresh_from_db()
    return row


def do(row, who, what, now, key="k", **texts):
    return challenge.CHALLENGE.member[what](row, who, said(**texts), via="personal", key=key, at=None, now=now)


def staff_do(row, what, now, by=None, key="k", **texts):
    return challenge.CHALLENGE.staff[what](row, said(**texts), key=key, by=by, now=now)


def newest(row, what="check_in"):
    return str(Contribution.objects.filter(activity=row, what=what).latest("at").pk)


def states(row, who, now):
    return [state for _day, state in challenge_count.way_of(row, who, now=now).standing.days]


def test_a_day_counts_once_and_pays_once(here):
    row, who = begun(here), member(here, "阿明")
    assert do(row, who, "check_in", BEGINS, text="读了二十页") == "challenge_checked"
    assert do(row, who, "check_in", BEGINS + timedelta(hours=1), key="other") == "challenge_already"
    assert do(row, who, "check_in", BEGINS + DAY) == "challenge_checked"
    assert points.balance(who.person) == 4
    assert states(row, who, BEGINS + DAY)[:3] == ["checked", "checked", "ahead"]
    assert [d.kind for d in deed.deeds(who.person)] == ["challenge.check_in"] * 2
    assert row.closes == at(2026, 3, 8), "it closes by itself when its last day is over"
    with pytest.raises(Closed):
        do(row, who, "check_in", at(2026, 3, 8))


def test_many_at_once_are_each_answered_for_themselves(here):
    row = begun(here, proof="proof_text", budget=5)
    a, b, c, d = (member(here, name) for name in "甲乙丙丁")
    asked = [
        CheckIn(as_bearer(who), said(text=text), "personal", BEGINS)
        for who, text in ((a, "在"), (a, "在"), (b, ""), (c, "在"), (d, "在"))
    ]
    first, again, empty, third, fourth = check_in_all(row, asked, now=BEGINS)
    assert (first, again, third, fourth) == ("challenge_checked", "challenge_already", *["challenge_checked"] * 2)
    assert isinstance(empty, Refused)
    assert Contribution.objects.count() == 3
    assert [points.balance(who.person) for who in (a, b, c, d)] == [2, 0, 2, 1], "the budget holds"
    assert row.participations.filter(state="done").count() == 3


def test_one_human_with_two_accounts_checks_in_once(here):
    other = group(here.workspace, "另一群")
    row = begun(here)
    row.groups.add(other)
    one, two = member(here, "阿明"), member(other, "阿明2")
    do(row, one, "check_in", BEGINS)
    two.person.root = one.person
    two.person.save()
    assert do(row, two, "check_in", BEGINS) == "challenge_already"
    do(row, two, "check_in", BEGINS + DAY)
    assert states(row, one, BEGINS + DAY)[:2] == ["checked", "checked"]
    (line,) = challenge_count.board(row, most=10, now=BEGINS + DAY)
    assert (line.counters.days, line.streak) == (2, 2)
    two.person.root = None
    two.person.save()
    assert do(row, two, "check_in", BEGINS) == "challenge_checked", "apart again, they are two"


def test_the_grace_is_for_the_day_before(here):
    row, who = begun(here, grace=30), member(here, "阿明")
    do(row, who, "check_in", BEGINS)
    night = at(2026, 3, 3, 0, 20)
    assert do(row, who, "check_in", night) == "challenge_checked_late"
    assert do(row, who, "check_in", night) == "challenge_checked"
    assert states(row, who, night)[:3] == ["checked", "checked", "checked"]


@pytest.mark.parametrize(
    ("proof", "good"), [("proof_text", {"text": "在"}), ("proof_link", {"link": "https://example.org/a"})]
)
def test_the_proof_is_asked_for(here, proof, good):
    row, who = begun(here, proof=proof), member(here, "阿明")
    with pytest.raises(Refused, match=proof):
        do(row, who, "check_in", BEGINS)
    assert do(row, who, "check_in", BEGINS, **good) == "challenge_checked"
    with pytest.raises(Refused, match="challenge_link"):
        do(row, who, "check_in", BEGINS + DAY, text="在", link="javascript:alert(1)")


def test_missed_days_are_made_up_so_many_and_so_far_back(here):
    row, who = begun(here, makeups=2, makeup_back=3), member(here, "阿明")
    do(row, who, "check_in", BEGINS)
    now = BEGINS + 5 * DAY
    with pytest.raises(Refused, match="makeup_day"):
        do(row, who, "make_up", now, day="2026-03-02")
    with pytest.raises(Refused, match="makeup_day"):
        do(row, who, "make_up", now, day="2026-03-06")
    with pytest.raises(Refused, match="dates"):
        do(row, who, "make_up", now, day="gestern")
    for day in ("2026-03-03", "2026-03-03", "2026-03-04"):
        assert do(row, who, "make_up", now, day=day) == "challenge_made_up"
    with pytest.raises(Refused, match="no_makeups"):
        do(row, who, "make_up", now, day="2026-03-05")
    assert states(row, who, now)[:6] == ["checked", "missed", "made_up", "made_up", "missed", "open"]
    assert points.balance(who.person) == 2, "a day made up pays nothing"


def test_leave_is_asked_for_beforehand_and_does_not_count(here):
    row, who = begun(here, break_days=2), member(here, "阿明")
    do(row, who, "check_in", BEGINS)
    for texts in ({"from": "2026-02-28", "to": "2026-03-02"}, {"from": "2026-03-02", "to": "2026-04-01"}):
        with pytest.raises(Refused, match="leave_days"):
            do(row, who, "leave_of_absence", BEGINS, **texts)
    for _ in range(2):
        do(row, who, "leave_of_absence", BEGINS, **{"from": "2026-03-02", "to": "2026-03-03"})
    with pytest.raises(Refused, match="leave_long"):
        do(row, who, "leave_of_absence", BEGINS, key="more", **{"from": "2026-03-05"})
    now = BEGINS + 3 * DAY
    assert states(row, who, now)[:4] == ["checked", "missed", "missed", "open"], "nobody has said yes"
    for _ in range(2):
        staff_do(row, "answer_leave", now, which=newest(row, "break"), grant="yes")
    staff_do(row, "give_leave", now, who=str(who.pk), **{"from": "2026-03-05", "to": "2026-03-05"})
    do(row, who, "check_in", now)
    way = challenge_count.way_of(row, who, now=now).standing
    assert [s for _d, s in way.days][:5] == ["checked", "break", "break", "checked", "break"]
    assert (way.streak, way.asked) == (2, 4)


def test_a_refusal_takes_the_points_and_an_objection_brings_them_back(here):
    row, who, boss = begun(here), member(here, "阿明"), hire(here.workspace).account
    do(row, who, "check_in", BEGINS, text="抄的")
    which = newest(row)
    with pytest.raises(Refused, match="reason"):
        staff_do(row, "refuse", BEGINS, boss, which=which)
    with pytest.raises(Refused, match="not_refused"):
        do(row, who, "object", BEGINS, which=which, text="不是")
    for _ in range(2):
        staff_do(row, "refuse", BEGINS, boss, which=which, reason="照片是别人的")
    assert points.balance(who.person) == 0
    with pytest.raises(Refused, match="refused_today"):
        do(row, who, "check_in", BEGINS)
    with pytest.raises(Refused, match="unknown"):
        do(row, member(here, "小满"), "object", BEGINS, which=which, text="我来")
    for _ in range(2):
        do(row, who, "object", BEGINS, which=which, text="是我拍的")
    with pytest.raises(Refused, match="objections"):
        life.settle(row, now=BEGINS)
    for _ in range(2):
        staff_do(row, "judge", BEGINS, boss, which=newest(row, "objection"), uphold="yes")
    assert points.balance(who.person) == 2
    assert states(row, who, BEGINS)[0] == "checked"
    assert points.unbalanced(here.workspace) == []
    row.refresh_from_db()
    life.settle(row, now=BEGINS)
    with pytest.raises(Refused, match="settled"):
        staff_do(row, "refuse", BEGINS, boss, which=which, reason="doch")


def test_points_that_were_spent_are_taken_as_far_as_they_are_there(here):
    row, who, boss = begun(here), member(here, "阿明"), hire(here.workspace).account
    do(row, who, "check_in", BEGINS)
    points.spend(who.person, 2, key="shop", what="shop.order", now=BEGINS)
    staff_do(row, "refuse", BEGINS, boss, which=newest(row), reason="不算")
    assert points.balance(who.person) == 0
    assert points.unbalanced(here.workspace) == []


def test_the_five_counters_and_a_board_with_ties(here):
    row = begun(here)
    a, b, c = (member(here, name) for name in "甲乙丙")
    for n in range(3):
        do(row, a, "check_in", BEGINS + n * DAY, text="早")
    for n in range(2):
        do(row, b, "check_in", BEGINS + n * DAY)
        do(row, c, "check_in", BEGINS + n * DAY)
    now = BEGINS + 2 * DAY
    which = newest(row)  # of a
    for who in (b, c, b):
        do(row, who, "like", now, which=which)
    do(row, c, "unlike", now, which=which)
    for _ in range(2):
        do(row, b, "comment", now, which=which, text="写得真好")
    with pytest.raises(Refused, match="own"):
        do(row, a, "like", now, which=which)
    with pytest.raises(Refused, match="unknown"):
        do(row, b, "like", now, which="nonsense")
    staff_do(row, "pick", now, which=which)
    for key in "12":
        staff_do(row, "say", now, which=which, text="继续", key=key)
    first, *rest = challenge_count.board(row, most=10, now=now)
    assert (first.counters.days, first.counters.likes, first.counters.comments) == (3, 1, 1)
    assert (first.counters.picked, first.counters.staff) == (1, 1)
    assert [(line.rank, line.who.name) for line in rest] == [(2, "丙"), (2, "乙")]
    assert len(challenge_count.board(row, most=2, now=now)) == 3, "nobody is cut off in the middle of a tie"


def test_no_like_reaches_into_another_group(here):
    other = group(here.workspace, "另一群")
    row = begun(here)
    row.groups.add(other)
    do(row, member(here, "甲"), "check_in", BEGINS)
    with pytest.raises(Refused, match="unknown"):
        do(row, member(other, "乙"), "like", BEGINS, which=newest(row))


def test_a_member_has_a_clock_of_their_own(here):
    row, who = begun(here, zone="zone_member"), member(here, "阿明")
    with pytest.raises(Refused, match="zone"):
        do(row, who, "zone", BEGINS, zone="Mars/Olympus")
    do(row, who, "zone", BEGINS, zone="America/New_York")
    late = datetime(2026, 3, 1, 23, 30, tzinfo=ZoneInfo("America/New_York"))  # noon of the second in Shanghai
    do(row, who, "check_in", late)
    assert [d for d, s in challenge_count.way_of(row, who, now=late).standing.days if s == "checked"] == [
        date(2026, 3, 1)
    ]
    do(row, who, "zone", late, zone="Asia/Shanghai")
    assert do(row, who, "check_in", late) == "challenge_already", "the day that runs does not change"
    assert row.closes == at(2026, 3, 8) + timedelta(hours=20), "the last clock on earth decides when it closes"
    with pytest.raises(Refused, match="zone_group"):
        do(begun(here), who, "zone", BEGINS, zone="Asia/Tokyo")


def test_the_group_is_reminded_once_of_who_is_wanting_and_not_in_the_night(here):
    row = begun(here, remind=30)
    a, b = member(here, "甲"), member(here, "乙")
    for who in (a, b):
        do(row, who, "check_in", BEGINS)
    do(row, a, "check_in", BEGINS + DAY)
    assert row.next.astimezone(SHANGHAI) == at(2026, 3, 1, 22, 30), "earlier, since nothing is said from eleven on"
    Outgoing.objects.all().delete()
    for _ in range(2):
        life.tick(Hand("test", lambda: at(2026, 3, 1, 22, 31)))
    assert not Outgoing.objects.exists(), "everybody has checked in"
    for _ in range(2):
        life.tick(Hand("test", lambda: at(2026, 3, 2, 22, 31)))
    (told,) = Outgoing.objects.all()
    assert "乙" in told.text
    assert "甲" not in told.text
    assert told.due == at(2026, 3, 2, 22, 31)
    row.refresh_from_db()
    assert row.next == at(2026, 3, 3, 22, 30)


def test_settlement_gives_the_bonus_to_who_finished(here):
    row = begun(here, days=3, needed=2, bonus=50, reward="五本书", makeups=1)
    a, b, c = (member(here, name) for name in "甲乙丙")
    for n in range(3):
        do(row, a, "check_in", BEGINS + n * DAY)
    do(row, b, "check_in", BEGINS + DAY)
    do(row, b, "make_up", BEGINS + DAY, day="2026-03-01")
    do(row, c, "check_in", BEGINS)
    for _ in range(2):
        life.settle(row, now=BEGINS + 3 * DAY)
    assert [points.balance(who.person) for who in (a, b, c)] == [56, 52, 2]
    told = Outgoing.objects.get(what="challenge.settle").text
    assert "五本书" in told
    assert "甲" in told
    assert "丙" not in told
    row.refresh_from_db()
    assert row.state_of_play == {"finished": 2, "took_part": 3}


def test_it_cannot_close_before_its_days_are_over(here):
    more = {"groups": [here], "by": None, "now": BEGINS, "closes": BEGINS + 2 * DAY}
    row = life.begin(here.workspace, "challenge", title="短", plan=ChallengePlan(days=7), **more)
    with pytest.raises(Refused, match="closes"):
        life.open_up(row, now=BEGINS)


def test_who_came_says_who_brought_them(here):
    row, a, b = begun(here), member(here, "甲"), member(here, "乙")
    do(row, a, "check_in", BEGINS)
    its = challenge_count.code_of(row.participations.get(person=a.person))
    with pytest.raises(Refused, match="code"):
        do(row, a, "brought", BEGINS, code=its)
    with pytest.raises(Refused, match="code"):
        do(row, b, "brought", BEGINS, code="ABCDEFGH")
    for _ in range(2):
        do(row, b, "brought", BEGINS, code=f" {its.lower()} ")
    assert row.participations.get(person=b.person).values["brought_by"] == str(a.person_id)


# -- pages


def today(there, **plan):
    """A challenge that runs now."""
    plan = ChallengePlan(**{"days": 30, "day_points": 1, "reward": "五本书", "makeups": 2, "break_days": 3} | plan)
    now = clock.now()
    row = life.begin(there.workspace, "challenge", title="百天阅读", groups=[there], plan=plan, by=None, now=now)
    life.open_up(row, now=now)
    return row


def test_a_member_checks_in_and_sees_it(here):
    row, who, other = today(here), member(here, "阿明"), member(here, "小满")
    do(row, other, "check_in", clock.now(), text="<script>alert(1)</script>")
    place = reverse("member_activity", args=[code.personal(who, now=clock.now()), row.pk])
    phone = Client(headers=PHONE)
    before = phone.get(place).content.decode()
    assert "小满" in before
    assert "<script>alert" not in before
    after = phone.post(place, {"do": "check_in", "text": "读完了", "key": "k"}, follow=True).content.decode()
    assert "打卡成功" in after
    assert "今天已完成" in after
    assert len(after) < 100_000
    phone.post(place, {"do": "like", "which": newest(row), "key": "k"})
    wrong = phone.post(place, {"do": "make_up", "day": "2020-01-01", "key": "k"})
    assert wrong.status_code == 409


def test_staff_see_the_board_refuse_and_decide(here):
    boss = hire(here.workspace)
    row, who = today(here), member(here, "阿明")
    do(row, who, "check_in", clock.now(), text="早")
    client, place = browser(boss), reverse("activity", args=[row.pk])
    assert "阿明" in client.get(place).content.decode()
    client.post(f"{place}do/refuse", {"which": newest(row), "reason": "不算", "key": "1"})
    do(row, who, "object", clock.now(), which=newest(row), text="真的是我")
    assert "真的是我" in client.get(place).content.decode()
    client.post(f"{place}do/judge", {"which": newest(row, "objection"), "uphold": "yes", "key": "2"})
    assert points.balance(who.person) == 1
    assert client.post(f"{place}go", {"do": "settle"}).status_code == 302
    assert client.get(place).status_code == 200


text = st.text(max_size=40) | st.sampled_from(["2026-03-01", "9999-12-31", "0001-01-01", "UTC", "../etc", "Asia"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(sorted(challenge.CHALLENGE.member)),
    st.dictionaries(st.sampled_from(["text", "link", "day", "zone", "which", "code", "from", "to"]), text),
)
def test_whatever_is_typed_no_form_breaks(here, what, typed):
    row = here.activities.first() or today(here, zone="zone_member")
    who = here.identities.first() or member(here, "阿明")
    place = reverse("member_activity", args=[code.personal(who, now=clock.now()), row.pk])
    answer = Client(headers=PHONE).post(place, {"do": what, **typed})
    assert answer.status_code in {302, 404, 409}, answer.status_code


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(challenge.CHALLENGE.staff)),
    st.dictionaries(st.sampled_from(["text", "which", "who", "from", "to", "reason"]), text),
)
def test_staff_forms_refuse_what_they_do_not_know(what, typed):
    there = group(local(now=clock.now()))
    row = today(there)
    with pytest.raises(Refused):
        challenge.CHALLENGE.staff[what](
            row, Said({k: [v] for k, v in typed.items()}), key="k", by=None, now=clock.now()
        )
    there.delete()
