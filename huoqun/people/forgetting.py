"""The forgetting: a human is erased, account by account, then as a person.

For each account: their names and words leave every text of the database (`people/scrub`), their messages and what
others quoted of them leave the archive (`chat/archive.erase`, which keeps a keyed hash so that no import brings them
back), and the group's tables are made anew from what is left, so that its checkup is computed again. Then everything
known of the person goes; deeds and the log keep a tombstone. At last the database lets go of the space.

Every step can be repeated: a job that is killed finds what is still there and goes on. Numbers are written down before
what they count is gone.
"""

from dataclasses import replace
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast

from huoqun.base import job
from huoqun.base.clock import naive_utc
from huoqun.chat import archive, redact
from huoqun.chat.redact import REDACTED, Trace
from huoqun.people import audit, history, picture, points, upload
from huoqun.people.checkup import Checkup
from huoqun.people.deed import Deed
from huoqun.people.forgotten import KIND, Forgotten
from huoqun.people.group import Group, known_as
from huoqun.people.person import Identity, Naming, Person, ones
from huoqun.people.portrait import Portrait
from huoqun.people.scrub import Going, scrub
from huoqun.people.stay import LONGEST, account_of
from huoqun.people.stretch import Stretch
from huoqun.people.upload import Upload
from huoqun.people.workspace import archive_of

ACCOUNTS, PERSON, SPACE = "accounts", "person", "space"
"""The stages, in their order."""


def tick(hand: job.Hand) -> bool:
    """Erase one person who waits for it."""
    return job.work(KIND, _run, hand)


def _run(lease: job.Lease) -> None:
    row = Forgotten.objects.select_related("workspace", "person").get(pk=lease.key)
    if row.finished is not None:
        return
    if row.person is not None:
        _accounts(lease, row)
        job.tell(lease, PERSON)
        with transaction.atomic():
            job.hold(lease)
            _person(row)
    job.tell(lease, SPACE)
    let_go_of_space()
    with transaction.atomic():
        job.hold(lease)
        row.versions = row.versions | {"after": archive.version(archive_of(row.workspace))}
        row.finished = lease.now()
        row.save()
        audit.note(row.workspace, "person.forgotten", by=None, on=row.tombstone, now=lease.now())


def _accounts(lease: job.Lease, row: Forgotten) -> None:
    if "before" not in row.versions:
        row.versions = {"before": archive.version(archive_of(row.workspace))}
        row.save()
    total = int(row.counts["rows"].get("identity", 1))
    while (identity := _accounts_of(row).first()) is not None:
        left = _accounts_of(row).count()
        job.tell(lease, ACCOUNTS, max(0.0, 1 - left / total), groups=total, group=total - left + 1)
        _account(lease, row, identity)


def _accounts_of(row: Forgotten) -> QuerySet[Identity]:
    """The accounts of the human that are left, as merges stand now."""
    assert row.person is not None
    mine = Identity.objects.filter(person__in=ones(Person.objects.get(pk=row.person.pk)))
    return mine.select_related("group__workspace", "person").order_by("created", "pk")


def _account(lease: job.Lease, row: Forgotten, identity: Identity) -> None:
    """One account, out of texts, archive and tables, in this order: what is to be found is known from the latter."""
    group, place = identity.group, archive_of(row.workspace)
    known, keys = _known(identity)
    before = archive.rows(place, group.pk.hex)
    gone = redact.trace(before, known, keys)
    after = redact.forget(before, gone)
    with transaction.atomic():
        job.hold(lease)
        going = _going(row, identity, gone)
        texts = picture.let_go(row.workspace, going.exact) + scrub(row.workspace, going)
        Checkup.objects.filter(group=group).update(computed=lease.now())  # pages in memory are not the newest now
        _count(row, identity, messages=before.height - after.height, redacted=_changed(before, after), texts=texts)
        row.save()
    now = naive_utc(lease.now())
    archive.erase(place, group.pk.hex, *known, keys=keys, known_as=known_as(group), now=now)
    with transaction.atomic():
        job.hold(lease)
        group = Group.objects.select_for_update().get(pk=group.pk)
        identity.delete()
        if group.owner == identity.account:
            group.owner = ""
        if group.facts.get("owner") in {identity.account, REDACTED}:
            group.facts = group.facts | {"owner": None}
        group.save()
        group = history.take_in(group, history.chat_of(group), now=lease.now())
        Checkup.objects.filter(group=group).update(state_hash="")  # computed anew, also where nobody had spoken
        Portrait.objects.filter(group=group).delete()  # holds accounts; drawn anew when somebody looks
        Stretch.objects.filter(group=group).delete()  # likewise


def _known(identity: Identity) -> tuple[list[str], list[str]]:
    """What the record calls an account and nobody else, and the keys of all its rows, also those under a name that
    others bore too."""
    group = identity.group
    rows = history.chat_of(group).rows.with_columns(account_of("sender"), account_of("subject"))
    mine = rows.filter((rows["sender"] == identity.account).fill_null(False) | _about(rows, identity.account))
    keys = mine["key"].to_list()
    raw = archive.rows(archive_of(group.workspace), group.pk.hex)
    theirs = raw.filter(raw["key"].is_in(keys))
    others = raw.filter(~raw["key"].is_in(keys))
    borne_by_others = {*others["sender"].drop_nulls(), *others["subject"].drop_nulls()}
    called = {*theirs["sender"].drop_nulls(), *theirs["subject"].drop_nulls()}
    own = {name for name in called if name == identity.name or len(name) > LONGEST}
    return sorted((own | {identity.account}) - borne_by_others), keys


def _about(rows: Any, account: str) -> Any:
    happened = rows["kind"].is_in(["join", "leave", "remove", "rename"])
    return (rows["subject"] == account).fill_null(False) & happened


def _going(row: Forgotten, identity: Identity, gone: Trace) -> Going:
    """What may be taken out of texts of the whole workspace: names that nobody else in it bears."""
    mine = Identity.objects.filter(person__in=ones(identity.person))
    called = {*gone.names, *Naming.objects.filter(identity=identity).values_list("name", flat=True), identity.name}
    others = Identity.objects.filter(group__workspace=row.workspace).exclude(pk__in=mine.values("pk"))
    shared = set(others.filter(name__in=called).values_list("name", flat=True))
    shared |= set(Naming.objects.filter(identity__in=others, name__in=called).values_list("name", flat=True))
    names = tuple(sorted({n for n in called - shared if n.strip()}, key=lambda n: (-len(n), n)))
    accounts = set() if others.filter(account=identity.account, group=identity.group).exists() else {identity.account}
    keys = [identity.pk, *ones(identity.person).values_list("pk", flat=True)]
    ids = {text for pk in keys for text in (str(pk), pk.hex)}
    going = replace(gone, names=names, identities=frozenset(names) | accounts)
    return Going(going, frozenset({*names, *accounts, *ids}), REDACTED)


def _changed(before: Any, after: Any) -> int:
    """Rows of others that lost something."""
    both = before.select("key", "text", "mentions").join(after.select("key", "text", "mentions"), on="key")
    return int(both.filter((both["text"] != both["text_right"]) | (both["mentions"] != both["mentions_right"])).height)


def _count(row: Forgotten, identity: Identity, **numbers: int) -> None:
    """By account, until all are added up: what was counted before a kill is not counted again."""
    there = row.counts.get("accounts", {})
    old = there.get(identity.pk.hex, {})
    new = {what: max(number, old.get(what, 0)) for what, number in numbers.items()}
    row.counts = row.counts | {"accounts": there | {identity.pk.hex: new}}


def _sums(row: Forgotten) -> dict[str, Any]:
    told = row.counts.get("accounts", {}).values()
    return {"rows": row.counts["rows"]} | {w: sum(t[w] for t in told) for w in ("messages", "redacted", "texts")}


def _person(row: Forgotten) -> None:
    """Everything known of them; deeds and log keep the tombstone. Files that wait and may hold them go too."""
    assert row.person is not None
    mine = list(ones(Person.objects.get(pk=row.person.pk)).values_list("pk", flat=True))
    stone = Person.objects.create(id=row.tombstone, workspace=row.workspace, created=row.created)
    Deed.objects.filter(person__in=mine).update(
        person=stone, values={}, evidence={}, key=Cast("id", CharField(max_length=40))
    )
    points.bury(mine, stone)
    row.counts = _sums(row) | {
        "log": audit.bury([*mine], row.tombstone),
        "files": _waiting_files(row),
    }
    row.person = None
    row.save()
    Person.objects.filter(pk__in=mine).update(root=None)
    Person.objects.filter(pk__in=mine).delete()


def _waiting_files(row: Forgotten) -> int:
    """Files that could not be taken in and wait for another try cannot be searched: they are discarded."""
    thrown = 0
    for each in Upload.objects.filter(workspace=row.workspace, state__in=upload.OPEN, created__lte=row.created):
        work = upload.work_of(each)
        if work is not None and work.state == job.FAILED:
            upload.discard(each)
            upload.move_on(each, upload.REFUSED, now=row.created, reason="forgotten")
            thrown += 1
    return thrown


def let_go_of_space() -> None:
    """Make the database overwrite or give back what rows that are gone took up on the disk."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (busy, *_) = cursor.fetchone()
            if busy:
                raise OSError("somebody reads from the database's log; it is emptied later")
            return
        for table in apps.get_app_config("huoqun").get_models():
            cursor.execute(f"VACUUM {connection.ops.quote_name(table._meta.db_table)}")
