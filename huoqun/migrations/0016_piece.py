"""Tables that a million people are counted in quickly (docs/decisions/184): the tally with its numbers first, and an
index of the pieces of names (`people/piece`) where the database has such; the group in each trace."""

import datetime
import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery

from huoqun.people import piece

NEVER = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
COLUMNS = """id, created, person_id, workspace_id, first, last, answered_share, answered_times, answered_by, groups,
 messages, messages_7, messages_30, days_7, days_28, days_30, ties, strong_ties, brought, bot, measured, ago, since,
 stratum, why, name, names"""

def move(_apps, editor):
    moved(editor, "huoqun_formertally", "huoqun_tally")


def back(_apps, editor):
    moved(editor, "huoqun_tally", "huoqun_formertally")


def moved(editor, there, here):
    told = ", ".join(editor.quote_name(name.strip()) for name in COLUMNS.split(","))
    editor.execute(f"INSERT INTO {here} ({told}) SELECT {told} FROM {there}")


def fill(apps, _editor):
    apps.get_model("huoqun", "Trace").objects.update(
        group=Subquery(apps.get_model("huoqun", "Identity").objects.filter(pk=OuterRef("identity")).values("group"))
    )


def make(_apps, editor):
    piece.make(editor)


def unmake(_apps, editor):
    piece.unmake(editor)


class Migration(migrations.Migration):

    dependencies = [
        ("huoqun", "0015_example"),
    ]

    operations = [
        migrations.RemoveIndex("tally", "tally_last"),
        migrations.RemoveIndex("tally", "tally_messages"),
        migrations.RemoveIndex("tally", "tally_stratum"),
        migrations.RenameModel("Tally", "FormerTally"),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created", models.DateTimeField()),
                ("person", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="tally", to="huoqun.person")),
                ("workspace", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="tallies", to="huoqun.workspace")),
                ("first", models.DateTimeField(default=NEVER)),
                ("last", models.DateTimeField(default=NEVER)),
                ("answered_share", models.FloatField(default=0)),
                ("answered_times", models.FloatField(default=0)),
                ("answered_by", models.PositiveIntegerField(default=0)),
                ("groups", models.PositiveIntegerField(default=0)),
                ("messages", models.PositiveIntegerField(default=0)),
                ("messages_7", models.PositiveIntegerField(default=0)),
                ("messages_30", models.PositiveIntegerField(default=0)),
                ("days_7", models.PositiveIntegerField(default=0)),
                ("days_28", models.PositiveIntegerField(default=0)),
                ("days_30", models.PositiveIntegerField(default=0)),
                ("ties", models.PositiveIntegerField(default=0)),
                ("strong_ties", models.PositiveIntegerField(default=0)),
                ("brought", models.PositiveIntegerField(default=0)),
                ("bot", models.BooleanField(default=False)),
                ("measured", models.BooleanField(default=False)),
                ("ago", models.PositiveIntegerField(null=True)),
                ("since", models.DateTimeField(null=True)),
                ("stratum", models.CharField(default="", max_length=15)),
                ("why", models.CharField(default="", max_length=20)),
                ("name", models.CharField(default="", max_length=300)),
                ("names", models.TextField(default="")),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(fields=["workspace", "stratum", "bot"], name="tally_count"),
                    models.Index(fields=["workspace", "-last", "person"], name="tally_last"),
                    models.Index(fields=["workspace", "-messages", "person"], name="tally_messages"),
                    models.Index(fields=["workspace", "stratum", "-last", "person"], name="tally_stratum"),
                ],
            },
        ),
        migrations.RunPython(move, back),
        migrations.DeleteModel("FormerTally"),
        migrations.RunPython(make, unmake),
        migrations.AddField(
            "trace",
            "group",
            models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="traces", to="huoqun.group"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            "trace",
            "group",
            models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="traces", to="huoqun.group"),
        ),
        migrations.AddIndex("trace", models.Index(fields=["group", "stratum"], name="trace_stratum")),
    ]
