"""Carrying out: chat commands of a group become deeds in its activities, and are answered in one message for many.

Any connector can call it, the paste box does, and so does the reading of imported exports (`commands/listening`). A
message is carried out once: its key is the deed's. What it means depends on what is on: a check-in goes to the
challenge that was open when it was said; where two could be meant, to the one that closes first. A code said in the
chat ("绑定 123456") tells who it is that has logged in (`people/login`).
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from huoqun.activities import attendance
from huoqun.activities.activity import Activity, Closed, WrongMoment
from huoqun.activities.kind import Kind, Refused, Said
from huoqun.activities.kinds import KINDS
from huoqun.commands import order
from huoqun.commands.order import Order
from huoqun.people import login, points
from huoqun.people.group import Group
from huoqun.people.person import Identity

CARRIED, NOTHING_ON, REFUSED = "carried", "nothing_on", "refused"
READ = "chat"
"""`via` of what stands in a group's own record."""
WRONG_CODES = 10
"""Wrong codes of one member in what is read together, after which no code of theirs is believed."""


@dataclass(frozen=True)
class Line:
    """What somebody said: `key` is its id in the chat, `at` when."""

    who: Identity
    text: str
    at: datetime
    key: str


@dataclass(frozen=True)
class Outcome:
    """What became of a command: `answer` is an id with words in `web/word_activity`, or, for points, the number."""

    line: Line
    order: Order
    state: str
    answer: str
    activity: Activity | None = None


def carry_out(group: Group, lines: Iterable[Line], *, via: str, now: datetime) -> list[Outcome]:
    """Carry out the commands among these lines, in their order; talk is passed over. Each is a transaction of its own:
    what one cannot do does not stop the next."""
    going, wrong = live(group), Counter[Identity]()
    found = []
    for line in lines:
        given = order.read(line.text)
        if given is not None and given.verb == order.BIND:
            found.append(_bind(line, given, via, wrong, now))
        elif given is not None:
            found.append(_one(line, given, going, via, now))
    return found


def _bind(line: Line, given: Order, via: str, wrong: Counter[Identity], now: datetime) -> Outcome:
    """Whoever says a code is the one who was shown it; guessing is stopped."""
    code = re.sub(r"\D", "", unicodedata.normalize("NFKC", given.words))
    try:
        if wrong[line.who] >= WRONG_CODES:
            raise login.Unknown
        row = login.hear(line.who, code, at=line.at, read=via == READ, now=now)
    except (login.Unknown, login.Another, login.Declined) as error:
        wrong[line.who] += 1
        return Outcome(line, given, REFUSED, f"bind_{type(error).__name__.lower()}")
    return Outcome(line, given, CARRIED, "bound" if row.state == login.BOUND else "bind_waits")


def live(group: Group) -> list[Activity]:
    """The activities of a group that may still take what was said: opened and not settled, the first to close first."""
    rows = Activity.objects.filter(groups=group, removed=None, kind__in=KINDS, settled=None).exclude(opened=None)
    return sorted(rows.select_related("workspace"), key=lambda a: (a.closes is None, a.closes or a.created, a.created))


def _one(line: Line, given: Order, going: list[Activity], via: str, now: datetime) -> Outcome:
    if given.verb == order.POINTS:
        return Outcome(line, given, CARRIED, str(points.balance(line.who.person)))
    refused: Outcome | None = None
    for activity in going:
        kind = KINDS[activity.kind]
        if not activity.takes(now, line.at) or not _knows(kind, given.verb):
            continue
        try:
            answer = _deed(activity, kind, line, given, via, now)
        except (Refused, Closed, WrongMoment, attendance.Full, attendance.NotIn) as error:
            why = error.why if isinstance(error, Refused) else type(error).__name__.lower()
            refused = refused or Outcome(line, given, REFUSED, why, activity)
        else:
            return Outcome(line, given, CARRIED, answer, activity)
    return refused or Outcome(line, given, NOTHING_ON, given.verb)


def _knows(kind: Kind, verb: str) -> bool:
    return verb in kind.chat or (verb in {order.JOIN, order.LEAVE} and (kind.signs_up or verb in kind.member))


def _deed(activity: Activity, kind: Kind, line: Line, given: Order, via: str, now: datetime) -> str:
    if given.verb in kind.chat:
        deed, said = kind.chat[given.verb](activity, given.words)
        return kind.member[deed](activity, line.who, said, via=via, key=line.key[:40], at=line.at, now=now)
    if given.verb in kind.member:
        said = Said({"text": [given.words], "note": [given.words]})
        return kind.member[given.verb](activity, line.who, said, via=via, key=line.key[:40], at=line.at, now=now)
    if given.verb == order.JOIN:
        row = attendance.row_of(activity, line.who.person)
        if row is not None and row.changed is not None and row.changed >= line.at and via == READ:
            return row.state
        return attendance.sign_up(activity, line.who, note=given.words, via=via, at=line.at, now=now).state
    return attendance.sign_off(activity, line.who, now=now).state


def together(outcomes: Iterable[Outcome]) -> list[tuple[Activity | None, str, list[str]]]:
    """One reply for many: by activity and answer, the names of whom it is for, in the order they came."""
    found: dict[tuple[Activity | None, str], list[str]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.state == CARRIED and outcome.order.verb not in {order.POINTS, order.BIND}:
            found[outcome.activity, outcome.answer].append(outcome.line.who.name)
    return [(activity, answer, list(dict.fromkeys(names))) for (activity, answer), names in found.items()]
