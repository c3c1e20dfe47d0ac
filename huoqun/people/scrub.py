"""The scrubbing: one person taken out of every text that staff, others and the product wrote into the database.

Every table of the workspace is looked at, also one that is made later; what is left alone is named here. Texts follow
the rules of `chat/redact`: names that only they bore, and, where others speak of people, their words.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
from django.apps import apps
from django.db.models import CharField, ForeignKey, JSONField, Model, Q, TextField

from huoqun.chat.redact import Trace, cleaned
from huoqun.people.checkup import Checkup
from huoqun.people.forgotten import Forgotten
from huoqun.people.group import Group
from huoqun.people.person import Identity, Naming, Person
from huoqun.people.upload import OPEN, Upload
from huoqun.people.workspace import Workspace

AT_ONCE = 500
"""Rows looked at together; of checkups, which weigh some 500 KB each, 20."""
NUMBERS = re.compile(r"[\d\s:.,+TZ-]*")
"""Times and numbers, which hold nobody's name unless they are it."""
APART = frozenset({Workspace, Person, Identity, Naming, Forgotten})
"""Tables that are no texts: who is who is changed by the history."""
QUOTING = frozenset({"note", "fact", "tag", "title", "answer", "deed", "entry", "checkup"})
"""Tables in which people are quoted. Elsewhere (questions, cards, marks) equal words are no quote of anybody."""
WORDED = frozenset({"title", "text", "name", "note", "source", "stage_why", "intro", "why", "reason"})
"""Columns of short text that people write; the others are ids, kinds, zones."""
FIXED = frozenset(
    {"kind", "type", "state", "stage", "grade", "basis", "unit", "trend", "stratum", "stratum_reason", "cause", "fact",
     "playbook", "role", "field", "format", "network", "owner_source", "language", "why_withheld", "range_source"}
)  # fmt: skip
"""Keys of JSON values that hold words of ours."""


@dataclass(frozen=True)
class Going:
    """Who is taken out: what they leave, the strings that mean them and no one else, and what stands there instead."""

    gone: Trace
    exact: frozenset[str]
    instead: str


def scrub(workspace: Workspace, who: Going) -> int:
    """Take somebody out of all texts of a workspace; returns how many rows were changed. A second time changes
    nothing. Call it in a transaction."""
    return sum(_table(table, way, workspace, who) for table, way in _tables())


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
    keys = list(rows.values_list("pk", flat=True))
    changed = 0
    at_once = 20 if table is Checkup else AT_ONCE
    for begin in range(0, len(keys), at_once):
        chunk = table._base_manager.filter(pk__in=keys[begin : begin + at_once]).only("pk", *fields)
        told = _chunk(table, chunk, fields, going)
        table._base_manager.bulk_update(told, fields)
        changed += len(told)
    return changed


def _holds_text(table: type[Model], field: Any) -> bool:
    if table is Group and field.name == "name":
        return False  # the network's name of the group, by which its next export finds it
    if isinstance(field, JSONField) or type(field) is TextField:
        return True
    return type(field) is CharField and field.name in WORDED


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
            setattr(row, name, json.dumps(new, ensure_ascii=False) if _is_document(table, name) else new)
            changed[row.pk] = row
    return list(changed.values())


def _is_document(table: type[Model], name: str) -> bool:
    return table is Checkup and name == "document"


def _read(table: type[Model], name: str, value: Any) -> Any:
    return json.loads(value) if _is_document(table, name) else value


def _walk(value: Any, told: Callable[[str], Any]) -> Any:
    """The value with every text of it as `told` says, except what stands under a fixed key."""
    if isinstance(value, str):
        new = told(value)
        return value if new is None else new
    if isinstance(value, list):
        return [_walk(each, told) for each in value]
    if isinstance(value, dict):
        return {key: each if key in FIXED else _walk(each, told) for key, each in value.items()}
    return value
