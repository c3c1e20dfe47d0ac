"""The table: what every row of the database has."""

from uuid import uuid4

from django.db import models


class Table(models.Model):
    """Base of every table: an id that is the same everywhere, and when the row was made (given, never read)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    created = models.DateTimeField()

    class Meta:
        abstract = True
