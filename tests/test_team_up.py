"""The team-up: tasks, captains, teams that all can see, what they did, and whether it is time for them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from at_work import browser, group, hire
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage import PHONE, address, does, jpeg, leads, member, opened, refused

from huoqun.activities import attendance, life, team_board
from huoqun.activities.activity import DONE, Closed, Participation
from huoqun.activities.kind import Refused
from huoqun.activities.kinds import KINDS
from huoqun.activities.team_board import TeamPlan, board
from huoqun.base import clock
from huoqun.people import deed, points
from huoqun.people.checkup import Checkup
from huoqun.people.workspace import local
from huoqun.playbooks import choosing

pytestmark = pytest.mark.django_db(transaction=True)
TASKS = ["一百公里接力", "拍十家门店"]


@pytest.fixture
def here():
    return group(local(now=clock.now()))


def teams(here, **plan):
    return opened(here, "team_up", "春季战队", plan=TeamPlan(**({"tasks": TASKS} | plan)))


def led(row, who, name="追风队", task=TASKS[0]):
    does(row, who, "lead", task=task, name=name)
    leads(row, "accept", offer=str(team_board.offers(row).get(person=who.person).pk), state="accepted")
    return next(t for t in board(row) if t.name == name)


def test_without_tasks_there_is_nothing_to_join(here):
    row = life.begin(here.workspace, "team_up", title="空", groups=[here], by=None, now=clock.now())
    with pytest.raises(Refused, match="team_no_tasks"):
        life.open_up(row, now=clock.now())


def test_members_offer_to_lead_and_staff_say_yes(here):
    row, a, b = teams(here), member(here, "甲"), member(here, "乙")
    refused("team_task", does, row, a, "lead", task="别的", name="x")
    refused("team_name", does, row, a, "lead", task=TASKS[0], name=" \n")
    does(row, a, "lead", task=TASKS[0], name="追风队", key="1")
    does(row, a, "lead", task=TASKS[0], name="追光队", key="2")
    assert [o.text for o in team_board.offers(row)] == ["追光队"], "the newest offer of a member stands"
    does(row, b, "lead", task=TASKS[0], name="乙队")
    mine = str(team_board.offers(row).get(person=a.person).pk)
    for _ in range(2):
        leads(row, "accept", offer=mine, state="accepted")
    (team,) = board(row)
    assert (team.name, team.captain.name, len(team.members)) == ("追光队", "甲", 1)
    other = team_board.offers(row).get()
    refused("team_task_taken", leads, row, "accept", offer=str(other.pk), state="accepted")
    leads(row, "accept", offer=str(other.pk), state="refused", reason="先等等")
    assert not team_board.offers(row).exists()
    assert deed.deeds(a.person).filter(kind="team_up.lead").count() == 1


def test_a_team_holds_so_many_and_a_human_is_in_one(here):
    row = teams(here, most=2)
    a, b, c = (member(here, name) for name in "甲乙丙")
    one, two = led(row, a), led(row, b, "门店队", TASKS[1])
    does(row, c, "join", team=one.id)
    does(row, c, "join", team=one.id)
    with pytest.raises(attendance.Full):
        does(row, member(here, "丁"), "join", team=one.id)
    does(row, c, "join", team=two.id)
    assert {t.name: len(t.members) for t in board(row)} == {"追风队": 1, "门店队": 2}
    refused("team_none", does, row, c, "join", team="x")
    refused("team_in_one", does, row, c, "lead", task=TASKS[0], name="丙队")
    refused("team_captain", does, row, b, "leave")
    leads(row, "hand_over", team=two.id, who=str(c.pk))
    does(row, b, "leave")
    with pytest.raises(attendance.NotIn):
        does(row, b, "leave")
    assert next(t for t in board(row) if t.id == two.id).captain == c
    refused("team_not_in", leads, row, "hand_over", team=two.id, who=str(b.pk))
    leads(row, "place", team=two.id, who=str(b.pk))
    assert team_board.team_of(row, b.person) == two.id


def test_captains_and_staff_enter_and_the_board_ranks_equals_alike(here):
    row = teams(here, teams=3, goal=100)
    crowd = [member(here, name) for name in "甲乙丙"]
    a, b, c = [led(row, who, f"{who.name}队") for who in crowd]
    does(row, crowd[0], "enter", amount="40", text="晨跑", key="1")
    does(row, crowd[0], "enter", amount="40", text="晨跑", key="1")
    for amount in ("0", "-3", "x", "", "1" * 12, "٣٠٠٠٠٠٠٠"):
        with pytest.raises(Refused):
            does(row, crowd[0], "enter", amount=amount, key="2")
    leads(row, "add", team=b.id, amount="40")
    assert [(t.name, t.done, t.place) for t in board(row)] == [("甲队", 40, 1), ("乙队", 40, 1), ("丙队", 0, 3)]
    extra = member(here, "丁")
    does(row, extra, "join", team=c.id)
    refused("team_not_captain", does, row, extra, "enter", amount="9")
    leads(row, "strike", progress=str(team_board.progress(row).get(on=a.row).pk))
    assert next(t for t in board(row) if t.id == a.id).done == 0


def test_team_mates_grow_ties_and_the_first_team_wins(here):
    row = teams(here, points=5, prize=20)
    a, b, c, d = (member(here, name) for name in "甲乙丙丁")
    one, two = led(row, a), led(row, c, "门店队", TASKS[1])
    does(row, b, "join", team=one.id)
    life.start(row, now=clock.now())
    does(row, d, "join", team=two.id)
    told = deed.deeds(b.person).get(kind="team_up.mates")
    assert told.evidence["with"] == [str(a.person_id)]
    assert deed.deeds(d.person).get(kind="team_up.mates").evidence["with"] == [str(c.person_id)]
    leads(row, "add", team=one.id, amount="7")
    assert choosing.winners(row) == [], "nobody has won before it is settled"
    for _ in range(2):
        life.settle(row, now=clock.now())
    row.refresh_from_db()
    assert set(choosing.winners(row)) == {a.pk, b.pk}
    assert [points.balance(who.person) for who in (a, b, c, d)] == [25, 25, 0, 0]
    with pytest.raises(Closed):
        does(row, d, "join", team=one.id)


def test_the_advice_is_given_with_real_numbers(here):
    row, now = teams(here), clock.now()
    told = team_board.advice(row)
    assert (told.spotlights, told.good, told.pulses[0].now) == (0, False, None)
    shows = opened(here, "spotlight", "能人秀")
    for n in range(5):
        who = member(here, f"能人{n}")
        Participation.objects.create(activity=shows, person=who.person, identity=who, state=DONE, created=now)
    day = now.date()
    for weeks, state, good in (
        ([90, 20, 30], "dying", False),
        ([90, 20, 60], "dying", True),
        ([90, 90], "living", True),
    ):
        Checkup.objects.create(group=here, day=day, as_of=now, computed=now, created=now, spark=weeks, state=state)
        told = team_board.advice(row)
        assert (told.spotlights, told.good) == (5, good), weeks
        assert (told.pulses[0].now, told.pulses[0].weakest) == (weeks[-1], min(weeks[:-1]))
        day += timedelta(days=1)


def test_pages_show_teams_to_members_and_take_their_entries(here):
    boss = hire(here.workspace)
    desk = browser(boss)
    new = {"title": "春季战队", "groups": [str(here.pk)], "plan-tasks": "\n".join(TASKS), "plan-most": "9"}
    place = desk.post(reverse("activity_new", args=[here.workspace.slug, "team_up"]), new)["location"]
    assert "现在适合组战队吗" in desk.get(place).content.decode()
    desk.post(place + "go", {"do": "open"})
    row = here.activities.get()
    a, b = member(here, "甲"), member(here, "乙")
    phone, other = Client(headers=PHONE), Client(headers=PHONE)
    form = {"do": "lead", "task": TASKS[0], "name": "<i>追风</i>"}
    assert phone.post(address(row, a), form).status_code == 302
    offer = team_board.offers(row).get()
    page = desk.get(place).content.decode()
    assert "&lt;i&gt;追风" in page
    yes = {"offer": str(offer.pk), "state": "accepted"}
    assert desk.post(reverse("activity_do", args=[row.pk, "accept"]), yes).status_code == 302
    (team,) = board(row)
    assert "&lt;i&gt;追风" in other.get(address(row, b)).content.decode()
    assert other.post(address(row, b), {"do": "join", "team": team.id}).status_code == 302
    photo = SimpleUploadedFile("a.jpg", jpeg())
    assert (
        phone.post(address(row, a), {"do": "enter", "amount": "12", "text": "晨跑", "picture": photo}).status_code
        == 302
    )
    entry = team_board.progress(row).get()
    assert entry.picture
    assert "晨跑" in other.get(address(row, b)).content.decode()
    assert "晨跑" in desk.get(place).content.decode()


ODD = st.one_of(st.text(max_size=30), st.sampled_from(["", "0", "-1", "9" * 20, "\0", "<script>", "accepted"]))


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_text_in_any_field_is_an_answer(data):
    here = group(local(now=clock.now()), f"群{uuid4().hex[:6]}")
    desk, phone = browser(hire(here.workspace)), Client(headers=PHONE)
    row = teams(here)
    who, other = member(here, "甲"), member(here, "乙")
    team = led(row, who)
    does(row, other, "lead", task=TASKS[1], name="门店队")
    ids = st.sampled_from([team.id, str(who.pk), str(team_board.offers(row).get().pk), "x"])
    task = st.sampled_from([*TASKS, "?"])
    for whom in (who, other):
        form = {"task": data.draw(task), "name": data.draw(ODD), "why": data.draw(ODD), "team": data.draw(ids)}
        form |= {"amount": data.draw(ODD), "text": data.draw(ODD), "key": data.draw(ODD)}
        what = data.draw(st.sampled_from(sorted(KINDS["team_up"].member)))
        assert phone.post(address(row, whom), form | {"do": what}).status_code in {302, 409}, (what, form)
        assert phone.get(address(row, whom)).status_code == 200
    what = data.draw(st.sampled_from(sorted(KINDS["team_up"].staff)))
    form = {n: data.draw(ids) for n in ("team", "who", "offer", "progress")}
    form |= {n: data.draw(ODD) for n in ("amount", "text", "state", "reason", "key")}
    assert desk.post(reverse("activity_do", args=[row.pk, what]), form).status_code in {302, 409}, (what, form)
    assert desk.get(reverse("activity", args=[row.pk])).status_code == 200
