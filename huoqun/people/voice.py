"""The voice (发布规矩): how a group is spoken to: what mix of pieces, how much a day, how far apart, when one may
sell. A workspace has one for all its groups, and a group one of its own where somebody gave it that.

Only what differs from the defaults is kept, so that better defaults reach everybody who never chose.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import CASCADE, SET_NULL, DateTimeField, ForeignKey, Index, JSONField, Q, UniqueConstraint
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from huoqun.base.table import Table
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.workspace import Workspace

USEFUL, EMOTIONAL, INTERACTIVE, SELLING = "useful", "emotional", "interactive", "selling"
KINDS = (USEFUL, EMOTIONAL, INTERACTIVE, SELLING)
"""The kinds of pieces (handbook chapter 12)."""
MIX = {USEFUL: 0.40, EMOTIONAL: 0.20, INTERACTIVE: 0.25, SELLING: 0.15}
"""The target where nobody chose one. Ours: of six pieces one sells at most (the 4-1-1 rule of content marketing: four
useful, one soft, one hard), rounded, and members are asked something every fourth time."""


class BadVoice(ValueError):
    """A number out of its range, or shares that do not make a whole; `field` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class VoiceRule(BaseModel):
    """How a group is spoken to. Days, hours and shares; every default can be changed."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    mix: dict[str, float] = MIX
    no_selling_days: int = Field(default=7, ge=0, le=90)
    """Nothing is sold in a group's first days (handbook chapter 12)."""
    needs_asked: int = Field(default=3, ge=0, le=1000)
    """So many needs of members are to be known before something is sold; ours, the handbook says "collected"."""
    needs_solved: int = Field(default=1, ge=0, le=1000)
    """And so many of them solved; ours, the handbook says "some"."""
    selling_ceiling: float = Field(default=0.2, ge=0, le=1)
    """Of the pieces of seven days, the share that may sell: below the quarter at which a diagnosis finds fault."""
    a_day: int = Field(default=6, ge=1, le=50)
    """Pieces a day at most; ours: two for each golden window."""
    apart: int = Field(default=30, ge=0, le=720)
    """Minutes between two pieces (handbook chapter 12: every half hour)."""
    digest: Literal["", "day", "week"] = ""
    """How often a digest is drafted."""
    digest_hour: int = Field(default=21, ge=0, le=23)
    digest_weekday: int = Field(default=6, ge=0, le=6)
    """Of a weekly one; Monday is 0."""
    digest_straight: bool = False
    """It goes out without being read over."""

    @model_validator(mode="after")
    def _whole(self) -> "VoiceRule":
        if (
            set(self.mix) != set(KINDS)
            or any(share < 0 for share in self.mix.values())
            or abs(sum(self.mix.values()) - 1) > 0.011
        ):
            raise ValueError("mix")
        return self


DEFAULT = VoiceRule()


class Voice(Table):
    """What somebody chose for a group, or (no group) for a whole workspace."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="voices")
    group = ForeignKey(Group, CASCADE, null=True, related_name="voices")
    rule = JSONField(default=dict)
    next = DateTimeField(null=True)
    """When the next digest is drafted; null where none is."""
    changed = DateTimeField()
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")

    class Meta(Table.Meta):
        indexes = [Index(fields=["next"], condition=Q(next__isnull=False), name="voice_next")]
        constraints = [
            UniqueConstraint(fields=["workspace"], condition=Q(group=None), name="voice_of_workspace"),
            UniqueConstraint(fields=["group"], name="voice_of_group"),
        ]


# -- rules


def next_digest(rule: VoiceRule, zone: str, after: datetime) -> datetime:
    """When the next digest is due after a moment, on the clock of `zone`."""
    here = after.astimezone(ZoneInfo(zone))
    day = here.date()
    while True:
        due = datetime.combine(day, time(rule.digest_hour), ZoneInfo(zone))
        if due > after and (rule.digest == "day" or day.weekday() == rule.digest_weekday):
            return due
        day += timedelta(days=1)


# -- reads


def voice_of(group: Group) -> VoiceRule:
    """How one group is spoken to."""
    return voices([group])[group.pk]


def voice_of_all(workspace: Workspace) -> VoiceRule:
    """How groups of a workspace are spoken to that have no voice of their own."""
    row = Voice.objects.filter(workspace=workspace, group=None).first()
    return _rule(row.rule if row else {})


def voices(groups: Iterable[Group]) -> dict[UUID, VoiceRule]:
    """By group, in one query for all."""
    those = list(groups)
    there = {group.workspace_id for group in those}
    rows = Voice.objects.filter(Q(group=None) | Q(group__in=[group.pk for group in those]), workspace__in=there)
    whole: dict[UUID, dict[str, Any]] = {}
    own: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        if row.group_id is None:
            whole[row.workspace_id] = row.rule
        else:
            own[row.group_id] = row.rule
    known: dict[str, VoiceRule] = {}
    found = {}
    for group in those:
        told = whole.get(group.workspace_id, {}) | own.get(group.pk, {})
        rule = known.get(str(told))
        found[group.pk] = known[str(told)] = rule or _rule(told)
    return found


def own_fields(group: Group) -> frozenset[str]:
    """What somebody chose for this group alone."""
    row = Voice.objects.filter(group=group).first()
    return frozenset(row.rule) if row else frozenset()


def _rule(told: Mapping[str, Any]) -> VoiceRule:
    """What was kept, as far as it still holds; nonsense from elsewhere is as if nobody had chosen."""
    try:
        return VoiceRule.model_validate(told)
    except ValidationError:
        return DEFAULT


# -- writes


def choose(about: Group | Workspace, chosen: Mapping[str, Any], *, by: Account | None, now: datetime) -> VoiceRule:
    """Choose values for a group or a whole workspace; what is given as it would be anyway is not kept. Raises
    BadVoice."""
    group = about if isinstance(about, Group) else None
    workspace = about.workspace if isinstance(about, Group) else about
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=workspace.pk)
        above = voice_of_all(workspace) if group else DEFAULT
        row = Voice.objects.filter(workspace=workspace, group=group).first()
        before = dict(row.rule) if row else {}
        try:
            rule = VoiceRule.model_validate(above.model_dump() | before | dict(chosen))
        except ValidationError as error:
            place = error.errors()[0]["loc"]
            raise BadVoice(str(place[0]) if place else "mix") from error
        kept = {name: value for name, value in rule.model_dump().items() if value != getattr(above, name)}
        if kept != before:
            row = row or Voice(workspace=workspace, group=group, created=now)
            row.rule, row.changed, row.by = kept, now, by
            tells = rule.digest and ("digest" in kept or group is None)
            row.next = next_digest(rule, group.zone if group else workspace.zone, now) if tells else None
            row.save()
            title = group.name if group else ""
            on = group.pk if group else None
            told = {"before": {"voice": before}, "after": {"voice": kept}}
            audit.note(workspace, "content.voice", by=by, on=on, title=title, now=now, **told)
    return rule


def forget_own(group: Group, *, by: Account, now: datetime) -> None:
    """The group is spoken to as all others again."""
    with transaction.atomic():
        row = Voice.objects.select_for_update().filter(group=group).first()
        if row is not None:
            told = {"before": {"voice": row.rule}, "after": {"voice": {}}}
            row.delete()
            audit.note(group.workspace, "content.voice", by=by, on=group.pk, title=group.name, now=now, **told)
