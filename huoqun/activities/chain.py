"""The chain sign-up (接龙): the numbered list that a chat copies and appends to becomes one true list.

For the operator: paste the copies as they stand in the chat, or let members paste them or sign up by a button on their
page. Caps, the waiting list, names of members, conflicts of copies and edits by hand are kept here, and the list comes
back as text to put into the group.

Reads: the members of its groups. Writes: `Activity.state_of_play` (`chain_book`), participations, deeds.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from huoqun.activities import activity as base
from huoqun.activities import attendance, chain_book, herald, questionnaire
from huoqun.activities.activity import ABSENT, CLOSED, DONE, JOINED, LEFT, WAITING, Activity, Closed, Participation
from huoqun.activities.chain_book import BY_MEMBER, BY_STAFF, Book
from huoqun.activities.chain_line import Entry
from huoqun.activities.chain_merge import Mark, readable
from huoqun.activities.kind import Kind, Plan, Refused, Said
from huoqun.activities.name_list import by_name
from huoqun.people.account import Account
from huoqun.people.display import one_line
from huoqun.people.person import Identity

LONGEST_PASTE = 39_000
NOBODY = "none"
"""Stands for the member of a line of whom staff said that they are none."""
MOST = 999
"""Places or pieces in one line at most."""


class ChainPlan(Plan):
    """A chain needs nothing but its title and its places."""

    by_button: bool = True
    """Members may also sign up by a button on their page."""


# -- reads


def book_of(activity: Activity) -> Book:
    """The one true list."""
    return chain_book.read(activity.state_of_play)


def cap_of(activity: Activity, book: Book) -> int | None:
    """The places: those staff set, else those the pasted list speaks of."""
    return activity.capacity if activity.capacity is not None else book.cap


def text_of(activity: Activity) -> str:
    """The one true list as text to paste into the chat."""
    book = book_of(activity)
    book.title = book.title or activity.title
    return chain_book.text(book, cap_of(activity, book))


def named(activity: Activity) -> dict[str, list[Identity]]:
    """The members of its groups by their folded names, one account for each human."""
    return by_name(base.people(activity).values())


def line_of(book: Book, who: Identity) -> Entry | None:
    """What stands on the list of a member."""
    mark = book.of(who.pk.hex)
    return book.order[mark] if mark else None


# -- writes


def _keep(held: Activity, book: Book, *, via: str, now: datetime) -> None:
    """The book, the members in it, and how each of them takes part."""
    _match(held, book)
    held.state_of_play = {**held.state_of_play, **chain_book.kept(book)}
    held.save(update_fields=["state_of_play"])
    inside, outside = chain_book.seats(book, cap_of(held, book))
    wanted = {book.lines[m].who: (m, JOINED) for m in inside} | {book.lines[m].who: (m, WAITING) for m in outside}
    people = {i.pk.hex: i for i in Identity.objects.filter(pk__in=wanted.keys() - {"", NOBODY}).select_related("group")}
    rows = {row.identity_id.hex: row for row in held.participations.select_related("identity__group")}
    for who in wanted.keys() & people.keys():
        mark, state = wanted[who]
        row = rows.get(who) or attendance.row_of(held, people[who].person) or base.row_for(held, people[who], now=now)
        _place(held, row, people[who], state, book.order[mark], via=via, now=now)
    for who, row in rows.items():
        if who not in wanted and row.state in {JOINED, WAITING, DONE}:
            row.state, row.changed = LEFT, now
            row.save()
            attendance.tell(held, row.identity, "leave", at=now, now=now)


def _place(
    held: Activity, row: Participation, who: Identity, state: str, entry: Entry, *, via: str, now: datetime
) -> None:
    was, before = row.state, (row.state, row.count, row.note)
    if was not in {DONE, ABSENT}:
        row.state = state
    row.count, row.note = entry.count, entry.note[: base.LONGEST_NOTE]
    if (row.state, row.count, row.note) == before:
        return
    if was not in {JOINED, WAITING, DONE, ABSENT}:
        row.at, row.via, row.identity = now, via, who
    row.changed = now
    row.save()
    if row.state != was:
        attendance.tell(held, who, "join" if row.state == JOINED else "wait", at=now, now=now)


def _match(held: Activity, book: Book) -> None:
    """Lines whose name is one member's become theirs; where several members bear a name, staff choose."""
    if all(line.who for line in book.lines.values()):
        return
    known, used = named(held), {line.who for line in book.lines.values()}
    for mark, line in book.lines.items():
        found = known.get(questionnaire.fold(book.order[mark].name), [])
        if not line.who and len(found) == 1 and found[0].pk.hex not in used:
            line.who = found[0].pk.hex
            used.add(line.who)


def _entry(who: str, said: Said) -> Entry:
    count, note = said.number("count", 1), one_line(said.text("note"), base.LONGEST_NOTE)
    if not 1 <= count <= MOST:
        raise Refused("chain_count", most=MOST)
    return readable(Entry(who, note, count))


def _take(held: Activity, said: Said, now: datetime) -> tuple[Book, tuple[int, int, int]]:
    text = said.text("text")
    if len(text) > LONGEST_PASTE:
        raise Refused("chain_long")
    book = book_of(held)
    try:
        done = chain_book.paste(book, text, cap=held.capacity, now=now)
    except ValueError as error:
        raise Refused("chain_none") from error
    if len(book.order) > chain_book.PAGE:
        raise Refused("chain_many", most=chain_book.PAGE)
    return book, done


def join(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Sign up by the button, or change one's line: `count`, `note`. Raises Refused, Closed."""
    with transaction.atomic():
        held, book = _held(activity, now)
        if not ChainPlan.model_validate(held.plan).by_button:
            raise Refused("chain_paste_only")
        entry, mark = _entry(who.name, said), book.of(who.pk.hex)
        if mark is None and len(book.order) >= chain_book.PAGE:
            raise Refused("chain_many", most=chain_book.PAGE)
        if mark is None:
            mark = chain_book.put(book, entry, by=BY_MEMBER, who=who.pk.hex)
        else:
            fresh = readable(Entry(book.order[mark].name, entry.note, entry.count))
            mark = chain_book.change(book, mark, fresh, by=BY_MEMBER)
        _keep(held, book, via=via, now=now)
        return JOINED if mark in chain_book.seats(book, cap_of(held, book))[0] else WAITING


def leave(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """Take one's own line off. Raises attendance.NotIn, Closed."""
    with transaction.atomic():
        held, book = _held(activity, now)
        mark = book.of(who.pk.hex)
        if mark is None:
            raise attendance.NotIn
        chain_book.drop(book, mark)
        _keep(held, book, via=via, now=now)
    return LEFT


def paste(
    activity: Activity, who: Identity, said: Said, *, via: str, key: str, at: datetime | None, now: datetime
) -> str:
    """A member pastes the list as it stands in the chat: `text`. Raises Refused, Closed."""
    with transaction.atomic():
        held, _book = _held(activity, now)
        book, done = _take(held, said, now)
        _keep(held, book, via=via, now=now)
        attendance.tell(held, who, "paste", at=at or now, key=key, now=now)
    return "chain_taken" if any(done) else "chain_same"


def staff_paste(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Staff paste copies, oldest first, parted by lines of dashes: `text`. Raises Refused, Closed."""
    with transaction.atomic():
        held, _book = _held(activity, now)
        book, done = _take(held, said, now)
        _keep(held, book, via="staff", now=now)
    return "chain_taken" if any(done) else "chain_same"


def _held(activity: Activity, now: datetime, *, closed: bool = False) -> tuple[Activity, Book]:
    """The activity under its lock, and its book. Raises Closed."""
    held = attendance.locked(activity)
    if not (held.takes(now) or (closed and held.removed is None and held.standing(now) == CLOSED)):
        raise Closed
    return held, book_of(held)


def _by_hand(deed: Callable[[Activity, Book, Said, datetime], str]) -> Any:
    """A deed of staff on the book, under the lock."""

    def run(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
        with transaction.atomic():
            held, book = _held(activity, now, closed=True)
            done = set(held.state_of_play.get("keys", ()))
            if key in done:
                return "done"
            answer = deed(held, book, said, now)
            held.state_of_play["keys"] = [*held.state_of_play.get("keys", ())[-50:], key]
            _keep(held, book, via="staff", now=now)
            if held.standing(now) == CLOSED:
                _closed(held, now)
        return answer

    return run


def _line(book: Book, said: Said) -> Mark:
    mark = book.at(said.number("line", -1) if said.text("line") else -1)
    if mark is None:
        raise Refused("chain_gone")
    return mark


def _name(said: Said) -> str:
    name = one_line(said.text("name"), 60)
    if not name:
        raise Refused("chain_name")
    return name


def _put(held: Activity, book: Book, said: Said, now: datetime) -> str:
    """A line by hand: `name`, `count`, `note`."""
    if len(book.order) >= chain_book.PAGE:
        raise Refused("chain_many", most=chain_book.PAGE)
    chain_book.put(book, _entry(_name(said), said), by=BY_STAFF)
    return "done"


def _change(held: Activity, book: Book, said: Said, now: datetime) -> str:
    """A line said anew: `line`, `name`, `count`, `note`, `place`."""
    mark = _line(book, said)
    place = said.number("place") if said.text("place") else None
    chain_book.change(book, mark, _entry(_name(said), said), by=BY_STAFF, place=place)
    return "done"


def _drop(held: Activity, book: Book, said: Said, now: datetime) -> str:
    chain_book.drop(book, _line(book, said))
    return "done"


def _decide(held: Activity, book: Book, said: Said, now: datetime) -> str:
    """A conflict: `conflict`, and `choice`: `list` or `copy`."""
    if not chain_book.decide(book, said.number("conflict"), theirs=said.text("choice") == "copy"):
        raise Refused("chain_gone")
    return "done"


def _choose(held: Activity, book: Book, said: Said, now: datetime) -> str:
    """Which member a line is: `line`, `who` (empty: none of them)."""
    mark, who = _line(book, said), said.text("who")
    there = {i.pk.hex for i in base.members(held)}
    if who and (who not in there or any(line.who == who for m, line in book.lines.items() if m != mark)):
        raise Refused("chain_who")
    book.lines[mark].who = who or NOBODY
    return "done"


def _missed(held: Activity, book: Book, said: Said, now: datetime) -> str:
    """Tick that somebody on the list did not come, or untick it: `line`."""
    if held.standing(now) != CLOSED:
        raise Refused("chain_when_closed")
    line = book.lines[_line(book, said)]
    line.missed = not line.missed
    them = held.participations.select_related("identity__group")
    for row in (row for row in them if row.identity_id.hex == line.who):
        row.state, row.changed = ABSENT if line.missed else DONE, now
        row.save()
        if line.missed:
            attendance.tell(held, row.identity, "miss", at=now, now=now)
    return "done"


def say(activity: Activity, said: Said, *, key: str, by: Account | None, now: datetime) -> str:
    """Put the one true list into the outbox of its groups."""
    with transaction.atomic():
        held, book = _held(activity, now, closed=True)
        if not book.order:
            raise Refused("chain_none")
        herald.tell_groups(held, "list", text_of(held), key=key, now=now)
    return "chain_said"


# -- what it does of itself


def _refill(held: Activity, now: datetime) -> None:
    if "order" in held.state_of_play:
        _keep(held, book_of(held), via="staff", now=now)


def _opened(held: Activity, now: datetime) -> None:
    """Opened again: who had been counted as come is signed up."""
    held.participations.filter(state=DONE).update(state=JOINED)


def _closed(held: Activity, now: datetime) -> None:
    """Whoever is on the list then took part; staff tick who did not come."""
    missed = {line.who for line in book_of(held).lines.values() if line.missed}
    for row in attendance.participants(held, JOINED):
        if row.identity_id.hex not in missed:
            attendance.arrive(held, row.identity, via=row.via, now=now)


CHAIN = Kind(
    "chain",
    ChainPlan,
    member={"join": join, "leave": leave, "paste": paste},
    staff={
        "paste": staff_paste,
        "put": _by_hand(_put),
        "change": _by_hand(_change),
        "drop": _by_hand(_drop),
        "decide": _by_hand(_decide),
        "choose": _by_hand(_choose),
        "missed": _by_hand(_missed),
        "say": say,
    },
    opened=_opened,
    closed=_closed,
    refill=_refill,
)
