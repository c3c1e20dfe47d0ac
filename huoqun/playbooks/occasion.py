"""The occasion: what happens in a group that a step waits for again and again: somebody joins, answers, asks in vain,
wins.

A step with such a timing has one row that listens until the run is over (its `turn` is empty), and one more for each
time it happened, which is carried out as any other. Nothing is counted by a clock that could have missed something:
what happened lately and stands in none of these rows is new, however late it came to be known (by an import, hours
after). What comes within minutes is one time, for all of them together; nobody is meant twice.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from huoqun.activities.activity import Activity
from huoqun.activities.survey import Answer
from huoqun.people.membership import Membership
from huoqun.people.person import Identity
from huoqun.playbooks import choosing, sensing, sensing_checkup, timing
from huoqun.playbooks.doing import Doing, Outcome
from huoqun.playbooks.run import DONE, WAITING, DueStep

LOOK = timedelta(minutes=1)
"""How often it is looked."""
GATHER = timedelta(minutes=3)
"""How long after the first it is waited for others; a default."""
LATELY = timedelta(days=2)
"""What is known only later than this brings nothing any more: nobody is welcomed a week after they came. Imports by
hand come once a day; a default."""
PATIENCE = timedelta(minutes=30)
"""A question younger than this may still be answered; a default."""
NAMED = 20
"""People whom words name, at most."""
LONGEST_QUOTE = 80


@dataclass(frozen=True)
class Happened:
    """Something that happened: what makes it itself, whose it is, and what was said."""

    key: str
    name: str
    quote: str = ""
    who: UUID | None = None
    """Their account, where it is about somebody."""


Found = dict[UUID, list[Happened]]
"""By row that listens, what happened since the run began and not too long ago, the oldest first."""


def listens(each: Doing) -> bool:
    """It is the row that waits for occasions."""
    return isinstance(each.form.when, timing.When) and not each.row.turn


def listen(those: Sequence[Doing], now: datetime) -> tuple[list[Outcome], list[DueStep]]:
    """What becomes of rows that listen, and the rows of what has happened."""
    found: Found = {}
    for event, look in EVENTS.items():
        alike = [each for each in those if each.form.when == timing.When(event)]
        if alike:
            found |= look(alike, now)
    heard = _heard(those)
    outcomes, fresh = [], []
    for each in those:
        new = [h for h in found.get(each.row.pk, ()) if h.key not in heard[each.row.pk]]
        since = each.row.result.get("since") or now.isoformat() if new else None
        if new and since and now - datetime.fromisoformat(since) >= GATHER:
            fresh.append(_row(each, new, now))
            since = None
        outcomes.append(_on(each, since, now))
    return outcomes, fresh


def _on(each: Doing, since: str | None, now: datetime) -> Outcome:
    """It goes on listening, until the run is over."""
    until = each.row.until
    if until is not None and now >= until:
        return Outcome(DONE, {"since": None})
    ahead = now + LOOK
    return Outcome(WAITING, {"since": since}, next=min(ahead, until) if until else ahead, until=until)


def _heard(those: Iterable[Doing]) -> dict[UUID, set[str]]:
    """By row that listens, the keys of everything that has brought something."""
    rows = {(each.run.pk, each.row.step): each.row.pk for each in those}
    found: dict[UUID, set[str]] = {pk: set() for pk in rows.values()}
    told = DueStep.objects.filter(run__among={run for run, _ in rows}, step__in={step for _, step in rows})
    for run, step, result in told.exclude(turn="").values_list("run", "step", "result"):
        if (run, step) in rows:
            found[rows[run, step]] |= set(result.get("heard", ()))
    return found


def _row(each: Doing, new: Sequence[Happened], now: datetime) -> DueStep:
    """One time for all that is new."""
    names = list(dict.fromkeys(h.name for h in new if h.name))
    words = {"name": _named(names, each.run.language)}
    quotes = "\n".join(f"· {h.name}: {h.quote}" for h in new if h.quote)
    row = DueStep(run=each.run, step=each.row.step, turn=f"{now:%Y%m%dT%H%M%S}", place=each.row.place, created=now)
    row.planned = row.due = row.next = now
    row.result = {"heard": [h.key for h in new], "words": words} | ({"quotes": quotes} if quotes else {})
    if those := [h.who.hex for h in new if h.who]:
        row.result["who"] = those
    return row


def _named(names: Sequence[str], language: str) -> str:
    comma, more = ("、", " 等 {n} 位") if language == "zh" else (", ", " and {n} more")
    left = len(names) - NAMED
    told = comma.join(names[:NAMED])
    return told if left <= 0 else told + more.format(n=len(names) if language == "zh" else left)


def _since(each: Doing, now: datetime) -> datetime:
    """From when on something counts: the beginning of the run, and not too long ago."""
    begins = timing.at(each.run.begins, 1, timing.MIDNIGHT, each.group.zone)
    return max(begins, each.run.created, now - LATELY)


def _joined(those: Sequence[Doing], now: datetime) -> Found:
    """Who came into the group and is still there; no machines."""
    stays = Membership.objects.filter(
        identity__group__in={each.run.group_id for each in those},
        identity__bot=False,
        left=None,
        joined__gte=now - LATELY,
        joined__lte=now,
    ).order_by("joined", "pk")
    told = list(stays.values_list("identity__group", "joined", "identity", "identity__name"))
    return {
        each.row.pk: [
            Happened(who.hex, name, who=who)
            for group, joined, who, name in told
            if group == each.run.group_id and joined and joined >= _since(each, now)
        ]
        for each in those
    }


def _asked(those: Sequence[Doing], now: datetime) -> Found:
    """Questions that nobody has answered for a while, as the newest checkup knows."""
    groups = {each.run.group_id: each.group for each in those}
    told = dict(sensing_checkup.documents(list(groups.values()), now - LATELY))
    return {
        each.row.pk: [
            Happened(quote["key"] or f"{quote['time']} {quote['person']}", quote["name"], _short(quote["text"]))
            for quote in reversed(sensing_checkup.waiting(told.get(each.run.group_id, {}), _since(each, now)))
            if sensing_checkup.moment(quote["time"]) <= now - PATIENCE
        ]
        for each in those
    }


def _answered(those: Sequence[Doing], now: datetime) -> Found:
    """Who has answered a survey that the run has opened."""
    opened = sensing.opened_by({each.run.pk for each in those})
    found: Found = {}
    for each in those:
        answers = Answer.objects.filter(survey__in=opened.get(each.run.pk, ()), created__gte=_since(each, now))
        told = answers.order_by("created", "pk").values_list("participation__identity", "participation__identity__name")
        found[each.row.pk] = [Happened(who.hex, name, who=who) for who, name in told]
    return found


def _won(those: Sequence[Doing], now: datetime) -> Found:
    """Who has won in an activity of the run that was settled."""
    opened = sensing.opened_by({each.run.pk for each in those})
    found: Found = {}
    for each in those:
        settled = Activity.objects.filter(pk__in=opened.get(each.run.pk, ()), removed=None)
        rows = settled.filter(settled__gte=_since(each, now)).order_by("settled")
        winners = [(row, who) for row in rows for who in choosing.winners(row)]
        names = dict(Identity.objects.filter(pk__in={who for _, who in winners}).values_list("pk", "name"))
        found[each.row.pk] = [
            Happened(f"{row.pk.hex} {who.hex}", names[who], who=who) for row, who in winners if who in names
        ]
    return found


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1] + "…"


EVENTS: Mapping[str, Callable[[Sequence[Doing], datetime], Found]] = {
    "joined": _joined,
    "asked": _asked,
    "answered": _answered,
    "won": _won,
}
"""By what a step waits for (`timing.EVENTS`)."""
