"""The worker: does what is due. Everything that ever happens without somebody asking stands in `TICKS`."""

import logging
import threading
from collections.abc import Callable

from django.db import close_old_connections, connection
from django.db.utils import InterfaceError, OperationalError

from huoqun.activities import activity, life, survey
from huoqun.base import job, presence
from huoqun.base.job import Hand
from huoqun.commands import listening
from huoqun.content import digest_draft, feed, find, gleaning, slot
from huoqun.people import (
    checkup,
    compaction,
    erasure,
    forgetting,
    honour,
    judgement,
    login,
    portrait,
    reception,
    research,
    stretch,
    talk_pay,
    upload,
)
from huoqun.simulation import example

Tick = Callable[[Hand], bool]
"""Does what is due for one noun; True where there may be more."""

TICKS: tuple[Tick, ...] = (
    reception.tick,
    example.tick,
    survey.tick,
    life.tick,
    slot.tick,
    listening.tick,
    honour.tick,
    talk_pay.tick,
    portrait.tick,
    checkup.tick,
    judgement.tick,
    stretch.tick,
    digest_draft.tick,
    gleaning.tick,
    feed.tick,
    erasure.tick,
    forgetting.tick,
    compaction.tick,
)
SWEEPS = (
    upload.settle,
    upload.sweep,
    research.sweep,
    stretch.sweep,
    job.sweep,
    presence.sweep,
    activity.sweep,
    login.sweep,
    find.sweep,
)
"""Cheap upkeep after each round, given `now`."""
PAUSE = 0.5
"""Seconds to wait where nothing was due."""
_log = logging.getLogger(__name__)


def tick(hand: Hand) -> bool:
    """One round over everything that may be due."""
    busy = False
    for each in TICKS:
        busy = each(hand) or busy
        upload.settle(hand.clock())
    return busy


def run(hand: Hand, stop: threading.Event) -> None:
    """Do rounds until told to stop. An outage of the database is waited out."""
    swept = None
    here = threading.Thread(target=_be_seen, args=(hand, stop), daemon=True)
    here.start()
    try:
        while not stop.is_set():
            busy = False
            try:
                busy = tick(hand)
                now = hand.clock()
                if swept is None or now - swept > presence.MISSED:
                    for sweep in SWEEPS:
                        sweep(now)
                    swept = now
            except (OperationalError, InterfaceError):
                _log.exception("the database does not answer")
                close_old_connections()
                stop.wait(5)
            if not busy:
                stop.wait(PAUSE)
    finally:
        stop.set()
        here.join()
        presence.depart(hand.name)


def _be_seen(hand: Hand, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            presence.appear(hand.name, now=hand.clock())
        except (OperationalError, InterfaceError):
            close_old_connections()
        stop.wait(presence.EVERY.total_seconds())
    connection.close()
