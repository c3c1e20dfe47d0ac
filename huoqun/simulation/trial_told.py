"""The outcome: what a trial tells, as JSON. Described in docs/simulate.md."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from huoqun.insight.effect import Effect
from huoqun.insight.outcome import effects
from huoqun.people import checkup, history
from huoqun.people.group import Group
from huoqun.playbooks.run import DueStep, Run
from huoqun.playbooks.step_form import Step
from huoqun.simulation.talk import Line
from huoqun.simulation.trial import AFTER, BEGINS, Trial
from huoqun.simulation.trial_rows import activities, tasks
from huoqun.simulation.watching import Gate, spoken

SAID = ("text",)


def outcome(trial: Trial) -> dict[str, Any]:
    """Everything, in a fixed order."""
    asked, book = trial.asked, trial.book
    run = Run.objects.get(pk=trial.run.pk)
    group = Group.objects.get(pk=run.group_id)
    days = per_day(trial.world.record)
    found, gates = _effects(group, book.days), trial.watching.told()
    return {
        "simulated": True,
        "playbook": book.id,
        "title": book.title.model_dump(),
        "version": book.version,
        "seed": asked.seed,
        "people": asked.people,
        "days": asked.days,
        "begins": BEGINS.isoformat(),
        "group": {
            "type": group.type,
            "members": {"before": asked.people, "after": len(trial.world.society.all_there(trial.last))},
        },
        "run": {
            "state": run.state,
            "ended": told_moment(trial, run.ended),
            "paths": list(run.paths),
            "numbers": {name: value for name, value in sorted(run.numbers.items()) if "before_" not in name},
        },
        "messages": _rows(days, 0, asked.days),
        "before": _rows(days, -trial.world.society.course.before, 0),
        "after": _rows(days, asked.days, trial.last + 1),
        "steps": [_step(trial, row) for row in _steps(run)],
        "gates": [_gate(trial, one, gates) for one in gates],
        "tasks": tasks(run),
        "activities": activities(run),
        "ties": {"before": ties(group, BEGINS), "after": ties(group, BEGINS + timedelta(days=trial.last))},
        "effect": _main(found),
        "effects": [one.told() for one in found],
        "planted": _planted(trial, days),
        "refused": dict(sorted(trial.world.refused.items())),
    }


def told_moment(trial: Trial, moment: datetime | None) -> str | None:
    """A moment on the group's clock, with its offset."""
    return moment.astimezone(trial.world.zone).isoformat(timespec="seconds") if moment else None


def per_day(lines: Iterable[Line]) -> dict[date, tuple[int, int]]:
    """By day, messages and people who spoke."""
    many: Counter[date] = Counter()
    who: dict[date, set[str]] = defaultdict(set)
    for line in lines:
        if line.kind in SAID:
            many[line.local.date()] += 1
            who[line.local.date()].add(line.sender)
    return {day: (many[day], len(who[day])) for day in sorted(many)}


def _rows(days: dict[date, tuple[int, int]], first: int, last: int) -> list[dict[str, Any]]:
    found = []
    for number in range(first, last):
        day = BEGINS + timedelta(days=number)
        messages, speakers = days.get(day, (0, 0))
        found.append({"day": number + 1 if number >= 0 else number, "date": day.isoformat()})
        found[-1] |= {"messages": messages, "speakers": speakers}
    return found


def _steps(run: Run) -> Iterable[DueStep]:
    rows = list(DueStep.objects.filter(run=run))
    return sorted(rows, key=lambda r: (r.due is None, r.due or run.created, r.place, len(r.turn), r.turn))


def _step(trial: Trial, row: DueStep) -> dict[str, Any]:
    step = trial.book.step(row.step)
    return {
        "id": row.step,
        "turn": row.turn,
        "title": step.title.model_dump(),
        "kind": step.model_dump()["do"],
        "due": told_moment(trial, row.due),
        "done": told_moment(trial, row.at),
        "state": row.state,
        "why": row.why,
    }


def _gate(trial: Trial, found: Gate, others: list[Gate]) -> dict[str, Any]:
    return {
        "step": found.step,
        "turn": found.turn,
        "kind": found.kind,
        "condition": found.condition,
        "asked": told_moment(trial, found.at),
        "facts": spoken(found.facts),
        "shut_first": found.shut,
        "opened": told_moment(trial, found.opened),
        "facts_at_end": spoken(found.facts_at_end),
        "otherwise": _otherwise(trial.book.step(found.step), found, others),
        "why": found.why,
    }


def _otherwise(step: Step, found: Gate, others: list[Gate]) -> str | None:
    """The path that the run took because it did not hold."""
    if found.opened is not None or not found.over:
        return None
    if found.kind.startswith("way "):
        same = [g for g in others if (g.step, g.turn) == (found.step, found.turn) and g.opened is not None]
        ways = [g for g in same if g.kind.startswith("way ")]
        return next((g.kind.removeprefix("way ") for g in ways), getattr(step, "last", None))
    return step.otherwise if found.kind == "gate" else getattr(step, "late", None)


def ties(group: Group, day: date) -> dict[str, float | int | None]:
    """The network as the diagnosis of that day, or the last before it, knows it."""
    row = group.checkups.filter(day__lte=day).order_by("-day").first()
    if row is None:
        return {"number": None, "per_member": None, "strong": None}
    found = checkup.document(row)
    members = found.members or found.people or 1
    return {
        "number": len(found.ties),
        "per_member": round(2 * len(found.ties) / members, 3),
        "strong": sum(1 for tie in found.ties if tie.strong),
    }


def _effects(group: Group, days: int) -> list[Effect]:
    """What the report of the run would say: the same code, from the record alone."""
    start = datetime.combine(BEGINS, time())
    return effects(history.chat_of(group).rows, start, start + timedelta(days=days))


def _main(found: list[Effect]) -> dict[str, Any]:
    """On messages: of the days of the run, in which a gain shows first. The days after it are among `effects`."""
    one = next(e for e in found if e.outcome == "messages" and e.window == "during")
    told = {"outcome": one.outcome, "window": one.window, "unit": "messages a day", "level": one.level}
    values = {"estimate": one.estimate, "low": one.low, "high": one.high, "expected": one.against, "had": one.during}
    told |= {name: None if value is None else round(value, 2) for name, value in values.items()}
    return told | {"basis": one.basis, "enough": one.enough, "seen": one.seen, "why": one.why, "words": _words(one)}


def _words(one: Effect) -> dict[str, str]:
    """In one sentence."""
    if one.estimate is None or one.low is None or one.high is None or one.against is None:
        return {
            "zh": f"还说不了有没有效果（{one.why}）。",
            "en": f"Nothing can be said of an effect ({one.why}).",
        }
    sure = {"more": ("多了", "more"), "less": ("少了", "less"), "none": ("看不出差别", "no difference that shows")}
    zh, en = sure[one.seen or "none"]
    part = f"{one.estimate:+.0f}（{one.low:+.0f} … {one.high:+.0f}，{one.level:.0%}）"
    return {
        "zh": f"执行期间每天消息与本该有的 {one.against:.0f} 条相比：{part}，{zh}。",
        "en": f"Messages a day while it went on, against {one.against:.0f} to be expected: {part}, {en}.",
    }


def _planted(trial: Trial, days: dict[date, tuple[int, int]]) -> dict[str, Any]:
    """What the playbook really did to messages a day: beside the same people without it."""
    alone = per_day(trial.without)
    length = trial.book.days

    def mean(of: dict[date, tuple[int, int]], first: int, last: int) -> float:
        return sum(of.get(BEGINS + timedelta(days=n), (0, 0))[0] for n in range(first, last)) / max(1, last - first)

    told: dict[str, Any] = {"unit": "messages a day"}
    for name, first, last in (("during", 0, length), ("after", length, length + AFTER)):
        here, there = mean(days, first, last), mean(alone, first, last)
        told[name] = {"with": round(here, 2), "without": round(there, 2), "difference": round(here - there, 2)}
    return told
