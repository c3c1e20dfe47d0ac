"""Discord: the exporter's JSON and CSV, events by type, bots, replies and mentions by id."""

import json
from datetime import datetime

import pytest

from huoqun.chat.formats import discord
from huoqun.chat.message import Skipped
from huoqun.chat.source import Source


def message(number, content, **more):
    author = {"id": "5001", "name": "ann", "discriminator": "0", "nickname": "Ann", "isBot": False, "roles": []}
    return {
        "id": str(number),
        "type": "Default",
        "timestamp": "2024-01-02T03:04:05.123+08:00",
        "timestampEdited": None,
        "isPinned": False,
        "content": content,
        "author": author,
        "attachments": [],
        "embeds": [],
        "stickers": [],
        "reactions": [],
        "mentions": [],
        **more,
    }


def read(*messages, **more):
    export = {
        "guild": {"id": "1", "name": "测试", "iconUrl": ""},
        "channel": {"id": "2", "type": "GuildTextChat", "name": "general"},
        "dateRange": {"after": None, "before": None},
        "exportedAt": "2024-02-01T00:00:00+08:00",
        **more,
        "messages": list(messages),
        "messageCount": len(messages),
    }
    source = Source("x.json", json.dumps(export, indent=2).encode())
    assert discord.recognises(source)
    (chat,) = discord.read(source, zone=None)
    return chat


def test_messages_with_ids_replies_mentions_and_bots():
    bot = {"id": "5002", "name": "robot", "nickname": None, "isBot": True}
    chat = read(
        message(900, "hi <@5002>", mentions=[{"id": "5002", "name": "robot"}]),
        message(901, "ho", type="Reply", reference={"messageId": "900", "channelId": "2"}, author=bot),
    )
    first, second = chat.rows.iter_rows(named=True)
    assert (first["key"], first["sender"], first["name"], first["mentions"]) == ("900", "5001", "Ann", ["5002"])
    assert (second["reply_to"], second["bot"], second["name"]) == ("900", True, "robot")
    assert first["local"] == datetime(2024, 1, 2, 3, 4, 5, 123000)
    assert (chat.group, chat.group_id, chat.zone, chat.zone_source) == ("测试 #general", "2", "Asia/Shanghai", "file")
    assert chat.exported_at == datetime(2024, 1, 31, 16)


@pytest.mark.parametrize(
    ("more", "kind", "subject"),
    [
        ({"type": "GuildMemberJoin"}, "join", "5001"),
        ({"type": "RecipientAdd", "mentions": [{"id": "5003"}]}, "join", "5003"),
        ({"type": "RecipientRemove", "mentions": [{"id": "5003"}]}, "remove", "5003"),
        ({"type": "RecipientRemove", "mentions": [{"id": "5001"}]}, "leave", "5001"),
        ({"type": "ChannelPinnedMessage", "reference": {"messageId": "1"}}, "pin", None),
        ({"type": "ChannelNameChange"}, "group_rename", None),
        ({"type": "ThreadCreated"}, "system", None),
        ({"attachments": [{"fileName": "a.PNG"}]}, "image", None),
        ({"attachments": [{"fileName": "a.pdf"}]}, "file", None),
        ({"stickers": [{"name": "wave"}]}, "sticker", None),
        ({"embeds": [{"title": "x"}]}, "link", None),
    ],
    ids=str,
)
def test_kinds_and_events(more, kind, subject):
    row = read(message(1, "" if kind == "link" else "x", **more)).rows.row(0, named=True)
    assert (row["kind"], row["subject"], row["reply_to"]) == (kind, subject, None)


def test_times_with_different_offsets_are_the_same_moments():
    rows = read(message(1, "x"), message(2, "y", timestamp="2024-01-01T19:04:06+00:00")).rows
    assert rows["time"].dt.second().to_list() == [5, 6]


@pytest.mark.parametrize(
    ("stamps", "zone"),
    [
        (["2024-01-02T03:04:05.123+00:00", "2024-07-02T03:04:05+00:00"], ("UTC", "file")),
        (["2024-01-02T03:04:05Z", "2024-07-02T03:04:05Z"], ("Asia/Shanghai", "default")),
        (["2024-01-02T03:04:05+00:00", "2024-07-02T03:04:05Z"], ("Asia/Shanghai", "default")),
        (["2024-01-02T03:04:05+01:00", "2024-07-02T03:04:05.5+02:00"], ("Europe/Berlin", "file")),
        (["2024-01-02T03:04:05+00:00", "2024-07-02T03:04:05+01:00"], ("Europe/London", "file")),
        (["2024-03-20T03:04:05-04:00", "2024-12-02T03:04:05-05:00"], ("America/New_York", "file")),
        (["2024-01-02T03:04:05+11:00", "2024-07-02T03:04:05+10:00"], ("Australia/Sydney", "file")),
        (["2024-01-02T03:04:05+05:30", "2024-07-02T03:04:05+05:30"], ("Asia/Kolkata", "file")),
        (["2024-01-02T03:04:05+08:00", "2024-07-02T03:04:05-03:00"], ("Asia/Shanghai", "default")),
    ],
)
def test_the_offsets_tell_the_zone_with_its_summer_time(stamps, zone):
    chat = read(*(message(n, "x", timestamp=stamp) for n, stamp in enumerate(stamps)))
    assert (chat.zone, chat.zone_source) == zone
    if zone[1] == "file":
        assert [t.hour for t in chat.rows["local"]] == [3, 3]


def test_damaged_records_are_told_by_number():
    chat = read(message(1, "x"), message(2, "y", timestamp="soon"), message(3, "z", author=7), message(4, "w"))
    assert chat.rows["text"].to_list() == ["x", "w"]
    assert chat.skipped == (Skipped(1, "bad_time"), Skipped(2, "bad_record"))


def test_a_file_that_is_cut_off_is_read_up_to_the_cut():
    export = {"guild": {"id": "1"}, "channel": {"id": "2"}, "messages": [message(n, f"text {n}") for n in range(30)]}
    text = json.dumps(export, indent=2)
    (chat,) = discord.read(Source("x.json", text[: len(text) - 600].encode()), zone=None)
    assert chat.rows["text"].to_list() == [f"text {n}" for n in range(chat.rows.height)]
    assert chat.rows.height >= 28
    assert [skip.reason for skip in chat.skipped] == ["bad_json"]


@pytest.mark.parametrize(
    "heading", ["AuthorID,Author,Date,Content,Attachments,Reactions", "Author,Date,Content,Attachments,Reactions"]
)
def test_the_csv(heading):
    head = "5001," if heading.startswith("AuthorID") else ""
    text = (
        heading + "\n"
        f'{head}ann,2024-01-02T03:04:05.1230000+08:00,"two\r\nlines, ""quoted""",,\n'
        f'{head}"a,b",2024-01-02T03:04:06.0000000+08:00,,https://x.test/a.png?ex=1,👍 (1)\n'
        f"{head}ann,2024-01-02T03:04:07.0000000+08:00,Joined the server.,,\n"
    )
    source = Source("群 [2].csv", text.encode())
    assert discord.recognises(source)
    (chat,) = discord.read(source, zone=None)
    assert chat.rows["text"].to_list() == ['two\nlines, "quoted"', "", "Joined the server."]
    assert chat.rows["kind"].to_list() == ["text", "image", "join"]
    assert chat.rows["line"].to_list() == [1, 3, 4]
    assert chat.rows["sender"].to_list() == (["5001"] * 3 if head else ["ann", "a,b", "ann"])
    assert chat.has_ids is False
    assert chat.format == "discord.csv"


def test_the_csv_with_the_exporters_older_dates():
    text = (
        "AuthorID,Author,Date,Content,Attachments,Reactions\n1,a,02-Jan-24 03:04 PM,x,,\n1,a,13-Jan-24 12:04 AM,x,,\n"
    )
    (chat,) = discord.read(Source("x.csv", text.encode()), zone=None)
    assert chat.rows["local"].to_list() == [datetime(2024, 1, 2, 15, 4), datetime(2024, 1, 13, 0, 4)]


def test_a_csv_whose_headings_are_damaged_is_not_taken_for_one():
    head = 'AuthorID,Author,Date,Conten"t,Attachments,Reactions\n'
    assert not discord.recognises(Source("x.csv", head.encode()))
