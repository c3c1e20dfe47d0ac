"""The signs of `insight/fleet` in pandas: the peer of `bench/fleet.py`. Called as its child process only."""

import json
import sys
import time
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from bench.flock import NOW

KINDS = (
    *("text", "image", "voice", "video", "file", "sticker", "link", "location", "red_packet", "transfer", "poke"),
    *("call", "share", "forward", "contact", "poll", "other"),
)
DAY = pd.Timedelta(days=1)
FAR = 1 << 20
"""Larger than any day number: keeps groups apart in one sorted key."""


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
    said = read(files, ["group", "sender", "time", "local"])
    group = said["group"].cat.codes.to_numpy().astype(np.int64)
    width = len(said["sender"].cat.categories)
    senders = said["sender"].cat.categories
    person, people_keys = pd.factorize(group * width + said["sender"].cat.codes.to_numpy())
    day = said["local"].to_numpy().astype("datetime64[D]").astype(np.int64)
    time_ = said["time"].to_numpy()
    names = said["group"].cat.categories
    del said
    people = _people(person, people_keys // width, time_, day)
    people["sender"] = people_keys % width
    warm = people.groupby("g")["first"].transform("min") + np.timedelta64(30, "D")
    parts = [
        _counts(people),
        _best(group, day),
        _concentration(people),
        _retention(people, warm, person, day),
        _answers(files, people, warm, names, senders),
    ]
    table = pd.concat(parts, axis=1).reset_index(names="g")
    table["pulse_of_best"] = table["pulse_7d"] / table["pulse_best"]
    for name in ("arrived_1", "arrived_4", "asked", "newcomers"):
        table[name] = table[name].fillna(0)
    table.insert(0, "group", names[table["g"]].astype(str))
    return table.drop(columns="g").sort_values("group")


def _people(person: np.ndarray, group: np.ndarray, at: np.ndarray, day: np.ndarray) -> pd.DataFrame:
    size = len(group)
    by = pd.DataFrame({"p": person, "at": at, "day": day}).groupby("p", sort=True)
    table = by.agg(n=("at", "size"), first=("at", "min"), last=("at", "max"), day=("day", "min"))
    for days in (7, 28, 90):
        table[f"n_{days}d"] = np.bincount(person[at > np.datetime64(NOW - timedelta(days=days))], minlength=size)
    table["g"] = group
    return table


def _counts(people: pd.DataFrame) -> pd.DataFrame:
    people = people.assign(s7=people["n_7d"] > 0, s90=people["n_90d"] > 0)
    table = people.groupby("g").agg(
        messages=("n", "sum"), people=("n", "size"), first=("first", "min"), last=("last", "max"),
        pulse_7d=("n_7d", "sum"), pulse_28d=("n_28d", "sum"), speakers_7d=("s7", "sum"), speakers_90d=("s90", "sum"),
    )  # fmt: skip
    return table.assign(pulse_7d=table["pulse_7d"] / 7, pulse_28d=table["pulse_28d"] / 28)


def _best(group: np.ndarray, day: np.ndarray) -> pd.DataFrame:
    key, count = np.unique(group * FAR + day, return_counts=True)
    total = np.concatenate([[0], np.cumsum(count)])
    week = total[1:] - total[np.searchsorted(key, key - 6)]
    best = pd.Series(week).groupby(key // FAR).max()
    return (best / 7).to_frame("pulse_best")


def _concentration(people: pd.DataFrame) -> pd.DataFrame:
    loud = people.loc[people["n_90d"] > 0, ["g", "n_90d"]].sort_values(["g", "n_90d"])
    by = loud.groupby("g")["n_90d"]
    rank, size, n = by.cumcount().to_numpy() + 1, by.transform("size").to_numpy(), loud["n_90d"].to_numpy()
    part = np.clip(size * 0.2 - (size - rank), 0, 1)
    summed = pd.DataFrame({"g": loud["g"].to_numpy(), "n": n, "top": n * part, "uneven": n * (2 * rank - size - 1)})
    table = summed.groupby("g").agg(n=("n", "sum"), size=("n", "size"), top=("top", "sum"), uneven=("uneven", "sum"))
    return pd.DataFrame(
        {"top_fifth": table["top"] / table["n"], "gini": table["uneven"] / (table["size"] * table["n"])}
    )


def _retention(people: pd.DataFrame, warm: pd.Series, person: np.ndarray, day: np.ndarray) -> pd.DataFrame:
    today = (NOW - pd.Timestamp(0)).days
    came = (people["first"] > NOW - 180 * DAY) & (people["first"] >= warm) & (people["day"] + 13 < today)
    arrived = np.where(came, people["day"], FAR).astype(np.int64)
    age = day - arrived[person]
    one, four = np.zeros(len(people), bool), np.zeros(len(people), bool)
    one[person[(age >= 7) & (age <= 13)]] = True
    four[person[(age >= 28) & (age <= 34)]] = True
    cohort = people.assign(one=one, four=four)[came.to_numpy()]
    first = cohort.groupby("g")["one"].agg(arrived_1="size", retention_1="mean")
    old = cohort[cohort["day"] + 34 < today]
    return pd.concat([first, old.groupby("g")["four"].agg(arrived_4="size", retention_4="mean")], axis=1)


def _answers(
    files: list[str], people: pd.DataFrame, warm: pd.Series, names: pd.Index, senders: pd.Index
) -> pd.DataFrame:
    since = [("time", ">", NOW - timedelta(days=90))]
    rows = read(files, ["group", "sender", "time", "order", "text"], filters=since)
    rows["asks"] = rows.pop("text").str.contains(r"[?？吗]\s*$", regex=True)
    rows["g"] = rows.pop("group").cat.set_categories(names).cat.codes.astype(np.int64)
    rows["sender"] = rows["sender"].cat.set_categories(senders).cat.codes.astype(np.int64)
    rows = rows.sort_values(["g", "time", "order"], kind="stable", ignore_index=True)
    assert not rows.duplicated(["g", "time", "order"]).any(), "the key would have to decide"
    g, who, at = rows["g"].to_numpy(), rows["sender"].to_numpy(), rows["time"].to_numpy()
    change = np.flatnonzero((g[1:] == g[:-1]) & (who[1:] != who[:-1]))
    nth = np.searchsorted(change, np.arange(len(rows)))
    at_change = np.append(change + 1, len(rows))[nth]
    inside = at_change < len(rows)
    inside[inside] &= g[at_change[inside]] == g[inside]
    wait = np.full(len(rows), np.timedelta64("NaT"), dtype="timedelta64[us]")
    wait[inside] = at[at_change[inside]] - at[inside]
    rows["wait"] = wait
    asked = rows[rows["asks"]]
    soon = asked["wait"] <= timedelta(minutes=10)
    asked = asked.assign(soon=soon)[soon | (asked["time"] <= NOW - timedelta(minutes=10))]
    new = people[(people["first"] > NOW - 90 * DAY) & (people["first"] >= warm)]
    words = rows.drop_duplicates(["g", "sender"]).merge(new[["g", "sender"]], on=["g", "sender"])
    met = words["wait"] <= timedelta(hours=24)
    known = words.assign(met=met)[met | (words["time"] <= NOW - timedelta(hours=24))]
    return pd.concat(
        [
            asked.groupby("g")["soon"].agg(asked="size", answer_rate="mean"),
            words.groupby("g").size().rename("newcomers"),
            known.groupby("g")["met"].mean().rename("welcomed"),
        ],
        axis=1,
    )


def main() -> None:
    """`--child OUT FILE…`"""
    out, *files = sys.argv[2:]
    begin = time.perf_counter()
    table = signs(files)
    seconds = time.perf_counter() - begin
    table.to_parquet(out, index=False)
    high = float(Path("/proc/self/status").read_text(encoding="ascii").split("VmHWM:")[1].split()[0]) * 1024
    print(json.dumps({"seconds": seconds, "peak": high}))


if __name__ == "__main__":
    main()
