"""The payment for talk: what was said since it was switched on, day by day, out of the archive; off by default.

Each day that is over is paid once; where a later export brings more of it, the difference is. What was reversed is not
paid again.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
from django.db import transaction
from django.db.models import Sum

from huoqun.base.clock import naive_utc
from huoqun.base.job import Hand
from huoqun.insight import speech
from huoqun.insight.speech import Spoken, TalkRule
from huoqun.people import history, points, scheme
from huoqun.people.group import Group
from huoqun.people.membership import here
from huoqun.people.person import Identity
from huoqun.people.points import Due, Posting
from huoqun.people.scheme import Scheme
from huoqun.people.stay import account_of
from huoqun.people.workspace import Workspace

LOOKED_BACK = timedelta(days=60)
"""A day that becomes known later than this is not paid any more: files are read from there on."""
PREVIEWED = timedelta(days=30)


@dataclass
class Preview:
    """What the last thirty days would have brought."""

    points: int = 0
    people: int = 0
    messages: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    """How many messages counted, and how many did not for which reason."""
    top: list[tuple[Identity, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Day:
    """One day of one account: its messages with what each is worth."""

    account: str
    day: date
    worth: list[tuple[int, str]]

    @property
    def points(self) -> int:
        """What the day brings."""
        return sum(p for p, _why in self.worth)


def days(rows: pl.DataFrame, since: date, before: date, rule: TalkRule) -> Iterator[Day]:
    """The days of all accounts in rows of a group (layout `chat.message.SCHEMA`), from `since` until before `before`,
    by the group's own clock. Rows of the week before `since` are only looked back at."""
    told = rows.filter((pl.col("kind") == "text") & ~pl.col("bot").fill_null(False) & pl.col("sender").is_not_null())
    told = told.select(account_of("sender"), "time", "text", day=pl.col("local").dt.date())
    told = told.filter((pl.col("day") >= since - speech.WEEK) & (pl.col("day") < before)).sort("time")
    said: dict[date, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    mine: dict[tuple[str, date], list[Spoken]] = defaultdict(list)
    for account, at, text, day in told.iter_rows():
        folded = speech.fold(text or "")
        if len(folded) > 1:
            said[day][folded].add(account)
        mine[account, day].append(Spoken(at, text or ""))
    for (account, day), those in sorted(mine.items(), key=lambda item: item[0][1]):
        if day < since:
            continue
        others = {t for t, who in said[day].items() if who != {account}}
        past = (day - timedelta(days=n) for n in range(1, speech.WEEK.days + 1))
        own = {t for d in past if d in said for t, who in said[d].items() if account in who}
        yield Day(account, day, speech.worth(those, others | own, rule))


def preview(groups: list[Group], rule: TalkRule, *, now: datetime) -> Preview:
    """What a rule would have brought the members of these groups in the last thirty days."""
    found = Preview()
    sums: dict[Identity, int] = defaultdict(int)
    for group in groups:
        today = now.astimezone(ZoneInfo(group.zone)).date()
        since = today - PREVIEWED
        who = {i.account: i for i in here(group)}
        rows = history.rows_of(group, naive_utc(now) - PREVIEWED - speech.WEEK - timedelta(days=1))
        for each in days(rows, since, today, rule):
            found.messages += len(each.worth)
            for _points, why in each.worth:
                found.reasons[why] = found.reasons.get(why, 0) + 1
            if each.points and each.account in who:
                sums[who[each.account]] += each.points
    found.points, found.people = sum(sums.values()), len(sums)
    found.top = sorted(sums.items(), key=lambda pair: (-pair[1], pair[0].name))[:10]
    return found


def tick(hand: Hand) -> bool:
    """Pay what was said in groups whose history is newer than what was paid, where a workspace pays for talk."""
    for row in Scheme.objects.exclude(since=None).select_related("workspace"):
        now = hand.clock()
        for group in Group.objects.filter(workspace=row.workspace, removed=None, simulated=False):
            state = f"{group.version} {now.astimezone(ZoneInfo(group.zone)).date()}"
            if group.version and row.counted.get(group.pk.hex) != state:
                pay(row.workspace, group, state=state, now=now)
    return False


def pay(workspace: Workspace, group: Group, *, state: str = "", now: datetime) -> int:
    """Pay what was said in a group since talk is paid, within the month's budget; returns how many points."""
    with transaction.atomic():
        row = scheme.locked(workspace, now=now)
        if row.since is None:
            return 0
        zone = ZoneInfo(group.zone)
        start = max(row.since, now - LOOKED_BACK)
        since = start.astimezone(zone).date() + timedelta(days=1 if start == row.since else 0)
        rows = history.rows_of(group, naive_utc(start) - speech.WEEK - timedelta(days=1))
        today = now.astimezone(zone).date()
        owed = {(d.account, d.day): d.points for d in days(rows, since, today, TalkRule.model_validate(row.talk))}
        paid = _pay(workspace, group, {k: n for k, n in owed.items() if n}, now)
        if state:
            row.counted = row.counted | {group.pk.hex: state}
            row.save(update_fields=["counted"])
    return paid


def _pay(workspace: Workspace, group: Group, owed: dict[tuple[str, date], int], now: datetime) -> int:
    who = {i.account: i for i in here(group)}
    keys = {(a, d): f"talk {group.pk.hex} {who[a].pk.hex} {d.isoformat()}" for a, d in owed if a in who}
    there = Posting.objects.filter(workspace=workspace, what=scheme.TALK, group=group, amount__gt=0, reverses=None)
    before: dict[str, int] = defaultdict(int)
    for key, amount in there.values_list("key").annotate(sum=Sum("amount")):
        before[key.rpartition(" ")[0]] += amount
    left = scheme.left(workspace, scheme.TALK, now=now)
    dues = []
    for (account, day), key in sorted(keys.items(), key=lambda item: (item[0][1], item[1])):
        amount = owed[account, day] - before[key]
        amount = amount if left is None else min(amount, left)
        if amount > 0:
            left = left if left is None else left - amount
            each = f"{key} {before[key] + amount}"
            dues.append(Due(who[account].person, amount, each, scheme.TALK, scheme.TALK, group, day.isoformat()))
    return sum(p.amount for p in points.award_all(workspace, dues, now=now)) if dues else 0
