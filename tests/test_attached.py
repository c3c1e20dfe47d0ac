"""What goes with words: a poster that says what there is, a file of one's own; and nothing of who was erased."""

import io

import pytest
from at_work import browser, group, hire
from django.urls import reverse
from PIL import Image
from stage import jpeg, member, opened
from test_homework import give, grade
from test_run import BOOK, begun, moment, tick

from huoqun.activities import life
from huoqun.activities.activity import Activity, Participation
from huoqun.activities.contribution import Contribution
from huoqun.activities.kinds import KINDS
from huoqun.base import clock
from huoqun.people import code, enclosure, picture
from huoqun.people.outbox import Outgoing
from huoqun.people.picture import Picture
from huoqun.people.task import Task
from huoqun.people.workspace import local
from huoqun.playbooks import address
from huoqun.web import doors

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = BOOK[: BOOK.index("paths:")] + "measures: [pulse]\n"
SHOWN = """steps:
  - id: vote
    title: {zh: 投票, en: Vote}
    at: day 1 20:00
    do: open
    activity: vote
    name: {zh: 周末去哪, en: Where to}
    about: {zh: 三选一, en: One of three}
    plan: {options: [{zh: 甲, en: a}, {zh: 乙, en: b}]}
    closes: 1 day
  - id: call
    title: {zh: 来投票, en: Come}
    at: day 1 20:10
    do: say
    of: vote
    poster: activity
    text: {zh: "来投票：{link}", en: "Vote: {link}"}
  - id: count
    title: {zh: 走到哪了, en: How far}
    at: day 1 20:20
    do: say
    of: vote
    poster: number
    text: {zh: "{signed_up} 位投了", en: "{signed_up} voted"}
  - id: who
    title: {zh: 谁赢了, en: Who won}
    at: day 1 20:30
    do: say
    of: vote
    poster: winners
    text: {zh: 谢谢大家, en: Thanks}
  - id: ask
    title: {zh: 私下问, en: Ask}
    at: day 1 20:40
    do: invite
    who: not-joined vote
    of: vote
    text: {zh: "{name}，来投一票 {link}", en: "{name}: {link}"}
"""
FILED = """variables:
  rules: {ask: {zh: 规则, en: Rules}, kind: file}
steps:
  - id: rules
    title: {zh: 规则, en: Rules}
    at: day 1 20:00
    do: say
    attach: rules
    text: {zh: 规则在这, en: The rules}
"""
FINISHED = """steps:
  - id: piece
    title: {zh: 交一件, en: A piece}
    at: day 1 20:00
    do: open
    activity: homework
    name: {zh: 写一页, en: One page}
    plan: {rubric: [{zh: "清楚 | 10", en: "Clear | 10"}, {zh: "用心 | 10", en: "Care | 10"}]}
    closes: 1 day
  - id: honour
    title: {zh: 谁做完了, en: Who has finished}
    at: day 3 20:00
    do: say
    of: piece
    poster: finished
    text: {zh: 都来领证书, en: Fetch your certificate}
"""


@pytest.fixture
def here():
    return group(local(now=clock.now()))


def row(here, name):
    return Outgoing.objects.get(group=here, key__contains=f"/{name}/")


def test_posters_show_what_there_is_and_words_go_without_one_where_there_is_nothing(here, settings):
    settings.ADDRESS = "https://groups.example.org"
    who = [member(here, name) for name in ("小云", "阿海")]
    run = begun(here, HEAD + SHOWN)
    tick(moment(1, 20))
    vote = Activity.objects.get()
    Participation.objects.create(
        activity=vote, person=who[0].person, identity=who[0], state="done", at=moment(1, 20), created=moment(1, 20)
    )
    tick(moment(1, 20, 10), moment(1, 20, 20), moment(1, 20, 30), moment(1, 20, 40))
    call, count, won = (row(here, name) for name in ("call", "count", "who"))
    assert call.picture.words.splitlines() == [here.name, "周末去哪", "03-03 20:00 截止", "三选一"]
    shown = Image.open(io.BytesIO(bytes(call.picture.body)))
    assert shown.format == "JPEG"
    assert shown.width < shown.height
    assert count.picture.words.splitlines()[1:4] == ["周末去哪", "1", "报名最近一个活动的人数"]
    assert (won.picture, won.text) == (None, "谢谢大家")
    assert run.steps.get(step="who").why == "nobody_won"
    (card,) = Task.objects.all()
    assert card.ready.startswith("阿海\n阿海，来投一票 https://groups.example.org/m/")
    assert card.ready.endswith(f"/{vote.pk}/")
    assert Picture.objects.count() == 2


def test_a_poster_names_who_may_have_a_certificate(here):
    who, _lazy = member(here, "阿海"), member(here, "懒人")
    other = group(here.workspace, "另一个群")
    runs = [begun(there, HEAD + FINISHED) for there in (here, other)]
    tick(moment(1, 20))
    task = Activity.objects.get(kind="homework", groups=here)
    give(task, who, now=moment(1, 21))
    grade(task, Contribution.objects.get(activity=task, identity=who), 8, 9)
    tick(moment(2, 20, 1))
    for each in Activity.objects.filter(kind="homework"):
        life.settle(each, now=moment(3, 10))
    tick(moment(3, 20))
    assert row(here, "honour").picture.words.splitlines() == ["恭喜", "写一页", "1", "做完了，可以领证书", "阿海"]
    assert row(other, "honour").picture is None
    assert runs[1].steps.get(step="honour").why == "nobody_finished"


def test_what_speaks_of_something_that_was_never_opened_is_not_said(here):
    shut = SHOWN.replace("    do: open\n", "    gate: signed_up >= 1\n    patience: 5 min\n    do: open\n", 1)
    run = begun(here, HEAD + shut)
    member(here, "阿海")
    tick(moment(1, 20), *(moment(1, 20, n) for n in (5, 10, 20, 30, 40)))
    states = {step: (state, why) for step, state, why in run.steps.values_list("step", "state", "why")}
    assert states.pop("vote") == ("skipped", "signed_up ? >= 1")
    assert set(states.values()) == {("skipped", "unopened vote")}
    assert not Outgoing.objects.exists()
    assert not Task.objects.exists()


def test_a_file_and_a_picture_go_with_the_words(here):
    boss = hire(here.workspace)
    kept = enclosure.keep("一、守时".encode(), "规则.txt", workspace=here.workspace, now=moment(0, 9))
    begun(here, HEAD + FILED, values={"rules": kept})
    tick(moment(1, 20))
    sent = row(here, "rules")
    assert (sent.enclosure.name, sent.picture) == ("规则.txt", None)
    answer = browser(boss).get(reverse("enclosure", args=[sent.enclosure_id]))
    assert (answer.content.decode(), answer["Content-Type"]) == ("一、守时", "application/octet-stream")
    assert answer["Content-Disposition"].startswith("attachment;")
    other = group(here.workspace, "另一个群")
    seen = enclosure.keep(jpeg(), "a.jpg", workspace=here.workspace, now=moment(0, 9))
    begun(other, HEAD + FILED, values={"rules": seen})
    third = begun(group(here.workspace, "第三个群"), HEAD + FILED, values={"rules": "nothing"})
    tick(moment(1, 20, 1))
    assert row(other, "rules").picture.pk.hex == seen
    assert third.steps.get(step="rules").why == "file_gone rules"
    with pytest.raises(enclosure.TooLarge):
        enclosure.keep(b"", "a", workspace=here.workspace, now=moment(0, 9))


def test_addresses_are_those_of_the_pages(here):
    who = member(here, "小云")
    now = clock.now()
    vote = opened(here, "vote", "投票", now=now, plan=KINDS["vote"].plan(options=["a", "b"]))
    token = code.personal(who, now=now)
    assert address.own(who, None, now=now) == reverse("member", args=[token])
    assert address.own(who, vote.pk, now=now) == reverse("member_activity", args=[token, vote.pk])
    assert address.door(vote, here, now=now) == doors.address(vote, here, now=now)


def test_a_picture_that_names_somebody_goes_with_them(here):
    kept = [
        picture.take(jpeg(), workspace=here.workspace, person=None, words=words, now=moment(1, 9))
        for words in ("恭喜\n小云", "恭喜\n阿海", "")
    ]
    assert picture.let_go(here.workspace, {"小云"}) == 1
    assert list(Picture.objects.order_by("words").values_list("pk", flat=True)) == [kept[2].pk, kept[1].pk]
