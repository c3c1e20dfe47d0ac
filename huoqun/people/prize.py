"""The prize (赞助奖品): what a sponsor gave: how many, worth how much, what they asked for; what it was used for, and
what the sponsor got of it. What the shop sells of it is taken from the same pieces."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import (
    CASCADE,
    CharField,
    DateField,
    DateTimeField,
    DecimalField,
    ForeignKey,
    JSONField,
    PositiveIntegerField,
    QuerySet,
    TextField,
)

from huoqun.base.table import Table
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.display import one_line, visible
from huoqun.people.workspace import Workspace

LONGEST = 120
LONGEST_TEXT = 1000
MOST_PIECES = 10_000_000
MOST_WORTH = Decimal(10_000_000)


class BadPrize(ValueError):
    """A prize has a sponsor, a name and at least one piece."""


class NoneLeft(Exception):
    """There are not so many left."""


class Prize(Table):
    """Something given by a sponsor (赞助). `worth`: of one piece, in money; `uses`: day, pieces, for what, key."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="prizes")
    sponsor = CharField(max_length=LONGEST)
    name = CharField(max_length=LONGEST)
    pieces = PositiveIntegerField()
    worth = DecimalField(max_digits=10, decimal_places=2, default=Decimal(0))
    came = DateField()
    asked = TextField(default="")
    """What the sponsor wants for it."""
    got = TextField(default="")
    """What the sponsor got: people who came, orders, words."""
    uses = JSONField(default=list)
    removed = DateTimeField(null=True)

    @property
    def used(self) -> int:
        """Pieces used."""
        return sum(int(u["pieces"]) for u in self.uses)

    @property
    def left(self) -> int:
        """Pieces not used."""
        return self.pieces - self.used

    @property
    def value(self) -> Decimal:
        """What all of it is worth."""
        return self.worth * self.pieces


def prizes(workspace: Workspace) -> QuerySet[Prize]:
    """What sponsors gave, newest first."""
    return Prize.objects.filter(workspace=workspace, removed=None).order_by("-came", "-created", "-pk")


def record(
    workspace: Workspace,
    *,
    sponsor: str,
    name: str,
    pieces: int,
    worth: Decimal,
    asked: str,
    came: date,
    by: Account,
    now: datetime,
) -> Prize:
    """Write down what a sponsor gave. Raises BadPrize."""
    sponsor, name = one_line(sponsor, LONGEST), one_line(name, LONGEST)
    sound = worth.is_finite() and 0 <= worth <= MOST_WORTH and 0 < pieces <= MOST_PIECES
    if not sponsor or not name or not sound:
        raise BadPrize
    with transaction.atomic():
        row = Prize(workspace=workspace, sponsor=sponsor, name=name, pieces=pieces, came=came, created=now)
        row.worth, row.asked = worth.quantize(Decimal("0.01")), _text(asked)
        row.save(force_insert=True)
        told = {"name": name, "amount": pieces}
        audit.note(workspace, "prize.record", by=by, on=row.pk, title=sponsor, after=told, now=now)
    return row


def use(prize: Prize, pieces: int, what: str, *, key: str, on: date, by: Account, now: datetime) -> Prize:
    """Write down that some were used for something; the same key again changes nothing. Raises NoneLeft, BadPrize."""
    if pieces < 1 or not one_line(what, LONGEST):
        raise BadPrize
    with transaction.atomic():
        row = Prize.objects.select_for_update().get(pk=prize.pk)
        if any(u["key"] == key for u in row.uses):
            return row
        if row.left < pieces:
            raise NoneLeft
        row.uses = [*row.uses, {"day": on.isoformat(), "pieces": pieces, "for": one_line(what, LONGEST), "key": key}]
        row.save(update_fields=["uses"])
        told = {"amount": pieces, "note": one_line(what, LONGEST)}
        audit.note(prize.workspace, "prize.use", by=by, on=row.pk, title=row.sponsor, after=told, now=now)
    return row


def take(prize: UUID, pieces: int, what: str, *, key: str, on: date) -> bool:
    """Pieces go out with an order, in the order's own transaction; what goes out under one key is one line, of the day
    of the first. False where the prize is off the list, and bounds nothing. Raises NoneLeft."""
    row = Prize.objects.select_for_update().filter(pk=prize, removed=None).first()
    if row is None:
        return False
    if row.left < pieces:
        raise NoneLeft
    line = next((u for u in row.uses if u["key"] == key), None)
    if line is None:
        line = {"day": on.isoformat(), "pieces": 0, "for": one_line(what, LONGEST), "key": key}
        row.uses = [*row.uses, line]
    line["pieces"] = int(line["pieces"]) + pieces
    row.save(update_fields=["uses"])
    return True


def give_back(prize: UUID, pieces: int, *, key: str) -> None:
    """What was taken under a key comes back; a line of nothing goes."""
    row = Prize.objects.select_for_update().filter(pk=prize).first()
    if row is None:
        return
    for line in row.uses:
        if line["key"] == key:
            line["pieces"] = int(line["pieces"]) - pieces
    row.uses = [line for line in row.uses if int(line["pieces"]) > 0]
    row.save(update_fields=["uses"])


def say_return(prize: Prize, got: str, *, by: Account, now: datetime) -> None:
    """Write down what the sponsor got."""
    with transaction.atomic():
        row = Prize.objects.select_for_update().get(pk=prize.pk)
        before, row.got = row.got, _text(got)
        row.save(update_fields=["got"])
        told = {"before": {"text": before}, "after": {"text": row.got}}
        audit.note(prize.workspace, "prize.return", by=by, on=row.pk, title=row.sponsor, now=now, **told)


def remove(prize: Prize, *, by: Account, now: datetime) -> None:
    """Take it off the list."""
    with transaction.atomic():
        if Prize.objects.filter(pk=prize.pk, removed=None).update(removed=now):
            audit.note(prize.workspace, "prize.remove", by=by, on=prize.pk, title=prize.sponsor, now=now)


def _text(text: str) -> str:
    return "\n".join(visible(line).rstrip() for line in text.splitlines()).strip()[:LONGEST_TEXT]
