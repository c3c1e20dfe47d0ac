"""The said: a made-up chat of any length, from a seed, a batch at a time.

Rhythm and manners are those of real groups: few people say most, days have a shape, talk comes in bursts, some
messages answer others, people join and leave, names hold emoji and colons, texts hold line breaks and commas.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

START = datetime(2021, 3, 1)
_BATCH = 50_000
_WORDS = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Said:
    """One message or event."""

    number: int
    time: datetime
    """Wall clock of the group, whole seconds."""
    person: int
    name: str
    kind: str
    """`text`, `image`, `join` or `leave`."""
    text: str
    answers: int | None = None
    """Number of the message this one answers."""


def names(people: int, language: str) -> list[str]:
    """A name for everybody, all different."""
    base = _WORDS[language]["names"]
    return [base[i % len(base)] + (f" {i // len(base)}" if i >= len(base) else "") for i in range(people)]


def chat(count: int, *, seed: int = 1, language: str = "zh", people: int = 500) -> Iterator[Said]:
    """`count` rows in the order of time."""
    random = np.random.default_rng(seed)
    called = names(people, language)
    pool = _pool(random, language)
    weight = 1 / np.arange(1, people + 1) ** 1.1
    weight /= weight.sum()
    now = START
    for begin in range(0, count, _BATCH):
        size = min(_BATCH, count - begin)
        who = random.choice(people, size, p=weight).tolist()
        what = random.random(size).tolist()
        which = random.integers(0, len(pool), size).tolist()
        back = random.integers(1, 20, size).tolist()
        pause = np.where(
            random.random(size) < 0.9, random.exponential(15, size), random.exponential(600, size)
        ).tolist()
        for i in range(size):
            now += timedelta(seconds=int(pause[i]))
            if now.hour < 7 and what[i] < 0.9:
                now = now.replace(hour=7, minute=int(back[i]))
            number = begin + i
            yield _one(number, now, who[i], called[who[i]], what[i], pool[which[i]], back[i])


def _one(number: int, now: datetime, who: int, name: str, what: float, text: str, back: int) -> Said:
    if what < 0.005:
        return Said(number, now, who, name, "join", "")
    if what < 0.008:
        return Said(number, now, who, name, "leave", "")
    if what < 0.06:
        return Said(number, now, who, name, "image", "")
    answers = number - back if what > 0.85 and number > back else None
    return Said(number, now, who, name, "text", text, answers)


def _pool(random: np.random.Generator, language: str) -> list[str]:
    """Twenty thousand different texts with the lengths of real ones."""
    words, gap = _WORDS[language]["words"].split(), "" if language == "zh" else " "
    texts = []
    for length in np.minimum(random.lognormal(1.7, 0.8, 20_000).astype(int) + 1, 120).tolist():
        body = gap.join(words[i] for i in random.integers(0, len(words), length))
        ending = random.random()
        if ending < 0.1:
            body += "？" if language == "zh" else "?"
        elif ending < 0.15:
            body += "😂👍"
        elif ending < 0.2:
            body += "\n" + body[: len(body) // 2] + '，"x": 1'
        texts.append(body)
    return texts
