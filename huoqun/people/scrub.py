"""The scrubbing: one person taken out of every text that staff, others and the product wrote into the database.

Every table of the workspace is looked at, also one that is made later; what is left alone is named here. Texts follow
the rules of `chat/redact`: names that only they bore, and, where others speak of people, their words.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import polars as pl
from django.apps import apps
from django.db.models import CharField, ForeignKey, JSONField, Model, Q, TextField

from huoqun.base.job import Job
from huoqun.chat.redact import Trace, cleaned
from huoqun.people.checkup import Checkup
from huoqun.people.forgotten import Forgotten
from huoqun.people.person import Identity, Naming, Person
from huoqun.people.roll import Roll
from huoqun.people.stretch import Stretch
from huoqun.people.upload import OPEN, Upload
from huoqun.people.view import View
from huoqun.people.workspace import Workspace

AT_ONCE = 500
"""Rows looked at together; of checkups, which weigh some 500 KB each, 20."""
NUMBERS = re.compile(r"[\d\s:.,+TZ-]*")
"""Times and numbers, which hold nobody's name unless they are it."""
APART = frozenset({Workspace, Person, Identity, Naming, Forgotten})
"""Tables that are no texts: who is who is changed by the history."""
QUOTING = frozenset(
    {
        "note",
        "fact",
        "tag",
        "title",
        "answer",
        "deed",
        "entry",
        "checkup",
        "stretch",
        "dealing",
        "study",
        "alert",
        "job",
        "inquiry",
        "handover",
        "shift",
        "material",
        "edit",
        "slot",
        "find",
        "sighting",
        "visit",
        "guest",
        "outgoing",
    }
)
"""Tables in which people are quoted. Elsewhere (questions, cards, marks) equal words are no quote of anybody."""
PLAIN = frozenset(
    {"actor", "cause", "digest", "email", "field", "format", "grade", "key", "kind", "layout", "mark", "model",
     "network", "network_id", "origin", "outcome", "owner", "password", "read_zone", "slug", "stage", "stage_said",
     "state", "state_hash", "stratum", "type", "version", "via", "way", "what", "worker", "zone", "zone_source",
     "branch.path", "count.source", "group.name", "identity.role", "invitation.role", "ladder.former", "ladder.rule",
     "login.code", "login.issuer", "login.subject", "login.union",
     "roll.made", "roll.meanings", "staff.role", "tally.why", "token.scopes"}
)  # fmt: skip
"""Columns that hold ids, kinds and hashes of ours, by name, or by table and name; every other text is looked at. The
name of a group is the network's, by which its next export finds it."""
FIXED = frozenset(
    {"kind", "type", "state", "stage", "grade", "basis", "unit", "trend", "stratum", "stratum_reason", "cause", "fact",
     "playbook", "role", "field", "format", "network", "owner_source", "language", "why_withheld", "range_source",
     "of", "how"}
)  # fmt: skip
"""Keys of JSON values that hold words of ours …"""
OURS = re.compile("[a-z0-9_.+-]*")
"""… which look like this; what people typed under such a key (the unit of a goal) mostly does not."""


@dataclass(frozen=True)
class Going:
    """Who is taken out: what they leave, the strings that mean them and no one else, and what stands there instead."""

    gone: Trace
    exact: frozenset[str]
    instead: str


def scrub(workspace: Workspace, who: Going) -> int:
    """Take somebody out of all texts of a workspace; returns how many rows were changed. A second time changes
    nothing. Call it in a transaction."""
    lines = _lines(workspace, who)
    return lines + sum(_table(table, way, workspace, who) for table, way in _tables()) + _jobs(who)


def _lines(workspace: Workspace, who: Going) -> int:
    """Lines of lists that nobody has taken yet: one that names somebody is about them from the first cell to the
    last, and would bring them back."""
    changed = 0
    for roll in Roll.objects.select_for_update().filter(workspace=workspace):
        left = [line for line in roll.lines if not who.exact & {cell.strip() for cell in line[1]}]
        if len(left) < len(roll.lines):
            roll.lines = left
            roll.save(update_fields=["lines"])
            changed += 1
    return changed


def _jobs(who: Going) -> int:
    """What work that failed said of why. Jobs belong to no workspace: only what names them is changed."""
    fields = ["arguments", "detail", "reason", "trace"]
    rows = Job.objects.filter(state="failed")
    told = []
    for chunk in _batches(list(rows.values_list("pk", flat=True))):
        told += _chunk(Job, Job.objects.filter(pk__in=chunk), fields, who)
    Job.objects.bulk_update(told, fields, batch_size=AT_ONCE)
    return len(told)


def _tables() -> Iterator[tuple[Any, str]]:
    """Every table of a workspace with the way from its rows to it."""
    for table in apps.get_app_config("huoqun").get_models():
        way = None if table in APART else _way(table)
        if way is not None:
            yield table, way


def _way(table: type[Model], seen: tuple[type[Model], ...] = ()) -> str | None:
    """The shortest way to the workspace over columns that are never empty, else over any."""
    links = [f for f in table._meta.concrete_fields if isinstance(f, ForeignKey)]
    for link in links:
        if link.related_model is Workspace:
            return link.name
    for link in sorted(links, key=lambda f: f.null):
        target = link.related_model
        if isinstance(target, str) or target in {*seen, table}:
            continue
        further = _way(target, (*seen, table))
        if further is not None:
            return f"{link.name}__{further}"
    return None


def _table(table: Any, way: str, workspace: Workspace, who: Going) -> int:
    fields = [f.name for f in table._meta.concrete_fields if _holds_text(table, f)]
    if not fields:
        return 0
    going = who if table._meta.model_name in QUOTING else replace(who, gone=replace(who.gone, words=()))
    rows = table._base_manager.filter(Q(**{way: workspace})).order_by("pk")
    if table is Upload:
        rows = rows.exclude(state__in=OPEN)
    changed = 0
    for keys in _batches(list(rows.values_list("pk", flat=True)), 20 if table is Checkup else AT_ONCE):
        chunk = table._base_manager.filter(pk__in=keys).only("pk", *fields)
        told = _chunk(table, chunk, fields, going)
        table._base_manager.bulk_update(told, fields)
        changed += len(told)
    return changed


def _batches(keys: list[Any], size: int = AT_ONCE) -> Iterator[list[Any]]:
    for begin in range(0, len(keys), size):
        yield keys[begin : begin + size]


def _holds_text(table: type[Model], field: Any) -> bool:
    if field.name in PLAIN or f"{table._meta.model_name}.{field.name}" in PLAIN:
        return False
    return isinstance(field, JSONField) or type(field) in {TextField, CharField}


def _chunk(table: type[Model], rows: Iterable[Any], fields: list[str], who: Going) -> list[Any]:
    """The rows that changed, with their new values."""
    found: list[str] = []
    held = [(row, name, _read(table, name, getattr(row, name))) for row in rows for name in fields]
    for _, _, value in held:
        _walk(value, found.append)
    texts = [text for text in dict.fromkeys(found) if not NUMBERS.fullmatch(text)]
    told = dict(zip(texts, cleaned(pl.Series("text", texts, dtype=pl.String), who.gone), strict=True))
    told |= dict.fromkeys(who.exact, who.instead)
    changed = {}
    for row, name, value in held:
        new = _walk(value, lambda text: told.get(text, text))
        if new != value:
            setattr(row, name, _written(table, name, new))
            changed[row.pk] = row
    return list(changed.values())


def _read(table: type[Model], name: str, value: Any) -> Any:
    """What a column holds, taken out of the text it is kept as."""
    if table in {Checkup, Stretch} and name == "document":
        return json.loads(value)
    if table is View and name == "query":
        return [list(pair) for pair in parse_qsl(value, keep_blank_values=True)]
    return value


def _written(table: type[Model], name: str, value: Any) -> Any:
    if table in {Checkup, Stretch} and name == "document":
        return json.dumps(value, ensure_ascii=False)
    if table is View and name == "query":
        return urlencode([(key, said) for key, said in value])
    return value


def _walk(value: Any, told: Callable[[str], Any]) -> Any:
    """The value with every text of it as `told` says, except what stands under a fixed key."""
    if isinstance(value, str):
        new = told(value)
        return value if new is None else new
    if isinstance(value, list):
        return [_walk(each, told) for each in value]
    if isinstance(value, dict):
        return {key: each if _fixed(key, each) else _walk(each, told) for key, each in value.items()}
    return value


def _fixed(key: str, value: Any) -> bool:
    return key in FIXED and not (isinstance(value, str) and not OURS.fullmatch(value))
