"""An operator drops an export of a network for work: Slack, Matrix, WeCom."""

import json

import polars as pl
import pytest

from huoqun.chat.message import Chat
from huoqun.chat.recognise import read_source
from huoqun.chat.refusal import NotAChat
from huoqun.chat.source import Source


def read(text: str, name: str = "x.json") -> Chat:
    (chat,) = read_source(Source(name, text.encode()))
    return chat


def said(chat: Chat) -> list[tuple[str | None, str, str]]:
    return chat.rows.with_columns(pl.col("kind").cast(pl.String)).select("sender", "kind", "text").rows()


def slack() -> Source:
    day = [
        {"type": "message", "user": "U2", "text": "<@U2> has joined", "ts": "1704164640.000100",
         "subtype": "channel_join"},
        {"type": "message", "user": "U1", "text": "hi <@U2>, <https://x.org|this> in <#C1|> &amp; <!here>",
         "ts": "1704164645.000100", "thread_ts": "1704164645.000100", "reactions": [{"name": "+1"}]},
        {"type": "message", "user": "U2", "text": "re", "ts": "1704164646.000200", "thread_ts": "1704164645.000100"},
        {"type": "message", "subtype": "bot_message", "bot_id": "B1", "username": "ci", "text": "built",
         "ts": "1704164650.000100"},
        {"type": "message", "user": "U1", "text": "", "files": [{"mimetype": "image/png"}], "ts": "1704164651.000100"},
        {"type": "message", "user": "U1", "text": "?", "ts": "soon"},
    ]  # fmt: skip
    files = {
        "e/channels.json": [{"id": "C1", "name": "general", "creator": "U1", "members": ["U1", "U2"]}],
        "e/general/2024-01-02.json": day,
        "e/random/2024-01-02.json": [{"type": "message", "user": "U9", "text": "x", "ts": "1704164640.000100"}],
        "e/users.json": [
            {"id": "U1", "name": "ann", "tz": "Europe/Berlin", "profile": {"display_name": "Ann"}},
            {"id": "U2", "name": "bob", "tz": "Europe/Berlin", "profile": {"display_name": "", "real_name": "Bob B"}},
        ],
    }
    return Source("e.zip", b"", tuple(Source(name, json.dumps(content).encode()) for name, content in files.items()))


def test_slack_names_threads_joins_and_bots():
    general, random = read_source(slack())
    assert (general.group, general.group_id, general.owner) == ("general", "C1", "U1")
    assert (general.zone, general.zone_source) == ("Europe/Berlin", "file")
    assert said(general) == [
        (None, "join", "@Bob B has joined"),
        ("U1", "text", "hi @Bob B, this (https://x.org) in #general & @here"),
        ("U2", "text", "re"),
        ("B1", "text", "built"),
        ("U1", "image", ""),
    ]
    assert general.rows["subject"].to_list()[0] == "U2"
    assert general.rows["reply_to"].to_list() == [None, None, "1704164645.000100", None, None]
    assert general.rows["bot"].to_list() == [False, False, False, True, False]
    assert general.rows["mentions"].to_list()[1] == ["U2"]
    assert str(general.rows["time"][2]) == "2024-01-02 03:04:06.000200"
    assert general.members.select("id", "name", "role").rows() == [("U1", "Ann", "owner"), ("U2", "Bob B", None)]
    assert [(s.line, s.reason) for s in general.skipped] == [(5, "bad_time")]
    assert random.rows["sender"].to_list() == ["U9"]


def test_slack_channel_with_a_damaged_day_keeps_the_others():
    parts = slack().parts
    more = (*parts, Source("e/general/2024-01-03.json", b'[{"type": "mess'))
    general = next(c for c in read_source(Source("e.zip", b"", more)) if c.group == "general")
    assert general.rows.height == 5
    assert ("bad_json") in [s.reason for s in general.skipped]


def event(number: int, kind: str, sender: str, content: dict[str, object], **more: object) -> dict[str, object]:
    return {
        "type": kind,
        "sender": f"@{sender}:x.org",
        "event_id": f"${number}",
        "origin_server_ts": 1704164640000 + number * 1000,
        "content": content,
        **more,
    }


def matrix_events() -> list[dict[str, object]]:
    text = {"msgtype": "m.text"}
    bob = {"state_key": "@bob:x.org"}
    was = {"unsigned": {"prev_content": {"membership": "join", "displayname": "Bob"}}}
    return [
        event(0, "m.room.member", "bob", {"membership": "join", "displayname": "Bob"}, **bob),
        event(1, "m.room.message", "ann", text | {"body": "hi", "m.mentions": {"user_ids": ["@bob:x.org"]}}),
        event(2, "m.room.message", "bob", text | {
            "body": "> <@ann:x.org> hi\n\nhello", "m.relates_to": {"m.in_reply_to": {"event_id": "$1"}}}),
        event(3, "m.room.message", "ann", text | {
            "body": "* hi all", "m.new_content": {"body": "hi all"},
            "m.relates_to": {"rel_type": "m.replace", "event_id": "$1"}}),
        event(4, "m.room.message", "bob", text | {
            "body": "* evil", "m.new_content": {"body": "evil"},
            "m.relates_to": {"rel_type": "m.replace", "event_id": "$1"}}),
        event(5, "m.reaction", "bob", {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$1", "key": "+"}}),
        event(6, "m.room.member", "bob", {"membership": "join", "displayname": "Bobby"}, **bob, **was),
        event(7, "m.room.message", "bob", {"msgtype": "m.image", "body": "x.png"}),
        event(8, "m.room.message", "bob", {}, unsigned={"redacted_because": {}}),
        event(9, "m.room.member", "ann", {"membership": "ban"}, **bob),
    ]  # fmt: skip


def test_matrix_edits_replies_renames_and_bans():
    chat = read(json.dumps({"room_name": "Garden", "room_creator": "@ann:x.org", "messages": matrix_events()}))
    assert (chat.group, chat.owner, chat.has_ids) == ("Garden", "@ann:x.org", True)
    assert [(k, t) for _, k, t in said(chat)] == [
        ("join", ""), ("text", "hi all"), ("text", "hello"), ("rename", ""), ("image", ""), ("recall", ""),
        ("remove", ""),
    ]  # fmt: skip
    assert chat.rows["reply_to"].to_list()[2] == "$1"
    assert chat.rows["mentions"].to_list()[1] == ["@bob:x.org"]
    assert chat.rows["name"].to_list() == ["Bob", "@ann:x.org", "Bob", "Bobby", "Bobby", "Bobby", "@ann:x.org"]
    assert chat.rows["subject"].to_list()[-1] == "@bob:x.org"


def test_matrix_api_gives_the_newest_first_and_is_turned_round():
    events = matrix_events()
    same = [e | {"origin_server_ts": 1704164640000} for e in events[:3]]
    chat = read(json.dumps({"chunk": [*reversed(events[3:]), *reversed(same)], "start": "a"}))
    assert chat.rows["key"].to_list()[:3] == ["$0", "$1", "$2"]


def test_somebody_elses_edit_changes_nothing():
    chat = read(json.dumps(matrix_events()))
    assert "evil" not in chat.rows["text"]


def test_wecom_archive_of_several_rooms():
    def line(number: int, **more: object) -> str:
        base = {"msgid": str(number), "action": "send", "from": "zhang", "tolist": ["li"], "roomid": "wrA"}
        return json.dumps(base | {"msgtime": 1704164640000 + number * 1000} | more, ensure_ascii=False)

    lines = [
        line(0, msgtype="text", text={"content": "大家好"}),
        line(1, action="recall", msgtype="revoke", revoke={"pre_msgid": "0"}),
        json.dumps({"msgid": "2", "action": "switch", "time": 1704164646000, "user": "zhang"}),
        "{broken",
        line(4, **{"from": "wb1"}, msgtype="mixed", mixed={"item": [{"type": "text", "content": '{"content":"hi"}'}]}),
        line(5, **{"from": "wmX"}, msgtype="link", link={"title": "活动"}),
        line(6, roomid="", msgtype="text", text={"content": "private"}),
        line(7, roomid="wrB", msgtype="vote", vote={"votetitle": "哪天？"}),
    ]
    a, b = read_source(Source("chat.jsonl", "\n".join(lines).encode()))
    assert (a.group_id, b.group_id) == ("wrA", "wrB")
    assert said(a) == [
        ("zhang", "text", "大家好"),
        (None, "recall", ""),
        ("wb1", "text", "hi"),
        ("wmX", "link", "活动"),
    ]
    assert a.rows["bot"].to_list() == [False, False, True, False]
    assert a.rows["line"].to_list() == [0, 1, 4, 5]
    assert [(s.line, s.reason) for s in a.skipped] == [(3, "bad_json")]
    assert a.notes == ("private_messages_ignored",)
    assert said(b) == [("zhang", "poll", "哪天？")]
    array = read_source(Source("x.json", ("[" + ",".join(x for x in lines if x[1] != "b") + "]").encode()))
    assert [c.rows.height for c in array] == [4, 1]


def test_wecom_still_encrypted_is_refused_with_the_reason():
    line = {"seq": 1, "msgid": "1", "publickey_ver": 1, "encrypt_random_key": "x", "encrypt_chat_msg": "y"}
    with pytest.raises(NotAChat, match="encrypted"):
        read(json.dumps(line), "chat.jsonl")
