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

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import ibis
import polars as pl
from ibis import _
from ibis.expr.types import BooleanValue, IntegerScalar, IntervalScalar, Table

from huoqun.chat.lake import STORED
from huoqun.chat.message import MESSAGE_KINDS
from huoqun.insight import follow
from huoqun.insight.follow import QUESTION

WARM_UP = timedelta(days=30)
"""First words in this time after the history's begin are no arrival (`insight/newcomer`)."""
QUARTER = timedelta(days=90)
COHORT = timedelta(days=180)
SOON = timedelta(minutes=10)
"""A question counts as answered if somebody else speaks within this time (`insight/answer`, without links)."""
WELCOME = timedelta(hours=24)
MEMORY = "1000MB"
"""What the engine may hold; beyond it works on disk."""
SHELF = 5_000_000
"""Rows of the groups taken at a time. Each group is for itself, so this bounds the memory."""

WEEK_1, WEEK_4 = (7, 13), (28, 34)
"""Days after arrival, inclusive, on which somebody must speak to count as still there (`insight/arrival`)."""
EPOCH = date(1970, 1, 1)
BITS = 62
"""Days that a whole number holds as bits, with the sign free."""
SPOKE = ("spoke_0", "spoke_1", "spoke_2")
"""Whole numbers whose bits are the days of the last half year on which a person spoke."""

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
Shelf = tuple[str | None, str | None]
Turns = Callable[[Table, Table, datetime], Table]
_window: Callable[..., Any] = ibis.window


def signs(files: Sequence[str], *, now: datetime, memory: str = MEMORY, threads: int | None = None) -> pl.DataFrame:
    """One row per group, sorted by group, from the archive's files (`chat/archive.files`), as of `now` (naive UTC)."""
    engine = ibis.duckdb.connect()
    try:
        engine.raw_sql(f"set memory_limit = '{memory}'")
        engine.raw_sql("set preserve_insertion_order = false")
        if threads is not None:
            engine.raw_sql(f"set threads = {int(threads)}")
        if not files:
            return _whole(engine, ibis.memtable(pl.DataFrame(schema=STORED)), now)
        rows, cuts = engine.read_parquet(list(files)), _cuts(engine, files)
        shelves = zip([None, *cuts], [*cuts, None], strict=True)
        parts = [_shelf(engine, rows, files, shelf, now) for shelf in shelves]
        return pl.concat(parts).sort("group")
    finally:
        engine.disconnect()


def _cuts(engine: Any, files: Sequence[str]) -> list[str]:
    """Names of groups that cut the files, which are sorted by group, into parts of about `SHELF` rows."""
    names = ", ".join("'" + path.replace("'", "''") + "'" for path in files)
    found = engine.raw_sql(
        f"select stats_min_value, max(row_group_num_rows) from parquet_metadata([{names}]) "  # noqa: S608  our paths
        "where path_in_schema = 'group' and stats_min_value is not null "
        "group by file_name, row_group_id, stats_min_value order by 1"
    ).fetchall()
    cuts, rows = [], 0
    for first, held in found:
        rows += held
        if rows >= SHELF:
            cuts.append(first)
            rows = 0
    return sorted(set(cuts))


def _shelf(engine: Any, rows: Table, files: Sequence[str], shelf: Shelf, now: datetime) -> pl.DataFrame:
    """The signs of the groups from the shelf's first name until before its last."""
    first, last = shelf
    held = rows if first is None else rows.filter(_.group >= first)
    held = held if last is None else held.filter(_.group < last)

    def turns(_said: Table, came: Table, now: datetime) -> Table:
        told = follow.followed(files, engine.to_polars(came), shelf, now=now, span=QUARTER)
        known: Table = ibis.memtable(told)
        return known

    return _whole(engine, held, now, turns)


def _whole(engine: Any, rows: Table, now: datetime, turns: Turns | None = None) -> pl.DataFrame:
    made: list[str] = []

    def keep(name: str, expression: Table) -> Table:
        kept: Table = engine.create_table(name, expression, temp=True)
        made.append(name)
        return kept

    answer: pl.DataFrame = engine.to_polars(table(messages(rows, now), now, keep, turns))
    for name in made:
        engine.raw_sql(f"drop table {name}")
    return answer


def messages(rows: Table, now: datetime) -> Table:
    """What people said until `now`, with the day on which they did (days since 1970 on the group's wall clock)."""
    said = rows.filter(_.kind.isin(MESSAGE_KINDS), ~_.bot, _.sender.notnull(), _.time <= ibis.literal(now))
    return said.select("group", "time", "order", "key", "sender", "text", day=_.local.date().epoch_days())


def table(said: Table, now: datetime, keep: Keep, turns: Turns | None = None) -> Table:
    """The signs as an expression over `messages`. `keep` stores a small table under a name, because several signs
    need it and an engine would compute it for each. `turns` is `followed`, or something faster than it."""
    people = keep("people", _people(said, now))
    parts = [_recent(people), _pulse(said), _concentration(people), _retention(_came(people, now, COHORT), now)]
    told = keep("told", (turns or followed)(said, _came(people, now, QUARTER), now))
    parts += [_asked(told, now), _welcomed(told, now)]
    whole = _counts(people)
    for part in parts:
        whole = whole.left_join(part, "group").drop("group_right")
    whole = whole.fill_null(dict.fromkeys(ZERO_IF_ABSENT, 0))
    return whole.mutate(pulse_of_best=_.pulse_7d / _.pulse_best).select(*SIGNS)


def _came(people: Table, now: datetime, span: timedelta) -> Table:
    """Who first spoke in the last `span`, but not in the first days of the history."""
    begin = people.group_by("group").agg(begin=_["first"].min())
    late = people.filter(_["first"] > ibis.literal(now - span)).inner_join(begin, "group")
    return late.filter(_["first"] >= _.begin + _span(WARM_UP)).select("group", "sender", "first", "day", *SPOKE)


def _people(said: Table, now: datetime) -> Table:
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


def _pulse(said: Table) -> Table:
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
