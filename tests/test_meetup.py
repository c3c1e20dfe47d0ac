"""The meetup: places, a yes two days before, the door with and without a network, money, cards, ties, photos."""

import io
import re
from datetime import timedelta

import pytest
from at_work import browser, group, hire
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from test_activity import PHONE, member

from huoqun.activities import life, meetup, meetup_met, meetup_plan
from huoqun.activities.activity import Activity, Participation
from huoqun.activities.kind import Refused, said
from huoqun.activities.survey import Survey
from huoqun.base import clock
from huoqun.base.image import small
from huoqun.base.job import Hand
from huoqun.people import code, consent, deed, points
from huoqun.people.outbox import Outgoing
from huoqun.people.picture import Picture
from huoqun.people.workspace import local
from huoqun.web import fingerprint

pytestmark = pytest.mark.django_db(transaction=True)
STAFF, MEMBER = meetup.MEETUP.staff, meetup.MEETUP.member
JOIN = life.attendance.sign_up


class Day:
    """A meetup in four days, open, with six members and two places unless said otherwise."""

    def __init__(self, capacity=2, ahead=timedelta(days=4), **plan):
        self.group, self.now, self.n = group(local(now=clock.now())), clock.now(), 0
        self.boss = hire(self.group.workspace)
        self.people = [member(self.group, name) for name in ("阿明", "小华", "老李", "赵六", "钱七", "孙八")]
        self.starts = self.now + ahead
        told = {"title": "成都见面会", "groups": [self.group], "capacity": capacity, "starts": self.starts}
        plan = meetup_plan.MeetupPlan(city="成都", place="老茶馆", **plan)
        self.row = life.begin(self.group.workspace, "meetup", plan=plan, by=None, now=self.now, **told)
        life.open_up(self.row, now=self.now)

    def fresh(self):
        return Activity.objects.get(pk=self.row.pk)

    def join(self, *those, now=None):
        for n in those:
            self.n += 1
            JOIN(self.row, self.people[n], via="personal", now=(now or self.now) + timedelta(seconds=self.n))

    def does(self, what, n, now=None, key="", picture=None, **texts):
        self.n += 1
        given_ = said(**texts)
        given_ = type(given_)(given_.texts, picture)
        key = key or f"m{self.n}"
        moment = now or self.starts
        return MEMBER[what](self.row, self.people[n], given_, via="personal", key=key, at=None, now=moment)

    def staff(self, what, now=None, key="", **texts):
        self.n += 1
        key = key or f"k{self.n}"
        return STAFF[what](self.row, said(**texts), key=key, by=self.boss.account, now=now or self.starts)

    def tick(self, now):
        life.tick(Hand("test", lambda: now))

    def states(self):
        rows = Participation.objects.filter(activity=self.row)
        return {row.identity.name: row.state for row in rows.select_related("identity")}

    def id(self, n):
        return self.people[n].pk.hex

    def picture(self, n):
        raw = io.BytesIO()
        Image.new("RGB", (40, 30), "teal").save(raw, "JPEG")
        body, width, height = small(raw.getvalue())
        who = self.people[n].person
        rows = Picture.objects
        return rows.create(
            workspace=self.group.workspace, person=who, body=body, width=width, height=height, created=self.now
        )


HOUR = timedelta(hours=1)


def test_two_days_before_they_are_asked_and_four_hours_before_places_go_to_who_waits():
    it = Day()
    it.join(0, 1, 2, 3)
    assert it.states() == {"阿明": "joined", "小华": "joined", "老李": "waiting", "赵六": "waiting"}
    it.tick(it.starts - 49 * HOUR)
    assert not Outgoing.objects.filter(what="meetup.confirm").exists()
    for _ in range(2):
        it.tick(it.starts - 48 * HOUR)
    assert Outgoing.objects.filter(what="meetup.confirm").count() == 1
    assert it.does("confirm", 0, now=it.starts - 40 * HOUR) == "meetup_confirmed"
    assert it.does("confirm", 0, now=it.starts - 40 * HOUR) == "meetup_confirmed"
    for _ in range(2):
        it.tick(it.starts - 4 * HOUR)
    assert it.states() == {"阿明": "joined", "小华": "waiting", "老李": "joined", "赵六": "waiting"}
    (said_,) = Outgoing.objects.filter(what="meetup.release")
    assert "老李" in said_.text
    assert [d.kind for d in deed.deeds(it.people[0].person)].count("meetup.confirm") == 1
    assert "meetup.release" in {d.kind for d in deed.deeds(it.people[1].person)}


def test_where_nobody_waits_everybody_keeps_their_place():
    it = Day(capacity=5)
    it.join(0, 1)
    it.tick(it.starts - 48 * HOUR)
    it.tick(it.starts - 4 * HOUR)
    assert set(it.states().values()) == {"joined"}
    assert not Outgoing.objects.filter(what="meetup.release").exists()


def test_who_signs_up_after_being_asked_has_said_yes_with_that():
    it = Day(capacity=1)
    it.tick(it.starts - 48 * HOUR)
    it.join(0, now=it.starts - 20 * HOUR)
    it.join(1, now=it.starts - 19 * HOUR)
    it.tick(it.starts - 4 * HOUR)
    assert it.states() == {"阿明": "joined", "小华": "waiting"}


def test_another_time_asks_anew():
    it = Day()
    it.join(0, 1, 2)
    it.tick(it.starts - 48 * HOUR)
    it.does("confirm", 0, now=it.starts - 40 * HOUR)
    later = it.starts + timedelta(days=7)
    values = {"title": it.row.title, "about": "", "capacity": 2, "closes": None, "by": None}
    plan = meetup_plan.MeetupPlan.model_validate(it.row.plan)
    life.describe(it.row, plan=plan, starts=later, now=it.starts - 30 * HOUR, **values)
    it.tick(later - 48 * HOUR)
    assert Outgoing.objects.filter(what="meetup.confirm").count() == 2
    it.tick(later - 4 * HOUR)
    assert it.states()["老李"] == "joined", "the yes to the other day is no yes to this one"


def test_it_opens_with_a_day_and_in_order():
    there = group(local(now=clock.now()))
    now = clock.now()
    told = {"title": "x", "groups": [there], "by": None, "now": now}
    without = life.begin(there.workspace, "meetup", **told)
    with pytest.raises(Refused):
        life.open_up(without, now=now)
    plan = meetup_plan.MeetupPlan(confirm=4, release=4)
    wrong = life.begin(there.workspace, "meetup", plan=plan, starts=now + timedelta(days=9), **told)
    with pytest.raises(Refused):
        life.open_up(wrong, now=now)


def test_guests_and_walk_ins_take_places_unless_they_are_let_in_over_the_capacity():
    it = Day(capacity=3)
    it.join(0, 1, 2, 3)
    assert (it.states()["阿明"], it.states()["赵六"]) == ("joined", "waiting")

    def room():
        found = meetup_plan.room(it.fresh())
        return found.taken, found.extra, found.over, found.crowded

    it.staff("guest", name="表妹")
    assert room() == (4, 1, 0, 1), "nobody at the door is turned away; the room is too full"
    life.attendance.sign_off(it.row, it.people[2], now=it.starts)
    assert room() == (3, 1, 0, 0)
    assert it.states()["赵六"] == "waiting", "the guest has the place"
    (guest,) = meetup_plan.guests(it.fresh())
    it.staff("over", guest=guest.id)
    assert (it.states()["赵六"], room()) == ("joined", (3, 0, 1, 0)), "it went to who waited"
    it.staff("over", guest=guest.id, no="yes")
    assert room() == (4, 1, 0, 1)
    it.staff("no_guest", guest=guest.id)
    it.staff("check_in", who=[it.id(4)])
    assert room() == (4, 1, 0, 1)
    it.staff("over", who=it.id(4))
    assert room() == (3, 0, 1, 0)
    it.staff("guest", name="表哥", over="yes")
    assert room() == (3, 0, 2, 0)
    with pytest.raises(life.attendance.Full):
        JOIN(it.row, it.people[0], count=2, via="personal", now=it.starts)
    for wrong in ({"who": it.id(0)}, {"guest": "x"}, {}):
        with pytest.raises(Refused):
            it.staff("over", **wrong)
    door = browser(it.boss).get(reverse("activity_check_in", args=[it.row.pk])).content.decode()
    assert "3 个名额已占 3 个" in door
    assert "另有 2 人额外放进" in door
    assert door.count("改为占名额") == 2
    it.staff("not_here", who=it.id(4))
    assert room() == (3, 0, 1, 0)
    assert it.states()["钱七"] == "left"


def test_who_waited_and_comes_anyway_is_there_and_may_be_let_in_over_the_capacity():
    it = Day(capacity=1)
    it.join(0, 1)
    it.staff("check_in", who=[it.id(1)])
    assert meetup_plan.room(it.fresh()).crowded == 1
    it.staff("over", who=it.id(1))
    assert meetup_plan.room(it.fresh()).crowded == 0
    it.staff("not_here", who=it.id(1))
    assert it.states()["小华"] == "waiting", "by mistake: they wait as before"
    assert meetup_plan.room(it.fresh()).taken == 1


def test_the_door_takes_codes_names_and_guests_each_once():
    it = Day()
    it.join(0, 1)
    mine = meetup_plan.code_of(it.row, it.people[0])
    with pytest.raises(Refused):
        it.staff("check_in", now=it.starts - timedelta(days=1), code=mine)
    early = it.starts - HOUR
    for _ in range(2):
        it.staff("check_in", code=f"{mine}@{early.isoformat()}")
    row = Participation.objects.get(activity=it.row, identity=it.people[0])
    assert (row.state, row.values["arrived"]) == ("done", early.isoformat())
    it.staff("check_in", code="hq:" + meetup_plan.code_of(it.row, it.people[4]).lower())
    walked = Participation.objects.get(activity=it.row, identity=it.people[4])
    assert walked.values["walk_in"] is True
    it.staff("check_in", who=[it.id(1), it.id(2)])
    for wrong in ({"code": "AAAAAAAA"}, {"who": "x"}, {}):
        with pytest.raises(Refused):
            it.staff("check_in", **wrong)
    for _ in range(2):
        it.staff("guest", key="one", name="阿明的表妹")
    assert it.staff("guest", name="孙八") == "meetup_member"
    assert [g.name for g in meetup_plan.guests(it.fresh())] == ["阿明的表妹"]
    it.staff("not_here", who=it.id(2))
    assert it.states()["老李"] == "left", "who walked in by mistake is not there"
    other = Day()
    with pytest.raises(Refused):
        other.staff("check_in", code=mine)


def test_the_word_on_the_wall_is_guessed_a_few_times_only():
    it = Day()
    word = it.fresh().state_of_play["word"]
    assert it.does("here", 0, word=word) == "meetup_here"
    for _ in range(meetup.TRIES):
        with pytest.raises(Refused, match="meetup_word"):
            it.does("here", 1, word="nope")
    with pytest.raises(Refused, match="meetup_tried"):
        it.does("here", 1, word=word)


def test_the_wall_grows_with_each_print():
    sizes = [fingerprint.svg([f"p{n}" for n in range(k)]).count("<use") for k in (0, 1, 40)]
    assert sizes == [0, 1, 40]
    assert fingerprint.svg(["a"]) == fingerprint.svg(["a"])
    assert len(fingerprint.svg([str(n) for n in range(60)])) < 16_000


def test_costs_are_shared_by_all_who_came_and_ticked_off():
    it = Day(cost=100, cost_by="split")
    it.join(0, 1)
    it.staff("check_in", who=[it.id(0), it.id(1)])
    it.staff("guest", name="表妹")
    share = meetup_plan.share(it.fresh())
    assert (share.each, share.heads, share.paid, share.over) == (3334, 3, 0, 2)
    (guest,) = meetup_plan.guests(it.fresh())
    it.staff("paid", shown=[it.id(0), it.id(1), guest.id], paid=[it.id(0), guest.id])
    assert meetup_plan.share(it.fresh()).paid == 2
    it.staff("paid", shown=[it.id(0)], paid=[])
    assert meetup_plan.share(it.fresh()).paid == 1, "whoever was not shown keeps their tick"


def test_who_met_whom_is_a_deed_of_both_once():
    it = Day()
    with pytest.raises(Refused, match="meetup_not_there"):
        it.does("met", 0, **{"with": it.id(1)})
    it.staff("check_in", who=[it.id(n) for n in range(4)])
    it.does("met", 0, **{"with": it.id(1)})
    it.does("met", 1, name="阿明")
    assert [d.evidence["with"] for d in deed.deeds(it.people[0].person) if d.kind == "meetup.meet"] == [
        [str(it.people[1].person_id)]
    ]
    with pytest.raises(Refused):
        it.does("met", 0, name="钱七")
    for _ in range(2):
        it.staff("table", **{"with": [it.id(1), it.id(2)], "name": "赵六"})
    table = [d for d in deed.deeds(it.people[3].person) if d.kind == "meetup.meet"]
    assert len(table) == 1
    assert len(table[0].evidence["with"]) == 2
    with pytest.raises(Refused):
        it.staff("table", **{"with": it.id(1)})


def test_a_photo_is_shown_once_all_on_it_agree():
    it = Day()
    it.staff("check_in", who=[it.id(0), it.id(1)])
    it.does("photo", 0, picture=it.picture(0), text="合影")
    assert meetup_met.shown(it.fresh()) == []
    (photo,) = meetup_met.contributions(it.row, meetup_plan.PHOTO)
    show = {"photo": photo.pk.hex, "choice": "yes", "with": it.id(1)}
    with pytest.raises(Refused, match="meetup_consent"):
        it.staff("show", **show)
    say = {"source": "自己", "on": it.now.date(), "by": None}
    consent.record(it.people[1].person, consent.PHOTO, given=True, now=it.now, **say)
    it.staff("show", **show)
    assert len(meetup_met.shown(it.fresh())) == 1
    consent.record(it.people[1].person, consent.PHOTO, given=False, now=it.now + HOUR, **say)
    assert meetup_met.shown(it.fresh()) == [], "a yes that was taken back hides it"


def test_the_newest_card_counts_and_keeps_its_drawing():
    it = Day()
    it.does("card", 0, label="爱爬山的会计", ask="报税", picture=it.picture(0))
    it.does("card", 0, label="不爱爬山了", ask="")
    (card,) = meetup_met.contributions(it.row, meetup_plan.CARD)
    assert card.text == "不爱爬山了"
    assert card.picture_id
    with pytest.raises(Refused):
        it.does("card", 0, label=" ")


def test_who_stays_away_is_written_down_and_known_at_the_next_one():
    it = Day(points=3)
    it.join(0, 1)
    it.staff("check_in", who=it.id(0))
    after = it.starts + 3 * HOUR
    life.settle(it.row, now=after)
    assert it.states() == {"阿明": "done", "小华": "absent"}
    assert [points.balance(it.people[n].person) for n in (0, 1)] == [3, 0]
    told = {"title": "重庆见面会", "groups": [it.group], "starts": it.starts + timedelta(days=30)}
    again = life.begin(it.group.workspace, "meetup", by=None, now=after, **told)
    assert [meetup_plan.record_of(again, it.people[n]) for n in (0, 1, 2)] == [(1, 0), (0, 1), (0, 0)]
    for _ in range(2):
        it.staff("survey", now=after)
    assert Survey.objects.get().title.startswith("成都见面会")


def test_without_any_check_in_nobody_is_called_absent():
    it = Day()
    it.join(0, 1)
    life.settle(it.row, now=it.starts + HOUR)
    assert set(it.states().values()) == {"joined"}


def test_from_the_invitation_to_the_survey_on_the_pages():
    it = Day(ahead=timedelta(hours=3), cost=60, cost_by="each")
    phone, desk = Client(headers=PHONE), browser(it.boss)
    place = reverse("member_activity", args=[code.personal(it.people[0], now=it.now), it.row.pk])
    page = reverse("activity", args=[it.row.pk])
    assert "老茶馆" in phone.get(place).content.decode()
    shown = phone.post(place, {"do": "join", "key": "1"}, follow=True).content.decode()
    assert "到场出示" in shown
    address = re.search(r'src="(/m/[^"]+/code\.svg)"', shown)[1]
    assert phone.get(address)["content-type"] == "image/svg+xml"
    mine = meetup_plan.code_of(it.row, it.people[0])
    door = desk.get(f"{page}check-in/?code={mine}")
    assert "camera=(self)" in door["permissions-policy"]
    assert "阿明" in door.content.decode()
    assert "camera=()" in desk.get(page)["permissions-policy"]
    told = desk.post(f"{page}do/check_in", {"code": mine}, headers={"accept": "application/json"})
    assert told.json() == {"done": "已签到。"}
    told = desk.post(f"{page}do/check_in", {"code": "ZZZZZZZZ"}, headers={"accept": "application/json"})
    assert (told.status_code, "wrong" in told.json()) == (409, True)
    wall = desk.get(f"{page}wall").content.decode()
    assert wall.count("<use") == 1
    assert it.fresh().state_of_play["word"] in wall
    assert desk.get(f"{page}wall?part=picture").content.decode().count("<use") == 1
    raw = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(raw, "PNG")
    raw.seek(0)
    raw.name = "a.png"
    shown = phone.post(
        place, {"do": "card", "label": "<i>我", "key": "2", "picture": raw}, follow=True
    ).content.decode()
    assert "<i>我" not in shown
    assert "wall.svg" in shown
    assert len(shown.encode()) < 60_000
    assert desk.get(page).status_code == 200
    assert desk.get(f"{page}check-in/worker.js")["content-type"].startswith("text/javascript")
    assert Client(headers=PHONE).get(f"{page}check-in/").status_code == 302
    life.settle(it.row, now=clock.now())
    assert phone.get(place).status_code == 200


words = st.text(st.characters(blacklist_categories=["Cs"]), max_size=40)


def test_whatever_is_typed_nothing_breaks():
    it = Day(ahead=timedelta(hours=3))
    it.staff("check_in", who=[it.id(0), it.id(1)])
    phone, desk = Client(headers=PHONE), browser(it.boss)
    place = reverse("member_activity", args=[code.personal(it.people[0], now=it.now), it.row.pk])
    page = reverse("activity", args=[it.row.pk])
    names = [
        "code",
        "who",
        "name",
        "guest",
        "shown",
        "paid",
        "with",
        "photo",
        "over",
        "no",
        "choice",
        "word",
        "label",
        "ask",
        "text",
    ]

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(
        st.sampled_from(sorted(STAFF)), st.sampled_from(sorted(MEMBER)), st.dictionaries(st.sampled_from(names), words)
    )
    def run(mine, theirs, fields):
        assert desk.post(f"{page}do/{mine}", fields).status_code in {302, 409}
        assert phone.post(place, fields | {"do": theirs}).status_code in {302, 409}
        assert desk.get(f"{page}check-in/", {"code": fields.get("code", "")}).status_code == 200

    run()
    assert desk.get(page).status_code == phone.get(place).status_code == 200


def test_a_code_is_taken_as_it_is_scanned_typed_or_pasted():
    it = Day(capacity=6, ahead=timedelta(hours=2))
    it.join(0, 1, 2, 3)
    desk = browser(it.boss)
    codes = [meetup_plan.code_of(it.row, who) for who in it.people]
    page = reverse("activity_check_in", args=[it.row.pk])
    ways = (codes[0].lower(), f" {codes[1][:4]} {codes[1][4:]} ", f"https://x.example{page}?code={codes[2]}&a=1")
    for n, typed in enumerate((*ways, f"HQ:{codes[3]}")):
        assert desk.post(reverse("activity_do", args=[it.row.pk, "check_in"]), {"code": typed}).status_code == 302
        assert Participation.objects.get(activity=it.row, identity=it.people[n]).state == "done"
    for wrong in ("AAAAAAAA", codes[4] + "A", "x" * 300, "?code=", "\0"):
        answer = desk.post(reverse("activity_do", args=[it.row.pk, "check_in"]), {"code": wrong})
        assert answer.status_code == 409
    assert it.people[4].name in desk.get(page, {"code": codes[4].lower()}).content.decode()
    assert "这个码不属于这里的人" in desk.get(page, {"code": "nonsense"}).content.decode()
