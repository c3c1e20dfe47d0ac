"""The table: what every row of the database has."""

import os
from uuid import UUID

from django.db import models

from huoqun.base.clock import milliseconds


def fresh_ids(many: int) -> list[UUID]:
    """New ids from one draw: the millisecond, then 74 random bits (RFC 9562, version 7).

    Rows made one after another stand side by side in the index of their ids and in every index that ends in one; with
    random ids each goes to a page of its own (docs/decisions/212).
    """
    begin = milliseconds() << 80 | 0x7000_8000_0000_0000_0000
    drawn, told = os.urandom(10 * many), []
    for place in range(0, 10 * many, 10):
        random = int.from_bytes(drawn[place : place + 10], "big")
        told.append(UUID(int=begin | (random & 0x0FFF_3FFF_FFFF_FFFF_FFFF)))
    return told


def fresh_id() -> UUID:
    """A new id."""
    return fresh_ids(1)[0]


class Table(models.Model):
    """Base of every table: an id that is the same everywhere, and when the row was made (given, never read)."""

    id = models.UUIDField(primary_key=True, default=fresh_id, editable=False)
    created = models.DateTimeField()

    class Meta:
        abstract = True
