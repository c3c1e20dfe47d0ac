"""What each kind of step does: one function a kind, given all steps of that kind that are due together."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from huoqun.activities import activity as base
from huoqun.activities import life, survey
from huoqun.activities.activity import Activity
from huoqun.activities.kind import said as kind_said
from huoqun.activities.readymade import readymade
from huoqun.activities.survey import Survey
from huoqun.people import outbox, task
from huoqun.people.task import Task
from huoqun.playbooks import attached, clockwork, gate, reason, step_digest, step_people, timing
from huoqun.playbooks.doing import Doing, Outcome
from huoqun.playbooks.opening import asked, filled, kind_of, spoken
from huoqun.playbooks.run import SKIPPED, WAITING
from huoqun.playbooks.step_form import Branch, Choose, Deed, Measure, Number, Open, Say, Wait
from huoqun.playbooks.step_form import Task as TaskForm

LOOK = timedelta(minutes=5)
"""How often a wait looks whether its condition holds."""
Does = Callable[[Sequence[Doing], datetime], list[Outcome]]


def one_by_one(do: Callable[[Doing, datetime], Outcome]) -> Does:
    """A kind that nobody does in thousands at the same moment."""
    return lambda those, now: [do(each, now) for each in those]


def _say(those: Sequence[Doing], now: datetime) -> list[Outcome]:
    """Words for all groups at once. Words whose poster has nothing to show, or whose file is gone, go without it."""
    told, outcomes = [], []
    for each, due in zip(those, clockwork.spread(those, now), strict=True):
        words, why = _words(each, due, now)
        told.append(words)
        outcomes.append(Outcome(result={"said": each.key}, why=why))
    outbox.say_all(told, now=now)
    return outcomes


def _words(each: Doing, due: datetime, now: datetime) -> tuple[outbox.Words, str]:
    form = each.form
    assert isinstance(form, Say)
    why, picture, enclosure = "", None, None
    try:
        picture, enclosure = attached.attached(each, now)
    except attached.Nothing as error:
        why = str(error)
    source = each.opened.source if each.opened else each.run.source  # `{link}` is the way to what the words come from
    words, what = each.words(form.text), f"step.{form.piece}"
    return outbox.Words(each.group, words, what, each.key, source, picture, due, enclosure), why


def _open(each: Doing, now: datetime) -> Outcome:
    form = each.form
    assert isinstance(form, Open)
    closes = now + timing.span(form.closes) if form.closes else None
    starts = now + timing.span(form.starts) if form.starts else None
    title, about = each.words(form.name, "name"), each.words(form.about, "about")
    row: Activity
    if form.activity is None:
        row = _survey(each, title, about, closes, now)
    else:
        kind = kind_of(form.activity)
        assert kind is not None
        plan = kind.plan.model_validate(filled(spoken(form.plan, each.run.language), each.values))
        row = life.begin(
            each.run.workspace,
            kind.id,
            title=title,
            groups=[each.group],
            plan=plan,
            about=about,
            capacity=filled(form.capacity, each.values),
            starts=starts,
            closes=closes,
            by=each.run.by,
            now=now,
        )
        life.open_up(row, told=False, now=now)
    return Outcome(result={"activity": row.pk.hex})


def _survey(each: Doing, title: str, about: str, closes: datetime | None, now: datetime) -> Survey:
    """One of the readymade ones, or the playbook's own."""
    form, language = each.form, each.run.language
    assert isinstance(form, Open)
    found = readymade(language, form.survey) if form.survey else None  # type: ignore[arg-type]
    row = survey.begin(
        each.run.workspace,
        title=title,
        groups=[each.group],
        intro=about or (found.intro if found else ""),
        questions=found.questions if found else asked(form, language, each.values),
        by=each.run.by,
        now=now,
    )
    survey.open_until(row, closes, by=None, now=now)
    return row


def _deed(each: Doing, now: datetime) -> Outcome:
    form = each.form
    assert isinstance(form, Deed)
    row = each.opened
    if row is None:
        return Outcome(SKIPPED, why=reason.of("unopened", form.of))
    state = row.standing(now)
    if form.do == "remind":
        if state not in {base.OPEN, base.RUNNING}:
            return Outcome(SKIPPED, why=reason.of("closed"))
        text = each.words(form.text) or life.announcement(row, "remind")
        life.announce(row, "remind", text=text, key=each.key, now=now)
        return Outcome()
    questions = Survey.objects.filter(pk=row.pk).first()
    if questions is not None:
        if form.do == "close" and state == base.OPEN:
            survey.close(questions, by=None, now=now)
        return Outcome()
    wanted = {"start": base.RUNNING, "close": base.CLOSED, "settle": base.SETTLED}[form.do]
    if base.LIFE.index(state) >= base.LIFE.index(wanted):
        return Outcome(why=reason.of("already"))
    {"start": life.start, "close": life.close, "settle": life.settle}[form.do](row, now=now)
    if text := each.words(form.text):
        life.announce(row, form.do, text=text, key=each.key, now=now)
    return Outcome()


def _choose(each: Doing, now: datetime) -> Outcome:
    form = each.form
    assert isinstance(form, Choose)
    row = each.opened
    if row is None:
        return Outcome(SKIPPED, why=reason.of("unopened", form.of))
    values = {name: str(filled(text, each.values)) for name, text in form.values.items()}
    answer = life.by_staff(row, form.deed, kind_said(**values), key=each.key, by=None, now=now)
    return Outcome(result={"answer": answer})


def _tasks(those: Sequence[Doing], now: datetime) -> list[Outcome]:
    """A task for each, and the step waits until it is done."""
    rows = [_task(each, now) for each in those]
    task.give(rows)
    return [Outcome(WAITING, {"task": each.key}, until=row.due) for each, row in zip(those, rows, strict=True)]


def _task(each: Doing, now: datetime) -> Task:
    form = each.form
    assert isinstance(form, TaskForm | Number)
    number = isinstance(form, Number)
    row = Task(workspace_id=each.run.workspace_id, group=each.group, who_id=each.people.get(form.role), created=now)
    row.title, row.text = each.words(form.title, "title")[:120], each.words(form.text)
    if quotes := each.row.result.get("quotes"):
        row.text = f"{row.text}\n\n{quotes}"
    row.ready = "" if isinstance(form, Number) else each.words(form.ready, "ready")
    row.proof = task.TEXT if isinstance(form, Number) else form.proof
    row.minutes = 2 if isinstance(form, Number) else form.minutes
    row.due, row.source, row.key = now + timing.span(form.within), each.run.source, each.key
    assert number or row.proof in task.PROOFS
    return row


def _wait(each: Doing, now: datetime) -> Outcome:
    form = each.form
    assert isinstance(form, Wait)
    until = each.row.until or now + timing.span(form.up_to)
    if gate.read(form.until).holds(each.facts):
        return Outcome(path=form.then)
    if now >= until:
        return Outcome(path=form.late, why=reason.short(form.until, each.facts))
    return Outcome(WAITING, why=reason.short(form.until, each.facts), next=min(now + LOOK, until), until=until)


def _branch(each: Doing, _now: datetime) -> Outcome:
    form = each.form
    assert isinstance(form, Branch)
    for path, line in form.ways.items():
        if gate.read(line).holds(each.facts):
            return Outcome(path=path)
    return Outcome(path=form.last)


def _measure(each: Doing, _now: datetime) -> Outcome:
    assert isinstance(each.form, Measure)
    return Outcome(result={"facts": {name: value for name, value in each.facts.items() if value is not None}})


STEPS: dict[str, Does] = {
    "say": _say,
    "open": one_by_one(_open),
    **dict.fromkeys(("start", "close", "settle", "remind"), one_by_one(_deed)),
    "choose": one_by_one(_choose),
    "task": _tasks,
    "number": _tasks,
    "wait": one_by_one(_wait),
    "branch": one_by_one(_branch),
    "measure": one_by_one(_measure),
    "digest": one_by_one(step_digest.digest),
    "tag": one_by_one(step_people.tag),
    "pick": one_by_one(step_people.pick),
    "invite": one_by_one(step_people.invite),
}
"""By `do`. A new kind is a form in `playbooks/step_form`, a function above and a line here."""


def what_of(form: Any) -> str:
    """What it does, by the word of the file."""
    return str(form.do)


def doer(form: Any) -> Does:
    """What does a step."""
    return STEPS[what_of(form)]
