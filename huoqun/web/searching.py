"""Searching: what was said, in one group or in all that somebody may see, with what stood around it."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from huoqun.chat import search
from huoqun.chat.message import MESSAGE_KINDS
from huoqun.chat.search import Place, Sought
from huoqun.people.group import Group
from huoqun.people.person import Identity
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace, archive_of
from huoqun.web import word
from huoqun.web.gate import Asked
from huoqun.web.sheet import cell

PAGE = 50
"""Messages shown at once."""
EXPORTED = 100_000
"""Messages of an export at most; the file says where it was cut."""
ASIDE, SHOWN = 120, 500
"""Of a long message so many signs are shown, from so many before the first word on."""
NAMED = 500
"""How many accounts a name is looked up among, beside the names the messages bear themselves."""
FIELDS = ("q", "who", "person", "kind", "since", "until")


@dataclass(frozen=True)
class Form:
    """The search as typed."""

    q: str = ""
    who: str = ""
    person: str = ""
    kind: str = ""
    since: str = ""
    until: str = ""

    @property
    def query(self) -> str:
        """The address of the search without a place in it."""
        return urlencode({name: value for name in FIELDS if (value := getattr(self, name))})


def page(request: Asked, workspace: Workspace) -> HttpResponse:
    """Over every group somebody may see."""
    return _page(request, None)


def in_group(request: Asked, group: Group) -> HttpResponse:
    """Over one group."""
    return _page(request, group)


def _page(request: Asked, group: Group | None) -> HttpResponse:
    form = _form(request)
    groups = _groups(request, group)
    place = place_of(request.GET.get("below", ""))
    found = hits(request, group, form, below=place, limit=PAGE + 1)
    told = found or []
    context = {
        "group": group,
        "tab": "search",
        "asked": form,
        "query": form.query,
        "searched": found is not None,
        "hits": told[:PAGE],
        "older": json.dumps(told[PAGE - 1]["place"]) if len(told) > PAGE else "",
        "newest": place is None,
        "kinds": [(kind, word.of("kind", kind)) for kind in MESSAGE_KINDS],
        "whose": _whose(form, groups),
    }
    return render(request, "search/page.html", context)


def hits(
    request: Asked, group: Group | None, form: Form, *, below: Place | None, limit: int
) -> list[dict[str, Any]] | None:
    """What was found, newest first, as pages and the API tell it; None where nothing is asked."""
    groups = _groups(request, group)
    sought = _sought(form, groups, group)
    if sought.empty:
        return None
    found = search.find(archive_of(request.workspace), _keys(groups), sought, limit=limit, below=below)
    return _told(found.iter_rows(named=True), groups, sought)


def around(request: Asked, group: Group) -> HttpResponse:
    """A message with the two before and after it."""
    place = place_of(request.GET.get("at", ""))
    if place is None:
        raise BadRequest
    if place[1] != group.pk.hex:
        raise Http404
    found = search.near(archive_of(request.workspace), group.pk.hex, place[3], place[0])
    if found.is_empty():
        raise Http404
    groups = Group.objects.filter(pk=group.pk)
    sought = replace(Sought(words=search.words_of(_form(request).q)), moved=_moved(groups))
    found = found.with_columns(local=search.clock_of(sought))
    lines = _told(found.iter_rows(named=True), groups, sought, whole=True)
    for line in lines:
        line["this"] = line["place"][3] == place[3]
    part = "search/_around.html" if request.headers.get("HX-Request") else "search/around.html"
    return render(request, part, {"group": group, "tab": "search", "lines": lines})


def as_csv(request: Asked, workspace: Workspace) -> HttpResponse:
    """The hits over every group, as a spreadsheet reads them."""
    return _csv(request, None)


def group_as_csv(request: Asked, group: Group) -> HttpResponse:
    """The hits in one group, as a spreadsheet reads them."""
    return _csv(request, group)


def _csv(request: Asked, group: Group | None) -> HttpResponse:
    groups = _groups(request, group)
    sought = _sought(_form(request), groups, group)
    keys = [] if sought.empty else _keys(groups)
    found = search.find(archive_of(request.workspace), keys, sought, limit=EXPORTED + 1)
    names = {key.hex: name for key, name in groups.values_list("pk", "name")}
    head = [_("Group"), _("When"), _("Name"), _("Account"), _("Kind"), _("Text")]
    kinds = {kind: word.of("kind", kind) for kind in MESSAGE_KINDS}
    cut = [_("The export ends here: only the newest %(n)s are in it.") % {"n": EXPORTED}]

    def lines() -> Iterator[str]:
        yield "\ufeff" + _line(head)
        for row in found.head(EXPORTED).iter_rows(named=True):
            when = row["local"].isoformat(sep=" ", timespec="seconds")
            said = [names.get(row["group"], ""), row["name"] or "", row["sender"] or ""]
            yield _line([cell(said[0]), when, cell(said[1]), cell(said[2]), kinds[row["kind"]], cell(row["text"])])
        if found.height > EXPORTED:
            yield _line(cut)

    response = HttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="messages.csv"'
    return response


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def _form(request: HttpRequest) -> Form:
    said = {name: request.GET.get(name, "").replace("\0", "").strip()[:100] for name in FIELDS}
    return Form(**{**said, "kind": said["kind"] if said["kind"] in MESSAGE_KINDS else ""})


def _groups(request: Asked, group: Group | None) -> QuerySet[Group]:
    return Group.objects.filter(pk=group.pk) if group else groups_for(request.staff)


def _keys(groups: QuerySet[Group]) -> list[str]:
    return [key.hex for key in groups.filter(rows__gt=0).order_by().values_list("pk", flat=True)]


def _sought(form: Form, groups: QuerySet[Group], group: Group | None) -> Sought:
    sought = Sought(
        words=search.words_of(form.q),
        name=form.who,
        kind=form.kind,
        since=_day(form.since),
        until=_day(form.until),
        moved=_moved(groups),
    )
    who = _accounts(form, groups)
    if who is not None:
        return replace(sought, senders=_senders(who))
    if form.who and group is not None:
        named = Q(name__icontains=form.who) | Q(account=form.who) | Q(namings__name__icontains=form.who)
        keys = Identity.objects.filter(named, group=group).values_list("pk", flat=True).distinct()[:NAMED]
        return replace(sought, senders=_senders(Identity.objects.filter(pk__in=list(keys))))
    return sought


def _accounts(form: Form, groups: QuerySet[Group]) -> QuerySet[Identity] | None:
    """The accounts of the person the address names; None where it names nobody, none where it names a stranger."""
    if not form.person:
        return None
    try:
        key = UUID(form.person)
    except ValueError:
        return Identity.objects.none()
    return Identity.objects.filter(Q(person=key) | Q(person__root=key), group__in=groups)


def _whose(form: Form, groups: QuerySet[Group]) -> str:
    found = _accounts(form, groups)
    first = found.order_by("-messages").first() if found is not None else None
    return first.name if first else ""


def _senders(found: QuerySet[Identity]) -> dict[str, list[str]]:
    """By group, how the archive calls these accounts. Where a file has no ids, rows bear the name of their time."""
    senders: dict[str, list[str]] = {}
    for identity in found.select_related("group").prefetch_related("namings"):
        names = [] if identity.group.facts.get("has_ids") else [n.name for n in identity.namings.all()]
        senders.setdefault(identity.group_id.hex, []).extend([identity.account, *names])
    return senders


def _moved(groups: QuerySet[Group]) -> dict[str, list[str]]:
    moved: dict[str, list[str]] = {}
    later = groups.exclude(read_zone="").exclude(zone=F("read_zone")).filter(facts__moments=True)
    for key, zone in later.order_by().values_list("pk", "zone"):
        moved.setdefault(zone, []).append(key.hex)
    return moved


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 < day.year < 9999 else None


def place_of(text: str) -> Place | None:
    """Where a page goes on, as the address says it."""
    try:
        time, group, order, key = json.loads(text)
        moment = datetime.fromisoformat(time)
    except (ValueError, TypeError, RecursionError):
        return None
    known = isinstance(group, str) and isinstance(order, int) and isinstance(key, str) and abs(order) < 2**31
    return (moment, group, order, key) if known and moment.tzinfo is None else None


def _told(
    rows: Iterator[dict[str, Any]], groups: QuerySet[Group], sought: Sought, *, whole: bool = False
) -> list[dict[str, Any]]:
    """Hits as the page shows them: names of groups, and the text in pieces with the words marked."""
    told = list(rows)
    there = groups.in_bulk([UUID(hex=key) for key in {row["group"] for row in told}])
    for row in told:
        row["place"] = [row["time"].isoformat(), row["group"], row["order"], row["key"]]
        row["at"] = json.dumps(row["place"])
        row["in"] = there.get(UUID(hex=row["group"]))
        text = row["text"] if whole else _cut(row["text"], sought.words)
        row["pieces"] = search.marked(text, sought.words)
    return [row for row in told if row["in"] is not None]


def _cut(text: str, words: tuple[str, ...]) -> str:
    """A long text around its first marked word."""
    if len(text) <= SHOWN:
        return text
    before = search.marked(text, words)
    first = len(before[0][0]) if before and not before[0][1] and len(before) > 1 else 0
    begin = max(first - ASIDE, 0)
    end = begin + SHOWN
    return ("… " if begin else "") + text[begin:end] + (" …" if end < len(text) else "")
