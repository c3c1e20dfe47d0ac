"""IRC logs: what a log says becomes rows, line by line."""

from datetime import datetime

from huoqun.chat.formats import irc
from huoqun.chat.source import Source

LOG = """=== ada [~ada@example.org] has joined #birds
[23:58] <ada> has anybody seen the heron?
[23:59] <@bela> ada: yes, by the <old> weir
[00:01] * ada runs
=== ada is now known as ada_away
[00:02] -chorus:#birds- feeding at noon
[00:01] <bela> a clock put right
=== mode/#birds [+o bela] by ChanServ
"""


def chat(text=LOG, name="2021-03-04.txt", zone="UTC"):
    return irc.read(Source(name, text.encode()), zone=zone)[0]


def test_every_line_of_a_log_is_a_row_with_its_line():
    rows = chat().rows
    assert rows["line"].to_list() == list(range(8))
    assert rows["kind"].to_list() == ["join", "text", "text", "text", "rename", "text", "text", "system"]


def test_who_said_what():
    said = chat().rows.filter(kind="text")
    assert said["name"].to_list() == ["ada", "bela", "ada", "chorus", "bela"]
    assert said["text"][1] == "ada: yes, by the <old> weir"
    assert said["text"][2] == "runs"


def test_a_rename_tells_who_took_which_name():
    row = chat().rows.filter(kind="rename").row(0, named=True)
    assert (row["subject"], row["name"], row["text"]) == ("ada", "ada_away", "=== ada is now known as ada_away")


def test_midnight_passes_and_a_clock_put_right_stands_still():
    assert chat().rows["local"].to_list()[:2] == [datetime(2021, 3, 4, 23, 58)] * 2
    assert chat().rows["local"].to_list()[3] == datetime(2021, 3, 5, 0, 1)
    assert chat().rows["local"].to_list()[6] == datetime(2021, 3, 5, 0, 2)


def test_a_log_names_its_days():
    log = "--- Log opened Tue Jan 02 12:34:56 2024\n12:35 <ada> hi\n--- Day changed Wed Jan 03 2024\n00:01 <ada> hm\n"
    rows = chat(log, "birds.log").rows
    assert rows["local"].to_list() == [
        datetime(2024, 1, 2, 12, 34, 56),
        datetime(2024, 1, 2, 12, 35),
        datetime(2024, 1, 3),
        datetime(2024, 1, 3, 0, 1),
    ]


def test_a_log_without_any_date_says_so():
    assert chat(name="birds.txt").notes == ("date_unknown",)
    assert chat().notes == ()


def test_other_clients():
    log = "2024-01-02 12:34:56 <ada> hi\n12:35 -!- bela [b@example.org] has quit [Ping timeout]\n12:36 <+ada> bye\n"
    rows = chat(log, "x").rows
    assert rows["kind"].to_list() == ["text", "leave", "text"]
    assert rows["name"].to_list() == ["ada", None, "ada"]
    assert rows["subject"].to_list() == [None, "bela", None]


def test_strange_lines_are_reported_and_numbers_kept():
    read = chat("[10:00] <ada> a\n\nwhat is this\r\n[10:01] <ada> b\x0bc\x85d\r\n[25:61] <ada> late\n")
    assert read.rows["line"].to_list() == [0, 3, 4]
    assert read.rows["text"].to_list() == ["a", "b\x0bc\x85d", "late"]
    assert [(s.line, s.reason) for s in read.skipped] == [(2, "missing_field")]


def test_only_irc_is_recognised():
    assert irc.recognises(Source("a", LOG.encode()))
    assert not irc.recognises(Source("a", b"2024-01-02 12:34:56 'Ada'\nhello\n\n"))
    assert not irc.recognises(Source("a", b"Dear all,\n12:30 lunch\n"))
    assert not irc.recognises(Source("a", b""))
