"""The gate: every address with every role, and with the ids of another workspace. Built from the router itself."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from at_work import HEADERS, account, browser, group, hire
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver
from test_playbook import SMALL as PLAYBOOK

from huoqun.activities import life, survey
from huoqun.activities.questionnaire import Question
from huoqun.base import clock
from huoqun.people import api_token, audit, goal, research, roll, segment, staff, upload
from huoqun.people.condition import Block, Condition
from huoqun.people.forgotten import Forgotten
from huoqun.people.ladder import UNITS
from huoqun.people.membership import Membership
from huoqun.people.person import Identity, Person
from huoqun.people.role import OWNER, PERMISSIONS, ROLES
from huoqun.people.spreadsheet import Line
from huoqun.people.upload import Upload
from huoqun.people.workspace import add
from huoqun.playbooks import book_draft, library, starting
from huoqun.playbooks.run import edition_of
from huoqun.urls import ALL, ROUTES
from huoqun.web import scope
from huoqun.web.api import OPERATIONS
from huoqun.web.routes_method import ROUTES as METHOD
from huoqun.web.word_staff import STAFF

pytestmark = pytest.mark.django_db(transaction=True)
GUARDED = [route for route in ALL if route.scope.key]
LET_IN = {200, 204, 302, 400, 409, 422}
"""What a page says to somebody it has let in; the form sent here is empty."""


SEGMENT = {"name": "活跃的", "b0.how": "all"}
SEGMENT |= {"b0.c0.of": "messages", "b0.c0.how": "at_least", "b0.c0.value": "5"}


class Place:
    """A workspace with one of everything that an address can name."""

    def __init__(self, name):
        now = clock.now()
        self.workspace = add(name=name, zone="Asia/Shanghai", now=now)
        self.owner = hire(self.workspace)
        self.group = group(self.workspace)
        self.removed = group(self.workspace, "旧群")
        self.removed.removed = now
        self.removed.save()
        self.upload = Upload.objects.create(workspace=self.workspace, into=self.group, created=now)
        self.person = Person.objects.create(workspace=self.workspace, created=now)
        who = Identity.objects.create(group=self.group, person=self.person, account="u1", name="阿明", created=now)
        Membership.objects.create(identity=who, number=1, created=now)
        self.invitation, _ = staff.invite(self.workspace, role="host", by=self.owner.account, now=now)
        self.token, self.key = api_token.make(
            self.owner, name="Shell", scopes=["see_groups"], valid=timedelta(days=7), now=now
        )
        asked = (Question(id="like", kind="one", text="喜欢吗？", options=("喜欢", "一般")),)
        values = {"groups": [self.group], "questions": asked, "by": self.owner.account, "now": now}
        self.survey = survey.begin(self.workspace, title="问卷", **values)
        self.activity = life.begin(
            self.workspace, "vote", title="蛋糕", groups=[self.group], by=self.owner.account, now=now
        )
        self.erasure = Forgotten.objects.create(workspace=self.workspace, created=now)
        values = {"text": "", "due": None, "who": None, "by": self.owner.account, "now": now}
        self.study = research.write(self.workspace, group=self.group, kind="rival", title="隔壁的群", **values)
        goal.aim(self.group, text="读书", target=100, unit="本", until=None, by=self.owner.account, now=now)
        rule = Block(parts=(Condition(of="messages", how="at_least", value="1"),))
        boss = {"by": self.owner.account, "now": now}
        self.segment = segment.keep(self.workspace, name="说话的", rule=rule, **boss)
        lines = [Line(1, ("昵称", "城市")), Line(2, ("阿明", "佛山"))]
        edition = edition_of(self.workspace, PLAYBOOK, by=None, now=now)
        values = {"begins": clock.now().date() + timedelta(days=2), "values": {}, "people": {}}
        self.run = starting.start(self.group, edition, **values, **boss)
        self.roll = roll.give(self.group, "名单.csv", lines, **boss)
        text = dict(library.texts())["meetup"].replace("id: meetup", "id: ours")
        self.draft = book_draft.begin(self.workspace, "ours", text, how=book_draft.COPIED, **boss)
        self.member = hire(self.workspace, "assistant", email=f"new@{self.workspace.slug}.example.org")

    def things(self):
        return {
            scope.WORKSPACE: self.workspace.slug,
            scope.GROUP: self.group.pk,
            scope.REMOVED_GROUP: self.removed.pk,
            scope.ANY_GROUP: self.group.pk,
            scope.UPLOAD: self.upload.pk,
            scope.STAFF: self.member.pk,
            scope.INVITATION: self.invitation.pk,
            scope.PERSON: self.person.pk,
            scope.TOKEN: self.token.pk,
            scope.SURVEY: self.survey.pk,
            scope.ACTIVITY: self.activity.pk,
            scope.ANY_ACTIVITY: self.activity.pk,
            scope.ERASURE: self.erasure.pk,
            scope.STUDY: self.study.pk,
            scope.ROLL: self.roll.pk,
            scope.SEGMENT: self.segment.pk,
            scope.RUN: self.run.pk,
            scope.DRAFT: self.draft.pk,
        }

    def address(self, route):
        known = {route.scope.key: self.things()[route.scope], "which": uuid4(), "kind": "vote", "deed": "none"}
        known["book"] = "meetup"
        return "/" + re.sub(r"<\w+:(\w+)>", lambda part: str(known[part[1]]), route.address)


def ask(client, route, address):
    for method in route.methods:
        if method != "HEAD":
            yield method, client.generic(method, address, headers=HEADERS).status_code


@pytest.fixture
def ours():
    return Place("我们")


@pytest.fixture
def theirs():
    return Place("他们")


def test_every_address_stands_in_the_table():
    def walk(patterns):
        for p in patterns:
            if isinstance(p, URLResolver):
                yield from walk(p.url_patterns)
            else:
                yield p

    pages = (*ROUTES, *METHOD)
    known = {route.name for route in pages}
    served = [p for p in walk(get_resolver().url_patterns) if p.name != "api-root"]
    operations = [p for p in served if getattr(p.callback, "__module__", "") == "ninja.operation"]
    for p in served:
        assert isinstance(p, URLPattern)
        module = getattr(p.callback, "__module__", "")
        assert p in operations or p.name in known or module.startswith(("allauth.", "django.views.generic")), p
    assert len(known) == len(pages)
    assert {p.name for p in operations} == {route.name for route in OPERATIONS}
    assert len(operations) == len(OPERATIONS)


def test_every_guarded_address_names_a_permission_that_exists():
    for route in GUARDED:
        assert route.permission in PERMISSIONS, route.name
        assert route.write is None or route.write in PERMISSIONS
    assert all("read_messages" in role.may for role in ROLES.values() if "export" in role.may), "search.csv needs both"
    assert {p for role in ROLES.values() for p in role.may} == set(PERMISSIONS)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_exactly_what_its_permissions_say(ours, role):
    """What somebody may change is tried in a workspace in which nothing was changed before."""
    here = browser(hire(ours.workspace, role, groups=[ours.group, ours.removed]))
    fresh = None
    for route in GUARDED:
        if route.name in {"change_role", "dismiss"} and role == OWNER:
            continue
        for method in route.methods:
            if method == "HEAD":
                continue
            may = route.needs(method) in ROLES[role].may
            place, client = ours, here
            if may and method != "GET":
                if fresh is None:
                    place = Place(f"{route.name} {method}")
                    fresh = place, browser(hire(place.workspace, role, groups=[place.group, place.removed]))
                place, client = fresh
            status = client.generic(method, place.address(route), headers=HEADERS).status_code
            if method != "GET" and status < 400:
                fresh = None
            only_own = ROLES[role].limited and route.name == "imports" and method == "POST"
            if may and not only_own:
                assert status in LET_IN or (status == 404 and ":which>" in route.address), (role, route.name, status)
            else:
                assert status == 403, (role, method, route.name, status)


@pytest.mark.parametrize("role", ROLES)
def test_another_workspace_is_not_there(ours, theirs, role):
    client = browser(hire(ours.workspace, role, groups=[ours.group]))
    for route in GUARDED:
        for method, status in ask(client, route, theirs.address(route)):
            assert status == 404, (role, method, route.name, status)


def test_without_login_there_is_only_the_login(ours):
    for route in GUARDED:
        answer = Client(headers=HEADERS).generic(route.methods[0], ours.address(route))
        if route.api:
            assert (answer.status_code, answer.json()["error"]) == (401, "no_key"), route.name
            continue
        assert answer.status_code == 302
        assert answer["location"].startswith("/account/login/")


def test_who_works_here_no_more_sees_nothing(ours):
    member = hire(ours.workspace, "planner")
    client = browser(member)
    staff.dismiss(member, by=ours.owner.account, now=clock.now())
    for route in GUARDED:
        for _method, status in ask(client, route, ours.address(route)):
            assert status == 404, route.name


@pytest.mark.parametrize("role", [r.id for r in ROLES.values() if r.limited])
def test_a_limited_role_sees_its_own_groups_only(ours, role):
    other = group(ours.workspace, "别的群")
    client = browser(hire(ours.workspace, role, groups=[ours.group]))
    assert client.get(f"/groups/{ours.group.pk}/").status_code == 200
    assert client.get(f"/groups/{other.pk}/").status_code == 404
    page = client.get(f"/w/{ours.workspace.slug}/").content.decode()
    assert "练习群" in page
    assert "别的群" not in page
    hidden = Upload.objects.create(workspace=ours.workspace, into=other, created=clock.now())
    assert client.get(f"/imports/{hidden.pk}/").status_code == 404
    assert client.get(f"/imports/{ours.upload.pk}/").status_code == 200


def test_a_stranger_with_an_account_sees_no_workspace(ours):
    client = Client(headers=HEADERS)
    client.force_login(account("nobody@example.org"))
    assert client.get("/", follow=True).request["PATH_INFO"] == "/workspaces"
    assert client.post("/workspaces/new", {"name": "x"}).status_code == 404
    assert client.get(f"/w/{ours.workspace.slug}/").status_code == 404


def test_every_change_is_in_the_log(ours):
    client = browser(ours.owner)
    forms = {
        "card": {"type": "learning", "owner": "", "zone": "Asia/Tokyo", "ends": ""},
        "marks": {"title": "嘉宾", "start": "2026-01-01T20:00", "end": "2026-01-01T22:00", "by_owner": "yes"},
        "invite": {"role": "host", "days": "7", "note": "小王"},
        "change_role": {"role": "planner"},
        "tokens": {"name": "Shell", "scopes": ["see_groups"], "days": "30"},
        "workspace": {"name": "新名字", "zone": "Asia/Shanghai"},
        "imports": None,
        "person_say": {"kind": "tag", "text": "老朋友"},
        "person_consent": {"what": "quote", "say": "yes", "source": "电话"},
        "person_erase": {"word": "抹除"},
        "stage": {"stage": "active", "why": "亲眼所见"},
        "positioning": {"goal": "一起读书"},
        "limit": {"limit": "300"},
        "save_view": {"name": "要管的", "query": "state=dying"},
        "new_survey": {"from": "profile", "groups": [str(ours.group.pk)]},
        "entrust": {"carer": str(ours.owner.account_id)},
        "place": {"parent": "", "kind": "main", "layout": "region", "place": "全国", "way": ""},
        "goal": {"text": "一起读书", "target": "1,000", "unit": "本", "until": "2027-01-01"},
        "count": {"amount": "12.5", "day": "2026-01-01", "note": "第一周"},
        "research": {"kind": "rival", "title": "另一个群"},
        "study_change": {"kind": "rival", "title": "又一个群"},
        "segment_save": SEGMENT,
        "roll": {"do": "take", "c0": "name", "c1": "city"},
        "segment_change": SEGMENT | {"name": "新分群"},
        "strata": dict.fromkeys(UNITS, "4") | {"do": "save"},
        "survey_questions": {"do": "save", "kind": "text", "text": "为什么？"},
        "survey_about": {"title": "新问卷", "groups": [str(ours.group.pk)]},
    }
    forms["content_desk"] = {"do": "suggest", "text": "看看", "kind": "useful"}
    forms["content_topics"] = {"do": "add", "text": "周末去哪", "sort": "universal"}
    forms["content_words"] = {"do": "add", "name": "我们的书店"}
    forms["content_guests"] = {"do": "keep:", "name": "林老师", "relation": "paid", "cost": "800"}
    forms["content_owner"] = {"do": "aim", "stage": "label", "text": "每周一篇长文", "target": "4"}
    forms["content_rules"] = {"do": "voice", "a_day": "9"}
    forms["content_digests"] = {"group": str(ours.group.pk), "every": "day", "text": "今天"}
    forms["content"] = {"do": "add", "text": "三步选书", "kind": "useful"}
    forms["content_calendar"] = {
        "do": "plan",
        "text": "早",
        "kind": "useful",
        "urgent": "1",
        "groups": [str(ours.group.pk)],
    }
    forms["activity_new"] = {"title": "投票", "groups": [str(ours.group.pk)], "plan-options": "甲\n乙"}
    forms["activity_edit"] = forms["activity_new"]
    forms["rewards"] = {"do": "budgets"}
    forms["reward_levels"] = {"do": "levels", "steps": "新友 = 0"}
    forms["reward_honours"] = {"do": "keep", "what": "badge", "name": "常客", "kind0": "points.earned"}
    forms["reward_shop"] = {"do": "keep", "name": "帆布袋", "price": "10"}
    forms["reward_prizes"] = {"do": "record", "sponsor": "茶店", "name": "杯子", "pieces": "3"}
    forms["activity_go"] = {"do": "open"}
    forms["activity_put"] = {"picture": "words", "text": "来吧", "groups": [str(ours.group.pk)]}
    forms["activity_public"] = {"do": "keep"}
    forms["group_public"] = {"do": "keep", "open": "yes", "title": "一起读书的人"}
    who = {"who": str(Identity.objects.get(group=ours.group).pk)}
    forms |= {part: {"do": do, **who} for part, do in
              {"silent": "skip", "raising": "word", "touches": "gift", "founders": "contacted"}.items()}  # fmt: skip
    forms["activity_people"] = {"do": "renew", **who}
    forms["board"] = {"do": "add", "group": str(ours.group.pk), "name": "阿明", "about": "needs", "text": "设计师"}
    forms["group_duty"] = {"do": "rule", "on": "yes", "among": "anybody", "ahead": "4", "rest": "1", "points": "0"}
    forms["service_target"] = {"minutes": "60", "opens": "9", "closes": "22"}
    forms["service_level"] = {"do": "note", "group": str(ours.group.pk), "text": "每天八点到二十点"}
    forms["playbook_upload"] = {"file": SimpleUploadedFile("mine.yaml", b"id: mine\nversion: 1\n")}
    forms["playbook_text"] = {"text": ours.draft.text.replace("handbook", "Handbook"), "revision": "1"}
    forms["playbook_change"] = {"do": "remove", "n": "0", "revision": "2"}
    forms |= {
        "playbook_undo": {"revision": "3"},
        "playbook_restore": {"number": "1"},
        "playbook_keep": {"revision": "5"},
    }
    quiet = {
        "remove_view",
        "uncount",
        "unmark",
        "group_again",
        "network_again",
        "period_again",
        "import_again",
        "imports",
        "same",
    }
    quiet |= {"person_change", "person_unsay", "unmerge", "survey_decide", "person_undo", "person_is", "remove_example"}
    quiet |= {"today"}  # the same: tests/test_desk.py
    quiet |= {"content_import"}  # the same: tests/test_content_pages.py
    quiet |= {"roll_new", "segment_try", "strata_back", "segment_restore"}
    quiet |= {"activity_do", "outbox", "listen"}  # the same: tests/test_activity.py
    quiet |= {"activity_certificates"}  # the same: tests/test_certificate.py
    forms["run_new"] = {"playbook": "duty-week", "groups": [str(ours.group.pk)], "begins": "2090-01-01", "do": "start"}
    forms["run_go"] = {"do": "pause", "why": "放假"}
    quiet |= {"run_step"}  # the same: tests/test_run_pages.py
    quiet |= {"reward_orders"}  # the same: tests/test_reward_pages.py
    quiet |= {"logins"}  # the same: tests/test_login.py
    quiet |= {"introductions", "cards"}  # what they decide about has to be there first: tests/test_dealing.py
    for route in GUARDED:
        if route.api or "POST" not in route.methods or route.name in quiet:
            continue
        before = audit.entries(ours.workspace).count()
        answer = client.post(ours.address(route), forms.get(route.name, {}))
        assert answer.status_code in {200, 302}, (route.name, answer.status_code)
        assert audit.entries(ours.workspace).count() > before, route.name
    newest = audit.entries(ours.workspace).first()
    assert newest.actor == str(ours.owner.account)
    assert upload.uploads_of(ours.workspace).count() == 1
    assert upload.uploads_of(ours.workspace.examples.get()).count() == 1
    told = {name for entry in audit.entries(ours.workspace) for name in {**entry.before, **entry.after}}
    assert told <= STAFF["value"].keys(), "each value has its word"
    page = client.get(f"/w/{ours.workspace.slug}/log").content.decode()
    assert "改了名片" in page
    assert "Asia/Tokyo" in page
    sheet = client.get(f"/w/{ours.workspace.slug}/log.csv?what=staff.invite").content.decode()
    assert sheet.count("\n") == 3
