"""The piece: names cut into single signs and pairs of them, by which PostgreSQL finds whom a text is a part of.

The pieces of a row are computed by a function of the database (`make`) and stand in an index alone, which
the database itself keeps right whoever writes. SQLite has no such index and looks through the names.
"""

from itertools import pairwise
from typing import Any

from django.db.models import Lookup

PIECES = """
CREATE OR REPLACE FUNCTION huoqun_pieces(said text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    found text[] := '{}';
    before text := E'\\n';
    sign text;
BEGIN
    FOREACH sign IN ARRAY string_to_array(said, NULL) LOOP
        IF sign <> E'\\n' THEN
            found := found || sign;
            IF before <> E'\\n' THEN
                found := found || (before || sign);
            END IF;
        END IF;
        before := sign;
    END LOOP;
    RETURN found;
END $$
"""
"""Every sign of a text and every two that stand side by side on a line."""


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


def make(editor: Any) -> None:
    """The function and the index. A later version that changes them needs a migration of its own, and leaves what
    these words come to alone for older ones."""
    if editor.connection.vendor == "postgresql":
        editor.execute(PIECES)
        editor.execute("CREATE INDEX tally_pieces ON huoqun_tally USING gin (huoqun_pieces(names))")


def unmake(editor: Any) -> None:
    """Without them."""
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX tally_pieces")
        editor.execute("DROP FUNCTION huoqun_pieces(text)")
