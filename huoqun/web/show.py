"""Showing: numbers, moments and small pictures in templates, in the page's language."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.template import Context
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from huoqun.people.upload import Taken
from huoqun.web import browser, crossing, level, plain, reward, word

register = template.Library()

SPARK_WIDTH, SPARK_HEIGHT = 120, 28


@register.filter
def spark(values: Sequence[int] | None) -> SafeString | str:
    """A line of weekly numbers as a small picture; a dot marks the newest."""
    if not values or len(values) < 2:
        return ""
    top = max(values) or 1
    step = (SPARK_WIDTH - 6) / (len(values) - 1)
    points = [(3 + i * step, SPARK_HEIGHT - 3 - v / top * (SPARK_HEIGHT - 6)) for i, v in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}"><polyline points="{}"/>'
        '<circle cx="{}" cy="{}" r="2.5"/></svg>',
        SPARK_WIDTH,
        SPARK_HEIGHT,
        _("Messages a week, from %(first)s to %(last)s") % {"first": f"{values[0]:,}", "last": f"{values[-1]:,}"},
        line,
        f"{points[-1][0]:.1f}",
        f"{points[-1][1]:.1f}",
    )


@register.filter
def earned_for(what: str) -> str:
    """What points were for."""
    return reward.earned_for(what)


@register.filter
def percent(share: float | None) -> str:
    """A share as whole per cent; a dash where there is none."""
    if share is None:
        return "–"
    if 0 < share < 0.01:
        return "<1%"
    if 0.99 < share < 1:
        return ">99%"
    return f"{round(share * 100)}%"


@register.filter
def number(value: float | None) -> str:
    """A count with thousands marked."""
    return "–" if value is None else f"{round(value):,}"


@register.filter
def waited(minutes: float) -> str:
    """A time given in minutes."""
    return level.lasting(minutes)


@register.filter
def counted(value: float) -> str:
    """A number that may have a fraction: with thousands marked, without zeros nobody needs."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


@register.filter
def word_of(id: str, family: str) -> str:
    """The interface's word for an id: `{{ group.type|word_of:"type" }}`."""
    return word.of(family, id)


@register.filter
def shown(name: str) -> str:
    """A name that a chat gave, on one line, without direction tricks, not endless."""
    return plain.name(name, 40)


@register.filter
def browser_of(agent: str) -> str:
    """Browser and system, from what a browser says of itself."""
    return browser.browser_of(agent)


@register.filter
def why(refused: dict[str, Any]) -> str:
    """Why a file was refused, in words."""
    return word.why(refused)


@register.filter
def reasons(taken: Taken, zone: str) -> list[str]:
    """Why what an import brought has its grade, in sentences."""
    return word.gaps(taken.gaps, zone)


@register.simple_tag
def moment(time: datetime | None, zone: str = "Asia/Shanghai") -> str:
    """A moment on the clock of `zone`."""
    if time is None:
        return "–"
    return date_format(time.astimezone(ZoneInfo(zone)), "Y-m-d H:i")


@register.simple_tag(takes_context=True)
def clock_time(context: Context, time: datetime, zone: str) -> str:
    """A moment as one would say it today, on the clock of `zone`: 20:00, tomorrow 9:00, 03-18 20:00."""
    here, today = time.astimezone(ZoneInfo(zone)), context["now"].astimezone(ZoneInfo(zone)).date()
    told = date_format(here, "H:i")
    days = (here.date() - today).days
    if days in _NEAR:
        return f"{_NEAR[days]} {told}".strip()
    return f"{date_format(here, 'm-d' if here.year == today.year else 'Y-m-d')} {told}"


_NEAR = {-1: gettext_lazy("yesterday"), 0: "", 1: gettext_lazy("tomorrow")}


@register.simple_tag
def day(time: datetime | None, zone: str = "Asia/Shanghai") -> str:
    """A day on the calendar of `zone`."""
    return "–" if time is None else date_format(time.astimezone(ZoneInfo(zone)), "Y-m-d")


@register.simple_tag(takes_context=True)
def ago(context: Context, time: datetime | None) -> str:
    """How long ago, in words, to the unit that matters."""
    if time is None:
        return "–"
    seconds = max(int((context["now"] - time).total_seconds()), 0)
    days = seconds // 86400
    if days >= 365:
        return ngettext("%(n)s year ago", "%(n)s years ago", days // 365) % {"n": days // 365}
    if days >= 60:
        return ngettext("%(n)s month ago", "%(n)s months ago", days // 30) % {"n": days // 30}
    if days:
        return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}
    if seconds >= 3600:
        return ngettext("%(n)s hour ago", "%(n)s hours ago", seconds // 3600) % {"n": seconds // 3600}
    if seconds >= 60:
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", seconds // 60) % {"n": seconds // 60}
    return _("just now")


@register.simple_tag
def lasting(begin: datetime | None, end: datetime | None) -> str:
    """How long something took, in seconds or minutes."""
    if begin is None or end is None:
        return ""
    seconds = max((end - begin).total_seconds(), 0)
    if seconds < 60:
        return ngettext("%(n)s second", "%(n)s seconds", round(seconds)) % {"n": round(seconds)}
    return ngettext("%(n)s minute", "%(n)s minutes", round(seconds / 60)) % {"n": round(seconds / 60)}


@register.filter
def get(mapping: dict[str, Any], key: str) -> Any:
    """The value of a key, or nothing."""
    return mapping.get(key)


@register.simple_tag
def began(*values: Any) -> SafeString:
    """In a form that changes these values: what they are as it is opened; see `web/crossing`."""
    return format_html('<input type="hidden" name="{}" value="{}">', crossing.FIELD, crossing.stamp(*values))


@register.simple_tag(takes_context=True)
def page_query(context: Context, page: int) -> str:
    """The query of the present page with another page number."""
    query = context["request"].GET.copy()
    query["page"] = str(page)
    told: str = query.urlencode()
    return told
