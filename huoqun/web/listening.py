"""The paste box: lines copied out of a group's chat; the commands in them are carried out, each is answered here."""

import hashlib
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from huoqun.base import clock
from huoqun.commands import answering, carrying, spoken_lines
from huoqun.commands.carrying import Line, Outcome
from huoqun.commands.spoken_lines import Spoken
from huoqun.people.group import Group
from huoqun.people.membership import NobodyCalled, called
from huoqun.web import word
from huoqun.web.gate import Asked

LONGEST = 200_000
"""Signs of one paste."""


def page(request: Asked, group: Group) -> HttpResponse:
    """The box; after a paste what became of each command in it, and one reply for all of them to put into the group."""
    context = {"group": group, "tab": "listen", "going": [a.title for a in carrying.live(group)]}
    if request.method != "POST":
        return render(request, "activity/listen.html", context)
    text, now = request.POST.get("text", "").replace("\0", "")[:LONGEST], clock.now()
    lines, strange = meant(group, spoken_lines.read(text), now)
    outcomes = carrying.carry_out(group, lines, via="paste", now=now)
    context |= {
        "text": text if strange or not outcomes else "",
        "told": [(o, told(o)) for o in outcomes],
        "strange": strange,
        "reply": answering.text(group, outcomes),
        "read": True,
    }
    return render(request, "activity/listen.html", context)


def meant(group: Group, those: list[Spoken], now: datetime) -> tuple[list[Line], list[Spoken]]:
    """The lines of members, and those of names that nobody or several bear. A line pasted twice on one day is one."""
    found, strange = [], []
    day = now.astimezone(ZoneInfo(group.zone)).date()
    for line in those:
        try:
            who = called(group, line.name)
        except NobodyCalled:
            strange.append(line)
            continue
        key = hashlib.sha256(f"{who.pk.hex} {day} {line.text}".encode()).hexdigest()[:32]
        found.append(Line(who, line.text, now, key))
    return found, strange


def told(outcome: Outcome) -> str:
    """What became of a command, in words."""
    if outcome.state == carrying.NOTHING_ON:
        return _("Nothing that takes this is open in the group.")
    if outcome.state == carrying.REFUSED:
        return word.named("refused", outcome.answer).split("%(")[0] or _("That was not done.")
    return word.named("answer", outcome.answer) or outcome.answer
