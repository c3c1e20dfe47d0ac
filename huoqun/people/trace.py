"""The trace: what the newest checkup of a group measured of one of its accounts, as columns, so that sums and rules
over very many people need not read a single diagnosis."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import (
    CASCADE,
    BigIntegerField,
    CharField,
    DateField,
    FloatField,
    ForeignKey,
    Index,
    OneToOneField,
    PositiveIntegerField,
)

from huoqun.base.table import Table
from huoqun.insight.document import Diagnosis
from huoqun.insight.document import Person as Member
from huoqun.people.group import Group
from huoqun.people.person import Identity

LATELY = 90
"""Days on which answers count towards a stratum; the window of `insight/stratum`."""


class Trace(Table):
    """What one account left in its group (痕迹), counted back from `day`, the last day its group's history tells."""

    identity = OneToOneField(Identity, CASCADE, related_name="trace")
    group = ForeignKey(Group, CASCADE, related_name="traces", db_index=False)
    """Of the identity; here for the counts of many groups."""
    day = DateField()
    stratum = CharField(max_length=15)
    """In that group, as its diagnosis says; over all groups see `people/tally`."""
    ago = PositiveIntegerField()
    """Days from their last message to `day`."""
    spoke = BigIntegerField(default=0)
    """Days of the last 30 on which they spoke, as bits: the lowest is `day`."""
    messages_7 = PositiveIntegerField(default=0)
    messages_30 = PositiveIntegerField(default=0)
    ties = PositiveIntegerField(default=0)
    strong_ties = PositiveIntegerField(default=0)
    brought = PositiveIntegerField(default=0)
    """People they brought into the group in 90 days."""
    answered_by = PositiveIntegerField(default=0)
    """People who answered them in 90 days; the next two say it as a share of those who spoke in these days, and as
    times what is usual among them."""
    answered_share = FloatField(default=0)
    answered_times = FloatField(default=0)

    class Meta(Table.Meta):
        indexes = [Index(fields=["group", "stratum"], name="trace_stratum")]


def keep(group: Group, found: Diagnosis, *, now: datetime) -> None:
    """Put what a diagnosis says of everybody in place of what an older one said. Call it in a transaction."""
    zone = ZoneInfo(group.zone)
    today = _day(found.as_of, zone)
    identities = dict(Identity.objects.filter(group=group).values_list("account", "pk"))
    there = [p for p in found.people_table if p.id in identities and not p.bot]
    lately = [p for p in there if (today - _day(p.last, zone)).days < LATELY]
    usual = sum(p.answered_by for p in lately) / len(lately) if lately else 0
    rows = [
        Trace(
            identity_id=identities[p.id],
            group=group,
            created=now,
            day=today,
            ago=max((today - _day(p.last, zone)).days, 0),
            answered_share=p.answered_by / len(lately) if lately else 0,
            answered_times=p.answered_by / usual if usual else 0,
            **_plain(p),
        )
        for p in there
    ]
    values = [f.name for f in Trace._meta.concrete_fields if f.name not in {"id", "identity", "group", "created"}]
    Trace.objects.filter(group=group).exclude(identity__in=[r.identity_id for r in rows]).delete()
    Trace.objects.bulk_create(
        rows, batch_size=2000, update_conflicts=True, unique_fields=["identity"], update_fields=values
    )


def _plain(p: Member) -> dict[str, object]:
    return {
        "stratum": p.stratum,
        "spoke": p.spoke,
        "messages_7": p.messages_7d,
        "messages_30": p.messages_30d,
        "ties": p.ties,
        "strong_ties": p.strong_ties,
        "brought": p.brought,
        "answered_by": p.answered_by,
    }


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date()
