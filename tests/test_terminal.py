"""The command line: its contracts with other programs."""

import json
from datetime import datetime, timedelta

import pytest

from huoqun.__main__ import main
from huoqun.insight.document import Diagnosis
from huoqun.simulation.story import Shape, simulate
from huoqun.terminal.given import moment


@pytest.fixture(scope="module")
def group():
    return simulate(Shape(days=120, people=120), seed=11, end=datetime(2026, 6, 30, 12)).chat


@pytest.fixture(scope="module")
def folder(tmp_path_factory, group):
    """A folder with the group as WhatsApp text, ChatLab JSONL, and a stranger's chat."""
    place = tmp_path_factory.mktemp("exports")
    said = group.rows.filter(group.rows["kind"] == "text")
    lines = [
        f"[{local:%d/%m/%Y, %H:%M:%S}] {name}: {text}"
        for local, name, text in said.select("local", "name", "text").iter_rows()
    ]
    (place / "chat.txt").write_text("\n".join(lines), encoding="utf-8")
    other = [
        f"[{datetime(2025, 1, 1) + timedelta(hours=7 * i):%d/%m/%Y, %H:%M:%S}] Bob{i % 3}: hi {i}" for i in range(90)
    ]
    (place / "other.txt").write_text("\n".join(other), encoding="utf-8")
    (place / "poem.txt").write_text("shall I compare thee\nto a summer's day\n" * 20, encoding="utf-8")
    return place


def run(*words: object) -> int:
    try:
        return main([str(word) for word in words])
    except SystemExit as stop:
        return int(stop.code or 0)


def test_a_file_becomes_a_page_and_json(folder, group, tmp_path):
    page, told = tmp_path / "page.html", tmp_path / "v.json"
    assert run("diagnose", folder / "chat.txt", "--out", page, "--json", told, "--lang", "en") == 0
    found = json.loads(told.read_text(encoding="utf-8"))
    assert Diagnosis.model_validate(found | {})
    assert found["messages"] == group.rows.filter(group.rows["kind"] == "text").height
    assert found["format"] == "whatsapp"
    assert found["zone"] == "Asia/Shanghai"
    assert found["zone_source"] == "default"
    assert found["as_of_source"] == "last_message"
    assert found["as_of"] == found["last"]
    assert found["last"].endswith("Z")
    assert found["verdict"]["state"] in {"living", "at_risk", "dying"}
    assert set(found["verdict"]["intervals"]) == {
        "probability_silent_90d", "probability_half_90d", "probability_third_90d",
    }  # fmt: skip
    assert found["completeness"]["grade"] == "B"
    assert found["owner"]["source"] == "guess"
    assert "lives_on_owner" not in {f["cause"] for f in found["findings"]}
    html = page.read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    assert "http://" not in html.replace("http://www.w3.org", "")


def test_now_zone_owner_and_type_are_what_the_operator_says(folder, tmp_path):
    told = tmp_path / "v.json"
    code = run(
        "diagnose", folder / "chat.txt", "--json", told, "--tz", "Europe/Berlin", "--as-of", "2026-05-01",
        "--owner", "林先生", "--type", "learning",
    )  # fmt: skip
    assert code == 0
    found = json.loads(told.read_text(encoding="utf-8"))
    assert found["zone"] == "Europe/Berlin"
    assert found["as_of"] == "2026-05-01T21:59:59Z"
    assert found["last"] <= found["as_of"]
    assert found["owner"] == {"id": "林先生", "name": "林先生", "source": "named"}
    assert found["type"] == "learning"
    assert found["verdict"]["basis"] == "prior"
    assert found["verdict"]["state"] != "dying"


@pytest.mark.parametrize(
    "words",
    [
        ["diagnose", "poem.txt"],
        ["diagnose", "nothing.txt"],
        ["diagnose", "chat.txt", "--tz", "Mars/Olympus"],
        ["diagnose", "chat.txt", "--as-of", "tomorrow"],
        ["diagnose", "chat.txt", "--owner", "nobody at all"],
        ["diagnose", "chat.txt", "other.txt"],
        ["convert", "chat.txt", "--to", "out.docx"],
        ["convert", "poem.txt", "--to", "out.csv"],
        ["replies", "poem.txt", "--out", "links.tsv"],
    ],
)
def test_what_cannot_be_done_is_one_line_and_leaves_nothing(words, folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    before = sorted(p.name for p in folder.iterdir())
    extra = ["--out", "page.html", "--json", "v.json"] if words[0] == "diagnose" else []
    assert run(*words, *extra) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert said.err.startswith("huoqun: ")
    assert sorted(p.name for p in folder.iterdir()) == before


def test_an_unwritable_target_is_said_before_the_work(folder, capsys):
    assert run("diagnose", folder / "chat.txt", "--out", folder / "no" / "page.html") == 2
    assert "no folder" in capsys.readouterr().err


def test_convert_goes_round(folder, tmp_path):
    for ending in ("jsonl", "csv"):
        out = tmp_path / f"out.{ending}"
        assert run("convert", folder / "chat.txt", "--to", out) == 0
        again = tmp_path / f"{ending}.json"
        assert run("diagnose", out, "--json", again) == 0
        assert json.loads(again.read_text())["messages"] > 1000
    assert run("convert", folder / "chat.txt", "--to", tmp_path / "out.parquet") == 0


def test_replies_name_every_line(folder, tmp_path):
    out = tmp_path / "links.tsv"
    assert run("replies", folder / "other.txt", "--out", out) == 0
    links = [tuple(map(int, line.split("\t"))) for line in out.read_text().splitlines()]
    assert {line for line, _ in links} == set(range(90))
    assert all(answers <= line for line, answers in links)


def test_schema_describes_what_is_written(capsys):
    assert run("schema") == 0
    schema = json.loads(capsys.readouterr().out)
    for name in ("format", "verdict", "vital_signs", "findings", "people_table", "ties", "completeness", "skipped"):
        assert name in schema["required"]


def test_wrong_use_is_told_in_one_line(folder, tmp_path, capsys):
    chat, page = folder / "chat.txt", tmp_path / "x"
    wrong = [
        ["diagnose"],
        ["diagnose", chat, "--type", "nonsense"],
        ["diagnose", chat, "--nonsense"],
        ["convert", chat],
        ["nonsense"],
        [],
        ["diagnose", chat, "--out", page, "--json", tmp_path / "." / "x"],
        ["diagnose", chat, "--json", tmp_path],
    ]
    for words in wrong:
        assert run(*words) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1
    assert not page.exists()


def test_a_moment_before_the_first_word_refuses_conclusions(folder, tmp_path):
    told = tmp_path / "v.json"
    assert run("diagnose", folder / "other.txt", "--json", told, "--as-of", "2001-01-01") == 3
    found = json.loads(told.read_text(encoding="utf-8"))
    assert (found["messages"], found["verdict"]["state"], found["completeness"]["grade"]) == (0, "withheld", "F")


@pytest.mark.parametrize(
    "command", [("diagnose", "--json"), ("diagnose", "--out"), ("convert", "--to"), ("replies", "--out")]
)
def test_what_is_read_is_never_written_over(folder, tmp_path, command, capsys):
    place = tmp_path / "exports"
    place.mkdir()
    mine = place / "chat.csv"
    mine.write_bytes((folder / "chat.txt").read_bytes())
    (tmp_path / "link.csv").symlink_to(mine)
    for source, out in [(mine, mine), (mine, tmp_path / "link.csv"), (place, mine)]:
        assert run(command[0], source, command[1], out) == 2
        assert capsys.readouterr().err.count("\n") == 1
        assert mine.read_bytes() == (folder / "chat.txt").read_bytes()


def test_a_file_of_two_groups_has_links_inside_each(tmp_path):
    head = "消息记录（此消息记录为文本格式，不支持重新导入）\n\n"
    rule = "=" * 64
    for name in ("一群", "二群"):
        head += f"{rule}\n消息分组:我的群聊\n{rule}\n消息对象:{name}\n{rule}\n\n"
        head += "".join(f"2024-01-02 03:0{n}:05 Ann{n % 2}({n % 2 + 10001})\n你好{n}？\n\n" for n in range(6))
    (tmp_path / "all.txt").write_text(head, encoding="utf-8")
    assert run("replies", tmp_path / "all.txt", "--out", tmp_path / "links.tsv") == 0
    pairs = [tuple(map(int, line.split("\t"))) for line in (tmp_path / "links.tsv").read_text().splitlines()]
    assert len({line for line, _ in pairs}) == 12
    middle = head[: head.index("二群")].count("\n")
    assert all((line > middle) == (to > middle) and to <= line for line, to in pairs)


def test_json_is_answered_by_its_lines(tmp_path):
    said = [
        {"id": n, "type": "message", "date": f"2024-01-02T03:0{n}:05", "date_unixtime": str(1704135845 + 60 * n)}
        | {"from": f"Ann{n % 2}", "from_id": f"user{n % 2}", "text": f"hi {n}", "reply_to_message_id": max(n - 1, 0)}
        for n in range(6)
    ]
    text = json.dumps({"name": "g", "type": "private_supergroup", "id": 7, "messages": said}, indent=1)
    (tmp_path / "result.json").write_text(text)
    assert run("replies", tmp_path / "result.json", "--out", tmp_path / "links.tsv") == 0
    lines = [n for n, line in enumerate(text.split("\n")) if line == "  {"]
    pairs = [tuple(map(int, line.split("\t"))) for line in (tmp_path / "links.tsv").read_text().splitlines()]
    assert {line for line, _ in pairs} == set(lines)
    assert (lines[2], lines[1]) in pairs


def test_lines_of_several_files_are_refused(folder, tmp_path, capsys):
    both = tmp_path / "both"
    both.mkdir()
    for name in ("chat.txt", "other.txt"):
        (both / name).write_bytes((folder / name).read_bytes())
    assert run("replies", both, "--out", tmp_path / "links.tsv") == 2
    assert "several files" in capsys.readouterr().err
    assert not (tmp_path / "links.tsv").exists()


@pytest.mark.parametrize("day", ["2026-05-01", "20260501", "2026-W18-5"])
def test_a_bare_day_means_its_end_however_it_is_written(day):
    assert moment(day, "Asia/Shanghai") == datetime(2026, 5, 1, 15, 59, 59, 999999)
