"""An older database, and the backup of one, with a row in every table of then, lose nothing on the way to today.

What they come to is what a new database is.
"""

import json

import psycopg
import pytest
from test_backup import told
from test_postgres import postgres  # noqa: F401  the fixture

FIRST = "0006_survey"
"""As far as the first version that had people and surveys."""
BEGIN = """
import django; django.setup()
import json, sys
from pathlib import Path
sys.path.insert(0, "tests")
import orjson
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from every_table import built, columns, fill, tables, told
from huoqun.people import dump, refill
folder = Path("FOLDER")
"""
OLD = """
leaves = [key for key in MigrationExecutor(connection).loader.graph.leaf_nodes() if key[0] != "huoqun"]
leaves.append(("huoqun", "FIRST"))
MigrationExecutor(connection).migrate(leaves)
executor = MigrationExecutor(connection)
old = executor.loader.project_state(leaves).apps
fill(old)
folder.mkdir(exist_ok=True)
for table in tables(old):
    fields = [f.attname for f in table._meta.concrete_fields]
    rows = [orjson.dumps(row, default=dump._plain) for row in table._base_manager.values_list(*fields)]
    (folder / f"{table._meta.db_table}.jsonl").write_bytes(b"\\n".join([orjson.dumps(fields), *rows]) + b"\\n")
known = {"columns": columns(old), "done": sorted(map(list, executor.loader.applied_migrations))}
(folder / "known.json").write_text(json.dumps(known))
MigrationExecutor(connection).migrate(executor.loader.graph.leaf_nodes())
"""
BACK = """
known = json.loads((folder / "known.json").read_text())
with refill.room("before", ("huoqun_group",), replace=False):
    refill.refill(folder, known["done"])
"""
END = """
known = json.loads((folder / "known.json").read_text())
print(json.dumps([told(known["columns"]), built()]))
"""
NEW = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
print(json.dumps(built()))
"""


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_an_older_database_and_its_backup_lose_nothing_on_the_way_to_today(database, tmp_path, request):
    urls = [None, None, None]
    if database == "postgresql":
        server = request.getfixturevalue("postgres")
        urls = [server.removesuffix("postgres") + name for name in ("older", "refilled", "new")]
        with psycopg.connect(server, autocommit=True) as here:
            for url in urls:
                here.execute(f"CREATE DATABASE {url.rsplit('/', 1)[1]}")

    def script(*parts):
        return "".join(parts).replace("FOLDER", str(tmp_path / "rows")).replace("FIRST", FIRST)

    upgraded, by_steps = json.loads(told(tmp_path / "a", urls[0], script(BEGIN, OLD, END)))
    refilled, again = json.loads(told(tmp_path / "b", urls[1], script(BEGIN, BACK, END)))
    written = {p.stem: len(p.read_bytes().splitlines()) - 1 for p in (tmp_path / "rows").glob("*.jsonl")}
    assert {name: rows for name, (rows, _) in upgraded.items()} == written
    assert all(written.values()), "a row of each table went in"
    assert refilled == upgraded
    at_once = json.loads(told(tmp_path / "c", urls[2], script(BEGIN, NEW)))
    assert differing(by_steps, at_once) == differing(again, at_once) == [], (
        "a new database is what all migrations come to"
    )


def differing(one, two):
    return [(name, [x for x in one[name] if x not in two.get(name, [])]) for name in one if one[name] != two.get(name)]
