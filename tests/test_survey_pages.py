"""The survey's pages: what is typed is never lost, every step can be taken back, results split, tries have a pace."""

import io
from datetime import timedelta

import openpyxl
from at_work import browser
from django.core.cache import cache
from django.urls import reverse
from test_survey import LIKE, STARS, asked, member, phone

from huoqun.activities import response, survey, tally
from huoqun.people.membership import Membership
from huoqun.web import member_survey

__all__ = ["asked", "phone"]
HOSTILE = "<script>alert(1)</script>" + "很" * 100


def page_of(asked):
    return reverse("survey", args=[asked.survey.pk])


def build(asked, **said):
    return browser(asked.owner).post(reverse("survey_questions", args=[asked.survey.pk]), said)


def texts(asked):
    asked.survey.refresh_from_db()
    return [q.text for q in asked.survey.asked()]


def test_nothing_typed_into_a_question_is_lost(asked):
    typed = {
        "text": HOSTILE,
        "kind": "one",
        "options": "只有一个",
        "low": "低",
        "show_if": "like=喜欢",
        "required": "yes",
    }
    for id in ("", "stars"):
        answer = build(asked, id=id, do="save", **typed)
        assert answer.status_code == 422
        told = answer.content.decode()
        assert "&lt;script&gt;" in told
        assert "<script>alert" not in told
        assert "只有一个" in told
        assert '<option value="like=喜欢" selected>' in told
        assert 'value="低"' in told
    client = browser(asked.owner)
    told = client.post(
        reverse("survey_about", args=[asked.survey.pk]), {"title": "新名字", "intro": "开头"}
    ).content.decode()
    assert "新名字" in told
    assert "开头" in told
    begun = client.post(reverse("new_survey", args=[asked.workspace.slug]), {"title": HOSTILE, "from": ""})
    assert begun.status_code == 422
    assert "&lt;script&gt;" in begun.content.decode()


def test_questions_are_copied_removed_and_brought_back(asked):
    build(asked, id="stars", do="copy")
    assert texts(asked) == ["喜欢吗？", "为什么？", "几分？", "几分？"]
    asked.survey.refresh_from_db()
    assert [q.fact for q in asked.survey.asked()][2:] == ["interests", ""]
    client = browser(asked.owner)
    gone = client.post(
        reverse("survey_questions", args=[asked.survey.pk]), {"id": "like", "do": "remove"}, follow=True
    ).content.decode()
    assert texts(asked) == ["为什么？", "几分？", "几分？"]
    assert "现在人人都会被问到：为什么？" in gone
    assert "撤销上一步" in gone
    build(asked, do="undo")
    assert texts(asked)[:2] == ["喜欢吗？", "为什么？"]
    asked.survey.refresh_from_db()
    assert asked.survey.asked()[1].show_if.question == "like"
    assert "第 1 题答“不喜欢”的人才会看到" in client.get(page_of(asked)).content.decode()


def test_results_split_by_stratum_and_by_another_question(asked):
    asked.open()
    for number, who in enumerate((asked.ming, asked.hua)):
        values = {"like": "喜欢", "stars": 2 + number * 3}
        response.answer(asked.survey, who, values, via="personal", now=asked.now + timedelta(minutes=number))
    client = browser(asked.owner)
    results = reverse("survey_results", args=[asked.survey.pk])
    by = client.get(results, {"by": "q:like"}).context["results"]
    assert by[2]["cross"]["heads"] == [("所有人", "2"), ("喜欢", "2")]
    assert by[2]["cross"]["means"] == [3.5, 3.5]
    assert "cross" not in by[0]
    assert client.get(results, {"by": "stratum"}).context["results"][0]["cross"]["heads"][1][1] == "2"
    assert client.get(results, {"by": "q:<script>"}).context["by"] == ""
    live = client.get(reverse("survey_live", args=[asked.survey.pk]))
    assert 'hx-trigger="every 5s"' in live.content.decode()
    assert [n for _day, n, _height, _above in live.context["days"]] == [2]
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("survey_xlsx", args=[asked.survey.pk])).getvalue()))
    assert [row[7].value for row in book.active.iter_rows(min_row=2)] == [2, 5]


def test_who_may_not_see_people_is_told_no_small_counts():
    values = ["喜欢"] * 7 + ["不喜欢"] * 2 + [None]
    found = tally.tally(LIKE, values)
    assert (found.n, found.counts) == (9, {"喜欢": 7, "不喜欢": 2})
    assert [tally.told(n, everything=False) for n in found.counts.values()] == ["7", "<5"]
    split = tally.cross(LIKE, values, [["a"]] * 9 + [["b"]], ["a", "b"])
    assert split.parts == ("a",)
    assert tally.tally(STARS, [1, 5]).numbers.mean == 3


def test_a_program_without_people_gets_neither_names_nor_texts(asked, monkeypatch):
    asked.open()
    response.answer(asked.survey, asked.ming, {"like": "不喜欢", "why": "秘密"}, via="personal", now=asked.now)
    monkeypatch.setattr("huoqun.people.staff.Staff.may", lambda self, what: what != "see_people")
    client = browser(asked.owner)
    told = client.get(reverse("survey_results", args=[asked.survey.pk])).content.decode()
    assert "秘密" not in told
    assert "小明" not in told
    assert "&lt;5" in told
    assert client.get(reverse("survey_csv", args=[asked.survey.pk])).status_code == 403
    assert client.get(reverse("survey_xlsx", args=[asked.survey.pk])).status_code == 403


def test_names_may_be_mistyped_by_a_class_room_but_not_tried_by_a_program(asked, phone, settings, tmp_path):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": tmp_path}}
    cache.clear()
    address = asked.open().group_address()
    tried = [phone.post(address, {"name": f"猜{n}"}).status_code for n in range(member_survey.MOST_WRONG_NAMES + 2)]
    assert tried[40] == 422
    assert tried[-1] == 429
    assert phone.post(address, {"name": "小明"}).status_code == 302
    assert phone.get(asked.address(asked.ming)).status_code == 200
    cache.clear()


def test_who_has_left_is_told_so_kindly(asked, phone):
    address = asked.open().address(asked.ming)
    Membership.objects.filter(identity=asked.ming).update(left=asked.now)
    answer = phone.get(address)
    assert answer.status_code == 410
    assert "已经不在群里" in answer.content.decode()


def test_a_page_of_five_hundred_members_stays_small(asked, phone):
    survey.ask(
        asked.survey,
        (LIKE.model_copy(update={"kind": "people", "options": (), "required": False}),),
        by=asked.owner.account,
        now=asked.now,
    )
    for number in range(100):
        member(asked.group, f"名字很长的一位群友-{number}-{HOSTILE}")
    told = phone.get(asked.open().address(asked.ming)).content
    assert b"<script>alert" not in told
    assert len(told) < 300_000
