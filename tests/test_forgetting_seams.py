"""A person is erased from every table there is, also from what staff did with them, planned, measured and listed."""

from datetime import timedelta

import pytest
from at_work import browser, hire
from test_forgetting import NOW, SECRETS, in_tables, lived, on_disk, what_others_left, work_off  # noqa: F401
from test_person import person_of

from huoqun.activities import response, survey
from huoqun.activities.questionnaire import Question
from huoqun.base import clock, job
from huoqun.chat.proof import remains
from huoqun.chat.redact import REDACTED
from huoqun.people import (
    alert,
    branch,
    checkup,
    dealing,
    forgetting,
    forgotten,
    founder,
    goal,
    hearing,
    judgement,
    portrait,
    research,
    roll,
    scrub,
    segment,
    stretch,
    touch,
    view,
)
from huoqun.people.condition import Block, Condition
from huoqun.people.founder import Founder
from huoqun.people.group import Group
from huoqun.people.person import Identity
from huoqun.people.portrait import Portrait
from huoqun.people.roll import Roll
from huoqun.people.segment import Segment
from huoqun.people.spreadsheet import Line
from huoqun.people.stretch import Stretch
from huoqun.people.tally import Tally
from huoqun.people.workspace import add, archive_of

pytestmark = pytest.mark.django_db(transaction=True)
HER_PHONE = "13900001111"


@pytest.fixture
def workspace():
    return add(name="我们", zone="Asia/Shanghai", now=NOW)


def busy(workspace, a, b, one, boss):
    """Everything staff and product can write down of somebody, or of others about her."""
    bear = person_of(a, "u2")
    said = {"by": boss, "now": NOW}
    for n, (kind, which, whom) in enumerate([("introduction", one, bear), ("introduction", bear, one)]):
        dealing.settle(
            a, kind, f"{n} {bear.pk.hex}", person=which, other=whom, state=dealing.DONE, words="介绍雪儿雪儿", **said
        )
    dealing.settle(
        a, "introduction", "third", person=bear, other=person_of(a, "u3"), state=dealing.ACCEPTED,
        words="雪儿雪儿说：我住在慈云路九号", reason={"reasons": [{"kind": "offer", "offer": "慕容雪"}]}, **said,
    )  # fmt: skip
    touch.touch(a, bear, "letter", on=NOW.date(), words="和慕容雪一起写的", noon=NOW, **said)
    founder.say(a, one, role="慕容雪的秘书", stake="慕容雪", **said)
    founder.say(a, bear, role="慕容雪", stake="雪儿雪儿的助手", **said)
    founder.contacted(a, bear, NOW.date(), **said)
    goal.aim(a, text="和慕容雪读完十本", target=10, unit="慕容雪", until=None, **said)
    goal.count(a, 1, day=NOW.date(), note="雪儿雪儿读完一本", **said)
    research.write(
        workspace,
        group=a,
        kind="interview",
        title="访谈慕容雪",
        text="雪儿雪儿说好\n慕容雪：好",
        due=None,
        who=boss,
        **said,
    )
    branch.settle(a, parent=b, kind="local", layout="", place="慕容雪", way="", **said)
    cells = [("昵称", "账号", "城市", "电话"), ("慕容雪", "u-snow-1", "某城", HER_PHONE), ("大熊", "u2", "某城", "1")]
    lines = [Line(n + 1, row) for n, row in enumerate(cells)]
    roll.give(a, "慕容雪的名单.xlsx", lines, **said)
    taken = roll.give(b, "慕容雪的.xlsx", [lines[0], Line(2, ("慕容雪", "snow_at_qq", "某城", HER_PHONE))], **said)
    roll.take(taken, ["name", "account", "city", "contact"], add=False, skip=False, **said)
    rule = Block(parts=(Condition(of="profile", how="contains", key="called", value="慕容雪"),))
    segment.keep(workspace, name="认识慕容雪的", rule=rule, **said)
    view.keep(workspace, boss, name="慕容雪在的群", query="q=慕容雪", now=NOW)
    portrait.store(a, *portrait.draw(a), now=NOW)
    stretch.measure(a, NOW.date() - timedelta(days=400), NOW.date(), now=NOW)
    whom = tuple(Identity.objects.filter(group=a))
    for who in whom:
        hearing.tell(who, whom, origin="survey:1", title="认识谁", now=NOW)
    hearing.hear(a.pk, (2, 3), at=NOW)
    for g in (a, b):
        asked = (
            Question(id="named", kind="people", text="你认识谁？"),
            Question(id="city", kind="text", text="城市", fact="city"),
        )
        row = survey.begin(workspace, title="慕容雪想知道", groups=[g], questions=asked, **said)
        survey.open_until(row, clock.now() + timedelta(days=3), **said)
        for who in Identity.objects.filter(group=g):
            others = [str(i.pk) for i in Identity.objects.filter(group=g).exclude(pk=who.pk)]
            values = {"named": others, "city": f"慕容雪家旁边{who.account}"}
            response.answer(row, who, values, via="staff", now=NOW + timedelta(days=1))
    job.open_job("portrait", "failed one", now=NOW)
    job.Job.objects.filter(key="failed one").update(
        state=job.FAILED,
        finished=NOW,
        reason="ValueError: 慕容雪",
        trace="…\nKeyError: 'u-snow-1'",
        detail={"of": "雪儿雪儿"},
    )


def ids_of(one):
    return [text for p in (one, *one.merged.all()) for text in (str(p.pk), p.pk.hex)]


def test_nothing_that_anybody_wrote_keeps_an_erased_person(workspace):
    a, b, one, boss = lived(workspace)
    busy(workspace, a, b, one, boss)
    work_off()
    alert.put(a, alert.QUESTIONS, {"who": "慕容雪", "text": "雪儿雪儿 你好", "id": "u-snow-1"}, since=NOW, now=NOW)
    words = [*SECRETS, HER_PHONE, *ids_of(one)]
    assert {name for name, _ in in_tables(words)} >= {
        *("Dealing", "Founder", "Goal", "Count", "Study", "Branch", "Alert", "Roll", "Segment", "View", "Survey"),
        *("Answer", "Fact", "Note", "Deed", "Entry", "Checkup", "Tally", "Job", "Activity"),
    }, "every one of these is a table that had to be cleaned"
    row = forgotten.ask(one, by=boss, now=NOW)
    work_off()
    row.refresh_from_db()
    assert row.finished
    assert in_tables(words) == []
    assert remains(archive_of(workspace), list(SECRETS)) == []
    assert on_disk([*SECRETS, HER_PHONE]) == []
    assert not checkup.stale().exists()
    assert [j.key for j in job.Job.objects.filter(state=job.FAILED)] == ["failed one"]
    heard = hearing.acquaintances(Group.objects.get(pk=a.pk))
    assert {who for h in heard for who in (h.who, h.knows)} == {"u2", "u3"}, "others still know each other"
    assert (bears := Founder.objects.get(person=person_of(a, "u2"))).role == REDACTED
    assert "助手" in bears.stake
    waiting = Roll.objects.get(taken=None)
    assert [line[1][1] for line in waiting.lines] == ["账号", "u2"], "her line is gone, the others' are not"
    assert Segment.objects.get().block(), "the rule is still a rule"
    pages = [f"/groups/{a.pk}/", f"/groups/{a.pk}/founders", f"/groups/{a.pk}/plan", f"/groups/{a.pk}/introductions"]
    pages += [f"/segments/{Segment.objects.get().pk}/", f"/w/{workspace.slug}/people", f"/w/{workspace.slug}/board"]
    pages += [f"/rolls/{waiting.pk}/", *(f"/surveys/{s.pk}/" for s in survey.Survey.objects.all())]
    client = browser(hire(workspace))
    for page in pages:
        answered = client.get(page)
        assert answered.status_code in {200, 302}, page
        assert not [word for word in words if word in answered.content.decode()], page


def test_the_one_in_their_place_stands_in_no_list_and_no_list_of_names_brings_them_back(workspace):
    a, b, one, boss = lived(workspace)
    busy(workspace, a, b, one, boss)
    work_off()
    before = Tally.objects.count()
    row = forgotten.ask(one, by=boss, now=NOW)
    work_off()
    judgement.ask(workspace, by=boss, now=clock.now())
    job.open_job(judgement.KIND, f"{workspace.pk.hex} 2026-03-02", now=clock.now())
    work_off()
    assert not Tally.objects.filter(person=row.tombstone).exists()
    assert Tally.objects.count() == before - 1
    lines = [Line(1, ("昵称", "账号")), Line(2, ("慕容雪", "u-snow-1")), Line(3, ("新人", "u77"))]
    again = roll.give(a, "又一次.xlsx", lines, by=boss, now=NOW)
    found = roll.plan(again, ["name", "account"], add=True)
    assert [(f.line, f.why) for f in found.faults] == [(2, "erased")]
    roll.take(again, ["name", "account"], add=True, skip=True, by=boss, now=NOW)
    assert Identity.objects.filter(group=a, account="u77").exists()
    assert not Identity.objects.filter(account="u-snow-1").exists()
    assert in_tables(["u-snow-1"]) == []


def test_what_is_drawn_and_measured_while_somebody_is_erased_is_not_kept(workspace, monkeypatch):
    a, _, one, boss = lived(workspace)
    work_off()
    a.refresh_from_db()
    portrait.ask(a, now=NOW)
    real = portrait.draw

    def drawn(group):
        told = real(group)
        forgotten.ask(one, by=boss, now=NOW)
        while forgetting.tick(job.Hand("another", clock.now)):
            pass
        return told

    monkeypatch.setattr(portrait, "draw", drawn)
    portrait.tick(job.Hand("test", clock.now))
    assert forgotten.Forgotten.objects.get().finished
    assert not Portrait.objects.exists()
    old = stretch.measure(a, NOW.date(), NOW.date(), now=NOW)
    assert old.begin
    assert not Stretch.objects.exists(), "the caller's group is the one before"


def test_each_column_of_text_is_looked_at_or_named_as_none():
    """A new column of free text is looked at by itself; whoever adds one that is not names it in `scrub.PLAIN`."""
    looked = {
        (t.__name__, f.name) for t, _ in scrub._tables() for f in t._meta.concrete_fields if scrub._holds_text(t, f)
    }
    assert looked >= {
        *(("Founder", "role"), ("Founder", "stake"), ("Branch", "place"), ("Goal", "unit"), ("Goal", "text")),
        *(("Dealing", "words"), ("Dealing", "reason"), ("Study", "text"), ("Roll", "lines"), ("View", "query")),
        *(("Segment", "rule"), ("Segment", "name"), ("Count", "note"), ("Alert", "why"), ("Stretch", "document")),
    }
