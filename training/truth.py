"""`make truth`: every figure about accuracy, computed now from the data in HUOQUN_DATA, printed and put into docs/truth.md.

`python -m training.truth truth_effect …` computes these chapters only and leaves the others as they stand.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from training import (
    train_lesson,
    truth_control,
    truth_effect,
    truth_mood,
    truth_reply,
    truth_share,
    truth_society,
    truth_tie,
    truth_verdict,
)

SECTIONS = (
    truth_verdict,
    train_lesson,
    truth_reply,
    truth_tie,
    truth_mood,
    truth_effect,
    truth_control,
    truth_share,
    truth_society,
)
"""Each gives one chapter by `section() -> str` in Markdown."""

PAGE = Path(__file__).parent.parent / "docs" / "truth.md"

HEAD = """# Truth

What Huoqun claims to know, measured on data that nobody here made up. `make truth` computes this page from the folder
named in `HUOQUN_DATA`; it is never edited by hand. Parts of the data are kept aside and were not seen.
"""


def main(asked: Sequence[str] = ()) -> int:
    """Compute the chapters asked for by the name of their module, or all; then write the page."""
    names = [module.__name__.rpartition(".")[2] for module in SECTIONS]
    if not os.environ.get("HUOQUN_DATA") or not set(asked) <= set(names):
        sys.stderr.write(f"make truth: HUOQUN_DATA names no folder (README, Data), or not one of {', '.join(names)}\n")
        return 2
    stands = chapters(PAGE.read_text(encoding="utf-8")) if asked else []
    for module, name in zip(SECTIONS, names, strict=True):
        if not asked or name in asked:
            made = module.section().strip() + "\n"
            print(made, flush=True)
            stands = taken(stands, made)
    PAGE.write_text("\n".join([HEAD, *stands]), encoding="utf-8")
    return 0


def chapters(page: str) -> list[str]:
    """The chapters of a page, in order."""
    return [f"## {part.strip()}\n" for part in f"\n{page}".split("\n## ")[1:]]


def taken(stands: list[str], made: str) -> list[str]:
    """Chapters with one more, in place of that of the same title; a new one comes last."""
    title = made.partition("\n")[0]
    if any(one.startswith(f"{title}\n") for one in stands):
        return [made if one.startswith(f"{title}\n") else one for one in stands]
    return [*stands, made]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
