"""Figures that pages quote: from the data, never from the sentence."""

import json
import os
import re

import pytest
from documents import ordinary

from huoqun.insight.lesson import TABLE, lessons
from huoqun.web.phrase import book
from huoqun.web.verdict import page
from training.train_lesson import counted


@pytest.mark.data
@pytest.mark.skipif("HUOQUN_DATA" not in os.environ, reason="HUOQUN_DATA is not set")
def test_what_is_quoted_is_what_the_data_say():
    assert json.loads(TABLE.read_text(encoding="utf-8")) == counted()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_says_the_figures_of_the_file(lang, monkeypatch):
    known = lessons()
    assert f"{known['again_30']}" in str(page(ordinary(), lang))
    monkeypatch.setattr("huoqun.web.phrase.lessons", lambda: known | {"again_30": 3, "channels": 4711, "years": 19})
    told = str(page(ordinary(), lang))
    said = "10 个里有 3 个后来" if lang == "zh" else "3 of 10 channels"
    assert said in told and "4,711" in told and "19" in told


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_sentence_holds_such_a_figure_itself(lang):
    words = book(lang)
    told = [words.label["how_verdict_text"], words.ranges["group-lives"]]
    for digits in (re.findall(r"\d+", re.sub(r"\{.*?\}", "", text)) for text in told):
        assert set(digits) <= {"30", "10", "50", "80", "90"}
