"""Why a file is refused is a fact with words in both languages, and one line wherever it is shown."""

import ast
import pickle
import re
from pathlib import Path

import pytest

from huoqun.chat.encoding import _MAGIC
from huoqun.chat.refusal import SENTENCES, NotAChat
from huoqun.web import phrase

CHAT = Path(__file__).parent.parent / "huoqun" / "chat"


def fields(template: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", template))


def raised() -> list[tuple[str, ast.Call]]:
    """Every place that refuses a file."""
    calls = []
    for path in CHAT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "NotAChat":
                calls.append((f"{path.name}:{node.lineno}", node))
    return calls


def test_every_refusal_has_a_sentence_and_all_its_values():
    calls = raised()
    used = {what for _, what in _MAGIC} | {"binary"}
    assert used <= SENTENCES.keys()
    for where, call in calls:
        reason = call.args[1]
        if isinstance(reason, ast.Constant):
            given = {word.arg for word in call.keywords}
            assert fields(SENTENCES[reason.value]) <= given, where
            used.add(reason.value)
    assert used == SENTENCES.keys(), "sentences that nobody says"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("reason", SENTENCES)
def test_a_refusal_is_one_sentence_in_both_languages(lang, reason):
    book = phrase.book(lang)
    assert book.refusals.keys() == SENTENCES.keys()
    assert fields(book.refusals[reason]) <= fields(SENTENCES[reason])
    values = dict.fromkeys(fields(SENTENCES[reason]), "<b>\nx\u202e{y}")
    said = phrase.refusal_text(reason, values, lang)
    assert said.endswith(book.stop)
    assert not set("\n\u202e") & set(said)
    assert "\n" not in str(NotAChat("a\nb", reason, **values))


def test_a_refusal_of_another_version_is_still_readable():
    assert phrase.refusal_text("from_the_future", {}, "zh") == "from the future"
    assert phrase.refusal_text("too_many_files", {}, "en") == "too many files"


def test_a_refusal_goes_between_processes():
    error = NotAChat("a.zip", "too_many_files", most=5)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.values) == ("a.zip: more than 5 files", {"most": 5})
