"""The belongings (我的数据): everything of a member that they may take along: what they did, agreed to and own.

What staff wrote about them for themselves (notes, tags) is not theirs to read here; who asks for that asks the owner of
the group, who has it in the person's own export.
"""

from typing import Any

from django.db.models import Model

from huoqun.activities.activity import Participation
from huoqun.activities.contribution import Contribution
from huoqun.activities.survey import Answer
from huoqun.people import consent, deed, honour, level, points, profile, scheme, shop
from huoqun.people.login import Login
from huoqun.people.person import Identity, ones


def of(who: Identity) -> dict[str, Any]:
    """Everything of a member's human in the workspace of their group, as JSON has it; times in UTC."""
    person, workspace = who.person, who.group.workspace
    mine = ones(person)
    accounts = Identity.objects.filter(person__in=mine, group__removed=None).select_related("group").order_by("created")
    parts = Participation.objects.filter(person__in=mine).select_related("activity").order_by("created")
    given = Contribution.objects.filter(person__in=mine).select_related("activity").order_by("at")
    reached = level.level_of(points.earned(person), scheme.levels(workspace))
    return {
        "accounts": [
            _some(i, "account", "name", "messages", "first", "last") | {"group": i.group.name} for i in accounts
        ],
        "profile": [_some(f, "field", "text", "source", "on") for f in profile.sayings(person, "fact")],
        "titles": [t.text for t in profile.sayings(person, "title")],
        "honours": [
            {"what": h.rule.what, "name": h.rule.name, "at": _plain(h.created)} for h in honour.honours(person)
        ],
        "level": {"name": reached.name, "earned": reached.earned},
        "points": points.balance(person),
        "ledger": [_some(p, "at", "amount", "what", "note") for p in points.postings(person)],
        "orders": [
            _some(o, "created", "count", "cost", "state", "code", "note") | {"ware": o.ware.name}
            for o in shop.orders_of(person)
        ],
        "activities": [
            _some(p, "state", "at", "count", "note", "values") | {"title": p.activity.title, "kind": p.activity.kind}
            for p in parts
        ],
        "handed_in": [
            _some(c, "at", "what", "text", "values", "state", "reason")
            | {"title": c.activity.title, "picture": str(c.picture_id) if c.picture_id else None}
            for c in given
        ],
        "answers": [
            _some(a, "created", "values") for a in Answer.objects.filter(participation__person__in=mine)
        ],
        "consents": [_some(c, "what", "given", "source", "on") for c in consent.consents(person)],
        "logins": [
            _some(row, "issuer", "subject", "union", "name", "state", "via", "created", "changed")
            | {"group": row.group.name}
            for row in Login.objects.filter(identity__person__in=mine).select_related("group").order_by("created")
        ],
        "deeds": [_some(d, "at", "kind", "values") for d in deed.deeds(person)],
    }  # fmt: skip


def _some(row: Model, *names: str) -> dict[str, Any]:
    return {name: _plain(getattr(row, name, None)) for name in names}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
