"""The activities of a workspace: the list, a new one, the page of each, its life, and what its kind adds."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from huoqun.activities import activity as base
from huoqun.activities import attendance, behalf, certificate, life, showcase
from huoqun.activities.activity import Activity
from huoqun.activities.certificate import Certificate
from huoqun.activities.kind import Said
from huoqun.activities.kinds import KINDS
from huoqun.base import clock
from huoqun.people import code, login
from huoqun.people.group import Group
from huoqun.people.person import Identity
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.web import doors, plan_form, query, word
from huoqun.web.dealing import paged
from huoqun.web.gate import Asked
from huoqun.web.kinds import VIEWS
from huoqun.web.said import NOT_DONE, said, why
from huoqun.web.sheet import file_of

CERTIFICATES = 50
SHOWN = 200
"""People on one page of an attendance list."""


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """All activities, newest first, by kind and stage."""
    found = life.activities_for(request.staff)
    now, kind, state = clock.now(), request.GET.get("kind", ""), request.GET.get("state", "")
    group = groups_for(request.staff).filter(pk=query.row(request.GET.get("group", ""))).first()
    if group is not None:
        found = found.filter(groups=group)
    if kind in KINDS:
        found = found.filter(kind=kind)
    if state in base.LIFE:
        found = found.filter(base.stands(state, now))
    listed = paged(request, found.prefetch_related("groups"))
    context = {
        "page": listed,
        "rows": [(a, a.standing(now), a.groups.all(), attendance.participants(a).count()) for a in listed.rows],
        "kinds": [(k, word.of("activity_kind", k), word.of("activity_for", k)) for k in KINDS],
        "states": [(s, word.of("activity", s)) for s in base.LIFE],
        "asked": {"kind": kind, "state": state, "group": group},
        "logins": login.awaited(groups_for(request.staff)).count(),
    }
    return render(request, "activity/list.html", context)


def new(request: Asked, workspace: Workspace, kind: str) -> HttpResponse:
    """The form of a new activity, and the draft it makes."""
    if kind not in KINDS:
        raise Http404
    typed: dict[str, Any] = {"title": "", "about": "", "capacity": "", "starts": "", "closes": ""}
    if request.method != "POST":
        group = query.key(request.GET.get("group", ""))
        return _form(request, kind, typed, {group} if group else set())
    return _keep(request, kind, None)


def edit(request: Asked, row: Activity) -> HttpResponse:
    """The same form of one that is there."""
    if request.method == "POST":
        return _keep(request, row.kind, row)
    typed = {"title": row.title, "about": row.about, "capacity": "" if row.capacity is None else str(row.capacity)}
    typed |= {"starts": _local(row, row.starts), "closes": _local(row, row.closes)}
    chosen = set(row.groups.values_list("pk", flat=True))
    return _form(request, row.kind, typed, chosen, row=row, plan=row.plan)


def _form(
    request: Asked, kind: str, typed: dict[str, Any], chosen: set[Any], status: int = 200, **known: Any
) -> HttpResponse:
    there = groups_for(request.staff).order_by("name").values_list("pk", "name")[:500]
    row, wrong = known.get("row"), known.get("wrong", {})
    closes = _times(typed, request.workspace, {})["closes"]
    wanted = [g for g in groups_for(request.staff) if g.pk in {getattr(c, "pk", c) for c in chosen}]
    context = {
        "warnings": VIEWS[kind].warn(wanted, known.get("plan", {}), {"row": row, "closes": closes}, clock.now()),
        "kind": kind,
        "row": row,
        "activity": row,
        "typed": typed,
        "wrong": wrong,
        "fields": plan_form.fields(kind, KINDS[kind].plan, known.get("plan", {}), wrong),
        "frozen": row is not None and row.state != base.DRAFT,
        "signs_up": KINDS[kind].signs_up,
        "group_ticks": [(pk, name, pk in chosen or len(there) == 1) for pk, name in there],
    }
    return render(request, "activity/form.html", context, status=status)


def _keep(request: Asked, kind: str, row: Activity | None) -> HttpResponse:
    """Make or change an activity as the form says, or show the form again with what is wrong."""
    model, form = KINDS[kind].plan, request.POST
    names = ("title", "about", "capacity", "starts", "closes")
    typed: dict[str, Any] = {name: form.get(name, "").replace("\0", "").strip() for name in names}
    keys = set(form.getlist("groups"))
    groups = [g for g in groups_for(request.staff) if str(g.pk) in keys]
    frozen = row is not None and row.state != base.DRAFT
    plan, wrong = (row.plan and model.model_validate(row.plan), {}) if row and frozen else plan_form.read(model, form)
    values: dict[str, Any] = {"title": typed["title"], "about": typed["about"], "groups": groups or None, "plan": plan}
    values |= _times(typed, request.workspace, wrong)
    if not groups and row is None:
        wrong["groups"] = _("Choose at least one group.")
    if not typed["title"]:
        wrong["title"] = _("Give it a title.")
    if not wrong:
        try:
            if row is None:
                row = life.begin(request.workspace, kind, by=request.user, now=clock.now(), **values)
            else:
                life.describe(row, by=request.user, now=clock.now(), **values)
        except life.Frozen:
            wrong["frozen"] = _("It is open already: it can get more places, other words and times, and nothing less.")
        else:
            return redirect("activity", row.pk)
    plan_typed = row.plan if row and frozen else plan_form.typed(model, form)
    return _form(request, kind, typed, {g.pk for g in groups}, 422, row=row, plan=plan_typed, wrong=wrong)


def _times(typed: dict[str, Any], workspace: Workspace, wrong: dict[str, str]) -> dict[str, Any]:
    """Places and moments of a form; what cannot be read stands in `wrong`."""
    found: dict[str, Any] = {"capacity": None}
    if typed["capacity"]:
        text = typed["capacity"]
        found["capacity"] = int(text) if text.isdecimal() and 0 < len(text) < 8 else None
        if not found["capacity"]:
            wrong["capacity"] = _("Please give a whole number.")
    for name in ("starts", "closes"):
        try:
            naive = datetime.fromisoformat(typed[name]) if typed[name] else None
        except ValueError:
            naive, wrong[name] = None, _("Please give a day and a time.")
        found[name] = naive.replace(tzinfo=ZoneInfo(workspace.zone)) if naive else None
    return found


def one(request: Asked, row: Activity) -> HttpResponse:
    """The page of an activity."""
    return _one(request, row)


def _one(request: Asked, row: Activity, status: int = 200, **known: Any) -> HttpResponse:
    now, kind = clock.now(), KINDS[row.kind]
    state, there = row.standing(now), attendance.participants(row)
    may_edit = request.staff.may("edit_activities")
    links = []
    if row.takes(now) and may_edit:
        links = [(g, door(request, row, g)) for g in row.groups.filter(removed=None).order_by("name")[:20]]
    context = {
        "activity": row,
        "kind": kind,
        "plan": kind.plan_of(row),
        "state": state,
        "takes": row.takes(now),
        "may_edit": may_edit,
        "links": links,
        "people": there[:SHOWN],
        "people_count": there.count(),
        "free": None if row.capacity is None else max(0, row.capacity - attendance.taken(row)),
        "kind_page": f"activity/kind/{row.kind}.html",
        "form_key": get_random_string(12),
        "warnings": _warnings(row, now),
        "certificates": _certificates(row, now) if certificate.gives(row) else [],
        "showcase": showcase.of(row),
        **VIEWS[row.kind].staff(row, now),
        **known,
    }
    return render(request, "activity/one.html", context, status=status)


def _certificates(row: Activity, now: datetime) -> list[tuple[Certificate, bool]]:
    """The newest with whether each holds."""
    return [(each, certificate.holds(each, now=now)) for each in certificate.of_all(row)[:CERTIFICATES]]


def _warnings(row: Activity, now: datetime) -> list[str]:
    """What its kind warns of, until it is over."""
    known = {"row": row, "closes": row.closes}
    going = row.state == base.DRAFT or row.takes(now)
    return VIEWS[row.kind].warn(list(row.groups.all()), row.plan, known, now) if going else []


def door(request: Asked, row: Activity, group: Group) -> str:
    """The link of an activity for a whole group."""
    return request.build_absolute_uri(doors.address(row, group, now=clock.now()))


def go(request: Asked, row: Activity) -> HttpResponse:
    """Another stage of its life."""
    now, by = clock.now(), request.user
    deeds: dict[str, tuple[Callable[[], Any], str]] = {
        "open": (lambda: life.open_up(row, by=by, now=now), _("It is open; the words for the group wait to be sent.")),
        "start": (lambda: life.start(row, by=by, now=now), _("It has begun.")),
        "close": (lambda: life.close(row, by=by, now=now), _("It is closed.")),
        "settle": (lambda: life.settle(row, by=by, now=now), _("It is settled.")),
        "remove": (lambda: life.remove(row, by=by, now=now), _("It was removed.")),
        "again": (lambda: life.again(row, by=by, now=now), _("A draft of the same, a week later, is in the list.")),
        "remind": (
            lambda: life.announce(row, "remind", key=f"{now:%Y%m%d}", now=now),
            _("The reminder waits to be sent."),
        ),
    }
    do, told = deeds.get(request.POST.get("do", ""), (None, ""))
    if do is None:
        return _one(request, row, 409, wrong=word.of("refused", "unknown"))
    return _done(request, row, lambda: (do(), told)[1])


def do(request: Asked, row: Activity, deed: str) -> HttpResponse:
    """What staff of the kind do."""
    key = request.POST.get("key", "")[:40] or get_random_string(12)

    def run() -> str:
        with said(request, row, None) as sent:
            answer = life.by_staff(row, deed, sent, key=key, by=request.user, now=clock.now())
        return word.of("answer", answer)

    return _done(request, row, run)


def _done(request: Asked, row: Activity, run: Callable[[], str]) -> HttpResponse:
    program = request.headers.get("accept") == "application/json"
    try:
        told = run()
    except NOT_DONE as error:
        typed = {name: request.POST.get(name, "") for name in request.POST}
        page = None if program else _one(request, row, 409, wrong=why(error), typed=typed)
        return page or JsonResponse({"wrong": why(error)}, status=409)
    if program:
        return JsonResponse({"done": told})
    messages.success(request, told)
    if request.POST.get("do") == "remove":
        return redirect("activities", row.workspace.slug)
    back = request.POST.get("back", "")
    if back.startswith(f"/activities/{row.pk}/") and url_has_allowed_host_and_scheme(back, None):
        return redirect(back)
    return redirect("activity", row.pk)


def people(request: Asked, row: Activity) -> HttpResponse:
    """Everybody of the groups with how they take part and a link of their own; staff sign somebody on or off."""
    if request.method == "POST":
        return _done(request, row, lambda: _enter(request, row))
    words = request.GET.get("q", "").replace("\0", "")[:100]
    found = base.members(row)
    found = found.filter(name__icontains=words) if words else found
    listed, now = paged(request, found), clock.now()
    known = base.counting(row)
    rows = [(who, known.get(who.person.root_id or who.person_id), personal(request, row, who)) for who in listed.rows]
    context = {"activity": row, "page": listed, "rows": rows, "q": words, "state": row.standing(now), "tab": "people"}
    context |= {"takes": row.takes(now), "signs_up": KINDS[row.kind].signs_up}
    return render(request, "activity/people.html", context)


def personal(request: Asked, row: Activity, who: Identity) -> str:
    """The link of one member, to this activity."""
    token = code.personal(who, now=clock.now())
    return request.build_absolute_uri(reverse("member_activity", args=[token, row.pk]))


def _enter(request: Asked, row: Activity) -> str:
    """Staff enter somebody by hand, or let go of whoever speaks for them. Raises what attendance raises."""
    who = base.members(row).filter(pk=query.row(request.POST.get("who", ""))).first()
    if who is None:
        raise attendance.NotIn
    now, what = clock.now(), request.POST.get("do", "")
    if what in {behalf.JOIN, behalf.LEAVE, behalf.COME}:
        note = Said({"note": [request.POST.get("note", "").replace("\0", "")]})
        answer = behalf.act(row, who, what, note, key=get_random_string(12), by=request.user, now=now)
        words = {
            behalf.JOIN: _("%(name)s is signed up."),
            behalf.LEAVE: _("%(name)s is signed off."),
            behalf.COME: _("%(name)s has come."),
        }
        return word.of("answer", answer) if what in KINDS[row.kind].member else words[what] % {"name": who.name}
    if what == "renew":
        code.renew(who, by=request.user, now=now)
        return _("The links of %(name)s are dead; their name is free at the door again.") % {"name": who.name}
    raise attendance.NotIn


def as_csv(request: Asked, row: Activity) -> HttpResponse:
    """The roster as a table, or the table of its kind."""
    if table := VIEWS[row.kind].table:
        return file_of(table(row), row.kind, "csv")
    zone = ZoneInfo(row.workspace.zone)
    head = [_("Name"), _("Group"), _("State"), _("Places"), _("Note"), _("When")]
    there = attendance.participants(row).select_related("identity__group")
    rows = (
        (
            p.identity.name,
            p.identity.group.name,
            word.of("part", p.state),
            p.count,
            p.note,
            p.at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if p.at else "",
        )
        for p in there.iterator(500)
    )
    return file_of((head, *rows), "attendance", "csv")


def _local(row: Activity, moment: datetime | None) -> str:
    return moment.astimezone(ZoneInfo(row.workspace.zone)).strftime("%Y-%m-%dT%H:%M") if moment else ""
