"""A change that a later one of the same thing took the place of. Words alone: the database holds what it did."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customer_linking", "0008_sources")]

    operations = [
        migrations.AlterField(
            model_name="telling",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Being told"),
                    ("later", "Will answer"),
                    ("confirmed", "Confirmed"),
                    ("refused", "Refused it"),
                    ("contradicts", "Holds something else"),
                    ("late", "Has not answered"),
                    ("person", "Its team keys it in"),
                    ("settled", "Settled by a person"),
                    ("overtaken", "Overtaken by a later change"),
                ],
                default="waiting",
                max_length=12,
            ),
        ),
    ]
