"""The signs of `insight/fleet` in pandas: the peer of `bench/fleet.py`. Called as its child process only."""

import json
import sys
import time
from datetime import timedelta
from pathlib import Path

import pandas as pd

from bench.flock import NOW

KINDS = (
    *("text", "image", "voice", "video", "file", "sticker", "link", "location", "red_packet", "transfer", "poke"),
    *("call", "share", "forward", "contact", "poll", "other"),
)
DAY = pd.Timedelta(days=1)
PERSON = ["group", "sender"]


def read(files: list[str], columns: list[str], **options: object) -> pd.DataFrame:
    """The files' rows that people said, strings as dictionaries."""
    frame = pd.read_parquet(
        files, columns=[*columns, "kind", "bot"], read_dictionary=["group", "sender", "kind"], **options
    )
    said = frame["kind"].isin(KINDS) & ~frame["bot"].astype(bool) & frame["sender"].notna() & (frame["time"] <= NOW)
    frame = frame if said.all() else frame[said]
    return frame.drop(columns=["kind", "bot"])


def signs(files: list[str]) -> pd.DataFrame:
    """One row per group."""
    said = read(files, [*PERSON, "time", "local"])
    said["day"] = said.pop("local").dt.normalize()
    people = said.groupby(PERSON, observed=True, sort=False).agg(
        n=("time", "size"), first=("time", "min"), last=("time", "max"), day=("day", "min")
    )
    people = people.reset_index()
    people["warm"] = people.groupby("group", observed=True)["first"].transform("min") + 30 * DAY
    loud = _loud(said)
    parts = [_counts(people, loud), _best(said), _concentration(loud), _retention(said, people)]
    dtypes = said.dtypes[PERSON]
    del said
    table = pd.concat([*parts, _answers(files, people, dtypes)], axis=1)
    counts = ["pulse_7d", "pulse_28d", "speakers_7d", "speakers_90d", "arrived_1", "arrived_4", "asked", "newcomers"]
    table[counts] = table[counts].fillna(0)
    table["pulse_of_best"] = table["pulse_7d"] / table["pulse_best"]
    table.index = table.index.astype(str)
    return table.rename_axis("group").reset_index().sort_values("group")


def _loud(said: pd.DataFrame) -> pd.DataFrame:
    recent = said.loc[said["time"] > NOW - 90 * DAY, [*PERSON, "time"]]
    recent["n_28d"] = recent["time"] > NOW - 28 * DAY
    recent["n_7d"] = recent["time"] > NOW - 7 * DAY
    by = recent.groupby(PERSON, observed=True, sort=False)
    return by.agg(n_90d=("time", "size"), n_28d=("n_28d", "sum"), n_7d=("n_7d", "sum")).reset_index()


def _counts(people: pd.DataFrame, loud: pd.DataFrame) -> pd.DataFrame:
    whole = people.groupby("group", observed=True).agg(
        messages=("n", "sum"), people=("n", "size"), first=("first", "min"), last=("last", "max")
    )
    recent = loud.assign(spoke=loud["n_7d"] > 0).groupby("group", observed=True)
    now = recent.agg(
        pulse_7d=("n_7d", "sum"),
        pulse_28d=("n_28d", "sum"),
        speakers_7d=("spoke", "sum"),
        speakers_90d=("n_90d", "size"),
    )
    now = now.assign(pulse_7d=now["pulse_7d"] / 7, pulse_28d=now["pulse_28d"] / 28)
    return pd.concat([whole, now], axis=1)


def _best(said: pd.DataFrame) -> pd.DataFrame:
    days = said.groupby(["group", "day"], observed=True).size().rename("n").reset_index()
    weeks = days.groupby("group", observed=True).rolling("7D", on="day")["n"].sum()
    return (weeks.groupby("group", observed=True).max() / 7).to_frame("pulse_best")


def _concentration(loud: pd.DataFrame) -> pd.DataFrame:
    loud = loud.sort_values(["group", "n_90d"])
    by = loud.groupby("group", observed=True)["n_90d"]
    n, rank, size = loud["n_90d"], by.cumcount() + 1, by.transform("size")
    loud = loud.assign(top=n * (size * 0.2 - (size - rank)).clip(0, 1), uneven=n * (2 * rank - size - 1))
    table = loud.groupby("group", observed=True).agg(
        n=("n_90d", "sum"), size=("n_90d", "size"), top=("top", "sum"), uneven=("uneven", "sum")
    )
    return pd.DataFrame(
        {"top_fifth": table["top"] / table["n"], "gini": table["uneven"] / (table["size"] * table["n"])}
    )


def _retention(said: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    today = pd.Timestamp(NOW).normalize()
    came = (
        (people["first"] > NOW - 180 * DAY) & (people["first"] >= people["warm"]) & (people["day"] + 13 * DAY < today)
    )
    cohort = people.loc[came, [*PERSON, "day"]].rename(columns={"day": "arrived"})
    after = said.loc[said["time"] > NOW - 180 * DAY, [*PERSON, "day"]].merge(cohort, on=PERSON)
    age = (after["day"] - after["arrived"]).dt.days
    after = after.assign(one=age.between(7, 13), four=age.between(28, 34))
    seen = after.groupby(PERSON, observed=True, sort=False).agg(
        arrived=("arrived", "first"), one=("one", "any"), four=("four", "any")
    )
    seen = seen.reset_index()
    old = seen[seen["arrived"] + 34 * DAY < today]
    return pd.concat(
        [
            seen.groupby("group", observed=True)["one"].agg(arrived_1="size", retention_1="mean"),
            old.groupby("group", observed=True)["four"].agg(arrived_4="size", retention_4="mean"),
        ],
        axis=1,
    )


def _answers(files: list[str], people: pd.DataFrame, dtypes: pd.Series) -> pd.DataFrame:
    since = [("time", ">", NOW - timedelta(days=90))]
    rows = read(files, [*PERSON, "time", "order", "text"], filters=since)
    rows["asks"] = rows.pop("text").str.contains(r"[?？吗]\s*$", regex=True)
    rows = rows.astype(dict(dtypes)).sort_values(["group", "time", "order"], kind="stable", ignore_index=True)
    assert not rows.duplicated(["group", "time", "order"]).any(), "the key would have to decide"
    by = rows.groupby("group", observed=True)
    then, at = by["sender"].shift(-1), by["time"].shift(-1)
    change = at.where((then.cat.codes != rows["sender"].cat.codes) & at.notna())
    rows["wait"] = change.groupby(rows["group"], observed=True).bfill() - rows["time"]
    asked = rows[rows["asks"]]
    soon = asked["wait"] <= timedelta(minutes=10)
    asked = asked.assign(soon=soon)[soon | (asked["time"] <= NOW - timedelta(minutes=10))]
    new = people.loc[(people["first"] > NOW - 90 * DAY) & (people["first"] >= people["warm"]), PERSON]
    words = rows.drop_duplicates(PERSON).merge(new, on=PERSON)
    met = words["wait"] <= timedelta(hours=24)
    known = words.assign(met=met)[met | (words["time"] <= NOW - timedelta(hours=24))]
    return pd.concat(
        [
            asked.groupby("group", observed=True)["soon"].agg(asked="size", answer_rate="mean"),
            words.groupby("group", observed=True).size().rename("newcomers"),
            known.groupby("group", observed=True)["met"].mean().rename("welcomed"),
        ],
        axis=1,
    )


def main() -> None:
    """`--child OUT FILE…`"""
    out, *files = sys.argv[2:]
    begin, used = time.perf_counter(), time.process_time()
    table = signs(files)
    seconds, cpu = time.perf_counter() - begin, time.process_time() - used
    table.to_parquet(out, index=False)
    high = float(Path("/proc/self/status").read_text(encoding="ascii").split("VmHWM:")[1].split()[0]) * 1024
    print(json.dumps({"seconds": seconds, "peak": high, "cpu": cpu}))


if __name__ == "__main__":
    main()
