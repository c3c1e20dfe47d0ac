"""Listening: the commands in what was imported. A group run by hand has no bot: its export tells who typed "打卡" or
"报名", and that counts as if a bot had heard it, at the time it was typed, while what it is meant for was open.

A group is listened to again when its history has changed and something in it was opened and not settled, or somebody
who has logged in waits to be known by a code. A message is carried out once, whichever exports it stands in.
"""

from datetime import UTC

import polars as pl
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from huoqun.activities.activity import Activity
from huoqun.activities.kinds import KINDS
from huoqun.base import job
from huoqun.base.clock import naive_utc
from huoqun.commands import answering, carrying
from huoqun.commands.carrying import Line
from huoqun.people import history, login
from huoqun.people.group import Group
from huoqun.people.login import Login
from huoqun.people.membership import here
from huoqun.people.stay import account_of

KIND = "listen"
AT_ONCE = 20
"""Groups for which one tick opens jobs at most."""


def unheard() -> QuerySet[Group]:
    """The groups whose newest messages were not read for commands, and where something takes them."""
    live = Activity.objects.filter(removed=None, settled=None, kind__in=KINDS).exclude(opened=None)
    known = Login.objects.exclude(state=login.BOUND).exclude(code="")
    found = Group.objects.filter(removed=None, rows__gt=0).exclude(listened=F("version"))
    wanted = Exists(live.filter(groups=OuterRef("pk"))) | Exists(known.filter(group=OuterRef("pk")))
    return found.filter(wanted)


def tick(hand: job.Hand) -> bool:
    """Open a job for every group that was not listened to, and do one."""
    keys = [f"{group.pk.hex} {group.version}"[:100] for group in unheard().only("pk", "version")[:AT_ONCE]]
    job.open_jobs(KIND, keys, now=hand.clock())
    return job.work(KIND, _run, hand)


def _run(lease: job.Lease) -> None:
    group = Group.objects.filter(pk=lease.key.split()[0], removed=None).select_related("workspace").first()
    if group is None or group.listened == group.version:
        return
    outcomes = carrying.carry_out(group, lines_of(group), via="chat", now=lease.now())
    with transaction.atomic():
        job.hold(lease)
        answering.answer(group, outcomes, key=group.version, now=lease.now())
        Group.objects.filter(pk=group.pk).update(listened=group.version)


def lines_of(group: Group) -> list[Line]:
    """What members who are there said since the first of what is live was opened, or the first code shown, in its
    order."""
    opened = [a.opened for a in carrying.live(group) if a.opened is not None]
    codes = Login.objects.filter(group=group).exclude(state=login.BOUND).exclude(code="")
    opened += [shown - login.EARLY for shown in codes.values_list("shown", flat=True)]
    if not opened:
        return []
    since = naive_utc(min(opened))
    rows = history.rows_of(group, since).with_columns(account_of("sender"))
    rows = rows.filter((pl.col("time") >= since) & (pl.col("kind") == "text") & pl.col("text").is_not_null())
    known = {who.account: who for who in here(group).select_related("person")}
    for who in known.values():
        who.group, who.person.workspace = group, group.workspace
    told = rows.sort("time", "key").select("sender", "text", "time", "key").iter_rows()
    return [Line(known[s], text, time.replace(tzinfo=UTC), key) for s, text, time, key in told if s in known]
