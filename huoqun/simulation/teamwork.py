"""The staffing: what the team of a made-up group does: brings in the day's talk, puts into the group what waits in the
outbox, does its tasks with the proof they ask for, and counts what it is asked to count.
"""

import re
from datetime import timedelta
from random import Random
from typing import Any

from huoqun.activities.activity import Activity
from huoqun.people import outbox, picture, task
from huoqun.people.outbox import Outgoing
from huoqun.people.person import Identity
from huoqun.people.task import Task
from huoqun.playbooks import gate
from huoqun.playbooks.playbook import Playbook
from huoqun.playbooks.run import DueStep
from huoqun.playbooks.step_form import Digest, Invite, Number, Step
from huoqun.simulation.attending import Attending
from huoqun.simulation.drawing import shelf
from huoqun.simulation.rhythm import awake
from huoqun.simulation.society import Fellow, likely
from huoqun.simulation.taking_part import TakingPart
from huoqun.simulation.watching import conditions
from huoqun.simulation.world import World

SENDS = (1, 6)
"""Minutes until somebody has put into the group what is due."""
ASKED_YES = 0.55
"""Who is asked for something in private by somebody they trust, and is always ready, says yes so often; a default."""
NAMED = re.compile(r"填\s*(\d+(?:(?:[、，,\s]|或|和)+\d+)*)\s*[。：:]")
NUMBER = re.compile(r"\d+")
"""The numbers that words say are to be chosen from: `填 1、2 或 3。`, `填 1：… 填 0：…`."""
SHARE = re.compile(r"%|百分|percent|share|比例")


class Staffing:
    """The team."""

    def __init__(self, world: World, part: TakingPart, book: Playbook) -> None:
        self.world, self.part, self.book = world, part, book
        self.attending = Attending(world, book)
        self._seen: set[Any] = set()
        world.looks += [self._tasks, self._outbox]

    # -- the outbox

    def _outbox(self) -> None:
        world = self.world
        rows = Outgoing.objects.filter(workspace=world.place, state=outbox.WAITING, due__lte=world.now)
        for row in rows.exclude(pk__in=self._seen).order_by("due", "created", "key"):
            self._seen.add(row.pk)
            minutes = self._random("sends", row.key).uniform(*SENDS)
            world.at(world.now + timedelta(minutes=minutes), lambda row=row: self._send(row))  # type: ignore[misc]

    def _send(self, row: Outgoing) -> None:
        world = self.world
        fresh = Outgoing.objects.select_related("group", "workspace").get(pk=row.pk)
        if fresh.state != outbox.WAITING:
            return
        outbox.done(fresh, by=world.by, now=world.now)
        line = world.staff_says(fresh.text)
        piece = self._piece(fresh)
        world.say(world.chatter.call(line, piece, world.day, self._random("call", fresh.key)))
        self.part.called(fresh.source, fresh.what)

    def _piece(self, row: Outgoing) -> str:
        """Which kind of content it is."""
        return row.what.removeprefix("step.") if row.what.startswith("step.") else "activity"

    # -- tasks

    def _tasks(self) -> None:
        world = self.world
        rows = Task.objects.filter(workspace=world.place, state=task.OPEN).exclude(pk__in=self._seen)
        for row in rows.order_by("created", "key"):
            self._seen.add(row.pk)
            span = max(timedelta(0), row.due - world.now)
            random = self._random("task", row.key)
            moment = world.now + min(span * random.uniform(0.15, 0.6), timedelta(hours=random.uniform(0.2, 5)))
            there = world.utc(awake(world.local(moment)))
            world.at(max(world.now, min(there, row.due - timedelta(minutes=1))), lambda row=row: self._do(row))  # type: ignore[misc]

    def _do(self, row: Task) -> None:
        world = self.world
        fresh = Task.objects.select_related("group", "workspace").get(pk=row.pk)
        if fresh.state != task.OPEN:
            return
        step, due = self._step(fresh)
        text, shown = world.society.words["small"][0], None
        if isinstance(step, Number):
            text = str(self._number(step, fresh))
        elif isinstance(step, Invite) and due is not None:
            self._write_to(step, due)
        if fresh.proof == task.PHOTO:
            given = world.who(world.society.fellows[world.society.helper])
            person = given.person if given else None
            shown = picture.take(shelf(fresh.key), workspace=world.place, person=person, now=world.now)
        if fresh.ready and (fresh.proof == task.IMPORT or isinstance(step, Digest)):
            self._say_ready(fresh, step)
        task.done(fresh, text=text, picture=shown, by=world.by, now=world.now)
        self.attending.attend(fresh, step)

    def _step(self, row: Task) -> tuple[Step | None, DueStep | None]:
        """The step of the run that gave a task."""
        if self.world.run is None or not row.source.startswith("run:"):
            return None, None
        _, step, turn = row.key.split("/", 2)
        due = DueStep.objects.filter(run=self.world.run, step=step, turn=turn).select_related("run__edition").first()
        return (due.run.edition.playbook.step(step), due) if due else (None, None)

    def _say_ready(self, row: Task, step: Step | None) -> None:
        """The words that lie ready are put into the group; people take them up as what somebody wrote."""
        world = self.world
        line = world.staff_says(row.ready, owner=bool(step and step.role == "owner"))
        piece = "useful" if isinstance(step, Digest) else "emotional"
        world.say(world.chatter.call(line, piece, world.day, self._random("ready", row.key)))

    def _write_to(self, step: Invite, due: DueStep) -> None:
        """Everybody on the list is written to."""
        found = Identity.objects.filter(pk__in=due.result.get("people", ())).order_by("account")
        those = [fellow for who in found if (fellow := self.world.fellow(who)) is not None]
        for fellow in those:
            self.world.society.asked(fellow)
        made = DueStep.objects.filter(run=due.run, step=step.of or "", result__has_key="activity").order_by("at").last()
        row = Activity.objects.filter(pk=made.result["activity"]).first() if made else None
        if row is not None:
            self.part.invited(row.source, those)

    # -- counting

    def _number(self, step: Number, row: Task) -> int:
        """What is counted: one of the numbers that the words name; of those who were asked last, who says yes, as a
        percentage where that is asked for; where nobody was asked, something around what the playbook hopes for."""
        random = self._random("number", row.key)
        if named := sorted({int(n) for told in NAMED.findall(step.text.zh) for n in NUMBER.findall(told)}):
            return random.choice(named) if len(named) > 1 else self._hoped_for(step, random)
        asked = self._asked_last()
        said = f"{step.title.zh} {step.title.en} {step.text.zh} {step.text.en}".lower()
        if not asked:
            return self._hoped_for(step, random)
        yes = likely(asked, ASKED_YES / 0.3 * self.world.society.goodwill, random)
        return round(100 * len(yes) / len(asked)) if SHARE.search(said) else len(yes)

    def _hoped_for(self, step: Number, random: Random) -> int:
        """Around what conditions compare it with: mostly enough, sometimes not."""
        name = step.id.replace("-", "_")
        lines = [line for other in self.book.steps for _kind, line in conditions(other)]
        wanted = [m.wanted for line in lines for m in gate.read(line).missed({}) if m.fact == name]
        return round(max(wanted, default=10.0) * random.uniform(0.7, 1.8))

    def _asked_last(self) -> list[Fellow]:
        """Whom the run has asked in private last."""
        world = self.world
        rows = DueStep.objects.filter(run=world.run, result__has_key="people").order_by("at", "step", "turn")
        latest: list[str] = next((row.result["people"] for row in rows.reverse() if row.result["people"]), [])
        found = Identity.objects.filter(pk__in=latest).order_by("account")
        return [fellow for who in found if (fellow := world.fellow(who)) is not None]

    def _random(self, *about: object) -> Random:
        """Chance for a deed; keys begin with a run's id, which is left out."""
        return self.world.society.random(*(str(part).split("/", 1)[-1] for part in about), self.world.day)
