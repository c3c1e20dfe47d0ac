"""The fleet: vital signs of many groups at once, straight from the archive's files.

What `insight/vital` says of one group with every care (links, roles, marks), this says of thirty thousand in seconds
with rules on the set. Written once as Ibis expressions: DuckDB runs them here, Spark where an archive outgrows one
machine. People count, not events and not machines. Times are naive UTC; days are dates on the group's wall clock;
rows are always taken in the order (group, time, order, key), because "the next message" means nothing otherwise.

    group, messages, people, first, last
    pulse_7d, pulse_28d     messages a day in the last 7 and 28 days
    pulse_best              messages a day in the best 7 days in a row that the group ever had
    pulse_of_best           pulse_7d over pulse_best
    speakers_7d, speakers_90d
    top_fifth, gini         concentration of the messages of the last 90 days, as in `insight/share`
    arrived_1, retention_1  people who first spoke in the last 180 days, long enough ago, and the share of them that
    arrived_4, retention_4  spoke on days 7 to 13, and 28 to 34, after
    asked, answer_rate      questions of the last 90 days, and the share after which somebody else spoke in 10 minutes
    newcomers, welcomed     people who first spoke in the last 90 days, and the share after whose first words somebody
                            else spoke within 24 hours

A question is a text that ends in a question mark or 吗. Who first spoke in the first 30 days of a history is nobody's
newcomer: the file may only begin there. Shares of nothing are null. Definitions: handbook chapter 4.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import ibis
import ibis.backends.duckdb
import polars as pl
from ibis import _
from ibis.expr.types import BooleanValue, IntegerScalar, IntervalScalar, Table

from huoqun.chat.lake import STORED
from huoqun.chat.message import MESSAGE_KINDS
from huoqun.insight import follow
from huoqun.insight.follow import QUESTION
from huoqun.insight.muster import BITS, SPOKE, Muster, arrivals, muster
from huoqun.insight.muster import followed as followed_on
from huoqun.insight.shelf import Shelf, shelves

WARM_UP = timedelta(days=30)
"""First words in this time after the history's begin are no arrival (`insight/newcomer`)."""
QUARTER = timedelta(days=90)
COHORT = timedelta(days=180)
SOON = timedelta(minutes=10)
"""A question counts as answered if somebody else speaks within this time (`insight/answer`, without links)."""
WELCOME = timedelta(hours=24)
MEMORY = "1000MB"
"""What the engine may hold; beyond it works on disk."""
SHELF = 1_500_000
"""Rows of the groups taken at a time. Each group is for itself, so this bounds the memory."""

WEEK_1, WEEK_4 = (7, 13), (28, 34)
"""Days after arrival, inclusive, on which somebody must speak to count as still there (`insight/arrival`)."""
EPOCH = date(1970, 1, 1)

SIGNS = (
    *("group", "messages", "people", "first", "last", "pulse_7d", "pulse_28d", "pulse_best", "pulse_of_best"),
    *("speakers_7d", "speakers_90d", "top_fifth", "gini", "arrived_1", "retention_1", "arrived_4", "retention_4"),
    *("asked", "answer_rate", "newcomers", "welcomed"),
)
"""The columns of the answer, in this order."""
ZERO_IF_ABSENT = (
    *("pulse_7d", "pulse_28d", "speakers_7d", "speakers_90d", "arrived_1", "arrived_4", "asked", "newcomers"),
)
"""Counts are 0 where nothing was counted; shares of nothing stay null."""

Keep = Callable[[str, Table], Table]
_window: Callable[..., Any] = ibis.window


def signs(files: Sequence[str], *, now: datetime, memory: str = MEMORY, threads: int | None = None) -> pl.DataFrame:
    """One row per group, sorted by group, from the archive's files (`chat/archive.files`), as of `now` (naive UTC)."""
    names: list[pl.Series] = [pl.Series(dtype=pl.String)]
    parts: list[tuple[pl.DataFrame, ...]] = []
    known = 0
    for shelf in shelves(files, now=now, since=now - QUARTER, rows=SHELF):
        numbered = pl.col("group") + known
        parts.append(tuple(part.with_columns(numbered) for part in _counted(shelf, files, now)))
        names.append(shelf.names)
        known += shelf.names.len()
    if not parts:
        return anywhere([], now=now)
    with _engine(memory, threads) as engine:
        for name, tables in zip(("people", "best", "told"), zip(*parts, strict=True), strict=True):
            engine.con.register(name, pl.concat(tables).to_arrow())
        people, best, told = (engine.table(name) for name in ("people", "best", "told"))
        found = _answer(engine, signs_of(people, best, told, now))
    return found.with_columns(pl.concat(names).gather(found["group"]).alias("group")).sort("group")


def anywhere(files: Sequence[str], *, now: datetime, memory: str = MEMORY, threads: int | None = None) -> pl.DataFrame:
    """The same by the expressions alone, as any engine computes them that Ibis speaks to."""

    def keep(name: str, expression: Table) -> Table:
        kept: Table = engine.create_table(name, expression, temp=True)
        return kept

    with _engine(memory, threads) as engine:
        if not files:
            engine.con.register("nothing", pl.DataFrame(schema=STORED).to_arrow())
        rows = engine.read_parquet(list(files)) if files else engine.table("nothing")
        found = _answer(engine, table(messages(rows, now), now, keep))
    return found.sort("group")


def _answer(engine: Any, expression: Table) -> pl.DataFrame:
    """What the engine finds. (`to_polars` of Ibis would load all of pandas.)"""
    found: pl.DataFrame = engine.con.sql(str(ibis.to_sql(expression, dialect="duckdb"))).pl()
    return found.cast(dict(expression.schema().to_polars()))


@contextmanager
def _engine(memory: str, threads: int | None) -> Iterator[Any]:
    engine = ibis.duckdb.connect()
    try:
        engine.raw_sql(f"set memory_limit = '{memory}'")
        engine.raw_sql("set preserve_insertion_order = false")
        if threads is not None:
            engine.raw_sql(f"set threads = {int(threads)}")
        yield engine
    finally:
        engine.disconnect()


def _counted(shelf: Shelf, files: Sequence[str], now: datetime) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The tables of `signs_of` for a shelf, groups as its numbers."""
    counted = muster(shelf, now=now, begin=_starts(now)[0])
    told = followed_on(shelf, counted, now=now, span=QUARTER, warm_up=WARM_UP)
    return counted.people, counted.best, _by_key(shelf, counted, files, now) if told is None else told


def _by_key(shelf: Shelf, counted: Muster, files: Sequence[str], now: datetime) -> pl.DataFrame:
    """`followed` where only keys tell which row is first: by names, from the files."""
    came = arrivals(shelf, counted, since=now - QUARTER, warm_up=WARM_UP)
    told = follow.followed(files, came, shelf.span, now=now, span=QUARTER)
    return told.with_columns(
        pl.col("group").replace_strict(shelf.names, pl.int_range(shelf.names.len(), eager=True)),
        sender=pl.struct("group", "sender").rank("dense").cast(pl.Int64),
        key=pl.int_range(pl.len()),
        order=pl.col("order").cast(pl.Int64),
    )


def messages(rows: Table, now: datetime) -> Table:
    """What people said until `now`, with the day on which they did (days since 1970 on the group's wall clock)."""
    said = rows.filter(_.kind.isin(MESSAGE_KINDS), ~_.bot, _.sender.notnull(), _.time <= ibis.literal(now))
    return said.select("group", "time", "order", "key", "sender", "text", day=_.local.date().epoch_days())


def table(said: Table, now: datetime, keep: Keep) -> Table:
    """The signs as an expression over `messages`. `keep` stores a small table under a name, because several signs
    need it and an engine would compute it for each."""
    people = keep("people", people_of(said, now))
    return signs_of(people, best_of(said), keep("told", followed(said, _came(people, now, QUARTER), now)), now)


def signs_of(people: Table, best: Table, told: Table, now: datetime) -> Table:
    """The signs from the three tables that need all messages: `people_of`, `best_of`, `followed`."""
    whole = _counts(people)
    parts = [_recent(people), best, _concentration(people), _retention(_came(people, now, COHORT), now)]
    for part in [*parts, _asked(told, now), _welcomed(told, now)]:
        whole = whole.left_join(part, "group").drop("group_right")
    whole = whole.fill_null(dict.fromkeys(ZERO_IF_ABSENT, 0))
    return whole.mutate(pulse_of_best=_.pulse_7d / _.pulse_best).select(*SIGNS)


def _came(people: Table, now: datetime, span: timedelta) -> Table:
    """Who first spoke in the last `span`, but not in the first days of the history."""
    begin = people.group_by("group").agg(begin=_["first"].min())
    late = people.filter(_["first"] > ibis.literal(now - span)).inner_join(begin, "group")
    return late.filter(_["first"] >= _.begin + _span(WARM_UP)).select("group", "sender", "first", "day", *SPOKE)


def people_of(said: Table, now: datetime) -> Table:
    """A row per person of a group, ever: first and last words, how often in 90, 28 and 7 days, and the days.

    The days of the last half year are bits (`SPOKE`), because there are nearly as many days of persons as messages:
    a table of them would be the archive again.
    """

    def count(days: int) -> IntegerScalar:
        times: IntegerScalar = said.count(where=said.time > ibis.literal(now - timedelta(days=days)))
        return times

    return said.group_by("group", "sender").agg(
        n=_.count(),
        first=_.time.min(),
        last=_.time.max(),
        day=_.day.min(),
        n_90d=count(90),
        n_28d=count(28),
        n_7d=count(7),
        **{name: _bits(said.day - start).bit_or() for name, start in zip(SPOKE, _starts(now), strict=True)},
    )


def _starts(now: datetime) -> list[int]:
    """The day of the lowest bit of each of `SPOKE`. The earliest is a day before the cohort's, for wall clocks behind
    UTC."""
    earliest = ((now - COHORT).date() - EPOCH).days - 1
    return [earliest + BITS * i for i in range(len(SPOKE))]


def _bits(day: Any) -> Any:
    """A number with only bit `day` set, 0 outside the word."""
    unit: Any = ibis.literal(1, "int64")
    one = unit << day.cast("int64")
    return day.between(0, BITS - 1).ifelse(one, ibis.literal(0, "int64"))


def _spoke(came: Table, low: int, high: int, now: datetime) -> BooleanValue:
    """Whether a person of `_came` spoke on the days `low` to `high` after arrival."""
    span = ibis.literal((1 << (high - low + 1)) - 1, "int64")
    seen: list[BooleanValue] = []
    for name, start in zip(SPOKE, _starts(now), strict=True):
        at = (came.day + low - start).cast("int64")
        seen.append((came[name] >> at.clip(0, BITS)) & (span >> (-at).clip(0, high - low + 1)) != 0)
    spoke: Any = ibis.or_(*seen)
    found: BooleanValue = spoke
    return found


def _counts(people: Table) -> Table:
    return people.group_by("group").agg(
        messages=_.n.sum(), people=_.count(), first=_["first"].min(), last=_["last"].max()
    )


def _recent(people: Table) -> Table:
    return people.group_by("group").agg(
        pulse_7d=_.n_7d.sum() / 7,
        pulse_28d=_.n_28d.sum() / 28,
        speakers_7d=_.count(where=_.n_7d > 0),
        speakers_90d=_.count(where=_.n_90d > 0),
    )


def best_of(said: Table) -> Table:
    """The best seven days in a row lie in two weeks side by side: counts by weekday, then the next week's beside."""
    week = said.select("group", week=(_.day / 7).floor().cast("int32"), weekday=_.day % 7)
    days = [f"d{i}" for i in range(7)]
    weeks = week.group_by("group", "week").agg(**{day: _.count(where=_.weekday == i) for i, day in enumerate(days)})
    order = _window(group_by="group", order_by="week")
    beside = weeks.mutate(
        adjacent=_.week.lead().over(order) == _.week + 1, **{f"next_{d}": _[d].lead().over(order) for d in days[:-1]}
    )
    sums = []
    for i in range(7):
        this, rest = sum(beside[d] for d in days[i:]), sum(beside[f"next_{d}"] for d in days[:i])
        sums.append(this + beside.adjacent.ifelse(rest, 0).fill_null(0))
    best: Any = ibis.greatest(*sums)
    return beside.group_by("group").agg(pulse_best=best.max() / 7)


def _concentration(people: Table) -> Table:
    """Share of the loudest fifth (the last of them by fraction) and Gini, from how many said how much in 90 days."""
    equal = people.filter(_.n_90d > 0).group_by("group", n="n_90d").agg(persons=_.count())
    upward = _window(group_by="group", order_by="n", preceding=None, following=0)
    ranked = equal.mutate(rank=_.persons.sum().over(upward), size=_.persons.sum().over(group_by="group"))
    part = ibis.greatest(ibis.least(_["size"] * 0.2 - (_["size"] - _["rank"]), _.persons), 0.0)
    said = _.n * _.persons
    summed = ranked.mutate(said=said, top=_.n * part, uneven=said * (2 * _["rank"] - _.persons - _["size"]))
    return summed.group_by("group").agg(
        top_fifth=_.top.sum() / _.said.sum(), gini=_.uneven.sum() / (_["size"].max() * _.said.sum())
    )


def _retention(came: Table, now: datetime) -> Table:
    today = (now.date() - EPOCH).days
    cohort = came.filter(_.day + WEEK_1[1] < today)
    seen = cohort.select("group", "day", one=_spoke(cohort, *WEEK_1, now), four=_spoke(cohort, *WEEK_4, now))
    old: BooleanValue = _.day + WEEK_4[1] < today
    return seen.group_by("group").agg(
        arrived_1=_.count(),
        retention_1=_.one.cast("int8").mean(),
        arrived_4=_.count(where=old),
        retention_4=_.four.cast("int8").mean(where=old),
    )


def followed(said: Table, came: Table, now: datetime) -> Table:
    """Questions and first words of the last 90 days, with the moment at which somebody else spoke next."""
    recent = said.filter(_.time > ibis.literal(now - QUARTER)).mutate(asks=_.text.re_search(QUESTION)).drop("text")
    order = {"group_by": "group", "order_by": ["time", "order", "key"]}
    each, onward = _window(**order), _window(preceding=0, following=None, **order)
    turns = recent.mutate(then=_.sender.lead().over(each), at=_.time.lead().over(each))
    turns = turns.mutate(change=(_.then != _.sender).ifelse(_.at, ibis.null("timestamp")))
    turns = turns.mutate(next=_.change.min().over(onward)).drop("then", "at", "change")
    new = came.select("group", "sender", time="first", new=True)
    told = turns.left_join(new, ["group", "sender", "time"]).select(*turns.columns, new=_.new.fill_null(False))
    return told.filter(_.asks | _.new)


def _asked(told: Table, now: datetime) -> Table:
    soon: BooleanValue = (_.next <= _.time + _span(SOON)).fill_null(False)
    over = _.time <= ibis.literal(now - SOON)
    asked = told.filter(_.asks).mutate(soon=soon).filter(_.soon | over)
    return asked.group_by("group").agg(asked=_.count(), answer_rate=_.soon.cast("int8").mean())


def _welcomed(told: Table, now: datetime) -> Table:
    nth = ibis.row_number().over(group_by=["group", "sender"], order_by=["time", "order", "key"])
    words = told.filter(_.new).mutate(nth=nth).filter(_.nth == 0)
    words = words.mutate(met=(_.next <= _.time + _span(WELCOME)).fill_null(False))
    known = _.met | (_.time <= ibis.literal(now - WELCOME))
    return words.group_by("group").agg(newcomers=_.count(), welcomed=_.met.cast("int8").mean(where=known))


def _span(length: timedelta) -> IntervalScalar:
    return ibis.interval(seconds=int(length.total_seconds()))
