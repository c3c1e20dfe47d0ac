"""One index for the steps that wait, are held or went wrong, in a form that SQLite uses too; and reasons of steps, until
now English sentences, as the ids that `playbooks/reason` gives them; and files that were given to a start are known."""

from django.db import migrations, models
from django.db.models import Case, F, Value, When
from django.db.models.functions import Replace

SENTENCES = {
    "nobody is meant": "nobody",
    "nothing was said in these days, as far as the imports go": "silence",
    "it takes nobody any more": "closed",
    "it was already so": "already",
    "the group was removed": "group_removed",
    "the activity was withdrawn": "withdrawn",
    "missed: a later time of it is due": "overtaken",
    "not a number": "no_number",
    "nothing was opened that a poster could show": "nothing_to_show",
    "nobody has won yet": "nobody_won",
    "no number of the words is known": "no_fact",
}


def name(apps, schema_editor):
    rows = apps.get_model("huoqun", "DueStep").objects.using(schema_editor.connection.alias)
    whens = [When(why=sentence, then=Value(id)) for sentence, id in SENTENCES.items()]
    rows.filter(why__in=SENTENCES).update(why=Case(*whens, default=F("why")))
    for before, after in (("nothing was opened by ", "unopened "), ("no poster can be drawn: ", "no_poster ")):
        rows.filter(why__startswith=before).update(why=Replace("why", Value(before), Value(after)))
    hours = Replace(Replace("why", Value("missed by "), Value("missed ")), Value(" h"), Value(""))
    rows.filter(why__regex=r"^missed by \d+ h$").update(why=hours)


class Migration(migrations.Migration):
    dependencies = [("huoqun", "0033_content_more")]

    operations = [
        *(
            migrations.AddField(model_name=name, name="for_start", field=models.BooleanField(default=False))
            for name in ("picture", "enclosure")
        ),
        *(
            migrations.AddIndex(
                model_name=name,
                index=models.Index(
                    condition=models.Q(("for_start", True)), fields=["created"], name=f"{name}_for_start"
                ),
            )
            for name in ("picture", "enclosure")
        ),
        migrations.RemoveIndex(model_name="duestep", name="due_step_held"),
        migrations.RemoveIndex(model_name="duestep", name="due_step_stuck"),
        migrations.AddIndex(
            model_name="duestep",
            index=models.Index(
                condition=models.Q(("state", "waiting"), ("state", "gated"), ("state", "failed"), _connector="OR"),
                fields=["state", "run"],
                name="due_step_held",
            ),
        ),
        migrations.RunPython(name, migrations.RunPython.noop, elidable=True),
    ]
