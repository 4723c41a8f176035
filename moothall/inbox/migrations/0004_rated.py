"""What somebody wrote was her answer to the question how we did."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inbox", "0003_language")]

    operations = [
        migrations.AlterField(
            model_name="writing",
            name="ended",
            field=models.CharField(
                blank=True,
                choices=[
                    ("answered", "Answered"),
                    ("raised", "A request was raised, and its promise told"),
                    ("no_answer", "No answer needed"),
                    ("machine", "Written by a machine"),
                    ("rated", "Said how we did"),
                ],
                max_length=12,
            ),
        ),
    ]
