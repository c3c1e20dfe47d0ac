"""`huoqun manage migrate`: as Django has it, but an empty database gets today's tables at once."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connection

from huoqun.people import new_tables


class Command(migrate.Command):
    """Django's, which then finds nothing left to do."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Lay the tables where there are none and all are asked for."""
        if not options["app_label"] and not connection.introspection.table_names():
            new_tables.lay()
        super().handle(*args, **options)
