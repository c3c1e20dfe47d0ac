"""The portrait: a group's whole network (`insight/panorama`) as last drawn, kept with what it was drawn from.

It is drawn when somebody asks for it, and anew when they ask after something changed: of thirty thousand groups few
are ever looked at this closely, and an old picture that says so is better than none. It holds accounts and numbers;
names are looked up when it is shown, so that a renamed or merged person is shown as who they are now.
"""

import zlib
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction
from django.db.models import CASCADE, BinaryField, CharField, DateTimeField, ForeignKey, UniqueConstraint

from huoqun.base import job
from huoqun.base.table import Table
from huoqun.insight import diagnosis
from huoqun.insight.panorama import panorama, told
from huoqun.insight.reading import reading
from huoqun.insight.recent import recent_links
from huoqun.insight.tie import ties
from huoqun.people import history
from huoqun.people.checkup import card_of, model
from huoqun.people.group import Group, unchanged

KIND = "portrait"
SQUEEZE = 6


class Portrait(Table):
    """The network of a group as of `as_of`. `content`: the panorama as JSON, compressed."""

    group = ForeignKey(Group, CASCADE, related_name="portraits")
    as_of = DateTimeField()
    computed = DateTimeField()
    state_hash = CharField(max_length=64)
    model = CharField(max_length=64)
    content = BinaryField()

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["group"], name="portrait_of_group")]


def portrait_of(group: Group) -> Portrait | None:
    """The portrait there is, fresh or not."""
    return Portrait.objects.filter(group=group).first()


def fresh(portrait: Portrait, group: Group) -> bool:
    """Nothing that it was drawn from has changed since."""
    return portrait.state_hash == group.state_hash and portrait.model == model()


def content(portrait: Portrait) -> dict[str, Any]:
    """What `insight/panorama.told` said."""
    found: dict[str, Any] = orjson.loads(zlib.decompress(portrait.content))
    return found


def ask(group: Group, *, now: datetime) -> job.Job | None:
    """Have the group drawn as it is now. One that could not be drawn is not tried again; None where it has no rows."""
    if not group.rows:
        return None
    job.open_jobs(KIND, [_key(group)], now=now)
    return job.newest(KIND, _key(group))


def again(group: Group, *, now: datetime) -> None:
    """Try once more after a failure."""
    job.open_job(KIND, _key(group), now=now)


def tick(hand: job.Hand) -> bool:
    """Draw one of the groups that were asked for."""
    return job.work(KIND, _run, hand)


def _key(group: Group) -> str:
    return f"{group.pk.hex} {group.state_hash[:24]} {model()[:24]}"


def _run(lease: job.Lease) -> None:
    group = Group.objects.filter(pk=lease.key.split()[0], removed=None).first()
    if group is None:
        return
    job.tell(lease, "reading")
    as_of, drawn = draw(group)
    with transaction.atomic():
        job.hold(lease)
        if unchanged(group):  # else somebody may have been erased meanwhile
            store(group, as_of, drawn, now=lease.now())


def draw(group: Group) -> tuple[datetime, dict[str, Any]]:
    """The group's panorama and its moment (naive UTC): the same as its diagnosis is of."""
    chat = history.chat_of(group)
    as_of, _ = diagnosis.moment_of(chat)
    linked = recent_links(chat.rows, now=as_of)
    base = reading(chat.rows, linked.links, card_of(group, chat), now=as_of, linked_from=linked.first)
    return as_of, told(panorama(base, ties(base)))


def store(group: Group, as_of: datetime, drawn: dict[str, Any], *, now: datetime) -> None:
    """Keep it in place of the one before."""
    row = Portrait(
        group=group,
        created=now,
        as_of=history.aware(as_of),
        computed=now,
        state_hash=group.state_hash,
        model=model(),
        content=zlib.compress(orjson.dumps(drawn), SQUEEZE),
    )
    values = ["as_of", "computed", "state_hash", "model", "content"]
    Portrait.objects.bulk_create([row], update_conflicts=True, unique_fields=["group"], update_fields=values)
