"""ChatLab's layout is read in both forms, and what Huoqun writes comes back as it was."""

import dataclasses
import json
import re
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huoqun.chat import convert
from huoqun.chat.key import with_keys
from huoqun.chat.message import KINDS, MEMBERS, MESSAGE_KINDS, SCHEMA, Chat
from huoqun.chat.recognise import read_file, read_source
from huoqun.chat.refusal import NotAChat
from huoqun.chat.rows import build
from huoqun.chat.source import Source

LINES = """# a comment
{"_type":"header","chatlab":{"version":"0.0.2","exportedAt":1703001600},"meta":{"name":"技术群","platform":"qq","groupId":"77"}}
{"_type":"member","platformId":"1","accountName":"张三","groupNickname":"群主","aliases":["小张"],"roles":[{"id":"owner"}]}

{"_type":"message","sender":"1","accountName":"张三","groupNickname":"群主","timestamp":1703001600,"type":0,"content":"早","platformMessageId":5}
{"_type":"message","sender":
{"_type":"message","sender":"系统","accountName":"","timestamp":1703001601.5,"type":80,"content":"“A”加入了群聊"}
{"_type":"message","sender":7,"accountName":"x","timestamp":"1703001602","type":25,"content":null,"replyToMessageId":5}
{"_type":"message","sender":"2","accountName":"y","timestamp":"soon","type":20,"content":"x"}
"""


def read(text: str) -> Chat:
    (chat,) = read_source(Source("x.json", text.encode()))
    return chat


def check(chat: Chat) -> None:
    assert (chat.group, chat.group_id, chat.network, chat.owner) == ("技术群", "77", "qq", "1")
    assert chat.exported_at == datetime(2023, 12, 19, 16)
    assert chat.members.rows() == [("1", "群主", "owner", ["小张"])]
    assert chat.rows["kind"].cast(pl.String).to_list() == ["text", "join", "text"]
    assert chat.rows["sender"].to_list() == ["1", None, "7"]
    assert chat.rows["name"].to_list() == ["群主", None, "x"]
    assert chat.rows["subject"].to_list() == [None, "A", None]
    assert chat.rows["reply_to"].to_list() == [None, None, "5"]
    assert chat.rows["text"].to_list() == ["早", "“A”加入了群聊", ""]


def test_lines_with_comments_and_damage():
    chat = read(LINES)
    check(chat)
    assert chat.rows["line"].to_list() == [4, 6, 7]
    assert [(s.line, s.reason) for s in chat.skipped] == [(5, "bad_json"), (8, "bad_time")]


def test_one_object():
    lines = [json.loads(line) for line in LINES.split("\n") if line.startswith("{") and line.endswith("}")]
    whole = {k: v for k, v in lines[0].items() if k != "_type"} | {"members": lines[1:2], "messages": lines[2:]}
    chat = read(json.dumps(whole, ensure_ascii=False, indent=1))
    check(chat)
    text = json.dumps(whole, ensure_ascii=False, indent=1)
    place = text[: [m.start() for m in re.finditer(r"\n  \{", text)][4]].count("\n") + 1
    assert [(s.line, s.reason) for s in chat.skipped] == [(place, "bad_time")]


def test_cut_off_json_is_refused_and_cut_off_lines_keep_the_good_ones():
    with pytest.raises(NotAChat, match="cut off"):
        read('{"chatlab":{"version":"0.0.2"},"meta":{"name":"x"},"messages":[{"sender":"1","timestamp":1')
    assert read(LINES[:-30]).rows.height == 3


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=12)
IDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), min_size=1, max_size=6)


@st.composite
def chats(draw: st.DrawFn) -> Chat:
    count = draw(st.integers(1, 8))
    times = sorted(
        draw(st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2099, 1, 1)), min_size=count, max_size=count))
    )
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=count, max_size=count))
    some = st.one_of(st.none(), IDS)
    senders = [draw(IDS) if kind in MESSAGE_KINDS else draw(some) for kind in kinds]
    frame = pl.DataFrame(
        {
            "key": [draw(st.one_of(st.none(), st.just(f"k{n}"))) for n in range(count)],
            "time": times,
            "sequence": [draw(st.one_of(st.none(), st.integers(0, 2**53))) for _ in range(count)],
            "sender": senders,
            "name": [None if s is None else draw(IDS) for s in senders],
            "kind": kinds,
            "text": [draw(WORDS) for _ in range(count)],
            "reply_to": [draw(some) for _ in range(count)],
            "mentions": [draw(st.lists(IDS, max_size=2)) for _ in range(count)],
            "bot": [draw(st.booleans()) for _ in range(count)],
            "subject": [draw(some) for _ in range(count)],
        },
        schema={n: pl.String if n == "kind" else SCHEMA[n] for n in SCHEMA if n not in ("line", "local", "order")},
    )
    people = pl.DataFrame(
        [(i, draw(IDS), draw(st.sampled_from([None, "owner", "admin"])), draw(st.lists(IDS, max_size=2, unique=True)))
         for i in draw(st.lists(IDS, max_size=3, unique=True))],
        schema=MEMBERS, orient="row",
    )  # fmt: skip
    network = draw(st.sampled_from(["wechat", "qq", "irc", "other"]))
    owner = draw(st.sampled_from([None, *people.filter(pl.col("role") == "owner")["id"]]))
    if owner is None:
        people = people.with_columns(pl.when(pl.col("role") != "owner").then("role").alias("role"))
    exported = draw(st.one_of(st.none(), st.just(datetime(2024, 5, 6, 7, 8, 9))))
    zone = draw(st.sampled_from([("Asia/Shanghai", "default"), ("Europe/Berlin", "file")]))
    return with_keys(
        Chat(
            "x",
            network,
            draw(IDS.filter(str.strip)),
            draw(some),
            *zone,
            exported,
            draw(st.booleans()),
            build(frame, zone[0]),
            people,
            owner,
        )
    )


@given(chats())
@settings(deadline=None, max_examples=60)
def test_what_is_written_comes_back(tmp_path_factory: pytest.TempPathFactory, chat: Chat):
    path = tmp_path_factory.getbasetemp() / "chat.jsonl"
    convert.write(chat, path)
    (back,) = read_file(path)
    for field in dataclasses.fields(Chat):
        mine, theirs = getattr(chat, field.name), getattr(back, field.name)
        if field.name == "rows":
            assert theirs.drop("line").rows() == mine.drop("line").rows()
            assert theirs.schema == SCHEMA
        elif field.name == "members":
            assert theirs.rows() == mine.rows()
        elif field.name != "format":
            assert theirs == mine, field.name
    first = 1 + chat.members.height
    assert back.rows["line"].to_list() == list(range(first, first + chat.rows.height))


def test_somebody_called_zero_stays_somebody_in_a_file_of_ours():
    """Other programs write `0` for nobody; in ours nobody is empty (a drawn example found the difference)."""
    said = {
        "timestamp": 1703001600,
        "type": 80,
        "content": "x",
        "huoqun": {"kind": "join"},
        "sender": "0",
        "accountName": "0",
    }
    theirs = {"chatlab": {"version": "0.0.2"}, "meta": {"name": "g"}}
    ours = theirs | {"huoqun": {"has_ids": True}}
    rows = [read(json.dumps(head | {"messages": [said]})).rows for head in (theirs, ours)]
    assert [r["sender"].to_list() for r in rows] == [[None], ["0"]]


def test_the_other_layouts(tmp_path: Path):
    chat = read(LINES)
    convert.write(chat, tmp_path / "c.parquet")
    assert pl.read_parquet(tmp_path / "c.parquet").equals(chat.rows)
    convert.write(chat, tmp_path / "c.csv")
    (back,) = read_file(tmp_path / "c.csv")
    same = ["key", "time", "local", "sequence", "sender", "name", "kind", "text", "reply_to", "bot", "subject"]
    assert back.rows.select(same).equals(chat.rows.select(same))


def test_nothing_half_written_stays(tmp_path: Path):
    path = tmp_path / "c.jsonl"
    path.write_text("old")
    broken = dataclasses.replace(read(LINES), rows=read(LINES).rows.drop("subject"))
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        convert.write(broken, path)
    assert [p.name for p in tmp_path.iterdir()] == ["c.jsonl"]
    assert path.read_text() == "old"
    with pytest.raises(convert.UnknownEnding, match="parquet"):
        convert.write(read(LINES), tmp_path / "c.xml")
