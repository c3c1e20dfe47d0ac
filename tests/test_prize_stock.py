"""What a sponsor gave is one stock: orders of the shop and other uses take of the same pieces, and give back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from at_work import account, group
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_reward import member, ware

from huoqun.base import clock
from huoqun.people import points, prize, shop
from huoqun.people.prize import Prize
from huoqun.people.shop import CANCELLED, Order, Ware
from huoqun.people.workspace import local

pytestmark = pytest.mark.django_db(transaction=True)
PIECES = 12
STEP = st.one_of(
    st.tuples(st.just("order"), st.integers(0, 2), st.integers(1, 4), st.integers(0, 2)),
    st.tuples(st.just("cancel"), st.integers(0, 30)),
    st.tuples(st.just("redeem"), st.integers(0, 30)),
    st.tuples(st.just("use"), st.integers(1, 5)),
    st.tuples(st.just("give"), st.integers(0, 2), st.integers(0, 2)),
)


def given_by(there, pieces=PIECES):
    values = {"sponsor": "茶店", "name": "杯子", "worth": Decimal(9), "asked": "", "came": date(2026, 1, 1)}
    return prize.record(there.workspace, pieces=pieces, by=account(), now=clock.now(), **values)


def relabel(row, gift):
    told = {name: getattr(row, name) for name in ("name", "about", "price", "left", "most")}
    shop.keep(row.workspace, ware=row, prize=gift, by=account(), now=clock.now(), **told)


@settings(max_examples=15, deadline=timedelta(seconds=10), suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, max_size=14))
def test_whatever_happens_pieces_are_neither_lost_nor_made(db, steps):
    here = group(local(now=clock.now()))
    who = member(here, f"阿明{here.pk.hex}", rich=100_000)
    gifts = [given_by(here), given_by(here, 5), None]
    wares = [
        ware(here, most=0, left=left, prize=gift) for left, gift in ((None, gifts[0]), (9, gifts[0]), (6, gifts[1]))
    ]
    begun, orders, used, took = [w.left for w in wares], list[Order](), [0, 0], dict[object, int]()
    for n, (what, *args) in enumerate(steps):
        now = clock.now() + timedelta(days=n)
        try:
            if what == "order":
                row = Ware.objects.get(pk=wares[args[0]].pk)
                made = shop.order(row, who, args[1], key=str(n), now=now)
                orders.append(made)
                took[made.pk] = next((i for i, g in enumerate(gifts) if g and g.pk == row.prize_id), -1)
            elif what in {"cancel", "redeem"} and orders:
                row = Order.objects.get(pk=orders[args[0] % len(orders)].pk)
                if what == "cancel":
                    shop.cancel(row, why="x", by=None, now=now)
                else:
                    shop.redeem(here.workspace, row.code, by=account(), now=now)
            elif what == "use":
                prize.use(gifts[0], args[0], "抽奖", key=str(n), on=date(2026, 1, 2), by=account(), now=now)
                used[0] += args[0]
            elif what == "give":
                relabel(Ware.objects.get(pk=wares[args[0]].pk), gifts[args[1]])
        except (shop.SoldOut, shop.Settled, prize.NoneLeft):
            pass
        standing = [o for o in Order.objects.filter(identity=who) if o.state != CANCELLED]
        for i, gift in enumerate(gifts[:2]):
            fresh = Prize.objects.get(pk=gift.pk)
            sold = sum(o.count for o in standing if took[o.pk] == i)
            assert fresh.left == fresh.pieces - used[i] - sold >= 0
            assert all(int(line["pieces"]) > 0 for line in fresh.uses)
        for i, row in enumerate(wares):
            left = Ware.objects.get(pk=row.pk).left
            sold = sum(o.count for o in standing if o.ware_id == row.pk)
            assert left == (None if begun[i] is None else begun[i] - sold)
    assert points.unbalanced(here.workspace) == []


def test_the_shop_sells_no_more_than_is_left_and_an_order_cancelled_gives_its_pieces_back():
    here = group(local(now=clock.now()))
    who, gift = member(here, rich=1000), given_by(here, 3)
    bag, now = ware(here, left=10, most=0, prize=gift), clock.now()
    assert Ware.objects.get(pk=bag.pk).stock == 3
    prize.use(gift, 1, "抽奖", key="1", on=date(2026, 1, 2), by=account(), now=now)
    first = shop.order(bag, who, 2, key="1", now=now)
    assert shop.order(bag, who, 2, key="1", now=now) == first, "ordered once"
    gift.refresh_from_db()
    assert [(u["for"], u["pieces"]) for u in gift.uses] == [("抽奖", 1), ("帆布袋", 2)]
    assert Ware.objects.get(pk=bag.pk).stock == 0
    with pytest.raises(shop.SoldOut):
        shop.order(bag, who, 1, key="2", now=now)
    with pytest.raises(prize.NoneLeft):
        prize.use(gift, 1, "抽奖", key="3", on=date(2026, 1, 2), by=account(), now=now)
    assert points.balance(who.person) == 980, "nothing is half done"
    relabel(Ware.objects.get(pk=bag.pk), None)
    shop.cancel(first, why="x", by=None, now=now)
    gift.refresh_from_db()
    assert gift.left == 2, "back to whom they were taken of, though the ware is of nobody now"
    assert Ware.objects.get(pk=bag.pk).left == 10


def test_a_prize_off_the_list_bounds_nothing():
    here = group(local(now=clock.now()))
    who, gift = member(here, rich=1000), given_by(here, 1)
    bag, now = ware(here, left=5, most=0, prize=gift), clock.now()
    prize.remove(gift, by=account(), now=now)
    assert Ware.objects.get(pk=bag.pk).stock == 5
    shop.cancel(shop.order(bag, who, 3, key="1", now=now), why="x", by=None, now=now)
    gift.refresh_from_db()
    assert gift.uses == []
