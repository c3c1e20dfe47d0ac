"""A setting that cannot be meant is refused at the start, by its name; nothing begins with it."""

import pytest
from ninja.throttling import AuthRateThrottle

from huoqun.__main__ import main
from huoqun.base import checked, setting


@pytest.mark.parametrize("given", ["600/m", "5000/h", "1/s", "100/10s", "3/d", " 7/m "])
def test_a_rate_that_is_taken_is_one_that_can_be_counted_by(given):
    rate = setting.rate({setting.RATE: given})
    assert all(AuthRateThrottle(rate).parse_rate(rate))
    assert [each.mend for each in checked.rate({setting.RATE: given})] == [""]


@pytest.mark.parametrize(
    "given", ["5000", "many", "0/m", "-1/m", "600/", "600/x", "600/0s", "6e2/m", "１/m", "600/m\n1"]
)
@pytest.mark.parametrize("command", ["up", "web"])
def test_any_other_is_refused_before_anything_starts(given, command, monkeypatch, capsys):
    monkeypatch.setenv(setting.RATE, given)
    assert main([command, "--port", "0"]) == 2
    told = capsys.readouterr()
    assert told.err.startswith(f"huoqun: {setting.RATE} is ")
    assert told.err.count("\n") == 1
    (wrong,) = checked.rate({setting.RATE: given})
    assert "600/m" in wrong.mend


def test_without_one_there_is_the_usual_one():
    assert setting.rate({}) == setting.rate({setting.RATE: ""}) == setting.USUAL
    assert not list(checked.rate({}))
