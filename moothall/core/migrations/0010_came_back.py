"""What of others was away and is back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One small table; a row for each thing that ever was away."""

    dependencies = [("core", "0009_keep_events")]
    operations = [
        migrations.CreateModel(
            name="CameBack",
            fields=[
                ("code", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("since", models.DateTimeField(help_text="It was away from then.")),
                ("back_at", models.DateTimeField()),
            ],
        ),
    ]
