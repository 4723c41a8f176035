from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0007_sealed")]

    operations = [
        migrations.AddField(
            model_name="contactpoint",
            name="heard_at",
            field=models.DateTimeField(
                help_text="An officer heard from her that it is hers: good for all that was one with her by then.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="contactpoint",
            name="proved_at",
            field=models.DateTimeField(
                help_text="It was shown to be hers by whoever had proved who she is.", null=True
            ),
        ),
    ]
