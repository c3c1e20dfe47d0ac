"""Cooling: a group that lives but loses warmth, because clearly fewer people speak a day than two months ago.

One answer for the page's chip, its sentence and the list of groups, so that they cannot disagree.
"""

from datetime import timedelta

from huoqun.insight.document import Diagnosis, Pulse

MONTH = 28
"""Days over which speakers a day are averaged: four whole weeks, so that weekdays weigh the same."""
NOTABLE = 0.2
"""A change of speakers below this share is not worth a word (the habit of most groups sways more)."""
SILENT = timedelta(days=7)
"""A group in which nobody has spoken for this long is called silent, not cooling."""


def speakers_a_day(pulse: Pulse) -> tuple[float, float] | None:
    """Mean speakers a day of the last 28 days, and of the 28 that ended 56 days ago; None for a shorter history."""
    if len(pulse.speakers) < 3 * MONTH:
        return None
    return sum(pulse.speakers[-MONTH:]) / MONTH, sum(pulse.speakers[-3 * MONTH : -2 * MONTH]) / MONTH


def cooling(document: Diagnosis) -> bool:
    """Whether a group that lives, by a verdict of its own and not by its likes, is losing warmth."""
    verdict, counts = document.verdict, speakers_a_day(document.pulse)
    if verdict.state != "living" or verdict.basis == "prior" or document.people <= 1 or document.stage == "closed":
        return False
    if counts is None or document.last is None or document.as_of - document.last >= SILENT:
        return False
    now, before = counts
    return now < before * (1 - NOTABLE)
