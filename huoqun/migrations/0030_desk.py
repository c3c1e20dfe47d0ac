import django.db.models.deletion
import huoqun.base.table
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
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.UUIDField(default=huoqun.base.table.fresh_id, editable=False, primary_key=True, serialize=False)),
                ('created', models.DateTimeField()),
                ('endpoint', models.CharField(max_length=1000, unique=True)),
                ('p256dh', models.CharField(max_length=100)),
                ('auth', models.CharField(max_length=40)),
                ('language', models.CharField(default='zh-hans', max_length=10)),
                ('zone', models.CharField(default='Asia/Shanghai', max_length=64)),
                ('quiet_from', models.PositiveSmallIntegerField(default=22)),
                ('quiet_to', models.PositiveSmallIntegerField(default=8)),
                ('looked', models.DateTimeField(null=True)),
                ('told', models.DateTimeField(null=True)),
                ('failed', models.PositiveSmallIntegerField(default=0)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
