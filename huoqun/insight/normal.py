"""Normal ranges: between what and what a vital sign of a living group usually lies.

`data/normal.json` holds them by id, from real groups where there are data (20 % to 80 % of the channels of
group-lives, made by `training/train_normal.py`), else from the handbook, else none; and what differs by type of group.
The operator's own (`Card.ranges`) win over everything.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from huoqun.insight.card import Card

TABLE = Path(__file__).parent / "data" / "normal.json"


@dataclass(frozen=True)
class Normal:
    """A normal range; a missing bound is open. `source` as in `VitalSign.range_source`."""

    low: float | None = None
    high: float | None = None
    source: str = ""

    def state(self, value: float | None) -> str:
        """`good` inside, `low` or `high` outside, `unknown` without a value or a range."""
        if value is None or not self.source:
            return "unknown"
        if self.low is not None and value < self.low:
            return "low"
        return "high" if self.high is not None and value > self.high else "good"


def normals(card: Card) -> dict[str, Normal]:
    """Normal ranges by vital sign id for a group of this type."""
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    ranges = {id: Normal(**one) for id, one in table["general"].items()}
    for id, one in table["by_type"].get(card.type or "", {}).items():
        ranges[id] = Normal(**one) if one else Normal()
    ranges |= {id: Normal(low, high, "operator") for id, (low, high) in card.ranges.items()}
    return ranges
