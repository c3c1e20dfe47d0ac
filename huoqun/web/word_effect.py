"""Words of effects: outcomes, what is said of one, and why nothing can be said."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from huoqun.insight.effect import Effect
from huoqun.web.amount import percent

EFFECT: dict[str, dict[str, str | Promise]] = {
    "outcome": {
        "messages": gettext_lazy("Messages a day"),
        "speakers": gettext_lazy("Speakers a day"),
        "ties": gettext_lazy("Pairs talking to each other, a day"),
        "newcomers": gettext_lazy("Newcomers who stay, a day"),
    },
    "window": {
        "during": gettext_lazy("While it went on"),
        "after": gettext_lazy("In the four weeks after"),
    },
    "seen": {
        "more": gettext_lazy("More"),
        "less": gettext_lazy("Less"),
        "none": gettext_lazy("Nothing that can be seen"),
        "": gettext_lazy("Cannot be said"),
    },
}


def figure(value: float | None) -> str:
    """A number a day: whole from ten on, else with so many decimals as say something."""
    if value is None:
        return "–"
    size = abs(value)
    if size >= 10:
        return f"{value:,.0f}"
    return f"{value:.1f}" if size >= 1 or not size else f"{value:.2f}"


def signed(value: float | None) -> str:
    """A difference, with its sign."""
    if value is None:
        return "–"
    told = figure(abs(value)).strip("0.")
    sign = "" if not told else "+" if value > 0 else "−"
    return sign + figure(abs(value))


def headline(effect: Effect) -> str:
    """The sentence a page begins with, of messages."""
    if not effect.enough:
        return _("Nothing can be said: %(why)s") % {"why": why(effect)}
    ends = {"low": signed(effect.low), "high": signed(effect.high), "n": signed(effect.estimate)}
    if effect.seen == "none":
        return _("It did nothing that can be seen: between %(low)s and %(high)s messages a day") % ends
    return _("%(n)s messages a day, 95 %% between %(low)s and %(high)s") % ends


def why(effect: Effect) -> str:
    """Why nothing can be said of one outcome."""
    if effect.why == "record_ends" and effect.days:
        days = ngettext("the record ends %(n)s day after", "the record ends %(n)s days after", effect.days)
        return days % {"n": effect.days}
    return {
        "too_short": _("fewer than 28 days are on record before it began"),
        "too_few": _("too little was going on before it began"),
        "not_begun": _("the record ends before it began"),
        "record_ends": _("the record does not reach its end yet"),
        "holes": _("days are missing from the record"),
    }.get(effect.why, effect.why)


def basis(effect: Effect) -> str:
    """What it is compared with, in one sentence."""
    if effect.basis == "groups":
        count = len(effect.donors)
        told = ngettext("%(n)s group like this one", "%(n)s groups like this one", count) % {"n": count}
        return _("Compared with %(groups)s, in which nothing of the kind went on.") % {"groups": told}
    if effect.basis == "own":
        return _("Compared with the group's own forecast: there are fewer than five groups like this one.")
    return ""


def moved(effect: Effect) -> str:
    """What the others did, and how much of that was expected of this group."""
    if effect.change is None or effect.share is None:
        return ""
    return _(
        "They had %(change)s of what they had before; groups here go along with about %(share)s of such a change."
    ) % {
        "change": percent(effect.change),
        "share": percent(effect.share),
    }
