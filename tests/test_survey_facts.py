"""What answers do beyond the survey: they fill profiles, make deeds and ties, and follow persons who are merged."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from at_work import browser
from django.urls import reverse
from test_survey import Asked, member

from huoqun.activities import activity, questionnaire, readymade, response, survey
from huoqun.activities.questionnaire import Question, Unfit
from huoqun.base import clock
from huoqun.base.job import Hand
from huoqun.people import deed, hearing, merge, profile, revision
from huoqun.people.group import Group

CITY = Question(id="city", kind="text", text="哪个城市？", fact="city")
NEEDS = Question(
    id="needs", kind="many", text="需要什么？", options=("客户", "资金", "暂时没有"), fact="needs", nothing="暂时没有"
)
WHO = Question(id="who", kind="people", text="认识谁？")


class Told(Asked):
    """A survey about the profile and about whom one knows, open."""

    def __init__(self):
        super().__init__()
        survey.ask(self.survey, (CITY, NEEDS, WHO), by=self.owner.account, now=self.now)
        self.open()

    def say(self, member, minutes=0, **values):
        now = self.now + timedelta(minutes=minutes)
        return response.answer(self.survey, member, values, via="personal", now=now)

    def facts(self, who):
        who.person.refresh_from_db()
        return [(f.field, f.text) for f in profile.sayings(who.person, "fact").order_by("field", "text")]

    def at(self, minutes):
        return self.now + timedelta(minutes=minutes)


@pytest.fixture
def told(db):
    return Told()


def test_every_readymade_question_fills_an_entry_that_profiles_have():
    for language in readymade.LANGUAGES:
        for each in readymade.READYMADE[language]:
            for q in each.questions:
                assert q.fact in ("", *profile.FIELDS), (language, each.id, q.id)
                assert not q.nothing or q.nothing in q.options


def test_an_answer_fills_the_profile_and_a_changed_one_changes_it(told):
    told.say(told.ming, city="成都", needs=["客户", "资金"])
    assert told.facts(told.ming) == [("city", "成都"), ("needs", "客户"), ("needs", "资金")]
    row = profile.sayings(told.ming.person, "fact").get(field="city")
    assert (row.source, row.on, row.by) == ("满意吗", told.now.astimezone(ZoneInfo("Asia/Shanghai")).date(), None)
    told.say(told.ming, 5, city="重庆", needs=["暂时没有"])
    assert told.facts(told.ming) == [("city", "重庆")]
    told.say(told.ming, 6, city="重庆", needs=["暂时没有"])
    kinds = [d.kind for d in deed.deeds(told.ming.person) if d.kind.startswith("survey")]
    assert kinds == ["survey.change", "survey.answer"]


def test_what_staff_wrote_over_an_answer_stays_theirs(told):
    told.say(told.ming, city="成都")
    row = profile.sayings(told.ming.person, "fact").get()
    profile.change(row, "成都双流", by=told.owner.account, now=told.now)
    told.say(told.ming, 5, city="重庆")
    assert told.facts(told.ming) == [("city", "成都双流"), ("city", "重庆")]


def test_two_who_are_merged_have_one_answer_and_get_theirs_back(told):
    told.say(told.ming, city="成都")
    told.say(told.hua, 5, city="重庆")
    assert activity.rate(told.survey) == activity.Rate(2, 2, 0)
    row = merge.merge(told.ming.person, told.hua.person, by=told.owner.account, now=told.now)
    assert activity.rate(told.survey) == activity.Rate(1, 1, 0)
    assert [a.values["city"] for a in survey.answers(told.survey)] == ["重庆"]
    assert survey.answer_of(told.survey, told.ming).values["city"] == "重庆"
    assert told.facts(told.ming) == told.facts(told.hua) == [("city", "重庆")]
    told.say(told.ming, 9, city="武汉")
    assert [a.values["city"] for a in survey.answers(told.survey)] == ["武汉"]
    assert told.facts(told.hua) == [("city", "武汉")]
    merge.unmerge(row, by=told.owner.account, now=told.now)
    assert [a.values["city"] for a in survey.answers(told.survey)] == ["武汉", "重庆"]
    assert (told.facts(told.ming), told.facts(told.hua)) == ([("city", "武汉")], [("city", "重庆")])


def test_who_was_reminded_under_one_account_is_reminded(told):
    response.answer(told.survey, told.ming, {"city": "成都"}, via="personal", now=told.now)
    survey.remind(told.survey, by=told.owner.account, now=told.now)
    third = member(told.group, "小明二号")
    merge.merge(told.hua.person, third.person, by=told.owner.account, now=told.now)
    assert [(bool(at)) for _who, at in survey.waiting(told.survey)] == [True]
    merge.merge(told.ming.person, told.hua.person, by=told.owner.account, now=told.now)
    assert survey.waiting(told.survey) == []


def test_removing_a_survey_keeps_or_takes_back_what_it_told(told):
    told.say(told.ming, city="成都", who=[str(told.hua.pk)])
    page = reverse("survey", args=[told.survey.pk])
    client = browser(told.owner)
    assert "1 条" in client.get(page).content.decode()
    client.post(reverse("survey_remove", args=[told.survey.pk]), {"facts": "remove"})
    assert told.facts(told.ming) == []
    assert hearing.acquaintances(told.group) == ()
    other = Told()
    other.say(other.ming, city="成都")
    browser(other.owner).post(reverse("survey_remove", args=[other.survey.pk]))
    assert other.facts(other.ming) == [("city", "成都")]


def test_names_are_found_however_they_are_typed():
    known = {"小华": ["1"], "abc": ["2"], "小李": ["3", "4"]}
    assert questionnaire.check((WHO,), {"who": [" 小华 ", "ＡＢＣ", "", "小华"]}, known) == {"who": ["1", "2"]}
    for name, why in (("小", "nobody"), ("<script>", "nobody"), ("小李", "several")):
        with pytest.raises(Unfit) as found:
            questionnaire.check((WHO,), {"who": [name]}, known)
        assert (found.value.wrong, found.value.names) == ({"who": why}, {"who": name})


def test_a_member_names_others_on_their_page(told, client):
    third = member(told.group, "别号")
    third.name = "小华"
    third.save()
    address = told.address(told.ming)
    page = client.get(address).content.decode()
    assert '<option value="小华 (1)">' in page
    assert '<option value="小明">' not in page
    more = client.post(address, {"city": "成都", "who": ["小华 (1)"], "more": "who"}).content.decode()
    assert "成都" in more
    assert not survey.answers(told.survey).exists()
    assert client.post(address, {"who": ["小华"]}).status_code == 422
    assert client.post(address, {"who": ["小华 (2)", "小明"]}).status_code == 302
    assert survey.answers(told.survey).get().values["who"][0] in {str(told.hua.pk), str(third.pk)}
    assert len(survey.answers(told.survey).get().values["who"]) == 1
    assert 'value="小华 (2)"' in client.get(address).content.decode()


def test_who_knows_whom_reaches_the_group_and_can_be_said_anew(told):
    told.say(told.ming, who=[str(told.hua.pk)])
    told.say(told.hua)
    found = hearing.acquaintances(told.group)
    assert [(a.who, a.knows) for a in found] == [("小明", "小华")]
    assert hearing.asked_whom(told.group) == {"小明", "小华"}
    told.say(told.ming, 5)
    assert hearing.acquaintances(told.group) == ()


def test_a_survey_closes_on_its_day_and_its_group_hears_how_many_answered(told):
    before = Group.objects.get(pk=told.group.pk).state_hash
    told.say(told.ming, city="成都")
    later = told.survey.closes + timedelta(seconds=1)
    survey.tick(Hand("w", lambda: later))
    told.survey.refresh_from_db()
    assert (told.survey.state, told.survey.closed) == ("closed", told.survey.closes)
    heard = Group.objects.get(pk=told.group.pk)
    assert (heard.heard["answered"], heard.heard["asked"]) == (1, 2)
    assert heard.state_hash != before
    survey.tick(Hand("w", lambda: later))
    assert Group.objects.get(pk=told.group.pk).state_hash == heard.state_hash


def test_an_activity_goes_with_the_last_of_its_groups(told):
    told.group.removed = clock.now()
    told.group.save()
    assert not survey.surveys_for(told.owner).exists()
    told.group.removed = None
    told.group.save()
    assert survey.surveys_for(told.owner).exists()
    activity.sweep(clock.now())
    assert survey.surveys_for(told.owner).exists()
    told.group.delete()
    activity.sweep(clock.now())
    assert not survey.Survey.objects.exists()


def test_what_an_answer_tells_is_a_deed_once_and_can_be_undone(told):
    told.say(told.ming, city="成都", needs=["客户"])
    told.say(told.ming, minutes=5, city="成都", needs=["资金"])
    kinds = [d.kind for d in deed.deeds(told.ming.person) if d.kind.startswith("fact.")]
    assert sorted(kinds) == ["fact.add", "fact.add", "fact.add", "fact.remove"]
    rows = list(deed.deeds(told.ming.person))
    open_ = revision.undoable(rows)
    (city,) = [d for d in rows if d.kind == "fact.add" and d.values["text"] == "成都"]
    (gone,) = [d for d in rows if d.kind == "fact.remove"]
    assert {city.pk, gone.pk} < open_
    revision.undo(city, by=told.owner.account, now=told.at(6))
    assert told.facts(told.ming) == [("needs", "资金")]
    revision.undo(gone, by=told.owner.account, now=told.at(7))
    assert told.facts(told.ming) == [("needs", "客户"), ("needs", "资金")]
    with pytest.raises(revision.Overtaken):
        revision.undo(gone, by=told.owner.account, now=told.at(8))
