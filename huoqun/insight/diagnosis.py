"""The diagnosis: one group's history becomes everything that can be said of it as of one moment.

This module only puts the parts together; each part is computed in the module that bears its name.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal

import polars as pl

from huoqun.chat.completeness import completeness
from huoqun.chat.message import Chat, messages, reported
from huoqun.insight.card import Card
from huoqun.insight.cause import Case
from huoqun.insight.coming import members
from huoqun.insight.document import Completeness, Diagnosis, Gap, Owner, Person, Skip, Tie, Verdict
from huoqun.insight.document import Network as NetworkPicture
from huoqun.insight.examination import examine
from huoqun.insight.finding import findings
from huoqun.insight.graph import without_owner
from huoqun.insight.mood import mood
from huoqun.insight.network import network
from huoqun.insight.newcomer import newcomer_list
from huoqun.insight.pulse import heatmap, pulse, shown
from huoqun.insight.question import question_list
from huoqun.insight.reading import Reading, reading
from huoqun.insight.recent import recent_links
from huoqun.insight.roster import people_table
from huoqun.insight.stage import stage, stages
from huoqun.insight.start import starts
from huoqun.insight.stratum import past
from huoqun.insight.tie import Ties, tie_list, ties
from huoqun.insight.topic import topics
from huoqun.insight.verdict import verdict

SKIPPED_SHOWN = 1000
"""The document lists so many damaged places; the total is told beside them."""

LATE_CLOCK = timedelta(days=1)
"""Export times are often in another zone than they say, or rounded to the day."""

RECENT_ONLY = "replies_recent_only"
"""The note of a document whose older answers were not inferred (`insight/recent`)."""

AsOf = Literal["named", "export", "last_message"]


@dataclass(frozen=True)
class Bonds:
    """The people of a group and what ties them, as the document shows them."""

    now: Ties
    listed: list[Tie]
    people: list[Person]
    picture: NetworkPicture | None
    ties_left: float | None


def diagnose(chat: Chat, card: Card, *, now: datetime, as_of_source: AsOf = "named", anyway: bool = False) -> Diagnosis:
    """The diagnosis of `chat` as of `now` (naive UTC): rows after it are not looked at.

    Below grade B of completeness the verdict is withheld unless `anyway`.
    """
    chat = replace(chat, rows=chat.rows.filter(pl.col("time") <= now))
    with ThreadPoolExecutor(1) as aside:  # what needs no ties is done beside them
        graded = aside.submit(_completeness, chat)
        linked = recent_links(chat.rows, now=now)
        if linked.first:
            chat = replace(chat, notes=(*chat.notes, RECENT_ONLY))
        base = reading(chat.rows, linked.links, card, now=now, linked_from=linked.first)
        weeks, spoken = aside.submit(mood, base), aside.submit(topics, base)
        whole = graded.result()
        judged = aside.submit(verdict, base, grade=whole.grade, anyway=anyway)
        begun = starts(base)
        bonds = _bonds(base, chat, begun)
        case = examine(base, ties=bonds.now, ties_left=bonds.ties_left, mood=weeks.result(), begun=begun)
        return _told(base, chat, case, bonds, whole, judged.result()).model_copy(
            update={"as_of_source": as_of_source, "mood": weeks.result(), "topics": spoken.result()}
        )


def moment_of(chat: Chat) -> tuple[datetime, AsOf]:
    """ "Now" (naive UTC) where nobody names it: the time of export where the format tells it, else the last row.

    An export that claims to be older than its own rows is not believed. The chat must have rows.
    """
    last = chat.rows["time"].max()
    assert isinstance(last, datetime)
    if chat.exported_at is not None and chat.exported_at >= last - LATE_CLOCK:
        return max(chat.exported_at, last), "export"
    return last, "last_message"


def _completeness(chat: Chat) -> Completeness:
    graded = completeness(chat)
    grade: Any = graded.grade
    return Completeness(grade=grade, gaps=[Gap(**asdict(gap)) for gap in graded.gaps])


def _bonds(base: Reading, chat: Chat, begun: pl.DataFrame) -> Bonds:
    now = ties(base)
    known = past(base, now.evidence)
    left = without_owner(base, now, begun=begun)
    roles = dict(chat.members.filter(pl.col("role").is_not_null()).select("id", "role").iter_rows())
    return Bonds(
        now,
        tie_list(base, now),
        people_table(base, now, roles=roles, known=known),
        network(base, now, known=known, begun=begun),
        left.ties_left if left else None,
    )


def _told(base: Reading, chat: Chat, case: Case, bonds: Bonds, whole: Completeness, judged: Verdict) -> Diagnosis:
    """The document, but for mood and topics."""
    rows, soil = chat.rows, case.ground
    changes = stages(soil)
    said = messages(rows).height
    return Diagnosis(
        version=_version(),
        format=chat.format,
        network=chat.network,
        group=chat.group,
        group_id=chat.group_id,
        type=base.card.type,
        zone=chat.zone,
        zone_source=chat.zone_source,  # type: ignore[arg-type]
        as_of=base.now,
        as_of_source="named",
        owner=_owner(base, bonds.people),
        messages=said,
        events=reported(rows),
        people=len(base.people),
        members=base.card.members or members(base, soil.moves),
        first=rows["time"].item(0) if rows.height else None,
        last=rows["time"].item(-1) if rows.height else None,
        skipped=[
            Skip(line=s.line, reason=s.reason, file=s.file, record=s.record) for s in chat.skipped[:SKIPPED_SHOWN]
        ],
        skipped_total=len(chat.skipped),
        notes=list(chat.notes),
        completeness=whole,
        stage=stage(changes),
        stages=changes,
        verdict=judged,
        vital_signs=list(case.signs.values()),
        findings=findings(case),
        pulse=pulse(soil.days, base.card, base.now),
        marks=shown(soil.events),
        heatmap=heatmap(base),
        newcomers=newcomer_list(base, case.newcomers),
        questions=question_list(base, case.questions),
        people_table=bonds.people,
        ties=bonds.listed,
        network_picture=bonds.picture,
    )


def _owner(base: Reading, people: list[Person]) -> Owner | None:
    if base.card.owner is None:
        return None
    names = {person.id: person.name for person in people}
    name = names.get(base.card.owner, base.card.owner)
    return Owner(id=base.card.owner, name=name, source=base.card.owner_source)  # type: ignore[arg-type]


def _version() -> str:
    try:
        return version("huoqun")
    except PackageNotFoundError:
        return "source"
