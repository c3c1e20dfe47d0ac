"""Runs in the console: what would happen, started once, seen on a board and a calendar, changed with a reason."""

import re
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from at_work import browser, group, hire
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from stage import jpeg, member
from test_run import BOOK, DAY, begun, moment, step, tick

from huoqun.base import clock
from huoqun.people import audit, task, view
from huoqun.people.group import Group
from huoqun.people.outbox import Outgoing
from huoqun.people.picture import Picture
from huoqun.people.task import Task
from huoqun.people.workspace import add, local
from huoqun.playbooks import calendar, fit, library, offered, rehearsal, run_board, starting, starting_many, steering
from huoqun.playbooks.run import DueStep, Edition, Run, edition_of, runs_for

pytestmark = pytest.mark.django_db(transaction=True)
SOON = (clock.now() + timedelta(days=3)).date()


@pytest.fixture
def here():
    return group(local(now=clock.now()))


@pytest.fixture
def boss(here):
    return hire(here.workspace)


@pytest.fixture
def client(boss):
    return browser(boss)


@pytest.fixture
def kept(here):
    """The small playbook of tests/test_run is on offer in the workspace."""
    return edition_of(here.workspace, BOOK, by=None, now=clock.now())


def new(here):
    return reverse("run_new", args=[here.workspace.slug])


def form(kept, *groups, do="start", **more):
    told = {"playbook": kept.book, "key": uuid4().hex, "where": "some", "groups": [g.pk for g in groups]}
    return told | {"begins": SOON.isoformat(), "do": do} | more


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


# -- what would happen


def test_the_shelf_shows_every_playbook_and_those_that_fit_first(client, here):
    Group.objects.filter(pk=here.pk).update(type="learning", stage="silent")
    page = text(client.get(f"{new(here)}?group={here.pk}"))
    assert all(f"playbook={name}" in page for name, _text in library.texts())
    first = page.index("适合这个群")
    heads = [offer.head for offer in offered.offered(here.workspace).values()]
    fitting = sum("learning" in head["fits"] and "silent" in head["stages"] for head in heads)
    assert page.count("适合这个群") == fitting > 0
    assert first < page.index("playbook=crisis")


def test_a_dry_run_says_when_what_and_to_whom_and_writes_nothing(client, here, kept):
    page = text(client.post(new(here), form(kept, here, do="look", **{"role-host": ""})))
    assert "20:00" in page
    assert f"{here.name}，今晚开始，送书。" in page, "the words as they would be said"
    assert "没有人担任" in page, "a role nobody is"
    assert "〈来了几位〉" in page, "what only the run will know is named"
    assert "在 1 个群里启动" in page
    assert not Run.objects.exists()
    assert not Outgoing.objects.exists()


def test_a_rehearsal_names_the_people_it_would_choose_today(here):
    for name in ("阿明", "小兰", "老周"):
        member(here, name)
    offer = offered.offered(here.workspace)["revival-week"]
    book, words = offer.playbook, offer.text
    values = {"city": "杭州", "place": "湖边", "theme": "", "cost": "60"}
    seen = rehearsal.rehearse(here, book, words, begins=SOON, values=values, people={}, now=clock.now())
    assert {each.step.id for each in seen} == {s.id for s in book.steps}, "every step is foreseen"
    asked = [each.meant for each in seen if each.meant]
    assert any(m.many is None for m in asked), "whoever will have answered is known to nobody yet"
    assert all(m.many == len(m.names) for m in asked if m.many is not None and m.many <= rehearsal.NAMED)


def test_concerns_of_many_groups_are_those_of_each(here, kept):
    others = [group(here.workspace, f"群{n}") for n in range(4)]
    Group.objects.filter(pk=others[0].pk).update(type="benefits", stage="silent")
    Group.objects.filter(pk=others[1].pk).update(zone="Europe/Berlin")
    begun(others[2])
    everyone = list(Group.objects.order_by("name"))
    now = moment(1, 9)
    told = fit.of_groups(everyone, kept.playbook, DAY, {}, now=now)
    assert told == {g.pk: fit.concerns(g, kept.playbook, DAY, {}, now=now) for g in everyone}
    assert [c.id for c in told[others[2].pk]][0] == "same_run"


def test_all_that_match_are_those_of_its_type_stage_and_size(here, kept, client):
    book = kept.playbook
    for n in range(3):
        row = group(here.workspace, f"合适{n}")
        Group.objects.filter(pk=row.pk).update(type=book.fits[0], stage=book.stages[0])
        for who in range(book.size.least):
            member(row, f"{n}-{who}")
    assert {g.name for g in fit.matching(Group.objects.all(), book)} == {"合适0", "合适1", "合适2"}
    client.post(new(here), form(kept, where="match"))
    assert set(Run.objects.values_list("group__name", flat=True)) == {"合适0", "合适1", "合适2"}


def test_a_saved_view_of_the_list_says_where(here, kept, client, boss):
    group(here.workspace, "读书一")
    row = view.keep(here.workspace, boss.account, name="读书", query="q=读书", now=clock.now())
    client.post(new(here), form(kept, where="view", view=row.pk))
    assert [run.group.name for run in Run.objects.all()] == ["读书一"]


# -- the start


def test_a_double_click_starts_once_and_another_form_again(client, here, kept):
    told = form(kept, here)
    first, second = client.post(new(here), told), client.post(new(here), told)
    (run,) = Run.objects.all()
    assert first["location"] == second["location"] == reverse("run", args=[run.pk])
    client.post(new(here), told | {"begins": (SOON + timedelta(days=9)).isoformat()})
    assert Run.objects.count() == 2, "the same form, changed, is another start"


def test_many_groups_begin_as_one_group_does(here, kept, boss):
    groups = [group(here.workspace, f"群{n}") for n in range(5)]
    Group.objects.filter(pk=groups[0].pk).update(zone="America/New_York")
    groups = list(Group.objects.filter(pk__in=[g.pk for g in groups]).select_related("workspace"))
    hears = "{id: hello, title: {zh: 迎新, en: Hello}, at: when joined, do: say, text: {zh: 来了, en: Hi}}"
    kept = edition_of(here.workspace, f"{BOOK.rstrip()}\n  - {hears}\n", by=None, now=clock.now())
    common = {"begins": SOON, "values": {"gift": "茶"}, "people": {"host": boss.account_id}, "by": boss.account}
    key, now = uuid4(), clock.now()
    runs = starting_many.start_all(groups, kept, together=key, now=now, **common)
    assert runs.count() == 5
    assert starting_many.start_all(groups, kept, together=key, now=now, **common).count() == 5
    assert Run.objects.count() == 5
    for row in groups:
        alone = starting.start(row, kept, now=now, **common)
        told = [
            list(
                run.steps.order_by("place", "turn").values_list(
                    "step", "turn", "place", "planned", "due", "next", "state", "until"
                )
            )
            for run in (alone, runs.get(group=row))
        ]
        assert told[0] == told[1]
        assert len(told[0]) > 5
    assert audit.entries(here.workspace).filter(what="run.start").count() == 10
    names = ("language", "values", "people", "begins", "book", "state", "paths", "numbers", "by_id")
    both = [[getattr(run, name) for name in names] for run in Run.objects.filter(group=groups[1])]
    assert both[0] == both[1]


def test_groups_are_left_out_by_hand_and_by_what_speaks_against_them(client, here, kept):
    one, two, three = (group(here.workspace, f"群{n}") for n in range(3))
    begun(two, begins=SOON, now=clock.now())
    page = text(client.post(new(here), form(kept, one, two, three, do="look", without="same_run", out=[one.pk])))
    assert "在 1 个群里启动" in page
    client.post(new(here), form(kept, one, two, three, without="same_run", out=[one.pk]))
    assert [r.group.name for r in Run.objects.exclude(together=None)] == [three.name]
    refused = client.post(new(here), form(kept, one, out=[one.pk]))
    assert refused.status_code == 422
    assert "每个群都被排除了" in text(refused)


def test_an_error_keeps_everything_that_was_typed(client, here):
    edition = edition_of(here.workspace, dict(library.texts())["camp-7"], by=None, now=clock.now())
    book = edition.playbook
    links = [name for name, v in book.variables.items() if v.kind == "link"]
    told = form(edition, here, begins="2020-01-01", **{f"var-{links[0]}": "javascript:alert(1)"})
    answer = client.post(new(here), told)
    page = text(answer)
    assert answer.status_code == 422
    assert "javascript:alert(1)" in page
    assert 'value="2020-01-01"' in page
    assert "已经过去" in page
    assert "https://" in page
    assert f'value="{here.pk}" checked' in page
    assert not Run.objects.exists()


@pytest.mark.parametrize("broken", [{"begins": "x"}, {"groups": "\0"}, {"where": "view", "view": "?"}, {"key": "no"}])
def test_nonsense_is_answered_in_words(client, here, kept, broken):
    answer = client.post(new(here), form(kept, here) | broken)
    assert answer.status_code == (302 if "key" in broken else 422)


def test_groups_of_others_are_not_started_in(here, kept):
    theirs = group(add(name="他们", zone="Asia/Shanghai", now=clock.now()))
    mine, other = group(here.workspace, "我的"), here
    who = browser(hire(here.workspace, "group_admin", groups=[mine]))
    assert who.post(new(here), form(kept, theirs, other)).status_code == 422
    who.post(new(here), form(kept, theirs, other, mine))
    assert [r.group.name for r in Run.objects.all()] == ["我的"]
    assert browser(hire(here.workspace, "host", groups=[mine])).get(new(here)).status_code == 403


def test_a_picture_that_is_asked_for_is_taken_once_and_goes_with_the_start(client, here):
    asks = "variables:\n  photo: {ask: {zh: 海报, en: Poster}, kind: picture}\n"
    edition = edition_of(here.workspace, BOOK.replace("variables:\n", asks), by=None, now=clock.now())
    refused = client.post(new(here), form(edition, here, do="look"))
    assert refused.status_code == 422
    page = text(client.post(new(here), form(edition, here, do="look", **{"var-photo": upload()})))
    (kept,) = Picture.objects.all()
    assert f'name="var-photo" value="{kept.pk.hex}"' in page, "it need not be sent again"
    client.post(new(here), form(edition, here, **{"var-photo": kept.pk.hex}))
    assert Run.objects.get().values["photo"] == kept.pk.hex
    assert Picture.objects.count() == 1
    wrong = client.post(new(here), form(edition, here, **{"var-photo": uuid4().hex}))
    assert wrong.status_code == 422, "of this workspace alone"


def upload():
    return SimpleUploadedFile("海报.jpg", jpeg(), content_type="image/jpeg")


# -- the list


def test_the_list_folds_what_began_together_and_puts_trouble_first(client, here, kept, boss):
    groups = [group(here.workspace, f"群{n}") for n in range(3)]
    client.post(new(here), form(kept, *groups))
    run = begun(here)
    tick(moment(1, 20), moment(2, 10))
    page = text(client.get(reverse("runs", args=[here.workspace.slug])))
    assert "共 3 个群" in page
    assert page.index("需要看一看") < page.index("共 3 个群")
    assert page.partition("run-list")[2].count("<li><a href=") == 2
    together = Run.objects.exclude(together=None).first().together
    whole = text(client.get(f"{reverse('runs', args=[here.workspace.slug])}?together={together.hex}"))
    assert all(g.name in whole for g in groups)
    assert f"/runs/{run.pk}/" not in whole
    for query in ("state=look", "state=running&q=群1", f"playbook={kept.book}", f"group={here.pk}", "order=group"):
        assert client.get(f"{reverse('runs', args=[here.workspace.slug])}?{query}").status_code == 200
    sheet = b"".join(client.get(reverse("runs_csv", args=[here.workspace.slug])).streaming_content).decode()
    assert sheet.count("\n") == 5


def test_who_is_limited_sees_the_runs_of_their_groups_only(here, kept):
    other = group(here.workspace, "别人的群")
    mine, theirs = begun(here), begun(other)
    who = browser(hire(here.workspace, "host", groups=[here]))
    for address in (reverse("runs", args=[here.workspace.slug]), reverse("calendar", args=[here.workspace.slug])):
        page = text(who.get(f"{address}?first=2026-03-02"))
        assert here.name in page
        assert other.name not in page
    assert who.get(reverse("run", args=[mine.pk])).status_code == 200
    assert who.get(reverse("run", args=[theirs.pk])).status_code == 404
    assert who.post(reverse("run_go", args=[mine.pk]), {"do": "stop", "why": "x"}).status_code == 403
    crossed = reverse("run_step", args=[mine.pk, theirs.steps.first().pk])
    assert who.get(crossed)["location"] == reverse("run", args=[mine.pk]), "a step of another run is not there"


# -- the board


def test_the_board_says_how_a_run_stands_in_one_sentence(here, client, boss, monkeypatch):
    run = begun(here, people={"host": boss.account_id})
    tick(moment(1, 20), moment(1, 21, 30), moment(2, 9), moment(2, 10, 10), moment(2, 21))
    monkeypatch.setattr(clock, "now", lambda: moment(2, 22))
    page = text(client.get(reverse("run", args=[run.pk])))
    assert "第 2 天，共 3 天" in page
    assert "1 步等关口" in page
    assert "来了几位：不清楚，需要 ≥ 5" in page, "what the gate lacks, in numbers"
    assert "送书" in page, "the words that were said"
    board = text(client.get(reverse("run_live", args=[run.pk])))
    assert 'id="standing"' in board
    assert "<html" not in board
    assert str(boss.account) in page


def test_late_is_what_somebody_did_not_do_in_time(here, boss):
    run = begun(here, people={"host": boss.account_id})
    tick(moment(1, 20), moment(2, 10))
    call = step(run, "call")
    assert run_board.state_of(call, moment(2, 15)) == "waiting"
    assert run_board.state_of(call, moment(2, 17)) == run_board.LATELY
    early, slow = (run_board.tallies([run.pk], now)[run.pk] for now in (moment(2, 15), moment(2, 17)))
    assert (early.late, slow.late) == (0, 1), "the task; at 15:00 there was still time"
    assert early.all == slow.all == run.steps.count()
    assert runs_for(boss).filter(run_board.needing_look(moment(2, 17))).exists()


def test_steps_are_moved_left_out_and_said_otherwise_with_a_reason(here, client, boss):
    run = begun(here, begins=SOON, now=clock.now())
    row = step(run, "start")
    at = reverse("run_step", args=[run.pk, row.pk])
    assert "会说的话" in text(client.get(at))
    later = f"{SOON.isoformat()}T21:30"
    refused = client.post(at, {"do": "move", "due": later, "why": " "})
    assert refused.status_code == 422
    assert later in text(refused), "what was typed is still there"
    assert client.post(at, {"do": "move", "due": "2020-01-01T10:00", "why": "早点"}).status_code == 422
    done = client.post(at, {"do": "move", "due": later, "why": "主持有事"})
    assert done["location"] == f"{reverse('run', args=[run.pk])}#s{row.pk.hex}"
    wrong = client.post(at, {"do": "edit", "text": "大家好 {nonsense}", "why": "口吻"})
    assert wrong.status_code == 422
    assert "{nonsense}" in text(wrong)
    client.post(at, {"do": "edit", "text": "<b>大家</b>好，{group}", "why": "口吻"})
    client.post(reverse("run_step", args=[run.pk, step(run, "call").pk]), {"do": "skip", "why": "不用了"})
    page = text(client.get(reverse("run", args=[run.pk])))
    assert f"&lt;b&gt;大家&lt;/b&gt;好，{here.name}" in page
    for said in ("主持有事", "口吻", "不用了", "原定", "改了词"):
        assert said in page
    row.refresh_from_db()
    assert (row.by, row.due.astimezone(ZoneInfo(here.zone)).strftime("%H:%M")) == (boss.account, "21:30")
    assert step(run, "call").state == "skipped"
    nothing = client.post(at, {"do": "edit", "text": "<b>大家</b>好，{group}", "why": "再来"})
    assert nothing.status_code == 422
    assert client.post(at, {"do": "dance"}).status_code == 422
    assert audit.entries(here.workspace).filter(after__run=run.pk.hex).count() == 3


def test_a_gate_is_opened_and_what_went_wrong_is_tried_again(here, client, boss, monkeypatch):
    run = begun(here)
    tick(moment(1, 20), moment(2, 21))
    monkeypatch.setattr(clock, "now", lambda: moment(2, 21, 1))
    gated = step(run, "teams")
    at = reverse("run_step", args=[run.pk, gated.pk])
    assert client.post(at, {"do": "go_on", "why": ""}).status_code == 422
    client.post(at, {"do": "go_on", "why": "够热闹了"})
    tick(moment(2, 21, 2))
    assert step(run, "teams").state == "done"
    assert client.post(at, {"do": "go_on", "why": "再开"}).status_code == 409, "it is over"
    DueStep.objects.filter(run=run, step="vote").update(state="failed", next=None, why="ValueError: x")
    vote = reverse("run_step", args=[run.pk, step(run, "vote").pk])
    client.post(vote, {"do": "again"})
    assert step(run, "vote").state == "ahead"


def test_a_run_is_paused_resumed_handed_on_and_stopped(here, client, boss):
    run = begun(here, begins=SOON, now=clock.now())
    at = reverse("run_go", args=[run.pk])
    refused = client.post(at, {"do": "pause", "why": ""})
    assert refused.status_code == 422
    client.post(at, {"do": "pause", "why": "放假"})
    assert client.post(at, {"do": "pause", "why": "再停"}).status_code == 409
    assert "放假" in text(client.get(reverse("run", args=[run.pk])))
    client.post(at, {"do": "resume"})
    client.post(at, {"do": "reassign", "role": "host", "who": boss.account_id})
    assert Run.objects.get().people == {"host": boss.account_id.hex}
    assert client.post(at, {"do": "reassign", "role": "king", "who": ""}).status_code == 422
    outsider = hire(add(name="他们", zone="Asia/Shanghai", now=clock.now()), email="x@example.org")
    assert client.post(at, {"do": "reassign", "role": "host", "who": outsider.account_id}).status_code == 422
    client.post(at, {"do": "stop", "why": "群没了"})
    page = text(client.get(reverse("run", args=[run.pk])))
    assert Run.objects.get().state == "stopped"
    assert "群没了" in page
    assert client.post(at, {"do": "resume"}).status_code == 409


def test_a_newer_version_is_told_and_changes_nothing(here, client):
    run = begun(here)
    before = list(run.steps.values_list("step", "due"))
    edition_of(here.workspace, BOOK.replace("version: 1", "version: 2"), by=None, now=clock.now())
    page = text(client.get(reverse("run", args=[run.pk])))
    assert "已有第 2 版" in page
    assert list(run.steps.values_list("step", "due")) == before
    assert Run.objects.get().edition.version == 1
    assert offered.offered(here.workspace)[run.book].version == 2


def test_the_page_of_a_group_shows_what_goes_on_and_what_comes_next(here, client):
    address = reverse("group_runs", args=[here.pk])
    assert "还没有跑过打法" in text(client.get(address))
    run = begun(here, begins=SOON, now=clock.now())
    page = text(client.get(address))
    assert reverse("run", args=[run.pk]) in page
    assert reverse("run_step", args=[run.pk, step(run, "start").pk]) in page
    steering.stop(run, why="够了", by=hire(here.workspace).account, now=clock.now())
    assert "已停止" in text(client.get(address))


# -- the calendar


def cells(page, name):
    """The days of one group with what stands on them, in plain text."""
    row = re.search(rf"<tr><th scope=\"row\"><a[^>]*><bdi>{name}</bdi></a></th>(.*?)</tr>", page)[1]
    told = re.findall(r"<td[^>]*data-day=(\S+?)>(.*?)</td>", row)
    return {day: re.sub(r"<[^>]+>", " ", cell).split() for day, cell in told}


def test_the_calendar_has_every_step_on_the_day_of_its_group(here, client, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: moment(1, 9))
    west = group(here.workspace, "西边")
    Group.objects.filter(pk=west.pk).update(zone="America/Los_Angeles")
    west.refresh_from_db()
    begun(here)
    begun(west)
    at = reverse("calendar", args=[here.workspace.slug])
    page = client.get(f"{at}?first=2026-03-02").content.decode()
    for name in (here.name, "西边"):
        days = cells(page, name)
        assert days["2026-03-02"][:2] == ["20:00", "开始"], name
        assert "09:00" in days["2026-03-03"]
        assert list(days) == [(date(2026, 3, 2) + timedelta(days=n)).isoformat() for n in range(7)]
    only = client.get(f"{at}?first=2026-03-02&do=task").content.decode()
    assert "打电话" in only
    assert "早安" not in only
    assert client.get(f"{at}?first=2026-03-02&span=month").content.decode().count("data-day=") == 56
    for nonsense in ("first=x", "first=9999-12-31", "page=99", "span=year&do=no", "q=%00", "playbook=%00"):
        assert client.get(f"{at}?{nonsense}").status_code == 200


def test_in_the_week_the_clocks_change_steps_stay_at_their_hour(here, client, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: moment(1, 9))
    Group.objects.filter(pk=here.pk).update(zone="Europe/Berlin")
    here.refresh_from_db()
    begun(here, begins=date(2026, 3, 27), now=datetime(2026, 3, 26, 9, tzinfo=ZoneInfo("Europe/Berlin")))
    at = reverse("calendar", args=[here.workspace.slug])
    days = cells(client.get(f"{at}?first=2026-03-23").content.decode(), here.name)
    assert days["2026-03-28"][0] == days["2026-03-29"][0] == "09:00", "the 29th has 23 hours"
    assert days["2026-03-27"][0] == "20:00"


def test_what_a_group_is_called_cannot_break_the_calendar(here, client):
    Group.objects.filter(pk=here.pk).update(name="<script>alert(1)</script>\u202e\n\"'&")
    begun(Group.objects.get(pk=here.pk))
    page = client.get(f"{reverse('calendar', args=[here.workspace.slug])}?first=2026-03-02").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_calendar_of_many_groups_asks_few_questions(here, client, django_assert_max_num_queries):
    groups = [group(here.workspace, f"群{n:02}") for n in range(30)]
    edition = edition_of(here.workspace, BOOK, by=None, now=clock.now())
    told = {"values": {}, "people": {}, "together": uuid4(), "by": None, "now": clock.now()}
    starting_many.start_all(groups, edition, begins=SOON, **told)
    address = f"{reverse('calendar', args=[here.workspace.slug])}?first={SOON.isoformat()}"
    with django_assert_max_num_queries(30):
        assert client.get(address).content.decode().count('<tr><th scope="row">') == 30
    runs = Run.objects.filter(workspace=here.workspace)
    found = calendar.entries(runs, groups, SOON, 7, language="zh", now=clock.now())
    due = DueStep.objects.filter(due__isnull=False).count()
    assert sum(len(those) for days in found.values() for those in days.values()) == due > 100


def test_removing_the_workspace_leaves_no_run(here):
    begun(here)
    Edition.objects.get()
    Task.objects.create(workspace=here.workspace, group=here, title="x", key="k", due=clock.now(), created=clock.now())
    assert task.of_source(here.workspace, [""]).count() == 1
