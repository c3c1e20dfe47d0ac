"""The roll: a list of people from a spreadsheet, taken into profiles as a whole or not at all, and undone as a whole.

A line finds its person in one group by account, else by a name that only one of them bears. What is known already is
not written again, so the same file a second time changes nothing.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import CASCADE, SET_NULL, CharField, DateTimeField, ForeignKey, JSONField

from huoqun.base.table import Table
from huoqun.chat import archive
from huoqun.people import audit, tally
from huoqun.people.account import Account
from huoqun.people.birthday import no_such_day
from huoqun.people.group import Group, known_as
from huoqun.people.history import of_whom_something_is_kept
from huoqun.people.person import Identity, Naming, Person
from huoqun.people.profile import FIELDS, KINDS, Fact, Saying, Tag, Title
from huoqun.people.spreadsheet import ACCOUNT, MEANINGS, NAME, TAG, TITLE, Line, guess
from huoqun.people.tally import humans_of
from huoqun.people.workspace import Workspace, archive_of

BIRTHDAY = "birthday"
LONGEST_NAME = 120
_BETWEEN = re.compile(r"[,，;；、|]")


class Wrong(ValueError):
    """Lines that cannot be taken, and nobody said to leave them out; or the mapping names no person."""


class Roll(Table):
    """A list of people somebody gave (名单)."""

    workspace = ForeignKey(Workspace, CASCADE, related_name="rolls")
    group = ForeignKey(Group, CASCADE, related_name="rolls")
    by = ForeignKey(Account, SET_NULL, null=True, related_name="+")
    name = CharField(max_length=LONGEST_NAME)
    """Of the file."""
    lines = JSONField()
    """Number and cells of each line, headings first; emptied when the list is taken."""
    meanings = JSONField(default=list)
    """What each column holds."""
    taken = DateTimeField(null=True)
    undone = DateTimeField(null=True)
    made = JSONField(default=dict)
    """Keys of the rows that taking it made, by kind."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a line: the heading of the column; `nobody`, `unknown`, `ambiguous`, `long`, `erased` or
    `no_day`."""

    line: int
    column: str
    why: str
    cell: str = ""


@dataclass
class Plan:
    """What taking a list would do."""

    strangers: dict[str, str] = field(default_factory=dict)
    """Names by account of who is not in the group yet."""
    known: dict[str, UUID] = field(default_factory=dict)
    """Persons by account."""
    sayings: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Account, kind, field, text: what is not known yet."""
    faults: list[Fault] = field(default_factory=list)
    lines: int = 0
    """Lines that name somebody."""

    @property
    def empty(self) -> bool:
        """Nothing would change."""
        return not self.strangers and not self.sayings


def give(group: Group, name: str, lines: Sequence[Line], *, by: Account, now: datetime) -> Roll:
    """Keep a list until somebody has said what its columns hold."""
    return Roll.objects.create(
        workspace_id=group.workspace_id,
        group=group,
        by=by,
        name=name[:LONGEST_NAME],
        lines=[[line.number, list(line.cells)] for line in lines],
        meanings=guess(lines[0].cells),
        created=now,
    )


def plan(roll: Roll, meanings: Sequence[str], *, add: bool) -> Plan:
    """What taking it would do; `add`: who is not in the group yet comes in. Raises Wrong where no column names
    somebody."""
    if not {ACCOUNT, NAME} & set(meanings) or not set(meanings) <= set(MEANINGS):
        raise Wrong
    headings: list[str] = roll.lines[0][1]
    accounts, names = _members(roll.group)
    found, wanted = Plan(), []
    erased = _erased(roll, meanings)
    for number, cells in roll.lines[1:]:
        told = [(meaning, heading, cell) for meaning, heading, cell in zip(meanings, headings, cells, strict=False)]
        who = _who(number, told, accounts, names, found, add=add)
        if who is None:
            continue
        if who in erased and who not in accounts:
            found.strangers.pop(who, None)
            found.faults.append(Fault(number, "", "erased"))
            continue
        found.lines += 1
        for meaning, heading, cell in told:
            wanted += _said(number, who, meaning, heading, cell, found)
    found.known = {a: accounts[a] for a, *_ in wanted if a in accounts}
    there = _there(found.known)
    found.sayings = [w for w in dict.fromkeys(wanted) if w not in there]
    return found


def _erased(roll: Roll, meanings: Sequence[str]) -> set[str]:
    """Whom no list may bring back: accounts that were erased from the group."""
    columns = [n for n, meaning in enumerate(meanings) if meaning in {ACCOUNT, NAME}]
    said = {cells[n] for _, cells in roll.lines[1:] for n in columns if n < len(cells) and cells[n]}
    return archive.barred(archive_of(roll.workspace), roll.group.pk.hex, said, known_as=known_as(roll.group))


def _members(group: Group) -> tuple[dict[str, UUID], dict[str, set[str]]]:
    """Of a group: persons by account, and accounts by every name they bear or bore."""
    accounts: dict[str, UUID] = {}
    names: dict[str, set[str]] = defaultdict(set)
    for account, name, person in Identity.objects.filter(group=group).values_list("account", "name", "person"):
        accounts[account] = person
        names[name].add(account)
    for name, account in Naming.objects.filter(identity__group=group).values_list("name", "identity__account"):
        names[name].add(account)
    return accounts, names


def _who(
    number: int,
    told: Sequence[tuple[str, str, str]],
    accounts: Mapping[str, UUID],
    names: Mapping[str, set[str]],
    found: Plan,
    *,
    add: bool,
) -> str | None:
    """The account of a line; None where it is wrong, which is noted."""
    cells = {meaning: (heading, cell) for meaning, heading, cell in reversed(told) if cell}
    (head, account), (other, name) = cells.get(ACCOUNT, ("", "")), cells.get(NAME, ("", ""))
    if account in accounts or account in found.strangers:
        return account
    if name and not account:
        borne = names.get(name, set())
        if len(borne) == 1:
            return next(iter(borne))
        if borne:
            found.faults.append(Fault(number, other, "ambiguous", name))
            return None
        if name in found.strangers:
            return name
    if not account and not name:
        found.faults.append(Fault(number, head or other, "nobody"))
    elif max(len(account), len(name)) > 300:
        found.faults.append(Fault(number, head or other, "long", account or name))
    elif not add:
        found.faults.append(Fault(number, head or other, "unknown", account or name))
    else:
        found.strangers[account or name] = name or account
        return account or name
    return None


def _said(number: int, who: str, meaning: str, heading: str, cell: str, found: Plan) -> list[tuple[str, str, str, str]]:
    if not cell or meaning in {"", ACCOUNT, NAME}:
        return []
    kind = "fact" if meaning in FIELDS else meaning
    texts = [t.strip() for t in _BETWEEN.split(cell)] if kind == TAG else [cell]
    if any(len(text) > KINDS[kind].LONGEST for text in texts):
        found.faults.append(Fault(number, heading, "long", cell))
        return []
    if meaning == BIRTHDAY and no_such_day(cell):
        found.faults.append(Fault(number, heading, "no_day", cell))
        return []
    return [(who, kind, meaning if kind == "fact" else "", text) for text in texts if text]


def _there(known: Mapping[str, UUID]) -> set[tuple[str, str, str, str]]:
    """What is said already of these people, whichever of their persons it is written about."""
    human = humans_of(known.values())
    accounts: dict[UUID, list[str]] = defaultdict(list)
    for account, person in known.items():
        accounts[human[person]].append(account)
    told: list[tuple[UUID, str, str, str]] = [
        (p, "fact", f, t) for p, f, t in Fact.objects.filter(person__in=human).values_list("person", "field", "text")
    ]
    for kind, table in ((TAG, Tag), (TITLE, Title)):
        rows = table._default_manager.filter(person__in=human).values_list("person", "text")
        told += [(p, kind, "", t) for p, t in rows]
    return {(account, kind, f, t) for p, kind, f, t in told for account in accounts[human[p]]}


def take(roll: Roll, meanings: Sequence[str], *, add: bool, skip: bool, by: Account, now: datetime) -> Plan:
    """Write it all down, or nothing; `skip`: lines that are wrong are left out. Raises Wrong."""
    with transaction.atomic():
        row = Roll.objects.select_for_update().get(pk=roll.pk)
        if row.taken:
            return Plan()
        Group.objects.select_for_update().get(pk=row.group_id)
        found = plan(row, meanings, add=add)
        if found.faults and not skip:
            raise Wrong
        made = _write(row, found, by, now)
        row.taken, row.meanings, row.made, row.lines = now, list(meanings), made, row.lines[:1]
        row.save()
        after = {kind: len(keys) for kind, keys in made.items() if keys} | {"lines": found.lines}
        audit.note(row.workspace, "roll.take", by=by, on=row.pk, title=row.name, after=after, now=now)
    return found


def _write(row: Roll, found: Plan, by: Account, now: datetime) -> dict[str, list[str]]:
    persons = {account: Person(workspace_id=row.workspace_id, created=now) for account in found.strangers}
    Person.objects.bulk_create(persons.values(), batch_size=2000)
    identities = [
        Identity(group_id=row.group_id, person=persons[account], account=account, name=name, created=now)
        for account, name in found.strangers.items()
    ]
    Identity.objects.bulk_create(identities, batch_size=2000)
    whose = found.known | {account: person.pk for account, person in persons.items()}
    said: dict[str, list[Saying]] = {kind: [] for kind in ("fact", TAG, TITLE)}
    for account, kind, about, text in found.sayings:
        more = {"field": about, "source": row.name} if kind == "fact" else {}
        said[kind].append(KINDS[kind](person_id=whose[account], text=text, by=by, changed=now, created=now, **more))
    for kind, rows in said.items():
        KINDS[kind]._default_manager.bulk_create(rows, batch_size=2000)
    tally.count(whose.values(), now=now)
    made = {kind: [r.pk.hex for r in rows] for kind, rows in said.items()}
    return made | {"person": [person.pk.hex for person in persons.values()]}


def undo(roll: Roll, *, by: Account, now: datetime) -> bool:
    """Take back what taking it wrote, but for what somebody has changed since; False where that is done already."""
    with transaction.atomic():
        row = Roll.objects.select_for_update().get(pk=roll.pk)
        if row.taken is None or row.undone:
            return False
        touched: set[UUID] = set()
        for kind in ("fact", TAG, TITLE):
            rows = KINDS[kind]._default_manager.filter(pk__in=row.made.get(kind, []), changed=row.taken)
            touched |= set(rows.values_list("person", flat=True))
            rows.delete()
        came = [UUID(key) for key in row.made.get("person", [])]
        stays = of_whom_something_is_kept(came)
        gone = Identity.objects.filter(person__in=[key for key in came if key not in stays], messages=0)
        persons = list(gone.values_list("person", flat=True))
        gone.delete()
        Person.objects.filter(pk__in=persons, identities=None, merged=None, root=None).delete()
        tally.count(touched | set(came), now=now)
        row.undone = now
        row.save()
        audit.note(row.workspace, "roll.undo", by=by, on=row.pk, title=row.name, now=now)
    return True
