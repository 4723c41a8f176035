from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("customer_representation", "0001_representation"),
    ]

    operations = [
        migrations.AddField(
            model_name="representation",
            name="role",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="What she is there: office manager, director.", max_length=80
            ),
        ),
    ]
