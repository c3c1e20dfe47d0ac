"""Pages as the server sends them: what is wrong is said, what is forbidden is refused, every word has its Chinese."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from at_work import owner
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.translation import template as templates

from huoqun.base import clock, presence
from huoqun.people.upload import Upload

ROOT = Path(__file__).parent.parent / "huoqun"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client():
    return owner()


def seen(seconds):
    now = clock.now()
    presence.appear("one", now=now - timedelta(seconds=seconds))


def test_the_first_page_is_chinese_unless_asked_otherwise(client):
    assert "你的群还活着吗" in client.get("/w/local/", headers={"accept-language": ""}).content.decode()
    assert "Does your group live" in client.get("/w/local/", headers={"accept-language": "en"}).content.decode()


def test_a_dead_worker_is_visible_within_a_minute(client):
    seen(5)
    page = client.get("/w/local/").content.decode()
    assert "后台没有在工作" not in page
    asked = re.search(r'hx-get="/health/banner(?:\?in=\w+)?" hx-trigger="every (\d+)s"', page)
    assert int(asked[1]) + presence.MISSED.total_seconds() + presence.EVERY.total_seconds() <= 60
    presence.depart("one")
    assert "后台进程还没有启动" in client.get("/health/banner").content.decode()
    seen(presence.MISSED.total_seconds() + 1)
    assert "后台没有在工作" in client.get("/health/banner").content.decode()
    assert client.get("/health").json() == {"web": True, "worker": False}
    seen(0)
    assert client.get("/health").json() == {"web": True, "worker": True}


def test_another_host_name_is_refused():
    assert Client().get("/w/local/", headers={"host": "evil.example"}).status_code == 400


def test_a_form_without_its_token_is_refused_in_words():
    strict = owner(enforce_csrf_checks=True)
    answer = strict.post("/w/local/example")
    assert answer.status_code == 403
    assert "没有任何改动" in answer.content.decode()


def test_what_is_announced_as_too_large_is_refused_unread(client, settings):
    settings.UPLOAD_LIMIT = 1000
    answer = client.post("/w/local/imports/", {"files": SimpleUploadedFile("a.txt", b"x" * 2000)})
    assert answer.status_code == 413
    assert "没有读取" in answer.content.decode()
    told = client.post(
        "/w/local/imports/", {"files": SimpleUploadedFile("a.txt", b"x" * 2000)}, headers={"accept": "application/json"}
    )
    assert set(told.json()) == {"happened", "kept", "todo"}


@pytest.mark.parametrize(
    ("form", "words"),
    [({}, "没有选择文件"), ({"files": SimpleUploadedFile("a.txt", b"x"), "zone": "Mars/One"}, "没有这个时区")],
)
def test_a_bad_upload_is_answered_in_words(client, form, words):
    answer = client.post("/w/local/imports/", form)
    assert answer.status_code == 400
    assert words in answer.content.decode()


@pytest.mark.parametrize(
    "name", ["a." + "b" * 250, "." * 250, "x" * 5000, "\ud83d\ude00" * 200 + ".txt", "con", "a/b\\c.txt", ";rm -rf.csv"]
)
def test_a_file_of_any_name_arrives(client, name):
    answer = client.post(
        "/w/local/imports/",
        {"files": SimpleUploadedFile(name.encode("utf-16", "surrogatepass").decode("utf-16"), b"x")},
    )
    assert answer.status_code == 302
    assert client.get(answer["location"]).status_code == 200


def test_a_full_disk_is_told_and_nothing_is_kept(client, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "gone"
    answer = client.post("/w/local/imports/", {"files": SimpleUploadedFile("a.txt", b"x" * 100_000)})
    assert answer.status_code == 507
    assert "磁盘可能满了" in answer.content.decode()
    assert not Upload.objects.exists()


@pytest.mark.parametrize("into", ["x", "00000000-0000-0000-0000-000000000000", "\0"])
def test_a_file_for_a_group_that_is_not_there_is_not_taken(client, into):
    answer = client.post("/w/local/imports/", {"into": into, "files": SimpleUploadedFile("a.txt", b"x")})
    assert answer.status_code == 404
    assert not Upload.objects.exists()


@pytest.mark.parametrize("path", ["/groups/00000000-0000-0000-0000-000000000000/", "/nowhere", "/imports/x/"])
def test_what_is_not_there_is_said(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "回到社群列表" in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["?q=%00", "?q=%25_'\"--", "?state=x&order=y&page=-1", "?page=99999999999", "?removed=z"]
)
def test_strange_questions_get_the_list(client, query):
    assert client.get("/w/local/" + query).status_code == 200


def test_every_page_forbids_what_is_not_ours(client):
    for path in ("/w/local/", "/w/local/imports/", "/nowhere", "/account/login/", "/start"):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"


def words_of_the_console():
    """Every English text of templates and code that is to be translated."""
    found = set()
    for folder in (
        "console",
        "group",
        "entry",
        "staff",
        "account",
        "people",
        "search",
        "survey",
        "member",
        "member/kind",
        "activity",
        "activity/kind",
        "content",
        "reward",
        "segment",
        "strata",
        "dealing",
        "playbook",
        "desk",
        "run",
        "usersessions",
    ):
        paths = [*(ROOT / "templates" / folder).glob("*.html"), ROOT / "templates" / "base.html"]
        for path in paths:
            code = templates.templatize(path.read_text(encoding="utf-8"), origin=str(path))
            for call in re.findall(r"n?gettext\((.*?)\) ", code, re.S):
                found |= {
                    part[0] or part[1] for part in re.findall(r"u?'((?:[^'\\]|\\.)+)'|u?\"((?:[^\"\\]|\\.)+)\"", call)
                }
    for folder in ("web", "activities", "commands"):
        for _, _, message, _, _ in extract_from_dir(str(ROOT / folder), [("**.py", "python")]):
            found.add(message[0] if isinstance(message, tuple) else message)
    return found


def test_every_word_of_the_console_has_its_chinese():
    with (ROOT / "locale/zh_Hans/LC_MESSAGES/django.po").open("rb") as file:
        catalog = read_po(file, locale="zh_Hans")
    known = {}
    for message in catalog:
        for text in message.id if isinstance(message.id, tuple) else (message.id,):
            known[text] = message
    wanted = words_of_the_console()
    assert len(wanted) > 100
    assert not {text for text in wanted if text not in known}
    for message in catalog:
        if message.id:
            said = message.string if isinstance(message.string, tuple) else (message.string,)
            assert all(said), message.id
            assert not message.fuzzy
            placeholders = set(re.findall(r"%\(\w+\)s|\[\w+\]", str(message.id)))
            assert placeholders == set(re.findall(r"%\(\w+\)s|\[\w+\]", str(said))), message.id
