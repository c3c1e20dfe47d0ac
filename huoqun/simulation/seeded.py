"""The seed of everything: inside `seeded`, ids of rows and sealed numbers of draws come from the seed, so that what is
ordered by id, or drawn by it, is the same each time. For made-up groups in a process of their own only.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from uuid import UUID

from django.apps import apps

from huoqun.activities import sealed_draw
from huoqun.base import many_rows
from huoqun.people import points


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Draw ids from the seed until the end. Not for two threads at once."""
    random = Random(f"ids {seed}")  # noqa: S311 - of made-up rows

    def fresh() -> UUID:
        return UUID(int=random.getrandbits(128), version=4)

    def several(many: int) -> list[UUID]:
        return [fresh() for _ in range(many)]

    fields = [model._meta.pk for model in apps.get_models() if getattr(model._meta.pk, "default", None) is not None]
    fields = [field for field in fields if callable(field.default)]
    before = [field.default for field in fields]
    ids, secret = many_rows.fresh_ids, sealed_draw.fresh_secret
    for field in fields:
        _set(field, fresh)
    many_rows.fresh_ids = points.fresh_ids = several
    sealed_draw.fresh_secret = lambda many: random.randbytes(many).hex()
    try:
        yield
    finally:
        for field, default in zip(fields, before, strict=True):
            _set(field, default)
        many_rows.fresh_ids = points.fresh_ids = ids
        sealed_draw.fresh_secret = secret


def _set(field: object, default: object) -> None:
    """Another default of a model's field; Django keeps the one it has worked out beside it."""
    field.default = default  # type: ignore[attr-defined]
    field.__dict__.pop("_get_default", None)
