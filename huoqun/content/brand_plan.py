"""The owner's plan (群主个人品牌): three steps (handbook chapter 12): a label people know one by, a product
that carries it, a brand that stands without one; each with aims and what is done of them.

An aim is counted by hand, or by a watchword too: by everybody who has said the owner's name or brand.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import (
    CASCADE,
    SET_NULL,
    CharField,
    Count,
    DateField,
    DateTimeField,
    FloatField,
    ForeignKey,
    Index,
    Sum,
    UniqueConstraint,
)

from huoqun.base.table import Table
from huoqun.content.watchword import Sighting, Watchword
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.display import one_line
from huoqun.people.workspace import Workspace

LABEL, PRODUCT, BRAND = "label", "product", "brand"
STAGES = (LABEL, PRODUCT, BRAND)
LONGEST_TEXT, LONGEST_UNIT, LONGEST_NOTE = 200, 20, 200
LEAST, MOST_TARGET = 0.01, 1e9
MOST = 100
YEARS = range(2000, 2200)


class BadAim(ValueError):
    """`why`: `text`, `number`, `date`, `many`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class BrandAim(Table):
    """One aim of the plan (品牌目标)."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="brand_aims")
    stage = CharField(max_length=8)
    text = CharField(max_length=LONGEST_TEXT)
    target = FloatField()
    unit = CharField(max_length=LONGEST_UNIT, default="")
    until = DateField(null=True)
    watchword = ForeignKey(Watchword, SET_NULL, null=True, related_name="+")
    """By whose sightings it is counted; null: by hand."""
    removed = DateTimeField(null=True)
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")

    class Meta(Table.Meta):
        indexes = [Index(fields=["workspace", "removed", "created"], name="brand_aim_list")]


class BrandCount(Table):
    """What was done of an aim on a day (品牌进展): a post, a talk, a sale."""

    aim = ForeignKey(BrandAim, CASCADE, related_name="counts")
    day = DateField()
    amount = FloatField()
    note = CharField(max_length=LONGEST_NOTE, default="")
    key = CharField(max_length=80)
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")

    class Meta(Table.Meta):
        constraints = [UniqueConstraint(fields=["aim", "key"], name="brand_count_once")]


@dataclass(frozen=True)
class Standing:
    """An aim and how far it is. `late`: its day is over and it is not reached."""

    aim: BrandAim
    done: float
    share: float
    days: int | None
    late: bool
    counts: list[BrandCount]


# -- reads


def plan(workspace: Workspace, *, today: date) -> dict[str, list[Standing]]:
    """By stage its aims, the nearest day first, with the last five entries of each."""
    aims = list(BrandAim.objects.filter(workspace=workspace, removed=None).select_related("watchword"))
    by_hand = dict(BrandCount.objects.filter(aim__in=aims).values_list("aim").annotate(n=Sum("amount")))
    seen = {aim.pk: _seen(aim) for aim in aims if aim.watchword}
    found: dict[str, list[Standing]] = {stage: [] for stage in STAGES}
    for aim in sorted(aims, key=lambda a: (a.until or date.max, a.created)):
        done = by_hand.get(aim.pk, 0.0) + seen.get(aim.pk, 0)
        days = (aim.until - today).days if aim.until else None
        entries = list(aim.counts.select_related("by").order_by("-day", "-created")[:5])
        late = days is not None and days < 0 and done < aim.target
        found[aim.stage].append(Standing(aim, done, max(done, 0.0) / aim.target, days, late, entries))
    return found


def _seen(aim: BrandAim) -> int:
    """How many people have said the watchword since the aim was set: nobody can talk it up."""
    rows = Sighting.objects.filter(watchword=aim.watchword, at__gte=aim.created)
    told = rows.aggregate(n=Count("identity__person", distinct=True))
    return int(told["n"] or 0)


# -- writes


def aim(
    workspace: Workspace,
    *,
    stage: str,
    text: str,
    target: float,
    unit: str = "",
    until: date | None = None,
    watchword: Watchword | None = None,
    by: Account,
    now: datetime,
) -> BrandAim:
    """Another aim. Raises BadAim."""
    text = one_line(text, LONGEST_TEXT)
    if not text or stage not in STAGES:
        raise BadAim("text")
    if not LEAST <= target <= MOST_TARGET:
        raise BadAim("number")
    if until is not None and until.year not in YEARS:
        raise BadAim("date")
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=workspace.pk)
        if BrandAim.objects.filter(workspace=workspace, removed=None).count() >= MOST:
            raise BadAim("many")
        row = BrandAim(workspace=workspace, stage=stage, text=text, target=target, until=until, by=by, created=now)
        row.unit, row.watchword = one_line(unit, LONGEST_UNIT), watchword
        row.save(force_insert=True)
        _note(row, "aim", by, now, {"text": text, "target": target})
    return row


def count(row: BrandAim, amount: float, *, day: date, note: str = "", key: str, by: Account, now: datetime) -> None:
    """So much more is done of an aim; the same key counts once. Raises BadAim."""
    if not 0 < abs(amount) <= MOST_TARGET:
        raise BadAim("number")
    if day.year not in YEARS:
        raise BadAim("date")
    with transaction.atomic():
        BrandAim.objects.select_for_update().get(pk=row.pk)
        if not BrandCount.objects.filter(aim=row, key=key[:80]).exists():
            made = BrandCount(aim=row, amount=amount, day=day, note=one_line(note, LONGEST_NOTE), by=by, created=now)
            made.key = key[:80]
            made.save(force_insert=True)
            _note(row, "count", by, now, {"amount": amount, "day": day.isoformat(), "note": made.note})


def uncount(row: BrandCount, *, by: Account, now: datetime) -> None:
    """Take an entry off."""
    with transaction.atomic():
        if BrandCount.objects.filter(pk=row.pk).delete()[0]:
            _note(row.aim, "uncount", by, now, {"amount": row.amount, "day": row.day.isoformat()})


def remove(row: BrandAim, *, by: Account, now: datetime) -> None:
    """No longer an aim; what was done is kept."""
    if BrandAim.objects.filter(pk=row.pk, removed=None).update(removed=now):
        _note(row, "remove", by, now, {"text": row.text})


def _note(row: BrandAim, what: str, by: Account, now: datetime, after: dict[str, object]) -> None:
    audit.note(row.workspace, f"brand.{what}", by=by, on=row.pk, title=row.text, after=after, now=now)
