"""A damaged record of a JSON file is told by the line on which it begins, or, where that says nothing, as a record."""

import json

import pytest

from huoqun.chat.recognise import read_source
from huoqun.chat.record_lines import counted, record_lines
from huoqun.chat.source import Source


def telegram(indent: int | None, cut: int = 0) -> tuple[str, int]:
    """An export of six messages with damage in the fourth, and the line on which that one begins."""
    said = [
        {
            "id": n,
            "type": "message",
            "date": f"2024-01-02T03:0{n}:05",
            "date_unixtime": str(1704135845 + 60 * n),
            "from": "Ann",
            "from_id": "user1",
            "text": ["line one\nline two", {"type": "bold", "text": "{"}],
        }
        for n in range(6)
    ]
    said[3]["date"] = said[3]["date_unixtime"] = "soon"
    text = json.dumps({"name": "g", "type": "private_supergroup", "id": 7, "messages": said}, indent=indent)
    line = text[: text.index('"id": 3')].count("\n")
    return text[: len(text) - cut], line - 1 if indent else line


def skipped(text: str):
    (chat,) = read_source(Source("result.json", text.encode()))
    return [(s.line, s.reason, s.record) for s in chat.skipped]


def test_a_pretty_file_tells_the_line():
    text, line = telegram(1)
    assert text.split("\n")[line].strip() == "{"
    assert skipped(text) == [(line, "bad_time", False)]


def test_a_file_on_one_line_tells_the_record():
    text, _ = telegram(None)
    assert skipped(text) == [(3, "bad_time", True)]


def test_a_file_that_is_cut_off_tells_the_record():
    text, _ = telegram(1, cut=40)
    assert (3, "bad_time", True) in skipped(text)
    assert all(record for _, _, record in skipped(text))


def test_lines_of_json_are_lines_already():
    head = {"_type": "header", "chatlab": {"version": "0.0.2"}, "meta": {"name": "g", "platform": "qq"}}
    said = [
        {"_type": "message", "sender": "1", "accountName": "a", "timestamp": 1703001600 + n, "type": 0, "content": "x"}
        for n in range(4)
    ]
    text = "\n".join(json.dumps(part) for part in [head, *said[:2], {**said[2], "timestamp": "soon"}, said[3]])
    assert not counted(text.encode())
    assert [(line, record) for line, _, record in skipped(text)] == [(3, False)]


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b'[\n{"a": 1},\n{"a":\n2},\n{"a": 3}]', [1, 2, 4]),
        (b'\n\n{"messages": [\n{},\n{}]}', [3, 4]),
        (b"[{}, {}, {}]", None),
        (b"[\n{}, {}\n]", None),
        (b"[\n{},\n{", None),
        (b"[]", None),
        (b'{"messages": 5}', None),
        (b"[" * 100_000, None),
        (b"\xff\xfe", None),
    ],
)
def test_where_records_begin(data, lines):
    counted(data)
    found = record_lines(data)
    assert (None if found is None else found.tolist()) == lines
