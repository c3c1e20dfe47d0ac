"""The worker: does what is due. Everything that ever happens without somebody asking stands in `TICKS`."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.db import close_old_connections, connection
from django.db.utils import InterfaceError, OperationalError

from huoqun.activities import activity, life, survey
from huoqun.base import job, presence
from huoqun.base.job import Hand
from huoqun.commands import listening
from huoqun.content import digest_draft, feed, find, gleaning, slot, watchword
from huoqun.crew import duty, inquiry, service_level
from huoqun.crew.handover import Around
from huoqun.people import (
    checkup,
    compaction,
    device,
    erasure,
    forgetting,
    honour,
    judgement,
    login,
    portrait,
    reception,
    research,
    ring,
    stretch,
    talk_pay,
    task,
    upload,
)
from huoqun.people.group import Group
from huoqun.playbooks import clockwork, engine, left_file, ringing, watchdog
from huoqun.reports import report, shown_work
from huoqun.simulation import example
from huoqun.web import notification

Tick = Callable[[Hand], bool]
"""Does what is due for one noun; True where there may be more."""
Sweep = Callable[[datetime], object]
"""Upkeep, given `now`."""

PROMPT: tuple[Tick, ...] = (survey.tick, life.tick, engine.tick)
"""What was said for an hour and happens at that hour, however long an import takes: it has a thread of its own."""


def around(group: Group, now: datetime) -> Around:
    """What is known of a group outside its rota: strangers meet here."""
    return Around(activity.going_on(group, now), service_level.count_waiting(group, now))


def tell(hand: Hand) -> bool:
    """Tell staff what waits for them, on their phones."""
    written = ringing.look(hand.clock(), says=notification.said)
    return bool(ring.deliver(hand.clock()) or written)


TELLING: tuple[Tick, ...] = (tell,)
"""What asks servers outside has a thread of its own: one that hangs holds up nothing else."""
TICKS: tuple[Tick, ...] = (
    *PROMPT,
    *TELLING,
    reception.tick,
    example.tick,
    partial(duty.tick, knows=around),
    slot.tick,
    listening.tick,
    honour.tick,
    talk_pay.tick,
    portrait.tick,
    checkup.tick,
    inquiry.tick,
    judgement.tick,
    stretch.tick,
    digest_draft.tick,
    partial(gleaning.tick, shown=shown_work.works_of),
    watchword.tick,
    feed.tick,
    report.tick,
    erasure.tick,
    forgetting.tick,
    compaction.tick,
)
TRIED: tuple[Tick, ...] = (
    *PROMPT,
    listening.tick,
    honour.tick,
    talk_pay.tick,
    checkup.tick,
    judgement.tick,
)
"""What bears on how a run goes in one group whose talk is there already: enough for a playbook that is tried out
(`simulation/trial`)."""
SLOW = tuple(each for each in TICKS if each not in {*PROMPT, *TELLING})
SWEEPS: tuple[Sweep, ...] = (
    upload.settle,
    upload.sweep,
    research.sweep,
    stretch.sweep,
    job.sweep,
    presence.sweep,
    activity.sweep,
    login.sweep,
    task.escalate,
    find.sweep,
    device.sweep,
    left_file.sweep,
)
"""Cheap upkeep after each round, given `now`."""
PAUSE = 0.5
"""Seconds to wait where nothing was due."""
_log = logging.getLogger(__name__)


def tick(hand: Hand) -> bool:
    """One round over everything that may be due."""
    return _round(TICKS, hand)


def run(hand: Hand, stop: threading.Event) -> None:
    """Do rounds until told to stop. An outage of the database is waited out."""
    beside = [
        threading.Thread(target=target, args=(hand, stop), daemon=True, name=target.__name__)
        for target in (_be_seen, _be_prompt, _be_heard)
    ]
    for each in beside:
        each.start()
    try:
        _rounds(SLOW, SWEEPS, hand, stop)
    finally:
        stop.set()
        for each in beside:
            each.join()
        presence.depart(hand.name)


def _round(ticks: tuple[Tick, ...], hand: Hand) -> bool:
    busy = False
    for each in ticks:
        busy = each(hand) or busy
        if each not in {*PROMPT, *TELLING}:
            upload.settle(hand.clock())
    return busy


def _rounds(ticks: tuple[Tick, ...], sweeps: tuple[Sweep, ...], hand: Hand, stop: threading.Event) -> None:
    swept = None
    while not stop.is_set():
        busy = False
        try:
            busy = _round(ticks, hand)
            now = hand.clock()
            if swept is None or now - swept > presence.MISSED:
                for sweep in sweeps:
                    sweep(now)
                swept = now
        except (OperationalError, InterfaceError):
            _log.exception("the database does not answer")
            close_old_connections()
            stop.wait(5)
        if not busy:
            stop.wait(PAUSE)


def _be_prompt(hand: Hand, stop: threading.Event) -> None:
    """A thread that ends takes the worker with it: whoever supervises it begins another."""
    try:
        _rounds(PROMPT, (clockwork.mend, watchdog.watch), hand, stop)
    finally:
        stop.set()
        connection.close()


def _be_heard(hand: Hand, stop: threading.Event) -> None:
    try:
        _rounds(TELLING, (), hand, stop)
    finally:
        stop.set()
        connection.close()


def _be_seen(hand: Hand, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            presence.appear(hand.name, now=hand.clock())
        except (OperationalError, InterfaceError):
            close_old_connections()
        stop.wait(presence.EVERY.total_seconds())
    connection.close()
