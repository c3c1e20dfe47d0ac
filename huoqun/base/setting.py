"""The setting: an environment variable that is refused at the start where it cannot be meant, before it does harm."""

import re
from collections.abc import Mapping

RATE = "HUOQUN_API_RATE"
USUAL = "600/m"
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~/-]*)?")
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_RATE = re.compile(r"[1-9][0-9]{0,8}/([1-9][0-9]{0,5})?[smhd]")


ADDRESS = "HUOQUN_ADDRESS"


class BadSetting(Exception):
    """An environment variable cannot be meant; the message names it and says why."""


def rate(environment: Mapping[str, str]) -> str:
    """How many requests of one key or session the API answers in which time: `600/m`, `5000/h`, `100/10s`; the usual
    rate where nothing is given. Raises BadSetting."""
    given = environment.get(RATE, "").strip() or USUAL
    if not _RATE.fullmatch(given):
        raise BadSetting(f"{RATE} is {given}: give requests by time, such as {USUAL} (s, m, h or d)")
    return given


def address(environment: Mapping[str, str]) -> str:
    """Under which address members reach the pages, without a slash at its end: as it was given, else by the first name
    of `HUOQUN_HOSTS`; empty where nobody said. Raises BadSetting."""
    given = environment.get(ADDRESS, "").strip().rstrip("/")
    if given and not _ADDRESS.fullmatch(given):
        raise BadSetting(f"{ADDRESS} is {given}: give it with http:// or https://, such as https://groups.example.org")
    host = environment.get("HUOQUN_HOSTS", "").split(",")[0].strip()
    named = host if _NAME.fullmatch(host) else ""
    scheme = "https" if environment.get("HUOQUN_PROXIES", "").strip() not in {"", "0"} else "http"
    return given or (f"{scheme}://{named}" if named else "")
