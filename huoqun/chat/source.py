"""The source: the bytes of one export as a format sees them: unpacked, in UTF-8, without BOM.

A format never opens a file itself. What a path holds (plain, gzip, xz, zstd, bzip2, zip, a folder; UTF-8, UTF-16,
GB18030) is settled here, so that every format works through every wrapping.
"""

from dataclasses import dataclass
from functools import cached_property
from mmap import mmap
from pathlib import Path

from huoqun.chat.bundle import pieces
from huoqun.chat.encoding import Bytes, to_utf8
from huoqun.chat.refusal import NotAChat as NotAChat

_ENDINGS = frozenset(
    ("txt", "csv", "tsv", "json", "jsonl", "ndjson", "md", "sql", "log", "xlsx", "htm", "html")
    + ("gz", "bz2", "xz", "zst", "zip")
)


@dataclass(frozen=True)
class Source:
    """One exported file, or a bundle (zip, folder) of several."""

    name: str
    """File name with its inner path where it comes from a bundle; never trusted, only a hint for a group's name."""
    data: bytes | mmap
    """UTF-8 without BOM, line ends as in the file. Empty for a bundle. Of a spreadsheet (`.xlsx`) the raw zip."""
    parts: tuple["Source", ...] = ()
    """The files of a bundle, sorted by name."""
    damaged: tuple[int, ...] = ()
    """0-based lines on which undecodable bytes were replaced."""
    refused: tuple[NotAChat, ...] = ()
    """Why files of a bundle could not be opened."""

    @cached_property
    def head(self) -> str:
        """The first 64 KiB as text, for recognising."""
        return bytes(self.data[:65536]).decode("utf-8", "replace")

    @property
    def stem(self) -> str:
        """The file's name without folders and known endings (`群聊.v2.csv.gz` is `群聊.v2`)."""
        stem = Path(self.name).name
        while "." in stem[1:] and stem.rsplit(".", 1)[1].lower() in _ENDINGS:
            stem = stem.rsplit(".", 1)[0]
        return stem


def open_source(path: Path) -> Source:
    """What stands at the path, ready to be recognised. Raises NotAChat where it cannot be a chat."""
    parts = []
    refused: list[NotAChat] = []
    for name, data in pieces(path):
        try:
            if isinstance(data, NotAChat):
                raise data
            parts.append(_source(name, data))
        except NotAChat as error:
            refused.append(error)
    if not parts:
        raise refused[0]
    if len(parts) == 1 and not refused:
        return parts[0]
    return Source(path.name, b"", tuple(parts), refused=tuple(refused))


def _source(name: str, data: Bytes) -> Source:
    if data[:4] == b"PK\x03\x04":
        return Source(name, data)
    text, damaged = to_utf8(data, name)
    if not len(text):
        raise NotAChat(name, "empty")
    return Source(name, text, damaged=damaged)
