"""Section: the parts of a diagnosis as templates want them: short strings, cleaned and formatted, a dict a part."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from huoqun.insight.cooling import cooling
from huoqun.insight.document import Diagnosis, Finding, Quote, VitalSign
from huoqun.web import amount, drawing, picture
from huoqun.web.amount import percent, quantity, whole
from huoqun.web.phrase import Lang, book, format_text, gap_text, note_text, place_text, skip_text, spaced, with_figures
from huoqun.web.plain import name, words
from huoqun.web.when import day_text, minute_text, span, zone_of

_NUMBER = re.compile(r"(?<![\w-])\d[\d,]*(?:\.\d+)?%?(?![\w-])")
SHOWN = 3
"""Findings that stand open; the rest is folded."""
FELT = 0.02
"""Effects below this, in log-odds, move a probability by less than half a point and are not shown."""
SOURCE = "source"
"""Version of a Huoqun that runs from its source folder without having been installed."""
MOVED = 4
"""Reasons of the verdict that stand open."""


def emphasised(sentence: str) -> list[tuple[bool, str]]:
    """A sentence cut into (weighty, text), so that a template can set its numbers in bold: shares if it has any."""
    parts, end = [], 0
    found = list(_NUMBER.finditer(sentence))
    shares = [m for m in found if m.group().endswith("%")]
    for match in shares or found:
        parts += [(False, sentence[end : match.start()]), (True, match.group())]
        end = match.end()
    return [p for p in [*parts, (False, sentence[end:])] if p[1]]


class Names:
    """Who is who: shown name and place in the table of people, by identity."""

    def __init__(self, document: Diagnosis, lang: Lang) -> None:
        self.nameless = book(lang).label["nameless"]
        self.place = {p.id: k for k, p in enumerate(document.people_table)}
        self.names = {p.id: p.name for p in document.people_table}

    def who(self, identity: str | None, shown: str = "") -> dict[str, Any] | None:
        """A person for `who.html`; None where nobody is meant."""
        if identity is None:
            return None
        text = name(shown or self.names.get(identity, identity)) or self.nameless
        return {"name": text, "place": self.place.get(identity, -1)}


def quoted(quote: Quote, names: Names, document: Diagnosis) -> dict[str, Any]:
    """A message for `quote.html`."""
    return {
        "who": names.who(quote.person, quote.name),
        "time": minute_text(quote.time, zone_of(document.zone)),
        "text": words(quote.text),
        "line": None if quote.line is None else whole(quote.line + 1),
    }


def head(document: Diagnosis, lang: Lang) -> dict[str, Any]:
    """Network, type, people, owner; times; how whole the history is."""
    text, zone = book(lang), zone_of(document.zone)
    owner = document.owner
    undated = "date_unknown" in document.notes and document.as_of_source == "last_message"
    count = document.members if document.members is not None else document.people
    return {
        "title": name(document.group) or text.label["nameless_group"],
        "network": text.networks.get(document.network, spaced(document.network)),
        "type": text.types.get(document.type, spaced(document.type)) if document.type else "",
        "people": text.label["n_people"].format(n=whole(count)),
        "owner": name(owner.name) or text.label["nameless"] if owner else "",
        "owner_source": text.label["owner_" + owner.source] if owner else "",
        "simulated": document.simulated,
        "as_of": text.label["no_dates"] if undated else minute_text(document.as_of, zone),
        "as_of_source": "" if undated else text.label["as_of_" + document.as_of_source],
        "zone": name(document.zone, 32),
        "zone_source": text.label["zone_" + document.zone_source],
        "span": "" if undated else span_of(document),
        "messages": text.label["n_messages"].format(n=whole(document.messages)),
        "grade": document.completeness.grade,
        "stage": text.stages.get(document.stage, spaced(document.stage)),
    }


def pulse(document: Diagnosis) -> dict[str, Any]:
    """What the pulse's legend has to explain."""
    days = len(document.pulse.messages)
    return {
        "any": any(document.pulse.messages),
        "short": days <= picture.SHORT,
        "ranges": [n for n in (30, 90, 365) if n < days],
        "marked": any(e.source == "marked" for e in document.marks),
        "observed": any(e.source == "observed" for e in document.marks),
    }


def span_of(document: Diagnosis) -> str:
    """First to last message, as days."""
    if document.first is None or document.last is None:
        return ""
    zone = zone_of(document.zone)
    return f"{day_text(document.first, zone)} – {day_text(document.last, zone)}"


def verdict(document: Diagnosis, lang: Lang) -> dict[str, Any]:
    """The card at the top: state, sentence, evidence, probabilities, what moved them."""
    text, found = book(lang), document.verdict
    sentence, _, evidence = found.text.partition("\n")
    rows = []
    for key, label in text.probabilities.items():
        value = getattr(found, key)
        if value is None:
            continue
        low_high = found.intervals.get(key)
        rows.append(
            {
                "label": label,
                "value": percent(value),
                "interval": "–".join(f"{100 * v:.0f}" for v in low_high) if low_high else "",
                "tone": "bad" if value >= 0.5 else "warn" if value >= 0.25 else "calm",
            }
        )
    largest = max((abs(r.effect) for r in found.reasons), default=0.0)
    reasons = []
    for reason in sorted((r for r in found.reasons if abs(r.effect) >= FELT), key=lambda r: -abs(r.effect)):
        start, width = drawing.pull(reason.effect, largest)
        reasons.append({"text": reason.text, "worse": reason.effect > 0, "start": start, "width": width})
    state = "prior" if found.basis == "prior" else found.state
    cools = cooling(document)
    return {
        "state": "cooling" if cools else found.state,
        "chip": text.label["cooling"] if cools else text.states[found.state],
        "sentence": sentence,
        "evidence": emphasised(evidence),
        "probabilities": rows,
        "reasons": reasons[:MOVED],
        "more_reasons": reasons[MOVED:],
        "state_note": text.label["basis_prior"] if state == "prior" else "",
        "withheld": text.withheld.get(found.why_withheld or "", "") if found.state == "withheld" else "",
        "grade_note": text.label["grade_" + document.completeness.grade],
        "stages": [
            {"day": day_text(s.day, zone_of(document.zone)), "name": text.stages[s.stage]} for s in document.stages
        ],
    }


def _finding(rank: int, finding: Finding, names: Names, document: Diagnosis) -> dict[str, Any]:
    return {
        "rank": rank,
        "title": finding.title,
        "evidence": emphasised(finding.text),
        "method": finding.method,
        "harm": "bad" if finding.harm >= 0.5 else "warn" if finding.harm >= 0.25 else "calm",
        "quotes": [quoted(q, names, document) for q in finding.quotes[:12]],
        "people": [names.who(p) for p in finding.people[:12]],
        "more_people": max(0, len(finding.people) - 12),
        "days": [str(d) for d in finding.days[:10]],
        "more_days": max(0, len(finding.days) - 10),
    }


def findings(
    document: Diagnosis, lang: Lang, remedies: Mapping[str, str], playbooks: Mapping[str, str]
) -> dict[str, Any]:
    """The worst three, and the rest; each with its address of `remedies` and of `playbooks`, where there is one."""
    names = Names(document, lang)
    made = [_finding(k + 1, f, names, document) for k, f in enumerate(document.findings)]
    made = [
        one | {"remedy": remedies.get(f.cause, ""), "playbook": playbooks.get(f.playbook, "")}
        for one, f in zip(made, document.findings, strict=True)
    ]
    return {"worst": made[:SHOWN], "rest": made[SHOWN:]}


def between(low: float, high: float, unit: str, lang: Lang) -> tuple[str, str]:
    """Two ends of a range; the unit is said once where both have it."""
    first, last = quantity(low, unit, lang), quantity(high, unit, lang)
    for suffix in ("%", " 分钟", " 小时", " 天", " min", " h", " d"):
        if first.endswith(suffix) and last.endswith(suffix):
            return first.removesuffix(suffix), last
    return first, last


def normal(found: VitalSign, lang: Lang) -> str:
    """The normal range in words; it may be open on one side."""
    label = book(lang).label
    if found.low is not None and found.high is not None:
        low, high = between(found.low, found.high, found.unit, lang)
        return label["normal_range"].format(low=low, high=high)
    if found.low is not None and found.low > 0:
        return label["normal_from"].format(low=bound(found.low, found, lang))
    if found.high is not None:
        return label["normal_to"].format(high=bound(found.high, found, lang))
    return ""


def bound(end: float, found: VitalSign, lang: Lang) -> str:
    """An end of the range; with a decimal more where it would read like the value that lies outside of it."""
    said = quantity(end, found.unit, lang)
    if found.value is None or found.state not in ("low", "high") or said != quantity(found.value, found.unit, lang):
        return said
    return f"{end * 100:.1f}%" if found.unit == "share" else f"{end:,.1f}"


def sign(found: VitalSign, place: int, lang: Lang) -> dict[str, Any]:
    """One vital sign for `sign.html`."""
    text = book(lang)
    entry = text.signs.get(found.id)
    interval = ""
    if found.interval is not None:
        low, high = between(*found.interval, found.unit, lang)
        interval = text.label["interval_80"].format(low=low, high=high)
    values = [v for _, v in found.series]
    return {
        "id": found.id,
        "place": place,
        "name": entry.name if entry else spaced(found.id),
        "meaning": entry.meaning if entry else "",
        "value": quantity(found.value, found.unit, lang),
        "measured": found.value is not None,
        "state": found.state,
        "state_text": text.sign_states[found.state] if found.state != "unknown" else "",
        "arrow": {"low": "↓", "high": "↑", "good": "✓"}.get(found.state, ""),
        "normal": normal(found, lang),
        "trend": text.trends[found.trend] if found.trend else "",
        "bar": drawing.bar(found),
        "line": drawing.line(values),
        "sample": text.label["sample"].format(n=whole(found.sample)) if found.sample is not None else "",
        "interval": interval,
        "source": with_figures(text.ranges.get(found.range_source, spaced(found.range_source)), lang),
    }


def signs(document: Diagnosis, lang: Lang) -> dict[str, Any]:
    """Vital signs: out of range first, then normal, then without a range; those not measured by name only."""
    order = {"low": 0, "high": 0, "good": 1, "unknown": 2}
    made = [sign(s, k, lang) for k, s in enumerate(document.vital_signs)]
    measured = sorted((s for s in made if s["measured"]), key=lambda s: order[s["state"]])
    return {"measured": measured, "unmeasured": [s["name"] for s in made if not s["measured"]]}


def topics(document: Diagnosis, lang: Lang) -> list[dict[str, Any]]:
    """What each period was about, newest first; a word's weight is how far it stands out (1 to 3)."""
    names, made = Names(document, lang), []
    for topic in sorted(document.topics, key=lambda t: t.start, reverse=True):
        lifts = sorted((w.lift for w in topic.words), reverse=True)
        third = max(1, len(lifts) // 3)
        made.append(
            {
                "span": span(topic.start, topic.end),
                "words": [
                    {
                        "word": name(w.word, 24),
                        "count": whole(w.count),
                        "weight": 3
                        if w.lift >= lifts[third - 1]
                        else 2
                        if w.lift >= lifts[min(2 * third, len(lifts)) - 1]
                        else 1,
                    }
                    for w in topic.words[:12]
                    if name(w.word, 24)
                ],
                "quotes": [quoted(q, names, document) for q in topic.quotes[:3]],
            }
        )
    return made[:26]


def people(document: Diagnosis, lang: Lang) -> dict[str, Any]:
    """The first page of the table of people, for readers without script and for print; the script takes it over."""
    text, names, zone = book(lang), Names(document, lang), zone_of(document.zone)
    rows = [
        {
            "who": names.who(p.id, p.name),
            "stratum": p.stratum,
            "stratum_text": text.strata[p.stratum],
            "messages": whole(p.messages),
            "recent": whole(p.messages_90d),
            "days": whole(p.days),
            "ties": whole(p.ties),
            "strong": whole(p.strong_ties),
            "answered": whole(p.answered),
            "last": day_text(p.last, zone),
        }
        for p in sorted(document.people_table, key=lambda p: -p.messages_90d)[:20]
    ]
    return {"rows": rows, "total": text.label["n_people"].format(n=whole(len(document.people_table)))}


def trust(document: Diagnosis, lang: Lang) -> dict[str, Any]:
    """How far the history can be trusted: grade, gaps, skipped lines, decisions."""
    text, zone = book(lang), zone_of(document.zone)
    total = max(document.skipped_total, len(document.skipped))
    return {
        "grade": document.completeness.grade,
        "meaning": text.grades[document.completeness.grade],
        "gaps": [said for g in document.completeness.gaps if (said := gap_text(g, zone, lang))],
        "skipped": [
            {"line": place_text(s, lang), "reason": skip_text(s.reason, lang), "file": name(s.file or "", 60)}
            for s in document.skipped[:200]
        ],
        "skipped_total": text.label["n_skipped"].format(n=whole(total)) if total else "",
        "skipped_left": max(0, total - min(len(document.skipped), 200)),
        "notes": [note_text(n, lang) for n in document.notes],
        "files": [name(f, 80) for f in document.files],
        "format": format_text(document.format, lang),
        "events": text.label["n_events"].format(n=whole(document.events)),
    }


def made_by(document: Diagnosis, lang: Lang) -> str:
    """The line at the foot: which version wrote this."""
    label = book(lang).label
    if document.version == SOURCE:
        return label["made_by_source"]
    return label["made_by"].format(version=name(document.version, 40))


def week(document: Diagnosis, lang: Lang) -> dict[str, Any]:
    """The heat map: a row a weekday; a cell is a level 0 to 8, bent so that quiet hours still differ, and a count."""
    text, grid = book(lang), document.heatmap
    most = max((count for row in grid for count in row), default=0)
    if most <= 0:
        return {"rows": [], "hours": [], "busiest": ""}
    day, hour = max(((d, h) for d in range(len(grid)) for h in range(len(grid[d]))), key=lambda c: grid[c[0]][c[1]])
    rows = [
        {"day": name, "cells": [(math.ceil(8 * (max(0, n) / most) ** 0.7), whole(n)) for n in row]}
        for name, row in zip(text.weekdays, grid, strict=False)
    ]
    busiest = text.label["busiest"].format(
        day=text.weekdays[day % 7], hour=f"{hour:02}:00–{hour + 1:02}:00", n=whole(most)
    )
    return {"rows": rows, "hours": range(24), "busiest": busiest}


def strata_legend(document: Diagnosis, lang: Lang) -> Sequence[tuple[str, str]]:
    """Ids and names of the strata in the order of the legend."""
    text = book(lang)
    known_owner = [("owner", text.strata["owner"])] if document.owner else []
    return [*known_owner, *((s, text.strata[s]) for s in ("kol", "core", "regular", "word_of_mouth", "silent"))]


def without_owner(document: Diagnosis, lang: Lang) -> list[tuple[bool, str]]:
    """What is left of the network without the owner, as a sentence."""
    picture = document.network_picture
    if picture is None or picture.without_owner is None or document.owner is None:
        return []
    left = picture.without_owner
    said = amount.say(
        book(lang).label["without_owner"],
        {"ties": left.ties_left, "largest": left.largest_left, "starts": left.starts_left},
        lang,
    )
    return emphasised(said or "")
