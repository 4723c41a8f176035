"""Who holds a request under way: the number of the key that was used last, and of the newest link that was sent."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0006_shared")]

    operations = [
        migrations.AddField(
            model_name="dialogue",
            name="held_number",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, help_text="Whose key opens it: 0 where it was begun, else of the link gone on by."
            ),
        ),
        migrations.AddField(
            model_name="dialogue",
            name="link_number",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text="Of the newest link."),
        ),
    ]
