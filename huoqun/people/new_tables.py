"""Today's tables in an empty database, at once: what all migrations one after another would come to, in a tenth of
the time (docs/decisions/211). Both ways lead to the same database (tests/test_upgrade.py)."""

from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from huoqun.people import piece


def lay() -> None:
    """Make every table and index, and note every migration of this version as done. On PostgreSQL all or nothing; on
    SQLite too."""
    loader = MigrationLoader(connection)
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.can_migrate(connection):
                editor.create_model(model)
        piece.make(editor)
        recorder = MigrationRecorder(connection)
        recorder.ensure_schema()
        for app, name in loader.disk_migrations:
            recorder.record_applied(app, name)
