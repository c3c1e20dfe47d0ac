"""The phrase book at work: picks the words for every id of a diagnosis and fills in its numbers, in one language."""

import math
from collections.abc import Mapping
from typing import Literal
from zoneinfo import ZoneInfo

from huoqun.insight.document import Diagnosis, Finding, Gap, Reason, Skip, VitalSign
from huoqun.insight.lesson import lessons
from huoqun.web import headline
from huoqun.web.amount import first_said, known, names_in, quantity, say
from huoqun.web.book import Book, Cause
from huoqun.web.phrase_en import BOOK as ENGLISH
from huoqun.web.phrase_zh import BOOK as CHINESE
from huoqun.web.plain import name
from huoqun.web.when import day_text

Lang = Literal["zh", "en"]


def book(lang: Lang) -> Book:
    """The words of a language."""
    return ENGLISH if lang == "en" else CHINESE


def spaced(identifier: str) -> str:
    """An id without words of its own, made readable: a newer program's document still makes a page."""
    return name(identifier.replace("_", " ").replace("-", " "))


def cause(identifier: str, lang: Lang) -> Cause:
    """Words of a finding."""
    return book(lang).causes.get(identifier) or Cause(spaced(identifier), (), spaced(identifier))


def finding_text(finding: Finding, lang: Lang) -> str:
    """The evidence of a finding in one sentence; where the id has no words, its numbers as they stand."""
    words = book(lang)
    clauses = cause(finding.cause, lang).evidence
    said = [s for clause in clauses if (s := say(clause, finding.evidence, lang)) is not None]
    if not said:
        said = [f"{spaced(k)} {_raw(v)}" for k, v in finding.evidence.items() if known(v)]
    if not said:
        return ""
    text = words.joint.join(said) + words.stop
    return text[:1].upper() + text[1:]


def _raw(value: float | int | str | None) -> str:
    if isinstance(value, int | float):
        return quantity(value, "number" if isinstance(value, float) else "count", "en")
    return name(str(value))


def reason_text(reason: Reason, lang: Lang) -> str:
    """What moved the probability, as a clause."""
    words = book(lang)
    if reason.value is None or not math.isfinite(reason.value):
        if reason.id in words.reasons and not names_in(words.reasons[reason.id]):
            return words.reasons[reason.id]
        return words.reasons_unknown.get(reason.id, words.reasons_unknown[""])
    template = words.reasons.get(reason.id)
    said = say(template, {"value": reason.value}, lang) if template else None
    return said or f"{spaced(reason.id)} {quantity(reason.value, 'number', lang)}"


def stratum_text(reason: str, lang: Lang) -> str:
    """Why somebody stands in their stratum: an id with up to two numbers behind it (`answered_by 12 60`), in words."""
    identifier, *numbers = reason.split(" ")
    template = book(lang).stratum_reasons.get(identifier)
    try:
        values = dict(zip(("value", "of"), map(float, numbers), strict=False))
    except ValueError:
        return name(reason, 80)
    return (say(template, values, lang) if template else None) or name(reason, 80)


def sign_text(sign: VitalSign, lang: Lang) -> str:
    """A vital sign in one line: name, value, state."""
    words = book(lang)
    known_sign = words.signs.get(sign.id)
    title = known_sign.name if known_sign else spaced(sign.id)
    value = quantity(sign.value, sign.unit, lang)
    colon = "：" if lang == "zh" else ": "
    if sign.value is None:
        return f"{title}{colon}{words.label['not_measured']}"
    return f"{title}{colon}{value}{words.label['comma']}{words.sign_states[sign.state]}"


def gap_text(gap: Gap, zone: ZoneInfo, lang: Lang) -> str:
    """A hole in the history, in a sentence."""
    values = {
        "start": day_text(gap.start, zone) if gap.start else None,
        "end": day_text(gap.end, zone) if gap.end else None,
        "missing": gap.missing,
        "detail": name(gap.detail, 80),
    }
    known_gaps = book(lang).gaps
    sentences = known_gaps.get(f"{gap.kind}:{gap.detail}", ()) + known_gaps.get(gap.kind, (spaced(gap.kind),))
    return first_said(sentences, values, lang)


def format_text(identifier: str, lang: Lang) -> str:
    """The format of an export by a name that its users know, with its variant: `wechat_csv.d` is `WeChat CSV (d)`."""
    module, _, variant = identifier.partition(".")
    known_name = book(lang).formats.get(module)
    if known_name is None:
        return spaced(identifier)
    return f"{known_name} ({name(variant, 20)})" if variant else known_name


def with_figures(sentence: str, lang: Lang) -> str:
    """A sentence that quotes figures of real groups, with those figures (`insight/lesson`)."""
    return say(sentence, lessons(), lang) or sentence


def note_text(note: str, lang: Lang) -> str:
    """What was decided for want of proof."""
    return book(lang).notes.get(note) or spaced(note)


def refusal_text(reason: str, values: Mapping[str, object], lang: Lang) -> str:
    """Why a file was not taken, as a sentence; values that are missing leave only the id."""
    words = book(lang)
    try:
        said = words.refusals[reason].format_map({key: name(str(value), 80) for key, value in values.items()})
    except (KeyError, IndexError, ValueError):
        return spaced(reason)
    return f"{said[:1].upper()}{said[1:]}{words.stop}"


def place_text(skip: Skip, lang: Lang) -> str:
    """Where a damaged place is, counted from 1 as editors do."""
    number = quantity(skip.line + 1, "count", lang)
    return book(lang).label["record_number"].format(n=number) if skip.record else number


def skip_text(reason: str, lang: Lang) -> str:
    """Why a line could not be read."""
    return book(lang).skips.get(reason) or spaced(reason)


def fill(document: Diagnosis, lang: Lang) -> Diagnosis:
    """The same diagnosis with every `text`, `title` and `method` in the language asked for.

    `verdict.text` is the headline, a line break, and the evidence.
    """
    words = book(lang)
    verdict = document.verdict
    reasons = [r.model_copy(update={"text": reason_text(r, lang)}) for r in verdict.reasons]
    said = (headline.sentence(document, words) + "\n" + headline.evidence(document, words)).strip()
    findings = [
        f.model_copy(
            update={
                "title": cause(f.cause, lang).title,
                "text": finding_text(f, lang),
                "method": words.methods.get(f.playbook, ""),
            }
        )
        for f in document.findings
    ]
    signs = [s.model_copy(update={"text": sign_text(s, lang)}) for s in document.vital_signs]
    return document.model_copy(
        update={
            "verdict": verdict.model_copy(update={"text": said, "reasons": reasons}),
            "findings": findings,
            "vital_signs": signs,
        }
    )
