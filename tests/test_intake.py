"""Several files of one group become one history, in any order and any number of times; others are refused."""

from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path

import polars as pl
import pytest
from test_key import chat
from test_twin import talk

from huoqun.chat.intake import DifferentGroups, merge, read, read_groups
from huoqun.chat.message import MEMBERS, Chat, Skipped


def ids(rows, **about) -> Chat:
    return chat(*((s, f"id_{p}", t, k, "text", p) for s, p, t, k in rows), has_ids=True, **about)


def names(rows, **about) -> Chat:
    return chat(*((s, p, t, None, "text", p) for s, p, t, _ in rows), **about)


ROWS = talk(300, seed=4)


def test_order_and_repetition_of_files_do_not_matter():
    files = [
        ids(ROWS[:150], exported_at=datetime(2024, 5, 1)),
        names(ROWS[100:250], exported_at=datetime(2024, 6, 1)),
        names(ROWS[200:], exported_at=datetime(2024, 7, 1)),
    ]
    whole = merge(files)
    assert whole.rows["text"].to_list() == [t for _, _, t, _ in ROWS]
    for order in permutations(files):
        assert merge([*order, order[0]]).rows.equals(whole.rows)
    assert merge([whole, *files]).rows.drop("line").equals(whole.rows.drop("line"))


def test_ids_win_over_names_also_where_only_the_other_file_speaks():
    whole = merge([names(ROWS), ids(ROWS[:200])])
    assert set(whole.rows["sender"]) == {f"id_p{i}" for i in range(6)}
    assert not whole.has_ids, "half of the messages have none"


def test_the_words_of_the_oldest_export_stay():
    old = ids([(0, "a", "first", "1")], exported_at=datetime(2024, 1, 3))
    new = ids([(0, "a", "edited", "1"), (9, "b", "more", "2")], exported_at=datetime(2024, 2, 3))
    for files in ([old, new], [new, old]):
        assert merge(files).rows["text"].to_list() == ["first", "more"]


def test_lines_are_only_told_where_one_file_tells_them():
    one = ids(ROWS[:10])
    one = Chat(**{**one.__dict__, "rows": one.rows.with_columns(line=pl.int_range(pl.len(), dtype=pl.Int64))})
    assert merge([one, one]).rows["line"].to_list() == list(range(10))
    assert merge([one, ids(ROWS[5:])]).rows["line"].is_null().all()


def test_members_skipped_places_and_notes_of_all_files_are_kept():
    def listed(name: str, role: str | None) -> pl.DataFrame:
        return pl.DataFrame({"id": ["id_p1"], "name": [name], "role": [role], "aliases": [["p"]]}, schema=MEMBERS)

    old = ids(ROWS, members=listed("Ann", "owner"), owner="id_p1", exported_at=datetime(2024, 1, 3), notes=("x",))
    new = ids(ROWS, members=listed("Annie", None), exported_at=datetime(2024, 2, 3), skipped=(Skipped(3, "bad_time"),))
    whole = merge([new, old])
    who, name, role, aliases = whole.members.filter(pl.col("id") == "id_p1").row(0)
    assert (who, name, role) == ("id_p1", "Annie", "owner")
    assert {"Ann", "p"} <= set(aliases)
    assert (whole.owner, whole.notes, whole.skipped) == ("id_p1", ("x",), (Skipped(3, "bad_time"),))


def refused(*chats: Chat) -> bool:
    try:
        merge(chats)
    except DifferentGroups as error:
        return bool(str(error))
    return False


def test_the_networks_ids_decide_first():
    assert refused(ids(ROWS, group_id="1"), ids(ROWS, group_id="2"))
    assert not refused(ids(ROWS, group_id="1", group="a"), ids(talk(seed=9), group_id="1", group="b"))


def test_other_names_are_other_groups_unless_rows_are_shared_or_the_group_was_renamed():
    later = [(s + 10_000_000, p, t, str(int(k) + 9000)) for s, p, t, k in talk(seed=9)]
    assert refused(ids(ROWS, group="a"), ids(later, group="b"))
    assert not refused(ids(ROWS, group="a"), ids(ROWS[100:] + later, group="b"))
    renamed = chat(
        *((s, f"id_{p}", t, k, "text", p) for s, p, t, k in ROWS), (9_000_000, None, "改名为b", None, "group_rename")
    )
    assert not refused(Chat(**{**renamed.__dict__, "group": "a"}), ids(later, group="b"))


def test_without_names_talk_and_people_decide():
    later = [(s + 10_000_000, p, t, k) for s, p, t, k in talk(seed=9)]
    strangers = [(s, f"x{p}", t, k) for s, p, t, k in later]
    assert not refused(names(ROWS, group=""), names(later, group="b"))
    assert refused(names(ROWS, group=""), names(strangers, group="b"))
    assert refused(names(talk(seed=5, words=500), group=""), names(talk(seed=6, words=500), group="")), (
        "same time, other talk"
    )


def test_other_networks_are_other_groups():
    assert refused(ids(ROWS, network="qq"), ids(ROWS, network="telegram"))
    assert not refused(ids(ROWS, network="qq"), ids(ROWS, network="other"))


def test_wall_time_follows_the_zone_that_is_known_best():
    one = ids(ROWS[:200], zone="UTC", zone_source="file")
    whole = merge([one, ids(ROWS[100:])])
    assert whole.zone == "UTC"
    assert whole.rows["local"].equals(whole.rows["time"].alias("local"))
    assert merge([ids(ROWS[:200]), one]).zone == "UTC"


def test_nothing_to_merge_is_an_error_of_the_caller():
    with pytest.raises(ValueError):
        merge([])


def whatsapp(rows) -> str:
    lines = []
    for second, person, text, _ in rows:
        at = datetime(2024, 1, 2, 3, 4, 5) + timedelta(seconds=second)
        lines.append(f"[{at:%d/%m/%Y, %H:%M:%S}] {person}: {text}\n")
    return "".join(lines)


def written(folder: Path, name: str, rows) -> Path:
    (folder / name).write_text(whatsapp(rows), encoding="utf-8")
    return folder / name


def test_halves_of_a_file_are_read_as_the_whole(tmp_path):
    whole = read([written(tmp_path, "whole.txt", ROWS)])
    halves = [written(tmp_path, "one.txt", ROWS[:200]), written(tmp_path, "two.txt", ROWS[120:])]
    both = read(halves)
    assert both.rows["text"].to_list() == whole.rows["text"].to_list() == [t for _, _, t, _ in ROWS]
    assert both.rows["key"].to_list() == whole.rows["key"].to_list()


def test_files_of_two_groups_are_refused_or_sorted_out(tmp_path):
    strangers = [(s, f"other {p}", t + " elsewhere", k) for s, p, t, k in talk(300, seed=8)]
    files = [written(tmp_path, "a.txt", ROWS[:200]), written(tmp_path, "b.txt", strangers)]
    files.append(written(tmp_path, "c.txt", ROWS[150:]))
    with pytest.raises(DifferentGroups):
        read(files)
    assert sorted(chat.rows.height for chat in read_groups(files)) == [300, 300]


def hours(rows, by: float):
    return [(s + by * 3600, p, t, k) for s, p, t, k in rows]


def test_a_renamed_group_is_one_and_says_so():
    whole = merge([names(ROWS[:200], group="早起群"), names(ROWS[100:], group="早起打卡群")])
    assert whole.rows.height == len(ROWS)
    assert "names_differ" in whole.notes
    assert "names_differ" not in merge([names(ROWS[:200], group="早起群"), names(ROWS[100:], group="早起群")]).notes


def test_two_groups_of_the_same_crowd_stay_two():
    """The same people, the same days, other words; in the second case some notices stand in both."""
    other = talk(300, seed=11, words=500)
    assert refused(names(ROWS, group="北京群"), names(other, group="上海群"))
    notices = [(s, "owner", f"通知{s}", k) for s, _, _, k in ROWS[::2]]
    assert refused(names(sorted([*ROWS, *notices]), group="北京群"), names(sorted([*other, *notices]), group="上海群"))
    assert refused(names(notices, group="公告一群"), names(notices, group="公告二群")), "one owner, all his groups"


def test_numbers_from_one_in_two_groups_are_no_common_rows():
    def numbered(rows, **about):
        return chat(*((s, p, t, str(n), "text", p) for n, (s, p, t, _) in enumerate(rows)), has_ids=True, **about)

    other = hours(talk(300, seed=11, words=500), 0.2)
    assert refused(numbered(ROWS, group="北京群"), numbered(other, group="上海群"))
    assert not refused(numbered(ROWS, group="北京群"), numbered(ROWS, group="上海群"))


@pytest.mark.parametrize(
    ("told", "name", "same"),
    [
        ("你修改群名为“早起打卡群2”", "早起打卡群", False),
        ("你修改群名为“早起打卡群2”", "早起打卡群2", True),
        ('Ann changed the group name from "one" to "two"', "two", True),
        ("Ann named the group two", "two", True),
        ("改名为二群", "群", False),
        ("改名为(.*", "(.*", True),
    ],
)
def test_a_notice_names_the_whole_name(told, name, same):
    later = hours(talk(seed=9), 3000)
    one = chat(*((s, p, t, None, "text", p) for s, p, t, _ in ROWS), (9e6, None, told, None, "group_rename"), group="a")
    assert refused(one, names(later, group=name)) is not same


def test_a_file_without_a_name_never_joins_two_groups():
    first, second = names(ROWS, group="a"), names(hours(talk(seed=9), 3000), group="b")
    bare = names(hours(ROWS, 9000), group="")
    for order in permutations([first, second, bare]):
        assert refused(*order)
