"""The pages of content: library, calendar, held pieces, morning desk, topics, rules, digest; who may do what there."""

import io
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from at_work import browser, group, hire
from django.core.files.uploadedfile import SimpleUploadedFile
from stage import jpeg

from huoqun.base import clock
from huoqun.base.job import Hand
from huoqun.content import slot
from huoqun.content.material import Material
from huoqun.content.slot import Slot
from huoqun.people import outbox, staff
from huoqun.people.outbox import Outgoing
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def here():
    return group(local(now=clock.now()))


def at(days=1, hour=15, minute=30):
    """An hour of a day to come, as a form says it."""
    day = clock.now().astimezone(ZONE).date() + timedelta(days=days)
    return f"{day}T{hour:02}:{minute:02}"


def place(here, page=""):
    return f"/w/{here.workspace.slug}/content/{page}"


def desk(here, role="owner", **more):
    return browser(hire(here.workspace, role, **more))


def plan(here, client, **form):
    told = {"do": "plan", "text": "三步选书", "kind": "useful", "at": at(), "groups": [str(here.pk)]} | form
    return client.post(place(here), told)


def test_a_piece_is_written_found_changed_and_brought_back(here):
    boss = desk(here)
    told = {
        "do": "add",
        "title": "三步选书",
        "text": "<script>第一步</script>\n第二步",
        "kind": "useful",
        "tags": "读书，方法",
    }
    assert boss.post(place(here, "library"), told | {"picture": SimpleUploadedFile("a.jpg", jpeg())}).status_code == 302
    row = Material.objects.get()
    page = boss.get(place(here, "library"), {"q": "第一步", "kind": "useful", "tag": "读书"}).content.decode()
    assert "三步选书" in page and "&lt;script&gt;" in page and "<script>第" not in page
    boss.post(place(here, "library"), told | {"do": "change", "which": str(row.pk), "text": "改了"})
    edit = row.edits.get()
    assert "第二步" in boss.get(place(here, "library"), {"edit": str(row.pk)}).content.decode()
    boss.post(place(here, "library"), {"do": "back", "which": str(row.pk), "edit": str(edit.pk)})
    row.refresh_from_db()
    assert row.text.endswith("第二步") and row.picture is not None
    boss.post(place(here, "library"), {"do": "archive", "which": str(row.pk)})
    assert "三步选书" not in boss.get(place(here, "library")).content.decode()
    assert "三步选书" in boss.get(place(here, "library"), {"archived": "yes"}).content.decode()
    wrong = boss.post(
        place(here, "library"), {"do": "add", "kind": "useful", "link": "javascript:alert(1)", "source": "书"}
    )
    assert (wrong.status_code, "https://" in wrong.content.decode()) == (422, True)
    assert 'value="书"' in wrong.content.decode(), "what was typed is kept"


def test_many_pieces_come_in_with_the_wrong_lines_named_and_go_out_the_same(here):
    boss = desk(here)
    table = '标题,正文,类别,标签,链接\n一,"第一行\n第二行",干货,读书,\n二,,互动,,\n三,看看,奇怪,,\n四,买,带货,,https://example.org/四\n'
    answer = boss.post(place(here, "import"), {"file": SimpleUploadedFile("a.csv", table.encode("gb18030"))})
    page = answer.content.decode()
    assert "第 4 行" in page and "第 5 行" in page and "2 条" in page
    assert Material.objects.get(title="一").text == "第一行\n第二行"
    assert Material.objects.get(title="四").kind == "selling"
    body = b"".join(boss.get(place(here, "library.xlsx")).streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(body)).active
    assert {row[0].value for row in sheet.iter_rows(min_row=2)} == {"一", "四"}
    again = boss.post(place(here, "import"), {"file": SimpleUploadedFile("b.xlsx", body)})
    assert "2 行" in again.content.decode() and Material.objects.count() == 2
    for bad in (b"", b"x" * 100, b"a,b\n1,2\n", b"\x00\xff" * 50):
        assert boss.post(place(here, "import"), {"file": SimpleUploadedFile("c.csv", bad)}).status_code == 422


def test_an_editor_proposes_and_a_planner_approves(here):
    editor, planner = desk(here, "editor"), desk(here, "planner")
    assert plan(here, editor).status_code == 302
    row = Slot.objects.get()
    assert row.state == "proposed"
    for do in ({"do": "approve", "which": str(row.pk)}, {"do": "approve_all", "each": str(row.pk)}):
        editor.post(place(here), do)
        row.refresh_from_db()
        assert row.state == "proposed"
    planner.post(place(here), {"do": "approve", "which": str(row.pk)})
    row.refresh_from_db()
    assert (row.state, row.approver.name) == ("approved", hire(here.workspace, "planner").account.name)
    page = planner.get(place(here), {"week": f"{row.at.astimezone(ZONE):%Y-%m-%d}"}).content.decode()
    assert "三步选书" in page and "15:30" in page and "已批准" in page
    slot.tick(Hand("one", lambda: row.at))
    outbox.done(Outgoing.objects.get(), by=hire(here.workspace).account, now=row.at)
    page = planner.get(place(here), {"week": f"{row.at.astimezone(ZONE):%Y-%m-%d}"}).content.decode()
    assert "slot useful sent" in page


def test_a_piece_is_moved_by_dragging_and_told_why_not(here):
    boss, other = desk(here), group(here.workspace, "第二个群")
    plan(here, boss)
    row = Slot.objects.get()

    def move(**form):
        told = {"do": "move", "which": str(row.pk)} | form
        answer = boss.post(place(here), told, headers={"accept": "application/json"})
        row.refresh_from_db()
        return answer.status_code, answer.json()

    assert move(day=at(3)[:10], group=str(other.pk))[0] == 200
    assert (row.group, f"{row.at.astimezone(ZONE):%Y-%m-%dT%H:%M}") == (other, at(3))
    plan(here, boss, at=at(2))
    status, said = move(day=at(2)[:10], group=str(here.pk))
    assert status == 409 and "16:00" in said["wrong"] and row.group == other
    assert move(day="x")[0] == 409
    assert move(which="x", day=at(2)[:10])[0] == 404


def test_who_is_limited_to_a_group_plans_nowhere_else(here):
    other = group(here.workspace, "别的群")
    member = hire(here.workspace, "editor", email="only@example.org")
    plan(other, desk(other), text="秘密")
    limited = desk(here, "host", groups=[here])
    page = limited.get(place(here)).content.decode()
    assert "别的群" not in page and "秘密" not in page
    assert limited.post(place(here), {"do": "plan"}).status_code == 403
    assert staff.groups_for(member).count() == 2


def test_what_is_typed_stays_when_there_is_no_room(here):
    boss = desk(here)
    plan(here, boss)
    answer = plan(here, boss, text="第二条")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "第二条" in page and "16:00" in page
    for form in ({"at": "x"}, {"groups": []}, {"kind": "?"}, {"text": ""}, {"at": "2020-01-01T10:00"}):
        assert plan(here, boss, **form).status_code == 422
    assert Slot.objects.count() == 1
    assert plan(here, boss, urgent="yes").status_code == 302


def test_what_the_guard_holds_is_seen_with_its_reasons_and_let_out_with_one(here):
    boss, editor = desk(here), desk(here, "editor")
    row = outbox.say(here, "特价", what="step.selling", key="k", now=clock.now())
    page = boss.get(place(here)).content.decode()
    assert "特价" in page and "前 7 天" in page and "需求" in page
    editor.post(place(here), {"do": "release", "which": str(row.pk), "why": "我说的"})
    assert boss.post(place(here), {"do": "release", "which": str(row.pk)}).status_code == 422
    row.refresh_from_db()
    assert row.state == "held"
    boss.post(place(here), {"do": "release", "which": str(row.pk), "why": "老板的生日"})
    row.refresh_from_db()
    assert row.state == "waiting"


@pytest.mark.parametrize("week", ["", "2026-03-29", "0001-01-01", "9999-12-31", "x", "2026-02-30"])
def test_any_week_can_be_asked_for(here, week):
    assert desk(here).get(place(here), {"week": week}).status_code == 200


def test_a_calendar_of_many_groups_asks_little(here, django_assert_max_num_queries):
    boss = desk(here)
    there = [here, *(group(here.workspace, f"群{n:02}") for n in range(24))]
    now = datetime(2026, 3, 2, 4, tzinfo=ZONE)
    for one in there:
        for n in range(3):
            slot.plan(one, text="早", at=now + timedelta(hours=6 + n), kind="useful", by=None, now=now)
    with django_assert_max_num_queries(45):
        page = boss.get(place(here), {"week": "2026-03-02"}).content.decode()
    assert page.count('data-slot="') == 75
