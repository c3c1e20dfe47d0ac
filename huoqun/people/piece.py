"""The piece: names cut into single signs and pairs of them, by which PostgreSQL finds whom a text is a part of.

The pieces of a row are computed by a function of the database (migration `piece`) and stand in an index alone, which
the database itself keeps right whoever writes. SQLite has no such index and looks through the names.
"""

from itertools import pairwise
from typing import Any

from django.db.models import Lookup


def pieces(text: str) -> list[str]:
    """What every text that holds this one has pieces of."""
    return sorted({a + b for a, b in pairwise(text)} or set(text))


class Holds(Lookup):
    """Of `F("names")` and a text: this is a part of that, small and capital letters being two. Only a column that has
    an index of its pieces can be asked."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """A look through the texts."""
        column, told = self.process_lhs(compiler, connection)
        return f"instr({column}, %s) > 0", (*told, self.rhs)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """A look into the index; two signs are a piece themselves, more have to stand side by side too."""
        column, told = self.process_lhs(compiler, connection)
        found = f"huoqun_pieces({column}) @> %s::text[]"
        if len(self.rhs) < 3:
            return found, (*told, pieces(self.rhs))
        return f"({found} AND strpos({column}, %s) > 0)", (*told, pieces(self.rhs), *told, self.rhs)
