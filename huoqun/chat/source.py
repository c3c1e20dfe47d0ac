"""The source: the bytes of one export as a format sees them: unpacked, in UTF-8, without BOM.

A format never opens a file itself. What a path holds (plain, gzip, xz, zstd, bzip2, zip, a folder; UTF-8, UTF-16,
GB18030) is settled here, so that every format works through every wrapping.
"""

from dataclasses import dataclass
from mmap import mmap
from pathlib import Path


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

    @property
    def head(self) -> str:
        """The first 64 KiB as text, for recognising."""
        return bytes(self.data[:65536]).decode("utf-8", "replace")

    @property
    def stem(self) -> str:
        """The file's name without folders and endings."""
        return Path(self.name).name.split(".")[0]


class NotAChat(Exception):
    """The file is not a chat export that Huoqun knows. The message says what was found instead."""
