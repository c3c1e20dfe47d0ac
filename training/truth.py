"""`make truth`: every figure about accuracy, computed now from the data in HUOQUN_DATA, printed and put into docs/truth.md."""

import os
import sys
from pathlib import Path

from training import (
    train_lesson,
    truth_effect,
    truth_mood,
    truth_reply,
    truth_share,
    truth_society,
    truth_tie,
    truth_verdict,
)

SECTIONS = (truth_verdict, train_lesson, truth_reply, truth_tie, truth_mood, truth_effect, truth_share, truth_society)
"""Each gives one chapter by `section() -> str` in Markdown."""

PAGE = Path(__file__).parent.parent / "docs" / "truth.md"

HEAD = """# Truth

What Huoqun claims to know, measured on data that nobody here made up. `make truth` computes this page from the folder
named in `HUOQUN_DATA`; it is never edited by hand. Parts of the data are kept aside and were not seen.
"""


def main() -> int:
    """Compute all chapters, then write the page."""
    if not os.environ.get("HUOQUN_DATA"):
        sys.stderr.write("make truth: HUOQUN_DATA names no folder; see README, Data\n")
        return 2
    chapters = [HEAD]
    for module in SECTIONS:
        chapters.append(module.section().strip() + "\n")
        print(chapters[-1], flush=True)
    PAGE.write_text("\n".join(chapters), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
