"""The reason: why a step waits, was left out or went wrong. Its row keeps one line, an id and at most one value, which
pages and the API say in the language of whoever reads it (`web/run_said.why`); `huoqun simulate` tells the line.

What a condition lacks has no id: the line is its comparisons with what was known, `pulse 0.42 >= 0.8; answers ? >= 20`.
What a person says begins with an id too, so that no words of theirs are taken for one. A line of before there were ids
is shown as it is.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from huoqun.activities import attendance
from huoqun.activities.activity import Closed, WrongMoment
from huoqun.activities.kind import Refused
from huoqun.base.image import NoImage
from huoqun.playbooks import gate
from huoqun.playbooks.gate import Missed

LONGEST = 300
SHORT = "short"
"""The id of a line of comparisons."""
REASONS: dict[str, str] = {
    "path": "the path of the step was not taken: which",
    "undecided": "the path of the step may yet be taken: which",
    "hand": "somebody left it out: why, in their words",
    "stopped": "the run was stopped: why, in their words",
    "nobody": "nobody is meant",
    "silence": "nothing was said in the days to be summed up",
    "unopened": "the step that should have opened what it is about opened nothing: which",
    "closed": "what it is about takes nobody any more",
    "already": "what it was to bring about was so already",
    "group_removed": "the group was removed",
    "withdrawn": "what it is about was withdrawn",
    "overtaken": "its hour was past, and so was that of a later time of it",
    "missed": "its words were due too long ago: hours",
    "no_number": "what was answered is no number; it is asked again",
    "file_gone": "the file that was to go with its words is gone: of which variable",
    "no_poster": "the picture that was to go with its words could not be drawn: the error",
    "nothing_to_show": "nothing was opened that its picture could show",
    "nobody_won": "nobody has won yet whom its picture could name",
    "nobody_finished": "nobody has finished yet whom its picture could name",
    "no_fact": "no number of its words is known that its picture could show",
    "refused": "an activity did not take it: why (an id of its own words), and their values as JSON",
    "error": "an error that nobody foresaw",
}
"""By id, what it means and what its value is."""
_REFUSED = (
    (Closed, "closed"),
    (WrongMoment, "wrong_moment"),
    (attendance.Full, "full"),
    (attendance.NotIn, "not_in"),
    (NoImage, "no_image"),
)
_COMPARED = re.compile(r"(\w+) (\?|-?[\d.e+-]+) (<=|>=|==|!=|<|>) (-?[\d.e+-]+)")


@dataclass(frozen=True)
class Reason:
    """A line that was read. `id`: "" where it has none; `lacks`: what a condition lacks."""

    id: str
    value: str = ""
    lacks: list[Missed] = field(default_factory=list)


def of(id: str, value: object = "") -> str:
    """The line of a reason. Raises KeyError where nobody has said what the id means."""
    REASONS[id]
    return " ".join(f"{id} {value}".replace("\0", "").split())[:LONGEST]


def short(line: str, facts: Mapping[str, float | None]) -> str:
    """The line of what keeps a condition from holding."""
    told = gate.read(line).missed(facts)
    said = "; ".join(f"{m.fact} {'?' if m.actual is None else f'{m.actual:g}'} {m.sign} {m.wanted:g}" for m in told)
    return said[:LONGEST]


def of_error(error: Exception) -> str:
    """The line of what a step, or the activity that it is about, did not take."""
    if isinstance(error, Refused):
        whole = of("refused", f"{error.why} {_packed(error.values)}")
        return whole if len(whole) < LONGEST else of("refused", error.why)
    for kind, id in _REFUSED:
        if isinstance(error, kind):
            return of("refused", id)
    return of("error", f"{type(error).__name__}: {error}")


def _packed(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, default=str) if values else ""


def read(line: str) -> Reason:
    """What a line says."""
    parts = [_COMPARED.fullmatch(part.strip()) for part in line.split(";")]
    if lacks := [Missed(m[1], None if m[2] == "?" else float(m[2]), m[3], float(m[4])) for m in parts if m]:
        return Reason(SHORT, lacks=lacks)
    id, _, value = line.partition(" ")
    return Reason(id, value) if id in REASONS else Reason("", line)


def refusal(told: Reason) -> tuple[str, dict[str, Any]]:
    """Of what an activity did not take: the id of its own words, and the values that go into these."""
    why, _, packed = told.value.partition(" ")
    try:
        values = json.loads(packed) if packed else {}
    except ValueError:
        values = {}
    return why, values if isinstance(values, dict) else {}
