"""Lists of people from spreadsheets: read in any encoding, looked at, taken whole or not at all, undone."""

import io

import openpyxl
import pytest
from at_work import browser, hire
from django.core.files.uploadedfile import SimpleUploadedFile
from test_history import row
from test_person import NOW, filled

from huoqun.base import clock
from huoqun.people import deed, profile
from huoqun.people.audit import entries
from huoqun.people.person import Identity
from huoqun.people.profile import Fact, Tag
from huoqun.people.roll import Roll
from huoqun.people.tally import Tally
from huoqun.people.workspace import add

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = [
    ["微信号", "昵称", "所在城市", "标签", "备注栏"],
    ["u1", "", "佛山", "老朋友，爱跑步", "x"],
    ["", "小鱼", "广州", "", "y"],
    ["", "", "", "", ""],
    ["u77", "新来的", "上海", "老朋友", "z"],
]


@pytest.fixture
def here():
    workspace = add(name="我们", zone="Asia/Shanghai", now=NOW)
    return filled(
        workspace,
        "读书群",
        [row(1, sender="u1", name="阿明"), row(2, sender="u2", name="小鱼"), row(3, sender="u3", name="小鱼")],
    )


@pytest.fixture
def client(here):
    return browser(hire(here.workspace))


def text(encoding="utf-8", separator=","):
    return "\r\n".join(separator.join(line) for line in TABLE).encode(encoding)


def book():
    made, out = openpyxl.Workbook(), io.BytesIO()
    for line in TABLE:
        made.active.append(line)
    made.save(out)
    return out.getvalue()


def give(client, here, data=None, name="名单.csv"):
    file = SimpleUploadedFile(name, text() if data is None else data)
    return client.post(f"/w/{here.workspace.slug}/people/import", {"group": str(here.pk), "file": file})


def form(**more):
    return {"c0": "account", "c1": "name", "c2": "city", "c3": "tag", "c4": ""} | more


def state():
    return (
        set(Fact.objects.values_list("person", "field", "text")),
        set(Tag.objects.values_list("person", "text")),
        set(Identity.objects.values_list("account", "name")),
    )


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (text(), "a.csv"),
        (text("utf-8-sig"), "a.csv"),
        (text("gb18030"), "a.csv"),
        (text("utf-16"), "a.csv"),
        (text(separator="\t"), "a.tsv"),
        (text(separator=";"), "a.csv"),
        (book(), "a.xlsx"),
    ],
)
def test_a_list_is_read_in_every_usual_form_and_its_columns_guessed(here, client, data, name):
    page = client.get(give(client, here, data, name)["location"])
    assert [meant for _, _, meant, _ in page.context["columns"]] == ["account", "name", "city", "tag", ""]
    assert [(f.line, f.why, f.cell) for f in page.context["plan"].faults] == [
        (3, "ambiguous", "小鱼"),
        (5, "unknown", "u77"),
    ]


def test_nothing_is_half_done_and_a_second_time_changes_nothing(here, client):
    at = give(client, here)["location"]
    before = state()
    assert client.post(at, form(do="take", add="1")).status_code == 422
    assert state() == before
    assert not entries(here.workspace).filter(what="roll.take").exists()
    assert client.post(at, form(do="take", add="1", skip="1")).status_code == 302
    ming = Identity.objects.get(account="u1").person
    assert {s.text for s in profile.sayings(ming, "tag")} == {"老朋友", "爱跑步"}
    city = Fact.objects.get(person=ming)
    assert (city.field, city.text, city.source) == ("city", "佛山", "名单.csv")
    stranger = Identity.objects.get(account="u77")
    assert stranger.name == "新来的"
    assert Tally.objects.get(person=stranger.person).name == "新来的"
    assert entries(here.workspace).get(what="roll.take").after == {"fact": 2, "tag": 3, "person": 1, "lines": 2}
    after = state()
    assert "已撤回" not in client.get(at).content.decode()
    again = give(client, here)["location"]
    seen = client.post(again, form(do="look", add="1"))
    assert seen.context["plan"].empty
    client.post(again, form(do="take", add="1", skip="1"))
    assert state() == after


def test_a_list_is_undone_but_for_what_was_changed_since(here, client):
    before = state()
    at = give(client, here)["location"]
    client.post(at, form(do="take", add="1", skip="1"))
    client.post(at + "undo")
    assert state() == before
    assert entries(here.workspace).first().what == "roll.undo"
    count = entries(here.workspace).count()
    client.post(at + "undo")
    assert entries(here.workspace).count() == count, "once is enough"
    at = give(client, here)["location"]
    client.post(at, form(do="take", add="1", skip="1"))
    ming, stranger = (Identity.objects.get(account=a).person for a in ("u1", "u77"))
    profile.change(Fact.objects.get(person=ming), "顺德", by=hire(here.workspace).account, now=clock.now())
    deed.write(stranger, "gift.given", at=NOW, key="1", now=NOW)
    client.post(at + "undo")
    assert [f.text for f in Fact.objects.all()] == ["顺德"]
    assert Identity.objects.filter(account="u77").exists(), "something is kept of them"


def test_without_who_it_is_nothing_is_taken(here, client):
    at = give(client, here)["location"]
    assert client.post(at, form(c0="", c1="", do="take")).status_code == 422
    assert client.post(at, form(c0="", c1="", do="look")).status_code == 422
    assert not Roll.objects.get().taken


def test_a_cell_that_is_too_long_is_named(here, client):
    at = give(client, here, ("账号,城市\nu1," + "长" * 300).encode())["location"]
    (fault,) = client.get(at).context["plan"].faults
    assert (fault.line, fault.column, fault.why) == (2, "城市", "long")


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"", "a.csv"), ("账号".encode(), "a.csv"), (b"\x89PNG\r\n", "a.csv"), (b"PK\x03\x04broken", "a.xlsx"),
     (("a\n" * 20_002).encode(), "a.csv"), (b'"never closed', "a.csv")],
)  # fmt: skip
def test_what_is_no_list_is_refused_in_words(here, client, data, name):
    answer = give(client, here, data, name)
    assert answer.status_code == 422
    assert answer.context["wrong"]
    assert not Roll.objects.exists()


def test_an_export_comes_back_as_it_was(here, client):
    filled(here.workspace, "另一个群", [row(5, sender="=u9", name="=1+1")])
    sheet = client.get(f"/w/{here.workspace.slug}/people.xlsx").getvalue()
    at = give(client, here, sheet, "people.xlsx")["location"]
    lines = Roll.objects.get().lines
    assert "=1+1" in {cell for _, cells in lines for cell in cells}
    assert client.get(at).status_code == 200


def test_who_is_limited_gives_lists_for_their_groups_only(here, client):
    other = filled(here.workspace, "别的群", [row(1, sender="u5")])
    limited = browser(hire(here.workspace, "group_admin", groups=[other]))
    assert give(limited, here).status_code == 422
    assert limited.get(give(client, here)["location"]).status_code == 404
    assert give(limited, other).status_code == 302


@pytest.mark.parametrize(
    "said", ["2月30日", "1990-02-30", "1990-02-29", "4月31日", "19900431", "0230", "30.02.1990", "30 Feb", "13/45"]
)
def test_a_birthday_that_is_in_no_calendar_is_refused_with_row_and_field(client, here, said):
    give(client, here, f"昵称,生日\n阿明,1990-03-05\n阿明,{said}\n".encode())
    roll = Roll.objects.get()
    page = client.get(f"/rolls/{roll.pk}/").content.decode()
    assert f"第 3 行 · <bdi>生日</bdi>: “<bdi>{said}</bdi>” 日历上没有这一天" in page
    assert client.post(f"/rolls/{roll.pk}/", {"c0": "name", "c1": "birthday", "do": "take"}).status_code == 422
    assert not Fact.objects.exists()
    client.post(f"/rolls/{roll.pk}/", {"c0": "name", "c1": "birthday", "do": "take", "skip": "on"})
    assert [fact.text for fact in Fact.objects.all()] == ["1990-03-05"]


@pytest.mark.parametrize(
    "said",
    [
        "2月29日",
        "2000-02-29",
        "0229",
        "29 Feb",
        "25.12",
        "25.12.1990",
        "农历二月三十",
        "农历2月30日",
        "1990",
        "属马",
        "春天",
        "1990年",
    ],
)
def test_a_birthday_that_may_be_is_taken_as_it_was_written(client, here, said):
    give(client, here, f"昵称,生日\n阿明,{said}\n".encode())
    roll = Roll.objects.get()
    client.post(f"/rolls/{roll.pk}/", {"c0": "name", "c1": "birthday", "do": "take"})
    assert [fact.text for fact in Fact.objects.all()] == [said]
