from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0004_a_number_partners_quote"),
    ]

    operations = [
        migrations.AddField(
            model_name="personreferral",
            name="task_id",
            field=models.UUIDField(
                help_text="What an adviser has to do for it: done of itself once it is moot.", null=True
            ),
        ),
    ]
