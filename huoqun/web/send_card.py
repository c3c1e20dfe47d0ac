"""The card of the send desk: words for one group, who has them in hand, and what may be done with them; and the same
words for many groups as one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from huoqun.activities.activity import Activity
from huoqun.people import by_hand
from huoqun.people.account import Account
from huoqun.people.group import Group
from huoqun.people.outbox import LINK, WAITING, Outgoing
from huoqun.web import doors, query, word
from huoqun.web.gate import Asked

NAMED = ("step", "content", "outbox")
"""What comes from a playbook, from the content calendar, from somebody's hand. The rest is of a kind of activity."""


@dataclass(frozen=True)
class Card:
    """One of the outbox as the desk shows it. `holder`: another who has it in hand."""

    row: Outgoing
    text: str
    holder: Account | None
    mine: bool
    late: bool

    @property
    def kind(self) -> str:
        """What it is, in a word."""
        return kind_word(self.row.what.partition(".")[0])

    @property
    def waits(self) -> bool:
        """Whether it is still to be said."""
        return self.row.state == WAITING

    @property
    def lines(self) -> int:
        """How tall the field of its words should be."""
        return min(14, max(2, sum(1 + len(line) // 24 for line in self.text.split("\n"))))


@dataclass(frozen=True)
class Block:
    """Cards that stand together: of one group, or (`words`) the same words for several."""

    cards: Sequence[Card]
    words: bool = False

    @property
    def group(self) -> Group:
        """The group, where it is one."""
        return self.cards[0].row.group

    @property
    def first(self) -> Card:
        """What stands for all of them."""
        return self.cards[0]


def kind_word(what: str) -> str:
    """What a sort of words is called."""
    return word.of("sent_kind", what) if what in NAMED else word.of("activity_kind", what)


def card(request: Asked, row: Outgoing, *, now: datetime) -> Card:
    """One, as whoever asks sees it."""
    return cards(request, [row], now=now)[0]


def cards(request: Asked, rows: Iterable[Outgoing], *, now: datetime) -> list[Card]:
    """Some, with the doors their words speak of looked up at once."""
    those = list(rows)
    texts = _texts(request, those, now)
    made = []
    for row in those:
        held = by_hand.holder(row, now=now)
        mine = held is not None and held == request.user
        made.append(Card(row, texts[row.pk.hex], None if mine else held, mine, row.due < now - LATE))
    return made


LATE = by_hand.IN_HAND
"""So long after its time words are late."""


def _texts(request: Asked, rows: Sequence[Outgoing], now: datetime) -> dict[str, str]:
    named = {row.pk.hex: _activity(row) for row in rows if LINK in row.words}
    found = Activity.objects.in_bulk([query.row(id) for id in named.values() if id])
    texts = {}
    for row in rows:
        activity = found.get(query.row(named.get(row.pk.hex, "")))
        place = request.build_absolute_uri(doors.address(activity, row.group, now=now)) if activity else ""
        texts[row.pk.hex] = row.words.replace(LINK, place).strip()
    return texts


def _activity(row: Outgoing) -> str:
    kind, _colon, id = row.source.partition(":")
    return id if kind == "activity" else ""


def blocks(those: Sequence[Card], *, together: bool) -> list[Block]:
    """Cards by group, in the order of what is due first; first of all, where asked (`together`), words that several
    groups are to hear alike."""
    same: dict[tuple[str, object, object], list[Card]] = {}
    for each in those:
        same.setdefault((each.text, each.row.picture_id, each.row.enclosure_id), []).append(each)
    many = [some for some in same.values() if together and len(some) > 1]
    bulk = {each.row.pk for some in many for each in some}
    alone = [each for each in those if each.row.pk not in bulk]
    order = {each.row.group_id: place for place, each in reversed(list(enumerate(alone)))}
    alone.sort(key=lambda each: order[each.row.group_id])
    single = [Block(list(some)) for _group, some in groupby(alone, key=lambda each: each.row.group_id)]
    return [*(Block(some, words=True) for some in many), *single]
