"""History: who is who, what they were called, and when they were there, in whatever order it comes."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from huoqun.chat import archive
from huoqun.chat.intake import merge
from huoqun.chat.message import MEMBERS, SCHEMA, Chat, Kind
from huoqun.people import history, profile
from huoqun.people.group import Group
from huoqun.people.membership import Membership
from huoqun.people.person import Identity, Naming, Person
from huoqun.people.workspace import archive_of, local

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = datetime(2026, 1, 1)


def row(hours, kind="text", sender=None, name=None, subject=None, text="", number=None):
    time = DAY + timedelta(hours=hours)
    return {
        "key": f"k{hours}-{kind}-{sender or subject}",
        "line": None,
        "time": time,
        "local": time + timedelta(hours=8),
        "order": 0,
        "sequence": None,
        "sender": sender,
        "name": name or sender,
        "kind": kind,
        "text": text,
        "reply_to": None,
        "mentions": [],
        "bot": False,
        "subject": subject,
    }


def chat(rows, members=(), **values):
    frame = pl.DataFrame(rows, schema={**SCHEMA, "kind": Kind}).sort("time", "order", "key")
    listed = pl.DataFrame(list(members), schema=MEMBERS, orient="row")
    told = {"format": "t", "network": "qq", "group": "g", "group_id": "1", "zone": "Asia/Shanghai"}
    told |= {"zone_source": "default", "exported_at": None, "has_ids": True}
    return Chat(**(told | values), rows=frame, members=listed)


@pytest.fixture
def group():
    group = Group(workspace=local(now=NOW), created=NOW, name="g", network="qq", zone="Asia/Shanghai")
    group.zone_source, group.read_zone = "default", "Asia/Shanghai"
    group.save()
    return group


def take(group, new):
    """What an import does: archive, then everything again from the whole."""
    group = Group.objects.get(pk=group.pk)
    archive.append(archive_of(group.workspace), group.pk.hex, new.rows)
    return history.take_in(group, history.chat_of(group, also=new), now=NOW)


def everything():
    """All that the tables say, without ids and times of making."""
    return {
        "people": Person.objects.count(),
        "identities": list(Identity.objects.order_by("account").values_list("account", "name", "messages", "role")),
        "namings": list(Naming.objects.order_by("identity__account", "name").values_list("identity__account", "name")),
        "stays": list(
            Membership.objects.order_by("identity__account", "number").values_list(
                "identity__account", "number", "joined", "left", "removed"
            )
        ),
    }


def at(hours):
    return (DAY + timedelta(hours=hours)).replace(tzinfo=UTC)


ROWS = [
    row(0, sender="ann", name="Ann"),
    row(1, "join", subject="bob"),
    row(2, sender="bob", name="Bob"),
    row(3, "leave", subject="bob"),
    row(5, "join", subject="bob"),
    row(6, "rename", subject="ann", name="Anna"),
    row(7, sender="ann", name="Anna"),
    row(8, "remove", subject="cat"),
]


def test_people_names_and_stays(group):
    group = take(group, chat(ROWS, [("dan", "Dan", "admin", ["Danny"])]))
    found = everything()
    assert found["people"] == 4
    assert found["identities"] == [
        ("ann", "Anna", 2, ""),
        ("bob", "Bob", 1, ""),
        ("cat", "cat", 0, ""),
        ("dan", "Dan", 0, "admin"),
    ]
    assert found["namings"] == [("ann", "Ann"), ("ann", "Anna"), ("bob", "Bob"), ("dan", "Danny")]
    assert found["stays"] == [
        ("ann", 1, None, None, False),
        ("bob", 1, at(1), at(3), False),
        ("bob", 2, at(5), None, False),
        ("cat", 1, None, at(8), True),
        ("dan", 1, None, None, False),
    ]
    assert (group.rows, group.messages) == (8, 3)


def test_the_same_file_twice_changes_nothing(group):
    whole = chat(ROWS, [("dan", "Dan", "admin", ["Danny"])])
    first = take(group, whole)
    before, ids = everything(), set(Identity.objects.values_list("pk", "person"))
    second = take(group, whole)
    assert everything() == before
    assert set(Identity.objects.values_list("pk", "person")) == ids
    assert second.state_hash == first.state_hash, "nothing is diagnosed anew"


def test_halves_in_any_order_say_what_the_whole_says(group):
    for part in (ROWS[4:], ROWS[:5]):
        group = take(group, chat(part))
    halves = everything()
    other = Group(
        workspace=group.workspace, created=NOW, name="w", network="qq", zone=group.zone, zone_source="default"
    )
    other.save()
    Identity.objects.all().delete()
    Person.objects.all().delete()
    take(other, chat(ROWS))
    assert everything() == halves


def test_an_older_file_can_take_a_stay_away_again(group):
    take(group, chat([row(3, "leave", subject="bob"), row(5, sender="bob"), row(6, "leave", subject="bob")]))
    assert Membership.objects.count() == 2
    archive_rows = [row(3.5, "rename", subject="bob", name="B")]
    take(group, chat(archive_rows))
    assert Membership.objects.count() == 2


def test_a_new_row_is_another_state(group):
    first = take(group, chat(ROWS[:4]))
    second = take(group, chat(ROWS))
    assert first.state_hash != second.state_hash


def test_who_is_no_longer_listed_is_no_longer_listed(group):
    take(group, chat(ROWS, [("dan", "Dan", None, []), ("eve", "Eve", None, [])]))
    group = take(group, chat(ROWS, [("dan", "Dan", None, [])]))
    assert not Identity.objects.get(account="eve").listed
    assert "eve" not in set(history.chat_of(group).members["id"])


def test_what_comes_back_is_what_went_in(group):
    whole = chat(ROWS, [("dan", "Dan", "admin", ["Danny"])], owner="ann", exported_at=DAY + timedelta(days=3))
    group = take(group, whole)
    back = history.chat_of(group)
    assert back.rows.equals(merge([whole]).rows)
    assert whole.members.to_dicts()[0] in back.members.to_dicts()
    assert (back.owner, back.exported_at, back.has_ids, back.format) == ("ann", whole.exported_at, True, "t")


@pytest.mark.parametrize(("moments", "moved"), [(True, "local"), (False, "time")])
def test_another_zone_moves_what_the_export_did_not_know(group, moments, moved):
    group = take(group, chat(ROWS, moments=moments))
    before = history.chat_of(group).rows
    group.zone = "Europe/Berlin"
    after = history.chat_of(group).rows
    kept = {"local": "time", "time": "local"}[moved]
    assert after[kept].equals(before[kept])
    assert set((after[moved] - before[moved]).dt.total_hours()) == {-7 if moved == "local" else 7}


def test_hostile_names_are_kept_short_and_without_nul(group):
    take(group, chat([row(0, sender="x" * 5000, name="a\x00b" + "名" * 5000)]))
    found = Identity.objects.get()
    assert len(found.account) == 300
    assert found.name.startswith("ab名")
    assert len(found.name) == 300


def test_a_rename_that_becomes_known_later_loses_no_note(group):
    """The account that goes into another one keeps its person, who is then the same human; without a note it goes."""
    said = [row(1, sender="Ann"), row(1.5, sender="Bo"), row(9, sender="Anna"), row(9.5, sender="Bob")]
    take(group, chat(said, has_ids=False))
    old = Identity.objects.get(account="Anna").person
    profile.say(old, "note", "喜欢徒步", by=None, now=NOW)
    renames = [row(5, "rename", subject="Ann", name="Anna"), row(5.5, "rename", subject="Bo", name="Bob")]
    take(group, chat(renames, has_ids=False))
    assert not Identity.objects.filter(account="Bob").exists()
    heir = Identity.objects.get(account="Ann", messages=2).person
    assert list(profile.Note.objects.values_list("text", flat=True)) == ["喜欢徒步"]
    assert Person.objects.get(pk=old.pk).root == heir
