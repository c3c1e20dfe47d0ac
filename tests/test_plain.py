"""Anybody's table is read by its headings, and a table that is no chat is refused with the reason."""

import io
from datetime import datetime

import openpyxl
import polars as pl
import pytest

from huoqun.chat.message import Chat
from huoqun.chat.recognise import read_source, recognise
from huoqun.chat.refusal import NotAChat
from huoqun.chat.source import Source
from huoqun.chat.stamp import stamps


def read(text: str, name: str = "x.csv") -> list[Chat]:
    return read_source(Source(name, text.encode()))


def said(chat: Chat) -> list[tuple[str | None, str, str]]:
    return chat.rows.with_columns(pl.col("kind").cast(pl.String)).select("sender", "kind", "text").rows()


def test_chinese_headings_quotes_and_damage():
    (chat,) = read(
        '时间,发送者,内容\n2024/1/2 3:04,张: 三,早\n2024/1/2 3:05,李,"多\n""引""用"\n2024/1/2 3:06,王,"offen\n'
        "2024/1/2 3:07,赵,[图片]\nbad\n"
    )
    assert said(chat) == [
        ("张: 三", "text", "早"),
        ("李", "text", '多\n"引"用'),
        ("王", "text", '"offen'),
        ("赵", "image", ""),
    ]
    assert chat.rows["line"].to_list() == [1, 2, 4, 5]
    assert [(s.line, s.reason) for s in chat.skipped] == [(6, "too_few_columns")]
    assert str(chat.rows["time"][0]) == "2024-01-01 19:04:00"


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_delimiters_ids_replies_and_groups(mark: str):
    lines = [
        ["Message ID", "Sent_At", "Channel", "userId", "User Name", "messageText", "reply_to_id", "is_bot"],
        ["1", "1704164645", "a", "u1", "Ann", "hi", "", "false"],
        ["2", "1704164646123", "b", "u2", "Bo", "yo", "1", "true"],
    ]
    lines[0][5] = "message_text"
    a, b = read("\r\n".join(mark.join(line) for line in lines))
    assert (a.group, b.group, b.has_ids) == ("a", "b", True)
    assert b.rows.select("key", "sender", "name", "reply_to", "bot").rows() == [("2", "u2", "Bo", "1", True)]
    assert str(b.rows["time"][0]) == "2024-01-02 03:04:06.123000"


def test_date_and_time_in_columns_of_their_own_and_an_honest_doubt():
    (chat,) = read("date\ttime\tuser\tmessage\n1/2/2024\t3:04 PM\tann\thi\n1/3/2024\t3:05 PM\tbo\tyo\n")
    assert "date_order_ambiguous" in chat.notes
    assert [t.hour for t in chat.rows["local"]] == [15, 15]


def test_json_lines_with_objects_and_an_array_inside_an_object():
    (chat,) = read(
        '{"timestamp":1704164645,"user":{"id":7,"name":"ann"},"message":"hi","id":7}\n{"x"\n{"timestamp":"1704164646","user":{"id":8,"name":"bo"},"message":[{"text":"yo"}],"id":8,"reply_to":7}\n'
    )
    assert chat.rows.select("key", "sender", "name", "text", "reply_to", "line").rows() == [
        ("7", "7", "ann", "hi", None, 0),
        ("8", "8", "bo", "yo", "7", 2),
    ]
    (chat,) = read('{"title":"t","messages":[{"time":"2024-01-02T03:04:05+08:00","sender":"a","text":"hi"}]}')
    assert (chat.zone, chat.zone_source) == ("Asia/Shanghai", "file")


def test_spreadsheet_of_anybody():
    book = openpyxl.Workbook()
    for row in (
        ["Time", "Sender", "Text"],
        [datetime(2024, 1, 2, 3, 4, 5), "ann", 12],
        [None, None, None],
        ["x", "bo", "y"],
    ):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    (chat,) = read_source(Source("x.xlsx", file.getvalue()))
    assert chat.rows.select("line", "sender", "text").rows() == [(1, "ann", "12")]
    assert [(s.line, s.reason) for s in chat.skipped] == [(3, "bad_time")]


@pytest.mark.parametrize(
    "text",
    [
        "date,open,high,low,close\n2024-01-01,1,2,3,4\n",
        "date,name,price,text\n2024-01-01,a,5,x\n",
        "id,name,email\n1,a,b\n",
        "订单号,时间,用户,金额,内容\n1,2024-01-01,a,5,x\n",
        '[{"id":1,"title":"x"}]',
        '{"type":"FeatureCollection","features":[]}',
        "hello world\n",
        "",
    ],
)
def test_tables_that_are_no_chat_are_not_recognised(text: str):
    assert recognise(Source("x.csv", text.encode())) is None


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([f"2024-01-01 10:{n:02d},user{n},ticket {n}" for n in range(60)], "name of its own"),
        ([f"2024-01-01 10:{n:02d},ann,{n}.5" for n in range(60)], "numbers"),
        ([f"soon,ann,text {n}" for n in range(60)], "times"),
        (["2024-01-01 10:00,,"], "empty"),
    ],
)
def test_values_that_are_no_chat_are_refused(rows: list[str], reason: str):
    with pytest.raises(NotAChat, match=reason):
        read("\n".join(["time,user,message", *rows]))


def test_many_open_quotes_do_not_take_for_ever():
    rows = "\n".join(f'2024-01-01 10:00,ann,"open {n}' for n in range(20_000))
    (chat,) = read("time,user,message\n" + rows)
    assert chat.rows.height == 20_000


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-01-02 03:04:05", "2024-01-02 03:04:05"),
        ("2024/1/2 3:04", "2024-01-02 03:04:00"),
        ("2024.1.2 3:04", "2024-01-02 03:04:00"),
        ("2024年1月2日 下午3:04", "2024-01-02 15:04:00"),
        ("2024年01月02日 凌晨12:04", "2024-01-02 00:04:00"),
        ("13/2/2024 3:04 PM", "2024-02-13 15:04:00"),
        ("2/13/2024, 12:04 AM", "2024-02-13 00:04:00"),
        ("Jan 2, 2024 3:04 PM", "2024-01-02 15:04:00"),
        ("2 January 2024 15:04", "2024-01-02 15:04:00"),
        ("Tue Jan 02 03:04:05 2024", "2024-01-02 03:04:05"),
        ("20240102030405", "2024-01-02 03:04:05"),
        ("45293.5", "2024-01-02 12:00:00"),
        ("2024-01-02", "2024-01-02 00:00:00"),
        ("2024-01-02T03:04:05.123456", "2024-01-02 03:04:05.123456"),
        ("星期二 2024-01-02 03:04", "2024-01-02 03:04:00"),
        ("1704164645", "2024-01-02 03:04:05"),
        ("1704164645000", "2024-01-02 03:04:05"),
        ("2024-01-02T11:04:05+08:00", "2024-01-02 03:04:05"),
        ("2024-01-02 03:04:05Z", "2024-01-02 03:04:05"),
    ],
)
def test_times_as_people_write_them(written: str, meant: str):
    found = stamps(pl.Series([written]))
    column = found.time if found.time is not None else found.local
    assert column is not None
    assert str(column[0]) == meant


@pytest.mark.parametrize("written", ["", "soon", "2024-02-30 10:00", "2024-01-02 25:00", "12:30", "2024"])
def test_what_is_no_time_is_none(written: str):
    assert stamps(pl.Series([written])).found == 0
