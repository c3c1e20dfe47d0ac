"""What `huoqun doctor` looks at in the database and the archives: whether they answer, are of this version, and work.

Each check stands alone: one that breaks is told as broken and keeps none of the others from being made.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from huoqun.base import job, presence
from huoqun.base.checked import Checked
from huoqun.base.job import Job
from huoqun.chat import archive
from huoqun.people.group import Group
from huoqun.people.workspace import Workspace, archive_of

APART = timedelta(seconds=30)
"""By how much the clock of the database may differ from ours."""
STUCK = timedelta(minutes=10)
"""A job that was due this long ago, while a worker is alive, is stuck."""


def database() -> Iterator[Checked]:
    """Whether it answers and has been through every migration."""
    try:
        connection.ensure_connection()
    except Exception as error:
        told = f"does not answer: {str(error).splitlines()[0]}"
        yield Checked("database", told, "start it, or set HUOQUN_DATABASE_URL right")
        return
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check(1)")
            (answer,) = cursor.fetchone()
        if answer != "ok":
            yield Checked(
                "database", f"the file is damaged: {answer}", "`huoqun restore --replace` with the last backup"
            )
            return
    yield Checked("database", f"{connection.vendor} answers")
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    unknown = executor.loader.applied_migrations.keys() - executor.loader.disk_migrations.keys()
    strange = sorted(name for app, name in unknown if app == "huoqun")
    if strange:
        yield Checked("migrations", f"the database is of a newer version ({strange[-1]})", "install that version")
    elif missing:
        yield Checked("migrations", f"{len(missing)} are missing", "huoqun manage migrate (`huoqun up` does it too)")
    else:
        yield Checked("migrations", "all done")


def clocks(now: datetime) -> Iterator[Checked]:
    """Whether the database goes by the same clock."""
    if connection.vendor == "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (there,) = cursor.fetchone()
    apart = abs(there - now)
    mend = "let both computers set their clocks by NTP" if apart > APART else ""
    yield Checked("clock of the database", f"{apart.total_seconds():.0f} s from ours", mend)


def archives() -> Iterator[Checked]:
    """Whether the record of every workspace can be read, and holds what its groups say it holds."""
    for workspace in Workspace.objects.order_by("created"):
        name = f"archive of {workspace.name or workspace.slug}"
        try:
            held = dict(archive.groups(archive_of(workspace)).select("group", "rows").iter_rows())
        except Exception as error:
            told = f"cannot be read: {str(error).splitlines()[0][:200]}"
            yield Checked(name, told, "`huoqun restore --replace` with the last backup")
            continue
        rows = dict(Group.objects.filter(workspace=workspace).values_list("pk", "rows"))
        short = [pk for pk, count in rows.items() if held.get(pk.hex, 0) < count]
        if short:
            told = f"{len(short)} groups have fewer messages than they had, such as {short[0]}"
            yield Checked(name, told, "import their exports again, or restore the last backup")
        else:
            yield Checked(name, f"{sum(held.values())} rows in {len(rows)} groups")


def work(now: datetime) -> Iterator[Checked]:
    """Whether a worker is alive, and no work failed or waits too long."""
    alive = presence.anybody(now)
    yield Checked("worker", "alive" if alive else "none is alive", "" if alive else "huoqun up, or huoqun worker")
    failed = Job.objects.filter(state=job.FAILED)
    count = failed.count()
    if count:
        last = failed.order_by("-finished").values_list("kind", "reason").first()
        told = f"{count} failed, last {last[0]}: {last[1] or 'no reason known'}" if last else ""
        yield Checked("failed jobs", told, "open the import or group it belongs to and try again there")
    else:
        yield Checked("failed jobs", "none")
    waiting = Job.objects.filter(state=job.WAITING, due__lt=now - STUCK).count()
    hung = Job.objects.filter(state=job.RUNNING, leased_until__lt=now - STUCK).count()
    told = f"{waiting + hung} wait for more than {STUCK.seconds // 60} minutes" if waiting + hung else "none"
    mend = "restart the worker (stop `huoqun up`, start it again)" if waiting + hung else ""
    yield Checked("stuck jobs", told, mend)
