"""The witness: what the next import says of words that were to be said in a group: there, not there, or not known."""

from django.db.models import SET_NULL, CharField, DateTimeField, ForeignKey

from huoqun.base.table import Table
from huoqun.people.person import Identity

UNKNOWN, FOUND, MISSING, VOUCHED = "", "found", "missing", "vouched"
"""How it stands: no import has covered it yet, or none could tell; an import holds the words; an import that misses
nothing of that time does not hold them; somebody says they were said all the same."""
LONGEST_MESSAGE = 200


class Witnessed(Table):
    """Columns of whatever an import can prove. `proved`: when it was really said; `speaker`: by whom; `message`: the
    key of the message in the record."""

    witness = CharField(max_length=10, default=UNKNOWN)
    proved = DateTimeField(null=True)
    speaker = ForeignKey(Identity, SET_NULL, null=True, related_name="+")
    message = CharField(max_length=LONGEST_MESSAGE, default="")

    class Meta(Table.Meta):
        abstract = True
