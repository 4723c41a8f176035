"""Points that are no place are marked: the version before this one leaves them as they are, and `reports.recount` finds them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0007_how_they_ended_in_the_sums")]

    operations = [
        migrations.AddField(
            model_name="spot", name="crowded", field=models.BooleanField(db_default=False, default=False)
        )
    ]
