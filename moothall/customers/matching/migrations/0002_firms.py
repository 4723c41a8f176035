import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customer_matching", "0001_people_and_weights"),
    ]

    operations = [
        migrations.CreateModel(
            name="FirmKey",
            fields=[
                ("record_id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("customer_id", models.UUIDField(null=True)),
                ("source", models.CharField(blank=True, max_length=64)),
                ("keys", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), default=list, size=None)),
                ("name", models.CharField(blank=True, max_length=400)),
                ("postcode", models.CharField(blank=True, max_length=8)),
                ("company_number", models.CharField(blank=True, max_length=8)),
                ("charity_number", models.CharField(blank=True, max_length=12)),
                ("vat_number", models.CharField(blank=True, max_length=9)),
                ("uprn", models.CharField(blank=True, max_length=12)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["keys"], fastupdate=False, name="firm_keys"),
                    models.Index(
                        condition=models.Q(("customer_id__isnull", False)),
                        fields=["customer_id"],
                        name="firm_key_customer",
                    ),
                ],
            },
        ),
    ]
