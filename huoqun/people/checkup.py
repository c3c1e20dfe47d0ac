"""The checkup: a group's diagnosis as of one day, stored with what it was computed from.

Its `state_hash` is that of the group's rows, card and marks, its `model` that of the code and data that judged. `tick`
recomputes whatever does not match, so a page is never older than what is known, and says "as of".
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import (
    CASCADE,
    CharField,
    DateField,
    DateTimeField,
    Exists,
    F,
    FloatField,
    ForeignKey,
    JSONField,
    OuterRef,
    PositiveIntegerField,
    QuerySet,
    TextField,
    UniqueConstraint,
    Value,
)
from django.db.models.functions import Coalesce, NullIf

from huoqun.base import job
from huoqun.base.home import PACKAGE
from huoqun.base.table import Table
from huoqun.chat.message import Chat
from huoqun.insight import diagnosis
from huoqun.insight.card import Card
from huoqun.insight.cooling import cooling
from huoqun.insight.document import Diagnosis
from huoqun.insight.owner import NobodyByThatName, owner_of, staff_of
from huoqun.people import hearing, history, joint, lookout, pasted, tally, trace
from huoqun.people.group import Group, unnamed
from huoqun.people.ladder import rule_of, thresholds
from huoqun.people.mark import marks_of

KIND = "checkup"
COOLING = "cooling"
"""State in lists of a group that lives and loses warmth (`insight/cooling`), as its page says it."""
CARE = {"dying": 0, "at_risk": 1, COOLING: 2, "withheld": 3, "living": 4}
"""Who needs care first, by the state of the newest checkup."""
AT_ONCE = 500
"""How many jobs one tick opens at most."""
WEEKS = 26
"""How much of the pulse a list shows."""


class Checkup(Table):
    """A diagnosis (体检) of a group as of `day`; the columns beside `document` are for lists."""

    group = ForeignKey(Group, CASCADE, related_name="checkups")
    day = DateField()
    as_of = DateTimeField()
    computed = DateTimeField()
    state_hash = CharField(max_length=64)
    model = CharField(max_length=64)
    state = CharField(max_length=10)
    stage = CharField(max_length=20)
    grade = CharField(max_length=1)
    half = FloatField(null=True)
    third = FloatField(null=True)
    silent = FloatField(null=True)
    harm = FloatField(default=0)
    cause = CharField(max_length=60, default="")
    people = FloatField(default=0)
    members = PositiveIntegerField(null=True)
    """Members as of that day, where file or joins and leaves tell."""
    answered = FloatField(null=True)
    """Vital sign answer_rate; the next two are speaking_share and newcomer_welcome."""
    speaking = FloatField(null=True)
    welcome = FloatField(null=True)
    spark = JSONField(default=list)
    document = TextField()

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["group", "day"], name="checkup_a_day")]


@cache
def model() -> str:
    """Digest of the code and data that judge: another installed version means another diagnosis."""
    digest = hashlib.sha256()
    for path in sorted((PACKAGE / "insight").rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(str(path.relative_to(PACKAGE)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def latest(group: Group) -> Checkup | None:
    """The newest checkup of a group."""
    return group.checkups.order_by("-day", "-computed").first()


def stale() -> QuerySet[Group]:
    """The groups whose checkup does not match what is known of them."""
    fresh = Checkup.objects.filter(group=OuterRef("pk"), state_hash=OuterRef("state_hash"), model=model())
    return Group.objects.filter(removed=None, rows__gt=0).exclude(Exists(fresh))


def working(group: Group) -> job.Job | None:
    """The open or failed job that stands between the group and a fresh checkup; None where it is fresh."""
    return under_way([group]).get(group.pk)


def under_way(groups: Sequence[Group]) -> dict[UUID, job.Job]:
    """Of some groups that have no fresh checkup the open or failed job that makes it, asked for at once."""
    waiting = stale().filter(pk__in=[group.pk for group in groups]) if groups else ()
    keys = {_key(group): group.pk for group in waiting}
    return {keys[key]: found for key, found in job.newest_of(KIND, list(keys)).items()}


def failed(groups: Sequence[Group]) -> set[UUID]:
    """Of some groups those whose diagnosis could not be made, asked for at once."""
    keys = {_key(group): group.pk for group in groups}
    return {keys[key] for key, found in job.newest_of(KIND, list(keys)).items() if found.state == job.FAILED}


def again(group: Group, *, now: datetime) -> None:
    """Try once more after a failure."""
    job.open_job(KIND, _key(group), now=now)


def tick(hand: job.Hand) -> bool:
    """Open a job for every group that needs a checkup, and do one. What failed for the same reasons is left alone."""
    job.open_jobs(KIND, [_key(group) for group in stale().only("pk", "state_hash")[:AT_ONCE]], now=hand.clock())
    return job.work(KIND, _run, hand)


def _key(group: Group) -> str:
    return f"{group.pk.hex} {group.state_hash[:24]} {model()[:24]}"


def _run(lease: job.Lease) -> None:
    group = Group.objects.filter(pk=lease.key.split()[0], removed=None).first()
    if group is not None:
        examine(group, lease)


def examine(group: Group, lease: job.Lease) -> None:
    """Diagnose a group now, as part of somebody's work."""
    job.tell(lease, "reading")
    chat = history.chat_of(group)
    job.tell(lease, "diagnosing", messages=group.messages)
    found = diagnose(group, chat)
    with transaction.atomic():
        job.hold(lease)
        store(group, found, now=lease.now())
        pasted.propose(group, chat.rows, now=lease.now())


def diagnose(group: Group, chat: Chat) -> Diagnosis:
    """The diagnosis as of the export's time, or of the last row where the format does not tell it."""
    as_of, source = diagnosis.moment_of(chat)
    found = diagnosis.diagnose(chat, card_of(group, chat), now=as_of, as_of_source=source)
    return found.model_copy(update={"simulated": group.simulated, "group": group.name})


def card_of(group: Group, chat: Chat) -> Card:
    """What INSIGHT may know of the group beside its archive."""
    try:
        owner, source = owner_of(chat, group.owner or None)
    except NobodyByThatName:
        owner, source = owner_of(chat)
    ends = datetime(group.ends.year, group.ends.month, group.ends.day) if group.ends else None  # noqa: DTZ001
    return Card(
        zone=group.zone,
        type=group.type or None,
        owner=owner,
        owner_source=source,
        staff=staff_of(chat, owner, source),
        ends=ends,
        marks=marks_of(group),
        unnamed=unnamed(group),
        thresholds=thresholds(rule_of(group.workspace)),
        known=hearing.acquaintances(group),
        shared=joint.shared(group),
        asked_whom=hearing.asked_whom(group),
        response=(group.heard["answered"], group.heard["asked"]) if group.heard.get("asked") else None,
    )


def store(group: Group, found: Diagnosis, *, now: datetime) -> None:
    """Keep a diagnosis as the checkup of its day, in place of an older one of that day."""
    verdict = found.verdict
    signs = {sign.id: sign.value for sign in found.vital_signs}
    worst = max(found.findings, key=lambda f: f.harm, default=None)
    row = Checkup(
        group=group,
        created=now,
        day=history.aware(found.as_of).astimezone(ZoneInfo(group.zone)).date(),
        as_of=history.aware(found.as_of),
        computed=now,
        state_hash=group.state_hash,
        model=model(),
        state=COOLING if cooling(found) else verdict.state,
        stage=found.stage,
        grade=found.completeness.grade,
        half=verdict.probability_half_90d,
        third=verdict.probability_third_90d,
        silent=verdict.probability_silent_90d,
        harm=worst.harm if worst else 0,
        cause=worst.cause if worst else "",
        people=found.people,
        members=found.members,
        answered=signs.get("answer_rate"),
        speaking=signs.get("speaking_share"),
        welcome=signs.get("newcomer_welcome"),
        spark=_spark(found),
        document=found.model_dump_json(),
    )
    values = [f.name for f in Checkup._meta.concrete_fields if f.name not in {"id", "group", "day", "created"}]
    Checkup.objects.bulk_create([row], update_conflicts=True, unique_fields=["group", "day"], update_fields=values)
    Checkup.objects.filter(group=group, day__gt=row.day).delete()
    newest = Checkup.objects.filter(group=group, day=row.day).get()
    show(group, newest)
    past = group.checkups.filter(day__lt=row.day, model=row.model).order_by("-day").first()
    before = (past.state, document(past)) if past else None
    lookout.look(group, found, state=row.state, before=before, as_of=row.as_of, now=now)
    trace.keep(group, found, now=now)
    tally.count_group(group, now=now)


def show(group: Group, newest: Checkup) -> None:
    """Let lists of groups say what the newest checkup says."""
    Group.objects.filter(pk=group.pk).update(
        newest=newest.pk,
        care=CARE.get(newest.state, len(CARE)),
        harm=newest.harm,
        half=newest.half or 0,
        stage=Coalesce(NullIf(F("stage_said"), Value("")), Value(newest.stage)),
    )


def _spark(found: Diagnosis) -> list[int]:
    """Messages a week over the last half-year, oldest first."""
    days = found.pulse.messages
    begin = len(days) % 7
    weeks = [sum(days[i : i + 7]) for i in range(begin, len(days), 7)]
    return weeks[-WEEKS:]


def document(checkup: Checkup) -> Diagnosis:
    """The stored diagnosis."""
    return Diagnosis.model_validate_json(checkup.document)
