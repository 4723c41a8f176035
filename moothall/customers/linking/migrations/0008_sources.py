"""Feeds and folders that deliveries are fetched from, and how far they were read."""

from django.db import migrations, models

import moothall.core.ids


class Migration(migrations.Migration):
    dependencies = [("customer_linking", "0007_seals")]

    operations = [
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=moothall.core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("system", models.CharField(max_length=64)),
                ("how", models.CharField(help_text="feed or folder.", max_length=12)),
                ("place", models.CharField(blank=True, help_text="How far the feed was read.", max_length=400)),
                ("answered_at", models.DateTimeField(null=True)),
                ("problem", models.CharField(blank=True, max_length=400)),
                ("since", models.DateTimeField(help_text="When the trouble began.", null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("system", "how"), name="source_once")],
            },
        ),
    ]
