"""Points and rewards: the ledger of a workspace, what was given by hand and taken back, what it may cost; the board."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpResponse
from django.utils.translation import gettext as _

from huoqun.activities.activity import Activity
from huoqun.base import clock
from huoqun.people import podium, points, scheme
from huoqun.people.person import Identity
from huoqun.people.points import Posting
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import query, rewarding, word
from huoqun.web.dealing import paged
from huoqun.web.gate import Asked
from huoqun.web.rewarding import Refused, number
from huoqun.web.sheet import file_of
from huoqun.web.word_reward import ACTIVITY_POINTS, EARNED_FOR

PLACES = 100
"""Places of a board shown to staff."""
SOURCES = 20
"""Activities whose budgets are shown, those that paid most first."""


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """The ledger, newest first, searched by name and by what points were for."""
    if request.method == "POST":
        deeds = {
            "give": lambda: _give(request, workspace),
            "reverse": lambda: _reverse(request, workspace),
            "budgets": lambda: _budgets(request, workspace),
        }
        return rewarding.acted(request, "rewards", deeds, lambda **known: _page(request, workspace, **known))
    return _page(request, workspace)


def _page(request: Asked, workspace: Workspace, status: int = 200, **known: Any) -> HttpResponse:
    listed = paged(request, _asked(request, workspace))
    mine, now = seen(request, workspace), clock.now()
    sums = mine.aggregate(
        given=Sum("amount", filter=Q(amount__gt=0)), taken=Sum("amount", filter=Q(amount__lt=0)), people=Count("purse")
    )
    context = {
        "page": listed,
        "rows": _named(listed.rows),
        "whats": [(w, earned_for(w)) for w in mine.order_by("what").values_list("what", flat=True).distinct()],
        "asked": {"q": request.GET.get("q", ""), "what": request.GET.get("what", "")},
        "given": int(sums["given"] or 0),
        "taken": -int(sums["taken"] or 0),
        "held": int(sums["given"] or 0) + int(sums["taken"] or 0),
        "budgets": [(w, earned_for(w), *two) for w, two in scheme.budgets(workspace, now=now).items()],
        "sources": _sources(mine),
        "unbalanced": len(points.unbalanced(workspace)),
        **known,
    }
    return rewarding.shown(request, "rewards", "ledger", status, **context)


def as_csv(request: Asked, workspace: Workspace) -> HttpResponse:
    """The ledger as searched, whole."""
    zone = ZoneInfo(workspace.zone)
    head = [_("When"), _("Who"), _("Points"), _("Left"), _("What for"), _("Note"), _("Group"), _("By")]

    def lines() -> Any:
        yield head
        found = _asked(request, workspace)
        for begin in range(0, found.count(), 500):
            for p, name in _named(list(found[begin : begin + 500])):
                yield (
                    p.at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
                    name,
                    p.amount,
                    p.after,
                    earned_for(p.what),
                    p.note,
                    p.group.name if p.group else "",
                    str(p.by or ""),
                )

    return file_of(lines(), "points", "csv")


def board(request: Asked, workspace: Workspace) -> HttpResponse:
    """Who earned most in a group in a week, a month, or ever."""
    groups = list(groups_for(request.staff).select_related("workspace").order_by("name")[:500])
    asked = query.row(request.GET.get("group", ""))
    group = next((g for g in groups if g.pk == asked), groups[0] if groups else None)
    period = request.GET.get("period", podium.WEEK)
    period = period if period in podium.PERIODS else podium.WEEK
    lines = podium.podium(group, period, now=clock.now())[:PLACES] if group else []
    context: dict[str, Any] = {
        "group": group,
        "groups": groups,
        "period": period,
        "periods": [(p, word.of("period", p)) for p in podium.PERIODS],
        "lines": lines,
        "top": lines[0].points if lines else 0,
    }
    return rewarding.shown(request, "reward_board", "board", **context)


def earned_for(what: str) -> str:
    """What points were for, in words: a deed in a kind of activity, or one of the few others."""
    kind, _dot, deed = what.partition(".")
    if (name := word.named("activity_kind", kind)) and deed:
        return _("%(kind)s: %(deed)s") % {"kind": name, "deed": word.of("activity_points", deed)}
    if what not in EARNED_FOR and deed in ACTIVITY_POINTS:
        return str(ACTIVITY_POINTS[deed])
    return word.of("earned_for", what)


def seen(request: Asked, workspace: Workspace) -> QuerySet[Posting]:
    """The postings a member of staff may see: who is limited sees those of their own groups."""
    found = Posting.objects.filter(workspace=workspace)
    return found.filter(group__in=groups_for(request.staff)) if request.staff.duty.limited else found


def _asked(request: Asked, workspace: Workspace) -> QuerySet[Posting]:
    found = seen(request, workspace).select_related("purse__person", "group", "by", "reversed_by")
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    if words:
        people = Identity.objects.filter(group__workspace=workspace, name__icontains=words).values("person")
        found = found.filter(Q(purse__person__in=people) | Q(note__icontains=words))
    if what := request.GET.get("what", "").replace("\0", "")[:40]:
        found = found.filter(what=what)
    return found.order_by("-created", "-number", "-pk")


def _named(rows: list[Posting]) -> list[tuple[Posting, str]]:
    """Each posting with the name of whose it is; "" for who was erased."""
    names: dict[Any, str] = {}
    for person, name in Identity.objects.filter(person__in={p.purse.person_id for p in rows}).values_list(
        "person", "name"
    ):
        names.setdefault(person, name)
    return [(p, names.get(p.purse.person_id, "")) for p in rows]


def _sources(mine: QuerySet[Posting]) -> list[tuple[Activity, int, int]]:
    """The activities that paid most, with what they paid and may pay."""
    sums = (
        mine.filter(source__startswith="activity:").values_list("source").annotate(sum=Sum("amount")).order_by("-sum")
    )
    paid = {query.row(source.partition(":")[2]): int(n) for source, n in sums[:SOURCES]}
    there = Activity.objects.in_bulk(list(paid))
    return [(there[pk], n, int(there[pk].plan.get("budget") or 0)) for pk, n in paid.items() if pk in there]


def _give(request: Asked, workspace: Workspace) -> str:
    who, reason = rewarding.member(request), request.POST.get("why", "").replace("\0", "").strip()
    amount = number(request, "amount") * (-1 if request.POST.get("way") == "take" else 1)
    if not reason:
        raise Refused("why")
    key = f"hand {request.POST.get('key', '')[:40]} {who.person_id.hex}"
    scheme.give_by_hand(who.person, amount, why=reason, key=key, by=request.user, group=who.group, now=clock.now())
    return _("%(name)s has %(n)s points now.") % {"name": who.name, "n": points.balance(who.person)}


def _reverse(request: Asked, workspace: Workspace) -> str:
    reason = request.POST.get("why", "").replace("\0", "").strip()
    found = seen(request, workspace).select_related("purse__person", "group")
    row = found.filter(pk=query.row(request.POST.get("which", ""))).first()
    if row is None:
        raise Refused("not_there")
    if not reason:
        raise Refused("why")
    points.reverse(row, why=reason, by=request.user, now=clock.now())
    return _("It was taken back.")


def _budgets(request: Asked, workspace: Workspace) -> str:
    bound = {what: number(request, f"budget-{what}", 0) for what in scheme.BUDGETED}
    scheme.set_budgets(workspace, bound, by=request.user, now=clock.now())
    return _("Kept.")
