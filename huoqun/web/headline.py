"""The headline: the sentence a person would say of a group, from its strongest facts, and the evidence after it."""

import math
from datetime import timedelta

from huoqun.insight.cooling import MONTH, NOTABLE, cooling, speakers_a_day
from huoqun.insight.document import Diagnosis
from huoqun.web.amount import percent, say
from huoqun.web.book import Book
from huoqun.web.when import local, zone_of


def _mean(values: list[int]) -> float | None:
    return sum(values) / len(values) if values else None


def _best_week(messages: list[int]) -> float | None:
    if len(messages) < 7:
        return None
    window = best = sum(messages[:7])
    for k in range(7, len(messages)):
        window += messages[k] - messages[k - 7]
        best = max(best, window)
    return best / 7


def facts(document: Diagnosis) -> dict[str, float]:
    """Numbers that can be said of the pulse; only those that the history is long enough for.

    `now` and `best`: messages a day in the last and the best 7 days; `outside` and `peak`: a median day of the last 56
    without an event, and the highest with one; `speakers` and `speakers_before`: speakers a day in the last 28 days
    and in the 28 that ended 56 days ago ("two months"); `quiet`: days since the last message; `days`, `messages`.
    """
    pulse, found = document.pulse, {"messages": float(document.messages)}
    days = len(pulse.messages)
    found["days"] = float(days)
    if document.last is not None:
        found["quiet"] = max(0.0, math.floor((document.as_of - document.last) / timedelta(days=1)))
    best = _best_week(pulse.messages)
    if best is not None:
        found["best"] = best
        found["now"] = sum(pulse.messages[-7:]) / 7
        if best > 0:
            found["of_best"] = found["now"] / best
    counts = speakers_a_day(pulse)
    if counts is not None:
        found["speakers"], found["speakers_before"] = counts
    elif days >= 7:
        found["speakers"] = sum(pulse.speakers[-7:]) / 7
    return found | _event_days(document)


def _event_days(document: Diagnosis) -> dict[str, float]:
    """`outside` and `peak` of the last 56 days, where at least two events fell into them."""
    pulse, first = document.pulse, max(0, len(document.pulse.messages) - 2 * MONTH)
    busy: set[int] = set()
    zone = zone_of(document.zone)
    for event in document.marks:
        start = local(event.start, zone).date()
        begin = (start - pulse.start).days
        length = min(31, max(0, (local(event.end, zone).date() - start).days))
        busy |= {day for day in range(begin, begin + length + 1) if day >= first}
    inside = [pulse.messages[d] for d in busy if d < len(pulse.messages)]
    outside = sorted(pulse.messages[d] for d in range(first, len(pulse.messages)) if d not in busy)
    if len(inside) < 2 or len(outside) < 14:
        return {}
    return {"outside": float(outside[len(outside) // 2]), "peak": float(max(inside))}


def fraction(share: float, book: Book) -> str:
    """A change in words: `近六成`, `一半`; in English a percentage."""
    if share >= 1:
        return book.headline["double"]
    tenths = round(share * 10)
    if book.lang != "zh":
        return percent(share)
    if tenths < 1:
        return book.headline["little"]
    if 0.47 <= share <= 0.53:
        return book.headline["half"]
    digits = book.headline["digits"]
    if tenths == 10:
        return book.headline["most"].format(tenths=digits[10])
    shape = "most" if share * 10 < tenths else "tenths"
    return book.headline[shape].format(tenths=digits[tenths])


def _below(value: float) -> int:
    """The round number a value stays under: 94 → 100, 37 → 40, 620 → 700."""
    step = 10 ** max(1, math.floor(math.log10(max(value, 1))))
    return int(math.ceil((value + 1e-9) / step) * step)


def _clauses(document: Diagnosis, found: dict[str, float], book: Book) -> list[str]:
    """At most two facts for the sentence: how loud it is, and how many people speak."""
    words, values = book.headline, dict(found)
    loud: list[str | None] = []
    if "outside" in found and found["peak"] > 1.5 * found["outside"]:
        below = _below(found["outside"])
        near = found["outside"] > 0.85 * below
        loud.append(say(words["outside_below" if near else "outside"], values | {"below": below}, book.lang))
    elif found.get("of_best", 1) < 0.6:
        loud.append(say(words["messages_fall"], values, book.lang))
    else:
        loud.append(say(words["messages_now"], values, book.lang))
    before, now = found.get("speakers_before"), found.get("speakers")
    people = None
    if now is not None and before:
        change = now / before - 1
        if change <= -NOTABLE:
            people = words["speakers_fall"].format(fall=fraction(-change, book))
        elif change >= NOTABLE:
            people = words["speakers_rise"].format(rise=fraction(change, book))
        elif document.verdict.state == "living" or found.get("of_best", 1) >= 0.6:
            people = say(words["speakers_same"], values, book.lang)
        elif len(loud) == 1 and "outside" in found:
            people = say(words["messages_fall"], values, book.lang)
    if document.verdict.state == "living":
        return [c for c in (people, loud[0]) if c]
    return [c for c in (loud[0], people) if c]


def _lead(document: Diagnosis, book: Book) -> str:
    """How the sentence opens: the worst finding that is serious, else the state itself."""
    if document.verdict.state != "living":
        for finding in document.findings[:1]:
            cause = book.causes.get(finding.cause)
            if cause and finding.harm >= 0.3:
                return cause.lead
    if cooling(document):
        return book.headline["cooling"]
    return book.headline[document.verdict.state if document.verdict.state in book.headline else "at_risk"]


def _special(document: Diagnosis, found: dict[str, float]) -> str | None:
    """The key of the sentence for a case that no pulse describes."""
    if document.messages == 0:
        return "empty"
    if document.stage == "closed" or document.verdict.why_withheld == "closed":
        return "closed"
    if document.people <= 1:
        return "alone"
    if document.verdict.state == "withheld":
        return "withheld"
    if found.get("quiet", 0) >= 7:
        return "silent"
    return None


def sentence(document: Diagnosis, book: Book) -> str:
    """The verdict as one sentence."""
    found = facts(document)
    special = _special(document, found)
    if special:
        return book.headline["plain"].format(facts=say(book.headline[special], found, book.lang))
    lead = book.headline["prior"] if document.verdict.basis == "prior" else _lead(document, book)
    clauses = _clauses(document, found, book)
    if book.lang == "en":
        lead = lead[:1].upper() + lead[1:]
    if not clauses:
        return book.headline["plain"].format(facts=lead)
    return book.headline["lead"].format(lead=lead, facts=book.headline["and"].join(clauses))


def evidence(document: Diagnosis, book: Book) -> str:
    """What stands behind the sentence, in numbers."""
    found = facts(document)
    special = _special(document, found)
    shapes: list[str] = []
    if special == "empty":
        shapes = ["evidence_empty"]
    elif special == "closed":
        shapes = ["evidence_camp"]
    elif special == "withheld":
        shapes = ["evidence_grade"]
    else:
        if found.get("quiet", 0) >= 2 and special != "silent":
            shapes.append("evidence_quiet")
        shapes.append("evidence_fall" if found.get("of_best", 1) < 0.6 else "evidence_now")
        change = abs(found.get("speakers", 0) - found.get("speakers_before", found.get("speakers", 0)))
        if change >= 1:
            shapes.append("evidence_speakers")
        if found.get("peak", 0) > 1.5 * found.get("outside", math.inf):
            shapes.append("evidence_event")
        if document.verdict.basis == "prior":
            shapes.append("evidence_prior")
    values = dict(found) | {"grade": document.completeness.grade}
    said = [s for shape in shapes if (s := say(book.headline[shape], values, book.lang))]
    if not said:
        return ""
    text = book.joint.join(said) + book.stop
    return text[:1].upper() + text[1:]
