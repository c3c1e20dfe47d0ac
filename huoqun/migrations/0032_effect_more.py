from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("huoqun", "0031_push"),
    ]

    operations = [
        migrations.AddField(
            model_name="report",
            name="pooled",
            field=models.JSONField(default=dict),
        ),
    ]
