"""Telegram: single chats and full exports, texts that are lists, service actions, in any way of writing JSON."""

import json
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huoqun.chat.formats import telegram
from huoqun.chat.refusal import NotAChat
from huoqun.chat.source import Source

START = datetime(2024, 1, 2, 3, 4, 5)


def message(number, text, *, at=START, sender="user10001", name="Alice", offset=8, **more):
    utc = at - timedelta(hours=offset)
    return {
        "id": number,
        "type": "message",
        "date": f"{at:%Y-%m-%dT%H:%M:%S}",
        "date_unixtime": str(int((utc - datetime(1970, 1, 1)).total_seconds())),
        "from": name,
        "from_id": sender,
        **more,
        "text": text,
        "text_entities": [{"type": "plain", "text": text}] if isinstance(text, str) and text else [],
    }


def service(number, action, **more):
    made = message(number, "")
    del made["from"], made["from_id"]
    return made | {"type": "service", "actor": "Alice", "actor_id": "user10001", "action": action, **more}


def chat_of(*messages, **more):
    return {"name": "测试群", "type": "private_supergroup", "id": 1234567890, **more, "messages": list(messages)}


def read_all(value, zone=None, **style):
    style = style or {"indent": 1, "ensure_ascii": False}
    source = Source("result.json", json.dumps(value, **style).encode())
    assert telegram.recognises(source)
    return telegram.read(source, zone=zone)


def read(*messages, **style):
    (chat,) = read_all(chat_of(*messages), **style)
    return chat


STYLES = [
    {"indent": 1, "ensure_ascii": False},
    {"indent": 1},
    {"indent": None},
    {"separators": (",", ":"), "ensure_ascii": False},
    {"indent": 4, "sort_keys": True},
    {"indent": "\t"},
]


@pytest.mark.parametrize("style", STYLES, ids=str)
def test_however_the_json_is_written(style):
    chat = read(
        message(1, '早 "引号" \\ 😀\n第二行'),
        message(2, "", photo="(File not included.)", width=1),
        message(3, ["看 ", {"type": "bold", "text": "这"}, " 里"], reply_to_message_id=1),
        service(4, "invite_members", members=["Bob"]),
        message(5, '"from": "Mallory", "from_id": "user666"', name='B"o\\b', sender="user10002"),
        message(6, "from", name=None, sender="user10003"),
        **style,
    )
    rows = chat.rows
    assert rows["text"].to_list() == [
        '早 "引号" \\ 😀\n第二行',
        "",
        "看 这 里",
        "invite_members: Bob",
        '"from": "Mallory", "from_id": "user666"',
        "from",
    ]
    assert rows["sender"].to_list() == ["user10001"] * 4 + ["user10002", "user10003"]
    assert rows["name"].to_list() == ["Alice"] * 4 + ['B"o\\b', "user10003"]
    assert rows["kind"].to_list() == ["text", "image", "text", "join", "text", "text"]
    assert rows["reply_to"].to_list() == [None, None, "1", None, None, None]
    assert rows["key"].to_list() == list("123456")
    assert rows["sequence"].to_list() == [1, 2, 3, 4, 5, 6]
    assert rows["local"].to_list() == [START] * 6
    assert (chat.group, chat.group_id, chat.has_ids) == ("测试群", "1234567890", True)
    assert (chat.zone, chat.zone_source) == ("Asia/Shanghai", "file")


def test_the_zone_is_that_of_the_exporting_machine():
    (chat,) = read_all(chat_of(message(1, "x", offset=0)))
    assert (chat.zone, chat.zone_source, chat.rows["time"][0]) == ("UTC", "file", START)
    (chat,) = read_all(chat_of(message(1, "x", offset=0)), zone="Europe/Berlin")
    assert (chat.zone, chat.zone_source, chat.rows["local"][0]) == (
        "Europe/Berlin",
        "named",
        START + timedelta(hours=1),
    )


def test_an_old_export_without_moments_and_with_bare_numbers():
    old = message(1, "x") | {"from_id": 10001}
    del old["date_unixtime"], old["text_entities"]
    (chat,) = read_all(chat_of(old))
    assert (chat.zone_source, chat.rows["local"][0], chat.rows["sender"][0]) == ("default", START, "user10001")


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"media_type": "sticker", "file": "s.webp", "sticker_emoji": "😀"}, "sticker"),
        ({"media_type": "voice_message", "file": "v.ogg"}, "voice"),
        ({"media_type": "video_file", "file": "v.mp4"}, "video"),
        ({"media_type": "animation", "file": "a.mp4"}, "image"),
        ({"file": "plan.pdf", "mime_type": "application/pdf"}, "file"),
        ({"poll": {"question": "When?", "closed": False, "answers": [{"text": "now", "voters": 1}]}}, "poll"),
        ({"location_information": {"latitude": 1.5, "longitude": 2.5}}, "location"),
        ({"contact_information": {"first_name": "A", "phone_number": "1"}}, "contact"),
        ({"forwarded_from": "Bob"}, "text"),
        (
            {
                "reactions": [
                    {"type": "emoji", "recent": [{"from": "B", "from_id": "user9", "date": "2024-01-02T00:00:00"}]}
                ]
            },
            "text",
        ),
    ],
    ids=str,
)
def test_kinds(more, kind):
    rows = read(message(1, "", **more), message(2, "x")).rows
    assert rows["kind"].to_list() == [kind, "text"]
    assert rows["name"].to_list() == ["Alice", "Alice"]
    assert rows["text"].to_list() == ["When?" if kind == "poll" else "", "x"]


def test_service_actions():
    rows = read(
        message(1, "x", sender="user10002", name="Bob"),
        service(2, "create_group", title="测试群", members=["Alice", "Bob"]),
        service(3, "invite_members", members=["Bob", "Carl", None]),
        service(4, "join_group_by_link", inviter="Alice"),
        service(5, "remove_members", members=["Bob"]),
        service(6, "remove_members", members=["Alice"]),
        service(7, "edit_group_title", title="新"),
        service(8, "pin_message", message_id=1),
        service(9, "something_new"),
    ).rows
    assert rows["kind"].to_list() == (
        ["text", "system", "system", "join", "join", "join", "remove", "leave", "group_rename", "pin", "system"]
    )
    assert rows["subject"].to_list()[3:8] == ["user10002", "Carl", "user10001", "user10002", "user10001"]
    assert rows["key"].is_unique().all()
    assert rows["sender"].to_list()[1:] == ["user10001"] * 10


def test_mentions():
    text = ["hi ", {"type": "mention", "text": "@bob"}, {"type": "mention_name", "text": "Carl", "user_id": 10003}]
    made = message(1, text) | {"text_entities": [{"type": "plain", "text": "hi "}, *text[1:]]}
    rows = read(made).rows
    assert rows["mentions"].to_list() == [["bob", "user10003"]]
    assert rows["text"].to_list() == ["hi @bobCarl"]


def test_a_full_export_gives_its_groups():
    export = {
        "about": "x",
        "personal_information": {"user_id": 1},
        "chats": {
            "about": "x",
            "list": [
                chat_of(message(1, "private"), name="Bob", type="personal_chat"),
                chat_of(message(1, "甲"), name="甲", id=1),
                chat_of(name="空", id=2),
                chat_of(message(7, "乙"), message(9, "丙"), name="乙", id=3, type="private_group"),
            ],
        },
        "left_chats": {"about": "x", "list": [chat_of(message(1, "丁"), name="丁", id=4)]},
    }
    chats = read_all(export)
    assert [(c.group, c.rows["text"].to_list()) for c in chats] == [
        ("甲", ["甲"]),
        ("空", []),
        ("乙", ["乙", "丙"]),
        ("丁", ["丁"]),
    ]
    assert chats[2].rows["sequence"].to_list() == [None, None]


def test_renamed_people_are_listed_with_their_older_names():
    chat = read(message(1, "x", name="Old"), message(2, "x", name="New"))
    assert chat.members.rows() == [("user10001", "New", None, ["Old"])]


def test_damaged_records_are_told_by_number():
    chat = read(
        message(1, "x"),
        message(2, "y") | {"id": "?"},
        message(3, "z") | {"date_unixtime": "9", "date": "?"},
        message(4, "w"),
    )
    assert chat.rows["text"].to_list() == ["x", "w"]
    assert [(skip.line, skip.reason) for skip in chat.skipped] == [(1, "bad_record"), (2, "bad_time")]


def test_half_of_an_emoji_does_not_lose_the_file():
    text = json.dumps(chat_of(message(1, "a\ud83d"), message(2, "b")))
    (chat,) = telegram.read(Source("result.json", text.encode()), zone=None)
    assert chat.rows["text"].to_list() == ["a\ufffd", "b"]


def test_a_file_that_is_cut_off_is_read_up_to_the_cut():
    text = json.dumps(chat_of(*(message(n, f"text {n}") for n in range(1, 30))), indent=1)
    (chat,) = telegram.read(Source("result.json", text[:-700].encode()), zone=None)
    assert chat.rows["text"].to_list() == [f"text {n}" for n in range(1, chat.rows.height + 1)]
    assert chat.rows.height > 25
    assert [skip.reason for skip in chat.skipped] == ["bad_json"]


WORDS = st.text(st.sampled_from('abc 你好😀.,"\\\n{}[]:') | st.characters(blacklist_categories=("Cs",)), max_size=30)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS, st.booleans()), min_size=1, max_size=8), st.sampled_from(STYLES))
def test_what_was_written_is_read(messages, style):
    made = [
        message(n, [t, {"type": "bold", "text": t}] if listed else t, name=name, at=START + timedelta(seconds=n))
        for n, (name, t, listed) in enumerate(messages, 1)
    ]
    rows = read(*made, **style).rows
    assert rows["text"].to_list() == [(t * 2 if listed else t).replace("\r\n", "\n") for _, t, listed in messages]
    assert rows["name"].to_list() == [name for name, *_ in messages]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 3000), st.binary(max_size=3), st.sampled_from(STYLES))
def test_any_damage_is_read_or_refused(at, piece, style):
    made = [message(n, [f"text {n}", {"type": "bold", "text": "x"}] if n % 3 else "y") for n in range(5)]
    data = json.dumps(chat_of(*made, service(9, "invite_members", members=["B"])), **style).encode()
    broken = (data[:at] + piece + data[at + len(piece) :]).decode("utf-8", "replace").encode()
    with suppress(NotAChat):
        telegram.read(Source("result.json", broken), zone=None)
