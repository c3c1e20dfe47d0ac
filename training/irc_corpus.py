"""The Ubuntu IRC disentanglement corpus (Kummerfeld et al., ACL 2019), read from the packed file in HUOQUN_DATA."""

import os
import tarfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from huoqun.chat.formats import irc
from huoqun.chat.identity import join_renames
from huoqun.chat.message import Chat
from huoqun.chat.source import Source

Answers = dict[int, set[int]]
"""By line: the lines it answers; itself where it starts something (or is a system line)."""


@dataclass(frozen=True)
class Log:
    """One annotated log."""

    name: str
    chat: Chat
    gold: Answers
    """Of the annotated lines only."""


def logs(part: str, data: Path | None = None) -> list[Log]:
    """The logs of `train` or `dev`, by name."""
    folder = data or Path(os.environ["HUOQUN_DATA"])
    texts: dict[str, bytes] = {}
    with tarfile.open(folder / "irc-disentanglement.tar.xz") as packed:
        for member in packed:
            path = Path(member.name)
            if path.parent.name == part and path.name.endswith(".txt"):
                stored = packed.extractfile(member)
                assert stored is not None
                texts[path.name] = stored.read()
    names = sorted(name.removesuffix(".raw.txt") for name in texts if name.endswith(".raw.txt"))
    return [_log(name, texts[f"{name}.raw.txt"], texts[f"{name}.annotation.txt"]) for name in names]


def _log(name: str, raw: bytes, annotation: bytes) -> Log:
    gold: Answers = defaultdict(set)
    for line in annotation.decode("ascii").splitlines():
        one, other = (int(word) for word in line.split()[:2])
        gold[max(one, other)].add(min(one, other))
    return Log(name, join_renames(irc.read(Source(f"{name}.raw.txt", raw), zone="UTC")[0]), dict(gold))
