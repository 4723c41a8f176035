import django.db.models.deletion
from django.db import migrations, models

import moothall.core.ids


class Migration(migrations.Migration):

    dependencies = [
        ("customers", "0004_consent_receipts"),
        ("customer_linking", "0004_bulk_runs"),
    ]

    operations = [
        migrations.CreateModel(
            name="HouseholdTie",
            fields=[
                ("id", models.UUIDField(default=moothall.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("uprn", models.BigIntegerField()),
                ("relation", models.CharField(help_text="A code of rules.households.RELATIONS.", max_length=12)),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.UUIDField(null=True)),
                ("ended_why", models.CharField(blank=True, max_length=300)),
                ("one", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer")),
                ("other", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["other"], name="household_tie_other"),
                    models.Index(fields=["uprn"], name="household_tie_door"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("one", "other", "uprn"), name="household_tie_once"),
                    models.CheckConstraint(condition=models.Q(("one__lt", models.F("other"))), name="household_tie_in_order"),
                ],
            },
        ),
    ]
