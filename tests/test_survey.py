"""A survey from draft to results: what staff build, what members see without login, and whose answer counts."""

from datetime import timedelta

import pytest
from at_work import HEADERS, browser, group, hire
from django.test import Client
from django.urls import reverse

from huoqun.activities import activity, questionnaire, readymade, response, survey, survey_link
from huoqun.activities.questionnaire import Condition, Question, Unfit
from huoqun.base import clock
from huoqun.people import audit, deed, profile
from huoqun.people.membership import Membership
from huoqun.people.person import Identity, Person
from huoqun.people.workspace import add

LIKE = Question(id="like", kind="one", text="喜欢吗？", options=("喜欢", "不喜欢"), required=True)
WHY = Question(
    id="why", kind="text", text="为什么？", required=True, show_if=Condition(question="like", answer="不喜欢")
)
STARS = Question(id="stars", kind="scale", text="几分？", fact="interests")


def member(place, name):
    now = clock.now()
    person = Person.objects.create(workspace=place.workspace, created=now)
    who = Identity.objects.create(group=place, person=person, account=name, name=name, created=now)
    Membership.objects.create(identity=who, number=1, created=now)
    return who


class Asked:
    def __init__(self):
        self.now = clock.now()
        self.workspace = add(name="我们", zone="Asia/Shanghai", now=self.now)
        self.owner = hire(self.workspace)
        self.group = group(self.workspace)
        self.ming, self.hua = member(self.group, "小明"), member(self.group, "小华")
        values = {"groups": [self.group], "by": self.owner.account, "now": self.now}
        self.survey = survey.begin(self.workspace, title="满意吗", questions=(LIKE, WHY, STARS), **values)

    def open(self, days=7):
        survey.open_until(self.survey, self.now + timedelta(days=days), by=self.owner.account, now=self.now)
        self.survey.refresh_from_db()
        return self

    def address(self, who):
        return reverse("member_survey", args=[survey_link.personal(self.survey, who)])

    def group_address(self):
        return reverse("member_survey", args=[survey_link.for_group(self.survey, self.group)])


@pytest.fixture
def asked(db):
    return Asked()


@pytest.fixture
def phone():
    return Client(headers=HEADERS)


def test_a_life_goes_its_way_only():
    assert activity.follow("draft", "open") == "open"
    for state, wanted in (("draft", "closed"), ("open", "draft"), ("settled", "open")):
        with pytest.raises(activity.WrongMoment):
            activity.follow(state, wanted)
    now = clock.now()
    assert activity.standing("open", now, now) == "closed"
    assert activity.takes("open", now + timedelta(seconds=1), now)


def test_answers_are_checked_and_hidden_questions_answer_nothing():
    questions = (LIKE, WHY, STARS)
    assert questionnaire.check(questions, {"like": ["喜欢"], "why": ["x"], "stars": ["4"]}) == {
        "like": "喜欢",
        "stars": 4,
    }
    for said, wrong in (
        ({}, {"like": "missing"}),
        ({"like": ["不喜欢"]}, {"why": "missing"}),
        ({"like": ["<script>"]}, {"like": "choice"}),
        ({"like": ["喜欢"], "stars": ["9"]}, {"stars": "choice"}),
    ):
        with pytest.raises(Unfit) as found:
            questionnaire.check(questions, said)
        assert found.value.wrong == wrong


@pytest.mark.parametrize("text", ["nan", "inf", "1e400", "zwölf", "0x10"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(Unfit):
        questionnaire.check((Question(id="n", kind="number", text="几个？"),), {"n": [text]})


def test_a_condition_goes_with_the_question_it_depends_on():
    assert questionnaire.without((LIKE, WHY), "like")[0].show_if is None
    assert questionnaire.move((LIKE, WHY), "why", -1)[0].show_if is None


def test_more_than_two_texts_and_more_than_two_minutes_are_warned_of():
    text = [Question(id=f"t{n}", kind="text", text="?") for n in range(5)]
    assert questionnaire.warnings(tuple(text[:2])) == []
    assert questionnaire.warnings(tuple(text[:3])) == ["texts"]
    assert questionnaire.warnings(tuple(text)) == ["texts", "long"]


def test_every_readymade_survey_is_whole_in_both_languages():
    chinese, english = readymade.READYMADE["zh"], readymade.READYMADE["en"]
    assert [r.id for r in chinese] == [r.id for r in english] == ["profile", "knows", "satisfaction", "after", "topic"]
    for one, other in zip(chinese, english, strict=True):
        assert questionnaire.read(questionnaire.kept(one.questions)) == one.questions
        assert [(q.id, q.kind, q.fact, len(q.options)) for q in one.questions] == [
            (q.id, q.kind, q.fact, len(q.options)) for q in other.questions
        ]
        assert "texts" not in questionnaire.warnings(one.questions)


def test_a_survey_is_built_without_script(asked):
    client = browser(asked.owner)
    page = reverse("survey_questions", args=[asked.survey.pk])
    client.post(page, {"kind": "many", "text": "哪些？", "options": "甲\n乙\n\n丙"})
    asked.survey.refresh_from_db()
    new = asked.survey.asked()[-1]
    assert new.options == ("甲", "乙", "丙")
    client.post(page, {"id": new.id, "do": "up"})
    asked.survey.refresh_from_db()
    assert [q.text for q in asked.survey.asked()] == ["喜欢吗？", "为什么？", "哪些？", "几分？"]
    assert client.post(page, {"kind": "one", "text": "哪个？", "options": "甲"}).status_code == 422
    client.post(page, {"id": new.id, "do": "remove"})
    asked.survey.refresh_from_db()
    assert len(asked.survey.asked()) == 3
    asked.open()
    assert client.post(page, {"id": "like", "do": "remove"}).status_code == 409
    assert audit.entries(asked.workspace).filter(what="survey.ask").count() == 3


def test_a_member_answers_over_their_own_link_and_changes_it(asked, phone):
    address = asked.open().address(asked.ming)
    assert "喜欢吗" in phone.get(address).content.decode()
    wrong = phone.post(address, {"like": "不喜欢"})
    assert wrong.status_code == 422
    assert 'value="不喜欢" checked' in wrong.content.decode()
    assert phone.post(address, {"like": "喜欢", "stars": "5"}).status_code == 302
    phone.post(address, {"like": "不喜欢", "why": "<b>吵</b>", "stars": "2"})
    there = survey.answers(asked.survey).get()
    assert there.values == {"like": "不喜欢", "why": "<b>吵</b>", "stars": 2}
    assert "<b>吵" not in phone.get(address).content.decode()
    assert activity.rate(asked.survey) == activity.Rate(1, 2, 0)
    facts = profile.sayings(asked.ming.person, "fact")
    assert [(f.field, f.text, f.source) for f in facts] == [("interests", "2/5", "满意吗")]


def test_a_group_link_asks_who_and_lists_nobody(asked, phone):
    address = asked.open().group_address()
    assert "小明" not in phone.get(address).content.decode()
    for typed in ("小", "小明x", "", "%", "\0"):
        answer = phone.post(address, {"name": typed})
        assert answer.status_code == 422
        assert "小明<" not in answer.content.decode()
        assert "小华" not in answer.content.decode()
    form = phone.post(address, {"name": " 小明 "}, follow=True)
    said = {"who": form.context["who_token"], "like": "喜欢"}
    mine = phone.post(address, said)["location"].split("?")[0]
    assert phone.post(mine, {"like": "喜欢", "stars": "1"}).status_code == 302
    assert survey.answers(asked.survey).get().values["stars"] == 1
    assert phone.post(address, said | {"like": "不喜欢", "why": "我才是小明"}).status_code == 422
    waits = phone.post(address, said | {"like": "不喜欢", "why": "吵", "note": "我才是小明"})
    assert waits.status_code == 200
    there = survey.answers(asked.survey).get()
    assert there.values["like"] == "喜欢"
    assert there.participation.flagged
    client = browser(asked.owner)
    assert "我才是小明" in client.get(reverse("survey", args=[asked.survey.pk])).content.decode()
    client.post(reverse("survey_decide", args=[asked.survey.pk]), {"key": there.claims[0]["key"], "take": "yes"})
    there = survey.answers(asked.survey).get()
    assert (there.values["like"], there.participation.flagged) == ("不喜欢", False)
    assert phone.post(mine, {"like": "喜欢"}).status_code == 410


def test_links_say_when_it_is_over(asked, phone):
    address = asked.address(asked.ming)
    assert phone.get(address).status_code == 404
    address = asked.open().address(asked.ming)
    assert phone.get(address[:-1] + ("A" if address[-1] != "A" else "B")).status_code == 404
    survey.close(asked.survey, by=asked.owner.account, now=asked.now)
    assert "这份问卷已经结束" in phone.get(address).content.decode()
    assert not survey.answers(asked.survey).exists()
    phone.post(address, {"like": "喜欢"})
    assert not survey.answers(asked.survey).exists()
    survey.remove(asked.survey, by=asked.owner.account, now=asked.now)
    assert phone.get(address).status_code == 410
    with pytest.raises(survey_link.Expired):
        survey_link.read(address.split("/")[-1], now=asked.survey.closes + survey_link.KEPT)


def test_everybody_is_reminded_once(asked):
    asked.open()
    client = browser(asked.owner)
    page = reverse("survey_asked", args=[asked.survey.pk])
    assert asked.address(asked.hua) in client.get(page).content.decode()
    response.answer(asked.survey, asked.ming, {"like": "喜欢"}, via="personal", now=asked.now)
    client.post(reverse("survey_remind", args=[asked.survey.pk]))
    with pytest.raises(survey.Reminded):
        survey.remind(asked.survey, by=asked.owner.account, now=asked.now)
    refused = client.post(reverse("survey_remind", args=[asked.survey.pk]), follow=True)
    assert "再催一次" in refused.content.decode()
    assert [d.kind for d in deed.deeds(asked.hua.person)] == ["survey.remind"]
    assert not deed.deeds(asked.ming.person).filter(kind="survey.remind").exists()
    links = client.get(reverse("survey_links", args=[asked.survey.pk])).getvalue().decode()
    assert asked.address(asked.hua) in links
    assert asked.address(asked.ming) not in links
    assert [who.name for who, reminded in survey.waiting(asked.survey) if reminded] == ["小华"]
    assert "催过了" in client.get(page).content.decode()


def test_results_stand_as_bars_table_and_file(asked):
    asked.open()
    response.answer(asked.survey, asked.ming, {"like": "喜欢", "stars": 4}, via="personal", now=asked.now)
    response.answer(asked.survey, asked.hua, {"like": "不喜欢", "why": "=1+1"}, via="personal", now=asked.now)
    client = browser(asked.owner)
    results = client.get(reverse("survey_results", args=[asked.survey.pk]))
    bars = results.context["results"][0]["bars"]
    assert [(b["name"], b["n"], b["share"], b["width"]) for b in bars] == [
        ("喜欢", "1", 0.5, 50),
        ("不喜欢", "1", 0.5, 50),
    ]
    assert results.context["rate"].share == 1.0
    sheet = client.get(reverse("survey_csv", args=[asked.survey.pk])).getvalue().decode()
    assert "'=1+1" in sheet
    assert sheet.count("\n") == 3


def test_a_limited_role_sees_no_survey_that_reaches_beyond_its_groups(asked):
    other = group(asked.workspace, "别的群")
    admin = hire(asked.workspace, "group_admin", groups=[asked.group])
    assert survey.surveys_for(admin).count() == 1
    asked.survey.groups.add(other)
    assert survey.surveys_for(admin).count() == 0
