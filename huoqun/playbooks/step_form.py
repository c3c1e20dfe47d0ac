"""What an author may write of a step, for each kind of step. What each does stands in `playbooks/step`."""

import re
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from huoqun.playbooks import audience, gate, timing
from huoqun.playbooks.fact import FACTS

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
"""By what steps, paths, roles and variables are called in the file."""


def _read(by: Any) -> AfterValidator:
    def check(text: str) -> str:
        by(text)
        return text

    return AfterValidator(check)


Variable = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_0-9]{0,39}$")]
"""The name of something that is asked when a run starts."""
_NAMES = re.compile(r"\{([a-z_0-9]+)\}")
Slot = Annotated[str, StringConstraints(pattern=r"^\{[a-z][a-z_0-9]{0,39}\}$")]
"""A number that is asked when a run starts, where a number stands: `{places}`."""
When = Annotated[str, _read(timing.read)]
Asked = Annotated[str, _read(gate.read)]
People = Annotated[str, _read(audience.read)]
Long = Annotated[str, _read(timing.span)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class Form(BaseModel):
    """What stands in a file is said in full, and nothing else stands there."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(Form):
    """A few words in both languages."""

    zh: Short
    en: Short


class Words(Form):
    """What is said, in both languages. `{name}` stands for a variable, a fact or the group's name."""

    zh: Text
    en: Text


class Step(Form):
    """What every step has."""

    id: Name
    title: Title
    at: When
    """The timing (`playbooks/timing`)."""
    path: Name | None = None
    """Only on this path, which a branch, a wait or a gate has chosen."""
    only_if: Asked | None = Field(default=None, alias="if")
    """Else it is skipped, with the reason."""
    gate: Asked | None = None
    """It waits until this holds, and the operator is told."""
    patience: Long = "2 days"
    """How long it waits at its gate before the other path is offered."""
    otherwise: Name | None = None
    """The path offered when the gate stays shut; without one the run goes on without this step."""
    role: Name | None = None
    """Who does it, or answers for it, of the playbook's roles."""

    @cached_property
    def asks(self) -> frozenset[str]:
        """What carrying it out needs to know: the facts of its conditions, those that its words may name, and for a
        measuring every fact."""
        told = [self.only_if, self.gate, getattr(self, "until", None), *getattr(self, "ways", {}).values()]
        asked = {name for line in told if line for name in gate.read(line).facts}
        every = FACTS.keys() if isinstance(self, Measure) else ()
        return frozenset({*asked, *every, *FACTS.keys() & set(_NAMES.findall(self.model_dump_json()))})

    @cached_property
    def when(self) -> timing.Timing:
        """Its timing, read."""
        return timing.read(self.at)


class Say(Step):
    """Something is said in the group."""

    do: Literal["say"]
    text: Words
    piece: Literal["useful", "emotional", "interactive", "selling"] = "useful"
    """Which kind of content it is, for the mix and the selling guard."""
    poster: Literal["activity", "winners", "finished", "board", "number"] | None = None
    """A picture made for it, of what `of` names."""
    attach: Variable | None = None
    """A variable that holds a picture or a file."""
    of: Name | None = None


class Open(Step):
    """An activity or a survey is opened for the group."""

    do: Literal["open"]
    activity: Name | None = None
    survey: Name | None = None
    """One of the readymade surveys."""
    questions: Annotated[list[dict[str, Any]], Field(max_length=12)] = []
    """A survey of the playbook's own: questions as the console keeps them, texts in both languages."""
    name: Title
    about: Words | None = None
    closes: Long | None = None
    """How long after it opens it closes."""
    starts: Long | None = None
    """How long after it opens what people sign up for begins."""
    capacity: Annotated[int, Field(ge=1, le=100_000)] | Slot | None = None
    """Places; or `{places}`, a variable that holds their number."""
    plan: dict[str, Any] = {}
    """What its kind needs to know, as the console's form asks for it; texts may be in both languages."""

    @model_validator(mode="after")
    def _one(self) -> "Open":
        if [self.activity is None, self.survey is None, not self.questions].count(False) != 1:
            raise ValueError("say which `activity`, which `survey` or what `questions`, one of the three")
        return self


class Deed(Step):
    """A deed of an activity that the run has opened: it begins, closes, is settled, people are reminded."""

    do: Literal["start", "close", "settle", "remind"]
    of: Name
    text: Words | None = None
    """What is said with it."""


class Choose(Step):
    """A deed of staff that is an activity's own: draw, form teams, choose the topic."""

    do: Literal["choose"]
    of: Name
    deed: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
    values: dict[str, str] = {}


class Tag(Step):
    """People get a title."""

    do: Literal["tag"]
    who: People
    name: Title
    most: Annotated[int, Field(ge=1, le=10_000)] = 500


class Invite(Step):
    """People are asked in person: a card for each on somebody's list, with words ready."""

    do: Literal["invite"]
    who: People
    text: Words
    of: Name | None = None
    """The activity or survey that it leads to, over a link of their own."""
    most: Annotated[int, Field(ge=1, le=1000)] = 60


class Task(Step):
    """Somebody of the team does something."""

    do: Literal["task"]
    role: Name
    text: Words
    """What there is to do."""
    ready: Words | None = None
    """Words ready to copy."""
    within: Long = "24 h"
    proof: Literal["tick", "text", "photo", "import"] = "tick"
    """What counts as done: a tick, some words, a photo, or the words found in the next import."""
    minutes: Annotated[int, Field(ge=1, le=600)] = 10
    """How much work it is, for the load of those who do it."""


class Number(Step):
    """Somebody says a number that the product cannot know; from then on it is a fact of the run by the step's name."""

    do: Literal["number"]
    role: Name
    text: Words
    within: Long = "24 h"


class Wait(Step):
    """The run waits for something, up to a deadline, and goes one of two ways."""

    do: Literal["wait"]
    until: Asked
    up_to: Long
    then: Name
    late: Name


class Branch(Step):
    """The run goes the first of these paths whose condition holds, or the last."""

    do: Literal["branch"]
    ways: Annotated[dict[Name, Asked], Field(min_length=1, max_length=6)]
    last: Name


class Pick(Step):
    """People are chosen by marks; later steps name them `chosen STEP`."""

    do: Literal["pick"]
    who: People
    by: Literal["messages", "ties", "answered", "priority", "points", "quiet-experts", "chance"]
    most: Annotated[int, Field(ge=1, le=10_000)]
    marks: Variable | None = None
    """Of `by: priority`: the variable that names tags, weightiest first. Without it who offers something is first."""
    approve: bool = True
    """A person says yes to the list before it counts."""


class Digest(Step):
    """What was best, decided, asked and linked in some days, as a text that a person reads over first."""

    do: Literal["digest"]
    days: Annotated[int, Field(ge=1, le=31)] = 1


class Measure(Step):
    """The group's numbers are written down, for the report."""

    do: Literal["measure"]


AnyStep = Annotated[
    Say | Open | Deed | Choose | Tag | Invite | Task | Number | Wait | Branch | Pick | Digest | Measure,
    Field(discriminator="do"),
]
"""Every kind of step. A new one is a class above, a name here, and what it does in `playbooks/step`."""
