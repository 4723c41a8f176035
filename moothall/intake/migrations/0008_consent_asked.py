"""Residents asked whether their councillor may be told."""

from django.db import migrations, models

import moothall.core.ids


class Migration(migrations.Migration):
    dependencies = [("intake", "0007_held")]

    operations = [
        migrations.CreateModel(
            name="ConsentAsked",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=moothall.core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("case_id", models.UUIDField(unique=True)),
                ("asked_at", models.DateTimeField()),
                (
                    "until",
                    models.DateTimeField(
                        help_text="By when we hope for an answer; then the councillor is told that there is none."
                    ),
                ),
                ("agreed", models.BooleanField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "missed_at",
                    models.DateTimeField(help_text="When the councillor was told that there is no answer.", null=True),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("answered_at__isnull", True), ("missed_at__isnull", True)),
                        fields=["until"],
                        name="consent_unanswered",
                    )
                ]
            },
        ),
    ]
