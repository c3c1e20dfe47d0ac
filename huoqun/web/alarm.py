"""The alarm: an alert in words, with the numbers it follows from."""

from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huoqun.people import alert
from huoqun.people.alert import Alert
from huoqun.web import phrase, word
from huoqun.web.show import number, percent

register = template.Library()


@register.filter
def reason(one: Alert) -> str:
    """Why an alert stands there, as a sentence."""
    return REASONS[one.kind](one.why)


def _sign(id: str) -> str:
    return phrase.book(word.language()).signs[id].name


def _signs(ids: list[str]) -> str:
    return str(_(", ")).join(_sign(id) for id in ids)


def _value(sign: dict[str, Any], part: str) -> str:
    value = sign[part]
    if sign["unit"] == "share":
        return percent(value)
    return f"{value:.1f}" if value is not None and value < 10 else number(value)


def _worse(why: dict[str, Any]) -> str:
    told = []
    if why["is"]:
        was, now = (word.of("state", why[part]) for part in ("was", "is"))
        told.append(
            _("Since the checkup of %(day)s from “%(was)s” to “%(now)s”.") % {"day": why["day"], "was": was, "now": now}
        )
    if why["signs"]:
        known = {"day": why["day"], "signs": _signs(why["signs"])}
        told.append(_("Left the normal range since %(day)s: %(signs)s.") % known)
    return " ".join(told)


def _slipped(why: dict[str, Any]) -> str:
    told = [
        _("%(sign)s %(now)s, one to two months ago %(was)s")
        % {"sign": _sign(sign["id"]), "now": _value(sign, "is"), "was": _value(sign, "was")}
        for sign in why["signs"]
    ]
    return _("Below what is normal for this group: %(signs)s.") % {"signs": str(_("; ")).join(told)}


def _silent(why: dict[str, Any]) -> str:
    return ngettext(
        "The owner has not spoken for %(n)s day, others have.",
        "The owner has not spoken for %(n)s days, others have.",
        why["days"],
    ) % {"n": why["days"]}


def _questions(why: dict[str, Any]) -> str:
    known = {"days": why["days"], "waiting": number(why["waiting"]), "share": percent(why["answered"])}
    return _("%(waiting)s questions of the last %(days)s days wait for an answer; answered: %(share)s.") % known


def _full(why: dict[str, Any]) -> str:
    known = {"members": number(why["members"]), "limit": number(why["limit"])}
    return _("%(members)s of %(limit)s places are taken: tell the owner, and think of a second group.") % known


def _stale(why: dict[str, Any]) -> str:
    return _("The newest export is of %(day)s; what happened since is not known.") % {"day": why["as_of"]}


def _late(why: dict[str, Any]) -> str:
    """Every part that is late, the machine's first."""
    parts = {
        "steps": ngettext("%(n)s step of a run is overdue", "%(n)s steps of runs are overdue", why.get("steps", 0)),
        "activities": ngettext(
            "%(n)s activity should have gone on by itself",
            "%(n)s activities should have gone on by themselves",
            why.get("activities", 0),
        ),
        "failed": ngettext("%(n)s step went wrong", "%(n)s steps went wrong", why.get("failed", 0)),
        "gates": ngettext("%(n)s step waits at its gate", "%(n)s steps wait at their gates", why.get("gates", 0)),
        "tasks": ngettext("%(n)s task is overdue", "%(n)s tasks are overdue", why.get("tasks", 0)),
        "unsent": ngettext("%(n)s message was not sent", "%(n)s messages were not sent", why.get("unsent", 0)),
    }
    told = [words % {"n": number(why[part])} for part, words in parts.items() if why.get(part)]
    return _("Should have happened and did not: %(what)s.") % {"what": str(_("; ")).join(told)}


REASONS = {
    alert.LATE: _late,
    alert.WORSE: _worse,
    alert.SLIPPED: _slipped,
    alert.OWNER_SILENT: _silent,
    alert.QUESTIONS: _questions,
    alert.FULL: _full,
    alert.STALE: _stale,
}
