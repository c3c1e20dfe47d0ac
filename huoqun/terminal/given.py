"""What people give on the command line: files, zones, moments."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

DEFAULT_ZONE = "Asia/Shanghai"


class WrongUse(Exception):
    """A value on the command line that cannot be meant; the message says why."""


def zone(text: str | None) -> str | None:
    """An IANA zone's name. Raises WrongUse."""
    if text is None:
        return None
    try:
        ZoneInfo(text)
    except (ValueError, OSError, KeyError) as error:
        raise WrongUse(f"--tz {text}: not a time zone; give one like Asia/Shanghai or Europe/Berlin") from error
    return text


def moment(text: str, zone_name: str) -> datetime:
    """`--as-of` as naive UTC: ISO 8601; without offset it stands in the group's zone; a bare day means its end.

    Raises WrongUse.
    """
    try:
        day = _day(text)
        if day is not None:
            local = datetime.combine(day + timedelta(days=1), time()) - timedelta(microseconds=1)
        else:
            local = datetime.fromisoformat(text)
        if local.tzinfo is None:
            local = local.replace(tzinfo=ZoneInfo(zone_name))
        return local.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise WrongUse(f"--as-of {text}: not a time; give one like 2026-06-30 or 2026-06-30T20:00:00+08:00") from error


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def paths(names: list[str]) -> list[Path]:
    """The files and folders named. Raises WrongUse for the first that cannot be read."""
    found = []
    for name in names:
        path = Path(name)
        try:
            path.stat()
        except OSError as error:
            raise WrongUse(f"{name}: {error.strerror or 'cannot be read'}") from error
        except ValueError as error:
            raise WrongUse(f"{name}: not a file name") from error
        found.append(path)
    return found


def target(name: str | None, sources: list[Path]) -> Path | None:
    """A file to write: its folder must exist, it must not be a folder, nor one of the `sources`. Raises WrongUse."""
    if name is None:
        return None
    path = Path(name)
    try:
        if path.is_dir():
            raise WrongUse(f"{name}: is a folder")
        if not path.parent.is_dir():
            raise WrongUse(f"{name}: there is no folder {path.parent}")
        if path.exists() and any(_holds(source, path) for source in sources):
            raise WrongUse(f"{name}: this is what is read; it would be written over")
    except (OSError, ValueError) as error:
        raise WrongUse(f"{name}: not a file name that can be written") from error
    return path


def _holds(source: Path, path: Path) -> bool:
    return source.samefile(path) or (source.is_dir() and path.resolve().is_relative_to(source.resolve()))


def targets(page: str | None, table: str | None, sources: list[Path]) -> tuple[Path | None, Path | None]:
    """The files of `--out` and `--json`. Raises WrongUse, also where both are the same."""
    out, json_out = target(page, sources), target(table, sources)
    if out is not None and json_out is not None and out.resolve() == json_out.resolve():
        raise WrongUse(f"{page}: given for both --out and --json; each needs a file of its own")
    return out, json_out
