"""The document: everything a diagnosis says, as one typed value.

`huoqun diagnose --json` writes it, `huoqun schema` prints its JSON Schema, the page draws it. Names of the fields
are a contract with other programs: add, never rename. Times are UTC in ISO 8601 with `Z`; days are dates in the
group's zone; intervals are `[low, high]` at 80 %. Everything that needs words carries an id and numbers; `text` is
filled in the asked language by the page's phrase book.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, PlainSerializer


def _naive(time: datetime) -> datetime:
    return time if time.tzinfo is None else time.astimezone(UTC).replace(tzinfo=None)


Time = Annotated[
    datetime,
    AfterValidator(_naive),
    PlainSerializer(lambda t: t.isoformat(timespec="seconds") + "Z", return_type=str, when_used="json"),
]
"""Naive UTC inside, ISO 8601 with Z outside; what was written reads back as it was."""
Interval = tuple[float, float]


class Part(BaseModel):
    """Base of every part: frozen, no unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Skip(Part):
    """A damaged place of a file: 0-based line and reason id."""

    line: int
    """The line on which the damaged message begins; only a line feed ends a line."""
    reason: str
    file: str | None = None
    record: bool = False
    """`line` is the 0-based number of the record instead: a JSON file that does not give each a line, or is cut off."""


class Gap(Part):
    """A hole in the history, or a doubt about it."""

    kind: str
    """`sequence`, `days`, `types`, `names`, `clock`, `no_ids`, `skipped`, `short`."""
    start: Time | None = None
    end: Time | None = None
    missing: int | None = None
    """How many messages or days are missing, where that can be counted."""
    detail: str = ""


class Completeness(Part):
    """How far the history can be trusted: A (proven whole) to F."""

    grade: Literal["A", "B", "C", "D", "E", "F"]
    gaps: list[Gap]


class Quote(Part):
    """A message shown as evidence."""

    time: Time
    person: str
    """Identity; its name stands in `people_table`."""
    name: str
    text: str
    line: int | None = None
    key: str | None = None


class Reason(Part):
    """One thing that moved a probability."""

    id: str
    value: float | None
    effect: float
    """Change of the log-odds of the group shrinking by half; positive is worse."""
    text: str = ""


class Verdict(Part):
    """Whether the group lives."""

    state: Literal["living", "at_risk", "dying", "withheld"]
    probability_silent_90d: float | None
    probability_half_90d: float | None
    probability_third_90d: float | None
    intervals: dict[str, Interval]
    """By the names of the three probabilities."""
    reasons: list[Reason]
    basis: Literal["model", "prior", "none"] = "model"
    """`prior`: too little history for the model; `none`: withheld."""
    why_withheld: str | None = None
    text: str = ""


class VitalSign(Part):
    """One measured property with its normal range."""

    id: str
    value: float | None
    low: float | None
    """Normal range of the group's type; None where no normal is known."""
    high: float | None
    trend: Literal["rising", "falling", "steady"] | None
    unit: Literal["share", "per_day", "count", "days", "minutes", "hours", "number"] = "number"
    state: Literal["good", "low", "high", "unknown"] = "unknown"
    sample: int | None = None
    """How many messages, people or cases stand behind the value."""
    interval: Interval | None = None
    series: list[tuple[date, float | None]] = []
    """Weekly history, oldest first."""
    range_source: str = ""
    """Where the normal range comes from: `group-lives`, `handbook`, `operator`, `own best`."""
    text: str = ""


class Finding(Part):
    """A cause of trouble, worst first."""

    cause: str
    harm: float
    """0 to 1; findings are sorted by it."""
    evidence: dict[str, float | int | str | None]
    """Numbers by name."""
    quotes: list[Quote] = []
    people: list[str] = []
    days: list[date] = []
    playbook: str
    """Id of the method against it."""
    title: str = ""
    text: str = ""
    method: str = ""
    """The method in a paragraph, until playbooks exist."""


class Person(Part):
    """One sender of the group."""

    id: str
    name: str
    messages: int
    first: Time
    last: Time
    days: int
    """Days on which they spoke, ever."""
    messages_90d: int
    days_90d: int
    messages_7d: int = 0
    messages_30d: int = 0
    spoke: int = 0
    """Days of the last 30 on which they spoke, as bits: the lowest is the day of `as_of`."""
    answered_by: int = 0
    """People who answered them in the last 90 days (`insight/stratum`)."""
    brought: int = 0
    """People they brought into the group in the last 90 days."""
    stratum: Literal["kol", "core", "regular", "word_of_mouth", "silent"]
    stratum_reason: str = ""
    ties: int = 0
    strong_ties: int = 0
    circle: int | None = None
    answers: int = 0
    """Messages of theirs that answer somebody."""
    answered: int = 0
    """Messages of theirs that somebody answered."""
    bot: bool = False
    role: str | None = None


class Tie(Part):
    """What connects two persons."""

    a: str
    b: str
    strength: float
    """Faded to `as_of`; 1 is about one fresh reply."""
    strong: bool
    returned: bool
    kinds: dict[str, int]
    """How often each kind of evidence was seen: reply, mention, quote, turn, known."""
    last: Time


class Frame(Part):
    """The network as of one day: ties among `Network.people` by index, strength then."""

    day: date
    ties: list[tuple[int, int, float]]
    weight: list[float]
    """By person: summed strength then."""
    stratum: list[int]
    """By person: 0 kol, 1 core, 2 regular, 3 word_of_mouth, 4 silent, 5 not yet or no longer there."""


class WithoutOwner(Part):
    """What is left of the network when the owner is taken out."""

    ties_left: float
    """Share of summed strength that stays."""
    largest_left: float
    """Largest connected part without the owner over that with the owner, in people."""
    starts_left: float
    """Share of conversation starts that others make."""


class Network(Part):
    """The group as a picture: positions in [-1, 1], stable over the frames."""

    people: list[str]
    x: list[float]
    y: list[float]
    circle: list[int]
    frames: list[Frame]
    owner: int | None = None
    without_owner: WithoutOwner | None = None
    bridges: list[int] = []
    """Persons who connect circles, by betweenness, strongest first."""
    left_out: int = 0
    """People with too little weight to be drawn."""


class Pulse(Part):
    """Messages and speakers a day, from `start`, gapless, on the group's calendar."""

    start: date
    messages: list[int]
    speakers: list[int]


class Event(Part):
    """A day or window that stands out on the pulse."""

    start: Time
    end: Time
    title: str
    source: Literal["marked", "observed"]
    """`marked` by a person, or `observed`: the pulse itself stands far above its habit."""
    words: list[str] = []
    messages: int = 0


class StageChange(Part):
    """The stage from a day on."""

    day: date
    stage: Literal["cold_start", "growing", "active", "declining", "silent", "closed"]


class Newcomer(Part):
    """Somebody who joined or spoke for the first time."""

    person: str
    name: str
    joined: Time | None
    first: Time | None
    """First message."""
    answered: Time | None
    answered_by: str | None = None
    spoke_7d: bool
    quote: Quote | None = None


class Question(Part):
    """A question and whether it was answered."""

    quote: Quote
    answered: Time | None
    by: str | None = None


class TopicWord(Part):
    """A word and how far it stands out against the group's past."""

    word: str
    count: int
    lift: float


class Topic(Part):
    """What a period was about."""

    start: date
    end: date
    words: list[TopicWord]
    quotes: list[Quote] = []


class Mood(Part):
    """Mood of a week: messages read, share of negative and of positive ones."""

    start: date
    messages: int
    negative: float
    positive: float


class Owner(Part):
    """Who answers for the group, and how that is known."""

    id: str
    name: str
    source: Literal["file", "named", "guess"]


class Diagnosis(Part):
    """Everything a diagnosis says of one group."""

    version: str
    format: str
    network: str
    group: str
    group_id: str | None = None
    type: str | None = None
    zone: str
    zone_source: Literal["named", "file", "default"]
    as_of: Time
    as_of_source: Literal["named", "export", "last_message"]
    owner: Owner | None = None
    simulated: bool = False
    files: list[str] = []
    messages: int
    events: int
    people: int
    members: int | None = None
    """Members now, where the file or joins and leaves tell; else None."""
    first: Time | None
    last: Time | None
    skipped: list[Skip]
    skipped_total: int = 0
    """All damaged places; `skipped` may be cut to the first ones."""
    notes: list[str] = []
    completeness: Completeness
    stage: str
    stages: list[StageChange] = []
    verdict: Verdict
    vital_signs: list[VitalSign]
    findings: list[Finding]
    pulse: Pulse
    marks: list[Event] = []
    heatmap: list[list[int]] = []
    """7 rows (Monday first) by 24 hours, messages, group's zone, last 180 days."""
    newcomers: list[Newcomer] = []
    questions: list[Question] = []
    """Unanswered first, newest first."""
    topics: list[Topic] = []
    mood: list[Mood] = []
    people_table: list[Person]
    ties: list[Tie]
    network_picture: Network | None = None
