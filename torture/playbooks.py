"""Every playbook of the library, to its end: `huoqun simulate` on groups of several sizes, seeds and both languages.

A round is each playbook once, on a group of one size; the next has another size, another seed and the other language.
What is promised of each trial: it ends by itself, in time; every
step is done or skipped for a reason that is not an error; nobody's task is left open; words and numbers of the effect
are there; and the same arguments in another process, with other hashes, give the same bytes.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROUNDS = 2
LONGEST = 1800
"""Seconds after which a trial hangs; the longest takes some hundred seconds of one processor."""
PEOPLE = (60, 150, 12, 330)
"""Members, a round each, in turn."""


@dataclass(frozen=True)
class Tried:
    """One trial: its arguments."""

    book: str
    people: int
    seed: int
    language: str

    @property
    def name(self) -> str:
        """As the table has it."""
        return f"{self.book:<26} {self.language} {self.people:>5} {self.seed:>4}"


def run(times: int) -> str:
    """So many rounds; prints a table. Raises AssertionError at the first broken promise."""
    began, trials, steps = time.monotonic(), 0, Counter[str]()
    print(f"{'playbook':<26} {'':<2} people seed  seconds   done skipped tasks  messages a day, without  ways")
    for tried in _trials(times):
        with tempfile.TemporaryDirectory() as folder:
            text, seconds = _simulated(tried, Path(folder) / "one.json", "1")
            told = json.loads(text)
            states = _kept(tried, told)
            if tried.seed == 1:
                again, _ = _simulated(tried, Path(folder) / "two.json", "2")
                assert again == text, f"{tried.name}: another process gives other bytes"
        trials, steps = trials + 1, steps + states
        planted = told["planted"]["during"]
        print(
            f"{tried.name} {seconds:>8.1f} {states['done']:>6} {states['skipped']:>7} {len(told['tasks']):>5} "
            f"{planted['with']:>9.0f} {planted['without']:>9.0f}  {', '.join(told['run']['paths'])}",
            flush=True,
        )
    minutes = (time.monotonic() - began) / 60
    return (
        f"{trials} trials of {trials // max(1, times)} playbooks in {minutes:.0f} min: all ended, {steps['done']} steps "
        f"done, {steps['skipped']} skipped, none failed; the same bytes from another process."
    )


def _trials(rounds: int) -> Iterator[Tried]:
    books = json.loads(_said("playbook", "list", "--json"))
    for number in range(rounds):
        for place, book in enumerate(books):
            yield Tried(book["name"], PEOPLE[number % len(PEOPLE)], number + 1, ("zh", "en")[(number + place) % 2])


def _said(*args: str) -> str:
    told = [sys.executable, "-m", "huoqun", *args]
    return subprocess.run(told, check=True, capture_output=True, text=True).stdout


def _simulated(tried: Tried, out: Path, hashes: str) -> tuple[str, float]:
    """What came of it, and the seconds of processor that it took."""
    args = ["--people", str(tried.people), "--seed", str(tried.seed), "--lang", tried.language, "--json", str(out)]
    own = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO")}
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    try:
        done = subprocess.run(
            [sys.executable, "-m", "huoqun", "simulate", tried.book, *args],
            env=own | {"PYTHONHASHSEED": hashes},
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise AssertionError(f"{tried.name}: hangs") from error
    assert done.returncode == 0, f"{tried.name}: {done.stderr[-2000:]}"
    return out.read_text(encoding="utf-8"), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def _kept(tried: Tried, told: dict[str, Any]) -> Counter[str]:
    """The promises; returns how many steps came to which end."""
    assert told["simulated"] is True and told["run"]["state"] == "ended", f"{tried.name}: {told['run']}"
    for step in told["steps"]:
        assert step["state"] in {"done", "skipped"}, f"{tried.name}: {step}"
        assert step["state"] == "done" or step["why"], f"{tried.name}: skipped for no reason: {step}"
        assert "Error" not in step["why"] and "cannot" not in step["why"], f"{tried.name}: {step}"
    for task in told["tasks"]:
        assert task["state"] != "open" and not task["late"], f"{tried.name}: {task}"
    assert len(told["messages"]) == told["days"], f"{tried.name}: days are missing"
    assert sum(row["messages"] for row in told["messages"]) > 0, f"{tried.name}: nobody said anything"
    assert told["effects"] and told["effect"]["words"]["zh"] and told["effect"]["words"]["en"], tried.name
    effect = told["effect"]
    if effect["enough"]:
        assert effect["low"] <= effect["estimate"] <= effect["high"], f"{tried.name}: {effect}"
    return Counter(step["state"] for step in told["steps"])
