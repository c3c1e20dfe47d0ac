"""New ids carry their time (docs/decisions/212). The database need not know: no table is touched."""

from django.db import migrations, models

from huoqun.base.table import fresh_id

TABLES = """
    account activity alert answer branch certificate checkup claim consent contribution count dealing deed
    duestep edition entry fact forgotten founder goal group honour honourrule identity invitation job ladder
    login mark membership naming note order outgoing participation person picture portrait posting presence
    prize purse roll run sameness scheme segment showcase staff stretch study tag taken tally task title token
    trace upload view ware workspace
""".split()


class Migration(migrations.Migration):
    """What the models say, without a statement."""

    dependencies = [("huoqun", "0022_indexes")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    table,
                    "id",
                    models.UUIDField(default=fresh_id, editable=False, primary_key=True, serialize=False),
                )
                for table in TABLES
            ]
        )
    ]
