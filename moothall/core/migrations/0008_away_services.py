"""Services of others that people come in by, while they do not answer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One small table; a row only while something is away."""

    dependencies = [("core", "0007_event_seals")]
    operations = [
        migrations.CreateModel(
            name="AwayService",
            fields=[
                ("code", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("why", models.CharField(max_length=12)),
                ("since", models.DateTimeField()),
                ("asked_at", models.DateTimeField()),
            ],
        ),
    ]
