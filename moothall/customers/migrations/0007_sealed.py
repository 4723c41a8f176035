from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0006_keep_looks")]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="sealed",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Known only to restricted systems: the kinds one must be allowed to see, in order, between spaces.",
                max_length=120,
            ),
        ),
        migrations.AddField(
            model_name="contactpoint",
            name="sealed",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="The restricted kind whose system alone told it.",
                max_length=40,
            ),
        ),
    ]
