"""Writes a made-up export: `python -m bench.generate LAYOUT COUNT OUT [--seed N] [--language zh|en] [--people N]`.

The same arguments give the same file, byte for byte; any length streams in constant memory.
"""

import argparse
from itertools import islice
from pathlib import Path

from bench.layouts import LAYOUTS
from bench.said import chat

OUT = Path(__file__).parent / "out"


def write(path: Path, layout: str, count: int, *, seed: int = 1, language: str = "zh", people: int = 500) -> Path:
    """Writes `count` rows in the layout to the path."""
    pieces = LAYOUTS[layout][1](chat(count, seed=seed, language=language, people=people))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        while batch := "".join(islice(pieces, 10_000)):
            file.write(batch)
    return path


def export(layout: str, count: int, *, language: str = "zh") -> Path:
    """A made-up export in the bench's own folder, written once."""
    path = OUT / f"{layout}-{language}-{count}.{LAYOUTS[layout][0]}"
    if not path.exists():
        write(path.with_suffix(".part"), layout, count, language=language).rename(path)
    return path


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("layout", choices=sorted(LAYOUTS))
    parser.add_argument("count", type=int)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--language", choices=("zh", "en"), default="zh")
    parser.add_argument("--people", type=int, default=500)
    asked = parser.parse_args()
    write(asked.out, asked.layout, asked.count, seed=asked.seed, language=asked.language, people=asked.people)


if __name__ == "__main__":
    main()
