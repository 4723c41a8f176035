"""Looking behind a seal for somebody whom only a restricted system knows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customer_privacy", "0005_reasons")]

    operations = [
        migrations.AddField(
            model_name="opening",
            name="sought",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Whom somebody looked for behind the seal, as typed.",
                max_length=300,
            ),
        ),
        migrations.AddField(
            model_name="opening",
            name="nobody",
            field=models.BooleanField(
                db_default=False, default=False, help_text="Nobody was found by it, and nothing opened."
            ),
        ),
        migrations.RemoveConstraint(model_name="opening", name="opening_of_something"),
        migrations.AddConstraint(
            model_name="opening",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("case_id__isnull", False), ("customer_id__isnull", False), ("nobody", True), _connector="OR"
                ),
                name="opening_of_something",
            ),
        ),
    ]
