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


REASONS = {
    alert.WORSE: _worse,
    alert.SLIPPED: _slipped,
    alert.OWNER_SILENT: _silent,
    alert.QUESTIONS: _questions,
    alert.FULL: _full,
    alert.STALE: _stale,
}
