"""The rehearsal (试跑): what a run would do in a group, step by step, before anything starts: when, said to whom, in
which words. Nothing is written; it stands on the group's real calendar and its real people as they are now.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from huoqun.people import outbox
from huoqun.people.group import Group
from huoqun.playbooks import audience, choosing, run_words, starting
from huoqun.playbooks.doing import Doing
from huoqun.playbooks.playbook import Playbook
from huoqun.playbooks.run import DueStep, Edition, Run
from huoqun.playbooks.starting import Planned
from huoqun.playbooks.step_form import Pick, Say, Step

NAMED = 8
"""So many of those who would be chosen or asked are named."""


@dataclass(frozen=True)
class Meant:
    """Whom a step would be about, as of now. `many`: None where only the run itself can tell (whoever will have
    answered)."""

    who: str
    many: int | None = None
    names: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Foreseen:
    """A step as it would be. `at`: when, None where it hangs on something that nobody can date; `sure`: by the calendar
    alone; `waits`: until then, for it falls into the quiet hours; `turns`: how often it comes, the first is shown."""

    step: Step
    at: datetime | None
    sure: bool
    waits: datetime | None
    turns: int
    words: dict[str, str]
    meant: Meant | None
    who: UUID | None
    """The account that does it, of a step with a role."""


def rehearse(
    group: Group,
    book: Playbook,
    text: str,
    *,
    begins: date,
    values: Mapping[str, Any],
    people: Mapping[str, UUID],
    segment: UUID | None = None,
    now: datetime,
) -> list[Foreseen]:
    """Every step of a run that would begin on a day, by time. Raises starting.BadValue."""
    language = starting.language_of(group.workspace)
    edition = Edition(workspace=group.workspace, book=book.id, version=book.version, text=text, created=now)
    edition.digest = sha256(text.encode()).hexdigest()
    run = Run(workspace=group.workspace, group=group, edition=edition, book=book.id, language=language, created=now)
    run.begins, run.values, run.segment = begins, starting.values_of(book, values, language), segment
    planned = starting.plan(book, begins, group.zone, now)
    turns: dict[str, list[Planned]] = {}
    for each in planned:
        turns.setdefault(each.step.id, []).append(each)
    return [_foreseen(run, those, people, now) for those in turns.values()] + _on_events(run, set(turns), people, now)


def _on_events(run: Run, known: set[str], people: Mapping[str, UUID], now: datetime) -> list[Foreseen]:
    """Steps that happen each time something does: no calendar has them."""
    forms = [step for step in run.edition.playbook.steps if step.id not in known]
    return [_foreseen(run, [Planned(form, 0, "", None, sure=False)], people, now) for form in forms]


def _foreseen(run: Run, those: list[Planned], people: Mapping[str, UUID], now: datetime) -> Foreseen:
    first = those[0]
    each = Doing(DueStep(run=run, step=first.step.id, created=now), run, first.step, {}, {}, dict(people))
    waits = None
    if isinstance(first.step, Say) and first.at:
        late = outbox.not_quiet(first.at, run.group.zone)
        waits = late if late != first.at else None
    return Foreseen(
        step=first.step,
        at=first.at,
        sure=first.sure,
        waits=waits,
        turns=len(those),
        words=run_words.texts(each),
        meant=_meant(each, now),
        who=people.get(first.step.role or ""),
    )


def _meant(each: Doing, now: datetime) -> Meant | None:
    """The people it is about, where the group knows them before the run."""
    words = getattr(each.form, "who", None)
    if words is None:
        return None
    told = audience.read(words)
    if told.step or told.who == "volunteers" or (told.who == "segment" and each.run.segment is None):
        return Meant(words)
    found = choosing.meant(each, words, now)
    most = int(each.form.most)  # type: ignore[attr-defined]
    if isinstance(each.form, Pick):
        best = choosing.best(each, found)
        return Meant(words, len(best), [who.name for who in best[:NAMED]])
    named = found.order_by("name", "pk")[: min(most, NAMED)]
    return Meant(words, min(found.count(), most), [who.name for who in named])
