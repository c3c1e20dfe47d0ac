"""The source: the bytes of one export as a format sees them: unpacked, in UTF-8, without BOM.

A format never opens a file itself. What a path holds (plain, gzip, xz, zstd, bzip2, zip, a folder; UTF-8, UTF-16,
GB18030) is settled here, so that every format works through every wrapping.
"""

from dataclasses import dataclass
from functools import cached_property
from mmap import mmap
from pathlib import Path

from huoqun.chat.refusal import NotAChat as NotAChat


@dataclass(frozen=True)
class Source:
    """One exported file, or a bundle (zip, folder) of several."""

    name: str
    """File name with its inner path where it comes from a bundle; never trusted, only a hint for a group's name."""
    data: bytes | mmap
    """UTF-8 without BOM, line ends as in the file. Empty for a bundle."""
    parts: tuple["Source", ...] = ()
    """The files of a bundle, sorted by name."""
    damaged: tuple[int, ...] = ()
    """0-based lines on which undecodable bytes were replaced."""

    @cached_property
    def head(self) -> str:
        """The first 64 KiB as text, for recognising."""
        return bytes(self.data[:65536]).decode("utf-8", "replace")

    @property
    def stem(self) -> str:
        """The file's name without folders and endings."""
        return Path(self.name).name.split(".")[0]


def open_source(path: Path) -> Source:
    """What stands at the path, ready to be recognised. Raises NotAChat where it cannot be a chat."""
    if not path.is_file():
        raise NotAChat(f"{path.name}: no such file")
    return Source(path.name, path.read_bytes())
