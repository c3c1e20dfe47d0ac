"""The notification: what waits for somebody in a line and a half, as their phone shows it, and the page it opens.

It says what and where: titles of tasks, names of groups, and how many. Nothing that a member said is in it; a lock
screen is read by others too. Of several clients it says only that something waits.
"""

from collections import Counter
from collections.abc import Callable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from huoqun.people.bell import GATE, KINDS, LATE, MISSING, SEND, TASK
from huoqun.people.display import one_line
from huoqun.people.ring import Told
from huoqun.playbooks.matter import Matter

NAMED = 3
"""Groups named in one notification."""
LONGEST = 60
"""Signs of a title or a name."""


def said(found: Sequence[Matter], language: str) -> Told:
    """Some matters (never none) as one notification."""
    with override(language):
        places = {matter.workspace.pk for matter in found}
        if len(places) > 1:
            return Told(_waits(len(found)), _clients(len(places)), reverse("today_everywhere"))
        kinds = Counter(matter.kind for matter in found)
        if len(found) == 1:
            title = _one(found[0], language)
        elif len(kinds) > 2:
            title = _waits(len(found))
        else:
            title = " · ".join(_many(kind, kinds[kind]) for kind in KINDS if kinds[kind])
        return Told(title, _groups(found), _path(found))


def tried(language: str) -> Told:
    """What somebody gets who wants to see whether it works."""
    with override(language):
        return Told(
            _("It works"), _("This is how you are told when something waits for you."), reverse("notifications")
        )


def _one(matter: Matter, language: str) -> str:
    title = one_line(matter.titles.get("en" if language == "en" else "zh", ""), LONGEST)
    return {
        TASK: _("To do: %(title)s"),
        LATE: _("Past its time: %(title)s"),
        GATE: _("A gate waits for you: %(title)s"),
        SEND: _many(SEND, 1),
        MISSING: _many(MISSING, 1),
    }[matter.kind] % {"title": title}


def _many(kind: str, n: int) -> str:
    words: dict[str, Callable[[], str]] = {
        TASK: lambda: ngettext("%(n)s thing to do", "%(n)s things to do", n),
        LATE: lambda: ngettext("%(n)s past its time", "%(n)s past their time", n),
        GATE: lambda: ngettext("%(n)s gate waits for you", "%(n)s gates wait for you", n),
        SEND: lambda: ngettext("%(n)s to send", "%(n)s to send", n),
        MISSING: lambda: ngettext(
            "Something did not happen in %(n)s group", "Something did not happen in %(n)s groups", n
        ),
    }
    return words[kind]() % {"n": n}


def _waits(n: int) -> str:
    return ngettext("%(n)s thing waits for you", "%(n)s things wait for you", n) % {"n": n}


def _clients(n: int) -> str:
    return ngettext("in %(n)s workspace", "in %(n)s workspaces", n) % {"n": n}


def _groups(found: Sequence[Matter]) -> str:
    names = list({matter.group.pk: one_line(matter.group.name, LONGEST) for matter in found}.values())
    told = _(", ").join(names[:NAMED])
    more = len(names) - NAMED
    if more > 0:
        told += ngettext(" and %(n)s more group", " and %(n)s more groups", more) % {"n": more}
    return told


def _path(found: Sequence[Matter]) -> str:
    """The page of the one thing, of the one kind, or of the day."""
    first = found[0]
    kinds, slug = {matter.kind for matter in found}, first.workspace.slug
    if len(found) == 1 and first.kind == GATE:
        return reverse("run_step", args=[first.run, first.about])
    if len(found) == 1 and first.kind == MISSING:
        return reverse("group_runs", args=[first.group.pk])
    if kinds == {SEND}:
        return reverse("outbox", args=[slug])
    if kinds <= {GATE, MISSING}:
        return reverse("runs", args=[slug])
    return reverse("today", args=[slug])
