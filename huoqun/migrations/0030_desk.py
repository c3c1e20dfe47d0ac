import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("huoqun", "0029_drafts"),
    ]

    operations = [
        migrations.AddField(
            model_name='outgoing',
            name='copied',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='outgoing',
            name='message',
            field=models.CharField(default='', max_length=200),
        ),
        migrations.AddField(
            model_name='outgoing',
            name='proved',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='outgoing',
            name='said',
            field=models.TextField(default=''),
        ),
        migrations.AddField(
            model_name='outgoing',
            name='speaker',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='huoqun.identity'),
        ),
        migrations.AddField(
            model_name='outgoing',
            name='taken',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='outgoing',
            name='taken_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='outgoing',
            name='witness',
            field=models.CharField(default='', max_length=10),
        ),
        migrations.AddField(
            model_name='task',
            name='message',
            field=models.CharField(default='', max_length=200),
        ),
        migrations.AddField(
            model_name='task',
            name='proved',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='task',
            name='speaker',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='huoqun.identity'),
        ),
        migrations.AddField(
            model_name='task',
            name='witness',
            field=models.CharField(default='', max_length=10),
        ),
    ]
