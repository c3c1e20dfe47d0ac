"""The list of thirty thousand groups: `python -m bench.portfolio [--groups 30000] [--sqlite]`.

Whole pages over every filter and order through Django's own client, in milliseconds of processor on SQLite, by the
clock on PostgreSQL, which works in another process. Aim: 200 ms each.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from bench.postgres import server

AIM = 200
TIMES = 3
PASSWORD = "three odd words"


def main() -> None:
    """Runs the child that has the database's URL in its environment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", type=int, default=30_000)
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        inside(asked.groups)
        return
    with tempfile.TemporaryDirectory() as home, nullcontext("") if asked.sqlite else server() as url:
        more = {"HUOQUN_HOME": home, **({"HUOQUN_DATABASE_URL": url} if url else {})}
        words = [sys.executable, "-m", "bench.portfolio", "--inside", "--groups", str(asked.groups)]
        subprocess.run(words, check=True, env=os.environ | more, cwd=Path(__file__).parent.parent)


def inside(many: int) -> None:
    """Fill the database, ask the pages."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "huoqun.settings"
    __import__("django").setup()
    from django.core.management import call_command  # noqa: PLC0415  needs Django set up
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from bench import many_groups  # noqa: PLC0415
    from huoqun.base import clock  # noqa: PLC0415
    from huoqun.people import staff  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    member = staff.begin(email="boss@example.org", name="boss", password=PASSWORD, now=clock.now())
    many_groups.fill(member.workspace, many)
    main = many_groups.branched(member.account)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(member.account)
    watch = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    for query in [*many_groups.queries(many // 100), f"branch={main.pk}"]:
        took = []
        for _ in range(TIMES):
            begin = watch()
            assert client.get(f"/w/{member.workspace.slug}/?{query}").status_code == 200
            took.append((watch() - begin) * 1000)
        print(f"{min(took):6.0f} ms (aim {AIM})  {query}", flush=True)


if __name__ == "__main__":
    main()
