"""The remark: what a mark set, changed or taken off does to event dependence, at once and without a whole checkup.

The newest checkup's sign and its list of events are computed anew from the archive, by the functions and as of the
moment of that checkup; everything else of it stays until the worker has made the next one, which says the same.
"""

from datetime import timedelta
from typing import NamedTuple

import polars as pl

from huoqun.base.clock import naive_utc
from huoqun.insight.card import Card
from huoqun.insight.document import VitalSign
from huoqun.insight.measure import LONGEST
from huoqun.insight.pulse import shown
from huoqun.insight.reading import reading
from huoqun.insight.reply import LINKS
from huoqun.insight.vital import event_sign, ground
from huoqun.people import history
from huoqun.people.checkup import Checkup, document, latest
from huoqun.people.group import Group
from huoqun.people.mark import marks_of

REACH = timedelta(weeks=LONGEST + 26)
"""What is read: the weeks a sign's history shows, and half a year before for the habit that bursts are told from."""


class Remark(NamedTuple):
    """Event dependence before and after."""

    before: VitalSign | None
    after: VitalSign


def remark(group: Group) -> Remark | None:
    """Bring the sign of the newest checkup to the marks as they are now. None where there is no checkup."""
    found = latest(group)
    if found is None:
        return None
    known = document(found)
    as_of = naive_utc(found.as_of)
    rows = history.rows_of(group, as_of - REACH).filter(pl.col("time") <= as_of)
    card = Card(zone=group.zone, type=group.type or None, marks=marks_of(group))
    base = ground(reading(rows, pl.DataFrame(schema=LINKS), card, now=as_of))
    sign = event_sign(base)
    counted = {(e.start, e.end): e.messages for e in known.marks}
    old = [e for e in known.marks if e.source == "observed" and e.start < as_of - REACH]
    events = [
        e.model_copy(update={"messages": counted.get((e.start, e.end), 0)}) if e.start < as_of - REACH else e
        for e in base.events
    ]
    signs = [sign if one.id == sign.id else one for one in known.vital_signs]
    told = known.model_copy(update={"vital_signs": signs, "marks": shown([*old, *events])})
    same = Checkup.objects.filter(pk=found.pk, computed=found.computed, state_hash=found.state_hash)
    same.update(document=told.model_dump_json())
    return Remark(next((one for one in known.vital_signs if one.id == sign.id), None), sign)
