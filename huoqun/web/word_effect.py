"""Words of effects: outcomes, what is said of one, and why nothing can be said."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from huoqun.insight.effect import Effect
from huoqun.insight.expected_share import LEAST_AHEAD, LEAST_BEFORE
from huoqun.insight.outcome_share import SHARES
from huoqun.web import amount
from huoqun.web.amount import percent

EFFECT: dict[str, dict[str, str | Promise]] = {
    "outcome": {
        "messages": gettext_lazy("Messages a day"),
        "speakers": gettext_lazy("Speakers a day"),
        "ties": gettext_lazy("Pairs talking to each other, a day"),
        "newcomers": gettext_lazy("Newcomers who stay, a day"),
        "bonds": gettext_lazy("Ties that hold"),
        "answers": gettext_lazy("Questions answered within 24 hours"),
        "mood": gettext_lazy("Negative messages"),
        "orders": gettext_lazy("Orders a day"),
        "ties_per_member": gettext_lazy("Ties that hold, per member"),
        "answer_minutes": gettext_lazy("Minutes to the first answer, middle of those answered"),
        "money": gettext_lazy("Money ordered, in all"),
    },
    "outcome_is": {
        "messages": gettext_lazy("the pulse"),
        "speakers": gettext_lazy("people who said anything"),
        "bonds": gettext_lazy("pairs who talked on two days or more of four weeks"),
        "ties": gettext_lazy("who took turns or answered each other that day"),
        "newcomers": gettext_lazy("who spoke again within a week"),
        "answers": gettext_lazy("by anybody but who asked"),
        "mood": gettext_lazy("by their words; a part of busy weeks is read"),
        "orders": gettext_lazy("in group buys, without what was cancelled"),
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


def value(number: float | None, outcome: str) -> str:
    """What an outcome was: a share as per cent, else a number."""
    return percent(number) if outcome in SHARES and number is not None else figure(number)


def difference(number: float | None, outcome: str) -> str:
    """A difference of an outcome, with its sign; of a share in points."""
    if outcome not in SHARES or number is None:
        return signed(number)
    return _("%(n)s points") % {"n": _points(number)}


def _points(number: float) -> str:
    """A difference of shares in points, with its sign."""
    points = f"{abs(100 * number):.0f}" if abs(number) >= 0.1 else f"{abs(100 * number):.1f}"
    return ("" if not points.strip("0.") else "+" if number > 0 else "−") + points


def ends(effect: Effect) -> str:
    """The range of an effect."""
    if effect.low is None or effect.high is None:
        return ""
    if effect.outcome not in SHARES:
        return _("%(low)s to %(high)s") % {"low": signed(effect.low), "high": signed(effect.high)}
    low, high = _points(effect.low), _points(effect.high)
    return _("%(low)s to %(high)s points") % {"low": low, "high": high}


def good(effect: Effect) -> str:
    """Whether what is seen is good news: `more` or `less` as of something one wants more of."""
    turned = {"more": "less", "less": "more"}
    return turned.get(effect.seen, effect.seen) if effect.outcome == "mood" else effect.seen


def facts(told: dict[str, list[float | str | None]], outcome: str, lang: str) -> list[str]:
    """What else is known of an outcome: before, while it went on and after, in one line each."""
    lines = []
    if outcome == "bonds" and any(told.get("ties_per_member", ())):
        lines.append(_("per member: %(row)s") % {"row": _row([_number(v) for v in told["ties_per_member"]])})
    if outcome == "answers" and any(v is not None for v in told.get("answer_minutes", ())):
        row = [amount.duration(float(v), lang) if v is not None else "–" for v in told["answer_minutes"]]
        lines.append(_("first answer after: %(row)s") % {"row": _row(row)})
    if outcome == "orders" and any(v is not None for v in told.get("orders", ())):
        lines.append(_("orders in all: %(row)s") % {"row": _row([_text(v) for v in told["orders"]])})
        lines.append(_("money: %(row)s") % {"row": _row([_text(v) for v in told["money"]])})
    return lines


def _text(known: float | str | None) -> str:
    return "–" if known is None else str(known)


def _number(number: float | str | None) -> str:
    return "–" if number is None else f"{float(number):.2f}"


def _row(three: list[str]) -> str:
    return " → ".join(three)


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
    if effect.why == "too_few" and effect.outcome in SHARES:
        if effect.outcome == "answers":
            return _("fewer than %(n)s questions were asked in the eight weeks before") % {"n": LEAST_BEFORE}
        return _("fewer than %(n)s messages were written in the eight weeks before") % {"n": LEAST_BEFORE}
    if effect.why == "few_cases":
        if effect.outcome == "answers":
            return _("fewer than %(n)s questions were asked in these days") % {"n": LEAST_AHEAD}
        return _("fewer than %(n)s messages were written in these days") % {"n": LEAST_AHEAD}
    if effect.outcome == "orders" and effect.why in {"too_few", "unknown"}:
        return {
            "too_few": _("fewer than ten orders in the eight weeks before it began"),
            "unknown": _("no group buy was opened here, and orders made elsewhere are not known"),
        }[effect.why]
    return {
        "unknown": _("nothing of it is on record"),
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
