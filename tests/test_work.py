"""Works of the showcase on the morning desk, what a group talks about, and pitches offered back as questions."""

import json

import pytest
from at_work import group, hire
from django.core.files.uploadedfile import SimpleUploadedFile
from stage import jpeg, member
from test_homework import task
from test_showcase import address, browser, hang, open_page, phone, says

from huoqun.activities.contribution import Contribution
from huoqun.base import clock
from huoqun.content import find, gleaning, pitch, sitting
from huoqun.content.find import NAMED, TALK, WORK, Find
from huoqun.content.slot import Slot
from huoqun.people import profile
from huoqun.people.checkup import Checkup
from huoqun.people.group import Group
from huoqun.people.workspace import local
from huoqun.reports import shown_work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here():
    return group(local(now=clock.now()))


@pytest.fixture
def boss(here):
    return hire(here.workspace)


@pytest.fixture
def piece(here, boss):
    """A homework with a piece of 阿明 that stands on a public page, with words and a picture."""
    row, who, desk = task(here), member(here, "阿明"), browser(boss)
    picture = SimpleUploadedFile("p.jpg", jpeg(), "image/jpeg")
    phone().post(address(row, who), {"do": "give", "text": "我的第一炉面包", "picture": picture})
    made = Contribution.objects.get(activity=row)
    open_page(desk, row, title="面包展")
    hang(desk, row, made)
    return made


def glean(here):
    return gleaning.glean(here.workspace, shown=shown_work.works_of, now=clock.now())


def test_a_work_is_a_candidate_as_soon_as_its_member_agrees_with_its_picture_and_thanks(here, boss, piece):
    assert glean(here) == 0
    says(piece.identity, piece, "named")
    assert glean(here) == 1 and glean(here) == 0
    row = Find.objects.get()
    assert (row.origin, row.agreed, row.title, row.picture_id) == (WORK, NAMED, "面包展", piece.picture_id)
    other = group(here.workspace, "第二个群")
    sitting.pick([row], [here, other], approves=True, by=boss.account, now=clock.now())
    assert {s.text for s in Slot.objects.all()} == {"我的第一炉面包\n—— 阿明"}
    assert {s.picture_id for s in Slot.objects.all()} == {piece.picture_id}


def test_what_a_member_takes_back_is_not_said(here, boss, piece):
    says(piece.identity, piece, "named")
    glean(here)
    row = Find.objects.get()
    says(piece.identity, piece, "nameless")
    assert shown_work.follow([row], now=clock.now()) == 1 and find.allowed(Find.objects.get()) == "nameless"
    says(piece.identity, piece, "no")
    answer = browser(boss).post(
        f"/w/{here.workspace.slug}/content/desk", {"do": "flow", "pick": [str(row.pk)], "groups": [str(here.pk)]}
    )
    assert answer.status_code == 422 and not Slot.objects.exists()
    assert find.allowed(Find.objects.get()) == "no"


def test_what_a_group_talks_about_is_a_question_to_that_group_alone(here, boss):
    words = {"topics": [{"end": "2026-03-01", "words": [{"word": "早教", "count": 9}, {"word": "绘本", "count": 4}]}]}
    told = {"day": clock.now().date(), "document": json.dumps(words), "computed": clock.now()}
    row = Checkup(group=here, created=clock.now(), **told)
    for field in Checkup._meta.concrete_fields:
        if not field.null and not field.has_default() and getattr(row, field.attname) in {None, ""}:
            setattr(row, field.attname, clock.now() if "Date" in type(field).__name__ else "x")
    row.save(force_insert=True)
    Group.objects.filter(pk=here.pk).update(newest=row, last=clock.now())
    assert glean(here) == 1
    one = Find.objects.get(origin=TALK)
    assert "早教、绘本" in one.text
    sitting.pick([one], [here, group(here.workspace, "别的")], approves=True, by=boss.account, now=clock.now())
    assert [s.group for s in Slot.objects.all()] == [here]


def test_a_pitch_is_offered_back_as_a_question_to_who_knows(here, boss):
    by = {"by": boss.account, "now": clock.now()}
    told = {"text": "平面设计怎么入门？", "link": "https://example.org/a", "kind": "useful"}
    row = find.suggest(here.workspace, title="平面设计入门", **told, **by)
    desk, place = browser(boss), f"/w/{here.workspace.slug}/content/desk"
    assert desk.post(place, {"do": f"knows:{row.pk}"}).status_code == 422, "nobody is known for it yet"
    who, other = member(here, "阿红"), member(here, "老王")
    profile.say(who.person, "fact", "做了十年平面设计", field="offers", **by)
    profile.say(other.person, "fact", "养猫", field="interests", **by)
    (best,) = pitch.knowers(row, [here])
    assert best.identity == who and "平面设计" in best.because
    assert desk.post(place, {"do": f"knows:{row.pk}"}).status_code == 302
    row.refresh_from_db()
    assert row.text.startswith("@阿红") and "平面设计入门" in row.text and row.text.endswith("https://example.org/a")
    assert (row.kind, row.group, row.identity) == ("interactive", here, None)
    assert sitting.words_of(row) == row.text
