"""The swap: several files and folders change places, all of them or none, also when the process is killed between two.

What is to be moved is written down before the first move. Who finds that note knows that a swap was broken off, and
takes back what was done of it.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from huoqun.base.file import write_whole

Moves = Sequence[tuple[Path, Path]]
"""From where to where, in order, on one disk; nothing stands at any of the targets when its turn comes."""


def begin(note: Path, moves: Moves, told: dict[str, str]) -> None:
    """Write down what will be moved, and `told`, which whoever settles it may need."""
    rows = [[str(source), str(target), source.stat().st_ino] for source, target in moves]
    write_whole(note, json.dumps({"told": told, "moves": rows}))
    with note.open("rb") as file:
        os.fsync(file.fileno())
    _sync(note.parent)


def move(moves: Moves) -> None:
    """Do it. Raises OSError; the caller then takes it back."""
    for source, target in moves:
        source.rename(target)
    for folder in {path.parent for pair in moves for path in pair}:
        _sync(folder)


def told(note: Path) -> dict[str, str] | None:
    """What `begin` was told, where a swap is under way or was broken off; else None."""
    try:
        found: dict[str, str] = json.loads(note.read_text(encoding="utf-8"))["told"]
    except FileNotFoundError:
        return None
    return found


def undo(note: Path) -> None:
    """Take back every move that was done, the last first, and forget the swap; folders that are empty then go."""
    moves = json.loads(note.read_text(encoding="utf-8"))["moves"]
    for source, target, number in reversed(moves):
        if Path(target).exists() and Path(target).stat().st_ino == number:  # it is what stood at `source`
            Path(target).rename(source)
    for folder in {Path(target).parent for _, target, _ in moves}:
        if folder.exists() and not any(folder.iterdir()):
            folder.rmdir()
    end(note)


def end(note: Path) -> None:
    """The swap stands: forget how to take it back."""
    note.unlink(missing_ok=True)
    _sync(note.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
