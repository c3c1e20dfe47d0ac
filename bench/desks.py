"""Pages of the day over many groups: `python -m bench.desks [--groups 300] [--sqlite | --postgres]`.

Each group has words to be sent by hand, a task, a month of questions of which some wait, a week of planned pieces, and two
months of duty.
What is measured is each whole page through Django's own client, as `bench.calendar` does: p50 and p95 by the clock.
"""

import argparse
import os
from datetime import timedelta

from bench.calendar import AIM, PASSWORD, TIMES, asked_again, logged_in, measured

PAGES = {
    "today": "today",
    "send desk": "outbox",
    "service level": "service",
    "duty": "duty",
    "content calendar": "content/",
    "groups": "",
}
WORDS, QUESTIONS, PIECES, SHIFTS = 3, 20, 10, 8
"""Of each group: words to send, questions of the last four weeks, pieces of this week, weeks on duty."""


def inside(groups: int, times: int) -> None:
    """Fill the database, ask for each page again and again."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "huoqun.settings"
    __import__("django").setup()
    from django.core.management import call_command  # noqa: PLC0415  needs Django set up
    from django.db import connection  # noqa: PLC0415

    from huoqun.base import clock  # noqa: PLC0415
    from huoqun.content.slot import Slot  # noqa: PLC0415
    from huoqun.crew.inquiry import Inquiry  # noqa: PLC0415
    from huoqun.crew.rota import WEEK, Rota, Shift, local_day, monday  # noqa: PLC0415
    from huoqun.people import staff  # noqa: PLC0415
    from huoqun.people.group import Group  # noqa: PLC0415
    from huoqun.people.outbox import Outgoing  # noqa: PLC0415
    from huoqun.people.person import Identity, Person  # noqa: PLC0415
    from huoqun.people.task import Task  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    now = clock.now()
    member = staff.begin(email="boss@example.org", name="boss", password=PASSWORD, now=now)
    here = {"workspace": member.workspace, "created": now}
    zone = {"network": "wechat", "zone": "Asia/Shanghai", "zone_source": "default"}
    there = [Group(**here, **zone, name=f"读书群 {n}", rows=9, first=now, last=now) for n in range(groups)]
    Group.objects.bulk_create(there)
    people = Person.objects.bulk_create(Person(**here) for _group in there)
    askers = [
        Identity(group=g, person=p, account="a", name="阿明", created=now) for g, p in zip(there, people, strict=True)
    ]
    Identity.objects.bulk_create(askers)
    hour = timedelta(hours=1)
    words = ((g, n) for g in there for n in range(WORDS))
    Outgoing.objects.bulk_create(
        Outgoing(**here, group=g, text="大家好", what="step.say", key=f"w{n}", due=now - n * hour) for g, n in words
    )
    Task.objects.bulk_create(
        Task(**here, group=g, title="打电话", text="给三位老朋友", key="t", due=now + hour, who=member.account)
        for g in there
    )
    asked = ((who, n, now - n * 30 * hour) for who in askers for n in range(QUESTIONS))
    Inquiry.objects.bulk_create(
        Inquiry(
            group=who.group,
            key=f"q{n}",
            asker=who,
            at=at,
            text="怎么开始？",
            answered=at + hour if n % 3 else None,
            created=now,
        )
        for who, n, at in asked
    )
    planned = ((g, n) for g in there for n in range(PIECES))
    Slot.objects.bulk_create(
        Slot(**here, group=g, kind="useful", text="今天读到哪", at=now + n * 14 * hour, state="approved")
        for g, n in planned
    )
    rotas = Rota.objects.bulk_create(Rota(group=g, next=now + 9 * hour, created=now) for g in there)
    begins = monday(local_day(now, "Asia/Shanghai"))
    weeks = (
        (r, p, begins + n * WEEK, now + n * WEEK) for r, p in zip(rotas, people, strict=True) for n in range(SHIFTS)
    )
    Shift.objects.bulk_create(
        Shift(rota=r, group=r.group, begins=day, starts=at, ends=at + WEEK, person=p, state="set", created=now)
        for r, p, day, at in weeks
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = logged_in(member.account)
    for name, path in PAGES.items():
        asked_again(client, f"/w/{member.workspace.slug}/{path}", name, times)


def main() -> None:
    """Prints what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", type=int, default=300)
    parser.add_argument("--steps", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--times", type=int, default=TIMES)
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        inside(asked.groups, asked.times)
        return
    for name, postgres, left_out in (("SQLite", False, asked.postgres), ("PostgreSQL", True, asked.sqlite)):
        if not left_out:
            for shown, *took, size in measured(asked.groups, 0, asked.times, postgres=postgres, module="bench.desks"):
                p50, p95, busy = took
                spent = f"{busy:.0f} ms of processor"
                print(f"{name}, {shown}: p50 {p50:.0f} ms, p95 {p95:.0f} ms, {spent} (aim {AIM}), {size:,} KB")


if __name__ == "__main__":
    main()
