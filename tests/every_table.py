"""A row in every table there is, with every column filled, and everything that the database says of all of them."""

import hashlib
import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import NAMESPACE_URL, uuid5

from django.apps import apps
from django.db import connection, models, transaction

FITTING = {"posting.before": 7, "posting.amount": 7, "posting.after": 14}
"""What a check of the database asks of several columns together, by table and column."""
EITHER = {"showcase.activity": True, "showcase.group": False}
"""Links of which a check of the database asks that one is set and the other empty: whether this one is set."""
SAID = "汉字 – é – 😀 \u2028 ' \" \\ %s {0}"
VALUES = {
    models.UUIDField: lambda f: uuid5(NAMESPACE_URL, str(f)),
    models.EmailField: lambda f: "who@example.org",
    models.CharField: lambda f: f"{f.name} {SAID}"[: f.max_length],
    models.TextField: lambda f: f"{f.name} {SAID}\n" * 50,
    models.BooleanField: lambda f: True,
    models.IntegerField: lambda f: 7,
    models.DecimalField: lambda f: Decimal("12.34"),
    models.FloatField: lambda f: 0.1 + 0.2,
    models.DateTimeField: lambda f: datetime(2026, 3, 1, 4, 5, 6, 789012, tzinfo=UTC),
    models.DateField: lambda f: date(2026, 2, 28),
    models.JSONField: lambda f: {"deep": [1, 2.5, None, True, {"汉": SAID}], "none": {}},
    models.BinaryField: lambda f: bytes(range(256)),
    models.GenericIPAddressField: lambda f: "2001:db8::1",
}


def tables(apps=apps):
    """Every table of the installation (or of an older one, by its apps), also those between two."""
    return [m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]


def fill(apps=apps):
    """A row in each; links that may be empty are set when the others are there."""
    with transaction.atomic():
        made = {}
        for table in tables(apps):
            row_of(table, made)
        for table, row in made.items():
            links = [f for f in table._meta.concrete_fields if f.is_relation and f.null and EITHER.get(label(f), True)]
            told = {f.attname: getattr(made[f.related_model], f.target_field.attname) for f in links}
            if told:
                table._base_manager.filter(pk=row.pk).update(**told)


def row_of(table, made):
    if table not in made:
        there = table._base_manager.order_by("pk").first() if table._meta.app_label == "contenttypes" else None
        made[table] = there or table(**{f.attname: value(f, made) for f in table._meta.concrete_fields if wanted(f)})
        if there is None:
            made[table].save_base(raw=True, force_insert=True)
    return made[table]


def wanted(field):
    needed = not (field.is_relation and field.null) or EITHER.get(label(field), False)
    return not isinstance(field, models.AutoField) and needed


def label(field):
    return f"{field.model._meta.model_name}.{field.name}"


def value(field, made):
    if field.is_relation:
        target = row_of(field.related_model, made)
        return getattr(target, field.target_field.attname)
    if label(field) in FITTING:
        return FITTING[label(field)]
    return next(VALUES[kind](field) for kind in type(field).__mro__ if kind in VALUES)


def columns(apps=apps):
    """By table, its columns."""
    return {table._meta.db_table: [f.attname for f in table._meta.concrete_fields] for table in tables(apps)}


def told(those=None):
    """By table, its number of rows and a digest of their values, in all columns or in those named."""
    found, those = {}, those or columns()
    for table in (t for t in tables() if t._meta.db_table in those):
        kept = table._base_manager.order_by("pk").values_list(*those[table._meta.db_table])
        rows = [[plain(v) for v in row] for row in kept]
        found[table._meta.db_table] = (len(rows), hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest())
    return found


def plain(value):
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else value if json_like(value) else str(value)


def json_like(value):
    return value is None or isinstance(value, bool | int | float | dict | list)


def named():
    """The tables as the database names them, but for its own book of migrations."""
    with connection.cursor() as cursor:
        return sorted(set(connection.introspection.table_names(cursor)) - {"django_migrations"})


def built():
    """By table its columns, and every key, check and index, whatever their order; what PostgreSQL numbers in a name,
    because another had it, is left out."""
    with connection.cursor() as cursor:
        ask = connection.introspection
        found = {n: sorted(map(str, ask.get_table_description(cursor, n))) for n in ask.table_names(cursor)}
        if connection.vendor == "postgresql":
            found["indexes"] = rows(cursor, "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema()")
            constraints = "SELECT conname, conrelid::regclass, pg_get_constraintdef(oid, true) FROM pg_constraint"
            found["constraints"] = rows(cursor, constraints)
        else:
            found["indexes"] = rows(cursor, "SELECT sql FROM sqlite_master WHERE type = 'index'")
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
            found["tables"] = sorted(str((n, sorted(re.split(r", |\(|\)$", sql)))) for n, sql in cursor.fetchall())
        return found | {"migrations": rows(cursor, "SELECT app, name FROM django_migrations")}


def rows(cursor, query):
    cursor.execute(query)
    return sorted(re.sub(r"(?<=_check|._pkey|.._key)\d", "", str(row)) for row in cursor.fetchall())
