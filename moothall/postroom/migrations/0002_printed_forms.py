"""Paper forms: how each was printed, and what was found on a page that came back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("postroom", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="sheet",
            name="filled",
            field=models.JSONField(
                default=dict, help_text="A page of a form: its mark, and what is in each of its boxes."
            ),
        ),
        migrations.CreateModel(
            name="PrintedForm",
            fields=[
                (
                    "mark",
                    models.CharField(
                        help_text="Eight capitals made of its words and places.",
                        max_length=8,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("service", models.CharField(max_length=80)),
                ("language", models.CharField(max_length=12)),
                ("large", models.BooleanField(default=False)),
                ("pages", models.PositiveSmallIntegerField()),
                (
                    "layout",
                    models.JSONField(help_text="Of each box: key, kind, page, left, top, right, bottom (millimetres)."),
                ),
                ("pack_version_id", models.UUIDField(help_text="The pack whose questions it asks.", null=True)),
                ("made_at", models.DateTimeField()),
            ],
        ),
    ]
