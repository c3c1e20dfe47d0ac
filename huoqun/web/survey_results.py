"""What a survey found: each question as bars, all answers as a table, everything as a file."""

import csv
import io
from statistics import median
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from huoqun.activities import questionnaire, survey
from huoqun.activities.questionnaire import Question
from huoqun.activities.survey import Answer, Survey
from huoqun.base import clock
from huoqun.web import plain
from huoqun.web.gate import Asked
from huoqun.web.sheet import cell

ROWS = 500
"""Answers in the table of the page; the file has all."""


def page(request: Asked, row: Survey) -> HttpResponse:
    """Bars, texts, table."""
    asked, found = row.asked(), list(survey.answers(row))
    context = {
        "survey": row,
        "state": row.standing(clock.now()),
        "rate": survey.rate(row),
        "answers": len(found),
        "results": [result(q, found) for q in asked],
        "heads": [q.text for q in asked],
        "table": [_row(a, [q.id for q in asked]) for a in found[:ROWS]],
        "cut": len(found) > ROWS,
        "tab": "results",
    }
    return render(request, "survey/results.html", context)


def result(q: Question, found: list[Answer]) -> dict[str, Any]:
    """One question over all answers: how often each choice, or the numbers, or the texts with who wrote them."""
    given = [(a, a.values[q.id]) for a in found if q.id in a.values]
    out: dict[str, Any] = {"question": q, "n": len(given)}
    if q.kind == questionnaire.TEXT:
        out["texts"] = [(a.participation.identity.name, plain.words(v, 2000)) for a, v in given]
        return out
    values = [v for _a, v in given]
    if q.kind in {questionnaire.SCALE, questionnaire.NUMBER} and values:
        out["mean"], out["median"] = round(sum(values) / len(values), 2), median(values)
        out["least"], out["most"] = min(values), max(values)
    if q.kind != questionnaire.NUMBER:
        ticks = [str(t) for v in values for t in (v if isinstance(v, list) else [v])]
        counts = {choice: ticks.count(choice) for choice in q.choices()}
        out["bars"] = [
            (c, n, n / len(given) if given else 0.0, round(100 * n / len(given)) if given else 0)
            for c, n in counts.items()
        ]
    return out


def _row(a: Answer, ids: list[str]) -> dict[str, Any]:
    who = a.participation.identity
    return {"who": who, "at": a.participation.at, "cells": [_told(a.values.get(id)) for id in ids]}


def _told(value: Any) -> str:
    if value is None:
        return ""
    return " / ".join(value) if isinstance(value, list) else str(value)


def as_csv(request: Asked, row: Survey) -> HttpResponse:
    """All answers, one a line."""
    asked = row.asked()
    out = io.StringIO()
    write = csv.writer(out)
    head = [
        _("Group"),
        _("Name"),
        _("Account"),
        _("First answered (UTC)"),
        _("Changed (UTC)"),
        *(q.text for q in asked),
    ]
    write.writerow([cell(text) for text in head])
    for a in survey.answers(row).iterator():
        told = a.participation
        who = told.identity
        times = [moment.isoformat() if moment else "" for moment in (told.at, told.changed)]
        cells = [_told(a.values.get(q.id)) for q in asked]
        write.writerow([*(cell(t) for t in (who.group.name, who.name, who.account)), *times, *(cell(c) for c in cells)])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="survey.csv"'
    return response
