"""The setting: an environment variable that is refused at the start where it cannot be meant, before it does harm."""

import re
from collections.abc import Mapping

RATE = "HUOQUN_API_RATE"
USUAL = "600/m"
_RATE = re.compile(r"[1-9][0-9]{0,8}/([1-9][0-9]{0,5})?[smhd]")


class BadSetting(Exception):
    """An environment variable cannot be meant; the message names it and says why."""


def rate(environment: Mapping[str, str]) -> str:
    """How many requests of one key or session the API answers in which time: `600/m`, `5000/h`, `100/10s`; the usual
    rate where nothing is given. Raises BadSetting."""
    given = environment.get(RATE, "").strip() or USUAL
    if not _RATE.fullmatch(given):
        raise BadSetting(f"{RATE} is {given}: give requests by time, such as {USUAL} (s, m, h or d)")
    return given
