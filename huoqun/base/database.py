"""The database: one SQLite file by default, PostgreSQL where it is named. Same code on both."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from huoqun.base.setting import BadSetting


class BadDatabase(BadSetting):
    """HUOQUN_DATABASE_URL cannot be meant; the message says why."""


def databases(url: str | None, folder: Path) -> dict[str, dict[str, Any]]:
    """Django's DATABASES. Raises BadDatabase for anything but `postgresql://…`."""
    return {"default": _postgresql(url) if url else _sqlite(folder)}


def _sqlite(folder: Path) -> dict[str, Any]:
    """Write-ahead log, so that readers never wait; every transaction takes the write lock at its start
    (BEGIN IMMEDIATE), so that none fails half-way for want of it; writers wait up to 30 seconds.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": folder / "huoqun.sqlite3",
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA busy_timeout=30000; PRAGMA journal_size_limit=67108864",
        },
        "TEST": {"NAME": folder / "test.sqlite3"},
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise BadDatabase(f"HUOQUN_DATABASE_URL begins with {parts.scheme or 'nothing'}://, not with postgresql://")
    if not parts.path.strip("/"):
        raise BadDatabase("HUOQUN_DATABASE_URL names no database: postgresql://user:password@host:port/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
