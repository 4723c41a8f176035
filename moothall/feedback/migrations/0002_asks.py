"""Who was asked how we did, and when; ratings of a contact beside those of a whole case."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import moothall.core.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("feedback", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Ask",
            fields=[
                ("id", models.UUIDField(default=moothall.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("people", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None)),
                ("contact_id", models.UUIDField(null=True)),
                ("case_id", models.UUIDField(null=True)),
                ("service", models.CharField(blank=True, max_length=80)),
                ("channel", models.CharField(max_length=12)),
                ("standard", models.CharField(blank=True, max_length=80)),
                ("team", models.CharField(blank=True, max_length=60)),
                ("area", models.CharField(blank=True, max_length=20)),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["people"], name="ask_people"),
                    models.Index(fields=["asked_at"], name="ask_asked"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("contact_id__isnull", False)), fields=("contact_id",), name="ask_contact_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("case_id__isnull", False), ("contact_id__isnull", True)), fields=("case_id",),
                        name="ask_case_once",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(model_name="rating", name="rating_case_once"),
        migrations.AddConstraint(
            model_name="rating",
            constraint=models.UniqueConstraint(
                condition=models.Q(("case_id__isnull", False), ("contact_id__isnull", True)), fields=("case_id",),
                name="rating_whole_case_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="rating",
            constraint=models.UniqueConstraint(
                condition=models.Q(("contact_id__isnull", False), ("imported", False)), fields=("contact_id",),
                name="rating_contact_once",
            ),
        ),
    ]  # fmt: skip
