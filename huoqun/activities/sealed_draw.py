"""The sealed draw (公开抽签), which anybody can check: a seed is committed to before, the list is frozen, the seed is
revealed after. How the order comes about, and how it is checked, is `activities/draw`.

Kept in `Activity.state_of_play`: the seed (secret until the draw), its commitment, the frozen list, the draw, who was
replaced. Names are never kept there: they are read anew, and shown as far as their members agreed.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from huoqun.activities import draw, herald
from huoqun.activities.activity import DONE, JOINED, Activity, Participation
from huoqun.activities.kind import Refused
from huoqun.activities.stake import Stakes
from huoqun.people import consent, outbox
from huoqun.people.display import visible
from huoqun.people.group import Group
from huoqun.people.person import Identity, ones


@dataclass(frozen=True)
class Win:
    """One prize with who has it now; `part` is None where they were erased."""

    prize: int
    number: int
    part: Participation | None

    @property
    def claimed(self) -> str:
        """When they claimed it; "" where they did not yet."""
        return str(self.part.values.get("claimed", "")) if self.part else ""

    @property
    def handed(self) -> bool:
        """They have it in their hands."""
        return bool(self.part and self.part.values.get("handed"))


# -- reads


def frozen(activity: Activity) -> bool:
    """Whether the list stands."""
    return bool(activity.state_of_play.get("frozen"))


def drawn(activity: Activity) -> bool:
    """Whether it is drawn, and the seed known."""
    return bool(activity.state_of_play.get("drawn"))


def wins(activity: Activity) -> list[Win]:
    """The winners as they stand, the best prize first."""
    play = activity.state_of_play
    keys = {n: UUID(hex=key) for n, key, _chances, _digest in play.get("entries", ())}
    won = [(prize, number) for prize, number in play.get("winners", ())]
    wanted = [keys[number] for _prize, number in won]
    there = {p.pk: p for p in Participation.objects.filter(pk__in=wanted).select_related("identity__group", "person")}
    return [Win(prize, number, there.get(keys[number])) for prize, number in won]


def won_by(activity: Activity, who: Identity) -> Win | None:
    """What a human has won, under whichever of their accounts."""
    root = who.person.root_id or who.person_id
    theirs = (w for w in wins(activity) if w.part and root in {w.part.person.root_id, w.part.person_id})
    return next(theirs, None)


def line_of(activity: Activity, who: Identity) -> dict[str, Any] | None:
    """A human's own line of the frozen list: number, code, name then, chances."""
    rows = activity.participations.filter(person__in=ones(who.person))
    return next((row.values for row in rows if "number" in row.values), None)


def published(activity: Activity, stakes: Stakes) -> dict[str, Any]:
    """What everybody may see and check, in the form that `draw.check` reads. The seed is in it only once it is drawn;
    names are in it only of who agreed to be named in public. `listed`: how many of the lines staff put in."""
    play, names = activity.state_of_play, agreed_names(activity)
    entries = [
        {"number": n, "chances": c, "digest": d} | ({"name": names[key]} if key in names else {})
        for n, key, c, d in play.get("entries", ())
    ]
    return {
        "format": draw.FORMAT,
        "title": activity.title,
        "commitment": play.get("commitment", ""),
        "committed_at": play.get("committed", ""),
        "prizes": [{"name": p.name, "count": p.count, "sponsor": p.sponsor} for p in stakes.prizes],
        "frozen_at": play.get("frozen", ""),
        "entries": entries,
        "listed": play.get("listed", 0),
        "list_sha256": play.get("list", ""),
        "outside_source": stakes.outside,
        "outside": play.get("outside", ""),
        "drawn_at": play.get("drawn", ""),
        "seed": play["seed"] if drawn(activity) else "",
        "drawn": [{"prize": p, "number": n} for p, n in play.get("first", ())],
        "replaced": [{k: v for k, v in turn.items() if k not in {"by", "key"}} for turn in play.get("replaced", ())],
        "winners": [{"prize": p, "number": n} for p, n in play.get("winners", ())],
    }


def public_name(name: str, agreed: bool) -> str:
    """A name as strangers see it: whole where its member agreed, else its first sign."""
    seen = visible(name).strip()
    return seen if agreed else f"{seen[:1]}＊＊"


def agreed_names(activity: Activity) -> dict[str, str]:
    """By the hex id of their participation, the names of who agreed to be named in public."""
    listed = {key for _n, key, _c, _d in activity.state_of_play.get("entries", ())}
    if not listed:
        return {}
    rows = activity.participations.select_related("person", "identity")
    roots = {row.person.root_id or row.person_id: row for row in rows if row.pk.hex in listed}
    agreed = consent.allowing(roots, consent.NAME)
    return {roots[root].pk.hex: visible(roots[root].identity.name) for root in agreed}


def name_in_group(win: Win, group: Group) -> str:
    """A winner as a group is told of them: by name where they are of it."""
    if win.part is None:
        return f"#{win.number}"
    name = visible(win.part.identity.name)
    return f"#{win.number} {name if win.part.identity.group_id == group.pk else public_name(name, False)}"


def fresh_secret(many: int) -> str:
    """So many bytes that nobody can know before, as hexadecimal digits."""
    return secrets.token_hex(many)


# -- writes: the activity is held, and saved by whoever calls


def seal(held: Activity, now: datetime) -> None:
    """Commit to a seed, in public. Once the list is frozen there is no way back. Raises Refused."""
    play = held.state_of_play
    if frozen(held):
        raise Refused("lottery_frozen")
    if play.get("seed"):
        return
    seed = fresh_secret(32)
    held.state_of_play = play | {"seed": seed, "commitment": draw.sha256(seed), "committed": now.isoformat()}

    def words(_group: Group) -> str:
        told = {"title": held.title, "hash": draw.sha256(seed), "link": outbox.LINK}
        return _("The sealed number of “%(title)s”: %(hash)s. Whoever keeps it can check the draw. %(link)s") % told

    herald.tell_groups(held, "seal", words, now=now)


def freeze(held: Activity, those: Iterable[tuple[Participation, int]], *, now: datetime) -> None:
    """Number who takes part in the order given, each human once, with their chances. A second time nothing changes."""
    if frozen(held):
        return
    entries, seen, rows = list[list[Any]](), set[UUID](), list[Participation]()
    for row, chances in those:
        root = row.person.root_id or row.person_id
        if root in seen:
            continue
        seen.add(root)
        code, name, number = fresh_secret(8), visible(row.identity.name), len(rows) + 1
        row.values = row.values | {"number": number, "code": code, "name": name, "chances": chances}
        row.state, row.changed = DONE if row.state == JOINED else row.state, now
        rows.append(row)
        entries.append([number, row.pk.hex, chances, draw.line_digest(code, name)])
    Participation.objects.bulk_update(rows, ["values", "state", "changed"], batch_size=500)
    play = held.state_of_play | {"frozen": now.isoformat(), "entries": entries}
    play["listed"] = sum(row.state != DONE for row in rows)
    held.state_of_play = play | {"list": draw.list_sha256(_lines(entries))}

    def words(_group: Group) -> str:
        told = {"title": held.title, "n": len(entries), "hash": held.state_of_play["list"], "link": outbox.LINK}
        return _("The list of “%(title)s” is frozen: %(n)s take part, fingerprint %(hash)s. %(link)s") % told

    herald.tell_groups(held, "frozen", words, now=now)


def draw_lots(held: Activity, stakes: Stakes, *, outside: str = "", now: datetime) -> list[Win]:
    """Draw from the frozen list, and reveal the seed; who has won."""
    play = held.state_of_play
    numbers = draw.order(play["seed"], _lines(play["entries"]), outside)
    first = [list(pair) for pair in draw.first_draw(numbers, [p.count for p in stakes.prizes])]
    held.state_of_play = play | {"outside": outside, "drawn": now.isoformat(), "first": first, "winners": first}
    return wins(held)


def put_out(held: Activity, place: int, reason: str, *, key: str, now: datetime) -> dict[str, Any]:
    """The winner at a place gives way, for a reason said in public: the next in the order gets that very prize. What is
    written down of it (`in`: the number that follows, None where nobody is left)."""
    play = held.state_of_play
    turns, (prize, number) = list(play.get("replaced", ())), play["winners"][place]
    numbers = draw.order(play["seed"], _lines(play["entries"]), play["outside"])
    fresh = draw.successor(numbers, [n for _prize, n in play["first"]] + [turn["in"] for turn in turns])
    winners = [list(pair) for pair in play["winners"]]
    winners[place : place + 1] = [[prize, fresh]] if fresh is not None else []
    turn = {"prize": prize, "out": number, "in": fresh, "reason": reason, "at": now.isoformat(), "key": key}
    held.state_of_play = play | {"replaced": [*turns, turn], "winners": winners}
    return turn


def _lines(entries: list[list[Any]]) -> list[dict[str, Any]]:
    return [{"number": n, "chances": c, "digest": d} for n, _key, c, d in entries]
