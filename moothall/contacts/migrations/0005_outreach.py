"""Where away from our offices somebody was met."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0004_helped_by")]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="outreach",
            field=models.CharField(
                blank=True,
                choices=[
                    ("home", "At their home"),
                    ("surgery", "At a surgery"),
                    ("hub", "At a library or community hub"),
                    ("elsewhere", "Somewhere else"),
                ],
                db_default="",
                default="",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="outreach_at",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="The place's name; never a home's address.", max_length=80
            ),
        ),
    ]
