"""Friends from outside: a link each, one browser, words that are hidden and taken back; an end with the activity."""

from datetime import timedelta

import pytest
from at_work import browser, group, hire
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage import PHONE, address, does, leads, member, opened, refused

from huoqun.activities import attendance, life, spotlight_fame, spotlight_friend
from huoqun.activities.contribution import Contribution
from huoqun.activities.spotlight_part import mine
from huoqun.base import clock
from huoqun.people import code, deed, points
from huoqun.people.membership import Membership
from huoqun.people.workspace import local
from huoqun.web.kind_spotlight import Told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here():
    return group(local(now=clock.now()))


@pytest.fixture
def show(here):
    """Somebody in a spotlight with a card that strangers may see."""
    row, who = opened(here, "spotlight", "能人秀"), member(here, "老船长")
    member(here, "小红")
    does(row, who, "join", headline="会修船")
    does(row, who, "card", headline="会修船", agree=["name", "quote"], public="yes")
    return row, who, mine(row, who.person)


def links(show, *names):
    row, who, one = show
    does(row, who, "outside", outside="\n".join(names), key=f"{names}")
    found = [f for f in spotlight_friend.friends(one) if f.name in names]
    return [reverse("spotlight_outside", args=[spotlight_friend.link(f.invitation, now=clock.now())]) for f in found]


def phone():
    return Client(headers=PHONE)


def said(show):
    return [(w.values["name"], w.text) for w in spotlight_friend.heard(show[2])]


def test_a_friend_says_a_word_changes_it_and_takes_it_back(show):
    (place,) = links(show, "老王")
    friend = phone()
    page = friend.get(place)
    told = page.content.decode()
    assert "老船长" in told and "会修船" in told and 'value="老王"' in told and "小红" not in told
    assert "noindex" in page.headers["X-Robots-Tag"] and page.headers["Cache-Control"] == "no-store"
    assert friend.post(place, {"name": "", "text": "x"}).status_code == 422
    assert "谢谢" in friend.post(place, {"name": "王师傅", "text": "他修好了我的船"}, follow=True).content.decode()
    assert friend.post(place, {"name": "王师傅", "text": "他三天修好了我的船", "public": "yes"}).status_code == 302
    assert said(show) == [("王师傅", "他三天修好了我的船")]
    card = phone().get(reverse("spotlight_card", args=[spotlight_fame.token(show[2])])).content.decode()
    assert "他三天修好了我的船" in card and "名字为自填" in card
    assert friend.post(place, {"do": "back"}).status_code == 302
    assert not said(show) and "船" not in str(Contribution.objects.get(what="friend_word").__dict__)
    assert friend.post(place, {"name": "王师傅", "text": "还是说一句"}).status_code == 302
    assert said(show) == [("王师傅", "还是说一句")]


def test_a_link_is_for_one_browser_and_a_name_for_one_link(show):
    first, second = links(show, "老王", "老李")
    friend, other = phone(), phone()
    friend.post(first, {"name": "老王", "text": "一"})
    assert other.get(first).status_code == 409 and "一</textarea>" not in other.get(first).content.decode()
    assert other.post(first, {"name": "假的", "text": "坏话"}).status_code == 409
    assert other.post(first, {"do": "back"}).status_code == 409
    assert friend.post(second, {"name": "老李", "text": "二"}).status_code == 302
    assert sorted(said(show)) == [("老李", "二"), ("老王", "一")]


def test_it_is_no_word_of_a_member_makes_no_tie_and_pays_nothing(show, here):
    row, who, one = show
    (place,) = links(show, "老王")
    phone().post(place, {"name": "小红", "text": "好"})
    does(row, member(here, "阿明"), "endorse", of=str(one.row.pk), text="稳")
    apart = Told(one)
    assert (len(apart.words), apart.vouched) == (1, 1)
    (told,) = [d for d in deed.deeds(who.person) if d.kind == "spotlight.vouched"]
    assert "with" not in told.evidence and points.balance(who.person) == 0


def test_either_side_hides_it_and_only_they_show_it_again(show, here):
    row, who, one = show
    (place,) = links(show, "老王")
    friend = phone()
    friend.post(place, {"name": "老王", "text": "他欠我钱", "public": "yes"})
    word = Contribution.objects.get(what="friend_word")
    boss, its = browser(hire(here.workspace)), {"of": str(one.row.pk), "word": str(word.pk)}
    do = reverse("activity_do", args=[row.pk, "hide"])
    assert does(row, who, "hide", word=str(word.pk)) == "spotlight_hidden"
    assert not said(show) and not spotlight_fame.shown(one).outside
    boss.post(do, its)
    assert does(row, who, "hide", word=str(word.pk), state="no") == "spotlight_still_hidden"
    friend.post(place, {"name": "老王", "text": "他真的欠我钱", "public": "yes"})
    assert not said(show)
    boss.post(do, its | {"state": "no"})
    assert said(show) == [("老王", "他真的欠我钱")]
    other = member(here, "路人甲")
    with pytest.raises(attendance.NotIn):
        does(row, other, "hide", word=str(word.pk))
    does(row, other, "join", headline="x")
    refused("unknown", does, row, other, "hide", word=str(word.pk))
    assert boss.post(do, its | {"word": "x"}).status_code == 409


def test_the_host_and_the_group_see_them_apart_from_members(show, here):
    row, who, one = show
    (place,) = links(show, "老王")
    phone().post(place, {"name": "王师傅", "text": "三天修好"})
    leads(row, "marks", of=str(one.row.pk), dares="2", able="2", social="1")
    leads(row, "schedule", of=str(one.row.pk), at=f"{clock.now() + timedelta(days=2):%Y-%m-%dT20:00}", demo="yes")
    boss = browser(hire(here.workspace))
    sheet = boss.get(reverse("spotlight_sheet", args=[row.pk, one.row.pk])).content.decode()
    assert "三天修好" in sheet and "群外好友" in sheet and "1/1" in sheet
    assert "1 位群外好友" in boss.get(reverse("activity", args=[row.pk])).content.decode()
    assert "三天修好" in phone().get(address(row, member(here, "阿明"))).content.decode()


def test_links_die_with_the_activity_the_guest_and_at_a_word(show, here):
    row, who, one = show
    a, b = links(show, "老王", "老李")
    friend = phone()
    friend.post(a, {"name": "老王", "text": "好"})
    (asked,) = [f for f in spotlight_friend.friends(one) if f.name == "老李"]
    does(row, who, "uninvite", friend=str(asked.invitation.pk))
    assert friend.get(b).status_code == 410 and friend.post(b, {"name": "x", "text": "y"}).status_code == 410
    assert [f.name for f in spotlight_friend.friends(one)] == ["老王"]
    assert friend.get(a[:-3] + "xxx").status_code == 404
    assert friend.get(reverse("spotlight_outside", args=[code.personal(who, now=clock.now())])).status_code == 404
    stay = Membership.objects.filter(identity=who)
    stay.update(left=clock.now())
    assert friend.get(a).status_code == 410
    stay.update(left=None)
    life.close(row, now=clock.now())
    assert friend.get(a).status_code == 410 and friend.post(a, {"name": "老王", "text": "晚了"}).status_code == 410
    assert said(show) == [("老王", "好")]
    assert "/f/" not in phone().get(address(row, who)).content.decode()


def test_the_guest_finds_the_links_on_their_page_and_cannot_ask_the_whole_town(show):
    row, who, one = show
    mine_ = phone()
    place = address(row, who)
    assert mine_.post(place, {"do": "outside", "outside": "老王\n老王\n 老李 ", "key": "k"}).status_code == 302
    mine_.post(place, {"do": "outside", "outside": "老王\n老王\n 老李 ", "key": "k"})
    page = mine_.get(place).content.decode()
    assert page.count("/f/") == 2 and "老王，我要上能人秀了" in page
    refused("spotlight_friends_many", does, row, who, "outside", outside="\n".join(f"友{n}" for n in range(19)))
    refused("spotlight_friends", does, row, who, "outside", outside=" \n ")
    assert len(spotlight_friend.friends(one)) == 2


def test_who_sends_very_much_waits(show):
    (place,) = links(show, "老王")
    friend = phone()
    told = [friend.post(place, {"name": "老王", "text": f"{n}"}).status_code for n in range(14)]
    assert 429 in told and told[0] == 302


@settings(max_examples=6, deadline=timedelta(seconds=5), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=60), text=st.text(max_size=80))
def test_any_words_are_taken_or_refused_and_never_run(show, name, text):
    (place,) = links(show, "老王") if not spotlight_friend.friends(show[2]) else [
        reverse("spotlight_outside", args=[spotlight_friend.link(f.invitation, now=clock.now())])
        for f in spotlight_friend.friends(show[2])
    ]  # fmt: skip
    Contribution.objects.filter(what="friend_asked").update(values={})
    friend = Client(headers=PHONE, REMOTE_ADDR=f"10.0.{hash(name) % 250}.{hash(text) % 250}")
    answer = friend.post(place, {"name": name + "<script>", "text": text + "<b>", "public": "yes"})
    assert answer.status_code in {302, 429}
    card = phone().get(reverse("spotlight_card", args=[spotlight_fame.token(show[2])])).content.decode()
    assert "<script>" not in card and "<b>" not in card
