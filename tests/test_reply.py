"""Who answered whom: what an operator may rely on."""

import os
from datetime import datetime, timedelta

import polars as pl
import pytest

from bench import generate
from huoqun.chat.formats import irc
from huoqun.chat.intake import read
from huoqun.chat.message import SCHEMA
from huoqun.chat.source import Source
from huoqun.insight.answer_lines import line_links, write_links
from huoqun.insight.reply import LINKS, links
from training.disentangle import score
from training.irc_corpus import logs
from training.truth_reply import hidden_replies

START = datetime(2024, 5, 1, 12)


def rows(*said, minutes=1):
    """Rows from (name, text) or (name, text, kind, reply_to)."""
    records = []
    for number, (name, text, *more) in enumerate(said):
        moment = START + timedelta(minutes=minutes * number)
        records.append(
            {
                "key": f"k{number}", "line": number, "time": moment, "local": moment, "order": 0, "sequence": None,
                "sender": name, "name": name, "kind": more[0] if more else "text", "text": text,
                "reply_to": more[1] if len(more) > 1 else None, "mentions": [], "bot": False, "subject": None,
            }
        )  # fmt: skip
    return pl.DataFrame(records, schema=SCHEMA)


def pairs(frame, **how):
    return links(frame, **how).select("row", "answers").rows()


TALK = [
    ("ada", "does anybody know how to mount a usb disk?"),
    ("cleo", "good morning everybody"),
    ("bela", "ada: which filesystem is on it?"),
    ("ada", "bela: ext4 I think"),
    ("dora", "cleo: hi"),
    ("bela", "ada: then mount it as root"),
]


def test_a_conversation_is_followed_through_another():
    assert {(2, 0), (3, 2), (4, 1), (5, 3)} <= set(pairs(rows(*TALK)))


def test_chinese_names_lead_to_the_person():
    said = [
        ("老王", "有人知道明天几点集合吗?"),
        ("小李", "今天天气真好"),
        ("阿强", "@老王 明天八点在门口"),
        ("老王", "@阿强 好的谢谢"),
    ]
    assert {(2, 0), (3, 2)} <= set(pairs(rows(*said)))


def test_what_the_network_says_stands():
    frame = rows(*TALK, ("eva", "bela: no idea", "text", "k1"))
    last = links(frame).filter(row=6)
    assert last["answers"].to_list() == [1]
    assert last["probability"].to_list() == [1.0]


def test_events_neither_answer_nor_are_answered():
    frame = rows(("ada", "hi"), (None, "ada has joined", "join"), ("bela", "ada: hi"), (None, "x", "system"))
    assert not {1, 3} & {number for pair in pairs(frame) for number in pair}


@pytest.mark.parametrize("count", [0, 1, 2])
def test_small_groups(count):
    frame = rows(*TALK[:count])
    found = links(frame)
    assert found.schema == LINKS
    assert found.height <= 1


def test_only_events():
    assert links(rows((None, "x", "system"))).height == 0


def test_an_answer_comes_later_and_the_probability_is_one():
    found = links(rows(*TALK * 30))
    assert (found["answers"] < found["row"]).all()
    assert found["probability"].is_between(0, 1).all()
    assert found["row"].is_sorted()


def test_since_gives_the_same_links_from_then_on():
    frame = rows(*TALK * 30)
    whole = links(frame)
    late = links(frame, since=frame["time"][100])
    assert late.equals(whole.filter(pl.col("row") >= 100))


def test_the_same_rows_give_the_same_links():
    frame = rows(*TALK * 10)
    assert links(frame).equals(links(frame))


def test_lines_name_themselves_where_they_answer_nothing(tmp_path):
    log = b"=== ada [x] has joined #a\n[10:00] <ada> how do I mount a disk?\nnonsense\n[10:01] <bela> ada: with mount\n"
    chat = irc.read(Source("2024-01-01.txt", log), zone="UTC")[0]
    assert line_links(chat) == [(0, 0), (1, 1), (2, 2), (3, 1)]
    assert write_links([chat], tmp_path / "links.tsv") == 4
    assert (tmp_path / "links.tsv").read_text() == "0\t0\n1\t1\n2\t2\n3\t1\n"
    assert [p.name for p in tmp_path.iterdir()] == ["links.tsv"]


def test_replies_that_the_network_tells_can_be_hidden_and_asked_for(tmp_path):
    export = tmp_path / "result.json"
    generate.write(export, "telegram", 1500, people=8)
    asked, found, sure = hidden_replies(read([export]).rows)
    assert asked > 100
    assert 0 < found <= asked
    assert 0 < sure < 1


@pytest.mark.data
@pytest.mark.skipif("HUOQUN_DATA" not in os.environ, reason="HUOQUN_DATA is not set")
def test_links_of_real_talk_are_found():
    few = logs("dev")[:4]
    found = []
    for log in few:
        answers: dict[int, set[int]] = {}
        for line, to in line_links(log.chat):
            answers.setdefault(line, set()).add(to)
        found.append(answers)
    assert score([log.gold for log in few], found).f > 68
