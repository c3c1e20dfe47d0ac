"""An index of the pieces of names (`people/piece`), where the database has such."""

from django.db import migrations

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


def make(_apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(PIECES)
        editor.execute("CREATE INDEX tally_pieces ON huoqun_tally USING gin (huoqun_pieces(names))")


def unmake(_apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX tally_pieces")
        editor.execute("DROP FUNCTION huoqun_pieces(text)")


class Migration(migrations.Migration):

    dependencies = [
        ("huoqun", "0013_grade"),
    ]

    operations = [
        migrations.RunPython(make, unmake),
    ]
