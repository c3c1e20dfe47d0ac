"""The digest (群聊摘要): what a day or a week of a group held, as a draft in its calendar that staff read over, or that
goes straight out where they have said so.

Best posts, decisions, links, open questions, newcomers: the lines are what people said there, cut to their length
(`insight/sumup`), and stay within the group in which they were said.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from huoqun.base import job
from huoqun.base.clock import naive_utc
from huoqun.content import slot
from huoqun.content.slot import Slot
from huoqun.insight.sumup import Sum, sumup
from huoqun.insight.sumup_words import in_words
from huoqun.people import history
from huoqun.people.account import Account
from huoqun.people.group import Group, groups
from huoqun.people.voice import USEFUL, Voice, next_digest, voice_of, voice_of_all, voices

KIND = "digest"
DAYS = {"day": 1, "week": 7}
AT_ONCE = 50
"""Voices whose digests one round opens at most."""


def summed(group: Group, days: int, *, now: datetime) -> Sum:
    """What the last days of a group held."""
    since = naive_utc(now - timedelta(days=days))
    return sumup(history.rows_of(group, since), since=since, now=naive_utc(now))


def language_of(group: Group) -> str:
    """In which a group is spoken to."""
    return "en" if group.workspace.language == "en" else "zh"


def text_of(group: Group, days: int, *, now: datetime) -> str:
    """The text of a digest; "" where nothing was said."""
    found = summed(group, days, now=now)
    return in_words(found, language_of(group)) if found.messages else ""


def draft(
    group: Group, every: str, text: str, *, at: datetime, approves: bool, by: Account | None, now: datetime
) -> Slot:
    """A digest in the calendar of a group at the first free moment from `at` on; of a day and sort the first stays."""
    day = now.astimezone(ZoneInfo(group.zone)).date()
    free = slot.room(group, max(at, now))[1]
    return slot.plan(
        group,
        text=text,
        at=free,
        kind=USEFUL,
        approves=approves,
        source=f"digest:{every}",
        key=f"digest {every} {day}",
        by=by,
        now=now,
    )


def tick(hand: job.Hand) -> bool:
    """Open the digests that are due, and make those of one voice."""
    _open(hand.clock())
    return job.work(KIND, _run, hand)


def _open(now: datetime) -> None:
    if not Voice.objects.filter(next__lte=now).exists():
        return
    with transaction.atomic():
        due = Voice.objects.select_for_update(of=("self",)).select_related("workspace", "group")
        for row in due.filter(next__lte=now).order_by("next")[:AT_ONCE]:
            rule = voice_of(row.group) if row.group else voice_of_all(row.workspace)
            zone = row.group.zone if row.group else row.workspace.zone
            assert row.next is not None
            if rule.digest:
                job.open_job(KIND, f"{row.pk.hex} {row.next:%Y%m%d%H}", now=now, day=_day(row.next, zone).isoformat())
            row.next = next_digest(rule, zone, now) if rule.digest else None
            row.save(update_fields=["next"])


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def _run(lease: job.Lease) -> None:
    row = Voice.objects.filter(pk=lease.key.partition(" ")[0]).select_related("workspace", "group").first()
    if row is None:
        return
    there = list(_told(row))
    for number, group in enumerate(there):
        if lease.lost.is_set():
            raise job.LeaseLost
        rule, now = voice_of(group), lease.now()
        text = text_of(group, DAYS[rule.digest], now=now) if rule.digest else ""
        if text:
            draft(group, rule.digest, text, at=now, approves=rule.digest_straight, by=None, now=now)
        if number % 20 == 0:
            job.tell(lease, "digest", number / len(there))


def _told(row: Voice) -> Iterator[Group]:
    """The group of a voice; of a workspace's, all whose digest nobody has settled apart."""
    if row.group is not None:
        if row.group.removed is None:
            yield row.group
        return
    apart = set(Voice.objects.filter(workspace=row.workspace, rule__has_key="digest").values_list("group", flat=True))
    found = groups(row.workspace).select_related("workspace").order_by("pk")
    known = voices(found)
    yield from (group for group in found if group.pk not in apart and known[group.pk].digest)
