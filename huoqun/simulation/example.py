"""The example: a made-up group, one click away, marked as simulated, gone at a click."""

from django.db import transaction

from huoqun.base import job
from huoqun.base.clock import naive_utc
from huoqun.people import reception, upload
from huoqun.people.group import Group, refresh
from huoqun.people.mark import add_known
from huoqun.people.upload import Upload
from huoqun.simulation.story import simulate

SEED = 7


def tick(hand: job.Hand) -> bool:
    """Make the example group somebody has asked for."""
    return job.work(upload.EXAMPLE, _run, hand)


def _run(lease: job.Lease) -> None:
    row = Upload.objects.select_related("workspace").get(pk=lease.key)
    if row.state not in upload.OPEN:
        return
    job.tell(lease, upload.READING)
    made = simulate(seed=SEED, end=naive_utc(row.created), lang=lease.arguments.get("language", "zh"))
    (group,) = reception.bring(lease, row, [made.chat])
    with transaction.atomic():
        job.hold(lease)
        group = Group.objects.select_for_update().get(pk=group.pk)
        group.type, group.simulated = made.type, True
        group.save()
        add_known(group, made.marks, now=lease.now())
        refresh(group)
