"""The API of activities: from the draft to the settlement by a program, each deed once, as far as its key reaches."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from at_work import HEADERS, group, hire
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage import member

from huoqun.activities import attendance, behalf, life
from huoqun.activities.activity import Activity, Participation
from huoqun.activities.contribution import Contribution
from huoqun.activities.kinds import KINDS
from huoqun.base import clock
from huoqun.people import api_token, audit, merge, outbox, points, scheme, staff
from huoqun.people.outbox import Outgoing
from huoqun.people.points import Posting
from huoqun.people.role import EDIT_ACTIVITIES, PERMISSIONS, SEE_ACTIVITIES, SEE_PEOPLE
from huoqun.people.workspace import add, local

pytestmark = pytest.mark.django_db(transaction=True)
SOON = (datetime.now(UTC) + timedelta(days=3)).isoformat()
NOBODY = "00000000-0000-4000-8000-000000000000"
LATE = {"account": "u", "text": "1", "key": "k", "at": "2090-01-01T00:00:00Z"}
CAKES = {"options": ["栗子", "抹茶"], "points": 5}


class Program:
    """A program with a key: what it asks, and what it is told."""

    def __init__(self, who, *scopes):
        valid = {"valid": timedelta(days=1), "now": clock.now()}
        _, secret = api_token.make(who, name="Shell", scopes=scopes or PERMISSIONS, **valid)
        self.client = Client(headers={**HEADERS, "authorization": f"Bearer {secret}"})

    def __call__(self, method, address, body=None, status=200):
        sent = "" if body is None else json.dumps(body)
        answer = self.client.generic(method, f"/api/{address}", sent, content_type="application/json")
        assert answer.status_code == status, answer.content.decode()[:400]
        return answer.json() if answer.content else None


@pytest.fixture
def here():
    return group(local(now=clock.now()))


@pytest.fixture
def boss(here):
    return hire(here.workspace)


@pytest.fixture
def ask(boss):
    return Program(boss)


@pytest.fixture
def ming(here):
    return member(here, "阿明")


def draft(ask, here, kind="vote", status=200, **more):
    said = {"kind": kind, "title": "下周烤什么", "groups": [str(here.pk)], **more}
    return ask("POST", f"workspaces/{here.workspace.slug}/activities", said, status)


def act(ask, row, who, do, key, status=200, **more):
    said = {"person": str(who.person_id), "do": do, "key": key, **more}
    return ask("POST", f"activities/{row['id']}/participants", said, status)


def test_a_vote_goes_from_the_draft_to_the_points(ask, here, ming):
    row = draft(ask, here, plan=CAKES, closes=SOON)
    at = f"activities/{row['id']}"
    assert (row["state"], row["plan"]["several"], row["takes"]) == ("draft", 1, False)
    told = ask("PUT", at, {"plan": CAKES | {"several": 2}, "about": "选两样"})
    assert (told["title"], told["plan"]["several"], told["closes"][:10]) == (row["title"], 2, SOON[:10])
    assert ask("POST", f"{at}/open", {})["takes"]
    (door,) = ask("GET", f"{at}/links")
    assert ("阿明" in ask.client.get(door["address"]).content.decode(), door["group"]["name"]) == (False, here.name)
    voted = act(ask, row, ming, "vote", "k1", said={"options": ["栗子", "抹茶"]})
    assert (voted["answer"], voted["state"]) == ("vote_first", "done")
    assert ask("GET", at)["contributions"] == {"ballot": 1}
    (ballot,) = ask("GET", f"{at}/contributions?what=ballot")["items"]
    assert (ballot["name"], ballot["values"], ballot["picture"]) == ("阿明", {"options": ["栗子", "抹茶"]}, None)
    assert ask("POST", f"{at}/close")["state"] == "closed"
    settled = ask("POST", f"{at}/settle")
    assert (settled["state"], settled["people"]) == ("settled", {"done": 1})
    assert ask("GET", f"people/{ming.person_id}/points")["balance"] == 5
    (paid,) = ask("GET", f"people/{ming.person_id}/postings")["items"]
    assert (paid["what"], paid["activity"], paid["reversed"]) == ("vote.took_part", row["id"], False)
    (line,) = ask("GET", f"groups/{here.pk}/points")["items"]
    assert (line["place"], line["name"], line["points"]) == (1, "阿明", 5)
    again = ask("POST", f"{at}/again")
    assert (again["state"], again["plan"]["several"]) == ("draft", 2)
    assert ask("POST", f"{at}/again")["id"] == again["id"]


def test_a_member_is_signed_up_once_for_each_key(ask, here, ming):
    other = member(here, "阿红")
    row = draft(ask, here, "meetup", capacity=2, starts=SOON)
    ask("POST", f"activities/{row['id']}/open", {})
    lines = audit.entries(here.workspace).count()
    assert act(ask, row, ming, "join", "k1", count=2)["answer"] == "joined"
    assert act(ask, row, other, "join", "k1")["answer"] == "waiting", "a key is of one member"
    assert act(ask, row, ming, "leave", "k2")["state"] == "left"
    late = act(ask, row, ming, "join", "k1", count=2)
    assert (late["answer"], late["state"]) == ("joined", "left"), "answered as before, and not done again"
    assert audit.entries(here.workspace).count() == lines + 3
    people = ask("GET", f"activities/{row['id']}/participants")["items"]
    assert [(p["name"], p["state"], p["count"]) for p in people] == [("阿红", "joined", 1)]
    gone = ask("GET", f"activities/{row['id']}/participants?state=left")["items"]
    assert [p["name"] for p in gone] == ["阿明"]
    told = act(ask, row, other, "join", "k3", 409, count=3)
    assert told["error"] == "full"
    assert act(ask, row, other, "come", "k4")["state"] == "done"
    told = ask("GET", f"activities/{row['id']}")
    assert (told["people"], told["taken"], told["capacity"]) == ({"left": 1, "done": 1}, 1, 2)


def test_of_a_member_the_last_keys_are_kept_and_those_of_one_human_are_one(ask, here, boss, ming):
    row = draft(ask, here, "meetup", starts=SOON)
    ask("POST", f"activities/{row['id']}/open", {})
    other, now = member(here, "阿明二号"), clock.now()
    act(ask, row, other, "join", "first")
    merge.merge(ming.person, other.person, by=boss.account, now=now)
    assert act(ask, row, ming, "leave", "first")["state"] == "joined", "the key was used by the same human"
    for number in range(behalf.KEPT + 5):
        act(ask, row, ming, "join", f"k{number}", note=str(number))
    (kept,) = Participation.objects.filter(activity=row["id"])
    assert [key for key, _ in kept.values[behalf.KEYS]] == [f"k{n}" for n in range(5, behalf.KEPT + 5)]


@pytest.mark.parametrize(
    ("method", "address", "body", "status", "error", "field"),
    [
        ("POST", "{w}/activities", {"kind": "party"}, 422, "unfit", "kind"),
        ("POST", "{w}/activities", {"title": "\u200b"}, 422, "nameless", "title"),
        ("POST", "{w}/activities", {"groups": []}, 422, "unfit", "groups"),
        ("POST", "{w}/activities", {"groups": [NOBODY]}, 404, "not_found", "groups"),
        ("POST", "{w}/activities", {"plan": {"several": 0}}, 422, "unfit", "plan.several"),
        ("POST", "{w}/activities", {"plan": {"points": 1_000_001}}, 422, "unfit", "plan.points"),
        ("POST", "{w}/activities", {"kind": "meetup", "plan": {"cost": float("nan")}}, 422, "unfit", "plan.cost"),
        ("POST", "{w}/activities", {"plan": {"sorts": 2}}, 422, "unfit", "plan.sorts"),
        ("POST", "{w}/activities", {"plan": {"options": [{}]}}, 422, "unfit", "plan.options"),
        ("POST", "{w}/activities", {"plan": {"options": "甲"}}, 422, "unfit", "plan.options"),
        ("POST", "{w}/activities", {"title": "\ud800"}, 422, "unfit", "title"),
        ("POST", "{w}/activities", {"plan": {"options": ["\ud800"]}}, 422, "unfit", "plan.options.0"),
        ("POST", "{w}/activities", {"starts": "2030-01-01T20:00:00"}, 422, "unfit", "starts"),
        ("PUT", "activities/{a}", {"plan": {"points": "viele"}}, 422, "unfit", "plan.points"),
        ("PUT", "activities/{a}", {"kind": "quiz"}, 422, "unfit", "kind"),
        ("POST", "activities/{a}/open", {}, 409, "vote_options", None),
        ("POST", "activities/{a}/close", None, 409, "wrong_moment", None),
        ("POST", "activities/{a}/deeds", {"do": "draw", "key": "k"}, 409, "unknown", None),
        ("POST", "activities/{a}/deeds", {"do": "draw"}, 422, "unfit", "key"),
        ("POST", "activities/{a}/deeds", {"do": "draw", "key": "k", "said": {"a": [1]}}, 422, "unfit", "said.a"),
        ("POST", "activities/{a}/deeds", {"do": "draw", "key": "k", "said": {"a": "\ud800"}}, 422, "unfit", "said.a"),
        ("POST", "activities/{a}/participants", {"do": "join"}, 409, "unknown", None),
        ("POST", "activities/{a}/participants", {"do": "vote"}, 409, "closed", None),
        ("POST", "activities/{a}/participants", {"do": "vote", "person": NOBODY}, 404, "not_found", "person"),
        ("POST", "people/{p}/postings", {"amount": 0, "why": "x", "key": "k"}, 422, "bad_amount", "amount"),
        ("POST", "people/{p}/postings", {"amount": 5, "why": " ", "key": "k"}, 422, "unfit", "why"),
        ("POST", "people/{p}/postings", {"amount": -5, "why": "x", "key": "k"}, 409, "short", None),
        ("PUT", "{w}/outbox/" + NOBODY, {"state": "sent"}, 404, "not_found", "which"),
        ("POST", "groups/{g}/commands", {"lines": [LATE]}, 422, "ahead", "at"),
    ],
)  # fmt: skip
def test_what_cannot_be_so_is_told_by_its_field(ask, here, ming, method, address, body, status, error, field):
    names = {"w": f"workspaces/{here.workspace.slug}", "g": here.pk, "p": ming.person_id}
    names["a"] = life.begin(here.workspace, "vote", title="空", groups=[here], by=None, now=clock.now()).pk
    if address == "{w}/activities":
        body = {"kind": "vote", "title": "甲", "groups": [str(here.pk)]} | body
    if address.endswith("participants"):
        body = {"person": str(ming.person_id), "key": "k"} | body
    told = ask(method, address.format(**names), body, status)
    assert (told["error"], told["field"]) == (error, field)
    assert told["message"].isascii(), "in English, whatever the program's language"


def test_what_is_open_stays_as_it_was_told(ask, here):
    other = group(here.workspace, "别的群")
    row = draft(ask, here, plan=CAKES, capacity=5)
    at = f"activities/{row['id']}"
    ask("POST", f"{at}/open", {"closes": SOON})
    for said in ({"plan": CAKES | {"several": 2}}, {"capacity": 4}, {"groups": [str(other.pk)]}):
        assert ask("PUT", at, said, 409)["error"] == "frozen"
    told = ask("PUT", at, {"title": "改个名", "capacity": 6, "plan": CAKES, "groups": [str(here.pk)]})
    assert (told["title"], told["capacity"], told["closes"][:10]) == ("改个名", 6, SOON[:10])


def test_lists_are_found_by_group_kind_and_state_in_pages(ask, here):
    other, slug = group(here.workspace, "别的群"), here.workspace.slug
    ours = [draft(ask, here, kind, starts=SOON)["id"] for kind in ("vote", "meetup", "chain")]
    theirs = draft(ask, other, "meetup")["id"]
    ask("POST", f"activities/{ours[2]}/open", {"closes": SOON})
    past = clock.now() - timedelta(hours=1)
    Activity.objects.filter(pk=ours[1]).update(state="open", opened=past, closes=past)

    def found(**asked):
        answer = ask("GET", f"workspaces/{slug}/activities?" + "&".join(f"{k}={v}" for k, v in asked.items()))
        return [row["id"] for row in answer["items"]], answer["next"]

    assert found(group=here.pk)[0] == ours[::-1]
    assert set(found(kind="meetup")[0]) == {ours[1], theirs}
    assert found(state="open")[0] == [ours[2]]
    assert found(state="closed")[0] == [ours[1]], "its time is over, though nobody wrote that down"
    assert found(size=3) == ([theirs, ours[2], ours[1]], 2)
    assert found(size=3, page=2) == ([ours[0]], None)
    ask("DELETE", f"activities/{theirs}", status=204)
    assert theirs not in found()[0]
    ask("GET", f"activities/{theirs}", status=404)
    assert ask("POST", f"activities/{theirs}/restore")["removed"] is None
    assert theirs in found()[0]


def test_a_key_reaches_no_further_than_its_scopes_and_its_groups(here, boss, ming):
    owner = Program(boss)
    row = draft(owner, here, plan=CAKES)
    at = f"activities/{row['id']}"
    reading = Program(boss, SEE_ACTIVITIES)
    reading("GET", at)
    for address in (f"{at}/participants", f"{at}/contributions", f"groups/{here.pk}/points"):
        reading("GET", address, status=403)
        Program(boss, SEE_PEOPLE)("GET", address, status=403)
        Program(boss, SEE_ACTIVITIES, SEE_PEOPLE)("GET", address)
    reading("GET", f"people/{ming.person_id}/points", status=403)
    reading("POST", f"{at}/open", {}, 403)
    writing = Program(boss, EDIT_ACTIVITIES)
    writing("POST", f"{at}/open", {})
    act(writing, row, ming, "vote", "k", said={"options": "栗子"})
    writing("GET", at, status=403)
    waits = Outgoing.objects.get()
    writing("PUT", f"workspaces/{here.workspace.slug}/outbox/{waits.pk}", {"state": "sent"}, 403)
    writing("POST", f"people/{ming.person_id}/postings", {"amount": 1, "why": "x", "key": "k"}, 403)
    other = group(here.workspace, "别的群")
    host = hire(here.workspace, "host", groups=[other])
    limited = Program(host, *host.duty.may)
    for method, address in (("GET", at), ("POST", f"{at}/close"), ("GET", f"{at}/participants")):
        limited(method, address, status=404)
    assert limited("GET", f"workspaces/{here.workspace.slug}/activities")["items"] == []
    assert limited("GET", f"workspaces/{here.workspace.slug}/outbox")["items"] == []
    draft(limited, here, status=404)
    draft(limited, other)
    there = add(name="他们", zone="Asia/Shanghai", now=clock.now())
    Program(hire(there, email="o@example.org"))("GET", at, status=404)
    staff.dismiss(host, by=boss.account, now=clock.now())
    limited("GET", f"workspaces/{here.workspace.slug}/activities", status=401)


def test_the_outbox_is_read_and_ticked_off_by_what_says_it(ask, here):
    row = draft(ask, here, plan=CAKES)
    ask("POST", f"activities/{row['id']}/open", {"closes": SOON})
    at = f"workspaces/{here.workspace.slug}/outbox"
    Outgoing.objects.update(due=clock.now())
    (said,) = ask("GET", at)["items"]
    assert (said["what"], said["activity"], said["group"]["id"]) == ("vote.open", row["id"], str(here.pk))
    assert "/d/" in said["text"]
    assert outbox.LINK not in said["text"]
    sent = ask("PUT", f"{at}/{said['id']}", {"state": "sent"})
    assert (sent["state"], ask("GET", at)["items"]) == ("sent", [])
    assert [r["id"] for r in ask("GET", f"{at}?state=sent&group={here.pk}")["items"]] == [said["id"]]
    assert ask("PUT", f"{at}/{said['id']}", {"state": "waiting"})["at"] is None
    for _ in range(2):
        ask("POST", f"activities/{row['id']}/announce", {"text": "还差三票 {link}", "key": "三"}, 204)
        ask("POST", f"activities/{row['id']}/announce", {}, 204)
    Outgoing.objects.update(due=clock.now() + timedelta(hours=2))
    texts = [r["text"] for r in ask("GET", f"{at}?state=later")["items"]]
    assert (len(texts), sum(t.startswith("还差三票 http") for t in texts)) == (3, 1)


def test_points_are_given_and_taken_once_for_each_key_within_the_budget(ask, here, boss, ming):
    at = f"people/{ming.person_id}/postings"
    scheme.set_budgets(here.workspace, {points.BY_HAND: 10}, by=boss.account, now=clock.now())
    for _ in range(2):
        assert ask("POST", at, {"amount": 8, "why": "帮忙", "key": "k1"})["balance"] == 8
    assert ask("POST", at, {"amount": 3, "why": "帮忙", "key": "k2"}, 409)["error"] == "over_budget"
    lines = audit.entries(here.workspace).count()
    for _ in range(2):
        assert ask("POST", at, {"amount": -5, "why": "记错", "key": "k3"})["balance"] == 3
    assert audit.entries(here.workspace).count() == lines + 1
    given = next(row for row in ask("GET", at)["items"] if row["amount"] == 8)
    assert (given["group"]["id"], given["note"], given["by"]) == (str(here.pk), "帮忙", str(boss.account))
    assert ask("POST", f"{at}/{given['id']}/reverse", {"why": "错了"}, 409)["error"] == "short"
    taken = next(row for row in ask("GET", at)["items"] if row["amount"] == -5)
    assert ask("POST", f"{at}/{taken['id']}/reverse", {"why": "没错"})["balance"] == 8
    assert ask("POST", f"{at}/{taken['id']}/reverse", {"why": "没错"}, 409)["error"] == "reversed"
    assert not points.unbalanced(here.workspace)
    assert ask("POST", at, {"amount": 1, "why": "x", "key": "k9", "group": str(ming.pk)}, 404)["field"] == "group"


def test_lines_of_the_chat_do_what_they_say_and_are_answered(ask, here, ming):
    row = draft(ask, here, "meetup", starts=SOON)
    ask("POST", f"activities/{row['id']}/open", {})
    said = {"account": "阿明", "text": "报名 带孩子", "at": clock.now().isoformat(), "key": "message 1"}
    lines = [said, said | {"key": "message 2", "text": "今天天气不错"}, said | {"account": "没这个人", "key": "3"}]
    at = f"groups/{here.pk}/commands"
    told = ask("POST", at, {"lines": lines})
    (heard,) = told["commands"]
    assert (heard["state"], heard["verb"], heard["activity"]) == ("carried", "join", row["id"])
    assert ("阿明" in told["reply"], told["strangers"]) == (True, ["没这个人"])
    act(ask, row, ming, "leave", "k")
    ask("POST", at, {"lines": [said]})
    assert attendance.row_of(Activity.objects.get(), ming.person).state == "left", "the same message is no new one"
    told = ask("POST", at, {"text": "阿明：报名\n路人：报名"})
    assert ([c["state"] for c in told["commands"]], told["strangers"]) == (["carried"], ["路人"])
    assert ask("POST", at, {"text": "阿明：积分"})["commands"][0]["answer"] == "0"
    assert ask("POST", at, {})["commands"] == []


def test_every_kind_is_told_with_the_schema_by_which_its_drafts_are_made(ask, here):
    told = ask("GET", f"workspaces/{here.workspace.slug}/kinds")
    assert [kind["id"] for kind in told] == list(KINDS)
    for kind in told:
        row = draft(ask, here, kind["id"])
        assert row["plan"].keys() == kind["plan"]["properties"].keys()
        kept = {name: value for name, value in row["plan"].items() if value is not None}
        assert ask("PUT", f"activities/{row['id']}", {"plan": kept})["plan"] == row["plan"]
        assert kind["name"] != kind["id"]
        assert kind["members_do"] or kind["staff_do"]


def test_no_deed_of_any_kind_breaks_whatever_is_said_with_it(ask, here, ming):
    """Of each kind every deed, by staff and for a member, of a draft or of what is open: done or refused, and told."""
    texts = st.dictionaries(
        st.sampled_from(["text", "note", "who", "line", "count", "options", "name", "code", "which", "to"]),
        st.one_of(st.text(max_size=20), st.lists(st.text(max_size=5), max_size=3)),
        max_size=4,
    )
    drafts = {id: draft(ask, here, id, starts=SOON, closes=SOON) for id in KINDS}
    everything = [(k, d, False) for k, kind in KINDS.items() for d in kind.staff]
    everything += [(k, d, True) for k, kind in KINDS.items() for d in behalf.deeds(kind)]
    Activity.objects.filter(kind__in=list(KINDS)[::2]).update(state="open", opened=clock.now())

    statuses = set()

    @given(said=texts, number=st.integers(0, 10**6))
    @settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
    def tried(said, number):
        for kind, deed, for_member in everything:
            body = {"do": deed, "key": f"k{number}", "said": said}
            body |= {"person": str(ming.person_id)} if for_member else {}
            address = f"/api/activities/{drafts[kind]['id']}/{'participants' if for_member else 'deeds'}"
            answer = ask.client.generic("POST", address, json.dumps(body), content_type="application/json")
            statuses.add(answer.status_code)
            assert answer.status_code in {200, 409}, (kind, deed, said, answer.content.decode()[:300])
            assert answer.json().keys() >= ({"answer", "words"} if answer.status_code == 200 else {"error", "message"})

    tried()
    assert statuses == {200, 409}
    assert not points.unbalanced(here.workspace)
    assert Posting.objects.count() <= Contribution.objects.count() + Participation.objects.count()
