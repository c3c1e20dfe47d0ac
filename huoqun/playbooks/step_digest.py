"""The digest step: what some days of the group held, as a text that somebody reads over and puts into the group."""

from datetime import datetime, timedelta

from huoqun.base.clock import naive_utc
from huoqun.insight.sumup import sumup
from huoqun.insight.sumup_words import in_words
from huoqun.people import history, task
from huoqun.people.task import Task
from huoqun.playbooks import reason
from huoqun.playbooks.doing import Doing, Outcome
from huoqun.playbooks.run import SKIPPED, WAITING
from huoqun.playbooks.step_form import Digest

WITHIN = timedelta(hours=12)
"""Until when it is to be read over; a default."""


def digest(each: Doing, now: datetime) -> Outcome:
    """Its text as a task; nothing where nothing was said."""
    form = each.form
    assert isinstance(form, Digest)
    since = naive_utc(now - timedelta(days=form.days))
    found = sumup(history.rows_of(each.group, since), since=since, now=naive_utc(now))
    if not found.messages:
        return Outcome(SKIPPED, why=reason.of("silence"))
    row = Task(workspace_id=each.run.workspace_id, group=each.group, created=now)
    row.who_id = each.people.get(form.role or "")
    row.title, row.ready = each.words(form.title, "title")[:120], in_words(found, each.run.language)
    row.source, row.key, row.due = each.run.source, each.key, now + WITHIN
    task.give([row])
    return Outcome(WAITING, {"task": each.key}, until=row.due)
