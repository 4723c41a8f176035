"""A request that an adviser shares: in which contact she was helped with it, and why."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0005_code")]

    operations = [
        migrations.AddField(
            model_name="dialogue",
            name="helped_in",
            field=models.UUIDField(help_text="The contact in which an adviser shared it: she was helped.", null=True),
        ),
        migrations.AddField(
            model_name="dialogue",
            name="helped_because",
            field=models.CharField(blank=True, db_default="", default="", max_length=16),
        ),
    ]
