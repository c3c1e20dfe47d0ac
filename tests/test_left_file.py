"""Files of starts that never were: they wait a week for their start, then go; what a run was started with stays."""

from datetime import timedelta

import pytest
from at_work import group, hire
from stage import jpeg
from test_run import begun

from huoqun.base import clock
from huoqun.people import enclosure, outbox, picture
from huoqun.people.enclosure import Enclosure
from huoqun.people.picture import Picture
from huoqun.people.workspace import local
from huoqun.playbooks import left_file
from huoqun.playbooks.run import Run

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_no_run_was_started_with_goes_after_a_week(django_assert_num_queries):
    here, now = group(local(now=clock.now())), clock.now()
    hire(here.workspace)
    kept = [enclosure.keep(raw, name, workspace=here.workspace, now=now) for raw, name in FILES * 3]
    started, said, left = kept[:2], kept[2:4], kept[4:]
    run = begun(here)
    Run.objects.filter(pk=run.pk).update(values={"photo": started[0], "file": started[1]})
    outbox.say_all(
        [
            outbox.Words(here, "看图", "step.useful", "a", run.source, Picture.objects.get(pk=said[0]), now),
            outbox.Words(here, "看文件", "step.useful", "b", run.source, None, now, Enclosure.objects.get(pk=said[1])),
        ],
        now=now,
    )
    own = picture.take(jpeg(), workspace=here.workspace, person=None, now=now)
    left_file.sweep(now + left_file.KEPT - timedelta(minutes=1))
    assert Picture.objects.count() + Enclosure.objects.count() == 7, "the form may still be open"
    left_file.sweep(now + left_file.KEPT + timedelta(minutes=1))
    there = {row.pk.hex for row in (*Picture.objects.all(), *Enclosure.objects.all())}
    assert there == {*started, *said, own.pk.hex}
    assert not {*left} & there
    Run.objects.all().delete()
    left_file.sweep(now + left_file.KEPT * 9)
    assert Picture.objects.filter(pk=started[0]).exists(), "it was looked at once"
    with django_assert_num_queries(2):
        left_file.sweep(now + left_file.KEPT * 9)


FILES = [(jpeg(), "a.jpg"), (b"%PDF-1.7", "rules.pdf")]
