"""Very many groups with a checkup each, and what a page of them is asked: for `bench/portfolio` and the tests."""

from datetime import date
from itertools import cycle
from uuid import uuid4

from django.db.models import OuterRef, Subquery

from huoqun.base import clock
from huoqun.people.alert import Alert
from huoqun.people.branch import Branch
from huoqun.people.checkup import CARE, Checkup
from huoqun.people.group import Group

SHOWN = ("harm", "half", "stage")
WHYS = {
    "worse": {"was": "living", "is": "dying", "signs": ["answer_rate"], "day": "2026-01-01"},
    "slipped": {"signs": [{"id": "pulse", "is": 3.0, "was": 9.5, "unit": "per_day"}]},
    "owner_silent": {"days": 20},
    "questions": {"waiting": 6, "answered": 0.4, "days": 28},
    "full": {"members": 480, "limit": 500},
    "stale": {"as_of": "2026-01-01"},
    "late": {"tasks": 2, "unsent": 1, "since": "2026-01-01T12:00:00+00:00"},
}
STATES = ("dying", "at_risk", "living", "withheld", "cooling")
STAGES = ("active", "growing", "declining", "silent")


def fill(workspace, many):
    """So many groups with a checkup each, as wide as real ones."""
    now = clock.now()
    groups = [
        Group(
            workspace=workspace, name=f"社群 {i}", network=("wechat", "qq", "wecom")[i % 3], zone="Asia/Shanghai",
            type=("learning", "interest", "")[i % 3], zone_source="default", rows=i, messages=i, created=now, last=now,
        )
        for i in range(many)
    ]  # fmt: skip
    Group.objects.bulk_create(groups, batch_size=2000)
    checkups = [
        Checkup(
            id=uuid4(), group=g, day=date(2026, 1, 1), as_of=now, computed=now, created=now, state_hash="", model="",
            state=STATES[i % 5], stage=STAGES[i % 4], grade="B", half=i % 97 / 97, harm=i % 89 / 89, people=i % 500,
            members=i % 500, answered=0.5, speaking=0.25, welcome=0.75, spark=list(range(26)), document="x" * 2000,
        )
        for i, g in enumerate(groups)
    ]  # fmt: skip
    Checkup.objects.bulk_create(checkups, batch_size=2000)
    newest = Checkup.objects.filter(group=OuterRef("pk")).values("pk")[:1]
    Group.objects.update(newest=Subquery(newest))
    Group.objects.update(**{c: Subquery(Checkup.objects.filter(pk=OuterRef("newest")).values(c)) for c in SHOWN})
    for state, rank in CARE.items():
        Group.objects.filter(newest__state=state).update(care=rank)
    some = list(Group.objects.order_by("messages")[::7])
    warned = [
        Alert(group=g, kind=kind, since=now, why=WHYS[kind], created=now)
        for g, kind in zip(some, cycle(WHYS), strict=False)
    ]
    Alert.objects.bulk_create(warned, batch_size=2000)


def branched(account):
    """Some are looked after by somebody, and two thousand stand under one; returns that."""
    Group.objects.filter(messages__lt=9000).update(carer=account)
    main, *below = Group.objects.order_by("messages")[:2000]
    rows = [Branch(group=main, path=main.pk.hex, created=clock.now())]
    rows += [Branch(group=g, parent=main, path=f"{main.pk.hex}/{g.pk.hex}", created=clock.now()) for g in below]
    Branch.objects.bulk_create(rows)
    return main


def queries(last):
    """What a page is asked, as in its address; `last`: a page far behind."""
    return [
        "", f"page={last}", "q=社群 2", "state=dying", "state=dying&type=learning", "stage=active", "type=learning",
        "network=qq", "alert=any", "alert=stale", "carer=me", "carer=nobody", "order=name", f"order=name&page={last}",
        "order=last", "order=size", f"order=size&page={last}", "order=last&page=2&stage=active",
    ]  # fmt: skip
