"""How like real groups the made-up ones of `huoqun simulate` are: both measured by the same code, side by side."""

import numpy as np

from huoqun.simulation.rhythm import rhythm
from training.lives import Life, frame, lives
from training.train_society import Measured, measured, simulated, week

SEEDS = (21, 22, 23, 24)
"""Not those it was fitted with."""
TOLD = {
    "gini": ("Gini of messages, windows of 60 days", 0.10),
    "top": ("share of the top 10 % of speakers, same windows", 0.12),
    "once": ("speakers with one message, same windows", 0.12),
    "gap": ("median gap in a conversation, minutes", 0.30),
    "burst": ("messages of a conversation", 1.20),
    "alone": ("first words that nobody takes up", 0.12),
    "taken_up": ("newcomers back on day 2–90, first words taken up within 30 min", 0.15),
    "not_taken_up": ("the same, not taken up", 0.15),
}
"""By measure what it is, and how far apart both may be; said before they were compared."""


def section() -> str:
    """Markdown for docs/truth.md."""
    found, _end = lives()
    lived = simulated(rhythm(), SEEDS)
    real, made = measured(found), measured(lived)
    alike = _hours(lived)
    lines = [
        "## Made-up people (`huoqun simulate`)",
        "",
        f"{len(SEEDS)} made-up groups of 220 over 240 days, to which nothing happens, beside the channels. Fitted with",
        "other seeds on the same channels (`training/train_society`), so this says how well the fit came out, not more.",
        "",
        "| measure | real | made up | tolerance | within |",
        "| --- | --- | --- | --- | --- |",
        *[_row(name, real, made) for name in TOLD],
        f"| hours of the week, correlation | 1 | {alike:.3f} | 0.05 | {'yes' if alike >= 0.95 else 'no'} |",
    ]
    return "\n".join(lines)


def _row(name: str, real: Measured, made: Measured) -> str:
    words, most = TOLD[name]
    one, other = getattr(real, name), getattr(made, name)
    return f"| {words} | {one:.3f} | {other:.3f} | {most} | {'yes' if abs(one - other) <= most else 'no'} |"


def _hours(lived: list[Life]) -> float:
    """Of the hours at which made-up people spoke with those of the data."""
    counted = np.zeros((7, 24))
    for life in lived:
        hours = np.floor(life.times * 24).astype(int)
        np.add.at(counted, ((hours // 24 + 3) % 7, hours % 24), 1)
    real = np.array(week(frame().filter(~frame()["is_bot"])))
    return float(np.corrcoef(counted.reshape(-1), real.reshape(-1))[0, 1])


if __name__ == "__main__":
    print(section())
