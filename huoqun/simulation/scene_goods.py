"""The scenes in which members sign up for something or get something: chain, group buy, lottery, benefit, red packet,
and the shop with its honours and orders."""

from datetime import timedelta
from typing import Any

from huoqun.activities import sealed_draw
from huoqun.people import honour, outbox, points, scheme, shop
from huoqun.people.account import Account
from huoqun.people.honour import Part
from huoqun.people.level import Step
from huoqun.people.outbox import Outgoing
from huoqun.simulation.scene import LIVE, PAST, Cast, Scene

MARKS = (0, 20, 60, 150, 400)
"""Points at which the levels of the example begin."""


def chain(cast: Cast) -> None:
    """A chain that was closed, and one that grows by the button and by copies from the chat."""
    notes = cast.words["chain"]["notes"]
    for which, days, those in ((PAST, 21, cast.those[2:11]), (LIVE, 1, cast.those[5:9])):
        scene = Scene(cast, "chain", which, days, points=2, closes=cast.at(19 if which == PAST else -4))
        for n, who in enumerate(those):
            scene.does(who, "join", count=1 + n % 3 // 2, note=notes[n % len(notes)])
        if which == PAST:
            scene.until(19)
            scene.settle()
            continue
        there = [*those, *cast.those[12:15]]
        scene.staff("paste", text="\n".join(f"{n}. {who.name}" for n, who in enumerate(there, 1)))


def group_buy(cast: Cast) -> None:
    """One that came together, and one on its way to the next price."""
    told = cast.words["group_buy"]
    plan: dict[str, Any] = {"price": "66.00", "tiers": ["10 = 58.00", "20 = 52.00"], "least": 5, "most": 5}
    for which, days, those in ((PAST, 26, cast.those[:8]), (LIVE, 2, cast.those[9:13])):
        scene = Scene(cast, "group_buy", which, days, closes=cast.at(23 if which == PAST else -4), **plan)
        for n, who in enumerate(those):
            scene.does(who, "order", count=1 + n % 3, note=told["addresses"][n % 4])
        if which == PAST:
            scene.until(23)
            scene.close()
            for n, who in enumerate(those):
                scene.staff("paid", which=scene.part(who).pk)
                if n < 6:
                    scene.staff("delivered", which=scene.part(who).pk)
            scene.settle()


def lottery(cast: Cast) -> None:
    """One that was drawn, with a prize that went on to the next and prizes that were handed over; and one that is
    open."""
    told, those = cast.words["lottery"], cast.those
    old = Scene(cast, "lottery", PAST, 15, prizes=told["prizes"][PAST], closes=cast.at(11))
    old.joins(those[:22])
    old.until(11)
    old.close()
    old.staff("draw")
    won = sealed_draw.wins(old.row)
    old.staff("replace", number=won[-1].number, reason=told["reason"])
    for win in sealed_draw.wins(old.row)[:4]:
        assert win.part is not None
        old.does(win.part.identity, "claim", contact=told["contact"])
    for win in sealed_draw.wins(old.row)[:2]:
        old.staff("hand", number=win.number)
    old.settle()
    fresh = Scene(cast, "lottery", LIVE, 2, prizes=told["prizes"][LIVE], chances="active", closes=cast.at(-6))
    fresh.joins(those[4:17])


def benefit(cast: Cast) -> None:
    """What was given to who had stayed, and what newcomers may ask for."""
    told = cast.words["benefit"]
    for which, days, those in ((PAST, 25, cast.those[:9]), (LIVE, 3, cast.those[8:14])):
        ends = cast.at(20 if which == PAST else -25)
        plan: dict[str, Any] = {"gift": told["gift"][which], "days": 30 if which else 7, "messages": 5 * which}
        scene = Scene(cast, "benefit", which, days, review=bool(which), closes=ends, **plan)
        for who in those:
            scene.does(who, "join")
        if which == PAST:
            scene.until(20)
            scene.settle()
        else:
            scene.staff("approve", which=scene.part(those[0]).pk)


def red_packet(cast: Cast) -> None:
    """Packets that were sent, and a budget of which some is left."""
    task = cast.words["red_packet"]["task"]
    for which, days, sent in ((PAST, 24, (("30.00", 15), ("20.00", 10))), (LIVE, 2, (("18.80", 12),))):
        ends = cast.at(22 if which == PAST else -5)
        scene = Scene(cast, "red_packet", which, days, money="60.00", task=task, closes=ends)
        scene.start()
        for money, pieces in sent:
            scene.staff("give", money=money, pieces=pieces)
        if which == PAST:
            scene.until(22)
            scene.settle()


def rewards(cast: Cast, by: Account) -> None:
    """Levels, two honours, a shop with two wares and a few orders, of which one is redeemed and one cancelled."""
    told, place, now = cast.words["shop"], cast.group.workspace, cast.now
    steps = [Step(name=name, points=n) for name, n in zip(told["levels"], MARKS, strict=True)]
    scheme.set_levels(place, steps, by=by, now=cast.at(40))
    for (what, name), count in zip(told["honours"], (15, 50), strict=True):
        parts = [Part(kind=honour.EARNED, count=count)]
        rule = honour.keep(place, what=what, name=name, parts=parts, by=by, now=cast.at(9))
        honour.give(rule, by=by, now=cast.at(8))
    wares = []
    for name, about, price, left, most in told["wares"]:
        said: dict[str, Any] = {"name": name, "about": about, "price": price, "left": left, "most": most}
        wares.append(shop.keep(place, **said, by=by, now=cast.at(9)))
    rich = [who for who in cast.those if points.balance(who.person) >= wares[0].price]
    orders = []
    for n, who in enumerate(rich[:6]):
        ware = wares[1] if n % 2 and points.balance(who.person) >= wares[1].price else wares[0]
        at = now - timedelta(days=6 - n, hours=1)
        orders.append(shop.order(ware, who, note=told["notes"][n % 2], key="example", now=at))
    for row in orders[:2]:
        shop.redeem(place, row.code, by=by, now=now - timedelta(hours=20))
    for row in orders[2:3]:
        shop.cancel(row, why=told["notes"][1], by=by, now=now - timedelta(hours=19))


def sending(cast: Cast, by: Account) -> None:
    """What was to be said until yesterday has been put into the group, but for one; the rest waits."""
    old = cast.now - timedelta(hours=30)
    rows = Outgoing.objects.filter(group=cast.group, state=outbox.WAITING, due__lt=old).order_by("due", "pk")
    for n, row in enumerate(rows):
        do = outbox.skip if n == 1 else outbox.done
        do(row, by=by, now=row.due + timedelta(minutes=20))
