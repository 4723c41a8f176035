"""A question in a letter is answered by a code; who asked not to be asked is not asked."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("feedback", "0003_said_index")]

    operations = [
        migrations.CreateModel(
            name="NotAsked",
            fields=[
                ("mark", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="ask",
            name="code",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="What is typed from a letter to answer it.",
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            model_name="ask",
            index=models.Index(condition=~Q(("code", "")), fields=["code"], name="ask_code"),
        ),
    ]
