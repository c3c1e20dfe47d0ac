"""Effect reports: what a run or a marked event did to its group; and which playbooks work where."""

import csv
import io
from datetime import date, timedelta
from math import exp
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from huoqun.insight.effect import STOCKS, Effect
from huoqun.insight.outcome_share import SHARES
from huoqun.insight.pooling import LEAST, SPREAD, SPREAD_OF_SHARES, Pooled, by_kind, pooled
from huoqun.people.group import Group
from huoqun.people.staff import groups_for
from huoqun.people.workspace import Workspace
from huoqun.playbooks.library import playbooks
from huoqun.playbooks.run import Run
from huoqun.reports.report import MEASURED, Report, reports_for, span_of_mark, span_of_run, told
from huoqun.web import word, word_effect
from huoqun.web.gate import Asked

NEWEST = 200
"""Reports listed at most; the export has all."""


def of_mark(request: Asked, group: Group, which: UUID) -> HttpResponse:
    """The report of an event on the group's pulse."""
    mark = group.marks.filter(pk=which).select_related("group").first()
    if mark is None:
        raise Http404
    subject = span_of_mark(mark)
    found = Report.objects.filter(mark=mark).first()
    more = {"mark": mark, "tab": "records", "export": reverse("mark_effect_csv", args=[group.pk, mark.pk])}
    return _page(request, group, found, mark.title, (subject.start, subject.end), more)


def of_run(request: Asked, run: Run) -> HttpResponse:
    """The report of a run; where it was begun in many groups at once, of all of them too."""
    subject = span_of_run(run)
    found = Report.objects.filter(run=run).first()
    title = title_of(run.book, run)
    export = reverse("run_effect_csv", args=[run.pk])
    more = {"run": run, "tab": "effect", "together": _together(request, run), "export": export}
    return _page(request, run.group, found, title, (subject.start, subject.end), more)


def title_of(book: str, run: Run | None = None) -> str:
    """What a playbook is called in the page's language; its id where it is not known."""
    known = run.edition.playbook if run is not None else playbooks().get(book)
    if known is None:
        return book
    return str(getattr(known.title, word.language(), "") or book)


def _page(
    request: Asked, group: Group, found: Report | None, title: str, days: tuple[date, date], more: dict[str, Any]
) -> HttpResponse:
    start, end = days
    context = {"group": group, "title": title, "start": start, "last": end - timedelta(days=1), "report": found} | more
    if found is not None:
        effects = told(found)
        main = effects[0]
        context |= {
            "headline": word_effect.headline(main),
            "seen": main.seen,
            "lines": [_line(one) for one in effects],
            "tiles": [_tile(found, one) for one in effects if one.window == "during"],
            "ranges": sum(one.enough for one in effects),
            "basis": word_effect.basis(main),
            "moved": word_effect.moved(main),
            "beside": _beside(request, main),
            "so_far": main.enough and main.days < main.planned,
            "main": main,
            "drawn": _drawn(found, title, group),
        }
    return render(request, "effect/page.html", context)


def mark_csv(request: Asked, group: Group, which: UUID) -> HttpResponse:
    """The table of an event's report as a spreadsheet reads it."""
    mark = group.marks.filter(pk=which).first()
    if mark is None:
        raise Http404
    return _csv(Report.objects.filter(mark=mark).first(), mark.title)


def run_csv(request: Asked, run: Run) -> HttpResponse:
    """The table of a run's report as a spreadsheet reads it."""
    return _csv(Report.objects.filter(run=run).first(), title_of(run.book, run))


def _line(one: Effect) -> dict[str, Any]:
    return {
        "effect": one,
        "outcome": word.of("outcome", one.outcome),
        "window": word.of("window", one.window),
        "before": word_effect.value(one.before, one.outcome),
        "had": word_effect.value(one.during if one.window == "during" else one.after, one.outcome),
        "against": word_effect.value(one.against, one.outcome),
        "estimate": word_effect.difference(one.estimate, one.outcome),
        "ends": word_effect.ends(one),
        "seen": word.of("seen", one.seen),
        "why": word_effect.why(one) if one.why else "",
    }


def _tile(found: Report, one: Effect) -> dict[str, Any]:
    """An outcome at a glance, of the days while it went on."""
    known = found.document.get("facts", {})
    more = {"good": word_effect.good(one), "is": word.of("outcome_is", one.outcome)}
    return _line(one) | more | {"facts": word_effect.facts(known, one.outcome, word.language())}


def _beside(request: Asked, main: Effect) -> dict[str, Any]:
    """The groups compared with, by name where one may see them."""
    seen = groups_for(request.staff).filter(pk__in=[UUID(one) for one in main.donors])
    named = list(seen.order_by("name"))
    return {"groups": named, "others": len(main.donors) - len(named)}


def _drawn(found: Report, title: str, group: Group) -> dict[str, Any]:
    """What the chart's script reads."""
    pictures = [one | {"name": word.of("outcome", one["outcome"])} for one in found.document["pictures"]]
    words = {
        "had": _("Was"),
        "expected": _("To be expected"),
        "range": _("Range"),
        "day": _("Day"),
        "mean": _("Mean of these days"),
        "on": _("It went on"),
        "as_of": _("as of"),
        "product": _("Huoqun"),
        "saved": _("The picture is saved."),
    }
    return {"title": f"{group.name} · {title}", "asOf": str(found.created.date()), "words": words, "pictures": pictures}


def _csv(found: Report | None, title: str) -> HttpResponse:
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(
        [
            _("Measure"),
            _("Unit"),
            _("Days"),
            _("Before"),
            _("Was"),
            _("To be expected"),
            _("difference"),
            _("low"),
            _("high"),
        ]
        + [_("Days on record"), _("Compared with"), _("Why not")]
    )
    for one in told(found) if found is not None else []:
        had = one.during if one.window == "during" else one.after
        numbers = [one.before, had, one.against, one.estimate, one.low, one.high]
        names = [word.of("outcome", one.outcome), _unit(one.outcome), word.of("window", one.window)]
        write.writerow([*names, *numbers, one.days, one.basis, word_effect.why(one) if one.why else ""])
    known = found.document.get("facts", {}) if found is not None else {}
    for name in ("ties_per_member", "answer_minutes", "money"):
        for had, window in zip(known.get(name, [])[1:], ("during", "after"), strict=False):
            write.writerow([word.of("outcome", name), "", word.of("window", window), known[name][0], had])
    return _file(out, title)


def _unit(outcome: str) -> str:
    """What the numbers of an outcome are."""
    if outcome in SHARES:
        return _("of one")
    return _("number") if outcome in STOCKS else _("per day")


def _file(out: io.StringIO, title: str) -> HttpResponse:
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"effect.csv\"; filename*=UTF-8''{quote(title)}.csv"
    )
    return response


def _together(request: Asked, run: Run) -> dict[str, Any] | None:
    """The runs begun together, as one effect."""
    if run.together is None:
        return None
    found = reports_for(request.staff).filter(run__together=run.together)
    known = [(one.ratio, one.error) for one in found if one.ratio is not None and one.error is not None]
    more = _others([one.pooled for one in found])
    told_all = {"all": _pooled(pooled(known)), "others": more}
    return told_all | {"runs": found.count(), "reports": found.order_by("group__name")[:NEWEST]}


def _others(rows: list[dict[str, list[float]]]) -> list[dict[str, Any]]:
    """The other outcomes of some runs, each pooled; those of which too few runs tell are left out."""
    made = []
    for outcome in MEASURED[1:]:
        known = [(row[outcome][0], row[outcome][1]) for row in rows if outcome in row]
        one = pooled(known, SPREAD_OF_SHARES if outcome in SHARES else SPREAD)
        if one.mean is not None:
            told_of = _pooled(one, share=outcome in SHARES)
            turned = {"more": "less", "less": "more"} if outcome == "mood" else {}
            good = turned.get(told_of["seen"], told_of["seen"])
            made.append({"outcome": outcome, "name": word.of("outcome", outcome), "good": good} | told_of)
    return made


def _pooled(found: Pooled, *, share: bool = False) -> dict[str, Any]:
    """A pooled effect in words: per cent of what was to be expected; of a share in points."""
    if found.mean is None or found.low is None or found.high is None:
        return {"runs": found.runs, "known": False, "least": LEAST}
    parts = (found.mean, found.low, found.high)
    ends = [f"{exp(part) - 1:+.0%}".replace("-", "−") for part in parts]
    if share:
        ends = [word_effect.difference(part, "answers") for part in parts]
    seen = "more" if found.low > 0 else "less" if found.high < 0 else "none"
    return {
        "runs": found.runs,
        "known": True,
        "mean": ends[0],
        "low": ends[1],
        "high": ends[2],
        "seen": seen,
        "drawn": round(found.drawn * 100),
    }


def every(request: Asked, workspace: Workspace) -> HttpResponse:
    """Which playbooks work where, and the newest reports."""
    newest = reports_for(request.staff).order_by("-start", "-pk")[:NEWEST]
    listed = [_listed(one) for one in newest]
    return render(request, "effect/list.html", {"books": _books(request), "reports": listed, "least": LEAST})


def every_csv(request: Asked, workspace: Workspace) -> HttpResponse:
    """Which playbooks work where, as a spreadsheet reads it."""
    return _books_csv(_books(request))


def _books(request: Asked) -> list[dict[str, Any]]:
    """Each playbook with what its runs did, pooled; most runs first."""
    books: dict[str, dict[str, list[tuple[float, float]]]] = {}
    counts: dict[str, int] = {}
    rows: dict[str, list[dict[str, list[float]]]] = {}
    known = reports_for(request.staff).exclude(book="").order_by("book", "type", "pk")
    for book, kind, ratio, error, more in known.values_list("book", "type", "ratio", "error", "pooled"):
        counts[book] = counts.get(book, 0) + 1
        rows.setdefault(book, []).append(more)
        if ratio is not None and error is not None:
            books.setdefault(book, {}).setdefault(kind, []).append((ratio, error))
    order = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [_book(book, books.get(book, {}), count) | {"others": _others(rows[book])} for book, count in order]


def _book(book: str, kinds: dict[str, list[tuple[float, float]]], runs: int) -> dict[str, Any]:
    every = [one for some in kinds.values() for one in some]
    found = by_kind(kinds)
    return {
        "book": book,
        "title": title_of(book),
        "runs": runs,
        "all": _pooled(pooled(every)),
        "kinds": [{"type": kind} | _pooled(one) for kind, one in sorted(found.items(), key=lambda p: -p[1].runs)],
    }


def _listed(one: Report) -> dict[str, Any]:
    main = told(one)[0]
    title = one.mark.title if one.mark else title_of(one.book, one.run)
    return {"report": one, "title": title, "headline": word_effect.headline(main), "seen": main.seen}


def _books_csv(rows: list[dict[str, Any]]) -> HttpResponse:
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(
        [
            _("Playbook"),
            _("Measure"),
            _("Kind of group"),
            _("Runs that can be judged"),
            _("Effect"),
            _("low"),
            _("high"),
        ]
    )
    for row in rows:
        parts = [
            ({"type": ""} | row["all"], _("All")),
            *((kind, word.of("type", kind["type"])) for kind in row["kinds"]),
        ]
        for part, name in parts:
            ends = [part.get("mean"), part.get("low"), part.get("high")]
            write.writerow([row["title"], word.of("outcome", "messages"), name, part["runs"], *ends])
        for one in row["others"]:
            write.writerow([row["title"], one["name"], _("All"), one["runs"], one["mean"], one["low"], one["high"]])
    return _file(out, "effects")
