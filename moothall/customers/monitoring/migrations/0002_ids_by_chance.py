"""Ids that say nothing of when: those that were given before are drawn again."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customer_monitoring", "0001_monitoring")]

    operations = [
        migrations.AlterField(
            model_name="monitoringanswer",
            name="id",
            field=models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
        ),
        migrations.RunSQL(
            "UPDATE customer_monitoring_monitoringanswer SET id = gen_random_uuid()", migrations.RunSQL.noop
        ),
    ]
