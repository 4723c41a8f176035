"""What a writing is written in: a letter is acknowledged in the language of whoever wrote it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inbox", "0002_posts")]

    operations = [
        migrations.AddField(
            model_name="writing",
            name="language",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="What it is written in, where that was told.",
                max_length=12,
            ),
        ),
    ]
