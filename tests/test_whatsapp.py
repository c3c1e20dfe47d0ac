"""WhatsApp: every phone's way of writing the date, what the app says itself, names and texts that try to deceive."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huoqun.chat.formats import whatsapp
from huoqun.chat.message import Skipped
from huoqun.chat.source import Source

MARK = "\u200e"


def read(text, name="WhatsApp Chat with 测试群.txt", zone=None):
    source = Source(name, text.encode())
    assert whatsapp.recognises(source)
    (chat,) = whatsapp.read(source, zone=zone)
    return chat


def said(text):
    return [(r["name"], r["text"]) for r in read(text).rows.iter_rows(named=True)]


@pytest.mark.parametrize(
    ("head", "wall"),
    [
        ("12/31/23, 11:59 PM - ", (2023, 12, 31, 23, 59)),
        ("12/31/23, 11:59\u202fPM - ", (2023, 12, 31, 23, 59)),
        ("31/12/2023, 23:59 - ", (2023, 12, 31, 23, 59)),
        ("31/12/23, 11:59 p. m. - ", (2023, 12, 31, 23, 59)),
        ("31/12/23, 11:59 p.\u00a0m. - ", (2023, 12, 31, 23, 59)),
        ("31/12/2023 23:59 - ", (2023, 12, 31, 23, 59)),
        ("31/12/2023 à 23:59 - ", (2023, 12, 31, 23, 59)),
        ("31.12.23, 23:59 - ", (2023, 12, 31, 23, 59)),
        ("31.12.2023 klo 23.59 - ", (2023, 12, 31, 23, 59)),
        ("31.12.2023 г., 23:59 ч. - ", (2023, 12, 31, 23, 59)),
        ("31-12-2023 23:59 - ", (2023, 12, 31, 23, 59)),
        ("2023-12-31 23:59 - ", (2023, 12, 31, 23, 59)),
        ("2023/12/31 23:59 - ", (2023, 12, 31, 23, 59)),
        ("2023/12/31, 23:59 - ", (2023, 12, 31, 23, 59)),
        ("2023/12/31 下午11:59 - ", (2023, 12, 31, 23, 59)),
        ("2023/12/31 上午12:01 - ", (2023, 12, 31, 0, 1)),
        ("2023/12/31 中午12:01 - ", (2023, 12, 31, 12, 1)),
        ("2023/12/31 晚上11:59 - ", (2023, 12, 31, 23, 59)),
        ("2023/12/31 凌晨1:05 - ", (2023, 12, 31, 1, 5)),
        ("2023. 12. 31. 오후 11:59 - ", (2023, 12, 31, 23, 59)),
        ("31/12/2566 23:59 - ", (2023, 12, 31, 23, 59)),
        ("12/31/23, 12:05 AM - ", (2023, 12, 31, 0, 5)),
        ("12/31/23, 12:05 pm - ", (2023, 12, 31, 12, 5)),
        ("[31/12/2023, 23:59:59] ", (2023, 12, 31, 23, 59, 59)),
        ("[12/31/23, 11:59:59\u202fPM] ", (2023, 12, 31, 23, 59, 59)),
        ("\u200e[12/31/23, 11:59:59 PM] ", (2023, 12, 31, 23, 59, 59)),
        ("[31.12.23, 23:59:59] ", (2023, 12, 31, 23, 59, 59)),
        ("[2023/12/31 下午11:59:59] ", (2023, 12, 31, 23, 59, 59)),
        ("[2023/12/31 23:59:59] ", (2023, 12, 31, 23, 59, 59)),
        ("[31-12-2023 23:59:59] ", (2023, 12, 31, 23, 59, 59)),
    ],
)
def test_every_style_of_date(head, wall):
    rows = read(f"{head}Alice: hi\n{head}Bob: ho\n").rows
    assert rows["local"].to_list() == [datetime(*wall)] * 2
    assert rows["name"].to_list() == ["Alice", "Bob"]


def test_day_first_is_decided_over_the_whole_file():
    days = read("3/4/24, 10:00 - A: x\n4/4/24, 10:00 - A: x\n13/4/24, 10:00 - A: x\n")
    assert [t.day for t in days.rows["local"]] == [3, 4, 13]
    months = read("3/4/24, 10:00 - A: x\n3/5/24, 10:00 - A: x\n3/13/24, 10:00 - A: x\n")
    assert [(t.month, t.day) for t in months.rows["local"]] == [(3, 4), (3, 5), (3, 13)]
    assert days.notes == months.notes == ()


def test_monotony_decides_where_no_part_is_above_twelve():
    chat = read("10/1/24, 10:00 - A: x\n11/1/24, 10:00 - A: x\n1/2/24, 10:00 - A: x\n")
    assert [(t.month, t.day) for t in chat.rows["local"]] == [(1, 10), (1, 11), (2, 1)]
    assert chat.notes == ()


def test_what_stays_ambiguous_is_told():
    chat = read("3/4/24, 10:00 - A: x\n3/4/24, 11:00 - A: x\n")
    assert [(t.month, t.day) for t in chat.rows["local"]] == [(4, 3), (4, 3)]
    assert chat.notes == ("date_order_ambiguous",)
    american = read("3/4/24, 10:00 AM - A: x\n3/4/24, 11:00 PM - A: x\n")
    assert [(t.month, t.day) for t in american.rows["local"]] == [(3, 4), (3, 4)]
    assert american.notes == ("date_order_ambiguous",)


def test_year_first_with_two_digits():
    chat = read("23/12/31, 10:00 - A: x\n24/01/01, 10:00 - A: x\n24/01/02, 10:00 - A: x\n")
    assert [t.date().isoformat() for t in chat.rows["local"]] == ["2023-12-31", "2024-01-01", "2024-01-02"]


def test_one_damaged_date_does_not_turn_the_order():
    lines = [f"{day}/3/24, 10:00 - A: x\n" for day in range(1, 29)]
    lines[5] = "14/33/24, 10:00 - A: x\n"
    chat = read("".join(lines))
    assert chat.rows["local"].dt.month().unique().to_list() == [3]
    assert chat.skipped == (Skipped(5, "bad_time"),)


def test_texts_of_several_lines_keep_what_looks_like_a_head():
    text = (
        "12/31/23, 11:58 PM - Alice: look\n"
        "[31/12/2023, 10:00:00] Bob: pasted from an iPhone\n"
        "2023-12-31 10:00:00 Bob(10001)\n"
        "12/31/23 no head\n"
        "\n"
        "- Bob: list\n"
        "12/31/23, 11:59 PM - Bob: ok\n"
    )
    rows = read(text).rows
    assert rows["name"].to_list() == ["Alice", "Bob"]
    assert rows["text"][0].count("\n") == 5
    assert rows["line"].to_list() == [0, 6]


def test_a_piece_of_an_older_chat_pasted_in_belongs_to_its_message():
    text = (
        "12/31/23, 11:58 PM - Alice: he wrote\n"
        "11/2/23, 9:00 AM - Bob: old one\n"
        "11/2/23, 9:01 AM - Carol: old two\n"
        "12/31/23, 11:59 PM - Bob: ok\n"
    )
    chat = read(text)
    assert chat.rows["name"].to_list() == ["Alice", "Bob"]
    assert "Carol: old two" in chat.rows["text"][0]
    assert chat.notes == ("pasted_headers",)


def test_names_that_hold_a_colon():
    text = (
        "12/31/23, 11:57 PM - Bob: the builder: hello: you\n"
        "12/31/23, 11:58 PM - Alice: well: yes\n"
        "12/31/23, 11:58 PM - Alice: no\n"
        "12/31/23, 11:59 PM - Bob: the builder: again\n"
        "12/31/23, 11:59 PM - Bob: the builder: \n"
        "12/31/23, 11:59 PM - Bob: the builder left\n"
    )
    assert said(text) == [
        ("Bob: the builder", "hello: you"),
        ("Alice", "well: yes"),
        ("Alice", "no"),
        ("Bob: the builder", "again"),
        ("Bob: the builder", ""),
        (None, "Bob: the builder left"),
    ]
    events = read(text).rows.filter(kind="leave")
    assert events["subject"].to_list() == ["Bob: the builder"]


def test_a_name_with_a_colon_that_speaks_once_is_known_by_a_mention():
    text = "12/31/23, 11:58 PM - A: @\u2068Bob: boss\u2069 hi\n12/31/23, 11:59 PM - Bob: boss: yes: I\n"
    assert said(text) == [("A", "@\u2068Bob: boss\u2069 hi"), ("Bob: boss", "yes: I")]
    assert read(text).rows["mentions"].to_list() == [["Bob: boss"], []]


@pytest.mark.parametrize(
    "name",
    ["张三😀", "~\u202fAlice", "‪+86 138 1234 5678‬", "A - B", "[admin] x", "10:30", "12/31/23", '"', "a]b", "العربية"],
)
def test_hostile_names(name):
    clean = name.removeprefix("~\u202f").strip("\u202a\u202c")
    assert said(f"[31/12/2023, 23:59:59] {name}: hi\n[31/12/2023, 23:59:59] {name}: 2\n") == [
        (clean, "hi"),
        (clean, "2"),
    ]


SYSTEM = [
    ("Messages and calls are end-to-end encrypted. No one outside can read them.", "system", None, None),
    ('Alice created group "Fun: friends"', "system", "Alice", None),
    ("Alice added Bob", "join", "Alice", "Bob"),
    ("Bob joined using this group's invite link", "join", None, "Bob"),
    ("Bob was added", "join", None, "Bob"),
    ("Bob left", "leave", None, "Bob"),
    ("Alice removed Bob", "remove", "Alice", "Bob"),
    ('Alice changed the subject from "Fun: friends" to "News: today"', "group_rename", "Alice", None),
    ("Alice changed the subject to “Bob left”", "group_rename", "Alice", None),
    ("Alice pinned a message", "pin", "Alice", None),
    ("+86 138 0000 0001 changed to +86 139 0000 0002", "rename", "+86 138 0000 0001", "+86 138 0000 0001"),
    ("Alice changed this group's icon", "system", None, None),
    ("张三添加了李四", "join", "张三", "李四"),
    ("李四 已使用此群组的邀请链接加入", "join", None, "李四"),
    ("李四 离开了", "leave", None, "李四"),
    ("李四 退出了群组", "leave", None, "李四"),
    ("张三 移除了 李四", "remove", "张三", "李四"),
    ("張三已將李四移除", "remove", "張三", "李四"),
    ("张三将群组主题从“旧: 名”改为“新: 名”", "group_rename", "张三", None),
    ("Ana añadió a Beto", "join", "Ana", "Beto"),
    ("Beto salió del grupo", "leave", None, "Beto"),
    ("Anna hat Bernd hinzugefügt", "join", "Anna", "Bernd"),
    ("Bernd hat die Gruppe verlassen", "leave", None, "Bernd"),
    ("Ana adicionou Beto", "join", "Ana", "Beto"),
    ("Анна добавила Бориса", "join", "Анна", "Бориса"),
]


@pytest.mark.parametrize(("line", "kind", "sender", "subject"), SYSTEM, ids=[line[:30] for line, *_ in SYSTEM])
def test_system_lines_become_events(line, kind, sender, subject):
    rows = read(f"12/31/23, 11:58 PM - {line}\n12/31/23, 11:59 PM - Eve: hi\n").rows
    event = rows.row(0, named=True)
    assert (event["kind"], event["sender"], event["subject"]) == (kind, sender, subject)
    assert event["text"] == line
    assert rows["name"].to_list()[1] == "Eve"


def test_the_same_lines_under_a_name_on_an_iphone_are_events_too():
    text = (
        f"[31/12/2023, 23:58:00] 群: {MARK}Messages and calls are end-to-end encrypted.\n"
        f"[31/12/2023, 23:58:01] Alice: {MARK}Alice added Bob\n"
        "[31/12/2023, 23:58:02] Alice: Alice left\n"
    )
    rows = read(text).rows
    assert rows["kind"].to_list() == ["system", "join", "text"]


def test_several_are_let_in_by_one_line_but_a_name_with_and_is_one_person():
    text = "12/31/23, 11:58 PM - Eve added Ann, Bob and Carl\n12/31/23, 11:58 PM - Eve added Tom and Jerry\n"
    rows = read(text + "12/31/23, 11:59 PM - Tom and Jerry: hi\n").rows
    assert rows["subject"].to_list() == ["Ann", "Bob", "Carl", "Tom and Jerry", None]


SAID = [
    ("<Media omitted>", "other", ""),
    (f"{MARK}image omitted", "image", ""),
    ("image omitted", "image", ""),
    (f"{MARK}video omitted", "video", ""),
    (f"{MARK}audio omitted", "voice", ""),
    (f"{MARK}sticker omitted", "sticker", ""),
    (f"plan.pdf • {MARK}3 pages {MARK}document omitted", "file", ""),
    ("<省略多媒体文件>", "other", ""),
    (f"{MARK}图片已忽略", "image", ""),
    (f"{MARK}语音已省略", "voice", ""),
    ("<Multimedia omitido>", "other", ""),
    ("<Medien ausgeschlossen>", "other", ""),
    (f"{MARK}imagem ocultada", "image", ""),
    ("IMG-20231231-WA0001.jpg (file attached)", "image", ""),
    (f"{MARK}PTT-20231231-WA0001.opus (file attached)", "voice", ""),
    ("report v2.pdf (file attached)\nplease read", "file", "please read"),
    (f"{MARK}<attached: 00000012-PHOTO-2023-12-31-23-59-59.jpg>", "image", ""),
    ("Ann.vcf (file attached)", "contact", ""),
    ("IMG-20231231-WA0002.jpg (文件附件)", "image", ""),
    ("This message was deleted", "recall", "This message was deleted"),
    ("此消息已删除", "recall", "此消息已删除"),
    ("Missed voice call", "call", ""),
    ("location: https://maps.google.com/?q=1,2", "location", "location: https://maps.google.com/?q=1,2"),
    ("POLL:\nWhen?\nOPTION: now (1 vote)", "poll", "POLL:\nWhen?\nOPTION: now (1 vote)"),
    (f"hello {MARK}<This message was edited>", "text", "hello"),
    ("I omitted the image omitted by you, sorry", "text", "I omitted the image omitted by you, sorry"),
    ("<b>not media</b>", "text", "<b>not media</b>"),
]


@pytest.mark.parametrize(("written", "kind", "text"), SAID, ids=[written[:25] for written, *_ in SAID])
def test_the_apps_own_words_tell_the_kind(written, kind, text):
    row = read(f"[31/12/2023, 23:59:59] Ann: {written}\n[31/12/2023, 23:59:59] Bob: x\n").rows.row(0, named=True)
    assert (row["kind"], row["text"], row["name"]) == (kind, text, "Ann")


def test_line_ends_of_windows_and_a_missing_last_one():
    assert said("31/12/2023, 23:59 - A: x\r\ny\r\n31/12/2023, 23:59 - B: z") == [("A", "x\ny"), ("B", "z")]


def test_lines_above_the_first_head_and_heads_without_a_real_time_are_told():
    chat = read("garbage\n31/12/2023, 23:58 - A: x\n31/12/2023, 25:61 - A: y\n31/12/2023, 23:59 - A: z\n")
    assert chat.skipped == (Skipped(0, "no_header"), Skipped(2, "bad_time"))
    assert chat.rows["text"].to_list() == ["x", "z"]


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("WhatsApp Chat with 测试群.txt", "测试群"),
        ("WhatsApp Chat - Fun: friends.zip/_chat.txt", "Fun: friends"),
        ("与测试群的 WhatsApp 聊天记录.txt", "测试群"),
        ("WhatsApp-Chat mit Freunde.txt", "Freunde"),
        ("_chat.txt", "News"),
        ("export.txt", "News"),
    ],
)
def test_the_groups_name(name, group):
    text = '31/12/2023, 23:58 - A changed the subject to "News"\n31/12/2023, 23:59 - A: z\n'
    assert read(text, name).group == group


def test_the_founder_is_the_owner_unless_it_is_the_phones_owner():
    assert read('31/12/2023, 23:58 - Ann created group "x"\n31/12/2023, 23:59 - A: z\n').owner == "Ann"
    assert read('31/12/2023, 23:58 - You created group "x"\n31/12/2023, 23:59 - A: z\n').owner is None


def test_the_operators_zone():
    chat = read("31/12/2023, 23:59 - A: z\n", zone="Europe/Berlin")
    assert chat.rows["time"].to_list() == [datetime(2023, 12, 31, 22, 59)]
    assert (chat.zone, chat.zone_source) == ("Europe/Berlin", "named")


LETTERS = st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp", "Cf", "Zs"), blacklist_characters=":~")
NAMES = st.text(LETTERS, min_size=1, max_size=12)
WORDS = (
    st.text(st.sampled_from("abc 你好😀.,-[]<>:\n12"), min_size=1, max_size=40)
    .map(str.strip)
    .filter(lambda text: text and ": " not in text)
)
PIECES = ["12/3/24, 10:00 - ", "[1/2/24, 9:00:00] ", "99/99/99, 99:99 - ", "A: ", "@\u2068b: c\u2069", "\n"]
HEADS = ["{0:%d/%m/%Y, %H:%M} - ", "[{0:%Y/%m/%d} {0:%H:%M:%S}] ", "{0.month}/{0.day}/{0:%y}, {0:%I:%M %p} - "]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), NAMES, WORDS), min_size=1, max_size=12), st.sampled_from(HEADS))
def test_what_was_written_is_read(messages, head):
    start = datetime(2023, 11, 14, 22, 14)
    times = [start + timedelta(minutes=minute) for minute in sorted(minute for minute, *_ in messages)]
    lines = [head.format(t) + f"{name}: {text}\n" for t, (_, name, text) in zip(times, messages, strict=True)]
    chat = read("".join(lines))
    assert chat.rows["name"].to_list() == [name for _, name, _ in messages]
    assert chat.rows["text"].to_list() == [text for *_, text in messages]
    assert chat.rows["local"].to_list() == times or chat.notes == ("date_order_ambiguous",)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=30))
def test_any_text_is_read_without_a_fault(pieces):
    whatsapp.read(Source("x.txt", "".join(pieces).encode("utf-8", "replace")), zone=None)
