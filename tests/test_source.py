"""Source: whatever an export is wrapped in, a format sees the same UTF-8; what is no text is refused in one line."""

import bz2
import gzip
import io
import lzma
import zipfile
from secrets import token_hex

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huoqun.chat.source import NotAChat, open_source

TEXT = (
    "2024-01-02 03:04:05 张三😀(10001)\r\n大家好，今天吃什么？\r\n\r\n2024-01-02 03:05:05 李四(10002)\r\n火锅\r\n\r\n"
)


def zipped(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "."), data)
    return out.getvalue()


WRAPPINGS = {
    "plain": lambda data: data,
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.ZstdCompressor().compress,
    "zip": lambda data: zipped(chat__txt=data),
    "gzip in zip": lambda data: zipped(chat__txt__gz=gzip.compress(data)),
    "zip in gzip": lambda data: gzip.compress(zipped(chat__txt=data)),
    "two gzip members": lambda data: gzip.compress(data[:7]) + gzip.compress(data[7:]),
    "two zstd frames": lambda data: zstandard.compress(data[:7]) + zstandard.compress(data[7:]),
}
ENCODINGS = {
    "utf-8": "utf-8",
    "utf-8 with BOM": "utf-8-sig",
    "utf-16 with BOM": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "gb18030": "gb18030",
    "utf-32 with BOM": "utf-32",
}


@pytest.fixture
def opened(tmp_path):
    def opener(data, name="群聊.txt"):
        path = tmp_path / name
        path.write_bytes(data)
        return open_source(path)

    return opener


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_wrapping_and_encoding_gives_the_same_text(opened, wrapping, encoding):
    source = opened(WRAPPINGS[wrapping](TEXT.encode(ENCODINGS[encoding])))
    assert bytes(source.data).decode() == TEXT
    assert source.damaged == ()


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8"])
def test_a_text_longer_than_a_chunk_stays_whole(opened, encoding):
    text = "".join(f"{number} 张三说：这是第{number}行\n" for number in range(300_000))
    assert bytes(opened(text.encode(encoding)).data).decode() == text


def test_gbk_after_a_long_english_beginning(opened):
    text = "an english line of a chat\n" * 50_000 + "终于有人说中文了，真好\n"
    assert bytes(opened(text.encode("gbk")).data).decode() == text


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        ("第一行\n".encode() + b"\xe5\xbc" + "坏的\n第三行\n".encode() + b"\xff\n", (1, 3)),
        (b"hello\nol\xe9 ol\xe9\nbye\n", (1,)),
        ("第一行很好\n第二行".encode("gb18030") + b"\xff\n" + "第三行也很好".encode("gb18030"), (1,)),
        (b"\xff\xfe" + "好\n".encode("utf-16-le") + b"\x00\xd8" + "\n好".encode("utf-16-le"), (1,)),
    ],
    ids=["utf-8", "latin-1 in ascii", "gb18030", "utf-16"],
)
def test_undecodable_bytes_are_replaced_and_their_lines_told(opened, data, lines):
    source = opened(data)
    assert source.damaged == lines
    text = bytes(source.data).decode().split("\n")
    assert [number for number, line in enumerate(text) if "\ufffd" in line] == list(lines)


def test_a_zip_with_media_and_one_text_is_that_text(opened):
    source = opened(zipped(chat__txt=TEXT.encode(), a__jpg=b"\xff\xd8\xff" + bytes(99), b=bytes(1000)), "群.zip")
    assert source.name == "群.zip/chat.txt"
    assert source.parts == ()


def test_a_folder_and_a_zip_of_several_files_are_a_bundle(opened, tmp_path):
    source = opened(zipped(b__txt=TEXT.encode("gb18030"), a__txt=TEXT.encode()), "群.zip")
    folder = tmp_path / "folder" / "inner"
    folder.mkdir(parents=True)
    (folder / "b.txt").write_bytes(TEXT.encode("gb18030"))
    (folder / "a.txt.gz").write_bytes(gzip.compress(TEXT.encode()))
    (folder / ".hidden").write_text("no")
    (folder / "c.txt").symlink_to(folder / "b.txt")
    for bundle in (source, open_source(tmp_path / "folder")):
        assert [part.stem for part in bundle.parts] == ["a", "b"]
        assert [bytes(part.data).decode() for part in bundle.parts] == [TEXT, TEXT]
        assert bundle.data == b""


@pytest.mark.parametrize("wrapping", ["stored", *WRAPPINGS])
def test_a_large_wrapped_file_is_read_like_a_small_one(opened, wrapping):
    """From a megabyte on a file is mapped, not read; packed noise stays that large."""
    lines = (TEXT + token_hex(3_000_000)).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("chat.txt", lines)
    data = packed.getvalue() if wrapping == "stored" else WRAPPINGS[wrapping](lines)
    assert len(data) > 2 << 20
    assert bytes(opened(data, "群.bin").data) == lines


def test_names_in_a_zip_cannot_climb_and_gbk_names_are_read(opened):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../etc/passwd.txt", TEXT)
        archive.writestr("XX.txt", TEXT)
    raw = out.getvalue().replace(b"XX.txt", "群".encode("gbk") + b".txt")
    names = [part.name for part in opened(raw, "z.zip").parts]
    assert names == ["z.zip/etc/passwd.txt", "z.zip/群.txt"]


def bomb():
    return gzip.compress(bytes(1 << 20) * 300)


def bare_zip(flag=0):
    data = bytearray(zipped(chat__txt=TEXT.encode()))
    data[6] |= flag
    data[data.index(b"PK\x01\x02") + 8] |= flag
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (bytes(range(256)) * 20, "binary"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture"),
        (b"SQLite format 3\0" + bytes(50), "SQLite"),
        (gzip.compress(TEXT.encode())[:-12], "damaged"),
        (zipped(chat__txt=TEXT.encode())[:-30], "damaged"),
        (bare_zip(flag=1), "password"),
        (zipped(), "empty"),
        (zipped(a__txt=b""), "no text"),
        (zipped(a__zip=zipped(b__zip=zipped(c__txt=TEXT.encode()))), "more than 2 times"),
        (bomb(), "bomb"),
        (zipped(bomb__txt=b"a" * (300 << 20)), "bomb"),
        (lzma.compress(bytes(1000))[:-3], "damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_text_is_refused_in_one_clear_line(opened, data, reason):
    with pytest.raises(NotAChat) as refusal:
        opened(data)
    assert reason in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(NotAChat, match="no such file"):
        open_source(tmp_path / "nothing.txt")
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotAChat, match="no text file"):
        open_source(tmp_path / "empty")


def test_a_spreadsheet_stays_one_packed_piece(opened):
    data = zipped(**{"xl/workbook__xml": b"<workbook/>", "a__xml": b"<a/>"})
    assert bytes(opened(data, "表.xlsx").data) == data


def test_known_endings_leave_the_stem(opened):
    assert opened(TEXT.encode(), "群聊.v2.txt.bak").stem == "群聊.v2.txt.bak"
    assert opened(gzip.compress(TEXT.encode()), "群聊.v2.csv.gz").stem == "群聊.v2"


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    data=st.binary(max_size=400),
    wrapping=st.sampled_from(list(WRAPPINGS)),
    at=st.integers(0, 400),
    byte=st.binary(max_size=4),
)
def test_any_bytes_open_or_are_refused(opened, data, wrapping, at, byte):
    packed = WRAPPINGS[wrapping](data)
    mutated = packed[:at] + byte + packed[at + len(byte) :]
    try:
        source = opened(mutated)
    except NotAChat:
        return
    for part in source.parts or (source,):
        if bytes(part.data[:2]) != b"PK":
            bytes(part.data).decode()
