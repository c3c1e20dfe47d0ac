"""Normal ranges of vital signs, from group-lives, the handbook and our own defaults: writes `normal.json`.

Run as `python -m training.train_normal` with HUOQUN_DATA set. Each channel is read by the very code that reads a
customer's group, at every moment of the sampling rule (but 120 days apart); its median counts once; normal is what lies
between the 20 % and 80 % quantiles over the channels that then went on living (at least half as many people spoke in
the next 90 days). A sign is left out where this community cannot tell: joins and departures, staff, and whatever needs
to know who answered whom.
"""

import json
from collections import defaultdict
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from huoqun.insight.card import Card
from huoqun.insight.examination import examine
from huoqun.insight.normal import TABLE
from huoqun.insight.reading import reading
from huoqun.insight.reply import LINKS
from training.lives import frame, lives, rows, samples

STEP = 120
LEAST_CHANNELS = 20
FROM_DATA = (
    "pulse_of_best",
    "speakers_of_best",
    "event_dependence",
    "concentration",
    "gini",
    "retention_week_1",
    "retention_week_4",
    "speaking_share",
)
ONE_SIDED = {
    "pulse_of_best": "high",
    "speakers_of_best": "high",
    "event_dependence": "low",
    "retention_week_1": "high",
    "retention_week_4": "high",
    "speaking_share": "high",
}
"""Signs that cannot be too good: the bound that is left open."""
OTHERS: dict[str, tuple[float | None, float | None, str]] = {
    "first_sale_days": (7.0, None, "handbook"),
    "response": (0.2, None, "default"),
    "cadence": (None, 7.0, "handbook"),
    "owner_dependence": (None, 0.5, "default"),
    "strong_tie_share": (0.15, None, "default"),
    "newcomer_welcome": (0.6, None, "default"),
    "answer_rate": (0.6, None, "default"),
    "leave_rate": (None, 0.08, "default"),
    "owner_presence": (0.14, 0.86, "default"),
    "promotion_load": (None, 0.25, "default"),
}
"""`handbook`: said there in numbers (no selling in the first 7 days; one or two spotlights a week). `default`: only
in words (a floor and a ceiling for the owner's presence, ...); these are the thresholds of the findings."""
BY_TYPE: dict[str, dict[str, None]] = {
    "lead_pond": dict.fromkeys(("retention_week_1", "retention_week_4", "speaking_share", "concentration", "gini")),
    "camp": dict.fromkeys(("retention_week_4", "pulse_of_best", "cadence")),
    "staff": dict.fromkeys(("promotion_load", "first_sale_days", "owner_presence", "event_dependence")),
    "relationship": dict.fromkeys(("cadence", "owner_presence")),
}
"""Where a type has no such normal (handbook chapter 1): a lead pond has a short life and a light hand, a camp an end,
colleagues are no audience, alumni and locals live by themselves."""


def measured(part: pl.DataFrame, when: float) -> dict[str, float]:
    """The signs of a channel as of `when` (days since the epoch)."""
    now = datetime(1970, 1, 1) + timedelta(days=when)
    links = pl.DataFrame(schema=LINKS)
    seen = reading(rows(part), links, Card(zone="UTC"), now=now)
    case = examine(seen)
    values = {id: sign.value for id, sign in case.signs.items() if sign.value is not None}
    people = [value for _, value in case.signs["speakers"].series if value is not None]
    if people and max(people) > 0:
        values["speakers_of_best"] = people[-1] / max(people)
    return values


def main() -> None:
    """Measure and write."""
    found, end = lives()
    parts = {str(name): part for (name,), part in frame().group_by("channel", maintain_order=True)}
    by_channel: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for sample in samples(found, end, step=STEP):
        if not sample.labels[2]:
            for id, value in measured(parts[found[sample.life].name], sample.when).items():
                by_channel[id][sample.life].append(value)
    general: dict[str, dict[str, float | str | None]] = {}
    for id in FROM_DATA:
        medians = [float(np.median(values)) for values in by_channel[id].values()]
        if len(medians) >= LEAST_CHANNELS:
            low, high = np.quantile(medians, [0.2, 0.8])
            general[id] = {"low": round(float(low), 4), "high": round(float(high), 4), "source": "group-lives"}
        print(id, len(medians), np.round(np.quantile(medians, [0.1, 0.2, 0.5, 0.8, 0.9]), 3))
    general |= {id: {"low": low, "high": high, "source": source} for id, (low, high, source) in OTHERS.items()}
    for id in ONE_SIDED:
        general[id][ONE_SIDED[id]] = None
    table = {"general": general, "by_type": BY_TYPE}
    TABLE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
