"""Steps about people: give a title, invite, choose by marks."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from huoqun.activities import survey
from huoqun.people import profile, task
from huoqun.people.person import Identity
from huoqun.people.task import Task
from huoqun.playbooks import address, choosing, reason
from huoqun.playbooks.doing import Doing, Outcome, ids
from huoqun.playbooks.run import SKIPPED, WAITING
from huoqun.playbooks.step_form import Invite, Pick, Tag

WITHIN = timedelta(hours=24)
"""Until when a list is to be read over or people are to be asked; a default."""
A_CARD = 1
"""Minutes to write to one person with words ready; for the load of those who do it."""


def tag(each: Doing, now: datetime) -> Outcome:
    """Everybody meant gets the title."""
    form = each.form
    assert isinstance(form, Tag)
    those = list(choosing.meant(each, form.who, now)[: form.most])
    for who in those:
        profile.say(who.person, "title", each.words(form.name, "name"), by=None, now=now)
    return _of(those)


def pick(each: Doing, now: datetime) -> Outcome:
    """The best by a mark; where the author wants it, somebody says yes to the list first."""
    form = each.form
    assert isinstance(form, Pick)
    those = choosing.best(each, choosing.meant(each, form.who, now))
    found = _of(those)
    if not form.approve or not those:
        return found
    row = _task(each, now, ready="\n".join(who.name for who in those))
    task.give([row])
    return Outcome(WAITING, found.result | {"task": each.key}, until=row.due)


def invite(each: Doing, now: datetime) -> Outcome:
    """A list of people with words for each and, where it leads somewhere, a link of their own. Who was asked when the
    step came before is not asked again."""
    form = each.form
    assert isinstance(form, Invite)
    asked = ids(each.before.get(form.id, {}).get("people", ()))
    those = list(choosing.meant(each, form.who, now).exclude(pk__in=asked).order_by("name", "pk")[: form.most])
    if not those:
        return _of(those)
    cards = [f"{who.name}\n{_own(each, who, now)}" for who in those]
    row = _task(each, now, ready="\n\n".join(cards))
    row.minutes = min(600, A_CARD * len(those))
    task.give([row])
    return Outcome(WAITING, {**_of(those).result, "task": each.key}, until=row.due)


def _own(each: Doing, who: Identity, now: datetime) -> str:
    form = each.form
    assert isinstance(form, Invite)
    text = each.words(form.text, keep="name").replace("{name}", who.name)
    leads = each.opened.pk if each.opened is not None and each.opened.kind != survey.KIND else None
    return text.replace("{link}", address.own(who, leads, now=now))


def _task(each: Doing, now: datetime, *, ready: str) -> Task:
    row = Task(workspace_id=each.run.workspace_id, group=each.group, created=now)
    row.who_id = each.people.get(each.form.role or "")
    row.title, row.ready = each.words(each.form.title, "title")[:120], ready
    row.source, row.key, row.due = each.run.source, each.key, now + WITHIN
    return row


def _of(those: Sequence[Identity]) -> Outcome:
    if not those:
        return Outcome(SKIPPED, why=reason.of("nobody"))
    return Outcome(result={"people": [who.pk.hex for who in those]})
