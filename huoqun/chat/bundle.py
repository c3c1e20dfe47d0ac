"""The bundle: what is packed in an export (gzip, bzip2, xz, zstd, zip, folder), taken out within limits.

Nothing is ever written to disk, so a name inside a zip can hurt nobody; it is still cleaned, because it is shown.
What a damaged or hostile file makes a library raise is all the same news to the operator: NotAChat.
"""

import bz2
import gzip
import io
import lzma
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import IO, Any

import zstandard

from huoqun.chat.encoding import Bytes, binary
from huoqun.chat.refusal import NotAChat

MAX_WRAPPINGS = 2
"""How often something may be packed: a gzip inside a zip is fine, a zip in a zip in a zip is not opened."""
MAX_RATIO = 200
"""How many bytes of text one packed byte may become (chats pack 5 to 30 fold), once beyond FREE_BYTES."""
FREE_BYTES = 256 << 20
MAX_ENTRIES = 500_000
"""A Slack export has a file per channel and day; more than this is no export."""

_STEP = 1 << 20
_SNIFF = 1 << 16
_MEDIA = frozenset(
    ("jpg", "jpeg", "png", "gif", "webp", "heic", "opus", "ogg", "m4a", "mp3", "amr", "silk", "wav", "mp4", "mov")
    + ("3gp", "avi", "mkv", "pdf", "docx", "pptx", "vcf")
)
_Opener = Callable[[IO[bytes]], Any]


def _gzip(file: IO[bytes]) -> Any:
    return gzip.GzipFile(fileobj=file)


def _zstd(file: IO[bytes]) -> Any:
    return zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(file, read_across_frames=True)


_PACKED: tuple[tuple[bytes, str, _Opener], ...] = (
    (b"\x1f\x8b\x08", "gzip", _gzip),
    *((b"BZh%d1AY&SY" % size, "bzip2", bz2.BZ2File) for size in range(1, 10)),
    (b"\xfd7zXZ\0", "xz", lzma.LZMAFile),
    (b"\x28\xb5\x2f\xfd", "zstd", _zstd),
)
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"


class _Mapped(mmap):
    """A mapped file as `zipfile` wants it: before Python 3.13 an mmap does not say that it can seek."""

    def seekable(self) -> bool:
        """Always."""
        return True


Piece = tuple[str, Bytes | NotAChat]
"""A file's name with its bytes, or with why it could not be opened."""


@dataclass
class Budget:
    """How many more bytes may be unpacked, so that reading stays inside the memory of the machine."""

    left: int
    name: str

    def take(self, count: int) -> None:
        """Books bytes. Raises NotAChat when there are none left."""
        self.left -= count
        if self.left < 0:
            raise NotAChat(self.name, "bomb")


def packed_budget(name: str, packed: int) -> Budget:
    """What a packed file of so many bytes may become: by ratio, and never above what 4 x + 300 MB leaves of memory."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return Budget(min(max(FREE_BYTES, MAX_RATIO * packed), (memory - (300 << 20)) // 4), name)


def pieces(path: Path) -> list[Piece]:
    """The files at the path with their names, unpacked, not yet decoded; binary ones are left out of a bundle.

    A single file gives one piece, whatever it holds; of several one that cannot be opened gives its
    refusal. Spreadsheets (`.xlsx`) stay packed, as one piece.
    """
    try:
        if path.is_dir():
            return _folder(path)
        if not path.exists():
            raise NotAChat(path.name, "missing")
        if not path.is_file():
            raise NotAChat(path.name, "no_file")
        data = _load(path)
    except OSError as error:
        raise NotAChat(path.name, "unreadable", detail=str(error.strerror or error)) from error
    if not len(data):
        raise NotAChat(path.name, "empty")
    return list(_open(path.name, data, packed_budget(path.name, len(data)), 0))


def _load(path: Path) -> Bytes:
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size < _STEP:
            return file.read()
        return _Mapped(file.fileno(), 0, access=ACCESS_READ)


def _folder(path: Path) -> list[Piece]:
    found: list[Piece] = []
    for place, folders, files in os.walk(path):
        folders[:] = [folder for folder in folders if not folder.startswith(".")]
        for file in map(Path(place).joinpath, files):
            inner = str(file.relative_to(path.parent))
            if _unwanted(inner) or file.is_symlink() or not file.is_file():
                continue
            try:
                with file.open("rb") as opened:
                    head = opened.read(_SNIFF)
                if head and _useful(head):
                    data = _load(file)
                    found += _open(inner, data, packed_budget(inner, len(data)), 0)
            except OSError as error:
                found.append((inner, NotAChat(inner, "unreadable", detail=str(error.strerror or error))))
            except NotAChat as error:
                found.append((inner, error))
            if len(found) > MAX_ENTRIES:
                raise NotAChat(path.name, "too_many_files", most=MAX_ENTRIES)
    if not found:
        raise NotAChat(path.name, "no_text_file")
    return sorted(found, key=lambda piece: piece[0])


def _open(name: str, data: Bytes, budget: Budget, wrappings: int) -> Iterator[Piece]:
    """The pieces of what may be packed."""
    head = bytes(data[:_SNIFF])
    if head.startswith(_EMPTY_ZIP):
        raise NotAChat(budget.name, "empty_zip")
    if head.startswith(_ZIP):
        yield from _zip(name, data, budget, wrappings)
        return
    for magic, kind, opener in _PACKED:
        if head.startswith(magic):
            _enough(name, wrappings)
            yield from _open(name, _unpack(name, data, kind, opener, budget), budget, wrappings + 1)
            return
    yield name, data


def _enough(name: str, wrappings: int) -> None:
    if wrappings >= MAX_WRAPPINGS:
        raise NotAChat(name, "packed_too_often", most=MAX_WRAPPINGS)


def _unpack(name: str, data: Bytes, kind: str, opener: _Opener, budget: Budget) -> bytes:
    steps: list[bytes] = []
    try:
        with opener(_file(data)) as stream:
            while step := stream.read(_STEP):
                budget.take(len(step))
                steps.append(step)
    except NotAChat:
        raise
    except Exception as error:
        raise NotAChat(name, "damaged_packed", kind=kind) from error
    return b"".join(steps)


def _file(data: Bytes) -> IO[bytes]:
    if isinstance(data, bytes):
        return io.BytesIO(data)
    data.seek(0)
    return data  # type: ignore[return-value]  # an mmap reads and seeks like a file


def _zip(name: str, data: Bytes, budget: Budget, wrappings: int) -> Iterator[Piece]:
    try:
        archive = zipfile.ZipFile(_file(data))
        entries = archive.infolist()
    except Exception as error:
        raise NotAChat(name, "damaged_packed", kind="zip") from error
    if len(entries) > MAX_ENTRIES:
        raise NotAChat(name, "too_many_files", most=MAX_ENTRIES)
    if any(entry.filename == "xl/workbook.xml" for entry in entries):
        budget.take(sum(entry.file_size for entry in entries))
        yield name, data
        return
    _enough(name, wrappings)
    found = 0
    for entry in sorted(entries, key=_entry_name):
        inner = _entry_name(entry)
        if not entry.filename or entry.is_dir() or _unwanted(inner) or not entry.file_size:
            continue
        try:
            if entry.flag_bits & 1:
                raise NotAChat(name, "locked")
            content = _entry(archive, entry, name, budget)
            if content is not None:
                for piece in _open(f"{name}/{inner}", content, budget, wrappings + 1):
                    found += 1
                    yield piece
        except NotAChat as error:
            if error.reason == "bomb":
                raise
            found += 1
            yield f"{name}/{inner}", error
    if not found:
        raise NotAChat(name, "no_text_file")


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, budget: Budget) -> bytes | None:
    """An entry's bytes, or None where its beginning shows that it is no text."""
    try:
        with archive.open(entry) as stream:
            step = stream.read(_SNIFF)
            if not _useful(step):
                return None
            steps = []
            while step:
                budget.take(len(step))
                steps.append(step)
                step = stream.read(_STEP)
    except NotAChat:
        raise
    except Exception as error:
        raise NotAChat(name, "damaged_entry", entry=_entry_name(entry)) from error
    return b"".join(steps)


def _entry_name(entry: zipfile.ZipInfo) -> str:
    """The name as shown: Chinese Windows writes GBK without saying so; climbing out of the zip is not shown."""
    written = entry.filename
    if not entry.flag_bits & 0x800:
        try:
            written = written.encode("cp437").decode("gb18030")
        except UnicodeError:
            written = entry.filename
    parts = [part for part in written.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "/".join(parts)


def _useful(head: bytes) -> bool:
    packed = head.startswith(_ZIP) or any(head.startswith(magic) for magic, _, _ in _PACKED)
    return packed or binary(head) is None


def _unwanted(inner: str) -> bool:
    last = inner.rsplit("/", 1)[-1]
    return "__MACOSX" in inner.split("/") or last.startswith((".", "~$")) or last.rsplit(".", 1)[-1].lower() in _MEDIA
