from django.db import migrations, models

import moothall.core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0002_what_partners_closed"),
    ]

    operations = [
        migrations.CreateModel(
            name="PersonReferral",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=moothall.core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("case_id", models.UUIDField()),
                ("customer_id", models.UUIDField()),
                ("help_id", models.UUIDField()),
                ("name", models.CharField(help_text="Of the service, as it was called then.", max_length=300)),
                ("organization", models.CharField(blank=True, max_length=300)),
                ("taker", models.CharField(blank=True, max_length=64)),
                ("way", models.CharField(max_length=8)),
                ("shares", models.JSONField(default=list, help_text="What it is told of her, by name.")),
                (
                    "about",
                    models.TextField(blank=True, help_text="Why she is referred, in her or the adviser's words."),
                ),
                ("agreed", models.TextField(blank=True, help_text="What she agreed to, in the words of then.")),
                (
                    "agreed_how",
                    models.CharField(blank=True, help_text="The channel she said so on.", max_length=12),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Ring them"),
                            ("sent", "Asked, no answer yet"),
                            ("silent", "They have not answered in time"),
                            ("accepted", "They have taken it on"),
                            ("declined", "They cannot take it on"),
                            ("missed", "They were not met or not reached"),
                            ("done", "They say it is done"),
                            ("told", "Told how to reach them"),
                            ("taken", "Taken back"),
                            ("over", "Over"),
                        ],
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=60)),
                ("words", models.TextField(blank=True, help_text="What they wrote to her.")),
                ("made_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(help_text="By when they are to answer.", null=True)),
                ("chased_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["case_id", "made_at"], name="help_of_case"),
                    models.Index(fields=["customer_id"], name="help_of_person"),
                    models.Index(
                        condition=models.Q(("state__in", ["sent", "accepted"])), fields=["due_at"], name="help_due"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "sent", "silent", "accepted"])),
                        fields=("case_id", "help_id"),
                        name="help_asked_once",
                    )
                ],
            },
        ),
    ]
