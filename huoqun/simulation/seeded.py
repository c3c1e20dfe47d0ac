"""The seed of everything: inside `seeded`, ids of rows and the secrets of draws come from the seed, so that what is
ordered by id, or drawn by it, is the same each time. For made-up groups in a process of their own only.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from types import ModuleType
from typing import Any
from uuid import UUID

from huoqun.activities import sealed_draw
from huoqun.base import many_rows, table
from huoqun.people import points

SEVENTH = 0x7000_8000_0000_0000_0000
"""What makes an id one of version 7 (`base/table`): a count where the time would be, then chance."""


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Draw ids from the seed until the end. Not for two threads at once."""
    random, count = Random(f"ids {seed}"), 0  # noqa: S311 - of made-up rows

    def several(many: int) -> list[UUID]:
        nonlocal count
        first, count = count, count + many
        return [UUID(int=first + n << 80 | SEVENTH | random.getrandbits(62)) for n in range(many)]

    changes: list[tuple[ModuleType, str, Any]] = [
        *[(module, "fresh_ids", several) for module in (table, many_rows, points)],
        (sealed_draw, "fresh_secret", lambda many: random.randbytes(many).hex()),
    ]
    before = [getattr(module, name, None) for module, name, _new in changes]
    for module, name, new in changes:
        setattr(module, name, new)
    try:
        yield
    finally:
        for (module, name, _new), old in zip(changes, before, strict=True):
            setattr(module, name, old)
