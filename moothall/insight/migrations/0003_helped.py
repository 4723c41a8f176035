"""Why people were helped with what can be done online, and where away from our offices they were met."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("insight", "0002_facts")]

    operations = [
        migrations.AddField(
            model_name="casefact",
            name="contact_id",
            field=models.UUIDField(help_text="In which it was asked for.", null=True),
        ),
        migrations.AddField(
            model_name="contactfact",
            name="because",
            field=models.CharField(blank=True, db_default="", default="", max_length=16),
        ),
        migrations.AddField(
            model_name="contactfact",
            name="outreach",
            field=models.CharField(blank=True, db_default="", default="", max_length=12),
        ),
    ]
