"""The compaction: once a day each archive that has grown is put in order, and its dead files are deleted."""

from huoqun.base import job
from huoqun.chat import archive
from huoqun.people.upload import Taken
from huoqun.people.workspace import Workspace, archive_of

KIND = "compaction"


def tick(hand: job.Hand) -> bool:
    """Open the day's job for every workspace that took something in since the last one, and do one."""
    now = hand.clock()
    today = now.date().isoformat()
    for workspace in Workspace.objects.all():
        key = f"{workspace.pk.hex} {today}"
        if job.newest(KIND, key) is None and _grown(workspace):
            job.open_job(KIND, key, now=now)
    return job.work(KIND, _run, hand)


def _grown(workspace: Workspace) -> bool:
    mine = job.Job.objects.filter(kind=KIND, key__startswith=workspace.pk.hex, state=job.DONE)
    last = mine.order_by("-finished").values_list("finished", flat=True).first()
    taken = Taken.objects.filter(group__workspace=workspace, added__gt=0)
    return (taken.filter(created__gt=last) if last else taken).exists()


def _run(lease: job.Lease) -> None:
    workspace = Workspace.objects.get(pk=lease.key.split()[0])
    archive.compact(archive_of(workspace))
