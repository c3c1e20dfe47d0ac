"""The API: what programs may, in which shape, and that no request breaks it. Its gate is walked in test_gate."""

import json
import re
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
import schemathesis
from at_work import HEADERS, browser, hire
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from letters import chatlab, lines
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from test_gate import Place

from huoqun import worker
from huoqun.activities import life, response, survey
from huoqun.base import clock, job
from huoqun.content import slot, watchword
from huoqun.content.watchword import Sighting
from huoqun.crew import planning, rota
from huoqun.crew.inquiry import Inquiry
from huoqun.crew.rota import Shift
from huoqun.people import (
    api_token,
    audit,
    dealing,
    deed,
    goal,
    ladder,
    mark,
    merge,
    outbox,
    pasted,
    points,
    profile,
    research,
    roll,
    segment,
    tally,
    upload,
    view,
)
from huoqun.people.condition import MOST_PARTS
from huoqun.people.dealing import Dealing
from huoqun.people.introduction import pair_key
from huoqun.people.person import Identity, Person
from huoqun.people.profile import Fact
from huoqun.people.role import PERMISSIONS
from huoqun.web import api_gate
from huoqun.web.api import NINJA, OPERATIONS
from huoqun.web.directory import directory
from huoqun.web.route import API
from huoqun.wsgi import application

pytestmark = pytest.mark.django_db(transaction=True)
DESCRIBED = json.loads(json.dumps(NINJA.get_openapi_schema(path_prefix=API)))
SCHEMA = schemathesis.openapi.from_dict(DESCRIBED)
SCHEMA.app = application
EXAMPLES = 2
"""Requests drawn for each operation, of those that fit and of those that do not."""
NOT_HELD = {
    GenerationMode.POSITIVE: CHECKS.get_by_names(["positive_data_acceptance", "negative_data_rejection"]),
    GenerationMode.NEGATIVE: [],
}
"""A zone that nobody has heard of fits the schema and is refused all the same; what fits is not to be refused."""


class Ground(Place):
    """A workspace in which every operation finds something to do."""

    def __init__(self, name):
        super().__init__(name)
        by = {"by": self.owner.account, "now": clock.now()}
        times = {"start": datetime(2026, 5, 1, 20, tzinfo=UTC), "end": datetime(2026, 5, 1, 21, tzinfo=UTC)}
        self.mark = mark.add(self.group, title="嘉宾", by_owner=True, **times, **by)
        self.tag = profile.say(self.person, "tag", "老朋友", **by)
        self.other, self.third = (Person.objects.create(workspace=self.workspace, created=clock.now()) for _ in "ab")
        Identity.objects.create(group=self.group, person=self.other, account="u2", name="阿红", created=clock.now())
        self.merge = merge.merge(self.person, self.third, **by)
        for who, facts in (
            (self.person, {"city": "佛山", "offers": "平面设计"}),
            (self.other, {"needs": "找平面设计"}),
        ):
            for field, text in ({"city": "佛山"} | facts).items():
                profile.say(who, "fact", text, field=field, **by)
        self.fourth = Person.objects.create(workspace=self.workspace, created=clock.now())
        pair = {"person": self.person, "other": self.fourth}
        self.card = Dealing.objects.create(
            workspace=self.workspace, group=self.group, person=self.other, kind=pasted.KIND, key="card",
            state=dealing.PROPOSED, words="姓名：阿红\n城市：佛山", changed=clock.now(), created=clock.now(),
            reason={"fields": {"work": "编辑"}, "on": "2026-05-01", "name": "阿红"},
        )  # fmt: skip
        self.met = dealing.settle(self.group, "introduction", "a b", **pair, state=dealing.ACCEPTED, **by)
        self.count = goal.count(self.group, 3, day=date(2026, 5, 1), **by)
        self.deed = deed.deeds(self.person).filter(kind="tag.add").get()
        tally.count([self.person.pk, self.other.pk], now=clock.now())
        self.claim = "?"
        self.activity = life.begin(self.workspace, "chain", title="接龙", groups=[self.group], **by)
        self.posting = points.award(self.person, 9, key="k", what=points.BY_HAND, group=self.group, now=clock.now())
        self.outgoing = outbox.say(self.group, "明天见", what="vote.open", key="k", now=clock.now())
        self.slot = slot.plan(
            self.group, text="早上好", at=clock.now() + timedelta(days=3), kind="useful", key="k", **by
        )
        self.word = watchword.add(self.workspace, name="船家", **by)
        seen = {"group": self.group, "at": clock.now(), "created": clock.now(), "text": "船家"}
        mine = Identity.objects.filter(group=self.group).first()
        self.sighting = Sighting.objects.create(watchword=self.word, identity=mine, key="s", **seen)
        self.question = Inquiry.objects.create(asker=mine, key="q", **seen)
        week = rota.monday(clock.now().date()) + timedelta(days=14)
        starts, ends = rota.span(week, self.group.zone)
        turns = planning.set_up(self.group, among="anybody", **by)
        self.week = Shift.objects.filter(group=self.group, begins=week).first() or Shift.objects.create(
            rota=turns, group=self.group, begins=week, starts=starts, ends=ends, created=clock.now()
        )
        self.view = view.keep(self.workspace, self.owner.account, name="要管的", query="state=dying", now=clock.now())

    def bodies(self):
        """What fits each operation that is sent something."""
        event = {"title": "讲座", "start": "2026-06-01T20:00:00+08:00", "end": "2026-06-01T21:00:00+08:00"}
        questions = [{"kind": "one", "text": "来吗？", "options": ["来", "不来"]}]
        about = {"title": "读书", "groups": [str(self.group.pk)]}
        rule = {"how": "any", "parts": [{"of": "stratum", "how": "is", "value": "silent"}, {"parts": [
            {"of": "group", "how": "in", "value": str(self.group.pk)}]}]}  # fmt: skip
        facts = {f.field: str(f.pk) for f in Fact.objects.filter(person__in=[self.person, self.other])}
        columns = {"meanings": ["name", "city"]}
        return {
            "set_workspace": {"name": "新名字", "zone": "Asia/Tokyo"},
            "set_role": {"role": "planner"},
            "add_invitation": {"role": "host", "days": 7, "note": "小王"},
            "save_view": {"name": "大的", "query": "order=size"},
            "set_card": {"type": "learning", "owner": "u1", "zone": "Asia/Tokyo", "ends": "2027-01-01"},
            "set_stage": {"stage": "active", "why": "亲眼所见"},
            "set_positioning": {"goal": "一起读书"},
            "set_limit": {"limit": 300},
            "add_mark": event,
            "change_mark": event | {"title": "改期"},
            "say": {"kind": "fact", "text": "上海", "field": "city", "on": "2026-01-02"},
            "say_anew": {"text": "新朋友"},
            "merge_people": {"other": str(self.other.pk), "reason": "name"},
            "keep_apart": {"other": str(self.other.pk)},
            "add_survey": about | {"questions": questions},
            "set_survey": about,
            "set_questions": {"questions": questions},
            "set_goal": {"text": "读书", "target": 1000, "unit": "本", "until": "2027-01-01"},
            "add_count": {"amount": 2.5, "day": "2026-05-02", "note": "第一周"},
            "set_branch": {"kind": "main", "layout": "region", "place": "全国"},
            "set_carer": {"account": str(self.owner.account_id)},
            "add_study": {"kind": "rival", "title": "另一个群", "group": str(self.group.pk)},
            "set_study": {"kind": "interview", "title": "问小王", "due": "2026-12-01"},
            "decide_introduction": {
                "key": pair_key(self.person.pk, self.other.pk),
                "accept": True,
                "words": "认识一下",
            },
            "set_introduction": {"state": "done"},
            "conclude_introduction": {"outcome": "met"},
            "decide_unanswered": {"key": "?", "accept": True},
            "climb_silence": {"account": "u1", "step": "nudge", "why": "never", "words": "你好"},
            "raise_member": {"account": "u1", "stage": "word", "words": "谢谢"},
            "touch_member": {"account": "u1", "what": "gift", "on": "2026-05-01"},
            "set_founder": {"account": "u1", "role": "迎新", "stake": "年卡"},
            "contact_founder": {"account": "u1", "on": "2026-05-01"},
            "take_card": {"fields": {"work": "编辑部"}},
            "add_line": {"group": str(self.group.pk), "name": "阿红", "about": "offers", "text": "校对"},
            "erase_person": {"word": "erase"},
            "decide_match": {"offer": facts["offers"], "need": facts["needs"], "accept": True},
            "record_consent": {"what": "quote", "given": True, "source": "电话"},
            "plan_roll": columns,
            "take_roll": columns,
            "add_segment": {"name": "新的", "rule": rule},
            "set_segment": {"name": "旧的", "rule": rule},
            "count_rule": {"rule": rule},
            "set_strata": {"core_days": 4},
            "preview_strata": {"core_days": 4},
            "decide_claim": {"key": self.claim, "take": True},
            "add_activity": about | {"kind": "vote", "plan": {"options": ["甲", "乙"]}},
            "set_activity": about | {"closes": "2030-01-01T20:00:00+08:00"},
            "open_activity": {"closes": (clock.now() + timedelta(days=3)).isoformat()},
            "announce_activity": {"text": "快来：{link}", "key": "k1"},
            "do_in_activity": {"do": "put", "key": "k1", "said": {"name": "阿兰"}},
            "do_for_member": {"person": str(self.person.pk), "do": "join", "key": "k1", "note": "两份"},
            "hear_commands": {"text": "阿明：报名"},
            "settle_outgoing": {"state": "sent"},
            "give_points": {"amount": 5, "why": "帮忙", "key": "k1"},
            "reverse_posting": {"why": "记错了"},
            "start_run": {
                "playbook": "duty-week",
                "groups": [str(self.group.pk)],
                "begins": "2090-01-02",
                "values": {"reward": "一本书"},
                "people": {"duty": str(self.owner.account_id)},
                "key": "k1",
            },
            "pause_run": {"why": "放假"},
            "stop_run": {"why": "群没了"},
            "plan_slots": {
                "groups": [str(self.group.pk)],
                "text": "三步选书",
                "at": datetime.combine(clock.now().date() + timedelta(days=5), time(4), UTC).isoformat(),
                "key": "k1",
            },
            "set_slot": {"text": "五步选书"},
            "add_piece": {"text": "三步选书", "tags": ["书"]},
            "suggest_find": {"text": "说说搬家"},
            "add_keyword": {"name": "我们的书店", "others": ["书店"]},
            "settle_sighting": {"state": "answered"},
            "set_duty": {"ahead": 4, "among": "anybody", "chores": ["每天问一句"]},
            "name_duty": {"person": str(self.person.pk), "agreed": True},
            "tick_question": {"how": "elsewhere"},
            "open_survey": {"closes": (clock.now() + timedelta(days=3)).isoformat()},
        }

    def which(self, route):
        known = {"change_mark": self.mark, "remove_mark": self.mark, "unmerge": self.merge, "remove_view": self.view}
        known |= {"remove_count": self.count, "undo_deed": self.deed, "explain_person": self.person}
        known |= dict.fromkeys(("set_introduction", "conclude_introduction"), self.met)
        known |= dict.fromkeys(("take_card", "put_aside"), self.card)
        known |= dict.fromkeys(("set_slot", "drop_slot", "approve_slot"), self.slot)
        known |= dict.fromkeys(("name_duty", "ask_another"), self.week)
        known |= {"remove_keyword": self.word, "settle_sighting": self.sighting, "tick_question": self.question}
        known |= {"settle_outgoing": self.outgoing, "reverse_posting": self.posting}
        return known.get(route.name, self.tag).pk

    def address(self, route):
        known = {route.scope.key: self.things().get(route.scope), "which": self.which(route), "kind": "tag"}
        return "/" + re.sub(r"<\w+:(\w+)>", lambda part: str(known[part[1]]), route.address)

    def ready(self, route):
        """What has to be done before an operation has anything to do."""
        by = {"by": self.owner.account, "now": clock.now()}
        if route.name in {"close_survey", "remind", "decide_claim"}:
            survey.open_until(self.survey, None, **by)
        if route.name == "decide_claim":
            answering = {"identity": Identity.objects.get(account="u1", group=self.group), "now": clock.now()}
            for values, note in (({"like": "喜欢"}, ""), ({"like": "一般"}, "这才是我")):
                response.first_answer(self.survey, values=values, note=note, **answering)
            (there,) = survey.answers(self.survey)
            self.claim = there.claims[0]["key"]
        if route.name == "undo_questions":
            survey.ask(self.survey, (), **by)
        if route.name == "conclude_introduction":
            pair = {"person": self.met.person, "other": self.met.other}
            dealing.settle(self.group, self.met.kind, self.met.key, **pair, state=dealing.DONE, **by)
        if route.name == "restore_study":
            research.remove(self.study, **by)
        if route.name == "reopen_study":
            research.finish(self.study, **by)
        if route.name == "restore_segment":
            segment.remove(self.segment, **by)
        if route.name == "undo_roll":
            roll.take(self.roll, ["name", "city"], add=False, skip=False, **by)
        if route.name == "take_back_strata":
            ladder.set_rule(self.workspace, ladder.Rule(core_days=4), **by)
        if route.name in {"start_activity", "close_activity", "settle_activity", "do_in_activity", "do_for_member"}:
            life.open_up(self.activity, **by)
        if route.name == "settle_activity":
            life.close(self.activity, **by)
        if route.name == "restore_activity":
            life.remove(self.activity, **by)
        if route.name == "unset_stage":
            send(program(key(self.owner)), "PUT", f"/api/groups/{self.group.pk}/stage", self.bodies()["set_stage"])
        if route.name == "restore_group":
            self.group.removed = clock.now()
            self.group.save()


@pytest.fixture
def place():
    return Ground("我们")


def key(member, *scopes):
    scopes = scopes or PERMISSIONS
    return api_token.make(member, name="Shell", scopes=scopes, valid=timedelta(days=1), now=clock.now())[1]


def program(secret):
    return Client(headers={**HEADERS, "authorization": f"Bearer {secret}"})


def send(client, method, address, body=None, **extra):
    return client.generic(method, address, json.dumps(body), content_type="application/json", **extra)


def give(client, place, *files, **fields):
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(f"/api/workspaces/{place.workspace.slug}/imports", {"files": sent, **fields})


KEYED = {"groups", "group", "person", "other", "account", "key", "rule", "meanings", "offer", "need"}
"""What a drawn body says instead of what was drawn: keys of things that are there."""


def together():
    """What is tried on one ground: what only reads by module, each change by itself."""
    found = {}
    for route in OPERATIONS:
        module = route.view.__module__.rpartition("_")[2]
        found.setdefault(f"reads of {module}" if route.methods == ("GET",) else route.name, []).append(route)
    return found


@pytest.mark.parametrize("operations", together().values(), ids=together())
def test_no_request_breaks_an_operation_and_every_answer_is_as_described(place, operations):
    """Requests drawn from the schema, fitting and not, on things that are there."""
    secret, bodies = key(place.owner), place.bodies()
    for operation in operations:
        try_out(place, operation, secret, bodies)


def try_out(place, operation, secret, bodies):
    things = {operation.scope.key: place.things().get(operation.scope), "which": place.which(operation), "kind": "tag"}
    said = SCHEMA.find_operation_by_id(operation.name)
    keyed = {name: value for name, value in bodies.get(operation.name, {}).items() if name in KEYED}
    headers = {"Authorization": f"Bearer {secret}", "Host": "127.0.0.1"}

    def ask(mode):
        @given(case=said.as_strategy(generation_mode=mode))
        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
        def asked(case):
            if mode is GenerationMode.POSITIVE:
                case.path_parameters = {name: str(things[name]) for name in case.path_parameters or {}}
                if isinstance(case.body, dict):
                    case.body |= {name: value for name, value in keyed.items() if name in case.body}
            case.call_and_validate(headers=headers, excluded_checks=NOT_HELD[mode])

        asked()

    for mode in GenerationMode:
        ask(mode)


QUIET = {
    "announce_activity",
    "hear_commands",
    "add_import",
    "import_again",
    "measure_again",
    "add_roll",
    "count_rule",
    "plan_roll",
    "preview_strata",
    "decide_unanswered",
}
"""What changes nothing, or needs a file, or a diagnosis: see tests/test_dealing.py."""
TWICE = {"set_strata", "take_back_strata", "take_card"}
"""Two lines in the log: the rule, and that everybody is judged by it; what a card told, and that it is done with."""


ANEW = {
    "add_count",
    "put_aside",
    "decide_match",
    "keep_apart",
    "set_questions",
    "close_survey",
    "decide_claim",
    "undo_questions",
    "do_in_activity",
}
"""What a change before it in the table used up, so that it is tried on another ground."""


def test_every_change_fits_is_made_and_is_in_the_log():
    place = None
    for operation in OPERATIONS:
        if operation.methods == ("GET",) or operation.name in QUIET:
            continue
        place = Ground(operation.name) if place is None or operation.name in ANEW else place
        place.ready(operation)
        before = audit.entries(place.workspace).count()
        body = place.bodies().get(operation.name)
        answer = send(program(key(place.owner)), operation.methods[0], place.address(operation), body)
        assert answer.status_code in {200, 204}, (operation.name, answer.content)
        newest = audit.entries(place.workspace).first()
        lines = 1 + 1 + (operation.name in TWICE)  # the key itself is one of them
        assert audit.entries(place.workspace).count() == before + lines, operation.name
        assert newest.actor == str(place.owner.account)


def test_an_import_goes_from_the_file_to_the_diagnosis(place):
    client = program(key(place.owner))
    told = give(client, place, ("群聊.json", chatlab(lines()))).json()
    assert told["state"] == "waiting"
    now = clock.now()
    hand = job.Hand("test", lambda: now)
    while worker.tick(hand):
        pass
    upload.settle(now)
    told = client.get(f"/api/imports/{told['id']}").json()
    assert told["state"] == "done"
    (taken,) = told["taken"]
    assert taken["added"] > 0
    group = taken["group"]["id"]
    one = client.get(f"/api/groups/{group}").json()
    assert (one["messages"] > 0, one["stale"]) == (True, False)
    assert client.get(f"/api/groups/{group}/document").json()["group"] == taken["group"]["name"]
    found = client.get(f"/api/groups/{group}/search", {"kind": "text", "size": 1}).json()
    assert len(found["items"]) == 1
    older = client.get(f"/api/groups/{group}/search", {"kind": "text", "size": 1, "below": found["next"]}).json()
    assert older["items"][0]["time"] <= found["items"][0]["time"]
    assert datetime.fromisoformat(found["items"][0]["time"]).tzinfo
    day = one["last"][:10]
    told = client.get(f"/api/groups/{group}/period", {"begin": day, "end": day}).json()
    assert (told["now"]["days"], told["working"], told["was"]["end"] < day) == (1, False, True)
    backwards = client.get(f"/api/groups/{group}/period", {"begin": day, "end": "2000-01-01"})
    assert (backwards.status_code, backwards.json()["error"]) == (422, "bad_stretch")
    assert client.get(f"/api/groups/{group}/network").json()["state"] == "working"
    later = clock.now()
    hand = job.Hand("test", lambda: later)
    while worker.tick(hand):
        pass
    drawn = client.get(f"/api/groups/{group}/network").json()
    assert (drawn["state"], len(drawn["network"]["names"]) > 1) == ("ready", True)
    alerts = client.get(f"/api/workspaces/{place.workspace.slug}/alerts", {"group": group}).json()["items"]
    assert {alert["kind"] for alert in alerts} == set(one["alerts"])
    people = client.get(f"/api/workspaces/{place.workspace.slug}/people", {"group": group}).json()["items"]
    one = client.get(f"/api/people/{people[0]['id']}").json()
    assert one["identities"][0]["group"]["id"] == group


def test_files_are_for_ones_own_groups_alone(place):
    helper = hire(place.workspace, "group_admin", groups=[place.group])
    client = program(key(helper, "import"))
    answer = give(client, place, ("a.txt", b"x"))
    assert (answer.status_code, answer.json()["error"]) == (403, "only_own_groups")
    assert give(client, place, ("a.txt", b"x"), into=str(place.group.pk)).status_code == 200
    assert give(client, place, ("a.txt", b"x"), into=str(place.removed.pk)).status_code == 404


def test_lists_come_in_pages_that_leave_nothing_out(place):
    for number in range(5):
        when = datetime(2026, 1, 1 + number, tzinfo=UTC)
        values = {"start": when, "end": when + timedelta(hours=1), "by_owner": True, "now": clock.now()}
        mark.add(place.group, title=f"第{number}场", **values)
    client, number, seen = program(key(place.owner)), 1, []
    while number:
        page = client.get(f"/api/groups/{place.group.pk}/marks", {"size": 2, "page": number}).json()
        seen += page["items"]
        number = page["next"]
    assert len(seen) == 6
    assert all(a["start"] > b["start"] for a, b in pairwise(seen))
    answer = client.get(f"/api/groups/{place.group.pk}/marks", {"size": 1000})
    assert (answer.status_code, answer.json()["field"]) == (422, "size")


@pytest.mark.parametrize(
    ("method", "address", "body", "status", "error", "field"),
    [
        ("GET", "/api/nothing", None, 404, "not_found", None),
        ("GET", "/api/groups/0", None, 404, "not_found", None),
        ("PATCH", "/api/groups/{group}", None, 405, "not_allowed", None),
        ("PUT", "/api/groups/{group}/limit", {"limit": 0}, 422, "unfit", "limit"),
        ("PUT", "/api/groups/{group}/limit", {"limit": 3, "more": 1}, 422, "unfit", "more"),
        ("PUT", "/api/groups/{group}/limit", {}, 422, "unfit", "limit"),
        ("PUT", "/api/groups/{group}/positioning", {"goal": "长" * 301}, 422, "bad_card", "goal"),
        ("PUT", "/api/workspaces/{slug}", {"name": "x", "zone": "Mars/Olympus"}, 422, "unknown_zone", "zone"),
        ("POST", "/api/surveys/{survey}/open", {"closes": "2020-01-01T00:00:00Z"}, 422, "past", "closes"),
        ("POST", "/api/surveys/{survey}/open", {"closes": "2030-01-01T00:00:00"}, 422, "unfit", "closes"),
        ("PUT", "/api/surveys/{survey}/questions", {"questions": [{"kind": "one"}]}, 422, "unfit", "questions.0.text"),
        ("POST", "/api/surveys/{survey}/close", None, 409, "wrong_moment", None),
        ("GET", "/api/groups/{removed}", None, 410, "removed", None),
        ("GET", "/api/groups/{group}/document", None, 409, "no_diagnosis", None),
        ("DELETE", "/api/team/{owner}", None, 409, "last_owner", None),
        ("POST", "/api/people/{person}/erasure", None, 422, "unfit", None),
        ("POST", "/api/people/{person}/erasure", {"word": "yes"}, 422, "unfit", "word"),
        ("POST", "/api/groups/{group}/cards/{card}", {"fields": {"shoe": "42"}}, 422, "unfit", "fields.shoe.[key]"),
        ("GET", "/api/surveys/{survey}/results?by=q:none", None, 404, "not_found", "by"),
    ],
)
def test_whatever_is_wrong_is_told_in_one_shape(place, method, address, body, status, error, field):
    things = {"group": place.group.pk, "removed": place.removed.pk, "survey": place.survey.pk}
    things |= {"person": place.person.pk, "card": place.card.pk}
    address = address.format(slug=place.workspace.slug, owner=place.owner.pk, **things)
    answer = send(program(key(place.owner)), method, address, body)
    told = answer.json()
    assert (answer.status_code, told["error"], told["field"]) == (status, error, field)
    assert told.keys() == {"error", "message", "field"}
    assert told["message"]


def test_a_rule_is_as_long_as_the_builder_makes_them_and_no_longer(place):
    address = f"/api/workspaces/{place.workspace.slug}/segments/count"
    test = {"of": "group", "how": "in", "value": str(place.group.pk)}
    longest = {"parts": [{"how": "any", "parts": [test] * MOST_PARTS}] * MOST_PARTS}
    asked = send(program(key(place.owner)), "POST", address, {"rule": longest})
    assert asked.json() == {"people": 2, "everybody": 2}
    longer = {"parts": [longest, test]}
    asked = send(program(key(place.owner)), "POST", address, {"rule": longer})
    assert (asked.status_code, asked.json()["error"]) == (422, "unfit")


def test_a_list_from_a_spreadsheet_is_given_looked_at_taken_and_undone(place):
    client = program(key(place.owner))
    sheet = SimpleUploadedFile("名单.csv", "昵称,城市\n阿明,广州\n没有,北京\n".encode())
    given = client.post(f"/api/groups/{place.group.pk}/rolls", {"file": sheet}).json()
    assert ([c["meaning"] for c in given["columns"]], given["lines"]) == (["name", "city"], 2)
    address, columns = f"/api/rolls/{given['id']}", {"meanings": ["name", "city"]}
    plan = send(client, "POST", f"{address}/plan", columns).json()
    assert (plan["people"], plan["faults"][0]["why"], plan["sayings"][0]["text"]) == (1, "unknown", "广州")
    refused = send(client, "POST", f"{address}/take", columns)
    assert (refused.status_code, refused.json()["error"]) == (422, "wrong_lines")
    assert send(client, "POST", f"{address}/take", columns | {"skip": True}).json()["sayings_total"] == 1
    assert Fact.objects.filter(person=place.person, text="广州").exists()
    assert send(client, "POST", f"{address}/undo").json()["undone"]
    assert not Fact.objects.filter(text="广州").exists()
    broken = SimpleUploadedFile("a.csv", b"")
    answer = client.post(f"/api/groups/{place.group.pk}/rolls", {"file": broken})
    assert (answer.status_code, answer.json()["error"]) == (422, "unreadable")


def test_why_somebody_is_in_a_segment_is_told_and_who_is_limited_sees_their_own_groups(place):
    tally.count([place.person.pk, place.other.pk], now=clock.now())
    rule = {"parts": [{"of": "profile", "how": "contains", "key": "offers", "value": "设计"}]}
    client, address = program(key(place.owner)), f"/api/workspaces/{place.workspace.slug}/segments"
    made = send(client, "POST", address, {"name": "设计师", "rule": rule}).json()
    inside = client.get(f"/api/segments/{made['id']}/people").json()["items"]
    assert [one["id"] for one in inside] == [str(place.person.pk)]
    why = [client.get(f"/api/segments/{made['id']}/people/{p.pk}").json() for p in (place.person, place.other)]
    assert [told["inside"] for told in why] == [True, False]
    assert why[0]["lines"][1]["value"] == "平面设计"
    stranger = program(key(hire(place.workspace, "host", email="host@example.org"), "see_people"))
    assert stranger.get(f"/api/segments/{made['id']}/people").json()["items"] == []
    assert stranger.get(f"/api/segments/{made['id']}/people/{place.person.pk}").status_code == 404


def test_two_are_introduced_from_the_proposal_to_the_outcome(place):
    client, address = program(key(place.owner)), f"/api/groups/{place.group.pk}/introductions"
    (found,) = client.get(address).json()
    assert {found["one"]["name"], found["other"]["name"]} == {"阿明", "阿红"}
    assert {reason["kind"] for reason in found["reasons"]} >= {"offer", "city"}
    met = send(client, "POST", address, {"key": found["key"], "accept": True, "words": found["words"]}).json()
    early = send(client, "PUT", f"{address}/{met['id']}/outcome", {"outcome": "met"})
    assert (early.status_code, early.json()["error"]) == (409, "settled")
    assert send(client, "PUT", f"{address}/{met['id']}", {"state": "done"}).json()["state"] == "done"
    assert send(client, "PUT", f"{address}/{met['id']}/outcome", {"outcome": "met"}).json()["outcome"] == "met"
    assert client.get(address).json() == []
    gone = send(client, "POST", address, {"key": found["key"], "accept": True})
    assert (gone.status_code, gone.json()["error"]) == (409, "not_proposed")


def test_a_body_that_is_no_json_is_told_so(place):
    client = program(key(place.owner))
    answer = client.generic("PUT", f"/api/groups/{place.group.pk}/limit", b"{", content_type="application/json")
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")
    huge = client.generic("PUT", f"/api/groups/{place.group.pk}/limit", b" " * (2 << 20), content_type="text/plain")
    assert (huge.status_code, huge.json()["error"]) == (413, "too_large")


def test_a_key_does_what_it_was_made_for_and_no_more(place):
    address = f"/api/groups/{place.group.pk}/limit"
    reading = program(key(place.owner, "see_groups"))
    assert send(reading, "GET", f"/api/groups/{place.group.pk}").status_code == 200
    assert send(reading, "PUT", address, {"limit": 300}).status_code == 403
    writing = program(key(place.owner, "edit_groups"))
    assert send(writing, "PUT", address, {"limit": 300}).json()["room"]["limit"] == 300
    assert writing.post(f"/groups/{place.group.pk}/limit", {"limit": "500"}).status_code == 403, "no page by a key"
    me = reading.get("/api/me").json()
    assert (me["key"], [w["may"] for w in me["workspaces"]]) == (True, [["see_groups"]])
    hire(Place("他们").workspace, email=place.owner.account.email)
    assert len(reading.get("/api/me").json()["workspaces"]) == 1, "a key is of one workspace"
    assert len(browser(place.owner).get("/api/me").json()["workspaces"]) == 2
    nobody = send(program("huoqun_guess"), "GET", "/api/me")
    assert (nobody.status_code, nobody["www-authenticate"]) == (401, "Bearer")


def test_a_browser_proves_that_our_page_sent_the_change_a_key_need_not(place):
    address, limit = f"/api/groups/{place.group.pk}/limit", {"limit": 300}
    client = browser(place.owner, enforce_csrf_checks=True)
    assert client.get("/api/me").status_code == 200
    assert send(client, "PUT", address, limit).status_code == 403
    page = client.get(f"/groups/{place.group.pk}/records").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    assert send(client, "PUT", address, limit, headers={"X-CSRFToken": token}).status_code == 200
    keyed = Client(headers={**HEADERS, "authorization": f"Bearer {key(place.owner)}"}, enforce_csrf_checks=True)
    assert send(keyed, "PUT", address, limit).status_code == 200


def test_too_many_requests_are_asked_to_wait(place, monkeypatch):
    throttle = api_gate.THROTTLE
    monkeypatch.setattr(throttle, "num_requests", 3)
    client = program(key(place.owner))
    statuses = [client.get("/api/me").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    answer = client.get("/api/me")
    assert (answer.json()["error"], int(answer["retry-after"]) > 0) == ("too_many", True)
    assert program(key(place.owner)).get("/api/me").status_code == 200, "each key is counted by itself"


def test_the_description_is_open_and_tells_what_each_operation_needs(place):
    told = Client(headers=HEADERS).get("/api/openapi.json").json()
    methods = [(path, method.upper()) for path, those in told["paths"].items() for method in those]
    assert len(methods) == len(OPERATIONS)
    rows = {(row["path"], row["method"]): row for row in directory()}
    for operation in OPERATIONS:
        row = rows["/" + operation.address, operation.methods[0]]
        assert (row["scope"], row["permission"]) == (operation.scope.name, operation.permission)
        address = "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", operation.address)
        assert told["paths"][address][operation.methods[0].lower()]["x-permission"] == operation.permission
    page = browser(place.owner).get(f"/w/{place.workspace.slug}/api").content.decode()
    assert page.count('class="operation"') == len(OPERATIONS)
    english = [details["summary"] for those in told["paths"].values() for details in those.values()]
    assert not [summary for summary in english if summary in page], "each has its Chinese"


def test_no_two_shapes_share_a_name():
    """django-ninja puts all shapes into one list by their bare names; the second would silently replace the first."""
    shapes = {}
    for operation in OPERATIONS:
        answer = operation.view.__annotations__["return"]
        for kind in [*operation.view.__annotations__.values(), answer]:
            if hasattr(kind, "model_json_schema"):
                told = kind.model_json_schema(mode="serialization" if kind is answer else "validation")
                for name, shape in told.get("$defs", {}).items():
                    shapes.setdefault((name, kind is answer), []).append(json.dumps(shape, sort_keys=True))
    assert shapes
    names = Counter(name for (name, _), told in shapes.items() if len(set(told)) > 1)
    assert not names


def test_a_line_of_the_board_is_written_by_name(place):
    client, at = program(key(place.owner)), f"/api/workspaces/{place.workspace.slug}/board"
    said = {"group": str(place.group.pk), "name": "阿红", "about": "offers", "text": "校对", "source": "电话"}
    told = send(client, "POST", f"{at}/lines", said).json()
    assert (told["name"], told["text"], told["source"]) == ("阿红", "校对", "电话")
    assert told["line"] in {row["line"] for row in send(client, "GET", f"{at}?about=offers").json()["items"]}
    for name in ("没这个人", "阿"):
        answer = send(client, "POST", f"{at}/lines", said | {"name": name})
        assert (answer.status_code, answer.json()["error"]) == (422, "nobody_called")


def test_a_card_from_the_chat_is_taken_over_or_put_aside_once(place):
    client, at = program(key(place.owner)), f"/api/groups/{place.group.pk}/cards"
    (draft,) = send(client, "GET", at).json()["items"]
    assert draft["fields"] == {"work": "编辑"}
    taken = send(client, "POST", f"{at}/{draft['id']}", {"fields": {"work": "编辑部"}})
    assert taken.json()["state"] == dealing.DONE
    assert Fact.objects.get(person=place.other, field="work").text == "编辑部"
    assert send(client, "GET", at).json()["items"] == []
    assert send(client, "DELETE", f"{at}/{draft['id']}").json()["error"] == "settled"


def test_results_of_a_survey_are_split(place):
    survey.open_until(place.survey, None, by=place.owner.account, now=clock.now())
    who = Identity.objects.get(account="u1", group=place.group)
    response.first_answer(place.survey, values={"like": "喜欢"}, note="", identity=who, now=clock.now())
    client, at = program(key(place.owner)), f"/api/surveys/{place.survey.pk}/results"
    whole = send(client, "GET", at).json()["questions"][0]
    assert whole["parts"] is None
    (part,) = send(client, "GET", f"{at}?by=stratum").json()["questions"][0]["parts"]
    assert part["answers"] == whole["answers"] == 1
    assert part["choices"] == whole["choices"]
