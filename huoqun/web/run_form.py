"""The form by which runs are started, read back: everything typed, and what of it cannot be so."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5
from zoneinfo import ZoneInfo

from django.http import QueryDict

from huoqun.base import clock
from huoqun.people import enclosure, segment, view
from huoqun.people.group import Group
from huoqun.people.segment import Segment
from huoqun.people.staff import Staff, groups_for, team
from huoqun.people.view import View
from huoqun.playbooks import fit, starting
from huoqun.playbooks.offered import Offer
from huoqun.playbooks.playbook import Asked as Variable
from huoqun.playbooks.playbook import Playbook
from huoqun.playbooks.starting_many import MOST
from huoqun.playbooks.step_form import Title
from huoqun.web import choosing, query, word
from huoqun.web.gate import Asked
from huoqun.web.portfolio import portfolio, wanted_by

SOME, MATCH, VIEW = "some", "match", "view"
"""Where it runs: in groups that are ticked, in all it was written for, in a saved view of the list."""
WHERE = (SOME, MATCH, VIEW)
FILES = ("picture", "file")
"""Kinds of variables that are a file."""
_TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")


@dataclass
class Wish:
    """What somebody wants to start. `typed`: every field as it was sent; `wrong`: by field, the id of what is wrong
    with it; `out`, `without`: groups left out by hand, and by what speaks against them."""

    book: Playbook
    text: str
    key: UUID
    where: str = SOME
    view: View | None = None
    segment: Segment | None = None
    ticked: set[UUID] = field(default_factory=set)
    groups: list[Group] = field(default_factory=list)
    begins: date | None = None
    typed: dict[str, str] = field(default_factory=dict)
    people: dict[str, UUID] = field(default_factory=dict)
    out: set[UUID] = field(default_factory=set)
    without: set[str] = field(default_factory=set)
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def segment_key(self) -> UUID | None:
        """The id of the segment, where one is chosen."""
        return self.segment.pk if self.segment else None

    @property
    def values(self) -> dict[str, str]:
        """What was typed of the variables."""
        return {name: self.typed.get(f"var-{name}", "") for name in self.book.variables}

    def once(self, groups: Iterable[Group]) -> UUID:
        """The key of this start: sent twice it is the same, with anything changed in the form another."""
        told: list[Any] = [self.book.id, self.begins, sorted(self.values.items()), sorted(self.people.items())]
        told += [self.segment_key, sorted(group.pk.hex for group in groups)]
        return uuid5(self.key, repr(told))


def empty(request: Asked, offer: Offer) -> Wish:
    """The form as it is opened: from tomorrow on, in the groups that the address names."""
    book, text = offer.playbook, offer.text
    asked = request.GET
    day = clock.now().astimezone(ZoneInfo(request.workspace.zone)).date() + timedelta(days=1)
    ticked = {key for each in asked.getlist("group") if (key := query.key(each))}
    typed = {"begins": day.isoformat()}
    language = starting.language_of(request.workspace)
    typed |= {f"var-{name}": _default(variable, language) for name, variable in book.variables.items()}
    where = asked.get("where", SOME)
    return Wish(book, text, uuid4(), where if where in WHERE else SOME, ticked=ticked, typed=typed)


def _default(variable: Variable, language: str) -> str:
    told = variable.default
    return "" if told is None else getattr(told, language) if isinstance(told, Title) else str(told)


def sent(request: Asked, offer: Offer) -> Wish:
    """What was sent, with what is wrong by field."""
    book, text = offer.playbook, offer.text
    form, staff = request.POST, request.staff
    typed = {name: value.replace("\0", "").strip()[:2000] for name, value in form.items() if isinstance(value, str)}
    where = typed.get("where", SOME)
    wish = Wish(book, text, query.key(typed.get("key", "")) or uuid4(), where if where in WHERE else SOME, typed=typed)
    wish.ticked = choosing.keys(request)
    wish.view = view.views_of(request.workspace, request.user).filter(pk=query.row(typed.get("view", ""))).first()
    wish.out = {key for each in form.getlist("out") if (key := query.key(each))}
    wish.without = set(form.getlist("without"))
    wish.segment = segment.segments(request.workspace).filter(pk=query.row(typed.get("segment", ""))).first()
    wish.begins = query.day(typed.get("begins", ""))
    if wish.begins is None:
        wish.wrong["begins"] = "begins"
    for name, variable in book.variables.items():
        why = _taken(request, f"var-{name}", typed) if variable.kind in FILES else ""
        if why := why or _wrong(variable, typed.get(f"var-{name}", "")):
            wish.wrong[f"var-{name}"] = why
    _roles(wish, staff)
    wish.groups = groups_of(wish, staff)
    if not wish.groups:
        wish.wrong["groups"] = "nobody"
    elif len(wish.groups) > MOST:
        wish.wrong["groups"], wish.groups = "too_many", []
    elif wish.begins and any(wish.begins < today for today in _todays(wish.groups)):
        wish.wrong["begins"] = "past"
    return wish


def _taken(request: Asked, name: str, typed: dict[str, str]) -> str:
    """Keep a file that was sent: its id is what was typed from now on, so that it need not be sent again. The id of
    what is wrong; empty where nothing is."""
    file = request.FILES.get(name)
    if file is not None:
        try:
            typed[name] = enclosure.keep(file.read(), file.name or "", workspace=request.workspace, now=clock.now())
        except enclosure.TooLarge:
            return "file"
    there = not typed.get(name) or enclosure.found(request.workspace.pk, typed[name])
    return "" if there else "missing"


def _todays(groups: list[Group]) -> set[date]:
    now = clock.now()
    return {now.astimezone(ZoneInfo(zone)).date() for zone in {group.zone for group in groups}}


def groups_of(wish: Wish, staff: Staff) -> list[Group]:
    """The groups that are meant, of those somebody may see, by name."""
    there = groups_for(staff)
    if wish.where == SOME:
        found = there.filter(pk__in=wish.ticked)
    elif wish.where == MATCH:
        found = fit.matching(there, wish.book)
    elif wish.view:
        found = portfolio(staff, wanted_by(QueryDict(wish.view.query)), now=clock.now())
    else:
        return []
    return list(found.select_related("workspace").order_by("name", "pk")[: MOST + 1])


def _wrong(variable: Variable, text: str) -> str:
    """What keeps a value from being one of its kind; empty where nothing does."""
    if not text:
        return "missing" if variable.default is None else ""
    if variable.kind == "number":
        return "" if text.isascii() and text.isdecimal() and len(text) < 10 else "number"
    if variable.kind == "time":
        return "" if _TIME.fullmatch(text) else "time"
    if variable.kind == "date":
        return "" if query.day(text) else "date"
    if variable.kind == "link":
        return "" if text.startswith(("https://", "http://")) and " " not in text else "link"
    return ""


def _roles(wish: Wish, staff: Staff) -> None:
    known = {member.account_id for member in team(staff.workspace)}
    for name in wish.book.roles:
        told = wish.typed.get(f"role-{name}", "")
        account = query.key(told) if told else None
        if account in known and account:
            wish.people[name] = account
        elif told:
            wish.wrong[f"role-{name}"] = "role"


def fields(wish: Wish) -> list[dict[str, Any]]:
    """The variables as fields of the form."""
    kinds: Mapping[str, str] = {"number": "number", "time": "time", "date": "date", "link": "url"}
    kinds = {**kinds, **dict.fromkeys(FILES, "file")}
    return [
        {
            "name": f"var-{name}",
            "ask": getattr(variable.ask, word.language()),
            "type": kinds.get(variable.kind, "text"),
            "value": wish.typed.get(f"var-{name}", ""),
            "required": variable.default is None,
            "wrong": wish.wrong.get(f"var-{name}", ""),
        }
        for name, variable in wish.book.variables.items()
    ]


def roles(wish: Wish, staff: Staff) -> list[dict[str, Any]]:
    """The roles as fields of the form."""
    people = [(member.account_id, str(member.account)) for member in team(staff.workspace)]
    return [
        {
            "name": f"role-{name}",
            "title": getattr(role.name, word.language()),
            "minutes": role.minutes,
            "options": [(key, said, str(key) == wish.typed.get(f"role-{name}", "")) for key, said in people],
            "wrong": wish.wrong.get(f"role-{name}", ""),
        }
        for name, role in wish.book.roles.items()
    ]
