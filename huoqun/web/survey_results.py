"""What a survey found: each question as bars, split by what is known of people, all answers as a table and as files."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from huoqun.activities import activity, questionnaire, result, survey
from huoqun.activities.questionnaire import Question, Questions
from huoqun.activities.survey import Answer, Survey
from huoqun.base import clock
from huoqun.insight.stratum import STRATA
from huoqun.people import role
from huoqun.people.person import Identity
from huoqun.people.seat import seats
from huoqun.web import fault, plain, sheet, word
from huoqun.web.gate import Asked

ROWS = 200
"""Answers in the table of the page, and free texts of one question; the file has all."""
WRITERS = 6
"""Names shown beside one text."""
NAMED = 20
"""People of a question about people, those named most often."""
STRATUM, GROUP = "stratum", "group"


def page(request: Asked, row: Survey) -> HttpResponse:
    """Bars, texts, table."""
    asked, found = row.asked(), list(survey.answers(row))
    everything = request.staff.may(role.SEE_PEOPLE)
    by = request.GET.get("by", "")
    ways = splits(row, asked)
    split = split_of(row, asked, found, by) if by in dict(ways) else None
    names = names_in(asked, found)
    context = {
        "survey": row,
        "state": row.standing(clock.now()),
        "takes": row.takes(clock.now()),
        "rate": activity.rate(row),
        "answers": len(found),
        "by": by if split else "",
        "splits": ways,
        "results": [
            _result(q, found, names, split if by != f"q:{q.id}" else None, everything=everything) for q in asked
        ],
        "everything": everything,
        "few": result.FEW,
        "heads": [q.text for q in asked],
        "table": [_row(a, asked, names) for a in found[:ROWS]] if everything else (),
        "cut": len(found) > ROWS,
        "tab": "results",
    }
    return render(request, "survey/results.html", context)


def live(request: Asked, row: Survey) -> HttpResponse:
    """The response rate at this moment: in all, by group and by day. Asked for again while the survey is open."""
    zone = ZoneInfo(row.workspace.zone)
    moments = survey.answers(row).values_list("participation__at", flat=True)
    days = sorted(Counter(at.astimezone(zone).date() for at in moments if at).items())
    groups = activity.groups_of(row)
    top = max((n for _day, n in days), default=1)
    context = {
        "survey": row,
        "takes": row.takes(clock.now()),
        "rate": activity.rate(row),
        "by_group": [(g, activity.rate(row, g)) for g in groups] if len(groups) > 1 else (),
        "days": [(day, n, height := round(100 * n / top), 100 - height) for day, n in days],
    }
    return render(request, "survey/_live.html", context)


def splits(row: Survey, asked: Questions) -> list[tuple[str, str]]:
    """By what the results can be split."""
    found = [(STRATUM, _("Stratum"))]
    if row.groups.count() > 1:
        found.append((GROUP, _("Group")))
    return found + [(f"q:{q.id}", q.text) for q in asked if q.kind in result.COUNTED]


Split = tuple[list[list[str]], list[str], dict[str, str]]
"""For each answer the parts its giver belongs to; the parts in order; the words of the parts."""


def split_of(row: Survey, asked: Questions, found: Sequence[Answer], by: str) -> Split:
    """The answers by one of `splits`."""
    if by == GROUP:
        names = {str(g.pk): g.name for g in activity.groups_of(row)}
        return [[str(a.participation.identity.group_id)] for a in found], list(names), names
    if by == STRATUM:
        told = seats({a.participation.identity.group_id for a in found})
        mine = [_stratum(told, a.participation.identity) for a in found]
        order = [*STRATA, *sorted({m for m in mine if m not in STRATA})]
        words = {s: word.of("stratum", s) if s else str(_("not known")) for s in order}
        return [[m] for m in mine], order, words
    other = next(q for q in asked if by == f"q:{q.id}")
    values = [a.values.get(other.id) for a in found]
    parts = [[str(v) for v in (value if isinstance(value, list) else [value])] for value in values]
    choices = list(other.choices())
    return parts, choices, dict(zip(choices, choices, strict=True))


def _stratum(told: Any, who: Identity) -> str:
    seat = told.get(who.group_id, {}).get(who.account)
    return seat.stratum if seat else ""


def names_in(asked: Questions, found: Sequence[Answer]) -> dict[str, str]:
    """The names behind the ids of questions about people."""
    ids = {id for q in asked if q.kind == questionnaire.PEOPLE for a in found for id in a.values.get(q.id, ())}
    return {str(pk): name for pk, name in Identity.objects.filter(pk__in=ids).values_list("pk", "name")}


def _result(
    q: Question, found: Sequence[Answer], names: dict[str, str], split: Split | None, *, everything: bool
) -> dict[str, Any]:
    """One question over all answers: how often each choice, the numbers, the texts with who wrote them, and split."""
    values = [a.values.get(q.id) for a in found]
    whole = result.tally(q, values)
    out: dict[str, Any] = {"question": q, "n": result.told(whole.n, everything=everything), "numbers": whole.numbers}
    if q.kind == questionnaire.TEXT:
        texts = _texts(found, values) if everything else []
        out["texts"], out["more_texts"] = texts[:ROWS], len(texts) > ROWS
        return out
    counts = whole.counts
    if q.kind == questionnaire.PEOPLE:
        counts = {id: n for id, n in list(whole.counts.items())[:NAMED] if id in names} if everything else {}
    out["bars"] = [_bar(names.get(c, c), n, whole, c, everything=everything) for c, n in counts.items()]
    if split:
        parts, order, words = split
        table = result.cross(q, values, parts, order)
        out["cross"] = _cross(q, whole, table, words, everything=everything) if table else None
    return out


def _texts(found: Sequence[Answer], values: Sequence[Any]) -> list[dict[str, Any]]:
    """Free texts, the same text once, those that most people wrote first, with who wrote them."""
    wrote: dict[str, list[tuple[str, str]]] = {}
    for a, text in zip(found, values, strict=True):
        if text:
            said = plain.words(text, 2000)
            wrote.setdefault(questionnaire.fold(said), []).append((said, a.participation.identity.name))
    rows = sorted(wrote.values(), key=lambda those: -len(those))
    return [
        {
            "text": those[0][0],
            "n": len(those),
            "names": [name for _said, name in those[:WRITERS]],
            "more": those[WRITERS:],
        }
        for those in rows
    ]


def _bar(name: str, n: int, whole: result.Tally, choice: str, *, everything: bool) -> dict[str, Any]:
    shown = result.told(n, everything=everything)
    exact = shown == str(n)
    share = whole.share(choice)
    return {
        "name": name,
        "n": shown,
        "share": share if exact else None,
        "width": round(100 * share) if exact else 0,
    }


def _cross(
    q: Question, whole: result.Tally, table: result.Cross, words: dict[str, str], *, everything: bool
) -> dict[str, Any]:
    """The split table: a column for all and one for each part with how many answered, a line for each choice."""
    tallies = [whole, *table.tallies]
    names = [_("Everybody"), *(words[part] for part in table.parts)]
    kept = [t.numbers.mean if t.numbers and (everything or t.n >= result.FEW) else None for t in tallies]
    return {
        "heads": [(name, result.told(t.n, everything=everything)) for name, t in zip(names, tallies, strict=True)],
        "lines": [
            (choice, [_bar("", t.counts[choice], t, choice, everything=everything) for t in tallies])
            for choice in q.choices()
        ],
        "means": kept if q.kind in {questionnaire.SCALE, questionnaire.NUMBER} else (),
    }


def _row(a: Answer, asked: Questions, names: dict[str, str]) -> dict[str, Any]:
    who = a.participation.identity
    return {"who": who, "at": a.participation.at, "cells": [_told(a.values.get(q.id), names) for q in asked]}


def _told(value: Any, names: dict[str, str]) -> str:
    if value is None:
        return ""
    return " / ".join(str(names.get(v, v)) for v in value) if isinstance(value, list) else str(value)


def as_csv(request: Asked, row: Survey) -> HttpResponse:
    """All answers, one a line."""
    return _file(request, row) or sheet.file_of(_table(row, numbers=False), "survey", sheet.CSV)


def as_xlsx(request: Asked, row: Survey) -> HttpResponse:
    """The same as a workbook."""
    return _file(request, row) or sheet.file_of(_table(row, numbers=True), "survey", sheet.XLSX)


def _file(request: Asked, row: Survey) -> HttpResponse | None:
    """All answers say who gave them: whoever may not see people does not get them."""
    return None if request.staff.may(role.SEE_PEOPLE) else fault.forbidden(request, request.staff)


def _table(row: Survey, *, numbers: bool) -> list[list[Any]]:
    asked, found = row.asked(), list(survey.answers(row))
    names = names_in(asked, found)
    first = [_("Group"), _("Name"), _("Account"), _("First answered (UTC)"), _("Changed (UTC)")]
    table: list[list[Any]] = [first + [q.text for q in asked]]
    for a in found:
        told = a.participation
        who = told.identity
        known = [who.group.name, who.name, who.account, _iso(told.at), _iso(told.changed)]
        values = [a.values.get(q.id) for q in asked]
        table.append(known + [v if numbers and isinstance(v, int | float) else _told(v, names) for v in values])
    return table


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
