"""Synthetic exports for tests of what stands above the formats: a small ChatLab file and a WhatsApp text."""

import json
import random
from datetime import UTC, datetime, timedelta

WORDS = "早/打卡/今天/读书/谢谢/有人/周末/一起/吗/好的/分享/老师/问题/明天/见/哈哈/收到/这本/书/孩子"
START = datetime(2026, 1, 5, 0, 0, tzinfo=UTC)


def lines(*, people: int = 12, days: int = 120, a_day: int = 8, seed: int = 1, start: datetime = START) -> list[dict]:
    """What was said, oldest first: {id, time, who, text}."""
    rng = random.Random(seed)
    said = []
    for day in range(days):
        for _ in range(a_day):
            at = start + timedelta(days=day, seconds=rng.randrange(86_400))
            text = " ".join(rng.choices(WORDS.split("/"), k=rng.randrange(2, 9)))
            said.append({"time": at, "who": f"u{rng.randrange(people):03}", "text": text})
    said.sort(key=lambda line: line["time"])
    return [{"id": str(1000 + number), **line} for number, line in enumerate(said)]


def chatlab(
    said: list[dict], *, group: str = "晨读一群", group_id: str | None = "g-1", extra: list[dict] = ()
) -> bytes:
    """The lines as a ChatLab JSONL file with ids, members and an owner."""
    meta = {"name": group, "platform": "qq", "type": "group", **({"groupId": group_id} if group_id else {})}
    people = sorted({line["who"] for line in said})
    head = {"_type": "header", "chatlab": {"version": "0.0.2", "exportedAt": int(said[-1]["time"].timestamp()) + 60}}
    records = [head | {"meta": meta | ({"ownerId": people[0]} if people else {})}]
    records += [{"_type": "member", "platformId": who, "accountName": f"成员{who[1:]}"} for who in people]
    records += [
        {
            "_type": "message",
            "sender": line["who"],
            "accountName": f"成员{line['who'][1:]}",
            "timestamp": int(line["time"].timestamp()),
            "type": 0,
            "content": line["text"],
            "platformMessageId": line["id"],
        }
        for line in said
    ]
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in [*records, *extra]).encode()


def whatsapp(said: list[dict]) -> bytes:
    """The lines as WhatsApp writes them on Android."""
    return "".join(
        f"{line['time']:%d/%m/%Y, %H:%M} - {line['who'].upper()} Li: {line['text']}\n" for line in said
    ).encode()
