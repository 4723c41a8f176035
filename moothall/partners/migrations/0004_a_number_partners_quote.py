from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0003_people_who_are_referred"),
    ]

    operations = [
        migrations.AddField(
            model_name="personreferral",
            name="reference",
            field=models.CharField(
                help_text="What the partner quotes: of the referral, never of her request.",
                max_length=8,
                null=True,
                unique=True,
            ),
        ),
    ]
