from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0005_what_an_adviser_has_to_do"),
    ]

    operations = [
        migrations.AddField(
            model_name="referral",
            name="reference",
            field=models.CharField(
                help_text="What the partner quotes of a request that is not public: of the referral, never of the request.",
                max_length=8,
                null=True,
                unique=True,
            ),
        ),
    ]
