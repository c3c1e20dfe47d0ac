"""What `huoqun doctor` looks at beneath the database: Python, what was built, the data folder, the clock, the settings.

Each check says in one line how things stand and, where they do not, what mends it. None changes anything.
"""

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from huoqun.base import setting
from huoqun.base.issuer import ACCOUNT, SITE, issuers

OLDEST = (3, 11)
LITTLE = 1 << 30
"""Bytes left on a disk below which an import may fail."""
BUILT = ("console.css", "console.js", "early.js", "huoqun.css", "huoqun.js")
AHEAD = timedelta(minutes=5)
"""By how much files of ours may be younger than now before the clock is taken for wrong."""
_HOST = re.compile(r"\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\]")
_PROOF = re.compile(r"MP_verify_[A-Za-z0-9_-]{1,60}\.txt")


@dataclass(frozen=True)
class Checked:
    """One thing looked at. `mend`: what to do; empty where all is well."""

    name: str
    told: str
    mend: str = ""


def python() -> Iterator[Checked]:
    """Whether this Python is new enough."""
    version = ".".join(map(str, sys.version_info[:3]))
    old = sys.version_info[:2] < OLDEST
    yield Checked("python", version, f"install Python {'.'.join(map(str, OLDEST))} or newer" if old else "")


def built(package: Path) -> Iterator[Checked]:
    """Whether scripts, styles and words were built."""
    missing = [name for name in BUILT if not _holds(package / "static" / "dist" / name)]
    told = f"missing: {', '.join(missing)}" if missing else "scripts and styles are built"
    yield Checked("static", told, "run `make` in the checkout" if missing else "")
    source = package / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    made = source.with_suffix(".mo")
    if not _holds(made):
        yield Checked("locale", "the Chinese words are not compiled", "run `make` in the checkout")
    elif source.exists() and source.stat().st_mtime > made.stat().st_mtime + 1:
        yield Checked("locale", "the Chinese words are older than their source", "run `make` in the checkout")
    else:
        yield Checked("locale", "the Chinese words are compiled")


def _holds(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def folder(home: Path) -> Iterator[Checked]:
    """Whether the data folder can be written, by its owner only, with room left, and its key is safe."""
    if not os.access(home, os.W_OK | os.X_OK) or not home.is_dir():
        me = os.geteuid()
        yield Checked("data folder", f"{home} cannot be written by user {me}", f"chown -R {me} {home}")
    elif mode := home.stat().st_mode & 0o077:
        yield Checked("data folder", f"{home} is open to others (…{mode:02o})", f"chmod 700 {home}")
    else:
        yield Checked("data folder", f"{home} is writable, by its owner only")
    left = shutil.disk_usage(home).free
    short = left < LITTLE
    yield Checked("disk", f"{left >> 20} MiB left", f"make room on the disk of {home}" if short else "")
    key = home / "secret.key"
    if not key.exists():
        yield Checked("secret key", "not made yet; the first start makes it")
    elif mode := key.stat().st_mode & 0o077:
        yield Checked("secret key", f"{key} is open to others (…{mode:02o})", f"chmod 600 {key}")
    elif key.stat().st_size < 32:
        yield Checked("secret key", f"{key} is too short to be safe", f"stop Huoqun and delete {key}: all log in anew")
    else:
        yield Checked("secret key", "readable by its owner only")


def moment(package: Path, now: datetime) -> Iterator[Checked]:
    """Whether the clock is behind what was already written by it."""
    newest = datetime.fromtimestamp(max(p.stat().st_mtime for p in package.glob("*.py")), now.tzinfo)
    wrong = newest > now + AHEAD
    told = f"{now:%Y-%m-%d %H:%M} UTC" + (", before this program was installed" if wrong else "")
    yield Checked("clock", told, "set the clock of this computer (timedatectl set-ntp true)" if wrong else "")


def hosts(settings: Mapping[str, str]) -> Iterator[Checked]:
    """Whether HUOQUN_HOSTS holds names, and nothing around them."""
    given = [host.strip() for host in settings.get("HUOQUN_HOSTS", "").split(",") if host.strip()]
    wrong = [host for host in given if not _HOST.fullmatch(host)]
    if "*" in given:
        yield Checked("HUOQUN_HOSTS", "* lets anybody choose the name Huoqun is called by", "name the hosts")
    elif wrong:
        told = f"not a host name: {', '.join(wrong)}"
        yield Checked("HUOQUN_HOSTS", told, "give names without https://, port and path, by comma")
    else:
        yield Checked("HUOQUN_HOSTS", ", ".join(given) or "this computer only")


def rate(settings: Mapping[str, str]) -> Iterator[Checked]:
    """Whether HUOQUN_API_RATE can be meant; nothing is said where it is not given."""
    try:
        given = setting.rate(settings)
    except setting.BadSetting:
        told = settings[setting.RATE]
        yield Checked(setting.RATE, told, f"give requests by time, such as {setting.USUAL}, or leave it out")
    else:
        if setting.RATE in settings:
            yield Checked(setting.RATE, given)


def proxies(settings: Mapping[str, str]) -> Iterator[Checked]:
    """Whether HUOQUN_PROXIES is a number; nothing is said where it is not given."""
    given = settings.get("HUOQUN_PROXIES", "")
    if given:
        yield Checked("HUOQUN_PROXIES", given, "" if given.isdecimal() else "give a number, such as 1")


def logins(settings: Mapping[str, str]) -> Iterator[Checked]:
    """Whether what members log in with is named whole; nothing is said where nothing is named."""
    for each in issuers(settings):
        prefix = {ACCOUNT: "HUOQUN_WECHAT", SITE: "HUOQUN_WECHAT_SITE"}.get(each.id, "HUOQUN_MEMBER_OIDC")
        missing = [name for name, given in (("SECRET", each.secret), ("CLIENT", each.client)) if not given]
        told, mend = f"with {each.name or each.id}", ""
        if missing:
            wanted = " and ".join(f"{prefix}_{name}" for name in missing)
            told, mend = f"{wanted} not given", f"set {wanted}; see docs/member-login.md"
        elif not each.server.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            told, mend = f"{each.server} is not reached over HTTPS", "give an issuer that begins with https://"
        yield Checked("login of members", told, mend)
    proof = settings.get("HUOQUN_WECHAT_PROOF", "").strip()
    if proof and not _PROOF.fullmatch(proof):
        yield Checked("HUOQUN_WECHAT_PROOF", proof, "give the name of WeChat's file alone: MP_verify_….txt")
