"""The parcel: many files in one, in order, with a sum for each; the layout of a backup.

A tar in a Zstandard frame. The first member, `head.json`, says what wrote it; the last, `sums.json`, holds size and
SHA-256 of every other. A parcel without its last member was cut off. Nothing of a parcel is used before all of it fits.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import zstandard

FORMAT = 1
"""Raised when an older Huoqun could not read what is written now."""
HEAD, SUMS = "head.json", "sums.json"
_CHUNK = 1 << 20


class BadParcel(Exception):
    """It is no parcel of ours, or not whole, or of a newer version; the message says which."""


def sound(name: str) -> bool:
    """Whether a member may be called so: a relative path whose parts are names of files."""
    return not any(part in {"", ".", ".."} or "\\" in part or "\0" in part for part in name.split("/"))


class Writer:
    """Adds members to a parcel that is being written."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.sums: dict[str, list[object]] = {}

    def add(self, name: str, path: Path) -> None:
        """Add a file, as it is when it is opened; it may grow meanwhile. Raises ValueError for a name that no reader
        would take."""
        if not sound(name):
            raise ValueError(f"not a name for a member: {name!r}")
        with path.open("rb") as file:
            size = file.seek(0, io.SEEK_END)
            file.seek(0)
            summing = _Summing(file)
            self._tar.addfile(_info(name, size), summing)
        self.sums[name] = [size, summing.digest.hexdigest()]


class _Summing:
    """A file that adds up what is read of it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


@contextmanager
def pack(path: Path, head: dict[str, Any]) -> Iterator[Writer]:
    """Write a parcel to `path`; `sums.json` follows when the block ends well."""
    compress = zstandard.ZstdCompressor(level=6, write_checksum=True)
    with (
        path.open("wb") as out,
        compress.stream_writer(out) as stream,
        tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        _add_json(tar, HEAD, {"huoqun": FORMAT, **head})
        writer = Writer(tar)
        yield writer
        _add_json(tar, SUMS, writer.sums)


def _add_json(tar: tarfile.TarFile, name: str, value: object) -> None:
    data = json.dumps(value, ensure_ascii=False, indent=1).encode()
    tar.addfile(_info(name, len(data)), io.BytesIO(data))


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def unpack(path: Path, folder: Path) -> dict[str, Any]:
    """Put all members under `folder` and compare each with its sum; returns the head.

    Raises BadParcel; OSError where the disk is full or the file cannot be read."""
    found: dict[str, list[object]] = {}
    head: dict[str, Any] | None = None
    sums: dict[str, list[object]] | None = None
    with path.open("rb") as file:
        try:
            stream = zstandard.ZstdDecompressor().stream_reader(file)
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                for info in tar:
                    if head is None:
                        head = _head(tar, info)
                    elif info.name == SUMS:
                        sums = _json(tar, info)
                    else:
                        found[info.name] = _keep(tar, info, folder)
        except (zstandard.ZstdError, tarfile.TarError, EOFError, ValueError, AssertionError) as error:
            why = "it is no backup of Huoqun" if head is None else "the file is damaged"
            raise BadParcel(why) from error
    if head is None:
        raise BadParcel("it is no backup of Huoqun")
    if sums is None:
        raise BadParcel("the file is damaged: its end is missing")
    if found != sums:
        wrong = sorted(n for n in found.keys() | sums.keys() if found.get(n) != sums.get(n))
        raise BadParcel(f"the file is damaged at {wrong[0]}")
    return head


def _head(tar: tarfile.TarFile, info: tarfile.TarInfo) -> dict[str, Any]:
    if info.name != HEAD:
        raise BadParcel("it is no backup of Huoqun")
    head = _json(tar, info)
    number = head.get("huoqun")
    if not isinstance(number, int):
        raise BadParcel("it is no backup of Huoqun")
    if number > FORMAT:
        raise BadParcel(f"a newer Huoqun wrote it (layout {number}, this one reads {FORMAT}); install that version")
    return head


def _json(tar: tarfile.TarFile, info: tarfile.TarInfo) -> dict[str, Any]:
    member = tar.extractfile(info)
    if member is None:
        raise BadParcel("the file is damaged")
    value: Any = json.loads(member.read())
    if not isinstance(value, dict):
        raise BadParcel("the file is damaged")
    return value


def _keep(tar: tarfile.TarFile, info: tarfile.TarInfo, folder: Path) -> list[object]:
    """One member on disk; its size and sum."""
    member = tar.extractfile(info) if info.isreg() and sound(info.name) else None
    if member is None:
        raise BadParcel("the file is damaged, or no backup of Huoqun: it holds what no backup holds")
    target = folder / info.name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as out:
        target.chmod(0o600)
        while chunk := member.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            out.write(chunk)
    return [size, digest.hexdigest()]
