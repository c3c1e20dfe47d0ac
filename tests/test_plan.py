"""What a team keeps of a group: the tree, the shared goal and its counter, who looks after it, the research file."""

from datetime import date, timedelta

import pytest
from at_work import browser, group, hire, owner

from huoqun.base import clock
from huoqun.people import audit, branch, goal, research
from huoqun.people.branch import Branch
from huoqun.people.goal import Count
from huoqun.people.research import Study
from huoqun.people.workspace import add, local

pytestmark = pytest.mark.django_db(transaction=True)
NOW = clock.now()
PLACE = {"kind": "", "layout": "", "place": "", "way": "", "by": None, "now": NOW}


@pytest.fixture
def home():
    return local(now=NOW)


@pytest.fixture
def client(home):
    return owner()


def put(child, parent):
    branch.settle(child, parent=parent, **PLACE)


def test_a_branch_moves_with_all_under_it_and_never_into_a_circle(home):
    a, b, c, d = (group(home, name) for name in "甲乙丙丁")
    put(b, a)
    put(c, b)
    put(a, d)
    assert Branch.objects.get(group=c).path.split("/") == [g.pk.hex for g in (d, a, b, c)]
    for below in (a, b, c):
        with pytest.raises(branch.Circle):
            put(a, below)
    put(b, None)
    assert set(branch.parents(b)) == {a, d}
    with pytest.raises(branch.BadPlace):
        put(a, group(add(name="别家", zone="Asia/Shanghai", now=NOW), "外人"))


def test_a_tree_grows_no_deeper_than_a_head_can_keep(home):
    rows = [group(home, str(i)) for i in range(branch.DEEPEST + 1)]
    for above, below in zip(rows[:-2], rows[1:-1], strict=True):
        put(below, above)
    with pytest.raises(branch.BadPlace):
        put(rows[-1], rows[-2])


@pytest.mark.parametrize(
    ("people", "known", "way"),
    [(30, None, "intensive"), (200, 0.4, "strategic"), (200, None, "strategic"), (200, 0.05, "targeted"),
     (500, 0.9, "targeted")],
)  # fmt: skip
def test_the_way_of_running_follows_size_and_knowledge(people, known, way):
    assert branch.proposed(people, known).way == way


def test_the_list_narrows_to_a_branch_and_the_tree_shows_it(client, home):
    a, b, c = (group(home, f"{name}群") for name in ("总部", "上海", "读书"))
    answer = client.post(f"/groups/{b.pk}/plan/place", {"parent": str(a.pk), "kind": "local", "place": "上海"})
    assert answer.status_code == 302
    page = client.get(f"/w/local/?branch={a.pk}").content.decode()
    assert page.count('<a class="group"') == 2
    assert c.name not in page
    page = client.get("/w/local/tree").content.decode()
    assert "上海群" in page
    assert c.name not in page
    answer = client.post(f"/groups/{a.pk}/plan/place", {"parent": str(b.pk)})
    assert answer.status_code == 422
    assert "不能归在自己下面" in answer.content.decode()


def test_the_counter_is_shown_to_whoever_opens_the_group(client, home):
    row = group(home)
    plan = f"/groups/{row.pk}/plan"
    client.post(f"{plan}/goal", {"text": "一起读完一千本书", "target": "1,000", "unit": "本", "until": "2099-01-01"})
    client.post(f"{plan}/count", {"amount": "250", "day": "2026-01-02", "note": "第一周"})
    client.post(f"{plan}/count", {"amount": "-50", "day": "2026-01-03", "note": "数错了"})
    page = browser(hire(home, "host", groups=[row])).get(f"/groups/{row.pk}/").content.decode()
    assert "一起读完一千本书" in page
    assert "<b>200</b> / 1,000" in page
    assert "20%" in page
    client.post(f"{plan}/count/{Count.objects.get(amount=-50).pk}/remove")
    assert "<b>250</b> / 1,000" in client.get(plan).content.decode()
    for bad in ("0", "nan", "inf", "x", "1e99", ""):
        assert client.post(f"{plan}/count", {"amount": bad, "day": "2026-01-02"}).status_code == 422
    assert client.post(f"{plan}/goal", {"text": "x", "target": "0"}).status_code == 422
    client.post(f"{plan}/goal/end")
    assert "一起读完一千本书" not in client.get(f"/groups/{row.pk}/").content.decode()
    whats = [e.what for e in audit.entries(home)]
    assert whats == ["goal.end", "goal.uncount", "goal.count", "goal.count", "goal.set"]


def test_an_activity_that_feeds_the_counter_twice_counts_once(home):
    row = group(home)
    goal.aim(row, text="打卡", target=100, unit="次", until=None, by=None, now=NOW)
    for _ in range(2):
        goal.count(row, 3, day=date(2026, 1, 1), source="challenge", key="42", now=NOW)
    assert goal.progress(goal.goal_of(row), today=date(2026, 1, 2)).done == 3


def test_who_looks_after_a_group_finds_it(client, home):
    row, other = group(home, "我的群"), group(home, "别的群")
    planner = hire(home, "planner")
    client.post(f"/groups/{row.pk}/plan/carer", {"carer": str(planner.account_id)})
    page = browser(planner).get("/w/local/?carer=me").content.decode()
    assert "我的群" in page
    assert other.name not in page
    assert other.name in browser(planner).get("/w/local/?carer=nobody").content.decode()


def test_the_research_file_says_what_is_overdue_and_gives_back_what_was_removed(client, home):
    late = (NOW - timedelta(days=3)).date().isoformat()
    client.post("/w/local/research", {"kind": "rival", "title": "隔壁读书会", "due": late, "text": "每周三\n晚上"})
    client.post("/w/local/research", {"kind": "interview", "title": "访谈老王"})
    page = client.get("/w/local/research").content.decode()
    assert "1 条逾期" in page
    assert page.index("隔壁读书会") < page.index("访谈老王")
    row = Study.objects.get(kind="rival")
    client.post(f"/research/{row.pk}/done")
    assert "条逾期" not in client.get("/w/local/research").content.decode()
    assert "隔壁读书会" in client.get("/w/local/research.csv?state=done").content.decode()
    client.post(f"/research/{row.pk}/remove")
    assert "隔壁读书会" not in client.get("/w/local/research.csv").content.decode()
    assert "已于" in client.get("/w/local/research").content.decode()
    client.post(f"/research/{row.pk}/remove", {"back": "yes"})
    assert "隔壁读书会" in client.get("/w/local/research.csv").content.decode()
    client.post(f"/research/{row.pk}/remove")
    research.sweep(clock.now() + timedelta(hours=2))
    assert not Study.objects.filter(pk=row.pk).exists()
    for bad in (
        {"kind": "x", "title": "t"},
        {"kind": "rival", "title": " "},
        {"kind": "rival", "title": "t", "due": "x"},
    ):
        answer = client.post("/w/local/research", bad | {"text": "写了很久的话"})
        assert answer.status_code == 422
        assert "写了很久的话" in answer.content.decode()


def test_who_is_limited_to_groups_sees_and_writes_only_of_them(client, home):
    mine, other = group(home, "我的群"), group(home, "别的群")
    for row, title in ((mine, "看得见"), (other, "看不见"), (None, "全局的")):
        client.post("/w/local/research", {"kind": "rival", "title": title, "group": str(row.pk) if row else ""})
    admin = browser(hire(home, "group_admin", groups=[mine]))
    page = admin.get("/w/local/research").content.decode()
    assert "看得见" in page
    assert "看不见" not in page
    assert "全局的" not in page
    for place in ("", str(other.pk)):
        assert admin.post("/w/local/research", {"kind": "rival", "title": "t", "group": place}).status_code == 422
