"""Which adviser helped somebody with what she sent herself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0003_who_is_speaking")]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="helped_by",
            field=models.UUIDField(help_text="The officer who helped with what she sent herself.", null=True),
        ),
    ]
