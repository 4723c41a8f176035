"""In which language a conversation is held."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0008_consent_asked")]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="language",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="Empty: the council's own.", max_length=12
            ),
        ),
    ]
