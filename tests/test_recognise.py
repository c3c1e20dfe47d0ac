"""Recognising: every layout, packed and in other encodings, by content alone; memory stays bounded."""

import gzip
import io
import subprocess
import sys
import zipfile
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.generate import write
from bench.layouts import LAYOUTS
from bench.said import chat as made_up
from huoqun.chat.recognise import FORMATS, read_file, recognise
from huoqun.chat.source import NotAChat, open_source

COUNT = 300


@pytest.fixture(scope="module")
def exports(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")
    return {layout: write(folder / f"{layout}.bin", layout, COUNT, people=12) for layout in LAYOUTS}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_recognised_by_content_and_read_whole(exports, layout):
    (chat,) = read_file(exports[layout])
    assert layout.startswith(chat.format.split(".")[0])
    said = [one for one in made_up(COUNT, people=12) if layout != "discord_csv" or one.kind in ("text", "image")]
    assert chat.rows.height == len(said)
    assert chat.skipped == ()
    texts = [one.text for one in said if one.kind == "text"]
    found = chat.rows.filter(chat.rows["kind"] == "text")["text"].to_list()
    assert [text.removeprefix("看") for text in found] == [text.removeprefix("看") for text in texts]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("encoding", ["gb18030", "utf-16-be"])
def test_every_layout_in_every_encoding_packed(exports, tmp_path, layout, encoding):
    text = exports[layout].read_bytes().decode("utf-8-sig")
    packed = tmp_path / "x.gz"
    packed.write_bytes(gzip.compress(text.encode(encoding)))
    (plain,), (chat,) = read_file(exports[layout]), read_file(packed)
    assert chat.rows.drop("key").equals(plain.rows.drop("key"))


def test_a_zip_of_several_chats_gives_them_all_and_tells_of_what_was_no_chat(exports, tmp_path):
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for layout in ("whatsapp", "telegram", "qq_txt"):
            archive.write(exports[layout], f"{layout}/{layout}.txt")
        archive.writestr("readme.txt", "nothing to see here\n")
    chats = read_file(path)
    assert sorted(chat.format for chat in chats) == ["qq_txt", "telegram", "whatsapp"]
    assert all("files_ignored" in chat.notes for chat in chats)


NO_CHATS = [
    "",
    "\n\n",
    "hello\n",
    "a,b,c\n1,2,3\n",
    "{}",
    "[]",
    '{"messages": []}',
    "<html></html>",
    "[1, 2",
    "# t\n\nx\n",
]


@pytest.mark.parametrize("text", NO_CHATS)
def test_what_is_no_chat_is_refused(tmp_path, text):
    path = tmp_path / "x.txt"
    path.write_text(text)
    with pytest.raises(NotAChat) as refusal:
        read_file(path)
    assert "\n" not in str(refusal.value)


def test_undecodable_lines_are_told(exports, tmp_path):
    lines = exports["whatsapp"].read_bytes().split(b"\n")
    lines[7] += b"\xff"
    path = tmp_path / "x.txt"
    path.write_bytes(b"\n".join(lines))
    (chat,) = read_file(path)
    assert [(skip.line, skip.reason) for skip in chat.skipped] == [(7, "not_utf8")]


def test_each_format_knows_only_its_own(exports):
    for layout, path in exports.items():
        source = open_source(path)
        first = recognise(source)
        others = [form.NAME for form in FORMATS if form.recognises(source) and form is not first]
        assert set(others) <= {"plain"}, layout


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(LAYOUTS)), st.lists(st.tuples(st.integers(0, 6000), st.binary(max_size=4)), max_size=4))
def test_any_bytes_are_read_or_refused(exports, tmp_path, layout, edits):
    data = bytearray(exports[layout].read_bytes()[:6000])
    for at, piece in edits:
        data[at : at + len(piece)] = piece
    path = tmp_path / "x.bin"
    path.write_bytes(data)
    with suppress(NotAChat):
        read_file(path)


MEMORY = """
import sys
from pathlib import Path
from huoqun.chat.recognise import read_file
rows = sum(chat.rows.height for chat in read_file(Path(sys.argv[1])))
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(rows, int(status["VmHWM"].split()[0]) * 1024)
"""
"""The process's own peak: `ru_maxrss` is inherited from the process that started it."""


@pytest.mark.parametrize("layout", ["whatsapp", "telegram", "wechat_csv_b"])
def test_memory_stays_under_four_times_the_file_and_300_mb(tmp_path, layout):
    path = write(tmp_path / "x.bin", layout, 100_000)
    done = subprocess.run([sys.executable, "-c", MEMORY, str(path)], capture_output=True, text=True, check=True)
    rows, used = map(int, done.stdout.split())
    assert rows > 95_000
    assert used <= 4 * path.stat().st_size + 300 * 2**20


def test_a_broken_spreadsheet_with_a_chats_lines_in_it_is_no_text(tmp_path):
    path = tmp_path / "sheet.xlsx"
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_STORED) as bundle:
        bundle.writestr("xl/workbook.xml", b"\x91\xe5<x/>")
    chat = b"\n".join(b"%d/12/23, 11:59 PM - Alice: hi" % day for day in range(10, 25))
    packed = box.getvalue()
    path.write_bytes(packed[:45] + b"\n" + chat + b"\n" + packed[45:])
    with pytest.raises(NotAChat):
        read_file(path)
