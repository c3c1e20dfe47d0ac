"""Sparks and benefits: packets within a budget, what they stirred; proofs used once; gifts after a threshold."""

import hashlib
import io
from datetime import datetime, timedelta

import polars as pl
import pytest
from at_work import account, browser, group, hire
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageDraw
from test_reward import member

from huoqun.activities import attendance, benefit, draw, life, red_packet, sealed_draw, show_day
from huoqun.activities.activity import Activity
from huoqun.activities.benefit import BenefitPlan
from huoqun.activities.kind import Refused, Said, said
from huoqun.activities.red_packet import RedPacketPlan
from huoqun.activities.show_day import ShowDayPlan
from huoqun.base import clock, image
from huoqun.base.job import Hand
from huoqun.insight.stir import stir
from huoqun.people import code, picture, points
from huoqun.people.membership import Membership
from huoqun.people.outbox import Outgoing
from huoqun.people.person import Identity
from huoqun.people.workspace import local
from huoqun.playbooks import choosing
from huoqun.web import fairness

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"host": "127.0.0.1", "accept-language": "zh-CN"}


@pytest.fixture
def here():
    return group(local(now=clock.now()))


def opened(there, kind, plan, **more):
    row = life.begin(there.workspace, kind, title="周五", groups=[there], plan=plan, by=None, now=clock.now(), **more)
    life.open_up(row, now=clock.now())
    return Activity.objects.get(pk=row.pk)


def drawn(seed=0, quality=90, side=300):
    """A picture that no other seed draws."""
    made = Image.new("RGB", (side, side), (240, 240, 240))
    brush = ImageDraw.Draw(made)
    for n in range(24):
        x, y = (seed * 37 + n * 53) % 280, (seed * 91 + n * n * 29) % 280
        x, y = x * side // 300, y * side // 300
        brush.rectangle(
            [x, y, x + 60 * side // 300, y + 40 * side // 300], fill=((seed * 71 + n * 40) % 256, n * 10, 90)
        )
    out = io.BytesIO()
    made.save(out, "JPEG", quality=quality)
    return out.getvalue()


# -- red packets


def rows(*those):
    at = datetime(2026, 3, 6, 20)
    times = [at + timedelta(minutes=m) for m, *_ in those]
    values = {"time": times, "sender": [w for _m, w, *_ in those], "kind": [(*t, "text")[2] for t in those]}
    return pl.DataFrame(values | {"bot": [False] * len(those)}), at


def test_a_stir_is_told_apart_from_thanks_by_sticker():
    told, at = rows(
        (-7 * 24 * 60 + 5, "甲"), (-30, "甲"), (-3 * 24 * 60, "乙"), (0, "群主", "red_packet"), (1, "丙", "sticker"),
        (2, "甲"), (3, "乙"), (4, "丁"), (70, "丁"), (130, "戊"),
    )  # fmt: skip
    found = stir(told, at)
    assert (found.before.messages, found.after.messages, found.after.speakers) == (1, 3, 3)
    assert (found.woken, found.stayed) == (1, 1)
    assert found.usual is None


def test_the_usual_hour_is_of_the_weeks_the_record_reaches():
    week = 7 * 24 * 60
    told, at = rows((-3 * week, "甲"), (-2 * week + 5, "甲"), (-2 * week + 6, "乙"), (-week + 1, "甲"), (5, "甲"))
    assert stir(told, at).usual == pytest.approx(4 / 3)


def test_packets_stay_within_the_budget_and_are_written_down_once(here):
    row, now = opened(here, "red_packet", RedPacketPlan(money="20")), clock.now()

    def give(key, **form):
        return red_packet.give(row, said(**form), key=key, by=account(), now=now)

    for _ in range(2):
        give("1", money="12.50", pieces="10")
    with pytest.raises(Refused) as error:
        give("2", money="7.51")
    assert error.value.why == "spark_budget"
    give("3", money="7.50")
    row.refresh_from_db()
    assert str(red_packet.spent(row)) == "20.00"
    assert red_packet.effect(row, red_packet.sent(row)[0]) is None
    for bad in ("NaN", "-1", "0", "x", "1e9"):
        with pytest.raises(Refused):
            give("4", money=bad)
    for bad in ("2020-01-01T00:00", "9999-12-31T23:59", "x"):
        red_packet.undo(row, said(which="3"), key="u", by=None, now=now)
        with pytest.raises(Refused) as error:
            give("5", money="1", when=bad)
        assert error.value.why == "spark_when"
    desk = browser(hire(here.workspace))
    assert "12.50" in desk.get(reverse("activity", args=[row.pk])).content.decode()


# -- show days


def show(row, who, raw, key="1", now=None, **texts):
    kept = picture.take(raw, workspace=row.workspace, person=who.person, now=clock.now())
    sent = Said({name: [text] for name, text in texts.items()}, kept)
    return show_day.show(row, who, sent, via="personal", key=key, at=None, now=now or clock.now())


def judge(row, proof, say="yes", **more):
    show_day.judge(row, said(which=str(proof.pk), say=say, **more), key="k", by=account(), now=clock.now())


def test_pictures_look_alike_when_they_are_one_saved_anew():
    one = drawn(1)
    assert (image.look(one) ^ image.look(drawn(1, quality=40, side=220))).bit_count() <= show_day.NEAR
    for other in range(2, 12):
        assert (image.look(one) ^ image.look(drawn(other))).bit_count() > show_day.NEAR


def test_a_proof_used_before_is_doubted(here):
    row = opened(here, "show_day", ShowDayPlan(sort="orders"))
    a, b, c, d = (member(here, name) for name in "甲乙丙丁")
    show(row, a, drawn(1), text="今天收到的栗子礼盒真好吃")
    show(row, b, drawn(1), text="我的")
    show(row, c, drawn(1, quality=40, side=220), text="也是我的")
    show(row, d, drawn(5), text="今天收到的栗子礼盒，真好吃！")
    told = {p.identity.name: p.values["doubts"] for p in show_day.proofs(row)}
    assert told == {"甲": [], "乙": ["same_picture"], "丙": ["like_picture"], "丁": ["same_words"]}
    again = opened(here, "show_day", ShowDayPlan(sort="orders"))
    show(again, a, drawn(1))
    assert "same_picture" in show_day.proofs(again)[0].values["doubts"]


def test_likes_are_ranked_with_ties_and_only_accepted_ones_win(here):
    row = opened(here, "show_day", ShowDayPlan(sort="likes", winners=2, proof_points=1, win_points=10))
    crowd = {name: member(here, name) for name in "甲乙丙丁"}
    for n, (name, likes) in enumerate((("甲", 30), ("乙", 50), ("丙", 30), ("丁", 90))):
        show(row, crowd[name], drawn(n + 20), likes=str(likes))
    with pytest.raises(Refused) as error:
        life.settle(row, now=clock.now())
    assert error.value.why == "proof_waits"
    life.close(row, now=clock.now())
    for proof in show_day.proofs(row):
        if proof.identity.name == "丁":
            with pytest.raises(Refused):
                judge(row, proof, "no")
            judge(row, proof, "no", reason="图是网上的")
        else:
            judge(row, proof)
    assert [(place, p.identity.name) for place, p in show_day.ranked(row)] == [(1, "乙"), (2, "甲"), (2, "丙")]
    life.settle(row, now=clock.now())
    life.settle(row, now=clock.now())
    assert [points.balance(crowd[n].person) for n in "甲乙丙丁"] == [11, 11, 11, 0]
    row.refresh_from_db()
    assert choosing.winners(row) == [crowd[n].pk for n in "乙甲丙"], "as a playbook names them"
    assert "获奖" in Outgoing.objects.get(what="show_day.result").text


def test_free_orders_are_drawn_so_that_anybody_can_check_it(here):
    row = opened(here, "show_day", ShowDayPlan(sort="free_orders", winners=2, prize="免单"))
    sealed = row.state_of_play["commitment"]
    assert sealed in Outgoing.objects.get(what="show_day.seal").text
    crowd = {name: member(here, name) for name in "甲乙丙丁"}
    for n, who in enumerate(crowd.values()):
        show(row, who, drawn(n + 40))
    stranger, address = Client(headers=PHONE), fairness.proof(row)
    assert stranger.get(address + "lottery.json").json()["seed"] == ""
    last = show_day.proofs(row)[-1]
    for proof in show_day.proofs(row)[:-1]:
        judge(row, proof)
    life.close(row, now=clock.now())
    boss = browser(hire(here.workspace))
    freeze = reverse("activity_do", args=[row.pk, "freeze"])
    assert boss.post(freeze).status_code == 409, "a proof waits"
    judge(row, last, say="no", reason="看不清")
    assert boss.post(freeze).status_code == 302
    told = stranger.get(address + "lottery.json").json()
    assert (len(told["entries"]), told["seed"], draw.check(told)) == (3, "", [])
    with pytest.raises(Refused, match="lottery_frozen"):
        judge(row, last)
    life.settle(row, now=clock.now())
    life.settle(row, now=clock.now())
    told = stranger.get(address + "lottery.json").json()
    assert draw.check(told) == []
    assert hashlib.sha256(told["seed"].encode()).hexdigest() == sealed == told["commitment"]
    assert [p["name"] for p in told["prizes"]] == ["免单"]
    row.refresh_from_db()
    won = {w.part.identity.name for w in sealed_draw.wins(row)}
    assert {p.identity.name for p in show_day.winners(row)} == won
    assert len(won) == 2
    assert told["seed"] in Outgoing.objects.get(what="show_day.result").text
    assert 'role="status"' in stranger.get(address).content.decode(), "drawn again: the same"
    told["entries"][0]["digest"] = "0" * 64
    assert draw.check(told), "a forged list is found"
    own = sealed_draw.line_of(row, crowd["甲"])
    place = reverse("member_activity", args=[code.personal(crowd["甲"], now=clock.now()), row.pk])
    page = stranger.get(place).content.decode()
    assert own["code"] in page
    assert address in page
    shown = sealed_draw.published(row, show_day.stakes(row))
    assert draw.line_digest(own["code"], own["name"]) in {e["digest"] for e in shown["entries"]}


def test_without_a_draw_there_is_no_proof(here):
    for sort in ("likes", "orders"):
        row = opened(here, "show_day", ShowDayPlan(sort=sort))
        assert Client(headers=PHONE).get(fairness.proof(row)).status_code == 410
        with pytest.raises(Refused, match="unknown"):
            show_day.freeze(row, said(), key="k", by=None, now=clock.now())


def test_a_new_proof_takes_the_place_of_the_old_until_it_is_decided(here):
    row, a = opened(here, "show_day", ShowDayPlan()), member(here, "甲")
    show(row, a, drawn(60), key="1")
    show(row, a, drawn(61), key="2")
    (proof,) = show_day.proofs(row)
    assert proof.values["doubts"] == []
    judge(row, proof)
    with pytest.raises(Refused) as error:
        show(row, a, drawn(62), key="3")
    assert error.value.why == "proof_decided"


def test_a_proof_comes_from_the_phone(here):
    row, a = opened(here, "show_day", ShowDayPlan(sort="likes")), member(here, "阿明")
    phone, address = Client(headers=PHONE), reverse("member_activity", args=[code.personal(a, now=clock.now()), row.pk])
    form = {"do": "show", "likes": "8", "text": "<script>", "key": "1"}
    assert phone.post(address, form).status_code == 409
    bad = SimpleUploadedFile("a.jpg", b"no picture")
    assert phone.post(address, form | {"picture": bad}).status_code == 409
    good = SimpleUploadedFile("a.jpg", drawn(70))
    assert phone.post(address, form | {"picture": good, "likes": "x"}).status_code == 409
    good = SimpleUploadedFile("a.jpg", drawn(70))
    assert phone.post(address, form | {"picture": good}).status_code == 302
    assert "<script>" not in phone.get(address).content.decode().replace("<script src", "")
    desk = browser(hire(here.workspace))
    assert desk.get(reverse("activity", args=[row.pk])).status_code == 200
    seed = opened(here, "show_day", ShowDayPlan(sort="free_orders"))
    place = reverse("member_activity", args=[code.personal(a, now=clock.now()), seed.pk])
    page = phone.get(place).content.decode()
    assert seed.state_of_play["commitment"] in page and seed.state_of_play["seed"] not in page


# -- benefits


def ask(row, who, now):
    return benefit.apply(row, who, said(), via="personal", key="1", at=None, now=now)


def test_a_benefit_is_released_to_who_stayed_and_not_to_who_left(here):
    now = clock.now()
    row = opened(here, "benefit", BenefitPlan(gift="找店长领", codes=["A1", "B2"], days=7))
    a, b, c = (member(here, name) for name in "甲乙丙")
    for n, who in enumerate((a, b, c)):
        Membership.objects.filter(identity=who).update(joined=now)
        assert ask(row, who, now + timedelta(seconds=n)) == "joined"
    row.refresh_from_db()
    assert row.next is not None
    Membership.objects.filter(identity=b).update(left=now + timedelta(days=1))
    life.tick(Hand("test", lambda: now + timedelta(days=6)))
    assert attendance.participants(row, "done").count() == 0
    life.tick(Hand("test", lambda: now + timedelta(days=8)))
    life.tick(Hand("test", lambda: now + timedelta(days=9)))
    told = {p.identity.name: (p.state, p.values.get("code")) for p in row.participations.all()}
    assert told == {"甲": ("done", "A1"), "乙": ("left", None), "丙": ("done", "B2")}
    assert benefit.codes_left(row) == 0


def test_every_threshold_must_hold_and_codes_go_once(here):
    now = clock.now()
    row = opened(here, "benefit", BenefitPlan(codes=["A1"], days=0, messages=5, earned=10, review=True))
    a = member(here, "甲", rich=10)
    ask(row, a, now)
    part = attendance.row_of(row, a.person)
    assert {part_.what: part_.left for part_ in benefit.lacks(row, part, now)} == {"messages": 5, "review": 1}
    Identity.objects.filter(pk=a.pk).update(messages=9)
    benefit.approve(row, said(which=str(part.pk)), key="1", by=account(), now=now)
    part.refresh_from_db()
    assert (part.state, part.values["code"]) == ("done", "A1")
    b = member(here, "乙", rich=10)
    Identity.objects.filter(pk=b.pk).update(messages=9)
    ask(row, Identity.objects.select_related("person", "group").get(pk=b.pk), now)
    other = attendance.row_of(row, b.person)
    benefit.approve(row, said(which=str(other.pk)), key="2", by=account(), now=now)
    other.refresh_from_db()
    assert other.state == "joined"


def test_the_gift_is_shown_to_who_has_got_it_alone(here):
    row = opened(here, "benefit", BenefitPlan(gift="暗号是栗子", codes=["XYZ-1"], days=0))
    a, b = member(here, "甲"), member(here, "乙")
    seen = []
    for who in (a, b):
        phone, address = (
            Client(headers=PHONE),
            reverse("member_activity", args=[code.personal(who, now=clock.now()), row.pk]),
        )
        assert "XYZ-1" not in phone.get(address).content.decode()
        phone.post(address, {"do": "join", "key": "1"})
        seen.append(phone.get(address).content.decode())
    assert "XYZ-1" in seen[0] and "暗号是栗子" in seen[0]
    assert "XYZ-1" not in seen[1] and "暗号是栗子" not in seen[1]
    desk = browser(hire(here.workspace))
    assert "XYZ-1" in desk.get(reverse("activity", args=[row.pk])).content.decode()
    assert "XYZ-1" in desk.get(reverse("activity_csv", args=[row.pk])).getvalue().decode()
    for deed_ in ("approve", "look", "none"):
        answer = desk.post(reverse("activity_do", args=[row.pk, deed_]), {"which": "\0x"})
        assert answer.status_code in {302, 409}
