"""WeChat CSV: four layouts, cells of JSON and XML, quotes, what Excel does to a file, and damage told by line."""

import csv
import io
import json
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huoqun.chat.formats import wechat_csv
from huoqun.chat.source import Source

HEADINGS = {
    "a": "id,MsgSvrID,type_name,is_sender,talker,room_name,content,CreateTime",
    "b": "id,MsgSvrID,type_name,is_sender,talker,room_name,msg,src,CreateTime",
    "c": "id,MsgSvrID,type_name,is_sender,talker,msg,src,CreateTime",
    "d": "localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender",
}
TYPES = {"文本": 1, "图片": 3, "系统通知": 10000}
START = datetime(2024, 1, 2, 3, 4, 5)


def line(layout, number, text, *, sender="wxid_a", kind="文本", own="0", at=START, room="9@chatroom"):
    key, stamp = str(7_000_000_000_000_000_000 + number), f"{at:%Y-%m-%d %H:%M:%S}"
    utc = at - timedelta(hours=8)
    epoch = str(int((utc - datetime(1970, 1, 1)).total_seconds()))
    cells = {
        "a": [number, key, kind, own, sender, room, json.dumps({"src": "", "msg": text}, ensure_ascii=False), stamp],
        "b": [number, key, kind, own, sender, room, text, "", stamp],
        "c": [number, key, kind, own, sender, text, "", f"{utc:%Y-%m-%dT%H:%M:%S}.000Z"],
        "d": [
            number,
            217,
            {"文本": 1, "图片": 3, "系统通知": 10000}[kind],
            0,
            own,
            epoch,
            "",
            text,
            stamp,
            "",
            sender,
            sender,
        ],
    }
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells[layout])
    return out.getvalue()


def read(layout, *lines):
    source = Source("技术群.csv", (HEADINGS[layout] + "\n" + "".join(lines)).encode())
    assert wechat_csv.recognises(source)
    (chat,) = wechat_csv.read(source, zone=None)
    return chat


@pytest.mark.parametrize("layout", HEADINGS)
def test_a_row_of_every_layout(layout):
    chat = read(layout, line(layout, 1, '多行\n"引号", 逗号'), line(layout, 2, "hi", sender="wxid_b"))
    assert chat.format == f"wechat_csv.{layout}"
    assert chat.group == "技术群"
    assert chat.rows["text"].to_list() == ['多行\n"引号", 逗号', "hi"]
    assert chat.rows["sender"].to_list() == ["wxid_a", "wxid_b"]
    assert chat.rows["local"].to_list() == [START, START]
    assert chat.rows["line"].to_list() == [1, 2 if layout == "a" else 3]
    assert chat.rows["key"].to_list() == (
        [None] * 2 if layout == "d" else ["7000000000000000001", "7000000000000000002"]
    )
    assert chat.group_id == ("9@chatroom" if layout in "ab" else None)


@pytest.mark.parametrize(
    ("stamp", "wall"),
    [
        ("2024/10/4 11:42", datetime(2024, 10, 4, 11, 42)),
        ("2024/10/4 11:42:07", datetime(2024, 10, 4, 11, 42, 7)),
        ("2024-10-04 11:42", datetime(2024, 10, 4, 11, 42)),
        ("10/4/2024 11:42", datetime(2024, 4, 10, 11, 42)),
    ],
)
def test_times_that_went_through_excel(stamp, wall):
    chat = read("b", f"1,7E+18,文本,0,wxid_a,9@chatroom,早,,{stamp}\n")
    assert chat.rows["local"].to_list() == [wall]
    assert chat.rows["key"].to_list() == [None]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_quoted_heading_and_line_ends(end):
    heading = ",".join(f'"{cell}"' for cell in HEADINGS["b"].split(","))
    body = heading + end + f'1,9,文本,0,wxid_a,9@chatroom,"a{end}b",,2024-01-02 03:04:05{end}{end}'
    source = Source("x.csv", body.encode())
    assert wechat_csv.recognises(source)
    rows = wechat_csv.read(source, zone=None)[0].rows
    assert rows["text"].to_list() == ["a\nb"]


def test_own_messages():
    chat = read("a", line("a", 1, "早", sender="我", own="1"), line("a", 2, "早", sender="wxid_me", own="1"))
    assert chat.rows["sender"].to_list() == ["我", "wxid_me"]
    assert chat.notes == ("own_name_unknown",)
    assert read("b", line("b", 2, "早", sender="wxid_me", own="1")).notes == ()


def test_a_quote_is_cut_off_and_leads_to_what_it_quotes():
    asked = line("b", 1, "几点出发？", at=START)
    other = line("b", 2, "别的", sender="wxid_c", at=START)
    answer = line(
        "b", 3, "三点\n\n[引用](2024-01-02 03:04:05)小明:几点出发？", sender="wxid_b", at=START + timedelta(minutes=1)
    )
    rows = read("b", asked, other, answer).rows
    assert rows["text"].to_list() == ["几点出发？", "别的", "三点"]
    assert rows["reply_to"].to_list() == [None, None, "7000000000000000001"]


def test_a_quote_in_xml():
    xml = (
        "<msg><appmsg><title>三点 &amp; 半</title><type>57</type><refermsg><createtime>1704135845</createtime>"
        "<content>几点出发？</content></refermsg></appmsg></msg>"
    )
    asked = line("d", 1, "几点出发？")
    answer = f'2,217,49,57,0,1704135905,,"{xml}",2024-01-02 03:05:05,,小红,wxid_b\n'
    rows = read("d", asked, answer).rows
    assert rows["text"].to_list() == ["几点出发？", "三点 & 半"]
    assert rows["reply_to"][1] == rows["key"][0] is not None


@pytest.mark.parametrize("layout", HEADINGS)
def test_notices_become_events(layout):
    rows = read(
        layout,
        line(layout, 1, "早", sender="小明"),
        line(layout, 2, '"小明"邀请"小红、小刚"加入了群聊', kind="系统通知", sender=""),
        line(layout, 3, '"小明"撤回了一条消息', kind="系统通知", sender=""),
        line(layout, 4, '"小明"修改群名为“新: 名”', kind="系统通知", sender=""),
        line(layout, 5, "", kind="图片", sender="小明"),
    ).rows
    assert rows["kind"].to_list() == ["text", "join", "join", "recall", "group_rename", "image"]
    assert rows["subject"].to_list() == [None, "小红", "小刚", None, None, None]
    assert rows["sender"].to_list() == ["小明"] * 6
    assert rows["key"].drop_nulls().is_unique().all()


def test_a_revoked_message_is_an_event_of_its_sender():
    row = read("b", line("b", 1, '<revokemsg>"小明" 撤回了一条消息</revokemsg>', kind="文本")).rows.row(0, named=True)
    assert (row["kind"], row["sender"], row["text"]) == ("recall", "wxid_a", '"小明" 撤回了一条消息')


@pytest.mark.parametrize(
    ("type_", "sub", "content", "kind", "text"),
    [
        (3, 0, "<msg><img/></msg>", "image", ""),
        (34, 0, "<msg><voicemsg/></msg>", "voice", ""),
        (43, 0, "<msg><videomsg/></msg>", "video", ""),
        (47, 0, "<msg><emoji/></msg>", "sticker", ""),
        (49, 5, "<msg><appmsg><title><![CDATA[A <b> title]]></title></appmsg></msg>", "link", "A <b> title"),
        (49, 6, "<msg><appmsg><title>report.pdf</title></appmsg></msg>", "file", "report.pdf"),
        (49, 2001, "<msg><appmsg><title>恭喜发财</title></appmsg></msg>", "red_packet", "恭喜发财"),
        (10000, 0, "你已添加了小明", "system", "你已添加了小明"),
        (1, 0, "<b>plain words</b>", "text", "<b>plain words</b>"),
    ],
)
def test_kinds_of_the_numbered_layout(type_, sub, content, kind, text):
    chat = read("d", f'1,217,{type_},{sub},0,1704135845,,"{content}",2024-01-02 03:04:05,,小明,wxid_a\n')
    row = chat.rows.row(0, named=True)
    assert (row["kind"], row["text"]) == (kind, text)


@pytest.mark.parametrize("layout", HEADINGS)
def test_damage_is_told_by_line_and_the_rest_is_read(layout):
    chat = read(
        layout,
        line(layout, 1, "one"),
        "2,99,文本\n",
        line(layout, 3, "three").replace("2024-01-", "2024-13-").replace("1704135845", "9"),
        line(layout, 4, "four"),
    )
    assert chat.rows["text"].to_list() == ["one", "four"]
    assert [(skip.line, skip.reason) for skip in chat.skipped] == [(2, "too_few_columns"), (3, "bad_time")]


def test_a_quote_that_is_never_closed_swallows_no_other_row():
    chat = read("b", line("b", 1, "one"), '2,9,文本,0,a,9@chatroom,"open,,2024-01-02 03:04:05\n', line("b", 3, "three"))
    assert chat.rows["text"].to_list() == ["one", '"open', "three"]
    assert chat.rows["line"].to_list() == [1, 2, 3]


def test_cells_that_are_no_json_stay_as_they_are():
    assert read("a", "1,9,文本,0,wxid_a,9@chatroom,早上好,2024-01-02 03:04:05\n").rows["text"].to_list() == ["早上好"]


def test_several_rooms_are_several_groups():
    source = Source("x.csv", (HEADINGS["b"] + "\n" + line("b", 1, "a") + line("b", 2, "b", room="8@chatroom")).encode())
    assert [(c.group_id, c.rows.height) for c in wechat_csv.read(source, zone=None)] == [
        ("9@chatroom", 1),
        ("8@chatroom", 1),
    ]


WORDS = st.text(st.sampled_from('abc 你好😀.,"\n12;'), max_size=30).filter(lambda t: t == t.strip() and "<" not in t)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from("abcd"), st.lists(st.tuples(st.integers(0, 10**7), WORDS), min_size=1, max_size=8))
def test_what_was_written_is_read(layout, messages):
    messages.sort(key=lambda m: m[0])
    lines = [line(layout, n, t, at=START + timedelta(seconds=s)) for n, (s, t) in enumerate(messages)]
    rows = read(layout, *lines).rows
    assert rows["text"].to_list() == [text for _, text in messages]
    assert rows["local"].to_list() == [START + timedelta(seconds=s) for s, _ in messages]


PIECES = [",", '"', "\n", "1", "文本", "2024-01-02 03:04:05", '{"msg":']


@settings(max_examples=150, deadline=None)
@given(st.sampled_from("abcd"), st.lists(st.sampled_from(PIECES) | st.text(max_size=5)))
def test_any_text_below_the_headings_is_read_without_a_fault(layout, pieces):
    body = HEADINGS[layout] + "\n" + "".join(pieces)
    wechat_csv.read(Source("x.csv", body.encode("utf-8", "replace")), zone=None)
