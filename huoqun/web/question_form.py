"""A question as the builder's form: what stands in it, and the question that its texts make."""

from typing import Any

from huoqun.activities.questionnaire import MANY, ONE, Condition, Question, Questions
from huoqun.web.gate import Asked

NAMES = ("text", "kind", "options", "low", "high", "show_if", "required")


def form_of(question: Question | None) -> dict[str, str]:
    """What the form shows of a question; of a new one nothing."""
    if question is None:
        return dict.fromkeys(NAMES, "")
    on = question.show_if
    return {
        "text": question.text,
        "kind": question.kind,
        "options": "\n".join(question.options),
        "low": question.low,
        "high": question.high,
        "show_if": f"{on.question}={on.answer}" if on else "",
        "required": "yes" if question.required else "",
    }


def typed(request: Asked) -> dict[str, str]:
    """What somebody typed into the form, as they typed it."""
    return {name: request.POST.get(name, "").replace("\0", "").replace("\r\n", "\n") for name in NAMES}


def question_of(form: dict[str, str], known: Question | None) -> Question:
    """The question of a form; `known` is what it was before. Raises pydantic.ValidationError."""
    lines = [line.strip() for line in form["options"].splitlines() if line.strip()]
    on, _is, answer = form["show_if"].partition("=")
    values: dict[str, Any] = {
        "kind": form["kind"],
        "text": form["text"].strip(),
        "options": lines if form["kind"] in {ONE, MANY} else (),
        "low": form["low"].strip()[:40],
        "high": form["high"].strip()[:40],
        "required": form["required"] == "yes",
        "show_if": Condition(question=on, answer=answer) if on else None,
    }
    if known is not None:
        values |= {"id": known.id, "points": known.points, "fact": known.fact, "nothing": known.nothing}
    return Question(**values)


def conditions(asked: Questions, question: Question | None) -> list[tuple[str, str]]:
    """What a question can depend on: the choices of those before it."""
    out = []
    for number, q in enumerate(asked, 1):
        if question is not None and q.id == question.id:
            break
        out += [(f"{q.id}={choice}", f"{number}. {q.text} → {choice}") for choice in q.choices()]
    return out


def lines(asked: Questions, wrong: str, form: dict[str, str]) -> list[dict[str, Any]]:
    """The questions of the builder with their forms; the one with the id `wrong` shows what was typed."""
    numbers = {q.id: n for n, q in enumerate(asked, 1)}
    return [
        {
            "q": q,
            "form": form if q.id == wrong else form_of(q),
            "open": q.id == wrong,
            "conditions": conditions(asked, q),
            "on": numbers.get(q.show_if.question) if q.show_if else None,
            "leads": [n for n, other in enumerate(asked, 1) if _depends(other, q.id)],
        }
        for q in asked
    ]


def _depends(question: Question, on: str) -> bool:
    return question.show_if is not None and question.show_if.question == on
