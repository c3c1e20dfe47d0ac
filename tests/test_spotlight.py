"""The spotlight: who is chosen and when, what friends say, what is asked, who got to know whom, what strangers see."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import polars as pl
import pytest
from at_work import browser, group, hire
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage import PHONE, address, does, jpeg, leads, member, opened, refused

from huoqun.activities import (
    attendance,
    life,
    spotlight_contact,
    spotlight_fame,
    spotlight_sheet,
    spotlight_turn,
    spotlight_voice,
)
from huoqun.activities.activity import Closed
from huoqun.activities.kinds import KINDS
from huoqun.activities.spotlight_part import SpotlightPlan, candidates, mine
from huoqun.base import clock
from huoqun.base.job import Hand
from huoqun.chat.message import Kind
from huoqun.people import consent, deed, joint, points, profile
from huoqun.people.deed import Deed
from huoqun.people.mark import Mark
from huoqun.people.membership import Membership
from huoqun.people.outbox import Outgoing
from huoqun.people.person import Identity
from huoqun.people.picture import Picture
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = datetime(2030, 3, 4, 2, tzinfo=UTC)
"""Ten o'clock on a Monday in Shanghai."""
WELL = {"dares": "2", "able": "2", "social": "1"}


@pytest.fixture
def here():
    return group(local(now=clock.now()))


def series(here, **plan):
    return opened(here, "spotlight", "能人秀", now=MONDAY, plan=SpotlightPlan(**plan))


def signed(row, who, headline="会修船", now=MONDAY, marks=WELL, **more):
    does(row, who, "join", headline=headline, now=now, **more)
    one = mine(row, who.person)
    if marks:
        leads(row, "marks", of=str(one.row.pk), now=now, **marks)
    return one


def turn(row, one, days, hour=20, **more):
    day = MONDAY.date() + timedelta(days=days)
    return leads(row, "schedule", of=str(one.row.pk), at=f"{day}T{hour}:00", now=MONDAY, **more)


def again(one):
    one.row.refresh_from_db()
    return one


def on_stage(row, one, at=None):
    """Their turn, begun."""
    turn(row, one, 1, demo="yes")
    leads(row, "begin", of=str(one.row.pk), now=at or again(one).show.at)
    return again(one)


# -- who and when


def test_the_first_turn_is_a_demonstration_and_needs_no_marks(here):
    row = series(here)
    strong, other = member(here, "老船长"), signed(row, member(here, "阿明"))
    refused("spotlight_demo_first", turn, row, other, 2)
    assert leads(row, "invite", who=str(strong.pk), headline="四十年船工", now=MONDAY) == "spotlight_invited"
    first = mine(row, strong.person)
    assert first.card.headline == "四十年船工"
    refused("spotlight_unmarked", turn, row, first, 1)
    turn(row, first, 1, demo="yes")
    turn(row, other, 2)
    refused("spotlight_demo_first", turn, row, first, 3, demo="yes")
    assert [c.who.name for c in candidates(row)] == ["老船长", "阿明"]


def test_a_week_holds_two_turns_and_one_revival_week_eight(here):
    row = series(here, demonstration=False)
    crowd = [signed(row, member(here, f"能人{n}")) for n in range(12)]
    turn(row, crowd[0], 0)
    turn(row, crowd[1], 6)
    refused("spotlight_week_full", turn, row, crowd[2], 3)
    turn(row, crowd[2], 7)
    for n, one in enumerate(crowd[3:9]):
        turn(row, one, n % 6, hour=14 + n // 6, revival="yes")
    refused("spotlight_week_full", turn, row, crowd[9], 6, hour=15, revival="yes")
    refused("spotlight_revival_used", turn, row, crowd[9], 8, revival="yes")
    turn(row, crowd[9], 8)
    refused("spotlight_week_full", turn, row, crowd[10], 9)


def test_the_week_and_the_group_count_over_all_spotlights_of_the_group(here):
    row, other = series(here, demonstration=False, a_week=1), series(here, demonstration=False, a_week=1)
    turn(row, signed(row, member(here, "甲")), 0)
    refused("spotlight_week_full", turn, other, signed(other, member(here, "乙")), 6)
    elsewhere = opened(group(here.workspace, "别的群"), "spotlight", "能人秀", now=MONDAY,
                       plan=SpotlightPlan(demonstration=False))  # fmt: skip
    turn(elsewhere, signed(elsewhere, member(elsewhere.groups.get(), "丙")), 0)


def test_turns_lie_ahead_apart_and_before_the_end(here):
    row = series(here, demonstration=False)
    a, b = signed(row, member(here, "甲")), signed(row, member(here, "乙"))
    refused("spotlight_past", turn, row, a, -1)
    for text in ("", "morgen", "2030-13-01T10:00", "0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00"):
        refused("spotlight_when", leads, row, "schedule", of=str(a.row.pk), at=text, now=MONDAY)
    turn(row, a, 1)
    refused("spotlight_clash", turn, row, b, 1, hour=21)
    life.describe(row, title="x", plan=SpotlightPlan(demonstration=False), about="", capacity=None, starts=None,
                  closes=MONDAY + timedelta(days=2), by=None, now=MONDAY)  # fmt: skip
    refused("spotlight_after_close", turn, row, b, 3)
    leads(row, "unschedule", of=str(a.row.pk), now=MONDAY)
    assert again(a).show is None


def test_who_signs_off_frees_the_turn_and_sign_up_ends_with_the_beginning(here):
    row = series(here, demonstration=False, a_week=1)
    a, b, c = (member(here, name) for name in "甲乙丙")
    one, two = signed(row, a), signed(row, b)
    turn(row, one, 1)
    refused("spotlight_week_full", turn, row, two, 2)
    does(row, a, "leave", now=MONDAY)
    turn(row, two, 2)
    refused("spotlight_headline", does, row, c, "join", headline=" ", now=MONDAY)
    life.start(row, now=MONDAY)
    refused("spotlight_sign_up_over", does, row, c, "join", headline="我也会", now=MONDAY)
    life.close(row, now=MONDAY)
    with pytest.raises(Closed):
        does(row, c, "ask", of=str(two.row.pk), text="?", now=MONDAY)


# -- the sheet


def test_the_sheet_runs_by_its_time_and_says_what_is_late(here):
    row = series(here)
    one = signed(row, member(here, "阿明"))
    turn(row, one, 1, demo="yes")
    at = again(one).show.at
    assert at == datetime(2030, 3, 5, 12, tzinfo=UTC)
    steps = spotlight_sheet.sheet(one, now=at - timedelta(hours=30))
    assert [s.id for s in steps][:3] == ["talk", "allies", "warm"]
    assert not any(s.late for s in steps)
    assert [s.id for s in steps if s.current] == ["talk"]
    share, endorse = (next(s for s in steps if s.id == id) for id in ("share", "endorse"))
    assert endorse.due - share.due == timedelta(minutes=30)
    late = {s.id: s.late for s in spotlight_sheet.sheet(one, now=at - timedelta(minutes=50))}
    assert (late["talk"], late["warm"], late["wake"]) == (1390, 10, 0)
    leads(row, "tick", of=str(one.row.pk), step="talk", now=at - timedelta(hours=24))
    leads(row, "tick", of=str(one.row.pk), step="talk", now=at)
    assert again(one).show.ticks["talk"] == at - timedelta(hours=24), "the first tick stands"
    leads(row, "tick", of=str(one.row.pk), step="introduce", now=at + timedelta(minutes=9))
    assert again(one).show.began == at + timedelta(minutes=9)
    assert spotlight_sheet.late_by(one.show) == 9
    moved = next(s for s in spotlight_sheet.sheet(one, now=at) if s.id == "close")
    assert moved.due == at + timedelta(minutes=84)
    leads(row, "tick", of=str(one.row.pk), step="talk", undo="yes", now=at)
    assert "talk" not in again(one).show.ticks
    refused("unknown", leads, row, "tick", of=str(one.row.pk), step="dance", now=at)


def test_the_gentle_form_is_short_and_kind(here):
    row = series(here)
    one = signed(row, member(here, "阿婆"), headline="我的菜园", gentle="yes")
    turn(row, one, 1, demo="yes")
    steps = {s.id: s for s in spotlight_sheet.sheet(again(one), now=MONDAY)}
    assert "allies" not in steps
    assert steps["close"].due - steps["introduce"].due == timedelta(minutes=40)
    assert "菜园" in steps["introduce"].words


def test_words_go_into_the_outbox_of_themselves_each_once(here):
    row = series(here)
    one = signed(row, member(here, "阿明"))
    turn(row, one, 1, demo="yes")
    at = again(one).show.at
    row.refresh_from_db()
    assert row.next == at - timedelta(hours=1)
    Outgoing.objects.all().delete()
    for minutes in (-61, -60, -59, -10, -9):
        life.tick(Hand("test", lambda m=minutes: at + timedelta(minutes=m)))
    assert [o.what for o in Outgoing.objects.order_by("due")] == ["spotlight.warm", "spotlight.wake"]
    assert "阿明" in Outgoing.objects.first().text
    leads(row, "begin", of=str(one.row.pk), now=at)
    leads(row, "finish", of=str(one.row.pk), now=at + timedelta(hours=1))
    life.tick(Hand("test", lambda: at + timedelta(days=1)))
    life.tick(Hand("test", lambda: at + timedelta(days=1, hours=1)))
    assert Outgoing.objects.filter(what="spotlight.contacts").count() == 1


def test_a_show_ends_once_and_is_a_mark_on_the_pulse(here):
    row = series(here, points=10)
    one = signed(row, member(here, "阿明"))
    refused("spotlight_no_turn", leads, row, "begin", of=str(one.row.pk), now=MONDAY)
    turn(row, one, 1, demo="yes")
    refused("spotlight_not_begun", leads, row, "finish", of=str(one.row.pk), now=MONDAY)
    at = again(one).show.at
    leads(row, "begin", of=str(one.row.pk), now=at)
    for later in (80, 90):
        leads(row, "finish", of=str(one.row.pk), now=at + timedelta(minutes=later))
    assert again(one).over
    assert one.show.ended == at + timedelta(minutes=80)
    (told,) = Mark.objects.all()
    assert (told.start, told.end) == (at, at + timedelta(minutes=80))
    refused("spotlight_had", turn, row, one, 3)
    refused("spotlight_had", does, row, one.who, "leave", now=MONDAY)
    other = signed(row, member(here, "没轮到的"))
    for _ in range(2):
        life.settle(row, now=at + timedelta(days=9))
    assert (points.balance(one.row.person), points.balance(other.row.person)) == (10, 0)


# -- friends, questions, contacts


def test_friends_are_asked_by_name_and_speak_over_their_own_link(here):
    row = series(here)
    who, friend, other = member(here, "阿明"), member(here, "小红"), member(here, "路人")
    one = signed(row, who)
    refused("spotlight_names", does, row, who, "friends", friends="小红\n没有的人", now=MONDAY)
    assert not spotlight_voice.asks_of(row, friend)
    does(row, who, "friends", friends="小红\n小红\n阿明", now=MONDAY)
    assert spotlight_voice.of(one, "asked").count() == 1
    refused("spotlight_self", does, row, who, "endorse", of=str(one.row.pk), text="我最好", now=MONDAY)
    assert does(row, friend, "endorse", of=str(one.row.pk), text="他修好了我的船", key="1") == "spotlight_endorsed"
    does(row, friend, "endorse", of=str(one.row.pk), text="他修好了我的船", key="1")
    assert does(row, friend, "endorse", of=str(one.row.pk), text="两次", key="2") == "spotlight_endorsed_again"
    does(row, other, "endorse", of=str(one.row.pk), text="听说不错", key="3")
    told = {w.identity.name: (w.text, w.values["asked"]) for w in spotlight_voice.of(one, "endorsement")}
    assert told == {"小红": ("两次", True), "路人": ("听说不错", False)}
    spoke = deed.deeds(friend.person).get(kind="spotlight.endorse")
    assert spoke.evidence["with"] == [str(who.person_id)]
    assert deed.deeds(who.person).filter(kind="spotlight.endorsed").count() == 2


def test_questions_are_ranked_by_likes_one_for_each_human(here):
    row = series(here, questions=2)
    who, a, b = (member(here, name) for name in ("阿明", "甲", "乙"))
    one = signed(row, who)
    for n, text in enumerate(("怎么开始？", "怎么收费？")):
        does(row, a, "ask", of=str(one.row.pk), text=text, key=str(n))
    does(row, a, "ask", of=str(one.row.pk), text="怎么收费？", key="1")
    refused("spotlight_questions_many", does, row, a, "ask", of=str(one.row.pk), text="还有", key="2")
    first, second = spotlight_voice.questions(one)
    for _ in range(3):
        does(row, b, "like", question=str(second.pk))
    assert [(q.text, q.said) for q in spotlight_voice.questions(one)] == [("怎么收费？", 1), ("怎么开始？", 0)]
    does(row, b, "like", question=str(second.pk), state="no")
    assert spotlight_voice.questions(one)[0].pk == first.pk
    does(row, b, "like", question=str(second.pk))
    refused("unknown", does, row, b, "answer", question=str(second.pk), answer="我不是他")
    does(row, who, "answer", question=str(second.pk), answer="看情况")
    assert spotlight_voice.questions(one)[-1].values["answer"] == "看情况", "what was answered goes last"
    leads(row, "answered", question=str(first.pk), state="refused")
    assert [q.pk for q in spotlight_voice.questions(one)] == [second.pk]
    assert deed.deeds(a.person).filter(kind="spotlight.ask").count() == 2
    assert deed.deeds(who.person).get(kind="spotlight.answer").evidence["with"] == [str(a.person_id)]


def test_contacts_count_once_a_pair_and_bought_ones_half(here):
    row = series(here)
    who, a, b, c = (member(here, name) for name in ("阿明", "甲", "乙", "丙"))
    one = signed(row, who)
    refused("spotlight_not_begun", does, row, a, "met", of=str(one.row.pk))
    one = on_stage(row, one)
    does(row, a, "met", of=str(one.row.pk))
    does(row, who, "met", names="甲\n乙")
    does(row, c, "met", of=str(one.row.pk), gift="yes")
    assert spotlight_voice.reached(one) == spotlight_voice.Reached(3, 1, 0, 2.5)
    does(row, who, "met", count="10", gifts="4")
    assert spotlight_voice.reached(one) == spotlight_voice.Reached(3, 5, 10, 10.5)
    refused("spotlight_count", does, row, who, "met", count="3", gifts="4")
    refused("spotlight_self", does, row, who, "met", of=str(one.row.pk))
    contact = next(w for w in spotlight_voice.of(one, "contact") if w.identity == a)
    assert contact.values["told"] == ["guest", "other"]
    leads(row, "weigh", contact=str(contact.pk), gift="yes")
    assert spotlight_voice.reached(one).gifts == 6
    for mate, verb in ((a, "bought_contact"), (b, "contact"), (c, "bought_contact")):
        assert deed.deeds(mate.person).get(kind=f"spotlight.{verb}").evidence["with"] == [str(who.person_id)]
    assert Deed.objects.filter(kind="spotlight.contact", person=who.person).count() == 1
    weights = sorted(s.weight for s in joint.shared(here))
    assert weights == sorted([joint.WEIGHT["contact"]] * 2 + [joint.WEIGHT["bought_contact"]] * 4)


def test_weighing_a_contact_later_changes_the_tie_that_was_written(here):
    row = series(here)
    who, a, b = (member(here, name) for name in ("阿明", "甲", "乙"))
    one = on_stage(row, signed(row, who))
    does(row, who, "met", names="甲")
    does(row, b, "met", of=str(one.row.pk), key="b")
    first, second = spotlight_contact.of(one)

    def weight(mate):
        return {s.weight for s in joint.shared(here) if mate.account in {s.who, s.other}}

    life.close(row, now=clock.now())
    here.refresh_from_db()
    before = here.state_hash
    leads(row, "weigh", contact=str(first.pk), gift="yes")
    here.refresh_from_db()
    assert (weight(a), weight(b)) == ({joint.WEIGHT["bought_contact"]}, {joint.WEIGHT["contact"]})
    assert here.state_hash != before, "a fresh diagnosis follows"
    weighed = here.state_hash
    for _again in range(2):
        leads(row, "weigh", contact=str(first.pk))
        leads(row, "weigh", contact=str(second.pk), gift="yes")
        here.refresh_from_db()
        assert (weight(a), weight(b)) == ({joint.WEIGHT["contact"]}, {joint.WEIGHT["bought_contact"]})
    assert here.state_hash not in {before, weighed}, "as many ties as before, of other weights"
    assert Deed.objects.filter(kind__endswith="contact").count() == 4, "none twice"
    does(row, a, "met", of=str(one.row.pk), gift="yes", key="a")
    assert weight(a) == {joint.WEIGHT["bought_contact"]}, "a gift that either tells of counts"
    refused("unknown", leads, row, "weigh", contact="x", gift="yes")
    page = browser(hire(here.workspace)).get(f"/activities/{row.pk}/sheet/{one.row.pk}").content.decode()
    assert page.count("送礼得来") == 2
    assert page.count("是自己来的") == 2


def test_what_a_show_moved_is_counted_in_the_archive(here, monkeypatch):
    row = series(here)
    one = on_stage(row, signed(row, member(here, "阿明")))
    refused("spotlight_no_history", leads, row, "measure", of=str(one.row.pk))
    frame = _said(one.show.began, {"甲": [1, 5, 30], "乙": [10], "丙": [130]})
    monkeypatch.setattr(spotlight_turn.history, "rows_of", lambda group, since: frame)
    leads(row, "measure", of=str(one.row.pk))
    assert (again(one).show.messages, one.show.speakers) == (4, 2)


def _said(began, minutes):
    rows = [(began.replace(tzinfo=None) + timedelta(minutes=m), who) for who, those in minutes.items() for m in those]
    frame = pl.DataFrame(rows, schema=["time", "sender"], orient="row").sort("time")
    return frame.with_columns(pl.lit("text").cast(Kind).alias("kind"))


# -- cards, the hall, a fair turn


def a_card(row, who, **more):
    told = {"headline": "会修船", "story": "从船工到小店", "offers": "木工", "wants": "徒弟", "public": "yes"}
    return does(row, who, "card", **(told | more))


def test_strangers_see_what_the_member_agreed_to_and_nothing_else(here):
    row = series(here)
    who, friend, shy = member(here, "阿明"), member(here, "小红"), member(here, "小静")
    one = signed(row, who)
    place = reverse("spotlight_card", args=[spotlight_fame.token(one)])
    stranger = Client(headers=PHONE)
    assert stranger.get(place).status_code == 410
    assert stranger.get(f"{place}/poster.png").status_code == 410
    a_card(row, who, agree=["quote"], voice="https://example.org/a.mp3")
    does(row, friend, "endorse", of=str(one.row.pk), text="他修好了我的船", public="yes", key="1")
    does(row, shy, "endorse", of=str(one.row.pk), text="只给群里看", key="2")
    page = stranger.get(place).content.decode()
    assert "从船工到小店" in page
    assert "https://example.org/a.mp3" in page
    assert "阿明" not in page
    assert "他修好了我的船" in page
    assert "只给群里看" not in page
    assert stranger.get(f"{place}/poster.png").content.startswith(b"\x89PNG")
    a_card(row, who, agree=["name"])
    page = stranger.get(place).content.decode()
    assert "阿明" in page
    assert "从船工" not in page
    told = {"source": "电话", "on": clock.now().date(), "by": None, "now": clock.now()}
    consent.record(friend.person, consent.QUOTE, given=False, **told)
    assert "小红" not in stranger.get(place).content.decode(), "their no counts from that moment"
    consent.record(who.person, consent.NAME, given=False, **told)
    assert stranger.get(place).status_code == 410
    a_card(row, who, agree=["name", "quote"])
    assert stranger.get(place).status_code == 200
    Membership.objects.filter(identity=who).update(left=clock.now())
    assert stranger.get(place).status_code == 410, "who has left is shown no more"
    assert stranger.get(reverse("spotlight_card", args=["x.y"])).status_code == 410


@pytest.mark.parametrize("voice", ["javascript:alert(1)", "data:text/html,x", "//x", "https://", "http://[", "x y"])
def test_a_recording_is_an_address_of_the_web(here, voice):
    row, who = series(here), member(here, "阿明")
    signed(row, who)
    refused("spotlight_voice", a_card, row, who, voice=voice)


def test_a_card_that_was_refused_still_says_what_was_typed(here):
    row, who = series(here), member(here, "阿明")
    signed(row, who)
    form = {"do": "card", "headline": "新标题", "story": "写了很久的故事", "voice": "javascript:x"}
    answer = Client(headers=PHONE).post(address(row, who), form)
    assert answer.status_code == 409
    assert "写了很久的故事" in answer.content.decode()
    assert mine(row, who.person).card.story == ""


def test_a_photo_is_shown_only_with_consent_and_can_be_taken_off(here):
    row, who = series(here), member(here, "阿明")
    one, phone = signed(row, who), Client(headers=PHONE)
    form = {"do": "card", "headline": "会修船", "public": "yes", "agree": ["name"]}
    answer = phone.post(address(row, who), form | {"picture": SimpleUploadedFile("a.jpg", jpeg())})
    assert answer.status_code == 302
    picture = again(one).card.picture
    assert picture
    shown = spotlight_fame.shown(again(one))
    assert shown.picture is None
    phone.post(address(row, who), form | {"agree": ["name", "photo"]})
    assert spotlight_fame.shown(again(one)).picture == picture
    phone.post(address(row, who), form | {"no_picture": "yes"})
    assert again(one).card.picture is None


def test_quiet_experts_without_a_turn_are_proposed_first(here):
    row = series(here)
    loud, quiet, had, nobody = (member(here, name) for name in ("话多", "话少", "上过", "无名"))
    Identity.objects.filter(pk=loud.pk).update(messages=900)
    now = clock.now()
    for who, text in ((loud, "会演讲"), (quiet, "会小程序"), (had, "会木工")):
        profile.say(who.person, "fact", text, field="offers", source="问卷", by=None, now=now)
    on_stage(row, signed(row, had))
    found = spotlight_fame.proposed(row)
    assert [(p.who.name, p.can, p.quiet) for p in found] == [
        ("话少", ("会小程序",), True),
        ("话多", ("会演讲",), False),
    ]
    assert nobody.name not in {p.who.name for p in found}


# -- pages


def test_from_the_phone_to_the_hall_of_fame(here):
    boss = hire(here.workspace)
    desk = browser(boss)
    row = opened(here, "spotlight", "能人秀")
    who, friend = member(here, "阿明"), member(here, "小红")
    phone, other = Client(headers=PHONE), Client(headers=PHONE)
    assert phone.post(address(row, who), {"do": "join", "headline": "<b>会修船</b>", "gentle": "no"}).status_code == 302
    one = mine(row, who.person)
    page = desk.get(reverse("activity", args=[row.pk])).content.decode()
    assert "&lt;b&gt;会修船" in page
    day = (clock.now() + timedelta(days=1)).date()
    for what, form in (("marks", WELL), ("schedule", {"at": f"{day}T20:00", "demo": "yes"})):
        answer = desk.post(reverse("activity_do", args=[row.pk, what]), form | {"of": str(one.row.pk)})
        assert answer.status_code == 302, what
    shown = other.get(address(row, friend)).content.decode()
    assert "会修船" in shown
    assert len(shown) < 100_000
    assert other.post(address(row, friend), {"do": "ask", "of": str(one.row.pk), "text": "难吗？"}).status_code == 302
    place = reverse("spotlight_sheet", args=[row.pk, one.row.pk])
    sheet = desk.get(place).content.decode()
    assert "难吗？" in sheet
    assert reverse("spotlight_live", args=[row.pk, one.row.pk]) in sheet
    assert desk.get(reverse("spotlight_turn", args=[row.pk, one.row.pk])).content.startswith(b"\x89PNG")
    back = {"of": str(one.row.pk), "back": place}
    for what in ("begin", "finish"):
        answer = desk.post(reverse("activity_do", args=[row.pk, what]), back)
        assert answer["location"] == place
    away = desk.post(reverse("activity_do", args=[row.pk, "begin"]), back | {"back": "//evil.example/"})
    assert away["location"] == reverse("activity", args=[row.pk])
    assert "hx-trigger" not in re.search(r'<div id="live"[^>]*>', desk.get(place).content.decode())[0]
    assert other.post(address(row, friend), {"do": "met", "of": str(one.row.pk)}).status_code == 302
    assert "会修船" in desk.get(reverse("spotlight_hall", args=[here.workspace.slug])).content.decode()
    life.settle(row, now=clock.now())
    assert phone.get(address(row, who)).status_code == 200
    assert desk.get(reverse("spotlight_sheet", args=[row.pk, uuid4()])).status_code == 302


FIELDS = ("headline", "gentle", "note", "of", "text", "question", "answer", "state", "friends", "names", "count")
FIELDS += ("gifts", "gift", "story", "offers", "wants", "voice", "public", "agree", "no_picture", "key")
ODD = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["", "yes", "0", "-1", "9" * 30, "\0", "👨‍👩‍👧", "<script>"]),
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_text_in_any_field_is_an_answer(data):
    here = group(local(now=clock.now()), f"群{uuid4().hex[:6]}")
    desk, phone = browser(hire(here.workspace)), Client(headers=PHONE)
    row = opened(here, "spotlight", "能人秀")
    who, other = member(here, "阿明"), member(here, "小红")
    does(row, who, "join", headline="会修船")
    one = mine(row, who.person)
    does(row, other, "ask", of=str(one.row.pk), text="难吗？")
    ids = st.sampled_from([str(one.row.pk), str(spotlight_voice.questions(one)[0].pk), "x"])
    for whom in (who, other):
        what = data.draw(st.sampled_from(sorted(KINDS["spotlight"].member)))
        form = {name: data.draw(ids if name in {"of", "question"} else ODD) for name in FIELDS}
        assert phone.post(address(row, whom), form | {"do": what}).status_code in {302, 409}, (what, form)
        assert phone.get(address(row, whom)).status_code == 200
    what = data.draw(st.sampled_from(sorted(KINDS["spotlight"].staff)))  # fmt: skip
    names = ("of", "who", "headline", "dares", "able", "social", "at", "demo", "revival", "step", "undo", "question",
             "state", "contact", "gift", "back")  # fmt: skip
    form = {name: data.draw(ids if name in {"of", "who", "question", "contact"} else ODD) for name in names}
    assert desk.post(reverse("activity_do", args=[row.pk, what]), form).status_code in {302, 409}, (what, form)
    assert desk.get(reverse("activity", args=[row.pk])).status_code == 200
    assert attendance.taken(row) <= 2


def test_a_photo_that_was_taken_off_or_changed_is_gone(here):
    row = series(here)
    one = signed(row, member(here, "阿明"))
    phone, place = Client(headers=PHONE), address(row, one.who)
    for _ in range(2):
        phone.post(place, {"do": "card", "headline": "x", "picture": SimpleUploadedFile("p.jpg", jpeg())})
    assert [row.pk for row in Picture.objects.all()] == [again(one).card.picture]
    phone.post(place, {"do": "card", "headline": "x", "no_picture": "yes"})
    assert not Picture.objects.exists() and again(one).card.picture is None
