"""The digest step: what some days of the group held, as a text that somebody reads over and puts into the group."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from huoqun.base.clock import naive_utc
from huoqun.insight.sumup import Line, Sum, sumup
from huoqun.people import history, task
from huoqun.people.task import Task
from huoqun.playbooks.doing import Doing, Outcome
from huoqun.playbooks.run import SKIPPED, WAITING
from huoqun.playbooks.step_form import Digest

WITHIN = timedelta(hours=12)
"""Until when it is to be read over; a default."""
HEADS = {
    "zh": ("{people} 个人说了 {messages} 句", "大家接得最多的", "分享的链接", "还没人接的问题"),
    "en": ("{people} people, {messages} messages", "Most taken up", "Links", "Questions still open"),
}
"""By language: the first line, and what stands over each part."""


def digest(each: Doing, now: datetime) -> Outcome:
    """Its text as a task; nothing where nothing was said."""
    form = each.form
    assert isinstance(form, Digest)
    since = naive_utc(now - timedelta(days=form.days))
    found = sumup(history.rows_of(each.group, since), since=since, now=naive_utc(now))
    if not found.messages:
        return Outcome(SKIPPED, why="nothing was said in these days, as far as the imports go")
    row = Task(workspace_id=each.run.workspace_id, group=each.group, created=now)
    row.who_id = each.people.get(form.role or "")
    row.title, row.ready = each.words(form.title, "title")[:120], in_words(found, each.run.language)
    row.source, row.key, row.due = each.run.source, each.key, now + WITHIN
    task.give([row])
    return Outcome(WAITING, {"task": each.key}, until=row.due)


def in_words(found: Sum, language: str) -> str:
    """The text of it: one line for each that was said, under its head."""
    first, *heads = HEADS[language]
    parts = [first.format(people=found.people, messages=found.messages)]
    for head, lines in zip(heads, (found.posts, found.links, found.questions), strict=True):
        if lines:
            parts.append("\n".join([head, *_listed(lines)]))
    return "\n\n".join(parts)


def _listed(lines: Sequence[Line]) -> list[str]:
    return [f"· {line.who}: {line.text}" + (f" (+{line.taken_up})" if line.taken_up else "") for line in lines]
