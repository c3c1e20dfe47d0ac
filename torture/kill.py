"""Kill -9 at any moment of append, batch, compaction and erasure; afterwards nothing is lost, doubled or brought back.

Two children at once work on one archive: they append overlapping imports and batches, compact, and erase people, and
write down what they begin and what they have done. The parent kills both with SIGKILL at random moments and looks:

* every import that was acknowledged is there whole; one that was not is there whole or not at all;
* no message is there twice, and none that nobody sent;
* who was erased is on no file of the disk, and stays away although every later import carries them;
* an erasure that was cut off has taken all of the person's rows or none, and is finished by the next child;
* what does not count is gone after the next compaction.
"""

import multiprocessing
import os
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from huoqun.chat.archive import Archive, append, archive_in, compact, erase, files, rows
from huoqun.chat.message import SCHEMA
from huoqun.chat.proof import remains

GROUPS = ("one", "two", "three")
PEOPLE = 8
STEP = 30
"""Rows by which one import is ahead of the one before; each has twice as many, so that neighbours overlap."""
IMPORTS = 60
ERASABLE = 6
START = datetime(2024, 1, 1)
NOW = datetime(2025, 1, 1)
LIVES = 25
"""Kills that one archive sees before a new one is begun."""


def person_of(n: int) -> str:
    """Who said message n."""
    return f"id_{n * 7919 % PEOPLE}_x"


def words_of(group: str, person: str) -> str:
    """What stands in every message of a person and nowhere else."""
    return f"secret of {person} in {group},"


def import_rows(group: str, number: int) -> pl.DataFrame:
    """The rows of one import: messages over months; every tenth quotes its neighbour."""
    table = []
    for n in range(number * STEP, number * STEP + 2 * STEP):
        at, person = START + timedelta(hours=3 * n), person_of(n)
        text = f"{words_of(group, person)} message {n}"
        if n % 10 == 9:
            text = f"「name {person_of(n - 1)}: {words_of(group, person_of(n - 1))} message {n - 1}」\n---\n" + text
        table.append(
            dict.fromkeys(SCHEMA)
            | {"key": f"{group}-{n}", "time": at, "local": at, "order": 0, "sender": person, "name": f"name {person}"}
            | {"kind": "text", "text": text, "mentions": [person_of(n + 3)], "bot": False}
        )
    return pl.DataFrame(table, schema=SCHEMA)


@dataclass
class Diary:
    """What a child has begun and done: one line each, written past every buffer."""

    path: Path

    def write(self, word: str, act: str) -> None:
        """`begin` or `done` of an act; survives SIGKILL because the kernel has it."""
        line = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(line, f"{word} {act}\n".encode())
        os.close(line)


@dataclass
class Known:
    """What the diaries of all children say."""

    done: set[str] = field(default_factory=set)
    begun: set[str] = field(default_factory=set)
    open: Counter[str] = field(default_factory=Counter)
    since: dict[str, int] = field(default_factory=dict)
    """The life in which an act was first begun."""
    by: dict[str, int] = field(default_factory=dict)
    """The life in which an act was first done."""

    def read(self, paths: list[Path]) -> None:
        """Takes in the diaries; `open` counts the kinds of acts that were cut off in the last lives."""
        for path in paths:
            last: dict[str, str] = {}
            for line in path.read_text().splitlines() if path.exists() else []:
                word, act = line.split(" ", 1)
                (self.done if word == "done" else self.begun).add(act)
                (self.by if word == "done" else self.since).setdefault(act, int(path.name.split("-")[1]))
                last = {} if word == "done" else {act: word}
            self.open.update(act.split()[0] for act in last)


def live(folder: str, diary_path: str, seed: int, unfinished: list[str]) -> None:
    """A child: works until it is killed."""
    archive, diary, dice = archive_in(Path(folder)), Diary(Path(diary_path)), random.Random(seed)

    def do(act: str) -> None:
        diary.write("begin", act)
        kind, *what = act.split()
        if kind == "compact":
            compact(archive)
        elif kind == "erase":
            erase(archive, what[0], what[1], now=NOW)
        else:
            batch = f"batch {what[1]}" if kind == "batch" else None
            append(archive, what[0], import_rows(what[0], int(what[1])), batch=batch)
        diary.write("done", act)

    for act in unfinished:
        do(act)
    while True:
        group, draw = dice.choice(GROUPS), dice.random()
        if draw < 0.15:
            do("compact")
        elif draw < 0.3:
            do(f"erase {group} id_{dice.randrange(ERASABLE)}_x")
        else:
            do(f"{'batch' if draw < 0.6 else 'append'} {group} {dice.randrange(IMPORTS)}")


class Broken(AssertionError):
    """The archive did not keep its promise."""


def check(archive: Archive, known: Known) -> None:
    """Holds the archive against the diaries. Raises Broken."""
    for path in files(archive):
        if not os.path.exists(path):
            raise Broken(f"a file that counts is missing: {path}")
    erased = {tuple(act.split()[1:]) for act in known.done if act.startswith("erase")}
    for group in GROUPS:
        held = rows(archive, group)
        if held["key"].n_unique() != held.height:
            raise Broken(f"{group}: doubled messages")
        have = set(held["key"])
        gone = {person for g, person in erased if g == group}
        doubtful = {act.split()[2] for act in known.begun - known.done if act.startswith(f"erase {group} ")}
        whole = set(_keys(group, known.done, gone | doubtful))
        if not whole <= have:
            raise Broken(f"{group}: lost {sorted(whole - have)[:5]}")
        if extra := have - set(_keys(group, known.begun, gone)):
            raise Broken(f"{group}: unknown or erased messages are there: {sorted(extra)[:5]}")
        _all_or_nothing(group, known, have, gone, doubtful)
        for person in doubtful:
            theirs = set(_keys(group, _before(known, f"erase {group} {person}"), set())) & set(_of(person, group))
            if theirs & have and not theirs <= have:
                raise Broken(f"{group}: {person} is half erased")
    secrets = [words_of(group, person) for group, person in erased]
    if secrets and (where := remains(archive, secrets)):
        raise Broken(f"words of an erased person remain in {where[:3]}")


def _before(known: Known, erasure: str) -> set[str]:
    """What was done before the life in which an erasure began. From its first moment on the person is kept out of what
    is imported, while what was there goes all at once, at its end: only older rows must be there all or not at all.
    """
    return {act for act in known.done if known.by.get(act, -1) < known.since.get(erasure, 0)}


def _all_or_nothing(group: str, known: Known, have: set[str], gone: set[str], doubtful: set[str]) -> None:
    sure = set(_keys(group, known.done, set()))
    pending = [a for a in known.begun - known.done if a.startswith((f"append {group} ", f"batch {group} "))]
    for act in pending:
        others = sure.union(*(_keys(group, {other}, set()) for other in pending if other != act))
        own = set(_keys(group, {act}, gone | doubtful)) - others
        if own & have and not own <= have:
            raise Broken(f"{group}: {act} is there in part")


def _keys(group: str, acts: set[str], without: set[str]) -> Iterator[str]:
    for act in acts:
        kind, *what = act.split()
        if kind in ("append", "batch") and what[0] == group:
            first = int(what[1]) * STEP
            yield from (f"{group}-{n}" for n in range(first, first + 2 * STEP) if person_of(n) not in without)


def _of(person: str, group: str) -> Iterator[str]:
    return (f"{group}-{n}" for n in range((IMPORTS + 2) * STEP) if person_of(n) == person)


def run(times: int = 1000, *, seed: int = 1) -> str:
    """Kills `times` children and says in one line how it went. Raises Broken at the first broken promise."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(["torture.kill"])
    dice = random.Random(seed)
    cut: Counter[str] = Counter()
    kills, swept, begin = 0, 0, time.perf_counter()
    while kills < times:
        with tempfile.TemporaryDirectory() as folder:
            archive, known, diaries = archive_in(Path(folder)), Known(), list[Path]()
            for life in range(LIVES):
                unfinished = sorted(a for a in known.begun - known.done if a.startswith("erase"))
                fresh = [Path(folder) / f"diary-{life}-{n}" for n in range(2)]
                children = [
                    server.Process(target=live, args=(folder, str(d), dice.getrandbits(32), unfinished), daemon=True)
                    for d in fresh
                ]
                for child in children:
                    child.start()
                _wait_for(fresh, children)
                for child in children:
                    time.sleep(dice.random() * 0.25)
                    os.kill(child.pid or 0, signal.SIGKILL)
                for child in children:
                    child.join()
                    if child.exitcode != -signal.SIGKILL:
                        raise Broken(f"a child ended by itself with {child.exitcode}")
                known = _told(diaries := [*diaries, *fresh])
                check(archive, known)
                cut.update(_told(fresh).open)
                kills += len(children)
                if kills >= times:
                    break
            compact(archive)
            swept += _swept(archive)
    spread = ", ".join(f"{kind} {count}" for kind, count in sorted(cut.items()))
    minutes = (time.perf_counter() - begin) / 60
    return f"{kills} kills, {sum(cut.values())} inside an act ({spread}), {swept} archives clean, {minutes:.1f} minutes"


def _wait_for(diaries: list[Path], children: list) -> None:
    while not all(d.exists() for d in diaries) and all(c.is_alive() for c in children):
        time.sleep(0.005)


def _told(diaries: list[Path]) -> Known:
    known = Known()
    known.read(diaries)
    return known


def _swept(archive: Archive) -> int:
    counted = set(files(archive))
    present = {str(p) for p in Path(archive.where, "messages").glob("month=*/*")}
    if present != counted:
        raise Broken(f"dead files stay after compaction: {sorted(present - counted)[:3]}")
    return 1
