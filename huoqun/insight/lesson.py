"""Lessons: the few figures about real groups that a page quotes, as `training/train_lesson.py` counted them.

No sentence holds such a figure itself: it asks here, so that a sentence is never older than the data behind it.
"""

import json
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "lesson.json"


@cache
def lessons() -> dict[str, int]:
    """`channels`, `years`: the size of group-lives. `again_14`, `again_30`, `again_60`: of ten channels of 50 messages
    or more that had been silent for so many days, how many spoke again within 90 more."""
    table: dict[str, dict[str, int]] = json.loads(TABLE.read_text(encoding="utf-8"))
    return table["quoted"]
