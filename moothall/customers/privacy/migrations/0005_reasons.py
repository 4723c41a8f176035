from django.db import migrations, models

import moothall.core.ids


class Migration(migrations.Migration):

    dependencies = [
        ("customer_privacy", "0004_retention"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reason",
            fields=[
                ("id", models.UUIDField(default=moothall.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("customer_id", models.UUIDField()),
                ("staff_id", models.UUIDField()),
                ("purpose", models.CharField(help_text="A code of the pack's purposes.", max_length=60)),
                ("note", models.CharField(blank=True, help_text="In her words, where the purpose asks for them.", max_length=300)),
                ("said_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["staff_id", "until"], name="reason_standing"),
                    models.Index(fields=["customer_id", "-said_at"], name="reason_customer"),
                    models.Index(fields=["said_at", "id"], name="reason_oldest"),
                ],
            },
        ),
    ]
