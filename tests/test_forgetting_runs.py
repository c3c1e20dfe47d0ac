"""Nothing of an erased person is left in runs: not in tasks, words to be sent, results of steps, pictures drawn."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from stage import jpeg
from test_forgetting import SECRETS, in_tables, lived, on_disk, work_off, workspace  # noqa: F401  the fixture
from test_run import BOOK

from huoqun.base import clock
from huoqun.people import forgotten, picture
from huoqun.people.membership import Membership
from huoqun.people.outbox import Outgoing
from huoqun.people.person import Identity
from huoqun.people.picture import Picture
from huoqun.people.task import Task
from huoqun.playbooks import engine, starting
from huoqun.playbooks.run import DueStep, edition_of

pytestmark = pytest.mark.django_db(transaction=True)
NAMING = (
    BOOK[: BOOK.index("paths:")]
    + """measures: [pulse]
steps:
  - id: kit
    title: {zh: 入群包, en: The kit}
    at: when joined
    do: say
    text: {zh: "欢迎{name}。", en: "Welcome {name}."}
  - id: ask
    title: {zh: 私下问, en: Ask}
    at: at once
    do: invite
    who: everybody
    text: {zh: "{name}，来吗 {link}", en: "{name}: {link}"}
  - id: best
    title: {zh: 挑人, en: Choose}
    at: at once
    do: pick
    who: everybody
    by: messages
    most: 5
  - id: thank
    title: {zh: 谢谢, en: Thanks}
    at: 1 h after the start
    do: tag
    who: chosen best
    name: {zh: 好人, en: Good}
"""
)


def test_runs_let_go_of_who_is_erased_and_go_on(workspace):  # noqa: F811
    a, _b, one, boss = lived(workspace)
    work_off()
    now = clock.now()
    snow = Identity.objects.get(group=a, account="u-snow-1")
    Membership.objects.filter(identity=snow).update(joined=now)
    edition = edition_of(workspace, NAMING, by=boss, now=now)
    more = {"values": {}, "people": {}, "by": boss, "now": now}
    run = starting.start(a, edition, begins=now.astimezone(ZoneInfo(a.zone)).date(), **more)
    for minutes in (0, 1, 5, 6):
        engine.carry_out(now + timedelta(minutes=minutes))
    shown = picture.take(jpeg(), workspace=workspace, person=None, words=f"恭喜\n{snow.name}", now=now)
    told = [*Task.objects.values_list("ready", flat=True), *Outgoing.objects.values_list("text", flat=True)]
    assert sum(snow.name in text for text in told) == 3
    marked = (snow.pk.hex, str(snow.pk))
    assert [word for _table, word in in_tables(marked[:1]) if word]
    assert len(DueStep.objects.get(run=run, step="best").result["people"]) == 3
    forgotten.ask(one, by=boss, now=now)
    work_off()
    assert in_tables(SECRETS) == []
    assert on_disk(SECRETS) == []
    assert in_tables(marked) == []
    assert not Picture.objects.filter(pk=shown.pk).exists()
    assert DueStep.objects.filter(run=run, step="kit").exclude(turn="").get().result["words"]["name"] != ""
    Task.objects.filter(key__contains="/best/").update(state="done", at=now)
    engine.notice(now)
    engine.carry_out(now + timedelta(hours=2))
    assert DueStep.objects.get(run=run, step="thank").state == "done", "for those who are left"
