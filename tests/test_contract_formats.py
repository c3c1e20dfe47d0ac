"""Every layout of the field guide, written by somebody who knows only the guide, comes back as it was told."""

from collections.abc import Callable
from pathlib import Path

import contract_layouts as layout
import pytest
from contract_story import DIGITS, START, WANG, Said, story

from huoqun.chat.intake import read
from huoqun.chat.message import Chat, messages, reported

IDS, NAMES = "ids", "names"
TRIM = ("strip",)
"""Layouts of lines cannot keep spaces at the ends."""

LAYOUTS: list[tuple[str, str, Callable[[list[Said]], str], str, tuple[str, ...]]] = [
    # format, file, writer, senders by, words left out
    ("chatlab", "c.json", layout.chatlab_json, IDS, ()),
    ("chatlab", "c.jsonl", layout.chatlab_jsonl, IDS, ()),
    ("weflow", "w.json", layout.weflow, IDS, ()),
    ("weflow.echotrace", "w.json", layout.echotrace, IDS, ()),
    ("weflow.arkme", "w.json", layout.arkme, IDS, ()),
    ("weflow.ciphertalk", "w.json", layout.ciphertalk, IDS, ()),
    ("wechat_csv.a", "群.csv", layout.csv_a, NAMES, ()),
    ("wechat_csv.b", "群.csv", layout.csv_b, NAMES, ()),
    ("wechat_csv.c", "群.csv", layout.csv_c, NAMES, ()),
    ("wechat_csv.d", "群.csv", layout.csv_d, IDS, ()),
    ("wechat_txt.memotrace", "群.txt", layout.memotrace_txt, NAMES, TRIM),
    ("wechat_txt.memotrace_name_first", "群.txt", layout.memotrace_txt_reversed, NAMES, TRIM),
    ("wechat_txt.weflow", "群.txt", layout.weflow_txt, NAMES, TRIM),
    ("wechat_md", "群.md", layout.weflow_md, NAMES, TRIM),
    ("wechat_sql", "群.sql", layout.weflow_sql, NAMES, ()),
    ("chatlog", "chatlog.json", layout.chatlog, IDS, ()),
    ("qq_txt", "q.txt", layout.qq_txt, IDS, TRIM),
    ("qq_txt", "q.txt", layout.qq_txt_english, IDS, TRIM),
    ("qq_exporter.json", "e.json", layout.qce_legacy, IDS, ()),
    ("qq_exporter.json", "e.json", layout.qce, IDS, ()),
    ("qq_exporter_txt", "e.txt", layout.qce_txt, NAMES, TRIM),
    ("wecom", "chatdata.jsonl", layout.wecom, NAMES, ()),
    ("telegram", "result.json", layout.telegram, "user", ()),
    ("telegram", "result.json", layout.telegram_full, "user", ()),
    ("discord", "d.json", layout.discord, IDS, ()),
    ("discord.csv", "d.csv", layout.discord_csv, IDS, ()),
    ("matrix", "m.json", layout.matrix, "matrix", ()),
    ("plain.csv", "p.csv", layout.plain_chinese, NAMES, ()),
    ("plain.csv", "p.csv", layout.plain_english, NAMES, ()),
    ("plain.json", "p.jsonl", layout.plain_jsonl, NAMES, ()),
]
ANSWERS = {"chatlab", "qq_exporter.json", "qq_exporter.chunked", "telegram", "discord", "matrix", "slack"}


def at(folder: Path, name: str, data: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def sender(said: Said, by: str) -> str:
    return {IDS: said.id, NAMES: said.who, "user": f"user{said.id}", "matrix": f"@{said.id}:x", "U": f"U{said.id}"}[by]


def assert_told(chat: Chat, told: list[Said], by: str, *, minutes: bool = False) -> None:
    """The chat says exactly what the story told, in its order, and nothing was skipped."""
    rows = messages(chat.rows)
    assert chat.skipped == ()
    assert rows["time"].dt.truncate("1s").to_list() == [s.at.replace(second=0) if minutes else s.at for s in told]
    assert rows["name"].to_list() == [s.who for s in told]
    assert rows["sender"].to_list() == [sender(s, by) for s in told]
    assert rows["text"].to_list() == [s.text for s in told]
    assert rows["kind"].unique().to_list() == ["text"]
    keys = rows["key"].to_list()
    answers = [None if key is None else keys.index(key) for key in rows["reply_to"]]
    assert answers == [s.answers if chat.format in ANSWERS else None for s in told]


@pytest.mark.parametrize(
    ("name", "file", "write", "by", "without"), LAYOUTS, ids=[w.__name__ for _, _, w, _, _ in LAYOUTS]
)
def test_a_layout_comes_back_as_it_was_told(tmp_path, name, file, write, by, without):
    told = story(without)
    chat = read([at(tmp_path, file, write(told))])
    assert chat.format == name
    assert_told(chat, told, by)


def test_tables_of_minutes_and_the_copy_from_the_window_keep_the_minute(tmp_path):
    told = story(TRIM)
    assert_told(read([at(tmp_path, "群.csv", layout.csv_b_excel(told))]), told, NAMES, minutes=True)
    assert_told(read([at(tmp_path, "群.txt", layout.wechat_copy(told))]), told, NAMES, minutes=True)


def test_bundles_come_back_as_they_were_told(tmp_path):
    told = story()
    for name, text in layout.qce_chunks(told).items():
        at(tmp_path / "x_chunked_jsonl", name, text)
    assert_told(read([tmp_path / "x_chunked_jsonl"]), told, IDS)
    packed = at(tmp_path, "x.zip", layout.zipped(layout.qce_chunks(told, "x_chunked_jsonl/")))
    assert_told(read([packed]), told, IDS)
    assert_told(read([at(tmp_path, "s.zip", layout.slack(told))]), told, "U")


def test_qq_text_of_other_encodings_comes_back(tmp_path):
    told = story(("strip", "👩"), people=(DIGITS, WANG))
    windows = layout.qq_txt(told).replace("\n", "\r\n")
    for encoding in ("gb18030", "utf-16", "utf-8-sig"):
        assert_told(read([at(tmp_path, f"{encoding}.txt", windows.encode(encoding))]), told, IDS)


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
@pytest.mark.parametrize("locale", layout.WHATSAPP)
def test_whatsapp_of_every_phone_comes_back_as_it_was_told(tmp_path, locale, end):
    form, ios = layout.WHATSAPP[locale]
    told = story(("strip", "null"))  # "null" is what Android writes for what may be seen once
    path = at(tmp_path, "WhatsApp Chat with G.txt", layout.whatsapp(told, form, ios=ios, end=end))
    chat = read([path])
    assert (chat.format, chat.group, chat.notes) == ("whatsapp", "G", ())
    assert_told(chat, told, NAMES, minutes=not ios)


def test_whatsapp_events_about_a_name_with_a_colon_are_events(tmp_path):
    lines = [
        'Alice created group "Fam: the best"',
        "Alice added Bob: x",
        "Bob: x: hi",
        "Bob: x: I left",
        "Alice: You added Bob: x",
        "Bob: x left",
        "Alice removed Bob: x",
    ]
    text = "".join(f"1/{13 + i}/24, 9:00 AM - {line}\n" for i, line in enumerate(lines))
    rows = read([at(tmp_path, "WhatsApp Chat with Fam.txt", text)]).rows
    assert rows["kind"].to_list() == ["system", "join", "text", "text", "text", "leave", "remove"]
    assert rows["sender"].to_list() == ["Alice", "Alice", "Bob: x", "Bob: x", "Alice", None, "Alice"]
    assert rows["subject"].to_list() == [None, "Bob: x", None, None, None, "Bob: x", "Bob: x"]


@pytest.mark.parametrize(
    ("created", "date"),
    [
        ('Ana creó el grupo "G: 1"', "{}/1/24, 9:00 p. m."),
        ("Ana hat die Gruppe „G: 1“ erstellt.", "{}.01.24, 21:00"),
        ('Ana criou o grupo "G: 1"', "{}/01/2024 21:00"),
    ],
)
def test_whoever_founded_a_whatsapp_group_is_its_owner_in_every_language(tmp_path, created, date):
    text = f"{date.format(13)} - {created}\n" + "".join(f"{date.format(14 + i)} - Luis: x{i}\n" for i in range(3))
    chat = read([at(tmp_path, "_chat.txt", text)])
    assert (chat.owner, chat.group) == ("Ana", "G: 1")


def test_what_discord_and_telegram_report_is_never_a_message(tmp_path):
    told = story()
    call = layout.discord(told).replace('"type": "Default"', '"type": "Call"', 1)
    rows = read([at(tmp_path, "d.json", call)]).rows
    assert (messages(rows).height, reported(rows)) == (59, 1)
    row = '"id": 10,\n   "type": "message"'
    service = layout.telegram(told).replace(row, '"action": "phone_call", ' + row.replace("message", "service"))
    rows = read([at(tmp_path, "result.json", service)]).rows
    assert (messages(rows).height, reported(rows)) == (59, 1)


def test_one_line_that_lets_several_in_is_one_event(tmp_path):
    text = "".join(
        f"1/{13 + i}/24, 9:00 AM - {line}\n" for i, line in enumerate(["A added B, C and D", "B: hi", "C left"])
    )
    rows = read([at(tmp_path, "WhatsApp Chat with G.txt", text)]).rows
    assert rows["subject"].to_list() == ["B", "C", "D", None, "C"]
    assert (messages(rows).height, reported(rows)) == (1, 2)


def test_an_office_is_nobody(tmp_path):
    told = [Said(START, WANG, "hi")]
    notice = "2024-01-03 08:00:00 系统消息(10000)\n小李(10009) 被管理员移出本群\n\n"
    chat = read([at(tmp_path, "q.txt", layout.qq_txt(told) + notice)])
    assert chat.rows.select("kind", "sender", "subject").row(1) == ("remove", None, "10009")
    assert chat.members["name"].to_list() == [WANG]


def test_a_message_without_a_name_does_not_take_the_name_away(tmp_path):
    text = layout.qce(story())
    at_last = text.rindex('"name"')
    text = text[:at_last] + text[at_last:].replace('"name": "', '"name": "", "was": "').replace(
        '"nickname": "', '"x": "'
    )
    chat = read([at(tmp_path, "e.json", text)])
    assert_told(chat, story(), IDS)
