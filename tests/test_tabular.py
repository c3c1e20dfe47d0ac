"""Tabular: JSON records read as columns, or refused where one of them is not of the shape."""

import msgspec
import pyarrow as pa
import pytest

from huoqun.chat import tabular

SHAPE = pa.schema(
    [("id", pa.int64()), ("text", pa.string()), ("list", pa.list_(tabular.ANYTHING)), ("poll", tabular.ANYTHING)]
)


def tables(text, swaps=()):
    return list(tabular.tables(msgspec.json.decode(text, type=list[msgspec.Raw]), SHAPE, swaps))


def test_records_over_several_lines_become_rows_in_their_order():
    (frame,) = tables(
        b'[\n {"id": 1,\n  "text": "a\\nb", "other": {"id": 9}}\n,\n{"poll":{"q":1}, "text":"\xe6\x97\xa9"}]'
    )
    assert frame.select("id", "text").rows() == [(1, "a\nb"), (None, "早")]
    assert frame["poll"].is_null().to_list() == [True, False]


def test_more_records_than_a_segment_come_in_several_frames():
    many = b"[" + b",".join(b'{"id": %d}' % number for number in range(tabular.SEGMENT + 3)) + b"]"
    first, second = tables(many)
    assert (first["id"][-1], second["id"].to_list()) == (
        tabular.SEGMENT - 1,
        [tabular.SEGMENT, tabular.SEGMENT + 1, tabular.SEGMENT + 2],
    )


@pytest.mark.parametrize(
    "odd",
    [
        b'{"id": "1"}',
        b'{"id": 1, "id": 2}',
        b'{"text": ["a"]}',
        b'{"list": [null]}',
        b'{"list": [1]}',
        b"5",
        b'{"id": 1.5}',
    ],
)
def test_a_segment_with_an_odd_record_is_refused(odd):
    assert tables(b'[{"id": 1},' + odd + b"]") == [None]


def test_a_key_can_be_given_another_name_where_its_value_is_a_list():
    (frame,) = tables(b'[{"text": ["a"]}, {"text": "b"}]', [(b'"text": [', b'"listed": [')])
    assert frame["text"].to_list() == [None, "b"]


def test_no_records_no_frames():
    assert tables(b"[]") == []
