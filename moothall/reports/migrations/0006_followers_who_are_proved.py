from django.db import migrations, models

NOBODY_YET = "UPDATE reports_report SET followers = 0 WHERE followers > 0"
"""Whoever was counted until now had only typed an address."""


class Migration(migrations.Migration):

    dependencies = [
        ("reports", "0005_followers_stay_where_they_are"),
    ]

    operations = [
        migrations.AddField(
            model_name="follower",
            name="proved_at",
            field=models.DateTimeField(
                help_text="Since when we know that she wants it. Only then is she counted.", null=True
            ),
        ),
        migrations.RunSQL(NOBODY_YET, migrations.RunSQL.noop),
    ]
