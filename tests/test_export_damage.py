"""Whatever bytes a file holds, an operator gets the messages that are whole, or one clear line why not."""

from pathlib import Path

import pytest
from export_samples import SAMPLES
from hypothesis import given, settings
from hypothesis import strategies as st

from huoqun.chat.completeness import completeness
from huoqun.chat.identity import join_renames
from huoqun.chat.key import with_keys
from huoqun.chat.message import SCHEMA
from huoqun.chat.recognise import FORMATS, read_file, read_source, recognise
from huoqun.chat.refusal import NotAChat
from huoqun.chat.source import Source

OTHERS = ("whatsapp", "telegram", "wechat_csv", "qq_txt", "discord", "irc")
MINE = [form for form in FORMATS if form.NAME not in OTHERS]
PIECES = st.sampled_from(
    [b'"', b"{", b"}", b"[", b"]", b",", b":", b"\n", b"\n\n", b"null", b"-1", b"1e999", b"9" * 20, b"\0", b"\xff\xfe"]
    + [b"'", b"\\ud800", b"\\", b"true", b"\r", b"[" * 2000, b'{"a":' * 2000, b"2024-02-30 25:61:61", b"(", b"#", b"\t"]
)


@pytest.mark.parametrize("layout", SAMPLES)
def test_every_layout_is_recognised_and_read(layout: str, tmp_path: Path):
    name, data = SAMPLES[layout]
    (tmp_path / name).write_bytes(data)
    for chat in read_file(tmp_path / name):
        assert chat.rows.schema == SCHEMA
        assert chat.rows.height
        assert chat.format.split(".")[0] in {form.NAME for form in FORMATS}


@given(layout=st.sampled_from(sorted(SAMPLES)), at=st.floats(0, 1), piece=PIECES, gone=st.integers(0, 60))
@settings(deadline=None, max_examples=200)
def test_damage_is_skipped_or_refused(
    tmp_path_factory: pytest.TempPathFactory, layout: str, at: float, piece: bytes, gone: int
):
    name, data = SAMPLES[layout]
    place = int(at * len(data))
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(data[:place] + piece + data[place + gone :])
    try:
        chats = read_file(path)
    except NotAChat as refusal:
        assert "\n" not in str(refusal)
        return
    for chat in chats:
        completeness(join_renames(with_keys(chat)))


@given(data=st.binary(max_size=200), form=st.sampled_from(MINE))
@settings(deadline=None, max_examples=200)
def test_any_bytes_given_to_any_format(data: bytes, form: object):
    source = Source("x", data.decode("utf-8", "replace").encode())
    recognise(source)
    try:
        form.read(source, zone=None)  # type: ignore[attr-defined]
    except NotAChat:
        return


@pytest.mark.parametrize("layout", [name for name, (file, _) in SAMPLES.items() if file.endswith((".json", ".jsonl"))])
def test_deep_nesting_is_refused_not_followed(layout: str):
    name, data = SAMPLES[layout]
    deep = data.replace(b'"content"', b'"x":' + b"[" * 100_000 + b"]" * 100_000 + b',"content"', 1)
    try:
        assert read_source(Source(name, deep))
    except NotAChat:
        return
