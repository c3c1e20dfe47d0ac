"""A crowd: very many made-up people in groups, written as the tables that imports and checkups leave, from one seed."""

import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from bench.generate import write
from huoqun.base import clock
from huoqun.chat.intake import read
from huoqun.insight import diagnosis
from huoqun.insight.card import Card
from huoqun.people import judgement, ladder, segment, tally
from huoqun.people.account import open_account
from huoqun.people.checkup import Checkup
from huoqun.people.condition import Block, Condition
from huoqun.people.group import Group
from huoqun.people.person import Identity, Naming, Person
from huoqun.people.profile import Fact, Tag
from huoqun.people.staff import Staff
from huoqun.people.tally import Tally
from huoqun.people.trace import Trace
from huoqun.people.workspace import Workspace, local

FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "明小华丽强芳伟静磊娜军敏杰燕涛艳超霞勇玲辉梅刚红平云飞雪东月晨光海山"
HEADERS = {"host": "127.0.0.1", "accept-language": "zh-CN"}
AT_ONCE = 50_000
COPIES = 20
"""How often the people that were made one by one are there."""
SAMPLE = 1000
"""Tallies counted by the product and compared."""
_COUNTED = [f.name for f in Tally._meta.concrete_fields if f.name not in {"id", "created", "since"}]


def made(people: int, size: int, now: datetime) -> tuple[Client, dict[str, list[str]]]:
    """A browser of the owner, and the addresses of each kind of page."""
    call_command("migrate", verbosity=0)
    space = local(now=now)
    first = people // COPIES
    groups = _groups(space, first // size, now)
    dice = np.random.default_rng(1)
    for begin in range(0, first, AT_ONCE):
        _fill(space, groups, range(begin, min(begin + AT_ONCE, first)), size, dice, now)
    _copied()
    _checked(space, people, now)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    else:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    client = Client(headers=HEADERS)
    client.force_login(_boss(space, now))
    return client, _pages(space, groups, people)


def _copied() -> None:
    """The same people again and again in groups of their own: under other ids, which begin with noughts."""
    started = "lpad(to_hex({n}), 2, '0') || substr({c}::text, 3)" if connection.vendor == "postgresql" else ""
    turned = f"({started})::uuid" if started else "printf('%02x', {n}) || substr({c}, 3)"
    for n in range(1, COPIES):
        with transaction.atomic(), connection.cursor() as cursor:
            for table in (Group, Checkup, Person, Identity, Naming, Trace, Fact, Tag, Tally):
                names = [f'"{f.column}"' for f in table._meta.concrete_fields]
                told = [
                    turned.format(n=n, c=name) if _is_copied(f) else name
                    for f, name in zip(table._meta.concrete_fields, names, strict=True)
                ]
                into = f'"{table._meta.db_table}" ({", ".join(names)})'
                first = "" if n == 1 else f" WHERE {'id::text' if started else 'id'} LIKE '00%'"
                cursor.execute(f'INSERT INTO {into} SELECT {", ".join(told)} FROM "{table._meta.db_table}"{first}')


def _is_copied(field: Any) -> bool:
    return bool(field.primary_key) or field.related_model in {Group, Checkup, Person, Identity}


def _groups(space: Workspace, count: int, now: datetime) -> list[Group]:
    rows = [
        Group(
            id=UUID(int=10**30 + n),
            workspace=space,
            name=f"群 {n}",
            network="wechat",
            zone="Asia/Shanghai",
            zone_source="default",
            counted=True,
            created=now,
        )
        for n in range(count)
    ]
    Group.objects.bulk_create(rows, batch_size=2000)
    told = {"day": date(2026, 2, 28), "as_of": now, "computed": now, "state_hash": "", "model": "", "created": now}
    plain = {"state": "living", "stage": "active", "grade": "A", "document": "{}"}
    checkups = [Checkup(id=g.pk, group=g, **told, **plain) for g in rows]
    Checkup.objects.bulk_create(checkups, batch_size=2000)
    for g in rows:
        g.newest_id = g.pk
    Group.objects.bulk_update(rows, ["newest"], batch_size=500)
    return rows


def _fill(
    space: Workspace, groups: list[Group], numbers: range, size: int, dice: np.random.Generator, now: datetime
) -> None:
    """One in five speaks lately; one in fifty has a fact, one in a hundred a tag."""
    n = len(numbers)
    spoke = np.where(dice.random(n) < 0.2, dice.integers(0, 1 << 30, n) & dice.integers(0, 1 << 30, n), 0)
    talk = dice.lognormal(2, 1.5, n).astype(int)
    numbers_ = {name: dice.integers(0, top, n) for name, top in (("ties", 30), ("answered_by", 14), ("brought", 2))}
    letters = dice.integers(0, [len(FAMILY), len(GIVEN), len(GIVEN)], (n, 3))
    tables: dict[Any, list[Any]] = {Person: [], Identity: [], Naming: [], Trace: [], Fact: [], Tag: [], Tally: []}
    for k, number in enumerate(numbers):
        key = UUID(int=10**31 + (number * 7919) % 10**9 * 10**9 + number)
        name = FAMILY[letters[k, 0]] + GIVEN[letters[k, 1]] + GIVEN[letters[k, 2]]
        bits = int(spoke[k])
        ago = (bits & -bits).bit_length() - 1 if bits else 30 + number % 300
        last = now - timedelta(days=ago + 1, seconds=number % 86400)
        tables[Person].append(Person(id=key, workspace=space, created=now))
        told = {"messages": int(talk[k]) + 1, "first": last - timedelta(days=90), "last": last}
        mine = Identity(
            id=key, group=groups[number // size % len(groups)], person_id=key, account=f"id{number}", name=name,
            created=now, **told,
        )  # fmt: skip
        tables[Identity].append(mine)
        tables[Naming].append(Naming(id=key, identity=mine, name=name, created=now))
        counts = {c: int(v[k]) if bits else 0 for c, v in numbers_.items()}
        trace = Trace(
            id=key, identity=mine, group=mine.group, created=now, day=date(2026, 2, 28), stratum="regular", ago=ago, spoke=bits,
            messages_30=bits.bit_count() * 2, messages_7=(bits & 127).bit_count() * 2,
            answered_share=counts["answered_by"] / 60, answered_times=counts["answered_by"] / 4, **counts,
        )  # fmt: skip
        tables[Trace].append(trace)
        if number % 50 == 0:
            where = ("佛山", "广州", "上海")[number % 3]
            tables[Fact].append(Fact(id=key, person_id=key, field="city", text=where, changed=now, created=now))
        if number % 100 == 0:
            tables[Tag].append(Tag(id=key, person_id=key, text="老朋友", changed=now, created=now))
        sums = tally._sum([_with(mine, trace)], [name])
        row = Tally(id=key, person_id=key, workspace=space, created=now, since=now, **sums)
        row.stratum, row.why = ladder.place(row.__dict__, ladder.DEFAULT)
        tables[Tally].append(row)
    with transaction.atomic():
        for table, rows in tables.items():
            table.objects.bulk_create(rows, batch_size=5000)


def _with(identity: Identity, trace: Trace) -> Identity:
    identity._state.fields_cache["trace"] = trace
    return identity


def _checked(space: Workspace, people: int, now: datetime) -> None:
    """What the product counts of a sample is what was written."""
    before = {t["person"]: t for t in Tally.objects.order_by("person")[:SAMPLE].values(*_COUNTED)}
    tally.count(list(before), now=now)
    after = {t["person"]: t for t in Tally.objects.filter(person__in=list(before)).values(*_COUNTED)}
    assert before == after, "the made-up sums are not what the product counts"
    assert Tally.objects.count() == people
    assert not judgement.preview(space, ladder.DEFAULT)


def _document() -> str:
    """A diagnosis of a busy group, for the groups whose people are looked at: a page of a person reads it."""
    with tempfile.TemporaryDirectory() as folder:
        chat = read([write(Path(folder) / "a.csv", "wechat_csv_a", 60_000)])
    return diagnosis.diagnose(chat, Card(), now=diagnosis.moment_of(chat)[0], anyway=True).model_dump_json()


def _boss(space: Workspace, now: datetime) -> Any:
    account = open_account(email="b@example.org", name="b", password="three odd words", keeper=True, now=now)
    Staff.objects.create(workspace=space, account=account, role="owner", created=now)
    return account


def _pages(space: Workspace, groups: list[Group], people: int) -> dict[str, list[str]]:
    at = f"/w/{space.slug}"
    keys = list(Person.objects.order_by("pk").values_list("pk", flat=True)[: people // 2 : people // 40])
    Checkup.objects.filter(group__identities__person__in=keys).update(document=_document())

    def kept(name: str, *parts: Any, how: Any = "all") -> str:
        rule = Block(how=how, parts=parts)
        by = Staff.objects.get().account
        return f"/segments/{segment.keep(space, name=name, rule=rule, by=by, now=clock.now()).pk}/"

    lively = Condition(of="messages_30", how="at_least", value="10")
    city = Condition(of="profile", how="is", key="city", value="佛山")
    untagged = Condition(of="tag", how="lacks", value="老朋友")
    member = Condition(of="group", how="in", value=str(groups[3].pk))
    silent = Condition(of="stratum", how="is", value="silent")
    alone = Condition(of="isolated", how="yes")
    mixed = Block(how="any", parts=(city, untagged, member))
    return {
        "list of people": [f"{at}/people", f"{at}/people?order=messages"],
        "page 20 of the list": [f"{at}/people?page=20"],
        "search, a common name": [f"{at}/people?q=小明", f"{at}/people?q=王"],
        "search, a rare name": [f"{at}/people?q=id{n}7" for n in range(1000, 1020)],
        "search, what everybody has": [f"{at}/people?q=id", f"{at}/people?q=1"],
        "search, nobody": [f"{at}/people?q=没有这个人"],
        "in one group": [f"{at}/people?group={g.pk}" for g in groups[:20]],
        "a person": [f"/people/{key}/" for key in keys],
        "segments": [f"{at}/segments"],
        "segment: 10 messages in 30 days": [kept("a", lively)],
        "segment: silent and alone": [kept("b", silent, alone)],
        "segment: from 佛山": [kept("c", city)],
        "segment: without a tag": [kept("d", untagged)],
        "segment: all of many": [kept("e", lively, city, untagged)],
        "segment: any of many, nested": [kept("f", lively, mixed)],
        "why one is in": [f"{kept('g', lively, mixed)}why/{key}" for key in keys],
        "a segment's form with its count": [f"{kept('h', lively, mixed)}edit", f"{kept('i', silent, alone)}edit"],
        "an empty form": [f"{at}/segments/new"],
        "strata": [f"{at}/strata"],
    }
