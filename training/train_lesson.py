"""Counts the figures that pages quote from group-lives and writes them to `insight/data/lesson.json`.

Run as `python -m training.train_lesson` with HUOQUN_DATA set.
"""

import json
from typing import Any

import numpy as np

from huoqun.insight.lesson import TABLE
from training.lives import AHEAD_DAYS, LEAST_MESSAGES, Life, frame, lives

SILENCES = (14, 30, 60)
"""Days."""


def silences(found: list[Life], end: float, days: int) -> tuple[int, int]:
    """How many times a channel had been silent for `days` with 90 more on record, and how often those stayed silent."""
    began = stayed = 0
    for life in found:
        if len(life.times) < LEAST_MESSAGES:
            continue
        gaps = np.diff(np.append(life.times, np.inf))
        known = (gaps >= days) & (life.times + days + AHEAD_DAYS <= end)
        began += int(known.sum())
        stayed += int((gaps[known] >= days + AHEAD_DAYS).sum())
    return began, stayed


def counted() -> dict[str, Any]:
    """The file's content."""
    found, end = lives()
    quoted = {
        "channels": frame()["channel"].n_unique(),
        "years": int((end - min(life.times[0] for life in found)) / 365),
    }
    behind = {}
    for days in SILENCES:
        began, stayed = silences(found, end, days)
        quoted[f"again_{days}"] = round(10 * (began - stayed) / began)
        behind[str(days)] = {"silences": began, "stayed": stayed}
    return {"source": "group-lives", "quoted": quoted, "behind": behind}


def main() -> None:
    """Count and write."""
    table = counted()
    TABLE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    print(table)


def section() -> str:
    """The chapter of docs/truth.md; writes the file too, so that what is quoted is never older than this page."""
    main()
    table = counted()
    lines = [
        "## Silence is not death",
        "",
        "`python -m training.train_lesson`. Channels of group-lives with at least 50",
    ]
    lines += ["messages. Pages quote the last column from the file that is written here.", ""]
    lines += ["| silent for, days | times | still silent 90 days later | |"]
    lines += ["| --- | --- | --- | --- |"]
    for days, one in table["behind"].items():
        again = f"{table['quoted'][f'again_{days}']} of 10 spoke again"
        lines.append(f"| {days} | {one['silences']} | {one['stayed'] / one['silences']:.1%} | {again} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
