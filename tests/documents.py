"""Synthetic diagnoses for the page: ordinary, huge, tiny, withheld, hostile. Every number comes from a seed."""

from datetime import date, datetime, time, timedelta

import numpy as np

from huoqun.insight import document as d

NAMES = ["林先生", "小满", "大熊", "阿宁", "老周", "Jenny", "吴桐", "晓雨", "张帆", "卡卡"]
NAMES += ["北北", "海风", "石头", "安然", "柚子", "Leo", "米粒", "青禾", "团子", "老猫"]
TALK = [
    "今天读到第三章，孩子问我为什么树会掉叶子，我答不上来。",
    "有人知道周六的分享几点开始吗？",
    "昨晚的讲座太好了，谢谢嘉宾。",
    "打卡第 12 天。",
    "这个问题我也想问。",
    "有人在佛山吗？想约一次线下见面。",
]
HOSTILE = [
    "<script>window.__owned=1</script>",
    "<img src=x onerror=window.__owned=1>",
    "</script><script>window.__owned=1</script>",
    "javascript:window.__owned=1",
    "<!--<script>",
    "</style><style>*{background:url(https://evil.invalid/x)}",
    "';background:url(https://evil.invalid/y);'",
    "\u202egnp.exe\u202d evil",
    "\u200b\u200b\u200b",
    "Z" + "\u0301\u0302\u0303\u0304" * 60,
    "{{ settings.SECRET_KEY }}{% include 'x' %}",
    "a\x00b\x07c\x1b[31md\ud800",
    '=HYPERLINK("https://evil.invalid","x")',
    "无" * 5000,
    "]]>&lt;b&gt;${window.__owned=1}`",
    "{a|b} {c|red} \n\n\n line",
]
STRATA = ["kol", "core", "regular", "word_of_mouth", "silent"]


def moment(day: date, hour: float = 12.0) -> datetime:
    return datetime.combine(day, time()) + timedelta(hours=hour)


def _names(count: int, hostile: bool) -> list[str]:
    pool = HOSTILE if hostile else NAMES
    return [pool[i] if i < len(pool) else f"{pool[i % len(pool)]}{i}" for i in range(count)]


def _pulse(rng: np.random.Generator, days: int, fall: float) -> tuple[list[int], list[int], list[int]]:
    base = 900 * np.exp(-fall * np.arange(days)) + 60
    messages = rng.poisson(base * rng.uniform(0.75, 1.2, days))
    spikes = list(range(10, days, 21))
    for k in spikes:
        messages[k] = int(messages[k] * 1.4 + 220)
    speakers = np.minimum(messages, (messages**0.62 * 0.9).astype(int) + 1)
    return messages.tolist(), speakers.tolist(), spikes


def _network(rng: np.random.Generator, people: list[str], frames: int, ties: int, as_of: date) -> d.Network:
    n = len(people)
    circle = rng.integers(0, 5, n)
    angle = circle / 5 * 2 * np.pi + rng.normal(0, 0.45, n)
    radius = np.clip(np.abs(rng.normal(0.62, 0.2, n)), 0.1, 1)
    x, y = np.cos(angle) * radius, np.sin(angle) * radius
    x[0] = y[0] = 0.0
    a = np.where(rng.random(ties) < 0.4, 0, rng.integers(0, n, ties))
    b = rng.integers(0, n, ties)
    pairs = sorted({(int(min(i, j)), int(max(i, j))) for i, j in zip(a, b, strict=True) if i != j})
    strength = rng.gamma(0.8, 2.0, len(pairs)) + 0.05
    peak = rng.integers(0, frames, len(pairs))
    made = []
    for f in range(frames):
        now = strength * np.exp(-np.abs(f - peak) / 6) * (f >= peak - 3)
        kept = [(i, j, round(float(s), 3)) for (i, j), s in zip(pairs, now, strict=True) if s > 0.08]
        weight = np.zeros(n)
        for i, j, s in kept:
            weight[i] += s
            weight[j] += s
        order = np.argsort(-weight)
        stratum = np.full(n, 4)
        stratum[order[: n // 2]] = 2
        stratum[order[: n // 8]] = 1
        stratum[order[: max(1, n // 60)]] = 0
        stratum[n - n // 6 :] = 3
        made.append(
            d.Frame(
                day=as_of - timedelta(days=30 * (frames - 1 - f)),
                ties=kept,
                weight=[round(float(w), 3) for w in weight],
                stratum=[int(s) for s in stratum],
            )
        )
    return d.Network(
        people=people,
        x=[float(v) for v in x],
        y=[float(v) for v in y],
        circle=[int(c) for c in circle],
        frames=made,
        owner=0,
        without_owner=d.WithoutOwner(ties_left=0.28, largest_left=0.41, starts_left=0.35),
        bridges=[1, 2, 3][: max(0, n - 1)],
        left_out=12,
    )


def _people(rng: np.random.Generator, names: list[str], first: datetime, last: datetime) -> list[d.Person]:
    span = max(1, int((last - first).total_seconds()))
    made = []
    for i, name in enumerate(names):
        count = int(4000 / (i + 1) ** 0.8) + 1
        begin = first + timedelta(seconds=int(rng.integers(0, span)))
        end = begin + timedelta(seconds=int(rng.integers(0, max(1, int((last - begin).total_seconds()) or 1))))
        recent = int(count * rng.random() * 0.3)
        made.append(
            d.Person(
                id=f"u{i}",
                name=name,
                messages=count,
                first=begin,
                last=end,
                days=max(1, count // 5),
                messages_90d=recent,
                days_90d=min(90, recent // 4),
                stratum=STRATA[min(4, i * 9 // max(1, len(names)))],
                ties=int(rng.integers(0, 30)),
                strong_ties=int(rng.integers(0, 6)),
                circle=int(rng.integers(0, 5)),
                answers=count // 3,
                answered=count // 4,
                role="owner" if i == 0 else None,
            )
        )
    return made


def _verdict(state: str = "dying", basis: str = "model") -> d.Verdict:
    return d.Verdict(
        state=state,
        probability_silent_90d=0.12,
        probability_half_90d=0.71,
        probability_third_90d=0.44,
        intervals={
            "probability_silent_90d": (0.06, 0.21),
            "probability_half_90d": (0.58, 0.82),
            "probability_third_90d": (0.31, 0.58),
        },
        reasons=[
            d.Reason(id="speaker_trend", value=0.42, effect=0.9),
            d.Reason(id="recent_speakers", value=0.38, effect=0.5),
            d.Reason(id="active_days", value=1.0, effect=-0.35),
            d.Reason(id="newcomers", value=4.2, effect=0.2),
        ],
        basis=basis,
    )


def _vitals(rng: np.random.Generator, as_of: date, weeks: int) -> list[d.VitalSign]:
    table = [
        ("pulse", 94.0, 180.0, 620.0, "falling", "per_day", "low"),
        ("pulse_of_best", 0.1, 0.3, 1.0, "falling", "share", "low"),
        ("speakers", 21.0, None, None, "falling", "count", "unknown"),
        ("speaking_share", 0.11, 0.18, 0.45, "falling", "share", "low"),
        ("event_dependence", 0.63, 0.0, 0.4, "rising", "share", "high"),
        ("concentration", 0.91, 0.5, 0.8, "rising", "share", "high"),
        ("gini", 0.71, 0.4, 0.8, "steady", "number", "good"),
        ("owner_dependence", 0.68, 0.0, 0.3, "rising", "share", "high"),
        ("strong_tie_share", 0.09, 0.34, 0.61, "falling", "share", "low"),
        ("newcomer_welcome", 0.38, 0.6, None, "steady", "share", "low"),
        ("newcomer_voice", 0.44, 0.3, 0.7, "steady", "share", "good"),
        ("answer_rate", 0.82, 0.55, 0.95, "steady", "share", "good"),
        ("answer_minutes", 14.0, None, 60.0, "steady", "minutes", "good"),
        ("retention_week_1", 0.22, 0.25, 0.5, "falling", "share", "low"),
        ("leave_rate", 0.004, 0.0, 0.03, "steady", "share", "good"),
        ("mood", 0.04, None, None, "steady", "share", "unknown"),
        ("owner_presence", 0.93, 0.3, 0.8, "steady", "share", "high"),
        ("cadence", None, 3.0, 14.0, None, "days", "unknown"),
        ("promotion_load", None, None, None, None, "share", "unknown"),
    ]
    made = []
    for id_, value, low, high, trend, unit, state in table:
        series: list[tuple[date, float | None]] = []
        if value is not None:
            walk = value * np.exp(np.cumsum(rng.normal(0, 0.08, weeks))[::-1])
            series = [
                (as_of - timedelta(weeks=weeks - 1 - k), None if k % 17 == 5 else round(float(v), 4))
                for k, v in enumerate(walk)
            ]
        made.append(
            d.VitalSign(
                id=id_,
                value=value,
                low=low,
                high=high,
                trend=trend,
                unit=unit,
                state=state,
                sample=330,
                interval=None if value is None else (value * 0.8, value * 1.2),
                series=series,
                range_source="group-lives" if low is not None else "",
            )
        )
    return made


def quote(person: int, names: list[str], when: datetime, text: str) -> d.Quote:
    """A message of one of the invented people."""
    return d.Quote(time=when, person=f"u{person}", name=names[person], text=text, line=42)


def _findings(names: list[str], as_of: datetime, talk: list[str]) -> list[d.Finding]:
    quotes = [quote(i % len(names), names, as_of - timedelta(days=i), talk[i % len(talk)]) for i in range(3)]
    return [
        d.Finding(cause=cause, harm=harm, evidence=evidence, quotes=quotes, days=[as_of.date()], playbook=playbook)
        for cause, harm, evidence, playbook in EVIDENCE
    ]


EVIDENCE: list[tuple[str, float, dict[str, float | int | str | None], str]] = [
    ("weak_ties", 0.9, {"strong_share": 0.09, "speakers": 148, "returned_share": 0.21}, "revival-week"),
    (
        "lives_on_events",
        0.8,
        {"event_share": 0.63, "events": 8, "per_day_inside": 312.0, "per_day_outside": 94.0},
        "weekly-spotlight",
    ),
    ("newcomers_alone", 0.6, {"newcomers": 13, "alone": 8, "alone_share": 8 / 13, "hours": 24}, "newcomer-welcome"),
    (
        "questions_unanswered",
        0.4,
        {"questions": 67, "unanswered": 12, "unanswered_share": 12 / 67, "median_minutes": None},
        "weekly-feedback-day",
    ),
    ("an_unknown_cause", 0.2, {"something": 0.5}, "unknown"),
]


def ordinary(
    people: int = 330,
    days: int = 300,
    frames: int = 8,
    ties: int = 900,
    *,
    seed: int = 7,
    hostile: bool = False,
    state: str = "dying",
    lang_type: str | None = "learning",
) -> d.Diagnosis:
    """A group with everything a diagnosis can hold."""
    rng = np.random.default_rng(seed)
    names = _names(people, hostile)
    talk = HOSTILE if hostile else TALK
    as_of = datetime(2026, 3, 1, 12, 10)
    start = as_of.date() - timedelta(days=days - 1)
    messages, speakers, spikes = _pulse(rng, days, 4 / days)
    events = [
        d.Event(
            start=moment(start + timedelta(days=k), 11),
            end=moment(start + timedelta(days=k), 15),
            title=talk[k % len(talk)] if hostile else ("" if k % 2 else "嘉宾分享"),
            source="observed" if k % 2 else "marked",
            words=["分享", "嘉宾"] if not hostile else HOSTILE[:3],
            messages=messages[k],
        )
        for k in spikes
    ]
    weeks = min(157, max(1, days // 7))
    return d.Diagnosis(
        version="0.1.0",
        format="wechat_csv.d",
        network="wechat",
        group=HOSTILE[2] if hostile else "晨读一群",
        type=lang_type,
        zone="Asia/Shanghai",
        zone_source="default",
        as_of=as_of,
        as_of_source="export",
        owner=d.Owner(id="u0", name=names[0], source="file"),
        simulated=True,
        files=[HOSTILE[0] if hostile else "晨读一群.csv"],
        messages=sum(messages),
        events=41,
        people=people,
        members=people + 20,
        first=moment(start, 1),
        last=as_of,
        skipped=[d.Skip(line=12 + k, reason="bad_time", file="晨读一群.csv") for k in range(7)],
        skipped_total=7,
        notes=["date_order_ambiguous"],
        completeness=d.Completeness(
            grade="B",
            gaps=[
                d.Gap(kind="no_ids"),
                d.Gap(kind="days", start=moment(start), end=moment(start + timedelta(days=2)), missing=2),
            ],
        ),
        stage="declining",
        stages=[d.StageChange(day=start, stage="growing"), d.StageChange(day=as_of.date(), stage="declining")],
        verdict=_verdict(state),
        vital_signs=_vitals(rng, as_of.date(), weeks),
        findings=_findings(names, as_of, talk),
        pulse=d.Pulse(start=start, messages=messages, speakers=speakers),
        marks=events,
        heatmap=rng.poisson(rng.uniform(0, 40, (7, 24))).tolist(),
        newcomers=[
            d.Newcomer(
                person=f"u{k % people}",
                name=names[k % people],
                joined=as_of - timedelta(days=k),
                first=as_of - timedelta(days=k, hours=-1) if k % 3 else None,
                answered=as_of - timedelta(days=k, hours=-2) if k % 2 and k % 3 else None,
                answered_by="u1" if k % 2 and people > 1 else None,
                spoke_7d=bool(k % 3),
                quote=quote(k % people, names, as_of - timedelta(days=k), talk[k % len(talk)]) if k % 3 else None,
            )
            for k in range(14)
        ],
        questions=[
            d.Question(
                quote=quote(k % people, names, as_of - timedelta(days=k), talk[(k + 1) % len(talk)]),
                answered=None if k < 9 else as_of,
                by=None if k < 9 else "u0",
            )
            for k in range(12)
        ],
        topics=[
            d.Topic(
                start=as_of.date() - timedelta(days=28 * (k + 1)),
                end=as_of.date() - timedelta(days=28 * k),
                words=[
                    d.TopicWord(word=w, count=90 - 7 * j, lift=5.0 - j / 3)
                    for j, w in enumerate(
                        HOSTILE if hostile else ["阅读", "绘本", "打卡", "周六", "佛山", "英语", "报名"]
                    )
                ],
                quotes=[quote(0, names, as_of - timedelta(days=28 * k + 1), talk[0])],
            )
            for k in range(6)
        ],
        mood=[
            d.Mood(
                start=as_of.date() - timedelta(weeks=weeks - 1 - k),
                messages=int(rng.integers(10, 900)),
                negative=float(rng.uniform(0, 0.12)),
                positive=float(rng.uniform(0.1, 0.4)),
            )
            for k in range(weeks)
        ],
        people_table=_people(rng, names, moment(start, 1), as_of),
        ties=[
            d.Tie(
                a=f"u{i}",
                b=f"u{j}",
                strength=float(rng.gamma(1, 2)),
                strong=bool(k % 7 == 0),
                returned=bool(k % 3 == 0),
                kinds={"reply": 1 + k % 9, "mention": k % 4, "turn": k % 5},
                last=as_of - timedelta(days=k % 200),
            )
            for k, (i, j) in enumerate(
                sorted({(int(i), int(j)) for i, j in rng.integers(0, people, (ties, 2)) if i < j})
            )
        ],
        network_picture=_network(rng, [f"u{i}" for i in range(people)], frames, ties, as_of.date()),
    )


def hostile() -> d.Diagnosis:
    """Every string that comes from a chat tries to break out."""
    return ordinary(people=40, days=120, frames=4, ties=120, hostile=True)


def yardstick() -> d.Diagnosis:
    """The size the page is measured at: 500 people, three years."""
    return ordinary(people=500, days=1095, frames=24, ties=10_000)


def huge() -> d.Diagnosis:
    """2,000 people, 24 frames, three years of days."""
    return ordinary(people=2000, days=1095, frames=24, ties=20_000)


def _bare(**values: object) -> d.Diagnosis:
    base = ordinary(people=3, days=20, frames=1, ties=4)
    empty: dict[str, object] = {
        "findings": [],
        "vital_signs": [],
        "marks": [],
        "heatmap": [],
        "newcomers": [],
        "questions": [],
        "topics": [],
        "mood": [],
        "ties": [],
        "stages": [],
        "skipped": [],
        "skipped_total": 0,
        "notes": [],
        "owner": None,
        "type": None,
        "simulated": False,
        "network_picture": None,
    }
    return base.model_copy(update={**empty, **values})


def empty() -> d.Diagnosis:
    """A chat file without a single message."""
    return _bare(
        messages=0,
        events=0,
        people=0,
        members=None,
        first=None,
        last=None,
        pulse=d.Pulse(start=date(2026, 3, 1), messages=[], speakers=[]),
        people_table=[],
        stage="cold_start",
        verdict=d.Verdict(
            state="withheld",
            probability_silent_90d=None,
            probability_half_90d=None,
            probability_third_90d=None,
            intervals={},
            reasons=[],
            basis="none",
            why_withheld="short",
        ),
        completeness=d.Completeness(grade="B", gaps=[d.Gap(kind="short")]),
    )


def alone() -> d.Diagnosis:
    """One person, one message, no tie; a prior instead of the model."""
    base = _bare()
    return base.model_copy(
        update={
            "messages": 1,
            "people": 1,
            "pulse": d.Pulse(start=date(2026, 3, 1), messages=[1], speakers=[1]),
            "people_table": base.people_table[:1],
            "stage": "cold_start",
            "verdict": _verdict("at_risk", "prior"),
            "network_picture": d.Network(people=["u0"], x=[0.0], y=[0.0], circle=[0], frames=[]),
        }
    )


def withheld() -> d.Diagnosis:
    """A history with so many holes that no verdict is given."""
    base = ordinary(people=30, days=120, frames=3, ties=60)
    return base.model_copy(
        update={
            "completeness": d.Completeness(
                grade="D",
                gaps=[
                    d.Gap(kind="sequence", start=moment(date(2026, 1, 3)), end=moment(date(2026, 1, 20)), missing=4210),
                    d.Gap(kind="names", missing=300),
                ],
            ),
            "verdict": empty().verdict.model_copy(update={"why_withheld": "completeness"}),
        }
    )
