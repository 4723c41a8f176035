from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("field", "0002_plan_runs_end_or_are_given_up")]
    operations = [
        migrations.AddField(
            model_name="job",
            name="left",
            field=models.JSONField(
                db_default={},
                default=dict,
                help_text="What earlier visits left of the things to take: code and how many; empty: all.",
            ),
        ),
        migrations.AddField(
            model_name="devicereport",
            name="left",
            field=models.JSONField(
                db_default={}, default=dict, help_text="What stays behind, code and how many; empty: all of it."
            ),
        ),
    ]
