"""A group is removed, brought back, removed again and erased: every page opens meanwhile, and in the end nothing names
it, whatever hung on it or on groups beside it."""

import json
import re
from datetime import timedelta

import pytest
from at_work import browser, hire
from test_forgetting import NOW, in_tables, work_off
from test_history import row
from test_person import filled, person_of

from huoqun.activities import activity, response, survey
from huoqun.activities.questionnaire import Question
from huoqun.base import clock, job
from huoqun.people import (
    branch,
    dealing,
    erasure,
    founder,
    goal,
    judgement,
    mark,
    merge,
    portrait,
    profile,
    raising,
    research,
    roll,
    segment,
    staff,
    stretch,
    touch,
    upload,
    view,
)
from huoqun.people import group as groups
from huoqun.people.branch import Branch
from huoqun.people.condition import Block, Condition
from huoqun.people.group import UNDO, Group
from huoqun.people.person import Identity
from huoqun.people.segment import Segment
from huoqun.people.spreadsheet import Line
from huoqun.people.workspace import add
from huoqun.urls import ROUTES
from huoqun.web import scope

pytestmark = pytest.mark.django_db(transaction=True)
NAME, ONLY = "望江楼夜读会", "只在夜读会的阿渺"
"""The group that goes, and somebody whom no other group knows."""


@pytest.fixture
def workspace():
    return add(name="我们", zone="Asia/Shanghai", now=NOW)


class Lived:
    """A group on which everything hangs, in the middle of a tree, with a person in another group too."""

    def __init__(self, workspace):
        self.workspace = workspace
        self.boss = hire(workspace)
        said = self.said = {"by": self.boss.account, "now": NOW}
        talk = [row(n, sender=f"u{n % 3}", name=[ONLY, "大熊", "小鱼"][n % 3], text=f"第{n}天") for n in range(60)]
        self.top = filled(workspace, "总群", [row(n, sender="t1", name="老王", text="好") for n in range(9)])
        self.gone = filled(workspace, NAME, talk)
        self.under = filled(workspace, "跑步群", [row(n, sender="r1", name="大熊", text="跑") for n in range(9)])
        self.deep = filled(workspace, "清晨跑步群", [row(1, sender="d1", name="小鱼", text="早")])
        place = {"kind": "local", "layout": "", "place": "", "way": ""}
        for below, above in ((self.gone, self.top), (self.under, self.gone), (self.deep, self.under)):
            branch.settle(below, parent=above, **place, **said)
        self.bear, self.runner = person_of(self.gone, "u1"), person_of(self.under, "r1")
        self.only = person_of(self.gone, "u0")
        self.wang = person_of(self.top, "t1")
        merge.merge(self.runner, self.bear, evidence={"shared": "大熊"}, **said)
        merge.merge(self.wang, self.only, **said)
        merge.unmerge(merge.Sameness.objects.get(other=self.only), **said)
        self.people()
        self.plans()
        self.surveys()
        self.admin = hire(workspace, "group_admin", groups=[self.gone])
        staff.change(self.admin, role="group_admin", groups=[self.gone, self.under], **said)
        staff.invite(workspace, role="host", groups=[self.gone], **said)
        other = hire(workspace, "planner", email="second@example.org")
        groups.entrust(self.gone, other.account, **said)
        staff.dismiss(other, **said)
        groups.entrust(self.gone, self.admin.account, **said)
        self.gone.refresh_from_db()

    def people(self):
        one = person_of(self.gone, "u2")
        raising.raise_to(self.gone, one, "word", words="帮帮忙", today=NOW.date(), **self.said)
        founder.say(self.gone, self.bear, role="领读", stake="", **self.said)
        touch.touch(self.gone, self.bear, "letter", on=NOW.date(), words="信", noon=NOW, **self.said)
        pair = {"person": self.bear, "other": one, "state": dealing.ACCEPTED, "words": f"同在{NAME}"}
        dealing.settle(self.gone, "introduction", "pair", **pair, **self.said)
        lines = [Line(1, ("昵称", "城市")), Line(2, ("大熊", "佛山")), Line(3, ("新人", "广州"))]
        self.taken = roll.give(self.gone, "名单.xlsx", lines, **self.said)
        roll.take(self.taken, ["name", "city"], add=True, skip=False, **self.said)
        self.waiting = roll.give(self.gone, "名单二.xlsx", lines, **self.said)

    def plans(self):
        goal.aim(self.gone, text="读完十本", target=10, unit="本", until=None, **self.said)
        goal.count(self.gone, 1, day=NOW.date(), **self.said)
        entry = {"kind": "interview", "title": "访谈", "text": "", "due": None, "who": None}
        self.study = research.write(self.workspace, group=self.gone, **entry, **self.said)
        moved = research.write(self.workspace, group=self.gone, **entry, **self.said)
        self.moved = research.write(self.workspace, moved, group=self.under, **entry, **self.said)
        mark.add(self.gone, title="嘉宾", start=NOW, end=NOW + timedelta(hours=2), by_owner=True, **self.said)
        view.keep(self.workspace, self.boss.account, name="要管的", query=f"q={NAME}&branch={self.gone.pk}", now=NOW)
        rule = Block(parts=(Condition(of="group", how="in", value=str(self.gone.pk)),))
        self.segment = segment.keep(self.workspace, name="那个群的人", rule=rule, **self.said)
        work_off()
        portrait.store(self.gone, *portrait.draw(self.gone), now=NOW)
        stretch.measure(self.gone, NOW.date() - timedelta(days=400), NOW.date(), now=NOW)

    def surveys(self):
        asked = (
            Question(id="who", kind="people", text="你认识谁？"),
            Question(id="city", kind="text", text="城市", fact="city"),
        )
        those = {"one": [self.gone], "both": [self.gone, self.under]}
        self.asked = {n: survey.begin(self.workspace, title=n, groups=g, questions=asked, **self.said)
                      for n, g in those.items()}  # fmt: skip
        for told in self.asked.values():
            survey.open_until(told, clock.now() + timedelta(days=3), **self.said)
            for who in Identity.objects.filter(group__in=told.groups.all(), messages__gt=0):
                known = [str(i.pk) for i in Identity.objects.filter(group=who.group).exclude(pk=who.pk)]
                values = {"who": known, "city": "佛山"}
                response.answer(told, who, values, via="staff", now=NOW + timedelta(days=1))

    def addresses(self):
        """Every page that shows something, of everything there is."""
        things = {
            scope.WORKSPACE: [self.workspace.slug],
            scope.GROUP: [g.pk for g in (self.top, self.gone, self.under, self.deep)],
            scope.PERSON: [p.pk for p in (self.wang, self.runner, self.bear, self.only)],
            scope.SURVEY: [s.pk for s in self.asked.values()],
            scope.SEGMENT: [self.segment.pk],
            scope.STUDY: [self.study.pk, self.moved.pk],
            scope.ROLL: [self.taken.pk, self.waiting.pk],
            scope.UPLOAD: list(upload.Upload.objects.values_list("pk", flat=True)),
        }
        for route in ROUTES:
            if "GET" in route.methods and route.address.count("<") == 1:
                for key in things.get(route.scope, []):
                    yield "/" + re.sub(r"<\w+:\w+>", str(key), route.address), key

    def walk(self, away=()):
        """Opens all of it as the owner and as the admin of groups; what is away is not found and nowhere named."""
        for client in map(browser, (self.boss, self.admin)):
            for address, key in self.addresses():
                shown = client.get(address)
                assert shown.status_code < 500, address
                if client.session["_auth_user_id"] == str(self.boss.account_id):
                    assert (shown.status_code in {404, 410}) == (key in away), (address, shown.status_code)
                if (
                    away
                    and shown.status_code == 200
                    and "/log" not in address
                    and not address.endswith(f"{self.workspace.slug}/")
                ):
                    assert NAME not in shown.getvalue().decode(errors="ignore"), address


def test_a_group_that_goes_comes_back_and_is_erased_leaves_every_page_whole(workspace):
    here = Lived(workspace)
    here.walk()
    gone = here.gone
    hidden = {gone.pk, here.study.pk, here.taken.pk, here.waiting.pk, here.asked["one"].pk}
    groups.remove(gone, **here.said | {"now": clock.now()})
    work_off()
    here.walk(away=hidden)
    gone.refresh_from_db()
    groups.restore(gone, **here.said)
    work_off()
    here.walk()
    assert Branch.objects.get(group=here.deep).path.split("/") == [
        g.pk.hex for g in (here.top, gone, here.under, here.deep)
    ]
    groups.remove(gone, **here.said | {"now": clock.now()})
    later = clock.now() + UNDO + timedelta(minutes=1)
    while erasure.tick(job.Hand("test", lambda: later)) or judgement.tick(job.Hand("test", lambda: later)):
        pass
    activity.sweep(later)
    assert not Group.objects.filter(pk=gone.pk).exists()
    here.walk(away=hidden | {here.only.pk, here.bear.pk})
    names = [NAME, ONLY]
    assert in_tables(names) == []
    left = {name for name, _ in in_tables([gone.pk.hex, str(gone.pk)])}
    assert left <= {"Entry", "Job", "Segment"}, "that something was erased, and a rule that somebody wrote"
    assert Branch.objects.get(group=here.deep).path.split("/") == [here.under.pk.hex, here.deep.pk.hex]
    assert list(profile.sayings(here.runner, "fact").values_list("text", flat=True)) == ["佛山"]
    assert segment.size(workspace, Segment.objects.get().block(), now=later) == 0
    told = browser(here.boss).get(f"/segments/{here.segment.pk}/").content.decode()
    assert "一个看不到的社群" in told
    assert activity.rate(here.asked["both"]).answered == 1
    assert json.dumps(survey.answers(here.asked["both"]).get().values)
