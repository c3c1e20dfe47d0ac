"""The salvage: records out of a JSON file that is cut off or damaged somewhere, so that one bad byte loses one record.

A record begins where its first keys stand. Inside a JSON string every quote is escaped, so those keys cannot be part
of what somebody said: each beginning found is one, however broken the bytes before it are.
"""

import json
import re
from itertools import pairwise

import msgspec

from huoqun.chat.encoding import Bytes
from huoqun.chat.message import Skipped
from huoqun.chat.records import Records, T

_DECODER = json.JSONDecoder()


def salvage(data: Bytes, begins: re.Pattern[bytes], shape: type[T]) -> Records[T]:
    """The records whose first bytes match `begins`; places are their numbers among all beginnings found."""
    starts = [found.start() for found in begins.finditer(data)]
    decode = msgspec.json.Decoder(shape, strict=False).decode
    items, places, skipped = [], [], []
    for number, (start, stop) in enumerate(pairwise([*starts, len(data)])):
        piece = _whole(bytes(data[start:stop]).decode("utf-8", "replace"))
        if piece is None:
            skipped.append(Skipped(number, "bad_json"))
            continue
        try:
            items.append(decode(piece))
            places.append(number)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            skipped.append(Skipped(number, "bad_record"))
    return Records(items, places, tuple(skipped))


def _whole(text: str) -> str | None:
    """The one JSON value at the beginning of the text; None where there is none."""
    try:
        _, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return text[:end].encode("utf-8", "replace").decode()


def last(pattern: bytes, data: Bytes, end: int) -> str | None:
    """What the pattern's group last matched in the 2,000 bytes before `end`, as the JSON string it stands in."""
    found = re.findall(pattern, bytes(data[max(0, end - 2000) : end]))
    if not found:
        return None
    try:
        return str(json.loads(b'"' + found[-1] + b'"'))
    except ValueError:
        return None
