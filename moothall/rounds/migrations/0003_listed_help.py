from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("rounds", "0002_moved_collections"),
    ]

    operations = [
        migrations.AddField(
            model_name="flag",
            name="source",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
        migrations.AddField(
            model_name="flag",
            name="note",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="Where the bins are and how to get to them.", max_length=200
            ),
        ),
        migrations.AddField(
            model_name="flag",
            name="ended_here",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="It was ended here, at request; a list that still has it does not bring it back.",
            ),
        ),
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source", ""), _negated=True), fields=("source", "uprn", "begins"), name="flag_listed_once"
            ),
        ),
    ]
