"""The API of chat commands: lines of a group's chat go in, what each did and one reply for all comes back."""

import hashlib
from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import Field

from huoqun.base import clock
from huoqun.commands import answering, carrying, spoken_lines
from huoqun.commands.carrying import Line, Outcome
from huoqun.people.group import Group
from huoqun.people.membership import here
from huoqun.people.person import Identity
from huoqun.web import listening
from huoqun.web.api_facts import Ahead
from huoqun.web.api_shape import Moment, Sent, Words
from huoqun.web.gate import Asked

MOST_LINES = 500
LONGEST_LINE = 4000


class LineHeard(Sent):
    """What a member said in the chat: by their account there, when, and the id of the message: heard again, it is the
    same."""

    account: Annotated[Words, Field(min_length=1, max_length=300)]
    text: Words = Field(max_length=LONGEST_LINE)
    at: Moment
    key: Words = Field(min_length=1, max_length=200)


class LinesHeard(Sent):
    """Messages as a program hears them (`lines`), or text copied out of the chat, with names, as the box of the console
    takes it (`text`)."""

    lines: list[LineHeard] = Field([], max_length=MOST_LINES)
    text: Words = Field("", max_length=listening.LONGEST)


class CommandTold(Schema):
    """What became of a command: `carried` out, `refused`, or `nothing_on` that takes it. `answer` is an id that stays
    (for points the number), `words` the same in the language of the request."""

    account: str
    text: str
    verb: str
    state: str
    answer: str
    words: str
    activity: UUID | None


class CommandsTold(Schema):
    """The commands there were (talk is passed over), one reply for all of them to put into the group, empty where
    nobody was heard, and whom nobody knows by their account or name."""

    commands: list[CommandTold]
    reply: str
    strangers: list[str]


def hear_commands(request: Asked, group: Group, said: LinesHeard) -> CommandsTold:
    """Carry out the commands in lines of a group's chat, and answer them."""
    now = clock.now()
    known = {who.account: who for who in here(group).select_related("person", "group")}
    if any(line.at > now for line in said.lines):
        raise Ahead("at")
    lines = [_line(group, line, known[line.account]) for line in said.lines if line.account in known]
    pasted, strange = listening.meant(group, spoken_lines.read(said.text), now)
    outcomes = carrying.carry_out(group, lines, via="chat", now=now)
    outcomes += carrying.carry_out(group, pasted, via="paste", now=now)
    strangers = [line.account for line in said.lines if line.account not in known] + [line.name for line in strange]
    return CommandsTold(
        commands=[_command(outcome) for outcome in outcomes],
        reply=answering.text(group, outcomes),
        strangers=list(dict.fromkeys(strangers)),
    )


def _line(group: Group, line: LineHeard, who: Identity) -> Line:
    key = hashlib.sha256(f"{group.pk.hex} {line.account} {line.key}".encode()).hexdigest()[:32]
    return Line(who, line.text, line.at, key)


def _command(outcome: Outcome) -> CommandTold:
    return CommandTold(
        account=outcome.line.who.account,
        text=outcome.line.text,
        verb=outcome.order.verb,
        state=outcome.state,
        answer=outcome.answer,
        words=listening.told(outcome),
        activity=outcome.activity.pk if outcome.activity else None,
    )
