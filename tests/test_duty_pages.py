"""The pages of duty weeks: staff plan, members answer over their own links; nobody acts for another, or late."""

from datetime import timedelta

import pytest
from at_work import browser, hire
from at_work import group as group_of
from django.test import Client
from django.urls import reverse
from stage import PHONE, member

from huoqun.activities.activity import Activity
from huoqun.base import clock
from huoqun.base.job import Hand
from huoqun.crew import duty, handover, planning, right
from huoqun.crew.handover import Around
from huoqun.crew.rota import SET, Exchange, Handover, Rota, Shift, monday, span
from huoqun.people import code
from huoqun.people.audit import Entry
from huoqun.people.deed import Deed
from huoqun.people.membership import Membership
from huoqun.people.person import Identity
from huoqun.people.task import Task
from huoqun.people.workspace import local
from huoqun.web import duty as duty_page

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>\u202e阿明"


@pytest.fixture
def there():
    return group_of(local(now=clock.now()))


@pytest.fixture
def people(there):
    found = [member(there, name) for name in (HOSTILE, "小熊", "老周")]
    Identity.objects.filter(group=there).update(messages=5)
    return found


@pytest.fixture
def boss(there):
    return hire(there.workspace)


@pytest.fixture
def rota(there, people, boss):
    values = {"ahead": 3, "rest": 0, "among": "anybody", "points": 50, "rights": list(right.RIGHTS)}
    row = planning.set_up(there, **values, chores=["问好"], by=boss.account, now=clock.now())
    duty.tick(Hand("t", clock.now), lambda group, now: Around())
    return row


@pytest.fixture
def running(rota, there, people, boss):
    """The week that runs, agreed by the first of the people."""
    shift = Shift.objects.select_related("rota", "group").get(group=there, begins=this_week(there))
    return planning.name_one(shift, people[0], agreed=True, by=boss.account, now=clock.now())


def this_week(there):
    return monday(clock.now().astimezone(span(monday(clock.now().date()), there.zone)[0].tzinfo).date())


def link(who, make=code.personal):
    return reverse("member_duty", args=[make(who, now=clock.now())])


def phone():
    return Client(headers=PHONE)


def send(someone, make=code.personal, /, **form):
    return phone().post(link(someone, make), form)


def test_a_rota_is_begun_on_a_page_and_what_was_typed_wrongly_stays(there, people, boss):
    page = reverse("group_duty", args=[there.pk])
    there_is = browser(boss)
    form = {
        "do": "rule",
        "on": "yes",
        "among": "anybody",
        "ahead": "六",
        "rest": "1",
        "points": "100",
        "chores": "收尾",
    }
    answer = there_is.post(page, form)
    assert answer.status_code == 422
    assert "六" in answer.text and "收尾" in answer.text
    assert there_is.post(page, form | {"ahead": "6", "rights": ["votes", "nonsense"]}).status_code == 302
    duty.tick(Hand("t", clock.now), lambda group, now: Around())
    shown = there_is.get(page).text
    assert "从没轮过" in shown
    assert "<script>alert" not in shown and "&lt;script&gt;" in shown
    assert "收尾" in shown
    assert there_is.get(reverse("duty", args=[there.workspace.slug])).status_code == 200
    assert there_is.get(reverse("duty_csv", args=[there.workspace.slug])).getvalue()


def test_staff_name_swap_cover_judge_and_call_off(rota, there, people, boss):
    page, there_is = reverse("group_duty", args=[there.pk]), browser(boss)
    one, two = Shift.objects.filter(group=there, starts__gt=clock.now()).order_by("begins")[:2]
    for shift, who in ((one, people[1]), (two, people[2])):
        there_is.post(page, {"do": "name", "shift": shift.pk, "who": who.name, "agreed": "yes"})
    there_is.post(page, {"do": "swap", "shift": one.pk, "other": two.pk})
    one.refresh_from_db()
    assert one.person_id == people[2].person_id
    there_is.post(page, {"do": "cover", "shift": one.pk, "who": "小熊", "first": one.begins, "last": one.begins})
    row = Exchange.objects.get(shift=one, other=None)
    assert row.state == "yes"
    assert "小熊" in there_is.get(page).text
    there_is.post(page, {"do": "off", "which": row.pk})
    row.refresh_from_db()
    assert row.state == "no"
    for nonsense in (
        {"do": "name", "shift": one.pk, "who": "没有这个人"},
        {"do": "cover", "shift": one.pk, "who": "小熊", "first": "x", "last": "y"},
        {"do": "swap", "shift": one.pk, "other": one.pk},
        {"do": "judge", "shift": one.pk, "said": "no"},
        {"do": "rm -rf"},
        {"do": "off", "which": "1"},
    ):
        answer = there_is.post(page, nonsense, follow=True)
        assert answer.status_code == 200
        assert 'class="notice"' in answer.text


def test_an_assistant_sees_the_rota_and_changes_nothing(rota, there, people):
    there_is = browser(hire(there.workspace, "assistant"))
    page = reverse("group_duty", args=[there.pk])
    shown = there_is.get(page)
    assert shown.status_code == 200
    assert "/m/" not in shown.text, "personal links are for who plans alone"
    assert there_is.post(page, {"do": "rule"}).status_code == 403


def test_gaps_are_found_behind_any_number_of_groups_without_one(rota, there, boss, monkeypatch):
    monkeypatch.setattr(duty_page, "SHOWN", 2)
    full = [group_of(there.workspace, f"甲群 {n}") for n in range(3)]
    Rota.objects.bulk_create(Rota(group=group, created=clock.now()) for group in full)
    page = browser(boss).get(reverse("duty", args=[there.workspace.slug]), {"only": "vacant"}).content.decode()
    assert there.name in page and "甲群" not in page
    Shift.objects.filter(group=there).update(state=SET, person=Identity.objects.filter(group=there).first().person)
    page = browser(boss).get(reverse("duty", args=[there.workspace.slug]), {"only": "vacant"}).content.decode()
    assert "没有空缺" in page


def test_a_member_says_yes_on_the_phone(rota, there, people):
    shift = Shift.objects.filter(group=there, starts__gt=clock.now()).order_by("begins").first()
    who = next(p for p in people if p.person_id == shift.person_id)
    assert "愿意" in phone().get(link(who)).text
    other = next(p for p in people if p != who)
    assert send(other, do="yes", shift=shift.pk).status_code == 409
    assert send(who, do="yes", shift=shift.pk).status_code == 302
    shift.refresh_from_db()
    assert shift.state == SET
    assert send(who, do="no", shift=shift.pk).status_code == 302
    shift.refresh_from_db()
    assert shift.person_id != who.person_id


def test_a_name_given_at_a_door_opens_no_powers(running, people):
    answer = phone().get(link(people[0], code.named))
    assert answer.status_code == 403
    assert send(people[0], code.named, do="vote", title="占领", options="是\n否").status_code == 403
    assert not Activity.objects.exists()


def test_powers_are_of_who_is_on_duty_and_end_with_the_shift(running, there, people, monkeypatch):
    vote = {"do": "vote", "title": "周末去哪", "options": "公园\n河边", "key": "k"}
    assert send(people[1], **vote).status_code == 409
    assert send(people[0], **vote).status_code == 302
    assert send(people[0], **vote).status_code == 302
    assert Activity.objects.get().title == "周末去哪", "sent twice, opened once"
    for key in "ab":
        assert send(people[0], **vote | {"key": key}).status_code == 302
    full = send(people[0], **vote | {"key": "c"})
    assert full.status_code == 409
    assert "河边" in phone().get(link(people[0])).text or "三" in full.text
    assert Activity.objects.count() == 3
    running.refresh_from_db()
    late = running.ends
    monkeypatch.setattr(clock, "now", lambda: late)
    for form in (vote | {"key": "d"}, {"do": "chore", "line": "问好", "said": "yes"}, {"do": "read"}):
        assert send(people[0], **form).status_code == 409
    assert Activity.objects.count() == 3


def test_who_left_has_no_page(running, people):
    Membership.objects.filter(identity=people[0]).update(left=clock.now())
    assert phone().get(link(people[0])).status_code == 410
    assert send(people[0], do="vote", title="我", options="是\n否").status_code == 410


def task(there, **more):
    now = clock.now()
    values = {"title": "贴公告", "key": str(more), "due": now + timedelta(minutes=1), "created": now}
    row = Task(workspace=there.workspace, group=there, **{**values, **more})
    row.save(force_insert=True)
    return row


def test_only_tasks_that_are_nobodys_are_lent(running, there, people, boss):
    free, owned = task(there, proof="text"), task(there, who=boss.account, title="老板的事")
    elsewhere = task(group_of(there.workspace, "别的群"), title="别处的事")
    shown = phone().get(link(people[0])).text
    assert "贴公告" in shown
    assert "老板的事" not in shown and "别处的事" not in shown
    for row in (owned, elsewhere):
        assert send(people[0], do="task", which=row.pk, text="x").status_code == 409
    assert send(people[0], do="task", which=free.pk, text="").status_code == 409
    assert send(people[0], do="task", which=free.pk, text="贴好了\0").status_code == 302
    free.refresh_from_db()
    assert (free.state, free.said) == ("done", "贴好了")
    assert Deed.objects.filter(kind="duty.task", person=people[0].person).count() == 1
    assert send(people[1], do="task", which=task(there).pk).status_code == 409


def test_the_sheet_is_read_by_the_next_and_kept(running, there, people, boss):
    earlier = Shift.objects.create(
        rota=running.rota,
        group=there,
        begins=running.begins - timedelta(days=7),
        starts=running.starts - timedelta(days=7),
        ends=running.starts,
        person=people[1].person,
        state=SET,
        created=clock.now(),
    )
    handover.write(earlier, "小心 <b>老周</b>", by=boss.account, now=clock.now())
    shown = phone().get(link(people[0])).text
    assert "小心 &lt;b&gt;老周" in shown
    assert send(people[0], do="chore", line="问好", said="yes").status_code == 302
    assert send(people[0], do="chore", line="没有这条", said="yes").status_code == 409
    assert send(people[0], do="read").status_code == 302
    assert Handover.objects.get(shift=earlier).reader_id == people[0].person_id
    assert "老周" in browser(boss).get(reverse("duty_sheets", args=[there.pk])).text
    assert send(people[0], do="sheet", shift=running.pk, text="交给你了").status_code == 302
    assert send(people[2], do="sheet", shift=running.pk, text="不是我").status_code == 409


@pytest.mark.parametrize(
    "form",
    [
        {"do": "swap", "shift": "x", "other": "y"},
        {"do": "answer", "which": "00000000-0000-0000-0000-000000000000", "said": "yes"},
        {"do": "wish", "kind": "king", "holds": "yes"},
        {"do": "wish", "kind": "blocked", "week": "0001-01-01", "holds": "yes"},
        {"do": "question", "which": "1"},
        {"do": "cover", "who": "\0", "first": "2026-99-99"},
        {"do": ""},
    ],
)
def test_nonsense_changes_nothing(running, people, form):
    before = Entry.objects.count()
    assert send(people[1], **form).status_code == 409
    assert Entry.objects.count() == before
