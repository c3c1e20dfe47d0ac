"""The lottery: frozen, sealed, drawn so that anybody can draw again; one winner replaced, never the others."""

import hashlib
import hmac
import json
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from at_work import browser, group, hire
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_activity import PHONE, member

from huoqun.activities import attendance, draw, life, lottery, sealed_draw
from huoqun.activities.activity import Activity, Participation
from huoqun.activities.kind import Refused, said
from huoqun.activities.lottery_prize import LotteryPlan, stakes
from huoqun.activities.sealed_draw import wins
from huoqun.base import clock
from huoqun.base.job import Hand
from huoqun.people import code, consent, deed
from huoqun.people.audit import Entry
from huoqun.people.outbox import Outgoing
from huoqun.people.workspace import local
from huoqun.web import fairness

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here():
    return group(local(now=clock.now()))


@pytest.fixture
def boss(here):
    return hire(here.workspace)


def lot(there, names="甲乙丙丁戊己", prizes=("茶具 | 1 | 明远茶业 | 120 元", "书 | 2"), **plan):
    now, more = clock.now(), {k: plan.pop(k) for k in ("starts", "closes") if k in plan}
    wanted = LotteryPlan(prizes=list(prizes), **plan)
    row = life.begin(
        there.workspace, "lottery", title="端午抽奖", groups=[there], plan=wanted, by=None, now=now, **more
    )
    life.open_up(row, now=now)
    people = [member(there, name) for name in names]
    for n, who in enumerate(people):
        attendance.sign_up(row, who, via="personal", now=now + timedelta(seconds=n))
    return row, people


def published(row):
    return sealed_draw.published(row, stakes(row))


def drawn(there, **plan):
    row, people = lot(there, **plan)
    life.close(row, now=clock.now())
    lottery.draw_now(row, said(outside="0513"), by=None, now=clock.now(), key="k")
    row.refresh_from_db()
    return row, people


def by_hand(told):
    """The draw written anew from its description, as a stranger would."""
    lines = "".join(f"{e['number']} {e['chances']} {e['digest']}\n" for e in told["entries"])
    assert hashlib.sha256(lines.encode()).hexdigest() == told["list_sha256"]
    tickets = []
    for e in told["entries"]:
        for t in range(e["chances"]):
            text = f"{told['list_sha256']}|{told['outside']}|{e['number']}|{t + 1}".encode()
            tickets.append((hmac.digest(told["seed"].encode(), text, "sha256").hex(), e["number"]))
    return list(dict.fromkeys(number for _hash, number in sorted(tickets)))


def test_it_is_sealed_before_and_revealed_after(here):
    row, _ = lot(here)
    before = published(Activity.objects.get(pk=row.pk))
    assert (before["seed"], before["drawn"], len(before["commitment"])) == ("", [], 64)
    life.close(row, now=clock.now())
    lottery.draw_now(row, said(), by=None, now=clock.now(), key="k")
    row.refresh_from_db()
    after = published(row)
    assert hashlib.sha256(after["seed"].encode()).hexdigest() == before["commitment"] == after["commitment"]
    assert [w["number"] for w in after["drawn"]] == by_hand(after)[:3]
    assert [w["prize"] for w in after["drawn"]] == [0, 1, 1]
    assert draw.check(after) == []
    said_ = {o.what: o.text for o in Outgoing.objects.filter(group=here)}
    assert before["commitment"] in said_["lottery.seal"]
    assert after["list_sha256"] in said_["lottery.frozen"]
    assert after["seed"] in said_["lottery.draw"]
    first = row.state_of_play
    lottery.draw_now(row, said(outside="again"), by=None, now=clock.now(), key="other")
    row.refresh_from_db()
    assert row.state_of_play == first, "drawn once"


def test_the_list_is_frozen_by_closing_and_nobody_comes_or_goes(here):
    row, people = lot(here)
    attendance.sign_off(row, people[5], now=clock.now())
    life.close(row, now=clock.now())
    row.refresh_from_db()
    assert len(row.state_of_play["entries"]) == 5
    with pytest.raises(Refused, match="lottery_frozen"):
        life.open_up(row, now=clock.now())
    row.refresh_from_db()
    assert row.state == "closed"
    with pytest.raises(Refused, match="lottery_undrawn"):
        life.settle(row, now=clock.now())
    with pytest.raises(Refused, match="lottery_frozen"):
        lottery.give_chances(row, said(who="x", chances="3"), by=None, now=clock.now(), key="k")


@pytest.mark.parametrize("turn", range(3))
def test_one_winner_is_replaced_and_never_the_others(here, turn):
    row, _ = drawn(here)
    before = row.state_of_play["winners"]
    gone = before[turn][1]
    for _again in range(2):
        lottery.replace(row, said(number=str(gone), reason="是工作人员"), key="k", by=None, now=clock.now())
    row.refresh_from_db()
    after = row.state_of_play["winners"]
    assert [w for i, w in enumerate(after) if i != turn] == [w for i, w in enumerate(before) if i != turn]
    order = by_hand(published(row))
    assert after[turn] == [before[turn][0], order[3]]
    assert draw.check(published(row)) == []
    lottery.replace(row, said(number=str(after[turn][1]), reason="也不要"), key="k2", by=None, now=clock.now())
    row.refresh_from_db()
    assert row.state_of_play["winners"][turn][1] == order[4], "who was put out does not come back"
    for number, reason, why in ((gone, "x", "no_winner"), (order[4], " ", "reason"), (99, "x", "no_winner")):
        with pytest.raises(Refused, match=why):
            lottery.replace(row, said(number=str(number), reason=reason), key=f"{number}", by=None, now=clock.now())


def test_where_nobody_is_left_the_prize_stays_and_the_proof_holds(here):
    row, _ = drawn(here, names="甲乙", prizes=["书 | 3"])
    assert len(row.state_of_play["winners"]) == 2
    lottery.replace(row, said(number="1", reason="不要"), key="k", by=None, now=clock.now())
    row.refresh_from_db()
    assert [n for _p, n in row.state_of_play["winners"]] == [2]
    assert draw.check(published(row)) == []
    empty, _ = drawn(group(here.workspace, "空"), names="")
    assert draw.check(published(empty)) == []


FORGERIES = {
    "another seed": lambda t: t.update(seed="0" * 64),
    "another winner": lambda t: t["drawn"][0].update(number=t["drawn"][1]["number"]),
    "a friend added": lambda t: t["entries"].append({"number": 7, "chances": 1, "digest": "0" * 64}),
    "more chances": lambda t: t["entries"][0].update(chances=99),
    "no chance": lambda t: t["entries"][0].update(chances=0),
    "another outside number": lambda t: t.update(outside="7"),
    "another standing": lambda t: t["winners"].reverse(),
    "a successor chosen": lambda t: t["replaced"].append({"prize": 0, "out": 1, "in": 2, "reason": "x"}),
    "another commitment": lambda t: t.update(commitment="0" * 64),
}


@pytest.mark.parametrize("how", FORGERIES)
def test_every_forgery_is_found_by_the_program(here, how, tmp_path):
    row, _ = drawn(here)
    told = json.loads(json.dumps(published(row)))
    FORGERIES[how](told)
    assert draw.check(told)


def test_the_program_runs_alone_and_a_member_finds_their_line(here, tmp_path):
    row, people = drawn(here)
    client = Client(headers=PHONE)
    address = fairness.proof(row)
    (tmp_path / "lottery.json").write_bytes(client.get(address + "lottery.json").content)
    (tmp_path / "draw.py").write_bytes(client.get("/l/draw.py").content)
    mine = attendance.row_of(row, people[2].person).values

    def run(*more):
        line = [sys.executable, "-I", "draw.py", "lottery.json", *more]
        done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, env={"PYTHONIOENCODING": "utf-8"})
        return done.returncode, done.stdout

    assert run() == (0, run()[1])
    assert "All of it holds." in run()[1]
    assert run("--mine", mine["code"], "丙")[1].endswith("your line: number 3\n")
    assert run("--mine", mine["code"], "丁")[0] == 1
    told = json.loads((tmp_path / "lottery.json").read_text())
    told["winners"].pop()
    (tmp_path / "lottery.json").write_text(json.dumps(told))
    assert run()[0] == 1


def test_chances_grow_with_what_one_took_part_in_or_as_staff_say(here, boss):
    now = clock.now()
    row, people = lot(here, chances="active", most_chances=3)
    for n in range(4):
        other = life.begin(here.workspace, "vote", title=f"{n}", groups=[here], by=None, now=now)
        Activity.objects.filter(pk=other.pk).update(state="open")
        attendance.arrive(other, people[0], via="personal", now=now)
    attendance.arrive(other, people[1], via="personal", now=now)
    third = attendance.row_of(row, people[2].person)
    lottery.give_chances(row, said(who=str(third.pk), chances="7"), by=boss.account, now=now, key="k")
    life.close(row, now=now)
    row.refresh_from_db()
    assert [c for _n, _k, c, _d in row.state_of_play["entries"]] == [3, 2, 7, 1, 1, 1]
    assert Entry.objects.filter(what="lottery.chances").exists()
    for chances in ("0", "101", "x", ""):
        with pytest.raises(Refused):
            lottery.give_chances(row, said(who=str(third.pk), chances=chances), by=None, now=now, key="k")


def test_the_draw_is_fair_to_chances():
    entries = [{"number": n, "chances": 3 if n == 1 else 1, "digest": f"{n:064}"} for n in range(1, 5)]
    first = [draw.order(f"seed {i}", entries)[0] for i in range(3000)]
    assert abs(first.count(1) / 3000 - 3 / 6) < 0.04
    assert abs(first.count(4) / 3000 - 1 / 6) < 0.03


def test_winners_claim_and_the_contact_goes_when_it_is_handed(here):
    row, people = drawn(here)
    winner = next(w for w in wins(row)).part.identity
    loser = next(p for p in people if sealed_draw.won_by(row, p) is None)
    with pytest.raises(Refused, match="not_won"):
        lottery.claim(row, loser, said(contact="x"), now=clock.now(), via="", key="", at=None)
    for where in ("成都路 1 号", "成都路 2 号"):
        lottery.claim(row, winner, said(contact=where), now=clock.now(), via="", key="", at=None)
    part = attendance.row_of(row, winner.person)
    assert part.values["contact"] == "成都路 2 号"
    number = part.values["number"]
    lottery.hand(row, said(number=str(number)), by=None, now=clock.now(), key="k")
    part.refresh_from_db()
    assert (part.values["contact"], bool(part.values["handed"])) == ("", True)
    with pytest.raises(Refused, match="handed"):
        lottery.replace(row, said(number=str(number), reason="x"), key="z", by=None, now=clock.now())
    life.settle(row, now=clock.now())
    kinds = {d.kind for d in deed.deeds(winner.person)}
    assert kinds >= {"lottery.join", "lottery.win", "lottery.claim"}


def test_it_draws_itself_at_its_moment_unless_a_number_from_outside_is_needed(here):
    now = clock.now()
    later = {"closes": now + timedelta(hours=1), "starts": now + timedelta(hours=2)}
    row, _ = lot(here, **later)
    waits, _ = lot(group(here.workspace, "二群"), outside="5 月 13 日的 3D 号", **later)
    for hours, done in ((1.5, False), (2.5, True)):
        life.tick(Hand("t", lambda h=hours: now + timedelta(hours=h)))
        row.refresh_from_db()
        assert bool(row.state_of_play.get("drawn")) is done
    waits.refresh_from_db()
    assert not waits.state_of_play.get("drawn")
    with pytest.raises(Refused, match="outside"):
        lottery.draw_now(waits, said(), by=None, now=now + timedelta(hours=3), key="k")
    lottery.draw_now(waits, said(outside="0 1 3|x"), by=None, now=now + timedelta(hours=3), key="k")
    waits.refresh_from_db()
    assert draw.check(published(waits)) == []


def test_strangers_see_names_only_of_who_agreed_and_never_the_seed_before(here):
    row, people = lot(here, names=["阿明", "小红", "老王"], prizes=["书 | 3"])
    stranger, address = Client(headers=PHONE), fairness.proof(row)
    seed = Activity.objects.get(pk=row.pk).state_of_play["seed"]
    told = {"source": "表", "on": clock.now().date(), "by": None, "now": clock.now()}
    consent.record(people[0].person, consent.NAME, given=True, **told)
    life.close(row, now=clock.now())
    for where in (address, address + "lottery.json"):
        page = stranger.get(where).content.decode()
        assert seed not in page
        assert "阿明" in page
        assert "小红" not in page
    lottery.draw_now(row, said(), by=None, now=clock.now(), key="k")
    page = stranger.get(address).content.decode()
    assert seed in page
    assert "老＊＊" in page
    assert "老王" not in page
    consent.record(people[0].person, consent.NAME, given=False, **told | {"now": clock.now()})
    assert "阿明" not in stranger.get(address).content.decode()
    other = "y" if address[-2] == "x" else "x"
    for broken in (address[:-2] + other + "/", "/l/x/", "/l/%00/"):
        assert stranger.get(broken).status_code == 404
    life.remove(row, by=None, now=clock.now())
    assert stranger.get(address).status_code == 410


def test_somebody_erased_leaves_a_line_that_names_nobody(here):
    row, _ = drawn(here, names="甲乙", prizes=["书 | 1"])
    wins(row)[0].part.delete()
    row.refresh_from_db()
    assert wins(row)[0].part is None
    assert draw.check(published(row)) == []
    assert Client(headers=PHONE).get(fairness.proof(row)).status_code == 200


def test_staff_do_all_of_it_on_the_page(here, boss):
    client = browser(boss)
    form = {"title": "抽奖", "groups": [str(here.pk)], "plan-chances": "equal", "plan-most_chances": "5"}
    form |= {"plan-claim_days": "7", "plan-points": "0", "plan-budget": "0"}
    slug = here.workspace.slug
    assert client.post(f"/w/{slug}/activities/new/lottery", form | {"plan-prizes": "书 | 很多"}).status_code == 422
    place = client.post(f"/w/{slug}/activities/new/lottery", form)["location"]
    assert client.post(place + "go", {"do": "open"}).status_code == 409, "no prize"
    client.post(place + "edit", form | {"plan-prizes": "书 ｜ 2 ｜ 书店\n茶"})
    assert client.post(place + "go", {"do": "open"}).status_code == 302
    row = Activity.objects.get()
    for name in "甲乙丙丁":
        attendance.sign_up(row, member(here, name), via="personal", now=clock.now())
    assert client.post(place + "do/draw", {"key": "a"}).status_code == 409
    client.post(place + "go", {"do": "close"})
    assert client.post(place + "do/draw", {"key": "a"}).status_code == 302
    row.refresh_from_db()
    first = row.state_of_play["winners"][0][1]
    assert client.post(place + "do/replace", {"key": "b", "number": first, "reason": "退出了"}).status_code == 302
    page = client.get(place).content.decode()
    assert "退出了" in page
    assert re.search(r'href="/l/[^"]+"', page)
    assert client.post(place + "go", {"do": "settle"}).status_code == 302
    assert Participation.objects.filter(state="done").count() == 4


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(["number", "reason", "who", "chances", "outside", "contact", "do"]), st.text()))
def test_any_text_in_any_field_is_answered_in_words(db, form):
    now = clock.now()
    here = group(local(now=now), "模糊")
    row, people = lot(here, names="甲乙")
    client = browser(hire(here.workspace))
    phone, place = Client(headers=PHONE), reverse("activity", args=[row.pk])
    token = code.personal(people[0], now=now)
    life.close(row, now=now)
    for deed_ in ("chances", "replace", "hand", "draw", "replace", "hand"):
        assert client.post(f"{place}do/{deed_}", form).status_code in {302, 409}
    assert phone.post(reverse("member_activity", args=[token, row.pk]), form).status_code in {302, 404, 409}
    row.refresh_from_db()
    assert draw.check(published(row)) == []
