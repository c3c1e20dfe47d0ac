"""The log of changes, in the words of whoever reads it."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from huoqun.web import told

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
