"""The inquiry (提问): a question that members asked in a group lately, kept as a row so that lists of who waits need
not read an archive.

Made anew by a worker whenever what is known of a group has changed (`tick`); what staff ticked off by hand stays.
Questions of the owner and of known staff are left out: they wait for no service. Found by `insight/question`, answers
by `insight/answer`, as in a diagnosis.
"""

from datetime import datetime, timedelta
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    CharField,
    DateTimeField,
    Exists,
    ForeignKey,
    Index,
    OneToOneField,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    UniqueConstraint,
)

from huoqun.base import job
from huoqun.base.table import Table
from huoqun.chat.message import Chat
from huoqun.insight.diagnosis import moment_of
from huoqun.insight.question import questions
from huoqun.insight.quote import quotes
from huoqun.insight.reading import reading
from huoqun.insight.recent import recent_links
from huoqun.people import audit, checkup, history
from huoqun.people.account import Account
from huoqun.people.group import Group, unchanged
from huoqun.people.history import aware
from huoqun.people.person import Identity, Person

KIND = "inquiries"
WINDOW = timedelta(days=56)
"""How far back questions are kept: eight weeks, so that a trend can be seen."""
MOST = 5000
"""Questions kept of one group, the newest."""
ELSEWHERE, NO_QUESTION = "elsewhere", "no_question"
READ = ("asker", "at", "text", "answered", "answerer")
"""What an archive tells of a question; the rest people have said."""
HOWS = (ELSEWHERE, NO_QUESTION)
"""How a question is ticked off: answered somewhere else; it asked nothing."""


class Ledger(Table):
    """Up to when the questions of a group are known, and from what (提问簿)."""

    group = OneToOneField(Group, CASCADE, related_name="inquiry_ledger")
    state_hash = CharField(max_length=64)
    model = CharField(max_length=64)
    as_of = DateTimeField(null=True)


class Inquiry(Table):
    """A question somebody asked (提问). `answered`, `answerer`: the first answer by somebody else, in the group."""

    group = ForeignKey(Group, CASCADE, related_name="inquiries")
    key = CharField(max_length=120)
    asker = ForeignKey(Identity, CASCADE, related_name="inquiries")
    at = DateTimeField()
    text = TextField(default="")
    answered = DateTimeField(null=True)
    answerer = ForeignKey(Identity, SET_NULL, null=True, related_name="+")
    settled = DateTimeField(null=True)
    """When it was ticked off by hand."""
    how = CharField(max_length=12, default="")
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")
    member = ForeignKey(Person, SET_NULL, null=True, related_name="+")
    """Who ticked it off: staff, or a member on duty."""

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["group", "key"], name="inquiry_once")]
        indexes = [
            Index(fields=["group", "at"], name="inquiry_time"),
            Index(fields=["group", "at"], condition=Q(answered=None, settled=None), name="inquiry_waits"),
        ]


# -- reads


def stale() -> QuerySet[Group]:
    """The groups whose kept questions do not match what is known of them."""
    fresh = Ledger.objects.filter(group=OuterRef("pk"), state_hash=OuterRef("state_hash"), model=checkup.model())
    return Group.objects.filter(removed=None, rows__gt=0).exclude(Exists(fresh))


def found_in(group: Group, chat: Chat) -> tuple[datetime, list[dict[str, Any]]]:
    """Up to when the record tells (naive UTC), and the questions of its last weeks, oldest first."""
    as_of, _source = moment_of(chat)
    recent = chat.rows.filter(pl.col("time") > as_of - WINDOW, pl.col("time") <= as_of)
    if recent.is_empty():
        return as_of, []
    card = checkup.card_of(group, chat)
    linked = recent_links(recent, now=as_of)
    read = reading(recent, linked.links, card, now=as_of, linked_from=linked.first)
    table = questions(read).tail(MOST)
    ours = {*card.staff, card.owner}
    return as_of, [
        {
            "key": f"{quote.key or quote.time.isoformat()} {quote.person}"[:120],
            "account": quote.person,
            "at": row["time"],
            "text": quote.text,
            "answered": row["answered"],
            "by": None if row["by"] is None else read.people[row["by"]],
        }
        for quote, row in zip(quotes(read, table["row"].to_list()), table.iter_rows(named=True), strict=True)
        if quote.person not in ours
    ]


# -- writes


def tick(hand: job.Hand) -> bool:
    """Open a job for every group whose questions are to be read anew, and do one."""
    keys = [_key(group) for group in stale().only("pk", "state_hash")[: checkup.AT_ONCE]]
    job.open_jobs(KIND, keys, now=hand.clock())
    return job.work(KIND, _run, hand)


def _key(group: Group) -> str:
    return f"{group.pk.hex} {group.state_hash[:24]} {checkup.model()[:24]}"


def _run(lease: job.Lease) -> None:
    group = Group.objects.filter(pk=lease.key.split()[0], removed=None).first()
    if group is not None:
        refresh(group, now=lease.now())


def refresh(group: Group, *, now: datetime) -> None:
    """Read the questions of a group anew. Where it changed meanwhile nothing is kept: it is due again."""
    chat = history.chat_of(group)
    as_of, found = found_in(group, chat) if chat.rows.height else (None, [])
    with transaction.atomic():
        if not unchanged(group):
            return
        _keep(group, found, now=now)
        row = Ledger(group=group, created=now, state_hash=group.state_hash, model=checkup.model(), as_of=aware(as_of))
        Ledger.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["group"], update_fields=["state_hash", "model", "as_of"]
        )


def _keep(group: Group, found: list[dict[str, Any]], *, now: datetime) -> None:
    accounts = dict(Identity.objects.filter(group=group).values_list("account", "pk"))
    rows = {
        one["key"]: Inquiry(
            group=group,
            key=one["key"],
            asker_id=accounts[one["account"]],
            at=aware(one["at"]),
            text=one["text"],
            answered=aware(one["answered"]),
            answerer_id=accounts.get(one["by"]),
            created=now,
        )
        for one in found
        if one["account"] in accounts
    }
    known = {row.key: row for row in Inquiry.objects.filter(group=group)}
    Inquiry.objects.filter(pk__among=[row.pk for key, row in known.items() if key not in rows]).delete()
    Inquiry.objects.bulk_create(
        [row for key, row in rows.items() if key not in known or _differ(row, known[key])],
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["group", "key"],
        update_fields=list(READ),
    )


def _differ(row: Inquiry, known: Inquiry) -> bool:
    names = ("asker_id", "at", "text", "answered", "answerer_id")
    return any(getattr(row, name) != getattr(known, name) for name in names)


def tick_off(
    row: Inquiry, how: str, *, by: Account | None = None, member: Person | None = None, now: datetime
) -> Inquiry:
    """It waits no more: answered elsewhere, or no question. Again it changes nothing."""
    if how not in HOWS:
        raise ValueError(how)
    with transaction.atomic():
        fresh = Inquiry.objects.select_for_update().get(pk=row.pk)
        if fresh.how != how:
            fresh.settled, fresh.how, fresh.by, fresh.member = now, how, by, member
            fresh.save(update_fields=["settled", "how", "by", "member"])
            _note(fresh, by, now, {"how": how})
    return fresh


def undo(row: Inquiry, *, by: Account | None = None, now: datetime) -> Inquiry:
    """It was ticked off by mistake and waits again."""
    with transaction.atomic():
        fresh = Inquiry.objects.select_for_update().get(pk=row.pk)
        if fresh.how:
            before = {"how": fresh.how}
            fresh.settled, fresh.how, fresh.by, fresh.member = None, "", None, None
            fresh.save(update_fields=["settled", "how", "by", "member"])
            _note(fresh, by, now, {"how": ""}, before)
    return fresh


def _note(
    row: Inquiry, by: Account | None, now: datetime, after: dict[str, str], before: dict[str, str] | None = None
) -> None:
    group = row.group
    told = {"before": before or {"how": ""}, "after": after}
    audit.note(group.workspace, "inquiry.tick", by=by, on=group.pk, title=group.name, now=now, **told)
