"""The log of changes, in the words of whoever reads it."""

from datetime import UTC, datetime

import pytest
from django.utils import translation
from django.utils.translation import gettext

from huoqun.web import told

KEY = "3d1286ef-bd70-5023-8fb8-35879e615413"
SAID = {"role": "group_admin", "groups": [], "scopes": ["see_groups", "export"], "by_owner": True, "limit": None}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ["角色：群管理员", "社群：–", "可以：看社群和诊断、导出", "上限：–"]),
        ("en", ["Role: group admin", "Groups: –", "May: see groups and their diagnoses, export", "Limit: –"]),
    ],
)
def test_values_are_told_in_words(language, words):
    with translation.override(language):
        line = told.line(SAID, "Asia/Shanghai").casefold()
    for each in words:
        assert each.casefold() in line


def test_moments_are_told_on_the_clock_of_the_workspace():
    at = datetime(2026, 3, 1, 20, tzinfo=UTC).isoformat()
    values = {"closes": at, "title": "2026-03-01Tuesday is no moment"}
    assert [v for _, v in told.told(values, "Asia/Shanghai")] == ["2026-03-02 04:00", values["title"]]


def test_each_part_of_a_first_card_stands_on_its_line_and_what_stayed_empty_is_left_out():
    before = {"goal": "", "core": "", "field": "读书"}
    after = {"goal": "读完 12 本书", "core": "", "field": ""}
    with translation.override("zh-hans"):
        lines = told.changes(before, after, "Asia/Shanghai")
    assert [(was, now) for _, was, now in lines] == [("", "读完 12 本书"), ("读书", "")]


def test_the_rule_of_a_segment_is_told_as_its_builder_says_it():
    rule = {"parts": [{"of": "stratum", "how": "is", "value": "core"}, {"of": "group", "how": "in", "value": KEY}]}
    with translation.override("zh-hans"):
        ((_, was, now),) = told.changes({}, {"rule": rule}, "Asia/Shanghai", {KEY: "晨读一群"})
        assert (was, now.count("核心"), now.count("晨读一群")) == ("", 1, 1)
        assert "how" not in now
        ((_, _, odd),) = told.changes({}, {"rule": {"parts": "no rule"}}, "Asia/Shanghai")
        assert "no rule" in odd


def test_people_are_called_as_the_handbook_calls_them():
    with translation.override("zh-hans"):
        assert (gettext("People"), gettext("Members")) == ("用户", "成员")
