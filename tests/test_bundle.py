"""A zip or a folder of many exports: everything in it that is a chat is read, and the rest spoils nothing."""

import gzip
import io
import zipfile
from datetime import timedelta

import pytest
from letters import START, chatlab, lines, whatsapp

from huoqun.chat.intake import read_groups
from huoqun.chat.recognise import read_file
from huoqun.chat.refusal import NotAChat

SAID = lines(days=20)
PICTURE = b"\xff\xd8\xff" + bytes(range(256)) * 9


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def locked(data: bytes, name: str) -> bytes:
    """The zip with one entry marked as encrypted, in both of its places."""
    place = data.index(b"PK\x01\x02")
    while data[place + 46 : place + 46 + len(name)] != name.encode():
        place = data.index(b"PK\x01\x02", place + 4)
    begin = int.from_bytes(data[place + 42 : place + 46], "little")
    out = bytearray(data)
    out[place + 8] |= 1
    out[begin + 6] |= 1
    return bytes(out)


def group(number: int) -> bytes:
    """Another group: other people, other words."""
    said = lines(days=20, seed=number, people=5, start=START + timedelta(hours=number))
    return whatsapp([line | {"who": f"g{number}{line['who']}", "text": f"{line['text']} {number}"} for line in said])


@pytest.fixture
def groups(tmp_path):
    """Reads a zip, or the same as a folder."""

    def groups(files: dict[str, bytes], folder: bool = False):
        path = tmp_path / ("all" if folder else "all.zip")
        if folder:
            for name, data in files.items():
                (path / name).parent.mkdir(parents=True, exist_ok=True)
                (path / name).write_bytes(data)
        else:
            path.write_bytes(packed(files))
        return read_groups([path])

    return groups


@pytest.mark.parametrize("folder", [False, True])
def test_fifty_exports_are_fifty_groups(groups, folder):
    found = groups({f"导出/群{n}.txt": group(n) for n in range(50)}, folder)
    assert sorted(chat.group for chat in found) == sorted(f"群{n}" for n in range(50))
    assert all(chat.rows.height == len(SAID) for chat in found)


@pytest.mark.parametrize("folder", [False, True])
def test_what_is_no_chat_spoils_nothing(groups, folder):
    (chat,) = groups(
        {
            "a/chat.txt": whatsapp(SAID),
            "a/photo.jpg": PICTURE,
            "a/photo_without_ending": PICTURE,
            "a/readme.txt": b"thank you for using our exporter\n" * 9,
            "a/empty.txt": b"",
            "a/half.json": b'{"weflow": {"version": "1"}, "session": {"wxid": "1@chatroom"}, "messages": [',
            "a/broken.zip": packed({"x.txt": b"x" * 500})[:60],
            "a/broken.gz": gzip.compress(b"x" * 5000)[:30],
            "__MACOSX/a/._chat.txt": b"\0\5\26\7" * 20,
            "a/__MACOSX/chat.txt": group(1),
            "a/.DS_Store": b"\0\0\0\1Bud1",
        },
        folder,
    )
    assert chat.rows.height == len(SAID)
    assert "files_ignored" in chat.notes


def test_zips_in_a_zip_are_opened_once_over(groups):
    deep = packed({"deep.zip": packed({"c.txt": group(3)})})
    found = groups({"one.zip": packed({"a.txt": group(1)}), "two.zip": packed({"b.txt": group(2)}), "three.zip": deep})
    assert sorted(chat.group for chat in found) == ["a", "b"]
    assert all("files_ignored" in chat.notes for chat in found)


def test_one_locked_or_damaged_file_spoils_no_other(tmp_path):
    path = tmp_path / "all.zip"
    data = packed({"a.txt": group(1), "b.txt": group(2)})
    path.write_bytes(locked(data, "b.txt"))
    (chat,) = read_groups([path])
    assert (chat.group, "files_ignored" in chat.notes) == ("a", True)
    place = data.index(b"b.txt") + 200
    path.write_bytes(data[:place] + bytes(50) + data[place + 50 :])
    assert [chat.group for chat in read_groups([path])] == ["a"]
    path.write_bytes(locked(packed({"a.txt": group(1)}), "a.txt"))
    with pytest.raises(NotAChat) as refusal:
        read_groups([path])
    assert refusal.value.reason == "locked"


def test_a_bomb_refuses_the_whole(groups):
    bomb = packed({f"{n}.txt": b"a" * (300 << 20) if n == 7 else b"x" for n in range(9)})
    with pytest.raises(NotAChat) as refusal:
        groups({"chat.txt": whatsapp(SAID), "b.zip": bomb})
    assert refusal.value.reason == "bomb"


def test_a_zip_larger_than_a_piece_is_read_like_a_small_one(tmp_path):
    path = tmp_path / "all.zip"
    noise = b"".join(chatlab(lines(days=20, seed=n), group=f"g{n}", group_id=f"i{n}") for n in range(3))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("chat.jsonl", chatlab(SAID))
        archive.writestr("video.mp4", bytes(range(256)) * 8000)
        archive.writestr("other.jsonl", noise[: noise.index(b'"g1"')].rpartition(b"\n")[0])
    assert path.stat().st_size > 2 << 20
    assert sorted(chat.group for chat in read_groups([path])) == ["g0", "晨读一群"]


def test_equal_names_in_other_folders_are_other_groups(groups):
    found = groups({"张三/chat.txt": group(1), "李四/chat.txt": group(2)})
    assert len(found) == 2


def test_a_name_of_a_file_is_told_from_a_name_of_a_group(tmp_path):
    (tmp_path / "读书.v2.txt").write_bytes(whatsapp(SAID))
    (tmp_path / "x.jsonl").write_bytes(chatlab(SAID))
    assert [read_file(tmp_path / name)[0].by_file for name in ("读书.v2.txt", "x.jsonl")] == [True, False]


def test_an_entry_without_a_name_spoils_nothing(tmp_path):
    path = tmp_path / "nameless.zip"
    path.write_bytes(packed({"ZQ9ZQ": b"abc", "a.jsonl": chatlab(SAID)}).replace(b"ZQ9ZQ", b"\0Q9ZQ"))
    assert len(read_file(path)) == 1
